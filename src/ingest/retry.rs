//! How long to wait before another attempt.

use backon::BackoffBuilder as _;
use chrono::DateTime;
use std::time::Duration;

/// Wait before the second attempt; it doubles with each further one.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Longest wait that we choose ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Waits between attempts, as many as there are retries.
pub(super) fn waits(retries: u32) -> impl Iterator<Item = Duration> {
    backon::ExponentialBuilder::default()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_factor(2.0)
        .with_jitter()
        .with_max_times(usize::try_from(retries).unwrap_or(usize::MAX))
        .build()
}

/// `Retry-After` in either form (RFC 9110, section 10.2.3): seconds, or a date that is
/// compared with the `Date` of the same response, so no clock of ours is needed.
pub(super) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    let now = DateTime::parse_from_rfc2822(date?.trim()).ok()?;
    Some((until - now).to_std().unwrap_or(Duration::ZERO))
}

/// Whether a text is a date as headers write it.
pub(super) fn is_date(value: &str) -> bool {
    DateTime::parse_from_rfc2822(value.trim()).is_ok()
}

/// Whether what was modified at a time had been left alone for a minute at the `Date` of the response:
/// dates count seconds only, so something modified just now may change once more under the same one.
pub(super) fn is_settled(modified: &str, date: &str) -> bool {
    let parsed = |value: &str| DateTime::parse_from_rfc2822(value.trim()).ok();
    let age = parsed(date).zip(parsed(modified)).map(|(date, modified)| date - modified);
    age.is_some_and(|age| age.num_seconds() >= 60)
}

/// Whether the same request may succeed a little later.
pub(super) const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_settled, retry_after, waits};
    use std::time::Duration;

    #[test]
    fn retry_after_is_understood_in_both_forms() {
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(retry_after(" 7 ", None), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:30 GMT", date), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:00:00 GMT", date), Some(Duration::ZERO));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:30 GMT", None), None);
        assert_eq!(retry_after("soon", date), None);
    }

    #[test]
    fn a_date_validates_only_what_was_left_alone_for_a_minute() {
        let date = "Wed, 21 Oct 2026 07:28:00 GMT";
        assert!(is_settled("Wed, 21 Oct 2026 07:27:00 GMT", date));
        assert!(!is_settled("Wed, 21 Oct 2026 07:27:01 GMT", date) && !is_settled("hier", date));
        assert!(is_date(date) && !is_date("\"v1\"") && !is_date("W/\"v1\""));
    }

    #[test]
    fn there_are_as_many_waits_as_retries_and_they_grow() {
        let waits: Vec<Duration> = waits(4).collect();
        assert_eq!(waits.len(), 4);
        assert!(waits[3] > waits[0]);
    }
}
