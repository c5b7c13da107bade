//! Canaries in every confidential field of every source: none of them leaves, in any file or message.
//! Files are decoded by this test's own code, apart from the gate.

use crate::trial::{MARK, Trial, everything};
use std::fs;

/// Digits that are nobody's business: enterprise numbers, telephones, coordinates, and what one company
/// alone declared.
const NUMBERS: &[&str] = &[
    "1177000101",
    "1177000102",
    "1177000103",
    "4185557001",
    "4185557002",
    "4185557003",
    "8765401",
    "8765402",
    "7654321",
    "7654.321",
    "7 654 321",
    "7\u{a0}654\u{a0}321",
    "7\u{202f}654\u{202f}321",
];

/// What is confidential in a text, if anything.
fn found(text: &str) -> Option<String> {
    let folded = text.to_lowercase();
    if let Some(at) = folded.find(MARK) {
        return Some(folded[at..].chars().take(20).collect());
    }
    let plain: String = folded.chars().filter(|character| !"()-".contains(*character)).collect();
    let glued = plain.replace(' ', "");
    NUMBERS
        .iter()
        .find(|number| plain.contains(**number) || glued.contains(*number))
        .map(|number| (*number).to_owned())
}

#[test]
fn no_canary_of_any_field_of_any_source_leaves_in_a_file_or_a_message() {
    let trial = Trial::new();
    let output = trial.run(&[], &[("MAILLAGE_LOG", "trace")]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["rows"], Trial::ROWS, "{summary}");
    assert_eq!(summary["rejected"], Trial::REFUSED, "{summary}");
    // The canaries were read: the private state holds them.
    let findings = fs::read_to_string(trial.path("state/constats.jsonl")).unwrap();
    assert!(findings.to_lowercase().contains(MARK));
    let mut texts = vec![
        ("stdout".to_owned(), String::from_utf8(output.stdout).unwrap()),
        ("stderr".to_owned(), String::from_utf8(output.stderr).unwrap()),
    ];
    for verb in ["status", "runs", "releases"] {
        for json in [&[][..], &["--json"]] {
            let output = trial.maillage(&[&[verb, "--state", "state"], json].concat());
            texts.push((verb.to_owned(), String::from_utf8_lossy(&output.stdout).into_owned()));
            texts.push((verb.to_owned(), String::from_utf8_lossy(&output.stderr).into_owned()));
        }
    }
    let published = everything(&trial.path("published"));
    assert!(published.iter().any(|(path, _)| path.ends_with(".parquet")));
    texts.extend(published);
    assert!(texts.iter().any(|(_, text)| text.contains("beauport")));
    for (place, text) in &texts {
        assert_eq!(found(text), None, "{place}");
        assert_eq!(found(place), None, "{place}");
    }
}

#[test]
fn this_tests_own_decoder_finds_what_is_planted() {
    let folder = tempfile::tempdir().unwrap();
    let column = std::sync::Arc::new(arrow::array::StringArray::from(vec!["bois", "Kwzqx inc."]));
    let batch =
        arrow::record_batch::RecordBatch::try_from_iter([("a", column as arrow::array::ArrayRef)]).unwrap();
    let mut bytes = Vec::new();
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default()))
        .set_statistics_enabled(parquet::file::properties::EnabledStatistics::None)
        .set_dictionary_enabled(false)
        .build();
    let mut writer =
        parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    fs::write(folder.path().join("a.parquet"), bytes).unwrap();
    assert!(everything(folder.path()).iter().any(|(_, text)| found(text).is_some()));
    assert!(found("tel. (418) 555-7001").is_some() && found("NEQ 1177000101").is_some());
    assert_eq!(found("beauport, 12"), None);
}

