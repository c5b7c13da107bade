//! E-mail addresses and domain names, exactly.

/// Hosts of everybody's mail: they name nobody.
const SHARED: &[&str] = &[
    "gmail.com",
    "hotmail.com",
    "hotmail.ca",
    "hotmail.fr",
    "outlook.com",
    "outlook.fr",
    "live.com",
    "live.ca",
    "yahoo.com",
    "yahoo.ca",
    "yahoo.fr",
    "icloud.com",
    "me.com",
    "msn.com",
    "videotron.ca",
    "bell.net",
    "sympatico.ca",
    "protonmail.com",
    "proton.me",
    "globetrotter.net",
];

pub(super) fn is_shared(domain: &str) -> bool {
    SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(domain))
}

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+')
}

/// Every e-mail address of a text, and every host after `://` or beginning with `www.`.
pub(super) fn of(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    each(text, |address| found.push(address));
    for (start, mark) in text.match_indices("://").chain(text.match_indices("www.")) {
        let start = if mark == "www." { start } else { start + mark.len() };
        let length = text.as_bytes()[start..].iter().take_while(|byte| is_part(**byte)).count();
        let host = text[start..start + length].trim_end_matches('.');
        if host.contains('.') {
            found.push(host);
        }
    }
    found
}

/// Calls `found` for every e-mail address.
pub(super) fn each<'a>(text: &'a str, mut found: impl FnMut(&'a str)) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices('@') {
        let before = bytes[..at].iter().rev().take_while(|byte| is_part(**byte)).count();
        let after = bytes[at + 1..].iter().take_while(|byte| is_part(**byte)).count();
        let address = text[at - before..at + 1 + after].trim_matches(['.', '-', '+']);
        if before > 0 && address.rsplit('@').next().is_some_and(|host| host.contains('.')) {
            found(address);
        }
    }
}

/// The key of an address: without case.
pub(super) fn key(address: &str) -> u64 {
    super::tokens::hash(&address.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn addresses_and_hosts_are_cut_at_what_cannot_belong_to_them() {
        let text = "<a href='mailto:Jean.Serin@canari.test?subject=x'>https://www.canari.test/a</a> a@b";
        assert_eq!(of(text), ["Jean.Serin@canari.test", "www.canari.test", "www.canari.test"]);
    }
}
