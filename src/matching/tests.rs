//! What may move the score and what may not.

use super::{Found, Known, Portfolio};
use crate::config;
use crate::engine::Room;
use crate::model::{
    Category, Confidential, Confidentiality, Destination, Direction, Flow, FlowId, FlowType, Frequency,
    Group, Mass, Match, Missing, OrgId, Organisation, Park, ParkCode, Part, RankedCode, Reason, State,
};
use chrono::NaiveDate;
use proptest::prelude::*;
use std::collections::BTreeSet;

pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 15).unwrap()
}

pub(super) fn organisation(name: &str) -> Organisation {
    Organisation {
        id: OrgId(Confidential::new(name.to_owned())),
        name: Confidential::new(format!("Entreprise {name}")),
        other_names: Vec::new(),
        enterprise_number: None,
        contact: Some(Confidential::new(format!("Personne {name}"))),
        email: Some(Confidential::new(format!("{name}@example.org"))),
        telephone: None,
        address: None,
        park: ParkCode::new("nord"),
        coordinates: None,
        sector: None,
        workforce: None,
        group: Group(Confidential::new(name.to_owned())),
        consents: false,
        locations: Vec::new(),
    }
}

pub(super) fn flow(id: &str, organisation: &str, direction: Direction, words: &str) -> Flow {
    Flow {
        id: FlowId(Confidential::new(id.to_owned())),
        organisation: OrgId(Confidential::new(organisation.to_owned())),
        park: None,
        direction,
        flow_type: FlowType::Material,
        category: Some(Category::Wood),
        material_codes: Vec::new(),
        ranked_codes: Vec::new(),
        description: Confidential::new(words.to_owned()),
        mass: Mass::exact(10_000),
        quantity_as_written: Confidential::new("10 t/an".to_owned()),
        frequency: Some(Frequency::Weekly),
        state: Some(State::Solid),
        hazardous: Some(false),
        destination: Destination::Landfill,
        current_cost_cents: None,
        price: None,
        available_from: None,
        available_to: None,
        confidentiality: Confidentiality::Network,
        conditions: None,
        locations: Vec::new(),
    }
}

pub(super) fn parks() -> Vec<Park> {
    [("nord", 46.86), ("sud", 46.80)]
        .map(|(code, latitude)| Park {
            code: ParkCode::new(code).unwrap(),
            name_fr: format!("Parc {code}"),
            name_en: format!("Park {code}"),
            aliases: Vec::new(),
            latitude,
            longitude: -71.2,
        })
        .to_vec()
}

/// What is found within a memory of so many bytes.
fn searched_within<'a>(
    known: &'a Known<'a>,
    settings: &'a config::Matching,
    as_of: NaiveDate,
    memory: usize,
) -> Found<'a> {
    let folder = tempfile::tempdir().unwrap();
    let room = Room { memory, folder: folder.path() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Found::search(known, settings, as_of, &room)).unwrap()
}

/// What is found in one part.
pub(super) fn searched<'a>(
    known: &'a Known<'a>,
    settings: &'a config::Matching,
    as_of: NaiveDate,
) -> Found<'a> {
    searched_within(known, settings, as_of, 1 << 28)
}

