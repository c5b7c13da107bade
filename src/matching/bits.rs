//! Sets of the numbered substances of a table.

use std::ops::{BitAnd, BitOr, BitOrAssign};

const WORDS: usize = 8;
const BITS: u32 = u64::BITS;

/// Numbers below [`Bits::MOST`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bits([u64; WORDS]);

impl Bits {
    pub(super) const NONE: Self = Self([0; WORDS]);
    /// One more than the greatest number that a set can hold.
    pub(super) const MOST: usize = WORDS * u64::BITS as usize;

    /// The set of one number; none of one that is too great.
    pub(super) fn of(number: u32) -> Self {
        let mut bits = Self::NONE;
        if let Some(word) = bits.0.get_mut((number / BITS) as usize) {
            *word = 1 << (number % BITS);
        }
        bits
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0.iter().zip(other.0).any(|(one, other)| one & other != 0)
    }

    pub(super) fn is_within(self, other: Self) -> bool {
        self & other == self
    }

    /// Those that another set has not.
    pub(super) fn beside(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & !other.0[at]))
    }

    /// Its numbers, rising.
    pub(super) fn numbers(self) -> impl Iterator<Item = u32> {
        self.0.into_iter().zip(0_u32..).flat_map(|(word, at)| {
            let some = |bits: u64| (bits != 0).then_some(bits);
            std::iter::successors(some(word), move |rest| some(rest & (rest - 1)))
                .map(move |rest| at * BITS + rest.trailing_zeros())
        })
    }

    /// Its number when it holds one alone.
    pub(super) fn only(self) -> Option<u32> {
        let mut numbers = self.numbers();
        let first = numbers.next();
        first.filter(|_| numbers.next().is_none())
    }
}

impl BitOr for Bits {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

impl BitAnd for Bits {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }
}

impl BitOrAssign for Bits {
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

impl FromIterator<Self> for Bits {
    fn from_iter<T: IntoIterator<Item = Self>>(sets: T) -> Self {
        sets.into_iter().fold(Self::NONE, Self::bitor)
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn a_set_holds_what_was_put_in_and_nothing_else() {
        let numbers = [0, 63, 64, 200, 511];
        let set: Bits = numbers.into_iter().map(Bits::of).collect();
        assert_eq!(set.numbers().collect::<Vec<_>>(), numbers);
        assert_eq!((set.only(), Bits::of(64).only(), Bits::NONE.only()), (None, Some(64), None));
        assert!(set.meets(Bits::of(64)) && !set.meets(Bits::of(65)) && !set.meets(Bits::NONE));
        assert!(Bits::of(64).is_within(set) && !set.is_within(Bits::of(64)));
        assert_eq!(set.beside(Bits::of(0)).numbers().next(), Some(63));
        assert!(Bits::of(u32::try_from(Bits::MOST).unwrap()).is_empty());
    }
}
