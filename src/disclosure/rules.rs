//! Primary rules, at the level of holdings.

use super::error::Reason;
use std::collections::{BTreeMap, BTreeSet};

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

/// Holdings that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Doubts {
    /// Of those that are one and were published as several, the first of them.
    pub one: BTreeMap<u32, u32>,
    /// That left or lost something: each may be one of those that came.
    pub gone: BTreeSet<u32>,
    /// That came.
    pub came: BTreeSet<u32>,
    /// That may be any other.
    pub unknown: BTreeSet<u32>,
}

impl Doubts {
    /// Whether everybody is who they were.
    pub(super) fn is_none(&self) -> bool {
        self.one.is_empty() && self.unknown.is_empty() && (self.gone.is_empty() || self.came.is_empty())
    }
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

/// As [`judge`], for what is new tonight: also with holdings that are one counted as one, also with those
/// that came taken for those that left, and of either also with who is unknown taken for another. The
/// strictest holds.
pub(super) fn judge_new(shares: &[Share], rules: &Rules) -> Option<Unsafe> {
    let apart = judge(shares, rules);
    if rules.doubts.is_none() {
        return apart;
    }
    let joined = joined(shares, &rules.doubts);
    let replaced = replaced(&joined, &rules.doubts);
    let recognised = [&joined, &replaced].map(|shares| recognised(shares, &rules.doubts));
    let others = [joined, replaced].into_iter().chain(recognised);
    let all = apart.into_iter().chain(others.filter_map(|shares| judge(&shares, rules)));
    all.reduce(|best, next| if next.need > best.need { next } else { best })
}

/// Shares of holdings that are one, added up. In a change, whoever gained what it lost changed by
/// nothing.
fn joined(shares: &[Share], doubts: &Doubts) -> Vec<Share> {
    let as_one = |holding: u32| doubts.one.get(&holding).copied().unwrap_or(holding);
    let mut joined: BTreeMap<[u32; 2], (i64, bool)> = BTreeMap::new();
    for share in shares {
        let known = joined.entry(share.parties.map(as_one)).or_insert((0, true));
        known.0 = known.0.saturating_add(share.amount);
        known.1 &= share.waived;
    }
    let signed = shares.iter().any(|share| share.amount < 0);
    let joined = joined.into_iter().filter(|(_, (amount, _))| !signed || *amount != 0);
    joined.map(|(parties, (amount, waived))| Share { parties, amount, waived }).collect()
}

/// A change as it is if those that came are those that left: the largest loss with the largest gain, and
/// so on. So many fewer changed, and by so much less.
fn replaced(shares: &[Share], doubts: &Doubts) -> Vec<Share> {
    let is_in = |share: &Share, of: &BTreeSet<u32>| share.parties.iter().any(|party| of.contains(party));
    let sorted = |mut shares: Vec<Share>| {
        shares.sort_by_key(|share| (std::cmp::Reverse(share.amount.unsigned_abs()), share.parties));
        shares
    };
    let (gone, others): (Vec<Share>, Vec<Share>) =
        shares.iter().partition(|share| share.amount < 0 && is_in(share, &doubts.gone));
    let (came, mut others): (Vec<Share>, Vec<Share>) =
        others.into_iter().partition(|share| share.amount > 0 && is_in(share, &doubts.came));
    let (gone, came) = (sorted(gone), sorted(came));
    let both = gone.len().min(came.len());
    others.extend(gone.iter().skip(both).chain(came.iter().skip(both)));
    others.extend(gone.iter().zip(&came).filter_map(|(left, new)| {
        let amount = left.amount.saturating_add(new.amount);
        let waived = left.waived && new.waived;
        (amount != 0).then_some(Share { parties: left.parties, amount, waived })
    }));
    others
}

/// Shares as they are if who is unknown is the largest of those that are known, on each side of an exchange:
/// so many fewer take part, and the largest is so much larger.
fn recognised(shares: &[Share], doubts: &Doubts) -> Vec<Share> {
    let is_known = |holding: u32| !doubts.unknown.contains(&holding);
    let largest = [0, 1].map(|position| {
        let parts = at_position(shares, position).into_iter();
        let largest = parts.max_by_key(|part| (is_known(part.holding), size(part.amount)));
        largest.map(|part| part.holding)
    });
    let as_known = |share: &Share| {
        let [giver, taker] = [0, 1].map(|position| {
            let party = share.parties[position];
            if is_known(party) { party } else { largest[position].unwrap_or(party) }
        });
        Share { parties: [giver, taker], ..*share }
    };
    joined(&shares.iter().map(as_known).collect::<Vec<_>>(), doubts)
}

/// Who may know more than the largest other contributor at one position: coalitions, and holdings
/// that give in one exchange and take in another. One that leaves enough unknown even of the
/// largest is left out.
fn attackers(shares: &[Share], rules: &Rules) -> Vec<Vec<u32>> {
    let mut attackers: Vec<Vec<u32>> = rules.coalitions.clone();
    attackers.retain(|members| shares.iter().any(|share| share.is_known_to(members)));
    if positions(shares) == 1 {
        return attackers;
    }
    let mut known: BTreeMap<u32, i128> = BTreeMap::new();
    for share in shares {
        *known.entry(share.parties[0]).or_insert(0) += size(share.amount);
        if share.parties[1] != share.parties[0] {
            *known.entry(share.parties[1]).or_insert(0) += size(share.amount);
        }
    }
    let total: i128 = shares.iter().map(|share| size(share.amount)).sum();
    let largest = known.values().copied().max().unwrap_or(0);
    let signed = shares.iter().any(|share| share.amount < 0);
    let enough = match (rules.p_percent, rules.dominance) {
        (Some(p), _) => up(i128::from(p) * largest),
        (None, Some((_, k))) => up(100 * (100 * largest / i128::from(k.max(1)) + 1)),
        (None, None) => 0,
    };
    let may = |amount: i128| signed || total - amount - largest < i128::from(enough);
    attackers.extend(known.into_iter().filter(|(_, amount)| may(*amount)).map(|(holding, _)| vec![holding]));
    attackers
}

/// What an attacker must still be kept from, of the shares to which it is no party.
///
/// Zero when it is a party to all of them.
pub(super) fn need_against(shares: &[Share], attacker: &[u32], rules: &Rules) -> i64 {
    let unknown: Vec<Share> = shares.iter().copied().filter(|share| !share.is_known_to(attacker)).collect();
    let needs = (0..positions(shares)).map(|position| {
        let others = at_position(&unknown, position);
        let Some(largest) = others.iter().filter(|part| !part.waived).map(|part| size(part.amount)).max()
        else {
            return 0;
        };
        let rest = others.iter().map(|part| size(part.amount)).sum::<i128>() - largest;
        let few = at_position(shares, position).len() < rules.minimum as usize;
        if let Some(margin) = rules.frequency_margin.filter(|_| few) {
            return up(i128::from(margin) * (largest + rest)).max(1);
        }
        let p = rules.p_percent.map(i128::from);
        let by_ratio = p.map_or(0, |p| p * largest - if few { 0 } else { 100 * rest });
        let by_dominance = rules.dominance.filter(|_| p.is_none()).map_or(0, |(_, k)| {
            let k = i128::from(k.max(1));
            // In hundredths, like the p % need: 100 (100/k x1 - x1 - rest).
            100 * ((100 * largest + k - 1) / k - largest - if few { 0 } else { rest })
        });
        up(by_ratio.max(by_dominance)).max(i64::from(few))
    });
    needs.max().unwrap_or(0)
}

/// Size of an amount: a derived amount may be negative, and is as revealing.
fn size(amount: i64) -> i128 {
    i128::from(amount).abs()
}

fn up(hundredths: i128) -> i64 {
    if hundredths <= 0 { 0 } else { i64::try_from((hundredths + 99) / 100).unwrap_or(i64::MAX) }
}

/// Shape of a cell that the rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    /// Holdings.
    pub count: usize,
    pub total: i64,
    /// The largest contribution, and the second.
    pub largest: i64,
    pub second: i64,
}

