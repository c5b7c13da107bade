//! `maillages.xlsx` as it comes back: sorted, filtered, partly deleted or doubled, filled in on any
//! of its sheets. What is the same everywhere counts once; what disagrees, or cannot be read, changes
//! nothing, is a finding, and waits in the list until somebody settles it.

use super::dated::{self, Day};
use super::fill::{self, Agreed, Fill};
use super::follow_up::{FollowUp, FollowUps, Step, last_number};
use super::identifier::Identifier;
use super::layout::{self, Columns, ReturnedSheet};
use super::workbook::{OTHERS, SHEET};
use crate::model::{Confidential, Finding, FindingKind, Severity, Status};
use chrono::NaiveDate;
use std::collections::BTreeMap;

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

    fn finding(
        &self,
        severity: Severity,
        kind: FindingKind,
        read: &str,
        texts: [&'static str; 4],
    ) -> Finding {
        layout::told((Some(self.sheet), self.number), (severity, kind), read, texts)
    }
}

/// A row with the rank of its sheet and its number.
type Placed<'a> = ((usize, u32), Row<'a>);

/// Whether a sheet has the headings by which the list is read back.
#[must_use]
pub fn is_list(sheets: &[ReturnedSheet]) -> bool {
    sheets.iter().flat_map(|sheet| &sheet.rows).any(|(_, cells)| Columns::of(cells).is_some())
}

/// When a workbook was written, and when it is read.
#[derive(Clone, Copy)]
struct When {
    as_of: NaiveDate,
    /// The last answer that it knew.
    written: u32,
    /// The answers that are taken in now.
    next: u32,
}

/// Takes the filled rows of all sheets into the memory, dated by `as_of`, or by the day that stands behind a
/// status. What an older copy of the workbook could not know is never turned back. Findings are in the order
/// of sheets and rows: a row without a known identifier is one, with everything that it said, and so is what
/// stands in columns or under headings that are not ours.
pub fn read(memory: &mut FollowUps, sheets: &[ReturnedSheet], as_of: NaiveDate) -> Vec<Finding> {
    let last = last_number(memory);
    let written = layout::number(sheets).map_or(last, |number| number.min(last));
    let when = When { as_of, written, next: last.saturating_add(1) };
    let mut findings: Vec<((usize, u32), Finding)> = Vec::new();
    let mut of_match: BTreeMap<String, Vec<Placed<'_>>> = BTreeMap::new();
    for (rank, sheet) in sheets.iter().enumerate() {
        let made = layout::layout(sheet, &|id: &str| memory.contains_key(id));
        findings.extend(made.findings.into_iter().map(|(number, finding)| ((rank, number), finding)));
        for placed in made.rows {
            let (number, columns, cells) = (placed.number, placed.columns, placed.cells);
            let row = Row { sheet: &sheet.name, number, columns, cells };
            let id = columns.cell(Fill::Identifier, cells).unwrap_or_default().to_lowercase();
            let place = (rank, number);
            // A row of ours that nobody wrote about may be of a match that is gone.
            let is_ours = made.is_page || (id.len() == 12 && Identifier::of(&id).is_some());
            if memory.contains_key(&id) {
                of_match.entry(id).or_default().push((place, row));
            } else if !row.is_blank() || !is_ours {
                findings.push((place, unknown_match(&row)));
            }
        }
    }
    for (id, rows) in of_match {
        if let Some(one) = memory.get_mut(&id) {
            settle(one, &rows, when, &mut findings);
        }
    }
    findings.sort_by_key(|(place, _)| *place);
    findings.into_iter().map(|(_, finding)| finding).collect()
}

