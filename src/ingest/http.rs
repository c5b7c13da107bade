//! Platforms reached over HTTP: sign-in, pages, retries, conditional requests.

use super::address::{base64, next_of, origin, public, with_query};
use super::page::{self, Page, Place};
use super::records::{PageRead, Reader};
use super::{Context, IngestError, Remembered, Snapshot, SourceRead, retry};
use crate::config::{Authentication, Http, Paging};
use reqwest::header::{
    AUTHORIZATION, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, LINK, RETRY_AFTER,
};
use reqwest::{Client, Response, StatusCode, Url};
use std::collections::BTreeSet;
use std::sync::Once;
use std::time::Duration;

/// Pages after which a platform that never ends is refused.
const MOST_PAGES: usize = 10_000;
/// Redirects inside one host.
const MOST_REDIRECTS: usize = 5;

static PROVIDER: Once = Once::new();

/// One response that was read to its end.
struct Answer {
    body: Vec<u8>,
    etag: Option<String>,
    next_link: Option<String>,
    unchanged: bool,
}

/// Why an attempt failed.
enum Failure {
    /// Another attempt may help, after this long when the platform says so.
    Passing(String, Option<Duration>, Option<StatusCode>),
    /// No attempt will help.
    Lasting(IngestError),
}

/// Reads every page into `read`.
pub(super) async fn read(
    http: &Http,
    reader: &Reader<'_>,
    context: &Context<'_>,
    read: &mut SourceRead,
) -> Result<(), IngestError> {
    let session = Session::new(http, reader, context)?;
    let mut url = session.first.clone();
    let mut visited = BTreeSet::new();
    let mut previous = String::new();
    for (turn, number) in (0_u32..).zip(1..=MOST_PAGES) {
        let address = match &http.paging {
            Some(Paging::Page { parameter, first }) => {
                with_query(&url, &[(parameter, first.saturating_add(turn))])
            }
            Some(Paging::Offset { parameter, limit_parameter, limit }) => {
                with_query(&url, &[(parameter, turn.saturating_mul(*limit)), (limit_parameter, *limit)])
            }
            Some(Paging::NextLink { .. }) | None => url.clone(),
        };
        let place = Place::address(&public(&url), number);
        if !visited.insert(address.to_string()) {
            return Err(IngestError::unreadable(&place, "the pages run in a circle", "correct `paging`"));
        }
        let (snapshot, page_read, next_link) = session.page(&address, &place, number).await?;
        let repeated = number > 1 && snapshot.sha256 == previous && page_read.records > 0;
        previous.clone_from(&snapshot.sha256);
        read.snapshots.push(snapshot);
        read.rows.extend(page_read.rows);
        read.findings.extend(page_read.findings);
        match &http.paging {
            None => return Ok(()),
            Some(Paging::Page { .. } | Paging::Offset { .. }) => {
                if page_read.records == 0 {
                    return Ok(());
                }
                if repeated {
                    return Err(IngestError::unreadable(
                        &place,
                        "the platform gives the same page again",
                        "it does not know the `parameter` of `paging`: correct it",
                    ));
                }
            }
            Some(Paging::NextLink { pointer }) => {
                let next = match pointer {
                    Some(pointer) => page_read
                        .json
                        .as_ref()
                        .and_then(|json| json.pointer(pointer))
                        .and_then(|link| link.as_str().map(str::to_owned)),
                    None => next_link,
                };
                let Some(next) = next.filter(|next| !next.trim().is_empty()) else { return Ok(()) };
                url = session.follow(&address, &next, &place)?;
            }
        }
    }
    Err(IngestError::unreadable(
        &Place::address(&public(&url), MOST_PAGES),
        format!("there are more than {MOST_PAGES} pages"),
        "correct `paging`, or ask for larger pages",
    ))
}

struct Session<'a> {
    http: &'a Http,
    reader: &'a Reader<'a>,
    context: &'a Context<'a>,
    client: Client,
    first: Url,
}

