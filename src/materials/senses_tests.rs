//! Words that another word beside them turns into another thing, and things that have several names.

use super::tests::found;
use super::{Nomenclature, resource_name, resources};
use crate::model::{Category, FlowType};

fn category(text: &str) -> &'static str {
    found(text, "", Nomenclature::Unknown).category.map_or("", Category::code)
}

fn flow_type(text: &str) -> FlowType {
    found(text, "", Nomenclature::Unknown).flow_type
}

fn first(text: &str) -> &'static str {
    found(text, "", Nomenclature::Unknown).codes.first().map_or("", |ranked| ranked.code)
}

#[test]
fn a_boiler_is_what_works_with_something_and_a_pail_what_is_to_be_given_away() {
    for text in [
        "Chaudière à l'huile",
        "Chaudière à condensation",
        "Chaudière à granules",
        "Chaudière au propane",
        "Chaudière commerciale Viessmann",
        "Chaudière hors d'usage avec tuyauterie",
        "Chaudière en fonte",
    ] {
        assert_eq!(flow_type(text), FlowType::Equipment, "{text}");
    }
    for text in ["Chaudières à donner", "Chaudières à couvercle", "Chaudières à eau d'érable"] {
        assert_eq!(first(text), "150102", "{text}");
    }
}

#[test]
fn what_only_measures_another_thing_leaves_it_the_text() {
    for (text, right) in [
        ("Piles de palettes", "bois"),
        ("Pile de planches", "bois"),
        ("Piles de boîtes", "carton_papier"),
        ("Pile de pneus", "plastiques"),
        ("Piles de montre", "produits_composants"),
        ("Piles alcalines", "produits_composants"),
        ("Cannes de tomates", "matieres_organiques"),
        ("Cannes de tomates vides", "metaux"),
        ("500 livres de plomb", "metaux"),
        ("Livres invendus", "carton_papier"),
        ("Aiguilles de titane", "metaux"),
        ("Aiguilles d'acier", "metaux"),
        ("Mèches de cheveux", "matieres_organiques"),
        ("Semelles de béton", "mineraux"),
    ] {
        assert_eq!(category(text), right, "{text}");
    }
    // What it is made of outweighs a thing of three words.
    assert_eq!(category("Chaudières à eau d'érable en aluminium"), "metaux");
    let piled = found("Piles de palettes", "", Nomenclature::Unknown);
    assert!(!piled.concepts.contains(&"pile"), "{:?}", piled.concepts);
}

#[test]
fn phrases_have_a_sense_that_their_words_have_not() {
    for (text, right) in [
        ("Sucre de canne", "matieres_organiques"),
        ("Mélasse de canne", "matieres_organiques"),
        ("Canne à pêche", "produits_composants"),
        ("Fraises de dentiste", "metaux"),
        ("Moules à gâteaux", "metaux"),
        ("Aiguilles de pin", "matieres_organiques"),
        ("Grues en origami", "carton_papier"),
        ("Convoyeur à bandes usées (courroies caoutchouc)", "plastiques"),
        ("Cartonages onduler en balles, OCC #11", "carton_papier"),
        ("Sangles d'emballage PET (strapping)", "plastiques"),
        ("Batterie de casseroles", "metaux"),
        ("Clous de girofle", "matieres_organiques"),
        ("Pommes de pin", "matieres_organiques"),
        ("Feuilles d'érable", "matieres_organiques"),
        ("Carottes de béton", "mineraux"),
        ("Rondelles de hockey", "plastiques"),
        ("Vers de terre", "matieres_organiques"),
        ("Boîte de vitesses", "metaux"),
        ("Mousse au chocolat", "matieres_organiques"),
        ("Lames de parquet", "bois"),
        ("Arbres à cames", "metaux"),
        ("Papier de verre usé", "mineraux"),
        ("Carcasses de réfrigérateur", "produits_composants"),
        ("Crème de chaux", "produits_chimiques"),
        ("Isolant en laine naturelle", "textile"),
        ("Isolant en laine de mouton", "textile"),
    ] {
        assert_eq!(category(text), right, "{text}");
    }
    for (text, right) in [
        ("Fraise à neige", FlowType::Equipment),
        ("Glace concassée", FlowType::Water),
        ("Pluie récoltée sur toit d'usine", FlowType::Water),
        ("Refroidisseur surdimensionné, froid en trop", FlowType::Energy),
        ("Pompes funèbres", FlowType::Expertise),
        ("Eau-de-vie déclassée", FlowType::Material),
    ] {
        assert_eq!(flow_type(text), right, "{text}");
    }
    let dross = found("Scories d'aluminium (dross)", "", Nomenclature::Unknown).codes;
    assert!(dross.iter().take(2).any(|ranked| ranked.code == "100316"), "{dross:?}");
    assert!(["160304", "101399"].contains(&first("Litière de chat agglomérante")));
    assert!(["160305", "160306"].contains(&first("Expired hand sanitizer")));
}

