//! Twenty nights of 400 companies in 87 cells, four changes a night; and a year at the pilot's size.

use super::{History, Night, Tonight, protect_tonight};
use crate::clock::Stopwatch;
use crate::config::Disclosure;
use crate::disclosure::protect::protect_after;
use crate::disclosure::{Agreements, MeasureInput, Record, TableInput};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// Numbers that look random and are the same everywhere.
pub(super) struct Draw(pub u64);

impl Draw {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed ^ (mixed >> 32)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
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
    pub draw: Draw,
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
            id: u128::from(*id + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
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
            measures: vec![MeasureInput { name: "kg".to_owned(), relation: None, is_count: false }],
            ceilings: Vec::new(),
            records: records.collect(),
        }
    }
}

pub(super) fn day(night: u64) -> NaiveDate {
    NaiveDate::default() + chrono::Days::new(night)
}

pub(super) fn keep(history: &mut History, tonight: Tonight) -> Option<Night> {
    history.nights.extend(tonight.night.clone());
    history.last = Some(tonight.last);
    tonight.night
}

/// Cells that show what is true tonight.
pub(super) fn fresh(tonight: &Tonight, day: NaiveDate) -> usize {
    let rows = tonight.protected.tables().iter().flat_map(crate::disclosure::ProtectedTable::rows);
    rows.flat_map(crate::disclosure::ProtectedRow::days).filter(|of| **of == Some(day)).count()
}

#[test]
#[ignore = "a measure"]
fn shares() {
    let companies: u64 = std::env::var("COMPANIES").map_or(400, |n| n.parse().unwrap());
    let nights: u64 = std::env::var("NIGHTS").map_or(20, |n| n.parse().unwrap());
    let changes: u64 = std::env::var("CHANGES").map_or(4, |n| n.parse().unwrap());
    let shape = if companies > 100 { [28, 2] } else { [11, 3] };
    let seeds: u64 = std::env::var("SEEDS").map_or(2, |n| n.parse().unwrap());
    for seed in 1..=seeds {
        let mut world = World::new(seed, companies, shape);
        let mut history = History::default();
        let policy = Disclosure::default();
        let (mut public, mut alone) = (0, 0);
        for night in 0..nights {
            if night > 0 {
                world.turn(changes);
            }
            let table = world.table();
            let watch = Stopwatch::start();
            let tonight = protect_tonight(&[table.clone()], &history, day(night), &policy, &Agreements::default()).unwrap();
            let time = watch.milliseconds();
            let one = protect_after(&[table], &[], false, &policy, &Agreements::default()).unwrap();
            let one: usize = one.shown.values().map(std::collections::BTreeSet::len).sum();
            let now = fresh(&tonight, day(night));
            public += now;
            alone += one;
            let waiting = tonight.waiting;
            let kept = keep(&mut history, tonight).is_some();
            println!("seed {seed} night {night}: {now} of {one}, {waiting} wait, new {kept}, {time} ms");
        }
        println!("seed {seed}: share {:.1} %, {} nights kept", 100.0 * public as f64 / alone as f64, history.nights.len());
    }
}
