//! Telephones and enterprise numbers, however their digits are grouped.

use super::tokens::{Token, letters};

/// Shorter numbers are quantities, years and postal numbers.
pub(super) const SHORTEST: usize = 9;
const LONGEST: usize = 15;
const GROUPS: usize = 5;

/// How people group nine to eleven digits. Other groupings are lists of numbers, such as the points
/// of a curve, and would be right by chance.
const LAYOUTS: &[&[usize]] = &[
    &[3, 3, 4],
    &[4, 3, 3],
    &[3, 7],
    &[6, 4],
    &[4, 6],
    &[5, 5],
    &[3, 3, 3],
    &[1, 3, 3, 3],
    &[1, 3, 3, 4],
    &[1, 10],
    &[2, 2, 2, 2, 2],
];

/// How a telephone is grouped that stands among other numbers: its extension, or another telephone.
const TELEPHONES: &[&[usize]] = &[&[3, 3, 4], &[1, 3, 3, 4], &[3, 7]];

/// Digits of each half of the number by which a company is called (`9123-4567 Québec inc.`).
const HALF: usize = 4;

/// Digits of an enterprise number, which is found in any grouping.
const ENTERPRISE: usize = 10;

/// The last groups of digits of a text.
#[derive(Default)]
pub(super) struct Chain {
    groups: [(usize, u64); GROUPS],
    length: usize,
    grouped: Grouped,
}

/// The last groups of digits that single signs of one kind join, whatever their lengths.
#[derive(Default)]
struct Grouped {
    groups: [(usize, u64); ENTERPRISE],
    length: usize,
    separator: Option<char>,
}

impl Grouped {
    /// Calls `found` when the groups that end here have as many digits as an enterprise number.
    fn push(&mut self, token: &Token<'_>, value: u64, found: &mut impl FnMut(u64)) {
        if token.separator.is_none() {
            self.length = 0;
        } else if self.separator != token.separator {
            // Of a row of groups that another sign joins, only the last is one of these.
            self.length = self.length.min(1);
        }
        self.separator = token.separator;
        self.groups.rotate_right(1);
        self.groups[0] = (token.text.len(), value);
        self.length = (self.length + 1).min(ENTERPRISE);
        let (mut digits, mut number, mut power) = (0, 0_u64, 1_u64);
        for (place, (group, value)) in self.groups[..self.length].iter().enumerate() {
            digits += group;
            if digits > ENTERPRISE {
                break;
            }
            number += value * power;
            power *= 10_u64.pow(u32::try_from(*group).unwrap_or(0));
            if digits == ENTERPRISE && place > 0 {
                found(grouped_key(number));
            }
        }
    }
}

impl Chain {
    /// Calls `found` with every number that ends at this word.
    pub(super) fn push(&mut self, token: &Token<'_>, mut found: impl FnMut(u64)) {
        if !token.text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.length = 0;
            self.grouped.length = 0;
            inside(token.text, &mut found);
            return;
        }
        if !token.is_after_number_gap {
            self.length = 0;
        }
        let Ok(value) = token.text.parse() else {
            self.length = 0;
            self.grouped.length = 0;
            return;
        };
        self.grouped.push(token, value, &mut found);
        if self.length > 0 && token.separator == Some('-') {
            let (before, first) = self.groups[0];
            if before == HALF && token.text.len() == HALF {
                found(key(2 * HALF, first * 10_000 + value));
            }
        }
        // `001170034567`: zeros before a number are none of it.
        let plain = token.text.trim_start_matches('0').len();
        if plain < token.text.len() && (SHORTEST..=LONGEST).contains(&plain) {
            found(key(plain, value));
        }
        self.groups.rotate_right(1);
        self.groups[0] = (token.text.len(), value);
        self.length = (self.length + 1).min(GROUPS);
        let (mut digits, mut number, mut power) = (0, 0_u64, 1_u64);
        let mut layout = [0; GROUPS];
        for (place, (group, value)) in self.groups[..self.length].iter().enumerate() {
            digits += group;
            if digits > LONGEST {
                break;
            }
            number += value * power;
            power *= 10_u64.pow(u32::try_from(*group).unwrap_or(0));
            layout[GROUPS - 1 - place] = *group;
            let layout = &layout[GROUPS - 1 - place..];
            if digits >= SHORTEST && (place == 0 || LAYOUTS.contains(&layout)) {
                found(key(digits, number));
            }
        }
    }
}

