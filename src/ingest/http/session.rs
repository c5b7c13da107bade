//! One platform during one run: requests with their signature, retries and snapshots.

use super::super::address::{origin, whole};
use super::super::links::next_of;
use super::super::page::{self, Page, Place};
use super::super::records::{PageRead, Reader};
use super::super::{Context, IngestError, Remembered, Snapshot, retry};
use super::body::{self, BodyError};
use super::elsewhere::{Downloads, Elsewhere};
use super::sign::{Sign, patience};
use crate::config::{Http, Paging};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, HeaderName, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, LAST_MODIFIED, LINK, RETRY_AFTER,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};
use std::sync::Once;
use std::time::Duration;

/// Redirects inside one host.
const MOST_REDIRECTS: usize = 5;

static PROVIDER: Once = Once::new();

/// One response that was read to its end.
struct Answer {
    body: Vec<u8>,
    /// By which the platform knows this answer again.
    validator: Option<String>,
    next_link: Option<String>,
    unchanged: bool,
}

/// Why an attempt failed.
enum Failure {
    /// Another attempt may help, after this long when the platform says so.
    Passing(String, Option<Duration>, Option<StatusCode>),
    /// The signature is refused: another one may help, when there can be one.
    Unsigned(IngestError),
    /// No attempt will help.
    Lasting(IngestError),
}

pub(super) struct Session<'a> {
    http: &'a Http,
    reader: &'a Reader<'a>,
    context: &'a Context<'a>,
    client: Client,
    elsewhere: Downloads,
    sign: Sign,
    /// Address of the first page.
    pub(super) first: Url,
}

