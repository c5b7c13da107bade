//! A table whose rows are made of its bytes each time they are gone through: they are never held at once.

use super::budget::Budget;
use super::contract::Misfits;
use super::dialect::Dialect;
use super::header::{Layout, SEARCHED_ROWS};
use super::page::{self, Page};
use super::records::{Body, Reader, seen};
use super::remark::Remark;
use super::sniff::{Kind, Workbook, sniff};
use super::table::{Event, Row, Sheet};
use super::view::{Spool, unkept};
use super::{Context, IngestError, SourceRead, codec, delimited, inbox, read_source, returned, workbook};
use crate::config::{Contract, Mapping, Source};
use crate::model::{Finding, RawRow};
use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Rows that are made at a time.
const ROWS: usize = 8_192;

/// What a source gave.
pub enum Given<'a> {
    /// One table of text or Parquet, and remarks about its rows.
    Table(Box<Table<'a>>, Vec<Finding>),
    /// Anything else.
    Held(Box<SourceRead>),
}

/// One table, alone in its source, whose rows come in the order of their numbers.
pub struct Table<'a> {
    reader: Reader<'a>,
    page: Page,
    form: Form,
    layout: Layout,
}

enum Form {
    /// These bytes of the page are text.
    Text(Range<usize>, Dialect),
    /// The same in UTF-8, where the page is in another encoding.
    Decoded(String, Dialect),
    /// Rows of Parquet as the process said them that decodes it.
    Told(Mutex<Spool>),
}

/// Reads a source as [`read_source`] does, but does not hold the rows of a table that is alone in it;
/// shows each row once.
///
/// # Errors
/// As there.
pub async fn read_passing<'a>(
    source: &'a Source,
    mapping: &'a Mapping,
    context: &'a Context<'a>,
    look: &mut (dyn FnMut(&RawRow) + Send),
) -> Result<Given<'a>, IngestError> {
    if let Some(page) = inbox::only(source, context)
        && let Some((table, understood)) = Table::of(Reader::new(source, mapping, context)?, page).await?
    {
        let findings = table.first(understood, look)?;
        return Ok(Given::Table(Box::new(table), findings));
    }
    let read = read_source(source, mapping, context).await?;
    read.rows.iter().for_each(look);
    Ok(Given::Held(Box::new(read)))
}

impl<'a> Table<'a> {
    /// The table of a page, with how it was understood; none of what is no such table, or has no header.
    async fn of(reader: Reader<'a>, mut page: Page) -> Result<Option<(Self, Vec<Remark>)>, IngestError> {
        // Any other contract changes rows when all of them are known.
        if reader.source.contract != Contract::Evolve || !reader.reads_whole_sheets() {
            return Ok(None);
        }
        let before = reader.source.header_row.unwrap_or(0) as usize;
        let most = before.saturating_add(SEARCHED_ROWS);
        let budget = Budget::counting(&reader.context.limits);
        let (form, head, understood) = match sniff(&page, reader.source.text.encoding.as_deref(), &budget)? {
            Kind::Text(text) => {
                let (rest, dialect) = reader.form(&text.text);
                let head = delimited::parse(rest, &dialect, most);
                let understood = delimited::understood(text.encoding, text.sure, text.replaced, &dialect);
                let form = match &text.text {
                    Cow::Borrowed(_) => {
                        let start = rest.as_ptr().addr() - page.content.memory().as_ptr().addr();
                        Form::Text(start..start + rest.len(), dialect)
                    }
                    Cow::Owned(_) => Form::Decoded(rest.to_owned(), dialect),
                };
                (form, head, understood)
            }
            Kind::Workbook(Workbook::Parquet) => {
                let (spool, head) = told(&page, most, reader.context).await?;
                (Form::Told(Mutex::new(spool)), head, Vec::new())
            }
            Kind::Workbook(_) | Kind::Json(_) => return Ok(None),
        };
        if returned::is_one(std::slice::from_ref(&head)) {
            return Ok(None);
        }
        let Some(layout) = reader.layout(&head).filter(|layout| layout.lost_filters == 0) else {
            return Ok(None);
        };
        page::keep(&mut page, reader.context)?;
        Ok(Some((Self { reader, page, form, layout }, understood)))
    }