/// Applies the rules to a cell of which only the largest contributions are known; n is at most 2.
pub(super) fn judge_summary(summary: &Summary, rules: &Rules) -> Option<Unsafe> {
    if summary.count == 0 && summary.total == 0 {
        return None;
    }
    let top = match rules.dominance {
        Some((n, _)) if n > 1 => size(summary.largest) + size(summary.second),
        _ => size(summary.largest),
    };
    let few = summary.count < rules.minimum as usize;
    verdict(few, size(summary.total), size(summary.largest), size(summary.second), Some(top), rules)
}

/// A holding that waives is never the one to be hidden, only the one that attacks.
fn one(shares: &[Part], rules: &Rules) -> Option<Unsafe> {
    if shares.is_empty() || shares.iter().all(|share| share.waived) {
        return None;
    }
    let mut sorted: Vec<Part> = shares.to_vec();
    sorted.sort_by_key(|share| (std::cmp::Reverse(size(share.amount)), share.holding));
    let total: i128 = sorted.iter().map(|share| size(share.amount)).sum();
    let hidden = sorted.iter().position(|share| !share.waived)?;
    let others = sorted.iter().enumerate().filter(|(position, _)| *position != hidden);
    let second = others.map(|(_, share)| size(share.amount)).max().unwrap_or(0);
    let n = rules.dominance.map_or(0, |(n, _)| n as usize);
    let top = (hidden < n).then(|| sorted.iter().take(n).map(|share| size(share.amount)).sum());
    let few = shares.len() < rules.minimum as usize;
    verdict(few, total, size(sorted[hidden].amount), second, top, rules)
}

