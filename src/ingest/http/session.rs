//! One platform during one run: requests with their signature, retries and snapshots.

use super::super::address::{origin, whole};
use super::super::links::{NoLinks, next_of, text_of};
use super::super::page::{self, Page, Place};
use super::super::records::{PageRead, Reader};
use super::super::remark::Remark;
use super::super::{Context, IngestError, Remembered, Replay, Snapshot, retry};
use super::again::{Again, Failure, Passing, text};
use super::body::{self, BodyError};
use super::charset;
use super::elsewhere::{Downloads, Elsewhere};
use super::headings;
use super::help::Help;
use super::refused::refused;
use super::sign::{Sign, patience};
use super::transport::{self, Astray};
use crate::config::{Http, Paging};
use crate::model::FindingKind;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, DATE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LINK,
};
use reqwest::{Client, ClientBuilder, Response, StatusCode, Url};
use std::sync::Once;

/// Redirects inside one host.
const MOST_REDIRECTS: usize = 5;
/// Headers of one response that are read.
const MOST_HEADERS: usize = 1_000;

static PROVIDER: Once = Once::new();

/// One response that was read to its end.
struct Answer {
    body: Vec<u8>,
    /// As its header says.
    content_type: Option<String>,
    /// By which the platform knows this answer again.
    validator: Option<String>,
    next_link: Option<String>,
    /// The address that gave it, after redirects.
    base: Url,
    unchanged: bool,
}

/// One page that was read.
pub(super) struct Fetched {
    pub(super) snapshot: Snapshot,
    pub(super) page: PageRead,
    /// Where the `Link` header leads.
    pub(super) next_link: Option<String>,
    /// What links of the page are relative to.
    pub(super) base: Url,
    /// Whether it is that of an earlier night.
    pub(super) unchanged: bool,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    pub(super) url: &'p Url,
    pub(super) place: &'p Place,
    /// Counted from 1.
    pub(super) number: usize,
    /// Whether nothing there may mean that the pages are all read.
    pub(super) may_be_past: bool,
    /// Whether what an earlier night kept may stand for it.
    pub(super) may_be_known: bool,
}