    /// Goes through the rows a first time: what is irregular, and what is not as promised.
    fn first(
        &self,
        mut remarks: Vec<Remark>,
        look: &mut (dyn FnMut(&RawRow) + Send),
    ) -> Result<Vec<Finding>, IngestError> {
        let mut misfits = Misfits::default();
        let budget = Budget::counting(&self.reader.context.limits);
        remarks.extend(self.walk(&budget, |row| {
            misfits.take(&row);
            look(&row);
        })?);
        budget.check(&self.page.place)?;
        let source = &self.reader.source.name;
        let mut findings: Vec<Finding> =
            remarks.iter().map(|remark| remark.finding(source, &self.page.label, None)).collect();
        let changes = self.reader.promise.changes(&seen(&self.layout));
        let misfits = misfits.changes();
        let place = self.reader.place(&self.page, None);
        self.reader.tell(&self.page, &place, changes.iter().chain(&misfits), &mut findings)?;
        Ok(findings)
    }

    /// Shows the rows in their order, some at a time.
    ///
    /// # Errors
    /// When what was kept of them cannot be read back: then some were not shown.
    pub fn each(&self, show: &mut dyn FnMut(Vec<RawRow>)) -> Result<(), IngestError> {
        let mut rows = Vec::new();
        let walked = self.walk(&Budget::none(), |row| {
            rows.push(row);
            if rows.len() == ROWS {
                show(std::mem::take(&mut rows));
            }
        });
        if !rows.is_empty() {
            show(rows);
        }
        walked.map(|_| ())
    }

    fn walk(&self, budget: &Budget, mut show: impl FnMut(RawRow)) -> Result<Vec<Remark>, IngestError> {
        let sheet = Sheet::default();
        let mut body = Body::new(&self.reader, &self.page, &sheet, self.layout.clone());
        let mut take = |row: Row| {
            if let Some(row) = body.take(&row) {
                show(row);
            }
            true
        };
        let (text, dialect) = match &self.form {
            Form::Text(bytes, dialect) => (&self.page.content.memory()[bytes.clone()], dialect),
            Form::Decoded(text, dialect) => (text.as_bytes(), dialect),
            Form::Told(spool) => {
                let told = spool.lock().unwrap_or_else(PoisonError::into_inner).each(|bytes| {
                    take(codec::decode(bytes).ok_or(io::ErrorKind::InvalidData)?);
                    Ok(())
                });
                return told.map(|()| Vec::new()).map_err(|error| unkept(&self.page, &error));
            }
        };
        Ok(delimited::rows(text, dialect, budget, &mut take))
    }
}

/// The rows of a Parquet file, and the first of them.
async fn told(page: &Page, most: usize, context: &Context<'_>) -> Result<(Spool, Sheet), IngestError> {
    let (mut spool, mut head) = (Spool::new(), Sheet::default());
    let mut listen = |event: Event<'_>| {
        let Event::Row(bytes) = event else { return Ok(()) };
        if head.rows.len() < most {
            head.rows.extend(codec::decode(bytes));
        }
        spool.encoded(bytes).map_err(|error| unkept(page, &error))
    };
    workbook::stream(page, Workbook::Parquet, None, context, &mut listen).await?;
    Ok((spool, head))
}

#[cfg(test)]
mod tests {
    use super::super::codec::{self, Outline};
    use super::super::trial::{Memory, context, mapping, source};
    use super::{Context, Form, Given, Spool, read_passing};
    use std::sync::Mutex;

    #[tokio::test]
    async fn a_row_that_cannot_be_read_back_is_an_error_and_not_one_row_less() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.csv"), "Entreprise,Quantité\nA,1\n").unwrap();
        let memory = Memory::default();
        let context = Context { replay: None, ..context(folder.path(), &memory) };
        let mapping = mapping("[columns]\nEntreprise = \"nom\"\n\"Quantité\" = \"quantite\"\n");
        let source = source("files = [\"a.csv\"]");
        let given = read_passing(&source, &mapping, &context, &mut |_| {}).await.unwrap();
        let Given::Table(mut table, _) = given else { panic!("a table of text is not held") };
        let (mut rows, mut spool, mut bytes) = (0, Spool::new(), Vec::new());
        table.each(&mut |piece| rows += piece.len()).unwrap();
        assert_eq!(rows, 1);
        // Its only cell is missing.
        codec::head(&mut bytes, Outline { number: 2, hidden: false, cells: 1, width: 1 });
        spool.encoded(&bytes).unwrap();
        table.form = Form::Told(Mutex::new(spool));
        let error = table.each(&mut |_| {}).unwrap_err();
        assert!(error.exit_code() == 65 && error.to_string().contains("`a.csv`"), "{error}");
    }
}
