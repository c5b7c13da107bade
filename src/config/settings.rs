//! The shape of `pipeline.toml`. Unknown keys are errors everywhere.

use super::inputs::{Hidden, Unreadable};
use super::platform::{Http, Platform};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Text in both languages of the programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

/// A whole pipeline.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Short name: lower-case letters, digits and `-`.
    pub name: String,
    /// Languages of the portal, the first is the default; `fr` and `en` are known.
    #[serde(default = "default_languages")]
    pub languages: Vec<String>,
    /// Says on every page that the data are synthetic.
    #[serde(default)]
    pub synthetic: bool,
    /// Where rows come from.
    pub sources: Vec<Source>,
    /// Parks and zones, in published order.
    pub parks: Vec<ParkSettings>,
    /// Local words to codes, for every source: list (`sens`, `categorie`, `unite`…), then word, then code.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// When the daemon runs it.
    pub schedule: Option<Schedule>,
    /// Disclosure policy.
    #[serde(default)]
    pub disclosure: Disclosure,
    /// Matching.
    #[serde(default)]
    pub matching: Matching,
    /// Indicators.
    #[serde(default)]
    pub indicators: Indicators,
    /// What the portal says of itself.
    pub publication: Publication,
    /// When findings stop a run.
    #[serde(default)]
    pub limits: Limits,
}

/// One source of rows. Exactly one of `files`, `http` and `platform` is given.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Short name, shown in messages.
    pub name: String,
    /// What a row is: `organisations`, `flows` or `synergies`.
    pub records: Records,
    /// Paths or globs, relative to the pipeline folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Files that were written to less than this many seconds ago wait for the next run; 0: those that still
    /// change while the run looks.
    #[serde(default)]
    pub quiet_seconds: u32,
    /// What happens when a file cannot be read: `stop` the run, use what it gave to the `last` run that ended well,
    /// or `leave_out` the file; the other two are told.
    #[serde(default)]
    pub unreadable: Unreadable,
    /// A platform reached over HTTP.
    pub http: Option<Http>,
    /// A platform of a known kind.
    pub platform: Option<Platform>,
    /// Sheets to read, names or globs; empty reads every sheet whose header is recognised.
    #[serde(default)]
    pub sheets: Vec<String>,
    /// One table of several in a sheet: the name of an Excel table, or of a block of cells.
    pub table: Option<String>,
    /// One table of several in a sheet: a block of cells, for example `B20:K150`.
    pub range: Option<String>,
    /// One table of several in a sheet: the text of a cell above it; it ends at a blank row and a blank column.
    pub title: Option<String>,
    /// First header row as a person counts it; absent: found by itself.
    pub header_row: Option<u32>,
    /// Number of header rows, 1 to 3; absent: found by itself.
    pub header_rows: Option<u32>,
    /// Hidden rows, columns and sheets: `include` (and count them), `exclude`, or `refuse` the file.
    #[serde(default)]
    pub hidden: Hidden,
    /// What happens when columns are new, lost, renamed, or hold another kind of thing.
    #[serde(default)]
    pub contract: Contract,
    /// Form of text files, where it is known; what is absent is found by itself.
    #[serde(default)]
    pub text: Text,
    /// JSON pointer to the array of records, for example `/data/flux`.
    pub pointer: Option<String>,
    /// A source that may be absent: a warning instead of a failed run when its file is not there or the platform
    /// answers 404 or 410. Any other failure ends the run.
    #[serde(default)]
    pub optional: bool,
    /// Fewest rows, percent of those that it gave to the last run that ended well; with fewer the run
    /// stops with exit code 3 and the last release stays. 0: any number will do.
    #[serde(default = "default_least_percent")]
    pub least_percent: u32,
    /// Mapping file, relative to the pipeline folder; its tables are `columns`, `words`, `constants`.
    pub mapping: String,
}

