//! Who attacks: an outsider, or holdings that know their own amounts.

use super::system::{System, Variable};
use std::collections::BTreeMap;

/// Holdings that know what they gave and took; none for an outsider.
pub(super) type Attacker = [u32];

/// How far an attacker must think that an amount can fall and rise; none without limit.
type Room = (Option<i64>, Option<i64>);

/// Where each holding sees more than an outsider, worked out once.
#[derive(Debug)]
pub(super) struct Insiders {
    /// By holding: variables in their order, and the room that is left.
    rooms: Vec<Vec<(usize, Room)>>,
}

impl Insiders {
    /// Looks at every share once.
    pub(super) fn new(system: &System) -> Self {
        let holdings = system.variables.iter().flat_map(|variable| &variable.shares);
        let count = holdings.flat_map(|share| share.parties).max().map_or(0, |last| last as usize + 1);
        let mut rooms: Vec<Vec<(usize, Room)>> = vec![Vec::new(); count];
        for (position, variable) in system.variables.iter().enumerate() {
            // What each holding knows, and of how many shares.
            let mut known: BTreeMap<u32, (i128, usize)> = BTreeMap::new();
            for share in &variable.shares {
                let [giver, taker] = share.parties;
                for party in [Some(giver), (taker != giver).then_some(taker)].into_iter().flatten() {
                    let known = known.entry(party).or_insert((0, 0));
                    known.0 += i128::from(share.amount.max(0));
                    known.1 += 1;
                }
            }
            for (holding, (amount, shares)) in known {
                let room = room(variable, amount, shares == variable.shares.len());
                rooms[holding as usize].push((position, room));
            }
        }
        Self { rooms }
    }

    /// The room of a variable: an outsider's limits, less what the attacker knows of it; none
    /// where it stands alone.
    pub(super) fn limits(&self, system: &System, attacker: &Attacker, variable: usize) -> Room {
        let outside = (system.variables[variable].down, system.variables[variable].up);
        match attacker {
            [] => outside,
            [holding] => self
                .rooms
                .get(*holding as usize)
                .and_then(|rooms| {
                    let found = rooms.binary_search_by_key(&variable, |(position, _)| *position).ok()?;
                    Some(rooms[found].1)
                })
                .unwrap_or(outside),
            _ => inside(&system.variables[variable], attacker),
        }
    }
}

fn inside(variable: &Variable, attacker: &Attacker) -> Room {
    let mut known: i128 = 0;
    let mut is_alone = !variable.shares.is_empty();
    for share in &variable.shares {
        if share.is_known_to(attacker) {
            known += i128::from(share.amount.max(0));
        } else {
            is_alone = false;
        }
    }
    room(variable, known, is_alone)
}

fn room(variable: &Variable, known: i128, is_alone: bool) -> Room {
    if is_alone {
        return (Some(0), Some(0));
    }
    let rest = (i128::from(variable.amount) - known).max(0);
    (variable.down.map(|down| down.min(i64::try_from(rest).unwrap_or(i64::MAX))), variable.up)
}
