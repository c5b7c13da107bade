//! `maillage match`: the matching engine alone, on two files.

use super::match_beside::{self, Beside, unit};
use super::match_table::{Form, Rows};
use super::read::Nowhere;
use super::{files, table};
use crate::config::{Objective, Pipeline};
use crate::engine::Room;
use crate::error::{Exit, Failure};
use crate::matching::{Found, Interval, Known, Portfolio, hundredths, plan_money_cents};
use crate::model::{Finding, Severity};
use crate::pipeline::{self, Alone};
use crate::telemetry::{Stage, Stages};
use crate::{clock, config, store};
use chrono::NaiveDate;
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
    /// Table to write: .csv, .parquet or .xlsx; a workbook names companies when the files do, the two others give rows and numbers only, with pools, wanted buyers and outlets beside it (NAME-regroupements, NAME-recherches, NAME-debouches)
    #[arg(long)]
    pub output: PathBuf,
    /// Pipeline whose parks, local words and weights are used; without one a park is known by its name alone
    #[arg(long)]
    pub pipeline: Option<PathBuf>,
    /// Most partners kept for one flow (default: that of the settings)
    #[arg(long)]
    pub top: Option<u32>,
    /// Lowest score, percent (default: that of the settings)
    #[arg(long)]
    pub minimum: Option<u32>,
    /// What the plan that counts each kilogram once gains the most of; `tonnes` is `mass` (default: that of the settings)
    #[arg(long, value_enum)]
    pub objective: Option<ObjectiveFlag>,
    /// Lowest and highest price of a tonne-kilometre, cents (default: that of the settings, else of public sources)
    #[arg(long, value_name = "A,B", value_parser = cents)]
    pub transport_cents: Option<[u32; 2]>,
    /// Lowest and highest price of one load however far it goes, cents (default: likewise)
    #[arg(long, value_name = "A,B", value_parser = cents)]
    pub load_cents: Option<[u32; 2]>,
    /// Lowest and highest fixed cost of starting a match, cents (default: likewise)
    #[arg(long, value_name = "A,B", value_parser = cents)]
    pub start_cents: Option<[u32; 2]>,
    /// Memory of the search, MiB; what does not fit waits on disk beside the output (default: that of the settings)
    #[arg(long, value_parser = clap::value_parser!(u32).range(64..))]
    pub memory: Option<u32>,
    /// Day that availability is compared with (default: today)
    #[arg(long)]
    pub as_of: Option<NaiveDate>,
}

/// Lowest and highest price of a flag, cents: `20,40`.
fn cents(text: &str) -> Result<[u32; 2], String> {
    let read = |part: &str| part.trim().parse::<u32>().ok();
    let ends = text.split_once(',').and_then(|(low, high)| Some([read(low)?, read(high)?]));
    ends.filter(|[low, high]| low <= high).ok_or_else(|| {
        "deux nombres entiers de cents, le plus bas d’abord, par exemple 20,40 / two whole numbers of cents, the lowest first, for example 20,40"
            .to_owned()
    })
}