/// Says that the workbook was changed and where its bytes are kept: not all that was written by hand is read.
#[must_use]
pub fn kept(sha256: &str) -> Finding {
    layout::told((None, 0), (Severity::Note, FindingKind::ReturnedList), sha256, KEPT)
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

/// What rows say beside what is known now, and was when they were written.
fn said<T: PartialEq>(
    rows: &[Placed<'_>],
    fill: Fill,
    (known, then): (Option<&T>, Option<&T>),
    read: impl Fn(&str) -> Option<T>,
) -> Said<T> {
    let mut told = Said { new: Vec::new(), unread: Vec::new(), erased: Vec::new() };
    let mut stands = false;
    for (at, (_, row)) in rows.iter().enumerate() {
        match row.says(fill) {
            Some(text) => match read(text) {
                Some(value) if Some(&value) == known || Some(&value) == then => stands = true,
                Some(value) if told.new.iter().any(|(other, _)| *other == value) => {}
                Some(value) => told.new.push((value, at)),
                None => told.unread.push(at),
            },
            None if then.is_some() && row.was_filled() && row.columns.cell(fill, row.cells).is_some() => {
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
    /// Whether something was taken in since the workbook was written.
    is_outdated: bool,
}

impl Settling<'_, '_> {
    /// The one new answer; none when there is none, or several, or when it is older than what is known.
    fn one<T: PartialEq>(
        &mut self,
        fill: Fill,
        known: (Option<&T>, Option<&T>),
        read: impl Fn(&str) -> Option<T>,
        unread: (FindingKind, [&'static str; 4]),
    ) -> Option<T> {
        let told = said(self.rows, fill, known, read);
        self.tell(fill, &told.unread, unread);
        self.erased(fill, &told.erased);
        let rows: Vec<usize> = told.new.iter().map(|(_, at)| *at).collect();
        if self.is_outdated {
            self.tell(fill, &rows, (FindingKind::OutdatedAnswer, OUTDATED));
            return None;
        }
        if rows.len() > 1 {
            self.tell(fill, &rows, (FindingKind::ConflictingDuplicate, DISAGREE));
            return None;
        }
        told.new.into_iter().next().map(|(value, _)| value)
    }

    /// New texts: several are kept side by side, and told.
    fn texts(&mut self, fill: Fill, known: &str, then: &str) -> Option<Confidential<String>> {
        let [known, then] = [known, then].map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        let told = said(self.rows, fill, (known.as_ref(), then.as_ref()), |text| Some(text.to_owned()));
        self.erased(fill, &told.erased);
        if self.is_outdated {
            let rows: Vec<usize> = told.new.iter().map(|(_, at)| *at).collect();
            self.tell(fill, &rows, (FindingKind::OutdatedAnswer, OUTDATED));
            return None;
        }
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

    /// The day that rows say behind a status, when it can be read and lies after `before`; else they are told.
    /// `known` is the day of that status, when it is no news.
    fn day(
        &mut self,
        status: Option<Status>,
        (before, known): (Option<NaiveDate>, Option<NaiveDate>),
        as_of: NaiveDate,
    ) -> Option<NaiveDate> {
        let mut days: Vec<(Day, usize)> = Vec::new();
        for (at, (_, row)) in self.rows.iter().enumerate() {
            let text = row.says(Fill::Status).unwrap_or_default();
            // Other texts are told already.
            if status.is_some() && dated::status(text, as_of) == status {
                days.push((dated::said(text, as_of), at));
            }
        }
        days.retain(|(day, _)| *day != Day::None && known.is_none_or(|known| *day != Day::On(known)));
        let is_one = days.windows(2).all(|pair| pair[0].0 == pair[1].0);
        match days.first() {
            Some((Day::On(day), _))
                if is_one && !self.is_outdated && before.is_none_or(|before| before <= *day) =>
            {
                Some(*day)
            }
            _ => {
                let rows: Vec<usize> = days.iter().map(|(_, at)| *at).collect();
                self.tell(Fill::Status, &rows, (FindingKind::BadDate, BAD_DATE));
                None
            }
        }
    }

    fn tell(&mut self, fill: Fill, rows: &[usize], (kind, texts): (FindingKind, [&'static str; 4])) {
        let heading = fill.heading().0.split(" / ").next().unwrap_or_default();
        let mut answers = Vec::new();
        for at in rows {
            let (place, row) = &self.rows[*at];
            let read = row.says(fill).unwrap_or_default();
            answers.push(format!("« {read} » ({})", row.place()));
            self.findings.push((*place, row.finding(Severity::Warning, kind, read, texts)));
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

fn settle(one: &mut FollowUp, rows: &[Placed<'_>], when: When, findings: &mut Vec<((usize, u32), Finding)>) {
    let is_outdated = one.history.iter().any(|step| step.number > when.written);
    let mut settling = Settling { rows, findings, open: Vec::new(), is_outdated };
    let unknown = (FindingKind::UnknownStatus, UNKNOWN_STATUS);
    let then = one.known_at(when.written, one.status, |step| step.status);
    let known = (one.status.as_ref(), then.as_ref());
    let status: Option<Status> =
        settling.one(Fill::Status, known, |text| dated::status(text, when.as_of), unknown);
    let amount = (FindingKind::BadQuantity, BAD_QUANTITY);
    let then = one.known_at(when.written, one.quantity_kg, |step| step.quantity_kg);
    let known = (one.quantity_kg.as_ref(), then.as_ref());
    let quantity_kg = settling.one(Fill::Quantity, known, fill::kilograms, amount);
    let consent = (FindingKind::BadYesNo, BAD_CONSENT);
    let is_given = |agreed: &Agreed| *agreed != Agreed::default();
    let now = Some(one.agreed).filter(is_given);
    let then = one.known_at(when.written, now, |step| step.agreed).filter(is_given);
    let agreed = settling.one(Fill::Agreed, (now.as_ref(), then.as_ref()), fill::agreed, consent);
    // A consent that is refused is an answer too, once.
    let last = one.history.iter().rev().find_map(|step| step.agreed);
    let agreed = agreed.filter(|agreed| *agreed != one.agreed || last.is_none());
    let then = one.known_at(when.written, Some(one.note.clone()), |step| step.note.clone());
    let note = settling.texts(Fill::Note, one.note.reveal(), then.unwrap_or_default().reveal());
    let then = one.known_at(when.written, Some(one.reason.clone()), |step| step.reason.clone());
    let reason = settling.texts(Fill::Reason, one.reason.reveal(), then.unwrap_or_default().reveal());
    let told = day(&mut settling, one, status, when.as_of);
    let open = settling.open;
    // Without a new status the day is that of the known one.
    let (corrected, on) = if status.is_some() { (None, told) } else { (told, None) };
    let on = on.or(Some(when.as_of));
    let step = Step { number: when.next, on, status, quantity_kg, reason, note, agreed };
    let is_new = step != Step { number: step.number, on: step.on, ..Step::default() };
    one.status = step.status.or(one.status);
    one.quantity_kg = step.quantity_kg.or(one.quantity_kg);
    one.agreed = step.agreed.unwrap_or(one.agreed);
    one.note = step.note.clone().unwrap_or_else(|| one.note.clone());
    one.reason = step.reason.clone().unwrap_or_else(|| one.reason.clone());
    if let Some(last) = one.history.last_mut().filter(|_| corrected.is_some()) {
        last.on = corrected;
    }
    if !open.is_empty() {
        one.unsettled = Confidential::new(open.join(" ; "));
    } else if is_new || corrected.is_some() {
        one.unsettled = Confidential::default();
    }
    if is_new {
        one.history.push(step);
    }
}

/// The day that stands behind a new status; or behind the known one, when this is the last answer.
fn day(
    settling: &mut Settling<'_, '_>,
    one: &FollowUp,
    status: Option<Status>,
    as_of: NaiveDate,
) -> Option<NaiveDate> {
    let mut last = one.history.iter().rev();
    let known = if status.is_some() { None } else { last.next() };
    if known.is_some_and(|step| step.status.is_none()) {
        // A day before the last answer would be out of order.
        return settling.day(one.status, (Some(NaiveDate::MAX), None), as_of);
    }
    let before = last.next().and_then(|step| step.on);
    settling.day(status.or(one.status), (before, known.and_then(|step| step.on)), as_of)
}

fn unknown_match(row: &Row<'_>) -> Finding {
    let has_none = row.says(Fill::Identifier).is_none();
    let texts = if has_none { NO_IDENTIFIER } else { UNKNOWN_MATCH };
    row.finding(Severity::Warning, FindingKind::UnknownCode, &layout::joined(row.cells), texts)
}

const NO_IDENTIFIER: [&str; 4] = [
    "La ligne n’a pas d’identifiant : elle n’est pas suivie.",
    "The row has no identifier: it is not followed.",
    "Rétablir l’identifiant de la ligne; une nouvelle offre ou demande s’ajoute à sa source.",
    "Restore the identifier of the row; a new offer or request is added at its source.",
];
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
const OUTDATED: [&str; 4] = [
    "Cette réponse vient d’une copie plus ancienne que la dernière réponse connue : rien n’est changé.",
    "This answer comes from a copy older than the last known answer: nothing is changed.",
    "Si elle vaut toujours, l’inscrire de nouveau dans la liste d’aujourd’hui.",
    "If it still holds, write it again in today’s list.",
];
const BAD_DATE: [&str; 4] = [
    "La date de ce statut ne se lit pas sans équivoque, est à venir ou précède la réponse d’avant : elle n’est pas reprise.",
    "The day of this status cannot be read without doubt, is to come or lies before the answer before it: it is not taken in.",
    "Inscrire par exemple « proposée le 3 novembre 2026 ».",
    "Write for example “proposée le 3 novembre 2026”.",
];
const KEPT: [&str; 4] = [
    "Le classeur est revenu changé : les colonnes jaunes sont lues; les commentaires de cellule et ce qui est changé ailleurs ne le sont pas. Ses octets sont gardés dans `instantanes/` sous ce nom.",
    "The workbook came back changed: the yellow columns are read; comments of cells and what is changed elsewhere are not. Its bytes are kept in `instantanes/` under this name.",
    "Rien à faire si tout est dans les colonnes jaunes; sinon, corriger les données à leur source.",
    "Nothing to do when all is in the yellow columns; otherwise correct the data at their source.",
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

    const WRITTEN: &[&str] = &[
        "Identifiant / Identifier",
        "Statut / Status",
        "Note",
        "Quantité réalisée (kg/an) / Realised amount (kg a year)",
        "Raison d’abandon / Reason for giving up",
        "Accord obtenu / Consent given",
        "Score (%)",
    ];

    /// The guide of a workbook that knew the answers up to a number.
    fn guide(number: u32) -> ReturnedSheet {
        let line = format!("{}{number}, liste du 2026-11-15.", crate::matching::workbook::NUMBER);
        sheet(crate::matching::workbook::GUIDE, &[&["Liste"], &[line.as_str()]])
    }

    #[test]
    fn a_sheet_without_its_headings_is_read_where_it_was_written_and_told() {
        let mut memory = memory();
        let filled: &[&str] = &["cle-1", "proposée", "vu", "", "", "les deux", "92"];
        let lost = [sheet("Maillages", &[filled]), sheet("Fiches", &[HEAD])];
        assert_eq!(told(&mut memory, &lost), [(1, "colonne_disparue")]);
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.note.reveal().as_str()), (Some(Status::Proposed), "vu"));
        // The heading of the identifier alone makes no heading.
        let damaged: &[&str] = &["Numéro", "Statut", "Note"];
        let lost = [sheet("Parc nord", &[damaged, &["cle-2", "réalisée", ""]])];
        assert_eq!(told(&mut memory, &lost), [(1, "colonne_disparue")]);
        assert_eq!(memory["cle-2"].status, Some(Status::Realised));
        // Columns that are shifted are not guessed at.
        let before = memory.clone();
        let shifted =
            [sheet("Maillages", &[&["cle-1", "vu", "réalisée"]]), sheet("Autres suivis", &[&["x"]])];
        assert_eq!(told(&mut memory, &shifted), [(1, "colonne_disparue"), (1, "colonne_disparue")]);
        assert_eq!(memory, before);
        assert!(told(&mut memory, &[sheet("Maillages", &[]), sheet("Parcs", &[&["Parc", "x"]])]).is_empty());
        let own = [sheet("Mes notes", &[&["", "rappeler", "en mai"]])];
        assert_eq!(told(&mut memory, &own), [(1, "feuille_ignoree")]);
    }

    #[test]
    fn a_renamed_heading_and_a_column_of_remarks_are_told_with_what_they_hold() {
        let mut memory = memory();
        let mut head = WRITTEN.to_vec();
        head[1] = "Avancement";
        head.push("Mes remarques");
        let row: &[&str] =
            &["cle-1", "proposée", "", "", "", "", "92", "rappeler en janvier", "hors tableau"];
        let findings = read(&mut memory, &[sheet("Maillages", &[head.as_slice(), row])], day());
        let codes: Vec<_> = findings.iter().map(|one| (one.location.row, one.kind.code())).collect();
        assert_eq!(codes, [(1, "colonne_disparue"), (2, "colonne_nouvelle"), (2, "colonne_nouvelle")]);
        assert_eq!(findings[1].read.reveal(), "« Mes remarques » : rappeler en janvier (ligne 2)");
        assert!(findings[2].read.reveal().contains("hors tableau"));
        assert_eq!(memory["cle-1"].status, Some(Status::Proposed));
        // A column of something else at that place is no answer.
        let row: &[&str] = &["cle-2", "vu deux fois", "", "", "", "", "92"];
        assert_eq!(
            told(&mut memory, &[sheet("Maillages", &[head.as_slice(), row])]),
            [(2, "colonne_nouvelle")]
        );
        assert_eq!(memory["cle-2"].status, None);
    }

    #[test]
    fn a_row_made_by_hand_is_told_and_one_of_a_match_that_is_gone_is_not() {
        let mut memory = memory();
        let rows: &[&[&str]] = &[
            WRITTEN,
            &["", "", "", "", "", "", "nouvelle entreprise"],
            &["0123456789ab", "", "", "", "", "", "92"],
            &["total", "", "", "", "", "", "184"],
        ];
        let findings = read(&mut memory, &[sheet("Maillages", rows)], day());
        let told: Vec<_> =
            findings.iter().map(|one| (one.location.row, one.read.reveal().as_str())).collect();
        assert_eq!(told, [(2, "nouvelle entreprise"), (4, "total · 184")]);
    }

    #[test]
    fn an_older_copy_turns_nothing_back_and_its_other_answers_are_taken_in() {
        let mut memory = memory();
        let row = |id: &'static str, status: &'static str, note: &'static str| [id, status, note, ""];
        let list = |number: u32, rows: &[[&str; 4]]| {
            let mut all = vec![HEAD];
            all.extend(rows.iter().map(<[&str; 4]>::as_slice));
            [sheet("Maillages", &all), guide(number)]
        };
        assert!(told(&mut memory, &list(0, &[row("cle-1", "proposée", "vu")])).is_empty());
        assert!(told(&mut memory, &list(1, &[row("cle-1", "réalisée", "vu")])).is_empty());
        assert_eq!(memory["cle-1"].history.iter().map(|step| step.number).collect::<Vec<_>>(), [1, 2]);
        // The copy of the first night, with an answer on the other match.
        let old = list(1, &[row("cle-1", "proposée", "vu"), row("cle-2", "abandonnée", "loin")]);
        assert!(told(&mut memory, &old).is_empty());
        assert_eq!(memory["cle-1"].status, Some(Status::Realised));
        assert_eq!((memory["cle-2"].status, memory["cle-2"].history[0].number), (Some(Status::Abandoned), 3));
        // It says something new of what was answered since.
        let old = list(1, &[row("cle-1", "à l’essai", "autre"), row("cle-2", "abandonnée", "loin")]);
        assert_eq!(told(&mut memory, &old), [(2, "reponse_depassee"), (2, "reponse_depassee")]);
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.note.reveal().as_str()), (Some(Status::Realised), "vu"));
        assert!(one.unsettled.reveal().contains("« à l’essai » (Maillages, ligne 2)"));
        // The list of today may.
        assert!(told(&mut memory, &list(3, &[row("cle-1", "à l’essai", "vu")])).is_empty());
        assert_eq!(memory["cle-1"].status, Some(Status::Trial));
        assert!(memory["cle-1"].unsettled.reveal().is_empty());
    }

    #[test]
    fn the_day_behind_a_status_is_that_of_its_step() {
        let mut memory = memory();
        let list = |status: &str| [sheet("Maillages", &[HEAD, &["cle-1", status, "", ""]])];
        let november = |day| chrono::NaiveDate::from_ymd_opt(2026, 11, day);
        assert!(told(&mut memory, &list("proposée le 3 novembre")).is_empty());
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.history[0].on), (Some(Status::Proposed), november(3)));
        assert!(told(&mut memory, &list("proposée le 3 novembre")).is_empty());
        // To come, or before the answer before it: the status counts from today on.
        assert_eq!(told(&mut memory, &list("en discussion depuis le 1er novembre")), [(2, "date_illisible")]);
        let one = &memory["cle-1"];
        assert_eq!((one.status, one.history[1].on), (Some(Status::UnderDiscussion), november(15)));
        assert!(one.unsettled.reveal().contains("1er novembre"));
        // The day of the last answer may be corrected.
        assert!(told(&mut memory, &list("en discussion depuis le 10 novembre")).is_empty());
        let one = &memory["cle-1"];
        assert_eq!((one.history.len(), one.history[1].on), (2, november(10)));
        assert!(one.unsettled.reveal().is_empty());
    }
}
