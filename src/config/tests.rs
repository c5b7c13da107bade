use super::load;
use std::fs;

const GOOD: &str = r#"name = "essai"
[[sources]]
name = "ateliers"
records = "flows"
files = ["inputs/*.xlsx"]
mapping = "mapping.toml"
[[parks]]
code = "beauport"
name = { fr = "Beauport", en = "Beauport" }
latitude = 46.86
longitude = -71.19
[schedule]
cron = "30 2 * * *"
zone = "America/Toronto"
[publication]
title = { fr = "Titre", en = "Title" }
description = { fr = "Texte", en = "Text" }
publisher = "Essai"
licence = "CC-BY-4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
contact = "https://example.org/contact"
base_url = "https://example.org/"
"#;

const MAPPING: &str = "[columns]\n\"Entreprise\" = \"nom\"\n[words.sens]\n\"offre\" = \"extrant\"\n";

fn reports(settings: &str, mapping: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    fs::write(folder.path().join("models/flux.sql"), "SELECT 1").unwrap();
    fs::write(folder.path().join("pipeline.toml"), settings).unwrap();
    fs::write(folder.path().join("mapping.toml"), mapping).unwrap();
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none()).with_width(200);
    let mut shown = String::new();
    for error in load(folder.path()).err().unwrap_or_default() {
        handler.render_report(&mut shown, &error).unwrap();
    }
    shown
}

#[test]
fn good_settings_have_no_errors() {
    assert_eq!(reports(GOOD, MAPPING), "");
}

#[test]
fn each_mistake_is_shown_at_its_line_with_a_repair() {
    for (right, wrong, line, repair) in [
        ("cron = \"30 2 * * *\"", "cron = \"30 2 *\"", 13, "30 2 * * *"),
        ("zone = \"America/Toronto\"", "zone = \"America/Quebecville\"", 14, "America/Toronto"),
        ("zone =", "zonne =", 14, "did you mean `zone`?"),
        ("records = \"flows\"", "records = \"flow\"", 4, "did you mean `flows`?"),
        ("code = \"beauport\"", "code = \"Beauport Nord\"", 8, "lower-case"),
        ("latitude = 46.86", "latitude = 146.86", 10, "degrees north"),
        ("base_url = \"https://example.org/\"", "base_url = \"example.org\"", 22, "slash"),
        ("files = [\"inputs/*.xlsx\"]", "files = [\"inputs/[.xlsx\"]", 5, "close every"),
        ("files = [\"inputs/*.xlsx\"]\n", "", 2, "exactly one"),
    ] {
        assert!(GOOD.contains(right));
        let shown = reports(&GOOD.replacen(right, wrong, 1), MAPPING);
        assert!(shown.contains(&format!("pipeline.toml:{line}:")), "{wrong}: {shown}");
        assert!(shown.contains(repair), "{wrong}: {shown}");
        assert!(shown.contains("here"), "{wrong}: {shown}");
    }
}

#[test]
fn a_mapping_is_checked_against_the_fields_and_codes() {
    let shown = reports(GOOD, &MAPPING.replace("\"nom\"", "\"nomm\"").replace("extrant", "sortant"));
    assert!(shown.contains("mapping.toml:2:") && shown.contains("did you mean `nom`?"), "{shown}");
    assert!(shown.contains("mapping.toml:4:") && shown.contains("did you mean `extrant`?"), "{shown}");
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let wrong = GOOD.replace("30 2 * * *", "never").replace("America/Toronto", "Nowhere");
    let shown = reports(&wrong, &MAPPING.replace("nom", "nul"));
    assert_eq!(shown.matches("help:").count(), 3, "{shown}");
}
