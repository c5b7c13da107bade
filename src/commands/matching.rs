//! `maillage match`: the matching engine alone, on two files.

use super::files;
use super::read::Nowhere;
use crate::config::Objective;
use crate::engine::Columns;
use crate::error::{Exit, Failure};
use crate::matching::{self, Feasibility, Interval, Known, Portfolio, feasibility};
use crate::model::{Finding, Flow, FlowId, Missing, Part, Reason, Severity};
use crate::pipeline::{self, Matched};
use crate::{clock, config, store};
use arrow::array::AsArray as _;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// File of offers: csv, json, Parquet or workbook, whatever its ending; its headings name the fields, French or English (description, quantité, unité…)
    #[arg(long)]
    pub offers: PathBuf,
    /// File of requests
    #[arg(long)]
    pub requests: PathBuf,
    /// Table to write: .csv, .parquet or .xlsx; it names companies when the files do
    #[arg(long)]
    pub output: PathBuf,
    /// Pipeline whose parks, local words and weights are used
    #[arg(long)]
    pub pipeline: Option<PathBuf>,
    /// Most partners kept for one flow (default: that of the settings)
    #[arg(long)]
    pub top: Option<u32>,
    /// Lowest score, percent (default: that of the settings)
    #[arg(long)]
    pub minimum: Option<u32>,
    /// What the plan that counts each kilogram once gains the most of (default: that of the settings)
    #[arg(long, value_enum)]
    pub objective: Option<ObjectiveFlag>,
    /// Memory of the search, MiB; what does not fit waits on disk beside the output (default: that of the settings)
    #[arg(long, value_parser = clap::value_parser!(u32).range(64..))]
    pub memory: Option<u32>,
    /// Day that availability is compared with (default: today)
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
}

/// The objective, as a flag.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[expect(missing_docs, reason = "the names are those of the setting, and a comment would be shown as help")]
pub enum ObjectiveFlag {
    Mass,
    Emissions,
    Money,
}

/// Matches, writes, and says how many.
#[must_use]
pub fn run(arguments: &Arguments) -> Exit {
    match matched(arguments) {
        Ok(said) => {
            println!("{said}");
            Exit::Done
        }
        Err(failure) => {
            eprintln!("{}", failure.message);
            failure.exit
        }
    }
}

fn matched(arguments: &Arguments) -> Result<String, Failure> {
    let form = Form::of(&arguments.output)?;
    files::must_have_folder(&arguments.output)?;
    two_files(&arguments.offers, &arguments.requests, &arguments.output)?;
    let base = match &arguments.pipeline {
        Some(path) => Some(super::check::loaded(path).ok_or_else(|| {
            Failure::message(Exit::Settings, "help: mend the settings, or leave out --pipeline".to_owned())
        })?),
        None => None,
    };
    let mut settings = config::alone(&arguments.offers, &arguments.requests, base);
    let matching = &mut settings.settings.matching;
    matching.top_per_flow = arguments.top.unwrap_or(matching.top_per_flow);
    matching.minimum_score_percent = arguments.minimum.unwrap_or(matching.minimum_score_percent);
    matching.objective = match arguments.objective {
        None => matching.objective,
        Some(ObjectiveFlag::Mass) => Objective::Mass,
        Some(ObjectiveFlag::Emissions) => Objective::Emissions,
        Some(ObjectiveFlag::Money) => Objective::Money,
    };
    let limits = &mut settings.settings.limits;
    limits.engine_memory_mib = arguments.memory.unwrap_or(limits.engine_memory_mib);
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let worker = config::executable().map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(&error))?;
    let as_of = arguments.as_of.unwrap_or_else(clock::today);
    // Working files lie where the table will: its owner chose a disk that may hold them.
    let output = std::path::absolute(&arguments.output).unwrap_or_else(|_| arguments.output.clone());
    let folder = output.parent().unwrap_or(Path::new("/"));
    let matched = runtime.block_on(pipeline::match_alone(&settings, worker, &Nowhere, folder, as_of))?;
    let bytes = match form {
        Form::Workbook => pipeline::matched_workbook(&settings, &matched, folder, as_of)?,
        Form::Csv => csv_bytes(&table(&matched, &settings, as_of)?).map_err(|error| failed(&error))?,
        Form::Parquet => {
            parquet_bytes(&table(&matched, &settings, as_of)?).map_err(|error| failed(&error))?
        }
    };
    // The table may name companies: its owner reads it, nobody else.
    store::write_atomic(&output, &bytes, 0o600).map_err(|error| {
        Failure::message(
            Exit::Failed,
            format!(
                "`{}` cannot be written: {error}\nhelp: choose another place for --output",
                arguments.output.display()
            ),
        )
    })?;
    eprint!("{}", told(&matched));
    Ok(format!(
        "{} maillages / matches, {} lignes refusées / rows refused : {}\n{}",
        matched.matches.len(),
        matched.refused,
        arguments.output.display(),
        planned(&matched.portfolio, settings.settings.matching.objective),
    ))
}

