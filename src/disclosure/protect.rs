//! The one way from contributions to `Protected`.

use super::ceilings;
use super::cells::{self, Axis, Crossing, Cube, Entry, Measure, Relation, TOTAL, Ties};
use super::certificate::{self, NamedCells};
use super::costs::Cost;
use super::differences;
use super::error::DisclosureError;
use super::holdings::{doubts, holdings, rules};
use super::input::{Agreements, MeasureInput, TableInput};
use super::nights::{Night, Shown};
use super::printed::{is_among, printed};
use super::protected::Protected;
use super::remembered::{Known, Remembered};
use super::rings;
use super::rules::Rules;
use super::same;
use super::search::Pattern;
use super::solve::{Unsolved, solve};
use super::stack::{self, History, Past};
use super::system::{Kind, System};
use super::zeros;
use crate::config::Disclosure;
use crate::model;
use std::collections::{BTreeMap, BTreeSet};

/// Protects linked tables together.
///
/// Input: contributions, amounts in whole units, never negative but for a factor times another
/// measure. Output: every crossing and margin of every table with its value, or `Confidential`,
/// or `Unknown`, and the certificate that the second program accepted. The same whatever the
/// order of the records.
///
/// # Errors
/// When a table is malformed, a cell cannot be protected, or the second program refuses.
/// Nothing may be published then.
pub fn protect(tables: &[TableInput], policy: &Disclosure) -> Result<Protected, DisclosureError> {
    ceilings::check(tables)?;
    protect_after(tables, &[], Frame::Open, policy, &Agreements::default()).map(|solved| solved.protected)
}

/// A protected night among those before it.
pub(super) struct Among {
    pub protected: Protected,
    /// What tonight's tables show.
    pub shown: Shown,
    /// Cells of which only an earlier night showed a value, whether it may still be printed or not.
    pub earlier: Shown,
    /// Measures, as `table/measure`, that could not be protected.
    pub withdrawn: BTreeSet<String>,
    /// Of which only the total is published.
    pub total_only: BTreeSet<String>,
}

/// What tonight may show.
#[derive(Debug, Clone, Copy)]
pub(super) enum Frame<'a> {
    /// Whatever can be protected.
    Open,
    /// The same, beginning with what the last night proved.
    After(&'a Remembered),
    /// What the last night showed, proven again: the rules may be others now.
    Frozen,
    /// The same, as this certificate proves it.
    Kept(&'a [u8]),
}

impl Frame<'_> {
    fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::After(_))
    }
}

/// What earlier nights leave for this one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Before<'a> {
    /// Nights that count.
    pub nights: &'a [Night],
    /// Measures, as `table/measure`, that are published nowhere tonight.
    pub held: &'a BTreeSet<String>,
    /// Cells that may show the value of an earlier night; none where all may.
    pub may_wait: Option<&'a Shown>,
}

/// Why a batch is not protected at all.
pub(super) const NO_NEWS: &str = "no cell may show anything new";

/// As [`protect`], together with everything that earlier nights showed, and among groups that share what they
/// know or consent to be published.
///
/// # Errors
/// As [`protect`], and when what was shown before cannot be protected together with tonight.
pub(super) fn protect_after(
    tables: &[TableInput],
    past: &[Night],
    frame: Frame<'_>,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Among, DisclosureError> {
    let before = Before { nights: past, held: &BTreeSet::new(), may_wait: None };
    protect_holding(tables, before, frame, policy, agreements)
}

