//! A context in memory, for the tests of this folder.

use super::{Context, Remembered, Replay, Snapshot, SnapshotSink};
use crate::config::{Limits, Mapping, Source};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Snapshots and answers in memory.
#[derive(Default)]
pub(super) struct Memory {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    answers: Mutex<BTreeMap<String, Remembered>>,
    /// Snapshots to give instead of reading.
    pub(super) earlier: Option<Vec<Snapshot>>,
    /// What files held when they were read last.
    pub(super) last: Vec<Snapshot>,
}

impl SnapshotSink for Memory {
    fn keep(&self, bytes: &[u8]) -> io::Result<String> {
        use sha2::Digest as _;
        use std::fmt::Write as _;
        let mut name = String::new();
        for byte in sha2::Sha256::digest(bytes) {
            write!(name, "{byte:02x}").unwrap();
        }
        self.kept.lock().unwrap().insert(name.clone(), bytes.to_vec());
        Ok(name)
    }

    fn read(&self, sha256: &str) -> io::Result<Vec<u8>> {
        let kept = self.kept.lock().unwrap();
        kept.get(sha256).cloned().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl Replay for Memory {
    fn snapshots(&self, _source: &str) -> Option<Vec<Snapshot>> {
        self.earlier.clone()
    }

    fn latest(&self, _source: &str, label: &str) -> Option<Snapshot> {
        self.last.iter().find(|snapshot| snapshot.label == label).cloned()
    }

    fn recall(&self, question: &str) -> Option<Remembered> {
        self.answers.lock().unwrap().get(question).cloned()
    }

    fn remember(&self, question: &str, answer: Remembered) {
        self.answers.lock().unwrap().insert(question.to_owned(), answer);
    }
}

/// One environment variable is set: `TOKEN`.
pub(super) fn environment(name: &str) -> Option<String> {
    (name == "TOKEN").then(|| "s3cret".to_owned())
}

/// A context over a folder.
pub(super) fn context<'a>(folder: &Path, memory: &'a Memory) -> Context<'a> {
    Context {
        pipeline_dir: folder.to_owned(),
        limits: Limits::default(),
        worker: PathBuf::from("no-worker-in-unit-tests"),
        snapshots: memory,
        environment: &environment,
        replay: Some(memory),
    }
}

/// A source from the keys that matter. Tests write files and read them at once.
pub(super) fn source(keys: &str) -> Source {
    let quiet = if keys.contains("quiet_seconds") { "" } else { "quiet_seconds = 0\n" };
    let head = "name = \"essai\"\nrecords = \"flows\"\nmapping = \"m.toml\"\n";
    toml::from_str(&format!("{head}{quiet}{keys}")).unwrap()
}

/// A mapping from its text.
pub(super) fn mapping(text: &str) -> Mapping {
    toml::from_str(text).unwrap()
}
