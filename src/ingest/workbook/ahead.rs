//! The texts and sheets of an xlsx, unpacked by a thread of its own that runs ahead of calamine and finds their
//! structure on its way.
//!
//! It says both in the order in which calamine reads the parts: of what a row needs to know of itself is hardly
//! ever waited for, and no part is unpacked twice.

use super::super::content::Content;
use super::super::table::Area;
use super::container::{self, Archive};
use super::defined::defined;
use super::structure::{Step, Structure, search};
use super::unpacked::{Reader, Unpacked};
use super::wire::Wanted;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::Scope;
use zip::{CompressionMethod, ZipArchive};

/// Pieces that may wait.
const MOST_WAITING: usize = 64;
/// Bytes of a part that are passed on at a time.
const PIECE: usize = 1 << 16;

/// What the thread says.
enum Piece {
    /// What stands in a part.
    Bytes(Stretch),
    /// A sheet of this name begins.
    Begins(String),
    Step(Step),
    /// The sheet is complete; its Excel tables by their name.
    Ends(Vec<(String, Area)>),
}

/// Bytes of a part, by its rank among those that are passed on, and the place of the first of them.
struct Stretch {
    part: usize,
    from: u64,
    bytes: Vec<u8>,
}

/// What the thread said and nobody has taken yet.
pub(super) struct Coming {
    receiver: Receiver<Piece>,
    bytes: VecDeque<Stretch>,
    found: VecDeque<Piece>,
    is_read: bool,
}

impl Coming {
    /// Bytes of a part from a place on. Of a part that is over, or of a place before the last bytes, there are none
    /// any more, which is an error.
    pub(super) fn read(&mut self, part: usize, from: u64, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(stretch) = self.bytes.front() {
                let skipped =
                    from.checked_sub(stretch.from).and_then(|skipped| usize::try_from(skipped).ok());
                if stretch.part > part || (stretch.part == part && skipped.is_none()) {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                let rest = skipped.filter(|_| stretch.part == part).and_then(|at| stretch.bytes.get(at..));
                if let Some(mut rest) = rest.filter(|rest| !rest.is_empty()) {
                    return rest.read(buffer);
                }
                self.bytes.pop_front();
            } else {
                match self.receiver.recv().map_err(|_| io::ErrorKind::UnexpectedEof)? {
                    Piece::Bytes(stretch) => self.bytes.push_back(stretch),
                    found => self.found.push_back(found),
                }
            }
        }
    }

    /// Nobody reads parts any more.
    pub(super) fn give_up(&mut self) {
        self.is_read = false;
        self.bytes.clear();
    }

    /// The next that was found; none when the thread has ended. Bytes that come before it are kept, the last of
    /// them when nobody reads them.
    fn next(&mut self) -> Option<Piece> {
        while self.found.is_empty() {
            match self.receiver.recv().ok()? {
                Piece::Bytes(stretch) if self.is_read => self.bytes.push_back(stretch),
                Piece::Bytes(_) => {}
                found => return Some(found),
            }
            if self.bytes.len() > MOST_WAITING {
                self.bytes.pop_front();
            }
        }
        self.found.pop_front()
    }
}

/// What is found of all sheets, in their order.
pub(super) struct Ahead {
    coming: Rc<RefCell<Coming>>,
    /// Sheets that came before they were asked for.
    found: BTreeMap<String, Structure>,
}

/// What is still to come of one sheet.
pub(super) struct Rest {
    coming: Rc<RefCell<Coming>>,
    /// Rows before this one, from 0, were seen.
    seen: u32,
    is_whole: bool,
}

impl Ahead {
    /// Begins to look through the sheets of a workbook, or the one that is wanted; and what calamine is to read.
    pub(super) fn new<'scope, 'env>(
        scope: &'scope Scope<'scope, 'env>,
        content: &'env Content,
        wanted: Option<&Wanted>,
    ) -> (Self, Reader) {
        let (say, receiver) = mpsc::sync_channel(MOST_WAITING);
        let coming = Coming { receiver, bytes: VecDeque::new(), found: VecDeque::new(), is_read: true };
        let coming = Rc::new(RefCell::new(coming));
        let mut reader = None;
        if let Ok(mut archive) = ZipArchive::new(content.reader()) {
            let parts = Parts::of(&mut archive, wanted);
            reader = Unpacked::new(content, &mut archive, &parts.passed_on, Rc::clone(&coming));
            scope.spawn(move || {
                // What cannot be read here counts as visible.
                let _ = catch_unwind(AssertUnwindSafe(|| parts.look(&mut archive, &say)));
            });
        }
        let reader = reader.unwrap_or_else(|| {
            coming.borrow_mut().give_up();
            Unpacked::plain(content)
        });
        (Self { coming, found: BTreeMap::new() }, reader)
    }

