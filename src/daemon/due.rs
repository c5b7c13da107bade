//! Due times of a pipeline, in its own zone, whatever the clocks do.

use crate::config::Schedule;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use croner::Cron;
use std::str::FromStr as _;

/// When a pipeline is due. A time that a clock change skips is due right after the gap; one
/// that it repeats is due once, the first time (croner's rule for fixed times).
#[derive(Debug, Clone)]
pub struct DueTimes {
    cron: Cron,
    zone: Tz,
}

impl DueTimes {
    /// Reads checked settings; nothing when they were not checked.
    #[must_use]
    pub fn new(schedule: &Schedule) -> Option<Self> {
        Some(Self { cron: Cron::from_str(&schedule.cron).ok()?, zone: schedule.zone.parse().ok()? })
    }

    /// The zone.
    #[must_use]
    pub const fn zone(&self) -> Tz {
        self.zone
    }

    /// The day in the zone.
    #[must_use]
    pub fn day(&self, now: DateTime<Utc>) -> NaiveDate {
        now.with_timezone(&self.zone).date_naive()
    }

    /// The first due time after `after`; nothing when there never is one (the 30th of February).
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let found = self.cron.find_next_occurrence(&after.with_timezone(&self.zone), false).ok()?;
        Some(found.to_utc())
    }

    /// The last due time after `after` and not after `now`, and how many came before it.
    #[must_use]
    pub fn missed(&self, after: DateTime<Utc>, now: DateTime<Utc>) -> Option<(DateTime<Utc>, usize)> {
        let mut due = self.next(after).filter(|due| *due <= now)?;
        let mut skipped = 0;
        while let Some(later) = self.next(due).filter(|later| *later <= now) {
            due = later;
            skipped += 1;
        }
        Some((due, skipped))
    }
}

#[cfg(test)]
mod tests {
    use super::DueTimes;
    use crate::config::Schedule;
    use chrono::{DateTime, Utc};

    fn nightly(cron: &str) -> DueTimes {
        DueTimes::new(&Schedule { cron: cron.to_owned(), zone: "America/Toronto".to_owned() }).unwrap()
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn dues(times: &DueTimes, from: &str, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(times.next(utc(from)), |due| times.next(*due)).take(count).collect()
    }

    #[test]
    fn half_past_two_does_not_exist_when_clocks_go_forward_and_is_due_right_after() {
        let due = dues(&nightly("30 2 * * *"), "2026-03-07T12:00:00Z", 3);
        // 8 March 2026: 02:00 becomes 03:00, which is 07:00 UTC.
        let expected = ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"];
        assert_eq!(due, expected.map(utc));
    }

    #[test]
    fn half_past_one_comes_twice_when_clocks_go_back_and_is_due_once() {
        let due = dues(&nightly("30 1 * * *"), "2026-10-31T12:00:00Z", 2);
        assert_eq!(due, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"].map(utc));
    }

    #[test]
    fn half_past_two_keeps_its_hour_on_the_wall_when_clocks_go_back() {
        let due = dues(&nightly("30 2 * * *"), "2026-10-31T12:00:00Z", 2);
        assert_eq!(due, ["2026-11-01T07:30:00Z", "2026-11-02T07:30:00Z"].map(utc));
        let due = dues(&nightly("30 2 * * *"), "2026-10-30T12:00:00Z", 1);
        assert_eq!(due, ["2026-10-31T06:30:00Z"].map(utc));
    }

    #[test]
    fn after_a_week_of_downtime_one_due_time_is_left() {
        let times = nightly("30 2 * * *");
        let missed = times.missed(utc("2026-06-01T06:30:00Z"), utc("2026-06-08T06:30:00Z"));
        assert_eq!(missed, Some((utc("2026-06-08T06:30:00Z"), 6)));
        assert_eq!(times.missed(utc("2026-06-08T06:30:00Z"), utc("2026-06-09T06:29:59Z")), None);
    }

    #[test]
    fn the_day_is_that_of_the_zone() {
        let day = nightly("30 2 * * *").day(utc("2026-06-09T03:00:00Z"));
        assert_eq!(day.to_string(), "2026-06-08");
    }

    #[test]
    fn a_day_that_never_comes_is_never_due() {
        assert_eq!(nightly("0 0 30 2 *").next(utc("2026-01-01T00:00:00Z")), None);
    }
}
