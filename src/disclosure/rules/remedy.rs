//! What would make an unsafe cell safe by itself: each remedy is judged before it is told.
//!
//! For cells behind whose records one holding stands, so at one position.

use super::{Part, Rules, Share, Summary, at_position, judge, judge_summary, size};
use std::cmp::Reverse;

/// Further holdings that are tried at most: 1 % of dominance asks for a hundred.
const MOST: usize = 128;

/// Further holdings without consent, each with an amount between two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Further {
    pub count: usize,
    pub least: i64,
    /// With more, one of them may be the one to hide, or outweigh the others.
    pub most: i64,
}

/// The fewest further holdings that make a cell safe, whatever each has between the two amounts.
pub(in super::super) fn further(shares: &[Share], rules: &Rules) -> Option<Further> {
    let parts = sorted(at_position(shares, 0));
    let hidden = largest(&parts, &[])?;
    let is_safe = |count: usize, amount: i64| {
        let new = (0..u32::try_from(count).unwrap_or(u32::MAX)).map(|place| Share {
            parties: [u32::MAX - place; 2],
            amount,
            waived: false,
        });
        judge(&shares.iter().copied().chain(new).collect::<Vec<_>>(), rules).is_none()
    };
    // While none is over these, it is the others alone that each unit more goes to.
    let nth = rules.dominance.map(|(n, _)| parts.get(n as usize - 1).map_or(0, |part| size(part.amount)));
    let among =
        rules.coalitions.iter().filter(|members| shares.iter().any(|share| share.is_known_to(members)));
    let unknown = among.map(|members| largest(&parts, members).unwrap_or(0));
    let even = nth.into_iter().chain(unknown).fold(hidden, i128::min);
    fewest(missing(parts.len(), rules), [even, hidden].map(whole), is_safe)
}

/// As [`further`], of a cell of which only the largest contributions are known.
pub(in super::super) fn further_of(summary: &Summary, rules: &Rules) -> Option<Further> {
    let is_safe = |count: usize, amount: i64| {
        let added = i64::try_from(count).unwrap_or(i64::MAX).saturating_mul(amount);
        let summary = Summary {
            count: summary.count + count,
            total: summary.total.saturating_add(added),
            second: summary.second.max(amount),
            ..*summary
        };
        judge_summary(&summary, rules).is_none()
    };
    let even = if rules.dominance.is_some_and(|(n, _)| n > 1) { summary.second } else { summary.largest };
    fewest(missing(summary.count, rules), [even, summary.largest], is_safe)
}

/// How many of the largest holdings without consent free the cell when they give it together. All of them do.
pub(in super::super) fn consents(shares: &[Share], rules: &Rules) -> usize {
    let open: Vec<Part> = sorted(at_position(shares, 0)).into_iter().filter(|part| !part.waived).collect();
    let is_safe = |count: &usize| {
        let given: Vec<u32> = open[..*count].iter().map(|part| part.holding).collect();
        let waived = |share: &Share| Share { waived: share.waived || share.is_known_to(&given), ..*share };
        judge(&shares.iter().map(waived).collect::<Vec<_>>(), rules).is_none()
    };
    (1..open.len()).find(is_safe).unwrap_or(open.len())
}

/// The largest first.
fn sorted(mut parts: Vec<Part>) -> Vec<Part> {
    parts.sort_by_key(|part| (Reverse(size(part.amount)), part.holding));
    parts
}

/// The largest that has to be hidden from these holdings.
fn largest(parts: &[Part], from: &[u32]) -> Option<i128> {
    parts.iter().find(|part| !part.waived && !from.contains(&part.holding)).map(|part| size(part.amount))
}

fn missing(holdings: usize, rules: &Rules) -> usize {
    (rules.minimum as usize).saturating_sub(holdings).max(1)
}

