//! The nights that the ledger holds of a pipeline: each is read when it is asked for, and once.

use super::unpacked;
use crate::certificate::Earlier;
use crate::disclosure::nights::{History, Last, Night, Seen, gone};
use crate::ledger::{KeptRelease, Ledger, ShownNight};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

/// The nights of a pipeline and what readers saw of them.
pub(in crate::pipeline) struct Archive<'a> {
    ledger: &'a Ledger,
    pipeline: String,
    /// Row and day of each night, oldest first.
    days: Vec<(i64, NaiveDate)>,
    /// Releases as readers saw them, oldest first.
    shown: Vec<ShownNight>,
    /// Day of the oldest value in each of them that its night does not show.
    oldest: BTreeMap<String, Option<NaiveDate>>,
    states: BTreeMap<i64, Night>,
    published: BTreeMap<i64, Arc<Earlier>>,
}

/// The nights that count.
#[derive(Debug, Default)]
pub(super) struct Counting {
    /// Their rows, oldest first.
    pub rows: Vec<i64>,
    /// The day on which the last of those before them ended; none where all nights count.
    ended: Option<NaiveDate>,
}

impl Counting {
    /// Whether every value that a release shows is of one of these nights, of which its own is one.
    ///
    /// # Errors
    /// What cannot be read.
    pub(super) fn covers(&self, release: &KeptRelease, night: &Night) -> Result<bool, String> {
        let oldest = left(&release.last)?.oldest(night);
        Ok(oldest.zip(self.ended).is_none_or(|(oldest, ended)| ended < oldest))
    }
}

