//! Percent-encoding, quoted-printable, HTML entities and the escapes of JSON, scripts and style sheets.

use encoding_rs::WINDOWS_1252;

/// The text with its escapes undone, when it has any.
pub(super) fn undone(text: &str) -> Option<String> {
    if !text.contains(['%', '&', '\\']) {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find(['%', '&', '\\']) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let undone = match rest.as_bytes()[0] {
            b'%' => coded(rest, "%", 2, 16),
            b'&' => entity(rest),
            _ => backslash(rest),
        };
        if let Some((text, length)) = undone {
            plain.push_str(&text);
            rest = &rest[length..];
            changed = true;
        } else {
            plain.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    changed.then_some(plain)
}

/// The text with its quoted-printable undone, when it has any. One sign in ASCII or in lower case is no
/// reason to think so: `width=12`, `id=ab`.
pub(super) fn quoted(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find('=') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let is_upper = || !rest[1..3].bytes().any(|digit| digit.is_ascii_lowercase());
        let coded =
            coded(rest, "=", 2, 16).filter(|(text, length)| *length > 3 || !text.is_ascii() && is_upper());
        let line_end = ["=\r\n", "=\n"].into_iter().find(|end| rest.starts_with(end));
        if let Some((text, length)) = coded {
            plain.push_str(&text);
            rest = &rest[length..];
            changed = true;
        } else if let Some(end) = line_end {
            rest = &rest[end.len()..];
            changed = true;
        } else {
            plain.push('=');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    changed.then_some(plain)
}

/// A run of bytes, each a mark and so many digits, as text.
fn coded(rest: &str, mark: &str, digits: usize, radix: u32) -> Option<(String, usize)> {
    let step = mark.len() + digits;
    let mut bytes = Vec::new();
    while let Some(code) = rest.get(bytes.len() * step..(bytes.len() + 1) * step) {
        let Some(number) = code.strip_prefix(mark) else { break };
        let Ok(byte) = u8::from_str_radix(number, radix) else { break };
        bytes.push(byte);
    }
    let length = bytes.len() * step;
    (length > 0).then(|| (text_of(bytes), length))
}

/// UTF-8, or else windows-1252, of which latin-1 is a part.
fn text_of(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| WINDOWS_1252.decode_without_bom_handling(error.as_bytes()).0.into_owned())
}

fn entity(rest: &str) -> Option<(String, usize)> {
    // Only the first bytes: `rest` may be the whole page.
    let end = rest.as_bytes().iter().take(34).position(|byte| *byte == b';')?;
    let name = rest.get(1..end)?;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
            None => number.parse(),
        };
        return Some((char::from_u32(code.ok()?)?.to_string(), end + 1));
    }
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    Some((named(name).to_owned(), end + 1))
}

/// What a named entity is once folded: its letter without its accent; a space for any other sign.
fn named(name: &str) -> &str {
    const ACCENTS: &[&str] = &[
        "acute", "grave", "circ", "uml", "tilde", "cedil", "ring", "caron", "slash", "macr", "ogon", "breve",
    ];
    match name {
        "amp" => return "&",
        "lt" => return "<",
        "gt" => return ">",
        "quot" => return "\"",
        "apos" | "rsquo" | "lsquo" => return "'",
        "shy" | "zwj" | "zwnj" => return "",
        "oelig" | "OElig" => return "oe",
        "aelig" | "AElig" => return "ae",
        "szlig" => return "ss",
        "commat" => return "@",
        "period" => return ".",
        "sol" => return "/",
        "hyphen" | "dash" => return "-",
        "lpar" => return "(",
        "rpar" => return ")",
        _ => {}
    }
    let is_letter = name.starts_with(|first: char| first.is_ascii_alphabetic());
    if is_letter && name.get(1..).is_some_and(|accent| ACCENTS.contains(&accent)) { &name[..1] } else { " " }
}

