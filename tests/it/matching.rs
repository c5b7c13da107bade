//! Two files matched alone by the built program.

use calamine::Reader as _;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

pub(super) const DAY: &str = "2026-11-15";

pub(super) fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).current_dir(folder).output().unwrap()
}

pub(super) fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

pub(super) const OFFERS: &str = "entreprise,description,quantite,unite,frequence,latitude,longitude\n\
    Alpha synthétique,palettes de bois brisées,12,t,an,46.86,-71.20\n\
    Bêta synthétique,drêches de brasserie,2,t,semaine,46.83,-71.23\n\
    Gamma synthétique,soude caustique usée,,,,,\n";
pub(super) const REQUESTS: &str = "company,description,quantity,unit,frequency,latitude,longitude\n\
    Delta synthetic,wooden pallets to repair,5,t,year,46.85,-71.21\n\
    Epsilon synthetic,brewers grains for feed,300,t,year,46.80,-71.30\n\
    Zeta synthetic,NaOH,10,t,year,46.81,-71.22\n\
    Alpha synthétique,palettes de bois,5,t,an,46.86,-71.20\n";

pub(super) fn alone(folder: &Path, output: &str, flags: &[&str]) -> Output {
    fs::write(folder.join("o.csv"), OFFERS).unwrap();
    fs::write(folder.join("d.csv"), REQUESTS).unwrap();
    let mut arguments =
        vec!["match", "--offers", "o.csv", "--requests", "d.csv", "--as-of", DAY, "--output", output];
    arguments.extend(flags);
    program(folder, &arguments)
}

#[test]
fn two_files_alone_give_ranked_matches_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let output = alone(folder.path(), "m.csv", &[]);
    done(&output);
    let rows = rows_of(folder.path(), "m.csv");
    let best = |offer: &str| -> String {
        let found = rows.iter().find(|row| row["offre_ligne"] == offer);
        found.map(|row| row["demande_ligne"].clone()).unwrap_or_default()
    };
    // Words of another language and a formula: the codes meet.
    assert_eq!([best("2"), best("3"), best("4")], ["2", "3", "4"], "{rows:#?}");
    assert!(
        !rows.iter().any(|row| row["offre_ligne"] == "2" && row["demande_ligne"] == "5"),
        "a company matched with itself"
    );
    let pallets = rows.iter().find(|row| row["offre_ligne"] == "2").unwrap();
    assert_eq!((pallets["kg_an"].as_str(), pallets["kg_an_portefeuille"].as_str()), ("5000", "5000"));
    assert_eq!((pallets["kg_an_bas"].as_str(), pallets["kg_an_haut"].as_str()), ("5000", "5000"));
    let brewers = rows.iter().find(|row| row["offre_ligne"] == "3").unwrap();
    assert_eq!(brewers["kg_an"], "104000");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("109000 kg") && said.contains("ligne 2, 1000,00 kg"), "{said}");
    let soda = rows.iter().find(|row| row["offre_ligne"] == "4").unwrap();
    assert!(soda["question_fr"].contains("quantité") && soda["kg_an"].is_empty(), "{soda:?}");
    // Every part has its reason in both languages, by its name.
    let french = [
        "Matière : ",
        "Quantité : ",
        "Distance : ",
        "Période : ",
        "Condition : ",
        "Destination actuelle : ",
        "Confidentialité : ",
    ];
    let english = [
        "Material: ",
        "Amount: ",
        "Distance: ",
        "Period: ",
        "Condition: ",
        "Today’s destination: ",
        "Confidentiality: ",
    ];
    for row in &rows {
        for (column, parts) in [("raisons_fr", french), ("raisons_en", english)] {
            let reasons: Vec<&str> = row[column].split(" ; ").collect();
            assert_eq!(reasons.len(), 7, "{reasons:?}");
            for (reason, part) in reasons.iter().zip(parts) {
                assert!(reason.starts_with(part) && reason.len() > part.len(), "{reasons:?}");
            }
        }
    }
    // What is missing stands by how much it could change, every question in words.
    assert_eq!(
        soda["manque_milli"],
        "quantite 60 ; distance 60 ; condition 56 ; periode 40 ; destination 30"
    );
    let asked: Vec<&str> = soda["questions_fr"].split(" ; ").collect();
    assert_eq!(asked.len(), 5, "{asked:?}");
    assert!(
        asked[0].starts_with("Quantité (jusqu’à 60 millièmes de la note) : Quelle quantité"),
        "{asked:?}"
    );
    assert!(asked[4].starts_with("Destination actuelle (jusqu’à 30 millièmes de la note) : Où va"));
    assert!(soda["questions_en"].starts_with("Amount (up to 60 thousandths of the score): What quantity"));
    // The chance is the one that the reason of the material tells in tenths.
    let chance: u32 = soda["chance_milli"].parse().unwrap();
    let told = format!("environ {} fois sur 10", (chance + 50) / 100);
    assert!(soda["raisons_fr"].contains(&told), "{soda:?}");
    assert_eq!((soda["destination_milli"].as_str(), soda["confidentialite_milli"].as_str()), ("", "1000"));

    done(&alone(folder.path(), "m.xlsx", &[]));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(folder.path().join("m.xlsx")).unwrap();
    assert_eq!(book.worksheet_range("Maillages").unwrap().height(), rows.len() + 1);
    done(&alone(folder.path(), "m.parquet", &[]));
    let bytes = fs::read(folder.path().join("m.parquet")).unwrap();
    let batches: usize =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))
            .unwrap()
            .build()
            .unwrap()
            .map(|batch| batch.unwrap().num_rows())
            .sum();
    assert_eq!(batches, rows.len());
    // How long each stage took ends what is said.
    for stage in
        ["lecture / reading", "classement / classifying", "recherche / searching", "plan", "écriture"]
    {
        assert!(said.lines().any(|line| line.starts_with(stage) && line.ends_with(" ms")), "{stage}: {said}");
    }
}

