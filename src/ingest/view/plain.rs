//! A text file as a sheet, read in pieces: memory does not grow with the file.
//!
//! The text is read once to tell its encoding and once more to take it apart. Lines of csv are
//! as wide as the used range, which only the last row tells: they are written under the width
//! of the first rows, wait in a spool, and are written anew where a later row is wider.

use super::super::budget::Budget;
use super::super::delimited;
use super::super::dialect::{self, Dialect};
use super::super::encoding::{Decoded, Examined, examine, utf8_mark};
use super::super::files::{self, File};
use super::super::remark::Remark;
use super::super::sniff::{is_plain, no_text};
use super::super::split::Record;
use super::super::table::Head;
use super::super::text_form::TextForm;
use super::super::{IngestError, codec};
use super::lines::{Lines, Shape};
use super::spool::{IN_MEMORY, Spool, Spooled, range};
use super::swift::{self, Proven};
use super::watched::Watched;
use crate::config::{self, Limits};
use crate::model::FindingKind;
use std::fs;
use std::io::{self, Read, Seek as _, SeekFrom, Write};

/// What is looked at to tell what a file is, and its dialect.
const BEGINNING: usize = 1 << 18;

/// What is looked at to tell text from anything else.
const SNIFFED: usize = 1 << 13;

/// A text file under its encoding and form.
pub(super) struct Plain {
    file: File,
    limits: Limits,
    /// Its fields, and the time until they are known: they are not held.
    budget: Budget,
    encoding: Examined,
    dialect: Dialect,
    /// Decoded bytes before the first record.
    skipped: u64,
    /// Every line is a row of as many fields.
    proven: Option<Proven>,
    /// Some bytes of what is proven were no text.
    replaced: bool,
}

impl Plain {
    /// Looks at a file; none when it is not plainly text with delimiters. `as_csv`: its rows are
    /// wanted as lines.
    pub(super) fn new(file: &File, limits: &Limits, as_csv: bool) -> Result<Option<Self>, IngestError> {
        let refused = |error| files::refused(file, error);
        let budget = Budget::streaming(limits);
        let mut opened = files::open(file, limits)?;
        // What is no plain file, a pipe for example, can be read once only.
        let Some(before) = files::stamp(file, &opened)? else { return Ok(None) };
        let mut beginning = Vec::with_capacity(BEGINNING);
        (&mut opened).take(BEGINNING as u64).read_to_end(&mut beginning).map_err(refused)?;
        if !is_plain(&beginning[..beginning.len().min(SNIFFED)]) {
            return Ok(None);
        }
        if as_csv
            && let Some(mark) = utf8_mark(&beginning)
            && let Some(plain) = Self::proven(file, limits, &mut opened, &beginning, mark)?
        {
            files::unchanged(file, &opened, Some(before), plain.encoding.bytes)?;
            return Ok(Some(plain));
        }
        let encoding = examine(&mut opened, &budget).map_err(refused)?;
        budget.check(&file.place)?;
        let most = BEGINNING as u64 / 2;
        let decoded = Decoded::new(beginning.as_slice(), &encoding);
        // A character that the end of the beginning cuts off comes after what is looked at.
        let mut bytes = Vec::new();
        decoded.take(most).read_to_end(&mut bytes).map_err(refused)?;
        let text = String::from_utf8_lossy(&bytes);
        let (rest, dialects) = dialect::find(&text, &config::Text::default());
        let skipped = (text.len() - rest.len()) as u64;
        let dialect = dialects[0];
        let (file, limits) = (file.clone(), limits.clone());
        let mut plain =
            Self { file, limits, budget, encoding, dialect, skipped, proven: None, replaced: false };
        if as_csv && encoding.is_other() && skipped == 0 && dialect.is_plain() {
            plain.prove(&mut opened).map_err(refused)?;
            plain.budget.check(&plain.file.place)?;
            files::unchanged(&plain.file, &opened, Some(before), encoding.bytes)?;
        }
        Ok(Some(plain))
    }

