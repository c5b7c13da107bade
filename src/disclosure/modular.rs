//! Arithmetic modulo the Mersenne prime 2^61 - 1.

/// The modulus.
pub(super) const PRIME: u64 = (1 << 61) - 1;

pub(super) fn residue(number: i128) -> u64 {
    u64::try_from(number.rem_euclid(i128::from(PRIME))).unwrap_or(0)
}

pub(super) fn times(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right);
    // 2^61 is 1: the high bits are added to the low ones.
    let folded = (product & u128::from(PRIME)) + (product >> 61);
    let folded = u64::try_from(folded).unwrap_or(0);
    if folded >= PRIME { folded - PRIME } else { folded }
}

pub(super) fn plus(left: u64, right: u64) -> u64 {
    let sum = left + right;
    if sum >= 2 * PRIME {
        sum - 2 * PRIME
    } else if sum >= PRIME {
        sum - PRIME
    } else {
        sum
    }
}

pub(super) fn inverse(number: u64) -> u64 {
    let (mut base, mut exponent, mut result) = (number % PRIME, PRIME - 2, 1);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{PRIME, inverse, plus, residue, times};

    #[test]
    fn a_number_times_its_inverse_is_one() {
        for number in [1, 2, 3, 12_345_678_901, PRIME - 1] {
            assert_eq!(times(number, inverse(number)), 1);
        }
        assert_eq!(plus(residue(-1), 1), 0);
        assert_eq!(times(PRIME - 1, PRIME - 1), 1);
    }
}
