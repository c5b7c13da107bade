//! What a bracket says again of the number before it: `5 (cinq) t`, `cinq (5) t`, `5 t (cinq tonnes)`.

use super::marks::Marks;
use super::number::{Decimal, leading_fraction};
use super::quantity::{QuantityError, number, split_rate};
use super::{qualifier, units, worded};

/// Nine, and new.
const NEW: &str = "neuf";

/// Plain text without the brackets that hold the number before them and nothing else, and with the amounts of
/// the others in digits. In doubt where a bracket holds another number in its place.
pub(super) fn without(text: String, marks: Marks) -> Result<String, QuantityError> {
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some((before, inside, behind)) = bracket(rest) {
        out.push_str(before);
        rest = behind;
        let is_worded = !inside.contains(|letter: char| letter.is_ascii_digit()) && inside.trim() != NEW;
        let said = worded::in_digits(inside.trim().to_owned());
        match leading_fraction(&said, marks) {
            Ok((again, "")) => match repeated(&out, is_worded, marks) {
                Some(first) if first.compare(again).is_eq() => out.truncate(out.trim_end().len()),
                Some(_) => return Err(QuantityError::Twice),
                None => out.push_str(&bracketed(inside)),
            },
            // What it says beside the first amount is compared where brackets in digits are.
            Ok((_, unit)) if is_worded && units::find(split_rate(unit).0).is_some() => {
                out.push_str(&bracketed(&said));
            }
            _ => out.push_str(&bracketed(inside)),
        }
    }
    if out.is_empty() {
        return Ok(text);
    }
    out.push_str(rest);
    Ok(out)
}

/// What stands before the first bracket, in it and behind it.
fn bracket(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('(')?;
    let (inside, behind) = rest.split_once(')')?;
    Some((before, inside, behind))
}

fn bracketed(inside: &str) -> String {
    format!("({inside})")
}

/// The number that a bracket behind a text may say again: the one right before it and, where the bracket is in
/// words, which no note is, else the first.
fn repeated(before: &str, is_worded: bool, marks: Marks) -> Option<Decimal> {
    let first = || number(qualifier::cut(before).1, marks).ok().map(|(first, _)| first.value);
    last(before, marks).or_else(|| first().filter(|_| is_worded))
}

/// The number with which a text ends; the digit of `m3` is none.
fn last(text: &str, marks: Marks) -> Option<Decimal> {
    let text = text.trim_end();
    let is_of_number =
        |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '.' | ',' | '\'' | '/');
    let head = text.trim_end_matches(is_of_number);
    let digits = &text[head.len()..];
    if head.ends_with(char::is_alphabetic) && digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let digits = digits.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    leading_fraction(digits, marks).ok().filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

#[cfg(test)]
mod tests {
    use super::super::quantity::{QuantityError, read};
    use super::{Marks, without};

    fn read_without(text: &str) -> Result<String, QuantityError> {
        without(text.to_owned(), Marks::default())
    }

    #[test]
    fn a_number_that_a_bracket_says_again_is_one_number() {
        for (text, once) in [
            ("5 (cinq) t", "5 t"),
            ("1 500 (mille cinq cents) kg/an", "1 500 kg/an"),
            ("env. 5 (5) t", "env. 5 t"),
            ("2 (deux) a 3 (trois) t", "2 a 3 t"),
            ("5 t/an (cinq)", "5 t/an"),
            ("5 millions (cinq millions) kg", "5 millions kg"),
            ("5 t (cinq tonnes)", "5 t (5 tonnes)"),
            ("7 m3 (sept)", "7 m3"),
            // No number, a note and a remark.
            ("500 kg (1)", "500 kg (1)"),
            ("5 palettes (neuf)", "5 palettes (neuf)"),
            ("5 t (un peu humide)", "5 t (un peu humide)"),
            ("5 t (x", "5 t (x"),
            ("5 t", "5 t"),
        ] {
            assert_eq!(read_without(text), Ok(once.to_owned()), "{text}");
        }
        for text in ["5 (six) t", "5 (6) t", "5 t (six)", "2 (deux) a 3 (quatre) t"] {
            assert_eq!(read_without(text), Err(QuantityError::Twice), "{text}");
        }
    }

    #[test]
    fn a_bracket_in_words_counts_like_one_in_digits() {
        for text in ["5 t/an (cinq tonnes par an)", "cinq (5) t/an", "cinq tonnes (5 t)", "5 t (cinq tonnes)"]
        {
            let written = read(text).unwrap();
            assert_eq!((written.low.round(), written.high.round()), (Some(5), Some(5)), "{text}");
        }
        for text in ["5 t (dix)", "cinq (6) t"] {
            assert_eq!(read(text).unwrap_err(), QuantityError::Twice, "{text}");
        }
        assert_eq!(read("5 t (dix tonnes)").unwrap_err(), QuantityError::Ambiguous);
    }
}