/// The objective, as a flag.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
#[expect(missing_docs, reason = "the names are those of the setting, and a comment would be shown as help")]
pub enum ObjectiveFlag {
    #[value(alias = "tonnes")]
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
    files::must_have_folder(&arguments.output, "--output")?;
    two_files(&arguments.offers, &arguments.requests, &arguments.output)?;
    if !matches!(form, Form::Workbook) {
        for place in match_beside::places(&arguments.output) {
            files::refuse_overwrite(&place, "--output", &[&arguments.offers, &arguments.requests])?;
        }
    }
    let settings = settings(arguments)?;
    let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let worker = config::executable().map_err(|error| failed(&error))?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(&error))?;
    let as_of = arguments.as_of.unwrap_or_else(clock::today);
    // Working files lie where the table will: its owner chose a disk that may hold them.
    let output = files::absolute(&arguments.output);
    let folder = output.parent().unwrap_or(Path::new("/"));
    let mut stages = Stages::default();
    let alone = pipeline::read_alone(&settings, worker, &Nowhere, as_of, &mut stages);
    let alone = runtime.block_on(alone)?;
    stages.begin("match");
    let known = Known::new(&alone.organisations, &alone.flows, &alone.parks);
    let room = Room::new(settings.settings.limits.engine_memory_mib, folder);
    let found = runtime.block_on(Found::search(&known, &settings.settings.matching, as_of, &room));
    let mut found = found.map_err(|error| failed(&error))?;
    found.alike_first();
    stages.begin("plan");
    let portfolio = runtime.block_on(found.portfolio(&room, &|_, _| false));
    let portfolio = portfolio.map_err(|error| failed(&error))?;
    stages.begin("write");
    let matching = &settings.settings.matching;
    let objective = matching.objective;
    // The table may name companies: its owner reads it, nobody else.
    let written = match form {
        Form::Workbook => {
            let bytes = pipeline::matched_workbook(&settings, &alone, (&found, &portfolio), folder, as_of)?;
            store::write_atomic(&output, &bytes, 0o600)
        }
        Form::Csv | Form::Parquet => {
            let rows = Rows { found: &found, settings: matching, as_of };
            store::replace(&output, 0o600, |file| rows.write(form, file))
        }
    };
    written.map_err(|error| files::not_written(&arguments.output, &error))?;
    let mut beside = String::new();
    if !matches!(form, Form::Workbook) {
        let (organisations, parks) = (&alone.organisations, &alone.parks);
        let tables =
            Beside { found: &found, portfolio: &portfolio, organisations, parks, settings: matching, as_of };
        beside = tables.write(form, &arguments.output)?;
    }
    let money = match objective {
        Objective::Money => Some(plan_money_cents(&found, matching, as_of)),
        Objective::Mass | Objective::Emissions => None,
    };
    stages.end();
    eprint!("{}", told(&alone));
    let repeated = match alone.repeated {
        0 => String::new(),
        rows => format!(
            "{rows} lignes en répètent une autre de la même entreprise et comptent avec elle / rows repeat another one of the same company and count with it\n"
        ),
    };
    Ok(format!(
        "{} maillages / matches, {} lignes refusées / rows refused : {}\n{beside}{repeated}{}{}\n\n{}",
        found.len(),
        alone.refused,
        arguments.output.display(),
        planned(&portfolio, objective, money),
        outlets(&known, &portfolio, objective),
        times(stages.done()).trim_end(),
    ))
}

/// The settings of the pipeline that is named, or the usual ones, with what the flags say.
fn settings(arguments: &Arguments) -> Result<Pipeline, Failure> {
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
    matching.transport_cents_t_km = arguments.transport_cents.or(matching.transport_cents_t_km);
    matching.load_cents = arguments.load_cents.or(matching.load_cents);
    matching.start_cents = arguments.start_cents.or(matching.start_cents);
    let limits = &mut settings.settings.limits;
    limits.engine_memory_mib = arguments.memory.unwrap_or(limits.engine_memory_mib);
    Ok(settings)
}

/// How long each stage took, as `maillage status` tells it of a run.
fn times(stages: &[Stage]) -> String {
    let named = |stage: &'static str| match stage {
        "ingest" => "lecture / reading",
        "normalise" => "classement / classifying",
        "match" => "recherche / searching",
        "write" => "écriture / writing",
        other => other,
    };
    let rows = stages.iter().map(|one| [named(one.stage).to_owned(), format!("{} ms", one.wall_ms)]);
    let columns = [table::words("étape", "stage"), table::numbers("durée", "took")];
    table::lines(&columns, &rows.collect::<Vec<_>>())
}

