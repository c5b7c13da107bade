//! A match that was followed keeps its identifier and its follow-up when its words change: much where the source
//! gives both flows a number, else little.

use super::follow_up::{FollowUp, FollowUps};
use super::found::Found;
use super::identifier::Identifier;
use super::party::{Parties, Party};
use crate::model::{Flow, OrgId};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// How far a followed match is from a pair of tonight: whether only words tell it, and how many changed.
type Distance = (bool, usize);

/// The number that the source gave a flow, without what tells repeats of it apart; blank where its place stands
/// for one.
pub(super) fn number(flow: &Flow) -> &str {
    let given = flow.given_id();
    let is_place = flow.locations.iter().any(|place| place.public() == given);
    if is_place { "" } else { given }
}

/// What was followed, by who gives and who takes, with its identifier.
pub struct Followed<'a>(BTreeMap<(&'a OrgId, &'a OrgId), Vec<(&'a str, &'a FollowUp)>>);

impl<'a> Followed<'a> {
    /// All that somebody filled in.
    #[must_use]
    pub fn new(memory: &'a FollowUps) -> Self {
        let mut followed: BTreeMap<(&OrgId, &OrgId), Vec<_>> = BTreeMap::new();
        for (id, one) in memory.iter().filter(|(_, one)| one.is_filled()) {
            followed.entry((&one.supplier, &one.receiver)).or_default().push((id.as_str(), one));
        }
        Self(followed)
    }

    /// Those of the two companies whose entries have both numbers, or are of the type and the category and
    /// differ little.
    pub(super) fn alike(
        &self,
        (offer, request): (&Flow, &Flow),
        parties: &Parties<'_>,
    ) -> Vec<(Distance, &'a str, &'a FollowUp)> {
        let companies = (&offer.organisation, &request.organisation);
        let Some(all) = self.0.get(&companies) else { return Vec::new() };
        let now = [offer, request].map(|flow| parties.of(flow));
        let numbers = Party::numbers(&now);
        let kind = (offer.flow_type, offer.category.or(request.category));
        let distance = |one: &FollowUp| {
            if numbers.is_some() && Party::numbers(&one.parties) == numbers {
                return Some((false, 0));
            }
            let changed = one.parties.iter().zip(&now).map(|(before, now)| before.changed(now));
            let changed: usize = changed.sum::<Option<usize>>()?;
            ((one.flow_type, one.category) == kind).then_some((true, changed))
        };
        all.iter().filter_map(|(id, one)| Some((distance(one)?, *id, *one))).collect()
    }
}

