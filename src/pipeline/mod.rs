//! The one path: the order of the stages.

mod agreements;
mod alone;
pub mod certified;
mod codes;
mod foreign;
mod gate;
mod identifiers;
mod limits;
mod matches;
mod memory;
mod nights;
mod plan;
mod record;
mod records;
mod release;
mod sources;
mod stalled;
mod tables;
mod told;

pub use alone::{Alone, TOLD, matched_workbook, read_alone};
pub(crate) use limits::vital;
pub use nights::still_counts;
pub use plan::plan;
pub use record::reconcile;
pub use stalled::{NEWS, kind as why_stalled};

use crate::anonymise::Pseudonyms;
use crate::config::Pipeline;
use crate::disclosure::leak::{Canaries, Public};
use crate::disclosure::{self, TableInput};
use crate::engine::Engine;
use crate::error::{Exit, Failure};
use crate::indicators::{self, Model};
use crate::ledger::{Counts, Ledger};
use crate::matching::{self, Known, Parties};
use crate::model::{Dataset, Field, Finding, RawRow, Severity};
use crate::normalise::{self, Normalised};
use crate::publish;
use crate::store::State;
use crate::telemetry::Stage;
use chrono::{DateTime, NaiveDate, Utc};
use matches::Remembered;
use memory::Memory;
use record::{Entering, RunEntry};
use sources::{context, read, says_absence};
use std::path::{Path, PathBuf};
use tables::{compute, nothing};
use told::{keep_explanations, keep_further, keep_refused};

/// What a run needs besides the pipeline.
#[derive(Debug)]
pub struct Options {
    /// The day the run counts from.
    pub as_of: NaiveDate,
    /// Stop before anything is published.
    pub dry_run: bool,
    /// State folder.
    pub state: PathBuf,
    /// Published folder.
    pub published: PathBuf,
    /// Our own executable, which parses workbooks in a child process.
    pub worker: PathBuf,
    /// The earlier run whose snapshots are read instead of the sources.
    pub replay: Option<i64>,
    /// Go on though the published folder holds none of the releases that the ledger knows.
    pub published_was_lost: bool,
    /// The due time that the run answers.
    pub scheduled_for: Option<DateTime<Utc>>,
}

/// What a run did, without anything confidential.
#[derive(Debug)]
pub struct Report {
    /// Number in the ledger.
    pub run: i64,
    /// Rows read.
    pub rows: usize,
    /// Rows refused.
    pub rejected: usize,
    /// Findings of each severity, in the order of `Severity::ALL`.
    pub findings: Vec<usize>,
    /// Companies after duplicates are merged.
    pub organisations: usize,
    /// Offers and requests after duplicates are merged.
    pub flows: usize,
    /// Pairs of offer and request that count as potential.
    pub matches: usize,
    /// Values that are withheld.
    pub withheld: usize,
    /// Changes that wait for those of other groups before they are published.
    pub waiting: usize,
    /// What keeps every change back, where it is not that too few changed.
    pub stalled: Option<disclosure::nights::Stalled>,
    /// Release, and its folder; none after a dry run.
    pub release: Option<(String, PathBuf)>,
    /// Wall time and peak memory of each stage.
    pub stages: Vec<Stage>,
    /// How it ended.
    pub exit: Exit,
}

/// Runs the whole path, and records it whatever comes of it. When `stop` comes first the run
/// ends with its exit code at the next wait, never in the middle of a publication.
///
/// # Errors
/// With the exit code that fits; the previous release then stays.
pub async fn run(
    pipeline: &Pipeline,
    options: &Options,
    stop: impl Future<Output = Exit>,
) -> Result<Report, Failure> {
    let models = models(pipeline).map_err(|error| Failure::new(Exit::Settings, &error))?;
    publish::refuse_foreign(&options.published, &pipeline.settings.name)
        .map_err(|error| Failure::new(Exit::Usage, &error))?;
    let state = State::open(&options.state, &options.published).map_err(|error| {
        let busy = matches!(error, crate::store::StoreError::Busy { .. });
        Failure::new(if busy { Exit::TryAgain } else { Exit::Failed }, &error)
    })?;
    let failed = |error| Failure::new(Exit::Failed, &error);
    let ledger = Ledger::open(&options.state).map_err(failed)?;
    reconcile(&ledger, &options.published).map_err(failed)?;
    let memory = Memory::new(&state, &ledger, pipeline, options.replay)?;
    let mut record = RunEntry::start(&ledger, &pipeline.settings.name, options).map_err(failed)?;
    let outcome = tokio::select! {
        biased;
        outcome = path(pipeline, options, &models, &state, &memory, &mut record) => outcome,
        exit = stop => Err(Failure::message(exit, "the run was asked to end before it published\nhelp: run again; the previous release stays".to_owned())),
    };
    match (record.end(&outcome), outcome) {
        (Ok(()), outcome) => outcome,
        (Err(error), Ok(_)) => Err(failed(error)),
        // A full disk says the same twice.
        (Err(error), Err(failure)) if failure.message.contains(&error.to_string()) => Err(failure),
        (Err(error), Err(failure)) => {
            Err(Failure::message(failure.exit, format!("{}\n{error}", failure.message)))
        }
    }
}

