//! Answers with status 200 that are refusals all the same.

use super::super::IngestError;
use super::super::page::Place;
use super::help::Help;
use serde_json::Value;

/// Longest answer that is looked at: a refusal is short.
const MOST: usize = 1 << 16;
/// Kinds of errors of the action API of CKAN: words of its documentation, so they may be shown.
const KINDS: &[&str] = &[
    "Authorization Error",
    "Not Found Error",
    "Validation Error",
    "Search Query Error",
    "Search Error",
    "Search Index Error",
    "Internal Server Error",
];

/// The refusal that an answer is, when it says `"success": false`, as the action API of CKAN does: its kind,
/// for the message beside it may name somebody.
pub(super) fn refused(body: &[u8], place: &Place, help: Help<'_>) -> Option<IngestError> {
    let answer: Value = serde_json::from_slice(body.get(..body.len().min(MOST))?).ok()?;
    if answer["success"] != false {
        return None;
    }
    let kind = KINDS.iter().find(|kind| answer["error"]["__type"] == **kind);
    let help = match kind {
        Some(&"Authorization Error") => help.signature(),
        Some(&"Not Found Error") => help.address().to_owned(),
        _ => "ask the platform".to_owned(),
    };
    let said = kind.map(|kind| format!(" (“{kind}”)")).unwrap_or_default();
    Some(IngestError::unreachable(place, format!("it answers that it does not succeed{said}"), help))
}
