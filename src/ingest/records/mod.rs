//! Pages to rows under known fields.

mod rows;
mod sheets;

pub(super) use rows::{Shared, put};
pub(super) use sheets::{Body, seen};

use super::budget::Budget;
use super::contract::{Change, Misfits, Promise, Seen};
use super::dialect::{self, Dialect};
use super::encoding::Text;
use super::filter::Filter;
use super::header::{self, Known, Layout};
use super::laid::Laid;
use super::page::Page;
use super::sniff::{Kind, sniff};
use super::table::{Gathered, Sheet};
use super::window::Window;
use super::{Context, IngestError, delimited, json, returned, workbook};
use crate::config::{Contract, EVERY_COLUMN, Mapping, Records, Source};
use crate::model::{Field, Finding, FindingKind, Location, RawRow, Subject, fold};
use std::collections::BTreeMap;
use std::str::FromStr as _;

/// How many rows of a csv file are tried under each delimiter.
const TRIED_ROWS: usize = 80;

/// Reads the pages of one source.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    pub(super) context: &'a Context<'a>,
    pub(super) known: Known,
    pub(super) promise: Promise<'a>,
    /// Folded json path to field.
    pub(super) paths: BTreeMap<String, Field>,
    /// Folded json path to what keeps a record.
    pub(super) kept_paths: BTreeMap<String, Filter>,
    constants: Vec<(Field, String)>,
    sheets: Vec<glob::Pattern>,
    window: Window,
    pub(super) expected: String,
    subject: Subject,
    /// The decimal mark that is declared for quantities, or a point.
    decimal: char,
}

/// What one page gave.
#[derive(Default)]
pub(super) struct PageRead {
    pub(super) rows: Vec<RawRow>,
    /// Records of the page before any filter.
    pub(super) records: usize,
    /// What was met while reading.
    pub(super) findings: Vec<Finding>,
    /// How its tables lie in it.
    pub(super) laid: Vec<Laid>,
    /// The page as json, when it was.
    pub(super) json: Option<serde_json::Value>,
    /// Whether it is a quarantine workbook that was given back.
    pub(super) returned: bool,
    /// Sheets of such a workbook.
    pub(super) sheets: returned::Sheets,
}

impl<'a> Reader<'a> {
    /// Checks the mapping.
    pub(super) fn new(
        source: &'a Source,
        mapping: &'a Mapping,
        context: &'a Context<'a>,
    ) -> Result<Self, IngestError> {
        let field = |code: &str| {
            Field::from_str(code).map_err(|unknown| {
                IngestError::settings(
                    &source.name,
                    format!("`{}` maps to `{code}`, which is no field", source.mapping),
                    format!("write one of: {}", unknown.accepted.join(", ")),
                )
            })
        };
        let mut columns = Vec::new();
        for (header, code) in &mapping.columns {
            columns.push((header.as_str(), field(code)?));
        }
        let mut constants = Vec::new();
        for (code, value) in &mapping.constants {
            constants.push((field(code)?, value.clone()));
        }
        let sheets = source.sheets.iter().map(|name| {
            glob::Pattern::new(name).or_else(|_| glob::Pattern::new(&glob::Pattern::escape(name))).map_err(
                |_| {
                    IngestError::settings(
                        &source.name,
                        "an entry of `sheets` is not a pattern",
                        "use `*` and `?` only",
                    )
                },
            )
        });
        let kept = mapping.keep.iter().map(|(header, values)| (header.as_str(), values.as_slice()));
        let mut quantities = columns.iter().filter(|(_, field)| field.is_quantity());
        let marks = quantities.find_map(|(header, _)| mapping.numbers.get(*header));
        let marks = marks.or_else(|| mapping.numbers.get(EVERY_COLUMN));
        Ok(Self {
            decimal: marks.and_then(|marks| marks.decimal.chars().next()).unwrap_or('.'),
            source,
            context,
            known: Known::new(columns.iter().copied(), kept),
            promise: Promise { mapped: columns.clone(), ignored: &mapping.ignore },
            paths: columns.iter().map(|(header, field)| (fold(header), *field)).collect(),
            kept_paths: mapping
                .keep
                .iter()
                .map(|(header, values)| (fold(header), Filter::new(values)))
                .collect(),
            constants,
            sheets: sheets.collect::<Result<_, _>>()?,
            window: Window::new(source)?,
            expected: mapping
                .columns
                .keys()
                .map(|header| format!("`{header}`"))
                .collect::<Vec<_>>()
                .join(", "),
            subject: match source.records {
                Records::Organisations => Subject::Organisations,
                Records::Flows => Subject::Flows,
                Records::Synergies => Subject::Synergies,
            },
        })
    }