/// As [`protect_after`], where earlier nights leave more than what they showed.
///
/// # Errors
/// As [`protect_after`].
pub(super) fn protect_holding(
    tables: &[TableInput],
    before: Before<'_>,
    frame: Frame<'_>,
    policy: &Disclosure,
    agreements: &Agreements,
) -> Result<Among, DisclosureError> {
    let Before { nights: past, held, may_wait } = before;
    let all: Vec<&TableInput> = tables.iter().chain(past.iter().flat_map(|night| &night.tables)).collect();
    let holdings = holdings(&all);
    let rules = rules(policy, agreements, &holdings);
    let mut cubes = Vec::with_capacity(tables.len());
    for (position, table) in tables.iter().enumerate() {
        let malformed = |cause| DisclosureError::Malformed { table: table.name.clone(), cause };
        cubes.push(cube(position, table, &holdings, agreements).map_err(malformed)?);
    }
    same::name(&mut cubes);
    let mut nights = Vec::with_capacity(past.len());
    for night in past {
        let mut cubes = Vec::with_capacity(night.tables.len());
        for table in &night.tables {
            let malformed = |cause| DisclosureError::Malformed { table: table.name.clone(), cause };
            let mut cube = cube(stack::PAST, table, &holdings, agreements).map_err(malformed)?;
            cube.margins = Kind::Class;
            as_then(&mut cube, night);
            cubes.push(cube);
        }
        same::name(&mut cubes);
        let rules = Rules { doubts: doubts(&night.doubts, &holdings), ..rules.clone() };
        nights.push(Past { cubes, tables: &night.tables, shown: &night.shown, rules });
    }
    for cube in &mut cubes {
        for measure in &mut cube.measures {
            measure.withdrawn = held.contains(&format!("{}/{}", cube.name, measure.name));
        }
    }
    // The same again is without what was published nowhere, too.
    if let (false, Some(night)) = (frame.is_open(), past.last()) {
        for cube in &mut cubes {
            as_then(cube, night);
        }
    }
    // What cannot be protected is published nowhere, so that the rest still is. Each turn takes
    // something away, so this ends. The detail of a plan goes first: it hangs on every table that
    // it is a plan of.
    loop {
        match solved(tables, &cubes, (&nights, may_wait), frame, &rules)? {
            Ok(found) => return Ok(found),
            Err((stack::PAST, _)) => {
                return Err(DisclosureError::History { cause: "a value of an earlier night" });
            }
            Err(_) if tables.iter().zip(&mut cubes).any(|(table, cube)| keep_total(table, cube)) => {}
            Err((table, measure)) => withdraw(&mut cubes[table].measures, measure),
        }
    }
}

/// Takes away what an earlier night had taken away, and what it did not have.
fn as_then(cube: &mut Cube, night: &Night) {
    for measure in &mut cube.measures {
        let name = format!("{}/{}", cube.name, measure.name);
        measure.withdrawn = night.withdrawn.contains(&name) || !night.shown.contains_key(&name);
        measure.is_total_only = night.total_only.contains(&name);
    }
}

/// Takes the detail of a plan away; false where there is none.
fn keep_total(table: &TableInput, cube: &mut Cube) -> bool {
    let is_plan = |measure: &Measure| table.ceilings.iter().any(|ceiling| ceiling.measure == measure.name);
    let has_detail = cube.axes.iter().any(|axis| axis.codes.len() > 1);
    let found = cube
        .measures
        .iter_mut()
        .find(|measure| has_detail && is_plan(measure) && !measure.withdrawn && !measure.is_total_only);
    found.is_some_and(|measure| {
        measure.is_total_only = true;
        true
    })
}

/// Cells of linked tables, with what hangs together with them.
fn link(
    system: &mut System,
    ties: &mut Ties,
    (cubes, tables): (&[Cube], &[TableInput]),
    rules: &Rules,
) -> Result<Vec<Vec<Crossing>>, DisclosureError> {
    let mut blocks = Vec::with_capacity(cubes.len());
    for cube in cubes {
        let malformed = |cause| DisclosureError::Malformed { table: cube.name.clone(), cause };
        blocks.push(cells::add(system, ties, cube, rules).map_err(malformed)?);
    }
    if let Some(first) = cubes.first() {
        let malformed = |cause| DisclosureError::Malformed { table: first.name.clone(), cause };
        differences::add(system, ties, cubes, &blocks, rules).map_err(malformed)?;
        if !rings::add(system, ties, cubes, &blocks, rules).map_err(malformed)? {
            return Err(malformed(rings::TOO_MANY));
        }
    }
    same::relate(system, cubes);
    for (low, table) in tables.iter().enumerate() {
        for ceiling in &table.ceilings {
            let malformed = |cause| DisclosureError::Malformed { table: table.name.clone(), cause };
            ceilings::add(system, ties, (cubes, &blocks), low, ceiling, rules).map_err(malformed)?;
        }
    }
    Ok(blocks)
}