/// Rows of a csv of a folder.
pub(super) fn rows_of(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    csv::Reader::from_path(folder.join(name)).unwrap().deserialize().map(Result::unwrap).collect()
}

/// Runs the verb on two files of a folder.
pub(super) fn pair(folder: &Path, offers: &str, requests: &str, output: &str) -> Output {
    let names = ["match", "--offers", offers, "--requests", requests, "--as-of", DAY, "--output", output];
    program(folder, &names)
}

pub(super) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_a_treatment_leaves_of_an_offer_is_in_the_plan_with_what_the_offer_gives() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let head = "description,quantite,unite,frequence";
    fs::write(path.join("o.csv"), format!("{head}\nrésidus de cuisine,10,t,an\n")).unwrap();
    fs::write(path.join("d.csv"), format!("{head}\ncompost,900,kg,an\n")).unwrap();
    let output = pair(path, "o.csv", "d.csv", "m.csv");
    done(&output);
    let mut table = csv::Reader::from_path(path.join("m.csv")).unwrap();
    let row: BTreeMap<String, String> = table.deserialize().next().unwrap().unwrap();
    // Composting leaves 30 to 60 %: 1,500 kg fill the need at most, and give 450 kg at least.
    let told = ["genre", "kg_an_donnes", "kg_an_portefeuille"].map(|name| row[name].as_str());
    assert_eq!(told, ["chaine", "1500", "450"], "{row:?}");
    assert!(row["raisons_fr"].contains("compostage"), "{row:?}");
    let told = said(&output);
    assert!(told.contains("Au plus 450 kg/an") && told.contains("traitement laisse au moins"), "{told}");
}

#[test]
fn without_prices_money_is_a_range_of_public_sources_and_prices_of_flags_count_instead() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let head = "description,categorie,quantite,unite,frequence,latitude,longitude";
    let offer = "cartons ondulés,carton_papier,100,t,an,46.86,-71.20,enfouissement";
    fs::write(path.join("o.csv"), format!("{head},destination\n{offer}\n")).unwrap();
    fs::write(path.join("d.csv"), format!("{head}\ncartons ondulés,carton_papier,100,t,an,46.85,-71.21\n"))
        .unwrap();
    let with = |flags: &[&str]| {
        let mut all = vec!["match", "--offers", "o.csv", "--requests", "d.csv", "--as-of", DAY];
        all.extend(["--output", "m.csv", "--objective", "money"]);
        all.extend(flags);
        program(path, &all)
    };
    let row = || rows_of(path, "m.csv").swap_remove(0);
    let output = with(&[]);
    done(&output);
    let told = said(&output);
    assert!(told.contains("au milieu des fourchettes") && told.contains("100000 kg"), "{told}");
    assert!(told.contains("selon les prix") && !told.contains("n’y comptent pas"), "{told}");
    let one = row();
    // Seven to twelve loads of 213 to 414 $, and some tonne-kilometres.
    let cents = |name: &str| one[name].parse::<i64>().unwrap();
    assert!(cents("transport_cents_bas") > 149_100 && cents("transport_cents_haut") > 496_800, "{one:?}");
    assert!(cents("seuil_elimination_cents_t_haut") > cents("seuil_elimination_cents_t_bas"));
    assert_eq!((&*one["rentable"], &*one["demarrage_cents_haut"]), ("selon_les_prix", "40740"));

    done(&with(&["--transport-cents", "10,20", "--load-cents", "0,0", "--start-cents", "0,0"]));
    let one = row();
    assert_eq!((&*one["rentable"], &*one["demarrage_cents_haut"]), ("oui", "0"), "{one:?}");
    for prices in ["20", "9,1", "-1,3", "a,b"] {
        let output = with(&[format!("--load-cents={prices}").as_str()]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("le plus bas d’abord"), "{}", said(&output));
    }
}

