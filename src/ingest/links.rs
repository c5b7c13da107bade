//! The `Link` header (RFC 8288, section 3).

use reqwest::Url;

/// A header that is no list of links.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoLinks;

/// Text of a header: UTF-8, else one character a byte.
pub(super) fn text_of(header: &[u8]) -> String {
    std::str::from_utf8(header)
        .map_or_else(|_| header.iter().copied().map(char::from).collect(), str::to_owned)
}

/// The address of the link from the page `about` whose relation is `next`, whatever its letters' case: of
/// several `rel` parameters the first counts, and a link with the `anchor` of something else is not ours.
pub(super) fn next_of(header: &str, about: &Url) -> Result<Option<String>, NoLinks> {
    let mut rest = header;
    loop {
        // Elements of a list may be empty (RFC 9110, section 5.6.1).
        rest = rest.trim_start_matches(|character: char| character == ',' || character.is_whitespace());
        if rest.is_empty() {
            return Ok(None);
        }
        let (address, after) = rest.strip_prefix('<').and_then(|link| link.split_once('>')).ok_or(NoLinks)?;
        let mut relation: Option<String> = None;
        let mut elsewhere = false;
        rest = after.trim_start();
        while let Some(parameter) = rest.strip_prefix(';') {
            let (name, value, after) = parameter_of(parameter);
            match name.to_ascii_lowercase().as_str() {
                "rel" if relation.is_none() => relation = Some(value),
                "anchor" => elsewhere = !is_same(about, &value),
                _ => {}
            }
            rest = after.trim_start();
        }
        // Some platforms write the apostrophe for the quotation mark.
        let relations = relation.as_deref().map(|relation| relation.trim_matches('\''));
        let is_next = |relations: &str| {
            relations.split_whitespace().any(|relation| relation.eq_ignore_ascii_case("next"))
        };
        if !elsewhere && relations.is_some_and(is_next) {
            return Ok(Some(address.trim().to_owned()));
        }
        if !rest.is_empty() && !rest.starts_with(',') {
            return Err(NoLinks);
        }
    }
}

/// Whether an anchor is the page itself.
fn is_same(about: &Url, anchor: &str) -> bool {
    let mut page = about.clone();
    page.set_fragment(None);
    page.join(anchor.trim()).is_ok_and(|anchor| anchor == page)
}

/// Name, value without its quotation marks, and what follows.
fn parameter_of(text: &str) -> (&str, String, &str) {
    let end = text.find(['=', ';', ',']).unwrap_or(text.len());
    let (name, rest) = (text[..end].trim(), &text[end..]);
    let Some(value) = rest.strip_prefix('=') else { return (name, String::new(), rest) };
    let value = value.trim_start();
    let Some(quoted) = value.strip_prefix('"') else {
        let end = value.find([';', ',']).unwrap_or(value.len());
        return (name, value[..end].trim().to_owned(), &value[end..]);
    };
    let mut read = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (name, read, &quoted[at + 1..]),
            '\\' => read.extend(characters.next().map(|(_, escaped)| escaped)),
            other => read.push(other),
        }
    }
    (name, read, "")
}

#[cfg(test)]
mod tests {
    use super::{NoLinks, next_of, text_of};
    use reqwest::Url;

    #[test]
    fn the_next_page_is_read_from_a_link_header() {
        let about = Url::parse("https://h/a?page=1").unwrap();
        for (header, expected) in [
            (
                r#"<https://h/a?page=1>; rel="prev", <https://h/a?page=3>; title="x"; rel="next""#,
                Some("https://h/a?page=3"),
            ),
            (r#"</b,c;d>; title="une <suite>, \"deux\"; rel=next"; rel="last NEXT""#, Some("/b,c;d")),
            ("<https://h/a> ;rel = next", Some("https://h/a")),
            ("<https://h/a>; REL='Next'", Some("https://h/a")),
            ("<https://h/a>; rel='last next'", Some("https://h/a")),
            (", ,<https://h/a>;rel=prev,\t,<https://h/b>;rel=next", Some("https://h/b")),
            (r#"<https://h/a>; rel="last""#, None),
            ("<https://h/a>; rel=prev; rel=next", None),
            (r##"<https://h/a>; anchor="#x"; rel=next, <https://h/b>; rel=next"##, Some("https://h/b")),
            (r#"<https://h/b>; anchor=""; rel=next"#, Some("https://h/b")),
            (r#"<https://h/b>; anchor="/a?page=1"; rel=next"#, Some("https://h/b")),
            (r#"<https://h/b>; anchor="/c"; rel=next"#, None),
            (r#"<https://h/a>; rel="next"#, Some("https://h/a")),
            ("<?ville=Québec&page=2>; rel=next; title=\"Société\"", Some("?ville=Québec&page=2")),
            ("", None),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(next_of(header, &about), Ok(expected), "{header}");
        }
        for header in ["<https://h/a", "https://h/a; rel=next", "<https://h/a>; title=\"x\" y; rel=next"] {
            assert_eq!(next_of(header, &about), Err(NoLinks), "{header}");
        }
    }

    #[test]
    fn bytes_that_are_no_utf8_are_characters_of_latin_1() {
        assert_eq!(text_of(b"Soci\xE9t\xE9"), "Société");
        assert_eq!(text_of("Société".as_bytes()), "Société");
    }
}
