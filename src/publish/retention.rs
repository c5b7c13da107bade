//! Which releases leave the disk.

use super::Register;
use super::error::PublishError;
use super::hold::{self, Hold};
use std::path::Path;

/// Takes the oldest releases from the disk until `keep` are left, and returns them. The
/// current release and the one before it always stay.
///
/// `history` names releases in the order in which they became current, oldest first; a
/// release that it does not name counts as the oldest. `enter` writes down that a release leaves,
/// before it does: a process that dies in between must not look like a hand that deleted it. Where it
/// cannot, the release stays, and those after it.
///
/// # Errors
/// When a release cannot be deleted.
pub fn retain(
    published: &Path,
    keep: usize,
    history: &[String],
    enter: &mut dyn FnMut(&str) -> bool,
) -> Result<Vec<String>, PublishError> {
    let hold = Hold::take(published)?;
    let releases = hold::list(published)?;
    let mut gone = Vec::new();
    for id in leaving(releases, hold::current(published)?.as_deref(), keep, history) {
        if !enter(&id) {
            break;
        }
        hold.withdraw(&id)?;
        gone.push(id);
    }
    Ok(gone)
}

/// Takes the releases from the disk that may not be open to readers beside the new one.
///
/// # Errors
/// When one cannot be entered or taken away, or it is what readers see.
pub(super) fn let_go(
    hold: &Hold,
    published: &Path,
    new: &str,
    register: &dyn Register,
) -> Result<(), PublishError> {
    let stays = |id: &str| if id == new { Ok(true) } else { register.may_stay(id) };
    // What readers see counts: the ledger does not know that they see it.
    if let Some(current) = hold::current(published)?
        && !stays(&current)?
    {
        return Err(PublishError::Changed);
    }
    for id in hold::list(published)? {
        if !stays(&id)? {
            register.withdraw(&id)?;
            hold.withdraw(&id)?;
        }
    }
    Ok(())
}

fn leaving(mut releases: Vec<String>, current: Option<&str>, keep: usize, history: &[String]) -> Vec<String> {
    let excess = releases.len().saturating_sub(keep);
    let before = history.iter().rev().find(|id| Some(id.as_str()) != current && releases.contains(id));
    let spared = |id: &String| Some(id.as_str()) == current || Some(id) == before;
    releases.sort_by_key(|id| history.iter().rposition(|known| known == id));
    releases.into_iter().filter(|id| !spared(id)).take(excess).collect()
}

#[cfg(test)]
mod tests {
    use super::leaving;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_oldest_by_history_leave_first_and_the_unknown_before_them() {
        let history = names("c a b d");
        assert_eq!(leaving(names("a b c d x"), Some("d"), 3, &history), names("x c"));
        assert!(leaving(names("a b"), Some("b"), 3, &history).is_empty());
    }

    #[test]
    fn the_current_release_and_the_one_before_it_always_stay() {
        // After a rollback from d to a, d is the one before.
        let history = names("a b c d a");
        assert_eq!(leaving(names("a b c d"), Some("a"), 1, &history), names("b c"));
    }
}
