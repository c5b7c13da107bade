//! How often a quantity comes.

use super::number::{Decimal, leading};
use crate::model::{Frequency, fold};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Working days in a year: 52 weeks of 5 days. Industry loads on working days; legal holidays
/// and holidays of the trade are left to the owner, who can write the yearly quantity.
pub(crate) const WORKING_DAYS_A_YEAR: u32 = 260;
const WORKING_DAYS: i128 = WORKING_DAYS_A_YEAR as i128;

/// How often, and how many times a year the quantity counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    /// Code of the model.
    pub(crate) frequency: Frequency,
    /// Times a year, exact.
    pub(crate) times: Decimal,
}

impl Rate {
    /// One time per period.
    pub(crate) const fn of(frequency: Frequency) -> Self {
        let times = match frequency {
            Frequency::Once | Frequency::Yearly => 1,
            Frequency::Quarterly => 4,
            Frequency::Monthly => 12,
            Frequency::Weekly => 52,
            Frequency::Daily => WORKING_DAYS,
        };
        Self { frequency, times: Decimal::whole(times) }
    }

    /// With so many days in a year, where it is one of days.
    pub(crate) fn with_days(self, days: u32) -> Self {
        match self.frequency {
            Frequency::Daily => {
                let millionths = self.times.times(Decimal::whole(MILLION)).and_then(Decimal::round);
                let times = millionths
                    .and_then(|times| to_six_places(i128::from(times) * i128::from(days), WORKING_DAYS));
                Self { times: times.unwrap_or(self.times), ..self }
            }
            _ => self,
        }
    }
}

const WORDS: &[(&str, Frequency, i128)] = &[
    (
        "jour jours jr jrs j quotidien quotidienne quotidiens quotidiennes quotidiennement journalier journaliere \
         journaliers journalieres day days daily d",
        Frequency::Daily,
        260,
    ),
    (
        "semaine semaines sem hebdo hebdomadaire hebdomadaires hebdomadairement week weeks weekly wk wks s",
        Frequency::Weekly,
        52,
    ),
    ("bihebdomadaire bihebdomadaires", Frequency::Weekly, 104),
    ("quinzaine fortnight fortnightly", Frequency::Weekly, 26),
    (
        "mois mensuel mensuelle mensuellement mensuels mensuelles month months monthly m mo mth",
        Frequency::Monthly,
        12,
    ),
    ("semimensuel semimensuelle semimonthly", Frequency::Monthly, 24),
    ("bimestriel bimestrielle", Frequency::Monthly, 6),
    (
        "trimestre trimestres trimestriel trimestrielle quarter quarters quarterly qtr trim",
        Frequency::Quarterly,
        4,
    ),
    (
        "semestre semestres semestriel semestrielle semiannuel semiannuelle semiannual semiannually",
        Frequency::Quarterly,
        2,
    ),
    (
        "an ans annee annees annuel annuelle annuelles annuels annuellement year years yearly annual annually annum yr yrs a y",
        Frequency::Yearly,
        1,
    ),
    ("ponctuel ponctuelle ponctuellement once unique occasionnel occasionnelle lot", Frequency::Once, 1),
];

/// Words with two meanings, and what to write for each, French and English.
const AMBIGUOUS: &[(&str, &str, &str)] = &[
    (
        "bimensuel bimensuelle bimensuellement bimonthly",
        "deux fois par mois (inscrire « 2 fois par mois »), tous les deux mois (inscrire « aux 2 mois »)",
        "twice a month (write “2 fois par mois”), every two months (write “aux 2 mois”)",
    ),
    (
        "biweekly",
        "deux fois par semaine (inscrire « 2 fois par semaine »), aux deux semaines (inscrire « aux 2 semaines »)",
        "twice a week (write “2 fois par semaine”), every two weeks (write “aux 2 semaines”)",
    ),
    (
        "saison saisons season seasons",
        "une fois par an (inscrire « par an »), quatre fois par an (inscrire « par trimestre »)",
        "once a year (write “par an”), four times a year (write “par trimestre”)",
    ),
];

