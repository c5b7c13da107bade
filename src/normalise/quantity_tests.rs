//! Quantities, units, frequencies and costs of whole rows, and what is told of them.

use super::normalise;
use super::tests::{SETTINGS, cell, flow, kinds, run, table};
use crate::config::{Mapping, Settings};
use crate::model::{Cost, Field, FindingKind, RawCell, Severity};
use chrono::NaiveDate;
use std::collections::BTreeMap;

#[test]
fn ambiguous_units_keep_the_row_and_list_the_choices() {
    let result = run(vec![flow("atelier", 1, "Alpha", "on a trop de", "solvant usé", "3 gallons/sem")]);
    assert_eq!(result.flows[0].mass, None);
    let finding = result.findings.iter().find(|finding| finding.kind == FindingKind::AmbiguousUnit).unwrap();
    assert!(finding.repair_fr.contains("gallon impérial") && finding.repair_en.contains("US gallon"));
}

#[test]
fn a_cost_for_a_tonne_stays_one_and_for_another_unit_is_what_a_year_of_it_costs() {
    let cost = |quantity, cost| {
        let fields = [
            (Field::Name, "Alpha"),
            (Field::Direction, "offre"),
            (Field::Description, "copeaux de bois"),
            (Field::Quantity, quantity),
            (Field::CurrentCost, cost),
        ];
        let result = run(table(&[(2, &fields)]));
        let paid = result.flows[0].current_cost.as_ref().map(|cost| *cost.reveal());
        (paid, kinds(&result).contains(&FindingKind::CostForUnit))
    };
    for quantity in ["500 kg/mois", "10 à 20 t/an", "< 5 t/an", "6 t", ""] {
        assert_eq!(cost(quantity, "80 $/t"), (Some(Cost::OfATonne([8_000; 2])), false), "{quantity}");
    }
    assert_eq!(cost("6 t/an", "0,08 $/kg"), (Some(Cost::OfATonne([8_000; 2])), false));
    assert_eq!(cost("10 m3/mois", "12 $/m³"), (Some(Cost::OfAYear([144_000; 2])), false));
    assert_eq!(cost("10 hL/mois", "12 $/m³"), (Some(Cost::OfAYear([14_400; 2])), false));
    assert_eq!(cost("2 MWh/mois", "0,10 $/kWh"), (Some(Cost::OfAYear([240_000; 2])), false));
    assert_eq!(cost("6 t/an", "1 200 $/an"), (Some(Cost::OfAYear([120_000; 2])), false));
    assert_eq!(cost("6 t/an", "5 $ la palette"), (None, true));
    // Between two ends, and one end.
    assert_eq!(cost("6 t/an", "800 à 1 000 $"), (Some(Cost::OfAYear([80_000, 100_000])), false));
    assert_eq!(cost("6 t/an", "moins de 1 000 $"), (Some(Cost::OfAYear([0, 100_000])), false));
    assert_eq!(cost("6 t/an", "0,05 à 0,08 $/kg"), (Some(Cost::OfATonne([5_000, 8_000])), false));
    assert_eq!(cost("10 m3/mois", "< 12 $/m³"), (Some(Cost::OfAYear([0, 144_000])), false));
    assert_eq!(cost("6 t/an", "1 000 à 800 $"), (None, false));
}

