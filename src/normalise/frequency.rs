//! How often a quantity comes.

use super::number::{Decimal, leading};
use crate::model::{Frequency, fold};

/// Working days in a year: 52 weeks of 5 days. Industry loads on working days; legal holidays
/// and holidays of the trade are left to the owner, who can write the yearly quantity.
pub(super) const WORKING_DAYS_A_YEAR: u32 = 260;
const WORKING_DAYS: i128 = WORKING_DAYS_A_YEAR as i128;

/// How often, and how many times a year the quantity counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rate {
    /// Code of the model.
    pub(super) frequency: Frequency,
    /// Times a year, exact.
    pub(super) times: Decimal,
}

impl Rate {
    /// One time per period.
    pub(super) const fn of(frequency: Frequency) -> Self {
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
    pub(super) fn with_days(self, days: u32) -> Self {
        match self.frequency {
            Frequency::Daily => Self { times: self.times.exchanged(WORKING_DAYS, days.into()), ..self },
            _ => self,
        }
    }
}

const WORDS: &[(&str, Frequency, i128)] = &[
    (
        "jour jours jr j quotidien quotidienne quotidiennement journalier journaliere day days daily d",
        Frequency::Daily,
        260,
    ),
    (
        "semaine semaines sem hebdo hebdomadaire hebdomadairement week weeks weekly wk s",
        Frequency::Weekly,
        52,
    ),
    ("bihebdomadaire", Frequency::Weekly, 104),
    (
        "mois mensuel mensuelle mensuellement mensuels mensuelles month months monthly m mo",
        Frequency::Monthly,
        12,
    ),
    ("bimestriel bimestrielle", Frequency::Monthly, 6),
    (
        "trimestre trimestres trimestriel trimestrielle quarter quarterly trim saison saisons",
        Frequency::Quarterly,
        4,
    ),
    ("semestre semestriel semestrielle", Frequency::Quarterly, 2),
    (
        "an ans annee annees annuel annuelle annuelles annuels annuellement year years yearly annual annually yr a y",
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
];

/// The choices of a word with two meanings.
pub(super) fn choices(text: &str) -> Option<(&'static str, &'static str)> {
    let folded = fold(text);
    let found = AMBIGUOUS.iter().find(|(words, ..)| words.split(' ').any(|word| word == folded));
    found.map(|(_, fr, en)| (*fr, *en))
}

/// Reads `sem`, `par mois`, `2 fois par semaine`, `aux 2 semaines`, `2x/sem`.
pub(super) fn find(text: &str) -> Option<Rate> {
    const FILLERS: &[&str] = &[
        "par", "per", "chaque", "l", "le", "la", "les", "fois", "x", "une", "1", "tous", "toutes", "every",
        "a", "aux",
    ];
    let folded = fold(text);
    if matches!(folded.as_str(), "une fois" | "1 fois" | "une seule fois" | "one time") {
        return Some(Rate::of(Frequency::Once));
    }
    if let Some(rate) = one(&folded) {
        return Some(rate);
    }
    // "aux deux semaines", "every 2 weeks": every other period, not twice a period.
    let every_other =
        ["aux ", "tous les ", "toutes les ", "every "].iter().any(|start| folded.starts_with(start));
    let words: Vec<&str> = folded.split(' ').filter(|word| !FILLERS.contains(word)).collect();
    match words.as_slice() {
        [single] => one(single),
        ["2" | "deux" | "two", period] if every_other => half(one(period)?),
        [_, _] if every_other => None,
        [count, period] => {
            let count = match *count {
                "deux" | "twice" => "2",
                "trois" => "3",
                "quatre" => "4",
                "cinq" => "5",
                digits => digits.trim_end_matches('x'),
            };
            multiplied(one(period)?, count)
        }
        _ => None,
    }
}

/// The rate taken several times a period.
pub(super) fn multiplied(rate: Rate, count: &str) -> Option<Rate> {
    let (count, rest) = leading(count).ok()?;
    let times = rate.times.times(count)?;
    rest.is_empty().then_some(Rate { times, ..rate })
}

fn half(rate: Rate) -> Option<Rate> {
    Some(Rate { times: rate.times.times(Decimal::parse_plain("0.5")?)?, ..rate })
}

fn one(word: &str) -> Option<Rate> {
    WORDS
        .iter()
        .find(|(words, ..)| words.split(' ').any(|known| known == word))
        .map(|(_, frequency, times)| Rate { frequency: *frequency, times: Decimal::whole(*times) })
}

#[cfg(test)]
mod tests {
    use super::{choices, find};
    use crate::model::Frequency;

    #[test]
    fn frequencies_give_their_times_a_year() {
        for (text, frequency, times) in [
            ("par semaine", Frequency::Weekly, 52),
            ("Hebdomadaire", Frequency::Weekly, 52),
            ("2 fois par semaine", Frequency::Weekly, 104),
            ("aux deux semaines", Frequency::Weekly, 26),
            ("toutes les 2 semaines", Frequency::Weekly, 26),
            ("jour", Frequency::Daily, 260),
            ("par année", Frequency::Yearly, 1),
            ("ponctuel", Frequency::Once, 1),
            ("trimestriel", Frequency::Quarterly, 4),
        ] {
            let rate = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((rate.frequency, rate.times.round()), (frequency, Some(times)), "{text}");
        }
        let daily = |text: &str, days| find(text).and_then(|rate| rate.with_days(days).times.round());
        assert_eq!((daily("jour", 365), daily("2 fois par jour", 200)), (Some(365), Some(400)));
        assert_eq!((daily("aux 2 jours", 300), daily("par semaine", 300)), (Some(150), Some(52)));
        assert!(find("selon la lune").is_none());
        for word in ["Bimensuel", "bimensuelle", "biweekly"] {
            assert!(find(word).is_none(), "{word} has two meanings");
            let (fr, _) = choices(word).unwrap();
            for repair in fr.split('«').skip(1).map(|rest| rest.split('»').next().unwrap()) {
                assert!(find(repair).is_some(), "{repair}");
            }
        }
    }
}
