//! Whole sources from a folder.

use super::trial::{Memory, context, mapping, source};
use super::{
    Context, Given, IngestError, Snapshot, SnapshotSink as _, SourceRead, read_passing, read_source,
};
use crate::config::Source;
use crate::model::{Field, FindingKind, RawRow, Severity};
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
use std::io::Write as _;
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
    assert_eq!((&*quantity.column, quantity.unit_in_header.as_deref()), ("B", Some("t/an")));
    assert_eq!(first.text(Field::Park), "zone");
    assert_eq!(&*first.unmapped[0].header, "Tél");
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
    assert_eq!(&*read.rows[0].get(Field::Name).unwrap().column, "org.nom");
}

#[tokio::test]
async fn a_page_of_one_record_may_hold_lists_of_lists() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.json");
    std::fs::write(&file, r#"{"Entreprise":"A","Quantité":"5 t","place":[[1,2],[3,4]]}"#).unwrap();
    let one = read(folder.path(), "files = [\"a.json\"]", MAPPING).await.unwrap();
    assert_eq!((names(&one.rows), one.rows[0].unmapped.len()), (vec!["A".to_owned()], 2));
    std::fs::write(&file, r#"{"Entreprise":"A","flux":[[{"Entreprise":"B"}]]}"#).unwrap();
    assert!(read(folder.path(), "files = [\"a.json\"]", MAPPING).await.is_err());
}

#[tokio::test]
async fn records_with_names_that_are_values_are_refused_before_they_become_columns() {
    let folder = tempfile::tempdir().unwrap();
    let records = |count: usize| {
        let records: Vec<String> =
            (0..count).map(|at| format!("{{\"Entreprise\":\"A\",\"k{at}\":1}}")).collect();
        std::fs::write(folder.path().join("a.json"), format!("[{}]", records.join(","))).unwrap();
    };
    records(4_095);
    assert_eq!(read(folder.path(), "files = [\"a.json\"]", MAPPING).await.unwrap().rows.len(), 4_095);
    records(4_096);
    let error = read(folder.path(), "files = [\"a.json\"]", MAPPING).await.unwrap_err();
    assert!(error.exit_code() == 65 && error.to_string().contains("4096 different paths"), "{error}");
}

#[tokio::test]
async fn a_number_of_json_keeps_its_notation_but_where_it_is_an_amount() {
    let folder = tempfile::tempdir().unwrap();
    let record = r#"[{"Entreprise":"A","Entreprise":"B","NEQ":1.14E+09,"Quantité":1.5E2}]"#;
    std::fs::write(folder.path().join("a.json"), record).unwrap();
    let mapping = "[columns]\n\"Entreprise\" = \"nom\"\n\"NEQ\" = \"neq\"\n\"Quantité\" = \"quantite\"\n";
    let read = read(folder.path(), "files = [\"a.json\"]", mapping).await.unwrap();
    let cells = read.rows[0].cells.values().map(|cell| cell.value.reveal()).collect::<Vec<_>>();
    assert_eq!(cells, ["A", "1.14E+09", "150"]);
    // What comes twice is told as a column of its own.
    assert_eq!(read.findings.len(), 1);
    assert_eq!(read.findings[0].column.as_deref(), Some("Entreprise (2)"));
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
async fn a_file_that_cannot_be_read_is_passed_over_where_the_settings_say_so_and_another_can() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), "Entreprise,Parc\nA,x\n").unwrap();
    std::fs::write(folder.path().join("b.csv"), "Bidule,Machin\n1,2\n").unwrap();
    let keys = |policy: &str| format!("files = [\"*.csv\"]\nunreadable = \"{policy}\"");
    assert_eq!(read(folder.path(), &keys("stop"), MAPPING).await.unwrap_err().exit_code(), 65);
    for policy in ["last", "leave_out"] {
        let read = read(folder.path(), &keys(policy), MAPPING).await.unwrap();
        assert_eq!((names(&read.rows), read.snapshots.len()), (vec!["A".to_owned()], 1), "{policy}");
        let mut told = read.findings.iter().filter(|found| found.kind == FindingKind::UnreadableFile);
        let (told, None) = (told.next().unwrap(), told.next()) else { panic!("{policy}: told twice") };
        assert_eq!(told.severity, Severity::Warning);
        assert_eq!(&**told.location.file.reveal(), "b.csv");
        for part in ["nothing of it counts", "`*.csv`, file 2 of 2", "expected headers", "help: "] {
            assert!(told.message_en.contains(part), "{part}: {}", told.message_en);
        }
    }
    // Nothing is left without it, and whoever only looks at it is told at once.
    std::fs::remove_file(folder.path().join("a.csv")).unwrap();
    assert_eq!(read(folder.path(), &keys("leave_out"), MAPPING).await.unwrap_err().exit_code(), 65);
    std::fs::write(folder.path().join("c.csv"), "Entreprise,Parc\nA,x\n").unwrap();
    let (source, mapping, memory) = (source(&keys("leave_out")), mapping(MAPPING), Memory::default());
    let looking = Context { replay: None, ..context(folder.path(), &memory) };
    assert_eq!(read_source(&source, &mapping, &looking).await.unwrap_err().exit_code(), 65);
}

