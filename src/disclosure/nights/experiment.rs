//! Twenty nights of 400 companies in 87 cells, four changes a night; and a year at the pilot's size.

use super::attack::{Attack, Observed, Parts};
use super::{History, Night, Seen, Tonight, protect_tonight};
use crate::certificate::{self, Earlier};
use crate::clock::Stopwatch;
use crate::config::Disclosure;
use crate::disclosure::protect::{Frame, protect_after};
use crate::disclosure::{Agreements, MeasureInput, Record, TableInput};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Numbers that look random and are the same everywhere.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 32)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// Skewed amounts, from 1 to 1000 tonnes.
    fn amount(&mut self) -> i64 {
        let exponent = self.below(7) + self.below(4);
        i64::try_from((1000 + self.below(1000)) << exponent).unwrap_or(1000)
    }
}

/// One company: its cell and its amount; none once it has left.
#[derive(Clone)]
pub(super) struct Company {
    pub codes: [u64; 2],
    pub amount: i64,
}

pub(super) struct World {
    draw: Draw,
    pub shape: [u64; 2],
    pub companies: BTreeMap<u64, Company>,
    next: u64,
}

impl World {
    pub(super) fn new(seed: u64, companies: u64, shape: [u64; 2]) -> Self {
        let mut world = Self { draw: Draw(seed), shape, companies: BTreeMap::new(), next: 0 };
        for _ in 0..companies {
            world.join();
        }
        world
    }

    pub(super) fn join(&mut self) {
        let codes = [self.draw.below(self.shape[0]), self.draw.below(self.shape[1])];
        let amount = self.draw.amount();
        self.companies.insert(self.next, Company { codes, amount });
        self.next += 1;
    }

    /// Changes of one night: mostly other amounts, sometimes one leaves and another joins.
    pub(super) fn turn(&mut self, changes: u64) {
        for _ in 0..changes {
            let known: Vec<u64> = self.companies.keys().copied().collect();
            let place = usize::try_from(self.draw.below(known.len() as u64)).unwrap();
            if self.draw.below(8) == 0 {
                self.companies.remove(&known[place]);
                self.join();
            } else {
                let factor = i64::try_from(50 + self.draw.below(150)).unwrap();
                let company = self.companies.get_mut(&known[place]).unwrap();
                company.amount = (company.amount * factor / 100).max(1) + 1;
            }
        }
    }

    pub(super) fn table(&self) -> TableInput {
        let records = self.companies.iter().map(|(id, company)| Record {
            id: identity(*id),
            dimensions: vec![format!("a{:02}", company.codes[0]), format!("b{}", company.codes[1])],
            contributors: vec![format!("g{id}")],
            values: vec![Some(company.amount)],
        });
        TableInput {
            name: "t".to_owned(),
            dimensions: vec!["a".to_owned(), "b".to_owned()],
            codes: vec![
                (0..self.shape[0]).map(|code| format!("a{code:02}")).collect(),
                (0..self.shape[1]).map(|code| format!("b{code}")).collect(),
            ],
            measures: vec![MeasureInput {
                name: "kg".to_owned(),
                unit: None,
                relation: None,
                is_count: false,
            }],
            ceilings: Vec::new(),
            records: records.collect(),
        }
    }
}

/// Identities are hashes: their sums tell sets apart.
pub(super) fn identity(number: u64) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(&number.to_le_bytes()).as_bytes()[..16]);
    u128::from_le_bytes(bytes)
}

pub(super) fn day(night: u64) -> NaiveDate {
    NaiveDate::default() + chrono::Days::new(night)
}

/// Cells that show what is true tonight.
fn fresh(tonight: &Tonight, day: NaiveDate) -> usize {
    let rows = tonight.protected.tables().iter().flat_map(crate::disclosure::ProtectedTable::rows);
    rows.flat_map(crate::disclosure::ProtectedRow::days).filter(|of| **of == Some(day)).count()
}

/// Who it is, whatever it is called.
fn company(name: &str) -> String {
    name.split('.').next().unwrap_or_default().to_owned()
}

/// Gives some companies another identity than the night before.
fn rename(table: &mut TableInput, percent: u64, names: &mut BTreeMap<String, u64>, draw: &mut Draw) {
    for contributor in table.records.iter_mut().flat_map(|record| &mut record.contributors) {
        let times = names.entry(contributor.clone()).or_insert(0);
        *times += u64::from(draw.below(100) < percent);
        if *times > 0 {
            *contributor = format!("{contributor}.{times}");
        }
    }
}

