//! How requests are signed. Secrets come from the environment, and leave for the host of `url` only.

use super::super::address::{base64, form_encoded, public, whole, with_query};
use super::super::page::Place;
use super::super::{Context, IngestError, retry};
use super::again::{Again, Failure, Passing};
use super::help::Help;
use super::secrets::Secrets;
use super::{session, transport};
use crate::config::{Authentication, Http, Source, shown_variable};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Url};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Bytes of the answer of a token endpoint that are read.
const MOST_TOKEN_BYTES: usize = 1 << 16;
/// Errors of RFC 6749, section 5.2: words of the standard, so they may be shown.
const TOKEN_ERRORS: &[&str] = &[
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

/// The signature of every request of a source, and all that must not be shown of it.
pub(super) struct Sign<'a> {
    how: How<'a>,
    pub(super) secrets: Arc<Secrets>,
}

enum How<'a> {
    /// None.
    Nothing,
    /// A header.
    Header(HeaderName, HeaderValue),
    /// A key in the query.
    Query(String, String),
    /// A token that is asked for first (RFC 6749, section 4.4), and again when it has expired.
    Token(Box<Credentials<'a>>),
}

/// Client credentials, and the token that they gave last.
struct Credentials<'a> {
    http: &'a Http,
    source: &'a str,
    help: Help<'a>,
    url: Url,
    basic: HeaderValue,
    scope: Option<&'a str>,
    client: Client,
    token: Mutex<Option<HeaderValue>>,
    secrets: Arc<Secrets>,
}

impl<'a> Sign<'a> {
    /// Looks the secrets up.
    pub(super) fn new(
        http: &'a Http,
        source: &'a Source,
        context: &Context<'_>,
    ) -> Result<Self, IngestError> {
        let secrets = Arc::new(Secrets::default());
        let secret = |variable: &str| {
            let value = (context.environment)(variable).map(|value| value.trim().to_owned());
            let value =
                value.filter(|value| !value.is_empty()).ok_or_else(|| unset(&source.name, variable))?;
            secrets.know(&value);
            Ok::<String, IngestError>(value)
        };
        let bad = || {
            IngestError::settings(
                &source.name,
                "`authentication` holds a character that no header may hold",
                "check the header name and look for a line break in the environment variable",
            )
        };
        let sensitive = |value: &str| {
            let mut value = HeaderValue::from_str(value).map_err(|_| bad())?;
            value.set_sensitive(true);
            Ok::<HeaderValue, IngestError>(value)
        };
        let how = match &http.authentication {
            None => How::Nothing,
            Some(Authentication::Bearer { token_env }) => {
                How::Header(AUTHORIZATION, sensitive(&format!("Bearer {}", secret(token_env)?))?)
            }
            Some(Authentication::Basic { user, password_env }) => {
                let password = secret(password_env)?;
                secrets.know(&format!("{user}:{password}"));
                How::Header(AUTHORIZATION, sensitive(&basic(user, &password))?)
            }
            Some(Authentication::ApiKey { header, key_env }) => {
                let key = secret(key_env)?;
                // `Token x` and the like: the word before the key is none.
                if let Some(last) = key.split_whitespace().next_back() {
                    secrets.know(last);
                }
                let name = HeaderName::from_bytes(header.as_bytes()).map_err(|_| bad())?;
                How::Header(name, sensitive(&key)?)
            }
            Some(Authentication::ApiKeyQuery { parameter, key_env }) => {
                How::Query(parameter.clone(), secret(key_env)?)
            }
            Some(Authentication::ClientCredentials { token_url, client_id, client_secret_env, scope }) => {
                // RFC 6749, section 2.3.1: both are form-encoded first.
                let (id, word) = (form_encoded(client_id), form_encoded(&secret(client_secret_env)?));
                secrets.know(&format!("{id}:{word}"));
                let url = whole(token_url).ok_or_else(|| no_token_url(&source.name))?;
                // Credentials never follow a redirect, not even on their own host.
                let client = session::client(http).redirect(reqwest::redirect::Policy::none()).build();
                How::Token(Box::new(Credentials {
                    http,
                    source: &source.name,
                    help: Help::new(source),
                    url,
                    basic: sensitive(&basic(&id, &word))?,
                    scope: scope.as_deref(),
                    client: client.map_err(|_| session::unprepared(&source.name))?,
                    token: Mutex::new(None),
                    secrets: Arc::clone(&secrets),
                }))
            }
        };
        Ok(Self { how, secrets })
    }

    /// The address with the key, when it stands there.
    pub(super) fn address(&self, url: &Url) -> Url {
        match &self.how {
            How::Query(name, key) => with_query(url, &[(name, key)]),
            How::Nothing | How::Header(..) | How::Token(_) => url.clone(),
        }
    }

