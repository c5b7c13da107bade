//! The pilot's models run over pseudonymous tables and say who stands behind every cell.

use crate::trial::Trial;
use maillage::anonymise::{Groups, Pseudonyms, anonymise};
use maillage::engine::Engine;
use maillage::indicators::{contributions, factor_tables, parse};
use maillage::model::{
    Attribution, Category, Confidential, Destination, FlowType, Group, Mass, OrgId, Organisation, ParkCode,
    Status, Synergy, SynergyId,
};
use std::collections::BTreeSet;
use std::path::Path;

fn company(number: u32) -> Organisation {
    Organisation {
        id: OrgId(Confidential::new(format!("entreprise {number}"))),
        name: Confidential::new(format!("Entreprise synthétique {number}")),
        other_names: Vec::new(),
        enterprise_number: None,
        contact: None,
        email: None,
        telephone: None,
        address: None,
        park: ParkCode::new("beauport"),
        coordinates: None,
        sector: Some(Confidential::new("321".to_owned())),
        workforce: None,
        group: Group(Confidential::new(format!("groupe {number}"))),
        consents: false,
        locations: Vec::new(),
    }
}

fn synergy(number: u32, status: Status, destination: Destination, attribution: Attribution) -> Synergy {
    Synergy {
        id: SynergyId(Confidential::new(format!("S-{number}"))),
        supplier: Some(company(number).id),
        receiver: Some(company(number + 1).id),
        flow_type: FlowType::Material,
        category: Some(Category::Wood),
        material_code: None,
        description: Confidential::new("palettes".to_owned()),
        status,
        history: Vec::new(),
        recurrence: None,
        mass: Mass::exact(100_000),
        previous_destination: destination,
        distance_m: None,
        investment_cents: None,
        revenue_cents: None,
        jobs_tenths: None,
        attribution: Some(attribution),
        abandon_reason: None,
        locations: Vec::new(),
    }
}

#[test]
fn all_who_are_no_company_of_tonight_are_one_contributor() {
    use arrow::array::AsArray as _;
    let synergies =
        [2, 7, 9].map(|number| synergy(number, Status::Realised, Destination::Landfill, Attribution::New));
    let tables =
        anonymise(&[company(2), company(3)], &[], [], &synergies, &Pseudonyms::new([7; 32])).unwrap();
    let side = |name: &str| -> BTreeSet<String> {
        let column = tables["synergies"].column_by_name(name).unwrap().as_string::<i32>();
        column.iter().map(|group| group.unwrap().to_owned()).collect()
    };
    assert_eq!([side("groupe_fournisseur").len(), side("groupe_receveur").len()], [2, 2]);
    assert_eq!(side("groupe_fournisseur").intersection(&side("groupe_receveur")).count(), 1);
}