/// Form of the text files of a source. What is declared always wins over what is found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Text {
    /// One ASCII character, or `tab`.
    pub delimiter: Option<String>,
    /// One ASCII character; empty: quotation marks are text.
    pub quote: Option<String>,
    /// The character before a quotation mark inside a cell; absent: the mark is doubled.
    pub escape: Option<String>,
    /// Name of the encoding, for example `utf-8`, `windows-1252`, `macintosh` or `cp850`.
    pub encoding: Option<String>,
    /// Lines at the end that hold something and are no data; absent: found by themselves.
    pub footer: Option<u32>,
}

/// What happens when the columns of a source are not those of its mapping.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// The rows are read; what changed is told.
    #[default]
    Evolve,
    /// The rows are read without new columns and without columns of another kind; both are warnings.
    Freeze,
    /// The rows of the sheet go to quarantine.
    Quarantine,
    /// The file is refused and the run ends with exit code 3; the last release stays.
    Refuse,
}

/// What the rows of a source are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Records {
    /// One row is one company.
    Organisations,
    /// One row is one offer or request.
    Flows,
    /// One row is one followed synergy.
    Synergies,
}

/// Which of day and month stands first in a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    /// `14/03/2026`
    DayFirst,
    /// `03/14/2026`
    MonthFirst,
}

/// A mapping file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Header (compared without case and accents) or json path (`organisation.nom`), to field.
    /// Of two header rows, `Group > Label` is tried before `Label`.
    pub columns: BTreeMap<String, String>,
    /// Headers that are expected and hold no field: a contract lets them pass.
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Local words to codes of this source, before those of the pipeline.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
    /// Field to value, for what a source does not say, for example `sens = "extrant"`.
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Years of two digits from this one on are of the twentieth century, for example 70; absent: none is.
    pub year_pivot: Option<u32>,
    /// Which of day and month stands first in dates of numbers alone; absent: what the other dates of the sheet
    /// say, and the day where none of them does.
    pub date_order: Option<DateOrder>,
    /// Days of a year that a daily quantity comes on; absent: 260, 52 weeks of 5 days, with a remark.
    pub days_per_year: Option<u32>,
    /// How the typed numbers of a column are written: a header of `columns`, or `*` for all others.
    #[serde(default)]
    pub numbers: BTreeMap<String, Marks>,
    /// Rows are kept only where the header has one of the values, for example `province = ["QC"]`; `*` is
    /// anything that is written, and an empty value a blank cell.
    #[serde(default)]
    pub keep: BTreeMap<String, Vec<String>>,
}

/// Code pages of DOS that may be declared, which the Encoding Standard of the web does not have: of the United
/// States, of Western Europe, of French Canada.
const DOS_PAGES: [u16; 3] = [437, 850, 863];

/// The code page of DOS that a name means: `cp850`, `ibm850` or `850`.
#[must_use]
pub fn dos_page(label: &str) -> Option<u16> {
    let label = label.trim().to_ascii_lowercase();
    let number = ["cp", "ibm"].iter().find_map(|kind| label.strip_prefix(*kind)).unwrap_or(&label);
    number.parse().ok().filter(|page| DOS_PAGES.contains(page))
}

/// The key of [`Mapping::numbers`] that stands for every column without one of its own.
pub const EVERY_COLUMN: &str = "*";

/// The value of [`Mapping::keep`] that stands for anything that is written.
pub const ANYTHING: &str = "*";

/// Marks of numbers. What is declared wins over what is found: `1,234` is then no question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// The decimal mark: `,` or `.`.
    pub decimal: String,
    /// The only mark between thousands: `.`, `,`, `'` or a space; absent: any but the decimal mark.
    pub thousands: Option<String>,
}

/// A park or zone.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParkSettings {
    /// Code used in tables and addresses: lower-case letters, digits and `-`.
    pub code: String,
    /// Name.
    pub name: Bilingual,
    /// Other spellings seen in sheets.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Degrees north (WGS 84).
    pub latitude: f64,
    /// Degrees east (WGS 84).
    pub longitude: f64,
}

/// When the daemon runs it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Five fields: minute, hour, day, month, weekday.
    pub cron: String,
    /// IANA zone, for example `America/Toronto`.
    pub zone: String,
}

