//! A match that was followed keeps its identifier and its follow-up when its words change: much where the source
//! gives both flows an identity, else little.

use super::follow_up::{FollowUp, FollowUps};
use super::found::Found;
use super::identifier::Identifier;
use super::known::Known;
use super::party::Parties;
use crate::model::{Flow, FlowId, FlowType, Location, OrgId};
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
pub(super) fn is_own(flow: &Flow) -> bool {
    let id = flow.id.0.reveal();
    !flow.locations.iter().map(Location::public).any(|place| {
        let told_apart = format!("({place}, ");
        *id == place || id.contains(&told_apart)
    })
}

/// The number that the source gave a flow, without what tells repeats of it apart; blank where its place stands
/// for one.
pub(super) fn number(flow: &Flow) -> &str {
    let given = flow.given_id();
    let is_place = flow.locations.iter().any(|place| place.public() == given);
    if is_place { "" } else { given }
}

/// Who gives, who takes, and what flows.
type Exchange<'a> = (&'a OrgId, &'a OrgId, FlowType);

/// What was followed, with its identifier.
pub struct Followed<'a>(BTreeMap<Exchange<'a>, Vec<(&'a str, &'a FollowUp)>>);

impl<'a> Followed<'a> {
    /// All that somebody filled in.
    #[must_use]
    pub fn new(memory: &'a FollowUps) -> Self {
        let mut followed: BTreeMap<Exchange<'_>, Vec<_>> = BTreeMap::new();
        for (id, one) in memory.iter().filter(|(_, one)| one.is_filled()) {
            let exchange = (&one.supplier, &one.receiver, one.flow_type);
            followed.entry(exchange).or_default().push((id.as_str(), one));
        }
        Self(followed)
    }

    /// Those of the two companies, the type and the category, whose entries differ little; the nearest first.
    pub(super) fn alike(
        &self,
        (offer, request): (&Flow, &Flow),
        parties: &Parties<'_>,
    ) -> Vec<(&'a str, &'a FollowUp)> {
        let exchange = (&offer.organisation, &request.organisation, offer.flow_type);
        let Some(all) = self.0.get(&exchange) else { return Vec::new() };
        let now = [offer, request].map(|flow| parties.of(flow));
        let category = offer.category.or(request.category);
        let of_category = all.iter().filter(|(_, one)| one.category == category);
        let mut alike: Vec<(usize, &str, &FollowUp)> = of_category
            .filter_map(|(id, one)| {
                let [offer, request] = [0, 1].map(|side| one.parties[side].changed(&now[side]));
                Some((offer? + request?, *id, *one))
            })
            .collect();
        alike.sort_by_key(|(changed, id, _)| (*changed, *id));
        alike.into_iter().map(|(_, id, one)| (id, one)).collect()
    }
}

/// Gives matches that were followed under another identifier that one back, unless another match of tonight has
/// it, or had it and is `aside`; notes the identities of all that are remembered.
pub fn recognise(
    memory: &mut FollowUps,
    found: &Found<'_>,
    identifiers: &mut [Identifier],
    aside: &[Identifier],
    (identities, parties): (&Identities<'_>, &Parties<'_>),
) {
    let followed: BTreeMap<[&str; 2], Identifier> = memory
        .iter()
        .filter(|(_, one)| one.is_filled())
        .filter_map(|(id, one)| {
            Some((one.flows.as_ref()?.each_ref().map(String::as_str), Identifier::of(id)?))
        })
        .collect();
    let mut taken: HashSet<Identifier> = identifiers.iter().chain(aside).copied().collect();
    for (identifier, (offer, request)) in identifiers.iter_mut().zip(found.flows()) {
        let known = identities.pair(offer, request).and_then(|pair| followed.get(&pair));
        if let Some(known) = known.filter(|known| !taken.contains(*known)) {
            taken.insert(*known);
            *identifier = *known;
        }
    }
    let followed = Followed::new(memory);
    for (identifier, flows) in identifiers.iter_mut().zip(found.flows()) {
        let alike = followed.alike(flows, parties);
        if alike.is_empty() || memory.contains_key(&identifier.to_string()) {
            continue;
        }
        let mut known = alike.into_iter().filter_map(|(id, _)| Identifier::of(id));
        if let Some(known) = known.find(|known| !taken.contains(known)) {
            taken.insert(known);
            *identifier = known;
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
    use super::super::{FollowUp, FollowUps, Known, Parties, identifiers};
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
        let parties = Parties::new(&organisations, flows, str::to_owned, str::to_owned);
        recognise(memory, &found, &mut ids, &[], (&identities, &parties));
        assert_eq!(ids.len(), 1);
        (before, ids[0].to_string())
    }

    /// The memory of one match that was followed.
    fn followed(flows: &[Flow]) -> (FollowUps, String) {
        let mut memory = FollowUps::new();
        let (id, _) = night(&mut memory, flows);
        let mut one = FollowUp::new(&flows[0], &flows[1]);
        one.status = Some(Status::Abandoned);
        let parties = Parties::new(&[], flows, str::to_owned, str::to_owned);
        one.parties = [&flows[0], &flows[1]].map(|flow| parties.of(flow));
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
        let (mut memory, id) = followed(&placed("palettes de bois"));
        assert!(memory[&id].flows.is_none());
        // Few words are the same match, many are another.
        let (by_words, given) = night(&mut memory, &placed("palettes en bois (18 t)"));
        assert!(by_words != id && given == id);
        let much = placed("palettes de bois neuves, propres, traitées à la chaleur");
        let (by_words, given) = night(&mut memory, &much);
        assert_eq!(by_words, given);
    }

    /// Flows that only their places tell.
    fn placed(words: &str) -> Vec<Flow> {
        let mut placed = flows(words);
        for (row, flow) in (1..).zip(&mut placed) {
            flow.locations = vec![Location {
                source: "F".into(),
                file: Confidential::new("x.csv".into()),
                sheet: None,
                row,
            }];
            flow.id = crate::model::FlowId(Confidential::new(format!("F:{row}")));
        }
        placed
    }
}