#[tokio::test]
async fn every_model_of_the_pilot_runs_and_effects_follow_their_formula() {
    let companies: Vec<Organisation> = (1..=5).map(company).collect();
    let synergies = [
        synergy(1, Status::Realised, Destination::Landfill, Attribution::New),
        synergy(2, Status::Realised, Destination::Recycling, Attribution::Accelerated),
        synergy(3, Status::Realised, Destination::Landfill, Attribution::Anyway),
        synergy(4, Status::Proposed, Destination::Landfill, Attribution::New),
    ];
    let tables = anonymise(&companies, &[], [], &synergies, &Pseudonyms::new([7; 32])).unwrap();
    let engine = Engine::new(Some(1), 256).unwrap();
    let groups = Groups::new(&tables);
    let owners = |record: &str, named: &[String]| groups.stand_behind(record, named);
    for (name, batch) in tables.clone() {
        engine.register(name, batch).unwrap();
    }
    for (name, batch) in factor_tables().unwrap() {
        engine.register(name, batch).unwrap();
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale/models");
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let model = parse(&name, &std::fs::read_to_string(&path).unwrap()).unwrap();
        let table = engine.query(&name, &model.sql).await.unwrap();
        let records = contributions(&model, &table, &owners).unwrap().records;
        if name == "effets" {
            let mut rows: Vec<_> =
                records.iter().map(|record| (record.dimensions.clone(), record.values.clone())).collect();
            rows.sort();
            // 100 t of wood from landfill: 297 kg CO2e and 87 to 123 CAD a tonne; a redirected
            // flow has no factor, which is unknown and never zero.
            assert_eq!(
                rows,
                [
                    (
                        vec!["detourne".to_owned(), "bois".to_owned()],
                        vec![Some(100_000), Some(29_700), Some(29_700), Some(870_000), Some(1_230_000)]
                    ),
                    (
                        vec!["reoriente".to_owned(), "bois".to_owned()],
                        vec![Some(100_000), None, None, None, None]
                    ),
                ]
            );
            assert!(records.iter().all(|record| record.contributors.len() == 2));
        }
        names.push(name);
    }
    // One side of an exchange alone, or a company for its group, is refused by name of the column.
    let model = std::fs::read_to_string(folder.join("synergies.sql")).unwrap();
    let model = model.replace("s.groupe_receveur", "s.groupe_fournisseur").replace(
        "groupe_fournisseur, groupe_receveur,",
        "groupe_fournisseur, groupe_fournisseur AS groupe_receveur,",
    );
    let model = parse("synergies", &model).unwrap();
    let table = engine.query("synergies", &model.sql).await.unwrap();
    let refused = contributions(&model, &table, &owners).unwrap_err();
    assert!(refused.to_string().contains("`groupe_receveur`"), "{refused}");
    assert_eq!(names.len(), 8);
}

#[test]
fn a_ceiling_that_names_no_table_is_refused_before_anything_is_read() {
    let trial = Trial::new();
    let path = trial.path("essai/models/potentiel.sql");
    let model = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, model.replacen("flux_par_parc.kg_an", "flux_par_parcs.kg_an", 1)).unwrap();
    for output in [trial.maillage(&["check", "essai"]), trial.run(&["--quiet"], &[])] {
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(78), "{message}");
        assert!(message.contains("`flux_par_parcs`") && message.contains("help:"), "{message}");
    }
}

#[tokio::test]
async fn a_record_is_one_of_the_tables_and_an_amount_has_its_base() {
    let companies: Vec<Organisation> = (1..=3).map(company).collect();
    let known = synergy(1, Status::Realised, Destination::Landfill, Attribution::New);
    let unknown =
        Synergy { mass: None, ..synergy(2, Status::Realised, Destination::Landfill, Attribution::New) };
    let tables = anonymise(&companies, &[], [], &[known, unknown], &Pseudonyms::new([7; 32])).unwrap();
    let engine = Engine::new(Some(1), 256).unwrap();
    let groups = Groups::new(&tables);
    for (name, batch) in tables.clone() {
        engine.register(name, batch).unwrap();
    }
    let header = "-- title_fr: P\n-- title_en: P\n-- description_fr: P.\n-- description_en: P.\n\
        -- dimension type: T | T\n-- measure kg_an [kg/an]: M | M\n-- measure m [u] from kg_an: M | M\n\
        -- contributors: groupe_fournisseur, groupe_receveur\n";
    for (record, derived, words) in [
        ("enregistrement", "kg_an * 3", None),
        ("concat(enregistrement, type)", "kg_an * 3", Some("a record that no table has")),
        ("enregistrement", "COALESCE(kg_an * 3, 4242)", Some("`m`: has an amount where `kg_an`")),
    ] {
        let sql = format!(
            "{header}SELECT {record} AS enregistrement, groupe_fournisseur, groupe_receveur, type, kg_an,
            {derived} AS m FROM synergies"
        );
        let model = parse("essai", &sql).unwrap();
        let table = engine.query("essai", &model.sql).await.unwrap();
        let owners = |record: &str, named: &[String]| groups.stand_behind(record, named);
        let refused = contributions(&model, &table, &owners).err().map(|error| error.to_string());
        assert_eq!(refused.is_some(), words.is_some(), "{refused:?}");
        if let (Some(refused), Some(words)) = (refused, words) {
            assert!(refused.contains(words) && !refused.contains("4242"), "{refused}");
        }
    }
}
