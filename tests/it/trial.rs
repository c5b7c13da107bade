//! A synthetic pipeline of four sources with a canary in every confidential field.

use crate::bad_day::settle;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Every confidential word of the trial holds it, and nothing else does.
pub(crate) const MARK: &str = "kwzqx";

const SETTINGS: &str = concat!(
    r#"name = "essai"
synthetic = true

[[sources]]
name = "ateliers"
records = "flows"
files = ["inputs/*.xlsx"]
mapping = "mappings/flux.toml"
header_row = 1

[[sources]]
name = "visites"
records = "flows"
files = ["inputs/*.csv"]
mapping = "mappings/flux.toml"

[[sources]]
name = "plateforme"
records = "flows"
files = ["inputs/*.json"]
pointer = "/data/flux"
mapping = "mappings/flux.toml"

[[sources]]
name = "suivi"
records = "synergies"
files = ["suivi/*.xlsx"]
mapping = "mappings/suivi.toml"
header_row = 1

[limits]
rejected_percent = 60
warning_percent = 100
"#,
    include_str!("../trial.toml")
);

/// Field, and what stands in it; `%` is replaced by a word of the row.
const FIELDS: &[(&str, &str)] = &[
    ("org_id", "org-kwzqx%"),
    ("nom", "Kwzqx% Kwzqxaciers inc."),
    ("neq", ""),
    ("contact", "Jeanne Kwzqxcontact%"),
    ("courriel", "j.kwzqxcourriel%@kwzqxdomaine%.test"),
    ("telephone", ""),
    ("adresse", "12%, rue Kwzqxadresse%, Québec"),
    ("lat", ""),
    ("lon", ""),
    ("groupe", "Gestion Kwzqxgroupe%"),
    ("flux_id", "kwzqxflux-%"),
    ("sens", "extrant"),
    ("categorie", "bois"),
    ("description", "retailles kwzqxdescription% pour kwzqxusage%"),
    ("quantite", ""),
    ("unite", "kg"),
    ("conditions", "quai kwzqxconditions%"),
    ("note", "kwzqxnote%"),
    ("kwzqxentete", "kwzqxlibre% jamais nommée"),
];

/// Words of the rows; equal ones in two sources are one company spelt differently.
const WORDS: &[&str] = &["alpha", "beta", "gamma", "delta", "omega"];

fn table(source: usize) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (number, word) in (0..).zip(WORDS) {
        let row = FIELDS.iter().map(|(field, text)| match *field {
            "neq" => format!("11770001{:02}", number + 1),
            "telephone" => format!("418 555-70{:02}", number + 1),
            "lat" => format!("46.87654{:02}", number + 1),
            "lon" => format!("-71.28765{:02}", number + 1),
            "categorie" if number == 4 => "metaux".to_owned(),
            "quantite" if number == 4 => "7654321".to_owned(),
            "quantite" => (90_000 + 1_000 * source + 100 * number).to_string(),
            _ => text.replace('%', &format!("{word}{}", ["un", "deux", "trois"][source])),
        });
        rows.push(row.collect());
    }
    // The same company spelt otherwise: another name that is kept, and never shown.
    if source == 1 {
        rows[0][1] = "KWZQXALPHA (Kwzqxautre)".to_owned();
    }
    let column = |name: &str| FIELDS.iter().position(|(field, _)| *field == name).unwrap();
    let wrong = [("quantite", "-17"), ("sens", "kwzqxsens"), ("nom", ""), ("categorie", "kwzqxcategorie")];
    for (field, text) in wrong {
        let mut row = rows[1].clone();
        row[column("flux_id")] = format!("kwzqxflux-{field}");
        row[column(field)] = text.to_owned();
        rows.push(row);
    }
    let mut row = rows[2].clone();
    row[column("flux_id")] = "kwzqxflux-divers".to_owned();
    row[column("courriel")] = "kwzqx chez nous".to_owned();
    row[column("unite")] = "kwzqxunite".to_owned();
    rows.push(row);
    rows
}

pub(crate) struct Trial {
    folder: tempfile::TempDir,
}

impl Trial {
    /// Rows of all sources.
    pub(crate) const ROWS: usize = 3 * 10 + 3;
    /// Rows with a negative quantity or a wrong direction; a name that is missing is known by its number.
    pub(crate) const REFUSED: usize = 3 * 2;
    /// The row with a negative quantity of the second source.
    pub(crate) const REFUSED_ROW: &str = "visites:7";

