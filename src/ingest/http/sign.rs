//! How requests are signed. Secrets come from the environment, and leave for the host of `url` only.

use super::super::address::{base64, whole, with_query};
use super::super::page::Place;
use super::super::{Context, IngestError};
use super::session;
use crate::config::{Authentication, Http};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Url};
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

/// The signature of every request of a source.
pub(super) enum Sign {
    /// None.
    Nothing,
    /// A header.
    Header(HeaderName, HeaderValue),
    /// A key in the query.
    Query(String, String),
    /// A token that is asked for first (RFC 6749, section 4.4), and again when it has expired.
    Token(Box<Credentials>),
}

/// Client credentials, and the token that they gave last.
pub(super) struct Credentials {
    url: Url,
    basic: HeaderValue,
    scope: Option<String>,
    client: Client,
    token: Mutex<Option<HeaderValue>>,
}

impl Sign {
    /// Looks the secrets up.
    pub(super) fn new(http: &Http, source: &str, context: &Context<'_>) -> Result<Self, IngestError> {
        let secret = |variable: &str| {
            let value = (context.environment)(variable).map(|value| value.trim().to_owned());
            value.filter(|value| !value.is_empty()).ok_or_else(|| {
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
        let header = |name: HeaderName, value: String| {
            let mut value = HeaderValue::from_str(&value).map_err(|_| bad())?;
            value.set_sensitive(true);
            Ok(Self::Header(name, value))
        };
        match &http.authentication {
            None => Ok(Self::Nothing),
            Some(Authentication::Bearer { token_env }) => {
                header(AUTHORIZATION, format!("Bearer {}", secret(token_env)?))
            }
            Some(Authentication::Basic { user, password_env }) => {
                header(AUTHORIZATION, basic(user, &secret(password_env)?))
            }
            Some(Authentication::ApiKey { header: name, key_env }) => {
                header(HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?, secret(key_env)?)
            }
            Some(Authentication::ApiKeyQuery { parameter, key_env }) => {
                Ok(Self::Query(parameter.clone(), secret(key_env)?))
            }
            Some(Authentication::ClientCredentials { token_url, client_id, client_secret_env, scope }) => {
                let mut basic = HeaderValue::from_str(&basic(client_id, &secret(client_secret_env)?))
                    .map_err(|_| bad())?;
                basic.set_sensitive(true);
                let url = whole(token_url).ok_or_else(|| {
                    IngestError::settings(
                        source,
                        "`token_url` is not an address",
                        "write it whole, for example `https://host/oauth2/token`",
                    )
                })?;
                // Credentials never follow a redirect, not even on their own host.
                let client = session::client(http).redirect(reqwest::redirect::Policy::none()).build();
                let client = client.map_err(|_| session::unprepared(source))?;
                let (scope, token) = (scope.clone(), Mutex::new(None));
                Ok(Self::Token(Box::new(Credentials { url, basic, scope, client, token })))
            }
        }
    }

    /// The address with the key, when it stands there.
    pub(super) fn address(&self, url: &Url) -> Url {
        match self {
            Self::Query(name, key) => with_query(url, &[(name, key)]),
            Self::Nothing | Self::Header(..) | Self::Token(_) => url.clone(),
        }
    }

    /// The header of the next request.
    pub(super) async fn header(&self) -> Result<Option<(HeaderName, HeaderValue)>, IngestError> {
        match self {
            Self::Header(name, value) => Ok(Some((name.clone(), value.clone()))),
            Self::Token(credentials) => Ok(Some((AUTHORIZATION, credentials.token().await?))),
            Self::Nothing | Self::Query(..) => Ok(None),
        }
    }

    /// After a refusal: whether another token may help.
    pub(super) async fn renew(&self) -> bool {
        match self {
            Self::Token(credentials) => credentials.token.lock().await.take().is_some(),
            Self::Nothing | Self::Header(..) | Self::Query(..) => false,
        }
    }

    /// Whether a text holds the secret, so that it is not shown.
    pub(super) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Header(_, value) => value.to_str().is_ok_and(|value| {
                text.contains(value) || value.split(' ').next_back().is_some_and(|last| text.contains(last))
            }),
            Self::Query(_, key) => text.contains(key.as_str()),
            Self::Nothing | Self::Token(_) => false,
        }
    }
}

impl Credentials {
    async fn token(&self) -> Result<HeaderValue, IngestError> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref() {
            return Ok(token.clone());
        }
        let token = self.ask().await?;
        *kept = Some(token.clone());
        Ok(token)
    }

    async fn ask(&self) -> Result<HeaderValue, IngestError> {
        let place = Place::address(&super::super::address::public(&self.url), 1);
        let refused = |cause: String| {
            IngestError::unreachable(
                &place,
                cause,
                "check `token_url`, `client_id` and `scope`, and renew the secret in the environment",
            )
        };
        let mut form = vec![("grant_type", "client_credentials")];
        form.extend(self.scope.as_deref().map(|scope| ("scope", scope)));
        let mut bare = self.url.clone();
        bare.set_query(None);
        let body = with_query(&bare, &form).query().unwrap_or_default().to_owned();
        let request = self.client.post(self.url.clone()).header(AUTHORIZATION, self.basic.clone());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        let mut response = request.send().await.map_err(|_| refused("no token was given".to_owned()))?;
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            if body.len() + chunk.len() > MOST_TOKEN_BYTES {
                return Err(refused("the answer of the token endpoint is too long".to_owned()));
            }
            body.extend_from_slice(&chunk);
        }
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        if !response.status().is_success() {
            let said = TOKEN_ERRORS.iter().find(|error| answer["error"] == **error);
            let said = said.map(|error| format!(" ({error})")).unwrap_or_default();
            return Err(refused(format!("the token is refused with {}{said}", response.status().as_u16())));
        }
        let token = answer["access_token"].as_str().filter(|token| !token.is_empty());
        let value = token.and_then(|token| HeaderValue::from_str(&format!("Bearer {token}")).ok());
        let mut value = value.ok_or_else(|| refused("the answer holds no token".to_owned()))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", base64(format!("{user}:{password}").as_bytes()))
}

/// Seconds of a request.
pub(super) fn patience(http: &Http) -> (Duration, Duration) {
    (Duration::from_secs(http.connect_seconds.into()), Duration::from_secs(http.total_seconds.into()))
}
