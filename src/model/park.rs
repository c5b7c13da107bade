//! Industrial parks and zones.

/// Code of a park, public, for example `beauport`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParkCode(String);

impl ParkCode {
    /// A code of lower-case ASCII letters, digits and `-`, or none.
    #[must_use]
    pub fn new(code: &str) -> Option<Self> {
        let good = !code.is_empty()
            && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        good.then(|| Self(code.to_owned()))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A park, as settings declare it. Nothing in it is confidential.
#[derive(Debug, Clone, PartialEq)]
pub struct Park {
    /// Code used in tables and addresses.
    pub code: ParkCode,
    /// Name in French.
    pub name_fr: String,
    /// Name in English.
    pub name_en: String,
    /// Other spellings seen in sheets.
    pub aliases: Vec<String>,
    /// Representative point, degrees north (WGS 84).
    pub latitude: f64,
    /// Representative point, degrees east (WGS 84).
    pub longitude: f64,
}
