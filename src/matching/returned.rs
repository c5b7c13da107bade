//! `maillages.xlsx` as it comes back: sorted, filtered, partly deleted or doubled, filled in on any
//! of its sheets. What is the same everywhere counts once; what disagrees, or cannot be read, changes
//! nothing, is a finding, and waits in the list until somebody settles it.

use super::fill::{self, Agreed, Fill};
use super::follow_up::{FollowUp, FollowUps, Step};
use super::workbook::{OTHERS, SHEET};
use crate::model::{Confidential, Finding, FindingKind, Location, Severity, Status};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// One sheet of the workbook as it came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedSheet {
    /// Name of the sheet; it may name a company.
    pub name: Confidential<String>,
    /// Rows that hold something, with their numbers from 1, as text from column A.
    pub rows: Vec<(u32, Vec<String>)>,
}

/// Columns of a block of rows, by the heading above it.
#[derive(Clone, Copy)]
struct Columns([Option<usize>; Fill::ALL.len()]);

impl Columns {
    /// None unless the cells are a heading: the identifier, and something to fill.
    fn of(cells: &[String]) -> Option<Self> {
        let columns = Fill::ALL.map(|fill| cells.iter().position(|cell| fill.is(cell)));
        (columns[0].is_some() && columns[1..].iter().any(Option::is_some)).then_some(Self(columns))
    }

    /// The cell of a column, trimmed; none when the block does not have it.
    fn cell(self, fill: Fill, cells: &[String]) -> Option<&str> {
        let at = self.0[Fill::ALL.iter().position(|one| *one == fill)?]?;
        Some(cells.get(at).map_or("", |text| text.trim()))
    }
}

/// One row that says something about a match, or that lost what it said.
struct Row<'a> {
    sheet: &'a Confidential<String>,
    number: u32,
    columns: Columns,
    cells: &'a [String],
}

impl Row<'_> {
    fn says(&self, fill: Fill) -> Option<&str> {
        self.columns.cell(fill, self.cells).filter(|text| !text.is_empty())
    }

    /// Whether the row was written with what is known, so that a blank is something erased.
    fn was_filled(&self) -> bool {
        [SHEET, OTHERS].contains(&self.sheet.reveal().as_str())
    }

    fn is_blank(&self) -> bool {
        Fill::ALL[1..].iter().all(|fill| self.says(*fill).is_none())
    }

    fn place(&self) -> String {
        format!("{}, ligne {}", self.sheet.reveal(), self.number)
    }

    fn finding(&self, severity: Severity, kind: FindingKind, read: &str, texts: [&str; 4]) -> Finding {
        let [message_fr, message_en, repair_fr, repair_en] = texts.map(|text| text.to_owned().into());
        Finding {
            severity,
            kind,
            location: Location {
                source: "maillages".into(),
                file: Confidential::new("maillages.xlsx".into()),
                sheet: Some(Confidential::new(self.sheet.reveal().as_str().into())),
                row: self.number,
            },
            column: None,
            field: None,
            read: Confidential::new(read.to_owned()),
            message_fr,
            message_en,
            repair_fr,
            repair_en,
        }
    }
}

/// A row with the rank of its sheet and its number.
type Placed<'a> = ((usize, u32), Row<'a>);

/// Whether a sheet has the headings by which the list is read back.
#[must_use]
pub fn is_list(sheets: &[ReturnedSheet]) -> bool {
    sheets.iter().flat_map(|sheet| &sheet.rows).any(|(_, cells)| Columns::of(cells).is_some())
}