#[test]
fn a_model_that_would_publish_confidential_values_is_stopped_and_the_last_release_stays() {
    let trial = Trial::new();
    assert_eq!(trial.run(&[], &[]).status.code(), Some(0));
    let before = everything(&trial.path("published"));
    let model = |dimension: &str, description: &str| {
        format!(
            "-- title_fr: Essai\n-- title_en: Trial\n-- description_fr: {description}\n-- description_en: Trial.\n\
             -- dimension cle: Clé | Key\n-- measure nombre [nombre]: Nombre | Number\n-- contributors: groupe\n\n\
             SELECT enregistrement, groupe, {dimension} AS cle, CAST(1 AS BIGINT) AS nombre FROM flux\n"
        )
    };
    for (sql, words) in [
        // No table of the models has a name, an address or a text: the allow-list of columns sees to it.
        (model("nom", "Essai."), "No field named nom"),
        (model("description", "Essai."), "No field named description"),
        // Pseudonyms are there, to count groups, and the gate keeps them in.
        (model("groupe", "Essai."), "pseudonyme"),
        (model("concat('lot-', enregistrement)", "Essai."), "pseudonyme"),
        (model("'Kwzqxalphaun Kwzqxaciers'", "Essai."), "nom"),
        (model("parc", "Merci à Kwzqxalphaun Kwzqxaciers."), "nom"),
    ] {
        fs::write(trial.path("essai/models/fuite.sql"), &sql).unwrap();
        let output = trial.run(&["--quiet"], &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = if words.starts_with("No field") { 78 } else { 1 };
        assert_eq!(output.status.code(), Some(code), "{sql}\n{message}");
        assert!(message.contains(words), "{sql}\n{message}");
        assert!(!message.to_lowercase().contains(MARK), "{message}");
        assert!(output.stdout.is_empty());
        let after = everything(&trial.path("published"));
        let names =
            |files: &[(String, String)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
        assert_eq!(names(&after), names(&before));
        assert!(after == before, "the release changed");
    }
}

#[test]
fn settings_that_name_somebody_are_refused_at_their_place() {
    let trial = Trial::new();
    assert_eq!(trial.run(&[], &[]).status.code(), Some(0));
    let before = everything(&trial.path("published"));
    let settings = fs::read_to_string(trial.path("essai/pipeline.toml")).unwrap();
    let model = fs::read_to_string(trial.path("essai/models/flux_par_parc.sql")).unwrap();
    let park = "name = { fr = \"Beauport\"";
    let contact = "contact = \"https://example.org/contact\"";
    let title = model.lines().find(|line| line.starts_with("-- title_fr:")).unwrap();
    let declared = model.lines().find(|line| line.starts_with("-- dimension parc:")).unwrap();
    let refused = |settings: &str, model: &str, place: &str, kind: &str| {
        fs::write(trial.path("essai/pipeline.toml"), settings).unwrap();
        fs::write(trial.path("essai/models/flux_par_parc.sql"), model).unwrap();
        fs::remove_file(trial.path("state/constats.jsonl")).unwrap();
        let output = trial.run(&["--quiet"], &[]);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{place}: {message}");
        assert!(
            trial.path("state/constats.jsonl").exists(),
            "{place}: findings tell of the row that is named"
        );
        assert!(
            message.contains(place) && message.contains(kind) && message.contains("help:"),
            "{place}: {message}"
        );
        assert!(!message.to_lowercase().contains(MARK), "{message}");
        assert!(everything(&trial.path("published")) == before, "the release changed");
    };
    let with = |right: &str, wrong: &str| {
        assert!(settings.contains(right));
        settings.replace(right, wrong)
    };
    let named = with(park, "name = { fr = \"Parc Jeanne Kwzqxcontactalphaun\"");
    refused(&named, &model, "`name.fr` of the park `beauport`", "contact");
    let named = with(contact, "contact = \"j.kwzqxcourrielalphaun@kwzqxdomainealphaun.test\"");
    refused(&named, &model, "`publication.contact`", "courriel");
    // A name of several words, written as one.
    let joined = "kwzqxalphaunkwzqxaciers";
    for (right, wrong, place) in [
        (park, format!("name = {{ fr = \"Parc {joined}\""), "`name.fr` of the park `beauport`"),
        (contact, format!("contact = \"https://{joined}.test/\""), "`publication.contact`"),
    ] {
        refused(&with(right, &wrong), &model, place, "nom");
    }
    let named = model.replace(title, "-- title_fr: Flux KwzqxalphaunKwzqxaciers");
    refused(&settings, &named, "`title_fr` of the model `flux_par_parc`", "nom");
    let named = model.replace(declared, "-- dimension parc: Gestion Kwzqxgroupealphaun | Park");
    refused(&settings, &named, "the title of `parc` in the model `flux_par_parc`", "groupe");
    let told =
        model.replace(title, "-- title_fr: Des retailles kwzqxdescriptionalphaun pour kwzqxusagealphaun");
    refused(&settings, &told, "`title_fr` of the model `flux_par_parc`", "description");
    // A mailbox that a person reviewed is the programme's own.
    let mailbox = "j.kwzqxcourrielalphaun@kwzqxdomainealphaun.test";
    let reviewed = with(contact, &format!("contact = \"{mailbox}\"\npublic_words = [\"{mailbox}\"]"));
    fs::write(trial.path("essai/pipeline.toml"), reviewed).unwrap();
    fs::write(trial.path("essai/models/flux_par_parc.sql"), &model).unwrap();
    let output = trial.run(&["--quiet"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn names_that_an_operator_gives_are_looked_at_like_titles() {
    let trial = Trial::new();
    let settings = fs::read_to_string(trial.path("essai/pipeline.toml")).unwrap();
    let model = fs::read_to_string(trial.path("essai/models/flux_par_parc.sql")).unwrap();
    // What is bounded by it would miss it under another name.
    fs::remove_file(trial.path("essai/models/potentiel.sql")).unwrap();
    // Of the first company of a file: its name in two words and in one, and its number.
    let (name, glued, number) = ("kwzqxalphaun_kwzqxaciers", "kwzqxalphaunkwzqxaciers", "p1177000101");
    let refused = |settings: &str, model: &str, file: &str, place: &str| {
        fs::write(trial.path("essai/pipeline.toml"), settings).unwrap();
        let _absent = fs::remove_file(trial.path("essai/models/flux_par_parc.sql"));
        let path = trial.path("essai/models").join(format!("{file}.sql"));
        fs::write(&path, model).unwrap();
        let output = trial.run(&["--quiet"], &[]);
        fs::remove_file(path).unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{place}: {message}");
        assert!(message.contains(place) && message.contains("help:"), "{place}: {message}");
        assert!(!message.to_lowercase().contains(MARK) && !message.contains("1177000101"), "{message}");
        assert!(!trial.path("published/current").exists());
    };
    let own = "flux_par_parc";
    for text in [name, glued, number] {
        refused(&settings, &model, text, "the file name of model");
        let dimension = model.replace("-- dimension sens:", &format!("-- dimension {text}:"));
        let dimension = dimension.replace("categorie, sens,", &format!("categorie, sens AS {text},"));
        refused(&settings, &dimension, own, "dimension 3 of model");
        let measure = model.replace("-- measure nombre", &format!("-- measure {text}"));
        let measure = measure.replace("AS nombre", &format!("AS {text}"));
        refused(&settings, &measure, own, "measure 1 of model");
        refused(&settings, &model.replace("[kg/an]", &format!("[kg {text}]")), own, "measure 2 of model");
        let code = text.replace('_', "-");
        let park =
            settings.replace("code = \"beauport\"", &format!("code = \"{code}\"\naliases = [\"beauport\"]"));
        refused(&park, &model, own, "`code` of park 1");
        let named = settings.replace("name = \"essai\"", &format!("name = \"{code}\""));
        refused(&named, &model, own, "`name` in `pipeline.toml`");
    }
    // A number in any grouping.
    for number in ["1177 0001 01", "1177/000/101", "11-77-00-01-01"] {
        let told = settings.replace("\"Données synthétiques.\"", &format!("\"Avec {number}.\""));
        refused(&told, &model, own, "neq of the row");
    }
    // A source is named nowhere, and makes nothing public.
    let source = settings.replace("name = \"visites\"", "name = \"kwzqxalphaun-kwzqxaciers\"");
    let told = source.replace("\"Données synthétiques.\"", "\"Chez Kwzqxalphaun Kwzqxaciers.\"");
    refused(&told, &model, own, "`publication.description.fr`");
    fs::write(trial.path("essai/pipeline.toml"), source).unwrap();
    fs::write(trial.path("essai/models/flux_par_parc.sql"), &model).unwrap();
    let output = trial.run(&["--quiet"], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(everything(&trial.path("published")).iter().all(|(_, text)| found(text).is_none()));
}

#[test]
fn logs_are_json_lines_with_numbers_and_quiet_is_quiet() {
    let trial = Trial::new();
    let output = trial.run(&[], &[]);
    let lines = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let stages: Vec<_> = lines.iter().filter_map(|line| line["stage"].as_str()).collect();
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let told: Vec<_> =
        summary["stages"].as_array().unwrap().iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
    assert_eq!(stages, told);
    assert!(stages.starts_with(&["ingest"]) && stages.contains(&"publish"), "{stages:?}");
    assert!(summary["stages"][0]["peak_rss_kib"].as_u64().unwrap() > 1000);
    assert!(trial.run(&["--quiet"], &[]).stderr.is_empty());
}

#[test]
fn a_refused_row_and_a_withheld_cell_are_explained_to_the_operator() {
    let trial = Trial::new();
    assert_eq!(trial.run(&[], &[]).status.code(), Some(0));
    let explain = |what: &[&str]| {
        let output = trial.maillage(&[&["explain", "--state", "state"], what].concat());
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.code(), text)
    };
    let (code, text) = explain(&[Trial::REFUSED_ROW]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("ligne refusée") && text.contains("row refused") && text.contains("-17"), "{text}");
    let (code, text) = explain(&["visites:9999"]);
    assert!(code == Some(2) && text.contains("visites:"), "{text}");
    let withheld = fs::read_to_string(trial.path("state/explications.jsonl")).unwrap();
    let first: serde_json::Value = serde_json::from_str(withheld.lines().next().unwrap()).unwrap();
    let codes: Vec<&str> =
        first["cell"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    let table = first["table"].as_str().unwrap();
    let bracketed = format!("{table}[{}]", codes.join(", "));
    let spaced = [&[table, first["measure"].as_str().unwrap()], &codes[..]].concat();
    for what in [&[bracketed.as_str()][..], &spaced] {
        let (code, text) = explain(what);
        assert!(code == Some(0) && text.contains("retenue") && text.contains("withheld"), "{what:?} {text}");
    }
    let (code, text) = explain(&[&format!("{table}[ailleurs]")]);
    assert!(code == Some(2) && text.contains(&format!("{table}[")), "{text}");
}
