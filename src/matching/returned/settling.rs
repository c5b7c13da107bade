//! What the rows of one match say together: one new answer is taken in; several, an older one, or one that
//! cannot be read wait.

use super::super::book::cells::read_back;
use super::super::dated::{self, Day};
use super::super::fill::{self, Agreed, Fill};
use super::super::follow_up::{FollowUp, Step};
use super::{Placed, When};
use crate::measures::quantity;
use crate::model::{Confidential, Finding, FindingKind, NOT_COMPUTED, Severity, Status};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// What the rows of one match say of one column, beside what is known already.
struct Said<T> {
    /// Different answers, each with the row that said it first.
    new: Vec<(T, usize)>,
    /// Rows whose text is no answer.
    unread: Vec<usize>,
    /// The first row written with what is known where what was known is gone, when no row says something new.
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
    let mut standing: BTreeSet<&str> = BTreeSet::new();
    for (at, (_, row)) in rows.iter().enumerate() {
        match row.says(fill) {
            Some(text) => match read(text) {
                Some(value) if Some(&value) == known || Some(&value) == then => {
                    standing.insert(row.sheet.reveal().as_str());
                }
                Some(value) if told.new.iter().any(|(other, _)| *other == value) => {}
                Some(value) => told.new.push((value, at)),
                None => told.unread.push(at),
            },
            None if then.is_some() && row.was_filled(fill) => told.erased.push(at),
            None => {}
        }
    }
    // A row that somebody added to a list stands beside the one that was written there; of a page each row was.
    told.erased.retain(|at| {
        let (_, row) = &rows[*at];
        row.is_page || !standing.contains(row.sheet.reveal().as_str())
    });
    // An answer elsewhere says that nothing was erased.
    if !told.new.is_empty() || !told.unread.is_empty() {
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

    /// New texts: several are kept side by side, and told; a formula whose value was not saved is no text.
    fn texts(&mut self, fill: Fill, known: &str, then: &str) -> Option<Confidential<String>> {
        let [known, then] = [known, then].map(|text| Some(read_back(text)).filter(|text| !text.is_empty()));
        let read = |text: &str| Some(read_back(text)).filter(|text| text != NOT_COMPUTED);
        let told = said(self.rows, fill, (known.as_ref(), then.as_ref()), read);
        self.tell(fill, &told.unread, (FindingKind::FormulaWithoutValue, NO_VALUE));
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

    /// Statuses and amounts that can be read and say more: why, or with whom, or that it is about so much.
    fn remarks(&self, as_of: NaiveDate) -> BTreeSet<String> {
        let rows = self.rows;
        let says = |fill: Fill| rows.iter().filter_map(move |(_, row)| row.says(fill));
        let statuses =
            says(Fill::Status).filter(|text| dated::status(text, as_of).is_some() && dated::has_remark(text));
        let amounts =
            says(Fill::Quantity).filter(|text| fill::kilograms(text).is_some() && quantity::is_about(text));
        statuses.chain(amounts).map(read_back).collect()
    }

    /// Says as what a new status was read that is not said by its name.
    fn in_other_words(&mut self, status: Status, as_of: NaiveDate) {
        let found = self.rows.iter().find_map(|(place, row)| {
            let text = row.says(Fill::Status)?;
            let is_so = dated::status(text, as_of) == Some(status) && !status.is_named_in(text);
            is_so.then_some((place, row, text))
        });
        if let Some((place, row, text)) = found {
            let read = format!("{text} = {}", fill::label(status));
            let finding = row.finding(Severity::Note, FindingKind::AmbiguousStatus, &read, IN_OTHER_WORDS);
            self.findings.push((*place, finding));
        }
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

/// Takes what the rows of one match say into the memory.
pub(super) fn settle(
    one: &mut FollowUp,
    rows: &[Placed<'_>],
    when: When,
    findings: &mut Vec<((usize, u32), Finding)>,
) {
    let is_outdated = one.history.iter().any(|step| step.number > when.written);
    let mut settling = Settling { rows, findings, open: Vec::new(), is_outdated };
    let unknown = (FindingKind::UnknownStatus, UNKNOWN_STATUS);
    let then = one.known_at(when.written, one.status, |step| step.status);
    let known = (one.status.as_ref(), then.as_ref());
    let status: Option<Status> =
        settling.one(Fill::Status, known, |text| dated::status(text, when.as_of), unknown);
    if let Some(status) = status {
        settling.in_other_words(status, when.as_of);
    }
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
    let note = with_remarks(note, one, settling.remarks(when.as_of));
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

/// A note with the remarks beside a status or an amount that no note holds yet: their cells show them no more.
fn with_remarks(
    note: Option<Confidential<String>>,
    one: &FollowUp,
    remarks: BTreeSet<String>,
) -> Option<Confidential<String>> {
    let past = one.history.iter().filter_map(|step| step.note.as_ref());
    let noted: Vec<&str> = past.chain([&one.note]).chain(&note).map(|text| text.reveal().as_str()).collect();
    let is_noted = |remark: &String| noted.iter().any(|text| text.split(" | ").any(|part| part == remark));
    let new: Vec<String> = remarks.into_iter().filter(|remark| !is_noted(remark)).collect();
    if new.is_empty() {
        return note;
    }
    let before = Some(note.as_ref().unwrap_or(&one.note).reveal().clone()).filter(|text| !text.is_empty());
    Some(Confidential::new(before.into_iter().chain(new).collect::<Vec<_>>().join(" | ")))
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

const UNKNOWN_STATUS: [&str; 4] = [
    "Ce statut n’est pas dans la liste.",
    "This status is not in the list.",
    "Choisir un statut dans la liste déroulante de la colonne.",
    "Choose a status from the drop-down list of the column.",
];
const IN_OTHER_WORDS: [&str; 4] = [
    "Ce statut n’est pas dit par son nom : il a été lu comme celui qui suit le signe « = ».",
    "This status is not said by its name: it was read as the one behind the “=”.",
    "Rien à faire si c’est bien lui; sinon, choisir dans la liste déroulante de la colonne.",
    "Nothing to do if it is that one; otherwise choose from the drop-down list of the column.",
];
const BAD_QUANTITY: [&str; 4] = [
    "Cette quantité réalisée ne se lit pas sans équivoque.",
    "This realised amount cannot be read without doubt.",
    "Inscrire des kilogrammes par année, par exemple 1200, ou « 1,2 t ».",
    "Write kilograms a year, for example 1200, or “1.2 t”.",
];
const BAD_CONSENT: [&str; 4] = [
    "Cet accord n’est pas dans la liste, ou ne dit pas de qui il vient.",
    "This consent is not in the list, or does not say whose it is.",
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
    "Pour la retirer, en inscrire une autre : « potentielle » (statut), « aucun » (accord), 0 si rien n’est réalisé (quantité), « rien » (note, raison).",
    "To take it back, write another: “potentielle” (status), “aucun” (consent), 0 when nothing was realised (amount), “rien” (note, reason).",
];
const OUTDATED: [&str; 4] = [
    "Cette réponse vient d’une copie plus ancienne que la dernière réponse connue : rien n’est changé.",
    "This answer comes from a copy older than the last known answer: nothing is changed.",
    "Si elle vaut toujours, l’inscrire de nouveau dans la liste d’aujourd’hui.",
    "If it still holds, write it again in today’s list.",
];
const NO_VALUE: [&str; 4] = [
    "Cette cellule tient une formule dont la valeur n’a pas été enregistrée : rien n’est changé.",
    "This cell holds a formula whose value was not saved: nothing is changed.",
    "Inscrire le texte lui-même.",
    "Write the text itself.",
];
const BAD_DATE: [&str; 4] = [
    "La date de ce statut ne se lit pas sans équivoque, est à venir ou précède la réponse d’avant : elle n’est pas reprise.",
    "The day of this status cannot be read without doubt, is to come or lies before the answer before it: it is not taken in.",
    "Inscrire par exemple « proposée le 3 novembre 2026 ».",
    "Write for example “proposée le 3 novembre 2026”.",
];
