//! Whole sources from a folder.

use super::trial::{Memory, context, mapping, source};
use super::{IngestError, SourceRead, read_source};
use crate::model::{Field, FindingKind, RawRow};
use std::path::Path;

const MAPPING: &str = "[columns]\nEntreprise = \"nom\"\n\"Quantité\" = \"quantite\"\nParc = \"parc\"\n\
                       [constants]\nsens = \"extrant\"\nparc = \"beauport\"\n";

async fn read(folder: &Path, keys: &str, columns: &str) -> Result<SourceRead, IngestError> {
    let memory = Memory::default();
    read_source(&source(keys), &mapping(columns), &context(folder, &memory)).await
}

fn names(rows: &[RawRow]) -> Vec<String> {
    rows.iter().map(|row| row.text(Field::Name)).collect()
}

#[tokio::test]
async fn rows_carry_fields_constants_addresses_and_what_is_not_mapped() {
    let folder = tempfile::tempdir().unwrap();
    let text = "Relevé\n\nEntreprise;Quantité (t/an);Parc;Tél\nAcier A;1,5;zone;418\n;;;\nENTREPRISE;quantité (t/an);parc;tél\nBois B;2;;\n";
    std::fs::write(folder.path().join("a.csv"), text).unwrap();
    let read = read(folder.path(), "files = [\"a.csv\"]", MAPPING).await.unwrap();
    assert_eq!(names(&read.rows), ["Acier A", "Bois B"]);
    let first = &read.rows[0];
    assert_eq!(first.location.public(), "essai:4");
    let quantity = first.get(Field::Quantity).unwrap();
    assert_eq!((quantity.column.as_str(), quantity.unit_in_header.as_deref()), ("B", Some("t/an")));
    assert_eq!(first.text(Field::Park), "zone");
    assert_eq!(first.unmapped[0].header, "Tél");
    assert_eq!(read.rows[1].text(Field::Park), "beauport");
    assert_eq!(read.rows[1].text(Field::Direction), "extrant");
    assert_eq!(read.rows[1].location.row, 7);
    assert_eq!(read.snapshots.len(), 1);
}

#[tokio::test]
async fn every_file_of_a_glob_is_a_page_and_filters_keep_rows() {
    let folder = tempfile::tempdir().unwrap();
    for (name, company) in [("p2.json", "B"), ("p1.json", "A"), ("~$p3.json", "C")] {
        let page = format!(
            r#"{{"data":[{{"org":{{"nom":"{company}"}},"prov":"QC"}},{{"org":{{"nom":"x"}},"prov":"ON"}}]}}"#
        );
        std::fs::write(folder.path().join(name), page).unwrap();
    }
    let columns = "[columns]\n\"org.nom\" = \"nom\"\n[keep]\nprov = [\"qc\"]\n";
    let keys = "files = [\"*.json\"]\npointer = \"/data\"";
    let read = read(folder.path(), keys, columns).await.unwrap();
    assert_eq!(names(&read.rows), ["A", "B"]);
    assert_eq!(read.rows[0].get(Field::Name).unwrap().column, "org.nom");
}

#[tokio::test]
async fn the_same_bytes_under_another_name_are_read_once_and_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.csv", "copie de a.csv"] {
        std::fs::write(folder.path().join(name), "Entreprise,Parc\nA,x\n").unwrap();
    }
    let read = read(folder.path(), "files = [\"*.csv\"]", MAPPING).await.unwrap();
    assert_eq!((read.rows.len(), read.snapshots.len()), (1, 1));
    let copies = read.findings.iter().filter(|found| found.kind == FindingKind::DuplicateFile);
    assert_eq!(copies.count(), 1);
}

#[tokio::test]
async fn an_unknown_header_lists_what_was_expected_and_hides_the_file_name() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("visite-a.csv"), "Entreprise,Parc\nA,x\n").unwrap();
    std::fs::write(folder.path().join("visite-secrete.csv"), "a,b\n1,2\n").unwrap();
    let error = read(folder.path(), "files = [\"visite-*.csv\"]", MAPPING).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`visite-*.csv`, file 2 of 2 by name (8 bytes)") && text.contains("`Entreprise`"),
        "{text}"
    );
    assert!(!text.contains("secrete"), "{text}");
    assert_eq!(error.exit_code(), 65);
}

#[tokio::test]
async fn a_missing_source_stops_the_run_unless_it_is_optional() {
    let folder = tempfile::tempdir().unwrap();
    let error = read(folder.path(), "files = [\"a.csv\"]", MAPPING).await.unwrap_err();
    assert!(error.to_string().contains("`a.csv` is not there"), "{error}");
    let absent = read(folder.path(), "files = [\"*.csv\"]\noptional = true", MAPPING).await.unwrap();
    assert!(absent.rows.is_empty() && absent.absent.is_some());
}

#[tokio::test]
async fn a_replay_reads_snapshots_and_not_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "Entreprise,Parc\nA,x\n").unwrap();
    let mut memory = Memory::default();
    let (source, mapping) = (source("files = [\"a.csv\"]"), mapping(MAPPING));
    let first = read_source(&source, &mapping, &context(folder.path(), &memory)).await.unwrap();
    std::fs::remove_file(path).unwrap();
    memory.earlier = Some(first.snapshots.clone());
    let again = read_source(&source, &mapping, &context(folder.path(), &memory)).await.unwrap();
    assert_eq!((again.rows, again.snapshots), (first.rows, first.snapshots));
}
