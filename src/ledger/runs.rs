//! Runs: when, on what, with what outcome.

use super::{Ledger, LedgerError, stamp, time};
use chrono::{DateTime, NaiveDate, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::collections::BTreeMap;

/// What is known when a run starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunStart {
    /// Name of the pipeline.
    pub pipeline: String,
    /// When it started.
    pub started: DateTime<Utc>,
    /// The day it counts from.
    pub as_of: NaiveDate,
    /// The due time that it answers.
    pub scheduled_for: Option<DateTime<Utc>>,
    /// The run whose snapshots it reads again.
    pub replay_of: Option<i64>,
    /// Nothing is published.
    pub dry_run: bool,
}

/// A stage and how long it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage {
    /// Name.
    pub name: String,
    /// Milliseconds.
    pub milliseconds: u64,
}

/// What a run counted; nothing when it did not come so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub rows: Option<u64>,
    /// Rows refused.
    pub refused: Option<u64>,
    /// Companies.
    pub organisations: Option<u64>,
    /// Offers and requests.
    pub flows: Option<u64>,
    /// Potential matches.
    pub matches: Option<u64>,
    /// Withheld values.
    pub withheld: Option<u64>,
    /// Findings by severity and kind.
    pub findings: BTreeMap<(String, String), u64>,
}

/// A run of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Number.
    pub id: i64,
    /// What was known at its start.
    pub start: RunStart,
    /// When it ended; nothing while it runs or after it was killed.
    pub ended: Option<DateTime<Utc>>,
    /// Exit code.
    pub exit_code: Option<u8>,
    /// Kind of the failure.
    pub error: Option<String>,
    /// The stage that failed.
    pub failed_stage: Option<String>,
    /// What it counted.
    pub counts: Counts,
    /// Its release.
    pub release: Option<String>,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
}

/// A snapshot that a run read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSnapshot {
    /// SHA-256 in hexadecimal.
    pub sha256: String,
    /// Size.
    pub bytes: u64,
    /// Path of the file below the folder of the pipeline, or `page N`: private.
    pub label: String,
}

impl Run {
    /// A run that has only just started.
    #[must_use]
    pub fn started(id: i64, start: RunStart) -> Self {
        Self {
            id,
            start,
            ended: None,
            exit_code: None,
            error: None,
            failed_stage: None,
            counts: Counts::default(),
            release: None,
            stages: Vec::new(),
        }
    }
}

