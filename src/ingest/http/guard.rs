//! What was asked of a platform and what came: circles, repetitions, and counts that are not kept.

use super::super::IngestError;
use super::super::page::Place;
use super::help::Help;
use super::marks::count;
use super::session::Fetched;
use crate::config::{Http, Paging};
use reqwest::Url;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a page is beside those before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// Another one, and how many of its records came on earlier pages.
    New { repeated: usize },
    /// The last one once more, after every announced record came: some platforms answer so to what lies behind it.
    LastAgain,
}

/// Why pages are not a source.
pub(super) enum Broken {
    /// Their count is not kept, and some of them are those of an earlier night.
    Stale(IngestError),
    /// Whenever they were fetched.
    Lasting(IngestError),
}

impl From<IngestError> for Broken {
    fn from(error: IngestError) -> Self {
        Self::Lasting(error)
    }
}

impl From<Broken> for IngestError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Stale(error) | Broken::Lasting(error) => error,
        }
    }
}

/// What was asked and received so far.
pub(super) struct Guard<'a> {
    http: &'a Http,
    help: Help<'a>,
    addresses: BTreeSet<String>,
    /// What pages are known by.
    pages: BTreeSet<String>,
    /// What their records are known by.
    came: BTreeSet<String>,
    records: u64,
    announced: Option<u64>,
    /// Records with an identity that came on an earlier page too.
    twice: usize,
    /// Whether a page of an earlier night is among them.
    is_old: bool,
}

impl<'a> Guard<'a> {
    pub(super) fn new(http: &'a Http, help: Help<'a>) -> Self {
        let (addresses, pages, came) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self { http, help, addresses, pages, came, records: 0, announced: None, twice: 0, is_old: false }
    }

    /// Records that came.
    pub(super) const fn records(&self) -> u64 {
        self.records
    }

    /// Whether every announced record came.
    pub(super) fn is_known_whole(&self) -> bool {
        self.announced == Some(self.records)
    }

    /// Whether the next page may lie behind the last one, so that nothing there is an end: where pages are
    /// counted, after a page with records, and not before all that were announced came.
    pub(super) fn may_be_past(&self) -> bool {
        self.counts_pages() && self.records > 0 && (self.announced.is_none() || self.is_known_whole())
    }

    const fn counts_pages(&self) -> bool {
        matches!(self.http.paging, Some(Paging::Page { .. } | Paging::Offset { .. }))
    }

    /// No address twice.
    pub(super) fn asks(&mut self, address: &Url, place: &Place) -> Result<(), IngestError> {
        if self.addresses.insert(address.to_string()) {
            return Ok(());
        }
        Err(IngestError::unreadable(place, "the pages run in a circle", self.help.paging(self.http)))
    }

    /// No page twice, and one count on all pages. The records of json are at a pointer; a record is known by
    /// what it holds, and some have an identity.
    pub(super) fn got(
        &mut self,
        pointer: &str,
        has_identity: impl Fn(&Value) -> bool,
        fetched: &Fetched,
        place: &Place,
    ) -> Result<Got, Broken> {
        self.is_old |= fetched.unchanged;
        // A page may say when it was made, so of json its records are compared and not its bytes.
        let listed = fetched.page.json.as_ref().and_then(|json| json.pointer(pointer));
        let known = listed.map_or_else(|| fetched.snapshot.sha256.clone(), fingerprint);
        let records = fetched.page.records;
        if records > 0 && !self.pages.insert(known) {
            if self.counts_pages() && self.is_known_whole() {
                return Ok(Got::LastAgain);
            }
            let cause = "the platform gives the same page again";
            return Err(IngestError::unreadable(place, cause, self.help.paging(self.http)).into());
        }
        self.records += records as u64;
        // Two alike on one page are two; on two pages they are one that moved while the pages were read.
        let each: BTreeMap<String, &Value> = listed
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(|record| (fingerprint(record), record))
            .collect();
        let again: Vec<&Value> =
            each.iter().filter(|(known, _)| self.came.contains(*known)).map(|(_, record)| *record).collect();
        let repeated = again.len();
        self.twice += again.into_iter().filter(|record| has_identity(record)).count();
        self.came.extend(each.into_keys());
        let Some(pointer) = &self.http.count_pointer else { return Ok(Got::New { repeated }) };
        let json = fetched.page.json.as_ref();
        let announced = json.and_then(|json| json.pointer(pointer)).and_then(count).ok_or_else(|| {
            IngestError::unreadable(
                place,
                format!("there is no count of records at `{pointer}`"),
                self.help.count_place(),
            )
        })?;
        match self.announced.replace(announced) {
            Some(before) if before != announced => Err(self.miscounted(IngestError::TryLater {
                place: place.clone(),
                cause: format!(
                    "it announced {before} records and now {announced}: it changes while it is read"
                ),
            })),
            _ => Ok(Got::New { repeated }),
        }
    }

    /// As many records as were announced; one that came twice stands for another that did not come.
    pub(super) fn end(&self, place: &Place) -> Result<(), Broken> {
        match self.announced {
            Some(announced) if announced != self.records => {
                let cause = format!("it announced {announced} records and gave {}", self.records);
                Err(self.miscounted(IngestError::unreadable(place, cause, self.help.count())))
            }
            Some(announced) if self.twice > 0 => Err(self.miscounted(IngestError::TryLater {
                place: place.clone(),
                cause: format!(
                    "it announced {announced} records and gave as many, {} of them twice: others are missing, for it \
                     changed between two pages",
                    self.twice
                ),
            })),
            _ => Ok(()),
        }
    }

    fn miscounted(&self, error: IngestError) -> Broken {
        if self.is_old { Broken::Stale(error) } else { Broken::Lasting(error) }
    }
}

/// By which a record, or the records of a page, are known again.
fn fingerprint(records: &Value) -> String {
    blake3::hash(records.to_string().as_bytes()).to_hex().to_string()
}
