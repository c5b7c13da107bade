//! Number formats of Excel (ECMA-376, part 1, 18.8.31): what each of their sections shows, and for which numbers.

use super::Section;
use super::beside::Beside;
use super::numbers::Numbers;
use std::str::Chars;

/// Of so many sections the last is for texts.
const WITH_TEXT: usize = 4;
/// Most commas that take a thousand away each: more than a number has digits is no format.
const MOST_THOUSANDS: usize = 4;
const MINUS: [char; 2] = ['-', '\u{2212}'];

/// The sections of a format that are for numbers, in the order in which they are tried; none where nobody can
/// tell which is for which.
pub(super) fn sections(code: &str) -> Vec<Section> {
    let mut read = Vec::new();
    let (mut letters, mut is_more) = (code.chars(), true);
    while is_more {
        let mut section = Reading::default();
        is_more = section.read(&mut letters);
        read.push(section);
    }
    let is_last_of_text = read.len() > 1 && read.last().is_some_and(|last| last.kind == Kind::Text);
    if is_last_of_text || read.len() == WITH_TEXT {
        read.pop();
    }
    let is_doubtful = read.iter().any(|section| section.is_doubtful);
    let conditions: Vec<Option<Numbers>> = read.iter().map(|section| section.condition).collect();
    let each = if is_doubtful { Vec::new() } else { each_for(&conditions) };
    let is_bare = |section: &Reading| section.beside(code, Numbers::NEGATIVE).is_none();
    if each.len() < read.len() && read.iter().all(is_bare) {
        return vec![Section { numbers: Numbers::ALL, beside: None }];
    }
    let with_numbers = read.iter().zip(each);
    with_numbers
        .map(|(section, numbers)| Section { numbers, beside: section.beside(code, numbers) })
        .collect()
}

/// For which numbers each section is, by their conditions. Of numbers left over nobody knows what is shown: Excel
/// fills their cells with `#`, or readers of the standard disagree.
fn each_for(conditions: &[Option<Numbers>]) -> Vec<Numbers> {
    match *conditions {
        [None] => vec![Numbers::ALL],
        [None, None] => vec![Numbers::NOT_NEGATIVE, Numbers::NEGATIVE],
        [None, None, None] => vec![Numbers::POSITIVE, Numbers::NEGATIVE, Numbers::ZERO],
        [Some(first)] => vec![first],
        [Some(first), None] => vec![first, Numbers::ALL],
        [Some(first), Some(second)] => vec![first, second],
        [Some(first), Some(second), None] => vec![first, second, Numbers::ALL],
        [Some(first), None, None] => vec![first, Numbers::NEGATIVE],
        _ => Vec::new(),
    }
}

/// A section of a number format under reading.
#[derive(Default)]
struct Reading {
    before: String,
    digits: String,
    /// What stands behind the digits so far.
    after: String,
    is_percent: bool,
    /// Something stands between the digits.
    is_parted: bool,
    condition: Option<Numbers>,
    /// What it says cannot be read.
    is_doubtful: bool,
    kind: Kind,
}

/// What a section shows.
#[derive(Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Number,
    Text,
    /// A day, a time of the day or a length of time.
    Time,
}

impl Reading {
    /// Reads up to the end of the section, and says whether another follows.
    fn read(&mut self, letters: &mut Chars<'_>) -> bool {
        while let Some(letter) = letters.next() {
            match letter {
                ';' => return true,
                '"' => letters
                    .by_ref()
                    .take_while(|letter| *letter != '"')
                    .for_each(|letter| self.literal(letter)),
                '\\' => letters.next().into_iter().for_each(|letter| self.literal(letter)),
                '_' | '*' => _ = letters.next(),
                '[' => {
                    let inside: String = letters.by_ref().take_while(|letter| *letter != ']').collect();
                    self.bracket(&inside);
                }
                '0' | '#' | '?' | '.' => self.digit(letter),
                '@' => {
                    self.kind = Kind::Text;
                    self.digit(letter);
                }
                ',' if self.is_open() => self.digit(','),
                // The bar of a fraction, and the number below it.
                '/' if self.is_open() => self.digit('/'),
                '1'..='9' if self.is_open() && self.digits.contains('/') => self.digit(letter),
                'E' | 'e' if self.is_open() => {
                    self.digit('E');
                    _ = letters.next();
                }
                'G' => {
                    letters.by_ref().take("eneral".len()).for_each(drop);
                    self.digit('0');
                }
                '%' => {
                    self.is_percent = true;
                    self.literal('%');
                }
                letter if letter.is_ascii_alphabetic() => self.kind = Kind::Time,
                letter => self.literal(letter),
            }
        }
        false
    }

