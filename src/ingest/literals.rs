//! Numbers of json that say more as they are written than as numbers of the machine.

use memchr::memchr2;
use std::borrow::Cow;

/// The text with quotation marks around such numbers, so that they are read as texts.
pub(super) fn quoted(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let (mut at, mut copied, mut written) = (0, 0, String::new());
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_text(bytes, at),
            b'-' | b'0'..=b'9' => {
                let is_of_number =
                    |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
                let end = at + bytes[at..].iter().take_while(is_of_number).count();
                let number = &text[at..end];
                if is_telling(number) {
                    written.push_str(&text[copied..at]);
                    written.push_str(&format!("\"{number}\""));
                    copied = end;
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    written.push_str(&text[copied..]);
    Cow::Owned(written)
}

/// Whether a number of json (RFC 8259, section 6) is written with an exponent, which says how many of its
/// digits are known, or has digits that a number of the machine loses: a whole one wider than 64 bits, or a
/// longer decimal than any double is written as.
pub(super) fn is_telling(number: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_whole = |text: &str| are_digits(text) && (text == "0" || !text.starts_with('0'));
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
            let power = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            is_whole(before) && are_digits(after) && are_digits(power)
        }
        None => match unsigned.split_once('.') {
            Some((whole, after)) => is_whole(whole) && are_digits(after) && is_beyond_doubles(number),
            None => is_whole(unsigned) && number.parse::<i64>().is_err(),
        },
    }
}

/// Decimals of so many digits come back from a double as they went in (`DBL_DIG` of C).
const SURE_DIGITS: usize = 15;

/// Whether a decimal comes back from a double as another one.
fn is_beyond_doubles(number: &str) -> bool {
    // The point, a sign and zeros at the beginning only make it look longer.
    if number.len() <= SURE_DIGITS {
        return false;
    }
    let told = number.trim_end_matches('0').trim_end_matches('.');
    number.parse::<f64>().is_ok_and(|double| double.to_string() != told)
}

/// The place behind a text that begins here.
fn after_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(next) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        if bytes[at + next] == b'"' {
            return at + next + 1;
        }
        at += next + 2;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn numbers_with_an_exponent_and_wide_ones_become_texts_and_nothing_else_does() {
        for (text, expected) in [
            ("[1.14E+09,2e-3 ,-1e5]", r#"["1.14E+09","2e-3" ,"-1e5"]"#),
            (r#"{"a":9223372036854775808}"#, r#"{"a":"9223372036854775808"}"#),
            ("1e5", r#""1e5""#),
            (
                "[0.1234567890123456789,-12345678901234567.0]",
                r#"["0.1234567890123456789","-12345678901234567.0"]"#,
            ),
        ] {
            assert_eq!(quoted(text), expected);
        }
        for text in [
            r#"{"1e5":"2e5 \" 3e5","é":"\\"}"#,
            "[9223372036854775807,-12.50,0,true]",
            // As doubles are written, with or without zeros behind.
            "[0.30000000000000004,1141234567.000000000000,1.10,-0,123456789012.125000000000]",
            // No json, and so left to whoever reads it.
            "[1e,01e5,1.e5,--1,1e5e5,00]",
            r#"{"a":"1e5"#,
            r#"{"a":"\"#,
        ] {
            assert_eq!(quoted(text), text);
        }
    }
}
