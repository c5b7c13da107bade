//! Flows with what a match of them needs and says.

use super::candidates::{self, Prepared};
use super::chains;
use super::parts::{Scores, Weights};
use super::pooling;
use super::pooling::Kind;
use super::precedents::{Precedents, raised};
use super::questions;
use super::reliability::chance_milli;
use super::words;
use crate::config;
use crate::materials;
use crate::model::{
    Direction, Flow, FlowId, FlowType, Match, MatchKind, Missing, OrgId, Organisation, Park, Part, Reason,
    Synergy,
};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Most sectors named for one kind of offers.
const SECTORS: usize = 3;

/// The flows of a run, prepared once for all that matching makes of them.
#[derive(Debug)]
pub struct Known<'a> {
    pub(super) prepared: Vec<Prepared<'a>>,
    by_id: BTreeMap<&'a FlowId, usize>,
    sectors: BTreeMap<&'a OrgId, &'a str>,
    precedents: Precedents,
}

impl<'a> Known<'a> {
    /// Prepares flows; the place of each is its own, else its company's, else its park's.
    #[must_use]
    pub fn new(organisations: &'a [Organisation], flows: &'a [Flow], parks: &[Park]) -> Self {
        let companies: BTreeMap<&OrgId, &Organisation> =
            organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
        Self {
            prepared: candidates::prepare(flows, &companies, parks),
            by_id: flows.iter().enumerate().map(|(at, flow)| (&flow.id, at)).collect(),
            sectors: organisations
                .iter()
                .filter_map(|one| Some((&one.id, one.sector.as_ref()?.reveal().as_str())))
                .collect(),
            precedents: Precedents::default(),
        }
    }

    /// Remembers what the programme has realised: a prior of which sectors take which category.
    #[must_use]
    pub fn with_precedents(mut self, synergies: &[Synergy]) -> Self {
        self.precedents = Precedents::new(synergies, |id| self.sectors.get(id).copied());
        self
    }

    /// Whether something was realised.
    pub(super) fn has_precedents(&self) -> bool {
        !self.precedents.is_empty()
    }

    /// By how much realised synergies speak for a pair of materials, thousandths.
    pub(super) fn lift(&self, offer: &Prepared<'_>, request: &Prepared<'_>) -> u32 {
        let (one, other) = (offer.flow, request.flow);
        let category = one.category.or(other.category).filter(|_| !self.precedents.is_empty());
        let sector = self.sectors.get(&other.organisation);
        category.zip(sector).filter(|_| one.flow_type == FlowType::Material).map_or(
            0,
            |(category, sector)| {
                self.precedents.lift(category, sector, &one.organisation, &other.organisation)
            },
        )
    }

    /// The parts of a match with the material part raised by the lift of its pair.
    pub(super) fn with_prior(
        &self,
        parts: Scores,
        (offer, request): (&Prepared<'_>, &Prepared<'_>),
        settings: &config::Matching,
    ) -> Scores {
        let lift = self.lift(offer, request);
        let mut parts = parts;
        parts[0] = parts[0].map(|material| raised(material, lift, settings.precedents_percent));
        parts
    }

    /// Sectors (SCIAN) for which there is a reason to take the offers of each kind, likeliest first: from the
    /// table of outlets, and from what was realised. The first offer with the commonest code stands
    /// for its kind.
    #[must_use]
    pub fn likely_receivers(&self) -> BTreeMap<Kind, Vec<String>> {
        let mut codes: BTreeMap<Kind, BTreeMap<&str, (usize, &Flow)>> = BTreeMap::new();
        for one in self.by_rank() {
            let flow = one.flow;
            let is_offer = flow.direction == Direction::Output && flow.flow_type == FlowType::Material;
            let Some(likeliest) = flow.ranked_codes.first().filter(|_| is_offer) else { continue };
            let of_kind = codes.entry(pooling::kind(flow)).or_default();
            of_kind.entry(likeliest.code).or_insert((0, flow)).0 += 1;
        }
        codes
            .into_iter()
            .filter_map(|(kind, codes)| {
                let (code, (_, flow)) =
                    codes.into_iter().max_by_key(|(code, (count, _))| (*count, Reverse(*code)))?;
                let donor = self.sectors.get(&flow.organisation).copied().unwrap_or_default();
                let said = flow.description.reveal();
                let offer = materials::Offer::new(&[(code, 1000)], FlowType::Material, said, donor);
                let list = materials::Nomenclature::Scian;
                let found = materials::receivers(&offer, self.precedents.exchanges(), list, SECTORS);
                Some((kind, found.into_iter().map(|(sector, _)| sector).collect()))
            })
            .collect()
    }

