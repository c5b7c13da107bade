//! Fractions of 128 bits that say when they no longer fit.

/// In lowest terms, the denominator above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fraction {
    pub numerator: i128,
    pub denominator: i128,
}

impl Fraction {
    /// `numerator / denominator`; none for a denominator of zero.
    pub(super) fn new(numerator: i128, denominator: i128) -> Option<Self> {
        let divisor = gcd(numerator, denominator);
        if denominator == 0 {
            return None;
        }
        let divisor = if denominator < 0 { -divisor } else { divisor };
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    pub(super) const fn whole(numerator: i128) -> Self {
        Self { numerator, denominator: 1 }
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        // Crosswise first: the products stay as small as they can.
        let left = gcd(self.numerator, other.denominator).max(1);
        let right = gcd(other.numerator, self.denominator).max(1);
        Some(Self {
            numerator: (self.numerator / left).checked_mul(other.numerator / right)?,
            denominator: (self.denominator / right).checked_mul(other.denominator / left)?,
        })
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        if self.denominator == 1 && other.denominator == 1 {
            return Some(Self::whole(self.numerator.checked_add(other.numerator)?));
        }
        let divisor = gcd(self.denominator, other.denominator);
        let left = self.numerator.checked_mul(other.denominator / divisor)?;
        let right = other.numerator.checked_mul(self.denominator / divisor)?;
        Self::new(left.checked_add(right)?, self.denominator.checked_mul(other.denominator / divisor)?)
    }

    pub(super) const fn negative(self) -> Self {
        Self { numerator: -self.numerator, denominator: self.denominator }
    }

    pub(super) const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// One over it; none for zero.
    pub(super) fn inverse(self) -> Option<Self> {
        Self::new(self.denominator, self.numerator)
    }
}

/// Greatest common divisor, not negative.
pub(super) fn gcd(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
    while right != 0 {
        if let (Ok(mut small), Ok(mut smaller)) = (u64::try_from(left), u64::try_from(right)) {
            while smaller != 0 {
                (small, smaller) = (smaller, small % smaller);
            }
            return i128::from(small);
        }
        (left, right) = (right, left % right);
    }
    i128::try_from(left).unwrap_or(i128::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Fraction, gcd};

    #[test]
    fn sums_and_products_stay_in_lowest_terms() {
        let (half, third) = (Fraction::new(1, 2).unwrap(), Fraction::new(-2, -6).unwrap());
        assert_eq!(half.plus(third), Fraction::new(5, 6));
        assert_eq!(half.times(third), Fraction::new(1, 6));
        assert_eq!(half.plus(half.negative()), Some(Fraction::whole(0)));
        assert_eq!(Fraction::new(-3, 4).unwrap().inverse(), Fraction::new(-4, 3));
        assert_eq!(Fraction::whole(0).inverse(), None);
        assert_eq!(Fraction::whole(i128::MAX).times(Fraction::whole(2)), None);
        assert_eq!(gcd(-12, 18), 6);
    }
}