#[tokio::test]
async fn a_file_that_was_read_and_is_as_it_was_counts_for_nothing_once_it_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut memory = Memory::default();
    let text = "Bidule,Machin\n1,2\n";
    let sha256 = memory.keep(text.as_bytes()).unwrap();
    memory.last = vec![Snapshot { sha256, bytes: text.len() as u64, label: "b.csv".to_owned() }];
    let (source, mapping) = (source("files = [\"*.csv\"]\nunreadable = \"last\""), mapping(MAPPING));
    let context = context(folder.path(), &memory);
    std::fs::write(folder.path().join("b.csv"), text).unwrap();
    let alone = read_source(&source, &mapping, &context).await.unwrap_err();
    assert!(matches!(alone, IngestError::NoHeader { .. }), "{alone}");
    for name in ["a.csv", "c.csv"] {
        std::fs::write(folder.path().join(name), "Entreprise,Parc\nA,x\n").unwrap();
    }
    let read = read_source(&source, &mapping, &context).await.unwrap();
    assert_eq!((names(&read.rows), read.snapshots.len()), (vec!["A".to_owned()], 1));
    let expected = [(FindingKind::UnreadableFile, "b.csv"), (FindingKind::DuplicateFile, "c.csv")];
    let of_files = read.findings.iter().filter(|found| expected.iter().any(|(kind, _)| *kind == found.kind));
    let told: Vec<_> = of_files.clone().map(|found| (found.kind, &**found.location.file.reveal())).collect();
    assert_eq!(told, expected);
    assert!(of_files.clone().any(|found| found.message_en.contains("nothing of it counts")));
}

#[tokio::test]
async fn a_file_that_still_grows_waits_without_any_setting_where_there_is_a_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "Entreprise,Parc\nA,x\n").unwrap();
    let keys = "name = \"essai\"\nrecords = \"flows\"\nmapping = \"m.toml\"\nfiles = [\"a.csv\"]\n";
    let (source, mapping): (Source, _) = (toml::from_str(keys).unwrap(), mapping(MAPPING));
    let memory = Memory::default();
    let context = context(folder.path(), &memory);
    // Written a moment ago, and nobody goes on.
    assert_eq!(read_source(&source, &mapping, &context).await.unwrap().rows.len(), 1);
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        let mut file = std::fs::File::options().append(true).open(&path).unwrap();
        while ended.try_recv().is_err_and(|error| error == std::sync::mpsc::TryRecvError::Empty) {
            file.write_all(b"B,y\n").unwrap();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    });
    let file = folder.path().join("a.csv");
    let length = || std::fs::metadata(&file).unwrap().len();
    let before = length();
    while length() == before {
        std::thread::yield_now();
    }
    let error = read_source(&source, &mapping, &context).await.unwrap_err();
    drop(end);
    writer.join().unwrap();
    assert!(error.exit_code() == 75 && error.to_string().contains("being written"), "{error}");
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
    let kinds: Vec<FindingKind> = absent.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::AbsentSource]);
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

