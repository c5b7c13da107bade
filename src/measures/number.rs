//! Decimal numbers as people write them, read without floating point.

use super::marks::Marks;
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Most significant digits kept: with a unit factor, a density and a frequency the product
/// still fits 128 bits.
const DIGITS: usize = 18;

/// An exact decimal: `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    /// A whole number.
    pub(crate) const fn whole(value: i128) -> Self {
        Self { mantissa: value, scale: 0 }
    }

    /// Plain digits with at most one point, as tables and shortest doubles write them.
    pub(crate) fn parse_plain(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let good = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !good(whole) || !good(fraction) {
            return None;
        }
        let fraction = fraction.trim_end_matches('0');
        let joined = format!("{whole}{fraction}");
        let significant = joined.trim_start_matches('0');
        let scale = u32::try_from(fraction.len()).ok()?;
        if significant.is_empty() {
            return Some(Self::whole(0));
        }
        // Past eighteen significant digits only decimals can be dropped, rounded half up.
        let excess = significant.len().saturating_sub(DIGITS);
        let dropped = u32::try_from(excess).ok()?;
        if dropped > scale {
            return None;
        }
        let kept = &significant[..significant.len() - excess];
        let up = significant.as_bytes().get(kept.len()).is_some_and(|next| *next >= b'5');
        let mantissa = kept.parse::<i128>().ok()? + i128::from(up);
        Some(Self { mantissa: if negative { -mantissa } else { mantissa }, scale: scale - dropped })
    }

    /// The product; none when it does not fit.
    pub(crate) fn times(self, other: Self) -> Option<Self> {
        Some(Self {
            mantissa: self.mantissa.checked_mul(other.mantissa)?,
            scale: self.scale.checked_add(other.scale)?,
        })
    }

    /// The quotient, to two places more than its parts; none when it does not fit.
    pub(crate) fn over(self, other: Self) -> Option<Self> {
        let raised = self.mantissa.checked_mul(10_i128.checked_pow(other.scale + 2)?)?;
        let mantissa = raised
            .checked_mul(2)?
            .checked_add(other.mantissa)?
            .checked_div_euclid(other.mantissa.checked_mul(2)?)?;
        Some(Self { mantissa, scale: self.scale + 2 })
    }

    /// Decimals that are written.
    pub(crate) const fn decimals(self) -> u32 {
        self.scale
    }

    /// Half of the last of some decimals: how far rounding to them can lead.
    pub(crate) const fn step(decimals: u32) -> Self {
        Self { mantissa: 5, scale: decimals + 1 }
    }

    /// The sum; none when it does not fit.
    pub(crate) fn plus(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Some(Self { mantissa: left.checked_add(right)?, scale })
    }

    /// The difference, and zero below zero; none when it does not fit.
    pub(crate) fn less(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        Some(Self { mantissa: left.checked_sub(right)?.max(0), scale })
    }

    /// The middle of two numbers.
    pub(crate) fn middle(self, other: Self) -> Option<Self> {
        let (left, right, scale) = self.aligned(other)?;
        // Half is five tenths, so the middle stays an exact decimal.
        Some(Self { mantissa: left.checked_add(right)?.checked_mul(5)?, scale: scale + 1 })
    }

    /// The number, where it has no decimals.
    pub(crate) fn as_whole(self) -> Option<i128> {
        (self.scale == 0).then_some(self.mantissa)
    }

    /// Whether it is below zero.
    pub(crate) const fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Order of two numbers; equal when they cannot be brought to one scale.
    pub(crate) fn compare(self, other: Self) -> std::cmp::Ordering {
        self.aligned(other).map_or(std::cmp::Ordering::Equal, |(left, right, _)| left.cmp(&right))
    }

    /// The nearest whole number, halves up; none when it does not fit.
    pub(crate) fn round(self) -> Option<i64> {
        let Some(divisor) = 10_i128.checked_pow(self.scale) else { return Some(0) };
        i64::try_from(self.mantissa.checked_add(divisor / 2)?.div_euclid(divisor)).ok()
    }

    fn aligned(self, other: Self) -> Option<(i128, i128, u32)> {
        let scale = self.scale.max(other.scale);
        let raise = |number: Self| number.mantissa.checked_mul(10_i128.checked_pow(scale - number.scale)?);
        Some((raise(self)?, raise(other)?, scale))
    }
}

