//! What a request refuses without saying so: who asks for it dry does not take it wet, and who takes no wax takes
//! nothing waxed: `pipelines/reference/contraires.csv`, ours, French and English.

use super::denials::Denied;
use super::phrases::{Phrases, Text};
use super::tables::rows;
use crate::materials;
use std::sync::LazyLock;

/// Things of one or more words, in the singular.
type Things = Vec<Vec<String>>;

#[derive(Debug)]
struct Tables {
    names: Phrases,
    /// Of each row all its names, and all names of its contrary.
    same: Vec<Things>,
    contrary: Vec<Things>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let rows = rows(include_str!("../../pipelines/reference/contraires.csv"));
    let things = |column: usize| rows.iter().map(|row| named(row[column])).collect::<Vec<Things>>();
    Tables {
        names: Phrases::new(rows.iter().enumerate().map(|(at, row)| (row[1], 1_u64 << at))),
        same: things(1),
        contrary: things(2),
    }
});

/// The names of a cell.
fn named(cell: &str) -> Things {
    let names = cell.split('|').filter(|name| !name.is_empty());
    names.map(|name| materials::key(name).split(' ').map(str::to_owned).collect()).collect()
}

/// What a request with this text, that denies so much, refuses besides.
pub(super) fn refused(text: &Text, denied: &[Denied]) -> Things {
    let mentions = TABLES.names.mentions(text);
    let named = mentions.iter().filter(|one| !one.is_turned).fold(0_u64, |bits, one| bits | one.of);
    let contrary = TABLES.contrary.iter().enumerate().filter(|(at, _)| (named >> at) & 1 == 1);
    let is_denied = |thing: &Vec<String>| denied.iter().any(|one| one.words == *thing);
    let same = TABLES.same.iter().filter(|things| things.iter().any(is_denied));
    contrary.map(|(_, things)| things).chain(same).flatten().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::super::denials;
    use super::*;

    fn refuses(text: &str, thing: &str) -> bool {
        let denied = denials::read(text, &|word| word.len() > 2).denied;
        refused(&Text::new(text), &denied).iter().any(|one| one.join(" ") == materials::key(thing))
    }

    #[test]
    fn who_asks_for_one_refuses_its_contrary_and_who_takes_none_refuses_it_in_all_its_names() {
        assert!(TABLES.same.len() <= 64);
        for (text, thing) in [
            ("carton sec", "mouillé"),
            ("Dry wood", "green wood"),
            ("palettes en bon état", "brisées"),
            ("bouteilles entières", "broken"),
            ("cardboard, no wax", "waxed"),
            ("béton sans armature", "armé"),
        ] {
            assert!(refuses(text, thing), "{text} / {thing}");
        }
        for (text, thing) in [
            ("carton", "mouillé"),
            ("carton pas sec", "mouillé"),
            ("boues à 30 % de matière sèche", "humide"),
            ("batteries à remettre à neuf", "brisé"),
            ("carton ciré", "waxed"),
            ("carton ciré ou non", "waxed"),
            ("pneus avec ou sans jante", "rim"),
        ] {
            assert!(!refuses(text, thing), "{text} / {thing}");
        }
    }
}