/// The choices of a word with two meanings, alone or at the end of a text: `bimensuel`, `10 t/saison`.
pub(crate) fn choices(text: &str) -> Option<(&'static str, &'static str)> {
    let folded = in_words(without_remark(text));
    let last = folded.rsplit(' ').next().unwrap_or_default();
    let is_said = |word: &str| word == folded || word == last;
    let found = AMBIGUOUS.iter().find(|(words, ..)| words.split(' ').any(is_said));
    found.map(|(_, fr, en)| (*fr, *en))
}

/// What stands before a word with two meanings at the end of plain text: `tonnes` of `tonnes par saison`.
pub(super) fn before_choices(plain: &str) -> Option<&str> {
    let at = plain.rfind([' ', '/'])?;
    choices(&plain[at..])?;
    let before = plain[..at].trim_end();
    let found = [" par", " per", " a", " la", " chaque"].iter().find_map(|joint| before.strip_suffix(joint));
    Some(found.unwrap_or(before).trim_end())
}

/// Reads `sem`, `par mois`, `2 fois par semaine`, `2x/sem`, `aux 2 semaines`, `1 fois / 2 ans`,
/// `5 jours par semaine`, `une semaine sur deux` and `par semaine pendant 10 semaines`. A bare `3 mois` is how
/// often, how long or when, so it is nothing.
pub(crate) fn find(text: &str) -> Option<Rate> {
    let text = in_words(without_remark(text));
    if is_once(&text) {
        return Some(Rate::of(Frequency::Once));
    }
    if let Some(rate) = one(&text) {
        return Some(rate);
    }
    let words: Vec<&str> = text.split(' ').collect();
    if let Some(rate) = in_a_part(&words) {
        return Some(rate);
    }
    if let [_, period, "sur" | "out", rest @ ..] = words.as_slice() {
        let among = number(rest.last()?)?;
        return (matches!(words[0], "une" | "un" | "1" | "one")).then(|| every(period, 1, among)).flatten();
    }
    let (count, rest) = match words.as_slice() {
        [count, "fois" | "x" | "time" | "times", rest @ ..] => (number(count)?, rest),
        ["twice", rest @ ..] => (2, rest),
        ["once", rest @ ..] => (1, rest),
        [count, "jour" | "jours" | "day" | "days", rest @ ..] if is_weekly(rest) => {
            return Some(Rate { frequency: Frequency::Weekly, times: Decimal::whole(52 * number(count)?) });
        }
        [count, rest @ ..] => match (number(count), count.strip_suffix('x').and_then(number)) {
            (_, Some(count)) => (count, rest),
            // One is once a period; two may be every second one, or so many of them.
            (Some(count), None) if count == 1 || rest.first().is_some_and(|word| PER.contains(word)) => {
                (count, rest)
            }
            (Some(_), None) => return None,
            (None, None) => (1, words.as_slice()),
        },
        [] => return None,
    };
    let (between, rest) = after_words(rest);
    match rest {
        [period] => every(period, count, 1),
        [among, period] if between > 0 => every(period, count, number(among)?),
        _ => None,
    }
}

/// Which days, before or behind `jour` and `day`.
const WORKING: &[&str] = &[
    "ouvrable",
    "ouvrables",
    "ouvre",
    "ouvres",
    "travaille",
    "travailles",
    "working",
    "business",
    "operating",
];
/// What the days of `jour de travail` are of.
const WORK: &[&str] = &["travail", "operation", "production", "work", "operations"];

/// Without a year or words in brackets at the end: `par année (2024)`, `/an (estimé)`. What could be a
/// frequency stays: `par semaine (6 mois)`.
fn without_remark(text: &str) -> &str {
    let Some((before, inside)) = text.trim_end().strip_suffix(')').and_then(|text| text.rsplit_once('('))
    else {
        return text;
    };
    let folded = fold(inside);
    let is_year = folded.len() == 4 && (folded.starts_with("19") || folded.starts_with("20"));
    let may_count =
        folded.split(' ').any(|word| may_end(word) || word.starts_with(|next: char| next.is_ascii_digit()));
    if before.trim().is_empty() || (may_count && !is_year) { text } else { before }
}