#[test]
fn a_container_is_packaging_whatever_word_says_its_plastic() {
    for text in [
        "Fûts HDPE",
        "Fûts en plastique",
        "Fûts de plastique bleus",
        "Barils de plastique",
        "Barils HDPE rincés",
        "Bidons PEHD",
        "Drums HDPE",
        "Fûts en plastique pour récupération d'eau de pluie",
    ] {
        assert_eq!(first(text), "150102", "{text}");
    }
    assert_eq!(first("Fûts d'acier"), "150104");
    assert_eq!(first("Fûts de chêne"), "150103");
}

#[test]
fn shells_are_marine_calcium_carbonate() {
    let shells = |text: &str| {
        let concepts = found(text, "", Nomenclature::Unknown).concepts;
        concepts.contains(&"coquille de mollusque")
    };
    assert!(shells("Coquilles de moules et d'huîtres"));
    assert!(shells("Carbonate de calcium (marin) pour volailles"));
    assert!(shells("Calcium carbonate from shells for poultry"));
    assert!(!shells("Têtes de poisson"));
}

#[test]
fn storage_and_water_that_is_not_drunk_have_one_name_each() {
    let named = |text: &str, flow_type: FlowType| {
        let found = resources(text, flow_type);
        found.into_iter().filter_map(resource_name).map(|(_, english)| english).collect::<Vec<_>>()
    };
    for text in
        ["Entrepôt 8000 pi2", "Espace pour entreposer", "Surface d'entreposage", "Local d'entreposage"]
    {
        assert_eq!(named(text, FlowType::Space), ["warehouse"], "{text}");
    }
    assert_eq!(named("Rejets d'osmose inverse", FlowType::Water), ["reverse osmosis reject"]);
    assert_eq!(named("Rejets d'eau osmosée", FlowType::Water), ["reverse osmosis reject"]);
    assert_eq!(named("Eau non potable", FlowType::Water), ["non-potable water"]);
    assert_eq!(named("Pompes funèbres", FlowType::Expertise), ["funeral services"]);
    assert!(named("Pompes funèbres", FlowType::Labour).is_empty());
}

#[test]
fn an_english_participle_says_how_a_thing_is_and_names_nobody() {
    for (text, right) in [
        ("Plastic regrind sorted by colour", "plastiques"),
        ("Glass sorted by color", "verre"),
        ("Paper sorted by grade", "carton_papier"),
        ("Rags sorted by colour", "textile"),
        ("Batteries sorted by type", "produits_composants"),
        ("Wood pallets sorted by size", "bois"),
        ("HDPE bottles, sorted", "plastiques"),
        ("Bottles, washed and sorted", "verre"),
        ("Mixed metals sorted", "metaux"),
        ("Textiles sorted into bales", "textile"),
        ("Scrap aluminium, sorted or unsorted", "metaux"),
        ("Steel frames, welded", "metaux"),
        ("Cardboard, packed", "carton_papier"),
        ("Fish, packed", "matieres_organiques"),
        ("Glass, packed by hand", "verre"),
        ("Plastic crates, assembled", "plastiques"),
        ("Copper pipes, cleaned", "metaux"),
    ] {
        assert_eq!(category(text), right, "{text}");
        assert_eq!(flow_type(text), FlowType::Material, "{text}");
    }
    for text in ["Sorters", "Welder wanted", "Packers for the evening", "Assembler, part time"] {
        assert_eq!(flow_type(text), FlowType::Labour, "{text}");
    }
}