pub(super) struct Session<'a> {
    http: &'a Http,
    reader: &'a Reader<'a>,
    context: &'a Context<'a>,
    client: Client,
    elsewhere: Downloads,
    sign: Sign<'a>,
    pub(super) help: Help<'a>,
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
        let source = reader.source();
        let name = &source.name;
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
                let astray = Astray::leaving(&host, attempt.url());
                attempt.error(astray)
            } else if attempt.previous().len() > MOST_REDIRECTS {
                attempt.error(Astray::Circle)
            } else {
                attempt.follow()
            }
        });
        let client = client(http).redirect(policy).build().map_err(|_| unprepared(name))?;
        let sign = Sign::new(http, source, context)?;
        let elsewhere = elsewhere.prepared(http).map_err(|_| unprepared(name))?;
        Ok(Self { http, reader, context, client, elsewhere, sign, help: Help::new(source), first })
    }

    /// The place of a page, as messages say it.
    pub(super) fn place(&self, url: &Url, number: usize) -> Place {
        Place::address(&self.sign.secrets.shown(url), number)
    }

    /// One page with its retries: fetched, kept, read, remembered; none when it lies past the last one.
    pub(super) async fn page(&self, asked: Asked<'_>) -> Result<Option<Fetched>, IngestError> {
        let memory = self.context.replay.filter(|_| !self.turns_by_header());
        let remembered = memory
            .filter(|_| asked.may_be_known)
            .and_then(|memory| memory.recall(&self.question(asked.url)))
            .filter(|answer| self.is_telling(&answer.validator))
            .and_then(|answer| self.context.snapshots.read(&answer.sha256).ok().map(|body| (answer, body)));
        let known = remembered.as_ref().map(|(answer, _)| answer);
        let mut again = Again::new(self.http, &self.reader.source().name, self.help);
        let mut renewed = false;
        loop {
            let tried = match self.attempt(asked, known).await {
                Ok(None) => return Ok(None),
                Ok(Some(answer)) => {
                    let kept = remembered.as_ref().filter(|_| answer.unchanged).map(|(_, body)| body.clone());
                    self.take(asked, answer, kept, memory).await
                }
                Err(failure) => Err(failure),
            };
            match tried {
                Ok(fetched) => return Ok(Some(fetched)),
                // A token may expire between two pages: another one is asked for, once a page.
                Err(Failure::Unsigned(_)) if !renewed && self.sign.renew().await => renewed = true,
                Err(Failure::Lasting(error) | Failure::Unsigned(error)) => return Err(error),
                Err(Failure::Passing(passing)) => again.wait(passing, asked.place).await?,
            }
        }
    }

    /// By what an answer is known again: the source, who asks, and the address. Two sources of one address may
    /// be shown different records, and where validators are counters a 304 to one says nothing of the other.
    fn question(&self, url: &Url) -> String {
        format!("{}\n{}\n{url}", self.reader.source().name, self.sign.identity())
    }

    /// Whether the `Link` header leads on. A 304 need not repeat it (RFC 9110, section 15.4.5), and the link
    /// may hold a key, so it is not kept: the whole answer is asked for.
    fn turns_by_header(&self) -> bool {
        matches!(self.http.paging, Some(Paging::NextLink { pointer: None }))
    }

    /// Whether a 304 to this validator says that nothing has changed of what is read: a weak one may say so of
    /// the records alone (RFC 9110, section 8.8.1), and not of what leads on or counts them.
    fn is_telling(&self, validator: &str) -> bool {
        let turns_by_body = self.http.paging.as_ref().is_some_and(|paging| paging.pointer().is_some());
        !validator.starts_with("W/") || !(turns_by_body || self.http.count_pointer.is_some())
    }

    /// Keeps an answer and reads it.
    async fn take(
        &self,
        asked: Asked<'_>,
        answer: Answer,
        kept: Option<Vec<u8>>,
        memory: Option<&dyn Replay>,
    ) -> Result<Fetched, Failure> {
        let source = self.reader.source();
        let (body, contradicted) = match kept {
            Some(body) => (body, None),
            // What is declared in the settings wins.
            None if source.text.encoding.is_some() => (answer.body, None),
            None => charset::understood(answer.body, answer.content_type.as_deref()),
        };
        let label = format!("page {}", asked.number);
        let mut page = Page { place: asked.place.clone(), label, content: body.into() };
        let snapshot = page::keep(&mut page, self.context)?;
        if is_cut_off(page.content.memory()) {
            return Err(Passing::new("the json breaks off").into());
        }
        let mut read = self.reader.read(&page).await.map_err(|error| {
            // Why there are no records to read, where the platform says it.
            refused(page.content.memory(), asked.place, self.help).unwrap_or(error)
        })?;
        headings::mask(&mut read, &self.sign.secrets);
        if let Some(name) = contradicted {
            let told = Remark::whole(FindingKind::CharsetContradicted, name.to_owned());
            read.findings.push(told.finding(&source.name, &page.label, None));
        }
        if let (Some(memory), Some(validator)) = (memory, answer.validator) {
            let sha256 = snapshot.sha256.clone();
            memory.remember(&self.question(asked.url), Remembered { validator, sha256 });
        }
        Ok(Fetched {
            snapshot,
            page: read,
            next_link: answer.next_link,
            base: answer.base,
            unchanged: answer.unchanged,
        })
    }

    /// One request; none when its answer says that nothing is there and that may be.
    async fn attempt(
        &self,
        asked: Asked<'_>,
        remembered: Option<&Remembered>,
    ) -> Result<Option<Answer>, Failure> {
        let Asked { url, place, may_be_past, .. } = asked;
        let mut request = self.client.get(self.sign.address(url)).header(ACCEPT_ENCODING, body::ACCEPTED);
        if let Some((name, value)) = self.sign.header().await? {
            request = request.header(name, value);
        }
        if let Some(remembered) = remembered {
            let validator = remembered.validator.as_str();
            let name = if retry::is_date(validator) { IF_MODIFIED_SINCE } else { IF_NONE_MATCH };
            request = request.header(name, validator);
        }
        let failed = |error: &reqwest::Error| transport::failure(error, place, self.help);
        let mut response = request.send().await.map_err(|error| failed(&error))?;
        let mut validator = validator(&response);
        let mut base = self.sign.bare(response.url());
        if let Some(address) = self.elsewhere.of(&response) {
            self.sign.secrets.know_query(&address);
            let download = self.elsewhere.client.get(address).header(ACCEPT_ENCODING, body::ACCEPTED);
            response = download.send().await.map_err(|error| failed(&error))?;
            // A validator of that host means nothing to the platform, and nor do its links.
            validator = None;
            base = url.clone();
        }
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED && remembered.is_some() {
            let validator = validator.or_else(|| remembered.map(|remembered| remembered.validator.clone()));
            let (body, content_type, next_link) = (Vec::new(), None, None);
            return Ok(Some(Answer { body, content_type, validator, next_link, base, unchanged: true }));
        }
        match status {
            // 203 is 200 by way of a proxy that changed it.
            StatusCode::OK | StatusCode::NON_AUTHORITATIVE_INFORMATION => {}
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND if may_be_past => return Ok(None),
            _ => {
                let problem = self.problem(&mut response).await;
                return Err(refusal(&response, asked, problem.as_deref(), self.help));
            }
        }
        let next_link = if self.turns_by_header() { next_link(&response, &base, place)? } else { None };
        let content_type = text(&response, &CONTENT_TYPE);
        let body = self.body(&mut response, place).await?;
        if may_be_past && body.trim_ascii().is_empty() {
            return Ok(None);
        }
        Ok(Some(Answer { body, content_type, validator, next_link, base, unchanged: false }))
    }

    /// The whole body, unpacked.
    async fn body(&self, response: &mut Response, place: &Place) -> Result<Vec<u8>, Failure> {
        let most = self.http.maximum_bytes;
        let too_large = || {
            Failure::Lasting(IngestError::unreadable(
                place,
                format!("the response is larger than {most} bytes"),
                self.help.size(),
            ))
        };
        if response.content_length().is_some_and(|length| length > most) {
            return Err(too_large());
        }
        let encoding = text(response, &CONTENT_ENCODING);
        let mut body = Vec::new();
        let failed = |error: &reqwest::Error| transport::failure(error, place, self.help);
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            if (body.len() + chunk.len()) as u64 > most {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        body::unpack(body, encoding.as_deref(), most).map_err(|error| match error {
            BodyError::TooLarge => too_large(),
            BodyError::BreaksOff => Passing::new("the response breaks off").into(),
            BodyError::Mislabelled => Failure::Lasting(IngestError::unreadable(
                place,
                "its body is not what `Content-Encoding` says",
                "ask the platform to pack the body as that header says, with nothing behind it, or to leave it out",
            )),
            BodyError::Unknown => Failure::Lasting(IngestError::unreadable(
                place,
                "it is packed in a way that was not asked for",
                "ask the platform to answer with gzip, zstd or neither",
            )),
        })
    }

    /// The next address, which must stay on the host: our credentials go with it.
    pub(super) fn follow(&self, from: &Url, link: &str, place: &Place) -> Result<Url, IngestError> {
        let next = from.join(link.trim()).map_err(|_| {
            let help = self.help.paging(self.http);
            IngestError::unreadable(place, "the link to the next page is not an address", help)
        })?;
        if origin(&next) == origin(&self.first) {
            return Ok(self.sign.bare(&next));
        }
        Err(IngestError::unreachable(
            place,
            "the link to the next page leads to another host",
            "ask the platform; our credentials go to the host of `url` only",
        ))
    }

    /// The title of a problem document (RFC 9457), which is the same whatever the occurrence:
    /// what else it says may name somebody. One that repeats a secret is not shown.
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
        let said = problem["title"].as_str()?;
        let whole: String = said.chars().filter(|character| !character.is_control()).collect();
        // Looked for before anything is cut off.
        if self.sign.secrets.are_in(&whole) || self.sign.secrets.are_in(said) {
            return None;
        }
        let title: String = whole.trim().chars().take(120).collect();
        (!title.is_empty()).then_some(title)
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
        .http1_max_headers(MOST_HEADERS)
        // The address that redirects may hold a key.
        .referer(false)
        .no_proxy()
}