    /// The address without the key: what is remembered of it holds none.
    pub(super) fn bare(&self, url: &Url) -> Url {
        match &self.how {
            How::Query(name, _) if url.query_pairs().any(|(key, _)| key.as_ref() == name.as_str()) => {
                let pairs = url.query_pairs().filter(|(key, _)| key.as_ref() != name.as_str());
                let pairs: Vec<(String, String)> =
                    pairs.map(|(key, value)| (key.into_owned(), value.into_owned())).collect();
                let mut bare = url.clone();
                bare.set_query(None);
                if !pairs.is_empty() {
                    bare.query_pairs_mut().extend_pairs(pairs);
                }
                bare
            }
            How::Query(..) | How::Nothing | How::Header(..) | How::Token(_) => url.clone(),
        }
    }

    /// Who asks, as a sum: another one may be shown other records at the same address.
    pub(super) fn identity(&self) -> String {
        let (kind, name, secret, scope): (&str, &[u8], &[u8], &str) = match &self.how {
            How::Nothing => ("", &[], &[], ""),
            How::Header(name, value) => ("header", name.as_str().as_bytes(), value.as_bytes(), ""),
            How::Query(name, key) => ("query", name.as_bytes(), key.as_bytes(), ""),
            How::Token(credentials) => (
                "token",
                credentials.url.as_str().as_bytes(),
                credentials.basic.as_bytes(),
                credentials.scope.unwrap_or_default(),
            ),
        };
        let parts = [kind.as_bytes(), name, secret, scope.as_bytes()];
        blake3::hash(&parts.join(&0_u8)).to_hex().to_string()
    }

    /// The header of the next request.
    pub(super) async fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, IngestError> {
        match &self.how {
            How::Header(name, value) => Ok(Some((name.clone(), value.clone()))),
            How::Token(credentials) => Ok(Some((AUTHORIZATION, credentials.token().await?))),
            How::Nothing | How::Query(..) => Ok(None),
        }
    }

    /// After a refusal: whether another token may help.
    pub(super) async fn renew(&self) -> bool {
        match &self.how {
            How::Token(credentials) => credentials.token.lock().await.take().is_some(),
            How::Nothing | How::Header(..) | How::Query(..) => false,
        }
    }
}

impl Credentials<'_> {
    async fn token(&self) -> Result<HeaderValue, IngestError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let place = Place::address(&public(&self.url), 1);
        let mut again = Again::new(self.http, self.source, self.help);
        loop {
            match self.ask(&place).await {
                Ok(token) => {
                    *kept = Some(token.clone());
                    return Ok(token);
                }
                Err(Failure::Passing(passing)) => again.wait(passing, &place).await?,
                Err(Failure::Lasting(error) | Failure::Unsigned(error)) => return Err(error),
            }
        }
    }

    async fn ask(&self, place: &Place) -> Result<HeaderValue, Failure> {
        let refused =
            |cause: &str| Failure::Lasting(IngestError::unreachable(place, cause, self.help.token()));
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.scope.map(|scope| ("scope", scope)));
        let mut bare = self.url.clone();
        bare.set_query(None);
        let body = with_query(&bare, &form).query().unwrap_or_default().to_owned();
        let request = self.client.post(self.url.clone()).header(AUTHORIZATION, self.basic.clone());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let failed = |error: &reqwest::Error| transport::failure(error, place, self.help);
        let mut response = request.send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        if retry::is_passing(status.as_u16()) {
            let cause = format!("no token is given: it answers {}", status.as_u16());
            return Err(Passing::of(&response, cause).into());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error))? {
            if body.len() + chunk.len() > MOST_TOKEN_BYTES {
                return Err(refused("the answer of the token endpoint is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if !status.is_success() {
            let said = TOKEN_ERRORS.iter().find(|error| answer["error"] == **error);
            let said = said.map(|error| format!(" ({error})")).unwrap_or_default();
            return Err(refused(&format!("the token is refused with {}{said}", status.as_u16())));
        }
        let token = answer["access_token"].as_str().filter(|token| !token.is_empty());
        let token = token.ok_or_else(|| refused("the answer holds no token"))?;
        self.secrets.know(token);
        let value = HeaderValue::from_str(&format!("Bearer {token}"));
        let mut value = value.map_err(|_| refused("the answer holds no token that a header may hold"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn unset(source: &str, variable: &str) -> IngestError {
    let cause = match shown_variable(variable) {
        Some(variable) => format!("the environment variable `{variable}` is not set"),
        None => "the environment variable that its settings name is not set".to_owned(),
    };
    let help = "set it before the run, or the same name with `_FILE` behind it to the path of a file that holds it; \
                secrets do not belong in the settings";
    IngestError::settings(source, cause, help)
}

fn no_token_url(source: &str) -> IngestError {
    let help = "write it whole, for example `https://host/oauth2/token`";
    IngestError::settings(source, "`token_url` is not an address", help)
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))
}

/// Seconds of a request.
pub(super) fn patience(http: &Http) -> (Duration, Duration) {
    (Duration::from_secs(http.connect_seconds.into()), Duration::from_secs(http.total_seconds.into()))
}
