//! What goes wrong below HTTP, told without the address, whose query may hold a key.

use super::super::IngestError;
use super::super::page::Place;
use super::again::{Failure, Passing};
use super::help::Help;
use std::error::Error;
use std::io;

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
    if error.is_redirect() {
        let cause = "it redirects to another host, or in a circle";
        return IngestError::unreachable(place, cause, help.redirect()).into();
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
