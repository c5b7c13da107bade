//! Offers of one file against requests of another, without state and without publication.

use crate::config::{self, Pipeline};
use crate::error::{Exit, Failure};
use crate::ingest::{self, Given, IngestError, SnapshotSink, Table};
use crate::matching::{self, FollowUps, Found, NamedMatches, Portfolio};
use crate::model::{
    Cell, Field, Finding, Flow, Match, Organisation, Park, RawCell, RawRow, Severity, is_null,
};
use crate::normalise::{self, Held, Rows, Telling};
use crate::telemetry::Stages;
use chrono::NaiveDate;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Refusals, and warnings, that are kept to be told: a table may have millions.
pub const TOLD: usize = 20;

/// What two files gave. It names companies: for the terminal and the files of its owner.
#[derive(Debug)]
pub struct Alone {
    /// Companies.
    pub organisations: Vec<Organisation>,
    /// Offers and requests.
    pub flows: Vec<Flow>,
    /// Parks of the settings, else those that rows name.
    pub parks: Vec<Park>,
    /// The first refusals and warnings, [`TOLD`] of each at least where there are so many.
    pub findings: Vec<Finding>,
    /// How many refusals and warnings there are.
    pub met: usize,
    /// Rows refused.
    pub refused: usize,
    /// Rows that said again what another one said, and count with it.
    pub repeated: usize,
    /// Headings that name no field, by file.
    pub unread: Vec<(String, BTreeSet<String>)>,
}

/// Reads and normalises both sources of [`crate::config::alone`]. A row without company is a company of
/// its own. Rows of csv and Parquet are never held all at once. Reading and classifying are two stages.
///
/// # Errors
/// With the exit code that fits, when a file cannot be read.
pub async fn read_alone(
    pipeline: &Pipeline,
    worker: PathBuf,
    snapshots: &dyn SnapshotSink,
    as_of: NaiveDate,
    stages: &mut Stages,
) -> Result<Alone, Failure> {
    stages.begin("ingest");
    let context = ingest::Context {
        pipeline_dir: PathBuf::new(),
        limits: pipeline.settings.limits.clone(),
        worker,
        snapshots,
        environment: &config::secret,
        replay: None,
    };
    let mut sides = Vec::new();
    let mut findings = Vec::new();
    let mut unread = Vec::new();
    let mut spellings = BTreeSet::new();
    for source in &pipeline.settings.sources {
        let mut seen = Seen::default();
        let mapping = &pipeline.mappings[&source.name];
        let given = ingest::read_passing(source, mapping, &context, &mut |row| seen.take(row)).await;
        let (side, met) = match given.map_err(|error| super::sources::unread(&error))? {
            Given::Table(table, met) => (Side::Table(table), met),
            Given::Held(mut read) => {
                read.rows.iter_mut().for_each(give_company);
                (Side::Held(Held::new(read.rows)), read.findings)
            }
        };
        let path = source.files.first().cloned().unwrap_or_default();
        seen.must_be_described(&path)?;
        unread.push((path, seen.unknown));
        spellings.extend(seen.parks);
        sides.push((source.name.as_str(), side));
        findings.extend(met);
    }
    // The order of locations begins with the name of the source.
    sides.sort_by_key(|(name, _)| *name);
    let sides = sides.into_iter().map(|(_, side)| side).collect();
    let rows = Both { sides, failed: OnceCell::new() };
    let mut settings = pipeline.settings.clone();
    let parks = if settings.parks.is_empty() {
        config::name_parks(&mut settings, &spellings)
    } else {
        pipeline.parks.clone()
    };
    stages.begin("normalise");
    let normalised =
        normalise::normalise_rows(&rows, &settings, &pipeline.mappings, as_of, Telling::First(TOLD));
    if let Some(error) = rows.failed.into_inner() {
        return Err(super::sources::unread(&error));
    }
    // Notes are about what was understood; nobody is told them here, and there may be one a row.
    findings.retain(|finding| finding.severity != Severity::Note);
    let of = |severity: Severity| {
        let met = findings.iter().filter(|finding| finding.severity == severity).count();
        met + normalised.met[severity as usize]
    };
    let (refused, warned) = (of(Severity::Rejection), of(Severity::Warning));
    findings.extend(normalised.findings);
    Ok(Alone {
        organisations: normalised.organisations,
        findings,
        met: refused + warned,
        refused,
        repeated: normalised.flows.iter().map(|flow| flow.locations.len().saturating_sub(1)).sum(),
        unread,
        flows: normalised.flows,
        parks,
    })
}