fn whole(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

/// Up to the first of the amounts each unit more makes the cell safer; up to the second, equal amounts may.
fn fewest(missing: usize, limits: [i64; 2], is_safe: impl Fn(usize, i64) -> bool) -> Option<Further> {
    for count in missing..=missing + MOST {
        for (limit, is_even) in limits.into_iter().zip([true, false]) {
            if !is_safe(count, limit) {
                continue;
            }
            let (mut below, mut least) = (-1, limit);
            while least - below > 1 {
                let middle = below + (least - below) / 2;
                if is_safe(count, middle) { least = middle } else { below = middle }
            }
            return Some(Further { count, least, most: if is_even { limit } else { least } });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::shares;
    use super::super::{Rules, Share, Summary, judge, judge_summary};
    use super::{Further, consents, further, further_of};

    /// Numbers of a linear congruence, the same every time.
    struct Draw(u64);

    impl Draw {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % end
        }

        fn amount(&mut self, least: i64, most: i64) -> i64 {
            least + i64::try_from(self.below((most - least + 1).unsigned_abs())).unwrap()
        }
    }

    fn rules(draw: &mut Draw) -> Rules {
        let pick =
            |draw: &mut Draw, list: &[u32]| list[usize::try_from(draw.below(list.len() as u64)).unwrap()];
        let p = pick(draw, &[5, 15, 50, 200]);
        let dominance = (pick(draw, &[1, 1, 2, 3]), pick(draw, &[30, 60, 85, 95]));
        let kind = draw.below(3);
        Rules {
            minimum: pick(draw, &[1, 3, 4]),
            p_percent: (kind != 1).then_some(p),
            dominance: (kind != 0).then_some(dominance),
            frequency_margin: (draw.below(4) == 0).then_some(10),
            coalitions: if draw.below(3) == 0 { vec![vec![0, 1], vec![2]] } else { Vec::new() },
            ..Rules::default()
        }
    }

    fn cell(draw: &mut Draw) -> Vec<Share> {
        let count = 1 + draw.below(6);
        let most = [3, 100, 1000][usize::try_from(count % 3).unwrap()];
        let amounts: Vec<i64> = (0..count).map(|_| draw.amount(0, most)).collect();
        let mut shares = shares(&amounts);
        for share in &mut shares {
            share.waived = draw.below(5) == 0;
        }
        shares
    }

    fn with(shares: &[Share], amounts: &[i64]) -> Vec<Share> {
        let new = amounts.iter().zip(100..).map(|(amount, holding)| Share {
            parties: [holding; 2],
            amount: *amount,
            waived: false,
        });
        shares.iter().copied().chain(new).collect()
    }

    #[test]
    fn whoever_does_what_a_remedy_says_frees_the_cell() {
        let mut draw = Draw(7);
        let (mut unsafe_cells, mut freed) = (0, 0);
        for _ in 0..4_000 {
            let (rules, shares) = (rules(&mut draw), cell(&mut draw));
            if judge(&shares, &rules).is_none() {
                continue;
            }
            unsafe_cells += 1;
            if let Some(Further { count, least, most }) = further(&shares, &rules) {
                freed += 1;
                for _ in 0..8 {
                    let amounts: Vec<i64> = (0..count).map(|_| draw.amount(least, most)).collect();
                    assert_eq!(
                        judge(&with(&shares, &amounts), &rules),
                        None,
                        "{shares:?} {rules:?} {amounts:?}"
                    );
                }
                for amounts in [vec![least; count], vec![most; count]] {
                    assert_eq!(judge(&with(&shares, &amounts), &rules), None, "{shares:?} {rules:?}");
                }
                // A unit less would not do.
                if least > 0 {
                    let amounts = vec![least - 1; count];
                    assert!(judge(&with(&shares, &amounts), &rules).is_some(), "{shares:?} {rules:?}");
                }
            }
            let count = consents(&shares, &rules);
            let mut open: Vec<&Share> = shares.iter().filter(|share| !share.waived).collect();
            open.sort_by_key(|share| (-share.amount, share.parties));
            let given: Vec<u32> = open[..count].iter().map(|share| share.parties[0]).collect();
            let mut consenting = shares.clone();
            for share in &mut consenting {
                share.waived |= share.is_known_to(&given);
            }
            assert_eq!(judge(&consenting, &rules), None, "{shares:?} {rules:?} {given:?}");
        }
        assert!(unsafe_cells > 1_000 && freed * 10 > unsafe_cells * 9, "{freed} of {unsafe_cells}");
    }

    #[test]
    fn the_same_holds_of_cells_of_which_the_largest_are_known() {
        let mut draw = Draw(11);
        let mut freed = 0;
        for _ in 0..4_000 {
            let rules = Rules { coalitions: Vec::new(), ..rules(&mut draw) };
            let mut amounts: Vec<i64> = cell(&mut draw).iter().map(|share| share.amount).collect();
            let summary = |amounts: &mut Vec<i64>| {
                amounts.sort_unstable_by_key(|amount| -amount);
                let second = amounts.get(1).copied().unwrap_or(0);
                Summary { count: amounts.len(), total: amounts.iter().sum(), largest: amounts[0], second }
            };
            let known = summary(&mut amounts);
            let is_known = rules.dominance.is_none_or(|(n, _)| n <= 2);
            if !is_known || judge_summary(&known, &rules).is_none() {
                continue;
            }
            let Some(Further { count, least, most }) = further_of(&known, &rules) else { continue };
            freed += 1;
            for _ in 0..8 {
                let mut amounts = amounts.clone();
                amounts.extend((0..count).map(|_| draw.amount(least, most)));
                assert_eq!(judge_summary(&summary(&mut amounts), &rules), None, "{amounts:?} {rules:?}");
            }
        }
        assert!(freed > 1_000, "{freed}");
    }

    #[test]
    fn cases_that_were_told_wrongly() {
        let rules = Rules::default();
        let told = |count, least, most| Some(Further { count, least, most });
        // Five and seven, in hundredths: 15 % of seven are missing beside both.
        assert_eq!(further(&shares(&[500, 700]), &rules), told(1, 105, 700));
        assert_eq!(consents(&shares(&[500, 700]), &rules), 2);
        // The consent of the largest leaves the second to hide, from the largest.
        assert_eq!(consents(&shares(&[100, 90, 1]), &rules), 2);
        assert_eq!(further(&shares(&[100, 90, 1]), &rules), told(1, 14, 100));
        // One alone would be the second, and know too much.
        assert_eq!(further(&shares(&[1000, 10, 10]), &rules), told(2, 130, 1000));
        assert_eq!(consents(&shares(&[1000, 10, 10]), &rules), 1);
        assert_eq!(further(&shares(&[100]), &rules), told(2, 15, 100));
    }
}
