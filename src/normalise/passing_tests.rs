//! Rows that are gone through in pieces say what rows say that are held.

use super::aside::{Around, Surroundings, summary};
use super::tests::{cell, settings};
use super::{Held, Normalised, Rows, Telling, normalise, normalise_rows};
use crate::model::{Confidential, Field, Finding, Location, RawHeading, RawRow, Severity, Subject};
use chrono::NaiveDate;
use proptest::prelude::{Just, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::sample::select;
use std::collections::BTreeMap;

/// Rows in their order, so many at a time.
struct Pieces(Vec<RawRow>, usize);

impl Rows for Pieces {
    fn each(&self, show: &mut dyn FnMut(&[RawRow])) {
        self.0.chunks(self.1).for_each(show);
    }
}

fn in_order(rows: Vec<RawRow>) -> Vec<RawRow> {
    let mut sorted = Vec::new();
    Held::new(rows).each(&mut |rows| sorted.extend_from_slice(rows));
    sorted
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
}

const FIELDS: [Field; 8] = [
    Field::Name,
    Field::OrganisationId,
    Field::EnterpriseNumber,
    Field::Direction,
    Field::Description,
    Field::Quantity,
    Field::Park,
    Field::FlowId,
];

/// A row of a table with eight headings and one column beside them.
fn row(source: &str, sheet: &str, number: u32, subject: Subject, texts: [&str; 9]) -> RawRow {
    let headings: Vec<RawHeading> = ('A'..)
        .zip(FIELDS)
        .map(|(letter, field)| RawHeading {
            column: letter.to_string(),
            header: field.code().to_owned(),
            field: Some(field),
        })
        .collect();
    let filled = ('A'..).zip(FIELDS).zip(texts).filter(|(_, text)| !text.is_empty());
    let cells = filled.map(|((letter, field), text)| (field, cell(letter, field.code(), text)));
    let beside = (!texts[8].is_empty()).then(|| cell('I', "", texts[8]));
    RawRow {
        location: Location {
            source: source.into(),
            file: Confidential::new("f.xlsx".into()),
            sheet: Some(Confidential::new(sheet.into())),
            row: number,
        },
        cells: cells.collect(),
        unmapped: beside.into_iter().collect(),
        headings: headings.into(),
        hidden: number.is_multiple_of(7),
        spans: false,
        heads_another: false,
        subject,
        replaces: None,
        held: None,
    }
}

/// Entries, totals, notes, titles and rows that are refused; some claim the place of another.
fn any_row() -> impl Strategy<Value = RawRow> {
    let place = (select(vec!["atelier", "bureau"]), select(vec!["Un", "Deux"]), 1_u32..40);
    let subject = prop_oneof![
        6 => Just(Subject::Flows),
        1 => Just(Subject::Organisations),
        1 => Just(Subject::Synergies),
    ];
    let what = (
        select(vec!["", "Alpha inc.", "ALPHA", "Beta ltée", "Total", "Note : à valider"]),
        select(vec!["", "", "k1", "k2"]),
        select(vec!["", "", "1141234567", "2241234567", "12"]),
        select(vec!["", "offre", "demande", "peut-être"]),
        select(vec!["", "palettes de bois", "Palettes de bois", "verre", "sous-total"]),
        select(vec!["", "1,5 t/an", "2 t/an", "2 t/an", "1.500 t", "abc"]),
        select(vec!["", "PI Beauport", "ailleurs"]),
        select(vec!["", "", "F1", "F2"]),
        select(vec!["", "", "", "rouge", "Fin de la liste"]),
    );
    // One cell alone is a title, a note, or an entry that somebody began.
    let alone = proptest::option::weighted(0.3, 0_usize..9);
    (place, subject, what, alone).prop_map(|((source, sheet, number), subject, what, alone)| {
        let (name, key, neq, direction, description, quantity, park, flow, beside) = what;
        let mut texts = [name, key, neq, direction, description, quantity, park, flow, beside];
        if let Some(only) = alone {
            texts.iter_mut().enumerate().filter(|(at, _)| *at != only).for_each(|(_, text)| *text = "");
        }
        row(source, sheet, number, subject, texts)
    })
}

fn any_rows() -> impl Strategy<Value = Vec<RawRow>> {
    proptest::collection::vec(any_row(), 0..60)
}

/// The way backwards through all rows: what [`Surroundings`] gather as rows come.
fn backwards(rows: &[RawRow]) -> Vec<Around> {
    let mut around = vec![Around::default(); rows.len()];
    let sheet =
        |location: &Location| (location.source.clone(), location.file.clone(), location.sheet.clone());
    let mut end = rows.len();
    while end > 0 {
        let here = sheet(&rows[end - 1].location);
        let start = rows[..end].iter().rposition(|row| sheet(&row.location) != here).map_or(0, |at| at + 1);
        if let Some(last) = rows[start..end].iter().rposition(|row| !row.is_alone()).map(|at| start + at) {
            let is_ended = |at: usize| {
                rows[at].location.row > rows[at - 1].location.row + 1 || summary(&rows[at - 1]).is_some()
            };
            let gap = (last + 1..end).find(|at| is_ended(*at));
            around[gap.unwrap_or(end)..end].fill(Around { below: true, ..Around::default() });
            let mut entry = &rows[last];
            for at in (start..last).rev() {
                if rows[at].is_alone() {
                    let fills = |column: &str| entry.own().any(|cell| *cell.column == *column);
                    around[at].heads = rows[at].own().all(|cell| fills(&cell.column));
                } else {
                    entry = &rows[at];
                }
            }
        }
        end = start;
    }
    around
}

fn told(normalised: &Normalised) -> (usize, Vec<&Finding>) {
    let of = |severity: Severity| normalised.findings.iter().filter(move |one| one.severity == severity);
    let told: Vec<&Finding> = of(Severity::Rejection).chain(of(Severity::Warning)).collect();
    (normalised.met[Severity::Rejection as usize] + normalised.met[Severity::Warning as usize], told)
}

proptest! {
    #[test]
    fn rows_in_pieces_say_what_rows_say_that_are_held(rows in any_rows(), size in 1_usize..9, most in 0_usize..6) {
        let (settings, mappings) = (settings(), BTreeMap::new());
        let whole = normalise(rows.clone(), &settings, &mappings, day());
        let pieces = Pieces(in_order(rows), size);
        let parts = normalise_rows(&pieces, &settings, &mappings, day(), Telling::Whole);
        prop_assert_eq!(&parts.organisations, &whole.organisations);
        prop_assert_eq!(&parts.flows, &whole.flows);
        prop_assert_eq!(&parts.findings, &whole.findings);
        prop_assert_eq!(&parts.merges, &whole.merges);
        prop_assert!(parts.synergies == whole.synergies);
        let refused = |normalised: &Normalised| -> Vec<(RawRow, Vec<Finding>)> {
            normalised.quarantine.iter().map(|one| (one.row.clone(), one.findings.clone())).collect()
        };
        prop_assert_eq!(refused(&parts), refused(&whole));

        let brief = normalise_rows(&pieces, &settings, &mappings, day(), Telling::First(most));
        prop_assert_eq!(&brief.organisations, &whole.organisations);
        prop_assert_eq!(&brief.flows, &whole.flows);
        prop_assert_eq!(brief.met, [0, whole.met[1], whole.met[2]]);
        prop_assert_eq!(whole.met.iter().sum::<usize>(), whole.findings.len());
        let ((all, expected), (met, seen)) = (told(&whole), told(&brief));
        prop_assert_eq!(all, expected.len());
        prop_assert_eq!(met, all);
        for severity in [Severity::Rejection, Severity::Warning] {
            let of = |told: &[&Finding]| -> Vec<Finding> {
                told.iter().filter(|one| one.severity == severity).take(most).map(|one| (*one).clone()).collect()
            };
            prop_assert_eq!(of(&seen), of(&expected));
        }
        prop_assert!(seen.len() <= 2 * most && brief.findings.len() == seen.len());
        prop_assert!(brief.quarantine.is_empty() && brief.merges.is_empty());
    }

    #[test]
    fn how_rows_stand_to_others_is_the_same_forwards_and_backwards(rows in any_rows(), size in 1_usize..9) {
        let rows = in_order(rows);
        let mut surroundings = Surroundings::default();
        let mut start = 0;
        for piece in rows.chunks(size) {
            surroundings.take(start, piece);
            start += piece.len();
        }
        let around = surroundings.finish();
        let forwards: Vec<Around> =
            (0..rows.len()).map(|at| around.get(&at).copied().unwrap_or_default()).collect();
        prop_assert_eq!(forwards, backwards(&rows));
    }
}