#[test]
fn what_two_people_would_read_differently_is_told_and_stays_unknown() {
    let with = |quantity: &str, more: &[(Field, &str)]| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "bois", quantity);
        for (field, text) in more {
            let cell = cell('Z', "z", text);
            row.cells.insert(*field, cell);
        }
        let result = run(vec![row]);
        (result.flows[0].mass.map(|mass| (mass.low_kg(), mass.high_kg())), result)
    };
    for (quantity, more, kind) in [
        ("5 t/an", &[(Field::Unit, "kg")][..], FindingKind::ContradictoryUnits),
        ("5 t", &[(Field::Frequency, "bimensuel")], FindingKind::AmbiguousFrequency),
        ("1.500 t/an", &[], FindingKind::BadQuantity),
        ("5-3 t/an", &[], FindingKind::BadQuantity),
        ("15 à 20 000 kg/an", &[], FindingKind::BadQuantity),
        ("2 t de moins par mois", &[], FindingKind::BadQuantity),
        ("5 t-", &[(Field::Frequency, "an")], FindingKind::BadQuantity),
        ("5 t?", &[(Field::Frequency, "an")], FindingKind::BadQuantity),
        ("5 (six) t/an", &[], FindingKind::BadQuantity),
        ("500 kg/mois x 12", &[], FindingKind::BadQuantity),
        ("10 t/saison", &[], FindingKind::AmbiguousFrequency),
        ("10", &[(Field::Unit, "t/season")], FindingKind::AmbiguousFrequency),
        ("10 t", &[(Field::Frequency, "par saison")], FindingKind::AmbiguousFrequency),
    ] {
        let (mass, result) = with(quantity, more);
        assert_eq!(mass, None, "{quantity}");
        assert!(kinds(&result).contains(&kind), "{quantity}: {:?}", kinds(&result));
    }
    let (_, result) = with("15 à 20 000 kg/an", &[]);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::BadQuantity).unwrap();
    assert!(told.repair_fr.contains("« 15 kg à 20 000 kg »") && told.repair_en.contains("thousands"));
    assert_eq!(with("15 kg à 20 000 kg/an", &[]).0, Some((15, 20_000)));
    for (quantity, choice) in [("5 (six) t/an", "effacer"), ("500 kg/mois x 12", "« 500 kg/mois »")] {
        let (_, result) = with(quantity, &[]);
        let told = result.findings.iter().find(|found| found.kind == FindingKind::BadQuantity).unwrap();
        assert!(told.repair_fr.contains(choice), "{quantity}");
    }
    assert_eq!(with("5 (cinq) t/an", &[]).0, Some((5_000, 5_000)));
    assert_eq!(with("1 t par semaine pendant 10 semaines", &[]).0, Some((10_000, 10_000)));
    let (_, result) = with("10 t/saison", &[]);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::AmbiguousFrequency).unwrap();
    assert!(told.repair_fr.contains("par trimestre") && told.repair_en.contains("once a year"));
    let (_, result) = with("5 t", &[(Field::Frequency, "bimensuel")]);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::AmbiguousFrequency).unwrap();
    assert!(told.repair_fr.contains("aux 2 mois") && told.repair_en.contains("every two months"));
    // What is there and is not understood is not told as missing.
    let (mass, result) = with("5 t", &[(Field::Frequency, "des fois")]);
    assert!(mass.is_none() && kinds(&result).contains(&FindingKind::UnknownFrequency));
    assert!(!kinds(&result).contains(&FindingKind::MissingFrequency));
    let (mass, result) = with("max 10 t/an", &[]);
    assert_eq!(mass, Some((0, 10_000)));
    assert!(kinds(&result).contains(&FindingKind::UpperBound));
    // One unit in two places, and a point where a system writes decimals, are plain.
    assert_eq!(with("5 t/an", &[(Field::Unit, "tonnes")]).0, Some((5_000, 5_000)));
    assert_eq!(with("1.500", &[(Field::Unit, "t"), (Field::Frequency, "an")]).0, Some((1_500, 1_500)));
}

#[test]
fn a_quantity_with_another_decimal_mark_than_its_column_is_told_and_stays_unknown() {
    let quantities = ["1,234.56 kg/an", "12,345.60 kg/an", "2,345.67 kg/an", "1,23 kg/an"];
    let names = ["Alpha", "Boréal", "Cascades", "Dumont"];
    let rows = (1..).zip(names.into_iter().zip(quantities)).map(|(number, (name, quantity))| {
        flow("atelier", number, name, "offre", "palettes de bois", quantity)
    });
    let result = run(rows.collect());
    let bad: Vec<_> =
        result.findings.iter().filter(|finding| finding.kind == FindingKind::BadQuantity).collect();
    assert_eq!(bad.len(), 1);
    assert_eq!((bad[0].location.row, bad[0].severity), (4, Severity::Warning));
    assert_eq!(result.flows.iter().filter(|flow| flow.mass.is_none()).count(), 1);
}

