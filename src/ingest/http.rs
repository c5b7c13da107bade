//! Platforms reached over HTTP: which page comes next, and what shows that a platform goes wrong.
//!
//! A source is read whole or not at all: any page that fails fails the source.

mod again;
mod body;
mod charset;
mod elsewhere;
mod guard;
mod headings;
mod help;
mod marks;
mod refused;
mod secrets;
mod session;
mod sign;
mod transport;

use super::address::with_query;
use super::page::Place;
use super::records::Reader;
use super::remark::Remark;
use super::{Context, IngestError, SourceRead};
use crate::config::{Http, Paging};
use crate::model::FindingKind;
use guard::{Broken, Got, Guard};
use marks::{Mark, mark};
use reqwest::Url;
use session::{Asked, Fetched, Session};

/// Reads every page.
pub(super) async fn read(
    http: &Http,
    reader: &Reader<'_>,
    context: &Context<'_>,
) -> Result<SourceRead, IngestError> {
    let session = Session::new(http, reader, context)?;
    let mut may_be_known = true;
    loop {
        match pages(http, reader, &session, may_be_known).await {
            Err(Broken::Stale(_)) if may_be_known => may_be_known = false,
            read => return Ok(read?),
        }
    }
}

/// Every page; where it `may_be_known`, what has not changed is that of an earlier night.
async fn pages(
    http: &Http,
    reader: &Reader<'_>,
    session: &Session<'_>,
    may_be_known: bool,
) -> Result<SourceRead, Broken> {
    let mut read = SourceRead::default();
    let mut guard = Guard::new(http, session.help);
    let mut turning = Turning { http, session, never: true };
    let mut url = session.first.clone();
    for (turn, number) in (0_u32..).zip(1..=http.maximum_pages as usize) {
        let address = match &http.paging {
            Some(Paging::Page { parameter, first }) => {
                with_query(&url, &[(parameter, &first.saturating_add(turn).to_string())])
            }
            Some(Paging::Offset { parameter, limit_parameter, limit }) => {
                // By what came: a platform may give fewer records a page than asked for.
                let (received, limit) = (guard.records().to_string(), limit.to_string());
                with_query(&url, &[(parameter, &received), (limit_parameter, &limit)])
            }
            Some(Paging::NextLink { .. } | Paging::Cursor { .. }) | None => url.clone(),
        };
        let place = session.place(&url, number);
        guard.asks(&address, &place)?;
        let may_be_past = guard.may_be_past();
        let asked = Asked { url: &address, place: &place, number, may_be_past, may_be_known };
        let Some(fetched) = session.page(asked).await? else { return guard.end(&place).map(|()| read) };
        let source = reader.source();
        let pointer = source.pointer.as_deref().unwrap_or_default();
        let repeated = match guard.got(pointer, |record| reader.has_identity(record), &fetched, &place)? {
            Got::LastAgain => return guard.end(&place).map(|()| read),
            Got::New { repeated } => repeated,
        };
        if repeated > 0 {
            let told = Remark::whole(FindingKind::RepeatedRecord, repeated.to_string());
            read.findings.push(told.finding(&source.name, &format!("page {number}"), None));
        }
        let next = turning.next(&url, &fetched, &place)?;
        read.snapshots.push(fetched.snapshot);
        super::take(&mut read, fetched.page);
        let Some(next) = next else {
            if let Some(pointer) = turning.pointer().filter(|_| turning.never && !guard.is_known_whole()) {
                let told = Remark::whole(FindingKind::LostPagePointer, pointer.to_owned());
                read.findings.push(told.finding(&source.name, "page 1", None));
            }
            return guard.end(&place).map(|()| read);
        };
        url = next;
    }
    let place = session.place(&url, http.maximum_pages as usize);
    let cause = format!("there are more than {} pages", http.maximum_pages);
    Err(IngestError::unreadable(&place, cause, session.help.pages()).into())
}

/// How one page leads to the next.
struct Turning<'a> {
    http: &'a Http,
    session: &'a Session<'a>,
    /// Whether no page so far had anything at the pointer, not even null.
    never: bool,
}

impl Turning<'_> {
    /// The pointer into the body by which pages turn.
    fn pointer(&self) -> Option<&str> {
        self.http.paging.as_ref()?.pointer()
    }

    /// The address of the next page; none after the last one.
    fn next(&mut self, url: &Url, fetched: &Fetched, place: &Place) -> Result<Option<Url>, IngestError> {
        let (http, json) = (self.http, fetched.page.json.as_ref());
        let (text, parameter) = match &http.paging {
            None => return Ok(None),
            Some(Paging::Page { .. } | Paging::Offset { .. }) => {
                return Ok((fetched.page.records > 0).then(|| url.clone()));
            }
            Some(Paging::NextLink { pointer: None }) => (fetched.next_link.clone(), None),
            Some(Paging::NextLink { pointer: Some(pointer) }) => {
                (self.at(mark(json, pointer, true, place)?), None)
            }
            Some(Paging::Cursor { parameter, pointer }) => {
                (self.at(mark(json, pointer, false, place)?), Some(parameter))
            }
        };
        let Some(text) = text else { return Ok(None) };
        match parameter {
            Some(parameter) => Ok(Some(with_query(&self.session.first, &[(parameter, &text)]))),
            None => self.session.follow(&fetched.base, &text, place).map(Some),
        }
    }

    fn at(&mut self, mark: Mark) -> Option<String> {
        self.never &= mark == Mark::Absent;
        match mark {
            Mark::Next(text) => Some(text),
            Mark::Absent | Mark::End => None,
        }
    }
}