    /// Takes a currency, a condition or a length of time; colours and alphabets show nothing beside a number.
    fn bracket(&mut self, inside: &str) {
        if let Some(currency) = inside.strip_prefix('$') {
            let sign = currency.split('-').next().unwrap_or_default();
            sign.chars().for_each(|letter| self.literal(letter));
        } else if inside.starts_with(['<', '=', '>']) {
            let condition = Numbers::of_condition(inside);
            self.is_doubtful |= condition.is_none() || self.condition.is_some();
            self.condition = condition;
        } else if inside.to_ascii_lowercase().trim_matches(['h', 'm', 's']).is_empty() {
            self.kind = Kind::Time;
        }
    }

    /// Whether the last that was read belongs to the number.
    const fn is_open(&self) -> bool {
        !self.digits.is_empty() && self.after.is_empty()
    }

    fn digit(&mut self, mark: char) {
        if !self.digits.is_empty() && !self.after.is_empty() {
            self.is_parted |= !matches!(self.after.trim(), "" | "'" | "’" | "/");
            self.after.clear();
        }
        self.digits.push(mark);
    }

    fn literal(&mut self, letter: char) {
        if self.is_open() && self.digits.ends_with('/') {
            // `0/"an"`: the bar is of no fraction.
            self.digits.pop();
            self.after.push('/');
        }
        let side = if self.digits.is_empty() { &mut self.before } else { &mut self.after };
        side.push(letter);
    }

    /// What it shows beside these numbers, where that is something.
    fn beside(&self, code: &str, numbers: Numbers) -> Option<Beside> {
        if self.kind == Kind::Time {
            return None;
        }
        let shown = (self.before.as_str(), self.after.as_str());
        let (before, after) = if numbers.are_at_most_zero() { without_sign(shown) } else { shown };
        let is_digit = |letter: char| letter.is_ascii_digit();
        // Zero is zero where nothing is shown of it, or a word.
        if numbers == Numbers::ZERO && self.digits.is_empty() && !before.contains(is_digit) {
            return None;
        }
        // A digit of the format beside those of the number.
        let is_longer = before.ends_with(is_digit) || after.starts_with(is_digit);
        if self.digits.is_empty() || self.is_parted || is_longer {
            return Some(Beside::other(code));
        }
        let thousands = self.thousands();
        match Beside::telling(before.to_owned(), after.to_owned(), self.is_percent) {
            shown if thousands == 0 => shown,
            // What the reader sees is the smaller number with its unit.
            Some(shown) if thousands <= MOST_THOUSANDS => Some(shown.in_thousands(thousands)),
            _ => Some(Beside::other(code)),
        }
    }

    /// Commas behind the digits of the whole number, or behind all digits: each takes a thousand away.
    fn thousands(&self) -> usize {
        let (whole, decimals) = self.digits.split_once('.').unwrap_or((self.digits.as_str(), ""));
        let commas = |digits: &str| digits.len() - digits.trim_end_matches(',').len();
        commas(whole) + commas(decimals)
    }
}

/// Without the minus or the brackets with which a section for negative numbers shows their sign.
fn without_sign<'a>((before, after): (&'a str, &'a str)) -> (&'a str, &'a str) {
    let before = before.trim();
    let inside = before.strip_prefix('(').zip(after.trim_end().strip_suffix(')'));
    inside.unwrap_or((before.trim_matches(MINUS), after))
}

#[cfg(test)]
mod tests {
    use super::super::Form;
    use crate::model::{Cell, Confidential};

    fn shown(code: &str, number: f64) -> Option<String> {
        Form::of_code(code)?.typed(&Cell::Number(Confidential::new(number)), '.')
    }

