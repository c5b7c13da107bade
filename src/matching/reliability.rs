//! How often a material part as high as this one was right: `pipelines/reference/fiabilite.csv`.
//!
//! The table is an isotonic regression (pool adjacent violators, Ayer and others 1955) over the best
//! pairs of all evaluation sets, one for each sort of evidence: counts are whole numbers, and the share
//! never falls as the part rises. `docs/matching.md` says how it was made, what counts as right, and how
//! well it holds for each set and for what is left out.

use super::candidates::Prepared;
use super::parts;
use super::tables::rows;
use crate::model::{Match, MatchKind};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What speaks for it that two materials are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Evidence {
    /// The likeliest codes of both are of one group.
    Code,
    /// Other codes of theirs are.
    Further,
    /// Their descriptions share a word.
    Words,
    /// Nothing but the category.
    Category,
}

impl Evidence {
    const ALL: [(Self, &str); 4] = [
        (Self::Code, "code"),
        (Self::Further, "autre_code"),
        (Self::Words, "mots"),
        (Self::Category, "categorie"),
    ];

    /// As the table says it.
    #[cfg(test)]
    pub(super) fn code(self) -> &'static str {
        Self::ALL.iter().find(|(one, _)| *one == self).map_or("", |(_, code)| code)
    }

    pub(super) fn of(offer: &Prepared<'_>, request: &Prepared<'_>) -> Self {
        let (offered, needed) = (offer.material(), request.material());
        let (one, other) = (offer.said(&offered), request.said(&needed));
        let group = |(code, _): &(u32, u32)| code / 100;
        let [first, second] = [one.codes(), other.codes()].map(|codes| codes.first().map(group));
        if first.is_some() && first == second {
            return Self::Code;
        }
        let meets = |code: &(u32, u32)| other.codes().iter().any(|same| group(code) == group(same));
        if one.codes().iter().any(meets) {
            Self::Further
        } else if one.shared_words(&other) > 0 {
            Self::Words
        } else {
            Self::Category
        }
    }
}

/// Steps of each sort of evidence, lowest first.
pub(super) type Steps = BTreeMap<Evidence, Vec<Step>>;

/// One step: from this material part on, so many pairs were right of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) from: u16,
    pub(super) right: u32,
    pub(super) pairs: u32,
}

impl Step {
    /// Share of right pairs, thousandths, with one right and one wrong added: never sure.
    pub(super) fn chance_milli(&self) -> u16 {
        u16::try_from((self.right + 1) * 1000 / (self.pairs + 2)).unwrap_or(1000)
    }
}

static STEPS: LazyLock<Steps> = LazyLock::new(|| {
    let mut steps = Steps::new();
    for row in rows(include_str!("../../pipelines/reference/fiabilite.csv")) {
        let whole = |at: usize| row[at].parse::<u32>().expect("the embedded table holds whole numbers");
        let named = Evidence::ALL.iter().find(|(_, code)| *code == row[0]);
        let (evidence, _) = named.expect("the embedded table names the evidence");
        let from = u16::try_from(whole(1)).unwrap_or(u16::MAX);
        steps.entry(*evidence).or_default().push(Step { from, right: whole(2), pairs: whole(3) });
    }
    steps
});

/// The steps of the table.
#[cfg(test)]
pub(super) fn steps() -> &'static Steps {
    &STEPS
}

/// The chance of a material part, thousandths, after some steps.
pub(super) fn chance(steps: &Steps, (evidence, material): (Evidence, u16)) -> Option<u16> {
    let steps = steps.get(&evidence)?;
    let at = steps.partition_point(|step| step.from <= material);
    steps.get(at.saturating_sub(1)).map(Step::chance_milli)
}

/// The chance that the two materials of a match are of one group of the List of Waste, thousandths, by what speaks
/// for it and how far they agree before what realised synergies add. None of a chain, and of what is no material: no
/// evaluation set tells of them.
pub(super) fn chance_milli(found: &Match, (offer, request): (&Prepared<'_>, &Prepared<'_>)) -> Option<u16> {
    if found.kind != MatchKind::Substitution {
        return None;
    }
    chance(&STEPS, (Evidence::of(offer, request), parts::material(offer, request)))
}

/// Steps that rise with the part: pairs of a part and whether they were right, in any order.
#[cfg(test)]
pub(super) fn isotonic(pairs: &[(u16, bool)]) -> Vec<Step> {
    let mut sorted = pairs.to_vec();
    sorted.sort_unstable();
    let mut steps: Vec<Step> = Vec::new();
    for (part, right) in sorted {
        match steps.last_mut() {
            Some(last) if last.from == part => {
                last.right += u32::from(right);
                last.pairs += 1;
            }
            _ => steps.push(Step { from: part, right: u32::from(right), pairs: 1 }),
        }
    }
    let mut rising: Vec<Step> = Vec::new();
    for step in steps {
        rising.push(step);
        while let [.., before, last] = rising.as_slice()
            && u64::from(before.right) * u64::from(last.pairs)
                >= u64::from(last.right) * u64::from(before.pairs)
        {
            let merged = Step {
                from: before.from,
                right: before.right + last.right,
                pairs: before.pairs + last.pairs,
            };
            rising.truncate(rising.len() - 2);
            rising.push(merged);
        }
    }
    rising
}

#[cfg(test)]
mod tests {
    use super::{Evidence, Step, chance, isotonic, steps};
    use proptest::prelude::*;

    #[test]
    fn the_table_rises_and_is_never_sure() {
        assert_eq!(steps().len(), Evidence::ALL.len());
        for (evidence, of) in steps() {
            assert!(of[0].from == 0 && of.is_sorted_by(|one, other| one.from < other.from), "{of:?}");
            let chances: Vec<u16> =
                (0..=1000).map(|part| chance(steps(), (*evidence, part)).unwrap()).collect();
            assert!(chances.is_sorted() && chances[0] > 0 && chances[1000] < 1000, "{of:?}");
        }
    }

    #[test]
    fn neighbours_that_fall_are_pooled() {
        let pairs = [(100, false), (200, true), (300, false), (400, true)];
        let found = isotonic(&pairs);
        let expected =
            [(100, 0, 1), (200, 1, 2), (400, 1, 1)].map(|(from, right, pairs)| Step { from, right, pairs });
        assert_eq!(found, expected);
    }

    proptest! {
        #[test]
        fn what_is_fitted_rises_and_counts_every_pair_once(
            pairs in proptest::collection::vec((0..1001_u16, any::<bool>()), 1..60),
        ) {
            let found = isotonic(&pairs);
            let rises = found.windows(2).all(|pair| {
                pair[0].from < pair[1].from
                    && u64::from(pair[0].right) * u64::from(pair[1].pairs)
                        < u64::from(pair[1].right) * u64::from(pair[0].pairs)
            });
            prop_assert!(rises, "a step that does not rise");
            prop_assert_eq!(found.iter().map(|step| step.pairs).sum::<u32>() as usize, pairs.len());
            let right = pairs.iter().filter(|(_, right)| *right).count();
            prop_assert_eq!(found.iter().map(|step| step.right).sum::<u32>() as usize, right);
        }
    }
}
