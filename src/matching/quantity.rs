//! How far two amounts of one dimension agree, and how sure that is.

use crate::model::Amount;

/// What any two known amounts agree, thousandths.
pub(super) const LEAST: u16 = 400;

/// Both amounts, where they are known and can be compared.
pub(super) fn compared(one: Option<Amount>, other: Option<Amount>) -> Option<(Amount, Amount)> {
    one.zip(other).filter(|(one, other)| one.dimension() == other.dimension())
}

/// 400 for any two known amounts, up to 1000 as the smaller nears the larger: the mean of what the best
/// values agree and of the least that two values of both intervals agree. Exact amounts agree as their
/// values do; a wider interval never agrees more.
pub(super) fn agreement(one: Amount, other: Amount) -> u16 {
    of_best(one, other).midpoint(ends(one, other).0)
}

/// What the best values agree.
pub(super) fn of_best(one: Amount, other: Amount) -> u16 {
    nearness(one.best(), other.best())
}

/// The least and the most that two values of both intervals agree.
pub(super) fn ends(one: Amount, other: Amount) -> (u16, u16) {
    let far = [(one.low(), other.high()), (one.high(), other.low())];
    let least = far.map(|(one, other)| nearness(one, other)).into_iter().min().unwrap_or(LEAST);
    // The values that lie nearest: the same one where the intervals meet.
    let of_one = other.high().clamp(one.low(), one.high());
    let of_other = of_one.clamp(other.low(), other.high());
    (least, nearness(of_one, of_other))
}

/// Two values in one base unit.
fn nearness(one: i64, other: i64) -> u16 {
    let (small, large) = (one.min(other), one.max(other).max(1));
    let share = small.checked_mul(600).map_or_else(
        || i64::try_from(i128::from(small) * 600 / i128::from(large)).unwrap_or(600),
        |sixhundredfold| sixhundredfold / large,
    );
    LEAST + u16::try_from(share).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{agreement, compared, ends, of_best};
    use crate::model::{Amount, Dimension, Mass};
    use proptest::prelude::*;

    fn any_amount() -> impl Strategy<Value = Amount> {
        let base = || prop_oneof![0..50_i64, 0..5_000_000_i64, Just(i64::MAX)];
        [base(), base(), base()].prop_map(|mut ends| {
            ends.sort_unstable();
            Amount::new(Dimension::Energy, ends[0], ends[1], ends[2]).unwrap()
        })
    }

    fn kg(low: i64, best: i64, high: i64) -> Amount {
        Mass::new(low, best, high).unwrap().into()
    }

    #[test]
    fn three_to_nine_tonnes_against_six_by_hand() {
        let (range, six) = (kg(3_000, 6_000, 9_000), kg(6_000, 6_000, 6_000));
        // The best values are the same; three of six agree 700, six of nine 800.
        assert_eq!((agreement(range, six), ends(range, six)), (850, (700, 1000)));
        let twelve = kg(12_000, 12_000, 12_000);
        assert_eq!((of_best(range, twelve), ends(range, twelve)), (700, (550, 850)));
    }

    #[test]
    fn amounts_of_two_dimensions_are_not_compared_and_those_of_one_agree_as_masses_do() {
        let masses = (kg(3_000, 6_000, 9_000), kg(6_000, 6_000, 6_000));
        for dimension in Dimension::ALL {
            let (range, six) = (
                Amount::new(*dimension, 3_000, 6_000, 9_000).unwrap(),
                Amount::new(*dimension, 6_000, 6_000, 6_000).unwrap(),
            );
            assert_eq!(agreement(range, six), agreement(masses.0, masses.1));
            assert_eq!(compared(Some(range), Some(six)), Some((range, six)));
            let is_mass = *dimension == Dimension::Mass;
            assert_eq!(compared(Some(range), Some(masses.1)).is_some(), is_mass, "{dimension:?}");
            assert_eq!(compared(Some(range), None), None);
        }
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_no_two_values_of_the_intervals_agree_outside_of_the_ends(
            one in any_amount(), other in any_amount(), at in (0..=1000_i64, 0..=1000_i64),
        ) {
            prop_assert_eq!(agreement(one, other), agreement(other, one));
            prop_assert_eq!(ends(one, other), ends(other, one));
            let value = |amount: Amount, milli: i64| {
                let within = amount.low() + (amount.high() - amount.low()) / 1000 * milli;
                Amount::new(Dimension::Energy, within, within, within).unwrap()
            };
            let exact = agreement(value(one, at.0), value(other, at.1));
            let (least, most) = ends(one, other);
            prop_assert!(least <= exact && exact <= most, "{least} {exact} {most}");
            let now = agreement(one, other);
            prop_assert!(least <= now && now <= of_best(one, other) && of_best(one, other) <= most);
        }

        #[test]
        fn a_wider_interval_never_agrees_more(
            one in any_amount(), other in any_amount(), by in 0..1_000_000_i64,
        ) {
            let wider = Amount::new(
                Dimension::Energy, (one.low() - by).max(0), one.best(), one.high().saturating_add(by),
            ).unwrap();
            prop_assert!(agreement(wider, other) <= agreement(one, other));
        }
    }
}
