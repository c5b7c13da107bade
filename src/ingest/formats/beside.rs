//! What stands before and behind the number that a cell shows.

use serde::{Deserialize, Serialize};

/// Least number that is compared with the digits that are shown of it: a format takes thousands away.
const THOUSAND: f64 = 1_000.0;
/// Decimal places of a thousand, and of a percent.
const THOUSAND_PLACES: usize = 3;
const PERCENT_PLACES: usize = 2;

/// What stands before and behind the number that a cell shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Beside {
    before: String,
    after: String,
    /// A hundred times the number is shown.
    is_percent: bool,
    /// The number is shown in thousands, thousands of thousands and so on.
    thousands: usize,
    /// The format, or what is shown, where that is another number than the cell holds, or none.
    other: Option<String>,
}

impl Beside {
    /// Of the text that an open document shows of a number.
    pub(super) fn of_text(number: f64, is_percent: bool, shown: &str) -> Option<Self> {
        let shown = shown.trim();
        let first = shown.find(|letter: char| letter.is_ascii_digit());
        let Some(first) = first else { return (!shown.is_empty()).then(|| Self::other(shown)) };
        let (before, mut after) = shown.split_at(first);
        loop {
            after =
                after.trim_start_matches(|letter: char| letter.is_ascii_digit() || ".,'’".contains(letter));
            // Thousands after a space, the other half of a fraction, a power of ten.
            let mut next = after.chars();
            let is_joint =
                next.next().is_some_and(|joint| joint.is_whitespace() || matches!(joint, '/' | 'E'));
            let behind = next.as_str().trim_start_matches(['+', '-']);
            if !is_joint || !behind.starts_with(|letter: char| letter.is_ascii_digit()) {
                break;
            }
            after = behind;
        }
        let before = if number < 0.0 { before.trim_start_matches(['-', '\u{2212}']) } else { before };
        let digits = shown[..shown.len() - after.len()].bytes().filter(u8::is_ascii_digit).count();
        let is_scaled = !is_percent && number.abs() >= THOUSAND && !shown.contains('E');
        if is_scaled && digits < format!("{:.0}", number.abs()).len() {
            return Some(Self::other(shown));
        }
        Self::telling(before.to_owned(), after.to_owned(), is_percent)
    }

    /// Of a number that is not shown as it is.
    pub(super) fn other(shown: &str) -> Self {
        let (before, after) = (String::new(), String::new());
        Self { before, after, is_percent: false, thousands: 0, other: Some(shown.to_owned()) }
    }

    /// None where what stands beside the number says nothing.
    pub(super) fn telling(before: String, after: String, is_percent: bool) -> Option<Self> {
        let tells = |text: &str| {
            text.contains(|mark: char| mark.is_alphabetic() || "%$€£¢<>≤≥±~≈+-=/×".contains(mark))
        };
        let is_telling = is_percent || tells(&before) || tells(&after);
        is_telling.then_some(Self { before, after, is_percent, thousands: 0, other: None })
    }

    /// The same, where the number is shown in thousands: so many that stand in a thousand.
    pub(super) fn in_thousands(self, thousands: usize) -> Self {
        Self { thousands, ..self }
    }

    /// A number as if somebody had typed what is shown of it, with this decimal mark.
    pub(super) fn typed(&self, digits: &str, decimal: char) -> String {
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
        let hundredfold = if self.is_percent { raised(digits, PERCENT_PLACES) } else { digits.to_owned() };
        let number = lowered(&hundredfold, self.thousands * THOUSAND_PLACES);
        // Three decimals that somebody types could be thousands; those of the file are none.
        let number = match number.split_once('.') {
            Some((whole, decimals)) if decimals.len() == 3 => format!("{whole}{decimal}{decimals}0"),
            Some((whole, decimals)) => format!("{whole}{decimal}{decimals}"),
            None => number,
        };
        match &self.other {
            Some(other) => format!("{sign}{number} (≠ {other})"),
            None => format!("{sign}{}{number}{}", self.before, self.after),
        }
    }
}

/// A number without a sign whose decimal mark stands so many places further right.
fn raised(digits: &str, places: usize) -> String {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{decimals:0<places$}");
    let (more, decimals) = padded.split_at(places);
    joined(&format!("{whole}{more}"), decimals)
}

/// A number without a sign whose decimal mark stands so many places further left.
fn lowered(digits: &str, places: usize) -> String {
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{whole:0>width$}", width = places + 1);
    let (whole, less) = padded.split_at(padded.len() - places);
    joined(whole, &format!("{less}{decimals}"))
}

/// Digits around a decimal point, without zeros that say nothing.
fn joined(whole: &str, decimals: &str) -> String {
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let decimals = decimals.trim_end_matches('0');
    if decimals.is_empty() { whole.to_owned() } else { format!("{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::{lowered, raised};

    #[test]
    fn places_are_moved_digit_by_digit() {
        for (digits, places, moved) in
            [("0.07", 2, "7"), ("5", 2, "500"), ("0.0725", 2, "7.25"), ("0", 2, "0")]
        {
            assert_eq!(raised(digits, places), moved, "{digits}");
        }
        for (digits, places, moved) in [
            ("5000", 3, "5"),
            ("5400.5", 3, "5.4005"),
            ("40", 3, "0.04"),
            ("1234567", 6, "1.234567"),
            ("0.5", 0, "0.5"),
            ("0", 3, "0"),
        ] {
            assert_eq!(lowered(digits, places), moved, "{digits}");
        }
    }
}