    /// What is known of a sheet before its first cell, and what is still to come.
    pub(super) fn of(&mut self, sheet: &str) -> (Structure, Rest) {
        let rest = || Rest { coming: Rc::clone(&self.coming), seen: 0, is_whole: false };
        let mut rest_of_sheet = rest();
        while !self.found.contains_key(sheet) {
            let Some(piece) = self.coming.borrow_mut().next() else { break };
            // What is left of a sheet that was given up comes without its beginning.
            let Piece::Begins(name) = piece else {
                self.coming.borrow_mut().bytes.clear();
                continue;
            };
            let mut structure = Structure::default();
            if name == sheet {
                rest_of_sheet.next(&mut structure);
                return (structure, rest_of_sheet);
            }
            rest().whole(&mut structure);
            self.found.insert(name, structure);
        }
        rest_of_sheet.is_whole = true;
        (self.found.remove(sheet).unwrap_or_default(), rest_of_sheet)
    }
}

impl Rest {
    fn next(&mut self, structure: &mut Structure) {
        let piece = self.coming.borrow_mut().next();
        match piece {
            Some(Piece::Step(step)) => {
                if let Step::Rows(seen, _) = &step {
                    self.seen = *seen;
                }
                structure.take(step);
            }
            Some(Piece::Ends(tables)) => {
                structure.tables = tables;
                self.is_whole = true;
            }
            Some(Piece::Begins(_) | Piece::Bytes(_)) | None => self.is_whole = true,
        }
    }

    /// Waits until a row, from 0, was seen.
    pub(super) fn until(&mut self, row: u32, structure: &mut Structure) {
        while !self.is_whole && self.seen <= row {
            self.next(structure);
        }
    }

    /// Waits for all of it, of which the cells have been read.
    pub(super) fn whole(&mut self, structure: &mut Structure) {
        while !self.is_whole {
            self.next(structure);
            self.coming.borrow_mut().bytes.clear();
        }
    }
}

/// What the thread goes through.
struct Parts {
    /// The texts that the sheets share.
    texts: Option<String>,
    /// Names of the sheets and the parts that hold them.
    sheets: Vec<(String, String)>,
    /// Those parts that are passed on, by their places in the directory.
    passed_on: Vec<usize>,
}

impl Parts {
    fn of(archive: &mut Archive, wanted: Option<&Wanted>) -> Self {
        let texts = container::texts(archive);
        let mut sheets = container::sheets(archive);
        let names: Vec<String> = sheets.iter().map(|(name, _)| name.clone()).collect();
        if let Some(chosen) = wanted.and_then(|wanted| wanted.position(&names)) {
            let mut rank = 0;
            sheets.retain(|_| {
                rank += 1;
                rank == chosen
            });
        }
        let mut passed_on = Vec::new();
        for path in texts.iter().chain(sheets.iter().map(|(_, path)| path)) {
            if let Some(place) = container::place(archive, path)
                && archive.by_index_data(place).is_ok_and(|part| {
                    part.compression() == CompressionMethod::Deflated && !part.encrypted() && part.size() > 0
                })
                && !passed_on.contains(&place)
            {
                passed_on.push(place);
            }
        }
        Self { texts, sheets, passed_on }
    }

    fn look(&self, archive: &mut Archive, say: &SyncSender<Piece>) {
        let mut part = 0;
        let mut rank = |archive: &Archive, path: &str| {
            let rank =
                self.passed_on.get(part).filter(|place| container::place(archive, path) == Some(**place));
            part += usize::from(rank.is_some());
            rank.map(|_| part - 1)
        };
        if let Some(path) = &self.texts
            && let Some(rank) = rank(archive, path)
            && let Some(texts) = container::part(archive, path)
            && io::copy(&mut Passing::new(texts, Some(rank), say), &mut io::sink()).is_err()
        {
            return;
        }
        let forms = container::forms(archive);
        let named = defined(archive);
        for (name, path) in &self.sheets {
            let mut is_heard = say.send(Piece::Begins(name.clone())).is_ok();
            let rank = rank(archive, path);
            if let Some(sheet) = container::part(archive, path) {
                search(Passing::new(sheet, rank, say), &forms, &mut |step| {
                    is_heard &= say.send(Piece::Step(step)).is_ok();
                    is_heard
                });
            }
            let mut tables = container::tables(archive, path);
            let blocks = named.iter().filter(|block| block.sheet == *name);
            tables.extend(blocks.map(|block| (block.name.clone(), block.area)));
            if !is_heard || say.send(Piece::Ends(tables)).is_err() {
                return;
            }
        }
    }
}

/// A part that is passed on as it is read.
struct Passing<'a, R> {
    part: R,
    rank: Option<usize>,
    say: &'a SyncSender<Piece>,
    from: u64,
    held: Vec<u8>,
}

impl<'a, R> Passing<'a, R> {
    const fn new(part: R, rank: Option<usize>, say: &'a SyncSender<Piece>) -> Self {
        Self { part, rank, say, from: 0, held: Vec::new() }
    }

    fn pass(&mut self, part: usize) -> io::Result<()> {
        let bytes = std::mem::replace(&mut self.held, Vec::with_capacity(PIECE));
        let stretch = Stretch { part, from: self.from, bytes };
        self.from += stretch.bytes.len() as u64;
        self.say.send(Piece::Bytes(stretch)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

impl<R: Read> Read for Passing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(PIECE);
        let read = self.part.read(&mut buffer[..most])?;
        if let Some(rank) = self.rank {
            if read == 0 || self.held.len() + read > PIECE {
                self.pass(rank)?;
            }
            self.held.extend_from_slice(&buffer[..read]);
        }
        Ok(read)
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
