//! `maillage doctor`: is this machine fit to run?

use super::place::{self, Place};
use crate::error::Exit;
use crate::store::{self, StateFile};
use crate::{clock, config};
use chrono::{Datelike as _, Offset as _, TimeZone as _};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Below this much free space a run may not end, MiB.
const SPACE_MIB: u64 = 512;

/// One question, what was found, and what to do when it is not well.
struct Check {
    what: &'static str,
    /// What is well, or what is not and how to mend it.
    found: Result<String, String>,
}

/// Asks every question; one that is answered badly makes the exit code 1.
#[must_use]
pub fn doctor(place: &Place) -> Exit {
    let mut checks = vec![zones(), worker(), the_clock()];
    match place.state_folder() {
        Ok(state) => {
            checks.extend([permissions(&state), key(&state), apart(&state, &place.published)]);
            checks.push(space("espace de l’état / space of the state", &state));
        }
        // Before the first run there is no state to look at.
        Err(_) if place.pipeline.is_none() && place.state.is_none() => {}
        Err(failure) => return place::failed(&failure),
    }
    if let Some(pipeline) = place.pipeline.as_ref().filter(|pipeline| pipeline.exists()) {
        checks.push(settings(pipeline));
    }
    checks.push(writable(&place.published));
    checks.push(space("espace publié / published space", &place.published));
    let is_well = checks.iter().all(|check| check.found.is_ok());
    if place.json {
        let checks: Vec<_> = checks
            .iter()
            .map(|check| {
                let (Ok(found) | Err(found)) = &check.found;
                serde_json::json!({"check": check.what, "ok": check.found.is_ok(), "found": found})
            })
            .collect();
        println!("{}", serde_json::json!({"ok": is_well, "checks": checks}));
    } else {
        for check in &checks {
            match &check.found {
                Ok(found) => println!("ok      {}: {found}", check.what),
                Err(found) => println!("not ok  {}: {found}", check.what),
            }
        }
    }
    if is_well { Exit::Done } else { Exit::Failed }
}

fn zones() -> Check {
    let zone = chrono_tz::America::Toronto;
    let hours = |month| {
        let noon = zone.with_ymd_and_hms(2026, month, 15, 12, 0, 0).single();
        noon.map(|noon| noon.offset().fix().local_minus_utc() / 3600)
    };
    let found = if (hours(1), hours(7)) == (Some(-5), Some(-4)) {
        Ok(format!("IANA {}", chrono_tz::IANA_TZDB_VERSION))
    } else {
        Err("the zone data of the program are wrong\nhelp: build the program again".to_owned())
    };
    Check { what: "fuseaux / zones", found }
}

fn the_clock() -> Check {
    let today = clock::today();
    let found = if today.year() >= 2026 {
        Ok(today.to_string())
    } else {
        Err(format!("it is {today}\nhelp: set the clock of the machine"))
    };
    Check { what: "horloge / clock", found }
}

/// Starts the process that parses workbooks; a job that is none makes it answer and end.
fn worker() -> Check {
    let started = || -> std::io::Result<Vec<u8>> {
        let mut worker = Command::new(config::executable()?);
        Ok(worker.args(["read-workbook", ""]).env_clear().stdin(Stdio::null()).output()?.stdout)
    };
    let found = match started() {
        Ok(said) if String::from_utf8_lossy(&said).contains("Refused") => Ok("starts".to_owned()),
        Ok(_) => Err("it starts but does not answer\nhelp: build the program again".to_owned()),
        Err(cause) => Err(format!("{cause}\nhelp: the program must be allowed to start itself")),
    };
    Check { what: "lecteur de classeurs / workbook reader", found }
}

fn permissions(state: &Path) -> Check {
    let found = match fs::metadata(state) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(format!("{} will be made by the first run", state.display()))
        }
        Err(cause) => Err(format!("`{}`: {cause}", state.display())),
        Ok(metadata) => match metadata.permissions().mode() & 0o777 {
            0o700 => Ok(format!("{} 0700", state.display())),
            mode => Err(format!(
                "`{}` has mode {mode:04o}: others may look inside\nhelp: `chmod 700` it",
                state.display()
            )),
        },
    };
    Check { what: "dossier d’état / state folder", found }
}

fn key(state: &Path) -> Check {
    let path = store::path(state, StateFile::PseudonymKey);
    let found = match fs::metadata(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok("will be made by the first run".to_owned())
        }
        Err(cause) => Err(format!("`{}`: {cause}", path.display())),
        Ok(metadata) => match (metadata.len(), metadata.permissions().mode() & 0o777) {
            (32, 0o600 | 0o400) => Ok("0600".to_owned()),
            (bytes, mode) => Err(format!(
                "`{}` has {bytes} bytes and mode {mode:04o}\nhelp: restore it from a copy and `chmod 600` it",
                path.display()
            )),
        },
    };
    Check { what: "clé des pseudonymes / key of the pseudonyms", found }
}

fn apart(state: &Path, published: &Path) -> Check {
    let found = if store::are_apart(state, published) {
        Ok("apart".to_owned())
    } else {
        Err("one lies inside the other\nhelp: give `--state` a folder outside `--published`".to_owned())
    };
    Check { what: "état et publié / state and published", found }
}

fn settings(pipeline: &Path) -> Check {
    let found = match config::load(pipeline) {
        Ok(pipeline) => Ok(pipeline.settings.name),
        Err(errors) => Err(format!("{} error(s)\nhelp: `maillage check` shows them", errors.len())),
    };
    Check { what: "réglages / settings", found }
}

/// The deepest part of a path that exists.
fn existing(path: &Path) -> &Path {
    path.ancestors().find(|part| part.is_dir()).unwrap_or(Path::new("."))
}

fn writable(published: &Path) -> Check {
    let folder = existing(published);
    let found = match tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(b"maillage")) {
        Ok(()) => Ok(published.display().to_string()),
        Err(cause) => {
            Err(format!("`{}` cannot be written: {cause}\nhelp: check its permissions", folder.display()))
        }
    };
    Check { what: "dossier publié / published folder", found }
}

fn space(what: &'static str, folder: &Path) -> Check {
    let found = match rustix::fs::statvfs(existing(folder)) {
        Ok(disk) => match disk.f_bavail.saturating_mul(disk.f_frsize) >> 20 {
            free if free >= SPACE_MIB => Ok(format!("{free} MiB")),
            free => Err(format!("only {free} MiB are free\nhelp: make room, at least {SPACE_MIB} MiB")),
        },
        Err(cause) => Err(cause.to_string()),
    };
    Check { what, found }
}