impl<'a> Archive<'a> {
    /// Reads which nights there are, and who saw them when.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub(in crate::pipeline) fn open(ledger: &'a Ledger, pipeline: &str) -> Result<Self, String> {
        Ok(Self {
            ledger,
            pipeline: pipeline.to_owned(),
            days: ledger.night_days(pipeline).map_err(|error| error.to_string())?,
            shown: ledger.shown_nights(pipeline).map_err(|error| error.to_string())?,
            oldest: BTreeMap::new(),
            states: BTreeMap::new(),
            published: BTreeMap::new(),
        })
    }

    /// The nights that count on a day for so many days, when this is the last release.
    ///
    /// # Errors
    /// What cannot be read.
    pub(super) fn counting(
        &mut self,
        last: &KeptRelease,
        until: (NaiveDate, u32),
    ) -> Result<Counting, String> {
        self.counting_for(last, self.shown.len(), until)
    }

    /// The same when readers saw only the first of the releases.
    fn counting_for(
        &mut self,
        last: &KeptRelease,
        releases: usize,
        (day, history_days): (NaiveDate, u32),
    ) -> Result<Counting, String> {
        let seen = self.seen(last.night, releases, (day, history_days))?;
        let (rows, days): (Vec<i64>, Vec<NaiveDate>) = self.days_until(last.night).iter().copied().unzip();
        let gone = gone(&days, &seen, day, history_days);
        let ended = days.get(gone).copied().filter(|_| gone > 0);
        let rows = rows[gone..].to_vec();
        Ok(Counting { rows, ended })
    }

    /// What tonight needs: the nights that count with the proof of the last one, and what each of them published.
    ///
    /// # Errors
    /// What cannot be read.
    pub(super) fn history(
        mut self,
        last: &KeptRelease,
        rows: &[i64],
    ) -> Result<(History, Vec<Arc<Earlier>>), String> {
        let published = self.published(rows)?;
        let mut nights = Vec::with_capacity(rows.len());
        for row in rows {
            self.state(*row)?;
            nights.extend(self.states.remove(row));
        }
        let certificate = rows.last().map(|row| certificate(self.ledger, *row)).transpose()?;
        Ok((History { nights, last: Some(left(&last.last)?), certificate }, published))
    }

    /// What the nights published that counted when a release was made; none where the ledger has no night of it.
    ///
    /// # Errors
    /// What cannot be read.
    pub(in crate::pipeline) fn before(&mut self, release: &str) -> Result<Option<Vec<Arc<Earlier>>>, String> {
        let Some(kept) = self.release(Some(release))? else { return Ok(None) };
        // What readers saw before.
        let is_this = |shown: &ShownNight| shown.release == release;
        let published = self.shown.iter().rposition(|shown| is_this(shown) && shown.is_published);
        let place = published.or_else(|| self.shown.iter().position(is_this)).unwrap_or(self.shown.len());
        let counting = self.counting_for(&kept, place, (kept.as_of, kept.history_days))?;
        self.published(&counting.rows).map(Some)
    }

    /// Whether what a release shows counted for the last one: its night, and those of which it shows older values.
    ///
    /// # Errors
    /// What cannot be read.
    pub(in crate::pipeline) fn still_counts(&mut self, release: &str) -> Result<bool, String> {
        let (Some(kept), Some(newest)) = (self.release(Some(release))?, self.release(None)?) else {
            return Ok(true);
        };
        let counting = self.counting(&newest, (newest.as_of, newest.history_days))?;
        if counting.rows.binary_search(&kept.night).is_err() {
            return Ok(false);
        }
        counting.covers(&kept, self.state(kept.night)?)
    }

    fn release(&self, release: Option<&str>) -> Result<Option<KeptRelease>, String> {
        self.ledger.night_release(&self.pipeline, release).map_err(|error| error.to_string())
    }

    fn days_until(&self, night: i64) -> &[(i64, NaiveDate)] {
        &self.days[..self.days.partition_point(|(row, _)| *row <= night)]
    }

    /// Of the first releases, those that readers still saw within the days that count.
    fn seen(
        &mut self,
        night: i64,
        releases: usize,
        (today, history_days): (NaiveDate, u32),
    ) -> Result<Vec<Seen>, String> {
        let counts = |day: NaiveDate| {
            day.checked_add_days(Days::new(history_days.into())).is_none_or(|until| until >= today)
        };
        // What the others left need not be read, unless a clock was wrong.
        let is_past = |pair: &&[ShownNight]| {
            pair.iter().all(|shown| !counts(shown.from)) && pair.is_sorted_by_key(|shown| shown.from)
        };
        let past = self.shown[..releases].windows(2).take_while(is_past).count();
        let mut seen = Vec::new();
        for place in past..releases {
            let (row, from) = (self.shown[place].night, self.shown[place].from);
            let found = self.days_until(night).binary_search_by_key(&row, |(row, _)| *row);
            if let Ok(night) = found {
                seen.push(Seen { from, night, oldest: self.oldest(place)? });
            }
        }
        Ok(seen)
    }

    fn oldest(&mut self, place: usize) -> Result<Option<NaiveDate>, String> {
        let shown = &self.shown[place];
        if let Some(oldest) = self.oldest.get(&shown.release) {
            return Ok(*oldest);
        }
        let (release, night, last) = (shown.release.clone(), shown.night, left(&shown.last)?);
        let oldest = last.oldest(self.state(night)?);
        self.oldest.insert(release, oldest);
        Ok(oldest)
    }

    fn state(&mut self, row: i64) -> Result<&Night, String> {
        match self.states.entry(row) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let kept = self.ledger.night_state(row).map_err(|error| error.to_string())?;
                Ok(place.insert(Night::from_bytes(&unpacked(&kept)?)?))
            }
        }
    }

    /// What nights published. Of all others nothing is held any more.
    pub(super) fn published(&mut self, rows: &[i64]) -> Result<Vec<Arc<Earlier>>, String> {
        self.published.retain(|row, _| rows.contains(row));
        for row in rows {
            if let Entry::Vacant(place) = self.published.entry(*row) {
                let certificate = certificate(self.ledger, *row)?;
                let published = Earlier::read(&certificate).map_err(|refusal| refusal.to_string())?;
                place.insert(Arc::new(published));
            }
        }
        Ok(self.published.values().cloned().collect())
    }
}

/// The proof of a night.
pub(super) fn certificate(ledger: &Ledger, row: i64) -> Result<Vec<u8>, String> {
    unpacked(&ledger.night_certificate(row).map_err(|error| error.to_string())?)
}

/// What a release left for the next one.
pub(super) fn left(last: &[u8]) -> Result<Last, String> {
    Last::from_bytes(&unpacked(last)?)
}