/// The plan in words, with what it gains at the dearest and at the cheapest of all prices.
fn planned(plan: &Portfolio, objective: Objective, money: Option<Interval>) -> String {
    let (kg, gain, unpriced) = (plan.total_kg, plan.gain, plan.unpriced);
    let (least, most) = money.unwrap_or((gain, gain));
    let mut said = match objective {
        Objective::Mass => format!(
            "Au plus {kg} kg/an quand chaque kilogramme compte une fois; d’une chaîne, ce que son traitement laisse au moins / at most {kg} kg a year when each kilogram counts once; of a chain what its treatment leaves at least"
        ),
        Objective::Emissions => format!(
            "Le plan qui évite le plus d’émissions : au moins {gain} kg CO2e/an, avec {kg} kg/an / the plan that avoids the most emissions: at least {gain} kg CO2e a year, with {kg} kg a year"
        ),
        Objective::Money if kg == 0 => "Aucun maillage ne rapporte au milieu des fourchettes de prix : précisez --transport-cents, --load-cents, --start-cents, ou ce que coûte l’élimination / no match gains money in the middle of all prices: tell --transport-cents, --load-cents, --start-cents, or what disposal costs"
            .to_owned(),
        Objective::Money => format!(
            "Le plan qui rapporte le plus au milieu des fourchettes de prix : {} $/an, avec {kg} kg/an (de {} à {} $/an selon les prix) / the plan that gains the most in the middle of all prices: ${} a year, with {kg} kg a year (${} to ${}, depending on prices)",
            hundredths(gain, ','),
            hundredths(least, ','),
            hundredths(most, ','),
            hundredths(gain, '.'),
            hundredths(least, '.'),
            hundredths(most, '.'),
        ),
    };
    if plan.short > 0 {
        said += &format!(
            "\nAucun autre partage entre les chaînes et les maillages directs ne donnerait plus de {} kg/an de plus / no other share between chains and direct matches would give more than {} kg a year more",
            plan.short, plan.short
        );
    }
    if unpriced > 0 {
        said += &format!(
            "\n{unpriced} maillages n’y comptent pas, faute d’un prix, d’un facteur ou d’une distance (coût d’élimination, lieu des entreprises) / {unpriced} matches do not count there, for want of a price, a factor or a distance"
        );
    }
    if !plan.is_whole {
        said += "\nProuvé parmi les meilleurs partenaires de chaque flux seulement, car il y a trop de flux / proven among the best partners of each flow only, for there are too many flows";
    }
    said
}

/// Outlets that are told.
const OUTLETS: usize = 5;

/// The requests whose need is scarce, by their rows: those first with which the plan would gain most.
fn outlets(known: &Known<'_>, plan: &Portfolio, objective: Objective) -> String {
    let unit = unit(objective);
    let (mut french, mut english) = (Vec::new(), Vec::new());
    for scarce in plan.scarce.iter().take(OUTLETS) {
        let place = known.flow(&scarce.request).and_then(|flow| flow.locations.first());
        let row = place.map_or(0, |place| place.row);
        let [gained, all] = [scarce.hundredths(objective), scarce.all_hundredths(objective)];
        let kg = scarce.waiting_kg;
        french.push(format!(
            "ligne {row}, {} {unit}, et {} {unit} pour les {kg} kg qui attendent",
            hundredths(gained, ','),
            hundredths(all, ',')
        ));
        english.push(format!(
            "row {row}, {} {unit}, and {} {unit} for the {kg} kg that wait",
            hundredths(gained, '.'),
            hundredths(all, '.')
        ));
    }
    if french.is_empty() {
        return String::new();
    }
    let (count, french, english) = (plan.scarce.len(), french.join(" ; "), english.join("; "));
    format!(
        "\nDébouchés à agrandir : {count} demandes, ce que gagne une tonne de besoin de plus par an : {french} / outlets to enlarge: {count} requests, what one more tonne of need a year gains: {english}"
    )
}

/// What kept something out of the matches, refused rows first: headings that no field has, rows,
/// and values that were not understood.
fn told(alone: &Alone) -> String {
    let mut said = String::new();
    for (path, columns) in alone.unread.iter().filter(|(_, columns)| !columns.is_empty()) {
        let columns = columns.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        said += &format!(
            "{path} : colonnes non reconnues, donc non lues / columns not recognised, hence not read: {columns}\n"
        );
    }
    let of = |severity: Severity| alone.findings.iter().filter(move |found| found.severity == severity);
    let found: Vec<&Finding> = of(Severity::Rejection).chain(of(Severity::Warning)).collect();
    for finding in found.iter().take(pipeline::TOLD) {
        let (row, fr, en) = (finding.location.public(), &finding.message_fr, &finding.message_en);
        said += &format!("{row} {fr} {}\n  {en} {}\n", finding.repair_fr, finding.repair_en);
    }
    if let Some(more @ 1..) = alone.met.checked_sub(pipeline::TOLD) {
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

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn a_range_of_prices_keeps_its_order() {
        assert_eq!(cents("20, 40"), Ok([20, 40]));
        assert!(["", "20", "40,20", "1,2,3", "1.5,2"].iter().all(|text| cents(text).is_err()));
    }
}