/// The plan in words. Chains are no part of it.
fn planned(plan: &Portfolio, objective: Objective) -> String {
    let (kg, gain, unpriced) = (plan.total_kg, plan.gain, plan.unpriced);
    let (dollars, cents) = (gain / 100, gain % 100);
    let mut said = match objective {
        Objective::Mass => format!(
            "Au plus {kg} kg/an quand chaque kilogramme compte une fois, sans les chaînes / at most {kg} kg a year when each kilogram counts once, without chains"
        ),
        Objective::Emissions => format!(
            "Le plan qui évite le plus d’émissions : au moins {gain} kg CO2e/an, avec {kg} kg/an / the plan that avoids the most emissions: at least {gain} kg CO2e a year, with {kg} kg a year"
        ),
        Objective::Money => format!(
            "Le plan qui rapporte le plus : au moins {dollars},{cents:02} $/an, avec {kg} kg/an / the plan that gains the most: at least ${dollars}.{cents:02} a year, with {kg} kg a year"
        ),
    };
    if unpriced > 0 {
        said += &format!(
            "\n{unpriced} maillages n’y comptent pas, faute d’un prix, d’un facteur ou d’une distance (transport_cents_t_km, treatment_cents_t, start_cents) / {unpriced} matches do not count there, for want of a price, a factor or a distance"
        );
    }
    said
}

/// What kept something out of the matches, refused rows first: headings that no field has, rows,
/// and values that were not understood.
fn told(matched: &Matched) -> String {
    const MOST: usize = 20;
    let mut said = String::new();
    for (path, columns) in matched.unread.iter().filter(|(_, columns)| !columns.is_empty()) {
        let columns = columns.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        said += &format!(
            "{path} : colonnes non reconnues, donc non lues / columns not recognised, hence not read: {columns}\n"
        );
    }
    let of = |severity: Severity| matched.findings.iter().filter(move |found| found.severity == severity);
    let found: Vec<&Finding> = of(Severity::Rejection).chain(of(Severity::Warning)).collect();
    for finding in found.iter().take(MOST) {
        let (row, fr, en) = (finding.location.public(), &finding.message_fr, &finding.message_en);
        said += &format!("{row} {fr} {}\n  {en} {}\n", finding.repair_fr, finding.repair_en);
    }
    if let Some(more @ 1..) = found.len().checked_sub(MOST) {
        said += &format!("… et {more} autres constats / and {more} other findings\n");
    }
    said
}

/// Refuses what is not there, and one file given for both sides or as the output.
fn two_files(offers: &Path, requests: &Path, output: &Path) -> Result<(), Failure> {
    for (path, flag) in [(offers, "--offers"), (requests, "--requests")] {
        files::must_be_there(path, flag)?;
        if same_file(path, output) {
            let message = format!(
                "`{}` would be overwritten by the result\nhelp: choose another place for --output",
                path.display()
            );
            return Err(Failure::message(Exit::Usage, message));
        }
    }
    let length = |path: &Path| std::fs::metadata(path).map(|known| known.len()).ok();
    let same_bytes = || {
        let both = std::fs::read(offers).ok().zip(std::fs::read(requests).ok());
        both.is_some_and(|(one, other)| !one.is_empty() && one == other)
    };
    if same_file(offers, requests) || (length(offers) == length(requests) && same_bytes()) {
        let message = format!(
            "`{}` and `{}` are the same table: every offer would meet itself as a request\nhelp: give --offers the \
             rows that are offered and --requests those that are sought, each in a file of its own",
            offers.display(),
            requests.display()
        );
        return Err(Failure::message(Exit::Usage, message));
    }
    Ok(())
}