/// Takes the filled rows of all sheets into the memory, dated by `as_of`. Findings are in the order
/// of sheets and rows; a row without a known identifier is one, with everything that it said.
pub fn read(memory: &mut FollowUps, sheets: &[ReturnedSheet], as_of: NaiveDate) -> Vec<Finding> {
    let mut findings: Vec<((usize, u32), Finding)> = Vec::new();
    let mut of_match: BTreeMap<String, Vec<Placed<'_>>> = BTreeMap::new();
    for (rank, sheet) in sheets.iter().enumerate() {
        let mut columns = None;
        for (number, cells) in &sheet.rows {
            if let Some(found) = Columns::of(cells) {
                columns = Some(found);
                continue;
            }
            let Some(columns) = columns else { continue };
            let row = Row { sheet: &sheet.name, number: *number, columns, cells };
            let id = columns.cell(Fill::Identifier, cells).unwrap_or_default().to_lowercase();
            let place = (rank, *number);
            if memory.contains_key(&id) {
                of_match.entry(id).or_default().push((place, row));
            } else if !row.is_blank() {
                findings.push((place, unknown_match(&row)));
            }
        }
    }
    for (id, rows) in of_match {
        if let Some(one) = memory.get_mut(&id) {
            settle(one, &rows, as_of, &mut findings);
        }
    }
    findings.sort_by_key(|(place, _)| *place);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// What the rows of one match say of one column, beside what is known already.
struct Said<T> {
    /// Different answers, each with the row that said it first.
    new: Vec<(T, usize)>,
    /// Rows whose text is no answer.
    unread: Vec<usize>,
    /// The first row written with what is known where what was known is gone, when no row says anything.
    erased: Vec<usize>,
}

fn said<T: PartialEq>(
    rows: &[Placed<'_>],
    fill: Fill,
    known: Option<&T>,
    read: impl Fn(&str) -> Option<T>,
) -> Said<T> {
    let mut told = Said { new: Vec::new(), unread: Vec::new(), erased: Vec::new() };
    let mut stands = false;
    for (at, (_, row)) in rows.iter().enumerate() {
        match row.says(fill) {
            Some(text) => match read(text) {
                Some(value) if Some(&value) == known => stands = true,
                Some(value) if told.new.iter().any(|(other, _)| *other == value) => {}
                Some(value) => told.new.push((value, at)),
                None => told.unread.push(at),
            },
            None if known.is_some() && row.was_filled() && row.columns.cell(fill, row.cells).is_some() => {
                told.erased.push(at);
            }
            None => {}
        }
    }
    // A doubled row that stands elsewhere, or an answer, says that nothing was erased.
    if stands || !told.new.is_empty() || !told.unread.is_empty() {
        told.erased.clear();
    }
    told.erased.truncate(1);
    told
}

/// Collects what one match's rows say, and what could not be taken in.
struct Settling<'a, 'r> {
    rows: &'a [Placed<'r>],
    findings: &'a mut Vec<((usize, u32), Finding)>,
    open: Vec<String>,
    step: Step,
}

impl Settling<'_, '_> {
    /// The one new answer; none when there is none, or several.
    fn one<T: PartialEq>(
        &mut self,
        fill: Fill,
        known: Option<&T>,
        read: impl Fn(&str) -> Option<T>,
        unread: (FindingKind, [&'static str; 4]),
    ) -> Option<T> {
        let told = said(self.rows, fill, known, read);
        self.tell(fill, &told.unread, Severity::Warning, unread);
        self.erased(fill, &told.erased);
        if told.new.len() > 1 {
            let rows: Vec<usize> = told.new.iter().map(|(_, at)| *at).collect();
            self.tell(fill, &rows, Severity::Warning, (FindingKind::ConflictingDuplicate, DISAGREE));
            return None;
        }
        told.new.into_iter().next().map(|(value, _)| value)
    }

    /// New texts: several are kept side by side, and told.
    fn texts(&mut self, fill: Fill, known: &str) -> Option<Confidential<String>> {
        let known = Some(known.to_owned()).filter(|text| !text.is_empty());
        let told = said(self.rows, fill, known.as_ref(), |text| Some(text.to_owned()));
        self.erased(fill, &told.erased);
        if told.new.len() > 1 {
            for (_, at) in &told.new {
                let (place, row) = &self.rows[*at];
                let read = row.says(fill).unwrap_or_default();
                let kind = FindingKind::ConflictingDuplicate;
                self.findings.push((*place, row.finding(Severity::Note, kind, read, SIDE_BY_SIDE)));
            }
        }
        let joined = told.new.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(" | ");
        (!joined.is_empty()).then(|| Confidential::new(joined))
    }

    fn tell(
        &mut self,
        fill: Fill,
        rows: &[usize],
        severity: Severity,
        (kind, texts): (FindingKind, [&'static str; 4]),
    ) {
        let heading = fill.heading().0.split(" / ").next().unwrap_or_default();
        let mut answers = Vec::new();
        for at in rows {
            let (place, row) = &self.rows[*at];
            let read = row.says(fill).unwrap_or_default();
            answers.push(format!("« {read} » ({})", row.place()));
            self.findings.push((*place, row.finding(severity, kind, read, texts)));
        }
        if !answers.is_empty() {
            self.open.push(format!("{heading} : {}", answers.join(", ")));
        }
    }

    fn erased(&mut self, fill: Fill, rows: &[usize]) {
        let heading = fill.heading().0;
        for at in rows {
            let (place, row) = &self.rows[*at];
            let finding = row.finding(Severity::Note, FindingKind::ErasedEntry, heading, ERASED);
            self.findings.push((*place, finding));
        }
    }
}

fn settle(
    one: &mut FollowUp,
    rows: &[Placed<'_>],
    as_of: NaiveDate,
    findings: &mut Vec<((usize, u32), Finding)>,
) {
    let mut settling =
        Settling { rows, findings, open: Vec::new(), step: Step { on: Some(as_of), ..Step::default() } };
    let unknown = (FindingKind::UnknownStatus, UNKNOWN_STATUS);
    let status: Option<Status> = settling.one(Fill::Status, one.status.as_ref(), Status::from_words, unknown);
    let amount = (FindingKind::BadQuantity, BAD_QUANTITY);
    let quantity = settling.one(Fill::Quantity, one.quantity_kg.as_ref(), fill::kilograms, amount);
    let consent = (FindingKind::BadYesNo, BAD_CONSENT);
    let known = Some(one.agreed).filter(|agreed| *agreed != Agreed::default());
    let agreed = settling.one(Fill::Agreed, known.as_ref(), fill::agreed, consent);
    let agreed = agreed.filter(|agreed| *agreed != one.agreed);
    let note = settling.texts(Fill::Note, one.note.reveal());
    let reason = settling.texts(Fill::Reason, one.reason.reveal());
    let Settling { open, mut step, .. } = settling;
    step = Step { status, quantity_kg: quantity, agreed, note, reason, ..step };
    one.status = step.status.or(one.status);
    one.quantity_kg = step.quantity_kg.or(one.quantity_kg);
    one.agreed = step.agreed.unwrap_or(one.agreed);
    one.note = step.note.clone().unwrap_or_else(|| one.note.clone());
    one.reason = step.reason.clone().unwrap_or_else(|| one.reason.clone());
    let is_new = step != Step { on: step.on, ..Step::default() };
    if !open.is_empty() {
        one.unsettled = Confidential::new(open.join(" ; "));
    } else if is_new {
        one.unsettled = Confidential::default();
    }
    if is_new {
        one.history.push(step);
    }
}

fn unknown_match(row: &Row<'_>) -> Finding {
    let all: Vec<&str> = Fill::ALL.iter().filter_map(|fill| row.says(*fill)).collect();
    row.finding(Severity::Warning, FindingKind::UnknownCode, &all.join(" · "), UNKNOWN_MATCH)
}

const UNKNOWN_MATCH: [&str; 4] = [
    "Cet identifiant n’est celui d’aucun maillage connu : la ligne n’est pas suivie.",
    "This identifier is not that of a known match: the row is not followed.",
    "Rétablir l’identifiant d’origine de la ligne.",
    "Restore the original identifier of the row.",
];
const UNKNOWN_STATUS: [&str; 4] = [
    "Ce statut n’est pas dans la liste.",
    "This status is not in the list.",
    "Choisir un statut dans la liste déroulante de la colonne.",
    "Choose a status from the drop-down list of the column.",
];
const BAD_QUANTITY: [&str; 4] = [
    "Cette quantité réalisée ne se lit pas sans équivoque.",
    "This realised amount cannot be read without doubt.",
    "Inscrire des kilogrammes par année, par exemple 1200, ou « 1,2 t ».",
    "Write kilograms a year, for example 1200, or “1.2 t”.",
];
const BAD_CONSENT: [&str; 4] = [
    "Cet accord n’est pas dans la liste.",
    "This consent is not in the list.",
    "Choisir offre, demande, les deux ou aucun.",
    "Choose offre (offer), demande (request), les deux (both) or aucun (none).",
];
const DISAGREE: [&str; 4] = [
    "Plusieurs lignes du même maillage se contredisent : rien n’est changé.",
    "Several rows of the same match contradict each other: nothing is changed.",
    "Inscrire la bonne réponse sur une seule ligne; la colonne « À trancher » les rappelle toutes.",
    "Write the right answer on one row only; the column “À trancher” lists them all.",
];
const SIDE_BY_SIDE: [&str; 4] = [
    "Plusieurs lignes du même maillage portent des textes différents : tous sont gardés.",
    "Several rows of the same match hold different texts: all are kept.",
    "Vérifier le texte de la feuille « Maillages ».",
    "Check the text of the sheet “Maillages”.",
];
const ERASED: [&str; 4] = [
    "La réponse a été effacée de la feuille : la réponse précédente reste.",
    "The answer was erased from the sheet: the earlier answer stays.",
    "Pour changer une réponse, en inscrire une autre.",
    "To change an answer, write another.",
];

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow};
    use super::{FollowUp, FollowUps, ReturnedSheet, is_list, read};
    use crate::matching::fill::Agreed;
    use crate::model::{Confidential, Direction, Status};

    fn memory() -> FollowUps {
        let (offer, request) =
            (flow("1", "a", Direction::Output, "palettes"), flow("2", "b", Direction::Input, "palettes"));
        ["cle-1", "cle-2"].map(|id| (id.to_owned(), FollowUp::new(&offer, &request))).into()
    }

    fn sheet(name: &str, rows: &[&[&str]]) -> ReturnedSheet {
        ReturnedSheet {
            name: Confidential::new(name.to_owned()),
            rows: (1..)
                .zip(rows)
                .map(|(at, row)| (at, row.iter().map(|cell| (*cell).to_owned()).collect()))
                .collect(),
        }
    }

    const HEAD: &[&str] =
        &["Identifiant / Identifier", "Statut / Status", "Note", "Quantité réalisée (kg/an)"];

    fn told(memory: &mut FollowUps, sheets: &[ReturnedSheet]) -> Vec<(u32, &'static str)> {
        let findings = read(memory, sheets, day());
        findings.iter().map(|finding| (finding.location.row, finding.kind.code())).collect()
    }

    #[test]
    fn the_same_answer_on_two_sheets_is_one_and_an_unchanged_copy_says_nothing() {
        let mut memory = memory();
        let sheets = [
            sheet("Maillages", &[HEAD, &["cle-1", "proposée", "", ""]]),
            sheet("Fiches", &[&["Entreprise a"], HEAD, &["cle-1", "Proposed", "", ""]]),
        ];
        assert!(told(&mut memory, &sheets).is_empty());
        assert_eq!(memory["cle-1"].history.len(), 1);
        // The main sheet still shows what was known; the page was changed.
        let sheets = [
            sheet("Maillages", &[HEAD, &["cle-1", "proposée", "", ""]]),
            sheet("Fiches", &[HEAD, &["cle-1", "réalisée", "", "1,5 t"]]),
        ];
        assert!(told(&mut memory, &sheets).is_empty());
        let one = &memory["cle-1"];
        assert_eq!(
            (one.status, one.quantity_kg, one.history.len()),
            (Some(Status::Realised), Some(1_500), 2)
        );
        assert_eq!(one.history[1].quantity_kg, Some(1_500));
    }

    #[test]
    fn answers_that_disagree_change_nothing_and_wait_to_be_settled() {
        let mut memory = memory();
        let sheets = [
            sheet("Maillages", &[HEAD, &["cle-1", "réalisée", "un", "5"], &["cle-1", "réalisée", "un", "6"]]),
            sheet("Fiches", &[HEAD, &["cle-1", "abandonnée", "deux", ""]]),
        ];
        let kind = "doublon_contradictoire";
        assert_eq!(told(&mut memory, &sheets), [2, 2, 2, 3, 2, 2].map(|row| (row, kind)));
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.quantity_kg), (None, None));
        assert_eq!(one.note.reveal(), "un | deux");
        let open = one.unsettled.reveal();
        for text in ["« réalisée » (Maillages, ligne 2)", "« abandonnée » (Fiches, ligne 2)", "« 6 »"]
        {
            assert!(open.contains(text), "{text}: {open}");
        }
        assert!(
            told(&mut memory, &[sheet("Maillages", &[HEAD, &["cle-1", "réalisée", "", "6"]])]).len() == 1
        );
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.quantity_kg), (Some(Status::Realised), Some(6)));
        assert!(one.unsettled.reveal().is_empty());
    }

    #[test]
    fn what_is_erased_stays_and_is_told_once_and_deleted_rows_and_columns_say_nothing() {
        let mut memory = memory();
        told(&mut memory, &[sheet("Maillages", &[HEAD, &["cle-1", "proposée", "vu", "7"]])]);
        let before = memory.clone();
        let erased = [
            sheet("Maillages", &[HEAD, &["cle-1", "", "vu", ""], &["cle-1", "", "", ""]]),
            sheet("Fiches", &[HEAD, &["cle-1"]]),
        ];
        assert_eq!(told(&mut memory, &erased), [(2, "reponse_effacee"), (2, "reponse_effacee")]);
        assert!(
            told(&mut memory, &[sheet("Maillages", &[&["Note", "Identifier"], &["vu", "CLE-1"]])]).is_empty()
        );
        assert!(told(&mut memory, &[sheet("Maillages", &[HEAD])]).is_empty());
        let erased =
            [sheet("Fiches", &[HEAD, &["cle-1"]]), sheet("Autres suivis", &[HEAD, &["cle-1", "", "vu"]])];
        assert_eq!(told(&mut memory, &erased), [(2, "reponse_effacee"), (2, "reponse_effacee")]);
        assert_eq!(memory, before);
    }

    #[test]
    fn nothing_that_cannot_be_read_is_lost() {
        let mut memory = memory();
        let head: &[&str] =
            &["Statut", "Identifiant", "Accord obtenu", "Raison d'abandon", "Quantité réalisée"];
        let rows: &[&[&str]] = &[
            head,
            &["peut-être", "cle-1", "qui sait", "", "1,234"],
            &["réalisée", "", "", "", ""],
            &["", "autre", "", "trop loin", ""],
            &["abandonnée", "cle-2", "les deux", "trop loin", ""],
        ];
        let findings = read(&mut memory, &[sheet("Maillages", rows)], day());
        let codes: Vec<_> = findings.iter().map(|one| (one.location.row, one.kind.code())).collect();
        let first = ["statut_inconnu", "quantite_illisible", "oui_non_illisible"].map(|code| (2, code));
        assert_eq!(codes, [&first[..], &[(3, "code_inconnu"), (4, "code_inconnu")]].concat());
        assert!(findings[4].read.reveal().contains("trop loin"));
        assert!(memory["cle-1"].unsettled.reveal().contains("peut-être"));
        assert!(memory["cle-1"].is_filled(), "what waits to be settled is kept");
        let two = &memory["cle-2"];
        assert_eq!(
            (two.agreed, two.reason.reveal().as_str()),
            (Agreed { offer: true, request: true }, "trop loin")
        );
        assert_eq!(two.history[0].reason.as_ref().map(|text| text.reveal().as_str()), Some("trop loin"));
    }

    #[test]
    fn a_workbook_without_the_headings_is_not_the_list() {
        assert!(is_list(&[sheet("x", &[&["titre"], HEAD])]));
        assert!(!is_list(&[sheet("Maillages", &[&["Identifiant", "Score"], &["cle-1", "9"]])]));
    }
}
