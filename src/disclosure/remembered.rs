//! What the certificate of the last night proves, carried over to tonight's system: most of it
//! still holds, and what does is proven without a solver. Nothing rests on it: each world is
//! checked again in integers, here and by the second program.

use super::system::{System, Wish};
use super::witness::Witness;
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The part of a certificate that serves again; see `certificate` for the format.
#[derive(Debug, Deserialize)]
pub(super) struct Remembered {
    variables: Vec<Named>,
    witnesses: Vec<World>,
    proofs: Vec<Proof>,
}

#[derive(Debug, Deserialize)]
struct Named {
    key: String,
    withheld: bool,
}

#[derive(Debug, Deserialize)]
struct World {
    #[serde(deserialize_with = "integer")]
    d: i128,
    m: Vec<(usize, Integer)>,
}

#[derive(Debug, Deserialize)]
struct Proof {
    parts: Vec<usize>,
    witnesses: Vec<usize>,
}

#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Integer(#[serde(deserialize_with = "integer")] i128);

fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
    deserializer.deserialize_any(Written)
}

/// A number, or a text where 64 bits are not enough.
struct Written;

impl Visitor<'_> for Written {
    type Value = i128;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a whole number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i128, E> {
        Ok(i128::from(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i128, E> {
        Ok(i128::from(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<i128, E> {
        text.parse().map_err(E::custom)
    }
}

/// The same by the positions of tonight's system.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Withheld the night before, or the next version of what was; none where nothing is known.
    pub withheld: Vec<bool>,
    /// In no earlier night; none where nothing is known.
    pub new: Vec<bool>,
    /// Worlds that proved that a sum of variables can move.
    pub proofs: BTreeMap<Vec<usize>, Vec<Witness>>,
}

impl Remembered {
    /// Reads a certificate; none where it is no such file: everything is then proven anew.
    pub(super) fn read(certificate: &[u8]) -> Option<Self> {
        serde_json::from_slice(certificate).ok()
    }

    /// Looks everything up in tonight's system. `next` gives the new version of a cell that
    /// changed: a world in which the old one is another is one in which the new one is, too, by
    /// as much; what is new and in no table follows.
    pub(super) fn within(&self, system: &System, next: &BTreeMap<usize, usize>) -> Known {
        let keys = system.keys();
        let places: BTreeMap<&str, usize> =
            keys.iter().enumerate().map(|(place, key)| (key.as_str(), place)).collect();
        let here: Vec<Option<usize>> =
            self.variables.iter().map(|variable| places.get(variable.key.as_str()).copied()).collect();
        let mut known =
            Known { withheld: vec![false; keys.len()], new: vec![true; keys.len()], proofs: BTreeMap::new() };
        for (variable, place) in self.variables.iter().zip(&here) {
            let Some(place) = *place else { continue };
            known.new[place] = false;
            known.withheld[place] |= variable.withheld;
            if let Some(next) = next.get(&place) {
                known.withheld[*next] |= variable.withheld;
            }
        }
        let mut moved = Moved { values: vec![None; keys.len()], places: Vec::new() };
        let mut carried = |world| {
            let carried = carried(world, &mut moved, (&here, next), (system, &known.new));
            moved.clear();
            carried
        };
        let worlds: Vec<Option<Witness>> = self.witnesses.iter().map(&mut carried).collect();
        for proof in &self.proofs {
            let parts: Option<Vec<usize>> = proof.parts.iter().map(|part| *here.get(*part)?).collect();
            let Some(mut parts) = parts else { continue };
            parts.sort_unstable();
            let found = proof.witnesses.iter().filter_map(|world| worlds.get(*world)?.clone());
            known.proofs.entry(parts).or_default().extend(found);
        }
        known
    }
}

/// A movement while it is made: looked up far more often than written.
struct Moved {
    values: Vec<Option<i128>>,
    places: Vec<usize>,
}

impl Moved {
    fn insert(&mut self, place: usize, value: i128) {
        if self.values[place].replace(value).is_none() {
            self.places.push(place);
        }
    }

    fn clear(&mut self) {
        for place in self.places.drain(..) {
            self.values[place] = None;
        }
    }

    fn sorted(&mut self) -> Vec<(usize, i128)> {
        self.places.sort_unstable();
        self.places.iter().filter_map(|place| Some((*place, self.values[*place]?))).collect()
    }
}

fn carried(
    world: &World,
    moved: &mut Moved,
    (here, next): (&[Option<usize>], &BTreeMap<usize, usize>),
    (system, new): (&System, &[bool]),
) -> Option<Witness> {
    for (variable, value) in &world.m {
        // What only nights that no longer count knew is in none of the equations that are left.
        let Some(place) = *here.get(*variable)? else { continue };
        moved.insert(place, value.0);
        if let Some(next) = next.get(&place).filter(|next| system.variables[**next].wish != Wish::Publish) {
            moved.insert(*next, value.0);
        }
    }
    complete(moved, system, new)?;
    let witness = Witness { denominator: world.d, movement: moved.sorted() };
    debug_assert!(witness.is_kernel(system), "every equation was looked at");
    (!witness.movement.is_empty()).then_some(witness)
}

/// Moves what is new and in no table (what lies between two measures, the records of one factor) so that
/// every equation holds along the movement; none when that cannot be.
fn complete(moved: &mut Moved, system: &System, new: &[bool]) -> Option<()> {
    let mut open: BTreeSet<usize> =
        moved.places.iter().flat_map(|variable| system.incident[*variable].iter().copied()).collect();
    while let Some(equation) = open.pop_first() {
        let mut sum = 0_i128;
        let mut largest: Option<(i64, usize, i128)> = None;
        for (variable, coefficient) in &system.equations[equation].terms {
            let known = &system.variables[*variable];
            if let Some(value) = moved.values[*variable] {
                sum = sum.checked_add(value.checked_mul(i128::from(*coefficient))?)?;
            } else if new[*variable] && known.hidden && largest.is_none_or(|(most, _, _)| known.amount > most)
            {
                largest = Some((known.amount, *variable, i128::from(*coefficient)));
            }
        }
        if sum == 0 {
            continue;
        }
        let (_, variable, coefficient) = largest?;
        if sum % coefficient != 0 {
            return None;
        }
        // Each turn moves one more, so this ends.
        moved.insert(variable, -sum / coefficient);
        open.extend(&system.incident[variable]);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::{BTreeMap, Remembered};
    use crate::disclosure::system::{Key, Kind, Role, System, Variable, Wish};

    fn system() -> System {
        let mut system = System::default();
        for (measure, amount) in [("total", 30), ("a", 10), ("b", 20), ("b2", 25), ("total2", 35)] {
            let variable = Variable {
                name: measure.to_owned(),
                amount,
                down: Some(amount),
                up: None,
                levels: 0,
                tie: system.variables.len(),
                shares: Vec::new(),
                verdict: None,
                wish: if measure.starts_with("total") { Wish::Publish } else { Wish::None },
                role: Role::Amount,
                origin: (0, 0),
                hidden: false,
            };
            system.add(Key { measure: measure.to_owned(), sum: 0, count: 1 }, variable);
        }
        system.equate(0, &[1, 2], Kind::Margin);
        system.equate(4, &[1, 3], Kind::Margin);
        system.finish().unwrap();
        system
    }

    #[test]
    fn what_is_new_and_in_no_table_moves_as_the_equations_ask() {
        let (mut system, new) = (system(), [false, false, false, true, true]);
        let carried = |system: &System, moved: &[(usize, i128)]| {
            let mut movement = super::Moved { values: vec![None; new.len()], places: Vec::new() };
            for (place, value) in moved {
                movement.insert(*place, *value);
            }
            super::complete(&mut movement, system, &new).map(|()| movement.sorted())
        };
        // What is in a table does not move by itself.
        assert_eq!(carried(&system, &[(1, 5), (2, -5)]), None);
        system.variables[3].hidden = true;
        assert_eq!(carried(&system, &[(1, 5), (2, -5)]), Some(vec![(1, 5), (2, -5), (3, -5)]));
        assert_eq!(carried(&system, &[(1, 5)]), None);
    }

    #[test]
    fn a_world_of_the_last_night_is_one_of_tonight_when_the_new_version_moves_too() {
        let key = |name: &str| format!("{name}|{:032x}|1", 0);
        let listed = |name: &str, withheld: bool| serde_json::json!({"key": key(name), "withheld": withheld});
        let certificate = serde_json::json!({
            "variables": [listed("gone", true), listed("b", true), listed("a", true), listed("total", false)],
            "witnesses": [{"d": 1, "m": [[1, -5], [2, 5]]}, {"d": 1, "m": [[0, 1]]}, {"d": 1, "m": [[1, 1]]}],
            "proofs": [{"parts": [2], "witnesses": [0, 1, 2]}, {"parts": [0], "witnesses": [1]}],
        });
        let remembered = Remembered::read(certificate.to_string().as_bytes()).unwrap();
        let known = remembered.within(&system(), &BTreeMap::from([(2, 3)]));
        assert_eq!(known.withheld, [false, true, true, true, false]);
        assert_eq!(known.new, [false, false, false, true, true]);
        let worlds: Vec<_> = known.proofs[&vec![1]].iter().map(|world| world.movement.clone()).collect();
        assert_eq!(worlds, [vec![(1, 5), (2, -5), (3, -5)]]);
        assert_eq!(known.proofs.len(), 1);
        // Without the new version the world would change tonight's total.
        assert!(remembered.within(&system(), &BTreeMap::new()).proofs[&vec![1]].is_empty());
    }
}
