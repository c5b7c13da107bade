//! Pages of text: method, confidentiality, accessibility, about.

use super::Site;
use super::render::Page;
use super::text::Language;
use serde_json::{Value, json};

pub(super) fn pages(language: Language, site: &Site) -> Vec<Page> {
    vec![
        page("methode.html", "methode", language.pick("Méthode", "Method"), &method(language)),
        page(
            "confidentialite.html",
            "confidentialite",
            language.pick("Confidentialité", "Confidentiality"),
            &confidentiality(language, site.history_days),
        ),
        page(
            "accessibilite.html",
            "",
            language.pick("Accessibilité", "Accessibility"),
            &accessibility(language),
        ),
        page("a-propos.html", "", language.pick("À propos", "About"), &about(language, site)),
    ]
}

fn page(path: &str, section: &'static str, heading: &str, sections: &[Value]) -> Page {
    Page {
        path: path.to_owned(),
        section,
        template: "prose.html",
        context: json!({ "heading": heading, "sections": sections }),
    }
}

fn section(heading: &str, paragraphs: &[&str], items: &[&str]) -> Value {
    json!({ "heading": heading, "paragraphs": paragraphs, "items": items })
}

fn method(language: Language) -> Vec<Value> {
    match language {
        Language::French => vec![
            section(
                "",
                &[
                    "Les offres et les demandes arrivent de classeurs remplis lors d’ateliers et de visites, et d’une plateforme web. Chaque nuit, le programme lit tout ce qui est arrivé et refait tout le calcul.",
                ],
                &[],
            ),
            section(
                "De la ligne au chiffre",
                &[],
                &[
                    "Les quantités deviennent des kilogrammes par an; « par jour » compte 260 jours ouvrables, si la source n’en déclare pas un autre nombre. Un volume passe par une masse volumique basse et une haute : la valeur porte alors un intervalle.",
                    "Une unité ambiguë (voyage, benne, gallon sans précision) n’est jamais convertie en silence : la quantité reste inconnue et l’entreprise reçoit la question.",
                    "Une ligne fausse retourne à son auteur avec l’adresse de la cellule; une ligne incomplète est gardée et signalée.",
                    "La même entreprise écrite de deux façons, ou le même flux saisi deux fois, ne compte qu’une fois.",
                ],
            ),
            section(
                "Maillages",
                &[
                    "Une offre et une demande sont comparées sur la matière, la quantité, la distance, la période et l’état. Les paires qui atteignent le seuil sont remises aux animatrices et animateurs avec leurs raisons; celles dont les matières s’accordent plus que par leur catégorie sont des maillages potentiels.",
                ],
                &[],
            ),
        ],
        Language::English => vec![
            section(
                "",
                &[
                    "Offers and requests come from workbooks filled at workshops and visits, and from a web platform. Every night the program reads whatever arrived and computes everything again.",
                ],
                &[],
            ),
            section(
                "From row to figure",
                &[],
                &[
                    "Quantities become kilograms a year; “a day” counts 260 working days unless the source declares another number. A volume goes through a low and a high density: the value then carries an interval.",
                    "An ambiguous unit (load, skip, plain gallon) is never converted in silence: the quantity stays unknown and the company receives the question.",
                    "A wrong row goes back to its author with the address of the cell; a partial row is kept and flagged.",
                    "One company spelt in two ways, or one flow entered twice, counts once.",
                ],
            ),
            section(
                "Matches",
                &[
                    "An offer and a request are compared on material, quantity, distance, period and condition. Pairs that reach the threshold are given to the animators with their reasons; those whose materials agree more than by their category are potential matches.",
                ],
                &[],
            ),
        ],
    }
}

