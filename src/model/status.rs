//! How far a synergy has come, and what a text says of it.

mod written;

use super::code_enum;
use super::text::{agreed, fold, words};
use written::{DOUBTS, FOLLOWS, OTHERS, SEVERAL, WORDS};

code_enum!(
    /// How far a synergy has come.
    Status, "statut" {
        Potential = "potentielle",
        Proposed = "proposee",
        UnderDiscussion = "en_discussion",
        Trial = "a_l_essai",
        Realised = "realisee",
        Abandoned = "abandonnee",
    }
);

/// Between a status and the remarks behind it.
const BETWEEN: &[char] = &['(', ',', ';', ':', '–', '—', '.'];

/// Fewest letters of a word that a point cuts off.
const CUT_OFF: usize = 3;

/// Fewest letters of a status in which one may be wrong, with the `e` of its feminine.
const MISTYPED: usize = 8;

/// What a text says of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// This one.
    Status(Status),
    /// It may be two of them, or is in doubt: whoever wrote it is asked.
    Several,
    /// Nothing that is known.
    Nothing,
}

impl Status {
    /// The status that words say, without regard to case, accents, gender and number. What stands behind them
    /// in brackets, behind a mark, or as their circumstance (`depuis mars`, `faute de volume`) is a remark; a
    /// number before them is a rank of a list; a point may cut them off (`réal.`); one letter may be wrong, too
    /// many, missing or before its place (`abandonée`, `porposée`), whatever remark stands behind. A remark that says another status, or puts
    /// this one in doubt, is asked about.
    #[must_use]
    pub fn said(text: &str) -> Said {
        match one(text) {
            Said::Status(status) if status.is_doubtful_in(text) => Said::Several,
            said => said,
        }
    }

    /// Whether a text that says this status puts it in doubt, or says another one in a remark.
    #[must_use]
    pub fn is_doubtful_in(self, text: &str) -> bool {
        let said = format!(" {} ", agreed(text));
        let is_another = |remark: &str| {
            let remark = fold(remark);
            let follows = remark.split_once(' ').filter(|(first, _)| FOLLOWS.contains(first));
            let remark = follows.map_or(remark.as_str(), |(_, rest)| rest);
            let said = [exactly(remark), exactly(&before_circumstance(remark))];
            said.into_iter().any(|said| matches!(said, Said::Status(other) if other != self))
        };
        text.contains('?')
            || DOUBTS.iter().any(|doubt| said.contains(&format!(" {} ", agreed(doubt))))
            || text.split(BETWEEN).skip(1).any(is_another)
    }

    /// Whether words are those of a status and nothing else, such as a name, stands beside them.
    #[must_use]
    pub fn is_word(text: &str) -> bool {
        exactly(text) != Said::Nothing
    }

    /// Whether a text says this status by its own name, in either language, and not in other words (`annulée`).
    #[must_use]
    pub fn is_named_in(self, text: &str) -> bool {
        let stems: &[&str] = match self {
            Self::Potential => &["potenti"],
            Self::Proposed => &["propos"],
            Self::UnderDiscussion => &["discuss"],
            Self::Trial => &["essai", "trial"],
            Self::Realised => &["realis", "realiz"],
            Self::Abandoned => &["abandon"],
        };
        let said = fold(text);
        stems.iter().any(|stem| said.contains(stem))
    }

    /// The status that words say, when they say one.
    #[must_use]
    pub fn from_words(text: &str) -> Option<Self> {
        match Self::said(text) {
            Said::Status(status) => Some(status),
            Said::Several | Said::Nothing => None,
        }
    }
}

/// Every word and what it says.
fn known() -> impl Iterator<Item = (String, Said)> {
    let codes = Status::ALL.iter().map(|status| (agreed(status.code()), Said::Status(*status)));
    let words = WORDS
        .iter()
        .flat_map(|(status, words)| words.iter().map(|word| (agreed(word), Said::Status(*status))));
    codes.chain(words).chain(SEVERAL.iter().map(|word| (agreed(word), Said::Several)))
}

