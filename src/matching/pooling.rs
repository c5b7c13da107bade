//! Small flows of one kind that together make a load, and the outlets that are missing.

use super::candidates::Prepared;
use super::known::Known;
use super::mixing::{self, Common, Sort};
use super::parts;
use super::portfolio::Portfolio;
use super::side::count;
use crate::config;
use crate::model::{Category, Direction, Flow, FlowId, FlowType, OrgId};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// What makes flows of one kind: category, and the first four digits of their likeliest code.
pub type Kind = (Option<Category>, Option<String>);

/// Several small offers for one outlet, or several small requests for one purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Which side pools.
    pub direction: Direction,
    /// What they have in common.
    pub kind: Kind,
    /// Members and their kilograms a year, nearest to the first one first.
    pub members: Vec<(FlowId, i64)>,
    /// Sum of the members, kg a year.
    pub total_kg: i64,
    /// The flow of the other side that most of the load matches, and what it could take or give.
    pub partner: Option<(FlowId, i64)>,
}

/// As [`super::Found::pools`]; `pairs` are places among the known flows of direct matches of like materials, best first.
pub(super) fn pools(
    known: &Known<'_>,
    pairs: impl Iterator<Item = (usize, usize)>,
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Vec<Pool> {
    let load = i64::from(settings.pool_load_kg);
    let mut sorts: BTreeMap<Sort, Vec<Small<'_>>> = BTreeMap::new();
    let mut is_small = vec![false; known.prepared.len()];
    for (at, one) in known.prepared.iter().enumerate() {
        let kg = one.mass().unwrap_or(0);
        let is_one =
            one.flow.flow_type == FlowType::Material && (1..load).contains(&kg) && one.facts.is_placed();
        if let Some(sort) = mixing::sort(one, as_of).filter(|_| is_one) {
            sorts.entry(sort).or_default().push(Small { at, one, kg });
            is_small[at] = true;
        }
    }
    let partners = partners(pairs, &is_small);
    let mut pools = Vec::new();
    let radius_m = i64::from(settings.pool_radius_km) * 1000;
    for (Sort { direction, kind, .. }, flows) in sorts {
        for members in pools_of_sort(Open::new(flows, radius_m, as_of), load) {
            let total_kg = members.iter().map(|one| one.kg).sum();
            let partner = partner(&members, &partners, known, (total_kg, as_of));
            let members = members.iter().map(|small| (small.one.flow.id.clone(), small.kg)).collect();
            pools.push(Pool { direction, kind: kind.clone(), members, total_kg, partner });
        }
    }
    pools.sort_by_key(|pool| Reverse(pool.total_kg));
    pools
}

/// What makes a flow of one kind with others.
#[must_use]
pub fn kind(flow: &Flow) -> Kind {
    let group = flow.ranked_codes.first().and_then(|ranked| ranked.code.get(..4)).map(str::to_owned);
    (flow.category, group)
}

/// Small flows of one sort that no pool has taken yet, by place.
struct Open<'a> {
    /// One of each place, in the order of rank, with the flows there by rank.
    places: Vec<(&'a Prepared<'a>, BTreeMap<u32, Small<'a>>)>,
    /// Places by the cube of the sphere they lie in, whose side is the radius: what is within the
    /// radius of a place lies in its cube or one that touches it.
    cubes: BTreeMap<Cube, Vec<usize>>,
    /// Places by their park, where that is on no map.
    parks: BTreeMap<u32, Vec<usize>>,
    radius_m: i64,
    as_of: NaiveDate,
    sum_kg: i64,
}

type Cube = [i64; 3];

#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "metres on the Earth")]
fn cube(one: &Prepared<'_>, radius_m: i64) -> Option<Cube> {
    let side = radius_m.max(1) as f64;
    one.place().map(|place| place.0.map(|along| (along * parts::EARTH_M / side).floor() as i64))
}

/// A flow below the load, with its place among the known ones.
#[derive(Clone, Copy)]
struct Small<'a> {
    at: usize,
    one: &'a Prepared<'a>,
    kg: i64,
}

