//! For how long a night counts, for how long an older value is shown, and how many nights fit into one system.
//!
//! A night counts as long as readers see a value of it, and `history_days` after that. So a value that waits for
//! ever would hold its night for ever: it is shown for half of these days, and then none in its place. What it was
//! stays in the system as it was shown, so that nothing else follows from what is gone.

use super::{Last, Night, Shown};
use crate::config::Disclosure;
use chrono::{Days, NaiveDate};

/// Nights that one system holds at most. Half of them may follow one another at once; the others are spread over
/// the days for which a night counts at the longest, so that there is always room for the next.
const MOST_NIGHTS: u32 = 24;

/// A release as readers saw it: from a day on, until the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The day.
    pub from: NaiveDate,
    /// Place of its night among all nights.
    pub night: usize,
    /// Day of the oldest value in it that its night does not show; none where there is no such value.
    pub oldest: Option<NaiveDate>,
}

/// Why no night can be added, or nothing new be protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Half of the places are taken: the next night comes on this day.
    Pause(NaiveDate),
    /// Every place is taken.
    Full,
    /// What earlier nights showed cannot be protected together with any change.
    Past,
}

/// Nothing new is shown though something changed, whoever else changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stalled {
    /// Day of the last night that showed something new.
    pub since: NaiveDate,
    /// What is in the way.
    pub cause: Cause,
}

impl Last {
    /// Day of the oldest value that the release showed and its night did not; none where there is no such value.
    #[must_use]
    pub fn oldest(&self, night: &Night) -> Option<NaiveDate> {
        let waiting = self.waiting.iter().flat_map(|(name, cells)| {
            let shown = night.shown.get(name);
            let is_older = move |codes: &Vec<String>| !shown.is_some_and(|cells| cells.contains(codes));
            cells.iter().filter(move |(codes, _)| is_older(codes)).map(|(_, of)| *of)
        });
        waiting.min()
    }
}

/// How many of the nights of these days, oldest first, no longer count: readers last saw a value of them more than
/// `history_days` ago. The last one always counts. `seen` are the releases, oldest first, or only those that
/// readers saw within these days; what they see now they saw until today.
#[must_use]
pub fn gone(days: &[NaiveDate], seen: &[Seen], today: NaiveDate, history_days: u32) -> usize {
    let counts = |last: NaiveDate| later(last, history_days).is_none_or(|until| until >= today);
    let until = seen.iter().zip(untils(seen, today));
    let recent: Vec<&Seen> = until.filter(|(_, until)| counts(*until)).map(|(seen, _)| seen).collect();
    // A value of a day is one of the night of that day; of two on one day it may be the first.
    let is_read = |place: usize, end: NaiveDate| {
        recent.iter().any(|seen| seen.night == place || seen.oldest.is_some_and(|of| end >= of))
    };
    // A night ends when the next one begins.
    let ends = days.iter().skip(1).copied();
    ends.enumerate().take_while(|(place, end)| !counts(*end) && !is_read(*place, *end)).count()
}

/// The day until which readers saw each release: that of the next one. A day that is still to come, or before one
/// that went before, was read from a clock that was wrong: the next one that is neither holds, or else today.
fn untils(seen: &[Seen], today: NaiveDate) -> Vec<NaiveDate> {
    let mut latest = NaiveDate::MIN;
    let until = |(place, this): (usize, &Seen)| {
        if this.from <= today {
            latest = latest.max(this.from);
        }
        let mut later = seen.iter().skip(place + 1).map(|next| next.from);
        later.find(|from| (latest..=today).contains(from)).unwrap_or(today)
    };
    seen.iter().enumerate().map(until).collect()
}

/// Days for which a cell may show the value of an earlier night while its change waits.
fn patience(policy: &Disclosure) -> u32 {
    policy.history_days.div_ceil(2)
}

/// Cells that may show the value of an earlier night: those that the last release showed, unless the value is too
/// old. What showed none then shows none of that value any more.
pub(super) fn may_wait(last: &Last, night: &Night, day: NaiveDate, policy: &Disclosure) -> Shown {
    let of_night = night.shown.iter().flat_map(|(name, cells)| {
        cells.iter().map(move |codes| {
            let of = last.waiting.get(name).and_then(|cells| cells.get(codes));
            (name, codes, of.copied().unwrap_or(last.day))
        })
    });
    let older =
        last.waiting.iter().flat_map(|(name, cells)| cells.iter().map(move |(codes, of)| (name, codes, *of)));
    let mut shown = Shown::new();
    for (name, codes, of) in of_night.chain(older) {
        if later(of, patience(policy)).is_none_or(|until| until >= day) {
            shown.entry(name.clone()).or_default().insert(codes.clone());
        }
    }
    shown
}

/// Whether one more night fits.
///
/// # Errors
/// Why it does not.
pub(super) fn room(nights: &[Night], day: NaiveDate, policy: &Disclosure) -> Result<(), Cause> {
    let half = MOST_NIGHTS / 2;
    let pause = policy.history_days.saturating_add(patience(policy)) / half + 1;
    let next = nights.last().and_then(|last| later(last.day, pause)).unwrap_or(day);
    if nights.len() >= MOST_NIGHTS as usize {
        Err(Cause::Full)
    } else if nights.len() >= half as usize && next > day {
        Err(Cause::Pause(next))
    } else {
        Ok(())
    }
}

/// So many days later; none where no calendar has that day.
fn later(day: NaiveDate, days: u32) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::from(days)))
}