/// Numbers glued to letters (`NEQ1199000042`), but not to hexadecimal ones: a checksum holds any number.
fn inside(word: &str, found: &mut impl FnMut(u64)) {
    if word.len() < SHORTEST || word.bytes().all(|byte| byte.is_ascii_hexdigit()) || letters(word) == 0 {
        return;
    }
    for run in word.split(|character: char| !character.is_ascii_digit()) {
        if (SHORTEST..=LONGEST).contains(&run.len())
            && let Ok(value) = run.parse()
        {
            found(key(run.len(), value));
        }
    }
}

const fn key(digits: usize, number: u64) -> u64 {
    let mixed = (number ^ ((digits as u64) << 56)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 32)
}

/// A number of ten digits, in groups.
const fn grouped_key(number: u64) -> u64 {
    key(ENTERPRISE, number) ^ 0x9e37_79b9_7f4a_7c15
}

/// The enterprise numbers of a confidential cell, however that groups them: as one number, and in groups.
pub(super) fn enterprise(text: &str) -> Vec<u64> {
    let groups = text.split(|character: char| !character.is_ascii_digit());
    let groups: Vec<&str> = groups.filter(|group| !group.is_empty()).collect();
    let mut found = Vec::new();
    for start in 0..groups.len() {
        for end in start + 1..=groups.len() {
            let digits = groups[start..end].concat();
            if digits.len() > ENTERPRISE {
                break;
            }
            if digits.len() == ENTERPRISE
                && !is_placeholder(&digits)
                && let Ok(number) = digits.parse()
            {
                found.extend([key(ENTERPRISE, number), grouped_key(number)]);
            }
        }
    }
    found
}

/// The number by which a company of Québec is called, in two halves with a hyphen between them: other pairs
/// are years.
pub(super) fn numbered(text: &str) -> Vec<u64> {
    let (mut chain, mut last, mut found) = (Chain::default(), None, Vec::new());
    super::tokens::each(text, |token| {
        let number = last.take();
        if token.text == "quebec" && !token.is_after_break {
            found.extend(number);
        }
        chain.push(token, |number| last = Some(number));
    });
    found
}

/// The numbers of a confidential cell, in every length that they are written in.
pub(super) fn of(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut groups: Vec<String> = Vec::new();
    super::tokens::each(text, |token| {
        let is_number = token.text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || !token.is_after_number_gap {
            of_groups(&std::mem::take(&mut groups), &mut found);
        }
        if is_number {
            groups.push(token.text.to_owned());
        } else {
            for run in token.text.split(|character: char| !character.is_ascii_digit()) {
                forms(run, &mut found);
            }
        }
    });
    of_groups(&groups, &mut found);
    found
}

/// All groups as one number, and each number that stands among them.
fn of_groups(groups: &[String], found: &mut Vec<u64>) {
    forms(&groups.concat(), found);
    for start in 0..groups.len() {
        let mut layout = Vec::new();
        for end in start + 1..=groups.len().min(start + GROUPS) {
            layout.push(groups[end - 1].len());
            if layout.len() == 1 || TELEPHONES.contains(&layout.as_slice()) {
                forms(&groups[start..end].concat(), found);
            }
        }
    }
}

/// A number in each form that people write.
fn forms(digits: &str, found: &mut Vec<u64>) {
    if !(SHORTEST..=LONGEST).contains(&digits.len()) || is_placeholder(digits) {
        return;
    }
    let mut forms = vec![digits.to_owned()];
    match (digits.len(), digits.strip_prefix('1')) {
        (11, Some(national)) => forms.push(national.to_owned()),
        (10, _) => forms.push(format!("1{digits}")),
        _ => {}
    }
    let plain = digits.trim_start_matches('0');
    if plain.len() < digits.len() && plain.len() >= SHORTEST {
        forms.push(plain.to_owned());
    }
    found.extend(forms.iter().filter_map(|form| Some(key(form.len(), form.parse().ok()?))));
}