/// Why a text is not one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Not a number.
    Unreadable,
    /// `1,234`: a decimal comma or thousands, a factor of a thousand apart.
    Ambiguous,
    /// `5/10`: who means a half writes `1/2`, and `5/10` is also how a range is written.
    NotReduced,
}

/// Lower case without accents, every kind of space and dash made plain; punctuation stays. What is raised
/// or lowered behind digits (`5²`) is set apart by a caret.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = with_carets(text);
    let parts = text.chars().flat_map(opened).nfkd();
    for character in parts.filter(|character| !is_combining_mark(*character)) {
        match character {
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            '\u{2044}' => out.push('/'),
            '’' | '‘' => out.push('\''),
            _ if character.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            _ => out.extend(character.to_lowercase()),
        }
    }
    out.trim_end().to_owned()
}

/// `10³` is no 103: a caret before digits that are raised or lowered behind others, but for those of a
/// fraction (`¹⁄₂`). Behind a letter they are part of a unit (`m³`).
fn with_carets(text: &str) -> Cow<'_, str> {
    let is_raised = |letter: char| {
        let is_latin = matches!(letter, '²' | '³' | '¹');
        is_latin || matches!(letter, '\u{2070}' | '\u{2074}'..='\u{2079}' | '\u{2080}'..='\u{2089}')
    };
    if text.is_ascii() || !text.contains(is_raised) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 4);
    for (at, letter) in text.char_indices() {
        if is_raised(letter) && out.trim_end().ends_with(|last: char| last.is_ascii_digit()) {
            let behind = text[at..].trim_start_matches(is_raised);
            if !behind.starts_with('\u{2044}') {
                out.push('^');
            }
        }
        out.push(letter);
    }
    Cow::Owned(out)
}

/// `½` is set apart from what stands before it, or `1½` would become eleven halves.
fn opened(character: char) -> impl Iterator<Item = char> {
    let fraction = matches!(character, '¼'..='¾' | '\u{2150}'..='\u{215F}');
    fraction.then_some(' ').into_iter().chain([character])
}

/// Largest denominator that is read as a fraction: `3/16`, and not `200108/200125`.
const LARGEST_DENOMINATOR: i128 = 16;
/// Largest numerator of one: `10/12 t` is from ten to twelve.
const LARGEST_NUMERATOR: i128 = 9;
/// Decimals of a fraction that never ends.
const FRACTION_DECIMALS: u32 = 12;