fn backslash(rest: &str) -> Option<(String, usize)> {
    let number = |from: usize, digits: usize| u32::from_str_radix(rest.get(from..from + digits)?, 16).ok();
    match rest.as_bytes().get(1)? {
        b'u' if rest[2..].starts_with('{') => {
            let end = rest.as_bytes().iter().take(11).position(|byte| *byte == b'}')?;
            let code = u32::from_str_radix(rest.get(3..end)?, 16).ok()?;
            Some((char::from_u32(code)?.to_string(), end + 1))
        }
        b'u' => {
            let high = number(2, 4)?;
            if let Some(character) = char::from_u32(high) {
                return Some((character.to_string(), 6));
            }
            let low = rest.get(6..8).filter(|mark| *mark == "\\u").and_then(|_| number(8, 4))?;
            let code = 0x1_0000 + ((high & 0x3ff) << 10) + (low & 0x3ff);
            Some((char::from_u32(code)?.to_string(), 12))
        }
        b'x' => coded(rest, "\\x", 2, 16),
        b'n' | b'r' | b't' | b'b' | b'f' => Some(("\n".to_owned(), 2)),
        b'/' => Some(("/".to_owned(), 2)),
        b'"' => Some(("\"".to_owned(), 2)),
        b'\\' => Some(("\\".to_owned(), 2)),
        digit if digit.is_ascii_hexdigit() => numbered(rest),
        _ => None,
    }
}

/// `\351` of a script, or `\e9 ` of a style sheet, where six digits need no end.
fn numbered(rest: &str) -> Option<(String, usize)> {
    const LONGEST: usize = 6;
    let digits = rest.bytes().skip(1).take(LONGEST).take_while(u8::is_ascii_hexdigit).count();
    let is_padded = digits >= 4 && rest[1..].starts_with("00");
    if !is_padded && let Some(octal) = coded(rest, "\\", 3, 8) {
        return Some(octal);
    }
    let next = rest.as_bytes().get(1 + digits);
    if digits < 2 || digits < LONGEST && next.is_some_and(u8::is_ascii_alphanumeric) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(&rest[1..=digits], 16).ok()?)?;
    // One space belongs to the escape.
    let end = usize::from(next.is_some_and(u8::is_ascii_whitespace));
    Some((character.to_string(), 1 + digits + end))
}

#[cfg(test)]
mod tests {
    use super::{quoted, undone};

    #[test]
    fn every_escape_is_undone_and_other_text_stays() {
        for (escaped, plain) in [
            ("M%C3%A9tal", "Métal"),
            ("M%E9tal", "Métal"),
            ("M&eacute;tal &#233; &#xE9; &nbsp;&amp;", "Metal é é  &"),
            (r"M\u00e9tal \ud83d\ude00 \xe9 \u{e9} a\/b", "Métal 😀 é é a/b"),
            (r"M\xc3\xa9tal M\303\251tal M\351tal", "Métal Métal Métal"),
            (r"M\0000e9tal M\0000E9 tal M\e9 tal \4d\e9\74", "Métal Métal Métal Mét"),
        ] {
            assert_eq!(undone(escaped).as_deref(), Some(plain), "{escaped}");
        }
        for text in ["100 % bois", "a & b", "c\\d", "sans rien", "&", "%", "\\", "%é", "\\ué", "&é;"] {
            assert_eq!(undone(text), None, "{text}");
        }
    }

    #[test]
    fn quoted_printable_is_undone_and_attributes_stay() {
        for (coded, plain) in [
            ("M=C3=A9tal", "Métal"),
            ("M=E9tal", "Métal"),
            ("=4D=C3=A9=74al", "Métal"),
            ("M=C3=A9t=\r\nal", "Métal"),
        ] {
            assert_eq!(quoted(coded).as_deref(), Some(plain), "{coded}");
        }
        for text in ["width=12", "<a href=\"b\" id=ab>", "a==b", "=", "x = 1", "?a=4D&b=12"] {
            assert_eq!(quoted(text), None, "{text}");
        }
    }
}