impl<'a> Open<'a> {
    fn new(mut flows: Vec<Small<'a>>, radius_m: i64, as_of: NaiveDate) -> Self {
        flows.sort_by_key(|small| small.one.rank);
        let mut numbers: BTreeMap<(Option<[u64; 3]>, Option<u32>), usize> = BTreeMap::new();
        let mut places: Vec<(&'a Prepared<'a>, BTreeMap<u32, Small<'a>>)> = Vec::new();
        let mut sum_kg = 0;
        for small in flows {
            let Small { one, kg, .. } = small;
            let place = one.place().map(|place| place.0.map(f64::to_bits));
            let at = *numbers.entry((place, one.facts.park)).or_insert_with(|| {
                places.push((one, BTreeMap::new()));
                places.len() - 1
            });
            places[at].1.insert(one.rank, small);
            sum_kg += kg;
        }
        let mut cubes: BTreeMap<Cube, Vec<usize>> = BTreeMap::new();
        let mut parks: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, (one, _)) in places.iter().enumerate() {
            if let Some(cube) = cube(one, radius_m) {
                cubes.entry(cube).or_default().push(at);
            }
            if let Some(park) = one.facts.park {
                parks.entry(park).or_default().push(at);
            }
        }
        Self { places, cubes, parks, radius_m, as_of, sum_kg }
    }

    /// Places in the cube of a flow and those that touch it, and those of its park; some of them twice.
    fn around(&self, one: &Prepared<'_>) -> impl Iterator<Item = usize> {
        let center = cube(one, self.radius_m);
        let steps = (0..27_i64).map(|step| [step / 9 - 1, step / 3 % 3 - 1, step % 3 - 1]);
        steps
            .filter_map(move |step| {
                let center = center?;
                self.cubes.get(&[center[0] + step[0], center[1] + step[1], center[2] + step[2]])
            })
            .chain(one.facts.park.and_then(|park| self.parks.get(&park)))
            .flatten()
            .copied()
    }

    /// Ranks with their place, first rank first.
    fn ranks(&self) -> Vec<(u32, usize)> {
        let mut ranks: Vec<(u32, usize)> = (0..self.places.len())
            .flat_map(|at| self.places[at].1.keys().map(move |rank| (*rank, at)))
            .collect();
        ranks.sort_unstable();
        ranks
    }

    /// The flow of a rank and the nearest to it within the radius that may lie with it and with those taken
    /// before, until they make the load.
    fn gathered(&self, (rank, place): (u32, usize), load: i64) -> Vec<(usize, Small<'a>)> {
        let Some(first) = self.places[place].1.get(&rank) else { return Vec::new() };
        let Some(mut common) = Common::new(self.as_of).with(first.one) else { return Vec::new() };
        let mut near: Vec<(i64, usize)> = self
            .around(first.one)
            .filter(|at| !self.places[*at].1.is_empty())
            .filter_map(|at| Some((parts::distance_m(first.one, self.places[at].0)?, at)))
            .filter(|(metres, _)| *metres <= self.radius_m)
            .collect();
        near.sort_unstable();
        near.dedup();
        let mut taken = vec![(place, *first)];
        let mut sum = first.kg;
        let others = near.iter().flat_map(|(_, at)| self.places[*at].1.values().map(|one| (*at, *one)));
        for (at, small) in others.filter(|(_, small)| small.one.rank != rank) {
            if sum >= load {
                break;
            }
            let Some(of_all) = common.with(small.one) else { continue };
            common = of_all;
            sum += small.kg;
            taken.push((at, small));
        }
        taken
    }

