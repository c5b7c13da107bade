//! Nights as one system: the cells of every night that counts, and what changed between them.
//!
//! A cell whose records did not change is one variable on every night, because its key is the set
//! of its records and each state of a record has an identity of its own. A cell that changed has
//! a variable a night, and one more for its change, `new = old + change`: the change has the
//! shares of who changed by how much, so the rules for cells are the rules for changes. What was
//! shown cannot be withheld any more; what was withheld then and is no longer in a table of
//! tonight stays withheld.

use super::cells::{Crossing, Cube, TOTAL, Ties};
use super::certificate::Earlier;
use super::changes::{self, difference};
use super::error::Reason;
use super::input::TableInput;
use super::moved;
use super::nights::Shown;
use super::protect::codes;
use super::rules::{Rules, judge_new};
use super::search::Pattern;
use super::system::{self, Kind, System, Wish};
use std::collections::{BTreeMap, BTreeSet};

/// Position of a table of an earlier night: no measure of it can be withdrawn.
pub(super) const PAST: usize = usize::MAX;

/// An earlier night.
pub(super) struct Past<'a> {
    pub cubes: Vec<Cube>,
    pub tables: &'a [TableInput],
    pub shown: &'a Shown,
    /// With what was not sure of who is who on that night: what is shown since makes no earlier change unsafe, and
    /// nothing could be done for one that was shown.
    pub rules: Rules,
}

/// `table/measure`, and dimension and code of what is no margin: the same cell also where a table
/// got another dimension.
type Name = (String, Vec<(String, String)>);

/// One version of a named cell.
#[derive(Debug, Clone, Copy)]
struct Version {
    night: usize,
    variable: usize,
    shown: bool,
}

/// What earlier nights have to say tonight.
pub(super) struct History {
    /// Last version of each cell that was shown.
    shown: BTreeMap<Name, usize>,
    /// Variables that cannot be withheld.
    public: BTreeSet<usize>,
    /// Variables of tonight that earlier nights withheld though nobody stands behind them.
    empty: BTreeSet<usize>,
    /// Tonight's version of each cell that was another the night before.
    pub next: BTreeMap<usize, usize>,
    /// Whether a cell may show something new as far as the rules alone say: its level is safe, and
    /// so is its change since each night that showed it.
    pub has_news: bool,
}

