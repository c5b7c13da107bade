//! Whether a text plainly seeks a thing that it names: the thing itself (`Tubes fluorescents`), or one with it
//! (`avec amiante`, `amiante acceptée`).
//!
//! What must go to few places alone is given to nobody for a bare mention: most name it to refuse it, in more words
//! than any list has.

use super::denying::{self, NOT};
use super::phrases::{Mention, Text};

/// Words before a thing that say that it may be there, so many words before it at most.
const WITH: [&str; 8] =
    ["avec", "with", "contenant", "contient", "containing", "contains", "includes", "including"];
const NEAR: usize = 5;
/// Beginnings of words around a thing that take it.
const TAKES: [&str; 6] = ["accept", "admis", "allowed", "bienvenu", "tolere", "welcome"];
/// Words before a thing behind which stands a use.
const FOR: [&str; 7] = ["pour", "for", "to", "destine", "destinee", "destines", "destinees"];
/// Words around a thing that limit how much of it there may be.
const LIMITS: [&str; 17] = [
    "moins",
    "inferieur",
    "inferieure",
    "less",
    "below",
    "under",
    "max",
    "maximum",
    "limite",
    "limit",
    "seuil",
    "threshold",
    "ppm",
    "ppb",
    "mg",
    "pourcent",
    "deca",
];
/// Beginnings of words for what proves that there is none of it.
const PROOFS: [&str; 9] =
    ["test", "analys", "certif", "attest", "caracteris", "negati", "proof", "preuve", "verifi"];
/// Words behind a thing for none of it.
const NONE: [&str; 7] = ["0", "aucun", "aucune", "jamais", "nil", "none", "zero"];
const OR: [&str; 2] = ["ou", "or"];

/// Whether a text plainly seeks what it mentions. What it begins with is the thing itself, unless it is a remark.
pub(super) fn is_sought(text: &Text, mention: &Mention, is_remark: bool) -> bool {
    let (own, at, next) = text.around(mention);
    if mention.is_left_out || is_doubted(&own, at) || own.iter().chain(&next).any(|word| limits(word)) {
        return false;
    }
    let is_with = own[at.saturating_sub(NEAR)..at].iter().any(|word| WITH.contains(word));
    let is_taken = own.iter().any(|word| *word == "ok" || TAKES.iter().any(|start| word.starts_with(start)));
    let is_itself = !is_remark
        && text.is_first(mention)
        && !own[..at].iter().any(|word| FOR.contains(word))
        && !own[at..].contains(&"deuxpoints");
    is_with || is_taken || is_itself
}

/// Whether words around the one at a place deny anything that may be it. `Amiante non friable` does not.
fn is_doubted(own: &[&str], at: usize) -> bool {
    // `avec ou sans amiante` takes it.
    let denies = |at: usize| {
        (NOT.contains(&own[at]) || denying::is_before(own, at)) && !(at > 0 && OR.contains(&own[at - 1]))
    };
    (0..at).any(denies)
        || own.iter().any(|word| denying::is_behind(word))
        || own[at..].iter().any(|word| NONE.contains(word))
        || own.windows(2).any(|pair| NOT.contains(&pair[0]) && denying::is_taken(pair[1]))
        || own.last().is_some_and(|word| NOT.contains(word))
}

/// Whether a word limits how much there may be of what stands beside it, or asks for a proof.
fn limits(word: &str) -> bool {
    LIMITS.contains(&word) || PROOFS.iter().any(|start| word.starts_with(start))
}
