//! Amounts that are no mass, of whole rows.

use super::Normalised;
use super::tests::{kinds, row, run};
use crate::model::{Amount, Dimension, Field, FindingKind, Mass, Subject};

fn of(flow_type: &str, quantity: &str, frequency: &str) -> Normalised {
    let fields = [
        (Field::Name, "Alpha"),
        (Field::Direction, "offre"),
        (Field::FlowType, flow_type),
        (Field::Description, "retour à vide"),
        (Field::Quantity, quantity),
        (Field::Frequency, frequency),
    ];
    let told = if frequency.is_empty() { &fields[..5] } else { &fields[..] };
    run(vec![row("atelier", 2, Subject::Flows, told)])
}

#[test]
fn what_is_no_mass_keeps_its_amount_of_a_year_or_as_much_as_there_is() {
    for (flow_type, quantity, frequency, dimension, [low, best, high]) in [
        ("energie", "2 MWh/mois", "", Dimension::Energy, [86_400_000; 3]),
        ("energie", "100 GJ", "an", Dimension::Energy, [100_000_000; 3]),
        ("main_oeuvre", "8 à 12 h", "semaine", Dimension::Hours, [24_960, 31_200, 37_440]),
        ("expertise", "4 jours", "an", Dimension::Days, [400; 3]),
        ("transport", "30 km", "semaine", Dimension::Length, [156_000_000; 3]),
        ("transport", "12 m3", "an", Dimension::Volume, [12_000; 3]),
        ("matiere", "200 unités", "an", Dimension::Pieces, [200; 3]),
        // What stands there is not added up.
        ("espace", "1 500 pi²", "", Dimension::Area, [13_935; 3]),
        ("espace", "200 m²", "mois", Dimension::Area, [20_000; 3]),
        ("equipement", "2 machines", "semaine", Dimension::Pieces, [2; 3]),
        ("energie", "50 hp", "", Dimension::Power, [37_285; 3]),
        ("main_oeuvre", "3 personnes", "jour", Dimension::People, [300; 3]),
    ] {
        let result = of(flow_type, quantity, frequency);
        let expected = Amount::new(dimension, low, best, high);
        assert!(expected.is_some());
        assert_eq!(
            (result.flows[0].mass, result.flows[0].amount),
            (None, expected),
            "{flow_type} {quantity}"
        );
        assert!(!kinds(&result).contains(&FindingKind::MissingFrequency), "{flow_type} {quantity}");
    }
}

#[test]
fn what_is_added_up_needs_to_be_told_how_often_and_a_mass_is_one_alone() {
    for (flow_type, quantity) in [("main_oeuvre", "40 h"), ("energie", "500 kWh")] {
        let result = of(flow_type, quantity, "");
        assert_eq!(result.flows[0].amount, None, "{quantity}");
        assert!(kinds(&result).contains(&FindingKind::MissingFrequency), "{quantity}");
    }
    let result = of("energie", "20 t", "an");
    assert_eq!((result.flows[0].mass.map(Mass::best_kg), result.flows[0].amount), (Some(20_000), None));
}
