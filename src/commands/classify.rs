//! `maillage classify`: words of a column to ranked codes of the List of Waste, and to sectors that take them.

use super::files;
use super::read::{self, Nowhere};
use super::receivers;
use crate::config::{self, Limits};
use crate::error::{Exit, Failure};
use crate::ingest::{self, Context};
use crate::materials::{self, Classified, Expectation};
use crate::model::fold;
use std::collections::BTreeMap;
use std::fs::File;
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
    /// Table of the sectors that may take each row, to write as well: row, rank, nace, scian, `titre_fr`,
    /// `title_en`, share
    #[arg(long)]
    pub receivers: Option<PathBuf>,
    /// Column of codes of the List of Waste that are known, from which the sectors then follow
    #[arg(long, requires = "receivers")]
    pub code: Option<String>,
}

/// Reads, ranks and writes.
#[must_use]
pub fn run(arguments: &Arguments) -> Exit {
    match classify(arguments) {
        Ok(read) => {
            println!("{read} lignes classées / rows classified: {}", arguments.output.display());
            if let Some(receivers) = &arguments.receivers {
                println!("preneurs / receivers: {}", receivers.display());
            }
            Exit::Done
        }
        Err(failure) => super::place::failed(&failure),
    }
}

/// Gives the number of rows.
fn classify(arguments: &Arguments) -> Result<usize, Failure> {
    files::must_be_there(&arguments.file, "FILE")?;
    usable(&arguments.output, "--output", arguments)?;
    if let Some(receivers) = &arguments.receivers {
        usable(receivers, "--receivers", arguments)?;
        if files::are_one(receivers, &arguments.output) {
            let both = receivers.display();
            let message = format!(
                "`{both}` is given for --output and for --receivers\nhelp: give one of them another place"
            );
            return Err(Failure::message(Exit::Usage, message));
        }
    }
    let table = read(&arguments.file)?;
    let column = |name: &String| column(&table, name, &arguments.file);
    let columns = Columns {
        description: column(&arguments.description)?,
        activity: arguments.activity.as_ref().map(column).transpose()?,
        code: arguments.code.as_ref().map(column).transpose()?,
    };
    write(&table, &columns, arguments)?;
    Ok(table.rows.len())
}

/// Refuses a place where nothing can be written, or where the table is read.
fn usable(output: &Path, given_as: &str, arguments: &Arguments) -> Result<(), Failure> {
    files::must_have_folder(output, given_as)?;
    files::refuse_overwrite(output, given_as, &[&arguments.file])
}

/// Places of the columns.
struct Columns {
    description: usize,
    activity: Option<usize>,
    code: Option<usize>,
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

fn read(file: &Path) -> Result<Table, Failure> {
    let failed = |exit: Exit| move |error: &dyn std::fmt::Display| Failure::new(exit, error);
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
        let message = format!("`{}` holds no row\nhelp: give a table with a header", file.display());
        Failure::message(Exit::Unreadable, message)
    })?;
    Ok(Table { header, rows: rows.map(|(number, cells)| (number - first, cells)).collect() })
}

/// Place of the one column with this exact name, else with this name without case and accents.
fn column(table: &Table, name: &str, file: &Path) -> Result<usize, Failure> {
    let those = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        table.header.iter().enumerate().filter(|(_, header)| is(header)).map(|(place, _)| place).collect()
    };
    let exact = those(&|header| header.trim() == name.trim());
    let found = if exact.is_empty() { those(&|header| fold(header) == fold(name)) } else { exact };
    let file = file.display();
    let message = match found[..] {
        [place] => return Ok(place),
        [] => {
            format!("`{file}` has no column `{name}`\nhelp: its columns are {}", table.header.join(", "))
        }
        _ => format!(
            "`{file}` has {} columns named `{name}`\nhelp: give all but the one that is meant another name",
            found.len()
        ),
    };
    Err(Failure::message(Exit::Usage, message))
}

/// A csv that is being written.
struct Output<'a> {
    path: &'a Path,
    given_as: &'static str,
    writer: csv::Writer<File>,
}

impl<'a> Output<'a> {
    fn new(path: &'a Path, given_as: &'static str, header: &[&str]) -> Result<Self, Failure> {
        let writer = csv::Writer::from_path(path).map_err(|error| not_written(path, given_as, &error))?;
        let mut output = Self { path, given_as, writer };
        output.line(header)?;
        Ok(output)
    }

    fn line(&mut self, cells: &[&str]) -> Result<(), Failure> {
        self.writer.write_record(cells).map_err(|error| not_written(self.path, self.given_as, &error))
    }

    fn end(mut self) -> Result<(), Failure> {
        self.writer.flush().map_err(|error| not_written(self.path, self.given_as, &error))
    }
}

fn not_written(path: &Path, given_as: &str, error: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    let message = format!("`{path}` cannot be written: {error}\nhelp: choose another place for {given_as}");
    Failure::message(Exit::Failed, message)
}

fn write(table: &Table, columns: &Columns, arguments: &Arguments) -> Result<(), Failure> {
    let header = ["row", "rank", "code", "categorie", "type", "confidence"];
    let mut output = Output::new(&arguments.output, "--output", &header)?;
    let takers = arguments.receivers.as_deref();
    let mut takers = takers.map(|path| Output::new(path, "--receivers", &receivers::HEADER)).transpose()?;
    let expected = expectations(table, columns.activity);
    let unknown = Expectation::default();
    for (row, (number, _)) in table.rows.iter().enumerate() {
        let text = table.cell(row, columns.description);
        let activity = columns.activity.map_or("", |column| table.cell(row, column));
        let expected = expected.get(activity).unwrap_or(&unknown);
        let found = materials::classify(text, expected, arguments.top.into());
        let number = number.to_string();
        for (rank, (code, confidence_milli)) in (1_usize..).zip(lines(&found)) {
            output.line(&[
                &number,
                &rank.to_string(),
                code,
                found.category.map_or("", crate::model::Category::code),
                found.flow_type.code(),
                &format!("{}.{:03}", confidence_milli / 1000, confidence_milli % 1000),
            ])?;
        }
        let Some(takers) = &mut takers else { continue };
        let declared = columns.code.map_or("", |column| table.cell(row, column));
        let offer = receivers::offer(text, activity, declared, expected);
        for (rank, [nace, scian, title_fr, title_en, share]) in (1_usize..).zip(receivers::lines(&offer)) {
            takers.line(&[&number, &rank.to_string(), &nace, &scian, &title_fr, &title_en, &share])?;
        }
    }
    output.end()?;
    takers.map_or(Ok(()), Output::end)
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
