//! Flows whose identity their source gives: a match of two of them that was followed keeps its identifier and
//! its follow-up when its words change.

use super::follow_up::FollowUps;
use super::found::Found;
use super::identifier::Identifier;
use super::known::Known;
use crate::model::{Flow, FlowId, Location};
use std::collections::{BTreeMap, HashSet};

/// Keyed identities of the flows that have one of their own.
#[derive(Debug)]
pub struct Identities<'a>(BTreeMap<&'a FlowId, String>);

impl<'a> Identities<'a> {
    /// Those of all flows whose source gave a number; `keyed` of the company and of that number.
    #[must_use]
    pub fn new(known: &Known<'a>, keyed: impl Fn(&str) -> String) -> Self {
        let own = known.prepared.iter().map(|one| one.flow).filter(|flow| is_own(flow));
        let keys = own.map(|flow| {
            let (company, number) = (flow.organisation.0.reveal(), flow.id.0.reveal());
            (&flow.id, keyed(&format!("{company}\u{0}{number}")))
        });
        Self(keys.collect())
    }

    /// Those of offer and request, when both have one.
    fn pair(&self, offer: &Flow, request: &Flow) -> Option<[&str; 2]> {
        Some([self.0.get(&offer.id)?.as_str(), self.0.get(&request.id)?.as_str()])
    }

    /// As `pair`, to be remembered.
    pub(super) fn remembered(&self, offer: &Flow, request: &Flow) -> Option<[String; 2]> {
        self.pair(offer, request).map(|pair| pair.map(str::to_owned))
    }
}

/// Whether an identity is the source's own: neither a place, nor told apart by one.
fn is_own(flow: &Flow) -> bool {
    let id = flow.id.0.reveal();
    !flow.locations.iter().map(Location::public).any(|place| {
        let told_apart = format!("({place}, ");
        *id == place || id.contains(&told_apart)
    })
}

/// Gives matches of two flows that were followed under another identifier that one back, unless another match
/// of tonight has it by its words; notes the identities of all that are remembered.
pub fn recognise(
    memory: &mut FollowUps,
    found: &Found<'_>,
    identifiers: &mut [Identifier],
    identities: &Identities<'_>,
) {
    let followed: BTreeMap<[&str; 2], Identifier> = memory
        .iter()
        .filter(|(_, one)| one.is_filled())
        .filter_map(|(id, one)| {
            Some((one.flows.as_ref()?.each_ref().map(String::as_str), Identifier::of(id)?))
        })
        .collect();
    let mut taken: HashSet<Identifier> = identifiers.iter().copied().collect();
    for (identifier, (offer, request)) in identifiers.iter_mut().zip(found.flows()) {
        let known = identities.pair(offer, request).and_then(|pair| followed.get(&pair));
        if let Some(known) = known.filter(|known| !taken.contains(*known)) {
            taken.insert(*known);
            *identifier = *known;
        }
    }
    for (identifier, (offer, request)) in identifiers.iter().zip(found.flows()) {
        let Some(pair) = identities.remembered(offer, request) else { continue };
        if let Some(one) = memory.get_mut(&identifier.to_string()) {
            one.flows = Some(pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow, organisation, searched};
    use super::super::{FollowUp, FollowUps, Known, identifiers};
    use super::{Identities, recognise};
    use crate::config;
    use crate::model::{Confidential, Direction, Flow, Location, Status};

    fn flows(words: &str) -> Vec<Flow> {
        vec![
            flow("F-1", "a", Direction::Output, words),
            flow("F-2", "b", Direction::Input, "palettes de bois"),
        ]
    }

    /// Identifiers of the matches of a night, before and after they are recognised.
    fn night(memory: &mut FollowUps, flows: &[Flow]) -> (String, String) {
        let organisations = ["a", "b"].map(organisation);
        let known = Known::new(&organisations, flows, &[]);
        let settings = config::Matching::default();
        let found = searched(&known, &settings, day());
        let mut ids = identifiers(&found, |_| false, |key| blake3::hash(key.as_bytes()).to_string());
        let before = ids[0].to_string();
        let identities = Identities::new(&known, str::to_owned);
        recognise(memory, &found, &mut ids, &identities);
        assert_eq!(ids.len(), 1);
        (before, ids[0].to_string())
    }

    /// The memory of one match that was followed.
    fn followed(flows: &[Flow]) -> (FollowUps, String) {
        let mut memory = FollowUps::new();
        let (id, _) = night(&mut memory, flows);
        let mut one = FollowUp::new(&flows[0], &flows[1]);
        one.status = Some(Status::Abandoned);
        memory.insert(id.clone(), one);
        night(&mut memory, flows);
        (memory, id)
    }

    #[test]
    fn a_followed_match_keeps_its_identifier_when_its_words_change() {
        let (mut memory, id) = followed(&flows("palettes de bois"));
        let (by_words, given) = night(&mut memory, &flows("palettes de bois (18 t)"));
        assert_ne!(by_words, id);
        assert_eq!(given, id);
        // Another entry, and one of another company, are other matches.
        let mut other = flows("palettes de bois (18 t)");
        other[0].id = crate::model::FlowId(Confidential::new("F-3".to_owned()));
        let (by_words, given) = night(&mut memory, &other);
        assert_eq!(by_words, given);
    }

    #[test]
    fn a_place_in_a_table_is_no_identity_of_its_own() {
        let mut before = flows("palettes de bois");
        for (row, flow) in (1..).zip(&mut before) {
            flow.locations = vec![Location {
                source: "F".into(),
                file: Confidential::new("x.csv".into()),
                sheet: None,
                row,
            }];
            flow.id = crate::model::FlowId(Confidential::new(format!("F:{row}")));
        }
        let (mut memory, id) = followed(&before);
        assert!(memory[&id].flows.is_none());
        before[0].description = Confidential::new("palettes de bois (18 t)".to_owned());
        let (by_words, given) = night(&mut memory, &before);
        assert_eq!(by_words, given);
    }
}