/// Disclosure policy. The figures stay private: publishing them helps an attacker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Disclosure {
    /// Fewest contributing groups of a published cell.
    pub minimum_contributors: u32,
    /// p of the p % rule.
    pub p_percent: u32,
    /// Every group is an attacker that knows its own amounts, not only outsiders.
    pub insiders: bool,
    /// Companies or groups, by name, that are taken to share what they know with one another.
    pub coalitions: Vec<Vec<String>>,
    /// Days for which what was published still counts, after it was last shown: no company's level
    /// or change can be worked out from all releases of so many days together. For half of them a cell
    /// may show an older value while its change waits. At most 3650.
    pub history_days: u32,
}

impl Default for Disclosure {
    fn default() -> Self {
        Self {
            minimum_contributors: 3,
            p_percent: 15,
            insiders: true,
            coalitions: Vec::new(),
            history_days: 365,
        }
    }
}

/// What the plan of matches gains the most of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Objective {
    /// Kilograms diverted.
    #[default]
    Mass,
    /// Emissions avoided: virgin material replaced, less the haul.
    Emissions,
    /// Money: disposal and purchases spared, less haul, treatment and start, in the middle of all prices.
    Money,
}

/// Matching.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Matching {
    /// Lowest score of a potential match, percent.
    pub minimum_score_percent: u32,
    /// Lowest agreement in material, percent, of a match that counts as potential, in figures and in the
    /// plan; two materials of one category that share nothing else agree 45. Below it a match is
    /// still in the animators' list, after the others.
    pub potential_material_percent: u32,
    /// Most matches kept for one flow.
    pub top_per_flow: u32,
    /// Most matches written to the animators' list, best first; those that somebody follows are
    /// always written.
    pub listed: u32,
    /// Distance at which the distance part reaches nothing, kilometres. Pairs that are farther apart take no
    /// part in the plan; they are still matches when the rest of their score is enough.
    pub radius_km: u32,
    /// What the plan that counts each kilogram once gains the most of, over all potential pairs.
    pub objective: Objective,
    /// Load that makes a collection or a purchase worth while, kilograms a year: smaller flows of
    /// one kind are pooled up to it.
    pub pool_load_kg: u32,
    /// Farthest that the members of a pool lie from its first one, kilometres.
    pub pool_radius_km: u32,
    /// Price of transport, lowest and highest, cents a tonne-kilometre; absent: that of
    /// `tarifs_transport.csv`, dearer for a small load.
    pub transport_cents_t_km: Option<[u32; 2]>,
    /// Price of one load however far it goes (loading, waiting, unloading), lowest and highest, cents;
    /// absent: that of `tarifs_transport.csv`.
    pub load_cents: Option<[u32; 2]>,
    /// Price of treatment by category (`bois`, `metaux`…), lowest and highest, cents a tonne; absent:
    /// from nothing to the price of `tarifs_traitement.csv`, else unknown.
    pub treatment_cents_t: BTreeMap<String, [u32; 2]>,
    /// Fixed cost of starting a match, lowest and highest, cents; absent: that of `demarrage.csv`.
    pub start_cents: Option<[u32; 2]>,
    /// How much longer the way of a chain is through an operator whose place nobody told, least and most,
    /// kilometres; absent: that of `transport.csv`.
    pub operator_detour_km: Option<[u32; 2]>,
    /// Years over which the cost of starting is spread.
    pub start_years: u32,
    /// What realised synergies of the programme may add to a material part, percent of what it lacks.
    pub precedents_percent: u32,
    /// Weights of the parts (`matiere`, `quantite`, `distance`, `periode`, `condition`, `destination`,
    /// `confidentialite`), any whole numbers; a part that is left out weighs nothing.
    pub weights: BTreeMap<String, u32>,
}

