//! What goes wrong below HTTP, told without the address, whose query may hold a key.

use super::super::IngestError;
use super::super::address::Origin;
use super::super::page::Place;
use super::again::{Failure, Passing};
use super::help::Help;
use reqwest::Url;
use std::error::Error;
use std::io;

/// Why a redirect is not followed.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub(super) enum Astray {
    /// To where our credentials do not go.
    #[error("it redirects to another host or port")]
    Host,
    /// To the same host, encrypted.
    #[error("it redirects from `http` to `https`")]
    Encrypted,
    /// To the same host, no longer encrypted.
    #[error("it redirects from `https` to `http`")]
    Bare,
    /// To what this program does not speak.
    #[error("it redirects to an address that is not HTTP")]
    Scheme,
    /// From one address to the next without an end.
    #[error("it redirects again and again")]
    Circle,
}

impl Astray {
    /// What leads away from an origin.
    pub(super) fn leaving((scheme, host, _): &Origin, to: &Url) -> Self {
        match (scheme.as_str(), to.scheme()) {
            (_, "http" | "https") if to.host_str() != Some(host.as_str()) => Self::Host,
            ("http", "https") => Self::Encrypted,
            ("https", "http") => Self::Bare,
            (_, "http" | "https") => Self::Host,
            _ => Self::Scheme,
        }
    }
}

/// What lies under an error of the client.
#[derive(Clone, Copy)]
enum Cause {
    Refused,
    UnknownHost,
    Certificate,
    Encryption,
    Headers,
}

/// Why an exchange failed.
pub(super) fn failure(error: &reqwest::Error, place: &Place, help: Help<'_>) -> Failure {
    if let Some(astray) = error.source().and_then(|under| under.downcast_ref::<Astray>()) {
        let help = match astray {
            Astray::Host => help.redirect(),
            Astray::Encrypted => help.encryption(),
            Astray::Bare | Astray::Scheme | Astray::Circle => "ask the platform for its final address",
        };
        return IngestError::unreachable(place, astray.to_string(), help).into();
    }
    if error.is_timeout() {
        return Passing::new("it did not answer in time").into();
    }
    match cause(error) {
        Some(Cause::Certificate) => IngestError::unreachable(
            place,
            "its certificate is not accepted",
            "check the clock and the certificates of this machine, and the name of the host; else ask the platform",
        )
        .into(),
        Some(Cause::Headers) => IngestError::unreachable(
            place,
            "its response has more headers than are read",
            "ask the platform to send fewer",
        )
        .into(),
        Some(Cause::Refused) => Passing::new("the connection is refused").into(),
        Some(Cause::UnknownHost) => Passing::new("no address is known for its host").into(),
        Some(Cause::Encryption) => Passing::new("no encrypted connection can be agreed on").into(),
        None if error.is_connect() => Passing::new("no connection").into(),
        None if error.is_body() || error.is_decode() => Passing::new("the response breaks off").into(),
        None => Passing::new("the exchange failed").into(),
    }
}

fn cause(error: &reqwest::Error) -> Option<Cause> {
    let mut next = error.source();
    while let Some(under) = next {
        if let Some(known) = known(under) {
            return Some(known);
        }
        next = under.source();
    }
    None
}

fn known(error: &(dyn Error + 'static)) -> Option<Cause> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        let is_certificate = matches!(error, rustls::Error::InvalidCertificate(_));
        return Some(if is_certificate { Cause::Certificate } else { Cause::Encryption });
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        if error.kind() == io::ErrorKind::ConnectionRefused {
            return Some(Cause::Refused);
        }
        // `source` of such an error is that of what it wraps, and not what it wraps.
        if let Some(found) = error.get_ref().and_then(|wrapped| known(wrapped)) {
            return Some(found);
        }
    }
    // The client names neither of these by a type that can be seen.
    let said = error.to_string();
    if said.contains("dns error") || said.contains("lookup address") {
        Some(Cause::UnknownHost)
    } else if said.contains("message head is too large") {
        Some(Cause::Headers)
    } else {
        None
    }
}
