//! Limits on rows and findings: over one of them the run ends before anything is published.

use crate::config::{Contract, Grade, Settings, Source};
use crate::error::{Exit, Failure};
use crate::model::{Confidential, Field, Finding, FindingKind, Location, Severity};
use crate::normalise::Normalised;
use std::sync::Arc;

/// Every limit over which a run ends before anything is published.
pub(super) fn judge(
    met: &[Finding],
    normalised: &Normalised,
    rows: usize,
    settings: &Settings,
) -> Result<(), Failure> {
    whole(met.iter(), settings)?;
    // A lost column says why so many rows are refused.
    vital(met.iter(), settings)?;
    within_contract(rows, normalised.quarantine.len(), settings)?;
    within(&met.iter().chain(&normalised.findings), rows, settings)
}

/// A finding when a source gave far fewer rows than `before`: a platform that answers with an empty
/// page, or a file that was saved empty, looks whole and is not.
pub(super) fn shrunk(source: &Source, rows: usize, before: u64) -> Option<Finding> {
    let least = before.saturating_mul(source.least_percent.into());
    if (rows as u64).saturating_mul(100) >= least {
        return None;
    }
    let name: Arc<str> = source.name.as_str().into();
    let place = Location { source: Arc::clone(&name), file: Confidential::new(name), sheet: None, row: 0 };
    Some(Finding {
        read: Confidential::new(format!("{rows} < {} % · {before}", source.least_percent)),
        ..Finding::about(Severity::Warning, FindingKind::SourceShrank, place)
    })
}

/// Refuses a run of which a source gave far fewer rows than before: yesterday's release is better.
fn whole<'a>(mut findings: impl Iterator<Item = &'a Finding>, settings: &Settings) -> Result<(), Failure> {
    let Some(found) = findings.find(|finding| finding.kind == FindingKind::SourceShrank) else {
        return Ok(());
    };
    let name = &found.location.source;
    let least = settings.sources.iter().find(|source| source.name == **name);
    let least = least.map_or(0, |source| source.least_percent);
    let counts = found.read.reveal();
    let (now, before) = (counts.split(' ').next().unwrap_or_default(), counts.rsplit(' ').next());
    Err(Failure::message(
        Exit::Contract,
        format!(
            "the source `{name}` gave {now} rows, and {} in the last run that ended well: less than {least} %\nhelp: look at its file or platform; if it is meant, set `least_percent = 0` for the source, run once, and take it out again",
            before.unwrap_or_default()
        ),
    ))
}

/// Refuses a run that lacks a column on which everything rests, where the mapping promises it.
/// Without names nobody could say whose its rows are. Without owners, companies of one owner would count apart, and what they declared would be
/// protected too little; without quantities or their units every total would be wrong, and
/// without statuses nothing would seem to have been reached. Under `freeze` a column of another kind
/// is not read, and so is lost too.
pub(crate) fn vital<'a>(
    mut findings: impl Iterator<Item = &'a Finding>,
    settings: &Settings,
) -> Result<(), Failure> {
    let is_frozen = |name: &str| {
        settings.sources.iter().any(|source| source.name == name && source.contract == Contract::Freeze)
    };
    let lost = findings.find(|finding| {
        let is_lost = finding.kind == FindingKind::LostColumn
            || finding.kind == FindingKind::ColumnKind && is_frozen(&finding.location.source);
        is_lost && finding.field.is_some_and(|field| field.moves_totals() || field == Field::Name)
    });
    lost.map_or(Ok(()), |finding| {
        let (field, why) = match finding.field {
            Some(Field::Group) => ("groupe", "companies of one owner would count apart"),
            Some(Field::Name) => ("nom", "nobody could say whose its rows are"),
            Some(field @ (Field::Supplier | Field::Receiver | Field::Status)) => {
                (field.code(), "no synergy could be counted")
            }
            field => (field.map_or("", Field::code), "the totals would be wrong"),
        };
        let source = &finding.location.source;
        let message = if finding.kind == FindingKind::ColumnKind {
            format!(
                "the column of `{field}` in the source `{source}` holds hardly anything that its field expects, and `contract = \"freeze\"` does not read it: {why}\nhelp: look whether the columns are shifted, correct the mapping, or set `contract` to `evolve`; constats.jsonl of the state folder names the column and its sheet"
            )
        } else {
            format!(
                "the source `{source}` does not have the column `{field}` that its mapping names: {why}\nhelp: put its heading back, or change the mapping; constats.jsonl of the state folder names the heading and the sheet"
            )
        };
        Err(Failure::message(Exit::Contract, message))
    })
}

/// Refuses a run of which too many rows were refused.
fn within_contract(count: usize, rejected: usize, settings: &Settings) -> Result<(), Failure> {
    if count > 0 && rejected * 100 > count * settings.limits.rejected_percent as usize {
        let limit = settings.limits.rejected_percent;
        return Err(Failure::message(
            Exit::Contract,
            format!(
                "{rejected} rows of {count} were refused, more than the limit of {limit} %\nhelp: send quarantaine.xlsx of the state folder back to its owners, or raise `limits.rejected_percent`"
            ),
        ));
    }
    Ok(())
}

/// Whether no limit of `limits.findings` is passed; a share is one of the rows that were read.
fn within<'a>(
    findings: &(impl Iterator<Item = &'a Finding> + Clone),
    rows: usize,
    settings: &Settings,
) -> Result<(), Failure> {
    for limit in &settings.limits.findings {
        let (severity, grade) = match limit.severity {
            Grade::Note => (Severity::Note, "note"),
            Grade::Warning => (Severity::Warning, "warning"),
            Grade::Rejection => (Severity::Rejection, "rejection"),
        };
        let met = findings.clone().filter(|finding| finding.severity == severity).count();
        let number = limit.count.filter(|most| met > *most as usize).map(|most| most.to_string());
        let share = limit.percent.filter(|most| met * 100 > rows * *most as usize);
        if let Some(most) = number.or_else(|| share.map(|share| format!("{share} % of {rows} rows"))) {
            return Err(Failure::message(
                Exit::Contract,
                format!(
                    "there are {met} findings of severity `{}` (`{grade}` in the settings), more than the limit of {most}\nhelp: send quarantaine.xlsx of the state folder back to its owners, read constats.jsonl beside it, or raise `limits.findings`",
                    severity.code()
                ),
            ));
        }
    }
    Ok(())
}
