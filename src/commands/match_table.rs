//! The table of `maillage match`, written some rows at a time: it is never held whole.

use crate::config;
use crate::engine::Columns;
use crate::error::{Exit, Failure};
use crate::matching::{self, Feasibility, Found, Interval, Pair, feasibility};
use crate::model::{Flow, Missing, Part, Reason};
use crate::parallel;
use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::{Int64Type, SchemaRef};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use parquet::arrow::ArrowWriter;
use std::fs::File;
use std::io;
use std::path::Path;

/// Rows that are made at a time, on each core. Pages of Parquet end at multiples of 1,024 rows, so that how
/// many are made at a time does not show.
const ROWS: usize = 4_096;

/// How the table is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    Csv,
    Parquet,
    Workbook,
}

impl Form {
    pub(super) fn of(output: &Path) -> Result<Self, Failure> {
        match output.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            Some("xlsx") => Ok(Self::Workbook),
            _ => Err(Failure::message(
                Exit::Usage,
                format!(
                    "`{}` ends neither in .csv, .parquet nor .xlsx\nhelp: the ending of --output says how the table is written",
                    output.display()
                ),
            )),
        }
    }
}

/// The rows to be written.
pub(super) struct Rows<'a> {
    pub(super) found: &'a Found<'a>,
    pub(super) settings: &'a config::Matching,
    pub(super) as_of: NaiveDate,
}

impl Rows<'_> {
    /// Writes all of them, as csv or Parquet.
    pub(super) fn write(&self, form: Form, file: &mut File) -> io::Result<()> {
        let table = |(first, pairs): &(i64, Vec<Pair<'_>>)| {
            table(pairs, *first, self.settings, self.as_of).map_err(io::Error::other)
        };
        let mut writer = Writer::new(form, file, table(&(1, Vec::new()))?.schema())?;
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut pairs = self.found.pairs();
        let mut firsts = (1_i64..).step_by(ROWS);
        loop {
            let parts = firsts
                .by_ref()
                .take(threads)
                .map(|first| (first, pairs.by_ref().take(ROWS).collect::<Vec<_>>()));
            let parts: Vec<(i64, Vec<Pair<'_>>)> = parts.filter(|(_, pairs)| !pairs.is_empty()).collect();
            if parts.is_empty() {
                return writer.finish();
            }
            let tables = parallel::in_parts(&parts, |_, parts| parts.iter().map(table).collect::<Vec<_>>());
            for table in tables.into_iter().flatten() {
                writer.write(&table?)?;
            }
        }
    }
}

/// A file that is being written.
enum Writer<'a> {
    Csv(csv::Writer<&'a mut File>),
    Parquet(ArrowWriter<&'a mut File>),
}

impl<'a> Writer<'a> {
    fn new(form: Form, file: &'a mut File, schema: SchemaRef) -> io::Result<Self> {
        if matches!(form, Form::Csv) {
            let mut writer = csv::Writer::from_writer(file);
            writer.write_record(schema.fields().iter().map(|field| field.name()))?;
            return Ok(Self::Csv(writer));
        }
        let properties = parquet::file::properties::WriterProperties::builder()
            .set_compression(parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default()))
            .set_created_by("maillage".to_owned())
            .build();
        ArrowWriter::try_new(file, schema, Some(properties)).map(Self::Parquet).map_err(io::Error::other)
    }

    fn write(&mut self, table: &RecordBatch) -> io::Result<()> {
        let writer = match self {
            Self::Csv(writer) => writer,
            Self::Parquet(writer) => return writer.write(table).map_err(io::Error::other),
        };
        for row in 0..table.num_rows() {
            writer.write_record(table.columns().iter().map(|column| {
                if column.is_null(row) {
                    return String::new();
                }
                match column.as_string_opt::<i32>() {
                    Some(texts) => texts.value(row).to_owned(),
                    None => column.as_primitive::<Int64Type>().value(row).to_string(),
                }
            }))?;
        }
        Ok(())
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Csv(mut writer) => writer.flush(),
            Self::Parquet(writer) => writer.close().map(|_| ()).map_err(io::Error::other),
        }
    }
}