impl Ledger {
    /// Records the start of a run. The caller holds the state, so a run without an end is
    /// one that was killed, and is closed as such.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn start_run(&self, start: &RunStart) -> Result<i64, LedgerError> {
        self.write(|connection| {
            connection
                .execute("UPDATE runs SET error = 'killed' WHERE ended IS NULL AND error IS NULL", [])?;
            connection.execute(
                "INSERT INTO runs (pipeline, started, as_of, scheduled_for, replay_of, dry_run)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    start.pipeline,
                    stamp(start.started),
                    start.as_of.to_string(),
                    start.scheduled_for.map(stamp),
                    start.replay_of,
                    start.dry_run
                ],
            )?;
            Ok(connection.last_insert_rowid())
        })
    }

    /// Records the end of a run, whatever it was. Only `run.id` and what follows `start` count.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn end_run(&self, run: &Run) -> Result<(), LedgerError> {
        self.write(|connection| {
            let counts = &run.counts;
            connection.execute(
                "UPDATE runs SET ended = ?2, exit_code = ?3, error = ?4, failed_stage = ?5, rows = ?6,
                 refused = ?7, organisations = ?8, flows = ?9, matches = ?10, withheld = ?11, release = ?12
                 WHERE run = ?1",
                params![
                    run.id,
                    run.ended.map(stamp),
                    run.exit_code,
                    run.error,
                    run.failed_stage,
                    counts.rows.map(u64::cast_signed),
                    counts.refused.map(u64::cast_signed),
                    counts.organisations.map(u64::cast_signed),
                    counts.flows.map(u64::cast_signed),
                    counts.matches.map(u64::cast_signed),
                    counts.withheld.map(u64::cast_signed),
                    run.release
                ],
            )?;
            for ((severity, kind), count) in &counts.findings {
                connection.execute(
                    "INSERT OR REPLACE INTO run_findings (run, severity, kind, count) VALUES (?1, ?2, ?3, ?4)",
                    params![run.id, severity, kind, count.cast_signed()],
                )?;
            }
            for (position, stage) in (0_i64..).zip(&run.stages) {
                connection.execute(
                    "INSERT OR REPLACE INTO run_stages (run, position, stage, milliseconds)
                     VALUES (?1, ?2, ?3, ?4)",
                    params![run.id, position, stage.name, stage.milliseconds.cast_signed()],
                )?;
            }
            Ok(())
        })
    }

    /// Records what a source gave to a run; no snapshot when the source was absent.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_snapshots(
        &self,
        run: i64,
        source: &str,
        snapshots: &[KeptSnapshot],
    ) -> Result<(), LedgerError> {
        self.write(|connection| {
            connection
                .execute("INSERT INTO run_sources (run, source) VALUES (?1, ?2)", params![run, source])?;
            for (position, snapshot) in (0_i64..).zip(snapshots) {
                connection.execute(
                    "INSERT INTO run_snapshots (run, source, position, sha256, bytes, label)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                    params![
                        run,
                        source,
                        position,
                        snapshot.sha256,
                        snapshot.bytes.cast_signed(),
                        snapshot.label
                    ],
                )?;
            }
            Ok(())
        })
    }

    /// What a file of a source held when a run that ended well read it last; none when several
    /// files of that run had its label.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn latest_snapshot(
        &self,
        pipeline: &str,
        source: &str,
        label: &str,
    ) -> Result<Option<KeptSnapshot>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare(
                "SELECT sha256, bytes FROM run_snapshots WHERE source = ?2 AND label = ?3 AND run =
                   (SELECT MAX(run) FROM run_snapshots JOIN runs USING (run)
                    WHERE pipeline = ?1 AND source = ?2 AND label = ?3 AND replay_of IS NULL AND exit_code IN (0, 4))",
            )?;
            let kept = statement.query_map(params![pipeline, source, label], |row| {
                Ok(KeptSnapshot {
                    sha256: row.get(0)?,
                    bytes: row.get::<_, i64>(1)?.cast_unsigned(),
                    label: label.to_owned(),
                })
            })?;
            let mut kept = kept.collect::<Result<Vec<_>, _>>()?;
            Ok(if kept.len() == 1 { kept.pop() } else { None })
        })
    }

    /// Records how many rows a source gave to a run.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_rows(&self, run: i64, source: &str, rows: u64) -> Result<(), LedgerError> {
        self.write(|connection| {
            let entry = params![run, source, rows.cast_signed()];
            let sql = "INSERT OR REPLACE INTO run_source_rows (run, source, rows) VALUES (?1, ?2, ?3)";
            connection.execute(sql, entry).map(|_| ())
        })
    }

    /// How many rows a source gave to the last run that ended well and was no replay; none when there was none.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_rows(&self, pipeline: &str, source: &str) -> Result<Option<u64>, LedgerError> {
        self.read(|connection| {
            let rows = connection.query_row(
                "SELECT run_source_rows.rows FROM run_source_rows JOIN runs USING (run)
                 WHERE pipeline = ?1 AND source = ?2 AND replay_of IS NULL AND exit_code IN (0, 4)
                 ORDER BY run DESC LIMIT 1",
                params![pipeline, source],
                |row| row.get::<_, i64>(0),
            );
            Ok(rows.optional()?.map(i64::cast_unsigned))
        })
    }

    /// What every source gave to a run, by the name of the source.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn snapshots(&self, run: i64) -> Result<BTreeMap<String, Vec<KeptSnapshot>>, LedgerError> {
        self.read(|connection| {
            let mut sources = BTreeMap::new();
            let mut statement = connection.prepare("SELECT source FROM run_sources WHERE run = ?1")?;
            for source in statement.query_map([run], |row| row.get::<_, String>(0))? {
                sources.insert(source?, Vec::new());
            }
            let mut statement = connection.prepare(
                "SELECT source, sha256, bytes, label FROM run_snapshots WHERE run = ?1 ORDER BY source, position",
            )?;
            let kept = statement.query_map([run], |row| {
                let snapshot = KeptSnapshot {
                    sha256: row.get(1)?,
                    bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                    label: row.get(3)?,
                };
                Ok((row.get::<_, String>(0)?, snapshot))
            })?;
            for row in kept {
                let (source, snapshot) = row?;
                sources.entry(source).or_default().push(snapshot);
            }
            Ok(sources)
        })
    }

    /// The last runs, newest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn runs(&self, most: u32) -> Result<Vec<Run>, LedgerError> {
        self.read(|connection| {
            let mut statement = connection.prepare("SELECT * FROM runs ORDER BY run DESC LIMIT ?1")?;
            let runs = statement.query_map([most], run)?;
            runs.map(|run| run.and_then(|run| with_parts(connection, run))).collect()
        })
    }

    /// One run.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn run(&self, id: i64) -> Result<Option<Run>, LedgerError> {
        self.read(|connection| {
            let found = connection.query_row("SELECT * FROM runs WHERE run = ?1", [id], run).optional()?;
            found.map(|run| with_parts(connection, run)).transpose()
        })
    }
}

