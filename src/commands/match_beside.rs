//! What `maillage match` writes beside a csv or Parquet, where the workbook has sheets: pools, buyers who are
//! wanted (ghost requests), and outlets whose need is scarce. They too name no company.

use super::files;
use super::match_table::{Form, joined, place, write_whole};
use crate::config::{self, Objective};
use crate::engine::Columns;
use crate::error::{Exit, Failure};
use crate::matching::{self, Found, Interval, Kind, Pool, Portfolio, Round, Scarce, Wanted};
use crate::model::{Category, Confidentiality, Flow, Organisation, Park};
use crate::{materials, store};
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// How the names of the files end, and what each holds, French and English.
const FILES: [(&str, &str); 3] = [
    ("regroupements", "membres de regroupements / members of pools"),
    ("recherches", "acheteurs à trouver / buyers to find"),
    ("debouches", "débouchés à agrandir / outlets to enlarge"),
];

/// Where they lie: beside the table, with its ending.
pub(super) fn places(output: &Path) -> [PathBuf; 3] {
    FILES.map(|(end, _)| {
        let mut name = output.file_stem().unwrap_or_default().to_os_string();
        name.push(format!("-{end}"));
        if let Some(ending) = output.extension() {
            name.push(".");
            name.push(ending);
        }
        output.with_file_name(name)
    })
}

/// What the tables are made of.
pub(super) struct Beside<'a> {
    pub(super) found: &'a Found<'a>,
    pub(super) portfolio: &'a Portfolio,
    pub(super) organisations: &'a [Organisation],
    pub(super) parks: &'a [Park],
    pub(super) settings: &'a config::Matching,
    pub(super) as_of: NaiveDate,
}

impl Beside<'_> {
    /// Writes the tables, each whole or not at all, with only their headings when nothing is to be told, so that
    /// none of an earlier match stays. Says where each lies and how many rows it has.
    pub(super) fn write(&self, form: Form, output: &Path) -> Result<String, Failure> {
        let failed = |error: ArrowError| Failure::new(Exit::Failed, &error);
        let tables = [self.pools(), self.wanted(), self.outlets()];
        let mut said = String::new();
        for ((table, path), (_, what)) in tables.into_iter().zip(places(output)).zip(FILES) {
            let table = table.map_err(failed)?;
            store::replace(&files::absolute(&path), 0o600, |file| write_whole(&table, form, file))
                .map_err(|error| files::not_written(&path, &error))?;
            said += &format!("{} {what} : {}\n", table.num_rows(), path.display());
        }
        Ok(said)
    }

    /// One row a member of a pool.
    fn pools(&self) -> Result<RecordBatch, ArrowError> {
        let known = self.found.known();
        let pools = self.found.pools();
        let mut members: Vec<Member<'_>> = Vec::new();
        for (number, pool) in (1..).zip(&pools) {
            let partner = pool.partner.as_ref().and_then(|(id, kg)| Some((known.flow(id)?, *kg)));
            let round = matching::round(known, pool, self.settings, self.as_of).map(Rc::new);
            let of_pool = pool.members.iter().filter_map(|(id, kg)| {
                Some(Member { number, pool, flow: known.flow(id)?, kg: *kg, partner, round: round.clone() })
            });
            members.extend(of_pool);
        }
        let all = || members.iter();
        let asked = |one: &Member<'_>| match (
            is_hidden(one.flow),
            one.partner.is_some_and(|(flow, _)| is_hidden(flow)),
        ) {
            (true, true) => Some("les_deux"),
            (true, false) => Some("membre"),
            (false, true) => Some("partenaire"),
            (false, false) => None,
        };
        let columns = kinds(
            Columns::default()
                .integer("regroupement", all().map(|one| Some(one.number)))
                .text("sens", all().map(|one| Some(one.pool.direction.code()))),
            all().map(|one| &one.pool.kind),
        )
        .integer("total_kg_an", all().map(|one| Some(one.pool.total_kg)))
        .integer("ligne", all().map(|one| place(one.flow).0))
        .text("id", all().map(|one| Some(place(one.flow).1)))
        .integer("kg_an", all().map(|one| Some(one.kg)))
        .integer("partenaire_ligne", all().map(|one| place(one.partner?.0).0))
        .text("partenaire_id", all().map(|one| Some(place(one.partner?.0).1)))
        .integer("partenaire_kg_an", all().map(|one| Some(one.partner?.1)))
        .text("accord_a_demander", all().map(asked));
        with_rounds(columns, || all().map(|one| one.round.as_deref())).build()
    }

    /// One row a kind of material that nobody takes, with who could be the buyer.
    fn wanted(&self) -> Result<RecordBatch, ArrowError> {
        let wanted = self.found.wanted(self.portfolio);
        let offered = matching::offered(self.found.known(), self.organisations, self.parks);
        let sectors = self.found.known().likely_receivers();
        let all = || wanted.iter();
        let of = |one: &Wanted| offered.get(&one.kind);
        // What rows alone call a park may be anything, an address too.
        let parks = self.parks.iter().filter(|park| park.point.is_some());
        let named: BTreeSet<&str> = parks.map(|park| park.name_fr.as_str()).collect();
        let parks = |one: &Wanted| joined(of(one)?.parks.intersection(&named).map(|park| (*park).to_owned()));
        let examples = |one: &Wanted| {
            let mut rows: Vec<i64> = of(one)?.examples.values().filter_map(|flow| place(flow).0).collect();
            rows.sort_unstable();
            joined(rows.iter().map(i64::to_string))
        };
        let likely = |one: &Wanted, name: fn(&str) -> String| {
            joined(sectors.get(&one.kind).into_iter().flatten().map(|sector| name(sector)))
        };
        let named_fr = |sector: &str| materials::taker(sector).map_or(sector, |(fr, _)| fr).to_owned();
        let named_en = |sector: &str| materials::taker(sector).map_or(sector, |(_, en)| en).to_owned();
        let may_be_told = |one: &Wanted| Some(if of(one)?.is_confidential { "non" } else { "oui" });
        kinds(
            Columns::default().integer("rang", (1..).take(wanted.len()).map(Some)),
            all().map(|one| &one.kind),
        )
        // Nothing known to be left is not the same as nothing left.
        .integer("kg_an_sans_preneur", all().map(|one| (one.offers > 0).then_some(one.kg)))
        .integer("offres", all().map(|one| whole(one.offers)))
        .integer("offres_quantite_inconnue", all().map(|one| whole(one.unknown)))
        .integer("entreprises", all().map(|one| whole(of(one)?.companies.len())))
        .text("parcs", all().map(parks))
        .text("exemples_lignes", all().map(examples))
        .text("secteurs_scian", all().map(|one| likely(one, str::to_owned)))
        .text("secteurs_fr", all().map(|one| likely(one, named_fr)))
        .text("secteurs_en", all().map(|one| likely(one, named_en)))
        .text("peut_etre_dit", all().map(may_be_told))
        .build()
    }

    /// One row a request whose need is scarce, by what the plan would gain in all.
    fn outlets(&self) -> Result<RecordBatch, ArrowError> {
        let known = self.found.known();
        let scarce = self.portfolio.scarce.iter();
        let scarce: Vec<(&Flow, &Scarce)> =
            scarce.filter_map(|one| Some((known.flow(&one.request)?, one))).collect();
        let all = || scarce.iter();
        let found: Vec<Kind> = all().map(|(flow, _)| matching::kind(flow)).collect();
        kinds(
            Columns::default()
                .integer("rang", (1..).take(scarce.len()).map(Some))
                .integer("demande_ligne", all().map(|(flow, _)| place(flow).0))
                .text("demande_id", all().map(|(flow, _)| Some(place(flow).1))),
            found.iter(),
        )
        .text("unite", all().map(|_| Some(unit(self.settings.objective))))
        .integer(
            "gain_par_tonne_centiemes",
            all().map(|(_, one)| Some(one.hundredths(self.settings.objective))),
        )
        .integer("en_attente_kg_an", all().map(|(_, one)| Some(one.waiting_kg)))
        .integer(
            "gain_total_centiemes",
            all().map(|(_, one)| Some(one.all_hundredths(self.settings.objective))),
        )
        .text("accord_a_demander", all().map(|(flow, _)| is_hidden(flow).then_some("demande")))
        .build()
    }
}

