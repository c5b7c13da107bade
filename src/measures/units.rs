//! Units of measure, from `pipelines/reference/unites.csv`.

use super::number::Decimal;
use crate::model::{Dimension, fold};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// What a unit measures.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Kilograms in one.
    Mass(Decimal),
    /// Cubic metres in one.
    Volume(Decimal),
    /// Things, weighed by the table of masses when it has them.
    Count,
    /// Hours, kilowatt-hours, square metres: not a mass, but so many base units of a dimension in one.
    NotMass(Dimension, Decimal),
    /// No fixed value.
    Ambiguous,
    /// Holds what nobody knows, unless its size stands beside it.
    Container,
    /// Grams of toxic equivalents weigh the toxicity, not the substance.
    Toxicity,
}

/// A known unit.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// Code of the table.
    pub(crate) code: String,
    /// What it measures.
    pub(crate) kind: Kind,
    /// Units to choose from when it is ambiguous, in French.
    pub(crate) choices_fr: String,
    /// The same in English.
    pub(crate) choices_en: String,
}

static UNITS: LazyLock<BTreeMap<String, Unit>> = LazyLock::new(|| {
    let mut units = BTreeMap::new();
    let mut reader =
        csv::Reader::from_reader(include_str!("../../pipelines/reference/unites.csv").as_bytes());
    for record in reader.records().filter_map(Result::ok) {
        let factor = Decimal::parse_plain(&record[2]);
        let kind = match (&record[1], factor) {
            ("masse", Some(factor)) => Kind::Mass(factor),
            ("volume", Some(factor)) => Kind::Volume(factor),
            ("compte", _) => Kind::Count,
            ("contenant", _) => Kind::Container,
            (dimension, Some(factor)) => dimension
                .parse::<Dimension>()
                .map_or(Kind::Ambiguous, |dimension| Kind::NotMass(dimension, factor)),
            _ => Kind::Ambiguous,
        };
        let unit = Unit {
            code: record[0].to_owned(),
            kind,
            choices_fr: record[4].to_owned(),
            choices_en: record[5].to_owned(),
        };
        units.insert(fold(&record[0]), unit.clone());
        for word in record[3].split('|') {
            units.insert(word.to_owned(), unit.clone());
        }
    }
    units
});

/// Marks of money: `$/t` is a price, and no unit of what flows.
const MONEY: [char; 3] = ['$', '€', '£'];

/// Whether a text is the name of a unit and nothing more.
pub(crate) fn is_one(text: &str) -> bool {
    !text.contains(MONEY) && UNITS.contains_key(&fold(text))
}

/// Whether the name of a unit ends with a plain word.
pub(crate) fn may_end(word: &str) -> bool {
    static ENDS: LazyLock<BTreeSet<&str>> =
        LazyLock::new(|| UNITS.keys().filter_map(|name| name.rsplit(' ').next()).collect());
    ENDS.contains(word)
}

/// The unit that a text names, its remarks in parentheses aside.
pub(crate) fn find(text: &str) -> Option<Unit> {
    if text.contains(MONEY) {
        return None;
    }
    let folded = fold(text);
    if folded.split(' ').any(|word| word == "teq") {
        return Some(Unit {
            code: "teq".to_owned(),
            kind: Kind::Toxicity,
            choices_fr: String::new(),
            choices_en: String::new(),
        });
    }
    let direct = UNITS.get(&folded);
    direct
        .or_else(|| UNITS.get(&fold(text.split('(').next().unwrap_or_default())))
        .or_else(|| {
            // "tonnes de carton": the substance repeats the description.
            let (head, _) = folded.split_once(" de ").or_else(|| folded.split_once(" d "))?;
            UNITS.get(head)
        })
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::{Decimal, Dimension, Kind, UNITS, find};

    #[test]
    fn the_table_is_complete_and_every_factor_reads() {
        assert!(UNITS.len() > 150);
        assert!(matches!(find("m³").unwrap().kind, Kind::Volume(_)));
        assert!(matches!(find("Tonnes métriques").unwrap().kind, Kind::Mass(_)));
        assert!(matches!(find("vg³").unwrap().kind, Kind::Volume(_)));
        assert!(matches!(find("gallons").unwrap().kind, Kind::Ambiguous));
        assert!(matches!(find("g TEQ(ET)").unwrap().kind, Kind::Toxicity));
        assert!(matches!(find("g_teq_et").unwrap().kind, Kind::Toxicity));
        assert!(find("coudées").is_none());
    }

    #[test]
    fn what_is_no_mass_is_counted_in_base_units_of_its_dimension() {
        let in_base = |text: &str| match find(text).unwrap().kind {
            Kind::NotMass(dimension, factor) => {
                (dimension, factor.times(Decimal::whole(1_000)).unwrap().round().unwrap())
            }
            kind => panic!("{text}: {kind:?}"),
        };
        // A thousand of each.
        for (text, dimension, base) in [
            ("kWh", Dimension::Energy, 3_600_000),
            ("MWh", Dimension::Energy, 3_600_000_000),
            ("GWh", Dimension::Energy, 3_600_000_000_000),
            ("MJ", Dimension::Energy, 1_000_000),
            ("GJ", Dimension::Energy, 1_000_000_000),
            ("BTU", Dimension::Energy, 1_055),
            ("MMBtu", Dimension::Energy, 1_055_055_853),
            ("kW", Dimension::Power, 1_000_000),
            ("MW", Dimension::Power, 1_000_000_000),
            ("hp", Dimension::Power, 745_700),
            ("heures", Dimension::Hours, 60_000),
            ("jours", Dimension::Days, 100_000),
            ("m²", Dimension::Area, 100_000),
            ("pi²", Dimension::Area, 9_290),
            ("km", Dimension::Length, 100_000_000),
            ("m", Dimension::Length, 100_000),
            ("t.km", Dimension::Haul, 1_000_000),
            ("personnes", Dimension::People, 100_000),
            ("unités", Dimension::Pieces, 1_000),
            ("lots", Dimension::Lots, 1_000),
        ] {
            assert_eq!(in_base(text), (dimension, base), "{text}");
        }
        let mut unsure = UNITS.values().filter(|unit| matches!(unit.kind, Kind::Ambiguous));
        assert!(unsure.all(|unit| !unit.choices_fr.is_empty()), "every other kind is read");
    }
}