    /// A flow by its identity.
    #[must_use]
    pub fn flow(&self, id: &FlowId) -> Option<&'a Flow> {
        self.get(id).map(|one| one.flow)
    }

    pub(super) fn get(&self, id: &FlowId) -> Option<&Prepared<'a>> {
        self.by_id.get(id).map(|at| &self.prepared[*at])
    }

    /// All, in the order of their content.
    pub(super) fn by_rank(&self) -> Vec<&Prepared<'a>> {
        let mut ranked: Vec<&Prepared<'a>> = self.prepared.iter().collect();
        ranked.sort_unstable_by_key(|one| one.rank);
        ranked
    }

    /// Why each part of a match has its score, in the order of `Part::ALL`, and what to ask
    /// next, largest swing first. Free of names and amounts. Nothing for a match of other flows.
    #[must_use]
    pub fn explain(&self, found: &Match, settings: &config::Matching) -> (Vec<Reason>, Vec<Missing>) {
        let pair = self.get(&found.offer).zip(self.get(&found.request));
        pair.map_or_else(Default::default, |pair| self.explain_pair(found, pair, settings))
    }

    /// As [`super::Pair::chance_milli`]. None for a match of other flows.
    pub(super) fn chance_milli(&self, found: &Match) -> Option<u16> {
        chance_milli(found, self.get(&found.offer).zip(self.get(&found.request))?)
    }

    /// As [`Self::explain`], of a match whose flows are at hand.
    pub(super) fn explain_pair(
        &self,
        found: &Match,
        (offer, request): (&Prepared<'_>, &Prepared<'_>),
        settings: &config::Matching,
    ) -> (Vec<Reason>, Vec<Missing>) {
        let weights = Weights::new(settings);
        let route = if found.kind == MatchKind::Chain { chains::route(offer, request) } else { None };
        let made = route.map(|process| chains::made_of(offer.flow, process));
        let output = made.as_ref().map(|made| chains::output(made, offer));
        let given = output.as_ref().unwrap_or(offer);
        let reasons = Part::ALL.iter().zip(found.parts).map(|(part, score_milli)| {
            let mut reason = match (part, route) {
                (Part::Material, Some(process)) => words::treated(process),
                (Part::Distance, Some(process)) if !process.is_at_receiver => words::around(offer, request),
                (Part::Quantity, Some(_)) if score_milli.is_some() => {
                    words::after_treatment(words::reason(*part, score_milli, given, request))
                }
                _ => words::reason(*part, score_milli, given, request),
            };
            if *part == Part::Material {
                if let Some(chance) = chance_milli(found, (offer, request)) {
                    reason = words::with_chance(reason, chance);
                }
                if !found.is_alike {
                    reason = words::too_little(reason);
                }
                if settings.precedents_percent > 0 && self.lift(offer, request) > 0 {
                    reason = words::with_precedents(reason);
                }
            }
            let (reason_fr, reason_en) = reason;
            Reason { part: *part, score_milli, weight_milli: weights.milli(*part), reason_fr, reason_en }
        });
        let mut missing = questions::missing(&found.parts, given, request, &weights);
        // How much a process leaves is not the company's to say.
        missing.retain(|one| route.is_none() || found.parts[one.part as usize].is_none());
        (reasons.collect(), missing)
    }
}
