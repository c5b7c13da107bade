//! The whole room on descriptions that no table was fitted to.

use super::{Classified, Expectation, Nomenclature, classify, expectation};
use crate::model::Category;

/// Our own synthetic descriptions, as a Québec company would write them.
struct Description {
    text: String,
    activity: String,
    category: String,
    flow_type: String,
    codes: Vec<String>,
}

/// Rows of a set of descriptions.
fn descriptions(table: &str) -> Vec<Description> {
    let list = |cell: &str| cell.split('|').filter(|code| !code.is_empty()).map(str::to_owned).collect();
    csv::Reader::from_reader(table.as_bytes())
        .records()
        .map(|record| {
            let record = record.unwrap();
            Description {
                text: record[0].to_owned(),
                activity: record[1].to_owned(),
                category: record[2].to_owned(),
                flow_type: record[3].to_owned(),
                codes: list(&record[4]),
            }
        })
        .collect()
}

pub(super) fn found(text: &str, activity: &str, list: Nomenclature) -> Classified {
    classify(text, &expectation(activity, list), 10)
}

/// Place of the first right code, from 1.
pub(super) fn rank(found: &Classified, right: &[String]) -> Option<usize> {
    found.codes.iter().position(|ranked| right.iter().any(|code| code == ranked.code)).map(|place| place + 1)
}

pub(super) fn share(of: usize, all: usize) -> f64 {
    f64::from(u32::try_from(of).unwrap()) / f64::from(u32::try_from(all).unwrap())
}

/// The descriptions on which heads of phrases, contexts and words of the trades were worked out.
const DEVELOPED_ON: &str = include_str!("../../tests/materials/descriptions.csv");

/// Descriptions written last.
const WRITTEN_LAST: &str = include_str!("../../tests/materials/fresh.csv");

/// French and English descriptions of all categories and types, mended after they were first read.
const EVERYDAY: &str = include_str!("../../tests/materials/everyday.csv");

#[test]
fn everyday_words_of_quebec_find_category_type_and_code() {
    for (set, table) in
        [("developed on", DEVELOPED_ON), ("written last", WRITTEN_LAST), ("everyday", EVERYDAY)]
    {
        let all = descriptions(table);
        let (mut categories, mut types, mut coded, mut first, mut five) = (0, 0, 0, 0, 0);
        for description in &all {
            let found = found(&description.text, &description.activity, Nomenclature::Unknown);
            let category = found.category.map_or("", crate::model::Category::code);
            categories += usize::from(category == description.category);
            types += usize::from(found.flow_type.code() == description.flow_type);
            if category != description.category || found.flow_type.code() != description.flow_type {
                println!("{} → {category} {}", description.text, found.flow_type.code());
            }
            if !description.codes.is_empty() {
                let rank = rank(&found, &description.codes);
                coded += 1;
                first += usize::from(rank == Some(1));
                five += usize::from(rank.is_some_and(|rank| rank <= 5));
            }
        }
        println!(
            "{set}, {} descriptions: category {:.3}, type {:.3}; {coded} codes: hit@1 {:.3}, hit@5 {:.3}",
            all.len(),
            share(categories, all.len()),
            share(types, all.len()),
            share(first, coded),
            share(five, coded)
        );
        assert!(share(categories, all.len()) >= 0.9);
        assert!(share(types, all.len()) >= 0.95);
        assert!(share(first, coded) >= 0.8);
        assert!(share(five, coded) >= 0.9);
    }
}

#[test]
fn a_code_that_is_always_guessed_right_is_said_with_confidence_and_a_doubtful_one_without() {
    let mut bins = [(0_usize, 0_usize, 0_u32); 3];
    for description in descriptions(DEVELOPED_ON).iter().chain(&descriptions(WRITTEN_LAST)) {
        let found = found(&description.text, &description.activity, Nomenclature::Unknown);
        let (Some(best), false) = (found.codes.first(), description.codes.is_empty()) else { continue };
        let bin =
            &mut bins[usize::from(best.confidence_milli > 500) + usize::from(best.confidence_milli > 800)];
        bin.0 += 1;
        bin.1 += usize::from(rank(&found, &description.codes) == Some(1));
        bin.2 += u32::from(best.confidence_milli);
    }
    for (all, right, sum) in bins {
        let said = f64::from(sum) / 1000.0 / share(all, 1);
        println!("{all} first codes: said {said:.2}, right {:.2}", share(right, all));
        assert!(all > 10 && share(right, all) > said - 0.15);
    }
}

#[test]
fn what_the_words_do_not_say_stays_unknown() {
    let nothing = found("chose", "", Nomenclature::Unknown);
    assert!(!nothing.known && nothing.codes.is_empty() && nothing.category.is_none());
    assert_eq!(found("", "", Nomenclature::Unknown).codes, []);
}

