//! Who knows a part of a cell: coalitions, and parties to its exchanges.

use super::{Rules, Share, at_position, positions, size, up};
use std::collections::BTreeMap;

/// Who may know more than the largest other contributor at one position: coalitions, and holdings
/// that give in one exchange and take in another. One that leaves enough unknown even of the
/// largest is left out.
pub(super) fn attackers(shares: &[Share], rules: &Rules) -> Vec<Vec<u32>> {
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
pub(in super::super) fn need_against(shares: &[Share], attacker: &[u32], rules: &Rules) -> i64 {
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

#[cfg(test)]
mod tests {
    use super::super::judge;
    use super::super::tests::shares;
    use super::{Rules, Share, need_against};

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