impl<'a> Session<'a> {
    /// Checks the settings and looks the secrets up.
    pub(super) fn new(
        http: &'a Http,
        reader: &'a Reader<'a>,
        context: &'a Context<'a>,
    ) -> Result<Self, IngestError> {
        let name = &reader.source().name;
        let first = whole(&http.url).ok_or_else(|| {
            let help = "write it whole, for example `https://host/path`";
            IngestError::settings(name, "`url` is not an address", help)
        })?;
        let (host, elsewhere) = (origin(&first), Elsewhere::new(http, &first));
        let declared = elsewhere.clone();
        let policy = reqwest::redirect::Policy::custom(move |attempt| {
            if origin(attempt.url()) != host && declared.may_hold(attempt.url()) {
                // Followed below, without what signs us in.
                attempt.stop()
            } else if origin(attempt.url()) != host {
                attempt.error("it redirects to another host")
            } else if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error("it redirects too often")
            } else {
                attempt.follow()
            }
        });
        let client = client(http).redirect(policy).build().map_err(|_| unprepared(name))?;
        let sign = Sign::new(http, name, context)?;
        let elsewhere = elsewhere.prepared(http).map_err(|_| unprepared(name))?;
        Ok(Self { http, reader, context, client, elsewhere, sign, first })
    }

    /// One page with its retries: fetched, kept, read, remembered.
    pub(super) async fn page(
        &self,
        url: &Url,
        place: &Place,
        number: usize,
    ) -> Result<(Snapshot, PageRead, Option<String>), IngestError> {
        // A 304 need not repeat `Link` (RFC 9110, section 15.4.5), and the link may hold a key, so it is
        // not kept: where it leads to the next page, the whole answer is asked for.
        let by_header = matches!(self.http.paging, Some(Paging::NextLink { pointer: None }));
        let memory = self.context.replay.filter(|_| !by_header);
        let remembered = memory
            .and_then(|memory| memory.recall(url.as_str()))
            .and_then(|answer| self.context.snapshots.read(&answer.sha256).ok().map(|body| (answer, body)));
        let mut waits = retry::waits(self.http.retries);
        let mut renewed = false;
        loop {
            let failure = match self.attempt(url, place, remembered.as_ref().map(|(answer, _)| answer)).await
            {
                Ok(answer) => {
                    let body = match (&remembered, answer.unchanged) {
                        (Some((_, body)), true) => body.clone(),
                        _ => answer.body,
                    };
                    let label = format!("page {number}");
                    let mut page = Page { place: place.clone(), label, content: body.into() };
                    let snapshot = page::keep(&mut page, self.context)?;
                    if is_cut_off(page.content.memory()) {
                        Failure::Passing("the json breaks off".to_owned(), None, None)
                    } else {
                        let read = self.reader.read(&page).await?;
                        if let (Some(memory), Some(validator)) = (memory, answer.validator) {
                            let sha256 = snapshot.sha256.clone();
                            memory.remember(url.as_str(), Remembered { validator, sha256 });
                        }
                        return Ok((snapshot, read, answer.next_link));
                    }
                }
                Err(failure) => failure,
            };
            match failure {
                // A token may expire between two pages: another one is asked for, once a page.
                Failure::Unsigned(_) if !renewed && self.sign.renew().await => renewed = true,
                Failure::Lasting(error) | Failure::Unsigned(error) => return Err(error),
                Failure::Passing(cause, asked, status) => {
                    let Some(wait) = waits.next() else { return Err(self.give_up(place, &cause, status)) };
                    let wait = asked.unwrap_or(wait);
                    if wait > Duration::from_secs(self.http.retry_after_seconds.into()) && asked.is_some() {
                        return Err(IngestError::TryLater {
                            place: place.clone(),
                            cause: format!("{cause}, and asks to wait {} s", wait.as_secs()),
                        });
                    }
                    tracing::warn!(source = %self.reader.source().name, page = number, %cause, "attempt failed");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    fn give_up(&self, place: &Place, cause: &str, status: Option<StatusCode>) -> IngestError {
        let cause = format!("{cause}, {} times", u64::from(self.http.retries) + 1);
        if matches!(status, Some(StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE)) {
            return IngestError::TryLater { place: place.clone(), cause };
        }
        IngestError::unreachable(place, cause, "check the address and the network, or raise `total_seconds`")
    }

    async fn attempt(
        &self,
        url: &Url,
        place: &Place,
        remembered: Option<&Remembered>,
    ) -> Result<Answer, Failure> {
        let mut request = self.client.get(self.sign.address(url)).header(ACCEPT_ENCODING, body::ACCEPTED);
        if let Some((name, value)) = self.sign.header().await.map_err(Failure::Lasting)? {
            request = request.header(name, value);
        }
        if let Some(remembered) = remembered {
            let validator = remembered.validator.as_str();
            let name = if retry::is_date(validator) { IF_MODIFIED_SINCE } else { IF_NONE_MATCH };
            request = request.header(name, validator);
        }
        let mut response = request.send().await.map_err(|error| transport(&error, place))?;
        let mut validator = validator(&response);
        if let Some(address) = self.elsewhere.of(&response) {
            let download = self.elsewhere.client.get(address).header(ACCEPT_ENCODING, body::ACCEPTED);
            response = download.send().await.map_err(|error| transport(&error, place))?;
            // A validator of that host means nothing to the platform.
            validator = None;
        }
        let status = response.status();
        let next_link =
            response.headers().get_all(LINK).iter().find_map(|value| next_of(value.to_str().ok()?));
        if status == StatusCode::NOT_MODIFIED && remembered.is_some() {
            let validator = validator.or_else(|| remembered.map(|remembered| remembered.validator.clone()));
            return Ok(Answer { body: Vec::new(), validator, next_link, unchanged: true });
        }
        if !status.is_success() {
            let problem = self.problem(&mut response).await;
            return Err(refusal(&response, place, problem.as_deref()));
        }
        let most = self.http.maximum_bytes;
        let too_large = || {
            Failure::Lasting(IngestError::unreadable(
                place,
                format!("the response is larger than {most} bytes"),
                "ask for smaller pages, or raise `maximum_bytes`",
            ))
        };
        if response.content_length().is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let encoding = text(&response, &CONTENT_ENCODING);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error, place))? {
            if (body.len() + chunk.len()) as u64 > most {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        let body = body::unpack(body, encoding.as_deref(), most).map_err(|error| match error {
            BodyError::TooLarge => too_large(),
            BodyError::BreaksOff => Failure::Passing("the response breaks off".to_owned(), None, None),
            BodyError::Unknown => Failure::Lasting(IngestError::unreadable(
                place,
                "it is packed in a way that was not asked for",
                "ask the platform to answer with gzip, zstd or neither",
            )),
        })?;
        Ok(Answer { body, validator, next_link, unchanged: false })
    }

    /// The next address, which must stay on the host: our credentials go with it.
    pub(super) fn follow(&self, from: &Url, link: &str, place: &Place) -> Result<Url, IngestError> {
        let next = from.join(link.trim()).map_err(|_| {
            IngestError::unreadable(place, "the link to the next page is not an address", "correct `paging`")
        })?;
        if origin(&next) == origin(&self.first) {
            return Ok(next);
        }
        Err(IngestError::unreachable(
            place,
            "the link to the next page leads to another host",
            "ask the platform; our credentials go to the host of `url` only",
        ))
    }

    /// The title of a problem document (RFC 9457), which is the same whatever the occurrence:
    /// what else it says may name somebody.
    async fn problem(&self, response: &mut Response) -> Option<String> {
        const MOST: usize = 1 << 16;
        let kind = text(response, &CONTENT_TYPE)?;
        if !kind.trim_start().to_ascii_lowercase().starts_with("application/problem+json") {
            return None;
        }
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            if body.len() + chunk.len() > MOST {
                return None;
            }
            body.extend_from_slice(&chunk);
        }
        let encoding = text(response, &CONTENT_ENCODING);
        let body = body::unpack(body, encoding.as_deref(), MOST as u64).ok()?;
        let problem: serde_json::Value = serde_json::from_slice(&body).ok()?;
        let title: String = problem["title"]
            .as_str()?
            .chars()
            .filter(|character| !character.is_control())
            .take(120)
            .collect();
        (!title.trim().is_empty() && !self.sign.is_in(&title)).then(|| title.trim().to_owned())
    }
}

/// A client without its redirects: with our name and times, and no proxy of the environment.
pub(super) fn client(http: &Http) -> ClientBuilder {
    PROVIDER.call_once(|| {
        // Another part of the program may have chosen first: then that choice stands.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let (connect, total) = patience(http);
    Client::builder()
        .user_agent(concat!("maillage/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect)
        .timeout(total)
        .no_proxy()
}

/// A client could not be built.
pub(super) fn unprepared(source: &str) -> IngestError {
    let help = "check the certificates of this machine";
    IngestError::settings(source, "the connection cannot be prepared", help)
}

/// A transport error without the address, whose query may hold a key.
fn transport(error: &reqwest::Error, place: &Place) -> Failure {
    if error.is_redirect() {
        return Failure::Lasting(IngestError::unreachable(
            place,
            "it redirects to another host, or in a circle",
            "write the final address in `url`",
        ));
    }
    let cause = if error.is_timeout() {
        "it did not answer in time"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the response breaks off"
    } else {
        "the exchange failed"
    };
    Failure::Passing(cause.to_owned(), None, None)
}

fn refusal(response: &Response, place: &Place, problem: Option<&str>) -> Failure {
    let status = response.status();
    let said = problem.map(|title| format!(" (“{title}”)")).unwrap_or_default();
    let cause = format!("it answers {}{said}", status.as_u16());
    if retry::is_passing(status.as_u16()) {
        let asked = text(response, &RETRY_AFTER)
            .and_then(|value| retry::retry_after(&value, text(response, &DATE).as_deref()));
        return Failure::Passing(cause, asked, Some(status));
    }
    let help = match status.as_u16() {
        401 | 403 => "check `authentication` and renew the token or key in the environment",
        404 | 410 => "correct `url`",
        _ => "ask the platform",
    };
    let error = IngestError::unreachable(place, cause, help);
    if status == StatusCode::UNAUTHORIZED { Failure::Unsigned(error) } else { Failure::Lasting(error) }
}

/// `ETag`, else `Last-Modified` where no second change can hide behind it (RFC 9110, section 8.8.2.2).
fn validator(response: &Response) -> Option<String> {
    text(response, &ETAG).or_else(|| {
        let modified = text(response, &LAST_MODIFIED)?;
        retry::is_settled(&modified, &text(response, &DATE)?).then_some(modified)
    })
}

fn text(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// A close-delimited response that stops in the middle looks complete to the transport.
fn is_cut_off(body: &[u8]) -> bool {
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(start, Some(b'{' | b'['))
        && serde_json::Deserializer::from_slice(body)
            .into_iter::<serde::de::IgnoredAny>()
            .any(|value| value.is_err_and(|error| error.is_eof()))
}

#[cfg(test)]
mod tests {
    use super::is_cut_off;

    #[test]
    fn half_a_json_body_is_cut_off() {
        assert!(is_cut_off(b" [{\"a\": 1}, {\"a\""));
        assert!(!is_cut_off(b"[{\"a\": 1}]") && !is_cut_off(b"a,b\n1,2"));
    }
}