fn models(pipeline: &Pipeline) -> Result<Vec<Model>, indicators::ModelError> {
    let models = pipeline.models.iter().map(|(name, sql)| indicators::parse(name, sql));
    let models = models.collect::<Result<Vec<Model>, _>>()?;
    indicators::without_bands(&models)?;
    match indicators::wrong_ceilings(&models).into_iter().next() {
        Some(error) => Err(error),
        None => Ok(models),
    }
}

/// What was read of so many rows.
fn counted(counts: &mut Counts, rows: usize, normalised: &Normalised) {
    (counts.rows, counts.refused) = (Some(rows as u64), Some(normalised.quarantine.len() as u64));
    counts.organisations = Some(normalised.organisations.len() as u64);
    counts.flows = Some(normalised.flows.len() as u64);
}

/// How many findings there are of each severity.
fn by_severity(met: &[Finding], found: &[Finding]) -> Vec<usize> {
    let of =
        |severity: &Severity| met.iter().chain(found).filter(|finding| finding.severity == *severity).count();
    Severity::ALL.iter().map(of).collect()
}

/// The stages, in their order.
async fn path(
    pipeline: &Pipeline,
    options: &Options,
    models: &[Model],
    state: &State,
    memory: &Memory<'_>,
    record: &mut RunEntry<'_>,
) -> Result<Report, Failure> {
    let settings = &pipeline.settings;
    begin(record, "ingest").await;
    let (rows, mut met) = read(pipeline, options, state, memory, record).await?;
    let count = rows.len();
    record.count(count);
    begin(record, "gate").await;
    let datasets: Vec<Dataset> = models.iter().map(|model| model.dataset.clone()).collect();
    let (written, public, mut canaries) = looked_for(pipeline, models, &rows, options.as_of)?;
    record.count(canaries.len());
    begin(record, "normalise").await;
    let mut normalised = normalise::normalise(rows, settings, &pipeline.mappings, options.as_of);
    keep_refused(state, &mut met, &normalised)?;
    // Once the findings tell what became of the row that the message names.
    gate::refuse_named(&written, &canaries)?;
    let rejected = normalised.quarantine.len();
    counted(&mut record.run.counts, count, &normalised);
    record.findings(met.iter().chain(&normalised.findings));
    limits::judge(&met, &normalised, count, settings)?;
    record.count(normalised.flows.len());
    begin(record, "match").await;
    let (key, pseudonyms) = nights::pseudonyms(record.ledger, settings, state)?;
    canaries.key(&key);
    let context = context(pipeline, options, state, memory);
    let note = &mut |field: Field, id: &str, text: &str| {
        canaries.note(field, &format!("maillages:{id}"), text, &public);
    };
    let mut remembered = Remembered::read(state, &context, options.as_of, note).await?;
    let (companies, flows) = (&normalised.organisations, &normalised.flows);
    let numbered = |number: &str| pseudonyms.of("entrée suivie", number);
    let parties = Parties::new(companies, flows, normalise::name_key, numbered);
    let all = !met.iter().any(says_absence);
    matching::settle(&mut remembered.follow_ups, &parties, all);
    let met_twice = matching::unite(&mut normalised.synergies, &remembered.follow_ups, &parties);
    remembered.findings.extend(met_twice);
    let known = Known::new(companies, flows, &pipeline.parks).with_precedents(&normalised.synergies);
    let (told, followed_up) = ((companies.as_slice(), &parties), &mut remembered);
    let found =
        matches::follow(pipeline, &known, told, followed_up, state, &pseudonyms, options.as_of).await?;
    let potential = found.pairs().filter(|pair| pair.found.is_potential()).count();
    record.run.counts.matches = Some(potential as u64);
    record.count(found.len());
    tell(record, state, (&mut met, remembered.findings), &normalised)?;
    begin(record, "indicators").await;
    let inputs = compute(pipeline, models, &normalised, &found, &pseudonyms, &mut canaries).await?;
    record.count(inputs.iter().map(|input| input.records.len()).sum());
    begin(record, "protect").await;
    crate::fault::pause("protect:wait");
    let (nights, tonight) =
        protect(settings, options, state, record.ledger, &inputs, (&normalised, &pseudonyms))?;
    let protected = &tonight.protected;
    tell(record, state, (&mut met, stalled::findings(tonight.stalled, &settings.name)), &normalised)?;
    record.run.counts.withheld = Some(protected.explanations().len() as u64);
    record.count(protected.explanations().len());
    begin(record, "export").await;
    let (id, files) = release::build(protected, &datasets, settings, &pipeline.parks, options.as_of)?;
    record.count(files.len());
    certified::written(protected.certificate(), &files)?;
    let gate = gate::Gate::new(canaries);
    let release = if options.dry_run {
        None
    } else {
        begin(record, "publish").await;
        gate::refuse_files(&gate.canaries, &files)?;
        let scan = |path: &str, bytes: &[u8]| gate.scan(path, bytes);
        let register = Entering {
            ledger: record.ledger,
            state,
            run: record.run.id,
            settings,
            nights: &nights,
            release: (&id, &tonight),
            pseudonyms: &pseudonyms,
        };
        let published = &options.published;
        let folder = publish::publish(&settings.name, &id, &files, published, &scan, &register)
            .map_err(|error| Failure::new(publication_exit(&error), &error))?;
        gate.log();
        record.count(files.len());
        record.published(&id, options, state, settings.limits.keep_releases)?;
        Some((id, folder))
    };
    let findings = by_severity(&met, &normalised.findings);
    let warnings = findings[Severity::Warning as usize];
    let over = warnings * 100 > count * settings.limits.warning_percent as usize;
    Ok(Report {
        run: record.run.id,
        rows: count,
        rejected,
        findings,
        organisations: normalised.organisations.len(),
        flows: normalised.flows.len(),
        matches: potential,
        withheld: protected.explanations().len(),
        waiting: tonight.waiting,
        stalled: tonight.stalled,
        release,
        stages: record.timings(),
        exit: if over { Exit::Warnings } else { Exit::Done },
    })
}

