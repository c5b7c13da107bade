//! Sums of withheld variables that the published ones give away, and what they require.

use super::revealed;
use super::rules::{Share, is_of_few, judge};
use super::search::{Requirement, Search, both};
use super::subtracted::Release;
use std::collections::{BTreeMap, BTreeSet};

/// A sum of withheld variables that the published ones give.
pub(super) struct Union {
    pub parts: Vec<usize>,
    /// By how much there is anything to fall; none without limit.
    pub fall: Option<i64>,
    pub need: i64,
    pub shares: Vec<Share>,
}

impl Search<'_> {
    /// Adds what the sums that are revealed now require; returns the positions of what is new.
    pub(super) fn unions(&self, requirements: &mut Vec<Requirement>) -> Vec<usize> {
        let before = requirements.len();
        if self.rules.unions {
            let mut known: BTreeSet<Vec<usize>> =
                requirements.iter().map(|requirement| requirement.parts.clone()).collect();
            // What fewer published values tell is met first.
            let ways: [&dyn Fn() -> Vec<Union>; 3] =
                [&|| self.of_equations(), &|| self.of_subtracted(), &|| self.of_revealed()];
            for way in ways {
                for union in way() {
                    if known.insert(union.parts.clone()) {
                        requirements.extend(both(&union.parts, union.need, union.fall, &union.shares));
                    }
                }
                if requirements.len() > before {
                    break;
                }
            }
        }
        (before..requirements.len()).collect()
    }

    /// What single equations and hierarchies tell.
    fn of_equations(&self) -> Vec<Union> {
        let of_equations = (0..self.system.equations.len()).filter_map(|equation| self.union(equation));
        let levels = self.system.hierarchies.sums(&self.suppressed).into_iter();
        of_equations.chain(levels.filter_map(|parts| self.sum_of(parts))).collect()
    }

    /// What a few published values leave of another one.
    fn of_subtracted(&self) -> Vec<Union> {
        self.released(|release| self.system.subtracted.sums(release))
    }

    /// Of sums of a release those that fail the rules.
    fn released(&self, sums: impl Fn(&Release<'_>) -> BTreeSet<Vec<usize>>) -> Vec<Union> {
        // Without insiders only what is of too few: so much the tools ask for that the counts are compared with.
        let is_unsafe = |parts: &[usize]| {
            let shares = self.merged(parts);
            judge(&shares, self.rules).is_some() && (self.rules.insiders || is_of_few(&shares, self.rules))
        };
        let (variables, suppressed) = (self.system.variables.as_slice(), self.suppressed.as_slice());
        let release = Release { variables, suppressed, rules: self.rules, is_unsafe: &is_unsafe };
        sums(&release).into_iter().filter_map(|parts| self.sum_of(parts)).collect()
    }

    /// What all of them tell together of one or two holdings.
    fn of_revealed(&self) -> Vec<Union> {
        let sums = revealed::sums(self.system, &self.suppressed, &self.whole).into_iter();
        sums.filter_map(|parts| self.sum_of(parts)).collect()
    }

    /// What publishing some variables gives away, by one equation, along a hierarchy, or less a few others.
    pub(super) fn given_away(&self, published: &[usize]) -> Vec<Union> {
        let mut unions = Vec::new();
        for member in published {
            unions.extend(self.system.incident[*member].iter().filter_map(|equation| self.union(*equation)));
            let levels = self.system.hierarchies.sums_beside(*member, &self.suppressed).into_iter();
            unions.extend(levels.filter_map(|parts| self.sum_of(parts)));
            unions.extend(self.released(|release| self.system.subtracted.sums_beside(*member, release)));
        }
        unions
    }

    /// What one equation gives away: the sum of its withheld parts under a published total.
    fn union(&self, equation: usize) -> Option<Union> {
        let terms = &self.system.equations[equation].terms;
        if !self.system.equations[equation].kind.is_sum() {
            return None;
        }
        let withheld: Vec<(usize, i64)> =
            terms.iter().copied().filter(|(variable, _)| self.suppressed[*variable]).collect();
        let sign = withheld.first()?.1;
        if withheld.len() < 2 || withheld.iter().any(|(_, coefficient)| *coefficient != sign) {
            return None;
        }
        self.sum_of(withheld.iter().map(|(variable, _)| *variable).collect())
    }

    /// What the rules ask for of a sum of withheld variables; none when it is safe.
    fn sum_of(&self, parts: Vec<usize>) -> Option<Union> {
        let shares = self.merged(&parts);
        let verdict = judge(&shares, self.rules)?;
        let mut falls = parts.iter().map(|part| self.insiders.fall(self.system, &[], *part));
        let fall = falls.try_fold(0_i64, |sum, fall| Some(sum.saturating_add(fall?)));
        Some(Union { parts, fall, need: verdict.need, shares })
    }

    fn merged(&self, parts: &[usize]) -> Vec<Share> {
        let mut merged: BTreeMap<[u32; 2], Share> = BTreeMap::new();
        for share in parts.iter().flat_map(|part| &self.system.variables[*part].shares) {
            merged
                .entry(share.parties)
                .and_modify(|known| {
                    known.amount = known.amount.saturating_add(share.amount);
                    known.waived &= share.waived;
                })
                .or_insert(*share);
        }
        merged.into_values().collect()
    }
}