impl<'a> Session<'a> {
    fn new(http: &'a Http, reader: &'a Reader<'a>, context: &'a Context<'a>) -> Result<Self, IngestError> {
        let name = &reader.source().name;
        let bad = |cause: &str, help: &str| IngestError::settings(name, cause, help);
        let first = Url::parse(&http.url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                bad("`url` is not an address", "write it whole, for example `https://host/path`")
            })?;
        PROVIDER.call_once(|| {
            // Another part of the program may have chosen first: then that choice stands.
            let _ = rustls::crypto::ring::default_provider().install_default();
        });
        let host = origin(&first);
        let policy = reqwest::redirect::Policy::custom(move |attempt| {
            if origin(attempt.url()) != host {
                attempt.error("it redirects to another host")
            } else if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error("it redirects too often")
            } else {
                attempt.follow()
            }
        });
        let client = Client::builder()
            .user_agent(concat!("maillage/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(http, name, context)?)
            .connect_timeout(Duration::from_secs(http.connect_seconds.into()))
            .timeout(Duration::from_secs(http.total_seconds.into()))
            .redirect(policy)
            .no_proxy()
            .build()
            .map_err(|_| {
                bad("the connection cannot be prepared", "check the certificates of this machine")
            })?;
        Ok(Self { http, reader, context, client, first })
    }

    /// One page with its retries: fetched, kept, read, remembered.
    async fn page(
        &self,
        url: &Url,
        place: &Place,
        number: usize,
    ) -> Result<(Snapshot, PageRead, Option<String>), IngestError> {
        let remembered =
            self.context.replay.and_then(|replay| replay.recall(url.as_str())).and_then(|answer| {
                self.context.snapshots.read(&answer.sha256).ok().map(|body| (answer, body))
            });
        let mut waits = retry::waits(self.http.retries);
        loop {
            let failure = match self.attempt(url, place, remembered.as_ref().map(|(answer, _)| answer)).await
            {
                Ok(answer) => {
                    let body = match (&remembered, answer.unchanged) {
                        (Some((_, body)), true) => body.clone(),
                        _ => answer.body,
                    };
                    let page = Page { place: place.clone(), label: format!("page {number}"), bytes: body };
                    let snapshot = page::keep(&page, self.context)?;
                    if is_cut_off(&page.bytes) {
                        Failure::Passing("the json breaks off".to_owned(), None, None)
                    } else {
                        let read = self.reader.read(&page).await?;
                        if let (Some(replay), Some(etag)) = (self.context.replay, answer.etag) {
                            let sha256 = snapshot.sha256.clone();
                            replay.remember(url.as_str(), Remembered { etag, sha256 });
                        }
                        return Ok((snapshot, read, answer.next_link));
                    }
                }
                Err(failure) => failure,
            };
            match failure {
                Failure::Lasting(error) => return Err(error),
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
        let mut request = self.client.get(url.clone());
        if let Some(remembered) = remembered {
            request = request.header(IF_NONE_MATCH, remembered.etag.as_str());
        }
        let mut response = request.send().await.map_err(|error| transport(&error, place))?;
        let status = response.status();
        let etag = text(&response, &ETAG);
        let next_link =
            response.headers().get_all(LINK).iter().find_map(|value| next_of(value.to_str().ok()?));
        if status == StatusCode::NOT_MODIFIED && remembered.is_some() {
            let etag = etag.or_else(|| remembered.map(|remembered| remembered.etag.clone()));
            return Ok(Answer { body: Vec::new(), etag, next_link, unchanged: true });
        }
        if !status.is_success() {
            return Err(refusal(&response, place));
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
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| transport(&error, place))? {
            if (body.len() + chunk.len()) as u64 > most {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { body, etag, next_link, unchanged: false })
    }

    /// The next address, which must stay on the host: our credentials go with it.
    fn follow(&self, from: &Url, link: &str, place: &Place) -> Result<Url, IngestError> {
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
}

fn headers(http: &Http, source: &str, context: &Context<'_>) -> Result<HeaderMap, IngestError> {
    let secret = |variable: &str| {
        (context.environment)(variable).filter(|value| !value.is_empty()).ok_or_else(|| {
            IngestError::settings(
                source,
                format!("the environment variable `{variable}` is not set"),
                "set it before the run; secrets do not belong in the settings",
            )
        })
    };
    let bad = || {
        IngestError::settings(
            source,
            "`authentication` holds a character that no header may hold",
            "check the header name and look for a line break in the environment variable",
        )
    };
    let (name, value) = match &http.authentication {
        None => return Ok(HeaderMap::new()),
        Some(Authentication::Bearer { token_env }) => {
            (AUTHORIZATION, format!("Bearer {}", secret(token_env)?.trim()))
        }
        Some(Authentication::Basic { user, password_env }) => (
            AUTHORIZATION,
            format!("Basic {}", base64(format!("{user}:{}", secret(password_env)?).as_bytes())),
        ),
        Some(Authentication::ApiKey { header, key_env }) => {
            let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| bad())?;
            (name, secret(key_env)?.trim().to_owned())
        }
    };
    let mut value = HeaderValue::from_str(&value).map_err(|_| bad())?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(name, value)]))
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

fn refusal(response: &Response, place: &Place) -> Failure {
    let status = response.status();
    let cause = format!("it answers {}", status.as_u16());
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
    Failure::Lasting(IngestError::unreachable(place, cause, help))
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