/// `p %`: unsafe when `X - x1 - x2 < p/100 x1`, the need is the difference, rounded up.
/// `(n, k)`: unsafe when `x1 + … + xn > k/100 X`, the need is `100/k (x1 + … + xn) - X`.
/// Below the minimum frequency the need is that of the rule for a holding alone, or the declared margin of
/// the cell; at least 1.
fn verdict(
    few: bool,
    total: i128,
    largest: i128,
    second: i128,
    top: Option<i128>,
    rules: &Rules,
) -> Option<Unsafe> {
    let rest = total - largest - second;
    if let Some(margin) = rules.frequency_margin.filter(|_| few) {
        return Some(Unsafe { reason: Reason::Frequency, need: up(i128::from(margin) * total).max(1) });
    }
    let mut need = 0;
    let mut dominated = false;
    if let Some(p) = rules.p_percent {
        let p = i128::from(p);
        let missing = p * largest - 100 * rest;
        dominated |= missing > 0;
        need = need.max(up(if few { p * largest } else { missing }));
    }
    if let Some((_, k)) = rules.dominance {
        let k = i128::from(k.max(1));
        if let Some(top) = top.filter(|top| 100 * top > k * total) {
            dominated = true;
            let missing = (100 * top + k - 1) / k - total;
            need = need.max(i64::try_from(missing).unwrap_or(i64::MAX));
        }
        if few && rules.p_percent.is_none() {
            let alone = (100 * largest + k - 1) / k - largest;
            need = need.max(i64::try_from(alone).unwrap_or(i64::MAX));
        }
    }
    let reason = match (few, dominated) {
        (true, _) => Reason::Frequency,
        (false, true) => Reason::Dominance,
        (false, false) => return None,
    };
    Some(Unsafe { reason, need: need.max(1) })
}

#[cfg(test)]
mod tests {
    use super::{Doubts, Rules, Share, judge, judge_new, need_against};
    use crate::disclosure::error::Reason;