fn run(row: &Row<'_>) -> rusqlite::Result<Run> {
    let count = |column| row.get::<_, Option<i64>>(column).map(|count| count.map(i64::cast_unsigned));
    Ok(Run {
        id: row.get("run")?,
        start: RunStart {
            pipeline: row.get("pipeline")?,
            started: time(row, "started")?.unwrap_or_default(),
            as_of: row.get::<_, String>("as_of")?.parse().unwrap_or_default(),
            scheduled_for: time(row, "scheduled_for")?,
            replay_of: row.get("replay_of")?,
            dry_run: row.get("dry_run")?,
        },
        ended: time(row, "ended")?,
        exit_code: row.get("exit_code")?,
        error: row.get("error")?,
        failed_stage: row.get("failed_stage")?,
        counts: Counts {
            rows: count("rows")?,
            refused: count("refused")?,
            organisations: count("organisations")?,
            flows: count("flows")?,
            matches: count("matches")?,
            withheld: count("withheld")?,
            findings: BTreeMap::new(),
        },
        release: row.get("release")?,
        stages: Vec::new(),
    })
}

fn with_parts(connection: &Connection, mut run: Run) -> rusqlite::Result<Run> {
    let mut statement = connection.prepare_cached(
        "SELECT severity, kind, count FROM run_findings WHERE run = ?1 ORDER BY severity, kind",
    )?;
    for row in statement
        .query_map([run.id], |row| Ok(((row.get(0)?, row.get(1)?), row.get::<_, i64>(2)?.cast_unsigned())))?
    {
        let (key, count) = row?;
        run.counts.findings.insert(key, count);
    }
    let mut statement = connection
        .prepare_cached("SELECT stage, milliseconds FROM run_stages WHERE run = ?1 ORDER BY position")?;
    let stages = statement.query_map([run.id], |row| {
        Ok(Stage { name: row.get(0)?, milliseconds: row.get::<_, i64>(1)?.cast_unsigned() })
    })?;
    run.stages = stages.collect::<rusqlite::Result<_>>()?;
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::{KeptSnapshot, RunStart, Stage};
    use crate::clock;
    use crate::ledger::Ledger;

    fn start() -> RunStart {
        RunStart {
            pipeline: "essai".to_owned(),
            started: clock::now(),
            as_of: "2026-01-15".parse().unwrap(),
            scheduled_for: Some(clock::now()),
            replay_of: None,
            dry_run: true,
        }
    }

    #[test]
    fn a_run_is_read_back_as_it_was_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let id = ledger.start_run(&start()).unwrap();
        let mut run = ledger.run(id).unwrap().unwrap();
        assert_eq!(run.exit_code, None);
        run.ended = Some(clock::now());
        run.exit_code = Some(143);
        run.error = Some("contract".to_owned());
        run.counts.rows = Some(12);
        run.counts.findings.insert(("refus".to_owned(), "sens_absent".to_owned()), 3);
        run.stages.push(Stage { name: "ingest".to_owned(), milliseconds: 7 });
        ledger.end_run(&run).unwrap();
        assert_eq!(ledger.run(id).unwrap(), Some(run.clone()));
        assert_eq!(ledger.runs(5).unwrap(), [run]);
    }

    #[test]
    fn a_run_that_was_killed_is_closed_by_the_next_one() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let killed = ledger.start_run(&start()).unwrap();
        let next = ledger.start_run(&start()).unwrap();
        assert_eq!(ledger.run(killed).unwrap().unwrap().error.as_deref(), Some("killed"));
        assert_eq!(ledger.run(next).unwrap().unwrap().error, None);
    }

    #[test]
    fn the_rows_of_a_source_are_those_of_the_last_run_that_ended_well() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        assert_eq!(ledger.last_rows("essai", "visites").unwrap(), None);
        for (rows, exit, replay_of) in [(120, 0, None), (7, 3, None), (9, 0, Some(1)), (100, 4, None)] {
            let id = ledger.start_run(&RunStart { replay_of, ..start() }).unwrap();
            ledger.keep_rows(id, "visites", rows).unwrap();
            let mut run = ledger.run(id).unwrap().unwrap();
            (run.ended, run.exit_code) = (Some(clock::now()), Some(exit));
            ledger.end_run(&run).unwrap();
            let expected = if exit == 4 { 100 } else { 120 };
            assert_eq!(ledger.last_rows("essai", "visites").unwrap(), Some(expected));
        }
        assert_eq!(ledger.last_rows("autre", "visites").unwrap(), None);
    }

    #[test]
    fn snapshots_keep_their_order_and_an_absent_source_is_known() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        let run = ledger.start_run(&start()).unwrap();
        let snapshot =
            |sha256: &str| KeptSnapshot { sha256: sha256.to_owned(), bytes: 1, label: "page".to_owned() };
        ledger.keep_snapshots(run, "plateforme", &[snapshot("b"), snapshot("a")]).unwrap();
        ledger.keep_snapshots(run, "visites", &[]).unwrap();
        let kept = ledger.snapshots(run).unwrap();
        assert_eq!(kept["plateforme"], [snapshot("b"), snapshot("a")]);
        assert!(kept["visites"].is_empty() && kept.len() == 2);
    }
}
