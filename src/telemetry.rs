//! Logs, progress and timings: one line a stage, numbers only, never personal data.

use crate::clock::{self, Stopwatch};
use crate::config;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

/// Whether stages show themselves on the terminal.
static SHOWS_PROGRESS: AtomicBool = AtomicBool::new(false);

/// Logs to stderr: JSON lines, or on a terminal only what is wrong, with progress beside it.
///
/// `MAILLAGE_LOG` takes other levels, such as `maillage=debug`; libraries are silent unless it
/// names them, because their messages may hold addresses with keys in them.
pub fn begin(quiet: bool) {
    let on_terminal = std::io::stderr().is_terminal();
    SHOWS_PROGRESS.store(on_terminal && !quiet, Ordering::Relaxed);
    let level = match (quiet, on_terminal) {
        (true, _) => "maillage=error",
        (false, true) => "maillage=warn",
        (false, false) => "maillage=info",
    };
    let asked = config::environment("MAILLAGE_LOG").and_then(|asked| asked.parse::<EnvFilter>().ok());
    let filter = asked.unwrap_or_else(|| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_timer(OurClock)
        // A closed stderr is told to nobody: the standard way would panic.
        .log_internal_errors(false)
        .with_ansi(on_terminal && config::environment("NO_COLOR").is_none_or(|value| value.is_empty()));
    // A second call, as in tests, changes nothing.
    let _begun =
        if on_terminal { lines.compact().try_init() } else { lines.json().flatten_event(true).try_init() };
}

struct OurClock;

impl FormatTime for OurClock {
    fn format_time(&self, writer: &mut Writer<'_>) -> std::fmt::Result {
        write!(writer, "{}", clock::now().format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

thread_local! {
    /// Whether what panics here is caught, and told in other words.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What a library does; none when it panics, which is then told nowhere else.
pub fn caught<T>(work: impl FnOnce() -> T) -> Option<T> {
    let before = IS_CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    IS_CAUGHT.set(before);
    done.ok()
}

/// Places in the code where this process panicked: the last thing that a process for one file tells of it.
static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// A file may make a library panic once for each of its sheets: more places say no more.
const MOST_PANICS: usize = 100;

/// Where this process panicked since this was asked last, caught or not.
pub fn panics() -> Vec<String> {
    PANICS.lock().map(|mut places| std::mem::take(&mut *places)).unwrap_or_default()
}

/// Logs a panic that somebody caught: people are told of a damaged file, developers and tests where.
pub fn tell_caught(place: &str) {
    tracing::info!(place, "caught panic");
}

/// A place in the code without the folders of the machine that built it: `src/a.rs:1:2` is our own.
fn place(file: &str, line: u32, column: u32) -> String {
    let file = match file.split_once("/registry/src/") {
        Some((_, below)) => below.split_once('/').map_or(below, |(_, file)| file),
        None => file,
    };
    format!("{file}:{line}:{column}")
}

/// Panics say where and nothing of what: the payload could hold a value of the input.
pub fn hide_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| place(at.file(), at.line(), at.column()));
        let place = place.unwrap_or_else(|| "?".to_owned());
        if let Ok(mut places) = PANICS.lock()
            && places.len() < MOST_PANICS
        {
            places.push(place.clone());
        }
        if IS_CAUGHT.get() {
            tell_caught(&place);
            return;
        }
        // Where nobody reads it, a second panic would only hide the first.
        let _dropped = writeln!(
            std::io::stderr(),
            "erreur interne à {place} : signalez ce lieu aux développeurs; `maillage status` dit ce qui est publié\n\
             internal fault at {place}\nhelp: report this place to the developers; `maillage status` tells what is published"
        );
    }));
}

/// What a stage took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Name.
    pub stage: &'static str,
    /// Wall time, milliseconds.
    pub wall_ms: u64,
    /// Most memory held during the stage, KiB; processes that read workbooks are not in it. Zero where
    /// the system does not tell.
    pub peak_rss_kib: u64,
    /// How many things came out of it: rows, flows, files…
    pub count: usize,
}

/// The stages of a run, as they pass.
#[derive(Debug, Default)]
pub struct Stages {
    done: Vec<Stage>,
    current: Option<(&'static str, Stopwatch)>,
    count: usize,
    bar: Option<ProgressBar>,
}

impl Stages {
    /// The stage before ends, and this one begins.
    pub fn begin(&mut self, stage: &'static str) {
        self.close();
        if SHOWS_PROGRESS.load(Ordering::Relaxed) {
            self.bar.get_or_insert_with(spinner).set_message(stage);
        }
        reset_peak();
        self.current = Some((stage, Stopwatch::start()));
    }

    /// How many things the current stage gave: rows, flows, files…
    pub const fn count(&mut self, count: usize) {
        self.count = count;
    }

    /// Ends the current stage and the progress; names it.
    pub fn end(&mut self) -> Option<&'static str> {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.close()
    }

    /// The stages that ended, in order.
    #[must_use]
    pub fn done(&self) -> &[Stage] {
        &self.done
    }

    fn close(&mut self) -> Option<&'static str> {
        let (stage, watch) = self.current.take()?;
        let (wall_ms, peak_rss_kib) = (watch.milliseconds(), peak());
        let count = std::mem::take(&mut self.count);
        tracing::info!(stage, wall_ms, peak_rss_kib, count, "stage");
        self.done.push(Stage { stage, wall_ms, peak_rss_kib, count });
        Some(stage)
    }
}

impl Drop for Stages {
    /// A run that was stopped leaves no spinner behind.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Peak of the resident memory since the last reset, KiB (Linux).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or(0)
}

/// Sets the peak back to what is held now; where the system refuses, peaks are those since the start.
fn reset_peak() {
    let _refused = std::fs::write("/proc/self/clear_refs", "5");
}

#[cfg(test)]
mod tests {
    use super::{Stages, caught, place};

    #[test]
    fn the_place_of_a_panic_tells_our_code_from_that_of_libraries_and_no_folder() {
        assert_eq!(place("src/ingest/json.rs", 7, 9), "src/ingest/json.rs:7:9");
        let library = "/home/a/.cargo/registry/src/index.example-1949cf8c6b5b557f/calamine-0.38.0/src/xls.rs";
        assert_eq!(place(library, 7, 9), "calamine-0.38.0/src/xls.rs:7:9");
    }

    #[test]
    fn what_panics_gives_nothing_and_ends_nothing() {
        assert_eq!(caught(|| 7), Some(7));
        assert_eq!(caught(|| -> u8 { panic!("on purpose") }), None);
    }

    #[test]
    fn stages_tell_their_names_counts_and_memory_in_order() {
        let mut stages = Stages::default();
        stages.begin("ingest");
        let held = vec![1_u8; 32 << 20];
        stages.count(usize::from(std::hint::black_box(&held)[9]));
        stages.begin("normalise");
        drop(held);
        stages.count(2);
        assert_eq!((stages.end(), stages.end()), (Some("normalise"), None));
        let stages = stages.done();
        let told: Vec<_> = stages.iter().map(|stage| (stage.stage, stage.count)).collect();
        assert_eq!(told, [("ingest", 1), ("normalise", 2)]);
        assert!(stages[0].peak_rss_kib > 32 << 10, "{stages:?}");
    }
}