    /// Looks whether every line of a text in another encoding is a row.
    fn prove(&mut self, opened: &mut fs::File) -> io::Result<()> {
        opened.rewind()?;
        let mut text = Decoded::new(opened, &self.encoding);
        let room = room(self.encoding.bytes);
        self.proven = swift::prove(&mut text, 0, &self.dialect, room, &self.budget)?;
        self.replaced = text.replaced();
        // Another pass over the same fields.
        self.budget.back_to((0, 0));
        Ok(())
    }

    /// A text of which every line is a row; none when it is not proven to be one.
    fn proven(
        file: &File,
        limits: &Limits,
        opened: &mut fs::File,
        beginning: &[u8],
        mark: u64,
    ) -> Result<Option<Self>, IngestError> {
        let start = usize::try_from(mark).unwrap_or(0);
        let most = beginning.len().min(BEGINNING / 2);
        let text = String::from_utf8_lossy(&beginning[start.min(most)..most]);
        let (rest, dialects) = dialect::find(&text, &config::Text::default());
        if rest.len() != text.len() || !dialects[0].is_plain() {
            return Ok(None);
        }
        let budget = Budget::streaming(limits);
        let room = room(opened.metadata().map_err(|error| files::refused(file, error))?.len());
        let proven = swift::prove(beginning[start..].chain(opened), mark, &dialects[0], room, &budget);
        budget.check(&file.place)?;
        let Some(proven) = proven.map_err(|error| files::refused(file, error))? else { return Ok(None) };
        Ok(Some(Self {
            file: file.clone(),
            limits: limits.clone(),
            budget,
            encoding: Examined::utf8(proven.bytes, mark),
            dialect: dialects[0],
            skipped: 0,
            proven: Some(proven),
            replaced: false,
        }))
    }

    /// How it is taken apart.
    pub(super) const fn form(&self) -> TextForm {
        TextForm::new(self.encoding.encoding, self.encoding.sure, self.dialect)
    }

