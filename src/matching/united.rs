//! The synergies of the tables and those of the animators' list as one: what stands in both is one synergy.

use super::fill::label;
use super::follow_up::{FollowUp, FollowUps, synergy};
use super::party::Parties;
use super::rejected::telling;
use crate::model::{
    Confidential, Destination, Finding, FindingKind, FlowType, Mass, OrgId, Severity, Synergy,
};
use chrono::NaiveDate;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Adds the followed matches to the synergies of the tables. One of the same companies and type as a synergy of a
/// table, in a category that is the same or not told and with a word in common where both have some, is that synergy:
/// the later dated of both says how it stands, else the table, and a finding tells what they say differently. Of
/// several the nearest in words is meant, and each synergy of a table is one match. One of a company that is gone does
/// not count beside one of tonight with the same numbers of both entries: it is that one.
pub fn unite(tables: &mut Vec<Synergy>, memory: &FollowUps, parties: &Parties<'_>) -> Vec<Finding> {
    let here = memory.values().filter(|one| one.status.is_some() && parties.are_here(one));
    let here: BTreeSet<[&str; 2]> = here.filter_map(FollowUp::numbers).collect();
    let mut open: BTreeMap<(OrgId, OrgId, FlowType), Vec<usize>> = BTreeMap::new();
    for (at, one) in tables.iter().enumerate() {
        if let Some((supplier, receiver)) = one.supplier.clone().zip(one.receiver.clone()) {
            open.entry((supplier, receiver, one.flow_type)).or_default().push(at);
        }
    }
    let is_again = |one: &FollowUp| {
        one.numbers().is_some_and(|numbers| here.contains(&numbers)) && !parties.are_here(one)
    };
    let followed = memory.iter().filter(|(_, one)| !is_again(one));
    let followed: Vec<(&FollowUp, Synergy)> =
        followed.filter_map(|(id, one)| Some((one, synergy(id, one)?))).collect();
    let mut pairs = Vec::new();
    for (index, (one, synergy)) in followed.iter().enumerate() {
        let key = (one.supplier.clone(), one.receiver.clone(), one.flow_type);
        for at in open.get(&key).into_iter().flatten() {
            let table = &tables[*at];
            let is_of_category =
                table.category == synergy.category || table.category.is_none() || synergy.category.is_none();
            if let (true, Some(shared)) = (is_of_category, shared(one, table)) {
                pairs.push((Reverse(shared), table.status != synergy.status, index, *at));
            }
        }
    }
    pairs.sort_unstable();
    let (mut meant, mut taken) = (BTreeMap::new(), BTreeSet::new());
    for (_, _, index, at) in pairs {
        if !meant.contains_key(&index) && taken.insert(at) {
            meant.insert(index, at);
        }
    }
    let mut findings = Vec::new();
    for (index, (_, synergy)) in followed.into_iter().enumerate() {
        match meant.get(&index) {
            Some(at) => findings.extend(join(&mut tables[*at], synergy)),
            None => tables.push(synergy),
        }
    }
    findings
}

