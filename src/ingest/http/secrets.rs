//! What signs a source in, in every form in which an answer may repeat it.

use super::super::address::{base64, form_encoded, percent_encoded, public};
use reqwest::Url;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// As many characters of a secret in a row are too many to show.
const FRAGMENT: usize = 8;
/// Fewest characters of base64 by which something so short is known.
const LEAST_PACKED: usize = 4;

/// The secrets of one source: those of its environment, and every token that was given for them.
#[derive(Default)]
pub(super) struct Secrets(Mutex<Forms>);

impl Secrets {
    /// Knows one more.
    pub(super) fn know(&self, secret: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for form in forms(secret.trim()) {
            known.keep(&form);
        }
    }

    /// An address that is signed by its query: every value that may be the signature.
    pub(super) fn know_query(&self, url: &Url) {
        for (_, value) in url.query_pairs().filter(|(_, value)| value.chars().count() >= FRAGMENT) {
            self.know(&value);
        }
    }

    /// An address that a message may show: of its path nothing that holds one of them.
    pub(super) fn shown(&self, url: &Url) -> String {
        let parts = url.path().split('/').map(|part| if self.are_in(part) { "***" } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        let mut shown = url.clone();
        shown.set_path(if self.are_in(&path) { "/***" } else { path.as_str() });
        public(&shown)
    }

    /// Whether a text holds one of them, or so much of it that it may not be shown.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let once = unescaped(text);
        let twice = unescaped(&once);
        [text, once.as_str(), twice.as_str()].into_iter().any(|text| known.are_in(text))
    }
}

/// Without regard to case, for digits of `%2b` have none.
#[derive(Default)]
struct Forms {
    /// Every run of [`FRAGMENT`] characters of a form.
    fragments: BTreeSet<Vec<char>>,
    /// Forms that are shorter.
    short: BTreeSet<String>,
}

impl Forms {
    fn keep(&mut self, form: &str) {
        let characters: Vec<char> = form.to_lowercase().chars().collect();
        if characters.len() >= FRAGMENT {
            self.fragments.extend(characters.windows(FRAGMENT).map(<[char]>::to_vec));
        } else if !characters.is_empty() {
            self.short.insert(characters.into_iter().collect());
        }
    }

    fn are_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let characters: Vec<char> = text.chars().collect();
        characters.windows(FRAGMENT).any(|run| self.fragments.contains(run))
            || self.short.iter().any(|short| text.contains(short.as_str()))
    }
}

fn forms(secret: &str) -> Vec<String> {
    let mut forms = vec![secret.to_owned(), percent_encoded(secret), form_encoded(secret)];
    for before in 0..3 {
        let packed = packed(secret.as_bytes(), before);
        if packed.len() >= LEAST_PACKED {
            // RFC 4648, section 5.
            forms.push(packed.replace('+', "-").replace('/', "_"));
            forms.push(packed);
        }
    }
    forms
}

/// What the base64 of a longer text always holds, when the secret stands in it behind so many bytes
/// and as many times three more.
fn packed(secret: &[u8], before: usize) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let whole = base64(&bytes);
    // Characters that the bytes before have a part in.
    let start = (before * 8).div_ceil(6);
    // The last character before the padding changes with what follows.
    let unpadded = whole.trim_end_matches('=');
    let end = if unpadded.len() < whole.len() { unpadded.len() - 1 } else { unpadded.len() };
    unpadded.get(start..end).unwrap_or_default().to_owned()
}

/// A text with its `%XX` read.
fn unescaped(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut read = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = if bytes[at] == b'%' { text.get(at + 1..at + 3) } else { None };
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            read.push(byte);
            at += 3;
        } else {
            read.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&read).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Secrets;
    use crate::ingest::address::base64;

    #[test]
    fn a_secret_is_known_in_every_form_and_by_eight_of_its_characters() {
        let secrets = Secrets::default();
        secrets.know("S3cr3t+Kz/9=Zq~w");
        let packed = base64(b"moi:S3cr3t+Kz/9=Zq~w");
        for text in [
            "Mot de passe refusé : S3cr3t+Kz/9=Zq~w",
            "/x?cle=S3cr3t%2BKz%2F9%3DZq%7Ew",
            "/x?cle=s3cr3t%2bkz%2f9%3dzq~w",
            "/x?cle=S3cr3t%252BKz%252F9%253DZq~w",
            "token S3cr3t+Kz/… is unknown",
            "… 3cr3t+Kz",
            &format!("Basic {packed}"),
            &format!("Basic {}", packed.replace('+', "-").replace('/', "_")),
            &format!("Basic {}", packed.trim_end_matches('=')),
            &base64(b"S3cr3t+Kz/9=Zq~w"),
        ] {
            assert!(secrets.are_in(text), "{text}");
        }
        for text in ["Quota épuisé", "100 % refusé", "S3cr3t?", "%", ""] {
            assert!(!secrets.are_in(text), "{text}");
        }
        secrets.know("court");
        assert!(secrets.are_in("le mot court est faux") && !secrets.are_in("le mot cour est faux"));
    }
}
