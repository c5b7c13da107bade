//! Primary rules, at the level of groups.

use super::table::Reason;
use crate::config::Disclosure;
use std::collections::BTreeMap;

/// What a cell, or a union of cells, needs: the width of movement that hides its largest group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unsafe {
    pub reason: Reason,
    pub need: i64,
}

/// Applies both rules to each contributor position; none when the amount may be published.
/// `p %`: unsafe when `X - x1 - x2 < p/100 x1`; the need is the difference, rounded up.
/// Below the minimum frequency the need is `p/100 x1`, at least 1.
pub(super) fn rule(positions: &[BTreeMap<String, i64>], policy: &Disclosure) -> Option<Unsafe> {
    positions.iter().filter_map(|groups| one(groups, policy)).max_by_key(|found| found.need)
}

fn one(groups: &BTreeMap<String, i64>, policy: &Disclosure) -> Option<Unsafe> {
    if groups.is_empty() {
        return None;
    }
    let mut amounts: Vec<i128> = groups.values().map(|amount| i128::from(*amount)).collect();
    amounts.sort_unstable_by(|left, right| right.cmp(left));
    let largest = amounts[0];
    let rest: i128 = amounts.iter().skip(2).sum();
    let protection = i128::from(policy.p_percent) * largest;
    let narrow = 100 * rest < protection;
    let few = groups.len() < policy.minimum_contributors as usize;
    let reason = match (few, narrow) {
        (true, _) => Reason::Frequency,
        (false, true) => Reason::Dominance,
        (false, false) => return None,
    };
    let missing = if few { protection } else { protection - 100 * rest };
    let need = i64::try_from((missing + 99) / 100).unwrap_or(i64::MAX).max(1);
    Some(Unsafe { reason, need })
}

#[cfg(test)]
mod tests {
    use super::rule;
    use crate::config::Disclosure;
    use crate::disclosure::table::Reason;
    use std::collections::BTreeMap;

    fn verdict(amounts: &[i64]) -> Option<(Reason, i64)> {
        let groups: BTreeMap<String, i64> =
            amounts.iter().enumerate().map(|(group, amount)| (group.to_string(), *amount)).collect();
        rule(&[groups], &Disclosure::default()).map(|found| (found.reason, found.need))
    }

    #[test]
    fn follow_the_textbook() {
        assert_eq!(verdict(&[]), None);
        assert_eq!(verdict(&[40, 40, 40]), None);
        assert_eq!(verdict(&[100, 100]), Some((Reason::Frequency, 15)));
        assert_eq!(verdict(&[100]), Some((Reason::Frequency, 15)));
        // 15 % of 1000 is 150, and 110 stand apart from the two largest.
        assert_eq!(verdict(&[1000, 500, 110]), Some((Reason::Dominance, 40)));
        assert_eq!(verdict(&[1000, 500, 150]), None);
        assert_eq!(verdict(&[0, 0]), Some((Reason::Frequency, 1)));
    }
}
