//! Cells between which holdings moved from one night to another: a code was corrected, renamed, parted or brought
//! together with another. What one cell lost the other gained, so each change is that of many; but whoever reads
//! both sees what the two changed by together, which may be the change of one.

use super::changes::difference;
use super::rules::{Rules, Share, judge_new};
use super::system::{Key, System};
use std::collections::{BTreeMap, BTreeSet};

/// Cells of one table and measure that no record is in two of: of each, its variable on each night.
pub(super) type Apart = Vec<BTreeMap<usize, usize>>;

/// Cells that are looked at together, at most; beyond that a margin speaks of them.
const MOST: usize = 12;

/// Cells that are looked at together on two nights: what they were and are, as parts of a sum.
pub(super) struct Moved {
    pub was: Vec<usize>,
    pub is: Vec<usize>,
    /// The later night.
    pub night: usize,
}

/// Finds cells between which holdings moved, where what they changed by together is unsafe by the rules of the later
/// night. What earlier nights show as a whole is passed over, for nothing hides it any more. Nothing is asked of
/// what they sum up to on either night: that is in no table.
///
/// # Errors
/// A sum that does not fit in 64 bits.
pub(super) fn together(
    system: &System,
    groups: &[Apart],
    public: &BTreeSet<usize>,
    of_nights: &[&Rules],
) -> Result<Vec<Moved>, &'static str> {
    let keys = system.keyed();
    let mut found: BTreeMap<[Vec<usize>; 2], usize> = BTreeMap::new();
    for cells in groups {
        let nights: BTreeSet<usize> = cells.iter().flat_map(BTreeMap::keys).copied().collect();
        for new in &nights {
            for old in nights.range(..*new) {
                for together in moved(system, cells, [*old, *new]) {
                    let parts = [*old, *new].map(|night| {
                        let of_night = together.iter().filter_map(|cell| cells[*cell].get(&night).copied());
                        of_night.filter(|part| keys[*part].count > 0).collect::<Vec<usize>>()
                    });
                    let is_shown = parts.iter().flatten().all(|part| public.contains(part));
                    if is_shown || parts.iter().any(Vec::is_empty) {
                        continue;
                    }
                    let [was, is] = parts.each_ref().map(|parts| shares(system, parts));
                    if judge_new(&difference(&was, &is)?, of_nights[*new]).is_some() {
                        let parts = parts.map(|parts| known(system, &keys, parts));
                        found.entry(parts).or_insert(*new);
                    }
                }
            }
        }
    }
    Ok(found.into_iter().map(|([was, is], night)| Moved { was, is, night }).collect())
}

/// Pairs of cells between which holdings moved from one night to another, and all cells that hang together so.
fn moved(system: &System, cells: &Apart, [old, new]: [usize; 2]) -> BTreeSet<Vec<usize>> {
    let (mut up, mut down) = (BTreeMap::new(), BTreeMap::new());
    for (cell, of_nights) in cells.iter().enumerate() {
        // A code that a night did not have had nobody.
        let [was, is] = [old, new].map(|night| of_nights.get(&night).copied());
        if was == is {
            continue;
        }
        let [was, is] = [was, is].map(|cell| cell.map_or(&[][..], |cell| &system.variables[cell].shares));
        each_change(was, is, |parties, has_gained| {
            let way = if has_gained { &mut up } else { &mut down };
            way.entry(parties).or_insert_with(Vec::new).push(cell);
        });
    }
    let mut pairs: BTreeSet<[usize; 2]> = BTreeSet::new();
    for (parties, gained) in &up {
        for one in gained {
            let lost = down.get(parties).into_iter().flatten();
            pairs.extend(lost.map(|other: &usize| [*one.min(other), *one.max(other)]));
        }
    }
    let mut first: Vec<usize> = (0..cells.len()).collect();
    for [one, other] in &pairs {
        let roots = [root(&mut first, *one), root(&mut first, *other)];
        first[roots[0].max(roots[1])] = roots[0].min(roots[1]);
    }
    let mut hanging: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for cell in 0..cells.len() {
        hanging.entry(root(&mut first, cell)).or_default().push(cell);
    }
    let hanging = hanging.into_values().filter(|cells| (3..=MOST).contains(&cells.len()));
    hanging.chain(pairs.iter().map(|pair| pair.to_vec())).collect()
}

/// The first of the cells that hang together with one (union and find).
fn root(first: &mut [usize], cell: usize) -> usize {
    let mut at = cell;
    while first[at] != at {
        first[at] = first[first[at]];
        at = first[at];
    }
    at
}

/// Shows who changed, and whether they gained; both sides are in the order of the parties.
fn each_change(was: &[Share], is: &[Share], mut show: impl FnMut([u32; 2], bool)) {
    let (mut old, mut new) = (was.iter().peekable(), is.iter().peekable());
    loop {
        let next = [old.peek(), new.peek()].into_iter().flatten().map(|share| share.parties).min();
        let Some(parties) = next else { return };
        let before = old.next_if(|share| share.parties == parties).map_or(0, |share| share.amount);
        let after = new.next_if(|share| share.parties == parties).map_or(0, |share| share.amount);
        if before != after {
            show(parties, after > before);
        }
    }
}

/// Shares of several cells together, one after the other.
pub(super) fn shares(system: &System, parts: &[usize]) -> Vec<Share> {
    parts.iter().flat_map(|part| &system.variables[*part].shares).copied().collect()
}

/// The cell that several make up together, where there is one; else themselves, in their order.
fn known(system: &System, keys: &[Key], mut parts: Vec<usize>) -> Vec<usize> {
    let [first, rest @ ..] = parts.as_slice() else { return parts };
    let mut key = keys[*first].clone();
    for part in rest {
        key.sum = key.sum.wrapping_add(keys[*part].sum);
        key.count += keys[*part].count;
    }
    if let Some(whole) = system.find(&key) {
        return vec![whole];
    }
    parts.sort_unstable();
    parts
}