    fn shares(amounts: &[i64]) -> Vec<Share> {
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
    fn who_may_be_one_changes_as_one() {
        let shares = shares(&[-100, 130, 40, 50]);
        assert_eq!(judge(&shares, &Rules::default()), None);
        let doubtful =
            |doubts| judge_new(&shares, &Rules { doubts, ..Rules::default() }).map(|found| found.reason);
        assert_eq!(doubtful(Doubts::default()), None);
        let one = Doubts { one: [(0, 0), (1, 0), (2, 0)].into(), ..Doubts::default() };
        assert_eq!(doubtful(one), Some(Reason::Frequency));
        // Holding 1 may be holding 0: three are left, and two with another one that left and came.
        let replaced = |gone: &[u32], came: &[u32]| Doubts {
            gone: gone.iter().copied().collect(),
            came: came.iter().copied().collect(),
            ..Doubts::default()
        };
        assert_eq!(doubtful(replaced(&[0], &[1])), None);
        assert_eq!(doubtful(replaced(&[0], &[])), None);
        let swapped = super::replaced(&shares, &replaced(&[0], &[1, 2]));
        assert_eq!(swapped.iter().map(|share| share.amount).collect::<Vec<_>>(), [50, 40, 30]);
        let net = super::replaced(&shares[..3], &replaced(&[0], &[1]));
        assert_eq!(judge(&net, &Rules::default()).map(|found| found.reason), Some(Reason::Frequency));
    }

    #[test]
    fn who_is_unknown_may_be_any_other_and_makes_no_cell_safer() {
        let unknown = |holdings: &[u32]| {
            let doubts = Doubts { unknown: holdings.iter().copied().collect(), ..Doubts::default() };
            Rules { doubts, ..Rules::default() }
        };
        let reason =
            |amounts: &[i64], rules: &Rules| judge_new(&shares(amounts), rules).map(|found| found.reason);
        // Two that are known, whoever the others are; three that are.
        assert_eq!(reason(&[100, 90, 80], &unknown(&[2])), Some(Reason::Frequency));
        assert_eq!(reason(&[100, 90, 80, 70], &unknown(&[2, 3])), Some(Reason::Frequency));
        assert_eq!(reason(&[100, 90, 80, 70], &unknown(&[0])), None);
        // With what is unknown the largest has so much that the others do not hide it.
        assert_eq!(reason(&[1000, 500, 160, 900], &unknown(&[])), None);
        assert_eq!(reason(&[1000, 500, 160, 900], &unknown(&[3])), Some(Reason::Dominance));
        // On each side of an exchange.
        let pair = |giver, taker| Share { parties: [giver, taker], amount: 100, waived: false };
        let exchanges = [pair(0, 1), pair(2, 3), pair(4, 9), pair(5, 6)];
        assert_eq!(judge_new(&exchanges, &unknown(&[])), None);
        assert_eq!(judge_new(&exchanges, &unknown(&[9])), None);
        assert!(judge_new(&exchanges[..3], &unknown(&[9])).is_some());
        // Of nobody else there is one at most.
        assert_eq!(reason(&[100, 90, 80], &unknown(&[0, 1, 2])), Some(Reason::Frequency));
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

    #[test]
    fn an_insider_is_kept_from_the_others_only() {
        let rules = Rules::default();
        assert_eq!(need_against(&shares(&[100]), &[0], &rules), 0);
        assert_eq!(need_against(&shares(&[100, 40]), &[0], &rules), 6);
        assert_eq!(need_against(&shares(&[1000, 500, 110]), &[1], &rules), 40);
        assert_eq!(need_against(&shares(&[1000, 500, 110]), &[1, 2], &rules), 150);
    }

    #[test]
    fn who_stands_on_both_sides_knows_both() {
        let pair = |giver, taker, amount| Share { parties: [giver, taker], amount, waived: false };
        // Three givers and three takers, enough on each side; holding 0 was party to all but one.
        let exchanges = [pair(0, 1, 100), pair(2, 0, 80), pair(3, 4, 20)];
        assert_eq!(judge(&exchanges, &Rules::default()).map(|found| found.need), Some(3));
        let more = [pair(0, 1, 100), pair(2, 0, 80), pair(3, 4, 20), pair(5, 6, 20), pair(7, 8, 20)];
        assert_eq!(judge(&more, &Rules::default()), None);
    }

    #[test]
    fn a_coalition_subtracts_what_its_members_have() {
        let rules = Rules { coalitions: vec![vec![1, 2]], ..Rules::default() };
        assert_eq!(judge(&shares(&[100, 90, 80]), &Rules::default()), None);
        assert_eq!(judge(&shares(&[100, 90, 80]), &rules).map(|found| found.need), Some(15));
        assert_eq!(judge(&shares(&[100, 90, 80, 100]), &rules), None);
    }

    #[test]
    fn a_party_knows_the_exchange_and_nobody_else_does() {
        let pair = |giver, taker, amount| Share { parties: [giver, taker], amount, waived: false };
        let exchanges = [pair(0, 5, 100), pair(1, 5, 80), pair(2, 5, 60)];
        // Three givers, one taker: the taker is alone at its position.
        assert_eq!(judge(&exchanges, &Rules::default()).map(|found| found.need), Some(36));
        assert_eq!(need_against(&exchanges, &[5], &Rules::default()), 0);
        assert_eq!(need_against(&exchanges, &[0], &Rules::default()), 21);
        assert_eq!(need_against(&exchanges, &[9], &Rules::default()), 36);
    }
}
