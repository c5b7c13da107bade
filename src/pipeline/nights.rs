//! What earlier nights published, read from the ledger before tonight is protected, and what
//! tonight adds to it before anything is shown.

use super::{Exit, Failure, Options};
use crate::anonymise::Pseudonyms;
use crate::certificate::{self, Earlier};
use crate::config::Settings;
use crate::disclosure::nights::{History, Last, Night, Tonight};
use crate::ledger::{KeptNight, KeptRelease, Ledger, LedgerError, ShownNight};
use crate::publish;
use crate::store::{self, State};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::Read as _;

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
    let last = last.and_then(|last| Last::from_bytes(&unpacked(&last.last).ok()?).ok());
    if last.is_some_and(|last| !last.key.is_empty() && last.key != pseudonyms.fingerprint()) {
        return Err(Failure::message(
            Exit::Failed,
            "the key of the pseudonyms is not the one under which the last release was made: companies could not be told again, and what changed would be taken for the change of many; nothing is published\nhelp: restore `pseudonymes.cle` in the state folder from a copy"
                .to_owned(),
        ));
    }
    Ok((key, pseudonyms))
}

/// The nights that count, with their certificates.
pub(super) struct Known {
    pub(super) history: History,
    published: Vec<Earlier>,
    night: i64,
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
    let mut known = Known { history: History::default(), published: Vec::new(), night: 0 };
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
        return Err(damaged("a night is gone or is not what was entered".to_owned()));
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
    known.night = last.night;
    let mut rows = Vec::new();
    for night in ledger.nights(pipeline, i64::MAX).map_err(|error| failed(&error))? {
        rows.push(night.night);
        let (night, published, certificate) = read(&night).map_err(damaged)?;
        known.history.nights.push(night);
        known.published.push(published);
        known.history.certificate = Some(certificate);
    }
    let last = unpacked(&last.last).map_err(|error| damaged(error.to_string()))?;
    known.history.last = Some(Last::from_bytes(&last).map_err(damaged)?);
    if known.history.nights.is_empty() {
        return Err(damaged("a night is gone".to_owned()));
    }
    let all = known.history.nights.len();
    let shown = ledger.shown_nights(pipeline).map_err(|error| failed(&error))?;
    known.history.forget(options.as_of, &settings.disclosure, &last_days(&rows, &shown, options.as_of));
    known.published.drain(..all - known.history.nights.len());
    Ok(known)
}

/// Last day on which readers saw each of the nights, by its row; the first of days where they never did. What they
/// see now they saw until today.
fn last_days(rows: &[i64], shown: &[ShownNight], today: NaiveDate) -> Vec<NaiveDate> {
    let mut last: BTreeMap<i64, NaiveDate> = BTreeMap::new();
    let (mut current, mut day) = (None, NaiveDate::MIN);
    // The day of a run may be any, that of a rollback is the clock's: neither takes readers back.
    for next in shown {
        day = day.max(next.from);
        last.extend(current.map(|night| (night, day)));
        current = Some(next.night);
    }
    last.extend(current.map(|night| (night, day.max(today))));
    rows.iter().map(|row| last.get(row).copied().unwrap_or(NaiveDate::MIN)).collect()
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

/// A night, what it published, and its certificate. Of all certificates only the last one is held.
///
/// # Errors
/// What cannot be read.
fn read(night: &KeptNight) -> Result<(Night, Earlier, Vec<u8>), String> {
    let words = |error: std::io::Error| error.to_string();
    let state = Night::from_bytes(&unpacked(&night.state).map_err(words)?)?;
    let certificate = unpacked(&night.certificate).map_err(words)?;
    let published = Earlier::read(&certificate).map_err(|refusal| refusal.to_string())?;
    Ok((state, published, certificate))
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

/// What the nights published that counted when a release was made; none where the ledger has no
/// night of it.
///
/// # Errors
/// What cannot be read.
pub(super) fn before(ledger: &Ledger, release: &str) -> Result<Option<Vec<Earlier>>, String> {
    let words = |error: LedgerError| error.to_string();
    let Some(pipeline) = ledger.pipeline_of(release).map_err(words)? else { return Ok(None) };
    let Some(kept) = ledger.night_release(&pipeline, Some(release)).map_err(words)? else { return Ok(None) };
    if !ledger.nights_are_intact(&pipeline).map_err(words)? {
        return Err("a night of the ledger is gone or is not what was entered".to_owned());
    }
    // What readers saw before.
    let shown = ledger.shown_nights(&pipeline).map_err(words)?;
    let before = shown.split(|shown| shown.release == release).next().unwrap_or_default();
    let counting = counting(ledger, &pipeline, &kept, (before, kept.as_of))?;
    Ok(Some(counting.into_iter().map(|(_, published)| published).collect()))
}

/// Whether the night of a release counted for the last one, so that readers may see it again: what was published
/// since was proven together with it.
///
/// # Errors
/// What cannot be read.
pub fn still_counts(ledger: &Ledger, release: &str) -> Result<bool, String> {
    let words = |error: LedgerError| error.to_string();
    let Some(pipeline) = ledger.pipeline_of(release).map_err(words)? else { return Ok(true) };
    let kept = |release| ledger.night_release(&pipeline, release).map_err(words);
    let (Some(of), Some(newest)) = (kept(Some(release))?, kept(None)?) else { return Ok(true) };
    let shown = ledger.shown_nights(&pipeline).map_err(words)?;
    let counting = counting(ledger, &pipeline, &newest, (&shown, newest.as_of))?;
    Ok(counting.iter().any(|(row, _)| *row == of.night))
}

/// Rows of the nights that count on a day, and what they published, when this is the last release and readers saw
/// these nights.
fn counting(
    ledger: &Ledger,
    pipeline: &str,
    last: &KeptRelease,
    (shown, day): (&[ShownNight], NaiveDate),
) -> Result<Vec<(i64, Earlier)>, String> {
    let bytes = unpacked(&last.last).map_err(|error| error.to_string())?;
    let mut history = History { last: Some(Last::from_bytes(&bytes)?), ..History::default() };
    let (mut published, mut rows) = (Vec::new(), Vec::new());
    for night in ledger.nights(pipeline, last.night).map_err(|error| error.to_string())? {
        rows.push(night.night);
        let (night, earlier, _) = read(&night)?;
        history.nights.push(night);
        published.push(earlier);
    }
    let all = rows.len();
    let policy = crate::config::Disclosure { history_days: last.history_days, ..Default::default() };
    history.forget(day, &policy, &last_days(&rows, shown, day));
    Ok(rows.into_iter().zip(published).skip(all - history.nights.len()).collect())
}

fn unpacked(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    zstd::Decoder::new(bytes)?.take(LONGEST).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}
