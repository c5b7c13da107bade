//! How far two amounts agree, and how sure that is.

use crate::model::Mass;

/// What any two known amounts agree, thousandths.
pub(super) const LEAST: u16 = 400;

/// 400 for any two known amounts, up to 1000 as the smaller nears the larger: the mean of what the best
/// values agree and of the least that two values of both intervals agree. Exact amounts agree as their
/// values do; a wider interval never agrees more.
pub(super) fn agreement(one: Mass, other: Mass) -> u16 {
    of_best(one, other).midpoint(ends(one, other).0)
}

/// What the best values agree.
pub(super) fn of_best(one: Mass, other: Mass) -> u16 {
    nearness(one.best_kg(), other.best_kg())
}

/// The least and the most that two values of both intervals agree.
pub(super) fn ends(one: Mass, other: Mass) -> (u16, u16) {
    let far = [(one.low_kg(), other.high_kg()), (one.high_kg(), other.low_kg())];
    let least = far.map(|(one, other)| nearness(one, other)).into_iter().min().unwrap_or(LEAST);
    // The values that lie nearest: the same one where the intervals meet.
    let of_one = other.high_kg().clamp(one.low_kg(), one.high_kg());
    let of_other = of_one.clamp(other.low_kg(), other.high_kg());
    (least, nearness(of_one, of_other))
}

/// Two values in kilograms a year.
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
    use super::{agreement, ends, of_best};
    use crate::model::Mass;
    use proptest::prelude::*;

    fn any_mass() -> impl Strategy<Value = Mass> {
        let kg = || prop_oneof![0..50_i64, 0..5_000_000_i64, Just(i64::MAX)];
        [kg(), kg(), kg()].prop_map(|mut ends| {
            ends.sort_unstable();
            Mass::new(ends[0], ends[1], ends[2]).unwrap()
        })
    }

    #[test]
    fn three_to_nine_tonnes_against_six_by_hand() {
        let (range, six) = (Mass::new(3_000, 6_000, 9_000).unwrap(), Mass::exact(6_000).unwrap());
        // The best values are the same; three of six agree 700, six of nine 800.
        assert_eq!((agreement(range, six), ends(range, six)), (850, (700, 1000)));
        let twelve = Mass::exact(12_000).unwrap();
        assert_eq!((of_best(range, twelve), ends(range, twelve)), (700, (550, 850)));
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_no_two_values_of_the_intervals_agree_outside_of_the_ends(
            one in any_mass(), other in any_mass(), at in (0..=1000_i64, 0..=1000_i64),
        ) {
            prop_assert_eq!(agreement(one, other), agreement(other, one));
            prop_assert_eq!(ends(one, other), ends(other, one));
            let within = |mass: Mass, milli: i64| {
                mass.low_kg() + (mass.high_kg() - mass.low_kg()) / 1000 * milli
            };
            let value = |mass, milli| Mass::exact(within(mass, milli)).unwrap();
            let exact = agreement(value(one, at.0), value(other, at.1));
            let (least, most) = ends(one, other);
            prop_assert!(least <= exact && exact <= most, "{least} {exact} {most}");
            let now = agreement(one, other);
            prop_assert!(least <= now && now <= of_best(one, other) && of_best(one, other) <= most);
        }

        #[test]
        fn a_wider_interval_never_agrees_more(one in any_mass(), other in any_mass(), by in 0..1_000_000_i64) {
            let wider = Mass::new(
                (one.low_kg() - by).max(0), one.best_kg(), one.high_kg().saturating_add(by),
            ).unwrap();
            prop_assert!(agreement(wider, other) <= agreement(one, other));
        }
    }
}
