//! Decimals with a fixed number of places, as integers.

/// Reads a decimal to so many places, half away from zero; none when it is no number or too large.
pub(super) fn read(text: &str, places: u32) -> Option<i64> {
    let text = text.trim();
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.as_bytes().first()? {
        b'-' => (-1, &mantissa[1..]),
        b'+' => (1, &mantissa[1..]),
        _ => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty())
        || !(whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    if is_zero(digits) {
        return Some(0);
    }
    let all: String = [whole, fraction].concat();
    // The decimal point stands so many digits from the start, after scaling to the places.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent) + i64::from(places);
    let mut value: i128 = 0;
    for position in 0..point.max(0) {
        let digit =
            usize::try_from(position).ok().and_then(|at| all.as_bytes().get(at)).map_or(0, |b| b - b'0');
        value = value.checked_mul(10)?.checked_add(i128::from(digit))?;
        if value > i128::from(i64::MAX) {
            return None;
        }
    }
    let next = usize::try_from(point).ok().and_then(|at| all.as_bytes().get(at));
    if point >= 0 && next.is_some_and(|digit| *digit >= b'5') {
        value += 1;
    }
    i64::try_from(sign * value).ok()
}

/// Reads a decimal that is a whole number, also where it is written with places.
pub(super) fn whole(text: &str) -> Option<i64> {
    read(text, 0).filter(|_| !is_rounded(text, 0))
}

/// Whether a decimal is below zero, also where its places do not show it.
pub(super) fn is_negative(text: &str) -> bool {
    let text = text.trim();
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    mantissa.starts_with('-') && !is_zero(mantissa)
}

/// Whether no digit before the exponent counts.
fn is_zero(mantissa: &str) -> bool {
    mantissa.bytes().all(|byte| !byte.is_ascii_digit() || byte == b'0')
}

/// Whether it is a decimal that only its size keeps from being read.
pub(super) fn is_too_large(text: &str, places: u32) -> bool {
    let text = text.trim();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let are_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_number = !(exponent.is_empty() || whole.is_empty() && fraction.is_empty());
    is_number && [whole, fraction, exponent].into_iter().all(are_digits) && read(text, places).is_none()
}

/// Whether so many places cannot hold a decimal as it is written.
pub(super) fn is_rounded(text: &str, places: u32) -> bool {
    let text = text.trim();
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let fraction = mantissa.split_once('.').map_or("", |(_, fraction)| fraction).trim_end_matches('0');
    let Ok(exponent) = exponent.parse::<i64>() else { return false };
    // Zeros before the point count as digits when the exponent moves it to the left.
    let digits = if fraction.is_empty() {
        let whole = mantissa.split('.').next().unwrap_or_default();
        -i64::try_from(whole.len() - whole.trim_end_matches('0').len()).unwrap_or(0)
    } else {
        i64::try_from(fraction.len()).unwrap_or(i64::MAX)
    };
    !is_zero(mantissa) && digits - exponent > i64::from(places)
}

/// Writes it back.
pub(super) fn show(value: i64, places: u32) -> String {
    if places == 0 {
        return value.to_string();
    }
    let scale = 10_u64.pow(places);
    let sign = if value < 0 { "-" } else { "" };
    let value = value.unsigned_abs();
    format!("{sign}{}.{:0width$}", value / scale, value % scale, width = places as usize)
}

#[cfg(test)]
mod tests {
    use super::{is_negative, is_rounded, is_too_large, read, show, whole};

    #[test]
    fn a_number_that_is_too_large_is_a_number() {
        let long = "1".repeat(40);
        for text in ["9223372036854775808", "1e30", "1.5E+30", "-1e99", "1e999999999999", long.as_str()] {
            assert!(is_too_large(text, 0), "{text}");
        }
        assert!(is_too_large("9223372036854775807", 1) && !is_too_large("9223372036854775807", 0));
        for text in ["", "-", "1,5", "abc", "NaN", "inf", "0x10", "e5", "1e", "1e-99", "7"] {
            assert!(!is_too_large(text, 0), "{text}");
        }
    }

    #[test]
    fn what_the_places_cannot_hold_is_known() {
        for (text, places) in [("4.0486", 3), ("1.25e-1", 2), ("5e-1", 0), ("12e-2", 1), ("0.001", 2)] {
            assert!(is_rounded(text, places), "{text}");
        }
        for (text, places) in
            [("4.050", 2), ("1.25e1", 1), ("120e-1", 0), ("0.000", 0), ("7", 0), ("1.5E3", 0), ("0e-9", 0)]
        {
            assert!(!is_rounded(text, places), "{text}");
        }
    }

    #[test]
    fn whole_numbers_and_zeros_are_known_however_they_are_written() {
        for (text, number) in
            [("5", Some(5)), ("5.0", Some(5)), ("50e-1", Some(5)), ("2.6", None), ("", None)]
        {
            assert_eq!(whole(text), number, "{text}");
        }
        for (text, expected) in
            [("-0.0", false), ("-0e5", false), ("0", false), ("-0.004", true), ("-5", true)]
        {
            assert_eq!(is_negative(text), expected, "{text}");
        }
    }

    #[test]
    fn decimals_are_read_as_they_are_written() {
        assert_eq!(read("4.04865651356017", 3), Some(4049));
        assert_eq!(read("-0.0005", 3), Some(-1));
        assert_eq!(read("1.2e+05", 1), Some(1_200_000));
        assert_eq!(read("12e-1", 0), Some(1));
        assert_eq!(read(" 7 ", 2), Some(700));
        assert_eq!(read("0.04", 0), Some(0));
        // At once: there is no digit to move.
        assert_eq!(read("-0.00e2000000000", 2), Some(0));
        assert_eq!(read("0.0001e2000000000", 2), None);
        for wrong in ["", "-", ".", "1,5", "abc", "NaN", "1e99", "0x10", "1.2.3"] {
            assert_eq!(read(wrong, 2), None, "{wrong}");
        }
        assert_eq!(show(4049, 3), "4.049");
        assert_eq!(show(-1, 3), "-0.001");
        assert_eq!(show(12, 0), "12");
    }
}
