//! Nights: what was published, for the protection of the nights to come. Rows are only added.

use super::chain::Chain;
use super::{Ledger, LedgerError, What, releases, time};
use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::collections::BTreeSet;

/// A release and the night that it shows.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptRelease {
    /// The release.
    pub release: String,
    /// Row of the night.
    pub night: i64,
    /// For how many days nights counted.
    pub history_days: u32,
    /// The day it counted from.
    pub as_of: NaiveDate,
    /// What the next night needs.
    pub last: Vec<u8>,
}

impl std::fmt::Debug for KeptRelease {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KeptRelease").field("release", &self.release).finish_non_exhaustive()
    }
}

/// A night that readers saw from some day on, by a publication or a rollback.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownNight {
    /// The release that showed it.
    pub release: String,
    /// Row of the night.
    pub night: i64,
    /// Whether a publication showed it.
    pub is_published: bool,
    /// The day: as many after that of the one before as the clock says, and for a publication its own where that
    /// is later.
    pub from: NaiveDate,
    /// What the release left for the next one, with the older values that it showed.
    pub last: Vec<u8>,
}

impl std::fmt::Debug for ShownNight {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("ShownNight").field("release", &self.release).finish_non_exhaustive()
    }
}

impl Ledger {
    /// The nights of a pipeline as readers saw them, one after the other.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn shown_nights(&self, pipeline: &str) -> Result<Vec<ShownNight>, LedgerError> {
        self.read(|connection| {
            // Where a release was entered twice, SQLite takes the other columns of the first entry.
            let mut statement = connection.prepare(
                "SELECT releases.release AS shown, what, at, night, as_of, last, min(entry)
                 FROM releases JOIN night_releases ON night_releases.release = releases.release
                 WHERE pipeline = ?1 AND what <> 'withdrawn' GROUP BY event ORDER BY event",
            )?;
            let shown = statement.query_map([pipeline], |row| {
                let as_of: NaiveDate = row.get::<_, String>("as_of")?.parse().unwrap_or_default();
                let at = time(row, "at")?.unwrap_or_default().date_naive();
                let is_restored = row.get::<_, String>("what")? == What::Restored.code();
                let shown = ShownNight {
                    release: row.get("shown")?,
                    night: row.get("night")?,
                    is_published: !is_restored,
                    from: if is_restored { at } else { as_of },
                    last: row.get("last")?,
                };
                Ok((at, shown))
            })?;
            let mut shown: Vec<(NaiveDate, ShownNight)> = shown.collect::<Result<_, _>>()?;
            // Nights of past days that follow one another fast are as far apart as their days; one of a day long
            // past that comes late ends nothing too early. Of a clock that goes backwards nothing follows.
            for place in 1..shown.len() {
                let (before, at) = (shown[place - 1].0, shown[place].0);
                let after = shown[place - 1].1.from.checked_add_signed(at - before);
                // Nor does what one wrong clock said last for ever.
                let after = after.map(|after| after.min(at.succ_opt().unwrap_or(at)));
                let this = &mut shown[place].1;
                if let Some(after) = after.filter(|_| before <= at) {
                    this.from = if this.is_published { this.from.max(after) } else { after };
                }
            }
            Ok(shown.into_iter().map(|(_, shown)| shown).collect())
        })
    }

    /// Day of the last night of a pipeline: since then nothing new was shown.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn last_night(&self, pipeline: &str) -> Result<Option<NaiveDate>, LedgerError> {
        self.read(|connection| {
            let day: Option<String> = connection
                .query_row(
                    "SELECT day FROM nights WHERE pipeline = ?1 ORDER BY night DESC LIMIT 1",
                    [pipeline],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(day.and_then(|day| day.parse().ok()))
        })
    }

    /// Row and day of each night of a pipeline, oldest first.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn night_days(&self, pipeline: &str) -> Result<Vec<(i64, NaiveDate)>, LedgerError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare("SELECT night, day FROM nights WHERE pipeline = ?1 ORDER BY night")?;
            let days = statement.query_map([pipeline], |row| {
                Ok((row.get(0)?, row.get::<_, String>(1)?.parse().unwrap_or_default()))
            })?;
            days.collect()
        })
    }

    /// Records of a night and what they showed, packed.
    ///
    /// # Errors
    /// When there is no such night, or the ledger cannot be read.
    pub fn night_state(&self, night: i64) -> Result<Vec<u8>, LedgerError> {
        self.read(|connection| {
            connection.query_row("SELECT state FROM nights WHERE night = ?1", [night], |row| row.get(0))
        })
    }

    /// The proof of a night, packed.
    ///
    /// # Errors
    /// When there is no such night, or the ledger cannot be read.
    pub fn night_certificate(&self, night: i64) -> Result<Vec<u8>, LedgerError> {
        self.read(|connection| {
            connection.query_row("SELECT certificate FROM nights WHERE night = ?1", [night], |row| row.get(0))
        })
    }

    /// The last release of a pipeline, or a given one where it was last entered: its certificate is of that entry.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn night_release(
        &self,
        pipeline: &str,
        release: Option<&str>,
    ) -> Result<Option<KeptRelease>, LedgerError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT release, night, history_days, as_of, last FROM night_releases
                     WHERE pipeline = ?1 AND (?2 IS NULL OR release = ?2) ORDER BY entry DESC LIMIT 1",
                    params![pipeline, release],
                    |row| {
                        Ok(KeptRelease {
                            release: row.get(0)?,
                            night: row.get(1)?,
                            history_days: row.get(2)?,
                            as_of: row.get::<_, String>(3)?.parse().unwrap_or_default(),
                            last: row.get(4)?,
                        })
                    },
                )
                .optional()
        })
    }

    /// Whether a former version of the program entered a release: its row says nothing of what readers saw before.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn is_former(&self, release: &str) -> Result<bool, LedgerError> {
        self.read(|connection| {
            let is_former: Option<bool> = connection
                .query_row(
                    "SELECT events IS NULL FROM night_releases WHERE release = ?1 ORDER BY entry DESC LIMIT 1",
                    [release],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(is_former.unwrap_or(false))
        })
    }

    /// Whether the nights and releases of a pipeline, and what happened to releases since, are those that were
    /// entered: none is gone, added or altered, and each has what was entered with it in other tables. Who can write
    /// the file can also write its digests; what is found is damage, and a copy that was put back in part.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn nights_are_intact(&self, pipeline: &str) -> Result<bool, LedgerError> {
        self.read(|connection| {
            let walked = walk(connection, pipeline)?;
            let nights: i64 = connection.query_row(
                "SELECT count(*) FROM nights WHERE pipeline = ?1",
                [pipeline],
                |row| row.get(0),
            )?;
            Ok(walked.is_whole
                && walked.chain.is_intact
                && nights == walked.nights
                && has_all_sums(connection, pipeline)?
                && releases::are_intact(connection)?)
        })
    }

    /// Pipelines that have nights, by name.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn pipelines_with_nights(&self) -> Result<Vec<String>, LedgerError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare("SELECT DISTINCT pipeline FROM night_releases ORDER BY pipeline")?;
            let pipelines = statement.query_map([], |row| row.get(0))?;
            pipelines.collect()
        })
    }

    /// Pipelines whose release a name is: one, or none that has nights.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn pipeline_of(&self, release: &str) -> Result<Option<String>, LedgerError> {
        self.read(|connection| {
            connection
                .query_row(
                    "SELECT pipeline FROM night_releases WHERE release = ?1 LIMIT 1",
                    [release],
                    |row| row.get(0),
                )
                .optional()
        })
    }

    /// Enters a release that is about to be shown, with the sum of its certificate, which was kept before, and
    /// with `state` and certificate a new night: all or nothing.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub fn keep_night(
        &self,
        pipeline: &str,
        release: &KeptRelease,
        new: Option<(&[u8], &[u8])>,
    ) -> Result<(), LedgerError> {
        let day = release.as_of.to_string();
        self.write(|connection| {
            let night = match new {
                None => release.night,
                Some((state, certificate)) => {
                    connection.execute(
                        "INSERT INTO nights (pipeline, day, state, certificate) VALUES (?1, ?2, ?3, ?4)",
                        params![pipeline, day, state, certificate],
                    )?;
                    connection.last_insert_rowid()
                }
            };
            connection.execute(
                "INSERT INTO night_releases
                     (pipeline, release, night, history_days, as_of, last, certificate, events)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6,
                     (SELECT sha256 FROM release_certificates WHERE release = ?2),
                     (SELECT coalesce(max(event), 0) FROM releases))",
                params![pipeline, release.release, night, release.history_days, day, release.last],
            )?;
            let entry = connection.last_insert_rowid();
            let digest = walk(connection, pipeline)?.chain.digest.to_hex();
            connection.execute(
                "UPDATE night_releases SET digest = ?1 WHERE entry = ?2",
                params![digest.as_str(), entry],
            )
        })
        .map(|_| ())
    }
}