fn same_file(one: &Path, other: &Path) -> bool {
    match (std::fs::canonicalize(one), std::fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// How the table is written.
#[derive(Debug, Clone, Copy)]
enum Form {
    Csv,
    Parquet,
    Workbook,
}

impl Form {
    fn of(output: &Path) -> Result<Self, Failure> {
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

/// One interval of what a match costs and spares.
type Pick = fn(&Feasibility) -> Option<Interval>;

/// What is said of a match: the reasons of all parts, and what is missing.
struct Told {
    reasons_fr: String,
    reasons_en: String,
    missing: Vec<Missing>,
}

impl Told {
    fn new((reasons, missing): (Vec<Reason>, Vec<Missing>)) -> Self {
        let joined = |pick: fn(&Reason) -> &str| reasons.iter().map(pick).collect::<Vec<_>>().join(" ; ");
        Self { reasons_fr: joined(|one| &one.reason_fr), reasons_en: joined(|one| &one.reason_en), missing }
    }

    /// Codes of the parts that lack something, each with the thousandths by which the score could change,
    /// largest first; none when nothing is missing.
    fn lacking(&self) -> Option<String> {
        let parts: Vec<String> =
            self.missing.iter().map(|one| format!("{} {}", one.part.code(), one.swing_milli)).collect();
        (!parts.is_empty()).then(|| parts.join(" ; "))
    }
}

/// One row a match, best first: rows and numbers of both sides, score and parts in thousandths.
fn table(matched: &Matched, pipeline: &config::Pipeline, as_of: NaiveDate) -> Result<RecordBatch, Failure> {
    let flows: BTreeMap<&FlowId, &Flow> = matched.flows.iter().map(|flow| (&flow.id, flow)).collect();
    let pairs = || matched.matches.iter();
    let offers: Vec<&Flow> = pairs().map(|found| flows[&found.offer]).collect();
    let requests: Vec<&Flow> = pairs().map(|found| flows[&found.request]).collect();
    let row = |flow: &&Flow| flow.locations.first().map(|location| i64::from(location.row));
    let mut columns = Columns::default()
        .integer("rang", (1_i64..).take(offers.len()).map(Some))
        .integer("offre_ligne", offers.iter().map(row))
        .integer("demande_ligne", requests.iter().map(row))
        .text("offre_id", offers.iter().map(|flow| Some(flow.id.0.reveal())))
        .text("demande_id", requests.iter().map(|flow| Some(flow.id.0.reveal())))
        .text("genre", pairs().map(|found| Some(found.kind.code())))
        .text("type", offers.iter().map(|flow| Some(flow.flow_type.code())))
        .text(
            "categorie",
            offers.iter().zip(&requests).map(|(offer, request)| {
                offer.category.or(request.category).map(crate::model::Category::code)
            }),
        )
        .integer("note_milli", pairs().map(|found| Some(i64::from(found.score_milli))));
    for (at, part) in Part::ALL.iter().enumerate() {
        columns = columns
            .integer(&format!("{}_milli", part.code()), pairs().map(|found| found.parts[at].map(i64::from)));
    }
    let known = Known::new(&matched.organisations, &matched.flows, &pipeline.parks);
    let told: Vec<Told> =
        pairs().map(|found| Told::new(known.explain(found, &pipeline.settings.matching))).collect();
    let paid: Vec<Feasibility> = pairs()
        .zip(&offers)
        .zip(&requests)
        .map(|((found, offer), request)| {
            feasibility(found, offer, request, &pipeline.settings.matching, as_of)
        })
        .collect();
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
        .integer("kg_an_portefeuille", pairs().map(|found| found.planned_kg))
        .text("raisons_fr", told.iter().map(|one| Some(&one.reasons_fr)))
        .text("raisons_en", told.iter().map(|one| Some(&one.reasons_en)))
        .text("manque_milli", told.iter().map(Told::lacking))
        .text("question_fr", told.iter().map(|one| one.missing.first().map(|next| &next.question_fr)))
        .text("question_en", told.iter().map(|one| one.missing.first().map(|next| &next.question_en)))
        .build()
        .map_err(|error| Failure::new(Exit::Failed, &error))
}

fn csv_bytes(table: &RecordBatch) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(table.schema_ref().fields().iter().map(|field| field.name()))?;
    for row in 0..table.num_rows() {
        writer.write_record(table.columns().iter().map(|column| {
            if column.is_null(row) {
                return String::new();
            }
            match column.as_string_opt::<i32>() {
                Some(texts) => texts.value(row).to_owned(),
                None => column.as_primitive::<arrow::datatypes::Int64Type>().value(row).to_string(),
            }
        }))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn parquet_bytes(table: &RecordBatch) -> Result<Vec<u8>, parquet::errors::ParquetError> {
    let properties = parquet::file::properties::WriterProperties::builder()
        .set_compression(parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::default()))
        .set_created_by("maillage".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, table.schema(), Some(properties))?;
    writer.write(table)?;
    writer.close()?;
    Ok(bytes)
}
