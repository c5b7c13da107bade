//! A row below headings that says what stands below each of them: a unit, that it is an answer, or the same in the
//! other language.

use super::header::{Known, Label};
use super::table::Row;
use super::vocabulary;
use crate::measures::heading;
use crate::model::{Cell, Field, fold};

/// What a survey tool writes below a question.
const ANSWERS: [&str; 4] = ["response", "open ended response", "reponse", "reponse ouverte"];

/// Whether a row belongs to the headings in the rows above it.
pub(super) fn is_note(row: &Row, above: &[&Row], known: &Known) -> bool {
    let is_said = !above.is_empty() && !row.cells.is_empty();
    let is_text = || row.cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(_)));
    is_said
        && is_text()
        && (is_of_answers(row) || is_of_units(row, above, known) || is_translation(row, above))
}

fn is_of_answers(row: &Row) -> bool {
    row.cells.iter().all(|(_, cell)| is_answer(&cell.reveal()))
}

/// Whether a text only says that an answer stands below it.
pub(super) fn is_answer(text: &str) -> bool {
    ANSWERS.contains(&fold(text).as_str())
}

/// Whether a row names the options of questions in the row above it, and says of others that an answer stands
/// there. What the tool itself notes, which it does of each row of answers, comes before all questions.
pub(super) fn is_of_options(row: &Row, above: &[&Row]) -> bool {
    let first = |row: &Row| row.cells.first().map(|(column, _)| *column);
    let is_indented = above.last().is_some_and(|above| first(above) < first(row));
    let is_text = || row.cells.iter().all(|(_, cell)| matches!(cell, Cell::Text(_)));
    is_indented && is_text() && row.cells.iter().any(|(_, cell)| is_answer(&cell.reveal()))
}

/// Fewest headings that a row says in the other language.
const FEWEST_TRANSLATED: usize = 2;

/// Whether a row says the headings above it in other words, each that of its column.
fn is_translation(row: &Row, above: &[&Row]) -> bool {
    let Some(titles) = above.last() else { return false };
    let mut translated = 0;
    for (column, cell) in &row.cells {
        let (title, said) = (titles.cell(*column).reveal(), cell.reveal());
        if title.is_empty() || fold(&title) == fold(&said) {
            continue;
        }
        let fields = [title, said].map(|text| vocabulary::usual(&Label::new(&text)));
        match fields {
            [Some(one), Some(other)] if one == other => translated += 1,
            [Some(_), Some(_)] => return false,
            _ => {}
        }
    }
    translated >= FEWEST_TRANSLATED && translated * 2 >= row.cells.len()
}

/// Units below amounts, and below headings that nobody knows: a unit below `Unité` or below a thing is one
/// of a row.
fn is_of_units(row: &Row, above: &[&Row], known: &Known) -> bool {
    let mut has_amount = false;
    let is_unit = |(column, cell): &(u32, Cell)| {
        let heading = above.iter().rev().map(|row| row.cell(*column)).find(|cell| !cell.is_empty());
        let Some(heading) = heading.filter(|_| heading::unit_alone(&cell.reveal()).is_some()) else {
            return false;
        };
        let label = Label::new(&heading.reveal());
        let field = known.field(&[], &label).or_else(|| vocabulary::usual(&label));
        let is_amount = field.is_some_and(|field| field.has_unit() && field != Field::Unit);
        has_amount |= is_amount;
        is_amount || field.is_none()
    };
    row.cells.iter().all(is_unit) && has_amount
}
