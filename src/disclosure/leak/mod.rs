//! The gate: no name, contact, number, address or free text of the input in any published byte.
//!
//! Method: texts of the input become hashes of runs of words, numbers and addresses (`rules` says
//! which); every reading of every file (`views`) is rolled past them once. The time is linear in
//! the bytes, whatever the number of canaries.

mod addresses;
mod apart;
#[cfg(test)]
mod cell_tests;
mod collect;
mod digits;
mod encoded;
#[cfg(test)]
mod encoding_tests;
mod escapes;
#[cfg(test)]
mod file_tests;
mod glued;
mod lookalikes;
mod markup;
mod pairs;
mod parquet;
mod parts;
mod patterns;
mod public;
#[cfg(test)]
mod public_tests;
mod punycode;
mod rules;
mod runs;
#[cfg(test)]
mod tests;
mod tokens;
mod views;

pub use patterns::Exception;
pub use public::Public;

use patterns::Patterns;
use runs::{Map, Runs, Set};
use std::collections::{BTreeMap, BTreeSet};

/// What must not be published. Nothing of it can be read back.
#[derive(Default)]
pub struct Canaries {
    patterns: Patterns,
    numbers: Map<(&'static str, Option<u32>)>,
    addresses: Map<Option<u32>>,
    keys: Vec<Vec<u8>>,
    /// Pairs of words that say where something is.
    places: Set,
    /// Rows of the input, as messages name them.
    rows: Vec<String>,
}

/// What a file holds, in kinds and never in texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Kinds of confidential text that must not leave.
    pub leaks: BTreeSet<&'static str>,
    /// Confidential texts that were let through, by kind and reason, with their number.
    pub exceptions: BTreeMap<(&'static str, Exception), usize>,
    /// Positions of rows that hold what was found, the first of each kind.
    rows: BTreeMap<&'static str, u32>,
}

impl Scan {
    fn leak(&mut self, kind: &'static str, row: Option<u32>) {
        self.leaks.insert(kind);
        if let Some(row) = row {
            let first = self.rows.entry(kind).or_insert(row);
            *first = row.min(*first);
        }
    }
}

/// Compressed files that cannot be looked into are refused like a leak.
const UNREADABLE: &str = "unreadable";

impl Canaries {
    /// Runs of words, numbers and addresses that are looked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.patterns.len() + self.numbers.len() + self.addresses.len() + self.keys.len()
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What was found, and the row that it is the text of: never the text.
    #[must_use]
    pub fn told(&self, scan: &Scan) -> Vec<String> {
        let row = |kind| self.rows.get(*scan.rows.get(kind)? as usize);
        let told = |kind: &&'static str| match row(*kind) {
            Some(row) => format!("{kind} of the row {row}"),
            None => (*kind).to_owned(),
        };
        scan.leaks.iter().map(told).collect()
    }

    /// Looks through one file, its path included.
    #[must_use]
    pub fn scan(&self, path: &str, bytes: &[u8]) -> Scan {
        let mut scan = Scan::default();
        views::each(path.as_bytes(), &mut |text, is_binary| self.text(text, is_binary, &mut scan));
        self.bytes(bytes, 0, &mut scan);
        scan
    }

    fn bytes(&self, bytes: &[u8], depth: usize, scan: &mut Scan) {
        if self.keys.iter().any(|key| bytes.windows(key.len()).any(|window| window == key)) {
            scan.leaks.insert("cle");
        }
        if bytes.starts_with(b"PAR1") {
            let Some(contents) = parquet::contents(bytes) else {
                scan.leaks.insert(UNREADABLE);
                return;
            };
            views::each(contents.text.as_bytes(), &mut |text, is_binary| self.text(text, is_binary, scan));
            for page in contents.pages.iter().map(AsRef::as_ref).chain([bytes]) {
                for text in [String::from_utf8_lossy(page).into_owned(), views::western(page)] {
                    self.text(&text, true, scan);
                }
            }
        } else if bytes.starts_with(b"PK\x03\x04") {
            if self.archive(bytes, depth, scan).is_none() {
                scan.leaks.insert(UNREADABLE);
            }
        } else if bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            scan.leaks.insert(UNREADABLE);
        } else {
            views::each(bytes, &mut |text, is_binary| self.text(text, is_binary, scan));
        }
    }

    fn archive(&self, bytes: &[u8], depth: usize, scan: &mut Scan) -> Option<()> {
        use std::io::Read as _;
        const LARGEST: u64 = 64 << 20;
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok().filter(|_| depth < 2)?;
        for entry in 0..archive.len() {
            let mut inner = Vec::new();
            let mut entry = archive.by_index(entry).ok()?;
            views::each(entry.name().ok()?.as_bytes(), &mut |text, is_binary| {
                self.text(text, is_binary, scan);
            });
            let read = entry.by_ref().take(LARGEST).read_to_end(&mut inner).ok()?;
            if read as u64 == LARGEST {
                return None;
            }
            drop(entry);
            self.bytes(&inner, depth + 1, scan);
        }
        Some(())
    }

    fn text(&self, text: &str, is_binary: bool, scan: &mut Scan) {
        let mut runs = Runs::default();
        let mut chain = digits::Chain::default();
        tokens::each(text, |token| {
            runs.push(token);
            self.patterns.at(&runs, is_binary, |pattern| {
                if let Some(exception) = pattern.exception {
                    *scan.exceptions.entry((pattern.kind, exception)).or_default() += 1;
                } else {
                    scan.leak(pattern.kind, pattern.row);
                }
            });
            if !self.numbers.is_empty() {
                chain.push(token, |number| {
                    if let Some((kind, row)) = self.numbers.get(&number) {
                        scan.leak(kind, *row);
                    }
                });
            }
        });
        if !self.addresses.is_empty() {
            addresses::each(text, |address| {
                if let Some(row) = self.addresses.get(&addresses::key(address)) {
                    scan.leak("courriel", *row);
                }
            });
        }
    }
}

impl std::fmt::Debug for Canaries {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Canaries({})", self.len())
    }
}
