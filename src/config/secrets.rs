//! Secrets that were written into the settings: no message repeats them.

use std::ops::Range;

/// Query keys that hold secrets, without case and marks.
const QUERY: &[&str] = &[
    "access",
    "accesscode",
    "accesskey",
    "accesstoken",
    "apikey",
    "apitoken",
    "appkey",
    "appsecret",
    "auth",
    "authkey",
    "authorization",
    "authtoken",
    "bearer",
    "cle",
    "cleapi",
    "clef",
    "clientkey",
    "clientsecret",
    "code",
    "credential",
    "credentials",
    "functionkey",
    "hmac",
    "idtoken",
    "jeton",
    "jwt",
    "key",
    "mdp",
    "motdepasse",
    "ocpapimsubscriptionkey",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "refreshtoken",
    "sas",
    "sastoken",
    "secret",
    "secretkey",
    "securitytoken",
    "session",
    "sessionid",
    "sessiontoken",
    "sharedaccesssignature",
    "sid",
    "sig",
    "signature",
    "subscriptionkey",
    "tempauth",
    "token",
    "userkey",
    "xamzcredential",
    "xamzsecuritytoken",
    "xamzsignature",
    "xapikey",
    "xauthtoken",
    "xgoogcredential",
    "xgoogsignature",
];

/// Keys of settings that somebody may have invented for a secret; none of ours is called so.
const SETTINGS: &[&str] =
    &["accesstoken", "apikey", "clientsecret", "key", "passwd", "password", "pwd", "secret", "token"];

/// What the name of a variable ends with that holds the path of a file with the secret.
const IN_FILE: &str = "_FILE";

/// A secret by the name of its variable in the environment: what this holds, or else what the file holds that
/// the variable with `_FILE` behind its name leads to, as containers and services hand secrets over.
#[must_use]
pub fn secret(name: &str) -> Option<String> {
    secret_of(name, super::environment)
}

fn secret_of(name: &str, environment: impl Fn(&str) -> Option<String>) -> Option<String> {
    environment(name).filter(|value| !value.trim().is_empty()).or_else(|| {
        let file = environment(&format!("{name}{IN_FILE}"))?;
        std::fs::read_to_string(file.trim()).ok()
    })
}

/// Longest name of an environment variable that a message shows.
const LONGEST_NAME: usize = 64;

/// The name of an environment variable, when a message may show it: what is not written in capital letters
/// may be the secret itself.
#[must_use]
pub fn shown_variable(name: &str) -> Option<&str> {
    let fits =
        |character: char| character.is_ascii_uppercase() || character.is_ascii_digit() || character == '_';
    let begins = !name.starts_with(|first: char| first.is_ascii_digit());
    (begins && name.chars().all(fits) && (1..=LONGEST_NAME).contains(&name.len())).then_some(name)
}

/// Whether a query key looks like that of a secret.
pub(super) fn is_secret(key: &str) -> bool {
    QUERY.contains(&plain(key).as_str())
}

fn plain(key: &str) -> String {
    key.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            'é' => 'e',
            other => other,
        })
        .collect()
}

/// A text of settings with asterisks for what looks like a secret, byte for byte: users and passwords of
/// addresses, values of query keys, of keys that no setting has, and what stands for a variable and is none.
pub(super) fn masked(text: &str) -> String {
    let mut secrets = users(text);
    for (at, _) in text.match_indices('=') {
        secrets.extend(in_query(text, at).or_else(|| in_settings(text, at)));
    }
    hidden(text, &secrets)
}

