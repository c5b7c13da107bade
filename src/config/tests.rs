use super::{SettingsError, load, surroundings};
use std::fs;

const GOOD: &str = concat!(
    r#"name = "essai"
[[sources]]
name = "ateliers"
records = "flows"
files = ["inputs/*.xlsx"]
mapping = "mapping.toml"
[schedule]
cron = "30 2 * * *"
zone = "America/Toronto"
"#,
    include_str!("../../tests/trial.toml")
);

const MAPPING: &str = "[columns]\n\"Entreprise\" = \"nom\"\n[words.sens]\n\"offre\" = \"extrant\"\n";

fn folder(settings: &str, mapping: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("models")).unwrap();
    fs::write(folder.path().join("models/flux.sql"), "SELECT 1").unwrap();
    fs::write(folder.path().join("pipeline.toml"), settings).unwrap();
    fs::write(folder.path().join("mapping.toml"), mapping).unwrap();
    folder
}

fn reports(settings: &str, mapping: &str) -> String {
    shown(load(folder(settings, mapping).path()).err().unwrap_or_default())
}

fn shown(errors: Vec<SettingsError>) -> String {
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::none()).with_width(200);
    let mut shown = String::new();
    for error in errors {
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
        ("cron = \"30 2 * * *\"", "cron = \"30 2 *\"", 8, "30 2 * * *"),
        ("zone = \"America/Toronto\"", "zone = \"America/Quebecville\"", 9, "America/Toronto"),
        ("zone =", "zonne =", 9, "did you mean `zone`?"),
        ("records = \"flows\"", "records = \"flow\"", 4, "did you mean `flows`?"),
        ("name = \"ateliers\"", "name = \"ateliers_2026\"", 3, "lower-case letters, digits and `-`"),
        ("code = \"beauport\"", "code = \"Beauport Nord\"", 11, "lower-case"),
        ("latitude = 46.86", "latitude = 146.86", 13, "degrees north"),
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
fn what_cannot_work_is_shown_at_its_line_with_a_repair() {
    let limits = "[limits]\n";
    let matching = "[matching]\n";
    let good = format!("{GOOD}{limits}{matching}[indicators]\nobjective = 10\n");
    let http = "http = { url = \"https://e.example/api\", download_hosts = [\"*.X.Example\"] }\n";
    let files = "files = [\"inputs/*.xlsx\"]\n";
    for (right, wrong, line, repair) in [
        (limits, "[limits]\nthreads = 0\n", 24, "write 1 or more"),
        (limits, "[limits]\nengine_memory_mib = 0\n", 24, "write 64 or more"),
        (limits, "[limits]\nworkbook_memory_mib = 1\n", 24, "write 64 or more"),
        (limits, "[limits]\nworkbook_cells = 0\n", 24, "write 1 or more"),
        (limits, "[limits]\nkeep_releases = 0\n", 24, "write 1 or more"),
        (limits, "[limits]\nthreads = \"two\"\n", 24, "write a whole number"),
        (limits, "[limits]\n[disclosure]\nhistory_days = 3651\n", 25, "write 3650 or less"),
        (matching, "[matching]\ntop_per_flow = 0\n", 25, "write 1 or more"),
        (matching, "[matching]\nradius_km = 0\n", 25, "write 1 or more"),
        (matching, "[matching]\npool_load_kg = 0\n", 25, "write 1 or more"),
        (matching, "[matching]\nweights = { matiere = 0 }\n", 25, "at least one part"),
        (matching, "[matching]\ntransport_cents_t_km = [40, 20]\n", 25, "write `[20, 40]`"),
        (matching, "[matching]\nload_cents = [9, 1]\n", 25, "write `[1, 9]`"),
        (matching, "[matching]\nstart_cents = [9, 1]\n", 25, "write `[1, 9]`"),
        (matching, "[matching]\nstart_years = 0\n", 25, "write 1 or more"),
        (matching, "[matching]\ntreatment_cents_t = { bois = [9, 1] }\n", 25, "write `[1, 9]`"),
        ("objective = 10", "objective = 0", 26, "write 1 or more"),
        (files, "files = [\"/etc/passwd\"]\n", 5, "symbolic link"),
        (files, "files = [\"../x.xlsx\"]\n", 5, "symbolic link"),
        (files, "files = [\"inputs/*.xlsx\"]\nheader_row = 0\n", 6, "write 1 for the first"),
        (files, "http = { url = \"not a url\" }\n", 5, "https://plateforme.example"),
        (files, "http = { url = \"https://u:p@e.example/\" }\n", 5, "authentication"),
        (files, "http = { url = \"https://e.example/?key=1\" }\n", 5, "authentication"),
        (files, "http = { url = \"https://e.example/?clé=1\" }\n", 5, "authentication"),
        (files, "http = { url = \"https://e.example/\", total_seconds = 0 }\n", 5, "write 1 or more"),
        (files, "http = { url = \"https://e.example/\", maximum_pages = 0 }\n", 5, "write 1 or more"),
        (files, "http = { url = \"https://e.example/\", count_pointer = \"total\" }\n", 5, "write `/total`"),
        (
            files,
            "http = { url = \"https://e.example/\", paging = { kind = \"next_link\", pointer = \"links.next\" } }\n",
            5,
            "write `/links/next`",
        ),
        (
            files,
            "http = { url = \"https://e.example/\", download_hosts = [\"https://x.example/y\"] }\n",
            5,
            "without scheme",
        ),
        (
            files,
            "http = { url = \"https://e.example/\", download_hosts = [\"x.example:8443\"] }\n",
            5,
            "without scheme",
        ),
        ("\"mapping.toml\"", "\"nope.toml\"", 6, "correct its path"),
        ("objective = 10", "models = \"nope\"", 26, "correct `indicators.models`"),
        ("longitude = -71.20", "longitude = 71.20", 14, "write `-71.2`"),
        ("cron = \"30 2 * * *\"", "cron = \"0 0 30 2 *\"", 8, "a day that exists"),
        ("publisher = \"Essai\"", "publisher = \" \"", 18, "the body that publishes"),
        ("licence = \"CC-BY-4.0\"", "licence = \"\"", 19, "CC-BY-4.0"),
        (
            "\"https://creativecommons.org/licenses/by/4.0/\"",
            "\"javascript:alert(1)\"",
            20,
            "creativecommons.org",
        ),
        ("\"https://example.org/contact\"", "\"javascript:alert('a@b.c')\"", 21, "shared mailbox"),
        ("\"https://example.org/contact\"", "\"rien\"", 21, "shared mailbox"),
    ] {
        assert!(good.contains(right), "{right}");
        let shown = reports(&good.replacen(right, wrong, 1), MAPPING);
        assert!(shown.contains(&format!("pipeline.toml:{line}:")), "{wrong}: {shown}");
        assert!(shown.contains(repair), "{wrong}: {shown}");
        assert_eq!(shown.matches("help:").count(), 1, "{wrong}: {shown}");
    }
    assert_eq!(reports(&good.replacen(files, http, 1), MAPPING), "");
    for fine in ["reseau@exemple.ca", "mailto:reseau@exemple.ca"] {
        assert_eq!(reports(&good.replace("https://example.org/contact", fine), MAPPING), "");
    }
}

#[test]
fn one_spelling_never_means_two_parks() {
    let port = "aliases = [\"Port\", \"P.I. BEAUPORT\"]\n[[parks]]\ncode = \"port\"\nname = { fr = \"Port\", en = \"Harbour\" }\nlatitude = 46.8\nlongitude = -71.2\n[publication]";
    let shown = reports(&GOOD.replace("[publication]", port), MAPPING);
    assert!(
        shown.contains("pipeline.toml:18:") && shown.contains("already names the park `beauport`"),
        "{shown}"
    );
    assert!(reports(&GOOD.replace("[publication]", &port.replacen("\"Port\", ", "", 1)), MAPPING).is_empty());
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

#[test]
fn no_message_repeats_a_secret_that_the_settings_hold() {
    let files = "files = [\"inputs/*.xlsx\"]\n";
    for http in [
        "http = { url = \"https://e.example/?api_key=S3cr3tpw\" }\n",
        "http = { url = \"https://e.example/?a=1&Subscription-Key=S3cr3tpw\" }\n",
        "http = { url = \"https://moi:S3cr3tpw@e.example/\" }\n",
        "http = { url = \"moi:S3cr3tpw@e.example\" }\n",
        "platform = { kind = \"opendatasoft_export\", site = \"https://moi:S3cr3tpw@e.example\", dataset = \"d\" }\n",
        // Another mistake on the line, and one on the line before.
        "http = { url = \"https://e.example/?sig=S3cr3tpw\", total_seconds = 0 }\n",
        "http = { url = \"https://e.example/?sig=S3cr3tpw\", totall_seconds = 1 }\n",
        "header_row = 0\nhttp = { url = \"https://e.example/?code=S3cr3tpw\" }\n",
        "http = { url = \"https://e.example/\", authentication = { kind = \"bearer\", token = \"S3cr3tpw\" } }\n",
    ] {
        let shown = reports(&GOOD.replacen(files, http, 1), MAPPING);
        assert!(shown.contains("pipeline.toml:") && shown.contains("help:"), "{http}: {shown}");
        assert!(!shown.contains("S3cr3tpw"), "{http}: {shown}");
    }
}

#[test]
fn a_secret_that_stands_for_its_variable_is_not_repeated() {
    let files = "files = [\"inputs/*.xlsx\"]\n";
    for keys in [
        "http = { url = \"https://e.example/\", authentication = { kind = \"bearer\", token_env = \"ghp_S3cr3tpw\" } }\n",
        "platform = { kind = \"ckan_datastore\", site = \"https://e.example\", resource = \"r\", token_env = \"S3cr3tpw\" }\n",
    ] {
        let folder = folder(&GOOD.replacen(files, keys, 1), MAPPING);
        let shown = shown(surroundings(folder.path(), &load(folder.path()).unwrap()));
        assert!(shown.contains("pipeline.toml:5:") && shown.contains("`token_env`"), "{shown}");
        assert!(!shown.contains("S3cr3tpw"), "{shown}");
    }
}