/// What an attacker sees of a table of which some cells are shown.
pub(super) fn observed(table: &TableInput, shown: &BTreeSet<Vec<String>>) -> Observed {
    let mut cells: BTreeMap<[String; 2], Parts> = BTreeMap::new();
    for record in &table.records {
        let [a, b] = record.dimensions.as_slice() else { panic!("two dimensions") };
        let parts = cells.entry([a.clone(), b.clone()]).or_default();
        *parts.entry(company(&record.contributors[0])).or_insert(0) += record.values[0].unwrap();
    }
    // A cell that became empty is one that changed.
    for a in &table.codes[0] {
        for b in &table.codes[1] {
            cells.entry([a.clone(), b.clone()]).or_default();
        }
    }
    Observed { cells, shown: shown.clone() }
}

/// How an experiment is set up.
#[derive(Clone, Copy)]
pub(super) struct Setup {
    pub seed: u64,
    pub companies: u64,
    pub shape: [u64; 2],
    pub nights: u64,
    pub changes: u64,
    /// Companies that get another identity from one night to the next, percent.
    pub renamed: u64,
}

#[derive(Default)]
pub(super) struct Outcome {
    pub seen: Vec<Observed>,
    pub public: usize,
    /// What protection of each night alone shows.
    pub alone: usize,
    pub kept: usize,
    pub slowest: u64,
    pub last: u64,
    /// Bytes that the next night needs, as they are kept before they are packed.
    pub state: usize,
}

/// Our policy over the nights of a setup; each certificate is checked against those before it.
pub(super) fn ours(setup: Setup) -> Outcome {
    let mut world = World::new(setup.seed, setup.companies, setup.shape);
    let (mut history, policy, nobody) = (History::default(), Disclosure::default(), Agreements::default());
    // All that the ledger would hold.
    let (mut nights, mut published, mut releases) =
        (Vec::<Night>::new(), Vec::<Earlier>::new(), Vec::<Seen>::new());
    let mut outcome = Outcome::default();
    let mut seen: BTreeMap<Vec<String>, i64> = BTreeMap::new();
    let (mut names, mut draw) = (BTreeMap::new(), Draw(!setup.seed));
    for night in 0..setup.nights {
        if night > 0 {
            world.turn(setup.changes);
        }
        let mut table = world.table();
        rename(&mut table, setup.renamed, &mut names, &mut draw);
        let watch = Stopwatch::start();
        history.nights.clone_from(&nights);
        history.forget(day(night), &policy, &releases);
        let counting = &published[nights.len() - history.nights.len()..];
        let tonight =
            protect_tonight(std::slice::from_ref(&table), &history, day(night), &policy, &nobody).unwrap();
        certificate::verify_history(tonight.protected.certificate(), counting).unwrap();
        outcome.last = watch.milliseconds();
        outcome.slowest = outcome.slowest.max(outcome.last);
        let one = protect_after(&[table], &[], Frame::Open, &policy, &nobody).unwrap();
        outcome.alone += one.shown["t/kg"].len();
        outcome.public += fresh(&tonight, day(night));
        if let Some(night) = &tonight.night {
            outcome.seen.push(observed(&night.tables[0], &night.shown["t/kg"]));
            published.push(Earlier::read(tonight.protected.certificate()).unwrap());
            history.certificate = Some(tonight.protected.certificate().to_vec());
        }
        // What is shown and not new is what was shown before.
        let shown = tonight.night.as_ref().map(|night| &night.shown["t/kg"]);
        for row in tonight.protected.tables()[0].rows() {
            if let crate::disclosure::Published::Value(value) = row.values()[0] {
                if !shown.is_some_and(|shown| shown.contains(row.dimensions())) {
                    assert_eq!(seen.get(row.dimensions()), Some(&value));
                }
                seen.insert(row.dimensions().to_vec(), value);
            }
        }
        history.nights.extend(tonight.night.clone());
        nights.extend(tonight.night);
        let oldest = nights.last().and_then(|night| tonight.last.oldest(night));
        releases.push(Seen { from: day(night), night: nights.len() - 1, oldest });
        history.last = Some(tonight.last);
    }
    outcome.kept = history.nights.len();
    outcome.state = history.nights.iter().map(|night| night.to_bytes().unwrap().len()).sum();
    outcome
}

