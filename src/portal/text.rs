//! Two languages: words, numbers and dates as each writes them.

use chrono::{Datelike as _, NaiveDate};

/// A language of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    French,
    English,
}

impl Language {
    pub(super) fn parse(code: &str) -> Option<Self> {
        match code {
            "fr" => Some(Self::French),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The code of `lang` attributes.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }

    /// How the language calls itself.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::French => "Français",
            Self::English => "English",
        }
    }

    /// The text of this language.
    pub(super) const fn pick<'a>(self, french: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    /// The text of this language, owned.
    pub(super) fn say(self, french: &str, english: &str) -> String {
        self.pick(french, english).to_owned()
    }

    /// A whole number with its thousands apart: U+00A0 in French, a comma in English.
    pub(super) fn whole(self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::new();
        for (position, digit) in digits.chars().enumerate() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                grouped.push(self.pick("\u{a0}", ",").chars().next().unwrap_or(' '));
            }
            grouped.push(digit);
        }
        if number < 0 { format!("\u{2212}{grouped}") } else { grouped }
    }

    /// Thousandths as units: one decimal below ten units, none above, a plain zero, never a false one.
    pub(super) fn thousandths(self, amount: i64) -> String {
        if amount == 0 {
            return "0".to_owned();
        }
        let magnitude = amount.unsigned_abs();
        let sign = if amount < 0 { "\u{2212}" } else { "" };
        if magnitude >= 10_000 {
            return self.whole((amount + 500 * amount.signum()) / 1000);
        }
        let tenths = (magnitude + 50) / 100;
        if tenths == 0 {
            return format!("{}0{}1", self.pick("moins de ", "less than "), self.pick(",", "."));
        }
        format!("{sign}{}{}{}", tenths / 10, self.pick(",", "."), tenths % 10)
    }

    /// A date in words.
    pub(super) fn date(self, day: NaiveDate) -> String {
        const FRENCH: [&str; 12] = [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ];
        const ENGLISH: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = day.month0() as usize;
        match self {
            Self::French => {
                let number = if day.day() == 1 { "1er".to_owned() } else { day.day().to_string() };
                format!("{number}\u{a0}{} {}", FRENCH[month], day.year())
            }
            Self::English => format!("{} {}, {}", ENGLISH[month], day.day(), day.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{English, French};

    #[test]
    fn numbers_are_written_as_each_language_does() {
        assert_eq!(French.whole(1_234_567), "1\u{a0}234\u{a0}567");
        assert_eq!(English.whole(-1_234), "\u{2212}1,234");
        assert_eq!(French.thousandths(1_549), "1,5");
        assert_eq!(English.thousandths(1_549_600), "1,550");
        assert_eq!(French.thousandths(0), "0");
        assert_eq!(French.thousandths(20), "moins de 0,1");
    }

    #[test]
    fn the_first_of_a_month_is_premier_in_french() {
        let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        assert_eq!(French.date(day), "1er\u{a0}novembre 2026");
        assert_eq!(English.date(day), "November 1, 2026");
    }
}
