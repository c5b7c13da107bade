//! Percent-encoding, HTML entities and the escapes of JSON and scripts.

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
            b'%' => percent(rest),
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

fn percent(rest: &str) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    while let Some(code) = rest.get(bytes.len() * 3..bytes.len() * 3 + 3) {
        let Some(hexadecimal) = code.strip_prefix('%') else { break };
        let Ok(byte) = u8::from_str_radix(hexadecimal, 16) else { break };
        bytes.push(byte);
    }
    let length = bytes.len() * 3;
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
        b'x' => Some((char::from_u32(number(2, 2)?)?.to_string(), 4)),
        b'n' | b'r' | b't' | b'b' | b'f' => Some(("\n".to_owned(), 2)),
        b'/' => Some(("/".to_owned(), 2)),
        b'"' => Some(("\"".to_owned(), 2)),
        b'\\' => Some(("\\".to_owned(), 2)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::undone;

    #[test]
    fn every_escape_is_undone_and_other_text_stays() {
        for (escaped, plain) in [
            ("M%C3%A9tal", "Métal"),
            ("M%E9tal", "Métal"),
            ("M&eacute;tal &#233; &#xE9; &nbsp;&amp;", "Metal é é  &"),
            (r"M\u00e9tal \ud83d\ude00 \xe9 \u{e9} a\/b", "Métal 😀 é é a/b"),
        ] {
            assert_eq!(undone(escaped).as_deref(), Some(plain), "{escaped}");
        }
        for text in ["100 % bois", "a & b", "c\\d", "sans rien", "&", "%", "\\", "%é", "\\ué", "&é;"] {
            assert_eq!(undone(text), None, "{text}");
        }
    }
}