/// The plan of what was found; nobody gave anything up.
pub(super) fn planned(found: &mut Found<'_>) -> Portfolio {
    let folder = tempfile::tempdir().unwrap();
    let room = Room { memory: 1 << 28, folder: folder.path() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(found.portfolio(&room, &|_, _| false)).unwrap()
}

/// Matches within a memory of so many bytes.
pub(super) fn found_within(
    known: &Known<'_>,
    settings: &config::Matching,
    as_of: NaiveDate,
    memory: usize,
) -> Vec<Match> {
    searched_within(known, settings, as_of, memory).pairs().map(|pair| pair.found).collect()
}

/// Matches in one part.
pub(super) fn found(known: &Known<'_>, settings: &config::Matching, as_of: NaiveDate) -> Vec<Match> {
    found_within(known, settings, as_of, 1 << 28)
}

fn find(organisations: &[Organisation], flows: &[Flow], settings: &config::Matching) -> Vec<Match> {
    found(&Known::new(organisations, flows, &parks()), settings, day())
}

pub(super) fn search(flows: &[Flow]) -> Vec<Match> {
    let names: BTreeSet<&str> = flows.iter().map(|flow| flow.organisation.0.reveal().as_str()).collect();
    let organisations: Vec<Organisation> = names.into_iter().map(organisation).collect();
    find(&organisations, flows, &config::Matching::default())
}

fn part(found: &Match, part: Part) -> Option<u16> {
    found.parts[Part::ALL.iter().position(|one| *one == part).unwrap()]
}

/// One offer of `a` and one request of `b`, changed, and the match they make.
fn pair(change: impl FnOnce(&mut Flow, &mut Flow)) -> Option<Match> {
    told(change).map(|(found, ..)| found)
}

/// As [`pair`], with the reasons and what is missing.
fn told(change: impl FnOnce(&mut Flow, &mut Flow)) -> Option<(Match, Vec<Reason>, Vec<Missing>)> {
    let mut offer = flow("1", "a", Direction::Output, "palettes de bois brisées");
    let mut request = flow("2", "b", Direction::Input, "palettes à réparer");
    change(&mut offer, &mut request);
    let flows = [offer, request];
    let mut found = search(&flows);
    assert!(found.len() <= 1);
    let found = found.pop()?;
    let (parks, companies) = (parks(), [organisation("a"), organisation("b")]);
    let (reasons, missing) =
        Known::new(&companies, &flows, &parks).explain(&found, &config::Matching::default());
    Some((found, reasons, missing))
}

#[test]
fn the_score_is_the_weighted_mean_of_the_parts_that_it_shows() {
    let (found, reasons, _) = told(|_, request| request.mass = Mass::exact(5_000)).unwrap();
    let sum: u32 = reasons
        .iter()
        .map(|reason| reason.score_milli.map_or(500, u32::from) * u32::from(reason.weight_milli))
        .sum();
    assert_eq!(u32::from(found.score_milli), sum / 1000);
    assert_eq!(reasons.iter().map(|reason| u32::from(reason.weight_milli)).sum::<u32>(), 1000);
    let parts: Vec<Part> = reasons.iter().map(|reason| reason.part).collect();
    assert_eq!(parts, Part::ALL);
    assert_eq!((found.mass_kg, found.distance_m), (Some(5_000), Some(0)));
}

#[test]
fn a_company_never_matches_with_itself_but_companies_of_one_group_may() {
    assert!(pair(|_, request| request.organisation = OrgId(Confidential::new("a".to_owned()))).is_none());
    let flows = [
        flow("1", "a", Direction::Output, "palettes de bois"),
        flow("2", "b", Direction::Input, "palettes de bois"),
    ];
    let mut organisations = vec![organisation("a"), organisation("b")];
    organisations[1].group = organisations[0].group.clone();
    assert_eq!(find(&organisations, &flows, &config::Matching::default()).len(), 1);
}

#[test]
fn two_offers_and_two_types_do_not_match() {
    assert!(pair(|_, request| request.direction = Direction::Output).is_none());
    assert!(pair(|_, request| request.flow_type = FlowType::Water).is_none());
}

#[test]
fn a_shared_code_counts_more_than_its_group_and_the_group_more_than_the_category() {
    let coded = |code| vec![RankedCode { code, confidence_milli: 1000 }];
    let with = |offered: &'static str, asked: &'static str| {
        let found = pair(|offer, request| {
            offer.ranked_codes = coded(offered);
            request.ranked_codes = coded(asked);
            offer.description = Confidential::new("résidu".to_owned());
        });
        part(&found.unwrap(), Part::Material).unwrap()
    };
    let (same, group, other) = (with("150103", "150103"), with("150103", "150106"), with("150103", "030105"));
    assert_eq!((same, group), (1000, 800));
    assert!(other < group, "{other}");
}

#[test]
fn an_unsure_code_counts_as_far_as_it_is_believed() {
    let found = pair(|offer, request| {
        for flow in [offer, request] {
            flow.ranked_codes = vec![RankedCode { code: "150103", confidence_milli: 700 }];
            flow.category = None;
            flow.description = Confidential::new(String::new());
        }
    });
    // The codes agree whole; half counts for the agreement, the other half for the belief.
    assert_eq!(part(&found.unwrap(), Part::Material), Some(850));
}

#[test]
fn what_is_missing_counts_half_and_the_largest_swing_is_asked_first() {
    let (whole, _, missing) = told(|_, _| {}).unwrap();
    assert!(missing.is_empty());
    let (found, _, missing) = told(|offer, request| {
        offer.mass = None;
        request.state = None;
        request.hazardous = None;
    })
    .unwrap();
    let swings: Vec<(Part, u16)> = missing.iter().map(|one| (one.part, one.swing_milli)).collect();
    assert_eq!(swings, [(Part::Quantity, 60), (Part::Condition, 40)]);
    assert!(missing[0].question_fr.contains("offre"), "{}", missing[0].question_fr);
    assert_eq!(whole.score_milli - found.score_milli, 100);
}

#[test]
fn hazardous_against_a_request_that_excludes_it_and_windows_that_do_not_meet_score_nothing() {
    let found = pair(|offer, _| offer.hazardous = Some(true)).unwrap();
    assert_eq!(part(&found, Part::Condition), Some(0));
    let over = pair(|offer, _| offer.available_to = day().pred_opt()).unwrap();
    assert_eq!(part(&over, Part::Time), Some(0));
    let once = pair(|offer, _| offer.frequency = Some(Frequency::Once)).unwrap();
    assert_eq!(part(&once, Part::Time), Some(700));
}

#[test]
fn what_goes_to_disposal_today_comes_before_what_is_used_already_and_the_unknown_is_asked() {
    let with = |destination: Destination| told(|offer, _| offer.destination = destination).unwrap();
    let score = |destination: Destination| with(destination).0.score_milli;
    let ladder = [Destination::Landfill, Destination::Storage, Destination::Recycling, Destination::Reuse];
    let scores = ladder.map(score);
    assert!(scores.windows(2).all(|pair| pair[0] > pair[1]), "{scores:?}");
    assert_eq!(scores[0] - scores[3], 60);
    let (found, reasons, missing) = with(Destination::Unknown);
    assert_eq!(scores[0] - found.score_milli, 30);
    assert_eq!((missing.len(), missing[0].part, missing[0].swing_milli), (1, Part::Destination, 30));
    assert!(reasons[Part::Destination as usize].reason_fr.contains("inconnue"));
    // A request has no destination that counts.
    let other = told(|_, request| request.destination = Destination::Reuse).unwrap();
    assert_eq!(other.0.score_milli, scores[0]);
}

#[test]
fn each_side_that_must_consent_first_costs_the_same() {
    let with = |offer: Confidentiality, request: Confidentiality| {
        let (found, reasons, _) = told(|one, other| {
            (one.confidentiality, other.confidentiality) = (offer, request);
        })
        .unwrap();
        (found.score_milli, reasons[Part::Confidentiality as usize].clone())
    };
    let (public, network, hidden) =
        (Confidentiality::Public, Confidentiality::Network, Confidentiality::Confidential);
    let open = with(public, network);
    assert_eq!((open.0, open.1.score_milli), (with(network, public).0, Some(1000)));
    let (offer, request, both) = (with(hidden, network), with(public, hidden), with(hidden, hidden));
    assert_eq!((open.0 - offer.0, open.0 - request.0, open.0 - both.0), (20, 20, 40));
    assert!(offer.1.reason_fr.contains("offre confidentielle") && offer.1.reason_en.contains("offer"));
    assert!(request.1.reason_fr.contains("demande confidentielle"));
}

#[test]
fn a_wide_amount_agrees_less_says_so_and_asks_how_much_exactly() {
    let (exact, _, none) = told(|_, _| {}).unwrap();
    assert!(none.is_empty());
    let (found, reasons, missing) = told(|offer, _| offer.mass = Mass::new(5_000, 10_000, 20_000)).unwrap();
    // The best values are the same; in the worst case one is half of the other.
    assert_eq!((part(&exact, Part::Quantity), part(&found, Part::Quantity)), (Some(1000), Some(850)));
    let quantity = &reasons[Part::Quantity as usize];
    assert!(quantity.reason_fr.contains("fourchette du côté de l’offre"), "{}", quantity.reason_fr);
    assert!(quantity.reason_en.contains("range on the side of the offer"), "{}", quantity.reason_en);
    // Narrowed it could agree 700 to 1000: 150 thousandths of 12 % either way.
    assert_eq!((missing.len(), missing[0].part, missing[0].swing_milli), (1, Part::Quantity, 18));
    assert!(missing[0].question_fr.contains("précisément ? (demander à l’offre)"));
}

#[test]
fn contamination_is_read_and_asked_of_the_side_that_does_not_speak_of_it() {
    let with = |offered: &str, wanted: &str| {
        let (found, reasons, missing) = told(|offer, request| {
            offer.description = Confidential::new(format!("palettes de bois {offered}"));
            request.conditions = Some(Confidential::new(wanted.to_owned()));
        })
        .unwrap();
        let questions: Vec<String> = missing.into_iter().map(|one| one.question_fr).collect();
        (part(&found, Part::Condition), reasons[Part::Condition as usize].reason_fr.clone(), questions)
    };
    let (score, reason, _) = with("souillées", "propres seulement");
    assert_eq!(score, Some(0));
    assert!(reason.contains("la demande le veut propre") && reason.contains("même état"), "{reason}");
    assert_eq!(with("souillées", "souillées acceptées").0, Some(1000));
    assert_eq!(with("propres", "propres seulement").0, Some(1000));
    let (score, _, questions) = with("souillées", "livrées");
    assert_eq!((score, questions.len()), (Some(1000), 1));
    assert!(questions[0].contains("Propre ou souillé ?") && questions[0].contains("à la demande"));
    assert!(with("", "livrées").2.is_empty(), "nobody speaks of it");
}

#[test]
fn a_hazard_that_could_rule_the_match_out_is_asked_unless_the_code_settles_it() {
    let with = |code: Option<&str>| {
        told(|offer, _| {
            offer.hazardous = None;
            offer.material_codes = code.map(str::to_owned).into_iter().collect();
        })
        .unwrap()
        .2
    };
    let asked = with(None);
    assert_eq!((asked.len(), asked[0].part, asked[0].swing_milli), (1, Part::Condition, 80));
    assert!(
        asked[0].question_fr.contains("Dangereux ou non ?") && !asked[0].question_fr.contains("physique")
    );
    assert_eq!(with(Some("150103")), []);
    assert_eq!(with(Some("170204")).len(), 1, "glass, plastic and wood with dangerous substances");
}

#[test]
fn windows_that_share_less_score_less_and_rhythm_is_told_with_season() {
    let with = |days: u64| {
        let (found, reasons, _) = told(|offer, request| {
            offer.available_to = Some(day() + chrono::Days::new(99));
            request.available_from = Some(day() + chrono::Days::new(100 - days));
        })
        .unwrap();
        (part(&found, Part::Time).unwrap(), reasons[Part::Time as usize].reason_fr.clone())
    };
    assert_eq!([0, 1, 50, 100].map(|days| with(days).0), [0, 505, 750, 1000]);
    assert!(with(50).1.contains("réguliers des deux côtés") && with(50).1.contains("en partie"));
    let lot = told(|offer, _| offer.frequency = Some(Frequency::Once)).unwrap().1;
    assert!(lot[Part::Time as usize].reason_fr.contains("un lot ponctuel"));
}

#[test]
fn weights_that_name_five_parts_still_weigh_those_five_alone() {
    let old = [("matiere", 50), ("quantite", 15), ("distance", 15), ("periode", 10), ("condition", 10)];
    let weights = old.map(|(part, weight)| (part.to_owned(), weight)).into_iter().collect();
    let weights = super::parts::Weights::new(&config::Matching { weights, ..config::Matching::default() });
    let milli: Vec<u16> = Part::ALL.iter().map(|part| weights.milli(*part)).collect();
    assert_eq!(milli, [500, 150, 150, 100, 100, 0, 0]);
    // What rounding loses goes to a part that weighs something.
    let thirds = ["quantite", "distance", "periode"].map(|part| (part.to_owned(), 1)).into_iter().collect();
    let thirds =
        super::parts::Weights::new(&config::Matching { weights: thirds, ..config::Matching::default() });
    assert_eq!((thirds.milli(Part::Material), thirds.milli(Part::Quantity)), (0, 334));
}

#[test]
fn the_group_of_all_packaging_makes_no_likeness_between_two_materials() {
    let coded = |code| vec![RankedCode { code, confidence_milli: 1000 }];
    let material = |category: Category, code: &'static str| {
        let found = pair(|offer, request| {
            offer.description = Confidential::new("palettes".to_owned());
            request.description = Confidential::new("contenants".to_owned());
            (offer.ranked_codes, request.ranked_codes) = (coded("150103"), coded(code));
            (offer.category, request.category) = (Some(Category::Wood), Some(category));
        });
        found.and_then(|found| part(&found, Part::Material)).unwrap_or(0)
    };
    assert_eq!(material(Category::Paper, "150101"), 0);
    assert_eq!(material(Category::Wood, "150106"), 800);
    // A group of one kind is a likeness, whatever category was guessed.
    assert_eq!(material(Category::Wood, "150103"), 1000);
}

