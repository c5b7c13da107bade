//! What the ledger knows after runs of the built program.

use crate::bad_day::{Day, SETTINGS, good_day};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

fn json(day: &Day, arguments: &[&str]) -> Value {
    let output = day.command(arguments).arg("--json").output().unwrap();
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn text(day: &Day, arguments: &[&str], code: i32) -> String {
    let output = day.command(arguments).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

/// Publishes one release a day, and gives their names.
fn releases_of(day: &Day, days: &[&str]) -> Vec<String> {
    days.iter()
        .map(|as_of| {
            let summary = json(day, &["run", "jours", "--as-of", as_of]);
            summary["release"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn every_run_is_in_the_ledger_also_one_that_fails() {
    let day = good_day();
    assert_eq!(day.run(&["--dry-run"]).status.code(), Some(0));
    fs::remove_file(day.path("jours/inputs/visites.xlsx")).unwrap();
    assert_eq!(day.run(&[]).status.code(), Some(65));
    let runs = json(&day, &["runs"]);
    let codes: Vec<_> =
        runs.as_array().unwrap().iter().map(|run| run["exit_code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [65, 0, 0]);
    assert_eq!((&runs[0]["error"], &runs[0]["failed_stage"]), (&"unreadable".into(), &"ingest".into()));
    assert_eq!((&runs[1]["release"], &runs[1]["dry_run"]), (&Value::Null, &true.into()));
    let first = &runs[2];
    assert_eq!(
        (&first["rows"], &first["flows"], &first["as_of"]),
        (&10.into(), &10.into(), &"2026-01-15".into())
    );
    assert!(day.path("published/releases").join(first["release"].as_str().unwrap()).is_dir());
    let stages: Vec<_> = first["stages"].as_array().unwrap().iter().map(|stage| &stage["stage"]).collect();
    assert_eq!(
        stages,
        ["ingest", "gate", "normalise", "match", "indicators", "protect", "export", "publish"]
    );
    assert!(!first["findings"].as_array().unwrap().is_empty());
    let mode = fs::metadata(day.path(".maillage/jours/registre.sqlite")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn people_read_tables_without_a_name() {
    let day = good_day();
    let status = text(&day, &["status", "jours"], 0);
    for word in ["dernière exécution / last run", "remarque", "ingest", "publication / release: 2026-01-15-"]
    {
        assert!(status.contains(word), "{word}: {status}");
    }
    let runs = text(&day, &["runs"], 0);
    assert!(runs.lines().nth(2).unwrap().contains("2026-01-15"), "{runs}");
    let releases = text(&day, &["releases", "jours"], 0);
    assert!(releases.contains("courante / current"), "{releases}");
    assert!(![status, runs, releases].concat().contains("Canari"));
}

#[test]
fn a_replay_touches_no_source_and_gives_the_same_bytes() {
    let day = good_day();
    fs::remove_file(day.path("jours/inputs/visites.xlsx")).unwrap();
    let replay = ["run", "jours", "--replay", "1", "--published", "again", "--published-was-lost"];
    assert_eq!(json(&day, &replay)["run"], 2);
    let tree = |folder: &str| {
        let release = fs::canonicalize(day.path(folder).join("current")).unwrap();
        let sums = fs::read_to_string(release.join("SHA256SUMS")).unwrap();
        (release.file_name().unwrap().to_owned(), sums)
    };
    assert_eq!(tree("published"), tree("again"));
    text(&day, &["verify", "--published", "again"], 0);
    assert_eq!(json(&day, &["runs"])[0]["replay_of"], 1);
    let message = text(&day, &["run", "jours", "--replay", "77"], 2);
    assert!(message.contains("no run 77") && message.contains("help:"), "{message}");
    // A run that broke off before it had read everything is no run to replay.
    assert_eq!(day.run(&[]).status.code(), Some(65));
    let message = text(&day, &["run", "jours", "--replay", "3"], 2);
    assert!(message.contains("did not read the source `visites`"), "{message}");
}

#[test]
fn a_snapshot_that_was_changed_is_not_replayed() {
    let day = good_day();
    let mut folders = vec![day.path(".maillage/jours/instantanes")];
    let mut snapshots = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { snapshots.push(path) }
        }
    }
    for snapshot in &snapshots {
        fs::write(snapshot, [fs::read(snapshot).unwrap(), b" ".to_vec()].concat()).unwrap();
    }
    let output = day.command(&["run", "jours", "--replay", "1", "--published", "again"]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!snapshots.is_empty() && !output.status.success(), "{message}");
    assert!(message.contains("not what was kept") && message.contains("help:"), "{message}");
    assert!(!day.path("again/current").exists());
}

#[test]
fn a_rollback_shows_the_release_before_and_is_remembered() {
    let day = Day::new();
    let ids = releases_of(&day, &["2026-01-15", "2026-01-16"]);
    let output = text(&day, &["rollback", &ids[0]], 0);
    assert!(output.contains("restored"), "{output}");
    assert!(fs::read_link(day.path("published/current")).unwrap().ends_with(&ids[0]));
    let listed = json(&day, &["releases"]);
    assert_eq!((&listed[0]["release"], &listed[0]["current"]), (&ids[0].clone().into(), &true.into()));
    assert_eq!(listed[0]["events"][1]["what"], "restored");
    for wrong in ["nothing", "..", "../releases"] {
        let message = text(&day, &["rollback", wrong], 2);
        assert!(message.contains("no release"), "{message}");
    }
}

#[test]
fn verify_names_the_file_that_was_changed() {
    let day = good_day();
    assert!(text(&day, &["verify"], 0).contains("all good"));
    let id = fs::read_link(day.path("published/current")).unwrap();
    let id = id.file_name().unwrap().to_str().unwrap();
    let file = format!("published/releases/{id}/donnees/flux_par_parc.csv");
    fs::write(day.path(&file), "changed").unwrap();
    let message = text(&day, &["verify", id], 1);
    assert!(message.contains("donnees/flux_par_parc.csv` does not have the checksum"), "{message}");
    // Once for its checksum, once because nothing is proven of it.
    assert_eq!(json(&day, &["verify"])["problems"].as_array().unwrap().len(), 2);
    // The same content is not published over what somebody changed.
    let message = String::from_utf8(day.run(&[]).stderr).unwrap();
    assert!(message.contains("not what was published") && message.contains("flux_par_parc.csv"), "{message}");
}

#[test]
fn a_published_value_that_was_changed_is_refused_by_its_certificate() {
    let day = good_day();
    let seen = json(&day, &["verify"]);
    assert_eq!((&seen["proven"], seen["problems"].as_array().unwrap().len()), (&Value::from(1), 0));
    let id = fs::read_link(day.path("published/current")).unwrap();
    let table = day.path("published").join(&id).join("donnees/flux_par_parc.csv");
    // The Parquet file would tell too.
    fs::remove_file(table.with_extension("parquet")).unwrap();
    let text = fs::read_to_string(&table).unwrap();
    let row = text.lines().find(|line| line.starts_with("Total,") && line.contains("publie")).unwrap();
    let fields: Vec<&str> = row.split(',').collect();
    let place = fields.iter().position(|field| field.parse::<i64>().is_ok()).unwrap();
    let changed: Vec<String> = (0..)
        .zip(&fields)
        .map(|(at, field)| if at == place { format!("{field}0") } else { (*field).to_owned() })
        .collect();
    fs::write(&table, text.replace(row, &changed.join(","))).unwrap();
    let problems = json(&day, &["verify"])["problems"].clone();
    let refused = problems
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["problem"].as_str().unwrap().contains("certificate proves"));
    assert_eq!(refused.count(), 1, "{problems}");
}

#[test]
fn a_certificate_that_was_changed_with_its_sum_is_refused() {
    let day = good_day();
    let state = day.path(".maillage/jours");
    let certificate = fs::read_dir(state.join("certificats")).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read(&certificate).unwrap();
    let changed = [kept.as_slice(), b"\n"].concat();
    let sum = maillage::store::sha256(&changed);
    fs::write(&certificate, &changed).unwrap();
    let ledger = rusqlite::Connection::open(state.join("registre.sqlite")).unwrap();
    ledger.execute("UPDATE release_certificates SET sha256 = ?1", [&sum]).unwrap();
    let message = text(&day, &["verify"], 1);
    assert!(message.contains("not the one that the ledger recorded"), "{message}");
    fs::write(&certificate, &kept).unwrap();
    let message = text(&day, &["verify"], 1);
    assert!(message.contains("two sums of the certificate"), "{message}");
    fs::write(&certificate, &changed).unwrap();
    ledger.execute("UPDATE night_releases SET certificate = ?1", [&sum]).unwrap();
    let message = text(&day, &["verify"], 1);
    assert!(message.contains("is not what was entered"), "{message}");
}

#[test]
fn what_the_ledger_says_of_the_last_publication_cannot_be_changed_unnoticed() {
    let day = good_day();
    let path = day.path(".maillage/jours/registre.sqlite");
    let ledger = || rusqlite::Connection::open(&path).unwrap();
    ledger().execute_batch("CREATE TABLE kept AS SELECT * FROM releases").unwrap();
    for change in ["at = '2020-01-15T00:00:00.000Z'", "event = 7", "run = NULL"] {
        ledger().execute_batch(&format!("UPDATE releases SET {change}")).unwrap();
        let message = text(&day, &["verify"], 1);
        assert!(message.contains("is not what was entered"), "{message}");
        ledger().execute_batch("DELETE FROM releases; INSERT INTO releases SELECT * FROM kept").unwrap();
    }
    assert!(text(&day, &["verify"], 0).contains("all good"));
}

#[test]
fn releases_without_the_ledger_of_their_state_folder_are_told() {
    let day = good_day();
    let state = day.path(".maillage/jours");
    for file in ["registre.sqlite", "registre.sqlite-wal", "registre.sqlite-shm"] {
        let _ = fs::remove_file(state.join(file));
    }
    for arguments in [&["verify"][..], &["verify", "--state", ".maillage/jours"], &["verify", "--state", "x"]]
    {
        let message = text(&day, arguments, 1);
        assert!(message.contains("holds 1 release(s), and the state folder"), "{message}");
        assert!(message.contains("no ledger") && message.contains("help:"), "{message}");
    }
    // A ledger that cannot be read is no other machine.
    fs::write(state.join("registre.sqlite"), "no ledger, and long enough to be looked at ".repeat(40))
        .unwrap();
    assert!(text(&day, &["verify"], 1).contains("could not be used"));
    // Where nothing was published, nothing has run.
    fs::remove_file(state.join("registre.sqlite")).unwrap();
    let message = text(&day, &["verify", "--state", ".maillage/jours", "--published", "nothing"], 2);
    assert!(message.contains("nothing has run"), "{message}");
}

#[test]
fn a_release_that_was_changed_with_its_list_is_refused() {
    let day = Day::new();
    let ids = releases_of(&day, &["2026-01-15", "2026-01-16"]);
    assert!(text(&day, &["verify"], 0).contains("all good"));
    let release = day.path("published/releases").join(&ids[0]);
    let (page, sums) = (release.join("index.html"), release.join("SHA256SUMS"));
    let list = fs::read_to_string(&sums).unwrap();
    let line = list.lines().find(|line| line.ends_with("  index.html")).unwrap();
    let changed = [fs::read(&page).unwrap(), b"x".to_vec()].concat();
    let sum = maillage::store::sha256(&changed);
    fs::write(&page, changed).unwrap();
    fs::write(&sums, list.replace(line, &format!("{sum}  index.html"))).unwrap();
    let message = text(&day, &["verify"], 1);
    assert!(message.contains(&format!("{}/SHA256SUMS", ids[0])) && message.contains("ledger"), "{message}");
    let message = text(&day, &["rollback", &ids[0]], 1);
    assert!(message.contains("SHA256SUMS") && message.contains("help:"), "{message}");
    assert!(fs::read_link(day.path("published/current")).unwrap().ends_with(&ids[1]));
    // Without the ledger a list can only be compared with its files, and that is said.
    let output = day.command(&["verify", "--json"]).output().unwrap();
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&seen["compared"], seen["problems"].as_array().unwrap().len()), (&2.into(), 1));
    fs::rename(day.path(".maillage"), day.path("elsewhere")).unwrap();
    let message = text(&day, &["verify"], 0);
    assert!(message.contains("2 release(s) that the ledger holds no checksum of"), "{message}");
    text(&day, &["verify", "--state", "elsewhere/jours"], 1);
}

#[test]
fn a_release_that_was_deleted_and_a_link_that_was_moved_by_hand_are_told() {
    let day = Day::new();
    let ids = releases_of(&day, &["2026-01-15", "2026-01-16"]);
    text(&day, &["rollback", &ids[0]], 0);
    assert!(text(&day, &["verify"], 0).contains("all good"));
    let point = |id: &str| {
        fs::remove_file(day.path("published/current")).unwrap();
        std::os::unix::fs::symlink(format!("releases/{id}"), day.path("published/current")).unwrap();
    };
    point(&ids[1]);
    let message = text(&day, &["verify"], 1);
    assert!(message.contains(&format!("`current` shows `{}`", ids[1])), "{message}");
    assert!(message.contains(&format!("is that of `{}`", ids[0])), "{message}");
    point(&ids[0]);
    fs::remove_dir_all(day.path("published/releases").join(&ids[1])).unwrap();
    let message = text(&day, &["verify"], 1);
    assert!(message.contains(&format!("`{}` is gone", ids[1])) && message.contains("copy"), "{message}");
    // Another machine has no ledger to compare with.
    fs::rename(day.path(".maillage"), day.path("elsewhere")).unwrap();
    text(&day, &["verify"], 0);
}

#[test]
fn what_readers_see_without_an_entry_is_entered_by_the_next_run() {
    let day = Day::new();
    let ids = releases_of(&day, &["2026-01-15", "2026-01-16"]);
    fs::remove_file(day.path("published/current")).unwrap();
    std::os::unix::fs::symlink(format!("releases/{}", ids[0]), day.path("published/current")).unwrap();
    releases_of(&day, &["2026-01-17"]);
    let listed = json(&day, &["releases"]);
    let shown = listed.as_array().unwrap().iter().find(|release| release["release"] == ids[0]).unwrap();
    assert_eq!(shown["events"].as_array().unwrap().last().unwrap()["what"], "restored");
    // Also before a rollback.
    fs::remove_file(day.path("published/current")).unwrap();
    std::os::unix::fs::symlink(format!("releases/{}", ids[1]), day.path("published/current")).unwrap();
    text(&day, &["rollback", &ids[0]], 0);
    let listed = json(&day, &["releases"]);
    let shown = listed.as_array().unwrap().iter().find(|release| release["release"] == ids[1]).unwrap();
    assert_eq!(shown["events"].as_array().unwrap().last().unwrap()["what"], "restored");
    assert!(text(&day, &["verify"], 0).contains("all good"));
}

#[test]
fn a_release_that_is_damaged_before_its_entry_does_not_end_every_run() {
    let day = good_day();
    let mut died = day.command(&["run", "jours", "--as-of", "2026-01-16"]);
    died.env("MAILLAGE_FAULT", "publish:after_swap");
    assert_eq!(died.status().unwrap().code(), None);
    let damaged = fs::canonicalize(day.path("published/current")).unwrap();
    fs::remove_file(damaged.join("SHA256SUMS")).unwrap();
    let id = damaged.file_name().unwrap().to_str().unwrap();
    let message = text(&day, &["run", "jours", "--as-of", "2026-01-17"], 0);
    assert!(message.contains(id) && message.contains("is damaged"), "{message}");
    text(&day, &["run", "jours", "--as-of", "2026-01-18"], 0);
    // It is named until it is put back.
    assert!(text(&day, &["verify"], 1).contains(&format!("{id}/SHA256SUMS")));
}

#[test]
fn two_pipelines_never_publish_into_one_folder() {
    let day = good_day();
    let before = day.release();
    let copy = day.path("autres");
    for part in ["inputs/visites.xlsx", "mappings/flux.toml", "models/flux_par_parc.sql"] {
        fs::create_dir_all(copy.join(part).parent().unwrap()).unwrap();
        fs::copy(day.path("jours").join(part), copy.join(part)).unwrap();
    }
    fs::write(copy.join("pipeline.toml"), SETTINGS.replace("\"jours\"", "\"autres\"")).unwrap();
    let message = text(&day, &["run", "autres", "--as-of", "2026-01-16"], 2);
    assert!(message.contains("belongs to the pipeline `jours`") && message.contains("help:"), "{message}");
    assert!(day.release() == before);
    text(&day, &["run", "autres", "--as-of", "2026-01-16", "--published", "published-autres"], 0);
    // Two ledgers stand side by side: the published folder says whose it is.
    assert!(text(&day, &["verify"], 0).contains("all good"));
    assert!(text(&day, &["status", "--published", "published-autres"], 0).contains("2026-01-16"));
    assert!(day.release() == before);
}

#[test]
fn the_oldest_releases_leave_and_the_ledger_says_so() {
    let day = Day::new();
    day.write("pipeline.toml", &format!("{SETTINGS}\n[limits]\nkeep_releases = 2\n"));
    let ids = releases_of(&day, &["2026-01-15", "2026-01-16", "2026-01-17"]);
    let listed = json(&day, &["releases"]);
    let gone = listed.as_array().unwrap().iter().find(|release| release["release"] == ids[0]).unwrap();
    assert_eq!((&gone["on_disk"], &gone["events"][1]["what"]), (&false.into(), &"withdrawn".into()));
    assert!(!day.path("published/releases").join(&ids[0]).exists());
    assert!(day.path("published/releases").join(&ids[1]).exists());
    // What the programme itself withdrew is missed by nobody.
    assert!(text(&day, &["verify"], 0).contains("all good"));
    let runs = json(&day, &["runs"]);
    assert_eq!(runs[0]["stages"].as_array().unwrap().last().unwrap()["stage"], "retention");
}

#[test]
fn a_place_where_nothing_has_run_is_told_apart_from_one_with_several() {
    let day = Day::new();
    let message = text(&day, &["runs"], 2);
    assert!(message.contains("no pipeline has run here") && message.contains("help:"), "{message}");
    for state in ["un", "deux"] {
        // What one state folder published, the other could not protect.
        let own = day.path(".maillage").join(state);
        let run = day.run(&["--state", own.to_str().unwrap(), "--published", &format!("published-{state}")]);
        assert_eq!(run.status.code(), Some(0));
    }
    let message = text(&day, &["status"], 2);
    assert!(message.contains("`deux`, `un`"), "{message}");
    assert_eq!(json(&day, &["runs", "un"]).as_array().unwrap().len(), 1);
    let message = text(&day, &["status", "trois"], 2);
    assert!(message.contains("`trois` is no pipeline"), "{message}");
}

#[test]
fn a_platform_is_asked_only_for_what_changed() {
    let day = Day::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let rows: Vec<Value> = (1..=10)
        .map(|row| {
            serde_json::json!({"Entreprise": format!("Canari {row} inc."), "Sens": "offre",
                "Description": "palettes de bois", "Quantité": 100 + row, "Unité": "t"})
        })
        .collect();
    let body = Value::from(rows).to_string();
    let platform = std::thread::spawn(move || {
        [false, true].map(|known| {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            let asked = String::from_utf8_lossy(&request[..read]).to_lowercase().contains("if-none-match: \"v1\"");
            let answer = if known {
                "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nConnection: close\r\n\r\n".to_owned()
            } else {
                format!(
                    "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                )
            };
            stream.write_all(answer.as_bytes()).unwrap();
            asked
        })
    });
    let source = format!("http = {{ url = \"http://{address}/flux?parc=secret\", retries = 0 }}");
    let settings = SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &source);
    day.write("pipeline.toml", &settings.replace("header_row = 1\n", ""));
    let first = json(&day, &["run", "jours", "--as-of", "2026-01-15"]);
    let second = json(&day, &["run", "jours", "--as-of", "2026-01-15"]);
    assert_eq!(platform.join().unwrap(), [false, true]);
    assert_eq!((&second["rows"], &second["release"]), (&10.into(), &first["release"]));
    let bytes = fs::read(day.path(".maillage/jours/registre.sqlite")).unwrap();
    assert!(!bytes.windows(11).any(|part| part == b"parc=secret"));
}