/// The protection, or table and measure that stand in its way.
fn solved(
    tables: &[TableInput],
    cubes: &[Cube],
    (past, may_wait): (&[Past<'_>], Option<&Shown>),
    frame: Frame<'_>,
    rules: &Rules,
) -> Result<Result<Among, (usize, usize)>, DisclosureError> {
    let mut system = System::default();
    let mut ties = Ties::new();
    let blocks = link(&mut system, &mut ties, (cubes, tables), rules)?;
    let mut before = Vec::with_capacity(past.len());
    for night in past {
        before.push(link(&mut system, &mut ties, (&night.cubes, night.tables), rules)?);
    }
    let is_frozen = !frame.is_open();
    let history = History::add(&mut system, &mut ties, (cubes, &blocks), (past, &before), is_frozen, rules)
        .map_err(|cause| DisclosureError::History { cause })?;
    if !past.is_empty() && !is_frozen && !history.has_news {
        return Err(DisclosureError::History { cause: NO_NEWS });
    }
    let named: Vec<NamedCells> =
        cubes.iter().zip(&blocks).flat_map(|(cube, crossings)| named(cube, crossings)).collect();
    let are_many = holdings(&tables.iter().collect::<Vec<_>>()).len() >= rules.minimum as usize;
    let earlier = |pattern: &Pattern| {
        let mut earlier = history.earlier(cubes, &blocks, pattern);
        earlier.retain(|(name, codes, _)| is_among(may_wait, name, codes));
        earlier
    };
    let also = |system: &System, pattern: &mut Pattern| {
        zeros::withhold(cubes, &blocks, system, pattern, are_many);
        history.settle(pattern);
        earlier(pattern)
    };
    let solved = if let Frame::Kept(certificate) = frame {
        let pattern = history.pattern(&system);
        let unproven = |cause: String| DisclosureError::Unproven { cause };
        let certificate = certificate::showing(certificate, &earlier(&pattern)).map_err(unproven)?;
        let verified =
            crate::certificate::verify(&certificate).map_err(|refusal| unproven(refusal.to_string()))?;
        Ok((pattern, certificate, verified))
    } else {
        let known = |system: &System| match frame {
            Frame::After(remembered) => remembered.within(system, &history.next),
            Frame::Open | Frame::Frozen | Frame::Kept(_) => Known::default(),
        };
        solve(&mut system, rules, Cost::Balanced, &rules.coalitions, &named, &also, &known)
    };
    let (pattern, certificate, verified) = match solved {
        Ok(solved) => solved,
        Err(Unsolved { variable: Some(variable), .. }) => return Ok(Err(system.variables[variable].origin)),
        Err(Unsolved { error: DisclosureError::Forced { .. }, .. }) if !past.is_empty() => {
            return Err(DisclosureError::History { cause: "a value that was shown is unsafe now" });
        }
        Err(Unsolved { error, .. }) => return Err(error),
    };
    let mut among = Among {
        protected: Protected { tables: Vec::new(), explanations: Vec::new(), certificate, verified },
        shown: Shown::new(),
        earlier: Shown::new(),
        withdrawn: BTreeSet::new(),
        total_only: BTreeSet::new(),
    };
    for (name, codes, _) in history.earlier(cubes, &blocks, &pattern) {
        among.earlier.entry(name).or_default().insert(codes);
    }
    for (cube, crossings) in cubes.iter().zip(&blocks) {
        let (table, explanations) = printed(cube, crossings, (&system, &pattern), (&history, may_wait));
        among.protected.tables.push(table);
        among.protected.explanations.extend(explanations);
        for (position, measure) in cube.measures.iter().enumerate() {
            let name = format!("{}/{}", cube.name, measure.name);
            if measure.withdrawn {
                among.withdrawn.insert(name.clone());
            }
            if measure.is_total_only {
                among.total_only.insert(name.clone());
            }
            let shown = crossings.iter().filter(|crossing| {
                crossing.variables[position].is_some_and(|variable| !pattern.suppressed[variable])
            });
            among.shown.insert(name, shown.map(|crossing| codes(cube, crossing)).collect());
        }
    }
    Ok(Ok(among))
}

/// Takes a measure away; while others hang together with it, those first.
fn withdraw(measures: &mut [Measure], measure: usize) {
    let hanging: Vec<usize> = (0..measures.len())
        .filter(|other| *other != measure && measures[*other].base(*other) == measure)
        .filter(|other| !measures[*other].withdrawn)
        .collect();
    if hanging.is_empty() {
        measures[measure].withdrawn = true;
    }
    for other in hanging {
        measures[other].withdrawn = true;
    }
}

fn cube(
    position: usize,
    table: &TableInput,
    holdings: &BTreeMap<&str, u32>,
    agreements: &Agreements,
) -> Result<Cube, &'static str> {
    let mut measures = measures(&table.measures)?;
    for (position, measure) in measures.iter_mut().enumerate() {
        let ones = table.records.iter().all(|record| record.values.get(position) == Some(&Some(1)));
        measure.is_count &= ones;
    }
    let mut pairs: Vec<BTreeMap<String, Option<String>>> = vec![BTreeMap::new(); table.dimensions.len()];
    for record in &table.records {
        if record.dimensions.len() != table.dimensions.len() || record.values.len() != table.measures.len() {
            return Err("a record has another shape than its table");
        }
        for (pairs, code) in pairs.iter_mut().zip(&record.dimensions) {
            if code == TOTAL {
                return Err("a record carries the code of a margin");
            }
            pairs.entry(code.clone()).or_insert(None);
        }
    }
    for (pairs, codes) in pairs.iter_mut().zip(&table.codes) {
        pairs.extend(codes.iter().map(|code| (code.clone(), None)));
    }
    let axes = pairs.iter().map(Axis::new).collect::<Result<Vec<_>, _>>();
    let axes = axes.map_err(|_| "a code is its own ancestor")?;
    let mut entries = Vec::with_capacity(table.records.len());
    for record in &table.records {
        let parties = match record.contributors.as_slice() {
            [alone] => [holdings[alone.as_str()]; 2],
            [giver, taker] => [holdings[giver.as_str()], holdings[taker.as_str()]],
            _ => return Err("a record names no contributor, or more than two"),
        };
        let is_negative = |(value, measure): (&Option<i64>, &Measure)| {
            value.is_some_and(|value| value < 0) && !matches!(measure.relation, Relation::Factor(_))
        };
        if record.values.iter().zip(&measures).any(is_negative) {
            return Err("an amount is negative");
        }
        let codes = record.dimensions.iter().zip(&axes).map(|(code, axis)| axis.place(code).unwrap_or(0));
        entries.push(Entry {
            id: record.id,
            codes: codes.collect(),
            parties,
            values: record.values.clone(),
            waived: record.contributors.iter().all(|group| agreements.consents.contains(group)),
        });
    }
    entries.sort_by_key(|entry| entry.id);
    Ok(Cube {
        name: table.name.clone(),
        position,
        dimensions: table.dimensions.clone(),
        axes,
        measures,
        entries,
        is_dense: true,
        margins: Kind::Margin,
    })
}

fn measures(declared: &[MeasureInput]) -> Result<Vec<Measure>, &'static str> {
    let place = |base: &str| {
        let found = declared.iter().position(|other| other.name == base && other.relation.is_none());
        found.ok_or("a measure hangs together with one that the table does not have")
    };
    declared
        .iter()
        .map(|measure| {
            let relation = match &measure.relation {
                None => Relation::Base,
                Some(model::Relation::Factor(base)) => Relation::Factor(place(base)?),
                Some(model::Relation::Below(base)) => Relation::Below(place(base)?),
                Some(model::Relation::Above(base)) => Relation::Above(place(base)?),
            };
            Ok(Measure {
                name: measure.name.clone(),
                quantity: measure.name.clone(),
                relation,
                is_count: measure.is_count,
                withdrawn: false,
                is_total_only: false,
            })
        })
        .collect()
}

pub(super) fn codes(cube: &Cube, crossing: &Crossing) -> Vec<String> {
    crossing.codes.iter().zip(&cube.axes).map(|(code, axis)| axis.codes[*code].clone()).collect()
}

/// The cells of each measure, under the name that the second program finds them by.
fn named(cube: &Cube, crossings: &[Crossing]) -> Vec<NamedCells> {
    let of_measure = |(position, measure): (usize, &Measure)| NamedCells {
        name: format!("{}/{}", cube.name, measure.name),
        parents: cube.axes.iter().map(Axis::above).collect(),
        cells: crossings
            .iter()
            .filter_map(|crossing| Some((codes(cube, crossing), crossing.variables[position]?)))
            .collect(),
    };
    cube.measures.iter().enumerate().map(of_measure).collect()
}
