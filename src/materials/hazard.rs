//! Mirror entries: one code when a waste holds hazardous substances, another when not.

use super::catalogue;
use crate::model::words;
use std::sync::LazyLock;

/// Beginnings of folded words that speak of danger.
const DANGER: &[&str] = &[
    "contamin",
    "dangereu",
    "hazard",
    "toxi",
    "souill",
    "pollu",
    "oily",
    "huileu",
    "amiant",
    "asbest",
    "cyanur",
    "cyanid",
    "mercur",
    "pcb",
    "bpc",
    "inflammabl",
    "flammab",
    "corrosi",
    "explosi",
    "creosot",
    "lourds",
    "chlorin",
    "halogen",
];

/// For each entry: 1 when it is the hazardous side of a pair, -1 when the other, else 0.
static SIDES: LazyLock<Vec<i8>> = LazyLock::new(|| {
    let entries = catalogue::entries();
    let mut sides = vec![0_i8; entries.len()];
    for (place, entry) in entries.iter().enumerate() {
        let Some(at) = entry.title_en.to_lowercase().find("other than those mentioned in") else { continue };
        if entry.hazardous {
            continue;
        }
        let digits: String = entry.title_en[at..].chars().filter(char::is_ascii_digit).collect();
        for code in digits.as_bytes().chunks(6).filter_map(|code| std::str::from_utf8(code).ok()) {
            if let Some(mirror) = catalogue::position(code)
                && entries[usize::from(mirror)].hazardous
            {
                sides[usize::from(mirror)] = 1;
                sides[place] = -1;
            }
        }
    }
    sides
});

/// Whether the words of a text speak of danger.
pub(super) fn speaks_of_danger(text: &str) -> bool {
    words(text).iter().any(|word| DANGER.iter().any(|start| word.starts_with(start)))
}

/// 1 when an entry is the side of its pair that the text does not speak of.
pub(super) fn wrong_side(place: usize, hazardous: bool) -> f32 {
    if (SIDES[place] == 1 && !hazardous) || (SIDES[place] == -1 && hazardous) { 1.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{speaks_of_danger, wrong_side};
    use crate::materials::catalogue::position;

    #[test]
    fn danger_chooses_between_mirror_entries() {
        let place = |code| usize::from(position(code).unwrap());
        assert!(speaks_of_danger("Sols contaminés"));
        assert!(!speaks_of_danger("Sols propres"));
        assert!(wrong_side(place("170503"), false) > 0.0);
        assert!(wrong_side(place("170504"), true) > 0.0);
        assert!(wrong_side(place("170504"), false) == 0.0 && wrong_side(place("150103"), true) == 0.0);
    }
}