    fn take(&mut self, members: &[(usize, Small<'a>)]) {
        for (at, small) in members {
            self.places[*at].1.remove(&small.one.rank);
            self.sum_kg -= small.kg;
        }
    }
}

/// Pools of one sort. Each rank is tried once as the first of a pool.
fn pools_of_sort(mut open: Open<'_>, load: i64) -> Vec<Vec<Small<'_>>> {
    let mut pools = Vec::new();
    for first in open.ranks() {
        if open.sum_kg < load {
            break;
        }
        let taken = open.gathered(first, load);
        let sum: i64 = taken.iter().map(|(_, small)| small.kg).sum();
        let companies: BTreeSet<&OrgId> =
            taken.iter().map(|(_, small)| &small.one.flow.organisation).collect();
        if sum >= load && companies.len() > 1 {
            open.take(&taken);
            pools.push(taken.into_iter().map(|(_, small)| small).collect());
        }
    }
    pools
}

/// For each small flow the other sides of its pairs, best first; by places among the known flows.
fn partners(pairs: impl Iterator<Item = (usize, usize)>, is_small: &[bool]) -> Vec<Vec<u32>> {
    let mut partners = vec![Vec::new(); is_small.len()];
    for (offer, request) in pairs {
        for (one, other) in [(offer, request), (request, offer)] {
            if is_small[one] {
                partners[one].push(count(other));
            }
        }
    }
    partners
}

/// The flow that matches most of the load, of those that hazard and time keep from no member; of two alike
/// the one of the better match.
fn partner(
    members: &[Small<'_>],
    partners: &[Vec<u32>],
    known: &Known<'_>,
    (total_kg, as_of): (i64, NaiveDate),
) -> Option<(FlowId, i64)> {
    // Load and place among the others, so that of two alike the first met is taken.
    let mut loads: BTreeMap<u32, (i64, Reverse<usize>)> = BTreeMap::new();
    for Small { at, kg, .. } in members {
        for other in &partners[*at] {
            let next = Reverse(loads.len());
            loads.entry(*other).or_insert((0, next)).0 += kg;
        }
    }
    let mut loads: Vec<_> = loads.into_iter().collect();
    loads.sort_unstable_by_key(|(_, load)| Reverse(*load));
    let serves = |at: u32| {
        let other = &known.prepared[at as usize];
        !members.iter().any(|small| mixing::is_ruled_out(small.one, other, as_of))
    };
    let (at, (kg, _)) = loads.into_iter().find(|(at, _)| serves(*at))?;
    let flow = known.prepared[at as usize].flow;
    let takes = flow.mass.map_or(kg, |mass| mass.best_kg().min(kg));
    Some((flow.id.clone(), takes.min(total_kg)))
}

/// An outlet that is missing: offers of one kind that nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// What the offers have in common.
    pub kind: Kind,
    /// Kilograms a year that no request takes, over offers with a known amount.
    pub kg: i64,
    /// Offers with something left.
    pub offers: usize,
    /// Further offers without a match whose amount is unknown.
    pub unknown: usize,
}

/// As [`super::Found::wanted`]; `pairs` are places among the known flows of direct matches of like materials.
pub(super) fn wanted(
    known: &Known<'_>,
    pairs: impl Iterator<Item = (usize, usize)>,
    portfolio: &Portfolio,
) -> Vec<Wanted> {
    let mut is_taken = vec![false; known.prepared.len()];
    pairs.for_each(|(offer, _)| is_taken[offer] = true);
    let mut kinds: BTreeMap<Kind, (i64, usize, usize)> = BTreeMap::new();
    for (one, is_taken) in known.prepared.iter().zip(is_taken) {
        let flow = one.flow;
        if flow.direction != Direction::Output || flow.flow_type != FlowType::Material {
            continue;
        }
        let left = portfolio.left_over.get(&flow.id).copied().or_else(|| {
            // Matched, but with an amount that one side does not know: what is left is unknown.
            flow.mass.filter(|_| !is_taken).map(crate::model::Mass::best_kg)
        });
        let entry = kinds.entry(kind(flow)).or_default();
        match left {
            Some(kg) if kg > 0 => {
                entry.0 += kg;
                entry.1 += 1;
            }
            None if !is_taken => entry.2 += 1,
            _ => {}
        }
    }
    let mut wanted: Vec<Wanted> = kinds
        .into_iter()
        .filter(|(_, (_, offers, unknown))| offers + unknown > 0)
        .map(|(kind, (kg, offers, unknown))| Wanted { kind, kg, offers, unknown })
        .collect();
    wanted.sort_by_key(|one| Reverse((one.kg, one.offers, one.unknown)));
    wanted
}
