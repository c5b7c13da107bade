//! What was written, against the certificate: the second program at work.

use super::nights::Archive;
use crate::certificate::{self, Earlier, Published, Refusal};
use crate::error::{Exit, Failure};
use crate::ledger::{Ledger, LedgerError};
use crate::{export, publish, store};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Compares the data files with the certificate, which was proven when it was made. Nothing is
/// published unless this passes.
pub(super) fn written(certificate: &[u8], written: &[export::File]) -> Result<(), Failure> {
    let compared = export::read_back(written).and_then(|published| {
        certificate::compare(certificate, &published).map_err(|refusal| refusal.to_string())
    });
    compared.map_err(|cause| {
        let message = format!(
            "the check of the written files refused them: {cause}; nothing is published\nhelp: report this fault; the previous release stays"
        );
        Failure::message(Exit::Failed, message)
    })
}

/// What is known of the confidentiality of a release on disk.
#[derive(Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its certificate knows all nights before it that counted, and proves what is written.
    Proven,
    /// A former version of the program published it, and what this one asks for is not proven.
    Former(Refusal),
    /// No certificate was kept, and the ledger knows of none.
    Unkept,
}

/// Checks releases on disk, one after the other: what several of them need is read once.
pub struct Proofs<'a> {
    state: &'a Path,
    published: &'a Path,
    ledger: Option<&'a Ledger>,
    /// SHA-256 of the certificate of each release.
    recorded: BTreeMap<String, String>,
    /// Releases of which the ledger holds two of them.
    torn: BTreeSet<String>,
    /// The nights of each pipeline; none where they are not what was entered.
    archives: BTreeMap<String, Option<Archive<'a>>>,
}

impl<'a> Proofs<'a> {
    /// Of the releases of a published folder, with the certificates of a state folder and what its ledger holds.
    #[must_use]
    pub fn new(state: &'a Path, published: &'a Path, ledger: Option<&'a Ledger>) -> Self {
        let recorded = ledger.and_then(|ledger| ledger.certificates().ok()).unwrap_or_default();
        let torn = ledger.and_then(|ledger| ledger.torn_certificates().ok()).unwrap_or_default();
        Self { state, published, ledger, recorded, torn, archives: BTreeMap::new() }
    }

    /// Checks a release, and that its certificate knows all nights before it.
    ///
    /// # Errors
    /// What is not proven, or what cannot be read.
    pub fn of(&mut self, id: &str) -> Result<Proof, String> {
        let kept = store::certificate(self.state, id).map_err(|error| error.to_string())?;
        let before = self.before(id)?;
        let recorded = self.recorded.get(id);
        let Some(kept) = kept else {
            let is_known = recorded.is_some() || before.is_some();
            return if is_known {
                Err("the certificate is gone from the state folder".to_owned())
            } else {
                Ok(Proof::Unkept)
            };
        };
        if recorded.is_some_and(|recorded| *recorded != store::sha256(&kept)) {
            return Err("the certificate is not the one that the ledger recorded".to_owned());
        }
        if self.torn.contains(id) {
            return Err(
                "the ledger holds two sums of the certificate: restore a copy of the state folder".to_owned()
            );
        }
        if recorded.is_some() && before.is_none() {
            return Err("the ledger does not hold the night of the release".to_owned());
        }
        let written = on_disk(self.published, id)?;
        let proven = certificate::verify_history(&kept, &before.unwrap_or_default())
            .and_then(|()| certificate::verify_release(&kept, &written));
        let Err(refusal) = proven else { return Ok(Proof::Proven) };
        // What a former version proved is what that one asked for. What is written is held against it all the same,
        // where it can be read.
        let is_former = self.ledger.map_or(Ok(false), |ledger| ledger.is_former(id));
        if !is_former.map_err(|error| error.to_string())? {
            return Err(refusal.to_string());
        }
        match certificate::compare(&kept, &written) {
            Ok(()) | Err(Refusal::Malformed(_)) => Ok(Proof::Former(refusal)),
            Err(differs) => Err(differs.to_string()),
        }
    }

    /// Whether a release shows a value of a night that no longer counts.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn is_past(&mut self, id: &str) -> Result<bool, String> {
        let archive = self.archive(id)?;
        archive.map_or(Ok(false), |archive| archive.still_counts(id).map(|counts| !counts))
    }

    /// What the nights published that counted when a release was made.
    fn before(&mut self, id: &str) -> Result<Option<Vec<Arc<Earlier>>>, String> {
        self.archive(id)?.map_or(Ok(None), |archive| archive.before(id))
    }

    /// The nights of the pipeline whose release it is.
    fn archive(&mut self, id: &str) -> Result<Option<&mut Archive<'a>>, String> {
        let words = |error: LedgerError| error.to_string();
        let Some(ledger) = self.ledger else { return Ok(None) };
        let Some(pipeline) = ledger.pipeline_of(id).map_err(words)? else { return Ok(None) };
        let archive = match self.archives.entry(pipeline) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => {
                let is_intact = ledger.nights_are_intact(place.key()).map_err(words)?;
                let archive = is_intact.then(|| Archive::open(ledger, place.key())).transpose()?;
                place.insert(archive)
            }
        };
        let damaged = || {
            "a night of the ledger, or what happened to a release, is gone or is not what was entered"
                .to_owned()
        };
        archive.as_mut().map(Some).ok_or_else(damaged)
    }
}

/// The data of a release, as it is written.
fn on_disk(published: &Path, id: &str) -> Result<Published, String> {
    let folder = publish::folder(published, id).join(export::FOLDER);
    let unread = |cause: std::io::Error| format!("`{}` cannot be read: {cause}", export::FOLDER);
    let mut tables = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|extension| extension == "csv" || extension == "parquet") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            tables.push((format!("{}/{name}", export::FOLDER), fs::read(&path).map_err(unread)?));
        }
    }
    export::read_back(&tables)
}

#[cfg(test)]
mod tests {
    use super::written;
    use crate::config::Disclosure;
    use crate::disclosure::{MeasureInput, Record, TableInput, protect};

    #[test]
    fn a_file_that_says_more_than_the_certificate_is_refused() {
        let record = |id: u128, code: &str, group: &str, amount| Record {
            id: id.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
            dimensions: vec![code.to_owned()],
            contributors: vec![group.to_owned()],
            values: vec![Some(amount)],
        };
        let input = TableInput {
            name: "t".to_owned(),
            dimensions: vec!["parc".to_owned()],
            codes: Vec::new(),
            measures: vec![MeasureInput {
                name: "kg".to_owned(),
                unit: None,
                relation: None,
                is_count: false,
            }],
            ceilings: Vec::new(),
            records: vec![
                record(1, "a", "g1", 100),
                record(2, "a", "g2", 110),
                record(3, "b", "g3", 120),
                record(4, "b", "g4", 130),
            ],
        };
        let protected = protect(&[input], &Disclosure::default()).unwrap();
        let refused = |rows: &str| {
            let file = ("donnees/t.csv".to_owned(), format!("parc,kg,statut_kg\n{rows}").into_bytes());
            written(protected.certificate(), &[file]).err().map(|failure| failure.message)
        };
        assert_eq!(refused("Total,460,publie\na,,confidentiel\nb,,confidentiel\n"), None);
        for rows in
            ["Total,461,publie\n", "Total,460,publie\na,210,publie\n", "c,0,publie\n", "a,210,confidentiel\n"]
        {
            let message = refused(rows).unwrap();
            assert!(message.contains("nothing is published") && !message.contains("210"), "{message}");
        }
    }
}
