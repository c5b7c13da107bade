//! Mass as an exact interval.

/// Kilograms a year: the best value with the interval it may lie in.
///
/// Lower end <= best value <= upper end, none negative. All three are equal when the quantity was
/// given as a mass; they differ for a range or a volume with a density interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mass {
    low: i64,
    best: i64,
    high: i64,
}

impl Mass {
    /// An interval around a best value, or none when it is empty or negative.
    #[must_use]
    pub const fn new(low_kg: i64, best_kg: i64, high_kg: i64) -> Option<Self> {
        if 0 <= low_kg && low_kg <= best_kg && best_kg <= high_kg {
            Some(Self { low: low_kg, best: best_kg, high: high_kg })
        } else {
            None
        }
    }

    /// A known mass.
    #[must_use]
    pub const fn exact(kg: i64) -> Option<Self> {
        Self::new(kg, kg, kg)
    }

    /// Lower end, kg a year.
    #[must_use]
    pub const fn low_kg(self) -> i64 {
        self.low
    }

    /// Best value, kg a year: the middle of a range, rounded half up.
    #[must_use]
    pub const fn best_kg(self) -> i64 {
        self.best
    }

    /// Upper end, kg a year.
    #[must_use]
    pub const fn high_kg(self) -> i64 {
        self.high
    }

    /// Whether the value is a point and not an interval.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        self.low == self.high
    }
}
