//! A bad day: each fault gives one clear message and the documented exit code, and the last
//! release stays as it was.

use super::corpus::tells_panic;
use rust_xlsxwriter::Workbook;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

pub(crate) const SETTINGS: &str = concat!(
    r#"name = "jours"
synthetic = true

[[sources]]
name = "visites"
records = "flows"
files = ["inputs/visites.xlsx"]
mapping = "mappings/flux.toml"
header_row = 1
quiet_seconds = 0

"#,
    include_str!("../trial.toml")
);

const MAPPING: &str = "[columns]\n\"Entreprise\" = \"nom\"\n\"Sens\" = \"sens\"\n\"Description\" = \"description\"\n\
     \"Quantité\" = \"quantite\"\n\"Unité\" = \"unite\"\n\n[constants]\nparc = \"beauport\"\nfrequence = \"an\"\n";

/// A pipeline whose workbook holds ten rows of invented companies.
pub(crate) struct Day {
    folder: tempfile::TempDir,
}

impl Day {
    pub(crate) fn new() -> Self {
        let day = Self { folder: tempfile::tempdir().unwrap() };
        let home = Path::new(env!("CARGO_MANIFEST_DIR"));
        for part in ["inputs", "mappings", "models"] {
            fs::create_dir_all(day.path("jours").join(part)).unwrap();
        }
        let model = "models/flux_par_parc.sql";
        fs::copy(home.join("pipelines/capitale-nationale").join(model), day.path("jours").join(model))
            .unwrap();
        day.write("pipeline.toml", SETTINGS);
        day.write("mappings/flux.toml", MAPPING);
        fs::write(day.path("jours/inputs/visites.xlsx"), workbook(|row| 100 + row)).unwrap();
        day
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.path("jours").join(path), text).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(&["run", "jours", "--as-of", "2026-01-15"]).args(arguments).output().unwrap()
    }

    /// The built program in the folder of the day.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_maillage"));
        command.args(arguments).current_dir(self.folder.path()).env("NO_COLOR", "1");
        command
    }

    /// The release that readers see, file by file.
    pub(crate) fn release(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![fs::canonicalize(self.path("published/current")).unwrap()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push((path.clone(), fs::read(path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }

    /// Runs on the bad day: the code, every word, no name, and the release of the day before.
    pub(crate) fn fails(&self, arguments: &[&str], code: i32, words: &[&str]) {
        let before = self.release();
        let output = self.run(arguments);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{message}");
        for word in words {
            assert!(message.contains(word), "{word}: {message}");
        }
        assert!(!message.contains("secret"), "{message}");
        assert!(!message.contains("Canari") && !tells_panic(&message), "{message}");
        assert!(self.release() == before, "the release changed");
    }
}

/// Ten rows of invented companies; tonnes by row.
pub(crate) fn workbook(tonnes: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in (0..).zip(["Entreprise", "Sens", "Description", "Quantité", "Unité"]) {
        sheet.write_string(0, column, header).unwrap();
    }
    for row in 1..=10_u32 {
        sheet.write_string(row, 0, format!("Canari {row} inc.")).unwrap();
        sheet.write_string(row, 1, "offre").unwrap();
        sheet.write_string(row, 2, "palettes de bois").unwrap();
        sheet.write_number(row, 3, f64::from(tonnes(row))).unwrap();
        sheet.write_string(row, 4, "t").unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

/// Files as if they had been written long ago: what is written to as a run begins waits for the next one.
pub(crate) fn settle(folder: &Path) {
    let past = SystemTime::now() - Duration::from_hours(2);
    let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    for file in files.filter(|file| file.is_file()) {
        fs::File::options().write(true).open(file).unwrap().set_modified(past).unwrap();
    }
}

pub(crate) fn good_day() -> Day {
    let day = Day::new();
    let output = day.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    day
}

#[test]
fn a_missing_file_is_named_as_the_settings_name_it() {
    let day = good_day();
    fs::remove_file(day.path("jours/inputs/visites.xlsx")).unwrap();
    day.fails(&[], 65, &["inputs/visites.xlsx", "is not there", "help:"]);
}

#[test]
fn a_truncated_workbook_is_unreadable() {
    let day = good_day();
    let input = day.path("jours/inputs/visites.xlsx");
    let bytes = fs::read(&input).unwrap();
    fs::write(&input, &bytes[..bytes.len() / 2]).unwrap();
    day.fails(&[], 65, &["inputs/visites.xlsx", "help:"]);
}

#[test]
fn a_locked_workbook_asks_for_its_password_to_be_taken_off() {
    let Some(shared) = std::env::var_os("MAILLAGE_SHARED").map(PathBuf::from) else {
        eprintln!("SKIPPED: MAILLAGE_SHARED names no folder, so no locked workbook was read");
        return;
    };
    let day = good_day();
    let locked = shared.join("corpora/calamine/pass_protected.xlsx");
    fs::copy(locked, day.path("jours/inputs/visites.xlsx")).unwrap();
    day.fails(&[], 65, &["inputs/visites.xlsx", "password", "help:"]);
}

#[test]
fn a_wrong_header_lists_the_expected_ones() {
    let day = good_day();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for column in 0..5 {
        sheet.write_string(0, column, format!("Colonne {column}")).unwrap();
        sheet.write_string(1, column, format!("Canari {column}")).unwrap();
    }
    fs::write(day.path("jours/inputs/visites.xlsx"), workbook.save_to_buffer().unwrap()).unwrap();
    day.fails(&[], 65, &["inputs/visites.xlsx", "Description", "help:"]);
}

#[test]
fn more_refused_rows_than_the_limit_break_the_contract() {
    let day = good_day();
    day.write("mappings/flux.toml", &MAPPING.replace("\"Sens\" = \"sens\"", "\"Sens\" = \"note\""));
    day.fails(&[], 3, &["quarantaine.xlsx", "limits.rejected_percent"]);
}

#[test]
fn a_typing_error_in_the_settings_is_shown_with_the_right_word() {
    let day = good_day();
    day.write("pipeline.toml", &SETTINGS.replace("synthetic = true", "synthetik = true"));
    day.fails(&[], 78, &["synthetik", "`synthetic`"]);
}

#[test]
fn a_platform_that_nobody_runs_is_unreachable() {
    let day = good_day();
    // A port that was free a moment ago: nobody answers there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let source = format!("http = {{ url = \"http://127.0.0.1:{port}/flux?parc=secret\", retries = 0 }}");
    day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &source));
    day.fails(&[], 69, &["127.0.0.1", "not reachable", "help:"]);
}

#[test]
fn a_platform_that_is_busy_asks_to_try_again_later() {
    let day = good_day();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let platform = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let read = stream.read(&mut request).unwrap();
        assert!(request[..read].starts_with(b"GET /flux"));
        stream
            .write_all(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 9000\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            .unwrap();
    });
    let source = format!("http = {{ url = \"http://{address}/flux\", retries = 0 }}");
    day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &source));
    day.fails(&[], 75, &["127.0.0.1", "later", "429"]);
    platform.join().unwrap();
}