/// The texts and names of the operator, what is public whatever the input, and what of the input must not be
/// published.
fn looked_for(
    pipeline: &Pipeline,
    models: &[Model],
    rows: &[RawRow],
    as_of: NaiveDate,
) -> Result<(Vec<gate::Written>, Public, Canaries), Failure> {
    let hidden = identifiers::hidden(models);
    let datasets: Vec<Dataset> = hidden.iter().map(|model| model.dataset.clone()).collect();
    let (mut bare, columns, mut parks) = gate::without_prose(pipeline, &datasets);
    identifiers::hide(&mut bare, &mut parks);
    let blank = release::files(&nothing(&hidden, pipeline)?, &columns, &bare, &parks, as_of, "")?;
    let written = gate::written(pipeline, models);
    let public = gate::public(pipeline, &written, &blank);
    let canaries = Canaries::collect(rows, &public);
    Ok((written, public, canaries))
}

/// Counts and keeps findings that were met when those of the rows were kept already.
fn tell(
    record: &mut RunEntry<'_>,
    state: &State,
    (met, further): (&mut Vec<Finding>, Vec<Finding>),
    normalised: &Normalised,
) -> Result<(), Failure> {
    record.findings(&further);
    keep_further(state, met, further, normalised)
}

/// Protects the tables together with all nights before, and keeps what is told of it in private.
fn protect(
    settings: &crate::config::Settings,
    options: &Options,
    state: &State,
    ledger: &Ledger,
    inputs: &[TableInput],
    (normalised, pseudonyms): (&Normalised, &Pseudonyms),
) -> Result<(nights::Known, disclosure::nights::Tonight), Failure> {
    let nights = nights::known(ledger, settings, options)?;
    let scene = (settings, normalised.organisations.as_slice(), pseudonyms);
    let tonight = agreements::protect(inputs, &nights.history, options.as_of, scene);
    let tonight = tonight.map_err(|failure| nights.told(failure))?;
    nights.check(tonight.protected.certificate())?;
    keep_explanations(state, &tonight.protected)?;
    records::keep(state, normalised, pseudonyms, &tonight.protected.verified())?;
    Ok((nights, tonight))
}

/// Begins a stage, and lets a request to end the run be heard first: the stages that compute
/// never wait.
async fn begin(record: &mut RunEntry<'_>, stage: &'static str) {
    record.stage(stage);
    tokio::task::yield_now().await;
}

/// Another process that publishes, or showed readers something else meanwhile, is a reason to try again; the rest is a failure.
const fn publication_exit(error: &publish::PublishError) -> Exit {
    match error {
        publish::PublishError::Busy { .. } | publish::PublishError::Changed => Exit::TryAgain,
        _ => Exit::Failed,
    }
}

/// The day that an earlier run counted from.
///
/// # Errors
/// When the run is not in the ledger of the state folder.
pub fn day_of(state: &Path, run: i64) -> Result<NaiveDate, Failure> {
    let failed = |error| Failure::new(Exit::Failed, &error);
    let found = match Ledger::existing(state).map_err(failed)? {
        Some(ledger) => ledger.run(run).map_err(failed)?,
        None => None,
    };
    found.map(|run| run.start.as_of).ok_or_else(|| {
        Failure::message(
            Exit::Usage,
            format!(
                "there is no run {run} in the ledger of `{}`\nhelp: `maillage runs` lists those that exist",
                state.display()
            ),
        )
    })
}

/// The state folder when none is given: beside the pipeline folder.
#[must_use]
pub fn default_state(folder: &Path, name: &str) -> PathBuf {
    folder.parent().unwrap_or(Path::new(".")).join(".maillage").join(name)
}
