//! Offers of one file against requests of another, without state and without publication.

use crate::config::Pipeline;
use crate::error::{Exit, Failure};
use crate::ingest::{self, SnapshotSink};
use crate::matching::{self, FollowUps, Found, NamedMatches, Portfolio};
use crate::model::{Cell, Field, Finding, Flow, Match, Organisation, RawCell, RawRow, Severity};
use crate::normalise;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What two files gave. It names companies: for the terminal and the files of its owner.
#[derive(Debug)]
pub struct Alone {
    /// Companies.
    pub organisations: Vec<Organisation>,
    /// Offers and requests.
    pub flows: Vec<Flow>,
    /// Refusals and warnings.
    pub findings: Vec<Finding>,
    /// Rows refused.
    pub refused: usize,
    /// Headings that name no field, by file.
    pub unread: Vec<(String, BTreeSet<String>)>,
}

/// Reads and normalises both sources of [`crate::config::alone`]. A row without company is a company of
/// its own.
///
/// # Errors
/// With the exit code that fits, when a file cannot be read.
pub async fn read_alone(
    pipeline: &Pipeline,
    worker: PathBuf,
    snapshots: &dyn SnapshotSink,
    as_of: NaiveDate,
) -> Result<Alone, Failure> {
    let context = ingest::Context {
        pipeline_dir: PathBuf::new(),
        limits: pipeline.settings.limits.clone(),
        worker,
        snapshots,
        environment: &crate::config::environment,
        replay: None,
    };
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    let mut unread = Vec::new();
    for source in &pipeline.settings.sources {
        let read = ingest::read_source(source, &pipeline.mappings[&source.name], &context).await;
        let read = read.map_err(|error| super::unread(&error))?;
        let path = source.files.first().cloned().unwrap_or_default();
        described(&path, &read.rows)?;
        unread.push((path, unknown_columns(&read.rows)));
        rows.extend(read.rows);
        findings.extend(read.findings);
    }
    for row in &mut rows {
        give_company(row);
    }
    let normalised = normalise::normalise(rows, &pipeline.settings, &pipeline.mappings, as_of);
    findings.extend(normalised.findings);
    // Notes are about what was understood; nobody is told them here, and there may be one a row.
    findings.retain(|finding| matches!(finding.severity, Severity::Rejection | Severity::Warning));
    findings.shrink_to_fit();
    Ok(Alone {
        organisations: normalised.organisations,
        flows: normalised.flows,
        refused: findings.iter().filter(|finding| finding.severity == Severity::Rejection).count(),
        findings,
        unread,
    })
}

fn unknown_columns(rows: &[RawRow]) -> BTreeSet<String> {
    let cells = rows.iter().flat_map(|row| &row.unmapped);
    cells.map(|cell| if cell.header.is_empty() { &cell.column } else { &cell.header }).cloned().collect()
}

/// Refuses a file without rows, or whose rows cannot say what they are about: nothing would match,
/// and nobody would know why.
fn described(path: &str, rows: &[RawRow]) -> Result<(), Failure> {
    if rows.is_empty() {
        let message = format!(
            "`{path}` has headings and no row below them\nhelp: write one row for each thing that is offered or sought"
        );
        return Err(Failure::message(Exit::Unreadable, message));
    }
    let telling = [Field::Description, Field::Category, Field::Material];
    if rows.iter().any(|row| telling.iter().any(|field| row.get(*field).is_some())) {
        return Ok(());
    }
    let known: BTreeSet<&str> = rows
        .iter()
        .flat_map(|row| row.cells.iter().filter(|(_, cell)| !cell.header.is_empty()))
        .map(|(field, _)| field.code())
        .collect();
    let unknown = unknown_columns(rows);
    let unknown: BTreeSet<&str> = unknown.iter().map(String::as_str).collect();
    let list = |names: BTreeSet<&str>| match names.len() {
        0 => "none".to_owned(),
        _ => names.into_iter().collect::<Vec<_>>().join(", "),
    };
    Err(Failure::message(
        Exit::Unreadable,
        format!(
            "`{path}` has no column that says what is offered or sought (fields found: {}; columns not recognised: {})\n\
             help: head one column `description`, `matière`, `catégorie`, `material` or `category`",
            list(known),
            list(unknown)
        ),
    ))
}

fn give_company(row: &mut RawRow) {
    if row.get(Field::Name).is_some() {
        return;
    }
    let id = row.text(Field::OrganisationId);
    let name = if id.is_empty() { format!("({})", row.location.public()) } else { id };
    let cell = RawCell {
        value: Cell::text(name),
        column: String::new(),
        header: String::new(),
        unit_in_header: None,
    };
    row.cells.insert(Field::Name, cell);
}

/// The animators' workbook of the matches, nothing filled in; its working files lie in `folder`.
///
/// # Errors
/// When there are more matches than a sheet has rows, or the disk of the folder is full.
pub fn matched_workbook(
    pipeline: &Pipeline,
    alone: &Alone,
    (found, portfolio): (&Found<'_>, &Portfolio),
    folder: &Path,
    as_of: NaiveDate,
) -> Result<Vec<u8>, Failure> {
    let settings = &pipeline.settings.matching;
    let matches: Vec<Match> = found.pairs().map(|pair| pair.found).collect();
    let names: Vec<String> = (1..=matches.len()).map(|number| format!("M{number}")).collect();
    let listed: Vec<(&str, &Match)> =
        names.iter().map(String::as_str).zip(&matches).take(settings.listed as usize).collect();
    let list = NamedMatches {
        matches: &listed,
        unlisted: matches.len() - listed.len(),
        organisations: &alone.organisations,
        known: found.known(),
        parks: &pipeline.parks,
        follow_ups: &FollowUps::new(),
        aside: &[],
        scarce: &portfolio.scarce,
        settings,
        as_of,
        pools: &found.pools(),
        wanted: &matching::wanted(&alone.flows, &matches, portfolio),
    };
    matching::workbook(&list, folder).map_err(|error| Failure::new(Exit::Failed, &error))
}