#[test]
fn an_end_of_a_quantity_with_another_decimal_mark_than_the_others_is_told_too() {
    let ends = ["1,234.56 kg/an", "12,345.60 kg/an", "2,345.67 kg/an", "1,23 kg/an"];
    for field in [Field::QuantityLeast, Field::QuantityMost] {
        let names = ["Alpha", "Boréal", "Cascades", "Dumont"];
        let rows = (1..).zip(names.into_iter().zip(ends)).map(|(number, (name, end))| {
            let mut row = flow("atelier", number, name, "offre", "palettes de bois", "");
            row.cells.insert(field, cell('Z', field.code(), end));
            row
        });
        let result = run(rows.collect());
        let bad = result.findings.iter().filter(|finding| finding.kind == FindingKind::BadQuantity);
        let bad: Vec<_> = bad.map(|finding| (finding.location.row, finding.field)).collect();
        assert_eq!(bad, [(4, Some(field))]);
    }
}

#[test]
fn day_and_month_stand_as_in_the_other_dates_of_the_sheet() {
    let read = |beside: &[&str], declared: &str| {
        let rows = (1..).zip(beside.iter().copied().chain(["03/04/2026"])).map(|(number, from)| {
            let mut row = flow("atelier", number, &format!("Alpha {number}"), "offre", "bois", "5 t/an");
            row.cells.insert(Field::AvailableFrom, cell('Z', "z", from));
            row
        });
        let mapping: Mapping = toml::from_str(&format!("columns = {{}}\n{declared}")).unwrap();
        let mappings = BTreeMap::from([("atelier".to_owned(), mapping)]);
        let today = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        let result = normalise(rows.collect::<Vec<_>>(), &super::tests::settings(), &mappings, today);
        let last =
            result.flows.iter().find(|flow| flow.locations[0].row as usize == beside.len() + 1).unwrap();
        let told = kinds(&result).into_iter().filter(|kind| {
            matches!(kind, FindingKind::AmbiguousDate | FindingKind::MixedDates | FindingKind::BadDate)
        });
        (last.available_from.map(|date| date.to_string()), told.collect::<Vec<_>>())
    };
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(read(&[], ""), (day("2026-04-03"), vec![FindingKind::AmbiguousDate]));
    assert_eq!(read(&["28/02/2026"], ""), (day("2026-04-03"), vec![]));
    assert_eq!(read(&["02/28/2026", "2026-05-01"], ""), (day("2026-03-04"), vec![]));
    assert_eq!(read(&["28/02/2026", "02/28/2026"], ""), (None, vec![FindingKind::MixedDates]));
    let declared = "date_order = \"month_first\"";
    assert_eq!(read(&["28/02/2026"], declared), (day("2026-03-04"), vec![FindingKind::BadDate]));
}

#[test]
fn headings_give_unit_and_frequency_and_a_local_word_in_brackets_is_a_unit() {
    let settings: Settings = toml::from_str(SETTINGS).unwrap();
    let mapping: Mapping = toml::from_str("columns = {}\n[words.unite]\ncoudee = \"t\"\n").unwrap();
    let mappings = BTreeMap::from([("atelier".to_owned(), mapping)]);
    let read = |header: &str, frequency: Option<&str>| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "bois", "2");
        let quantity = row.cells.get_mut(&Field::Quantity).unwrap();
        quantity.header = header.into();
        quantity.unit_in_header = crate::measures::heading::read(header).unit.map(Into::into);
        let often = frequency.map(|often| cell('Z', "f", often));
        row.cells.extend(often.map(|often| (Field::Frequency, often)));
        let day = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        normalise(vec![row], &settings, &mappings, day)
    };
    let kg = |header: &str, frequency: Option<&str>| {
        read(header, frequency).flows[0].mass.map(crate::model::Mass::best_kg)
    };
    let tells = |header: &str, frequency: Option<&str>, kind: FindingKind| {
        let findings = read(header, frequency).findings;
        findings.iter().any(|finding| finding.kind == kind)
    };
    assert_eq!(kg("Tonnes par mois", None), Some(24_000));
    assert_eq!(kg("Quantité (kg) par mois", None), Some(24));
    assert_eq!(kg("Tonnage annuel (t)", None), Some(2_000));
    // A yearly total may be fetched every week.
    assert_eq!(kg("Tonnage annuel (t)", Some("semaine")), Some(2_000));
    assert!(tells("Tonnage annuel (t)", Some("semaine"), FindingKind::UnknownFrequency));
    assert!(!tells("Tonnage annuel (t)", Some("par année"), FindingKind::UnknownFrequency));
    assert_eq!(kg("Quantité (t)", Some("semaine")), Some(104_000));
    assert_eq!(kg("Tonnes sur 4 ans", None), Some(500));
    assert_eq!(kg("Tonnes des 6 derniers mois", None), Some(4_000));
    assert_eq!(kg("Tonnes par mois (été seulement)", None), None);
    for header in ["Tonnes par saison", "Quantité (t/saison)"] {
        assert_eq!(kg(header, Some("an")), None, "{header}");
        assert!(tells(header, Some("an"), FindingKind::UnknownFrequency), "{header}");
    }
    assert_eq!(kg("Quantité min (t/an)", None), Some(2_000));
    assert!(tells("Quantité min (t/an)", None, FindingKind::LowerBound));
    assert_eq!(kg("Quantité max (t/an)", None), Some(1_000), "the middle from zero on");
    assert!(tells("Quantité max (t/an)", None, FindingKind::UpperBound));
    assert_eq!(kg("Quantité (t/sem)", Some("mois")), None, "which of the two?");
    assert_eq!(kg("Quantité (t/sem)", Some("une seule fois")), Some(2_000));
    assert_eq!(kg("Quantité (Coudée)", Some("an")), Some(2_000));
    assert_eq!(kg("Quantité (estimée)", Some("an")), None);
}

