//! Industrial parks and zones.

use super::fold;

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

/// A park, as settings declare it, or as rows name it where there are none. Nothing in it is confidential.
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
    /// Representative point, degrees north and east (WGS 84); none of a park of which rows give the name alone.
    pub point: Option<(f64, f64)>,
}

impl Park {
    /// A spelling for comparison, folded without spaces: `P.I.` and `PI` are one.
    #[must_use]
    pub fn key(spelling: &str) -> String {
        fold(spelling).replace(' ', "")
    }
}
