//! Who is taken to act together and who consents, as pseudonyms.

use super::{Exit, Failure};
use crate::anonymise::{Pseudonyms, unknown_group};
use crate::config::{Disclosure, Settings};
use crate::disclosure::nights::{History, Tonight, protect_tonight};
use crate::disclosure::{Agreements, DisclosureError, Doubts, TableInput};
use crate::model::Organisation;
use crate::normalise::name_key;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// Protects the tables among them, together with the nights before.
///
/// # Errors
/// As [`agreements`], or when the tables cannot be protected.
pub(super) fn protect(
    inputs: &[TableInput],
    history: &History,
    as_of: NaiveDate,
    (settings, organisations, pseudonyms): (&Settings, &[Organisation], &Pseudonyms),
) -> Result<Tonight, Failure> {
    let agreed = agreements(&settings.disclosure, organisations, pseudonyms)?;
    let dated = protect_tonight(inputs, history, as_of, &settings.disclosure, &agreed)
        .and_then(|mut tonight| tonight.protected.date(tonight.last.day).map(|()| tonight));
    dated.map_err(|error| {
        let exit = match error {
            DisclosureError::Shape { .. }
            | DisclosureError::Undeclared { .. }
            | DisclosureError::Scale { .. } => Exit::Settings,
            _ => Exit::Failed,
        };
        Failure::new(exit, &error)
    })
}

/// Coalitions of the settings, and the groups of which every company consents.
///
/// # Errors
/// A name that no participant has: a coalition that is not the one that was meant protects nobody.
fn agreements(
    policy: &Disclosure,
    organisations: &[Organisation],
    pseudonyms: &Pseudonyms,
) -> Result<Agreements, Failure> {
    let pseudonym = |organisation: &Organisation| pseudonyms.of("groupe", organisation.group.0.reveal());
    let mut consents: BTreeMap<String, bool> = BTreeMap::new();
    for organisation in organisations {
        *consents.entry(pseudonym(organisation)).or_insert(true) &= organisation.consents;
    }
    let is_called = |organisation: &&Organisation, key: &str| {
        let names = std::iter::once(&organisation.name).chain(&organisation.other_names);
        organisation.group.0.reveal() == key || names.into_iter().any(|name| name_key(name.reveal()) == key)
    };
    let mut coalitions = Vec::with_capacity(policy.coalitions.len());
    for (coalition, names) in policy.coalitions.iter().enumerate() {
        let mut members = Vec::with_capacity(names.len());
        for (position, name) in names.iter().enumerate() {
            let key = name_key(name);
            let found = organisations.iter().find(|organisation| is_called(organisation, &key));
            // Settings hold names; a message holds none.
            let unknown = || {
                Failure::message(
                    Exit::Settings,
                    format!(
                        "name {} of coalition {} in `disclosure.coalitions` is no participant\nhelp: write it as in the register, or take it out",
                        position + 1,
                        coalition + 1
                    ),
                )
            };
            members.push(pseudonym(found.ok_or_else(unknown)?));
        }
        coalitions.push(members);
    }
    let consents = consents.into_iter().filter(|(_, agrees)| *agrees).map(|(group, _)| group).collect();
    let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for organisation in organisations {
        keys.entry(pseudonym(organisation)).or_default().extend(keys_of(organisation, pseudonyms));
    }
    let doubts = Doubts { unknown: [unknown_group(pseudonyms)].into(), ..Doubts::default() };
    Ok(Agreements { coalitions, consents, keys, doubts })
}

/// What tells a company again when its number is missing or its owner is another.
fn keys_of(organisation: &Organisation, pseudonyms: &Pseudonyms) -> Vec<String> {
    let names = std::iter::once(&organisation.name).chain(&organisation.other_names);
    let names = names.map(|name| name_key(name.reveal())).filter(|key| !key.is_empty());
    let number = organisation.enterprise_number.iter().map(|number| pseudonyms.of("numero", number.reveal()));
    names.map(|key| pseudonyms.of("nom", &key)).chain(number).collect()
}

#[cfg(test)]
mod tests {
    use super::agreements;
    use crate::anonymise::Pseudonyms;
    use crate::config::Disclosure;
    use crate::model::{Confidential, Group, OrgId, Organisation};

    fn company(name: &str, group: &str, consents: bool) -> Organisation {
        Organisation {
            id: OrgId(Confidential::new(name.to_owned())),
            name: Confidential::new(name.to_owned()),
            other_names: Vec::new(),
            enterprise_number: None,
            contact: None,
            email: None,
            telephone: None,
            address: None,
            park: None,
            coordinates: None,
            sector: None,
            workforce: None,
            group: Group(Confidential::new(group.to_owned())),
            consents,
            locations: Vec::new(),
        }
    }

    #[test]
    fn a_group_consents_when_all_its_companies_do_and_a_coalition_is_found_by_name() {
        let companies = [
            company("Bois du Nord inc.", "bois du nord", true),
            company("Verre A", "verre", true),
            company("Verre B", "verre", false),
        ];
        let pseudonyms = Pseudonyms::new([7; 32]);
        let coalitions = vec![vec!["bois du nord".to_owned(), "Verre B".to_owned()]];
        let policy = Disclosure { coalitions, ..Disclosure::default() };
        let found = agreements(&policy, &companies, &pseudonyms).unwrap();
        let of = |group| pseudonyms.of("groupe", group);
        assert_eq!(found.consents.into_iter().collect::<Vec<_>>(), [of("bois du nord")]);
        assert_eq!(found.coalitions, [[of("bois du nord"), of("verre")]]);
        assert_eq!(found.doubts.unknown, [of("inconnu")].into());
        let verre: Vec<&String> = found.keys[&of("verre")].iter().collect();
        assert!(verre.contains(&&pseudonyms.of("nom", "verre a")) && verre.len() == 2);
        let policy = Disclosure { coalitions: vec![vec!["Papier".to_owned()]], ..policy };
        let refused = agreements(&policy, &companies, &pseudonyms).unwrap_err();
        assert!(refused.message.contains("name 1 of coalition 1") && !refused.message.contains("Papier"));
    }
}
