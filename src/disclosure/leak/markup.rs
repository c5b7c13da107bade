//! Text of HTML and SVG without its tags.

/// Tags between which a word or a number never goes on.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "caption",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "td",
    "text",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
];
/// A longer `<…>` is no tag.
const LONGEST_TAG: usize = 10_000;

/// What comes in the place of a tag.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tags {
    /// A break between words.
    Split,
    /// Nothing inside a line, a line break between blocks.
    Join,
    /// As `Join`, with tags that end at the first `>`, quoted or not, and comments as text.
    JoinLoosely,
}

/// The text without tags, when it has any.
pub(super) fn stripped(text: &str, tags: Tags) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(at) = rest.find('<') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(length) = tag(rest, tags != Tags::JoinLoosely) {
            let name: String =
                rest[1..].trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
            if tags == Tags::Split {
                plain.push_str(" | ");
            } else if BLOCKS.contains(&name.to_ascii_lowercase().as_str()) {
                plain.push('\n');
            }
            rest = &rest[length..];
            changed = true;
        } else {
            plain.push('<');
            rest = &rest[1..];
        }
    }
    plain.push_str(rest);
    changed.then_some(plain)
}

/// Length of the tag or comment that begins here.
fn tag(rest: &str, heeds_quotes: bool) -> Option<usize> {
    if rest.starts_with("<!--") {
        return if heeds_quotes { rest.find("-->").map(|end| end + 3) } else { Some(4) };
    }
    let first = *rest.as_bytes().get(1)?;
    if !first.is_ascii_alphabetic() && !matches!(first, b'/' | b'!' | b'?') {
        return None;
    }
    let mut quote = None;
    for (place, byte) in rest.bytes().take(LONGEST_TAG).enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (None, b'"' | b'\'') if heeds_quotes => quote = Some(byte),
            (None, b'>') => return Some(place + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Tags, stripped};

    #[test]
    fn tags_join_inside_a_line_and_split_between_blocks() {
        let text = "<p>Mé<b title='a>b'>tal</b></p><p>1 < 2<!-- x -->3</p>";
        assert_eq!(stripped(text, Tags::Join).unwrap(), "\nMétal\n\n1 < 23\n");
        assert_eq!(stripped("<a href='<b>Mé</b>tal'>", Tags::JoinLoosely).unwrap(), "Métal'>");
        assert_eq!(stripped("a<b>c</b>", Tags::Split).unwrap(), "a | c | ");
        assert_eq!(stripped("1 < 2", Tags::Split), None);
    }
}