/// The rows of one file.
enum Side<'a> {
    Table(Box<Table<'a>>),
    Held(Held),
}

/// The rows of both files.
struct Both<'a> {
    sides: Vec<Side<'a>>,
    /// Why some of them were not shown, for who goes through them takes no error.
    failed: OnceCell<IngestError>,
}

impl Rows for Both<'_> {
    fn each(&self, show: &mut dyn FnMut(&[RawRow])) {
        for side in &self.sides {
            match side {
                Side::Table(table) => {
                    let shown = table.each(&mut |mut rows| {
                        rows.iter_mut().for_each(give_company);
                        show(&rows);
                    });
                    if let Err(error) = shown {
                        self.failed.get_or_init(|| error);
                    }
                }
                Side::Held(held) => held.each(show),
            }
        }
    }
}

/// What the rows of a file are under.
#[derive(Default)]
struct Seen {
    rows: usize,
    /// Whether some row says what it is about.
    is_described: bool,
    /// Fields of the headings.
    known: BTreeSet<Field>,
    /// Headings that name no field.
    unknown: BTreeSet<String>,
    /// Parks as they are written.
    parks: BTreeSet<String>,
}

impl Seen {
    fn take(&mut self, row: &RawRow) {
        self.rows += 1;
        for cell in &row.unmapped {
            let heading = if cell.header.is_empty() { &cell.column } else { &cell.header };
            if !self.unknown.contains(&**heading) {
                self.unknown.insert(heading.to_string());
            }
        }
        let park = row.get(Field::Park).filter(|cell| !matches!(cell.value, Cell::Error(_)));
        let park = park.map(|cell| cell.value.reveal()).unwrap_or_default();
        if !is_null(&park) && !self.parks.contains(&park) {
            self.parks.insert(park);
        }
        let headed = row.cells.iter().filter(|(_, cell)| !cell.header.is_empty());
        self.known.extend(headed.map(|(field, _)| *field));
        let telling = [Field::Description, Field::Category, Field::Material];
        self.is_described |= telling.iter().any(|field| row.get(*field).is_some());
    }

    /// Refuses a file without rows, or whose rows cannot say what they are about: nothing would match,
    /// and nobody would know why.
    fn must_be_described(&self, path: &str) -> Result<(), Failure> {
        if self.rows == 0 {
            let message = format!(
                "`{path}` has headings and no row below them\nhelp: write one row for each thing that is offered or sought"
            );
            return Err(Failure::message(Exit::Unreadable, message));
        }
        if self.is_described {
            return Ok(());
        }
        let list = |names: BTreeSet<&str>| match names.len() {
            0 => "none".to_owned(),
            _ => names.into_iter().collect::<Vec<_>>().join(", "),
        };
        Err(Failure::message(
            Exit::Unreadable,
            format!(
                "`{path}` has no column that says what is offered or sought (fields found: {}; columns not recognised: {})\n\
                 help: head one column `description`, `matière`, `catégorie`, `material` or `category`",
                list(self.known.iter().map(|field| field.code()).collect()),
                list(self.unknown.iter().map(String::as_str).collect())
            ),
        ))
    }
}

fn give_company(row: &mut RawRow) {
    if row.get(Field::Name).is_some() {
        return;
    }
    let id = row.text(Field::OrganisationId);
    let name = if id.is_empty() { format!("({})", row.location.public()) } else { id };
    let cell = RawCell {
        value: Cell::text(name),
        column: Arc::default(),
        header: Arc::default(),
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
    let named = found.pairs().take(settings.listed as usize).map(|pair| pair.found);
    let named: Vec<(String, Match)> = (1..).map(|number| format!("M{number}")).zip(named).collect();
    let listed: Vec<(&str, &Match)> = named.iter().map(|(name, found)| (name.as_str(), found)).collect();
    let list = NamedMatches {
        matches: &listed,
        unlisted: found.len() - listed.len(),
        organisations: &alone.organisations,
        known: found.known(),
        parks: &alone.parks,
        follow_ups: &FollowUps::new(),
        aside: &[],
        scarce: &portfolio.scarce,
        settings,
        as_of,
        pools: &found.pools(),
        wanted: &found.wanted(portfolio),
    };
    matching::workbook(&list, folder).map_err(|error| Failure::new(Exit::Failed, &error))
}