#[test]
fn what_may_come_with_a_thing_or_may_not_is_not_the_thing() {
    for (text, right) in [
        ("Palettes, clous acceptés", "bois"),
        ("Pallets, nails ok", "bois"),
        ("Pallets (nails ok)", "bois"),
        ("Wood, nails no problem", "bois"),
        ("Bois; clous pas de problème", "bois"),
        ("Concrete, rebar ok", "mineraux"),
        ("Film, we won't take tape", "plastiques"),
        ("Film; tape refused", "plastiques"),
        ("Bonjour, clous acceptés", "metaux"),
    ] {
        assert_eq!(category(text), right, "{text}");
    }
}

#[test]
fn everyday_spellings_and_parts_of_vehicles_find_their_code() {
    for (text, right) in [
        ("Huile hydrolique", "1301"),
        ("Huile hydrolique usée", "1301"),
        ("Huile idraulique", "1301"),
        ("Uile a moteur", "1302"),
        ("Jantes en mag", "160118"),
        ("Alloy wheels", "160118"),
        ("Vitres d'autobus laminées", "160120"),
        ("Cracked windshield glass", "160120"),
        ("Caisses de pommes en bois", "150103"),
        ("Foundry baghouse dust", "1009"),
        ("Poussières de fonderie", "1009"),
    ] {
        assert!(first(text).starts_with(right), "{text}: {}", first(text));
    }
    assert_eq!(flow_type("Charriot elevateur"), FlowType::Equipment);
    let forklift = resources("Forklift", FlowType::Equipment);
    assert_eq!(resources("Charriot elevateur", FlowType::Equipment), forklift);
}

#[test]
fn a_word_of_a_phrase_is_not_the_material_that_it_names_alone() {
    for text in ["Scories d'aluminium", "Aluminium dross", "Crasses d'aluminium", "Dross d'aluminium"] {
        assert!(first(text).starts_with("1003"), "{text}: {}", first(text));
    }
    for (text, right) in [("Retailles d'aluminium", "170402"), ("Cadres d'aluminium", "170402")] {
        assert_eq!(first(text), right, "{text}");
    }
}

#[test]
fn a_participle_is_not_the_thing_of_the_same_stem() {
    for (text, right) in [
        ("Chamotte pilée", "mineraux"),
        ("Piles", "produits_composants"),
        ("Purée de carottes", "matieres_organiques"),
        ("Boue de terrazzo poli", "mineraux"),
    ] {
        assert_eq!(category(text), right, "{text}");
    }
}

#[test]
fn a_list_of_stock_may_name_the_thing_last() {
    assert_eq!(first("Frein liquide dot 3"), "160113");
    assert_eq!(first("Liquide de frein"), "160113");
    assert_eq!(category("Frein, liquide"), category("Frein"));
}

#[test]
fn what_is_made_of_metal_is_no_food() {
    assert_eq!(category("Moules en magnésium"), "metaux");
    assert_eq!(category("Moules bleues"), "matieres_organiques");
}

#[test]
fn a_mere_form_leaves_the_matter_to_the_other_words_and_to_the_activity_they_name() {
    for (text, right) in [("Sugar dust", "matieres_organiques"), ("Dust", "mineraux")] {
        assert_eq!(category(text), right, "{text}");
    }
    assert!(first("Boues de papeterie").starts_with("0303"), "{}", first("Boues de papeterie"));
}

#[test]
fn a_place_for_machines_is_a_place() {
    for text in ["Parking pour camions", "Entrepôt pour remorques", "Stationnement de nuit"] {
        assert_eq!(flow_type(text), FlowType::Space, "{text}");
    }
}