fn confidentiality(language: Language, days: u32) -> Vec<Value> {
    let french = format!(
        "Les versions qui sont en ligne et celles qui ont été la version courante dans les {days} derniers jours sont protégées ensemble : en comparer une avec une autre ne révèle pas non plus ce qui a changé chez une entreprise. C’est pourquoi un changement attend d’être mêlé à ceux d’autres entreprises, et une valeur peut porter son jour : « valeur du … »."
    );
    let english = format!(
        "The releases that are online and those that were the current one in the last {days} days are protected together: comparing one of them with another does not reveal either what changed at one company. That is why a change waits to be mixed with those of other companies, and a value may carry its day: “value of …”."
    );
    match language {
        Language::French => vec![
            section(
                "",
                &[
                    "Aucun nom, contact, numéro d’entreprise, adresse ou texte d’une entreprise ne figure dans ce portail. Ce qui est publié, ce sont des totaux protégés.",
                ],
                &[],
            ),
            section(
                "Ce qui est retenu",
                &["Une valeur est remplacée par le mot «\u{a0}confidentiel\u{a0}» quand elle :"],
                &[
                    "repose sur trop peu de groupes d’entreprises (les entreprises d’un même propriétaire comptent pour une);",
                    "laisserait un groupe estimer de trop près ce qu’un autre a déclaré;",
                    "permettrait, avec d’autres valeurs publiées, de recalculer une valeur retenue;",
                    "a changé depuis longtemps, sans que ce changement puisse encore être mêlé à d’autres : sa dernière valeur est trop ancienne pour rester.",
                ],
            ),
            section(
                "Ce qui est vérifié",
                &[
                    "Tous les tableaux, leurs totaux et les indicateurs qui en dérivent forment un seul système d’équations. Pour chaque valeur à protéger, face à un lecteur comme face à chaque groupe participant qui connaît ses propres quantités, le programme garde la preuve qu’une valeur nettement plus grande et une nettement plus petite donneraient les mêmes tableaux. Un second programme vérifie ces preuves en nombres entiers exacts et compare les fichiers écrits; chaque fichier est ensuite relu à la recherche de tout texte des entreprises. Au moindre doute, rien n’est publié et la version précédente reste.",
                    &french,
                    "Une case retenue peut aussi être vide : « confidentiel » ne dit pas qu’il s’y trouve quelque chose. Le bilan de la vérification est dans confidentialite.json.",
                    "Aucun enregistrement n’est publié, même anonymisé : les enregistrements ne font pas partie de la preuve commune des tableaux et, là où les entreprises sont peu nombreuses, chacun serait reconnu.",
                ],
                &[],
            ),
            section(
                "Ce qui n’est pas promis",
                &[
                    "Le portail ne dit pas pourquoi une valeur précise est retenue, ni les seuils exacts : cela aiderait à la deviner. Il ne protège pas de ce qu’une entreprise publie elle-même, ni d’une estimation statistique faite d’ailleurs, ni de groupes qui mettraient leurs quantités en commun, ni de qui compare une version d’aujourd’hui avec une version plus ancienne qu’il aurait gardée.",
                ],
                &[],
            ),
        ],
        Language::English => vec![
            section(
                "",
                &[
                    "No name, contact, enterprise number, address or text of a company is in this portal. What is published are protected totals.",
                ],
                &[],
            ),
            section(
                "What is withheld",
                &["A value is replaced by the word “confidential” when it:"],
                &[
                    "rests on too few groups of companies (companies of one owner count as one);",
                    "would let one group estimate too closely what another declared;",
                    "would allow, with other published values, a withheld value to be computed;",
                    "changed long ago, and this change cannot be mixed with others yet: its last value is too old to stay.",
                ],
            ),
            section(
                "What is checked",
                &[
                    "All tables, their totals and the indicators derived from them form one system of equations. For each value to protect, facing a reader as well as each participating group that knows its own amounts, the program keeps the proof that a clearly higher value and a clearly lower one would give the same tables. A second program verifies these proofs in exact whole numbers and compares the written files; every file is then read back in search of any text of the companies. At the slightest doubt nothing is published and the previous release stays.",
                    &english,
                    "A withheld cell can be empty too: “confidential” does not say that there is anything in it. The account of the verification is in confidentialite.json.",
                    "No record is released, not even an anonymised one: records are not part of the joint proof of the tables and, where companies are few, each would be recognised.",
                ],
                &[],
            ),
            section(
                "What is not promised",
                &[
                    "The portal says neither why a given value is withheld nor the exact thresholds: that would help to guess it. It does not protect from what a company publishes itself, nor from a statistical estimate made elsewhere, nor from groups that pool what they know, nor from who compares a release of today with an older one that they kept.",
                ],
                &[],
            ),
        ],
    }
}

fn accessibility(language: Language) -> Vec<Value> {
    match language {
        Language::French => vec![section(
            "",
            &[
                "Le portail vise les règles WCAG 2.2, niveau AA. Il fonctionne sans script, au clavier, avec un lecteur d’écran, en clair et en sombre, de 320 pixels de large à l’impression.",
                "Chaque graphique a un titre, une description et un tableau de ses valeurs. Rien n’est dit par la couleur seule.",
            ],
            &[],
        )],
        Language::English => vec![section(
            "",
            &[
                "The portal aims at WCAG 2.2, level AA. It works without script, with the keyboard, with a screen reader, in light and dark, from 320 pixels wide to print.",
                "Every chart has a title, a description and a table of its values. Nothing is said by colour alone.",
            ],
            &[],
        )],
    }
}

fn about(language: Language, site: &Site) -> Vec<Value> {
    let description = language.pick(&site.description.0, &site.description.1);
    let synthetic = language.pick(
        "Les données de cette version sont synthétiques : elles montrent le fonctionnement, pas une situation réelle.",
        "The data of this release are synthetic: they show how it works, not a real situation.",
    );
    let engine = language.pick(
        "Chaque version est immuable et garde son adresse tant qu’elle est en ligne; une correction est une nouvelle version. Le programme qui produit ces pages est libre.",
        "Every release is immutable and keeps its address as long as it is online; a correction is a new release. The program that makes these pages is free software.",
    );
    let mut paragraphs = vec![description];
    if site.synthetic {
        paragraphs.push(synthetic);
    }
    paragraphs.push(engine);
    vec![section("", &paragraphs, &[])]
}
