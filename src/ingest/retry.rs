//! How long to wait before another attempt.

use backon::BackoffBuilder as _;
use chrono::{DateTime, NaiveDateTime, Utc};
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

/// `Retry-After` in either form (RFC 9110, section 10.2.3): seconds, or a date that is compared with the
/// `Date` of the same response, else with the clock. More seconds than can be counted are the most that can.
pub(super) fn retry_after(value: &str, date: Option<&str>, clock: DateTime<Utc>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let until = http_date(value)?;
    let now = date.and_then(http_date).unwrap_or(clock);
    Some((until - now).to_std().unwrap_or(Duration::ZERO))
}

/// A date in any of the forms that headers may have (RFC 9110, section 5.6.7): ours, that of RFC 850, and
/// that of `asctime`.
fn http_date(value: &str) -> Option<DateTime<Utc>> {
    let value = value.trim();
    if let Ok(date) = DateTime::parse_from_rfc2822(value) {
        return Some(date.to_utc());
    }
    ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(value, form).ok())
        .map(|date| date.and_utc())
}

/// Whether a text is a date as headers write it.
pub(super) fn is_date(value: &str) -> bool {
    http_date(value).is_some()
}

/// Whether what was modified at a time had been left alone for a minute at the `Date` of the response:
/// dates count seconds only, so something modified just now may change once more under the same one.
pub(super) fn is_settled(modified: &str, date: &str) -> bool {
    let age = http_date(date).zip(http_date(modified)).map(|(date, modified)| date - modified);
    age.is_some_and(|age| age.num_seconds() >= 60)
}

/// Whether the same request may succeed a little later.
pub(super) const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

#[cfg(test)]
mod tests {
    use super::{is_date, is_settled, retry_after, waits};
    use chrono::DateTime;
    use std::time::Duration;

    #[test]
    fn retry_after_is_understood_in_both_forms() {
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        let clock = DateTime::parse_from_rfc2822("Wed, 21 Oct 2026 07:28:20 GMT").unwrap().to_utc();
        let read = |value: &str, date| retry_after(value, date, clock);
        assert_eq!(read(" 7 ", None), Some(Duration::from_secs(7)));
        assert_eq!(read("99999999999999999999999", None), Some(Duration::from_secs(u64::MAX)));
        for half_a_minute in
            ["Wed, 21 Oct 2026 07:28:30 GMT", "Wednesday, 21-Oct-26 07:28:30 GMT", "Wed Oct 21 07:28:30 2026"]
        {
            assert_eq!(read(half_a_minute, date), Some(Duration::from_secs(30)), "{half_a_minute}");
            // Without a date of the platform its clock is ours.
            assert_eq!(read(half_a_minute, None), Some(Duration::from_secs(10)), "{half_a_minute}");
        }
        assert_eq!(read("Wed, 21 Oct 2026 07:00:00 GMT", date), Some(Duration::ZERO));
        for nothing in ["soon", "", "-1", "1.5"] {
            assert_eq!(read(nothing, date), None, "{nothing}");
        }
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