/// Writes a table that is held whole, as csv or Parquet.
pub(super) fn write_whole(table: &RecordBatch, form: Form, file: &mut File) -> io::Result<()> {
    let mut writer = Writer::new(form, file, table.schema())?;
    writer.write(table)?;
    writer.finish()
}

/// The row of a flow in its file, and the identity that the file gives it: nothing that names a company.
pub(super) fn place(flow: &Flow) -> (Option<i64>, &str) {
    (flow.locations.first().map(|location| i64::from(location.row)), flow.given_id())
}

/// One interval of what a match costs and spares.
type Pick = fn(&Feasibility) -> Option<Interval>;

/// What is said of a match, each language in one text.
struct Told {
    /// Every part by name, with its reason.
    reasons: [String; 2],
    /// What to ask, each with its part and with how much the score could change by it, largest first; none when
    /// nothing is missing.
    questions: [Option<String>; 2],
    missing: Vec<Missing>,
}

impl Told {
    fn new((reasons, missing): (Vec<Reason>, Vec<Missing>)) -> Self {
        let reasons_fr = reasons.iter().map(|one| format!("{} : {}", one.part.title_fr(), one.reason_fr));
        let reasons_en = reasons.iter().map(|one| format!("{}: {}", one.part.title_en(), one.reason_en));
        let reasons = [joined(reasons_fr), joined(reasons_en)].map(Option::unwrap_or_default);
        let asked_fr = missing.iter().map(|one| {
            let (title, swing) = (one.part.title_fr(), one.swing_milli);
            format!("{title} (jusqu’à {swing} millièmes de la note) : {}", one.question_fr)
        });
        let asked_en = missing.iter().map(|one| {
            let (title, swing) = (one.part.title_en(), one.swing_milli);
            format!("{title} (up to {swing} thousandths of the score): {}", one.question_en)
        });
        let questions = [joined(asked_fr), joined(asked_en)];
        Self { reasons, questions, missing }
    }

    /// Codes of the parts that lack something, each with the thousandths by which the score could change,
    /// largest first; none when nothing is missing.
    fn lacking(&self) -> Option<String> {
        joined(self.missing.iter().map(|one| format!("{} {}", one.part.code(), one.swing_milli)))
    }
}

/// Texts in one, as all that is listed in a cell; none when there are none.
pub(super) fn joined(texts: impl Iterator<Item = String>) -> Option<String> {
    let texts: Vec<String> = texts.collect();
    (!texts.is_empty()).then(|| texts.join(" ; "))
}