#[test]
fn an_entry_marked_confidential_is_matched_and_never_shown_to_the_other_side() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let offers = "entreprise,description,quantite,unite,confidentialite\n\
        Alpha synthétique,palettes de bois secrètes,12,t,confidentielle\n\
        Gamma synthétique,palettes de bois ouvertes,9,t,reseau\n";
    let requests =
        "company,description,quantity,unit,confidentiality\nDelta synthetic,wooden pallets,5,t,network\n";
    fs::write(path.join("o.csv"), offers).unwrap();
    fs::write(path.join("d.csv"), requests).unwrap();
    done(&pair(path, "o.csv", "d.csv", "m.csv"));
    let table = fs::read_to_string(path.join("m.csv")).unwrap();
    assert!(!table.contains("secrètes") && !table.contains("Alpha"), "{table}");
    let rows = rows_of(path, "m.csv");
    let asks =
        |line: &str| rows.iter().find(|row| row["offre_ligne"] == line).unwrap()["accord_a_demander"].clone();
    assert_eq!([asks("2"), asks("3")], ["offre", ""]);
    done(&pair(path, "o.csv", "d.csv", "m.xlsx"));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path.join("m.xlsx")).unwrap();
    let range = book.worksheet_range("Fiches").unwrap();
    let text: Vec<String> =
        range.rows().map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|")).collect();
    let begins = |name: &str| text.iter().position(|row| row.starts_with(name)).unwrap();
    let page = text[begins("Delta")..begins("Gamma")].join("\n");
    assert!(page.contains("ouvertes") && !page.contains("secrètes") && !page.contains("Alpha"), "{page}");
    assert!(text[begins("Alpha")..begins("Delta")].join("\n").contains("wooden pallets"));
    // The owner of both files sees it, and whom to ask.
    let list: Vec<String> = book
        .worksheet_range("Maillages")
        .unwrap()
        .rows()
        .map(|row| row.iter().map(ToString::to_string).collect::<Vec<_>>().join("|"))
        .collect();
    assert!(list.iter().any(|row| row.contains("secrètes") && row.contains("à demander à l’offre")));
}

#[test]
fn a_disk_that_takes_no_more_of_the_workbook_is_told_once_and_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for (name, side) in [("o.csv", "offre"), ("d.csv", "demande")] {
        let row = |number: i32| format!("{side} {number} inc.,palettes de bois {},{number},t\n", number % 7);
        let rows: String = (1..=150).map(row).collect();
        fs::write(folder.path().join(name), format!("entreprise,description,quantité,unité\n{rows}"))
            .unwrap();
    }
    let matched = |before: &str| {
        let program = env!("CARGO_BIN_EXE_maillage");
        let line = format!("{before} exec '{program}' match --offers o.csv --requests d.csv --output t.xlsx");
        Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap()
    };
    // Files of this process and its children may not grow beyond 100 KiB, as on a disk that is full.
    let output = matched("trap '' XFSZ; ulimit -f 200;");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(
        message.contains("its working files cannot be written") && message.contains("help:"),
        "{message}"
    );
    assert!(!super::corpus::tells_panic(&message), "{message}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    done(&matched(""));
    assert!(fs::metadata(folder.path().join("t.xlsx")).unwrap().len() > 100 << 10);
}