/// Gives matches that were followed under another identifier that one back, the nearest first, unless another
/// match of tonight has it, or had it and is `aside`; notes the numbers of all that are remembered.
pub fn recognise(
    memory: &mut FollowUps,
    found: &Found<'_>,
    identifiers: &mut [Identifier],
    aside: &[Identifier],
    parties: &Parties<'_>,
) {
    let mut taken: HashSet<Identifier> = identifiers.iter().chain(aside).copied().collect();
    let followed = Followed::new(memory);
    let mut near = Vec::new();
    for (at, (identifier, (offer, request))) in identifiers.iter().zip(found.flows()).enumerate() {
        let alike = followed.alike((offer, request), parties);
        // What is known by its own identifier is another by its numbers alone.
        let is_known = !alike.is_empty() && memory.contains_key(&identifier.to_string());
        for ((by_words, changed), id, _) in alike {
            let known = Identifier::of(id).filter(|known| !taken.contains(known));
            if let Some(known) = known.filter(|_| !(by_words && is_known)) {
                // As two lots are told apart: a score that changes moves no follow-up.
                near.push((by_words, changed, [&offer.id, &request.id], known, at));
            }
        }
    }
    near.sort_unstable();
    let mut given = BTreeSet::new();
    for (_, _, _, known, at) in near {
        if !given.contains(&at) && taken.insert(known) {
            given.insert(at);
            identifiers[at] = known;
        }
    }
    for (identifier, (offer, request)) in identifiers.iter().zip(found.flows()) {
        let numbers = [offer, request].map(|flow| parties.number(flow));
        if numbers.iter().all(Option::is_none) {
            continue;
        }
        let Some(one) = memory.get_mut(&identifier.to_string()) else { continue };
        for (party, number) in one.parties.iter_mut().zip(numbers) {
            party.number = number.map(str::to_owned).or(party.number.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow, organisation, searched};
    use super::super::{FollowUp, FollowUps, Known, Parties, identifiers};
    use super::recognise;
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
        let parties = Parties::new(&organisations, flows, str::to_owned, str::to_owned);
        recognise(memory, &found, &mut ids, &[], &parties);
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
        assert!(memory[&id].numbers().is_none());
        // Few words are the same match, many are another.
        let (by_words, given) = night(&mut memory, &placed("palettes en bois (18 t)"));
        assert!(by_words != id && given == id);
        let much = placed("palettes de bois neuves, propres, traitées à la chaleur");
        let (by_words, given) = night(&mut memory, &much);
        assert_eq!(by_words, given);
    }

    #[test]
    fn the_number_of_another_source_tells_no_entry() {
        let (file, sheet) = (Confidential::new("x.csv".into()), None);
        let both = |source: &str, words: &str| {
            let mut both = flows(words);
            both[0].locations =
                vec![Location { source: source.into(), file: file.clone(), sheet: sheet.clone(), row: 2 }];
            both
        };
        let (mut memory, id) = followed(&both("visites", "palettes de bois"));
        let much = "palettes de bois neuves, propres, traitées à la chaleur";
        // Its source is absent tonight, and another one gives its number to another entry of the company.
        let (by_words, given) = night(&mut memory, &both("bourse", much));
        assert!(by_words == given && given != id);
        let (by_words, given) = night(&mut memory, &both("visites", much));
        assert!(by_words != id && given == id);
    }

    #[test]
    fn the_nearest_entry_has_the_follow_up_whichever_scores_more() {
        let wood = "palettes de sapin, épinette, chêne, érable, bouleau, noyer, frêne";
        let night = |memory: &mut FollowUps, offers: &[(&str, i64)]| -> Vec<(i64, String)> {
            let mut flows = vec![flow("F:9", "b", Direction::Input, wood)];
            for (at, (more, kg)) in offers.iter().enumerate() {
                let mut offer = flow(&format!("F:{at}"), "a", Direction::Output, &format!("{wood}{more}"));
                offer.mass = crate::model::Mass::exact(*kg);
                flows.push(offer);
            }
            for (row, flow) in [9_u32, 0, 1].into_iter().zip(&mut flows) {
                let (file, sheet) = (Confidential::new("x.csv".into()), None);
                flow.locations = vec![Location { source: "F".into(), file, sheet, row }];
            }
            let organisations = ["a", "b"].map(organisation);
            let (known, settings) = (Known::new(&organisations, &flows, &[]), config::Matching::default());
            let found = searched(&known, &settings, day());
            let parties = Parties::new(&organisations, &flows, str::to_owned, str::to_owned);
            let mut ids = identifiers(&found, |_| false, |key| blake3::hash(key.as_bytes()).to_string());
            recognise(memory, &found, &mut ids, &[], &parties);
            if let (true, Some((offer, request))) = (memory.is_empty(), found.flows().next()) {
                let mut one = FollowUp::new(offer, request);
                one.status = Some(Status::Abandoned);
                one.parties = [offer, request].map(|flow| parties.of(flow));
                memory.insert(ids[0].to_string(), one);
            }
            let kg = |flow: &Flow| flow.mass.unwrap().best_kg();
            found.flows().zip(ids).map(|((offer, _), id)| (kg(offer), id.to_string())).collect()
        };
        let mut memory = FollowUps::new();
        let id = night(&mut memory, &[("", 10_000)])[0].1.clone();
        // The one of the better score has two words more, the other one.
        let given = night(&mut memory, &[(", hêtre, orme", 10_000), (", hêtre", 100)]);
        assert_eq!(given.iter().map(|(kg, _)| *kg).collect::<Vec<_>>(), [10_000, 100]);
        assert!(given[0].1 != id && given[1].1 == id, "{given:?}");
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