#[test]
fn what_is_no_material_gets_no_code_from_a_title_alone() {
    for text in ["Eau de refroidissement tiède", "Réservoirs d'eau", "Air chaud 60 °C"] {
        let found = found(text, "", Nomenclature::Unknown);
        assert!(found.flow_type != crate::model::FlowType::Material, "{text}");
        assert!(found.codes.iter().all(|ranked| ranked.code == "161002"), "{text}: {:?}", found.codes);
    }
}

#[test]
fn a_declared_code_comes_first() {
    let found = found("code 170904 — palettes et gypse", "", Nomenclature::Unknown);
    assert_eq!(found.codes[0].code, "170904");
    assert!(found.codes[0].confidence_milli > 900);
}

#[test]
fn a_pail_and_a_boiler_are_told_apart_by_what_stands_beside() {
    let pail = found("Chaudières de plastique 20 L", "", Nomenclature::Unknown);
    assert_eq!(pail.codes[0].code, "150102");
    let boiler = found("Chaudière à vapeur 300 HP", "", Nomenclature::Unknown);
    assert_eq!(boiler.flow_type, crate::model::FlowType::Equipment);
    let ash = found("Cendres de chaudière à biomasse", "", Nomenclature::Unknown);
    assert_eq!(ash.codes[0].code, "100101");
}

#[test]
fn what_stands_beside_the_first_word_says_what_the_thing_is() {
    let category = |text: &str| found(text, "", Nomenclature::Unknown).category.map_or("", Category::code);
    // A word of food shapes what follows `de`, but not what follows anything else.
    assert_eq!(category("Croûtes d'asphalte"), "mineraux");
    assert_eq!(category("Croûtes de cheddar"), "matieres_organiques");
    // What a thing is made of says the category; a shape says nothing.
    assert_eq!(category("Bacs de fraises en plastique"), "plastiques");
    assert_eq!(category("Bouts de tuyau en cuivre"), "metaux");
    assert_eq!(category("Polystyrène densifié en briques"), "plastiques");
    // What goes with a container does not fill it.
    assert_eq!(category("Palettes avec sangles"), "bois");
}

#[test]
fn a_false_friend_without_its_context_leaves_its_words_to_others() {
    let codes = |text: &str| found(text, "", Nomenclature::Unknown).codes;
    assert_eq!(codes("Baril de chêne")[0].code, "150103");
    assert!(codes("Baril bleu").iter().take(3).all(|ranked| ranked.code != "150103"));
    assert_eq!(codes("Cosses de plomb")[0].code, "170403");
    assert_eq!(codes("Cosses de pois")[0].code, "020304");
}

#[test]
fn beliefs_are_shares_in_order() {
    let found = classify("Retailles de bois", &Expectation::default(), 842);
    assert_eq!(found.codes.len(), 842);
    assert!(found.codes.is_sorted_by(|left, right| left.confidence_milli >= right.confidence_milli));
    let sum: u32 = found.codes.iter().map(|ranked| u32::from(ranked.confidence_milli)).sum();
    assert!((900..=1100).contains(&sum), "{sum}");
}

#[test]
fn case_accents_plural_and_activity_spelling_do_not_change_the_answer() {
    let plain = found("Drêche de brasserie", "brasserie", Nomenclature::Unknown);
    assert_eq!(plain.codes, found("DRECHES DE BRASSERIES", "Brasseries", Nomenclature::Unknown).codes);
}

/// The first code of a text without an activity.
fn first(text: &str) -> &'static str {
    found(text, "", Nomenclature::Unknown).codes.first().map_or("", |ranked| ranked.code)
}

#[test]
fn what_holds_a_hazardous_substance_has_the_hazardous_entry_of_its_thing() {
    for (text, right) in [
        ("Tuiles de plancher amiantées", ["170605", "170601"]),
        ("Vinyl asbestos tiles", ["170605", "170601"]),
        ("Madriers traités verts", ["170204", "030104"]),
        ("Vieille clôture de bois traité", ["170204", "030104"]),
        ("Sciure de bois traité sous pression", ["030104", "170204"]),
        ("Poutres de bois créosotées", ["170204", "030104"]),
        ("Treated fence posts", ["170204", "030104"]),
        ("Béton contaminé aux BPC", ["170106", "170902"]),
        ("Gypse avec peinture au plomb", ["170801", "170106"]),
    ] {
        assert!(right.contains(&first(text)), "{text}: {}", first(text));
    }
    for text in ["Planches non traitées", "Tuiles sans amiante", "Bois traité thermiquement", "Béton propre"]
    {
        let code = first(text);
        assert!(super::entry(code).is_some_and(|entry| !entry.hazardous), "{text}: {code}");
    }
}

#[test]
fn an_organic_fertilizer_is_manure_and_any_other_is_a_chemical() {
    for text in ["engrais organique", "Engrais de ferme, 40 t", "organic fertilizer"] {
        assert_eq!(first(text), first("lisier de porc"), "{text}");
    }
    assert_ne!(first("engrais 10-10-10"), first("lisier de porc"));
}

