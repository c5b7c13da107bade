//! `maillage classify`: words of a column to ranked codes of the List of Waste.

use super::read::{self, Nowhere};
use crate::config::{self, Limits};
use crate::error::Exit;
use crate::ingest::{self, Context};
use crate::materials::{self, Classified, Expectation};
use crate::model::fold;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// csv, json, Parquet or workbook; its first row that holds something names the columns
    pub file: PathBuf,
    /// Column of the descriptions
    #[arg(long)]
    pub description: String,
    /// Column of the donor's activity: NACE or SCIAN number, words, or both
    #[arg(long)]
    pub activity: Option<String>,
    /// Codes to give for each row
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=842))]
    pub top: u16,
    /// Table to write: row, rank, code, categorie, type, confidence
    #[arg(long)]
    pub output: PathBuf,
}

/// Reads, ranks and writes.
#[must_use]
pub fn run(arguments: &Arguments) -> Exit {
    let usable = super::files::must_be_there(&arguments.file, "FILE")
        .and_then(|()| super::files::must_have_folder(&arguments.output))
        .and_then(|()| super::files::refuse_overwrite(&arguments.output, &[&arguments.file]));
    if let Err(failure) = usable {
        return super::place::failed(&failure);
    }
    let table = match read(&arguments.file) {
        Ok(table) => table,
        Err((exit, message)) => {
            eprintln!("{message}");
            return exit;
        }
    };
    let Some(description) = column(&table, &arguments.description, &arguments.file) else {
        return Exit::Usage;
    };
    let activity = match &arguments.activity {
        Some(name) => match column(&table, name, &arguments.file) {
            Some(column) => Some(column),
            None => return Exit::Usage,
        },
        None => None,
    };
    match write(&table, description, activity, arguments) {
        Ok(()) => {
            let read = table.rows.len();
            println!("{read} lignes classées / rows classified: {}", arguments.output.display());
            Exit::Done
        }
        Err(error) => {
            eprintln!(
                "`{}` cannot be written: {error}\nhelp: choose another place for --output",
                arguments.output.display()
            );
            Exit::Failed
        }
    }
}

/// Cells of the first sheet that holds something, by column.
struct Table {
    header: Vec<String>,
    /// Number of each row, 1 just below the header, and its cells.
    rows: Vec<(u32, Vec<String>)>,
}

impl Table {
    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows[row].1.get(column).map_or("", String::as_str)
    }
}

fn read(file: &Path) -> Result<Table, (Exit, String)> {
    let failed = |exit: Exit| move |error: &dyn std::fmt::Display| (exit, error.to_string());
    let worker = config::executable().map_err(|error| failed(Exit::Failed)(&error))?;
    let context = Context {
        pipeline_dir: PathBuf::new(),
        limits: Limits::default(),
        worker,
        snapshots: &Nowhere,
        environment: &config::environment,
        replay: None,
    };
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(Exit::Failed)(&error))?;
    let (rows, findings) = runtime
        .block_on(ingest::view::rows(file, None, &context))
        .map_err(|error| failed(Exit::Unreadable)(&error))?;
    eprint!("{}", read::findings(&findings));
    let mut rows = rows.into_iter();
    let (first, header) = rows.next().ok_or_else(|| {
        (Exit::Unreadable, format!("`{}` holds no row\nhelp: give a table with a header", file.display()))
    })?;
    Ok(Table { header, rows: rows.map(|(number, cells)| (number - first, cells)).collect() })
}

/// Place of the one column with this exact name, else with this name without case and accents.
fn column(table: &Table, name: &str, file: &Path) -> Option<usize> {
    let those = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        table.header.iter().enumerate().filter(|(_, header)| is(header)).map(|(place, _)| place).collect()
    };
    let exact = those(&|header| header.trim() == name.trim());
    let found = if exact.is_empty() { those(&|header| fold(header) == fold(name)) } else { exact };
    let file = file.display();
    match found[..] {
        [place] => return Some(place),
        [] => {
            eprintln!("`{file}` has no column `{name}`\nhelp: its columns are {}", table.header.join(", "));
        }
        _ => eprintln!(
            "`{file}` has {} columns named `{name}`\nhelp: give all but the one that is meant another name",
            found.len()
        ),
    }
    None
}

fn write(
    table: &Table,
    description: usize,
    activity: Option<usize>,
    arguments: &Arguments,
) -> Result<(), csv::Error> {
    let mut output = csv::Writer::from_path(&arguments.output)?;
    output.write_record(["row", "rank", "code", "categorie", "type", "confidence"])?;
    let expected = expectations(table, activity);
    let unknown = Expectation::default();
    for row in 0..table.rows.len() {
        let expected = activity.and_then(|column| expected.get(table.cell(row, column))).unwrap_or(&unknown);
        let found = materials::classify(table.cell(row, description), expected, arguments.top.into());
        for (rank, (code, confidence_milli)) in (1_usize..).zip(lines(&found)) {
            output.write_record([
                table.rows[row].0.to_string().as_str(),
                rank.to_string().as_str(),
                code,
                found.category.map_or("", crate::model::Category::code),
                found.flow_type.code(),
                &format!("{}.{:03}", confidence_milli / 1000, confidence_milli % 1000),
            ])?;
        }
    }
    Ok(output.flush()?)
}

/// One line a code; one without code when there is none, so that no row is lost.
fn lines(found: &Classified) -> Vec<(&str, u16)> {
    if found.codes.is_empty() {
        return vec![("", found.confidence_milli)];
    }
    found.codes.iter().map(|ranked| (ranked.code, ranked.confidence_milli)).collect()
}

/// What each different activity lets one expect.
fn expectations(table: &Table, activity: Option<usize>) -> BTreeMap<&str, Expectation> {
    let Some(column) = activity else { return BTreeMap::new() };
    let cells = || (0..table.rows.len()).map(|row| table.cell(row, column));
    let list = materials::nomenclature(cells());
    let mut expected = BTreeMap::new();
    for cell in cells() {
        expected.entry(cell).or_insert_with(|| materials::expectation(cell, list));
    }
    expected
}
