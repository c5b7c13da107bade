//! What the programme has realised already, as a prior of which sectors take which category.
//!
//! The lift of a pair is the share of the realised synergies of its category that went to the sector of
//! its receiver, less the share of all synergies that went there: a sector that takes everything lifts
//! nothing. Few synergies count little: three more, that went elsewhere, are counted with them. A
//! synergy of the very same two companies is left out, for it says nothing of others.

use crate::materials;
use crate::model::{Category, FlowType, OrgId, Status, Synergy};
use std::collections::{BTreeMap, BTreeSet};

/// Synergies that went elsewhere, counted with those of each category.
const FEW: u32 = 3;
/// Codes of a synergy that did not declare one.
const CODES: usize = 3;
/// Digits of SCIAN that make a sector.
const DIGITS: usize = 3;
/// Digits of SCIAN by which the table of outlets names who takes what.
const GROUP_DIGITS: usize = 4;

/// Realised synergies of materials between companies whose sector is known.
#[derive(Debug, Default)]
pub(super) struct Precedents {
    /// Category, sector of the receiver, and the two companies.
    realised: BTreeSet<(Category, String, OrgId, OrgId)>,
    by_pair: BTreeMap<(Category, String), u32>,
    by_category: BTreeMap<Category, u32>,
    by_sector: BTreeMap<String, u32>,
    exchanges: Vec<materials::Precedent>,
}

/// The first digits of a sector.
fn first(sector: &str, digits: usize) -> &str {
    sector.get(..digits).unwrap_or(sector)
}

fn subsector(sector: &str) -> &str {
    first(sector, DIGITS)
}

/// What was exchanged: by its declared code, else by what its words and the donor's sector say.
fn offer(synergy: &Synergy, donor: &str) -> materials::Offer {
    let said = synergy.description.reveal();
    let mut codes: Vec<(&str, u16)> =
        synergy.material_code.iter().map(|code| (code.as_str(), 1000)).collect();
    if codes.is_empty() {
        let expected = materials::expectation(donor, materials::Nomenclature::Scian);
        let read = materials::classify(said, &expected, CODES);
        let believed = read.codes.iter().filter(|_| read.known);
        codes = believed.map(|ranked| (ranked.code, ranked.confidence_milli)).collect();
    }
    materials::Offer::new(&codes, FlowType::Material, said, donor)
}

impl Precedents {
    /// Those of `synergies` that are realised; `sector` is SCIAN of a company.
    pub(super) fn new<'a>(synergies: &[Synergy], sector: impl Fn(&OrgId) -> Option<&'a str>) -> Self {
        let mut known = Self::default();
        for synergy in synergies {
            let is_counted = synergy.status == Status::Realised && synergy.flow_type == FlowType::Material;
            let (Some(supplier), Some(receiver)) = (&synergy.supplier, &synergy.receiver) else { continue };
            let Some(taker) = sector(receiver).filter(|_| is_counted) else { continue };
            let donor = sector(supplier).unwrap_or_default();
            let offer = offer(synergy, donor);
            known.exchanges.push(materials::Precedent::new(offer, first(taker, GROUP_DIGITS)));
            let Some(category) = synergy.category else { continue };
            let taker = subsector(taker).to_owned();
            if known.realised.insert((category, taker.clone(), supplier.clone(), receiver.clone())) {
                *known.by_pair.entry((category, taker.clone())).or_default() += 1;
                *known.by_category.entry(category).or_default() += 1;
                *known.by_sector.entry(taker).or_default() += 1;
            }
        }
        known
    }

    /// Whether nothing was realised.
    pub(super) fn is_empty(&self) -> bool {
        self.realised.is_empty()
    }

    /// The exchanges, for the sectors of offers that nobody takes.
    pub(super) fn exchanges(&self) -> &[materials::Precedent] {
        &self.exchanges
    }

    /// By how much more this category goes to this sector than others do, thousandths.
    pub(super) fn lift(&self, category: Category, sector: &str, supplier: &OrgId, receiver: &OrgId) -> u32 {
        let sector = subsector(sector).to_owned();
        let count = |counted: Option<&u32>, own: u32| counted.copied().unwrap_or(0) - own;
        let pair = (category, sector.clone());
        if !self.by_pair.contains_key(&pair) {
            return 0;
        }
        let own = (category, sector.clone(), supplier.clone(), receiver.clone());
        let own = u32::from(self.realised.contains(&own));
        let all = self.by_category.values().sum::<u32>() - own;
        let here =
            count(self.by_pair.get(&pair), own) * 1000 / (count(self.by_category.get(&category), own) + FEW);
        let anywhere = count(self.by_sector.get(&sector), own) * 1000 / all.max(1);
        here.saturating_sub(anywhere)
    }
}

