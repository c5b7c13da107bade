//! The whole path on real disposal reports, held against sums that this test computes itself.

use crate::bad_day::settle;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The folder of the shared files; without it the test says that it skips.
fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("MAILLAGE_SHARED").map(PathBuf::from).filter(|folder| folder.is_dir());
    if folder.is_none() {
        eprintln!("SKIPPED: MAILLAGE_SHARED names no folder, so the real reports were not read");
    }
    folder
}

struct Trial {
    folder: tempfile::TempDir,
}

impl Trial {
    fn new(reports: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        let pipeline = folder.path().join("npri");
        for part in ["inputs", "mappings", "models"] {
            fs::create_dir_all(pipeline.join(part)).unwrap();
        }
        fs::copy(home.join("tests/npri/pipeline.toml"), pipeline.join("pipeline.toml")).unwrap();
        fs::copy(home.join("tests/npri/mappings/npri.toml"), pipeline.join("mappings/npri.toml")).unwrap();
        for model in ["flux_par_parc", "flux_par_secteur"] {
            let name = format!("models/{model}.sql");
            fs::copy(home.join("pipelines/capitale-nationale").join(&name), pipeline.join(&name)).unwrap();
        }
        fs::write(pipeline.join("inputs/npri.csv"), reports).unwrap();
        Self { folder }
    }

    fn run(&self) -> Output {
        settle(&self.path("npri/inputs"));
        Command::new(env!("CARGO_BIN_EXE_maillage"))
            .args(["run", "npri", "--as-of", "2026-01-15", "--json"])
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    fn summary(&self) -> serde_json::Value {
        let output = self.run();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }
}

/// Rows of the province and their sum in kilograms, straight from the csv.
fn expected(reports: &str) -> (usize, i64) {
    let mut reader = csv::Reader::from_reader(reports.as_bytes());
    let header = reader.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|title| title == name).unwrap();
    let (province, quantity, units) = (column("province"), column("quantity"), column("units"));
    let (mut rows, mut kilograms) = (0, 0);
    for row in reader.records() {
        let row = row.unwrap();
        if &row[province] != "QC" {
            continue;
        }
        rows += 1;
        let milli = |text: &str, per_unit: f64| (text.parse::<f64>().unwrap_or(0.0) * per_unit + 0.5).floor();
        #[expect(clippy::cast_possible_truncation, reason = "whole kilograms of a report fit")]
        match &row[units] {
            "tonnes" => kilograms += milli(&row[quantity], 1000.0) as i64,
            "kg" => kilograms += milli(&row[quantity], 1.0) as i64,
            "grams" => kilograms += milli(&row[quantity], 0.001) as i64,
            _ => {}
        }
    }
    (rows, kilograms)
}

#[test]
fn real_reports_keep_their_rows_and_their_kilograms_and_give_no_company_away() {
    let Some(shared) = shared() else { return };
    let reports = fs::read_to_string(shared.join("real/npri-disposals-sample.csv")).unwrap();
    let (rows, kilograms) = expected(&reports);
    let trial = Trial::new(&reports);
    let summary = trial.summary();
    assert_eq!(summary["rows"], rows);
    assert_eq!(summary["rejected"], 0);
    // No two rows are the same, so none is taken for another.
    assert_eq!(summary["flows"], rows);
    let table = fs::read_to_string(trial.path("published/current/donnees/flux_par_secteur.csv")).unwrap();
    let total = table.lines().find(|line| line.starts_with("Total,Total,")).unwrap();
    let published: i64 = total.split(',').nth(3).unwrap().parse().unwrap();
    assert_eq!(published, kilograms);
    assert!(table.contains(",confidentiel"));
}

const SMALL: &str = "npri_id,company_name,naics,province,substance_name,category,quantity,units\n\
    1,Canari Premier inc.,321111,QC,Wood dust,Landfill,10,tonnes\n\
    2,Canari Second inc.,321111,QC,Wood dust,Landfill,12,tonnes\n\
    3,Canari Troisieme inc.,321111,QC,Wood dust,Landfill,11,tonnes\n\
    4,Canari Quatrieme inc.,321111,QC,Wood dust,Landfill,\"9,5\",tonnes\n";

#[test]
fn the_order_of_rows_and_the_number_of_threads_change_no_byte() {
    let trial = Trial::new(SMALL);
    let first = trial.summary();
    let tree = |trial: &Trial| {
        ["flux_par_parc.csv", "flux_par_parc.parquet", "flux_par_secteur.parquet", "datapackage.json"]
            .map(|name| fs::read(trial.path(&format!("published/current/donnees/{name}"))).unwrap())
    };
    let before = tree(&trial);
    let mut lines: Vec<&str> = SMALL.lines().collect();
    lines[1..].reverse();
    fs::write(trial.path("npri/inputs/npri.csv"), lines.join("\n") + "\n").unwrap();
    let settings = fs::read_to_string(trial.path("npri/pipeline.toml")).unwrap();
    fs::write(trial.path("npri/pipeline.toml"), settings.replace("[limits]", "[limits]\nthreads = 1"))
        .unwrap();
    assert_eq!(trial.summary()["release"], first["release"]);
    assert_eq!(tree(&trial), before);
}

#[test]
fn a_bad_day_names_its_cause_and_leaves_the_last_release() {
    let trial = Trial::new(SMALL);
    trial.summary();
    let current = fs::read_link(trial.path("published/current")).unwrap();
    let input = trial.path("npri/inputs/npri.csv");
    let refused =
        SMALL.replace("10,tonnes", "-10,tonnes").replace("12,tonnes", "-12,tonnes").replace("11,t", "-11,t");
    let cases = [
        (None, 65, "inputs/npri.csv"),
        (Some("a,b\n1,2\n".to_owned()), 65, "help:"),
        (Some(refused), 3, "quarantaine.xlsx"),
    ];
    for (content, code, words) in cases {
        match content {
            Some(content) => fs::write(&input, content).unwrap(),
            None => fs::remove_file(&input).unwrap(),
        }
        let output = trial.run();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{message}");
        assert!(message.contains(words), "{message}");
        assert!(!message.contains("Canari"), "{message}");
        assert_eq!(fs::read_link(trial.path("published/current")).unwrap(), current);
    }
}

#[test]
fn a_name_in_the_settings_is_stopped_at_the_gate() {
    let trial = Trial::new(SMALL);
    let settings = fs::read_to_string(trial.path("npri/pipeline.toml")).unwrap();
    let leaking = settings.replace("Trial on real reports.", "With thanks to canari premier, inc.");
    fs::write(trial.path("npri/pipeline.toml"), leaking).unwrap();
    let output = trial.run();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("leak gate") && !message.to_lowercase().contains("canari"), "{message}");
    assert!(!trial.path("published/current").exists());
}