/// Zeros, nines and round figures stand for no number.
fn is_placeholder(digits: &str) -> bool {
    let first = digits.as_bytes()[0];
    digits.bytes().all(|byte| byte == first) || digits.ends_with("000000")
}

#[cfg(test)]
mod tests {
    use super::{Chain, enterprise, numbered, of};
    use crate::disclosure::leak::tokens;

    fn seen(text: &str) -> Vec<u64> {
        let (mut chain, mut seen) = (Chain::default(), Vec::new());
        tokens::each(text, |token| chain.push(token, |number| seen.push(number)));
        seen
    }

    fn holds(text: &str, written: &str) -> bool {
        let seen = seen(text);
        of(written).iter().any(|number| seen.contains(number))
    }

    #[test]
    fn an_enterprise_number_is_found_in_any_grouping_of_one_kind() {
        let holds = |text: &str, written: &str| {
            let seen = seen(text);
            enterprise(written).iter().any(|number| seen.contains(number))
        };
        for text in [
            "1170034567",
            "NEQ 1170 0345 67",
            "1170/034/567",
            "11-70-03-45-67",
            "1170.0345.67.",
            "1170\u{a0}0345\u{a0}67",
            "1170\u{2009}0345\u{202f}67",
            "1 1 7 0 0 3 4 5 6 7",
            "neq-1170-03456-7",
            "le 2026-01-15 1170 0345 67 t",
        ] {
            assert!(holds(text, "1170034567"), "{text}");
            assert!(holds(text, "1170 0345 67") && holds(text, "1170/034/567"), "{text}");
        }
        for text in [
            "1170, 0345, 67",
            "1170 0345-67",
            "<td>1170</td><td>0345</td>67",
            "91170 0345 67",
            "1170 0345 678",
        ] {
            assert!(!holds(text, "1170034567"), "{text}");
        }
        assert!(holds("1170 0345 67", "1170034567 (2024)"));
        assert!(enterprise("2000000000").is_empty() && enterprise("117003456").is_empty());
    }

    #[test]
    fn a_number_is_found_however_it_is_grouped() {
        for text in [
            "4185550142",
            "+1 418 555-0142",
            "+14185550142",
            "(418) 555-0142 poste 3",
            "418.555.0142",
            "tel:418-555-0142",
            "x 41 85 55 01 42",
            "4 185 550 142",
            "tel4185550142",
            "2,4185550142,3",
            "004185550142",
        ] {
            assert!(
                holds(text, "418 555-0142") || text.starts_with('4') && holds(text, "4185550142"),
                "{text}"
            );
            assert!(holds("418 555 0142", text), "{text}");
        }
        assert!(holds("0000000004185550142", "418 555-0142"));
        for among in ["418-555-0142 (24)", "418 555-0155 418 555-0142", "1-418-555-0142 418-555-0155 20"] {
            assert!(holds("418 555-0142", among), "{among}");
        }
    }

    #[test]
    fn the_number_that_a_company_is_called_by_is_found_as_it_is_written() {
        let numbered =
            |text: &str, name: &str| numbered(name).iter().any(|number| seen(text).contains(number));
        assert!(numbered("no 9123-4567.", "9123-4567 Québec inc."));
        assert!(!numbered("9123,4567 9123 4567", "9123-4567 Québec inc."));
        assert!(!numbered("2024-2025", "Programme 2024-2025"));
    }

    #[test]
    fn lists_of_numbers_and_checksums_are_not_numbers_of_somebody() {
        assert!(!holds("10 20 30 40 50", "10 20 30 40 50 60"));
        for text in ["ab4185550142cd", "41,8555,0142", "418 55501 42", "418 5550 142", "94185550142"] {
            assert!(!holds(text, "418 555-0142"), "{text}");
        }
        assert!(of("0000000000").is_empty() && of("2000000000").is_empty() && of("12345678").is_empty());
    }
}
