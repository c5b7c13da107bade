//! Decimal and thousands marks that a mapping declares: what is declared wins over what is found.

use super::number::{Decimal, NumberError};

/// How the numbers of a column are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The decimal mark; none: it is told by the number itself.
    decimal: Option<char>,
    /// The only mark between thousands; none: any but the decimal mark.
    thousands: Option<char>,
}

impl Marks {
    /// As declared; the settings were checked.
    pub(crate) fn declared(decimal: &str, thousands: Option<&str>) -> Self {
        // Every kind of space and apostrophe was made one before a number is read.
        let one = |mark: &str| match mark.chars().next() {
            Some(space) if space.is_whitespace() => Some(' '),
            Some('’' | '‘') => Some('\''),
            mark => mark,
        };
        Self { decimal: one(decimal), thousands: thousands.and_then(one) }
    }

    /// Whether a mark is declared.
    pub(crate) const fn are_declared(self) -> bool {
        self.decimal.is_some()
    }

    /// Digits with marks as a number; none when no mark is declared.
    pub(crate) fn decimal(self, digits: &str) -> Option<Result<Decimal, NumberError>> {
        let mark = self.decimal?;
        Some(self.whole_and_fraction(digits, mark).ok_or(NumberError::Unreadable))
    }

    fn whole_and_fraction(self, digits: &str, mark: char) -> Option<Decimal> {
        let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
        let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
        let separator = whole.chars().find(|character| !character.is_ascii_digit());
        let whole = match separator {
            None => whole.to_owned(),
            Some(separator) if self.thousands.is_some_and(|declared| declared != separator) => return None,
            Some(separator) => {
                let mut groups = whole.split(separator);
                let first = groups.next()?;
                let grouped = (1..=3).contains(&first.len()) && groups.all(|group| group.len() == 3);
                grouped.then(|| whole.split(separator).collect::<String>())?
            }
        };
        Decimal::parse_plain(&format!("{sign}{whole}.{fraction}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::{Decimal, NumberError, leading_with, plain};
    use super::Marks;

    fn read(text: &str, decimal: &str, thousands: Option<&str>) -> Result<i64, NumberError> {
        let marks = Marks::declared(decimal, thousands);
        let text = plain(text);
        let (number, rest) = leading_with(&text, marks)?;
        assert_eq!(rest, "");
        Ok(number.times(Decimal::whole(1_000)).unwrap().round().unwrap())
    }

    #[test]
    fn a_declared_mark_reads_what_no_one_can_tell_by_itself() {
        assert_eq!(read("1,234", ",", None), Ok(1_234));
        assert_eq!(read("1,234", ".", None), Ok(1_234_000));
        assert_eq!(read("1.234", ",", None), Ok(1_234_000));
        assert_eq!(read("1 234 567,5", ",", Some("\u{a0}")), Ok(1_234_567_500));
        assert_eq!(read("-1’234.5", ".", Some("'")), Ok(-1_234_500));
    }

    #[test]
    fn what_contradicts_the_declared_marks_is_no_number() {
        for (text, decimal, thousands) in [
            ("1.5", ",", None),
            ("1,5", ".", None),
            ("1,234.5", ",", None),
            ("1,2,3", ",", None),
            ("1.234", ",", Some(" ")),
            ("1 234.567,8", ",", None),
        ] {
            assert_eq!(read(text, decimal, thousands), Err(NumberError::Unreadable), "{text} {decimal}");
        }
    }
}
