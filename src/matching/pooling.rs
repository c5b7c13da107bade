//! Small flows of one kind that together make a load, and the outlets that are missing.

use super::candidates::{self, Prepared};
use super::parts;
use super::portfolio::Portfolio;
use crate::config;
use crate::model::{Category, Direction, Flow, FlowId, FlowType, Match, OrgId, Organisation, Park};
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

/// Pools of materials: each member is below a viable load alone, they reach it together, lie
/// within the radius of the first one, and belong to two companies at least. No flow is in two
/// pools. Largest first; the same whatever the order of the flows.
#[must_use]
pub fn pools(
    organisations: &[Organisation],
    flows: &[Flow],
    parks: &[Park],
    matches: &[Match],
    settings: &config::Matching,
) -> Vec<Pool> {
    let by_id: BTreeMap<&OrgId, &Organisation> =
        organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
    let prepared = candidates::prepare(flows, &by_id, parks);
    let load = i64::from(settings.pool_load_kg);
    let mut kinds: BTreeMap<(Direction, Kind), Vec<(&Prepared<'_>, i64)>> = BTreeMap::new();
    for one in &prepared {
        let kg = one.flow.mass.map_or(0, crate::model::Mass::best_kg);
        let kind = kind(one.flow);
        let is_told = kind != (None, None);
        if one.flow.flow_type == FlowType::Material
            && is_told
            && (1..load).contains(&kg)
            && one.place.is_some()
        {
            kinds.entry((one.flow.direction, kind)).or_default().push((one, kg));
        }
    }
    let partners = partners(matches);
    let known: BTreeMap<&FlowId, &Flow> = flows.iter().map(|flow| (&flow.id, flow)).collect();
    let mut pools = Vec::new();
    for ((direction, kind), mut open) in kinds {
        open.sort_by_key(|(one, _)| one.rank);
        let radius_m = i64::from(settings.pool_radius_km) * 1000;
        let mut start = 0;
        while let Some(members) = next_pool(&mut open, &mut start, load, radius_m) {
            let total_kg = members.iter().map(|(_, kg)| kg).sum();
            let partner = partner(&members, &partners, &known, total_kg);
            pools.push(Pool { direction, kind: kind.clone(), members, total_kg, partner });
        }
    }
    pools.sort_by_key(|pool| Reverse(pool.total_kg));
    pools
}

/// What makes a flow of one kind with others.
fn kind(flow: &Flow) -> Kind {
    let group = flow.ranked_codes.first().and_then(|ranked| ranked.code.get(..4)).map(str::to_owned);
    (flow.category, group)
}

/// Takes the members of one pool out of `open`. `start` is the first flow that may still be the
/// first of a pool: what fails once fails again, for flows only leave.
fn next_pool(
    open: &mut Vec<(&Prepared<'_>, i64)>,
    start: &mut usize,
    load: i64,
    radius_m: i64,
) -> Option<Vec<(FlowId, i64)>> {
    while *start < open.len() && open.iter().map(|(_, kg)| kg).sum::<i64>() >= load {
        let taken = gathered(open, *start, load, radius_m);
        let sum: i64 = taken.iter().map(|at| open[*at].1).sum();
        let companies: BTreeSet<&OrgId> = taken.iter().map(|at| &open[*at].0.flow.organisation).collect();
        if sum < load || companies.len() < 2 {
            *start += 1;
            continue;
        }
        let members = taken.iter().map(|at| (open[*at].0.flow.id.clone(), open[*at].1)).collect();
        *start -= taken.iter().filter(|at| **at < *start).count();
        let taken: BTreeSet<usize> = taken.into_iter().collect();
        let mut at = 0;
        open.retain(|_| {
            at += 1;
            !taken.contains(&(at - 1))
        });
        return Some(members);
    }
    None
}

/// Positions of the nearest to `start`, itself first, until they make the load.
fn gathered(open: &[(&Prepared<'_>, i64)], start: usize, load: i64, radius_m: i64) -> Vec<usize> {
    let mut near: Vec<(i64, usize)> = (0..open.len())
        .filter(|at| *at != start)
        .filter_map(|at| Some((parts::distance_m(open[start].0, open[at].0)?, at)))
        .filter(|(metres, _)| *metres <= radius_m)
        .collect();
    near.sort_unstable();
    let mut taken = vec![start];
    let mut sum = open[start].1;
    for (_, at) in near {
        if sum >= load {
            break;
        }
        taken.push(at);
        sum += open[at].1;
    }
    taken
}

/// For each flow, the other sides of its matches, best first.
fn partners(matches: &[Match]) -> BTreeMap<&FlowId, Vec<&FlowId>> {
    let mut partners: BTreeMap<&FlowId, Vec<&FlowId>> = BTreeMap::new();
    for found in matches {
        partners.entry(&found.offer).or_default().push(&found.request);
        partners.entry(&found.request).or_default().push(&found.offer);
    }
    partners
}

/// The flow that matches most of the load; of two alike the one of the better match.
fn partner(
    members: &[(FlowId, i64)],
    partners: &BTreeMap<&FlowId, Vec<&FlowId>>,
    known: &BTreeMap<&FlowId, &Flow>,
    total_kg: i64,
) -> Option<(FlowId, i64)> {
    let mut loads: Vec<(&FlowId, i64)> = Vec::new();
    for (id, kg) in members {
        for other in partners.get(id).into_iter().flatten() {
            match loads.iter_mut().find(|(one, _)| one == other) {
                Some((_, sum)) => *sum += kg,
                None => loads.push((other, *kg)),
            }
        }
    }
    let most = loads.iter().map(|(_, kg)| *kg).max()?;
    let (id, kg) = loads.into_iter().find(|(_, kg)| *kg == most)?;
    let takes = known.get(id).and_then(|flow| flow.mass).map_or(kg, |mass| mass.best_kg().min(kg));
    Some((id.clone(), takes.min(total_kg)))
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

/// Buyers to look for, most kilograms first: what is left of each offer of material once every
/// request is filled as the portfolio fills it.
#[must_use]
pub fn wanted(flows: &[Flow], matches: &[Match], portfolio: &Portfolio) -> Vec<Wanted> {
    let taken: BTreeSet<&FlowId> = matches.iter().map(|found| &found.offer).collect();
    let mut kinds: BTreeMap<Kind, (i64, usize, usize)> = BTreeMap::new();
    for flow in flows {
        if flow.direction != Direction::Output || flow.flow_type != FlowType::Material {
            continue;
        }
        let left = portfolio.left_over.get(&flow.id).copied().or_else(|| {
            // Matched, but with an amount that one side does not know: what is left is unknown.
            flow.mass.filter(|_| !taken.contains(&flow.id)).map(crate::model::Mass::best_kg)
        });
        let entry = kinds.entry(kind(flow)).or_default();
        match left {
            Some(kg) if kg > 0 => {
                entry.0 += kg;
                entry.1 += 1;
            }
            None if !taken.contains(&flow.id) => entry.2 += 1,
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

#[cfg(test)]
mod tests {
    use super::super::portfolio;
    use super::super::tests::{day, flow, organisation, parks};
    use super::{Wanted, pools, wanted};
    use crate::config;
    use crate::model::{Category, Confidential, Direction, Flow, Mass, OrgId, Organisation, ParkCode};
    use std::collections::BTreeSet;

    fn small(id: &str, company: &str, kg: i64) -> Flow {
        let mut flow = flow(id, company, Direction::Output, "palettes de bois");
        flow.mass = Mass::exact(kg);
        flow
    }

    fn pooled(flows: &[Flow]) -> Vec<super::Pool> {
        let names: BTreeSet<&str> = flows.iter().map(|flow| flow.organisation.0.reveal().as_str()).collect();
        let organisations: Vec<Organisation> = names.into_iter().map(organisation).collect();
        let settings = config::Matching::default();
        let matches = super::super::find(&organisations, flows, &parks(), &settings, day());
        pools(&organisations, flows, &parks(), &matches, &settings)
    }

    #[test]
    fn small_offers_of_one_kind_make_a_load_for_the_request_that_all_match() {
        let mut flows = vec![small("1", "a", 4_000), small("2", "b", 4_000), small("3", "c", 4_000)];
        let mut request = flow("4", "d", Direction::Input, "palettes de bois");
        request.mass = Mass::exact(11_000);
        flows.push(request);
        let found = pooled(&flows);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].members.len(), found[0].total_kg), (3, 12_000));
        let (partner, kg) = found[0].partner.clone().unwrap();
        assert_eq!((partner.0.reveal().as_str(), kg), ("4", 11_000));
    }

    #[test]
    fn one_company_another_kind_a_far_place_or_too_little_make_no_pool() {
        assert!(pooled(&[small("1", "a", 6_000), small("2", "a", 6_000)]).is_empty());
        assert!(pooled(&[small("1", "a", 3_000), small("2", "b", 3_000)]).is_empty());
        let mut other = small("2", "b", 6_000);
        other.category = Some(Category::Glass);
        assert!(pooled(&[small("1", "a", 6_000), other]).is_empty());
        let mut far = small("2", "b", 6_000);
        far.park = ParkCode::new("loin");
        let mut parks = parks();
        parks[1].code = ParkCode::new("loin").unwrap();
        parks[1].latitude = 48.0;
        let flows = [small("1", "a", 6_000), far];
        let found = pools(&[organisation("a")], &flows, &parks, &[], &config::Matching::default());
        assert!(found.is_empty());
    }

    #[test]
    fn a_pool_stops_at_its_load_and_no_flow_is_in_two() {
        let flows: Vec<Flow> =
            (0..9).map(|at| small(&at.to_string(), ["a", "b", "c"][at % 3], 5_000)).collect();
        let mut turned = flows.clone();
        turned.reverse();
        let found = pooled(&flows);
        assert_eq!(found, pooled(&turned));
        assert_eq!(found.len(), 3);
        let members: Vec<_> = found.iter().flat_map(|pool| pool.members.iter().map(|(id, _)| id)).collect();
        assert_eq!(members.len(), members.iter().collect::<BTreeSet<_>>().len());
        assert!(found.iter().all(|pool| pool.total_kg == 10_000 && pool.members.len() == 2));
    }

    #[test]
    fn what_no_request_takes_is_a_wanted_buyer_counted_once() {
        let mut flows = vec![small("1", "a", 9_000), small("2", "b", 5_000)];
        let mut request = flow("3", "c", Direction::Input, "palettes de bois");
        request.mass = Mass::exact(6_000);
        flows.push(request);
        let mut alone = small("4", "d", 700);
        alone.category = Some(Category::Glass);
        alone.description = Confidential::new("verre".to_owned());
        let mut unknown = alone.clone();
        unknown.id.0 = Confidential::new("5".to_owned());
        unknown.organisation = OrgId(Confidential::new("e".to_owned()));
        unknown.mass = None;
        flows.extend([alone, unknown]);
        let settings = config::Matching::default();
        let mut matches = super::super::find(&[], &flows, &parks(), &settings, day());
        let portfolio = portfolio(&mut matches, &flows);
        assert_eq!(portfolio.total_kg, 6_000);
        assert_eq!(portfolio.scarce.len(), 1);
        let expected = [
            Wanted { kind: (Some(Category::Wood), None), kg: 8_000, offers: 2, unknown: 0 },
            Wanted { kind: (Some(Category::Glass), None), kg: 700, offers: 1, unknown: 1 },
        ];
        let found = wanted(&flows, &matches, &portfolio);
        assert_eq!(found[0].kg, expected[0].kg);
        assert_eq!(found[1], expected[1]);
    }
}