/// Folded, with one word for a day of work and for `semi-annuel`.
fn in_words(text: &str) -> String {
    let folded = fold(&text.replace('/', " par "));
    let mut words: Vec<&str> = Vec::new();
    for word in folded.split(' ') {
        let is_day =
            |word: Option<&&str>| word.is_some_and(|word| matches!(*word, "jour" | "jours" | "day" | "days"));
        let is_of = |word: Option<&&str>| word.is_some_and(|word| matches!(*word, "de" | "d" | "of"));
        if WORKING.contains(&word) {
            continue;
        }
        if WORK.contains(&word) && is_of(words.last()) && is_day(words.iter().nth_back(1)) {
            words.pop();
            continue;
        }
        words.push(word);
    }
    match words.as_slice() {
        [half @ ("semi" | "bi"), rest] => format!("{half}{rest}"),
        ["p", "a"] => "an".to_owned(),
        words => words.join(" "),
    }
}

/// `une seule fois`, `en une fois`, `one time only`, `one-off`.
fn is_once(folded: &str) -> bool {
    let words = folded
        .split(' ')
        .filter(|word| !matches!(*word, "en" | "seule" | "seulement" | "only" | "a" | "just"));
    matches!(
        words.collect::<Vec<_>>().as_slice(),
        ["une" | "un" | "1" | "one" | "single", "fois" | "time" | "off" | "shot"]
    )
}

/// Between how often and the period.
const PER: &[&str] =
    &["par", "per", "chaque", "each", "l", "le", "la", "les", "tous", "toutes", "every", "a", "aux", "au"];

