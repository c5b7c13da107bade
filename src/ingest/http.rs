//! Platforms reached over HTTP: which page comes next, and what shows that a platform goes wrong.
//!
//! A source is read whole or not at all: any page that fails fails the source.

mod body;
mod elsewhere;
mod session;
mod sign;

use super::address::{public, with_query};
use super::page::Place;
use super::records::Reader;
use super::{Context, IngestError, SourceRead};
use crate::config::{Http, Paging};
use reqwest::Url;
use serde_json::Value;
use session::Session;
use std::collections::BTreeSet;

/// Reads every page into `read`.
pub(super) async fn read(
    http: &Http,
    reader: &Reader<'_>,
    context: &Context<'_>,
    read: &mut SourceRead,
) -> Result<(), IngestError> {
    let session = Session::new(http, reader, context)?;
    let mut guard = Guard::default();
    let pointer = reader.source().pointer.as_deref().unwrap_or_default();
    let mut url = session.first.clone();
    let mut received = 0_u64;
    for (turn, number) in (0_u32..).zip(1..=http.maximum_pages as usize) {
        let address = match &http.paging {
            Some(Paging::Page { parameter, first }) => {
                with_query(&url, &[(parameter, &first.saturating_add(turn).to_string())])
            }
            Some(Paging::Offset { parameter, limit_parameter, limit }) => {
                // By what came: a platform may give fewer records a page than asked for.
                with_query(&url, &[(parameter, &received.to_string()), (limit_parameter, &limit.to_string())])
            }
            Some(Paging::NextLink { .. } | Paging::Cursor { .. }) | None => url.clone(),
        };
        let place = Place::address(&public(&url), number);
        guard.asks(&address, &place)?;
        let (snapshot, page, next_link) = session.page(&address, &place, number).await?;
        received += page.records as u64;
        // A page may say when it was made, so of json its records are compared and not its bytes.
        let records = page.json.as_ref().and_then(|json| json.pointer(pointer));
        let known = records.map_or_else(|| snapshot.sha256.clone(), fingerprint);
        guard.got(http, known, page.records, page.json.as_ref(), &place)?;
        read.snapshots.push(snapshot);
        read.rows.extend(page.rows);
        read.findings.extend(page.findings);
        let said = |pointer: &str| page.json.as_ref().and_then(|json| json.pointer(pointer)).and_then(text);
        let next = match &http.paging {
            None => None,
            Some(Paging::Page { .. } | Paging::Offset { .. }) => (page.records > 0).then(|| url.clone()),
            Some(Paging::NextLink { pointer }) => {
                let link = pointer.as_deref().map_or(next_link, said);
                link.map(|link| session.follow(&address, &link, &place)).transpose()?
            }
            Some(Paging::Cursor { parameter, pointer }) => {
                said(pointer).map(|cursor| with_query(&session.first, &[(parameter, &cursor)]))
            }
        };
        match next {
            Some(next) => url = next,
            None => return guard.end(&place),
        }
    }
    Err(IngestError::unreadable(
        &Place::address(&public(&url), http.maximum_pages as usize),
        format!("there are more than {} pages", http.maximum_pages),
        "correct `paging`, ask for larger pages, or raise `maximum_pages`",
    ))
}

/// A link or cursor: text that is not blank, or a number.
fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// By which the records of a page are known again.
fn fingerprint(records: &Value) -> String {
    blake3::hash(records.to_string().as_bytes()).to_hex().to_string()
}

/// What was asked and received so far.
#[derive(Default)]
struct Guard {
    addresses: BTreeSet<String>,
    pages: BTreeSet<String>,
    records: u64,
    announced: Option<u64>,
}

impl Guard {
    /// No address twice.
    fn asks(&mut self, address: &Url, place: &Place) -> Result<(), IngestError> {
        if self.addresses.insert(address.to_string()) {
            return Ok(());
        }
        Err(IngestError::unreadable(place, "the pages run in a circle", "correct `paging`"))
    }

    /// No page twice, and one count on all pages.
    fn got(
        &mut self,
        http: &Http,
        known: String,
        records: usize,
        json: Option<&Value>,
        place: &Place,
    ) -> Result<(), IngestError> {
        if records > 0 && !self.pages.insert(known) {
            return Err(IngestError::unreadable(
                place,
                "the platform gives the same page again",
                "it does not know the `parameter` of `paging`: correct it",
            ));
        }
        self.records += records as u64;
        let Some(pointer) = &http.count_pointer else { return Ok(()) };
        let count = json.and_then(|json| json.pointer(pointer)).and_then(Value::as_u64).ok_or_else(|| {
            IngestError::unreadable(
                place,
                format!("there is no count of records at `{pointer}`"),
                "correct `count_pointer`, or leave it out",
            )
        })?;
        match self.announced.replace(count) {
            Some(before) if before != count => Err(IngestError::TryLater {
                place: place.clone(),
                cause: format!("it announced {before} records and now {count}: it changes while it is read"),
            }),
            _ => Ok(()),
        }
    }

    /// As many records as were announced.
    fn end(&self, place: &Place) -> Result<(), IngestError> {
        match self.announced {
            Some(announced) if announced != self.records => Err(IngestError::unreadable(
                place,
                format!("it announced {announced} records and gave {}", self.records),
                "correct `paging` (a page may hold fewer records than asked for), or ask the platform",
            )),
            _ => Ok(()),
        }
    }
}