/// Weaker policies, as controls.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Control {
    /// Each night protected alone.
    Independent,
    /// The cells of the first night, every night.
    Frozen,
    /// A cell is renewed when its own change is safe.
    Threshold,
}

pub(super) fn control(control: Control, setup: Setup) -> (Vec<Observed>, usize) {
    let mut world = World::new(setup.seed, setup.companies, setup.shape);
    let (policy, nobody) = (Disclosure::default(), Agreements::default());
    let mut pattern: Option<BTreeSet<Vec<String>>> = None;
    let mut own: BTreeMap<Vec<String>, Parts> = BTreeMap::new();
    let (mut seen, mut public) = (Vec::new(), 0);
    for night in 0..setup.nights {
        if night > 0 {
            world.turn(setup.changes);
        }
        let table = world.table();
        let one = protect_after(std::slice::from_ref(&table), &[], Frame::Open, &policy, &nobody)
            .unwrap()
            .shown["t/kg"]
            .clone();
        let mut shown = match control {
            Control::Frozen => pattern.get_or_insert(one).clone(),
            Control::Independent | Control::Threshold => one,
        };
        if control == Control::Threshold {
            shown.retain(|codes| {
                let mut now = Parts::new();
                for record in &table.records {
                    if record.dimensions.iter().zip(codes).all(|(own, code)| own == code || code == "Total") {
                        now.insert(record.contributors[0].clone(), record.values[0].unwrap());
                    }
                }
                let old = own.entry(codes.clone()).or_insert_with(|| now.clone());
                let safe = is_safe_change(old, &now);
                if safe {
                    own.insert(codes.clone(), now);
                }
                safe
            });
        }
        public += shown.len();
        seen.push(observed(&table, &shown));
    }
    (seen, public)
}

/// What no policy passes that renews a cell only by a safe change, even one that knows all nights
/// beforehand: of each cell alone, the largest number of nights with a current value, of those on which
/// one night alone shows it; and the same where the first night shows all that it can.
fn most(setup: Setup) -> [usize; 2] {
    let mut world = World::new(setup.seed, setup.companies, setup.shape);
    let (policy, nobody) = (Disclosure::default(), Agreements::default());
    let mut states: BTreeMap<Vec<String>, Vec<(Parts, bool)>> = BTreeMap::new();
    for night in 0..setup.nights {
        if night > 0 {
            world.turn(setup.changes);
        }
        let table = world.table();
        let one = protect_after(std::slice::from_ref(&table), &[], Frame::Open, &policy, &nobody).unwrap();
        for row in one.protected.tables()[0].rows() {
            let codes = row.dimensions();
            let records = table.records.iter().filter(|record| {
                record.dimensions.iter().zip(codes).all(|(own, code)| own == code || code == "Total")
            });
            let parts: Parts =
                records.map(|record| (record.contributors[0].clone(), record.values[0].unwrap())).collect();
            states.entry(codes.to_vec()).or_default().push((parts, one.shown["t/kg"].contains(codes)));
        }
    }
    let of_cell = |states: &Vec<(Parts, bool)>| {
        let mut best = vec![0; states.len()];
        for start in (0..states.len()).rev() {
            let same = states[start..].iter().take_while(|(parts, _)| *parts == states[start].0).count();
            let now = states[start..start + same].iter().filter(|(_, counts)| *counts).count();
            let later = (start + same..states.len())
                .filter(|next| is_safe_change(&states[start].0, &states[*next].0))
                .map(|next| best[next]);
            best[start] = now + later.max().unwrap_or(0);
        }
        let most = best.iter().copied().max().unwrap_or(0);
        let shows_first = states.first().is_some_and(|(_, counts)| *counts);
        [most, if shows_first { best[0] } else { most }]
    };
    states.values().map(of_cell).fold([0; 2], |[all, rest], [one, first]| [all + one, rest + first])
}

/// Three groups or more changed, and none of them dominates.
fn is_safe_change(old: &Parts, now: &Parts) -> bool {
    let companies: BTreeSet<&String> = old.keys().chain(now.keys()).collect();
    let change = |company: &String| (now.get(company).unwrap_or(&0) - old.get(company).unwrap_or(&0)).abs();
    let mut sizes: Vec<i64> = companies.into_iter().map(change).filter(|size| *size != 0).collect();
    sizes.sort_unstable_by(|left, right| right.cmp(left));
    sizes.is_empty() || sizes.len() > 2 && sizes.iter().skip(2).sum::<i64>() * 100 >= sizes[0] * 15
}

