//! What earlier nights published, read from the ledger before tonight is protected, and what
//! tonight adds to it before anything is shown.

mod archive;

pub(super) use archive::Archive;

use super::{Exit, Failure, Options};
use crate::anonymise::Pseudonyms;
use crate::certificate::{self, Earlier, Refusal};
use crate::config::Settings;
use crate::disclosure::nights::{History, Last, Tonight};
use crate::ledger::{KeptRelease, Ledger, LedgerError};
use crate::publish;
use crate::store::{self, State};
use archive::{Counting, left};
use std::io::Read as _;
use std::sync::Arc;

/// Level of zstd: these rows are kept for years.
const LEVEL: i32 = 9;
/// Longest row that is unpacked, bytes.
const LONGEST: u64 = 1 << 30;

/// Pseudonyms under the key of this state folder, and the key: the one under which the last release was
/// made.
///
/// # Errors
/// When the key is gone or another one: tonight's companies could not be told to be those of the nights
/// before.
pub(super) fn pseudonyms(
    ledger: &Ledger,
    settings: &Settings,
    state: &State,
) -> Result<([u8; 32], Pseudonyms), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let last = ledger.night_release(&settings.name, None).map_err(|error| failed(&error))?;
    let key = state.pseudonym_key(last.is_none()).map_err(|error| failed(&error))?;
    let pseudonyms = Pseudonyms::new(key);
    // What cannot be read is told where the nights are.
    let last = last.and_then(|last| left(&last.last).ok());
    if last.is_some_and(|last| !last.key.is_empty() && last.key != pseudonyms.fingerprint()) {
        return Err(Failure::message(
            Exit::Failed,
            "the key of the pseudonyms is not the one under which the last release was made: companies could not be told again, and what changed would be taken for the change of many; nothing is published\nhelp: restore `pseudonymes.cle` in the state folder from a copy"
                .to_owned(),
        ));
    }
    Ok((key, pseudonyms))
}

/// The nights that count, with what they published.
#[derive(Default)]
pub(super) struct Known {
    pub(super) history: History,
    published: Vec<Arc<Earlier>>,
    /// Row of the last one.
    night: i64,
    counting: Counting,
    /// How many things had happened to releases.
    events: usize,
    /// `history_days` of the last release, where nights count again that it did not know.
    fewer: Option<u32>,
}

/// Reads the nights of a pipeline.
///
/// # Errors
/// When the ledger cannot be read, or something is published of which it knows nothing: tonight could
/// then not be protected together with it.
pub(super) fn known(ledger: &Ledger, settings: &Settings, options: &Options) -> Result<Known, Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let pipeline = &settings.name;
    publish::all_entered(&options.published, &|release| is_entered(ledger, pipeline, release))
        .map_err(|error| failed(&error))?;
    // Before what they showed is read: what comes after it is noticed.
    let events = ledger.releases().map_err(|error| failed(&error))?.len();
    let mut known = Known { events, ..Known::default() };
    let Some(last) = ledger.night_release(pipeline, None).map_err(|error| failed(&error))? else {
        return unnamed(ledger, settings).map(|()| known);
    };
    if !options.dry_run && !options.published_was_lost {
        still_there(ledger, pipeline, options)?;
    }
    let damaged = |cause: String| {
        failed(&format!(
            "the nights of the ledger cannot be read ({cause}); nothing is published\nhelp: restore a copy of the state folder"
        ))
    };
    if !ledger.nights_are_intact(pipeline).map_err(|error| failed(&error))? {
        return Err(damaged(
            "a night, or what happened to a release, is gone or is not what was entered".to_owned(),
        ));
    }
    if last.as_of > options.as_of && !options.dry_run {
        return Err(Failure::message(
            Exit::Usage,
            format!(
                "the last release is of {}, and this one would be of {}: readers would be taken back; nothing is published\nhelp: leave `--as-of` out or give a later day; `--dry-run` shows what the run would give; `maillage rollback` shows an earlier release again",
                last.as_of, options.as_of
            ),
        ));
    }
    let mut archive = Archive::open(ledger, pipeline).map_err(damaged)?;
    let until = (options.as_of, settings.disclosure.history_days);
    known.night = last.night;
    known.counting = archive.counting(&last, until).map_err(damaged)?;
    if known.counting.rows.is_empty() {
        return Err(damaged("a night is gone".to_owned()));
    }
    (known.history, known.published) = archive.history(&last, &known.counting.rows).map_err(damaged)?;
    // Of nights that count again, since `history_days` is more now, it knows nothing: all is proven anew.
    let certificate = known.history.certificate.take();
    known.history.certificate = certificate.filter(|certificate| knows(certificate, &known.published));
    let is_more = settings.disclosure.history_days > last.history_days;
    known.fewer = (is_more && known.history.certificate.is_none()).then_some(last.history_days);
    Ok(known)
}

/// Whether a certificate knows every cell of these nights.
fn knows(certificate: &[u8], nights: &[Arc<Earlier>]) -> bool {
    let known = certificate::verify_history(certificate, nights);
    !matches!(known, Err(Refusal::History { night, .. }) if night < nights.len())
}

/// Refuses a pipeline without nights in a ledger that holds those of others: it may be one of them under
/// another name.
fn unnamed(ledger: &Ledger, settings: &Settings) -> Result<(), Failure> {
    let others = ledger.pipelines_with_nights().map_err(|error| Failure::new(Exit::Failed, &error))?;
    if others.is_empty() {
        return Ok(());
    }
    let (name, others) = (&settings.name, others.join("`, `"));
    Err(Failure::message(
        Exit::Settings,
        format!(
            "the ledger of the state folder holds nights of `{others}` and none of `{name}`: if the pipeline was renamed, its releases would not be protected together with those before; nothing is published\nhelp: put the old `name` back (`publication.title` may change), or give another pipeline a state folder of its own with `--state`"
        ),
    ))
}

