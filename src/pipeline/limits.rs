//! Limits on findings: over one of them the run ends before anything is published.

use crate::config::{Grade, Settings};
use crate::error::{Exit, Failure};
use crate::model::{Field, Finding, FindingKind, Severity};

/// Refuses a run that lacks a column on which everything rests, where the mapping promises it.
/// Without owners, companies of one owner would count apart, and what they declared would be
/// protected too little; without quantities or their units every total would be wrong, and
/// without statuses nothing would seem to have been reached.
pub(super) fn vital<'a>(mut findings: impl Iterator<Item = &'a Finding>) -> Result<(), Failure> {
    let lost = findings.find(|finding| {
        finding.kind == FindingKind::LostColumn && finding.field.is_some_and(Field::moves_totals)
    });
    lost.map_or(Ok(()), |finding| {
        let (field, why) = match finding.field {
            Some(Field::Group) => ("groupe", "companies of one owner would count apart"),
            Some(field @ (Field::Supplier | Field::Receiver | Field::Status)) => {
                (field.code(), "no synergy could be counted")
            }
            field => (field.map_or("", Field::code), "the totals would be wrong"),
        };
        Err(Failure::message(
            Exit::Contract,
            format!(
                "the source `{}` does not have the column `{field}` that its mapping names: {why}\nhelp: put its heading back, or change the mapping; constats.jsonl of the state folder names the heading",
                finding.location.source
            ),
        ))
    })
}

/// Whether no limit of `limits.findings` is passed; a share is one of the rows that were read.
pub(super) fn within<'a>(
    findings: &(impl Iterator<Item = &'a Finding> + Clone),
    rows: usize,
    settings: &Settings,
) -> Result<(), Failure> {
    for limit in &settings.limits.findings {
        let severity = match limit.severity {
            Grade::Note => Severity::Note,
            Grade::Warning => Severity::Warning,
            Grade::Rejection => Severity::Rejection,
        };
        let met = findings.clone().filter(|finding| finding.severity == severity).count();
        let number = limit.count.filter(|most| met > *most as usize).map(|most| most.to_string());
        let share = limit.percent.filter(|most| met * 100 > rows * *most as usize);
        if let Some(most) = number.or_else(|| share.map(|share| format!("{share} % of {rows} rows"))) {
            return Err(Failure::message(
                Exit::Contract,
                format!(
                    "there are {met} findings of severity `{}`, more than the limit of {most}\nhelp: send quarantaine.xlsx of the state folder back to its owners, read constats.jsonl beside it, or raise `limits.findings`",
                    severity.code()
                ),
            ));
        }
    }
    Ok(())
}