const CONTROLS: [Control; 3] = [Control::Independent, Control::Frozen, Control::Threshold];

#[test]
fn nothing_is_recovered_from_all_nights_and_the_attacker_beats_three_weaker_policies() {
    let (mut questions, mut kept, mut recovered) = (0, 0, [0; 3]);
    for seed in 1..=3 {
        let setup = Setup { seed, companies: 70, shape: [6, 3], nights: 10, changes: 5, renamed: 0 };
        let outcome = ours(setup);
        let found = Attack::new(&outcome.seen).run(2);
        assert_eq!((found.exactly, found.closely), (0, 0), "seed {seed}: {found:?}");
        questions += found.questions;
        kept += outcome.kept;
        for (recovered, weaker) in recovered.iter_mut().zip(CONTROLS) {
            *recovered += Attack::new(&control(weaker, setup).0).run(0).exactly;
        }
    }
    assert!(questions > 30 && kept > 6, "{questions} questions, {kept} nights");
    assert!(recovered.iter().all(|recovered| *recovered > 0), "{recovered:?}");
}

#[test]
fn nothing_is_recovered_when_companies_have_another_identity_from_night_to_night() {
    let (mut questions, mut kept) = (0, 0);
    for (seed, renamed) in [(1, 100), (2, 30), (3, 5)] {
        let setup = Setup { seed, companies: 70, shape: [6, 3], nights: 10, changes: 5, renamed };
        let outcome = ours(setup);
        let found = Attack::new(&outcome.seen).run(2);
        assert_eq!((found.exactly, found.closely), (0, 0), "seed {seed}: {found:?}");
        // They are told again: what is shown is what is shown without other names.
        let known = ours(Setup { renamed: 0, ..setup });
        assert_eq!((outcome.public, outcome.kept), (known.public, known.kept), "seed {seed}");
        questions += found.questions;
        kept += outcome.kept;
    }
    assert!(questions > 30 && kept > 6, "{questions} questions, {kept} nights");
}

fn from_environment(name: &str, other: u64) -> u64 {
    std::env::var(name).map_or(other, |text| text.parse().unwrap())
}

/// `SEEDS=3 cargo test --lib nights::experiment::twenty -- --ignored --nocapture`
#[test]
#[ignore = "a measure"]
fn twenty_nights() {
    for seed in 1..=from_environment("SEEDS", 3) {
        let setup = Setup { seed, companies: 400, shape: [28, 2], nights: 20, changes: 4, renamed: 0 };
        let outcome = ours(setup);
        let found = Attack::new(&outcome.seen).run(2);
        println!(
            "seed {seed}: {found:?}, {} of {} current, at most {:?}, {} nights kept, slowest {} ms",
            outcome.public,
            outcome.alone,
            most(setup),
            outcome.kept,
            outcome.slowest
        );
        for weaker in CONTROLS {
            let (seen, public) = control(weaker, setup);
            println!("  {weaker:?}: {:?}, {public} of {} current", Attack::new(&seen).run(0), outcome.alone);
        }
        assert!(found.exactly + found.closely == 0);
    }
}

/// `COMPANIES=30 CHANGES=1 cargo test --lib nights::experiment::a_year -- --ignored --nocapture`
#[test]
#[ignore = "a measure"]
fn a_year_of_nights() {
    let setup = Setup {
        seed: from_environment("SEED", 1),
        companies: from_environment("COMPANIES", 30),
        shape: [from_environment("ROWS", 11), from_environment("COLUMNS", 3)],
        nights: from_environment("NIGHTS", 365),
        changes: from_environment("CHANGES", 1),
        renamed: from_environment("RENAMED", 0),
    };
    let outcome = ours(setup);
    println!(
        "{} of {} current, {} nights kept in {} kB, slowest {} ms, last {} ms",
        outcome.public,
        outcome.alone,
        outcome.kept,
        outcome.state / 1000,
        outcome.slowest,
        outcome.last
    );
    let found = Attack::new(&outcome.seen).run(2);
    println!("{found:?}");
    assert!(found.exactly + found.closely == 0);
}
