//! The `Link` header (RFC 8288, section 3).

/// The address of the link whose relation is `next`, whatever its letters' case: of several
/// `rel` parameters the first counts, and a link with an `anchor` is about something else.
pub(super) fn next_of(header: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let (address, after) = rest.split_once('<')?.1.split_once('>')?;
        let mut relation: Option<String> = None;
        let mut elsewhere = false;
        rest = after;
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let (name, value, after) = parameter_of(parameter);
            match name.to_ascii_lowercase().as_str() {
                "rel" if relation.is_none() => relation = Some(value),
                "anchor" => elsewhere = true,
                _ => {}
            }
            rest = after;
        }
        let is_next =
            |relation: &String| relation.split_whitespace().any(|one| one.eq_ignore_ascii_case("next"));
        if !elsewhere && relation.as_ref().is_some_and(is_next) {
            return Some(address.trim().to_owned());
        }
    }
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
    use super::next_of;

    #[test]
    fn the_next_page_is_read_from_a_link_header() {
        for (header, expected) in [
            (
                r#"<https://h/a?page=1>; rel="prev", <https://h/a?page=3>; title="x"; rel="next""#,
                Some("https://h/a?page=3"),
            ),
            (r#"</b,c;d>; title="une <suite>, \"deux\"; rel=next"; rel="last NEXT""#, Some("/b,c;d")),
            ("<https://h/a> ;rel = next", Some("https://h/a")),
            (r#"<https://h/a>; rel="last""#, None),
            ("<https://h/a>; rel=prev; rel=next", None),
            (r##"<https://h/a>; anchor="#x"; rel=next, <https://h/b>; rel=next"##, Some("https://h/b")),
            (r#"<https://h/a>; rel="next"#, Some("https://h/a")),
            ("<https://h/a", None),
            ("", None),
        ] {
            assert_eq!(next_of(header).as_deref(), expected, "{header}");
        }
    }
}
