//! Primary rules, at the level of holdings.

mod doubts;
mod informed;
mod remedy;
mod verdict;

pub(super) use doubts::{Doubts, judge_new};
pub(super) use informed::need_against;
pub(super) use remedy::{Further, consents, further, further_of};
pub(super) use verdict::{Summary, judge_summary};

use super::error::Reason;
use informed::attackers;
use verdict::one;

/// The rules of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rules {
    /// Fewest contributing holdings of a published cell.
    pub minimum: u32,
    /// p of the p % rule; none applies no p % rule.
    pub p_percent: Option<u32>,
    /// n and k of the dominance rule: the n largest may not exceed k % of the cell.
    pub dominance: Option<(u32, u32)>,
    /// By how much of itself, percent, a cell of too few holdings must be able to move, whatever else is said;
    /// without one, by what its largest holding would need alone.
    pub frequency_margin: Option<u32>,
    /// The sums that published equations reveal must pass the rules too.
    pub unions: bool,
    /// Every holding is an attacker who knows its own amounts.
    pub insiders: bool,
    /// Holdings that share what they know, by number.
    pub coalitions: Vec<Vec<u32>>,
    /// What is not sure of who is who.
    pub doubts: Doubts,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            minimum: 3,
            p_percent: Some(15),
            dominance: None,
            frequency_margin: None,
            unions: true,
            insiders: true,
            coalitions: Vec::new(),
            doubts: Doubts::default(),
        }
    }
}

/// The amount of one holding, or of one pair of holdings, in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Share {
    /// Who gives and who takes; the same twice where one holding stands behind it.
    pub parties: [u32; 2],
    pub amount: i64,
    /// The holdings agreed to be disclosed in this cell.
    pub waived: bool,
}

impl Share {
    /// Whether one of the holdings is a party to it: it then knows the amount.
    pub(super) fn is_known_to(&self, attacker: &[u32]) -> bool {
        self.parties.iter().any(|party| attacker.contains(party))
    }
}

/// What one holding has in a cell at one position.
#[derive(Debug, Clone, Copy)]
struct Part {
    holding: u32,
    amount: i64,
    waived: bool,
}

/// Positions at which the shares have to be judged: one, or givers and takers.
fn positions(shares: &[Share]) -> usize {
    if shares.iter().all(|share| share.parties[0] == share.parties[1]) { 1 } else { 2 }
}

/// Sums by holding at one position, in the order of the holdings.
fn at_position(shares: &[Share], position: usize) -> Vec<Part> {
    let mut parts: Vec<Part> = shares
        .iter()
        .map(|share| Part { holding: share.parties[position], amount: share.amount, waived: share.waived })
        .collect();
    parts.sort_by_key(|part| part.holding);
    parts.dedup_by(|next, kept| {
        let same = next.holding == kept.holding;
        if same {
            kept.amount = kept.amount.saturating_add(next.amount);
            // A holding is waived only where all of it is.
            kept.waived &= next.waived;
        }
        same
    });
    parts
}

/// What a cell, or a union of cells, needs: the movement that hides its largest holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsafe {
    pub reason: Reason,
    pub need: i64,
}

/// Applies the rules at each position; none when the amount may be published.
pub(super) fn judge(shares: &[Share], rules: &Rules) -> Option<Unsafe> {
    let alone = (0..positions(shares)).filter_map(|position| one(&at_position(shares, position), rules));
    let informed = attackers(shares, rules).into_iter().filter_map(|attacker| {
        let need = need_against(shares, &attacker, rules);
        (need > 0).then_some(Unsafe { reason: Reason::Dominance, need })
    });
    // Of equal needs the first: too few comes before too large.
    alone.chain(informed).reduce(|best, next| if next.need > best.need { next } else { best })
}

/// Whether fewer holdings than the minimum stand at one position, and not all of them consent.
pub(super) fn is_of_few(shares: &[Share], rules: &Rules) -> bool {
    (0..positions(shares)).any(|position| {
        let parts = at_position(shares, position);
        parts.len() < rules.minimum as usize && parts.iter().any(|part| !part.waived)
    })
}

/// Size of an amount: a derived amount may be negative, and is as revealing.
fn size(amount: i64) -> i128 {
    i128::from(amount).abs()
}

