//! Who is who, where that is not sure: what changes tonight must be safe under every reading.

use super::{Rules, Share, Unsafe, at_position, judge, size};
use std::collections::{BTreeMap, BTreeSet};

/// Holdings that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in super::super) struct Doubts {
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
    pub(in super::super) fn is_none(&self) -> bool {
        self.one.is_empty() && self.unknown.is_empty() && (self.gone.is_empty() || self.came.is_empty())
    }
}

/// As [`judge`], for what is new tonight: also with holdings that are one counted as one, also with those
/// that came taken for those that left, and of either also with who is unknown taken for another. The
/// strictest holds.
pub(in super::super) fn judge_new(shares: &[Share], rules: &Rules) -> Option<Unsafe> {
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

#[cfg(test)]
mod tests {
    use super::super::tests::shares;
    use super::{Doubts, Rules, Share, judge, judge_new};
    use crate::disclosure::error::Reason;

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
}
