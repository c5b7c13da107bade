//! The structure of the sheets of an xlsx, found by a thread of its own that runs ahead of calamine.
//!
//! Each sheet is unpacked a second time for it, which is quick beside parsing it: of what a row needs to
//! know of itself is hardly ever waited for.

use super::super::content::Content;
use super::super::table::Area;
use super::container;
use super::structure::{Step, Structure, search};
use super::wire::Wanted;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::Scope;
use zip::ZipArchive;

/// Pieces that may wait, of a quarter of a mebibyte of a sheet each.
const MOST_WAITING: usize = 64;

/// What the thread says.
enum Piece {
    /// A sheet of this name begins.
    Begins(String),
    Step(Step),
    /// The sheet is complete; its Excel tables by their name.
    Ends(Vec<(String, Area)>),
}

/// What is found of all sheets, in their order.
pub(super) struct Ahead {
    coming: Rc<Receiver<Piece>>,
    /// Sheets that came before they were asked for.
    found: BTreeMap<String, Structure>,
}

/// What is still to come of one sheet.
pub(super) struct Rest {
    coming: Rc<Receiver<Piece>>,
    /// Rows before this one, from 0, were seen.
    seen: u32,
    is_whole: bool,
}

impl Ahead {
    /// Begins to look through the sheets of a workbook, or the one that is wanted.
    pub(super) fn new<'scope, 'env>(
        scope: &'scope Scope<'scope, 'env>,
        content: &'env Content,
        wanted: Option<&'env Wanted>,
    ) -> Self {
        let (say, coming) = mpsc::sync_channel(MOST_WAITING);
        scope.spawn(move || {
            // What cannot be read here counts as visible.
            let _ = catch_unwind(AssertUnwindSafe(|| look(content, wanted, &say)));
        });
        Self { coming: Rc::new(coming), found: BTreeMap::new() }
    }

    /// What is known of a sheet before its first cell, and what is still to come.
    pub(super) fn of(&mut self, sheet: &str) -> (Structure, Rest) {
        let mut rest = Rest { coming: Rc::clone(&self.coming), seen: 0, is_whole: false };
        while !self.found.contains_key(sheet) {
            let Ok(piece) = self.coming.recv() else { break };
            // What is left of a sheet that was given up comes without its beginning.
            let Piece::Begins(name) = piece else { continue };
            let mut structure = Structure::default();
            if name == sheet {
                rest.next(&mut structure);
                return (structure, rest);
            }
            let mut other = Rest { coming: Rc::clone(&self.coming), seen: 0, is_whole: false };
            other.whole(&mut structure);
            self.found.insert(name, structure);
        }
        rest.is_whole = true;
        (self.found.remove(sheet).unwrap_or_default(), rest)
    }
}

impl Rest {
    fn next(&mut self, structure: &mut Structure) {
        match self.coming.recv() {
            Ok(Piece::Step(step)) => {
                if let Step::Rows(seen, _) = &step {
                    self.seen = *seen;
                }
                structure.take(step);
            }
            Ok(Piece::Ends(tables)) => {
                structure.tables = tables;
                self.is_whole = true;
            }
            Ok(Piece::Begins(_)) | Err(_) => self.is_whole = true,
        }
    }

    /// Waits until a row, from 0, was seen.
    pub(super) fn until(&mut self, row: u32, structure: &mut Structure) {
        while !self.is_whole && self.seen <= row {
            self.next(structure);
        }
    }

    /// Waits for all of it.
    pub(super) fn whole(&mut self, structure: &mut Structure) {
        while !self.is_whole {
            self.next(structure);
        }
    }
}

fn look(content: &Content, wanted: Option<&Wanted>, say: &SyncSender<Piece>) {
    let Ok(mut archive) = ZipArchive::new(content.reader()) else { return };
    let parts = container::sheets(&mut archive);
    let forms = container::forms(&mut archive);
    let names: Vec<String> = parts.iter().map(|(name, _)| name.clone()).collect();
    let chosen = wanted.and_then(|wanted| wanted.position(&names));
    for (rank, (name, part)) in (1..).zip(parts) {
        if chosen.is_some_and(|chosen| chosen != rank) {
            continue;
        }
        let mut is_heard = say.send(Piece::Begins(name)).is_ok();
        if let Some(sheet) = container::part(&mut archive, &part) {
            search(sheet, &forms, &mut |step| {
                is_heard &= say.send(Piece::Step(step)).is_ok();
                is_heard
            });
        }
        let tables = container::tables(&mut archive, &part);
        if !is_heard || say.send(Piece::Ends(tables)).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::content::Content;
    use super::super::super::sniff::Workbook;
    use super::super::cells;
    use super::super::mend::trial::changed;
    use super::super::wire::{Job, Refusal};

    /// A workbook of which the only sheet holds these rows.
    fn book(rows: &str) -> Content {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        workbook.add_worksheet();
        let filled = format!("<sheetData>{rows}</sheetData>");
        let bytes = workbook.save_to_buffer().unwrap();
        changed(&bytes, |_, content| content.replace("<sheetData/>", &filled).into_bytes()).into()
    }

    #[test]
    fn a_sheet_that_is_given_up_keeps_nobody_waiting() {
        let row = |at: u32| format!("<row r=\"{at}\"><c r=\"A{at}\"><v>{at}</v></c><c><v>1</v></c></row>\n");
        let rows: String = (1..400_000).map(row).collect();
        assert!(rows.len() > 20 << 20, "more pieces than may wait");
        for (rows, cells, refusal) in [
            (rows.clone(), 10, Refusal::TooManyCells(10)),
            (rows.replacen("</v>", "</w>", 3), 2_000_000, Refusal::NoSheet(vec![1])),
        ] {
            let job = Job { kind: Workbook::Xlsx, cells, memory_mib: 512, wanted: None };
            assert_eq!(cells::read(&book(&rows), &job, &mut Vec::new()), Err(refusal));
        }
    }
}