/// Cuts them off, and says how many there were; the last word is the period (`a` is a year too).
fn after_words<'a>(words: &'a [&'a str]) -> (usize, &'a [&'a str]) {
    let most = words.len().saturating_sub(1);
    let between = words[..most].iter().take_while(|word| PER.contains(word)).count();
    (between, &words[between..])
}

fn is_weekly(rest: &[&str]) -> bool {
    let (between, rest) = after_words(rest);
    between > 0
        && matches!(rest, [period] if one(period).is_some_and(|rate| rate.frequency == Frequency::Weekly))
}

/// So often in a part of the year that is told: `par semaine pendant 10 semaines`, `par mois, 6 mois par an`. What
/// goes on for more than a year, or comes less than once, is none; nor are so many days, which may be of work.
fn in_a_part(words: &[&str]) -> Option<Rate> {
    const FOR: &[&str] = &["pendant", "durant", "for", "during"];
    let is_of_a_year = |rest: &[&str]| {
        let (between, rest) = after_words(rest);
        between > 0
            && matches!(rest, [period] if one(period).is_some_and(|rate| rate.frequency == Frequency::Yearly))
    };
    let is_told = |at: &usize| FOR.contains(&words[at - 1]);
    let at = (1..words.len()).find(|at| {
        let (behind, is_counted) = (words.get(at + 2..), number(words[*at]).is_some());
        behind.is_some_and(|rest| is_counted && (rest.is_empty() && is_told(at) || is_of_a_year(rest)))
    })?;
    let (count, period) = (number(words[at])?, one(words[at + 1])?);
    let often = find(&words[..at - usize::from(is_told(&at))].join(" "))?;
    let periods = i128::from(period.times.round()?);
    if [often.frequency, period.frequency].contains(&Frequency::Once)
        || period.frequency == Frequency::Daily
        || count > periods
    {
        return None;
    }
    let millionths = i128::from(often.times.times(Decimal::whole(MILLION * count))?.round()?);
    let times = to_six_places(millionths, periods)?;
    (millionths >= MILLION * periods).then_some(Rate { times, ..often })
}

/// A count of periods in digits or in a word.
pub(super) fn number(word: &str) -> Option<i128> {
    const NUMBERS: &[&[&str]] = &[
        &["un", "une", "one"],
        &["deux", "two", "other", "second"],
        &["trois", "three"],
        &["quatre", "four"],
        &["cinq", "five"],
        &["six"],
        &["sept", "seven"],
        &["huit", "eight"],
        &["neuf", "nine"],
        &["dix", "ten"],
        &["onze", "eleven"],
        &["douze", "twelve"],
    ];
    let named = NUMBERS.iter().zip(1..).find(|(words, _)| words.contains(&word)).map(|(_, number)| number);
    let number = named.or_else(|| if word == "quinze" { Some(15) } else { word.parse().ok() })?;
    (1..=366).contains(&number).then_some(number)
}

/// So many times every so many periods, to six places. Every few days are days of work; two
/// weeks and more are counted in the calendar, and fifteen days are two weeks, as people say.
fn every(period: &str, count: i128, among: i128) -> Option<Rate> {
    let Rate { frequency, times } = one(period)?;
    let (frequency, times, among) = match (frequency, among) {
        (Frequency::Once, _) => return None,
        (Frequency::Daily, 14 | 15) => (Frequency::Weekly, Decimal::whole(26), 1),
        (Frequency::Daily, days) if days % 7 == 0 => (Frequency::Weekly, Decimal::whole(52), days / 7),
        (Frequency::Daily, days) if days > 5 => (Frequency::Weekly, Decimal::whole(365), days),
        (frequency, _) => (frequency, times, among),
    };
    let times = to_six_places(i128::from(times.round()?) * count * MILLION, among)?;
    Some(Rate { frequency, times })
}

const MILLION: i128 = 1_000_000;

/// Millionths divided by a number, to six places.
fn to_six_places(millionths: i128, among: i128) -> Option<Decimal> {
    let millionths = (millionths + among / 2) / among;
    Decimal::parse_plain(&format!("{}.{:06}", millionths / MILLION, millionths % MILLION))
}

/// The rate taken several times a period.
pub(crate) fn multiplied(rate: Rate, count: &str) -> Option<Rate> {
    let (count, rest) = leading(count).ok()?;
    let times = rate.times.times(count)?;
    rest.is_empty().then_some(Rate { times, ..rate })
}

/// Whether a plain word says how often something comes beside what comes: `annuelle`, `monthly`.
pub(crate) fn is_adjective(word: &str) -> bool {
    let ends = ["el", "elle", "els", "elles", "aire", "aires", "ly", "annual"];
    ends.iter().any(|end| word.ends_with(end)) && one(word).is_some()
}

static RATES: LazyLock<BTreeMap<&str, Rate>> = LazyLock::new(|| {
    let rows = WORDS.iter().map(|(words, frequency, times)| {
        (words, Rate { frequency: *frequency, times: Decimal::whole(*times) })
    });
    rows.flat_map(|(words, rate)| words.split(' ').map(move |word| (word, rate))).collect()
});

fn one(word: &str) -> Option<Rate> {
    RATES.get(word).copied()
}

/// Whether a frequency may end with a plain word.
pub(crate) fn may_end(word: &str) -> bool {
    let is_part = ["fois", "time", "off", "shot", "only", "seulement"].contains(&word);
    is_part
        || WORKING.contains(&word)
        || WORK.contains(&word)
        || one(word).is_some()
        || word.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::{Decimal, choices, find};
    use crate::model::Frequency;

    #[test]
    fn frequencies_give_their_times_a_year() {
        for (text, frequency, times) in [
            ("par semaine", Frequency::Weekly, 52),
            ("Hebdomadaire", Frequency::Weekly, 52),
            ("2 fois par semaine", Frequency::Weekly, 104),
            ("aux deux semaines", Frequency::Weekly, 26),
            ("toutes les 2 semaines", Frequency::Weekly, 26),
            ("chaque 2 semaines", Frequency::Weekly, 26),
            ("une semaine sur deux", Frequency::Weekly, 26),
            ("every other week", Frequency::Weekly, 26),
            ("aux 3 semaines", Frequency::Weekly, 17),
            ("2/sem", Frequency::Weekly, 104),
            ("/a", Frequency::Yearly, 1),
            ("/d", Frequency::Daily, 260),
            ("par l'année", Frequency::Yearly, 1),
            ("3 fois l'an", Frequency::Yearly, 3),
            ("2x par semaine", Frequency::Weekly, 104),
            ("twice a week", Frequency::Weekly, 104),
            ("aux 3 mois", Frequency::Monthly, 4),
            ("aux six mois", Frequency::Monthly, 2),
            ("tous les 2 mois", Frequency::Monthly, 6),
            ("every 6 months", Frequency::Monthly, 2),
            ("par 3 mois", Frequency::Monthly, 4),
            ("1 fois aux 3 mois", Frequency::Monthly, 4),
            ("2 fois aux 3 mois", Frequency::Monthly, 8),
            ("1 fois par mois", Frequency::Monthly, 12),
            ("aux 2 jours", Frequency::Daily, 130),
            ("tous les 15 jours", Frequency::Weekly, 26),
            ("aux 10 jours", Frequency::Weekly, 37),
            ("5 jours par semaine", Frequency::Weekly, 260),
            ("7 jours/semaine", Frequency::Weekly, 364),
            ("jour", Frequency::Daily, 260),
            ("par année", Frequency::Yearly, 1),
            ("ponctuel", Frequency::Once, 1),
            ("trimestriel", Frequency::Quarterly, 4),
            ("en une fois", Frequency::Once, 1),
            ("une seule fois", Frequency::Once, 1),
            ("en une seule fois", Frequency::Once, 1),
            ("one time", Frequency::Once, 1),
            ("one-time only", Frequency::Once, 1),
            ("One-off", Frequency::Once, 1),
            ("/jour ouvrable", Frequency::Daily, 260),
            ("per working day", Frequency::Daily, 260),
            ("par jour de travail", Frequency::Daily, 260),
            ("a month", Frequency::Monthly, 12),
            ("semi-annuel", Frequency::Quarterly, 2),
            ("bi-hebdomadaire", Frequency::Weekly, 104),
            ("per annum", Frequency::Yearly, 1),
            ("p.a.", Frequency::Yearly, 1),
            ("par semaine pendant 10 semaines", Frequency::Weekly, 10),
            ("/sem durant 10 sem par an", Frequency::Weekly, 10),
            ("2 fois par semaine pendant 3 mois", Frequency::Weekly, 26),
            ("par jour pendant 10 semaines", Frequency::Daily, 50),
            ("par mois, 6 mois par an", Frequency::Monthly, 6),
            ("a week for 10 weeks a year", Frequency::Weekly, 10),
        ] {
            let rate = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((rate.frequency, rate.times.round()), (frequency, Some(times)), "{text}");
        }
        let rate = find("1 fois / 2 ans").unwrap();
        assert_eq!(rate.times.times(Decimal::whole(10)).unwrap().round(), Some(5));
        // How often, how long, or when?
        for text in [
            "selon la lune",
            "3 mois",
            "12 mois",
            "5 jours",
            "2 semaines",
            "3 mois par an",
            "aux 0 mois",
            "par",
            "de travail",
            "par jour pendant 10 jours",
            "par mois pendant 3 ans",
            "par mois pendant 2 semaines",
            "pendant 10 semaines",
            "aux 2 mois par an",
        ] {
            assert!(find(text).is_none(), "{text}");
        }
        let daily = |text: &str, days| find(text).and_then(|rate| rate.with_days(days).times.round());
        assert_eq!((daily("jour", 365), daily("2 fois par jour", 200)), (Some(365), Some(400)));
        assert_eq!((daily("aux 2 jours", 300), daily("par semaine", 300)), (Some(150), Some(52)));
        for word in ["Bimensuel", "bimensuelle", "bi-mensuel", "biweekly", "par saison", "2x / season"] {
            assert!(find(word).is_none(), "{word} has two meanings");
            let (fr, _) = choices(word).unwrap();
            for repair in fr.split('«').skip(1).map(|rest| rest.split('»').next().unwrap()) {
                assert!(find(repair).is_some(), "{repair}");
            }
        }
    }
}