/// The table that two files give, by column, and what was said.
fn table(folder: &Path, offers: &str, requests: &str) -> (Vec<BTreeMap<String, String>>, String) {
    let output = pair(folder, offers, requests, "table.csv");
    done(&output);
    (rows_of(folder, "table.csv"), said(&output))
}

#[test]
fn rows_without_a_company_give_the_same_pairs_and_plan_in_any_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // Many tie: what is kept and planned hangs on which of them comes first.
    let of = |side: &str, order: &dyn Fn(usize) -> usize| {
        let row = |at: usize| format!("{side}{at:02},palettes de bois,{},t,an\n", 5 + 5 * (at % 2));
        let rows: String = (0..41).map(order).map(row).collect();
        format!("flux_id,description,quantite,unite,frequence\n{rows}")
    };
    let orders: [&dyn Fn(usize) -> usize; 3] =
        [&|at: usize| at, &|at: usize| 40 - at, &|at: usize| at * 17 % 41];
    let tables = orders.map(|order| {
        fs::write(path.join("o.csv"), of("o", order)).unwrap();
        fs::write(path.join("d.csv"), of("d", order)).unwrap();
        let (mut rows, _) = table(path, "o.csv", "d.csv");
        for row in &mut rows {
            row.remove("offre_ligne");
            row.remove("demande_ligne");
        }
        rows
    });
    assert!(tables[0].len() > 41 && tables[0].iter().any(|row| !row["kg_an_portefeuille"].is_empty()));
    assert!(
        tables[0].iter().all(|row| row["offre_id"].starts_with('o') && row["demande_id"].starts_with('d'))
    );
    assert!(tables[1] == tables[0] && tables[2] == tables[0], "the order of rows decides");
}

#[test]
fn parks_of_one_name_are_one_place_without_a_pipeline() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let offers = "entreprise,description,quantite,unite,parc\n\
        Alpha synthétique,palettes de bois,12,t,Parc du Bois\n\
        Bêta synthétique,palettes de bois,9,t,Zone Nord\n";
    let requests = "company,description,quantity,unit,park\n\
        Delta synthetic,wooden pallets,5,t,PARC DU BOIS\n\
        Epsilon synthetic,wooden pallets,7,t,ZONE-NORD\n\
        Zeta synthetic,wooden pallets,8,t,\n";
    fs::write(path.join("o.csv"), offers).unwrap();
    fs::write(path.join("d.csv"), requests).unwrap();
    let (rows, told) = table(path, "o.csv", "d.csv");
    let of = |offer: &str, request: &str| {
        let row = rows.iter().find(|row| row["offre_ligne"] == offer && row["demande_ligne"] == request);
        let row = row.unwrap();
        (row["distance_m"].clone(), row["distance_milli"].clone())
    };
    let (there, unknown) = (("0".to_owned(), "1000".to_owned()), (String::new(), String::new()));
    assert_eq!([of("2", "2"), of("3", "3")], [there.clone(), there]);
    assert_eq!([of("2", "3"), of("3", "2"), of("2", "4")], [unknown.clone(), unknown.clone(), unknown]);
    assert!(!told.contains("reconnu"), "{told}");
    // Each has its sheet.
    done(&pair(path, "o.csv", "d.csv", "m.xlsx"));
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path.join("m.xlsx")).unwrap();
    for name in ["PARC DU BOIS", "ZONE-NORD"] {
        assert!(book.worksheet_range(name).unwrap().height() > 1, "{name}");
    }
}

#[test]
fn each_row_lies_where_its_own_coordinates_say() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let offers = "entreprise,description,quantite,unite,latitude,longitude\n\
        Alpha synthétique,palettes de bois,12,t,46.80,-71.20\n\
        Alpha synthétique,palettes de bois,9,t,46.90,-71.20\n";
    let requests =
        "company,description,quantity,unit,lat,lon\nDelta synthetic,wooden pallets,5,t,46.90,-71.20\n";
    fs::write(path.join("o.csv"), offers).unwrap();
    fs::write(path.join("d.csv"), requests).unwrap();
    let (rows, _) = table(path, "o.csv", "d.csv");
    let of = |offer: &str| {
        let row = rows.iter().find(|row| row["offre_ligne"] == offer).unwrap();
        row["distance_m"].parse::<u32>().unwrap()
    };
    assert_eq!(of("3"), 0);
    assert!((11_000..11_300).contains(&of("2")), "{}", of("2"));
}