/// A text with asterisks for these bytes.
pub(super) fn hidden(text: &str, secrets: &[Range<usize>]) -> String {
    let is_secret = |at: usize| secrets.iter().any(|secret| secret.contains(&at));
    let mut shown = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        if is_secret(at) && !matches!(character, '\n' | '\r') {
            shown.extend(std::iter::repeat_n('*', character.len_utf8()));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// `user:password@` behind the scheme of an address.
fn users(text: &str) -> Vec<Range<usize>> {
    let ends = |character: char| {
        matches!(character, '/' | '?' | '#' | '"' | '\'' | '\\') || character.is_whitespace()
    };
    text.match_indices("://")
        .filter_map(|(at, mark)| {
            let start = at + mark.len();
            let authority = text[start..].split(ends).next().unwrap_or_default();
            Some(start..start + authority.rfind('@')?)
        })
        .collect()
}

/// The value behind a `=` of a query.
fn in_query(text: &str, at: usize) -> Option<Range<usize>> {
    let is_of_key = |character: char| character.is_alphanumeric() || "-_.$%[]".contains(character);
    let key = text[..at].rsplit(|character: char| !is_of_key(character)).next().unwrap_or_default();
    let before = text[..at - key.len()].chars().next_back()?;
    if !matches!(before, '?' | '&' | ';') || !is_secret(key) {
        return None;
    }
    let ends =
        |character: char| matches!(character, '&' | ';' | '#' | '"' | '\'') || character.is_whitespace();
    let value = text[at + 1..].split(ends).next().unwrap_or_default();
    Some(at + 1..at + 1 + value.len())
}

/// The text between quotation marks behind a `=` of TOML.
fn in_settings(text: &str, at: usize) -> Option<Range<usize>> {
    let before = text[..at].trim_end_matches([' ', '\t']);
    let is_of_key = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let key = before.rsplit(|character: char| !is_of_key(character)).next().unwrap_or_default();
    let names_variable = key.ends_with("_env");
    if !names_variable && !SETTINGS.contains(&plain(key).as_str()) {
        return None;
    }
    let value = text[at + 1..].trim_start_matches([' ', '\t']);
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let start = text.len() - value.len() + 1;
    let end = start + value[1..].find([quote, '\n']).unwrap_or(value.len() - 1);
    (!names_variable || shown_variable(&text[start..end]).is_none()).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::{is_secret, masked, shown_variable};

    #[test]
    fn a_secret_is_in_its_variable_or_in_the_file_that_another_leads_to() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jeton");
        std::fs::write(&path, "du fichier\n").unwrap();
        let read = |own: Option<&str>, path: Option<&str>| {
            super::secret_of("JETON", |name| match name {
                "JETON" => own.map(str::to_owned),
                "JETON_FILE" => path.map(str::to_owned),
                _ => None,
            })
        };
        let path = path.to_str();
        assert_eq!(read(Some("x"), path).as_deref(), Some("x"));
        assert_eq!(read(None, path).as_deref(), Some("du fichier\n"));
        assert_eq!(read(Some(" "), path).as_deref(), Some("du fichier\n"));
        assert_eq!(read(None, Some("absent")), None);
        assert_eq!(read(None, None), None);
    }

    #[test]
    fn secrets_in_settings_are_masked_and_nothing_moves() {
        for (text, secret) in [
            ("http = { url = \"https://h/x?api_key=S3cr3tpw\" }", "S3cr3tpw"),
            ("url = \"https://h/x?a=1&Subscription-Key=S3cr3tpw&b=2\"", "S3cr3tpw"),
            ("url = 'https://moi:S3cr3t@pw@h:8/x'", "S3cr3t@pw"),
            ("authentication = { kind = \"bearer\", token = \"S3cr3tpwé\" }", "S3cr3tpwé"),
            ("password='S3cr3tpw'", "S3cr3tpw"),
            ("{ kind = \"bearer\", token_env = \"ghp_S3cr3tpw\" }", "S3cr3tpw"),
        ] {
            let shown = masked(text);
            assert!(!shown.contains(secret) && shown.contains("**"), "{shown}");
            assert_eq!(shown.len(), text.len());
        }
        for text in [
            "url = \"https://h/x?page=1&resource_id=abc#a@b\"",
            "token_env = \"JETON\"",
            "code = \"port\"",
            "contact = \"mailto:a@b.c\"\nurl = \"https://h/a@b\"",
        ] {
            assert_eq!(masked(text), text);
        }
        for key in ["X-Amz-Signature", "sig", "Clé", "clef"] {
            assert!(is_secret(key), "{key}");
        }
        assert!(!is_secret("page"));
    }

    #[test]
    fn only_names_in_capital_letters_are_shown() {
        for name in ["JETON", "_JETON_2"] {
            assert_eq!(shown_variable(name), Some(name));
        }
        for secret in ["ghp_S3cr3tpw", "jeton", "S3CR3T-PW", "2FA", "", &"A".repeat(65)] {
            assert_eq!(shown_variable(secret), None, "{secret}");
        }
    }
}
