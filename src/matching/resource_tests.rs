//! Equipment, energy, water and services: one resource agrees, a shared type alone does not.

use super::tests::{pair, part, told};
use crate::model::{Confidential, FlowType, MatchKind, Part};

#[test]
fn equipment_and_people_are_shared_not_substituted() {
    let found = pair(|offer, request| {
        for flow in [offer, request] {
            flow.flow_type = FlowType::Equipment;
            flow.category = None;
        }
    });
    assert_eq!(found.unwrap().kind, MatchKind::Sharing);
}

/// The material part of an offer and a request of a type, whether they count, and the French reason.
fn of_type(flow_type: FlowType, offered: &str, asked: &str) -> (Option<u16>, bool, String) {
    let (found, reasons, _) = told(|offer, request| {
        for (flow, words) in [(offer, offered), (request, asked)] {
            flow.flow_type = flow_type;
            flow.category = None;
            flow.description = Confidential::new(words.to_owned());
        }
    })
    .unwrap();
    (part(&found, Part::Material), found.is_potential(), reasons[0].reason_fr.clone())
}

#[test]
fn one_resource_in_either_language_agrees_whole_and_its_reason_names_it() {
    for (flow_type, offered, asked) in [
        (FlowType::Equipment, "Chariot élévateur", "Forklift available evenings"),
        (FlowType::Equipment, "Diesel generator", "Groupe électrogène 50 kW"),
        (FlowType::Energy, "Vapeur saturée 8 bar", "Steam"),
        (FlowType::Energy, "Waste heat", "Chaleur de compresseurs"),
        (FlowType::Energy, "Vapeur excédentaire", "Chaleur pour serre"),
        (FlowType::Labour, "Soudeur à temps partiel", "Part-time welder"),
        (FlowType::Space, "Stationnement de nuit", "Parking lot"),
        (FlowType::Space, "Espace libre, 200 m²", "Local à louer"),
        (FlowType::Water, "Rainwater", "Eau de pluie"),
        (FlowType::Transport, "Retour à vide vers l’est", "Backhaul"),
        (FlowType::Expertise, "Comptable un jour par semaine", "Bookkeeper"),
        (FlowType::Equipment, "Chariot élévateur et presse à balles", "forklift"),
    ] {
        let (material, counts, reason) = of_type(flow_type, offered, asked);
        assert_eq!((material, counts), (Some(1000), true), "{offered}, {asked}");
        assert!(reason.contains("même ressource ("), "{reason}");
    }
    let (material, counts, _) =
        of_type(FlowType::Equipment, "Forklift et pompe", "Chariot élévateur et grue");
    assert_eq!((material, counts), (Some(500), true));
}

#[test]
fn resources_that_share_their_type_alone_or_are_known_to_differ_do_not_count() {
    for (flow_type, offered, asked, least) in [
        (FlowType::Equipment, "Plieuse", "Chargeuse", 200),
        (FlowType::Equipment, "Forklift", "Tour CNC", 200),
        (FlowType::Labour, "Couturières", "Soudeur", 200),
        (FlowType::Labour, "Soudeur à temps partiel", "Cuisinier à temps partiel", 200),
        (FlowType::Equipment, "Matériel de camping", "Outils divers à louer", 200),
        (FlowType::Equipment, "Presse à balles verticale", "Presse plieuse verticale", 400),
        (FlowType::Space, "Espace de bureau", "Espace frigorifique", 200),
        (FlowType::Energy, "Chaleur de compresseurs", "Vapeur", 200),
        (FlowType::Equipment, "Chariot élévateur", "Chariots d’épicerie", 200),
    ] {
        let (material, counts, reason) = of_type(flow_type, offered, asked);
        assert_eq!((material, counts), (Some(least), false), "{offered}, {asked}");
        assert!(reason.contains("même type") && reason.contains("trop peu"), "{reason}");
    }
    // Water of another quality may serve.
    let (material, counts, _) = of_type(FlowType::Water, "Eau de lavage", "Eau recyclée");
    assert_eq!((material, counts), (Some(800), true));
    // But it is not drunk.
    let (found, reasons, _) = told(|offer, request| {
        for (flow, words) in [(offer, "Eau de refroidissement"), (request, "Eau potable")] {
            flow.flow_type = FlowType::Water;
            flow.category = None;
            flow.description = Confidential::new(words.to_owned());
        }
    })
    .unwrap();
    assert_eq!(part(&found, Part::Condition), Some(0));
    assert!(reasons[Part::Condition as usize].reason_fr.starts_with("eau qui a servi, que la demande"));
    // Words in common of what no table knows still count.
    let (material, counts, reason) = of_type(FlowType::Equipment, "Matériel de camping", "Camping");
    assert_eq!((material, counts), (Some(866), true));
    assert!(reason.contains("1 mot en commun"), "{reason}");
}

#[test]
fn an_offer_meets_requests_of_every_type_that_its_words_allow() {
    use FlowType::{Equipment, Expertise, Labour, Space, Transport};
    let crossed = |(offered, of): (&str, FlowType), (asked, wanted): (&str, FlowType)| {
        told(|offer, request| {
            for (flow, words, flow_type) in [(offer, offered, of), (request, asked, wanted)] {
                flow.flow_type = flow_type;
                flow.category = None;
                flow.description = Confidential::new(words.to_owned());
            }
        })
    };
    for (offer, request) in [
        (("Camion cube avec chauffeur", Equipment), ("Transport de palettes", Transport)),
        (("Laboratoire d'analyse", Expertise), ("Laboratoire partagé", Space)),
        (("Laboratoire d'analyse", Space), ("Analyses de laboratoire", Expertise)),
        (("Chariot élévateur avec cariste", Equipment), ("Cariste de soir", Labour)),
    ] {
        let (found, reasons, _) = crossed(offer, request).unwrap();
        assert!(found.is_potential() && found.kind == MatchKind::Sharing, "{offer:?} {request:?}");
        assert!(reasons[0].reason_fr.contains("même ressource ("), "{}", reasons[0].reason_fr);
    }
    // A request is of one type, and a word of a longer name offers nothing.
    for (offer, request) in [
        (("Transport de palettes", Transport), ("Camion cube avec chauffeur", Equipment)),
        (("Formation de cariste", Expertise), ("Cariste", Labour)),
        (("Stationnement pour camions", Space), ("Camion", Equipment)),
    ] {
        assert!(crossed(offer, request).is_none(), "{offer:?} {request:?}");
    }
}