/// How many words that tell a material a match and a row have in common; none when both have some and share none,
/// for these are two resources.
fn shared(one: &FollowUp, table: &Synergy) -> Option<usize> {
    let told = telling(&table.description);
    let words = |text: &str| -> BTreeSet<String> {
        text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let told = words(told.reveal());
    let known: BTreeSet<String> = one.parties.iter().flat_map(|party| words(party.words.reveal())).collect();
    let shared = told.intersection(&known).count();
    (shared > 0 || told.is_empty() || known.is_empty()).then_some(shared)
}

/// What a synergy says of how it stands.
fn said(synergy: &Synergy) -> String {
    let kg = synergy.mass.map(Mass::best_kg);
    kg.map_or_else(|| label(synergy.status).to_owned(), |kg| format!("{}, {kg} kg/an", label(synergy.status)))
}

/// The last day of its history.
fn last(synergy: &Synergy) -> Option<NaiveDate> {
    synergy.history.iter().filter_map(|step| step.on).max()
}

/// Takes what is followed into a synergy of a table; tells what they say differently.
fn join(table: &mut Synergy, followed: Synergy) -> Option<Finding> {
    let is_told = table.status != followed.status
        || table.mass.zip(followed.mass).is_some_and(|(one, other)| one != other);
    let finding = table.locations.first().filter(|_| is_told).map(|row| Finding {
        severity: Severity::Warning,
        kind: FindingKind::ConflictingDuplicate,
        location: row.clone(),
        column: None,
        field: None,
        read: Confidential::new(format!("{} | {}", said(table), said(&followed))),
        message_fr: DIFFERENT[0].into(),
        message_en: DIFFERENT[1].into(),
        repair_fr: DIFFERENT[2].into(),
        repair_en: DIFFERENT[3].into(),
    });
    if last(&followed).zip(last(table)).is_some_and(|(followed, told)| followed > told) {
        table.status = followed.status;
        table.mass = followed.mass.or(table.mass);
        table.abandon_reason = followed.abandon_reason.or(table.abandon_reason.take());
    } else {
        table.mass = table.mass.or(followed.mass);
    }
    table.category = table.category.or(followed.category);
    if table.previous_destination == Destination::Unknown {
        table.previous_destination = followed.previous_destination;
    }
    table.history.extend(followed.history);
    table.history.sort_by_key(|change| change.on);
    finding
}

const DIFFERENT: [&str; 4] = [
    "Cette synergie est aussi suivie dans maillages.xlsx, avec un autre statut ou une autre quantité : elle compte une fois, selon la réponse datée la plus récente, sinon selon ce tableau.",
    "This synergy is also followed in maillages.xlsx, with another status or amount: it counts once, as the last dated answer says, else as this table does.",
    "Corriger l’un des deux. Si ce sont deux ressources, inscrire les deux dans ce tableau.",
    "Correct one of the two. If they are two resources, write both in this table.",
];

#[cfg(test)]
mod tests {
    use super::super::tests::{flow, organisation};
    use super::super::{FollowUp, FollowUps, Parties, Party, Step};
    use super::{synergy, telling, unite};
    use crate::model::{Confidential, Direction, Location, OrgId, Status, Synergy};
    use chrono::NaiveDate;

    fn followed(words: &str, status: Status, day: u32) -> FollowUp {
        let offer = flow("1", "a", Direction::Output, words);
        let request = flow("2", "b", Direction::Input, words);
        let on = NaiveDate::from_ymd_opt(2026, 11, day);
        FollowUp {
            status: Some(status),
            quantity_kg: Some(40_000),
            parties: [Party { words: telling(&offer.description), ..Party::default() }, Party::default()],
            history: vec![Step { on, status: Some(status), ..Step::default() }],
            ..FollowUp::new(&offer, &request)
        }
    }

    fn row(words: &str, status: Status, day: u32) -> Synergy {
        let (file, sheet) = (Confidential::new("suivi.csv".into()), None);
        Synergy {
            description: Confidential::new(words.to_owned()),
            locations: vec![Location { source: "suivi".into(), file, sheet, row: 2 }],
            ..synergy("S-1", &followed(words, status, day)).unwrap()
        }
    }

    /// Statuses when this match is followed too, and how many findings there are.
    fn united(mut rows: Vec<Synergy>, one: FollowUp) -> (Vec<Status>, usize) {
        let parties = Parties::new(&[], &[], str::to_owned, str::to_owned);
        let findings = unite(&mut rows, &FollowUps::from([("1".to_owned(), one)]), &parties);
        (rows.iter().map(|row| row.status).collect(), findings.len())
    }

    #[test]
    fn what_stands_in_a_table_and_in_the_list_is_one_synergy_and_the_later_day_says_how_it_stands() {
        use Status::{Proposed, Realised};
        let (words, glass) = ("palettes de bois", "verre plat");
        let one = |day| followed(words, Realised, day);
        assert_eq!(united(vec![row(words, Realised, 1)], one(2)), (vec![Realised], 0));
        assert_eq!(united(vec![row(words, Proposed, 1)], one(2)), (vec![Realised], 1));
        assert_eq!(united(vec![row(words, Proposed, 3)], one(2)), (vec![Proposed], 1));
        let mut undated = row(words, Proposed, 1);
        undated.history[0].on = None;
        assert_eq!(united(vec![undated], one(2)), (vec![Proposed], 1));
        // Two resources are two, and a row without words may be any.
        assert_eq!(united(vec![row(glass, Proposed, 1)], one(2)), (vec![Proposed, Realised], 0));
        assert_eq!(united(vec![row("", Proposed, 1)], one(2)), (vec![Realised], 1));
        // Of two the one of its words; of other companies none.
        let both = vec![row(glass, Realised, 1), row(words, Proposed, 1)];
        assert_eq!(united(both, one(2)), (vec![Realised, Realised], 1));
        let mut other = row(words, Realised, 1);
        other.receiver = None;
        assert_eq!(united(vec![other], one(2)), (vec![Realised, Realised], 0));
    }

    #[test]
    fn who_is_gone_does_not_count_beside_one_of_tonight_with_the_same_entries() {
        let mut one = followed("palettes de bois", Status::Realised, 1);
        for (party, number) in one.parties.iter_mut().zip(["F-1", "F-2"]) {
            party.number = Some(number.to_owned());
        }
        let mut gone = one.clone();
        gone.supplier = OrgId(Confidential::new("c".to_owned()));
        let companies = ["a", "b"].map(organisation);
        let parties = Parties::new(&companies, &[], str::to_owned, str::to_owned);
        let count = |memory: &[&FollowUp]| {
            let memory =
                (0..).zip(memory).map(|(id, one): (u8, _)| (id.to_string(), (*one).clone())).collect();
            let mut all = Vec::new();
            unite(&mut all, &memory, &parties);
            all.len()
        };
        assert_eq!([count(&[&one]), count(&[&gone]), count(&[&gone, &one])], [1, 1, 1]);
        gone.parties[0].number = Some("F-3".to_owned());
        assert_eq!(count(&[&gone, &one]), 2);
    }
}