impl Default for Matching {
    fn default() -> Self {
        let weights = [
            ("matiere", 50),
            ("quantite", 12),
            ("distance", 12),
            ("periode", 8),
            ("condition", 8),
            ("destination", 6),
            ("confidentialite", 4),
        ];
        Self {
            minimum_score_percent: 55,
            potential_material_percent: 50,
            top_per_flow: 5,
            listed: 20_000,
            radius_km: 50,
            objective: Objective::Mass,
            pool_load_kg: 10_000,
            pool_radius_km: 15,
            transport_cents_t_km: None,
            load_cents: None,
            treatment_cents_t: BTreeMap::new(),
            start_cents: None,
            operator_detour_km: None,
            start_years: 5,
            precedents_percent: 20,
            weights: weights.into_iter().map(|(part, weight)| (part.to_owned(), weight)).collect(),
        }
    }
}

/// Indicators.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Indicators {
    /// Folder of the SQL models, relative to the pipeline folder.
    pub models: String,
    /// Realised synergies aimed at.
    pub objective: u32,
}

impl Default for Indicators {
    fn default() -> Self {
        Self { models: "models".to_owned(), objective: 10 }
    }
}

/// What the portal says of itself. Everything here is published.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Title of the portal.
    pub title: Bilingual,
    /// One paragraph about the programme.
    pub description: Bilingual,
    /// Who publishes.
    pub publisher: String,
    /// SPDX name of the licence, for example `CC-BY-4.0`.
    pub licence: String,
    /// Address of the licence's text.
    pub licence_url: String,
    /// Public contact of the publisher (a page or a shared mailbox, not a person).
    pub contact: String,
    /// Address of the portal, with a slash at the end; each release is at `releases/` below it.
    pub base_url: String,
    /// Names that the leak gate lets through because they are public words too, each reviewed by a person.
    #[serde(default)]
    pub public_words: Vec<String>,
}

/// When findings stop a run.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Highest share of refused rows, percent; above it the run stops with exit code 3.
    pub rejected_percent: u32,
    /// Highest share of rows with a warning, percent; above it the release is published with exit code 4.
    pub warning_percent: u32,
    /// Further limits on findings; over one of them the run stops with exit code 3 and the last release stays.
    pub findings: Vec<FindingLimit>,
    /// Most cells of one workbook, Parquet file or text, or values of one page of json.
    pub workbook_cells: u64,
    /// Memory of the process that reads one workbook or Parquet file, and of the rows of any page, MiB.
    pub workbook_memory_mib: u32,
    /// Longest time that reading one workbook or Parquet file, or parsing text or json, may take, seconds.
    pub workbook_seconds: u32,
    /// Largest file, MiB.
    pub file_mib: u32,
    /// Sources that are read at the same time; each may have one process that reads a workbook.
    pub sources_at_once: u32,
    /// Threads of the query engine; absent: as many as cores.
    pub threads: Option<u32>,
    /// Memory of the query engine, MiB.
    pub engine_memory_mib: u32,
    /// Releases kept on disk; absent: all.
    pub keep_releases: Option<u32>,
}

/// A limit on findings of one severity: their number, or their share of the rows read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingLimit {
    /// Of which findings.
    pub severity: Grade,
    /// Most of them.
    pub count: Option<u32>,
    /// Most of them, percent of the rows read; a row may have several, so it may be above 100.
    pub percent: Option<u32>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// The row is kept; something is missing or was read with a remark.
    Note,
    /// The row is kept; one field counts as unknown.
    Warning,
    /// The row is in quarantine.
    Rejection,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rejected_percent: 25,
            warning_percent: 60,
            findings: Vec::new(),
            workbook_cells: 20_000_000,
            workbook_memory_mib: 512,
            workbook_seconds: 10,
            file_mib: 256,
            sources_at_once: 4,
            threads: None,
            engine_memory_mib: 1_024,
            keep_releases: None,
        }
    }
}

/// A source may lose half of its rows in a night; more is likelier to be a fault.
const fn default_least_percent() -> u32 {
    50
}

fn default_languages() -> Vec<String> {
    vec!["fr".to_owned(), "en".to_owned()]
}
