//! `maillage schedule` and `maillage next`.

use super::place;
use crate::config::{self, Pipeline};
use crate::daemon::{self, DueTimes, Watched};
use crate::error::{Exit, Failure};
use crate::pipeline::default_state;
use crate::{clock, store};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where pipelines are looked for when none is named.
const USUAL: &str = "pipelines";
/// Stands for the name of a pipeline in a path.
const NAME: &str = "{name}";

/// Flags of `maillage schedule`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Folders of pipelines (default: those below `pipelines/` that have a schedule)
    pipelines: Vec<PathBuf>,
    /// State folder, confidential; `{name}` stands for the pipeline (default: .maillage/NAME beside its folder)
    #[arg(long)]
    state: Option<String>,
    /// Folder of the releases; `{name}` stands for the pipeline
    #[arg(long, default_value = "published")]
    published: String,
    /// Seconds that a run may go on after SIGTERM
    #[arg(long, default_value_t = 600)]
    grace: u64,
    /// Answer what is due now, then end
    #[arg(long)]
    once: bool,
}

/// Runs pipelines at their due times until a signal comes.
#[must_use]
pub fn schedule(arguments: &Arguments) -> Exit {
    let watched = match watched(arguments) {
        Ok(watched) => watched,
        Err(failure) => return place::failed(&failure),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start its threads: {error}");
            return Exit::Failed;
        }
    };
    let grace = Duration::from_secs(arguments.grace);
    let outcome = runtime.block_on(async {
        let stop = super::signals::stop()?;
        if arguments.once {
            return daemon::once(&watched, stop, grace).await;
        }
        for watched in &watched {
            println!("« {} » : {}", watched.name, soon(&watched.due));
        }
        daemon::watch(watched, stop, grace).await
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        Exit::Failed
    })
}

fn soon(due: &DueTimes) -> String {
    due.next(clock::now()).map_or_else(
        || "jamais / never".to_owned(),
        |next| {
            format!(
                "prochaine exécution / next run {}",
                next.with_timezone(&due.zone()).format("%Y-%m-%d %H:%M %Z")
            )
        },
    )
}

fn watched(arguments: &Arguments) -> Result<Vec<Watched>, Failure> {
    let executable = config::executable().map_err(|error| {
        Failure::message(
            Exit::Failed,
            format!("the program cannot find itself: {error}\nhelp: start it by its full path"),
        )
    })?;
    let mut watched: BTreeMap<String, Watched> = BTreeMap::new();
    let named = !arguments.pipelines.is_empty();
    for folder in if named { arguments.pipelines.clone() } else { usual() } {
        let Some(pipeline) = super::check::loaded(&folder) else {
            return Err(Failure::message(Exit::Settings, format!("`{}` is not watched", folder.display())));
        };
        let Some(due) = due_times(&pipeline) else {
            if named {
                return Err(without_schedule(&folder));
            }
            continue;
        };
        let name = pipeline.settings.name.clone();
        let state = match &arguments.state {
            Some(state) => PathBuf::from(state.replace(NAME, &name)),
            None => default_state(&pipeline.folder, &name),
        };
        let published = PathBuf::from(arguments.published.replace(NAME, &name));
        store::prepare(&state, &published).map_err(|error| Failure::new(Exit::Failed, &error))?;
        let executable = executable.clone();
        let one = Watched { name: name.clone(), folder: pipeline.folder, state, published, executable, due };
        if watched.insert(name.clone(), one).is_some() {
            return Err(usage(format!(
                "two pipelines are named `{name}`\nhelp: give each a name of its own"
            )));
        }
    }
    if watched.is_empty() {
        return Err(usage(format!(
            "no pipeline below `{USUAL}` has a schedule\nhelp: name one, or add `[schedule]` to its settings"
        )));
    }
    let state = arguments.state.as_deref().unwrap_or(NAME);
    for (flag, folder) in [("state", state), ("published", &arguments.published)] {
        if watched.len() > 1 && !folder.contains(NAME) {
            return Err(usage(format!(
                "{} pipelines would share one folder `{folder}`\nhelp: write `--{flag} {folder}/{NAME}`",
                watched.len()
            )));
        }
    }
    Ok(watched.into_values().collect())
}

fn usual() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(USUAL) else { return Vec::new() };
    let folders = entries.flatten().map(|entry| entry.path());
    let mut folders: Vec<PathBuf> = folders.filter(|folder| folder.join("pipeline.toml").is_file()).collect();
    folders.sort();
    folders
}

fn due_times(pipeline: &Pipeline) -> Option<DueTimes> {
    pipeline.settings.schedule.as_ref().and_then(DueTimes::new)
}

fn without_schedule(folder: &Path) -> Failure {
    let message = format!(
        "`{}` has no schedule\nhelp: add `[schedule]` with `cron = \"30 2 * * *\"` and `zone = \"America/Toronto\"` to its settings",
        folder.display()
    );
    Failure::message(Exit::Settings, message)
}

fn usage(message: String) -> Failure {
    Failure::message(Exit::Usage, message)
}

/// Flags of `maillage next`.
#[derive(Debug, clap::Args)]
pub struct Next {
    /// Folder of the pipeline, or its pipeline.toml
    pipeline: PathBuf,
    /// How many
    #[arg(long, default_value_t = 5)]
    count: usize,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the next due times, in the zone of the pipeline and in UTC.
#[must_use]
pub fn next(arguments: &Next) -> Exit {
    let Some(pipeline) = super::check::loaded(&arguments.pipeline) else { return Exit::Settings };
    let Some(times) = due_times(&pipeline) else {
        return place::failed(&without_schedule(&arguments.pipeline));
    };
    let dues = std::iter::successors(times.next(clock::now()), |due| times.next(*due)).take(arguments.count);
    if arguments.json {
        let dues: Vec<Value> = dues
            .map(|due| json!({"due": due.to_rfc3339(), "local": due.with_timezone(&times.zone()).to_rfc3339()}))
            .collect();
        println!("{}", Value::from(dues));
        return Exit::Done;
    }
    for due in dues {
        let local = due.with_timezone(&times.zone());
        println!("{}  ({} UTC)", local.format("%Y-%m-%d %H:%M %Z"), due.format("%Y-%m-%d %H:%M"));
    }
    Exit::Done
}
