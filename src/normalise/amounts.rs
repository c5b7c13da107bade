//! Money to cents, and other plain numbers.

use super::frequency;
use super::marks::Marks;
use super::number::{Decimal, leading_with, plain};

/// Cents of `1 234,50 $`, `$1,200.00`, `12 k$`, `50 $/mois`, `gratuit`; none when unreadable
/// or given for a unit of mass.
pub(super) fn cents(text: &str, marks: Marks) -> Option<i64> {
    let text = plain(text);
    if matches!(text.as_str(), "gratuit" | "gratuite" | "sans frais" | "free" | "aucun cout" | "aucun") {
        return Some(0);
    }
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => (-100, rest.trim_start()),
        None => (100, text.as_str()),
    };
    let dollar_first = body.starts_with('$');
    let body = body.trim_start_matches(['$', '~']).trim_start();
    // After a leading dollar sign the English comma groups thousands.
    let english;
    let body = if dollar_first && body.contains(',') && !marks.are_declared() {
        english = body.replace(',', "");
        english.as_str()
    } else {
        body
    };
    let (number, rest) = leading_with(body, marks).ok()?;
    let mut rest = rest.trim();
    let mut number = number.times(Decimal::whole(sign))?;
    if let Some(after) = rest.strip_prefix("k$").or_else(|| rest.strip_prefix("k $")) {
        number = number.times(Decimal::whole(1_000))?;
        rest = after;
    }
    for currency in ["$", "cad", "cdn", "dollars", "ca"] {
        rest = rest.trim().strip_prefix(currency).unwrap_or(rest).trim();
    }
    if rest.is_empty() {
        return number.round();
    }
    let is_rate = rest.starts_with('/') || rest.starts_with("par ");
    number.times(frequency::find(rest).filter(|_| is_rate)?.times)?.round()
}

/// A number with an optional word behind it, times a factor, rounded half up.
pub(super) fn scaled(text: &str, factor: i128, marks: Marks) -> Option<i64> {
    let text = plain(text);
    let body = text.trim_start_matches(['~', '<', '>']).trim_start();
    let (number, rest) = leading_with(body, marks).ok()?;
    let word =
        rest.chars().all(|character| character.is_alphabetic() || matches!(character, ' ' | '.' | '/'));
    if word { number.times(Decimal::whole(factor))?.round() } else { None }
}

#[cfg(test)]
mod tests {
    use super::Marks;

    fn cents(text: &str) -> Option<i64> {
        super::cents(text, Marks::default())
    }

    fn scaled(text: &str, factor: i128) -> Option<i64> {
        super::scaled(text, factor, Marks::default())
    }

    #[test]
    fn amounts_become_cents() {
        assert_eq!(cents("1 234,50 $"), Some(123_450));
        assert_eq!(cents("$1,200"), Some(120_000));
        assert_eq!(cents("50 $/mois"), Some(60_000));
        assert_eq!(cents("-20"), Some(-2_000));
        assert_eq!(cents("gratuit"), Some(0));
        assert_eq!(cents("12 $/t"), None);
        assert_eq!(scaled("12,5 km", 1_000), Some(12_500));
        assert_eq!(scaled("loin", 1_000), None);
    }
}
