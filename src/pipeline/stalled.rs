//! What is told when nothing new can be shown, whoever changes: since when, why, and the way out.

use crate::disclosure::nights::{Cause, Stalled};
use crate::model::{Confidential, Finding, FindingKind, Location, Severity};

/// Kinds of findings that say so.
pub const NEWS: [FindingKind; 3] =
    [FindingKind::NewsPaused, FindingKind::NewsWithoutPlace, FindingKind::NewsBlocked];

/// The kind that says why.
#[must_use]
pub const fn kind(cause: Cause) -> FindingKind {
    match cause {
        Cause::Pause(_) => FindingKind::NewsPaused,
        Cause::Full => FindingKind::NewsWithoutPlace,
        Cause::Past => FindingKind::NewsBlocked,
    }
}

/// What is found of it: nothing, or one thing about the pipeline as a whole.
pub(super) fn findings(stalled: Option<Stalled>, pipeline: &str) -> Vec<Finding> {
    stalled.map(|stalled| finding(&stalled, pipeline)).into_iter().collect()
}

fn finding(stalled: &Stalled, pipeline: &str) -> Finding {
    let kind = kind(stalled.cause);
    let (severity, until) = match stalled.cause {
        Cause::Pause(until) => (Severity::Note, format!(" → {until}")),
        Cause::Full | Cause::Past => (Severity::Warning, String::new()),
    };
    let file = Confidential::new(pipeline.into());
    let whole = Location { source: pipeline.into(), file, sheet: None, row: 0 };
    let read = Confidential::new(format!("{}{until}", stalled.since));
    Finding { read, ..Finding::about(severity, kind, whole) }
}

#[cfg(test)]
mod tests {
    use super::{Cause, NEWS, Stalled, findings, kind};
    use crate::model::Severity;

    #[test]
    fn each_cause_is_told_with_its_day_and_a_way_out() {
        let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
        let causes = [Cause::Pause(day("2026-03-01")), Cause::Full, Cause::Past];
        assert_eq!(causes.map(kind), NEWS);
        assert!(findings(None, "jours").is_empty());
        for cause in causes {
            let found = findings(Some(Stalled { since: day("2026-01-16"), cause }), "jours").remove(0);
            assert!(found.read.reveal().starts_with("2026-01-16"), "{found:?}");
            assert_eq!(found.location.public(), "jours:0");
            assert!(found.repair_fr.contains("history_days") && found.repair_en.contains("history_days"));
            let is_regular = matches!(cause, Cause::Pause(_));
            assert_eq!(found.severity == Severity::Note, is_regular, "{cause:?}");
            assert_eq!(found.read.reveal().ends_with("2026-03-01"), is_regular);
        }
    }
}