    /// Rows of one page, in its own order.
    pub(super) async fn read(&self, page: &Page) -> Result<PageRead, IngestError> {
        let budget = Budget::new(&self.context.limits);
        match sniff(page, self.source.text.encoding.as_deref(), &budget)? {
            Kind::Json(value) => self.json(page, value),
            Kind::Text(text) => self.text(page, &text, &budget),
            Kind::Workbook(kind) => {
                let Gathered { sheets, remarks } = workbook::read(page, kind, self.context).await?;
                if returned::is_one(&sheets) {
                    return self.returned(page, &sheets);
                }
                let wanted: Vec<&Sheet> = sheets.iter().filter(|sheet| self.wants(sheet)).collect();
                if wanted.is_empty() && !self.sheets.is_empty() {
                    return Err(IngestError::unreadable(
                        &page.place,
                        format!("none of its {} sheets has a name that `sheets` asks for", sheets.len()),
                        "correct `sheets` of the source, or leave it out to read every sheet with known headers",
                    ));
                }
                let mut read = self.sheets(page, &wanted)?;
                let lost = remarks.iter().map(|(sheet, remark)| {
                    let sheet = sheet.as_ref().map(|name| name.reveal().as_str());
                    remark.finding(&self.source.name, &page.label, sheet)
                });
                read.findings.extend(lost);
                Ok(read)
            }
        }
    }

    /// Tells what is not as promised, and does what the contract says about it.
    pub(super) fn keep_promise(
        &self,
        page: &Page,
        sheet: Option<&String>,
        seen: &[Seen],
        rows: &mut [RawRow],
        findings: &mut Vec<Finding>,
    ) -> Result<(), IngestError> {
        let misfits = Misfits::of(rows).changes();
        let changes = self.promise.changes(seen);
        self.tell(page, &self.place(page, sheet), changes.iter().chain(&misfits), findings)?;
        let contract = self.source.contract;
        if changes.is_empty() && misfits.is_empty() {
            return Ok(());
        }
        for row in rows {
            if contract == Contract::Quarantine {
                row.held = Some(FindingKind::HeldByContract);
            } else if contract == Contract::Freeze {
                row.unmapped.retain(|cell| !changes.iter().any(|change| change.is_new(&cell.column)));
                row.cells.retain(|field, cell| {
                    !misfits.iter().any(|change| change.field == Some(*field) && change.is_of(&cell.column))
                });
            }
        }
        Ok(())
    }