fn up(hundredths: i128) -> i64 {
    if hundredths <= 0 { 0 } else { i64::try_from((hundredths + 99) / 100).unwrap_or(i64::MAX) }
}

#[cfg(test)]
mod tests {
    use super::{Rules, Share, judge, need_against};
    use crate::disclosure::error::Reason;

    pub(super) fn shares(amounts: &[i64]) -> Vec<Share> {
        let alone = |(amount, holding): (&i64, u32)| Share {
            parties: [holding, holding],
            amount: *amount,
            waived: false,
        };
        amounts.iter().zip(0..).map(alone).collect()
    }

    fn verdict(amounts: &[i64]) -> Option<(Reason, i64)> {
        judge(&shares(amounts), &Rules::default()).map(|found| (found.reason, found.need))
    }

    fn dominance(n: u32, k: u32) -> Rules {
        Rules { p_percent: None, minimum: 1, dominance: Some((n, k)), ..Rules::default() }
    }

    #[test]
    fn the_p_percent_rule_follows_the_textbook() {
        assert_eq!(verdict(&[]), None);
        assert_eq!(verdict(&[40, 40, 40]), None);
        assert_eq!(verdict(&[100, 100]), Some((Reason::Frequency, 15)));
        assert_eq!(verdict(&[100]), Some((Reason::Frequency, 15)));
        // 15 % of 1000 is 150, and 110 stand apart from the two largest.
        assert_eq!(verdict(&[1000, 500, 110]), Some((Reason::Dominance, 40)));
        assert_eq!(verdict(&[1000, 500, 150]), None);
        assert_eq!(verdict(&[0, 0]), Some((Reason::Frequency, 1)));
    }

    #[test]
    fn a_declared_margin_is_what_a_cell_of_few_needs() {
        let need = |amounts: &[i64], margin| {
            let rules = Rules { frequency_margin: Some(margin), ..Rules::default() };
            judge(&shares(amounts), &rules).map(|found| found.need)
        };
        assert_eq!([need(&[100], 0), need(&[100], 40), need(&[60, 40], 1)], [Some(1), Some(40), Some(1)]);
        assert_eq!([need(&[100, 90, 80], 40), need(&[0, 0], 40)], [None, Some(1)]);
        let rules = Rules { frequency_margin: Some(20), ..dominance(1, 85) };
        let few = |amounts: &[i64]| judge(&shares(amounts), &Rules { minimum: 3, ..rules.clone() });
        assert_eq!(few(&[50, 50]).map(|found| (found.reason, found.need)), Some((Reason::Frequency, 20)));
        assert_eq!(few(&[1000, 10]).map(|found| found.need), Some(202));
        assert_eq!(few(&[1000, 10, 10]).map(|found| found.need), Some(157));
        // Whoever is one of them is kept from the margin of the others alone.
        let rules = Rules { frequency_margin: Some(30), ..Rules::default() };
        assert_eq!(need_against(&shares(&[60, 40]), &[0], &rules), 12);
    }

    #[test]
    fn the_dominance_rule_follows_the_textbook() {
        // Cases of the handbook on statistical disclosure control, chapter 4.2.
        assert_eq!(judge(&shares(&[50_000, 49_000, 1000]), &dominance(1, 90)), None);
        let found = judge(&shares(&[300, 20, 10]), &dominance(1, 85)).unwrap();
        assert_eq!((found.reason, found.need), (Reason::Dominance, 23));
        assert!(judge(&shares(&[52_000, 50_000, 8000]), &dominance(2, 90)).is_some());
    }

    #[test]
    fn who_waives_is_not_hidden_but_may_attack() {
        let mut waived = shares(&[1000, 50, 40, 9]);
        assert!(judge(&waived, &Rules::default()).is_some());
        waived[0].waived = true;
        assert_eq!(judge(&waived, &Rules::default()), None);
        waived[2].amount = 0;
        waived[3].amount = 0;
        assert_eq!(judge(&waived, &Rules::default()).unwrap().need, 8);
        for share in &mut waived {
            share.waived = true;
        }
        assert_eq!(judge(&waived, &Rules::default()), None);
    }
}
