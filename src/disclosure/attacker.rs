//! Who attacks: an outsider, or holdings that know their own amounts.

use super::system::{System, Variable};
use super::ties::Ties;
use std::collections::BTreeMap;

/// Holdings that know what they gave and took; none for an outsider.
pub(super) type Attacker = [u32];

/// How far an attacker must think that an amount can fall and rise; none without limit.
type Room = (Option<i64>, Option<i64>);

/// What others have in an amount; none where an attacker stands alone in it.
type Others = Option<i64>;

/// Where each holding sees more than an outsider, worked out once.
#[derive(Debug)]
pub(super) struct Insiders {
    /// By holding: variables in their order, and what others have in them.
    others: Vec<Vec<(usize, Others)>>,
    /// How far variables can fall for an attacker that move with others for it.
    falls: BTreeMap<Vec<u32>, BTreeMap<usize, i64>>,
}

impl Insiders {
    /// Looks at every share once.
    pub(super) fn new(system: &System, coalitions: &[Vec<u32>]) -> Self {
        let holdings = system.variables.iter().flat_map(|variable| &variable.shares);
        let count = holdings.flat_map(|share| share.parties).max().map_or(0, |last| last as usize + 1);
        let mut others: Vec<Vec<(usize, Others)>> = vec![Vec::new(); count];
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
                let is_alone = shares == variable.shares.len();
                others[holding as usize].push((position, (!is_alone).then(|| rest(variable, amount))));
            }
        }
        let alone = |(holding, others): (u32, &Vec<(usize, Others)>)| {
            others.iter().any(|(_, others)| others.is_none()).then(|| vec![holding])
        };
        let single: Vec<Vec<u32>> = (0..).zip(&others).filter_map(alone).collect();
        let (ties, mut insiders) = (Ties::new(system), Self { others, falls: BTreeMap::new() });
        for attacker in single.into_iter().chain(coalitions.iter().cloned()) {
            let falls = insiders.tied(system, &ties, &attacker);
            if !falls.is_empty() {
                insiders.falls.insert(attacker, falls);
            }
        }
        insiders
    }

    /// How far each variable can fall that moves with others for an attacker: as far as the least of them.
    fn tied(&self, system: &System, ties: &Ties, attacker: &Attacker) -> BTreeMap<usize, i64> {
        let mut falls = BTreeMap::new();
        for class in ties.classes(&|variable| self.is_alone(system, attacker, variable)) {
            let least = class.iter().filter_map(|variable| self.own_fall(system, attacker, *variable)).min();
            falls.extend(least.into_iter().flat_map(|least| class.iter().map(move |of| (*of, least))));
        }
        falls
    }

    /// The room of a variable: an outsider's limits, less what the attacker knows of it; none
    /// where it stands alone.
    pub(super) fn limits(&self, system: &System, attacker: &Attacker, variable: usize) -> Room {
        let Some(others) = self.others(system, attacker, variable) else { return (Some(0), Some(0)) };
        let known = &system.variables[variable];
        (known.down.map(|down| down.min(others)), known.up)
    }

    /// Whether nobody else stands behind a variable.
    pub(super) fn is_alone(&self, system: &System, attacker: &Attacker, variable: usize) -> bool {
        self.others(system, attacker, variable).is_none()
    }

    /// By how much there is anything to fall, whatever is published and whatever everybody believes of it; none
    /// without limit.
    pub(super) fn fall(&self, system: &System, attacker: &Attacker, variable: usize) -> Option<i64> {
        let tied = self.falls.get(attacker).and_then(|falls| falls.get(&variable).copied());
        tied.or_else(|| self.own_fall(system, attacker, variable))
    }

    /// The same, of what it knows of this variable alone.
    fn own_fall(&self, system: &System, attacker: &Attacker, variable: usize) -> Option<i64> {
        let Some(others) = self.others(system, attacker, variable) else { return Some(0) };
        system.variables[variable].down.map(|_| others)
    }

    fn others(&self, system: &System, attacker: &Attacker, variable: usize) -> Others {
        let known = &system.variables[variable];
        match attacker {
            [] => Some(rest(known, 0)),
            [holding] => {
                let own = self.others.get(*holding as usize).and_then(|others| {
                    let found = others.binary_search_by_key(&variable, |(position, _)| *position).ok()?;
                    Some(others[found].1)
                });
                own.unwrap_or_else(|| Some(rest(known, 0)))
            }
            _ => without(known, attacker),
        }
    }
}

fn without(variable: &Variable, attacker: &Attacker) -> Others {
    let own = variable.shares.iter().filter(|share| share.is_known_to(attacker));
    let (known, shares) =
        own.fold((0, 0), |(sum, count), share| (sum + i128::from(share.amount.max(0)), count + 1));
    (shares == 0 || shares < variable.shares.len()).then(|| rest(variable, known))
}

fn rest(variable: &Variable, known: i128) -> i64 {
    i64::try_from((i128::from(variable.amount) - known).max(0)).unwrap_or(i64::MAX)
}
