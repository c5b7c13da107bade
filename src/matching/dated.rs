//! The day that stands behind a status: « proposée le 3 novembre ».

use crate::model::{Said, Status, fold, words};
use chrono::{Datelike as _, NaiveDate};

/// What a text says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// Nothing.
    None,
    /// This one, without doubt.
    On(NaiveDate),
    /// One that could be several, is to come, or lacks its day or month.
    Doubtful,
}

/// Most days before today that a day without its year may lie: beyond, it could be one to come.
const RECENT_DAYS: i64 = 183;

const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "february", "feb"],
    &["mars", "march", "mar"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "august", "aug"],
    &["septembre", "september", "sept", "sep"],
    &["octobre", "october", "oct"],
    &["novembre", "november", "nov"],
    &["decembre", "december", "dec"],
];

/// Words that are also others: they name a month beside a number only.
const OTHER_WORDS: &[&str] = &["mar", "may", "jan", "sep", "dec"];

/// Days that are told from the day of writing, which is not known.
const RELATIVE: &[&str] = &["hier", "yesterday", "demain", "tomorrow", "aujourd", "today"];

/// Words before a year that is told without its day.
const BEFORE_YEAR: &[&str] = &["en", "in", "depuis", "since", "fin", "debut", "mi", "annee", "of", "year"];

/// Other words that lead to a day, or are of one.
const OF_DAY: &[&str] = &["le", "du", "au", "de", "d", "on", "the", "hui"];

/// The status that a text says, with or without a day behind it.
pub(super) fn status(text: &str, as_of: NaiveDate) -> Option<Status> {
    match Status::said(text) {
        Said::Status(status) => return Some(status),
        Said::Several => return None,
        Said::Nothing => {}
    }
    let is_dated = matches!(said(text, as_of), Day::On(_));
    let before = text.split(|letter: char| letter.is_ascii_digit()).next().filter(|_| is_dated)?;
    let before = before.trim_end();
    let month_last = before.rsplit_once(' ').filter(|(_, last)| month(&fold(last)).is_some());
    let bare = month_last.map_or(before, |(bare, _)| bare);
    // What stands behind the day may put the status in doubt.
    Status::from_words(bare).filter(|status| !status.is_doubtful_in(text))
}

/// Whether a text says more than a status and its day: why, or with whom.
pub(super) fn has_remark(text: &str) -> bool {
    let words = words(text.trim_start_matches(|first: char| !first.is_alphabetic()));
    let first = |end: usize| words[..end].join(" ");
    let mut ends = 1..=words.len();
    let exact = ends.clone().rev().find(|end| Status::is_word(&first(*end)));
    // A status may be cut off, or mistyped.
    let is_like = |end: &usize| {
        let said = first(*end);
        [format!("{said}."), said].iter().any(|said| Status::from_words(said).is_some())
    };
    let Some(end) = exact.or_else(|| ends.find(is_like)) else { return false };
    words[end..].iter().any(|word| !is_of_day(word))
}

fn is_of_day(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_digit())
        || month(word).is_some()
        || [BEFORE_YEAR, RELATIVE, OF_DAY].iter().any(|list| list.contains(&word))
}

/// The day that a text says, as seen on a day.
pub(super) fn said(text: &str, as_of: NaiveDate) -> Day {
    let words = words(text);
    let in_words = (0..words.len()).map(|at| named(&words, at, as_of));
    let is_between = |letter: char| letter.is_whitespace() || "(),;:".contains(letter);
    let tokens = text.split(is_between).map(|token| token.trim_matches('.'));
    let all = in_words.chain(tokens.map(in_digits));
    let found: Vec<Day> = all.filter(|day| *day != Day::None).collect();
    let is_near = |word: &String| RELATIVE.contains(&word.as_str());
    match found.as_slice() {
        [] if words.iter().any(is_near) || has_year(&words) => Day::Doubtful,
        [] => Day::None,
        [Day::On(day)] if *day <= as_of => Day::On(*day),
        _ => Day::Doubtful,
    }
}

/// A day that was written, when the calendar has it.
fn on(day: Option<NaiveDate>) -> Day {
    day.map_or(Day::Doubtful, Day::On)
}

fn month(word: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, names)| names.contains(&word)).map(|(month, _)| month)
}

fn number(word: &str) -> Option<u32> {
    let bare = ["er", "st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(*end)).unwrap_or(word);
    bare.parse().ok().filter(|_| bare.len() <= 4)
}

fn year(word: &str) -> Option<i32> {
    word.parse().ok().filter(|year| word.len() == 4 && (1990..=2100).contains(year))
}

fn has_year(words: &[String]) -> bool {
    let is_told = |pair: &[String]| BEFORE_YEAR.contains(&pair[0].as_str()) && year(&pair[1]).is_some();
    words.windows(2).any(is_told)
}

/// A month by its name at a place, with the number before it, or behind; doubtful when its day is not told.
fn named(words: &[String], at: usize, as_of: NaiveDate) -> Day {
    let Some(month) = month(&words[at]) else { return Day::None };
    let get = |at: Option<usize>| at.and_then(|at| words.get(at)).map(String::as_str);
    let day_of = |word: Option<&str>| word.and_then(number).filter(|day| (1..=31).contains(day));
    let (before, behind) = (get(at.checked_sub(1)), get(Some(at + 1)));
    let (day, next) = match (day_of(before), day_of(behind)) {
        (Some(day), _) => (day, at + 1),
        (None, Some(day)) => (day, at + 2),
        (None, None) if OTHER_WORDS.contains(&words[at].as_str()) => return Day::None,
        (None, None) => return Day::Doubtful,
    };
    let told = get(Some(next));
    if let Some(year) = told.and_then(year) {
        return on(NaiveDate::from_ymd_opt(year, month, day));
    }
    // Two digits behind could be a year, or anything.
    if told.and_then(number).is_some() {
        return Day::Doubtful;
    }
    let last = [as_of.year(), as_of.year() - 1]
        .into_iter()
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month, day))
        .find(|day| *day <= as_of);
    on(last.filter(|day| (as_of - *day).num_days() <= RECENT_DAYS))
}

