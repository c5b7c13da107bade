//! Proposals for small sheets, as people make them.

use super::{Budget, Cut, Field, Kept, Place, Proposal, Subject, Way};
use crate::ingest::delimited;
use crate::ingest::dialect::Dialect;
use crate::ingest::table::Sheet;
use crate::model::Direction::{Input, Output};

fn of_sheet(sheet: &Sheet, file: &str) -> Vec<Proposal> {
    super::of_sheet(sheet, file, &Budget::none())
}

fn sheet(text: &str) -> Sheet {
    delimited::parse(text, &Dialect::new(b';'), usize::MAX)
}

/// The one table of a sheet in a file that is called `releve`.
fn one(sheet: &Sheet) -> Proposal {
    let mut found = of_sheet(sheet, "releve");
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn fields(proposal: &Proposal) -> Vec<Option<Field>> {
    proposal.columns.iter().map(|column| column.field).collect()
}

/// Direction and where it was read.
fn told(proposal: &Proposal) -> Option<(crate::model::Direction, Place)> {
    match proposal.way {
        Way::Told { direction, place, .. } => Some((direction, place)),
        Way::Columns | Way::Open => None,
    }
}

#[test]
fn an_unknown_sheet_gets_fields_with_how_sure_each_is() {
    let text = "Atelier\n\nEntreprise;Quantité (t/an);Quantités;Écrire à;Couleur\n\
                A;2 à 3;x;a@exemple.test;bleu\nB;5;y;b@exemple.test;vert\n";
    let sheet = sheet(text);
    let proposal = one(&sheet);
    assert_eq!((proposal.header_row, proposal.header_rows, proposal.subject), (3, 1, Subject::Flows));
    let seen: Vec<(Option<Field>, bool)> =
        proposal.columns.iter().map(|column| (column.field, column.sure >= 80)).collect();
    let expected = [
        (Some(Field::Name), true),
        (Some(Field::Quantity), true),
        (None, false),
        (Some(Field::Email), true),
        (None, false),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn the_ends_of_a_quantity_have_a_field_each() {
    for headings in ["Quantité min (t/an);Qté maximale (t/an)", "Minimum quantity (t);Max quantity (t)"] {
        let proposal = one(&sheet(&format!("Entreprise;Matière;{headings}\nA;bois;2;3\nB;gypse;5;8\n")));
        let ends = [Field::Name, Field::Description, Field::QuantityLeast, Field::QuantityMost].map(Some);
        assert_eq!((fields(&proposal), proposal.subject), (ends.to_vec(), Subject::Flows), "{headings}");
    }
}

#[test]
fn who_makes_a_residue_a_need_and_a_deposit_are_known() {
    let of = |text: &str| fields(&one(&sheet(text)));
    let (name, description, quantity) = (Some(Field::Name), Some(Field::Description), Some(Field::Quantity));
    assert_eq!(of("Générateur;Matière;Quantité\nCanari;bois;5 t\n"), [name, description, quantity]);
    assert_eq!(of("Producteur;Besoin;Gisement (t/an)\nCanari;bois;5\n"), [name, description, quantity]);
    assert_eq!(of("Entreprise;Gisement;Tonnage\nCanari;bois;5\n"), [name, description, quantity]);
    assert_eq!(of("Entreprise;Producteur;Matière\nCanari;Aster;bois\n"), [name, None, description]);
}

#[test]
fn a_month_is_no_mail() {
    let text = "Entreprise;Matière;Avril;Mai\nA;bois;1;2\n";
    let proposal = one(&sheet(text));
    let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
    assert_eq!(fields, [Some(Field::Name), Some(Field::Description), None, None]);
}

#[test]
fn a_year_is_of_what_its_title_says_and_a_cost_of_what_a_row_is() {
    let text =
        "Entreprise;Flux sortant;;;\nNom;Matière;Quantité (t/an);;Coût ($/t)\n;;2024;2025;\nA;bois;3;4;80\n";
    let mut sheet = sheet(text);
    let block = |first, last| crate::ingest::table::Area { first, last };
    sheet.head.merged = vec![
        block((0, 1), (0, 4)),
        block((1, 2), (1, 3)),
        block((1, 0), (2, 0)),
        block((1, 1), (2, 1)),
        block((1, 4), (2, 4)),
    ];
    let proposal = one(&sheet);
    let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
    let expected =
        [Some(Field::Name), Some(Field::Description), Some(Field::Quantity), None, Some(Field::CurrentCost)];
    assert_eq!(fields, expected);
}

#[test]
fn quantities_in_several_units_are_all_mapped_unless_a_column_gives_the_unit() {
    let fields = |text: &str| {
        let sheet = sheet(text);
        let proposal = one(&sheet);
        proposal.columns.iter().map(|column| column.field).collect::<Vec<_>>()
    };
    let (name, quantity) = (Some(Field::Name), Some(Field::Quantity));
    assert_eq!(fields("Nom;Poids (kg);Volume (m³)\nA;3;\nB;;4\n"), [name, quantity, quantity]);
    let with_unit = [name, quantity, None, Some(Field::Unit)];
    assert_eq!(fields("Nom;Poids (kg);Volume (m³);Unité\nA;3;;kg\nB;;4;L\n"), with_unit);
    assert_eq!(fields("Nom;Quantité;Volume (m³)\nA;3;\nB;;4\n"), [name, quantity, None]);
    // A heading is mapped once, and a unit too.
    let again = "Nom;Quantité (t/an);Note;Quantité (t/an);Tonnage (t/an)\nA;3;x;4;5\nB;5;y;6;7\n";
    assert_eq!(fields(again), [name, quantity, Some(Field::Note), None, None]);
}

#[test]
fn a_number_that_stands_twice_is_mapped_once() {
    let proposal = one(&sheet("No;Entreprise;Matière;No\n1;A;bois;7\n2;B;verre;8\n"));
    assert_eq!(proposal.columns.iter().filter(|column| column.field == Some(Field::FlowId)).count(), 1);
}

#[test]
fn without_a_usual_word_the_shape_tells_the_header_and_the_cells_tell_the_field() {
    let text = "Liste du printemps\nRéf;Bidule;Écrire à\n1;x;a@exemple.test\n2;y;b@exemple.test\n";
    let sheet = sheet(text);
    let proposal = one(&sheet);
    assert_eq!((proposal.header_row, proposal.subject), (2, Subject::Organisations));
    let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
    assert_eq!(fields, [None, None, Some(Field::Email)]);
}

/// Thousands of headings that nobody knows once took minutes.
#[test]
fn a_table_of_thousands_of_unknown_headings_is_proposed_in_seconds() {
    let on_processor = || {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        told.split(' ').next()?.parse::<u64>().ok()
    };
    let headings: Vec<String> = (0..10_000).map(|at| format!("bidule numéro {}", at * 7_919)).collect();
    let rows = "1;".repeat(headings.len() - 1);
    let text = format!("{}\n{rows}1\n{rows}2\n", headings.join(";"));
    let sheet = sheet(&text);
    let before = on_processor();
    let proposal = one(&sheet);
    assert_eq!(proposal.columns.len(), headings.len());
    // Where the system does not tell the time of a thread, nothing is asked of it.
    if let Some((before, after)) = before.zip(on_processor()) {
        assert!(after - before < 10_000_000_000, "{} ms", (after - before) / 1_000_000);
    }
}

#[test]
fn records_are_proposed_by_the_end_of_their_paths() {
    let page = serde_json::json!({"data": [
        {"organisation": {"nom": "A", "neq": "1145678901"}, "quantite": 3, "sorte": "x"}]});
    let proposal = super::of_records(&page, "page", &Budget::none()).unwrap();
    assert_eq!(proposal.pointer.as_deref(), Some("/data"));
    let fields: Vec<_> = proposal.columns.iter().map(|column| column.field).collect();
    assert_eq!(fields, [Some(Field::Name), Some(Field::EnterpriseNumber), Some(Field::Quantity), None]);
}

#[test]
fn the_direction_is_read_in_headings_titles_tabs_and_names_of_files() {
    let table = "Entreprise;Matière;Quantité;Unité\nA;bois;3;t\nB;verre;4;t\n";
    assert_eq!(one(&sheet(table)).way, Way::Open);
    let named = of_sheet(&sheet(table), "besoins-2026").remove(0);
    assert_eq!(told(&named), Some((Input, Place::File)));
    let mut tab = sheet(table);
    tab.head.name = crate::model::Confidential::new("Matières disponibles".to_owned());
    assert_eq!(told(&one(&tab)), Some((Output, Place::Sheet)));
    let titled = one(&sheet(&format!("Ce que nous cherchons;;;\n{table}")));
    assert_eq!(told(&titled), Some((Input, Place::Title)));
    let heading = one(&sheet("Entreprise;Extrant;Quantité\nA;bois;3\nB;verre;4\n"));
    assert_eq!(told(&heading), Some((Output, Place::Headings)));
    let disposed = one(&sheet("Entreprise;Matière;Exutoire\nA;bois;LET\nB;verre;tri\n"));
    assert_eq!(told(&disposed), Some((Output, Place::Destination)));
    let both = one(&sheet(&format!("Offres et demandes;;;\n{table}")));
    assert_eq!(both.way, Way::Open);
}

#[test]
fn a_form_of_questions_gives_its_direction_by_a_column_and_the_words_in_it() {
    let text = "Nom de votre entreprise;Voulez-vous offrir ou trouver quelque chose?;De quelle ressource s'agit-il?;\
                Quelle quantité générez-vous?\nA;Offrir;bois;4 t\nB;Rechercher;verre;800 kg\n";
    let proposal = one(&sheet(text));
    let expected =
        [Some(Field::Name), Some(Field::Direction), Some(Field::Description), Some(Field::Quantity)];
    assert_eq!(fields(&proposal), expected);
    assert_eq!(proposal.way, Way::Columns);
    assert_eq!(proposal.words, [("Offrir".to_owned(), Output), ("Rechercher".to_owned(), Input)]);
}

#[test]
fn two_tables_of_a_sheet_are_two_sources_each_with_its_direction() {
    let text = "Nos offres;;\nEntreprise;Quoi;Combien\nA;bois;3 t\nB;verre;4 t\n;;\n\
                Nos besoins;;\nEntreprise;Quoi;Prix\nC;carton;5 $\n";
    let found = of_sheet(&sheet(text), "releve");
    let seen: Vec<_> = found.iter().map(|table| (table.header_row, told(table))).collect();
    assert_eq!(seen, [(2, Some((Output, Place::Title))), (7, Some((Input, Place::Title)))]);
    assert!(found.iter().all(|table| matches!(table.cut, Some(Cut::Title(_)))));
}

#[test]
fn columns_for_each_direction_are_two_sources_of_the_rows_that_fill_them() {
    let text = "Entreprise;Matière;Qté offerte;Qté recherchée\nA;bois;3;\nB;verre;;4\n";
    let found = of_sheet(&sheet(text), "releve");
    assert_eq!(found.len(), 2);
    let (name, description) = (Some(Field::Name), Some(Field::Description));
    assert_eq!(fields(&found[0]), [name, description, Some(Field::Quantity), None]);
    assert_eq!(fields(&found[1]), [name, description, None, Some(Field::Quantity)]);
    assert_eq!(found[0].kept, Kept::Filled("Qté offerte".to_owned()));
    assert_eq!(told(&found[1]), Some((Input, Place::Headings)));
}

#[test]
fn a_stock_with_a_state_of_its_articles_is_of_flows_and_followed_synergies_are_not() {
    let stock = "RAISON_SOCIALE;ART_DESC;QTE;UM;PRIX_UNIT;STATUT\nA;limaille;5;kg;1;A\nB;papier;6;kg;2;B\n";
    let proposal = one(&sheet(stock));
    assert_eq!(proposal.subject, Subject::Flows);
    let expected = [Field::Name, Field::Description, Field::Quantity, Field::Unit, Field::Price].map(Some);
    assert_eq!(fields(&proposal), [expected.as_slice(), &[None]].concat());
    let followed = "Donneur;Preneur;Matière;Qté échangée (t/an);Avancement;Km\nA;B;bois;5;Réalisée;3\n";
    let proposal = one(&sheet(followed));
    assert_eq!(proposal.subject, Subject::Synergies);
    assert!(proposal.has(Field::Quantity) && proposal.has(Field::Distance) && proposal.has(Field::Status));
}

#[test]
fn a_form_in_two_languages_is_of_flows_and_a_supplier_alone_is_none_of_a_synergy() {
    let text = "Entreprise / Company;Matière offerte / Material offered;Quantité / Quantity (t/an);Fournisseur\n\
                A;bois;5;C\nB;verre;6;D\n";
    let proposal = one(&sheet(text));
    let expected = [Field::Name, Field::Description, Field::Quantity].map(Some);
    assert_eq!(fields(&proposal), [expected.as_slice(), &[None]].concat());
    assert!(proposal.columns[..3].iter().all(|column| column.sure == 95));
}

#[test]
fn what_a_survey_tool_adds_is_no_contact_no_availability_and_no_row() {
    let text = "Respondent ID;Collector ID;Start Date;End Date;Company name;What do you offer?\n\
                ;;;;Response;Open-Ended Response\n\
                101;5;2026-01-02;2026-01-02;A;wood\n102;5;2026-01-03;2026-01-03;B;glass\n";
    let proposal = one(&sheet(text));
    let expected = [None, None, Some(Field::EnteredOn), None, Some(Field::Name), Some(Field::Description)];
    assert_eq!((proposal.header_rows, fields(&proposal)), (2, expected.to_vec()));
}

#[test]
fn options_stand_below_their_question_beside_answers_in_words() {
    let text = "Respondent ID;Start Date;Company name;What do you offer?;;Quantity (t)\n\
                ;;Open-Ended Response;Wood;Metal;Open-Ended Response\n\
                101;2026-01-02;A;Wood;;5\n102;2026-01-03;B;;Metal;6\n";
    let proposal = one(&sheet(text));
    let headers: Vec<&str> = proposal.columns.iter().map(|column| column.header.as_str()).collect();
    assert_eq!(
        headers[2..],
        ["Company name", "What do you offer? > Wood", "What do you offer? > Metal", "Quantity (t)"]
    );
    assert_eq!(proposal.header_rows, 2);
    let fields = fields(&proposal);
    assert_eq!([fields[1], fields[2], fields[5]], [Field::EnteredOn, Field::Name, Field::Quantity].map(Some));
}

#[test]
fn columns_of_options_are_no_fields_and_told_as_what_they_are() {
    for mark in ["X", "1", "oui", "2 t/an"] {
        let text = format!(
            "Entreprise;Métaux (offre);Plastique (offre);Bois (demande)\nA;{mark};;\nB;;{mark};{mark}\nC;;-;\n"
        );
        let proposal = one(&sheet(&text));
        let options: Vec<bool> = proposal.columns.iter().map(|column| column.is_option).collect();
        assert_eq!(options, [false, true, true, true], "{mark}");
        assert_eq!(fields(&proposal), [Some(Field::Name), None, None, None], "{mark}");
    }
    for text in [
        "Entreprise;Quantité (offre);Quantité (demande)\nA;2 t;\nB;;3 t\n",
        "Entreprise;Métaux (offre);Bois (demande)\nA;retailles;\nB;;palettes\n",
    ] {
        let found = of_sheet(&sheet(text), "releve");
        assert!(found.iter().flat_map(|table| &table.columns).all(|column| !column.is_option), "{text}");
    }
}

#[test]
fn a_type_of_residue_describes_it_where_nothing_else_does() {
    let text = "Site;Type de résidus;Qté (t/an)\nA;Bardeaux;5\nB;Gypse;6\n";
    let expected = [Some(Field::Name), Some(Field::Description), Some(Field::Quantity)];
    assert_eq!(fields(&one(&sheet(text))), expected);
    let coded = "Entreprise;Catégorie;Qté (t/an)\nA;bois;5\nB;verre;6\n";
    assert_eq!(fields(&one(&sheet(coded)))[1], Some(Field::Category));
}

#[test]
fn each_side_of_a_table_takes_the_columns_that_follow_its_heading() {
    let text = "Entreprise;Extrants;Quantité;Unité;Intrants;Quantité;Unité\nA;bois;3;t;;;\nB;;;;verre;4;kg\n";
    let found = of_sheet(&sheet(text), "releve");
    assert_eq!(found.len(), 2);
    let side = [Field::Description, Field::Quantity, Field::Unit].map(Some);
    let none = [None; 3];
    assert_eq!(fields(&found[0]), [&[Some(Field::Name)][..], &side, &none].concat());
    assert_eq!(fields(&found[1]), [&[Some(Field::Name)][..], &none, &side].concat());
    assert_eq!(found[1].kept, Kept::Filled("Intrants".to_owned()));
}

#[test]
fn a_side_may_be_named_faintly_where_the_other_is_named_plainly() {
    for (offered, wanted) in
        [("Matières disponibles", "Matières recherchées"), ("Résidus générés", "Matières premières achetées")]
    {
        let text = format!("Entreprise;{offered};Quantité;{wanted};Quantité\nA;bois;3 t;;\nB;;;verre;4 t\n");
        let found = of_sheet(&sheet(&text), "releve");
        let side = [Field::Description, Field::Quantity].map(Some);
        assert_eq!(found.len(), 2, "{text}");
        assert_eq!(fields(&found[0])[1..], [side, [None; 2]].concat(), "{text}");
        assert_eq!(fields(&found[1])[1..], [[None; 2], side].concat(), "{text}");
    }
}

#[test]
fn a_question_for_each_direction_opens_a_side_and_which_is_the_thing() {
    let text = "Nom de l'entreprise;Avez-vous des résidus à offrir ?;Lesquels ?;Quantité par année ?;\
                Cherchez-vous des matières ?;Lesquelles ?;Quantité par année ?\n\
                A;Oui;bois;5 t;Non;;\nB;Non;;;Oui;acier;3 t\nC;Oui;verre;4 t;Oui;carton;2 t\n";
    let found = of_sheet(&sheet(text), "releve");
    let side = [None, Some(Field::Description), Some(Field::Quantity)];
    assert_eq!(found.len(), 2);
    assert_eq!(fields(&found[0])[1..], [side, [None; 3]].concat());
    assert_eq!(fields(&found[1])[1..], [[None; 3], side].concat());
    assert_eq!(found[1].kept, Kept::Filled("Cherchez-vous des matières ? > Lesquelles ?".to_owned()));
}

#[test]
fn what_stands_below_a_title_of_the_other_direction_is_of_that_one() {
    let text = "Entreprise;Offre;;Demande;;\n;Matière;Quantité;Matière;Quantité;Prix\nA;bois;3;;;\nB;;;verre;4;5 $/t\n";
    let mut sheet = sheet(text);
    let block = |first, last| crate::ingest::table::Area { first, last };
    sheet.head.merged = vec![block((0, 0), (1, 0)), block((0, 1), (0, 2)), block((0, 3), (0, 5))];
    let found = of_sheet(&sheet, "releve");
    let (name, what, amount) = (Some(Field::Name), Some(Field::Description), Some(Field::Quantity));
    assert_eq!(fields(&found[0]), [name, what, amount, None, None, None]);
    assert_eq!(fields(&found[1]), [name, None, None, what, amount, Some(Field::Price)]);
}

#[test]
fn a_bare_name_beside_a_first_name_or_a_plain_company_is_that_of_a_person() {
    let (name, contact) = (Some(Field::Name), Some(Field::Contact));
    let of = |text: &str| fields(&one(&sheet(text)))[..3].to_vec();
    assert_eq!(of("Nom;Prénom;Établissement;Matière\nA;B;C inc.;bois\n"), [contact, None, name]);
    assert_eq!(of("Nom;Fonction;Nom de la compagnie;Matière\nA;B;C inc.;bois\n"), [contact, None, name]);
    assert_eq!(of("Name;Company;Material\nA;C inc.;wood\n")[1], name);
    assert_eq!(of("Nom;Courriel;Matière\nC inc.;a@exemple.test;bois\n")[0], name);
}

#[test]
fn crosses_below_both_directions_are_two_sources_by_their_marks() {
    let text = "Entreprise;Offre;Demande;Matière;Quantité\nA;X;;bois;3\nB;;x;verre;4\nC;X;x;carton;5\n";
    let found = of_sheet(&sheet(text), "releve");
    let kept = |heading: &str, mark: &str| Kept::Ticked {
        heading: heading.to_owned(),
        marks: vec![mark.to_owned()],
    };
    assert_eq!(
        found.iter().map(|table| table.kept.clone()).collect::<Vec<_>>(),
        [kept("Offre", "X"), kept("Demande", "x")]
    );
    assert_eq!(told(&found[1]), Some((Input, Place::Headings)));
    assert_eq!(fields(&found[0])[1..3], [None, None]);
}

#[test]
fn a_direction_that_is_taken_back_is_no_word_for_it() {
    let text = "Entreprise;Sens;Matière\nA;Offert;bois\nB;plus offert;verre\nC;recherché?;carton\n";
    let proposal = one(&sheet(text));
    assert_eq!(proposal.words, [("Offert".to_owned(), Output)]);
    assert_eq!(proposal.denied, ["plus offert", "recherché?"]);
}

#[test]
fn a_legend_beside_a_table_is_no_source() {
    let named = |name: &str, text: &str| {
        let mut sheet = sheet(text);
        sheet.head.name = crate::model::Confidential::new(name.to_owned());
        of_sheet(&sheet, "releve").remove(0)
    };
    let table = || named("Relevé", "Entreprise;Matière\nA;bois\nB;verre\n");
    let legend = || named("Légende", "Sigle;Couleur\nzz;bleu\nyy;vert\n");
    let mut both = super::Proposals { tables: vec![table(), legend()], ..super::Proposals::default() };
    both.set_legends_apart();
    assert_eq!((both.tables.len(), both.legends.len()), (1, 1));
    both.tables.push(named("Listes", "Catégorie;Unité\nbois;t\nverre;kg\n"));
    both.set_legends_apart();
    assert_eq!((both.tables.len(), both.legends.len()), (1, 2));
    let mut alone = super::Proposals { tables: vec![legend()], ..super::Proposals::default() };
    alone.set_legends_apart();
    assert_eq!((alone.tables.len(), alone.legends.len()), (1, 0));
}