/// What the rows of a pipeline say, from the first to the last.
struct Walked {
    chain: Chain,
    /// Nights that releases show.
    nights: i64,
    /// Every night is there.
    is_whole: bool,
}

fn walk(connection: &Connection, pipeline: &str) -> rusqlite::Result<Walked> {
    let mut walked = Walked { chain: Chain::new(pipeline), nights: 0, is_whole: true };
    let mut seen = BTreeSet::new();
    let mut night_of = connection
        .prepare("SELECT day, state, certificate FROM nights WHERE night = ?1 AND pipeline = ?2")?;
    let mut statement = connection.prepare(
        "SELECT night, release, history_days, as_of, last, digest, certificate, events FROM night_releases
         WHERE pipeline = ?1 ORDER BY entry",
    )?;
    let mut events_of = connection.prepare(
        "SELECT event, release, what, at FROM releases WHERE event > ?1 AND event <= ?2 ORDER BY event",
    )?;
    let mut covered = 0;
    let mut rows = statement.query([pipeline])?;
    while let Some(row) = rows.next()? {
        let night: i64 = row.get(0)?;
        let mut link = walked.chain.link();
        link.add(&night.to_le_bytes());
        link.add(row.get_ref(1)?.as_str()?.as_bytes());
        link.add(&row.get::<_, i64>(2)?.to_le_bytes());
        link.add(row.get_ref(3)?.as_str()?.as_bytes());
        link.add(row.get_ref(4)?.as_blob()?);
        if let Some(sum) = row.get_ref(6)?.as_str_or_null()? {
            link.add(sum.as_bytes());
        }
        if let Some(until) = row.get::<_, Option<i64>>(7)? {
            let mut events = events_of.query([covered, until])?;
            while let Some(event) = events.next()? {
                link.add(&event.get::<_, i64>(0)?.to_le_bytes());
                for column in [1_usize, 2, 3] {
                    link.add(event.get_ref(column)?.as_str()?.as_bytes());
                }
            }
            covered = until;
            link.add(&until.to_le_bytes());
        }
        if seen.insert(night) {
            let mut found = night_of.query(params![night, pipeline])?;
            match found.next()? {
                None => walked.is_whole = false,
                Some(kept) => {
                    walked.nights += 1;
                    link.add(kept.get_ref(0)?.as_str()?.as_bytes());
                    link.add(kept.get_ref(1)?.as_blob()?);
                    link.add(kept.get_ref(2)?.as_blob()?);
                }
            }
        }
        walked.chain.close(&link, row.get_ref(5)?.as_str_or_null()?);
    }
    Ok(walked)
}

/// Whether each release has the sum of its certificate, which is entered before it, and each that was published
/// the sum of its files.
fn has_all_sums(connection: &Connection, pipeline: &str) -> rusqlite::Result<bool> {
    let lacking: i64 = connection.query_row(
        "SELECT count(*) FROM night_releases WHERE pipeline = ?1 AND (
             release NOT IN (SELECT release FROM release_certificates)
             OR release IN (SELECT release FROM releases WHERE what = 'published')
                AND release NOT IN (SELECT release FROM release_checksums))",
        [pipeline],
        |row| row.get(0),
    )?;
    Ok(lacking == 0)
}

#[cfg(test)]
mod tests;
