//! What was written, against the certificate: the second program at work.

use crate::certificate::{self, Published, Verified};
use crate::error::{Exit, Failure};
use crate::ledger::Ledger;
use crate::{export, publish, store};
use std::fs;
use std::path::Path;

/// Compares the data files with the certificate, which was proven when it was made. Nothing is
/// published unless this passes.
pub(super) fn written(certificate: &[u8], written: &[export::File]) -> Result<(), Failure> {
    let compared = read_back(written).and_then(|published| {
        certificate::compare(certificate, &published).map_err(|refusal| refusal.to_string())
    });
    compared.map_err(|cause| {
        let message = format!(
            "the check of the written files refused them: {cause}; nothing is published\nhelp: report this fault; the previous release stays"
        );
        Failure::message(Exit::Failed, message)
    })
}

fn read_back(files: &[export::File]) -> Result<Published, String> {
    export::read_back(files).map_err(|path| format!("`{path}` is no table of ours"))
}

/// Checks a release on disk, and that its certificate knows all nights before it that the ledger
/// holds; none when its certificate was not kept and the ledger, which gave `recorded`, knows of none.
///
/// # Errors
/// What is not proven, or what cannot be read.
pub fn release(
    state: &Path,
    published: &Path,
    id: &str,
    recorded: Option<&str>,
    ledger: Option<&Ledger>,
) -> Result<Option<Verified>, String> {
    let kept = store::certificate(state, id).map_err(|error| error.to_string())?;
    let before = ledger.map_or(Ok(None), |ledger| super::nights::before(ledger, id))?;
    let Some(kept) = kept else {
        let is_known = recorded.is_some() || before.is_some();
        return if is_known {
            Err("the certificate is gone from the state folder".to_owned())
        } else {
            Ok(None)
        };
    };
    if recorded.is_some_and(|recorded| recorded != store::sha256(&kept)) {
        return Err("the certificate is not the one that the ledger recorded".to_owned());
    }
    if recorded.is_some() && before.is_none() {
        return Err("the ledger does not hold the night of the release".to_owned());
    }
    certificate::verify_history(&kept, &before.unwrap_or_default()).map_err(|refusal| refusal.to_string())?;
    let folder = publish::folder(published, id).join(export::FOLDER);
    let unread = |cause: std::io::Error| format!("`{}` cannot be read: {cause}", export::FOLDER);
    let mut tables = Vec::new();
    for entry in fs::read_dir(&folder).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            tables.push((format!("{}/{name}", export::FOLDER), fs::read(&path).map_err(unread)?));
        }
    }
    certificate::verify_release(&kept, &read_back(&tables)?).map(Some).map_err(|refusal| refusal.to_string())
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
