//! Open data files of a release: Parquet, CSV, and the data dictionary. Takes `Protected` and nothing else.

mod csv;
mod dictionary;
mod parquet;
mod published;
mod rows;

pub use dictionary::FileDescription;
pub use published::read_back;

use crate::config::Settings;
use crate::disclosure::Protected;
use crate::model::Dataset;
use sha2::{Digest as _, Sha256};

/// Folder of the data inside a release.
pub const FOLDER: &str = "donnees";

/// A file of the release: its path and its bytes.
pub type File = (String, Vec<u8>);

/// A data file that could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A protected table without a declaration, or the reverse: a fault of the program.
    #[error(
        "the table `{0}` has no declaration that fits\nhelp: compare the header of its model with its columns"
    )]
    Undeclared(String),
    /// The Parquet writer refused.
    #[error("the Parquet file of `{table}` could not be made: {cause}")]
    Parquet {
        /// The table.
        table: String,
        /// What the writer says.
        cause: String,
    },
}

/// Writes every table twice and describes them.
///
/// # Errors
/// When a table and its declaration do not fit, or the Parquet writer refuses.
pub fn files(
    protected: &Protected,
    datasets: &[Dataset],
    settings: &Settings,
    release: &str,
    as_of: chrono::NaiveDate,
) -> Result<(Vec<File>, Vec<FileDescription>), ExportError> {
    let mut files = Vec::new();
    let mut descriptions = Vec::new();
    for dataset in datasets {
        let table = protected
            .tables()
            .iter()
            .find(|table| table.name() == dataset.name)
            .ok_or_else(|| ExportError::Undeclared(dataset.name.clone()))?;
        let rows = rows::published(dataset, table)?;
        for (format, bytes) in [
            ("csv", csv::write(&rows)),
            ("parquet", parquet::write(dataset, &rows, &settings.publication, release)?),
        ] {
            let path = format!("{FOLDER}/{}.{format}", dataset.name);
            descriptions.push(FileDescription {
                dataset: dataset.name.clone(),
                path: path.clone(),
                format,
                bytes: bytes.len() as u64,
                sha256: sha256(&bytes),
            });
            files.push((path, bytes));
        }
    }
    for (language, name) in [("fr", "datapackage.json"), ("en", "datapackage.en.json")] {
        let package = dictionary::package(datasets, &descriptions, settings, release, as_of, language);
        let mut bytes = serde_json::to_vec_pretty(&package).unwrap_or_default();
        bytes.push(b'\n');
        files.push((format!("{FOLDER}/{name}"), bytes));
    }
    files.push(("confidentialite.json".to_owned(), checked(protected)));
    Ok((files, descriptions))
}

/// What was checked, in numbers that help no attacker.
fn checked(protected: &Protected) -> Vec<u8> {
    let verified = protected.verified();
    let checked = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "garantie": "Pour chaque groupe d’entreprises, face à un lecteur comme face à tout autre groupe qui connaît ses propres quantités : il existe au moins deux mondes où tout ce que cette publication contient est le même, et où une quantité retenue est nettement plus grande, ou nettement plus petite. Les publications antérieures sont comprises, pour la durée que les réglages fixent : niveaux et changements.",
        "guarantee": "For each group of companies, facing a reader as well as any other group that knows its own amounts: there are at least two worlds in which everything in this release is the same, and in which a withheld amount is clearly higher, or clearly lower. Earlier releases are included, for the time that the settings give: levels and changes.",
        "cellules": verified.cells,
        "cellules_retenues": verified.withheld,
        "equations": verified.equations,
        "exigences_prouvees": verified.requirements,
        "mondes_temoins": verified.witnesses,
        "methode": "Témoins entiers exacts, vérifiés sans solveur par un second programme.",
        "method": "Exact integer witnesses, verified without a solver by a second program.",
    });
    let mut bytes = serde_json::to_vec_pretty(&checked).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        use std::fmt::Write as _;
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}
