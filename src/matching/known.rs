//! Flows with what a match of them needs and says.

use super::candidates::{self, Prepared};
use super::parts::Weights;
use super::words;
use crate::config;
use crate::model::{Flow, FlowId, Match, Missing, OrgId, Organisation, Park, Part, Reason};
use std::collections::BTreeMap;

/// The flows of a run, prepared once for all that matching makes of them.
#[derive(Debug)]
pub struct Known<'a> {
    pub(super) prepared: Vec<Prepared<'a>>,
    by_id: BTreeMap<&'a FlowId, usize>,
}

impl<'a> Known<'a> {
    /// Prepares flows; the place of each is its company's, else its park's.
    #[must_use]
    pub fn new(organisations: &'a [Organisation], flows: &'a [Flow], parks: &[Park]) -> Self {
        let companies: BTreeMap<&OrgId, &Organisation> =
            organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
        Self {
            prepared: candidates::prepare(flows, &companies, parks),
            by_id: flows.iter().enumerate().map(|(at, flow)| (&flow.id, at)).collect(),
        }
    }

    /// A flow by its identity.
    #[must_use]
    pub fn flow(&self, id: &FlowId) -> Option<&'a Flow> {
        self.get(id).map(|one| one.flow)
    }

    /// Place of a flow among the flows, and the flow.
    pub(super) fn at(&self, id: &FlowId) -> Option<(usize, &'a Flow)> {
        let at = *self.by_id.get(id)?;
        Some((at, self.prepared[at].flow))
    }

    fn get(&self, id: &FlowId) -> Option<&Prepared<'a>> {
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
        let Some((offer, request)) = self.get(&found.offer).zip(self.get(&found.request)) else {
            return (Vec::new(), Vec::new());
        };
        let weights = Weights::new(settings);
        let reasons = Part::ALL.iter().zip(found.parts).map(|(part, score_milli)| {
            let (reason_fr, reason_en) = words::reason(*part, score_milli, offer, request);
            Reason { part: *part, score_milli, weight_milli: weights.milli(*part), reason_fr, reason_en }
        });
        (reasons.collect(), words::missing(&found.parts, offer, request, &weights))
    }
}
