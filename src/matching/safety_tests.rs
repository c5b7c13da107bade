//! What must not be proposed is not potential, stays visible, and says why.

use super::search_tests::crowded;
use super::tests::{day, flow, organisation, searched};
use super::{Known, parts};
use crate::config;
use crate::model::{Category, Confidential, Direction, Flow, Match, Missing, Part, RankedCode, Reason};

/// The match of an offer and a request with these words, once both are changed.
fn told(
    [offered, wanted]: [&str; 2],
    change: impl Fn(&mut Flow, &mut Flow),
) -> (Match, Vec<Reason>, Vec<Missing>) {
    let mut flows = [flow("1", "a", Direction::Output, offered), flow("2", "b", Direction::Input, wanted)];
    for flow in &mut flows {
        flow.hazardous = None;
        flow.ranked_codes = vec![RankedCode { code: "030105", confidence_milli: 900 }];
    }
    let [offer, request] = &mut flows;
    change(offer, request);
    let organisations = [organisation("a"), organisation("b")];
    let known = Known::new(&organisations, &flows, &[]);
    let settings = config::Matching::default();
    let found = searched(&known, &settings, day());
    let found = found.pairs().next().expect("a pair with one code is found").found;
    let (reasons, missing) = known.explain(&found, &settings);
    (found, reasons, missing)
}

fn condition(found: &Match) -> Option<u16> {
    found.parts[Part::Condition as usize]
}

#[test]
fn what_harms_the_use_is_no_potential_match_and_says_why_in_both_languages() {
    let (found, reasons, missing) = told(["retailles de MDF", "copeaux pour litière"], |_, _| {});
    assert_eq!((condition(&found), found.is_alike, found.is_potential()), (Some(0), true, false));
    let reason = &reasons[Part::Condition as usize];
    assert!(reason.reason_fr.starts_with("panneau collé"), "{}", reason.reason_fr);
    assert!(reason.reason_en.starts_with("glued panel"), "{}", reason.reason_en);
    assert!(missing.iter().all(|one| one.part != Part::Condition), "no answer makes it fit");
    let remark = |offer: &mut Flow, _: &mut Flow| {
        offer.conditions = Some(Confidential::new("un peu de bois traité".to_owned()));
    };
    assert!(!told(["retailles de bois", "copeaux pour paillis"], remark).0.is_potential());
    assert!(told(["retailles de bois", "copeaux pour paillis"], |_, _| {}).0.is_potential());
    assert!(!told(["palettes de MDF", "palettes sans MDF"], |_, _| {}).0.is_potential());
}

#[test]
fn hazard_is_declared_else_that_of_the_likeliest_code_else_read_in_words() {
    let likely = |offer: &mut Flow, _: &mut Flow| {
        offer.ranked_codes = vec![RankedCode { code: "030104", confidence_milli: 900 }];
    };
    let words = ["sciures de bois", "sciures de bois"];
    let (found, reasons, missing) = told(words, likely);
    assert_eq!((condition(&found), found.is_potential()), (Some(500), true));
    assert!(reasons[Part::Condition as usize].reason_fr.contains("n’en dit rien"));
    assert!(missing[0].question_fr.contains("accepte-t-elle ce qui est dangereux ?"));
    assert!(missing[0].question_en.contains("take what is hazardous?"));
    let (refused, reasons, _) = told(words, |offer, request| {
        likely(offer, request);
        request.hazardous = Some(false);
    });
    assert_eq!((condition(&refused), refused.is_potential()), (Some(0), false));
    assert!(reasons[Part::Condition as usize].reason_fr.contains("d’après le code probable"));
    let harmless = |offer: &mut Flow, request: &mut Flow| {
        likely(offer, request);
        (offer.hazardous, request.hazardous) = (Some(false), Some(false));
    };
    assert_eq!(condition(&told(words, harmless).0), Some(1000));
    let read = told(["bois avec créosote", "bois"], |_, _| {});
    assert_eq!(condition(&read.0), Some(500));
    let use_of_it = told(["sciures de bois", "sciures pour un jardin"], likely);
    assert_eq!(condition(&use_of_it.0), Some(0), "a garden takes nothing hazardous");
    let takes = told(words, |offer, request| {
        likely(offer, request);
        request.hazardous = Some(true);
    });
    assert_eq!(condition(&takes.0), Some(1000));
}