/// Reads the number at the start of plain text, which may be or end with a fraction: `1/2`, `2 3/4`.
pub(crate) fn leading_fraction(text: &str, marks: Marks) -> Result<(Decimal, &str), NumberError> {
    let (number, rest) = leading_with(text, marks)?;
    if let Some(over) = rest.strip_prefix('/')
        && number.scale == 0
    {
        // `04/05` is a day, or nobody knows what.
        let is_padded = text.starts_with('0') || over.starts_with('0');
        if is_padded && over.starts_with(|next: char| next.is_ascii_digit()) {
            return Err(NumberError::Ambiguous);
        }
        if let Some((part, rest)) = fraction(number.mantissa, over) {
            let is_reduced = is_reduced(number.mantissa, over);
            return if is_reduced { Ok((part, rest)) } else { Err(NumberError::NotReduced) };
        }
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if let (Ok(above), Some(over)) = (rest[..digits].parse(), rest[digits..].strip_prefix('/'))
        && let Some((part, rest)) = fraction(above, over)
        && let Some(sum) = number.plus(part)
    {
        return Ok((sum, rest));
    }
    Ok((number, rest))
}

/// Whether no number divides a numerator and the denominator at the start of the text.
fn is_reduced(above: i128, over: &str) -> bool {
    let digits = over.bytes().take_while(u8::is_ascii_digit).count();
    let below = over[..digits].parse().unwrap_or(1_i128);
    (2..=above).all(|divisor| above % divisor != 0 || below % divisor != 0)
}

/// Less than one whole, over the number at the start of the text.
fn fraction(above: i128, over: &str) -> Option<(Decimal, &str)> {
    let digits = over.bytes().take_while(u8::is_ascii_digit).count();
    let (below, rest) = over.split_at(digits);
    let below: i128 = below.parse().ok()?;
    let proper = 0 < above && above < below && above <= LARGEST_NUMERATOR && below <= LARGEST_DENOMINATOR;
    if !proper || rest.starts_with(['.', ',', '/']) {
        return None;
    }
    let raised = above * 10_i128.pow(FRACTION_DECIMALS);
    let mantissa = (raised * 2 + below) / (below * 2);
    Some((Decimal { mantissa, scale: FRACTION_DECIMALS }, rest.trim_start()))
}

/// Reads the number at the start of plain text; gives it with what follows.
pub(crate) fn leading(text: &str) -> Result<(Decimal, &str), NumberError> {
    leading_with(text, Marks::default())
}

/// The same, under declared marks.
pub(crate) fn leading_with(text: &str, marks: Marks) -> Result<(Decimal, &str), NumberError> {
    let (token, rest) = token(text).ok_or(NumberError::Unreadable)?;
    let number = marks.decimal(token).unwrap_or_else(|| decimal(token))?;
    Ok((number, rest.trim_start()))
}

/// Cuts the digits, separators and grouped thousands at the start.
pub(super) fn token(text: &str) -> Option<(&str, &str)> {
    let bytes = text.as_bytes();
    let mut end = usize::from(bytes.first() == Some(&b'-'));
    if !matches!(bytes.get(end)?, b'0'..=b'9' | b'.' | b',') {
        return None;
    }
    let group_at = |at: usize| {
        let digits = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        digits == 3
    };
    let mut head = 0;
    let mut decimals = false;
    while let Some(byte) = bytes.get(end) {
        let next_digit = bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        match byte {
            b'0'..=b'9' => head += 1,
            b'.' | b',' if next_digit => decimals = true,
            b' ' | b'\'' if !decimals && (1..=3).contains(&head) && next_digit && group_at(end + 1) => {
                head = 0;
            }
            _ => break,
        }
        end += 1;
    }
    Some((&text[..end], &text[end..]))
}

fn decimal(token: &str) -> Result<Decimal, NumberError> {
    let spaced = token.contains([' ', '\'']);
    let token: String = token.chars().filter(|character| !matches!(character, ' ' | '\'')).collect();
    let (sign, digits) = match token.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", token.as_str()),
    };
    let commas = digits.matches(',').count();
    let points = digits.matches('.').count();
    let (thousands, mark) = match (commas, points) {
        (0, 0) => (None, None),
        (1, 0) => {
            let (before, after) = digits.split_once(',').unwrap_or((digits, ""));
            let could_group = after.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0');
            if could_group && !spaced {
                return Err(NumberError::Ambiguous);
            }
            (None, Some(','))
        }
        (0, 1) => (None, Some('.')),
        (_, 0) => (Some(','), None),
        (0, _) => (Some('.'), None),
        _ if digits.rfind(',') > digits.rfind('.') => (Some('.'), Some(',')),
        _ => (Some(','), Some('.')),
    };
    let (whole, fraction) = mark.and_then(|mark| digits.rsplit_once(mark)).unwrap_or((digits, ""));
    if let Some(separator) = thousands {
        let mut groups = whole.split(separator);
        let first = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        if spaced || !first || !groups.all(|group| group.len() == 3 && !group.contains(['.', ','])) {
            return Err(NumberError::Unreadable);
        }
    }
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    Decimal::parse_plain(&format!("{sign}{whole}.{fraction}")).ok_or(NumberError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::{Decimal, NumberError, leading, plain};
    use proptest::prelude::{prop_assert_eq, proptest};

    fn read(text: &str) -> Result<i64, NumberError> {
        let text = plain(text);
        let (number, rest) = leading(&text)?;
        assert_eq!(rest, "");
        Ok(number.times(Decimal::whole(100)).unwrap().round().unwrap())
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for text in
            ["1 234,56", "1\u{a0}234,56", "1\u{202f}234,56", "1,234.56", "1.234,56", "1234.56", "1'234.56"]
        {
            assert_eq!(read(text), Ok(123_456), "{text}");
        }
        assert_eq!(read("0,125"), Ok(13));
        assert_eq!(read("12,345,678"), Ok(1_234_567_800));
        assert_eq!(read("-3"), Ok(-300));
        assert_eq!(read(",5"), Ok(50));
    }

    #[test]
    fn what_is_raised_behind_digits_is_no_further_digit() {
        for (text, said) in [
            ("7²", "7^2"),
            ("8 ³ kg", "8 ^3 kg"),
            ("2×10¹²", "2×10^12"),
            ("4₂", "4^2"),
            ("9 m³", "9 m3"),
            ("6 vg³/an", "6 vg3/an"),
            ("¹⁄₂ t", "1/2 t"),
            ("3 ¹⁄₂ t", "3 1/2 t"),
        ] {
            assert_eq!(plain(text), said, "{text}");
        }
    }

    #[test]
    fn digits_with_a_leading_zero_are_no_fraction() {
        let read =
            |text: &str| super::leading_fraction(text, super::Marks::default()).map(|(_, rest)| rest.len());
        assert_eq!(read("03/08"), Err(NumberError::Ambiguous));
        assert_eq!(read("3/08 t"), Err(NumberError::Ambiguous));
        assert_eq!(read("3/8"), Ok(0));
        assert_eq!(read("0/mois"), Ok(5));
    }

    #[test]
    fn a_fraction_that_is_not_reduced_could_be_a_range() {
        let read =
            |text: &str| super::leading_fraction(text, super::Marks::default()).map(|(_, rest)| rest.len());
        for text in ["5/10 t", "2/4", "6/9 t", "3/12", "8/16"] {
            assert_eq!(read(text), Err(NumberError::NotReduced), "{text}");
        }
        for text in ["1/2", "1/3", "2/3", "3/4", "1/16", "9/16", "2 5/10"] {
            assert_eq!(read(text), Ok(0), "{text}");
        }
    }

    #[test]
    fn a_quotient_is_rounded_past_its_places() {
        let over = |above: &str, below: &str| {
            let quotient = Decimal::parse_plain(above)?.over(Decimal::parse_plain(below)?)?;
            quotient.times(Decimal::whole(100))?.round()
        };
        assert_eq!(over("10", "4"), Some(250));
        assert_eq!(over("1", "0.45359237"), Some(220));
        assert_eq!(over("2", "3"), Some(67));
        assert_eq!(over("2", "0"), None);
    }

    #[test]
    fn one_comma_before_three_digits_is_ambiguous() {
        assert_eq!(read("1,234"), Err(NumberError::Ambiguous));
        assert_eq!(read("1,2.3.4"), Err(NumberError::Unreadable));
        assert_eq!(read("abc"), Err(NumberError::Unreadable));
    }

    #[test]
    fn doubles_keep_their_shortest_digits() {
        let sum = Decimal::parse_plain(&(0.1_f64 + 0.2).to_string()).unwrap();
        assert_eq!(sum.times(Decimal::whole(10)).unwrap().round(), Some(3));
        assert!(Decimal::parse_plain(&1e-300_f64.to_string()).is_some());
    }

    #[test]
    fn a_number_that_does_not_fit_is_none() {
        for mantissa in [i128::MAX, i128::MIN] {
            assert_eq!(Decimal { mantissa, scale: 37 }.round(), (mantissa < 0).then_some(-17));
        }
    }

    proptest! {
        #[test]
        fn what_is_formatted_reads_back(whole in 0_i64..1_000_000_000, cents in 0_i64..100) {
            let text = format!("{whole},{cents:02}");
            prop_assert_eq!(read(&text), Ok(whole * 100 + cents));
            let digits = whole.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 { grouped.push('\u{202f}'); }
                grouped.push(digit);
            }
            prop_assert_eq!(read(&format!("{grouped},{cents:02}")), Ok(whole * 100 + cents));
        }
    }
}