#[tokio::test]
async fn a_replay_of_a_platform_takes_what_was_handed_in_as_the_night_did() {
    let mut memory = Memory::default();
    let kept = |label: &str, text: &str| Snapshot {
        sha256: memory.keep(text.as_bytes()).unwrap(),
        bytes: text.len() as u64,
        label: label.to_owned(),
    };
    // Pages are called alike on every platform: without a mark nothing says that it is of this one.
    let earlier = vec![
        kept("page 1", r#"[{"Entreprise":"A","Quantité":"quelques","Parc":"x"}]"#),
        kept("inputs/retours/quarantaine.csv", "Où / Where;Entreprise;Quantité\npage 1!1;A;5\n"),
    ];
    memory.earlier = Some(earlier);
    let source = source("http = { url = \"https://example.org/flux\" }");
    let read = read_source(&source, &mapping(MAPPING), &context(Path::new("."), &memory)).await.unwrap();
    let said: Vec<String> = read.rows.iter().map(|row| row.text(Field::Quantity)).collect();
    assert_eq!(said, ["quelques"]);
    assert_eq!(read.sheets.left.len(), 1);
}

/// What a file gives when its rows are held, and when they are not, and whether it was a table of the latter kind;
/// rows with what was looked at.
fn both_ways(folder: &Path, keys: &str) -> [Result<(SourceRead, Vec<RawRow>), IngestError>; 2] {
    let memory = Memory::default();
    let context = Context { replay: None, ..context(folder, &memory) };
    let (source, mapping) = (source(keys), mapping(MAPPING));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let held = runtime.block_on(read_source(&source, &mapping, &context));
    let mut looked = Vec::new();
    let mut look = |row: &RawRow| looked.push(row.clone());
    let given = runtime.block_on(read_passing(&source, &mapping, &context, &mut look));
    let passing = given.map(|given| match given {
        Given::Table(table, findings) => {
            let mut rows = Vec::new();
            table.each(&mut |piece| rows.extend(piece)).unwrap();
            let mut again = Vec::new();
            table.each(&mut |piece| again.extend(piece)).unwrap();
            assert_eq!(rows, again);
            SourceRead { rows, findings, ..SourceRead::default() }
        }
        Given::Held(_) => panic!("a table of text is not held"),
    });
    let held = held.map(|read| (read.rows.clone(), read)).map(|(rows, read)| (read, rows));
    [held, passing.map(|read| (read, looked))]
}

#[test]
fn a_table_whose_rows_are_not_held_gives_the_same_rows_and_findings() {
    let titles = "Entreprise;Quantité (t/an);Parc;Tél";
    let many: String = (1..9_000).map(|number| format!("A{number};{number};;{}\n", number % 3)).collect();
    let latin: Vec<u8> = format!("{titles}\nMétal é;1;;\n").chars().map(|one| one as u8).collect();
    let cases: [Vec<u8>; 8] = [
        format!("{titles}\n{many}").into(),
        format!("\u{feff}sep=;\r\n{titles}\r\nA;1;;\r\n").into(),
        format!("Relevé\n\n{titles}\nA;1;x;\n;;;\n{titles}\nB;2;;;;9\nTotal;3;;\n").into(),
        format!("{titles}\nA;x;;\nB;y;;\nC;z;;\nD;u;;\nE;v;;\nF;w;;\n").into(),
        format!("{titles}\nA;\"1\n").into(),
        format!("{titles}\n").into(),
        latin,
        b"Entreprise\tQuantit\xe9\tParc\nA\t1\t\n".to_vec(),
    ];
    for (number, bytes) in cases.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), bytes).unwrap();
        let mut read = Vec::new();
        for keys in ["", "\ntext.footer = 1"].into_iter().take(if number == 5 { 1 } else { 2 }) {
            let [held, passing] = both_ways(folder.path(), &format!("files = [\"a.csv\"]{keys}"));
            let ((held, rows), (passing, looked)) = (held.unwrap(), passing.unwrap());
            assert!(passing.rows == held.rows && looked == rows, "{number}");
            assert_eq!(passing.findings, held.findings, "{number}");
            read.push(rows);
        }
        assert!(number == 5 || !read[0].is_empty() && read[1] == read[0][..read[0].len() - 1], "{number}");
    }
}

proptest! {
    #[test]
    fn whatever_text_it_is_its_rows_need_not_be_held(
        lines in proptest::collection::vec("[abE1,;\"|\t]{0,8}", 0..30),
        is_headed in proptest::bool::ANY,
    ) {
        let head = if is_headed { "Entreprise,Quantité,Parc\n" } else { "" };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), format!("{head}{}\n", lines.join("\n"))).unwrap();
        let memory = Memory::default();
        let context = Context { replay: None, ..context(folder.path(), &memory) };
        let (source, mapping) = (source("files = [\"a.csv\"]"), mapping(MAPPING));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let held = runtime.block_on(read_source(&source, &mapping, &context));
        let given = runtime.block_on(read_passing(&source, &mapping, &context, &mut |_| {}));
        match (held, given) {
            (Ok(held), Ok(Given::Table(table, findings))) => {
                let mut rows = Vec::new();
                table.each(&mut |piece| rows.extend(piece)).unwrap();
                prop_assert_eq!(rows, held.rows);
                prop_assert_eq!(findings, held.findings);
            }
            (Err(held), Err(given)) => prop_assert_eq!(held.to_string(), given.to_string()),
            (held, _) => prop_assert!(false, "held: {:?}", held.map(|read| read.rows.len())),
        }
    }
}
