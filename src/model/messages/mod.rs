//! What data owners read: texts of every kind of finding, French and English, without any value. They stand in
//! a table for each subject.

mod entries;
mod files;
mod nights;
mod returned;
mod tables;
mod values;

use super::FindingKind;

/// What is wrong and how to mend it, in both languages.
#[derive(Debug, Clone, Copy)]
pub struct Texts {
    /// What is wrong, in French.
    pub message_fr: &'static str,
    /// What is wrong, in English.
    pub message_en: &'static str,
    /// How to mend it, in French.
    pub repair_fr: &'static str,
    /// How to mend it, in English.
    pub repair_en: &'static str,
}

/// The texts of a kind.
#[must_use]
pub const fn texts(kind: FindingKind) -> Texts {
    TEXTS[kind as usize]
}

/// A kind; what is wrong, in French and in English; how to mend it, in French and in English.
type Line = (FindingKind, &'static str, &'static str, &'static str, &'static str);

const TABLES: [&[Line]; 6] =
    [entries::LINES, values::LINES, tables::LINES, files::LINES, returned::LINES, nights::LINES];

/// How many kinds there are.
const KINDS: usize = FindingKind::ALL.len();

/// Texts in the order of the kinds.
const TEXTS: &[Texts; KINDS] = &in_order();

/// A kind that stands in no table, or twice, does not compile: the compiler says its code.
const fn in_order() -> [Texts; KINDS] {
    let none = Texts { message_fr: "", message_en: "", repair_fr: "", repair_en: "" };
    let mut texts = [none; KINDS];
    let mut table = 0;
    while table < TABLES.len() {
        let mut line = 0;
        while line < TABLES[table].len() {
            let (kind, message_fr, message_en, repair_fr, repair_en) = TABLES[table][line];
            assert!(texts[kind as usize].message_fr.is_empty(), "{}", kind.code());
            texts[kind as usize] = Texts { message_fr, message_en, repair_fr, repair_en };
            line += 1;
        }
        table += 1;
    }
    let mut kind = 0;
    while kind < KINDS {
        assert!(!texts[kind].message_fr.is_empty(), "{}", FindingKind::ALL[kind].code());
        kind += 1;
    }
    texts
}
