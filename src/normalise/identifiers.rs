//! Enterprise numbers, sectors, workforce bands, e-mails and names as keys.

use crate::measures::number::{leading, plain};
use crate::model::{Cell, LEGAL_FORMS, Workforce, fold};
use chrono::Datelike as _;

/// Ten digits that begin with 11, 22, 33 or 88, from text or a number that became a float.
pub(super) fn enterprise_number(text: &str) -> Option<String> {
    let text = plain(text).replace(',', ".");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    // With what it is called before it.
    let named =
        text.strip_prefix("neq").map(|rest| rest.trim_start_matches(|next: char| !next.is_ascii_digit()));
    let text = named.unwrap_or(text);
    let digits: String = match text.split_once('e') {
        // 1.141234567e+09, as spreadsheets show a wide number
        Some((mantissa, exponent)) => {
            let power: usize = exponent.trim_start_matches('+').parse().ok()?;
            let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
            // Fewer decimals than the exponent: the last digits are lost, not zero.
            if fraction.len() != power {
                return None;
            }
            format!("{whole}{fraction}")
        }
        None => text.chars().filter(|character| !matches!(character, ' ' | '-' | '.')).collect(),
    };
    let good = digits.len() == 10
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && ["11", "22", "33", "88"].iter().any(|start| digits.starts_with(start));
    good.then_some(digits)
}

/// Whether a spreadsheet rounded the number when it was shown: `1.14E+09`.
pub(super) fn is_rounded(text: &str) -> bool {
    let text = plain(text).replace(',', ".");
    let Some((mantissa, exponent)) = text.split_once('e') else { return false };
    let power: Option<usize> = exponent.trim_start_matches('+').parse().ok();
    let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction);
    power.is_some_and(|power| fraction.len() < power) && mantissa.parse::<f64>().is_ok()
}

/// Two to six digits at the start; a sector range such as `31-33` is its first sector.
pub(super) fn sector(text: &str) -> Option<String> {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    let rest = &text.trim()[digits.len()..];
    let next_is_word = !rest.starts_with(|next: char| next.is_alphanumeric());
    let decimals = rest.strip_prefix(['.', ',']).is_some_and(|rest| !rest.trim_start_matches('0').is_empty());
    ((2..=6).contains(&digits.len()) && next_is_word && !decimals).then_some(digits)
}

const BANDS: [(i64, i64, Workforce); 6] = [
    (1, 4, Workforce::Micro),
    (5, 19, Workforce::Small),
    (20, 49, Workforce::Medium),
    (50, 99, Workforce::Large),
    (100, 249, Workforce::VeryLarge),
    (250, i64::MAX, Workforce::Huge),
];

/// The band of a count, a range or a band, and whether a spreadsheet had made a date of it.
pub(super) fn workforce(cell: &Cell) -> Option<(Workforce, bool)> {
    if let Cell::Date(date) = cell {
        return match (date.month(), date.day()) {
            (1, 4) | (4, 1) => Some((Workforce::Micro, true)),
            (5, 19) => Some((Workforce::Small, true)),
            _ => None,
        };
    }
    let band = |count: i64| {
        BANDS.iter().find(|(low, high, _)| (*low..=*high).contains(&count)).map(|(.., band)| *band)
    };
    let text = plain(&cell.reveal());
    let body = text.trim_start_matches(|first: char| !first.is_ascii_digit());
    let (first, rest) = leading(body).ok()?;
    let (first, rest) = (first.round()?, rest.trim_start_matches(|next: char| !next.is_ascii_digit()));
    if rest.is_empty() {
        let more = body.len() < text.len() && (text.starts_with("plus de") || text.starts_with('>'));
        return band(first + i64::from(more)).map(|band| (band, false));
    }
    let second = leading(rest).ok()?.0.round()?;
    let (low, high) = (band(first)?, band(second)?);
    (low == high).then_some((low, false))
}

/// One address with a domain.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("mailto:").to_lowercase();
    let (user, domain) = text.split_once('@')?;
    let good = !user.is_empty()
        && !domain.contains('@')
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && !text.contains(|character: char| character.is_whitespace() || matches!(character, ',' | ';'));
    good.then_some(text)
}

/// Digits of a telephone, without the country's 1 and the extension; none when fewer than ten.
pub(super) fn telephone_key(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix('1').filter(|rest| rest.len() >= 10).unwrap_or(&digits);
    digits.get(..10).map(str::to_owned)
}

/// Legal forms with points between their letters, and one that is also a word.
const LETTERED: &[&str] = &["s e n c r l", "s e n c", "s e c", "s a", "sec"];

/// Whether a text ends with the legal form of a company.
pub(super) fn has_legal_form(text: &str) -> bool {
    let folded = fold(text);
    without_legal_form(&folded) != folded
}

/// A folded name without the legal form at its end.
pub(super) fn without_legal_form(folded: &str) -> &str {
    let mut key = folded;
    while let Some(rest) = LEGAL_FORMS
        .iter()
        .chain(LETTERED)
        .find_map(|form| key.strip_suffix(form).and_then(|rest| rest.strip_suffix(' ')))
    {
        key = rest.trim_end();
    }
    key
}

/// A company's name for comparison: folded, without legal form, "et" or "&".
pub fn name_key(name: &str) -> String {
    let folded = fold(name);
    let key = without_legal_form(&folded);
    let words: Vec<&str> = key.split(' ').filter(|word| !matches!(*word, "et" | "and")).collect();
    if words.is_empty() { folded } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::{email, enterprise_number, name_key, sector, telephone_key, workforce};
    use crate::model::{Cell, Workforce};

    #[test]
    fn enterprise_numbers_survive_spreadsheets() {
        for text in [
            "1141234567",
            "1141 234 567",
            "1141234567.0",
            "1.141234567E+09",
            "1,141234567E9",
            "NEQ 1141234567",
            "NEQ : 1141 234 567",
        ] {
            assert_eq!(enterprise_number(text).as_deref(), Some("1141234567"), "{text}");
        }
        assert_eq!(enterprise_number("9941234567"), None);
        assert_eq!(enterprise_number("114123456"), None);
        for lost in ["1.14123E+09", "1,14E9", "1.14123457E+09", "11E8", "1.14123E+99999999999"] {
            assert_eq!(enterprise_number(lost), None, "{lost}");
        }
    }

    #[test]
    fn names_compare_without_their_legal_form() {
        assert_eq!(name_key("Métaux Nordet Inc."), name_key("METAUX NORDET ltée"));
        assert_eq!(name_key("Boréal & Frères S.E.N.C."), name_key("Boreal et freres"));
        assert_eq!(name_key("Inc."), "inc");
    }

    #[test]
    fn bands_sectors_and_contacts_are_checked() {
        let band = |text: &str| workforce(&Cell::text(text)).map(|(band, _)| band);
        assert_eq!(band("5 à 19"), Some(Workforce::Small));
        assert_eq!(band("37"), Some(Workforce::Medium));
        assert_eq!(band("250+"), Some(Workforce::Huge));
        assert_eq!(band("10-60"), None);
        assert_eq!(sector("3323 - Structures"), Some("3323".to_owned()));
        assert_eq!(sector("1"), None);
        assert_eq!(email("A@Exemple.ca"), Some("a@exemple.ca".to_owned()));
        assert_eq!(email("à venir"), None);
        assert_eq!(telephone_key("1 (418) 555-0100 p. 3"), Some("4185550100".to_owned()));
    }
}
