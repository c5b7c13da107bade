//! `maillage map`: a mapping for an unknown file, ready to paste.

use crate::config::{self, Limits};
use crate::error::Exit;
use crate::ingest::proposal::{Proposal, SURE_ENOUGH, propose};
use std::fmt::Write as _;
use std::path::PathBuf;

/// What stands above the table for `pipeline.toml`, and above the mapping.
const SOURCE: &str = "# ── pipeline.toml ──";
const MAPPING: &str = "# ── mappings/";

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Workbook, csv, json or Parquet file
    pub file: PathBuf,
    /// Name of the sheet, or its position among the tabs from 1 (default: every sheet with a header)
    #[arg(long)]
    pub sheet: Option<String>,
}

/// Prints, for each kind of sheet, a source for `pipeline.toml` and the mapping that it names.
#[must_use]
pub fn map(arguments: &Arguments) -> Exit {
    if let Err(failure) = super::files::must_be_there(&arguments.file, "FILE") {
        return super::place::failed(&failure);
    }
    let Ok(worker) = config::executable() else {
        eprintln!("the program cannot find itself\nhelp: start it by its full path");
        return Exit::Failed;
    };
    let context = super::read::bare(PathBuf::new(), Limits::default(), worker);
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("the program cannot start: {error}");
            return Exit::Failed;
        }
    };
    match runtime.block_on(propose(&arguments.file, arguments.sheet.as_deref(), &context)) {
        Ok(proposals) if proposals.is_empty() => {
            eprintln!(
                "`{}` has no row that looks like a header\nhelp: look at it with `maillage read` and write \
                 the mapping by hand",
                arguments.file.display()
            );
            Exit::Unreadable
        }
        Ok(proposals) => {
            let file = arguments.file.file_name().map(|name| name.to_string_lossy().into_owned());
            for (rank, proposal) in (1..).zip(&proposals) {
                print!("{}", toml(proposal, rank, file.as_deref().unwrap_or_default()));
            }
            Exit::Done
        }
        Err(error) => {
            eprintln!("{error}");
            Exit::Unreadable
        }
    }
}

/// A table `sources`, then the mapping's table `columns`; what is not sure stays a comment.
/// The source is not named after the file: its name stands in messages, and a file may be
/// named after a company.
fn toml(proposal: &Proposal, rank: usize, file: &str) -> String {
    let mut text = format!(
        "{SOURCE}\n[[sources]]\nname = \"source-{rank}\"\nrecords = \"{}\"\nfiles = [\"inputs/{}\"]\n",
        proposal.subject.code(),
        basic(file)
    );
    if !proposal.sheets.is_empty() {
        let names: Vec<String> =
            proposal.sheets.iter().map(|name| format!("\"{}\"", basic(name.reveal()))).collect();
        let _infallible = writeln!(text, "sheets = [{}]", names.join(", "));
    }
    if proposal.is_json {
        if let Some(pointer) = &proposal.pointer {
            let _infallible = writeln!(text, "pointer = \"{}\"", basic(pointer));
        }
    } else {
        let (row, rows) = (proposal.header_row, proposal.header_rows);
        let _infallible = writeln!(text, "header_row = {row}\nheader_rows = {rows}");
    }
    let _infallible = write!(
        text,
        "mapping = \"mappings/source-{rank}.toml\"\n\n{MAPPING}source-{rank}.toml ──\n[columns]\n"
    );
    for column in &proposal.columns {
        let header = format!("\"{}\"", basic(&column.header));
        let _infallible = match column.field {
            Some(field) if column.sure >= SURE_ENOUGH => {
                writeln!(text, "{header} = \"{}\" # {} %", field.code(), column.sure)
            }
            Some(field) => writeln!(text, "# {header} = \"{}\" # {} % ?", field.code(), column.sure),
            None => writeln!(text, "# {header} = \"\" # inconnu / unknown"),
        };
    }
    text.push('\n');
    text
}

/// The inside of a TOML basic string, on one line.
fn basic(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            control if control.is_control() => format!("\\u{:04X}", u32::from(control)),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{MAPPING, Proposal, toml};
    use crate::config::{Mapping, Source};
    use crate::ingest::proposal::Proposed;
    use crate::model::{Confidential, Field, Subject};

    #[derive(serde::Deserialize)]
    struct Pasted {
        sources: Vec<Source>,
    }

    #[test]
    fn what_is_printed_is_a_source_and_a_mapping_that_the_settings_read() {
        let column = |header: &str, field, sure| Proposed { header: header.to_owned(), field, sure };
        let proposal = Proposal {
            sheets: vec![Confidential::new("Visites\n\"2026\"".to_owned())],
            is_json: false,
            pointer: None,
            header_row: 3,
            header_rows: 1,
            subject: Subject::Flows,
            columns: vec![
                column("Nom \"usuel\"\nlégal\u{7f}", Some(Field::Name), 95),
                column("Couleur\\", None, 0),
                column("Quantité", Some(Field::Quantity), 47),
            ],
        };
        let text = toml(&proposal, 2, "été [1].xlsx");
        let (source, mapping) = text.split_once(MAPPING).unwrap();
        let pasted: Pasted = ::toml::from_str(source).unwrap();
        assert_eq!(pasted.sources[0].sheets, ["Visites\n\"2026\""]);
        assert_eq!(pasted.sources[0].header_row, Some(3));
        assert_eq!(pasted.sources[0].mapping, "mappings/source-2.toml");
        let mapping: Mapping = ::toml::from_str(&format!("# {mapping}")).unwrap();
        assert_eq!(mapping.columns["Nom \"usuel\"\nlégal\u{7f}"], "nom");
        assert_eq!(mapping.columns.len(), 1);
    }
}