    pub(crate) fn new() -> Self {
        let trial = Self { folder: tempfile::tempdir().unwrap() };
        for part in ["inputs", "suivi", "mappings", "models"] {
            fs::create_dir_all(trial.path("essai").join(part)).unwrap();
        }
        let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale/models");
        for entry in fs::read_dir(home).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, trial.path("essai/models").join(path.file_name().unwrap())).unwrap();
        }
        fs::write(trial.path("essai/pipeline.toml"), SETTINGS).unwrap();
        let mapped = FIELDS.iter().filter(|(field, _)| !field.starts_with(MARK));
        let columns: Vec<String> = mapped.map(|(field, _)| format!("\"{field}\" = \"{field}\"\n")).collect();
        let constants = "\n[constants]\nparc = \"beauport\"\nfrequence = \"an\"\ntype = \"matiere\"\n";
        fs::write(
            trial.path("essai/mappings/flux.toml"),
            format!("[columns]\n{}{constants}", columns.concat()),
        )
        .unwrap();
        let columns: Vec<String> =
            FOLLOWED.iter().map(|(field, _)| format!("\"{field}\" = \"{field}\"\n")).collect();
        fs::write(trial.path("essai/mappings/suivi.toml"), format!("[columns]\n{}", columns.concat()))
            .unwrap();
        let header: Vec<String> = FIELDS.iter().map(|(field, _)| (*field).to_owned()).collect();
        let workbook = workbook("Kwzqxfeuille", &header, &table(0));
        fs::write(trial.path("essai/inputs/atelier Kwzqxfichier.xlsx"), workbook).unwrap();
        let mut csv = csv::Writer::from_path(trial.path("essai/inputs/visites-kwzqxcsv.csv")).unwrap();
        csv.write_record(&header).unwrap();
        for row in &table(1) {
            csv.write_record(row).unwrap();
        }
        csv.flush().unwrap();
        let object =
            |row: &Vec<String>| header.iter().cloned().zip(row.iter().cloned().map(Into::into)).collect();
        let records: Vec<serde_json::Value> =
            table(2).iter().map(|row| serde_json::Value::Object(object(row))).collect();
        let json = serde_json::json!({"data": {"flux": records}}).to_string();
        fs::write(trial.path("essai/inputs/page-kwzqxjson.json"), json).unwrap();
        let header: Vec<String> = FOLLOWED.iter().map(|(field, _)| (*field).to_owned()).collect();
        let rows: Vec<Vec<String>> = (0..3)
            .map(|number| FOLLOWED.iter().map(|(_, text)| text.replace('%', WORDS[number])).collect())
            .collect();
        fs::write(
            trial.path("essai/suivi/kwzqxsuivi.xlsx"),
            self::workbook("Kwzqxsynergies", &header, &rows),
        )
        .unwrap();
        trial
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        let base = ["run", "essai", "--as-of", "2026-01-15", "--state", "state"];
        settle(&self.path("essai/inputs"));
        settle(&self.path("essai/suivi"));
        let json: &[&str] = if arguments.contains(&"--quiet") { &[] } else { &["--json"] };
        Command::new(env!("CARGO_BIN_EXE_maillage"))
            .args([&base, json, arguments].concat())
            .envs(environment.iter().copied())
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }

    pub(crate) fn maillage(&self, arguments: &[&str]) -> Output {
        settle(&self.path("essai/inputs"));
        settle(&self.path("essai/suivi"));
        Command::new(env!("CARGO_BIN_EXE_maillage"))
            .args(arguments)
            .current_dir(self.folder.path())
            .output()
            .unwrap()
    }
}

const FOLLOWED: &[(&str, &str)] = &[
    ("synergie_id", "kwzqxsynergie-%"),
    ("fournisseur", "Kwzqx%un Kwzqxaciers inc."),
    ("receveur", "Kwzqxreceveur% Kwzqxtiers"),
    ("description", "palettes kwzqxressource%"),
    ("statut", "realisee"),
    ("quantite", "50000"),
    ("unite", "kg"),
    ("raison_abandon", "kwzqxraison%"),
    ("note", "kwzqxremarque%"),
];

fn workbook(sheet: &str, header: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let page = workbook.add_worksheet().set_name(sheet).unwrap();
    for (row, cells) in (0..).zip(std::iter::once(header).chain(rows.iter().map(Vec::as_slice))) {
        for (column, text) in (0..).zip(cells) {
            page.write_string(row, column, text).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

/// Every file below a folder as texts: its bytes as they are, and for Parquet each value, name and note.
pub(crate) fn everything(folder: &Path) -> Vec<(String, String)> {
    let mut folders = vec![folder.to_owned()];
    let mut texts = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let shown = path.display().to_string();
            if bytes.starts_with(b"PAR1") {
                texts.push((shown.clone(), values(bytes.clone())));
            }
            texts.push((shown, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    texts.sort();
    texts
}

fn values(bytes: Vec<u8>) -> String {
    use arrow::util::display::{ArrayFormatter, FormatOptions};
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))
            .unwrap();
    let (metadata, schema) = (reader.metadata(), reader.schema().fields());
    let notes = metadata.file_metadata().key_value_metadata();
    let mut text = format!("{schema:?}\n{notes:?}\n{:?}\n", metadata.row_groups());
    for batch in reader.build().unwrap() {
        let batch = batch.unwrap();
        for column in batch.columns() {
            let options = FormatOptions::default();
            let shown = ArrayFormatter::try_new(column, &options).unwrap();
            (0..column.len()).for_each(|row| text += &format!("{}\n", shown.value(row)));
        }
    }
    text
}