/// A number of at most two digits; else 0, which is no day and no month.
fn short(part: &str) -> u32 {
    if part.len() <= 2 { part.parse().unwrap_or(0) } else { 0 }
}

/// A date in digits: `2026-11-03`, `13/11/2026`; doubtful when day and month cannot be told apart, or the year
/// is cut.
fn in_digits(token: &str) -> Day {
    let parts: Vec<&str> = token.split(['-', '/', '.']).collect();
    if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|digit| digit.is_ascii_digit())) {
        return Day::None;
    }
    let are_short = parts.iter().all(|part| part.len() <= 2);
    match parts.as_slice() {
        [first, month, day] if year(first).is_some() => {
            on(year(first).and_then(|year| NaiveDate::from_ymd_opt(year, short(month), short(day))))
        }
        [first, second, last] if year(last).is_some() => {
            let (day, month) = match (short(first), short(second)) {
                (day, month) if day > 12 || day == month => (day, month),
                (month, day) if day > 12 => (day, month),
                _ => return Day::Doubtful,
            };
            on(year(last).and_then(|year| NaiveDate::from_ymd_opt(year, month, day)))
        }
        [_, _, _] if are_short => Day::Doubtful,
        [_, _] if are_short && token.contains('/') => Day::Doubtful,
        _ => Day::None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, has_remark, said, status};
    use crate::model::Status;
    use chrono::NaiveDate;

    #[test]
    fn a_status_is_read_with_or_without_a_day_behind_it() {
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap();
        for text in [
            "proposée",
            "proposée le 3 novembre",
            "proposée 3 novembre",
            "proposée 2026-11-03",
            "proposed November 3",
            "proposed on Nov. 3rd",
        ] {
            assert_eq!(status(text, as_of), Some(Status::Proposed), "{text}");
        }
        for text in [
            "en attente 3 novembre",
            "peut-être 2026-11-03",
            "3 novembre",
            "2026-11-03 00:00:00",
            "proposée 3 novembre ?",
            "proposée le 3 novembre, refusée",
            "",
        ] {
            assert_eq!(status(text, as_of), None, "{text}");
        }
    }

    #[test]
    fn what_stands_behind_a_status_besides_its_day_is_a_remark() {
        for text in [
            "Abandonnée faute de volume",
            "abandonée (prix)",
            "Aband. (coûts)",
            "proposée le 3 novembre, relance en juin",
            "4. Réalisée avec un voisin",
        ] {
            assert!(has_remark(text), "{text}");
        }
        for text in [
            "réalisée",
            "Completed",
            "en cours de discussion",
            "en disc.",
            "5 - Abandonnée",
            "en discussion depuis le 1er novembre",
            "réalisée (13/11/2026)",
            "Realized in 2025",
            "proposée aujourd’hui",
            "",
        ] {
            assert!(!has_remark(text), "{text}");
        }
    }

    #[test]
    fn a_day_behind_a_status_is_read_when_it_can_be_only_one() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let as_of = day(2026, 11, 30);
        let third = Day::On(day(2026, 11, 3));
        for (text, expected) in [
            ("proposée", Day::None),
            ("proposée le 3 novembre", third),
            ("proposée le 3 nov. 2026", third),
            ("proposed on November 3rd", third),
            ("proposed November 3, 2026", third),
            ("proposée 2026-11-03", third),
            ("réalisée le 1er août", Day::On(day(2026, 8, 1))),
            ("réalisée (13/11/2026)", Day::On(day(2026, 11, 13))),
            ("réalisée 3/11/2026", Day::Doubtful),
            ("réalisée 3/11", Day::Doubtful),
            ("réalisée 13/11/26", Day::Doubtful),
            ("proposée le 3 décembre", Day::Doubtful),
            ("proposée le 3 février", Day::Doubtful),
            ("proposée le 31 juin", Day::Doubtful),
            ("proposée le 3 décembre 2026", Day::Doubtful),
            ("en discussion depuis mars", Day::Doubtful),
            ("realized in 2025", Day::Doubtful),
            ("proposée hier", Day::Doubtful),
            ("proposée le 3 novembre, relancée le 9 novembre", Day::Doubtful),
            ("abandonnée (30 km)", Day::None),
            ("abandonnée (2000 kg, 418-555-1234)", Day::None),
            ("réalisée à 1.5 t", Day::None),
            ("4. réalisée", Day::None),
            ("5 - abandonnée", Day::None),
            ("abandonnée, may resume", Day::None),
        ] {
            assert_eq!(said(text, as_of), expected, "{text}");
        }
    }
}
