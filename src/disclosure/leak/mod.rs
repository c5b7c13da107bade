//! The gate: no name, contact, number, address or free text of the input in any published byte.
//!
//! Method: texts of the input become hashes of runs of words, numbers and addresses (`rules` says
//! which); every reading of every file (`views`) is rolled past them once. The time is linear in
//! the bytes, whatever the number of canaries.

mod addresses;
mod collect;
mod digits;
mod encoded;
mod escapes;
mod markup;
mod parquet;
mod patterns;
mod public;
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
    numbers: Map<&'static str>,
    addresses: Set,
    keys: Vec<Vec<u8>>,
}

/// What a file holds, in kinds and never in texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Kinds of confidential text that must not leave.
    pub leaks: BTreeSet<&'static str>,
    /// Confidential texts that were let through, by kind and reason, with their number.
    pub exceptions: BTreeMap<(&'static str, Exception), usize>,
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
                    scan.leaks.insert(pattern.kind);
                }
            });
            if !self.numbers.is_empty() {
                chain.push(token, |number| {
                    scan.leaks.extend(self.numbers.get(&number));
                });
            }
        });
        if !self.addresses.is_empty() {
            addresses::each(text, |address| {
                if self.addresses.contains(&addresses::key(address)) {
                    scan.leaks.insert("courriel");
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