#[test]
fn farther_and_less_alike_in_quantity_never_score_more() {
    let mut earlier = [u16::MAX; 2];
    for step in 0_u32..8 {
        let far = pair(|_, request| request.park = ParkCode::new(if step < 4 { "nord" } else { "sud" }));
        let small = pair(|_, request| request.mass = Mass::exact(10_000 >> step));
        let now = [far.unwrap().score_milli, small.unwrap().score_milli];
        assert!(now[0] <= earlier[0] && now[1] <= earlier[1], "{now:?} after {earlier:?}");
        earlier = now;
    }
    assert!(earlier[0] < 1000 && earlier[1] < 1000);
}

#[test]
fn reasons_and_questions_say_nothing_of_the_company_or_of_the_amount() {
    let (_, reasons, missing) = told(|offer, request| {
        offer.description = Confidential::new("kwzqx palettes kwzqx".to_owned());
        request.description = Confidential::new("kwzqx palettes".to_owned());
        offer.mass = Mass::exact(987_654);
        request.mass = None;
    })
    .unwrap();
    let said = format!("{reasons:?} {missing:?}");
    assert!(said.contains("quantité") && !said.contains("kwzqx") && !said.contains("987"), "{said}");
}

#[test]
fn equipment_and_people_are_shared_not_substituted() {
    let found = pair(|offer, request| {
        for flow in [offer, request] {
            flow.flow_type = FlowType::Equipment;
            flow.category = None;
        }
    });
    assert_eq!(found.unwrap().kind, crate::model::MatchKind::Sharing);
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
        (FlowType::Labour, "Soudeur à temps partiel", "Part-time welder"),
        (FlowType::Space, "Stationnement de nuit", "Parking lot"),
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
    ] {
        let (material, counts, reason) = of_type(flow_type, offered, asked);
        assert_eq!((material, counts), (Some(least), false), "{offered}, {asked}");
        assert!(reason.contains("même type") && reason.contains("trop peu"), "{reason}");
    }
    // Water of another quality may serve.
    let (material, counts, _) = of_type(FlowType::Water, "Eau de lavage", "Eau recyclée");
    assert_eq!((material, counts), (Some(800), true));
    // Words in common of what no table knows still count.
    let (material, counts, reason) = of_type(FlowType::Equipment, "Matériel de camping", "Camping");
    assert_eq!((material, counts), (Some(866), true));
    assert!(reason.contains("1 mot en commun"), "{reason}");
}