#[test]
fn what_is_soiled_is_no_potential_match_where_the_request_wants_it_clean() {
    let soiled = ["sciures souillées", "sciures propres"];
    assert!(!told(soiled, |_, _| {}).0.is_potential());
    assert!(told(["sciures souillées", "sciures"], |_, _| {}).0.is_potential());
}

#[test]
fn what_one_side_denies_and_the_other_names_is_no_potential_match_and_says_why() {
    for words in [
        ["carton ciré", "carton non ciré"],
        ["waxed cardboard", "cardboard, no wax"],
        ["pneus non déjantés", "pneus déjantés"],
        ["farine contenant du gluten", "farine sans gluten"],
        ["carton mouillé", "carton sec"],
        ["palettes brisées", "palettes en bon état"],
        ["painted barn wood", "unpainted wood"],
    ] {
        let (found, reasons, missing) = told(words, |_, _| {});
        assert_eq!((condition(&found), found.is_potential()), (Some(0), false), "{words:?}");
        let reason = &reasons[Part::Condition as usize];
        assert!(reason.reason_fr.starts_with("l’un nomme ce que l’autre refuse"), "{}", reason.reason_fr);
        assert!(reason.reason_en.starts_with("one names what the other refuses"), "{}", reason.reason_en);
        assert!(missing.iter().all(|one| one.part != Part::Condition), "no answer makes it fit");
    }
    for words in [
        ["pneus sans jantes", "pneus sans jante"],
        ["pneus avec jantes", "pneus avec ou sans jante"],
        ["pneus sans jante", "pneus avec ou sans jante"],
        ["copeaux sans écorce", "copeaux et écorces"],
        ["carton sec", "carton mouillé"],
        ["palettes de bois", "palettes, sans bois verni"],
    ] {
        let (found, ..) = told(words, |_, _| {});
        assert!(found.is_potential() && condition(&found) != Some(0), "{words:?}");
    }
    let remark = |_: &mut Flow, request: &mut Flow| {
        request.conditions = Some(Confidential::new("carton ciré non accepté".to_owned()));
    };
    assert!(!told(["carton ciré", "carton"], remark).0.is_potential());
    assert!(told(["carton", "carton"], remark).0.is_potential());
    let dry = |_: &mut Flow, request: &mut Flow| {
        request.conditions = Some(Confidential::new("bien sec".to_owned()));
    };
    assert!(!told(["carton mouillé", "carton"], dry).0.is_potential());
}

#[test]
fn whether_the_offer_holds_what_the_request_refuses_is_asked_first_until_it_says_so() {
    let asked = |words: [&str; 2]| {
        let (_, _, missing) = told(words, |_, _| {});
        let is_asked = |one: &Missing| one.question_fr.contains("ce que la demande refuse ?");
        (missing.first().is_some_and(is_asked), missing.iter().any(is_asked))
    };
    assert_eq!(asked(["carton", "carton non ciré"]), (true, true));
    assert_eq!(asked(["carton non ciré", "carton non ciré"]), (false, false));
    assert_eq!(asked(["carton", "carton"]), (false, false));
}

#[test]
fn other_substances_of_one_family_agree_no_more_than_their_category() {
    let metals = |offer: &mut Flow, request: &mut Flow| {
        for flow in [offer, request] {
            flow.category = Some(Category::Metal);
            flow.ranked_codes = vec![RankedCode { code: "200140", confidence_milli: 900 }];
        }
    };
    let (found, reasons, _) = told(["retailles d’acier", "retailles d’aluminium"], metals);
    assert_eq!((found.parts[0], found.is_potential()), (Some(450), false));
    assert!(reasons[0].reason_fr.contains("autre substance"), "{}", reasons[0].reason_fr);
    let (found, ..) = told(["batteries au plomb", "batteries au lithium"], metals);
    assert_eq!((found.parts[0], found.is_potential()), (Some(450), false));
    assert!(told(["retailles d’acier", "retailles de fonte"], metals).0.is_potential());
    assert!(told(["retailles d’acier", "retailles de métal"], metals).0.is_potential());
}

