//! Amounts that are no mass, matched by the built program.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

#[test]
fn energy_and_hours_are_compared_in_one_unit_and_what_was_told_is_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let headings = "entreprise,description,type,quantite,unite,frequence";
    let offers = "Alpha synthétique,vapeur,energie,2,MWh,mois\n\
        Bêta synthétique,chariot élévateur,equipement,200,h,an\n";
    let requests = "Gamma synthétique,steam,energie,24000,kWh,an\n\
        Delta synthétique,forklift,equipement,2,unités,an\n";
    fs::write(path.join("o.csv"), format!("{headings}\n{offers}")).unwrap();
    fs::write(path.join("d.csv"), format!("{headings}\n{requests}")).unwrap();
    let flags = ["match", "--offers", "o.csv", "--requests", "d.csv", "--output", "m.csv"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_maillage"));
    let output = command.current_dir(path).args(flags).args(["--as-of", "2026-11-15"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let mut reader = csv::Reader::from_path(path.join("m.csv")).unwrap();
    let rows: Vec<BTreeMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
    let of = |flow_type: &str| rows.iter().find(|row| row["type"] == flow_type).unwrap();
    let (energy, equipment) = (of("energie"), of("equipement"));
    assert_eq!((energy["quantite_milli"].as_str(), equipment["quantite_milli"].as_str()), ("1000", ""));
    assert!(energy["raisons_en"].contains("similar quantities"), "{energy:?}");
    assert!(!energy["questions_fr"].contains("quantité"), "{energy:?}");
    assert!(equipment["raisons_fr"].contains("non comparées : heures et unités"), "{equipment:?}");
    assert!(equipment["raisons_en"].contains("not compared: hours and pieces"), "{equipment:?}");
    assert!(equipment["questions_fr"].contains("en heures ? (demander à la demande)"), "{equipment:?}");
    // Columns of kilograms stay those of masses.
    assert!([energy, equipment].iter().all(|row| row["kg_an"].is_empty()), "{rows:?}");
}
