//! The pilot through the built program: what it finds, that the same input gives the same bytes,
//! and the golden tree of its release.

use crate::bad_day::settle;
use crate::shuffle::{shuffle_pages, shuffle_workbook};
use calamine::Reader as _;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The day of every run here.
const DAY: &str = "2026-11-15";
/// Files of a release that the golden tree holds as text. Pages and their styles are left out: their
/// own tests look at them in a browser.
const TEXTS: [&str; 3] = ["csv", "json", "txt"];

fn program(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_maillage")).args(arguments).current_dir(folder).output().unwrap()
}

/// The pilot as `maillage init` writes it, with a key of its own.
struct Pilot {
    folder: tempfile::TempDir,
}

impl Pilot {
    fn new(key: u8) -> Self {
        let pilot = Self { folder: tempfile::tempdir().unwrap() };
        let output = program(pilot.folder.path(), &["init", "pilote"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        fs::create_dir(pilot.path("etat")).unwrap();
        let path = pilot.path("etat/pseudonymes.cle");
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
        file.write_all(&[key; 32]).unwrap();
        pilot
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn input(&self, name: &str) -> PathBuf {
        self.path("pilote/inputs").join(name)
    }

    fn run(&self) -> serde_json::Value {
        settle(&self.path("pilote/inputs"));
        let arguments =
            ["run", "pilote", "--as-of", DAY, "--state", "etat", "--published", "publie", "--json"];
        let output = program(self.folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Every file of the current release by its path.
    fn release(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&fs::canonicalize(self.path("publie/current")).unwrap())
    }

    /// A published table: a cell by the name of its column, row by row.
    fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let path = self.path(&format!("publie/current/donnees/{name}.csv"));
        csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
    }

    /// A file of the state with one JSON object a line.
    fn lines(&self, name: &str) -> Vec<serde_json::Value> {
        let text = fs::read_to_string(self.path("etat").join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn threads(&self, threads: u32) {
        let path = self.path("pilote/pipeline.toml");
        let settings = fs::read_to_string(&path).unwrap();
        assert!(settings.contains("\n[limits]\n"));
        fs::write(path, settings.replace("\n[limits]\n", &format!("\n[limits]\nthreads = {threads}\n")))
            .unwrap();
    }
}

fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

fn strings<'a>(objects: &'a [serde_json::Value], key: &str) -> Vec<&'a str> {
    objects.iter().filter_map(|object| object[key].as_str()).collect()
}

#[test]
fn the_pilot_is_as_large_and_as_varied_as_the_programme() {
    let pilot = Pilot::new(7);
    let summary = pilot.run();
    assert_eq!(summary["rows"], 237);
    assert!(summary["organisations"].as_u64().unwrap() >= 32, "{summary}");
    assert!(summary["flows"].as_u64().unwrap() >= 156, "{summary}");
    let values = |table: &str, column: &str| -> BTreeSet<String> {
        pilot.table(table).into_iter().map(|row| row[column].clone()).collect()
    };
    let parks = values("flux_par_parc", "parc");
    assert_eq!(parks, ["Total", "beauport", "canardiere", "port"].map(str::to_owned).into());
    let categories = [
        "bois",
        "carton_papier",
        "matieres_organiques",
        "metaux",
        "mineraux",
        "plastiques",
        "produits_chimiques",
        "produits_composants",
        "ressources_humaines",
        "textile",
        "verre",
    ];
    let published = values("flux_par_parc", "categorie");
    assert!(categories.iter().all(|category| published.contains(*category)), "{published:?}");
    let types =
        ["eau", "energie", "equipement", "espace", "expertise", "main_oeuvre", "matiere", "transport"];
    let published = values("flux_par_type", "type");
    assert!(types.iter().all(|flow_type| published.contains(*flow_type)), "{published:?}");
    let statuses = values("flux_par_parc", "statut_nombre");
    assert!(statuses.contains("publie") && statuses.contains("confidentiel"), "{statuses:?}");
    let matches = pilot.table("maillages_potentiels");
    let all = matches.iter().find(|row| row.values().filter(|value| *value == "Total").count() == 3).unwrap();
    assert!(all["nombre"].parse::<u32>().unwrap() > 100, "{all:?}");
    let synergies = pilot.table("synergies");
    let realised = synergies.iter().find(|row| row["statut"] == "realisee").unwrap();
    assert_eq!(realised["nombre"], "6");
    assert_eq!(synergies.len(), 7, "the total and every status");
}

#[test]
fn every_wrong_row_is_refused_or_warned_of_and_told_in_both_languages() {
    let pilot = Pilot::new(7);
    let summary = pilot.run();
    assert_eq!(summary["rejected"], 9);
    let findings = pilot.lines("constats.jsonl");
    let of = |severity: &str| -> Vec<(&str, &str)> {
        let chosen = findings.iter().filter(|finding| finding["severity"] == severity);
        let mut seen: Vec<_> = chosen
            .map(|finding| (finding["kind"].as_str().unwrap(), finding["where"].as_str().unwrap()))
            .collect();
        seen.sort_unstable();
        seen
    };
    let refused = [
        ("dates_inversees", "ateliers-2026.xlsx!Beauport!Y52"),
        ("erreur_de_tableur", "ateliers-2026.xlsx!Beauport!P51"),
        ("nom_absent", "ateliers-2026.xlsx!Beauport!50"),
        ("nom_absent", "plateforme-page-2.json!24"),
        ("quantite_hors_bornes", "ateliers-2026.xlsx!Canardière!P39"),
        ("quantite_negative", "ateliers-2026.xlsx!Beauport!P48"),
        ("sens_inconnu", "ateliers-2026.xlsx!Beauport!K49"),
        ("sens_inconnu", "plateforme-page-2.json!22 sens"),
        ("statut_inconnu", "suivi-synergies.xlsx!Suivi!F32"),
    ];
    assert_eq!(of("refus"), refused);
    let warned = of("avertissement");
    for expected in [
        ("courriel_invalide", "ateliers-2026.xlsx!Beauport!D53"),
        ("date_illisible", "visites-2026.ods!Visites!R16"),
        ("entreprise_inconnue", "suivi-synergies.xlsx!Suivi!B33"),
        ("neq_invalide", "ateliers-2026.xlsx!Canardière!B38"),
        ("oui_non_illisible", "ateliers-2026.xlsx!Beauport!T52"),
        ("parc_inconnu", "ateliers-2026.xlsx!Port!G23"),
        ("quantite_illisible", "ateliers-2026.xlsx!Beauport!P53"),
        ("unite_ambigue", "ateliers-2026.xlsx!Canardière!Q37"),
        ("unite_ambigue", "ateliers-2026.xlsx!Port!P14"),
    ] {
        assert!(warned.contains(&expected), "{expected:?} is not in {warned:?}");
    }
    // « 18 $/t » is a price of a tonne.
    assert!(!warned.iter().any(|(kind, _)| *kind == "montant_illisible"), "{warned:?}");
    let notes = strings(&findings, "kind");
    for kind in ["quantite_absente", "sous_total", "ligne_masquee", "entreprise_en_double", "flux_en_double"]
    {
        assert!(notes.contains(&kind), "{kind}");
    }
    let mut given_back: Vec<(String, String)> = Vec::new();
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(pilot.path("etat/quarantaine.xlsx")).unwrap();
    let sheets = book.sheet_names();
    let (counts, sources) = sheets.split_last().unwrap();
    assert_eq!(counts, "constats - findings");
    for sheet in sources {
        let rows = book.worksheet_range(sheet).unwrap();
        given_back.extend(rows.rows().skip(1).map(|row| (row[0].to_string(), row[1].to_string())));
    }
    // The place and the first reason are those of the refusal, whatever else was remarked on the row.
    for finding in findings.iter().filter(|finding| finding["severity"] == "refus") {
        let (place, message) = (&finding["where"], finding["message_fr"].as_str().unwrap());
        assert!(
            given_back.iter().any(|(at, reasons)| at == place && reasons.starts_with(message)),
            "{finding}: {given_back:?}"
        );
    }
    // Behind them stand the rows that count without a cell of theirs.
    let counting = given_back.iter().filter(|(_, reasons)| reasons.starts_with("La ligne compte, sans"));
    assert_eq!(given_back.len() - counting.count(), refused.len());
    for finding in &findings {
        for text in ["message_fr", "message_en", "repair_fr", "repair_en"] {
            assert!(finding[text].as_str().is_some_and(|text| text.ends_with(['.', ')'])), "{finding}");
        }
    }
}

#[test]
fn the_same_company_and_the_same_flow_are_found_across_sources() {
    let pilot = Pilot::new(7);
    pilot.run();
    let merges = pilot.lines("fusions.jsonl");
    let file = |place: &serde_json::Value| place.as_str().unwrap().split('!').next().unwrap().to_owned();
    let across = |what: &str| {
        let others = |merge: &serde_json::Value| {
            merge["merged"].as_array().unwrap().iter().any(|other| file(other) != file(&merge["kept"]))
        };
        merges.iter().filter(|merge| merge["what"] == what && others(merge)).count()
    };
    assert_eq!(across("flux"), 6);
    assert_eq!(across("entreprise"), 6);
    assert!(strings(&merges, "evidence_fr").iter().all(|evidence| !evidence.is_empty()));
}

#[test]
fn the_order_of_rows_the_threads_and_the_key_change_no_published_byte() {
    let pilot = Pilot::new(7);
    let first = pilot.run();
    let release = pilot.release();
    assert!(release.len() > 8, "{:?}", release.keys());

    let shuffled = Pilot::new(7);
    shuffled.threads(1);
    shuffle_workbook(&shuffled.input("ateliers-2026.xlsx"), 6);
    shuffle_workbook(&shuffled.input("suivi-synergies.xlsx"), 3);
    shuffle_pages(&["plateforme-page-1.json", "plateforme-page-2.json"].map(|page| shuffled.input(page)));
    let second = shuffled.run();
    for count in ["rows", "rejected", "organisations", "flows", "notes", "warnings", "withheld", "release"] {
        assert_eq!(second[count], first[count], "{count}");
    }
    assert_ne!(shuffled.lines("constats.jsonl"), pilot.lines("constats.jsonl"), "nothing was shuffled");
    assert!(shuffled.release() == release, "the order of rows or one thread changed a published byte");

    let other = Pilot::new(9);
    other.threads(8);
    assert_eq!(other.run()["release"], first["release"]);
    assert!(other.release() == release, "the key or eight threads changed a published byte");
}

/// What the release is in the golden tree: texts as they are, Parquet as lines of a list of checksums.
/// The release's name holds the hash of everything, pages too, so it is blanked first.
fn golden(release: &BTreeMap<String, Vec<u8>>, id: &str) -> BTreeMap<String, String> {
    let mut sums = String::new();
    let mut blanked = vec![(id.to_owned(), "RELEASE".to_owned())];
    for (path, bytes) in release.iter().filter(|(path, _)| path.ends_with(".parquet")) {
        let sum = maillage::store::sha256(&without(bytes, id.as_bytes()));
        sums.extend([sum.as_str(), "  ", path, "\n"]);
        blanked.push((maillage::store::sha256(bytes), sum));
    }
    let mut golden: BTreeMap<String, String> = release
        .iter()
        .filter(|(path, _)| TEXTS.contains(&path.rsplit('.').next().unwrap()))
        .map(|(path, bytes)| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            let text = blanked.iter().fold(text, |text, (written, blank)| text.replace(written, blank));
            (path.clone(), text)
        })
        .collect();
    golden.insert("parquet.sha256".to_owned(), sums);
    golden
}

/// The bytes with every occurrence of a word zeroed.
fn without(bytes: &[u8], word: &[u8]) -> Vec<u8> {
    let mut kept = bytes.to_vec();
    let starts: Vec<usize> =
        (0..=bytes.len() - word.len()).filter(|at| bytes[*at..].starts_with(word)).collect();
    for at in starts {
        kept[at..at + word.len()].fill(0);
    }
    kept
}

#[test]
fn the_release_of_the_pilot_is_the_golden_tree() {
    let pilot = Pilot::new(7);
    let id = pilot.run()["release"].as_str().unwrap().to_owned();
    let written = golden(&pilot.release(), &id);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/capitale-nationale");
    if std::env::var_os("MAILLAGE_BLESS").is_some() {
        if folder.exists() {
            fs::remove_dir_all(&folder).unwrap();
        }
        for (path, text) in &written {
            fs::create_dir_all(folder.join(path).parent().unwrap()).unwrap();
            fs::write(folder.join(path), text).unwrap();
        }
    }
    let kept: BTreeMap<String, String> =
        tree(&folder).into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect();
    let paths: BTreeSet<&String> = written.keys().chain(kept.keys()).collect();
    let changes: Vec<String> = paths
        .into_iter()
        .filter(|path| written.get(*path) != kept.get(*path))
        .map(|path| {
            let lines = |text: Option<&String>| -> Vec<String> {
                text.map_or_else(Vec::new, |text| text.lines().map(str::to_owned).collect())
            };
            let (new, old) = (lines(written.get(path)), lines(kept.get(path)));
            let at = (0..new.len().max(old.len())).find(|at| new.get(*at) != old.get(*at));
            let at = at.unwrap_or_default();
            format!("{path}, line {}: golden {:?}, release {:?}", at + 1, old.get(at), new.get(at))
        })
        .collect();
    assert!(
        changes.is_empty(),
        "{}\nhelp: when the change is meant, `MAILLAGE_BLESS=1 cargo test golden`",
        changes.join("\n")
    );
}

#[test]
fn init_writes_a_folder_that_checks_and_replaces_nobodys_work() {
    let folder = tempfile::tempdir().unwrap();
    let output = program(folder.path(), &["init", "mon réseau"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let (french, english) = (said.find("Publier"), said.find("Publish:"));
    assert!(french.is_some() && french < english, "{said}");
    assert!(said.contains("maillage run 'mon réseau'"), "{said}");
    let before = tree(folder.path());
    assert_eq!(program(folder.path(), &["check", "mon réseau"]).status.code(), Some(0));
    fs::write(folder.path().join("fichier"), "x").unwrap();
    for taken in ["mon réseau", ".", "fichier"] {
        let output = program(folder.path(), &["init", taken]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("rien n’est écrit") && said.contains("nothing is written"), "{said}");
    }
    fs::remove_file(folder.path().join("fichier")).unwrap();
    assert!(tree(folder.path()) == before);
    fs::create_dir(folder.path().join("vide")).unwrap();
    assert_eq!(program(folder.path(), &["init", "vide"]).status.code(), Some(0));
    // The same files, under a name of its own: two pipelines share no state.
    let settings =
        |pipeline: &str| fs::read_to_string(folder.path().join(pipeline).join("pipeline.toml")).unwrap();
    let (one, other) = (settings("vide"), settings("mon réseau"));
    assert!(one.contains("\nname = \"vide\"\n"), "{one}");
    assert_eq!(one.replace("name = \"vide\"", "name = \"mon-reseau\""), other);
    for pipeline in ["vide", "mon réseau"] {
        fs::remove_file(folder.path().join(pipeline).join("pipeline.toml")).unwrap();
    }
    assert!(tree(&folder.path().join("vide")) == tree(&folder.path().join("mon réseau")));
}
