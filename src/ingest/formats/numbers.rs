//! For which numbers a section of a number format is.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Those below, at and above a limit, or some of the three.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Numbers {
    below: bool,
    at: bool,
    above: bool,
    limit: f64,
}

impl Numbers {
    pub(super) const ALL: Self = Self { below: true, at: true, above: true, limit: 0.0 };
    pub(super) const NEGATIVE: Self = Self { at: false, above: false, ..Self::ALL };
    pub(super) const ZERO: Self = Self { below: false, above: false, ..Self::ALL };
    pub(super) const POSITIVE: Self = Self { below: false, at: false, ..Self::ALL };
    pub(super) const NOT_NEGATIVE: Self = Self { below: false, ..Self::ALL };

    /// Of a condition: `<1000`, `>=0.5`, `<>0`.
    pub(super) fn of_condition(condition: &str) -> Option<Self> {
        let end = condition.find(|mark| !matches!(mark, '<' | '=' | '>'))?;
        let (operator, limit) = condition.split_at(end);
        let limit = limit.trim().parse().ok().filter(|limit: &f64| limit.is_finite())?;
        let (below, at, above) = match operator {
            "<" => (true, false, false),
            "<=" => (true, true, false),
            "=" => (false, true, false),
            ">=" => (false, true, true),
            ">" => (false, false, true),
            "<>" => (true, false, true),
            _ => return None,
        };
        Some(Self { below, at, above, limit })
    }

    pub(super) fn has(self, number: f64) -> bool {
        match number.partial_cmp(&self.limit) {
            Some(Ordering::Less) => self.below,
            Some(Ordering::Equal) => self.at,
            Some(Ordering::Greater) => self.above,
            None => false,
        }
    }

    /// None of them is above zero.
    pub(super) fn are_at_most_zero(self) -> bool {
        !self.above && self.limit <= 0.0
    }
}