    #[test]
    fn the_section_that_a_number_picks_is_the_one_whose_text_counts() {
        const BY_SIZE: &str = "[Blue][<1000]0\" kg/an\";[Red]0\" t/an\"";
        const FROM_ONE: &str = "[>=1]0\" t/an\";0.0\" kg/an\"";
        const THREE: &str = "[<1]0\" kg\";[<=1000]0\" t\";0\" kt\"";
        const SIGNS: &str = "0\" t\";-0\" lb\";0\" kg\"";
        for (code, number, text) in [
            (BY_SIZE, 500.0, "500 kg/an"),
            (BY_SIZE, 1_000.0, "1000 t/an"),
            (BY_SIZE, 5_000.0, "5000 t/an"),
            (BY_SIZE, -5.0, "-5 kg/an"),
            (FROM_ONE, 1.0, "1 t/an"),
            (FROM_ONE, 0.5, "0.5 kg/an"),
            (THREE, 0.5, "0.5 kg"),
            (THREE, 1_000.0, "1000 t"),
            (THREE, 1_000.5, "1000.5 kt"),
            ("[=5]0\" t\";[<>7]0\" kg\"", 5.0, "5 t"),
            ("[=5]0\" t\";[<>7]0\" kg\"", 6.0, "6 kg"),
            (SIGNS, 5.0, "5 t"),
            (SIGNS, -5.0, "-5 lb"),
            (SIGNS, 0.0, "0 kg"),
            ("0\" t\";0\" kg\"", 0.0, "0 t"),
            ("0\" t\";0\" kg\"", -5.0, "-5 kg"),
            ("0\" t\";(0\" t\")", -5.0, "-5 t"),
            ("0\" t\";@", -5.0, "-5 t"),
            ("0\" t\";-0\" t\";0\" kg\";@", 0.0, "0 kg"),
            ("0\" a;b\";0\" t\"", 5.0, "5 a;b"),
        ] {
            assert_eq!(shown(code, number).as_deref(), Some(text), "{code} {number}");
        }
    }

    #[test]
    fn a_number_whose_section_cannot_be_told_is_in_doubt() {
        for (code, number) in [
            ("[<1000]0\" kg\"", 5_000.0),
            ("[<1]0\" kg\";[<10]0\" t\"", 50.0),
            ("0\" t\";[<10]0\" kg\"", 5.0),
            ("[<1]0\" kg\";0\" t\";0\" kt\"", 5.0),
            ("[<1]0\" kg\";[<9]0\" t\";[<99]0\" kt\"", 5.0),
            ("[<mille]0\" kg\";0\" t\"", 5.0),
            ("[>1][<9]0\" kg\";0\" t\"", 5.0),
            ("0\" t\";0;0;0;0", 5.0),
        ] {
            assert_eq!(shown(code, number), Some(format!("{number} (≠ …)")), "{code}");
        }
        assert_eq!(Form::of_code("0;[Red][<0]-0"), None, "nothing stands beside any number");
        for (code, number) in [("0\" t\";", -5.0), ("0\" t\";-0;\"5 t\"", 0.0), (";;;", 5.0)] {
            assert_eq!(shown(code, number), Some(format!("{number} (≠ {code})")), "{code}");
        }
    }

    #[test]
    fn zero_is_zero_whatever_stands_for_it() {
        for code in ["0\" t\";-0\" t\";", "0\" t\";-0\" t\";\"néant\"", "0\" t\";-0\" t\";\"-\"??", "0;-0;;@"]
        {
            assert_eq!(shown(code, 0.0), None, "{code}");
        }
        assert_eq!(shown("0\" t\";[Red]-0", 5.0).as_deref(), Some("5 t"));
        assert_eq!(shown("0\" t\";[Red]-0", -5.0), None);
    }

    #[test]
    fn thousands_and_fractions_are_what_the_reader_sees() {
        for (code, number, text) in [
            ("0.0,\" t/an\"", 5_000.0, "5 t/an"),
            ("0,\" k t\"", 5_400.0, "5.4 k t"),
            ("0,.0\" t\"", 1_500.0, "1.5 t"),
            ("#,##0,,\" kt\"", 2_500_000.0, "2.5 kt"),
            ("# ?/4\" t/an\"", 2.25, "2.25 t/an"),
            ("# ?/16\" t\"", 0.25, "0.25 t"),
            ("# ?/?\" t\"", 0.5, "0.5 t"),
            ("0/\"an\"", 5.0, "5/an"),
        ] {
            assert_eq!(shown(code, number).as_deref(), Some(text), "{code}");
        }
    }
}
