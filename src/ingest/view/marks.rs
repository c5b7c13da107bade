//! Lines whose quotation marks stand where nobody can doubt them: around whole fields, with none
//! inside. Nearly every line with marks is one, and needs no parser.

use super::super::dialect::Dialect;

/// Shows every field of such a line without its marks; gives how many there are, or none when the
/// line is another, of which fields may have been shown before that was seen.
pub(super) fn each_field<'a>(
    line: &'a [u8],
    dialect: &Dialect,
    mut show: impl FnMut(&'a [u8]),
) -> Option<usize> {
    let Dialect { delimiter, quote, escape, .. } = *dialect;
    let quote = quote?;
    if escape.is_some_and(|escape| memchr::memchr(escape, line).is_some()) {
        return None;
    }
    let (mut at, mut fields) = (0, 0);
    loop {
        let rest = &line[at..];
        let (field, end) = if rest.first() == Some(&quote) {
            let length = memchr::memchr(quote, &rest[1..])?;
            (&rest[1..=length], at + length + 2)
        } else {
            let length = memchr::memchr2(delimiter, quote, rest).unwrap_or(rest.len());
            (&rest[..length], at + length)
        };
        show(field);
        fields += 1;
        match line.get(end) {
            None => return Some(fields),
            Some(byte) if *byte == delimiter => at = end + 1,
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::dialect::Dialect;
    use super::each_field;

    fn fields(line: &str, dialect: &Dialect) -> Option<Vec<String>> {
        let mut seen = Vec::new();
        let count = each_field(line.as_bytes(), dialect, |field| {
            seen.push(String::from_utf8(field.to_vec()).unwrap());
        })?;
        assert_eq!(count, seen.len());
        Some(seen)
    }

    #[test]
    fn marks_around_whole_fields_are_taken_off() {
        let dialect = Dialect::new(b';');
        assert_eq!(fields("\"a;b\";1,5;\"\";", &dialect).unwrap(), ["a;b", "1,5", "", ""]);
        assert_eq!(fields("x;\"y\"", &dialect).unwrap(), ["x", "y"]);
        for doubtful in ["\"a\"\"b\";1", "a\"b;1", "\"a;1", "\"a\" ;1", " \"a\";1", "1;\""] {
            assert_eq!(fields(doubtful, &dialect), None, "{doubtful}");
        }
    }

    #[test]
    fn escapes_and_texts_without_marks_are_left_to_the_parser() {
        let escaped = Dialect { escape: Some(b'\\'), ..Dialect::new(b';') };
        assert_eq!(fields("\"a\\b\";1", &escaped), None);
        assert_eq!(fields("\"a\";1", &Dialect { quote: None, ..Dialect::new(b';') }), None);
    }
}
