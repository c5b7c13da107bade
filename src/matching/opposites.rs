//! What a request refuses without saying so: who asks for it dry does not take it wet, and who takes no wax takes
//! nothing waxed: `pipelines/reference/contraires.csv`, ours, French and English.

use super::denials::Denied;
use super::denying::NOT;
use super::phrases::{Mention, Phrases, Text};
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

/// Beginnings of words beside what is rather had, and of those that do so behind a denial: `entier de préférence`,
/// `pas nécessairement entier`.
const RATHER: [&str; 5] = ["prefer", "ideal", "souhait", "rather", "plutot"];
const NEEDED: [&str; 7] = ["necess", "requi", "oblig", "mandatory", "exig", "besoin", "need"];
const OR: [&str; 2] = ["ou", "or"];

/// Whether a text leaves open what it mentions.
fn is_left_open(text: &Text, mention: &Mention) -> bool {
    let (own, at, _) = text.around(mention);
    let starts = |word: &str, all: &[&str]| all.iter().any(|start| word.starts_with(start));
    own.iter().any(|word| starts(word, &RATHER))
        || own.iter().any(|word| NOT.contains(word)) && own.iter().any(|word| starts(word, &NEEDED))
        || own[at..].windows(2).any(|pair| OR.contains(&pair[0]) && NOT.contains(&pair[1]))
}

/// What a request with this text, that denies so much, refuses besides.
pub(super) fn refused(text: &Text, denied: &[Denied]) -> Things {
    let mentions = TABLES.names.mentions(text);
    let named = mentions
        .iter()
        .filter(|one| !one.is_turned && !is_left_open(text, one))
        .fold(0_u64, |bits, one| bits | one.of);
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
            ("grain sain", "moisi"),
            ("fruits frais", "pourri"),
            ("tomates entières", "écrasé"),
            ("carton sec", "gorgé eau"),
            ("uncoated paper", "coating"),
        ] {
            assert!(refuses(text, thing), "{text} / {thing}");
        }
        for (text, thing) in [
            ("carton", "mouillé"),
            ("carton pas sec", "mouillé"),
            ("carton pas plus sec", "mouillé"),
            ("fruits, à nos frais", "pourri"),
            ("carton sec de préférence", "mouillé"),
            ("carton sec ou non", "mouillé"),
            ("bottles, whole not required", "broken"),
            ("tomates pas nécessairement entières", "écrasé"),
            ("chips for our dry kiln", "wet"),
            ("copeaux pour notre séchoir (on les veut secs après)", "humide"),
            ("verre, dire qui l’a trié", "mêlé"),
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
