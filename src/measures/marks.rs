//! Decimal and thousands marks that a mapping declares, which win over what is found; and the decimal mark
//! that the cells of a column settle among themselves.

use super::number::{Decimal, NumberError, plain, token};

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

/// The decimal mark that one number speaks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Vote {
    is_comma: bool,
    /// Thousands are grouped too: the number can be read in no other way.
    is_sure: bool,
}

impl Vote {
    /// Of the first number in a text; none where nothing tells (`1,234`, `12`).
    fn of(text: &str) -> Option<Self> {
        if !text.contains(['.', ',']) {
            return None;
        }
        let text = plain(text);
        let (digits, _) = token(&text[text.find(|first: char| first.is_ascii_digit())?..])?;
        let is_spaced = digits.contains([' ', '\'']);
        let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
        let (is_comma, is_sure) = match (commas, points) {
            (0, 0) => return None,
            (0, 1) | (1, 0) => {
                let (whole, fraction) = digits.split_once(['.', ','])?;
                let could_group = fraction.len() == 3 && whole.len() <= 3 && !whole.starts_with('0');
                if could_group && !is_spaced {
                    return None;
                }
                (commas == 1, is_spaced)
            }
            // A mark that comes more than once is between thousands.
            (0, _) => (true, true),
            (_, 0) => (false, true),
            (1, _) if digits.rfind(',') > digits.rfind('.') => (true, true),
            (_, 1) if digits.rfind('.') > digits.rfind(',') => (false, true),
            _ => return None,
        };
        Some(Self { is_comma, is_sure })
    }
}

/// What the typed numbers of one column say of its decimal mark.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Votes {
    commas: usize,
    points: usize,
    sure_commas: usize,
    sure_points: usize,
}

impl Votes {
    /// Counts one cell.
    pub(crate) fn take(&mut self, text: &str) {
        let Some(Vote { is_comma, is_sure }) = Vote::of(text) else { return };
        let (all, sure) = if is_comma {
            (&mut self.commas, &mut self.sure_commas)
        } else {
            (&mut self.points, &mut self.sure_points)
        };
        *all += 1;
        *sure += usize::from(is_sure);
    }

    /// Whether a number has another decimal mark than the column, of which numbers with grouped thousands
    /// all have the same, and most of the others too.
    pub(crate) fn are_contradicted(self, text: &str) -> bool {
        let settled = match (self.sure_commas, self.sure_points) {
            (1.., 0) if self.commas > self.points => true,
            (0, 1..) if self.points > self.commas => false,
            _ => return false,
        };
        Vote::of(text).is_some_and(|vote| vote.is_comma != settled)
    }
}

#[cfg(test)]
mod tests {
    use super::super::number::{Decimal, NumberError, leading_with, plain};
    use super::{Marks, Votes};

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

    fn votes(cells: &[&str]) -> Votes {
        let mut votes = Votes::default();
        for cell in cells {
            votes.take(cell);
        }
        votes
    }

    #[test]
    fn the_other_cells_of_a_column_settle_its_decimal_mark() {
        let english = votes(&["1,234.56", "12,345.60", "2,345.67", "1,23", "500 kg", "1,234"]);
        for (text, is_contradicted) in
            [("1,23", true), ("12,3456 kg", true), ("0,5", true), ("1.5", false), ("1,234", false)]
        {
            assert_eq!(english.are_contradicted(text), is_contradicted, "{text}");
        }
        let french = votes(&["1 234,56", "environ 12\u{a0}345,60 kg", "1.234.567", "12.75"]);
        assert!(french.are_contradicted("12.75") && !french.are_contradicted("2,5 à 3,5 t"));
    }

    #[test]
    fn a_column_that_is_written_both_ways_settles_nothing() {
        for cells in [
            &["1 234,56", "1,234.56", "2,345.67"][..],
            &["2,5", "3,75"],
            &["1 234,56", "2.5", "3.5"],
            &["1 234,56", "2.5"],
        ] {
            let votes = votes(cells);
            assert!(!votes.are_contradicted("2.5") && !votes.are_contradicted("2,5"), "{cells:?}");
        }
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
