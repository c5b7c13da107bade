//! Offers or requests: what tells them apart in a table without a column for it.

use super::direction::{self, Said, Strength};
use super::likely::CONTAINED;
use super::proposal::{Guess, Proposed};
use super::settled::has;
use crate::model::{Direction, Field, Subject};
use std::cmp::Reverse;

/// Letters of the longest title that is looked at: an instruction may name both directions.
const LONGEST_TITLE: usize = 100;

/// What tells the direction of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A column does, or the rows have none.
    Columns,
    /// All rows have this one.
    Told {
        /// Direction of every row.
        direction: Direction,
        /// Where it was read.
        place: Place,
        /// How sure it is, percent.
        sure: u32,
    },
    /// Nothing does: a person must choose.
    Open,
}

/// Where a direction was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the headings of what flows.
    Headings,
    /// In a title above the table.
    Title,
    /// In the name of the sheet.
    Sheet,
    /// In the name of the file.
    File,
    /// What is disposed of today is offered.
    Destination,
}

/// Which rows of a table a source keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// All.
    All,
    /// Those that say something below this heading, which is that of their direction.
    Filled(String),
    /// Those with a mark below this heading.
    Ticked {
        /// The heading of this direction.
        heading: String,
        /// The marks, as they are written.
        marks: Vec<String>,
    },
}

/// What a table is called.
pub(super) struct Names<'a> {
    /// Texts above it, from the nearest on.
    pub(super) titles: Vec<String>,
    pub(super) sheet: &'a str,
    pub(super) file: &'a str,
}

/// One direction of a table that has columns for both.
pub(super) struct Side {
    /// The columns, those of the other direction without a field.
    pub(super) guesses: Vec<Guess>,
    pub(super) way: Way,
    pub(super) kept: Kept,
}

/// What tells the direction of rows: a column, else the plainest word that stands nearest to them.
pub(super) fn way(columns: &[Proposed], subject: Subject, names: &Names<'_>) -> Way {
    if subject != Subject::Flows || has(columns, Field::Direction) {
        return Way::Columns;
    }
    let of_flow = |column: &&Proposed| {
        column
            .field
            .is_some_and(|field| field.is_quantity() || matches!(field, Field::Description | Field::Category))
    };
    let headings: Vec<&str> = columns.iter().filter(of_flow).map(|column| column.header.as_str()).collect();
    let headings = headings.join("\n");
    let mut said = vec![(Place::Headings, headings.as_str(), 90)];
    let titles = names.titles.iter().filter(|title| title.chars().count() <= LONGEST_TITLE);
    said.extend(titles.map(|title| (Place::Title, title.as_str(), 85)));
    said.extend([(Place::Sheet, names.sheet, 85), (Place::File, names.file, 75)]);
    for (strength, lost) in [(Strength::Plain, 0), (Strength::Faint, 15)] {
        for (place, text, sure) in &said {
            match direction::said(text, strength) {
                Said::One(direction) => return Way::Told { direction, place: *place, sure: sure - lost },
                Said::Both => return Way::Open,
                Said::Nothing => {}
            }
        }
    }
    if has(columns, Field::Destination) {
        return Way::Told { direction: Direction::Output, place: Place::Destination, sure: 60 };
    }
    Way::Open
}

/// The direction that the heading of an amount or of a thing names: `Recherchée > Quantité`, `Matière offerte`.
/// Whatever stands below a title that names one is of that one: `Demande > Prix`.
fn side(column: &Proposed, faint: Option<Direction>) -> Option<Direction> {
    let may_have = column.field.is_some_and(|field| {
        field.is_quantity()
            || matches!(field, Field::Description | Field::Category | Field::Unit | Field::Frequency)
    });
    let of_titles = column.header.rsplit_once('>').and_then(|(titles, _)| direction::one(titles, faint));
    of_titles.or_else(|| direction::one(&column.header, faint).filter(|_| may_have))
}

/// Two columns of crosses, `Offre` and `Demande`, of which each row marks what it is. Other marks have no letter
/// that a filter could tell from a blank cell.
fn ticked(guesses: &[Guess]) -> Vec<Side> {
    let of = |wanted: Direction| {
        let is_of = |guess: &&Guess| {
            guess.proposed.field.is_none()
                && !guess.proposed.is_option
                && guess.has_only(|text| text.trim().eq_ignore_ascii_case("x"))
                && direction::one(&guess.proposed.header, None) == Some(wanted)
        };
        guesses.iter().find(is_of).map(|guess| (wanted, guess))
    };
    let Some(both) = of(Direction::Output).zip(of(Direction::Input)) else { return Vec::new() };
    let side = |(direction, guess): (Direction, &Guess)| Side {
        guesses: guesses.to_vec(),
        way: Way::Told { direction, place: Place::Headings, sure: 90 },
        kept: Kept::Ticked { heading: guess.proposed.header.clone(), marks: guess.each() },
    };
    vec![side(both.0), side(both.1)]
}

/// Both directions of a table that has columns of things, or of amounts, for each; none of another table.
pub(super) fn apart(guesses: &[Guess]) -> Vec<Side> {
    let find = |field: Field, least: u32, wanted: Direction, faint| {
        let is_of = |guess: &&Guess| {
            let proposed = &guess.proposed;
            proposed.field == Some(field) && proposed.sure > least && side(proposed, faint) == Some(wanted)
        };
        guesses.iter().filter(is_of).min_by_key(|guess| Reverse(guess.proposed.sure))
    };
    let both = |field, least, faint| {
        Some((
            find(field, least, Direction::Output, faint)?,
            find(field, least, Direction::Input, faint)?,
            faint,
        ))
    };
    // A question that only holds the word for a thing is answered in every row.
    let found = direction::FAINT.into_iter().find_map(|faint| {
        both(Field::Description, CONTAINED, faint)
            .or_else(|| both(Field::Quantity, 0, faint))
            .or_else(|| both(Field::Description, 0, faint))
    });
    let Some((offered, wanted, faint)) = found else { return ticked(guesses) };
    [(Direction::Output, offered), (Direction::Input, wanted)]
        .into_iter()
        .map(|(direction, own)| {
            let mut guesses = guesses.to_vec();
            for guess in &mut guesses {
                if side(&guess.proposed, faint).is_some_and(|side| side != direction) {
                    (guess.proposed.field, guess.proposed.sure) = (None, 0);
                }
            }
            let kept = Kept::Filled(own.proposed.header.clone());
            Side { guesses, way: Way::Told { direction, place: Place::Headings, sure: 90 }, kept }
        })
        .collect()
}
