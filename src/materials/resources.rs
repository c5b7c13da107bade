//! What equipment, people, energy, water, space, transport and expertise are called, from
//! `pipelines/reference/ressources.csv`, ours: each row one resource with its names in both languages.
//!
//! The concepts of the thesaurus say of what type a text speaks, and one of them holds many resources (a
//! welder and a cook): who asks for one is not served by another.

use super::words::key;
use crate::model::FlowType;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Words of the longest name.
const LONGEST: usize = 5;

#[derive(Default)]
struct Table {
    /// French and English, by number.
    names: Vec<(&'static str, &'static str)>,
    /// The resource that one also is, by number.
    broader: Vec<Option<u32>>,
    /// By type the numbers of the resources that a name may mean; names are keys.
    terms: BTreeMap<FlowType, HashMap<String, Vec<u32>>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!("../../pipelines/reference/ressources.csv");
    let records: &'static [csv::StringRecord] = csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .filter_map(Result::ok)
        .collect::<Vec<_>>()
        .leak();
    let mut table = Table::default();
    for (number, record) in (0_u32..).zip(records) {
        table.names.push((&record[1], &record[2]));
        let named = (0..).zip(records).find(|(_, other)| other[1] == record[4]);
        table.broader.push(named.map(|(broader, _)| broader));
        let names = [&record[1], &record[2]].into_iter().chain(record[3].split('|'));
        let names: Vec<String> = names.map(key).filter(|name| !name.is_empty()).collect();
        for flow_type in record[0].split('|').filter_map(|code| code.parse::<FlowType>().ok()) {
            let terms = table.terms.entry(flow_type).or_default();
            for name in &names {
                let numbers = terms.entry(name.clone()).or_default();
                if !numbers.contains(&number) {
                    numbers.push(number);
                }
            }
        }
    }
    table
});

/// Numbers of the resources of a type that a text names, each once, in the order of the text: from left to
/// right the longest name that begins there.
#[must_use]
pub fn resources(text: &str, flow_type: FlowType) -> Vec<u32> {
    let Some(terms) = TABLE.terms.get(&flow_type) else { return Vec::new() };
    let text = key(text);
    let words: Vec<&str> = text.split(' ').collect();
    let mut found: Vec<u32> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let mut ends = (at + 1..=words.len().min(at + LONGEST)).rev();
        let named = ends.find_map(|end| Some((end, terms.get(&words[at..end].join(" "))?)));
        let Some((end, numbers)) = named else {
            at += 1;
            continue;
        };
        for number in numbers {
            if !found.contains(number) {
                found.push(*number);
            }
        }
        at = end;
    }
    found
}

/// Types of which one may be had with or as another: a lorry with its driver is transport.
const SHARED: [FlowType; 5] =
    [FlowType::Equipment, FlowType::Labour, FlowType::Expertise, FlowType::Space, FlowType::Transport];

/// Words, as keys, behind which another resource is offered, and those that say no more of the one before them.
const JOINS: [&str; 8] = ["and", "avec", "et", "incluant", "including", "or", "ou", "with"];
const ENDS: [&str; 10] =
    ["a", "availabl", "d", "de", "disponibl", "fourni", "inclu", "included", "partag", "shared"];

/// The other types that the words of a text allow beside its own: those of the names in it that stand apart from
/// what is around them. A word of a longer name names nothing: `formation de cariste` offers no driver.
#[must_use]
pub fn other_types(text: &str, own: FlowType) -> Vec<FlowType> {
    let mut types: Vec<FlowType> = Vec::new();
    if !SHARED.contains(&own) {
        return types;
    }
    for stretch in text.split([',', ';', '(', ')', '/']) {
        let stretch = key(stretch);
        let words: Vec<&str> = stretch.split(' ').filter(|word| !word.is_empty()).collect();
        let mut at = 0;
        while at < words.len() {
            let mut ends = (at + 1..=words.len().min(at + LONGEST)).rev();
            let named = ends.find_map(|end| {
                let name = words[at..end].join(" ");
                let of: Vec<FlowType> = SHARED.into_iter().filter(|kind| is_name(*kind, &name)).collect();
                (!of.is_empty()).then_some((end, of))
            });
            let Some((end, of)) = named else {
                at += 1;
                continue;
            };
            let is_begun = at == 0 || JOINS.contains(&words[at - 1]);
            let is_ended = words.get(end).is_none_or(|next| {
                JOINS.contains(next) || ENDS.contains(next) || next.bytes().all(|byte| byte.is_ascii_digit())
            });
            if is_begun && is_ended {
                types.extend(of.into_iter().filter(|kind| *kind != own));
            }
            at = end;
        }
    }
    types.sort_unstable();
    types.dedup();
    types
}

fn is_name(flow_type: FlowType, name: &str) -> bool {
    TABLE.terms.get(&flow_type).is_some_and(|terms| terms.contains_key(name))
}