    /// Writes csv line by line.
    fn lines(&self, proven: &Proven, out: &mut dyn Write) -> Result<Vec<Remark>, Broken> {
        let opened = files::open(&self.file, &self.limits)?;
        let before = files::stamp(&self.file, &opened)?;
        let behind = |from: u64| -> Result<Box<dyn Read + '_>, Broken> {
            if !self.encoding.is_other() {
                (&opened).seek(SeekFrom::Start(from))?;
                return Ok(Box::new(&opened));
            }
            let mut text = Decoded::new(&opened, &self.encoding);
            io::copy(&mut (&mut text).take(from), &mut io::sink())?;
            Ok(Box::new(text))
        };
        let bytes = swift::write(behind, proven, &self.dialect, out)?;
        let bytes = if bytes == proven.bytes { self.encoding.bytes } else { bytes };
        files::unchanged(&self.file, &opened, before, bytes)?;
        Ok(delimited::understood(self.encoding.encoding, self.encoding.sure, self.replaced, &self.dialect))
    }

    /// Shows every record; gives what was met.
    fn each(&self, mut show: impl FnMut(&Record<'_>) -> io::Result<bool>) -> Result<Vec<Remark>, Broken> {
        let mut opened = files::open(&self.file, &self.limits)?;
        let before = files::stamp(&self.file, &opened)?;
        let mut watched = Watched::new(Decoded::new(&mut opened, &self.encoding));
        let gone = |error| Broken::Input(files::refused(&self.file, error));
        io::copy(&mut (&mut watched).take(self.skipped), &mut io::sink()).map_err(gone)?;
        // Another pass over the same fields.
        self.budget.back_to((0, 0));
        let told = delimited::each(&mut watched, &self.dialect, &self.budget, |record| {
            Ok(self.budget.takes(record.len() as u64, 0) && show(record)?)
        });
        let mut told = told.map_err(Broken::Output)?;
        if let Some(line) = watched.nul {
            return Err(Broken::Input(no_text(&self.file.place, line)));
        }
        self.budget.check(&self.file.place)?;
        let Examined { encoding, sure, .. } = self.encoding;
        told.splice(0..0, delimited::understood(encoding, sure, watched.text.replaced(), &self.dialect));
        files::unchanged(&self.file, &opened, before, self.encoding.bytes)?;
        Ok(told)
    }

    /// Writes csv; gives what was met.
    pub(super) fn csv(&self, out: &mut dyn Write) -> Result<Vec<Remark>, Broken> {
        if let Some(proven) = &self.proven {
            return self.lines(proven, out);
        }
        let mut shape = self.likely_shape()?;
        loop {
            let mut spooled = Spooled::new();
            let head = Head::default();
            let mut lines = Lines::new(shape, &head, false);
            let mut seen = Measure::default();
            let mut told = self.each(|record| {
                let filled = record.filled();
                if filled == 0 {
                    return Ok(true);
                }
                seen.row(record.number, filled);
                // Once a row is wider only the measure is taken.
                let fits = seen.width <= shape.width;
                if fits {
                    lines.row(record.number, false, &mut spooled)?;
                    if let Some(fields) = record.filled_fields()
                        && lines.cells(&fields)
                    {
                        seen.cells(fields.first, fields.held);
                        lines.end(&mut spooled)?;
                        return Ok(true);
                    }
                }
                record.each(|column, field| {
                    seen.cells(column, 1);
                    if fits {
                        lines.cell(column, field);
                    }
                });
                if fits {
                    lines.end(&mut spooled)?;
                }
                Ok(true)
            })?;
            if seen.shape() == shape {
                lines.close(&mut spooled).map_err(Broken::Output)?;
                spooled.pass_on(out).map_err(Broken::Output)?;
                if shape.far {
                    told.push(Remark::whole(FindingKind::FarCells, seen.range()));
                }
                return Ok(told);
            }
            shape = seen.shape();
        }
    }

    /// Rows as other formats want them; gives what was met.
    pub(super) fn spool(&self, spool: &mut Spool) -> Result<Vec<Remark>, Broken> {
        let mut row = Vec::new();
        self.each(|record| {
            let (mut body, mut cells) = (Vec::new(), 0);
            record.each(|column, field| {
                let text = String::from_utf8_lossy(field);
                codec::cell(&mut body, column, &codec::Value::Text(text));
                cells += 1;
            });
            row.clear();
            let outline =
                codec::Outline { number: record.number, hidden: false, cells, width: record.filled() };
            codec::head(&mut row, outline);
            row.extend_from_slice(&body);
            spool.encoded(&row)?;
            Ok(true)
        })
    }

    /// The shape of the first rows.
    fn likely_shape(&self) -> Result<Shape, Broken> {
        const ROWS: usize = 1_000;
        let (mut width, mut rows) = (0, 0);
        self.each(|record| {
            width = width.max(record.filled());
            rows += 1;
            Ok(rows < ROWS)
        })?;
        Ok(Shape { width, far: false })
    }
}

/// Bytes of csv that are held of a text of so many: its lines are hardly longer.
fn room(length: u64) -> usize {
    usize::try_from(length.saturating_mul(2)).unwrap_or(IN_MEMORY).min(IN_MEMORY)
}

/// What the rows reach so far.
#[derive(Default)]
struct Measure {
    width: u32,
    last_row: u32,
    held: u64,
    /// First row, and first column from 0.
    first: Option<(u32, u32)>,
}

impl Measure {
    fn row(&mut self, number: u32, filled: u32) {
        self.width = self.width.max(filled);
        self.last_row = number;
        self.first.get_or_insert((number, u32::MAX));
    }

    /// So many cells of the row, from this column on.
    fn cells(&mut self, column: u32, held: u64) {
        self.held += held;
        if let Some((_, first)) = &mut self.first {
            *first = column.min(*first);
        }
    }

    fn shape(&self) -> Shape {
        Shape::new(self.last_row, self.width, self.held)
    }

    fn range(&self) -> String {
        range(self.first.unwrap_or((1, 0)), (self.last_row, self.width))
    }
}

/// Why a text file could not be shown.
pub(super) enum Broken {
    Input(IngestError),
    Output(io::Error),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<IngestError> for Broken {
    fn from(error: IngestError) -> Self {
        Self::Input(error)
    }
}
