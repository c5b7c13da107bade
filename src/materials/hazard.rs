//! Mirror entries: one code when a waste holds hazardous substances, another when not.

use super::catalogue;
use super::words::Word;
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

/// For each entry, 1 when it is the side of its pair that a harmless text does not speak of,
/// and the same for a text that speaks of danger.
static WRONG: LazyLock<[Vec<f32>; 2]> = LazyLock::new(|| {
    let entries = catalogue::entries();
    let mut wrong = [vec![0.0; entries.len()], vec![0.0; entries.len()]];
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
                wrong[0][usize::from(mirror)] = 1.0;
                wrong[1][place] = 1.0;
            }
        }
    }
    wrong
});

/// Whether the words of a text speak of danger.
pub(super) fn speaks_of_danger(words: &[Word]) -> bool {
    words.iter().any(|word| DANGER.iter().any(|start| word.folded.starts_with(start)))
}

/// For each entry, 1 when it is the side of its pair that the text does not speak of.
pub(super) fn wrong_side(hazardous: bool) -> &'static [f32] {
    &WRONG[usize::from(hazardous)]
}

#[cfg(test)]
mod tests {
    use super::{speaks_of_danger, wrong_side};
    use crate::materials::catalogue::position;
    use crate::materials::words;

    #[test]
    fn danger_chooses_between_mirror_entries() {
        let wrong = |code, hazardous| wrong_side(hazardous)[usize::from(position(code).unwrap())] > 0.0;
        assert!(speaks_of_danger(&words::read("Sols contaminés").0));
        assert!(!speaks_of_danger(&words::read("Sols propres").0));
        assert!(wrong("170503", false) && !wrong("170503", true));
        assert!(wrong("170504", true) && !wrong("170504", false));
        assert!(!wrong("150103", true) && !wrong("150103", false));
    }
}