/// What the words before all remarks say.
fn one(text: &str) -> Said {
    let text = text.trim_start_matches(|first: char| !first.is_alphabetic());
    let first = text.split(BETWEEN).next().unwrap_or_default();
    let is_cut_off = first.len() < text.len() && text[first.len()..].starts_with('.');
    let short = if is_cut_off { beginning(first) } else { Said::Nothing };
    let circumstanced = before_circumstance(text);
    let found = [
        exactly(text),
        exactly(first),
        exactly(&circumstanced),
        short,
        nearly(first),
        nearly(&circumstanced),
    ];
    found.into_iter().find(|said| *said != Said::Nothing).unwrap_or(Said::Nothing)
}

fn exactly(text: &str) -> Said {
    let said = agreed(text);
    known().find(|(word, _)| *word == said).map_or(Said::Nothing, |(_, status)| status)
}

/// What a text says that is one letter away from a word, or from what lists offer (`en discusion`); nothing when
/// it is so near to several that say different things, and of what is only meant to be (`abandonner`).
fn nearly(text: &str) -> Said {
    let said = agreed(text);
    let is_other = OTHERS.contains(&said.as_str()) || ["er", "ez"].iter().any(|end| said.ends_with(end));
    if is_other || fold(text).len() + 1 < MISTYPED {
        return Said::Nothing;
    }
    let is_offered = |word: &str| Status::ALL.iter().any(|status| agreed(status.code()) == word);
    let is_near = |word: &str| {
        word.len() + usize::from(word.ends_with(['e', 'i', 'u'])) >= MISTYPED
            && word.len().abs_diff(said.len()) <= 1
            && (!word.contains(' ') || is_offered(word))
            && strsim::osa_distance(word, &said) == 1
    };
    let mut found: Vec<Said> = known().filter(|(word, _)| is_near(word)).map(|(_, said)| said).collect();
    found.dedup();
    match found.as_slice() {
        [one] => *one,
        _ => Said::Nothing,
    }
}

/// What words say that begin so; nothing when they say different things.
fn beginning(text: &str) -> Said {
    let said = fold(text);
    if said.len() < CUT_OFF {
        return Said::Nothing;
    }
    let mut found: Vec<Said> =
        known().filter(|(word, _)| word.starts_with(&said)).map(|(_, said)| said).collect();
    found.dedup();
    match found.as_slice() {
        [] => Said::Nothing,
        [one] => *one,
        _ => Said::Several,
    }
}

/// The words before those that say since when, with whom or why; all when there are none, or when others
/// take them back.
fn before_circumstance(text: &str) -> String {
    const BEGINS: &[&str] = &[
        "depuis", "since", "avec", "with", "faute", "car", "because", "de", "d", "du", "des", "for", "le",
        "on", "en", "in", "par", "by",
    ];
    const TAKES_BACK: &[&str] =
        &["mais", "but", "sauf", "except", "puis", "then", "ou", "or", "partie", "part"];
    let words = words(text);
    if words.iter().any(|word| TAKES_BACK.contains(&word.as_str())) {
        return String::new();
    }
    // `en` and `à` also begin a status.
    let end = words.iter().skip(1).position(|word| BEGINS.contains(&word.as_str()));
    end.map_or_else(String::new, |at| words[..=at].join(" "))
}

#[cfg(test)]
mod tests {
    use super::{Said, Status, known};