/// A member of a pool.
struct Member<'a> {
    number: i64,
    pool: &'a Pool,
    flow: &'a Flow,
    /// Its kilograms a year.
    kg: i64,
    /// Who could take or give the load, and the kilograms a year of that.
    partner: Option<(&'a Flow, i64)>,
    round: Option<Rc<Round>>,
}

/// One of the figures of a round.
type Pick = fn(&Round) -> Option<Interval>;

/// Adds what the round of each pool comes to, and why it is one.
fn with_rounds<'a, R>(columns: Columns, all: impl Fn() -> R) -> Columns
where
    R: Iterator<Item = Option<&'a Round>>,
{
    let intervals: [(&str, Pick); 3] = [
        ("transport_kg_co2e", |one| one.haul_kg_co2e),
        ("transport_cents", |one| one.haul_cents),
        ("seuil_elimination_cents_t", |one| one.break_even_cents_t),
    ];
    let mut columns = columns
        .integer("note_milli", all().map(|one| one?.score_milli.map(i64::from)))
        .integer("trajets_m", all().map(|one| one?.haul_m));
    for (name, pick) in intervals {
        columns = columns
            .integer(&format!("{name}_bas"), all().map(|one| Some(pick(one?)?.0)))
            .integer(&format!("{name}_haut"), all().map(|one| Some(pick(one?)?.1)));
    }
    columns
        .text("raison_fr", all().map(|one| Some(&one?.reason[0])))
        .text("raison_en", all().map(|one| Some(&one?.reason[1])))
        .text("question_fr", all().map(|one| Some(&one?.question[0])))
        .text("question_en", all().map(|one| Some(&one?.question[1])))
}

/// Adds what makes a kind: category, and group of the List of Waste.
fn kinds<'a>(columns: Columns, kinds: impl Iterator<Item = &'a Kind> + Clone) -> Columns {
    columns
        .text("categorie", kinds.clone().map(|kind| kind.0.map(Category::code)))
        .text("groupe", kinds.map(|kind| kind.1.as_deref()))
}

fn is_hidden(flow: &Flow) -> bool {
    flow.confidentiality == Confidentiality::Confidential
}

fn whole(count: usize) -> Option<i64> {
    i64::try_from(count).ok()
}

/// In what a plan gains.
pub(super) const fn unit(objective: Objective) -> &'static str {
    match objective {
        Objective::Mass => "kg",
        Objective::Emissions => "kg CO2e",
        Objective::Money => "$",
    }
}

#[cfg(test)]
mod tests {
    use super::places;
    use std::path::Path;

    #[test]
    fn the_tables_lie_beside_the_output_under_names_of_their_own() {
        let names = places(Path::new("a/m.v2.csv")).map(|path| path.display().to_string());
        assert_eq!(names, ["a/m.v2-regroupements.csv", "a/m.v2-recherches.csv", "a/m.v2-debouches.csv"]);
        assert_eq!(places(Path::new("m.Parquet"))[2], Path::new("m-debouches.Parquet"));
    }
}