/// Refuses a published folder that holds none of the releases that the ledger knows readers saw: the state may be
/// an older copy, to which the last nights are unknown.
fn still_there(ledger: &Ledger, pipeline: &str, options: &Options) -> Result<(), Failure> {
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    if !publish::list(&options.published).map_err(|error| failed(&error))?.is_empty() {
        return Ok(());
    }
    let events = ledger.releases().map_err(|error| failed(&error))?;
    let Some(shown) = events.iter().rev().find(|event| is_entered(ledger, pipeline, &event.release)) else {
        return Ok(());
    };
    Err(failed(&format!(
        "`{}` holds no release, and the ledger knows that `{}` was shown: if the state folder is an older copy, the nights since are unknown to it, and what they showed would not be protected; nothing is published\nhelp: put the published folder back; if it is lost, or this is another one on purpose, and the state folder is the newest that there was, run once with `--published-was-lost`",
        options.published.display(),
        shown.release
    )))
}

/// Whether the ledger holds what a release showed; not what cannot be read.
pub(super) fn is_entered(ledger: &Ledger, pipeline: &str, release: &str) -> bool {
    ledger.night_release(pipeline, Some(release)).is_ok_and(|entered| entered.is_some())
}

impl Known {
    /// Has the second program check that tonight's certificate knows all nights that count.
    ///
    /// # Errors
    /// What it does not know.
    pub(super) fn check(&self, certificate: &[u8]) -> Result<(), Failure> {
        certificate::verify_history(certificate, &self.published).map_err(|refusal| {
            let message = format!(
                "the check of the nights refused this one: {refusal}; nothing is published\nhelp: report this fault; the previous release stays"
            );
            Failure::message(Exit::Failed, message)
        })
    }

    /// What stands in the way, with what to do where it may be that nights count again.
    pub(super) fn told(&self, failure: Failure) -> Failure {
        let Some(days) = self.fewer.filter(|_| failure.exit == Exit::Failed) else { return failure };
        let (cause, other) = match failure.message.split_once("\nhelp: ") {
            Some((cause, other)) => (cause, format!("; else {other}")),
            None => (failure.message.as_str(), String::new()),
        };
        let message = format!(
            "{cause}\nhelp: `disclosure.history_days` was {days} for the last release, and more days let nights count again that releases since were not protected together with: write {days} again, or raise it by less{other}"
        );
        Failure::message(failure.exit, message)
    }

    /// Whether readers still see what tonight was protected together with.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(super) fn is_as_it_was(&self, ledger: &Ledger) -> Result<bool, LedgerError> {
        Ok(ledger.releases()?.len() == self.events)
    }

    /// Whether every value that a release shows counts, so that it may be open to readers beside tonight's.
    ///
    /// # Errors
    /// What cannot be read.
    pub(super) fn covers(&self, ledger: &Ledger, pipeline: &str, release: &str) -> Result<bool, String> {
        let kept = ledger.night_release(pipeline, Some(release)).map_err(|error| error.to_string())?;
        let Some(kept) = kept else { return Ok(false) };
        let Ok(place) = self.counting.rows.binary_search(&kept.night) else { return Ok(false) };
        self.counting.covers(&kept, &self.history.nights[place])
    }

    /// Enters tonight and its certificate, before it is shown.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub(super) fn keep(
        &self,
        ledger: &Ledger,
        settings: &Settings,
        (release, tonight): (&str, &Tonight),
        pseudonyms: &Pseudonyms,
    ) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
        let sha256 = store::sha256(tonight.protected.certificate());
        ledger.keep_certificate(release, &sha256).map_err(|error| failed(&error))?;
        let packed = |bytes: &[u8]| zstd::encode_all(bytes, LEVEL).map_err(|error| failed(&error));
        let last = Last { key: pseudonyms.fingerprint(), ..tonight.last.clone() };
        let last = last.to_bytes().map_err(|error| failed(&error))?;
        let kept = KeptRelease {
            release: release.to_owned(),
            night: self.night,
            history_days: settings.disclosure.history_days,
            as_of: tonight.last.day,
            last: packed(&last)?,
        };
        let new = match &tonight.night {
            None => None,
            Some(night) => {
                let state = night.to_bytes().map_err(|error| failed(&error))?;
                Some((packed(&state)?, packed(tonight.protected.certificate())?))
            }
        };
        let new = new.as_ref().map(|(state, certificate)| (state.as_slice(), certificate.as_slice()));
        ledger.keep_night(&settings.name, &kept, new).map_err(|error| failed(&error))
    }
}

/// Whether what a release shows counted for the last one, so that readers may see it again: its night, and those of
/// which it shows older values. What was published since was proven together with them.
///
/// # Errors
/// What cannot be read.
pub fn still_counts(ledger: &Ledger, release: &str) -> Result<bool, String> {
    let pipeline = ledger.pipeline_of(release).map_err(|error| error.to_string())?;
    pipeline.map_or(Ok(true), |pipeline| Archive::open(ledger, &pipeline)?.still_counts(release))
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let unpack = || -> std::io::Result<Vec<u8>> {
        let mut unpacked = Vec::new();
        zstd::Decoder::new(bytes)?.take(LONGEST).read_to_end(&mut unpacked)?;
        Ok(unpacked)
    };
    unpack().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