/// A client could not be built.
pub(super) fn unprepared(source: &str) -> IngestError {
    let help = "check the certificates of this machine";
    IngestError::settings(source, "the connection cannot be prepared", help)
}

/// Why a status is not that of a page.
fn refusal(response: &Response, asked: Asked<'_>, problem: Option<&str>, help: Help<'_>) -> Failure {
    let Asked { place, number, .. } = asked;
    let status = response.status();
    let said = problem.map(|title| format!(" (“{title}”)")).unwrap_or_default();
    let cause = format!("it answers {}{said}", status.as_u16());
    if status == StatusCode::ACCEPTED || retry::is_passing(status.as_u16()) {
        return Passing::of(response, cause).into();
    }
    if status.is_success() {
        let cause = format!("{cause}, which is not the whole of a page");
        return IngestError::unreachable(place, cause, "ask the platform why it does not answer 200").into();
    }
    let help = match status.as_u16() {
        401 | 403 => help.signature(),
        404 | 410 if number == 1 => {
            return IngestError::Gone { place: place.clone(), cause, help: help.address().to_owned() }.into();
        }
        404 | 410 => help.address().to_owned(),
        _ => "ask the platform".to_owned(),
    };
    let error = IngestError::unreachable(place, cause, help);
    if status == StatusCode::UNAUTHORIZED { Failure::Unsigned(error) } else { Failure::Lasting(error) }
}

/// Where the `Link` headers lead: one that is no list of links may hide the next page.
fn next_link(response: &Response, base: &Url, place: &Place) -> Result<Option<String>, IngestError> {
    let read = response.headers().get_all(LINK).iter().map(|value| next_of(&text_of(value.as_bytes()), base));
    let read: Vec<Result<Option<String>, NoLinks>> = read.collect();
    let is_broken = read.iter().any(Result::is_err);
    match read.into_iter().find_map(|link| link.ok().flatten()) {
        None if is_broken => Err(IngestError::unreadable(
            place,
            "its `Link` header cannot be read",
            "ask the platform to write it as RFC 8288 says, or choose another `paging`",
        )),
        found => Ok(found),
    }
}

/// `ETag`, else `Last-Modified` where no second change can hide behind it (RFC 9110, section 8.8.2.2).
fn validator(response: &Response) -> Option<String> {
    text(response, &ETAG).or_else(|| {
        let modified = text(response, &LAST_MODIFIED)?;
        retry::is_settled(&modified, &text(response, &DATE)?).then_some(modified)
    })
}

/// A close-delimited response that stops in the middle looks complete to the transport.
fn is_cut_off(body: &[u8]) -> bool {
    let body = body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body);
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
        assert!(is_cut_off(b" [{\"a\": 1}, {\"a\"") && is_cut_off(b"\xEF\xBB\xBF[{\"a\": 1}"));
        assert!(!is_cut_off(b"[{\"a\": 1}]") && !is_cut_off(b"a,b\n1,2"));
    }
}