#[test]
fn a_platform_whose_first_page_is_empty_today_publishes_nothing() {
    let day = Day::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let rows: Vec<String> = (1..=10)
        .map(|row| {
            format!(
                "{{\"Entreprise\":\"Canari {row} inc.\",\"Sens\":\"offre\",\"Description\":\"palettes de bois\",\"Quantité\":{},\"Unité\":\"t\"}}",
                100 + row
            )
        })
        .collect();
    let pages = [format!("[{}]", rows.join(",")), "[]".to_owned()];
    let platform = std::thread::spawn(move || {
        for page in pages {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            assert!(request[..read].starts_with(b"GET /flux"));
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";
            let answer = format!("{head}Content-Length: {}\r\n\r\n{page}", page.len());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    let source = format!("http = {{ url = \"http://{address}/flux\", retries = 0 }}");
    day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &source));
    let output = day.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    day.fails(&[], 3, &["`visites` gave 0 rows, and 10 in the last run", "least_percent = 0", "help:"]);
    platform.join().unwrap();
}

#[test]
fn a_published_folder_that_cannot_be_written_is_named() {
    let day = good_day();
    fs::write(day.path("occupied"), "a file").unwrap();
    // The kernel's own tree refuses new folders to everybody, the superuser included.
    for folder in ["occupied", "/proc/maillage"] {
        day.fails(&["--published", folder], 1, &[folder, "help:"]);
    }
}

#[test]
fn a_state_folder_inside_the_published_one_is_refused() {
    let day = good_day();
    day.fails(&["--state", "published/state"], 1, &["inside each other", "help:"]);
}

#[test]
fn too_many_warnings_publish_and_say_so() {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}\n[limits]\nwarning_percent = 0\n"));
    day.write("mappings/flux.toml", &MAPPING.replace("parc = \"beauport\"", "parc = \"ailleurs\""));
    let output = day.run(&[]);
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(day.path("published/current").exists());
}

#[test]
fn owners_that_the_mapping_promises_and_no_file_holds_end_the_run() {
    let day = good_day();
    let before = day.release();
    day.write(
        "mappings/flux.toml",
        &MAPPING.replace("[constants]", "\"Groupe\" = \"groupe\"\n\n[constants]"),
    );
    let output = day.run(&[]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{message}");
    assert!(
        message.contains("`visites`") && message.contains("`groupe`") && message.contains("help:"),
        "{message}"
    );
    assert!(day.release() == before, "the last release changed");
    let checked = day.command(&["check", "jours"]).output().unwrap();
    let message = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert_eq!(checked.status.code(), Some(3), "{message}");
    assert!(message.contains("`groupe`"), "{message}");
}
