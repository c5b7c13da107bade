//! Logs, progress and timings: one line a stage, numbers only, never personal data.

use crate::{clock, config};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
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

/// Panics say where and nothing of what: the payload could hold a value of the input.
pub fn hide_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}:{}", at.file(), at.line(), at.column()));
        let place = place.unwrap_or_else(|| "?".to_owned());
        eprintln!(
            "erreur interne à {place} : rien n’a été publié; signalez ce lieu aux développeurs\n\
             internal fault at {place}: nothing was published\nhelp: report this place to the developers"
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
#[derive(Debug)]
pub struct Stages {
    done: Vec<Stage>,
    current: &'static str,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Stages {
    /// Begins with a stage.
    #[must_use]
    pub fn begin(stage: &'static str) -> Self {
        let bar = SHOWS_PROGRESS.load(Ordering::Relaxed).then(|| {
            let bar = ProgressBar::new_spinner().with_message(stage);
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        reset_peak();
        Self { done: Vec::new(), current: stage, begun: clock::instant(), bar }
    }

    /// Ends the current stage, from which `count` things came, and begins another.
    pub fn next(&mut self, stage: &'static str, count: usize) {
        self.close(count);
        if let Some(bar) = &self.bar {
            bar.set_message(stage);
        }
        self.current = stage;
        self.begun = clock::instant();
        reset_peak();
    }

    /// Ends the last stage.
    #[must_use]
    pub fn end(mut self, count: usize) -> Vec<Stage> {
        self.close(count);
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        std::mem::take(&mut self.done)
    }

    fn close(&mut self, count: usize) {
        let wall_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let stage = Stage { stage: self.current, wall_ms, peak_rss_kib: peak(), count };
        tracing::info!(stage = stage.stage, wall_ms, peak_rss_kib = stage.peak_rss_kib, count, "stage done");
        self.done.push(stage);
    }
}

impl Drop for Stages {
    /// A run that failed leaves no spinner behind.
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
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
    use super::Stages;

    #[test]
    fn stages_tell_their_names_counts_and_memory_in_order() {
        let mut stages = Stages::begin("ingest");
        let held = vec![1_u8; 32 << 20];
        stages.next("normalise", usize::from(std::hint::black_box(&held)[9]));
        drop(held);
        let stages = stages.end(2);
        let told: Vec<_> = stages.iter().map(|stage| (stage.stage, stage.count)).collect();
        assert_eq!(told, [("ingest", 1), ("normalise", 2)]);
        assert!(stages[0].peak_rss_kib > 32 << 10, "{stages:?}");
    }
}