/// A material part raised by a lift: at most `percent` of what it lacks.
pub(super) fn raised(material: u16, lift: u32, percent: u32) -> u16 {
    let lacks = 1000_u32.saturating_sub(u32::from(material));
    let more = lacks * percent.min(100) / 100 * lift.min(1000) / 1000;
    material + u16::try_from(more).unwrap_or(0)
}

#[cfg(test)]
pub(super) mod tests {
    use super::{Precedents, raised};
    use crate::model::{Category, Confidential, Destination, FlowType, OrgId, Status, Synergy, SynergyId};
    use proptest::prelude::*;

    fn company(name: &str) -> OrgId {
        OrgId(Confidential::new(name.to_owned()))
    }

    pub(in super::super) fn realised(category: Category, supplier: &str, receiver: &str) -> Synergy {
        Synergy {
            id: SynergyId(Confidential::new(format!("{supplier} {receiver}"))),
            supplier: Some(company(supplier)),
            receiver: Some(company(receiver)),
            flow_type: FlowType::Material,
            category: Some(category),
            material_code: None,
            description: Confidential::new(String::new()),
            status: Status::Realised,
            history: Vec::new(),
            recurrence: None,
            mass: None,
            previous_destination: Destination::Unknown,
            distance_m: None,
            investment_cents: None,
            revenue_cents: None,
            jobs_tenths: None,
            attribution: None,
            abandon_reason: None,
            locations: Vec::new(),
        }
    }

    /// The sector stands in the name: `321 b` is of 321.
    fn of(synergies: &[Synergy]) -> Precedents {
        Precedents::new(synergies, |id| {
            id.0.reveal().get(..3).map(|digits| match digits {
                "321" => "3212",
                "327" => "3273",
                _ => "111",
            })
        })
    }

    fn lift(known: &Precedents, category: Category, sector: &str) -> u32 {
        known.lift(category, sector, &company("x"), &company("y"))
    }

    #[test]
    fn a_sector_that_took_the_category_before_lifts_and_one_that_takes_everything_does_not() {
        let own = of(&[
            realised(Category::Wood, "a", "321 a"),
            realised(Category::Wood, "b", "321 b"),
            realised(Category::Wood, "c", "321 c"),
            realised(Category::Glass, "d", "327 d"),
            realised(Category::Glass, "e", "327 e"),
            realised(Category::Glass, "f", "327 f"),
        ]);
        // Three of three and three more that went elsewhere, less the half of all that went there.
        assert_eq!(lift(&own, Category::Wood, "3211"), 0);
        let more: Vec<Synergy> = (0..9)
            .map(|at| realised(Category::Wood, "a", &format!("321 {at}")))
            .chain((0..9).map(|at| realised(Category::Glass, "a", &format!("327 {at}"))))
            .collect();
        assert_eq!(lift(&of(&more), Category::Wood, "3211"), 750 - 500);
        assert_eq!(lift(&of(&more), Category::Glass, "3211"), 0);
        let popular: Vec<Synergy> = [Category::Wood, Category::Glass, Category::Metal]
            .into_iter()
            .flat_map(|category| (0..9).map(move |at| realised(category, "a", &format!("321 {at}"))))
            .collect();
        assert_eq!(lift(&of(&popular), Category::Wood, "3211"), 0);
    }

    #[test]
    fn the_same_two_companies_say_nothing_of_themselves() {
        let mut synergies: Vec<Synergy> =
            (0..6).map(|at| realised(Category::Glass, "a", &format!("327 {at}"))).collect();
        synergies.push(realised(Category::Wood, "a", "321 b"));
        let known = of(&synergies);
        assert!(lift(&known, Category::Wood, "321") > 0);
        assert_eq!(known.lift(Category::Wood, "321", &company("a"), &company("321 b")), 0);
        synergies[6].status = Status::Abandoned;
        assert_eq!(lift(&of(&synergies), Category::Wood, "321"), 0);
    }

    proptest! {
        #[test]
        fn a_lift_never_lowers_a_material_and_never_fills_more_than_its_share(
            material in 0..=1000_u16, lift in 0..2000_u32, percent in 0..200_u32,
        ) {
            let now = raised(material, lift, percent);
            prop_assert!(now >= material && now <= 1000);
            prop_assert!(u32::from(now - material) <= (1000 - u32::from(material)) * percent.min(100) / 100);
            prop_assert!(raised(material, lift + 1, percent) >= now);
        }
    }
}