/// The name of a resource, French and English.
#[must_use]
pub fn resource_name(number: u32) -> Option<(&'static str, &'static str)> {
    TABLE.names.get(number as usize).copied()
}

/// The resource that another one also is: steam is heat.
#[must_use]
pub fn broader_resource(number: u32) -> Option<u32> {
    *TABLE.broader.get(number as usize)?
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, TABLE, broader_resource, other_types, resource_name, resources};
    use crate::model::FlowType;

    #[test]
    fn the_table_reads_whole_and_names_every_type_but_material_in_both_languages() {
        let rows = include_str!("../../pipelines/reference/ressources.csv").lines().count() - 1;
        assert_eq!(TABLE.names.len(), rows);
        assert!(TABLE.names.iter().all(|(french, english)| !french.is_empty() && !english.is_empty()));
        assert_eq!(TABLE.terms.len(), FlowType::ALL.len() - 1);
        assert!(!TABLE.terms.contains_key(&FlowType::Material));
        let names = TABLE.terms.values().flat_map(|terms| terms.keys());
        assert_eq!(names.map(|name| name.split(' ').count()).max(), Some(LONGEST));
    }

    #[test]
    fn what_a_resource_also_is_stands_in_the_table_and_is_another() {
        let table = include_str!("../../pipelines/reference/ressources.csv");
        let mut broader = 0;
        for (number, record) in (0..).zip(csv::Reader::from_reader(table.as_bytes()).records()) {
            let record = record.unwrap();
            let found = broader_resource(number).and_then(resource_name).map_or("", |(french, _)| french);
            assert_eq!(found, &record[4]);
            assert_ne!(broader_resource(number), Some(number));
            broader += usize::from(!found.is_empty());
        }
        assert!(broader > 0);
        assert_eq!(broader_resource(u32::MAX), None);
    }

    #[test]
    fn names_of_one_resource_in_either_language_have_one_number() {
        for (flow_type, one, other) in [
            (FlowType::Equipment, "Chariot élévateur le soir", "Forklift available evenings"),
            (FlowType::Equipment, "Génératrice", "Groupe électrogène 50 kW"),
            (FlowType::Equipment, "Presses à balles", "Cardboard baler"),
            (FlowType::Equipment, "Tour CNC", "metal lathes"),
            (FlowType::Energy, "Vapeur saturée 8 bar", "Steam"),
            (FlowType::Energy, "Chaleur de compresseurs", "waste heat"),
            (FlowType::Equipment, "Bétonnière", "Concrete mixer"),
            (FlowType::Space, "Place dans le frigo", "Cold storage"),
            (FlowType::Labour, "Soudeuse à temps partiel", "part-time welder"),
            (FlowType::Water, "Eaux de pluie", "Rainwater"),
            (FlowType::Space, "Entrepôt chauffé", "Heated warehouse space"),
            (FlowType::Transport, "Retours à vide", "backhaul capacity"),
            (FlowType::Expertise, "Formation de cariste", "Forklift driver training"),
        ] {
            let found = resources(one, flow_type);
            assert_eq!(found.len(), 1, "{one}");
            assert_eq!(found, resources(other, flow_type), "{one} and {other}");
        }
    }

    #[test]
    fn words_may_allow_other_types_beside_their_own() {
        use FlowType::{Equipment, Expertise, Labour, Material, Space, Transport};
        for (text, own, others) in [
            ("Camion cube avec chauffeur", Equipment, &[Transport][..]),
            ("Chariot élévateur avec cariste", Equipment, &[Labour]),
            ("Forklift with forklift driver", Equipment, &[Labour]),
            ("Laboratoire d'analyse", Expertise, &[Equipment, Space]),
            ("Formation de cariste", Expertise, &[]),
            ("Mécanicien de camions", Labour, &[]),
            ("Truck mechanic", Labour, &[]),
            ("Stationnement pour camions", Space, &[]),
            ("Palettes et camion", Material, &[]),
        ] {
            assert_eq!(other_types(text, own), others, "{text}");
        }
    }

    #[test]
    fn other_resources_of_a_type_have_other_numbers_and_other_words_none() {
        let named = |text: &str| {
            let found = resources(text, FlowType::Equipment);
            found.into_iter().filter_map(resource_name).map(|(_, english)| english).collect::<Vec<_>>()
        };
        assert_eq!(named("Chariot élévateur et presse à balles"), ["forklift", "baler"]);
        assert_eq!(named("Tour de refroidissement"), ["cooling tower"]);
        assert_eq!(named("Plieuse"), ["press brake"]);
        assert_eq!(named("Chargeuse"), ["loader"]);
        assert!(named("Matériel divers").is_empty() && named("").is_empty());
        assert!(resources("Soudeur", FlowType::Material).is_empty());
    }
}