/// One row a match, from this place on in the order of the matches: rows and numbers of both sides,
/// score and parts in thousandths.
fn table(
    given: &[Pair<'_>],
    first: i64,
    settings: &config::Matching,
    as_of: NaiveDate,
) -> Result<RecordBatch, ArrowError> {
    let pairs = || given.iter().map(|pair| &pair.found);
    let offers: Vec<&Flow> = given.iter().map(Pair::offer).collect();
    let requests: Vec<&Flow> = given.iter().map(Pair::request).collect();
    let row = |flow: &&Flow| place(flow).0;
    let mut columns = Columns::default()
        .integer("rang", (first..).take(offers.len()).map(Some))
        .integer("offre_ligne", offers.iter().map(row))
        .integer("demande_ligne", requests.iter().map(row))
        .text("offre_id", offers.iter().map(|flow| Some(flow.given_id())))
        .text("demande_id", requests.iter().map(|flow| Some(flow.given_id())))
        .text("genre", pairs().map(|found| Some(found.kind.code())))
        .text("type", offers.iter().map(|flow| Some(flow.flow_type.code())))
        .text(
            "categorie",
            offers.iter().zip(&requests).map(|(offer, request)| {
                offer.category.or(request.category).map(crate::model::Category::code)
            }),
        )
        .integer("note_milli", pairs().map(|found| Some(i64::from(found.score_milli))))
        .integer("chance_milli", given.iter().map(|pair| pair.chance_milli().map(i64::from)));
    for (at, part) in Part::ALL.iter().enumerate() {
        columns = columns
            .integer(&format!("{}_milli", part.code()), pairs().map(|found| found.parts[at].map(i64::from)));
    }
    let told: Vec<Told> = given.iter().map(|pair| Told::new(pair.explain())).collect();
    let paid: Vec<Feasibility> = pairs()
        .zip(&offers)
        .zip(&requests)
        .map(|((found, offer), request)| feasibility(found, offer, request, settings, as_of))
        .collect();
    let moved: Vec<Option<Interval>> =
        given.iter().map(|pair| matching::moved_kg(&pair.found, pair.offer(), pair.request())).collect();
    let intervals: [(&str, Pick); 8] = [
        ("elimination_evitee_cents", |one| one.spared_cents),
        ("achat_evite_cents", |one| one.purchase_cents),
        ("matiere_vierge_kg_co2e", |one| one.virgin_kg_co2e),
        ("transport_kg_co2e", |one| one.haul_kg_co2e),
        ("transport_cents", |one| one.haul_cents),
        ("traitement_cents", |one| one.treatment_cents),
        ("demarrage_cents", |one| one.start_cents),
        ("transport_abordable_cents_t_km", |one| one.affordable_cents_t_km),
    ];
    for (name, pick) in intervals {
        columns = columns
            .integer(&format!("{name}_bas"), paid.iter().map(|one| pick(one).map(|(low, _)| low)))
            .integer(&format!("{name}_haut"), paid.iter().map(|one| pick(one).map(|(_, high)| high)));
    }
    let flagged: Vec<[String; 3]> = pairs()
        .zip(offers.iter().zip(&requests))
        .map(|(found, (offer, request))| {
            matching::flag_texts(&matching::flags(found, offer, request, as_of))
                .map(|text| text.replace('\n', " ; "))
        })
        .collect();
    let flag = |at: usize| flagged.iter().map(move |texts| Some(&texts[at]).filter(|text| !text.is_empty()));
    columns
        .integer(
            "seuil_elimination_cents_t_bas",
            paid.iter().map(|one| one.break_even_cents_t.map(|(low, _)| low)),
        )
        .integer(
            "seuil_elimination_cents_t_haut",
            paid.iter().map(|one| one.break_even_cents_t.and_then(|(_, high)| high)),
        )
        .text("rentable", paid.iter().map(|one| one.verdict.map(matching::Verdict::code)))
        .text(
            "accord_a_demander",
            offers.iter().zip(&requests).map(|(offer, request)| matching::consent_code(offer, request)),
        )
        .text("permis", flag(0))
        .text("recherche", flag(1))
        .text("programmes", flag(2))
        .integer("distance_m", pairs().map(|found| found.distance_m))
        .integer("kg_an", pairs().map(|found| found.mass_kg))
        .integer("kg_an_bas", moved.iter().map(|kg| kg.map(|(low, _)| low)))
        .integer("kg_an_haut", moved.iter().map(|kg| kg.map(|(_, high)| high)))
        .integer("kg_an_portefeuille", pairs().map(|found| found.planned_kg))
        .integer("kg_an_donnes", pairs().map(|found| found.given_kg))
        .text("raisons_fr", told.iter().map(|one| Some(&one.reasons[0])))
        .text("raisons_en", told.iter().map(|one| Some(&one.reasons[1])))
        .text("manque_milli", told.iter().map(Told::lacking))
        .text("question_fr", told.iter().map(|one| one.missing.first().map(|next| &next.question_fr)))
        .text("question_en", told.iter().map(|one| one.missing.first().map(|next| &next.question_en)))
        .text("questions_fr", told.iter().map(|one| one.questions[0].as_ref()))
        .text("questions_en", told.iter().map(|one| one.questions[1].as_ref()))
        .build()
}