    #[test]
    fn words_of_a_status_are_understood_in_both_languages_gender_and_number() {
        for (text, status) in [
            ("Réalisé", Some(Status::Realised)),
            ("RÉALISÉES", Some(Status::Realised)),
            ("Completed", Some(Status::Realised)),
            ("En cours", Some(Status::UnderDiscussion)),
            ("À l’étude", Some(Status::UnderDiscussion)),
            ("À l'essai", Some(Status::Trial)),
            ("a_l_essai", Some(Status::Trial)),
            ("Essais en cours", Some(Status::Trial)),
            ("Abandonnés", Some(Status::Abandoned)),
            ("Abandonné (trop loin)", Some(Status::Abandoned)),
            ("Proposée, relance en juin", Some(Status::Proposed)),
            ("4. Réalisée", Some(Status::Realised)),
            ("5 - Abandonnée", Some(Status::Abandoned)),
            ("complété", Some(Status::Realised)),
            ("done", Some(Status::Realised)),
            ("Annulée", Some(Status::Abandoned)),
            ("réal.", Some(Status::Realised)),
            ("en disc.", Some(Status::UnderDiscussion)),
            ("Aband. (coûts)", Some(Status::Abandoned)),
            ("En cours depuis mars", Some(Status::UnderDiscussion)),
            ("Abandonnée faute de volume", Some(Status::Abandoned)),
            ("Réalisée le 3 mai", Some(Status::Realised)),
            ("Realized in 2025", Some(Status::Realised)),
            ("Réalisée en partie", None),
            ("Abandonnée, mais à l'essai", None),
            ("réalisée ?", None),
            ("réalisée (à confirmer)", None),
            ("abandonnée?", None),
            ("Realised, maybe", None),
            ("Réalisée, probablement", None),
            ("proposée, refusée", None),
            ("proposée (refusée par courriel)", None),
            ("proposée, présentée en mai", Some(Status::Proposed)),
            ("réalisée (essai concluant)", Some(Status::Realised)),
            ("Abandonnée avec regret mais reprise", None),
            ("en attente", None),
            ("peut-être", None),
            ("abandonée", Some(Status::Abandoned)),
            ("Abandonnnée (prix)", Some(Status::Abandoned)),
            ("abandonée faute de volume", Some(Status::Abandoned)),
            ("Abandonnnée en mai", Some(Status::Abandoned)),
            ("abandonner faute de volume", None),
            ("abandonée faute de volume mais reprise", None),
            ("Proposs", Some(Status::Proposed)),
            ("propsée", Some(Status::Proposed)),
            ("porposée", Some(Status::Proposed)),
            ("porposé", Some(Status::Proposed)),
            ("réalisée", Some(Status::Realised)),
            ("réalsée", Some(Status::Realised)),
            ("raélisée le 3 mai", Some(Status::Realised)),
            ("potentiele", Some(Status::Potential)),
            ("en discusion", Some(Status::UnderDiscussion)),
            ("à l’esssai", Some(Status::Trial)),
            ("propos", None),
            ("proposez", None),
            ("Réaliste", None),
            ("Complexe", None),
            ("présente", Some(Status::Proposed)),
            ("présence", None),
            ("un service", None),
            ("abandonner", None),
            ("Given up", Some(Status::Abandoned)),
            ("", None),
        ] {
            assert_eq!(Status::from_words(text), status, "{text}");
        }
    }

    #[test]
    fn a_status_is_named_by_its_own_name_in_either_language() {
        for (text, status, is_named) in [
            ("Réalisées (2025)", Status::Realised, true),
            ("realized", Status::Realised, true),
            ("On trial", Status::Trial, true),
            ("en cours de discussion", Status::UnderDiscussion, true),
            ("En cours", Status::UnderDiscussion, false),
            ("annulée", Status::Abandoned, false),
            ("porposée", Status::Proposed, false),
        ] {
            assert_eq!(
                (Status::from_words(text), status.is_named_in(text)),
                (Some(status), is_named),
                "{text}"
            );
        }
        assert!(Status::ALL.iter().all(|status| status.is_named_in(status.code())));
    }

    #[test]
    fn words_that_may_say_two_statuses_are_asked_about() {
        for text in [
            "En attente",
            "en attente d'un permis",
            "EN ATT.",
            "On hold",
            "Suspendue",
            "Terminé",
            "Terminées",
            "term.",
            "Closed",
            "Fermée",
            "non réalisée",
            "réalisée ?",
            "proposée; abandonnée",
        ] {
            assert_eq!(Status::said(text), Said::Several, "{text}");
        }
        for text in ["", "peut-être", "Nordet", "re.", "12"] {
            assert_eq!(Status::said(text), Said::Nothing, "{text}");
        }
    }

    #[test]
    fn no_word_says_two_statuses() {
        let mut said: Vec<_> = known().map(|(word, said)| (word, format!("{said:?}"))).collect();
        said.sort();
        assert!(said.windows(2).all(|pair| pair[0].0 != pair[1].0 || pair[0].1 == pair[1].1));
    }
}
