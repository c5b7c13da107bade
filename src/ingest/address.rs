//! Addresses and what stands in headers about them.

use reqwest::Url;

/// An address with scheme and host.
pub(super) fn whole(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Scheme, host and port.
pub(super) type Origin = (String, String, Option<u16>);

pub(super) fn origin(url: &Url) -> Origin {
    let host = url.host_str().unwrap_or_default().to_owned();
    (url.scheme().to_owned(), host, url.port_or_known_default())
}

/// An address that a message may show: without user, password, query and fragment.
pub(super) fn public(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// The address with these pairs in its query, instead of those of the same names.
pub(super) fn with_query(url: &Url, pairs: &[(&str, &str)]) -> Url {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| pairs.iter().all(|(name, _)| key.as_ref() != *name))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(pairs);
    url
}

/// RFC 4648, section 4.
pub(super) fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().fold(0_u32, |group, byte| group << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for position in 0..4 {
            let sextet = (group >> (18 - 6 * position)) & 63;
            text.push(if position > chunk.len() { '=' } else { char::from(ALPHABET[sextet as usize]) });
        }
    }
    text
}

/// Percent-encoding of all but the unreserved characters (RFC 3986, section 2.3).
pub(super) fn percent_encoded(text: &str) -> String {
    encoded(text, |byte| matches!(byte, b'-' | b'.' | b'_' | b'~'))
}

/// `application/x-www-form-urlencoded` (WHATWG URL, section 5.2).
pub(super) fn form_encoded(text: &str) -> String {
    encoded(text, |byte| matches!(byte, b'-' | b'.' | b'_' | b'*' | b' ')).replace(' ', "+")
}

fn encoded(text: &str, is_kept: impl Fn(u8) -> bool) -> String {
    let mut written = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || is_kept(byte) {
            written.push(char::from(byte));
        } else {
            written.push_str(&format!("%{byte:02X}"));
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::{base64, form_encoded, percent_encoded, public, with_query};
    use reqwest::Url;

    #[test]
    fn messages_show_neither_user_nor_query() {
        let url = Url::parse("https://user:word@host:8443/flux?key=secret#x").unwrap();
        assert_eq!(public(&url), "https://host:8443/flux");
    }

    #[test]
    fn page_parameters_replace_those_of_the_address() {
        let url = Url::parse("https://h/a?page=9&parc=b").unwrap();
        assert_eq!(with_query(&url, &[("page", "2")]).as_str(), "https://h/a?parc=b&page=2");
    }

    #[test]
    fn reserved_characters_are_escaped_as_each_standard_says() {
        assert_eq!(percent_encoded("a b+c/=~é"), "a%20b%2Bc%2F%3D~%C3%A9");
        assert_eq!(form_encoded("a b+c/=~é"), "a+b%2Bc%2F%3D%7E%C3%A9");
    }

    #[test]
    fn base64_pads_as_the_standard_says() {
        let seen = ["", "f", "fo", "foo", "foob"].map(|text| base64(text.as_bytes()));
        assert_eq!(seen, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg=="]);
    }
}