#[test]
fn what_an_actor_offers_decides_and_an_offered_place_stays_space() {
    for (text, code) in [
        ("Entrepôt frigorifique : palettes brisées", "150103"),
        ("Transporteur : pneus usés", "160103"),
        ("Usine de verre - palettes de bois", "150103"),
        ("Fabricant de plastique cherche palettes de bois", "150103"),
    ] {
        assert_eq!(first(text), code, "{text}");
    }
    for text in ["Entrepôt à louer: 200 m²", "Espace d'entreposage : 500 pi2"] {
        let flow_type = found(text, "", Nomenclature::Unknown).flow_type;
        assert_eq!(flow_type, crate::model::FlowType::Space, "{text}");
    }
}

#[test]
fn what_a_thing_serves_or_is_without_is_not_the_thing() {
    let category = |text: &str| found(text, "", Nomenclature::Unknown).category.map_or("", Category::code);
    for (text, right) in [
        ("Palettes pour briques", "bois"),
        ("Pallets for bricks", "bois"),
        ("Caisses pour pommes", "bois"),
        ("Boîtes pour tomates", "carton_papier"),
        ("Seaux pour miel", "plastiques"),
        ("Bags for onions", "plastiques"),
        ("Retours de boulangerie pour nourrir des chevaux", "matieres_organiques"),
        ("Aucun plastique, seulement du papier", "carton_papier"),
        ("Ni bois ni métal : gypse propre", "mineraux"),
        ("On ne veut pas de bois, on cherche du carton", "carton_papier"),
        ("Glass without caps", "verre"),
    ] {
        assert_eq!(category(text), right, "{text}");
    }
    assert_eq!(first("Résidus de boulangerie pour nourrir des porcs"), "020601");
}

#[test]
fn words_of_the_trades_and_false_friends_find_their_category_or_type() {
    for (text, category) in [
        ("Cendre volante de biomasse", "mineraux"),
        ("Laine Roxul", "mineraux"),
        ("Sciure d'os", "matieres_organiques"),
        ("Bois de cerf", "matieres_organiques"),
        ("Alimentation pour bovins : drêche", "matieres_organiques"),
        ("Tapis en carreaux", "textile"),
        ("Chrome tanned leather shavings", "textile"),
        ("Round-up périmé", "produits_chimiques"),
        ("Catalytic converters scrap", "produits_composants"),
        ("Fer à repasser usagés", "produits_composants"),
        ("Noix et boulons d'acier", "metaux"),
        ("Boulons et noix rouillés", "metaux"),
        ("Noix de Grenoble", "matieres_organiques"),
        ("Moules bleues", "matieres_organiques"),
        ("Moules à injection", "metaux"),
        ("Boues de bétonnière", "mineraux"),
        ("Boîtes aplaties", "carton_papier"),
        ("Strapping PET", "plastiques"),
        ("Strapping de métal", "metaux"),
    ] {
        let found = found(text, "", Nomenclature::Unknown);
        assert_eq!(found.category.map_or("", Category::code), category, "{text}");
    }
    for (text, flow_type) in [
        ("Hydrogène vert", "energie"),
        ("Biogas flare surplus", "energie"),
        ("Coin de cour", "espace"),
        ("Pallet positions", "espace"),
        ("Chambre froide", "espace"),
        ("Laboratoire à partager", "espace"),
        ("Van reefer", "transport"),
        ("RO reject brine", "eau"),
        ("Place dans le frigo", "espace"),
        ("Place dans le congélateur", "espace"),
        ("Bétonnière", "equipement"),
        ("Malaxeur à béton", "equipement"),
        ("Four à béton", "equipement"),
        ("Scie à métal", "equipement"),
        ("Presse à carton", "equipement"),
        ("Compacteur à carton", "equipement"),
        ("Broyeur à bois", "equipement"),
    ] {
        assert_eq!(found(text, "", Nomenclature::Unknown).flow_type.code(), flow_type, "{text}");
    }
}

#[test]
fn words_of_workshops_find_their_code_and_no_other_thing_of_their_name() {
    for (text, right) in [
        ("Fluo grillés 4 pieds", ["200121", "200121"]),
        ("Tubes fluo brûlés", ["200121", "200121"]),
        ("Boîtes aplaties", ["150101", "200101"]),
        ("Latex blanc périmé", ["080112", "200128"]),
        ("Strapping PET", ["150102", "200139"]),
        ("Papier à sabler usé", ["120117", "120121"]),
        ("Fer à repasser usagés", ["200136", "160214"]),
        ("Moules fraîches", ["020202", "020203"]),
    ] {
        assert!(right.contains(&first(text)), "{text}: {}", first(text));
    }
}

#[test]
fn a_full_container_named_last_is_what_it_holds() {
    let category = |text: &str| found(text, "", Nomenclature::Unknown).category.map_or("", Category::code);
    assert_eq!(category("Wood glue drums half full"), "produits_chimiques");
    assert_eq!(category("Steel drums"), "metaux");
}