#[test]
fn columns_of_both_ends_are_one_interval_and_the_quantity_itself_wins() {
    let of = |fields: &[(Field, &str, Option<&str>)]| {
        let mut row = flow("atelier", 1, "Alpha", "offre", "bois", "");
        for (field, text, unit) in fields {
            let unit_in_header = unit.map(Into::into);
            row.cells.insert(*field, RawCell { unit_in_header, ..cell('Z', field.code(), text) });
        }
        let result = run(vec![row]);
        (result.flows[0].mass.map(|mass| (mass.low_kg(), mass.high_kg())), kinds(&result))
    };
    let least = |text| (Field::QuantityLeast, text, None);
    let most = |text| (Field::QuantityMost, text, None);
    let yearly = (Field::Unit, "t/an", None);
    assert_eq!(of(&[least("2 t/an"), most("3 t/an")]).0, Some((2_000, 3_000)));
    // Each end has a cell of its own, and neither is shortened.
    assert_eq!(of(&[least("2"), most("300"), yearly]).0, Some((2_000, 300_000)));
    let monthly = (Field::Frequency, "mois", None);
    assert_eq!(of(&[least("500 kg"), most("1,5 t"), monthly]).0, Some((6_000, 18_000)));
    assert_eq!(of(&[least("1.500"), most("2.500"), yearly]).0, Some((1_500, 2_500)));
    assert_eq!(of(&[least("2"), most("3"), yearly, (Field::Quantity, "2,2", None)]).0, Some((2_200, 2_200)));
    for (fields, mass, kind) in [
        (vec![least("2"), most("n.d."), yearly], Some((2_000, 2_000)), FindingKind::LowerBound),
        (vec![most("3"), yearly], Some((0, 3_000)), FindingKind::UpperBound),
        (vec![least("3"), most("2"), yearly], None, FindingKind::BadQuantity),
        (vec![yearly], None, FindingKind::MissingQuantity),
        (
            vec![(Field::QuantityLeast, "500", Some("kg/an")), (Field::QuantityMost, "2", Some("t/an"))],
            None,
            FindingKind::ContradictoryUnits,
        ),
    ] {
        let seen = of(&fields);
        assert!(seen.0 == mass && seen.1.contains(&kind), "{kind:?}: {seen:?}");
    }
}

#[test]
fn an_amount_in_words_without_a_number_is_unknown_and_told() {
    let result = run(vec![flow("atelier", 1, "Alpha", "offre", "Palettes de bois", "quelques tonnes")]);
    assert_eq!((result.flows.len(), result.quarantine.len()), (1, 0));
    assert_eq!(result.flows[0].mass, None);
    let told = result.findings.iter().find(|found| found.kind == FindingKind::BadQuantity).unwrap();
    assert_eq!(told.severity, Severity::Warning);
}
