//! The tables that lie beside a list of matches.

use crate::matching::{DAY, OFFERS, REQUESTS, done, pair, program, rows_of, said};
use std::fs;

const SCARCE: &str = "entreprise,description,quantite,unite,frequence,latitude,longitude,confidentialite\n\
    Alpha synthétique,palettes de bois,6,t,an,46.86,-71.20,reseau\n\
    Bêta synthétique,palettes de bois,7,t,an,46.86,-71.20,confidentielle\n\
    Gamma synthétique,retailles de gypse,9,t,an,46.86,-71.20,reseau\n";

#[test]
fn pools_wanted_buyers_and_scarce_outlets_lie_beside_a_csv_and_a_parquet() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("o.csv"), SCARCE).unwrap();
    let requests = "company,description,quantity,unit,frequency,latitude,longitude\n\
        Delta synthetic,wooden pallets,5,t,year,46.85,-71.21\n";
    fs::write(path.join("d.csv"), requests).unwrap();
    let output = pair(path, "o.csv", "d.csv", "m.csv");
    done(&output);
    let pools = rows_of(path, "m-regroupements.csv");
    // Two small offers of pallets make a load; the confidential one is to be asked.
    assert_eq!(pools.len(), 2, "{pools:#?}");
    for (line, asked) in [("2", ""), ("3", "membre")] {
        let row = pools.iter().find(|row| row["ligne"] == line).unwrap();
        assert_eq!((row["accord_a_demander"].as_str(), row["total_kg_an"].as_str()), (asked, "13000"));
        assert_eq!((row["sens"].as_str(), row["partenaire_ligne"].as_str()), ("extrant", "2"));
    }
    // Nobody takes gypsum, nor what is left of the pallets.
    let wanted = rows_of(path, "m-recherches.csv");
    assert_eq!(wanted.len(), 2, "{wanted:#?}");
    let of = |line: &str| wanted.iter().find(|row| row["exemples_lignes"] == line).unwrap();
    let (gypsum, pallets) = (of("4"), of("2"));
    assert_eq!((gypsum["kg_an_sans_preneur"].as_str(), gypsum["peut_etre_dit"].as_str()), ("9000", "oui"));
    assert_eq!((pallets["kg_an_sans_preneur"].as_str(), pallets["peut_etre_dit"].as_str()), ("8000", "non"));
    assert!(!gypsum["secteurs_scian"].is_empty() && !gypsum["secteurs_en"].is_empty(), "{gypsum:?}");
    let outlets = rows_of(path, "m-debouches.csv");
    assert_eq!(outlets.len(), 1, "{outlets:#?}");
    assert_eq!((outlets[0]["demande_ligne"].as_str(), outlets[0]["unite"].as_str()), ("2", "kg"));
    assert_eq!(outlets[0]["gain_par_tonne_centiemes"], "100000");
    // Eight tonnes wait behind it.
    assert_eq!(
        (outlets[0]["en_attente_kg_an"].as_str(), outlets[0]["gain_total_centiemes"].as_str()),
        ("8000", "800000")
    );
    // The round of the pool has its figures and its reason.
    for column in
        ["note_milli", "trajets_m", "transport_cents_haut", "seuil_elimination_cents_t_haut", "question_en"]
    {
        assert!(!pools[0][column].is_empty(), "{column}: {:?}", pools[0]);
    }
    assert!(pools[0]["raison_fr"].contains("13000 kg/an"), "{:?}", pools[0]);
    for name in ["m-regroupements.csv", "m-recherches.csv", "m-debouches.csv"] {
        assert!(said(&output).contains(name), "{}", said(&output));
        let text = fs::read_to_string(path.join(name)).unwrap();
        let names = ["Alpha", "Bêta", "Gamma", "Delta", "retailles"];
        assert!(!names.iter().any(|name| text.contains(name)), "{text}");
        let mode = fs::metadata(path.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    // A confidential request is to be asked as well.
    let hidden = requests.replace("longitude\n", "longitude,confidentialite\n");
    fs::write(path.join("c.csv"), hidden.replace("-71.21\n", "-71.21,confidentielle\n")).unwrap();
    done(&pair(path, "o.csv", "c.csv", "n.csv"));
    let asked = |name: &str| -> Vec<String> {
        let rows = rows_of(path, name);
        rows.into_iter().map(|row| row["accord_a_demander"].clone()).collect()
    };
    let mut members = asked("n-regroupements.csv");
    members.sort();
    assert_eq!(members, ["les_deux", "partenaire"]);
    assert_eq!(
        (asked("n-debouches.csv"), asked("m-debouches.csv")),
        (vec!["demande".to_owned()], vec![String::new()])
    );
    // The aim has another name; a Parquet has its tables as Parquet, a workbook has sheets instead.
    let with = |output: &str, flags: &[&str]| {
        let names = ["match", "--offers", "o.csv", "--requests", "d.csv", "--as-of", DAY, "--output", output];
        done(&program(path, &[&names[..], flags].concat()));
    };
    with("t.csv", &["--objective", "tonnes"]);
    assert_eq!(fs::read(path.join("t.csv")).unwrap(), fs::read(path.join("m.csv")).unwrap());
    with("p.parquet", &[]);
    let shown = program(path, &["read", "p-recherches.parquet"]);
    done(&shown);
    assert!(String::from_utf8_lossy(&shown.stdout).starts_with("rang,categorie,groupe"), "{shown:?}");
    with("x.xlsx", &[]);
    assert!(fs::read_dir(path).unwrap().all(|entry| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        !name.starts_with("x-") && !name.starts_with(".tmp")
    }));
}

#[test]
fn a_table_beside_the_output_never_takes_the_place_of_an_input() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    fs::write(path.join("m-debouches.csv"), OFFERS).unwrap();
    fs::write(path.join("d.csv"), REQUESTS).unwrap();
    let output = pair(path, "m-debouches.csv", "d.csv", "m.csv");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(
        said(&output).contains("m-debouches.csv") && said(&output).contains("help:"),
        "{}",
        said(&output)
    );
    assert_eq!(fs::read_to_string(path.join("m-debouches.csv")).unwrap(), OFFERS);
    assert_eq!(fs::read_dir(path).unwrap().count(), 2);
}
