//! Attempts that fail: what may be tried again, after which wait, and how it ends.

use super::super::page::Place;
use super::super::{IngestError, retry};
use super::help::Help;
use crate::clock;
use crate::config::Http;
use reqwest::header::{DATE, HeaderName, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use std::time::Duration;

/// Why an attempt failed.
pub(super) enum Failure {
    /// Another attempt may help.
    Passing(Passing),
    /// The signature is refused: another one may help, when there can be one.
    Unsigned(IngestError),
    /// No attempt will help.
    Lasting(IngestError),
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Self {
        Self::Lasting(error)
    }
}

/// An attempt after which another one may help.
pub(super) struct Passing {
    cause: String,
    /// How long the platform asks to wait.
    asked: Option<Duration>,
    status: Option<StatusCode>,
}

impl Passing {
    /// Something that the platform does not explain.
    pub(super) fn new(cause: &str) -> Self {
        Self { cause: cause.to_owned(), asked: None, status: None }
    }

    /// A response that asks to come again.
    pub(super) fn of(response: &Response, cause: String) -> Self {
        let asked = text(response, &RETRY_AFTER).and_then(|value| {
            let date = text(response, &DATE);
            retry::retry_after(&value, date.as_deref(), clock::now())
        });
        Self { cause, asked, status: Some(response.status()) }
    }
}

impl From<Passing> for Failure {
    fn from(passing: Passing) -> Self {
        Self::Passing(passing)
    }
}

/// The attempts that are left of one page, or of one token.
pub(super) struct Again<'a> {
    source: &'a str,
    help: Help<'a>,
    retries: u32,
    /// Longest wait that is obeyed.
    longest: Duration,
    waits: Box<dyn Iterator<Item = Duration> + Send>,
}

impl<'a> Again<'a> {
    pub(super) fn new(http: &Http, source: &'a str, help: Help<'a>) -> Self {
        let longest = Duration::from_secs(http.retry_after_seconds.into());
        let waits = Box::new(retry::waits(http.retries));
        Self { source, help, retries: http.retries, longest, waits }
    }

    /// Waits for another attempt; the error when there is none.
    pub(super) async fn wait(&mut self, passing: Passing, place: &Place) -> Result<(), IngestError> {
        let Some(wait) = self.waits.next() else { return Err(self.give_up(&passing, place)) };
        let Passing { cause, asked, .. } = passing;
        if let Some(asked) = asked.filter(|asked| *asked > self.longest) {
            let cause = format!("{cause}, and asks to wait {} s", asked.as_secs());
            return Err(IngestError::TryLater { place: place.clone(), cause });
        }
        tracing::warn!(source = %self.source, %place, %cause, "attempt failed");
        // Never sooner than we would by ourselves: some ask for no wait at all.
        tokio::time::sleep(asked.map_or(wait, |asked| asked.max(wait))).await;
        Ok(())
    }

    fn give_up(&self, passing: &Passing, place: &Place) -> IngestError {
        let cause = format!("{}, {} times", passing.cause, u64::from(self.retries) + 1);
        let asks_for_patience = matches!(
            passing.status,
            Some(StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE | StatusCode::ACCEPTED)
        );
        if asks_for_patience {
            return IngestError::TryLater { place: place.clone(), cause };
        }
        IngestError::unreachable(place, cause, self.help.network())
    }
}

/// A header of a response, when it is plain text.
pub(super) fn text(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}