#[test]
fn one_polymer_in_other_words_and_codes_is_a_potential_match_and_one_form_is_not() {
    let polymers = |offer: &mut Flow, request: &mut Flow| {
        for (flow, code) in [(offer, "150102"), (request, "070213")] {
            flow.category = Some(Category::Polymer);
            flow.ranked_codes = vec![RankedCode { code, confidence_milli: 900 }];
        }
    };
    let (found, reasons, _) = told(["pellicule étirable LDPE", "polyéthylène basse densité film"], polymers);
    assert_eq!((found.parts[0], found.is_potential()), (Some(900), true));
    assert!(reasons[0].reason_fr.contains("même substance"), "{}", reasons[0].reason_fr);
    let (found, reasons, _) = told(["pellicule étirable LDPE", "film de polyéthylène"], polymers);
    assert_eq!((found.parts[0], found.is_potential()), (Some(600), true));
    assert!(reasons[0].reason_fr.contains("même substance"), "{}", reasons[0].reason_fr);
    let (found, _, _) = told(["pellicule étirable", "film à bulles"], polymers);
    assert_eq!((found.parts[0], found.is_potential()), (Some(450), false));
}

#[test]
fn one_substance_in_other_words_is_a_likely_match_whatever_codes_and_categories_say() {
    let apart = |offer: &mut Flow, request: &mut Flow| {
        (offer.category, request.category) = (Some(Category::Chemical), None);
        offer.ranked_codes = vec![RankedCode { code: "060204", confidence_milli: 900 }];
        request.ranked_codes = Vec::new();
    };
    for words in [["soude", "NaOH"], ["Ca(OH)2", "chaux éteinte"], ["canettes", "aluminium"]] {
        let (found, reasons, _) = told(words, apart);
        assert_eq!((found.parts[0], found.is_potential()), (Some(900), true), "{words:?}");
        assert!(reasons[0].reason_fr.contains("même substance : "), "{}", reasons[0].reason_fr);
        assert!(reasons[0].reason_en.contains("same substance: "), "{}", reasons[0].reason_en);
    }
    let alike = |offer: &mut Flow, request: &mut Flow| {
        for flow in [offer, request] {
            flow.category = Some(Category::Chemical);
            flow.ranked_codes = vec![RankedCode { code: "060105", confidence_milli: 900 }];
        }
    };
    let (found, reasons, _) = told(["acide nitrique", "acide phosphorique"], alike);
    assert_eq!((found.parts[0], found.is_potential()), (Some(450), false));
    assert!(
        reasons[0].reason_fr.contains("acide nitrique et acide phosphorique"),
        "{}",
        reasons[0].reason_fr
    );
    assert!(reasons[0].reason_en.contains("nitric acid and phosphoric acid"), "{}", reasons[0].reason_en);
    assert!(told(["acides usés", "acide phosphorique"], alike).0.is_potential());
}

#[test]
fn nothing_planned_is_kept_from_its_request_by_words_or_hazard() {
    let (organisations, mut flows) = crowded(300, 17);
    for (at, flow) in flows.iter_mut().enumerate() {
        let added = ["MDF", "pour litière", "bois traité", "sans galvanisé", "galvanisé", "pour jardin"];
        let text = format!("{} {}", flow.description.reveal(), added[at % added.len()]);
        flow.description = Confidential::new(text);
    }
    let known = Known::new(&organisations, &flows, &[]);
    let settings = config::Matching::default();
    let mut found = searched(&known, &settings, day());
    super::tests::planned(&mut found);
    let weights = parts::Weights::new(&settings);
    let by_id = |id: &crate::model::FlowId| known.prepared.iter().find(|one| one.flow.id == *id).unwrap();
    let mut kept = 0;
    for pair in found.pairs() {
        let (offer, request) = (by_id(&pair.found.offer), by_id(&pair.found.request));
        let is_kept = offer.facts.barred & request.facts.barred != 0;
        kept += usize::from(is_kept);
        assert!(!(is_kept && pair.found.is_potential()), "kept from its use");
        assert!(!is_kept || pair.found.planned_kg.is_none(), "and planned");
        if pair.found.kind == crate::model::MatchKind::Substitution {
            assert_eq!(weights.total(&parts::score(offer, request, &weights, day())), pair.found.score_milli);
        }
    }
    assert!(kept > 5, "{kept}");
}
