//! A table with a side for each direction, on which the same headings stand again.

use super::header::Heading;
use super::{direction, vocabulary};
use crate::model::{Direction, Field};
use std::collections::{BTreeMap, BTreeSet};

/// Most columns of a table that is parted.
const MOST_COLUMNS: usize = 100;

/// `Extrants | Quantité | Intrants | Quantité`: what stands again behind the heading of the other direction
/// is of that one, and the heading stands for a title above the columns that follow it.
pub(super) fn part(headings: &mut BTreeMap<u32, Heading>) {
    if headings.len() > MOST_COLUMNS {
        return;
    }
    let mut asked = BTreeSet::new();
    let again: BTreeSet<String> = headings
        .values()
        .filter(|heading| heading.groups.is_empty() && !asked.insert(what_it_asks(heading)))
        .map(|heading| what_it_asks(heading).to_owned())
        .collect();
    if again.is_empty() {
        return;
    }
    let Some([(first, one), (second, other)]) = sides(headings) else { return };
    let is_of = |heading: &Heading| heading.groups.is_empty() && again.contains(what_it_asks(heading));
    if headings.range(..=first).any(|(_, heading)| is_of(heading)) {
        return;
    }
    for (column, heading) in headings.range_mut(first + 1..).filter(|(column, _)| **column != second) {
        if is_of(heading) {
            let title = if *column < second { &one } else { &other };
            heading.header = format!("{title} > {}", heading.header);
            heading.groups.push(title.clone());
        }
    }
}

/// The words by which a heading stands again: `Lesquels ?` asks what `Lesquelles ?` does.
fn what_it_asks(heading: &Heading) -> &str {
    let whole = &heading.label.whole;
    if vocabulary::asks_which(whole) { "lesquel" } else { whole }
}

/// The two headings that name opposite directions: those of things, else questions too, such as
/// `Avez-vous des résidus à offrir ?`.
fn sides(headings: &BTreeMap<u32, Heading>) -> Option<[(u32, String); 2]> {
    let usual = |heading: &Heading| vocabulary::usual(&heading.label);
    let is_thing = |heading: &Heading| usual(heading) == Some(Field::Description);
    let is_question = |heading: &Heading| heading.header.contains('?') && usual(heading).is_none();
    opposed(headings, is_thing)
        .or_else(|| opposed(headings, |heading| is_thing(heading) || is_question(heading)))
}

/// The only two of some headings that name a direction, each another, one of them maybe by a faint word.
fn opposed(
    headings: &BTreeMap<u32, Heading>,
    may_be: impl Fn(&Heading) -> bool,
) -> Option<[(u32, String); 2]> {
    let able: Vec<(u32, &String)> = headings
        .iter()
        .filter(|(_, heading)| may_be(heading))
        .map(|(column, heading)| (*column, &heading.header))
        .collect();
    direction::FAINT.into_iter().find_map(|faint| {
        let told: Vec<(u32, &String, Direction)> = able
            .iter()
            .filter_map(|(column, header)| Some((*column, *header, direction::one(header, faint)?)))
            .collect();
        match told.as_slice() {
            [(first, one, of_one), (second, other, of_other)] if of_one != of_other => {
                Some([(*first, (*one).clone()), (*second, (*other).clone())])
            }
            _ => None,
        }
    })
}