/// Offers and requests over few words, places and amounts, so that many are alike.
pub(super) fn some_flows() -> impl Strategy<Value = Vec<Flow>> {
    let one = (any::<bool>(), 0..5_usize, 0..4_usize, 0..6_i64, 0..3_usize, any::<bool>());
    proptest::collection::vec(one, 2..24).prop_map(|drawn| {
        let words = ["palettes de bois", "sciures", "retailles de bois", "caisses de bois", "bran de scie"];
        drawn
            .into_iter()
            .enumerate()
            .map(|(at, (offers, word, company, tonnes, place, weekly))| {
                let direction = if offers { Direction::Output } else { Direction::Input };
                let mut flow = flow(&format!("{at}"), ["a", "b", "c", "d"][company], direction, words[word]);
                flow.mass = (tonnes > 0).then(|| Mass::exact(tonnes * 1_000).unwrap());
                flow.park = [None, ParkCode::new("nord"), ParkCode::new("sud")][place].clone();
                flow.frequency = weekly.then_some(Frequency::Weekly);
                flow
            })
            .collect()
    })
}

/// As [`some_flows`], with codes, dates, types and categories, known or not.
pub(super) fn varied_flows() -> impl Strategy<Value = Vec<Flow>> {
    let more = (0..4_usize, 0..5_usize, 0..4_usize, 0..6_i64, 0..3_usize, 1..4_000_i64);
    let alone = (0..7_usize, 0..3_usize, 0..3_i64);
    (some_flows(), proptest::collection::vec((more, alone), 24)).prop_map(|(mut flows, more)| {
        let ranked = |code, confidence_milli| RankedCode { code, confidence_milli };
        for (flow, (more, (destination, confidentiality, wide))) in flows.iter_mut().zip(more) {
            let (category, codes, dates, day_of, other, kg) = more;
            flow.destination = Destination::ALL[destination];
            flow.confidentiality = Confidentiality::ALL[confidentiality];
            flow.category =
                [None, Some(Category::Wood), Some(Category::Wood), Some(Category::Glass)][category];
            flow.ranked_codes = match codes {
                0 => Vec::new(),
                1 => vec![ranked("150103", 600), ranked("150106", 300)],
                2 => vec![ranked("030105", 900)],
                3 => vec![ranked("150106", 500), ranked("030105", 400), ranked("200138", 50)],
                _ => vec![ranked("150103", 1000)],
            };
            let date = day() + chrono::Days::new(u64::try_from(day_of * 20).unwrap()) - chrono::Days::new(40);
            match dates {
                0 => flow.available_from = Some(date),
                1 => flow.available_to = Some(date),
                _ => {}
            }
            match other {
                0 => flow.flow_type = FlowType::Equipment,
                1 => flow.frequency = Some(Frequency::Once),
                _ => {}
            }
            flow.mass = flow.mass.and(Mass::new(kg * (7 - wide), kg * 7, kg * (7 + wide)));
        }
        flows
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn more_shared_words_and_nearer_quantities_never_score_less(
        kg in 1_i64..1_000_000,
        near in 0_i64..100,
        far in 0_i64..100,
    ) {
        let (near, far) = (near.min(far), near.max(far));
        let score = |words: &str, percent: i64| {
            pair(|offer, request| {
                request.description = Confidential::new("palettes de bois franc".to_owned());
                request.mass = Mass::exact(kg * 100);
                offer.description = Confidential::new(words.to_owned());
                offer.mass = Mass::exact(kg * (100 - percent));
            })
            .map_or(0, |found| found.score_milli)
        };
        prop_assert!(score("palettes", near) >= score("palettes", far));
        prop_assert!(score("palettes de bois franc", near) >= score("palettes", near));
        prop_assert!(score("palettes", near) >= score("copeaux", near));
    }
}
