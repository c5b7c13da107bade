//! Quarters and weeks of a year, and a day of a week: `T2 2026`, `1er trimestre 2026`, `2026-W12`,
//! `semaine 12 de 2026`, `2026-W12-3`.

use chrono::{Months, NaiveDate, Weekday};

const QUARTER: &[&str] = &["t", "q", "trim", "trimestre", "quarter"];
const WEEK: &[&str] = &["s", "w", "sem", "semaine", "week", "wk"];
const ORDINALS: &[(&str, u32)] = &[
    ("premier", 1),
    ("deuxieme", 2),
    ("troisieme", 3),
    ("quatrieme", 4),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
];

/// The first or last day of a quarter (of the calendar) or week (ISO 8601, Monday to Sunday).
/// The words are folded; without a year of four digits there is no day.
pub(super) fn read(words: &[&str], end: bool) -> Option<NaiveDate> {
    let at =
        words.iter().position(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let year: i32 = words[at].parse().ok().filter(|year| (1900..=2100).contains(year))?;
    let others: Vec<&str> =
        words.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, word)| *word).collect();
    if let [week, day] = others.as_slice()
        && let Some(week) = week.strip_prefix('w').and_then(|week| week.parse().ok())
    {
        let day = Weekday::try_from(day.parse::<u8>().ok()?.checked_sub(1)?).ok()?;
        return NaiveDate::from_isoywd_opt(year, week, day);
    }
    let (name, number) = match others.as_slice() {
        [joined] => joined.split_at(joined.find(|first: char| first.is_ascii_digit())?),
        [left, right] if count(left).is_some() => (*right, *left),
        [left, right] => (*left, *right),
        _ => return None,
    };
    let number = count(number)?;
    if QUARTER.contains(&name) && (1..=4).contains(&number) {
        let first = NaiveDate::from_ymd_opt(year, number * 3 - 2, 1)?;
        return if end { first.checked_add_months(Months::new(3))?.pred_opt() } else { Some(first) };
    }
    if WEEK.contains(&name) {
        return NaiveDate::from_isoywd_opt(year, number, if end { Weekday::Sun } else { Weekday::Mon });
    }
    None
}

/// `2`, `1er`, `2e`, `3eme`, `2nd`, `4th`, `premier`.
fn count(word: &str) -> Option<u32> {
    if let Some((_, number)) = ORDINALS.iter().find(|(ordinal, _)| *ordinal == word) {
        return Some(*number);
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, ending) = word.split_at(digits);
    let known = ["", "er", "ere", "e", "eme", "ieme", "st", "nd", "rd", "th"].contains(&ending);
    if known { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::read;
    use chrono::NaiveDate;

    #[test]
    fn quarters_and_weeks_begin_and_end_on_their_days() {
        let day = |month, day| NaiveDate::from_ymd_opt(2026, month, day);
        for words in [
            &["t2", "2026"][..],
            &["2026", "q2"],
            &["2e", "trimestre", "2026"],
            &["deuxieme", "quarter", "2026"],
        ] {
            assert_eq!((read(words, false), read(words, true)), (day(4, 1), day(6, 30)), "{words:?}");
        }
        for words in [&["2026", "w12"][..], &["semaine", "12", "2026"], &["sem", "12", "2026"]] {
            assert_eq!((read(words, false), read(words, true)), (day(3, 16), day(3, 22)), "{words:?}");
        }
        assert_eq!(read(&["2026", "w12", "3"], true), day(3, 18));
        for words in [
            &["t5", "2026"][..],
            &["t1"],
            &["mars", "2026"],
            &["semaine", "54", "2026"],
            &["1er", "mars", "2026"],
        ] {
            assert_eq!(read(words, false), None, "{words:?}");
        }
    }
}