impl History {
    /// Marks what earlier nights showed, and adds what changed.
    ///
    /// # Errors
    /// A change that does not fit in 64 bits.
    pub(super) fn add(
        system: &mut System,
        ties: &mut Ties,
        (cubes, blocks): (&[Cube], &[Vec<Crossing>]),
        (past, before): (&[Past<'_>], &[Vec<Vec<Crossing>>]),
        frozen: bool,
        rules: &Rules,
    ) -> Result<Self, &'static str> {
        let tonight: BTreeSet<usize> = variables(blocks).collect();
        let mut versions: BTreeMap<Name, Vec<Version>> = BTreeMap::new();
        let mut public = BTreeSet::new();
        for (night, (known, blocks)) in past.iter().zip(before).enumerate() {
            each(&known.cubes, blocks, |cube, measure, crossing, variable| {
                let named = format!("{}/{}", cube.name, cube.measures[measure].name);
                let shown =
                    known.shown.get(&named).is_some_and(|cells| cells.contains(&codes(cube, crossing)));
                if shown {
                    public.insert(variable);
                }
                let version = Version { night, variable, shown };
                versions.entry(name(cube, measure, crossing)).or_default().push(version);
            });
        }
        let mut empty = BTreeSet::new();
        for versions in versions.values() {
            for version in versions.iter().filter(|version| !public.contains(&version.variable)) {
                if !tonight.contains(&version.variable) {
                    system.variables[version.variable].hidden = true;
                } else if system.variables[version.variable].shares.is_empty() {
                    empty.insert(version.variable);
                }
            }
        }
        // Who is one group tonight is one in all that was never shown.
        for variable in tonight.difference(&public).filter(|_| !rules.doubts.is_none()) {
            let variable = &mut system.variables[*variable];
            let verdict = judge_new(&variable.shares, rules);
            if verdict.map(|found| found.need) > variable.verdict.map(|found| found.need) {
                variable.verdict = verdict;
            }
        }
        if frozen {
            for variable in tonight.difference(&public) {
                system.variables[*variable].wish = Wish::Withhold;
            }
        }
        for variable in &public {
            system.variables[*variable].hidden = false;
            system.variables[*variable].wish = Wish::Publish;
        }
        let night = past.len();
        each(cubes, blocks, |cube, measure, crossing, variable| {
            let version = Version { night, variable, shown: false };
            versions.entry(name(cube, measure, crossing)).or_default().push(version);
        });
        let of_nights: Vec<&Rules> = past.iter().map(|night| &night.rules).chain([rules]).collect();
        let keys = system.keys();
        for moved in moved::together(system, &apart(&versions), &public, &of_nights)? {
            change(system, ties, [&moved.was, &moved.is], true, &keys, of_nights[moved.night])?;
        }
        let mut next = BTreeMap::new();
        let mut has_news = false;
        for versions in versions.values() {
            has_news = has_news || is_news(system, versions, night, rules)?;
            if let [.., old, new] = versions.as_slice()
                && new.night == night
                && old.variable != new.variable
            {
                next.insert(old.variable, new.variable);
            }
            changes(system, ties, versions, &keys, &of_nights)?;
        }
        let last = |(name, versions): (Name, Vec<Version>)| {
            Some((name, versions.iter().rev().find(|version| version.shown)?.variable))
        };
        let shown = versions.into_iter().filter_map(last).collect();
        Ok(Self { shown, public, empty, next, has_news })
    }

    /// Everything withheld but what was shown.
    pub(super) fn pattern(&self, system: &System) -> Pattern {
        let mut pattern = Pattern::default();
        for (position, variable) in system.variables.iter().enumerate() {
            let is_public = self.public.contains(&position);
            pattern.suppressed.push(!is_public);
            if !is_public {
                let reason = variable.verdict.map_or(Reason::Complementary, |verdict| verdict.reason);
                pattern.reasons.insert(position, reason);
            }
        }
        pattern
    }

    /// What the choice of zeros must not turn round.
    pub(super) fn settle(&self, pattern: &mut Pattern) {
        for variable in &self.public {
            pattern.suppressed[*variable] = false;
            pattern.reasons.remove(variable);
        }
        for variable in &self.empty {
            pattern.suppressed[*variable] = true;
            pattern.reasons.entry(*variable).or_insert(Reason::Complementary);
        }
    }

    /// The variable that a cell showed last.
    pub(super) fn last_shown(&self, cube: &Cube, measure: usize, crossing: &Crossing) -> Option<usize> {
        self.shown.get(&name(cube, measure, crossing)).copied()
    }

    /// Cells of tonight that show an earlier value.
    pub(super) fn earlier(
        &self,
        cubes: &[Cube],
        blocks: &[Vec<Crossing>],
        pattern: &Pattern,
    ) -> Vec<Earlier> {
        let mut earlier = Vec::new();
        for (cube, crossings) in cubes.iter().zip(blocks) {
            for crossing in crossings {
                for (measure, variable) in crossing.variables.iter().enumerate() {
                    if variable.is_some_and(|variable| !pattern.suppressed[variable]) {
                        continue;
                    }
                    if let Some(shown) = self.last_shown(cube, measure, crossing) {
                        let named = format!("{}/{}", cube.name, cube.measures[measure].name);
                        earlier.push((named, codes(cube, crossing), shown));
                    }
                }
            }
        }
        earlier
    }
}

/// Cells that no record is in two of: those of one measure that leave out the same dimensions.
fn apart(versions: &BTreeMap<Name, Vec<Version>>) -> Vec<moved::Apart> {
    let mut groups: BTreeMap<(&str, Vec<&str>), moved::Apart> = BTreeMap::new();
    for ((measure, codes), versions) in versions {
        let dimensions = codes.iter().map(|(dimension, _)| dimension.as_str()).collect();
        let of_nights = versions.iter().map(|version| (version.night, version.variable)).collect();
        groups.entry((measure, dimensions)).or_default().push(of_nights);
    }
    groups.into_values().collect()
}

fn variables(blocks: &[Vec<Crossing>]) -> impl Iterator<Item = usize> {
    blocks.iter().flatten().flat_map(|crossing| crossing.variables.iter().copied().flatten())
}

fn each(cubes: &[Cube], blocks: &[Vec<Crossing>], mut found: impl FnMut(&Cube, usize, &Crossing, usize)) {
    for (cube, crossings) in cubes.iter().zip(blocks) {
        for crossing in crossings {
            for (measure, variable) in crossing.variables.iter().enumerate() {
                if let Some(variable) = variable {
                    found(cube, measure, crossing, *variable);
                }
            }
        }
    }
}

fn name(cube: &Cube, measure: usize, crossing: &Crossing) -> Name {
    let places = crossing.codes.iter().zip(&cube.axes).zip(&cube.dimensions);
    let mut codes: Vec<(String, String)> = places
        .map(|((code, axis), dimension)| (dimension.clone(), axis.codes[*code].clone()))
        .filter(|(_, code)| code != TOTAL)
        .collect();
    codes.sort();
    (format!("{}/{}", cube.name, cube.measures[measure].name), codes)
}

/// Whether the rules let a cell show a value tonight that no night before had.
fn is_news(
    system: &System,
    versions: &[Version],
    tonight: usize,
    rules: &Rules,
) -> Result<bool, &'static str> {
    let Some((new, before)) = versions.split_last() else { return Ok(false) };
    let is_known = before.iter().any(|old| old.variable == new.variable);
    if new.night != tonight || is_known || system.variables[new.variable].verdict.is_some() {
        return Ok(false);
    }
    for old in before.iter().filter(|old| old.shown) {
        let shares =
            difference(&system.variables[old.variable].shares, &system.variables[new.variable].shares)?;
        if judge_new(&shares, rules).is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Changes of one cell: from each night to the next, and between any two nights when they are unsafe.
/// Three groups may change and two of them change back: each step is safe, and both together are
/// the change of one. That holds for cells that were never shown too, for margins tell of them.
fn changes(
    system: &mut System,
    ties: &mut Ties,
    versions: &[Version],
    keys: &[String],
    of_nights: &[&Rules],
) -> Result<(), &'static str> {
    let mut earlier: Vec<usize> = Vec::new();
    for version in versions {
        let new = version.variable;
        if earlier.last() == Some(&new) {
            continue;
        }
        for (far, old) in earlier.iter().rev().enumerate() {
            if *old != new {
                change(system, ties, [&[*old], &[new]], far == 0, keys, of_nights[version.night])?;
            }
        }
        earlier.push(new);
    }
    Ok(())
}

/// `new = old + change`, of a cell or of several together. Where no holding changed by anything both are one amount.
/// A safe change that is no `step` from one night to the next is a sum of steps, and asks for nothing.
fn change(
    system: &mut System,
    ties: &mut Ties,
    [old, new]: [&[usize]; 2],
    step: bool,
    keys: &[String],
    rules: &Rules,
) -> Result<(), &'static str> {
    let named = |parts: &[usize]| parts.iter().map(|part| keys[*part].as_str()).collect::<Vec<_>>().join("+");
    let key = changes::key(system::pair(&named(old), &named(new)));
    if system.find(&key).is_some() {
        return Ok(());
    }
    let shares = difference(&moved::shares(system, old), &moved::shares(system, new))?;
    if shares.is_empty() {
        let before = old.iter().map(|part| (*part, -1));
        system.relate(before.chain(new.iter().map(|part| (*part, 1))).collect(), Kind::Ratio);
        return Ok(());
    }
    let verdict = judge_new(&shares, rules);
    if !step && verdict.is_none() {
        return Ok(());
    }
    let name = new.first().map_or_else(String::new, |part| system.variables[*part].name.clone());
    changes::add(system, ties, [old, new], key, (name, shares, verdict))
}
