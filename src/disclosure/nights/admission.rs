//! Which changes may be published tonight: the largest batch in which no cell changes by too few.

use super::super::error::Reason;
use super::super::holdings::{holdings, rules};
use super::super::input::{Agreements, TableInput};
use super::super::rules::{Rules, Share, judge_new};
use super::Night;
use super::atoms::{Atoms, Cell};
use crate::config::Disclosure;
use std::collections::{BTreeMap, BTreeSet};

/// How strict a batch is; the engine decides what may be shown either way. The first that it can
/// protect is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// Everything: cells whose change is unsafe keep their value, but their margins may be new.
    All,
    /// No cell that was shown changes by too few.
    Shown,
    /// No cell at all does.
    Every,
}

impl Admission {
    pub(super) const ALL: [Self; 3] = [Self::All, Self::Shown, Self::Every];
}

/// What a change adds to a cell: its position, who gives and takes, the amount.
type Part = (usize, [u32; 2], i64);

/// Which of the changes are admitted, in their order.
///
/// Method: a cell in which too few change takes all its changes out, again and again, as for the
/// core of a graph; where enough change but one dominates, the changes of the largest go.
pub(super) fn admitted(
    admission: Admission,
    tables: &[TableInput],
    night: &Night,
    atoms: &Atoms<'_>,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Vec<bool> {
    let mut alive = vec![true; atoms.pending.len()];
    if admission == Admission::All {
        return alive;
    }
    let all: Vec<&TableInput> = tables.iter().chain(&night.tables).collect();
    let holdings = holdings(&all);
    let rules = rules(policy, agreements, &holdings);
    let mut cells: BTreeMap<&Cell, Vec<Part>> = BTreeMap::new();
    for (position, atom) in atoms.pending.iter().enumerate() {
        for (cell, contributors, amount) in &atom.cells {
            let is_shown = || night.shown.get(&cell.0).is_some_and(|cells| cells.contains(&cell.1));
            if admission == Admission::Shown && !is_shown() {
                continue;
            }
            let parties = match contributors.as_slice() {
                [giver, taker] => [holdings[giver.as_str()], holdings[taker.as_str()]],
                [alone, ..] => [holdings[alone.as_str()]; 2],
                [] => continue,
            };
            cells.entry(cell).or_default().push((position, parties, *amount));
        }
    }
    loop {
        let mut out: BTreeSet<usize> = BTreeSet::new();
        let mut dominated: BTreeSet<usize> = BTreeSet::new();
        for parts in cells.values() {
            let Some((reason, members, largest)) = verdict(parts, &alive, &rules) else { continue };
            if reason == Reason::Frequency {
                out.extend(members);
            } else {
                dominated.extend(largest);
            }
        }
        if out.is_empty() {
            out = dominated;
        }
        if out.is_empty() {
            return alive;
        }
        for position in out {
            alive[position] = false;
        }
    }
}

/// Why a change of a cell is unsafe, the atoms in it, and those of its largest holding.
fn verdict(parts: &[Part], alive: &[bool], rules: &Rules) -> Option<(Reason, Vec<usize>, Vec<usize>)> {
    let open = || parts.iter().filter(|(position, _, _)| alive[*position]);
    let mut sums: BTreeMap<[u32; 2], i64> = BTreeMap::new();
    for (_, parties, amount) in open() {
        let sum = sums.entry(*parties).or_insert(0);
        *sum = sum.saturating_add(*amount);
    }
    sums.retain(|_, amount| *amount != 0);
    let shares: Vec<Share> = sums
        .iter()
        .map(|(parties, amount)| Share { parties: *parties, amount: *amount, waived: false })
        .collect();
    let reason = judge_new(&shares, rules)?.reason;
    let largest = sums.iter().max_by_key(|(parties, amount)| (amount.unsigned_abs(), **parties))?.0;
    let members =
        open().filter(|(_, parties, _)| sums.contains_key(parties)).map(|(position, _, _)| *position);
    let of_largest = open().filter(|(_, parties, _)| parties == largest).map(|(position, _, _)| *position);
    Some((reason, members.collect(), of_largest.collect()))
}