    /// Tells what is not as promised of a sheet, or refuses it.
    pub(super) fn tell<'c>(
        &self,
        page: &Page,
        sheet: &Location,
        changes: impl Iterator<Item = &'c Change>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), IngestError> {
        let (all, contract) = (changes.collect::<Vec<_>>(), self.source.contract);
        if contract == Contract::Refuse && !all.is_empty() {
            let cause: Vec<String> = all.iter().map(|change| change.told()).collect();
            let (place, cause) = (page.place.clone(), cause.join("; "));
            return Err(IngestError::Contract { place, cause, sheet: None });
        }
        findings.extend(all.iter().map(|change| change.finding(sheet.clone(), contract)));
        Ok(())
    }

    /// Whether no part of a sheet is left out.
    pub(super) const fn reads_whole_sheets(&self) -> bool {
        self.window.is_whole()
    }

    /// Whether a record of json has a member that tells it from all others: what the mapping takes for that, or `id`.
    pub(super) fn has_identity(&self, record: &serde_json::Value) -> bool {
        let own = match self.subject {
            Subject::Organisations => Field::OrganisationId,
            Subject::Flows => Field::FlowId,
            Subject::Synergies => Field::SynergyId,
        };
        let is_own = |path: &str| {
            let path = fold(path);
            path == "id" || self.paths.get(&path) == Some(&own)
        };
        json::flatten(record).iter().any(|(path, cell)| is_own(path) && !cell.is_empty())
    }

    /// Settings of the source.
    pub(super) const fn source(&self) -> &Source {
        self.source
    }

    fn wants(&self, sheet: &Sheet) -> bool {
        let name = sheet.head.name.reveal();
        // What is one table has no tabs to choose from.
        self.sheets.is_empty()
            || sheet.head.rank == 0
            || self.sheets.iter().any(|wanted| wanted.matches(name) || fold(wanted.as_str()) == fold(name))
    }

    fn text(&self, page: &Page, text: &Text<'_>, budget: &Budget) -> Result<PageRead, IngestError> {
        let (mut sheet, dialect) = self.parsed(page, text, budget)?;
        if returned::is_one(std::slice::from_ref(&sheet)) {
            return self.returned(page, &[sheet]);
        }
        delimited::said(text, &dialect, &mut sheet);
        self.sheets(page, &[&sheet])
    }

    /// A text as the sheet that it is, and its form.
    pub(super) fn parsed(
        &self,
        page: &Page,
        text: &Text<'_>,
        budget: &Budget,
    ) -> Result<(Sheet, Dialect), IngestError> {
        let (rest, dialect) = self.form(&text.text);
        Ok((delimited::whole(&page.place, rest, &dialect, budget)?, dialect))
    }

    /// The text of the table, and its form: of those that are likely, from the likeliest on, the one under
    /// which most headers are known.
    pub(super) fn form<'t>(&self, text: &'t str) -> (&'t str, Dialect) {
        let (rest, dialects) = dialect::find(text, &self.source.text);
        let mut best = (0, dialects[0]);
        for dialect in dialects {
            let sheet = delimited::parse(rest, &dialect, TRIED_ROWS);
            let matched = self.header(&sheet).map_or(0, |layout| layout.matched());
            if matched > best.0 {
                best = (matched, dialect);
            }
        }
        (rest, best.1)
    }

    fn header(&self, sheet: &Sheet) -> Option<Layout> {
        match self.window.cut(sheet) {
            Some(part) => self.layout(&part),
            None if self.window.is_whole() => self.layout(sheet),
            None => None,
        }
    }

    pub(super) fn layout(&self, sheet: &Sheet) -> Option<Layout> {
        header::find(sheet, &self.known, self.source.header_row, self.source.header_rows)
    }

    pub(super) fn lost_filters(&self, page: &Page, lost: usize) -> IngestError {
        IngestError::settings(
            &self.source.name,
            format!("{lost} headers of `keep` do not stand in {}", page.place),
            format!("correct `keep` in `{}`; headers compare without case and accents", self.source.mapping),
        )
    }
}

/// Rows of one sheet under a mapping, for tests of what comes after.
#[cfg(test)]
pub(super) fn rows_of(sheet: &Sheet, mapping: &str) -> Vec<RawRow> {
    use super::trial;
    let (source, mapping, memory) =
        (trial::source("files = [\"a.csv\"]"), trial::mapping(mapping), trial::Memory::default());
    let context = trial::context(std::path::Path::new("."), &memory);
    let page =
        Page { place: super::page::Place::path("a.csv"), label: String::new(), content: Vec::new().into() };
    let reader = Reader::new(&source, &mapping, &context).unwrap();
    reader.sheets(&page, &[sheet]).unwrap().rows
}
