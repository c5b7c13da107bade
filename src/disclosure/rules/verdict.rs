//! What the rules ask of a cell at one position: minimum frequency, p %, dominance.

use super::super::error::Reason;
use super::{Part, Rules, Unsafe, size, up};

/// Shape of a cell that the rules look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Summary {
    /// Holdings.
    pub count: usize,
    pub total: i64,
    /// The largest contribution, and the second.
    pub largest: i64,
    pub second: i64,
}

/// Applies the rules to a cell of which only the largest contributions are known; n is at most 2.
pub(in super::super) fn judge_summary(summary: &Summary, rules: &Rules) -> Option<Unsafe> {
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
pub(super) fn one(shares: &[Part], rules: &Rules) -> Option<Unsafe> {
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
