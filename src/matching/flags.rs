//! What a match may need or get: a permit, research, a programme. From tables with their sources;
//! what the tables do not know stays unsaid, and a programme that is over is not shown.

use super::candidates::CODES;
use super::tables;
use crate::materials;
use crate::model::{Category, Confidentiality, Flow, FlowType, Match, MatchKind};
use chrono::NaiveDate;
use std::sync::LazyLock;

/// Rules of permits, by type, hazard and code.
const PERMITS: &str = include_str!("../../pipelines/reference/permis.csv");
/// College centres of applied research, by category.
const CENTRES: &str = include_str!("../../pipelines/reference/centres_recherche.csv");
/// Programmes of support, with their days.
const PROGRAMMES: &str = include_str!("../../pipelines/reference/programmes.csv");

/// A rule that may ask for a permit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Whether it surely does; else it must be looked up for the case at hand.
    pub sure: bool,
    /// In a few words, in French.
    pub title_fr: &'static str,
    /// The same in English.
    pub title_en: &'static str,
    /// What the rule says, in French.
    pub text_fr: &'static str,
    /// The same in English.
    pub text_en: &'static str,
    /// The text of law.
    pub source: &'static str,
    types: Vec<&'static str>,
    hazardous: Option<bool>,
    codes: Vec<&'static str>,
}

/// A college centre that does applied research.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Centre {
    /// Its field, in French.
    pub field_fr: &'static str,
    /// The same in English.
    pub field_en: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The college.
    pub college: &'static str,
    /// Where it was read.
    pub source: &'static str,
    categories: Vec<&'static str>,
}

/// A programme of support.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Programme {
    /// Name in French.
    pub name_fr: &'static str,
    /// Name in English.
    pub name_en: &'static str,
    /// Who gives.
    pub body: &'static str,
    /// Last day, when it is known.
    pub last_day: Option<NaiveDate>,
    /// Where it was read.
    pub source: &'static str,
    types: Vec<&'static str>,
    categories: Vec<&'static str>,
    for_research: bool,
    first_day: Option<NaiveDate>,
    is_closed: bool,
}

impl Programme {
    /// Whether it may be asked on a day: not over, not closed, not before its first day.
    fn is_open(&self, on: NaiveDate) -> bool {
        !self.is_closed
            && self.first_day.is_none_or(|day| day <= on)
            && self.last_day.is_none_or(|day| on <= day)
    }
}

/// Why a match needs research before it can work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Research {
    /// The offer is not in the physical state that is asked for.
    State,
    /// Offer and request share their category, and no group of the List of Waste.
    Distant,
    /// The offer is hazardous.
    Hazardous,
}

impl Research {
    /// The reason, French and English.
    #[must_use]
    pub const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::State => ("changer l’état physique", "change the physical state"),
            Self::Distant => (
                "même catégorie, mais pas la même matière : un procédé est à trouver",
                "same category, but not the same material: a process is to be found",
            ),
            Self::Hazardous => ("matière dangereuse à traiter", "hazardous material to treat"),
        }
    }
}

/// What one match may need or get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags {
    /// Rules that bear on it, the sure ones first.
    pub permits: Vec<&'static Permit>,
    /// Nobody said whether the offer is hazardous, and its likeliest code does not say it either.
    pub hazard_unknown: bool,
    /// Why it needs research; empty when nothing says that it does.
    pub research: Vec<Research>,
    /// Centres in the field, when it needs research.
    pub centres: Vec<&'static Centre>,
    /// Programmes that are open for it on the day.
    pub programmes: Vec<&'static Programme>,
    /// The day.
    pub as_of: NaiveDate,
}

struct Tables {
    permits: Vec<Permit>,
    centres: Vec<Centre>,
    programmes: Vec<Programme>,
}

fn list(cell: &'static str) -> Vec<&'static str> {
    cell.split('|').filter(|part| !part.is_empty()).collect()
}

fn day(cell: &str) -> Option<NaiveDate> {
    (!cell.is_empty()).then(|| cell.parse().expect("the embedded table holds days"))
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    permits: tables::rows(PERMITS)
        .into_iter()
        .map(|row| Permit {
            sure: row[1] == "oui",
            title_fr: row[2],
            title_en: row[3],
            types: list(row[4]),
            hazardous: match row[5] {
                "oui" => Some(true),
                "non" => Some(false),
                _ => None,
            },
            codes: list(row[6]),
            text_fr: row[7],
            text_en: row[8],
            source: row[9],
        })
        .collect(),
    centres: tables::rows(CENTRES)
        .into_iter()
        .map(|row| Centre {
            categories: list(row[0]),
            field_fr: row[1],
            field_en: row[2],
            name: row[3],
            college: row[4],
            source: row[5],
        })
        .collect(),
    programmes: tables::rows(PROGRAMMES)
        .into_iter()
        .map(|row| Programme {
            name_fr: row[1],
            name_en: row[2],
            body: row[3],
            types: list(row[4]),
            categories: list(row[5]),
            for_research: row[6] == "recherche",
            first_day: day(row[7]),
            last_day: day(row[8]),
            is_closed: row[9] == "ferme",
            source: row[10],
        })
        .collect(),
});

/// Whether a flow is hazardous: as declared, else as the mark of its declared or likeliest code.
pub(super) fn hazardous(flow: &Flow) -> Option<bool> {
    let likeliest = || {
        let declared = flow.material_codes.first().map(String::as_str);
        let code = declared.or(flow.ranked_codes.first().map(|one| one.code))?;
        materials::entry(code).map(|entry| entry.hazardous)
    };
    flow.hazardous.or_else(likeliest)
}

/// Codes of a flow that count, likeliest first.
fn codes(flow: &Flow) -> impl Iterator<Item = &str> {
    flow.ranked_codes.iter().take(CODES).map(|one| one.code)
}

fn research(found: &Match, offer: &Flow, request: &Flow, hazardous: Option<bool>) -> Vec<Research> {
    if offer.flow_type != FlowType::Material {
        return Vec::new();
    }
    // What comes out of a treatment has a state of its own.
    let states = offer.state.zip(request.state).filter(|_| found.kind != MatchKind::Chain);
    let other_state = states.is_some_and(|(offered, asked)| offered != asked);
    let groups: Vec<&str> = codes(offer).filter_map(|code| code.get(..4)).collect();
    let mut asked = codes(request).filter_map(|code| code.get(..4)).peekable();
    let distant = !groups.is_empty() && asked.peek().is_some() && !asked.any(|group| groups.contains(&group));
    [
        (other_state, Research::State),
        (distant, Research::Distant),
        (hazardous == Some(true), Research::Hazardous),
    ]
    .into_iter()
    .filter_map(|(holds, why)| holds.then_some(why))
    .collect()
}

/// Whether a match needs research before it can work.
pub(super) fn needs_research(found: &Match, offer: &Flow, request: &Flow) -> bool {
    !research(found, offer, request, hazardous(offer)).is_empty()
}

/// That the table knows no open programme on a day, French and English.
pub(super) fn none_open(as_of: NaiveDate) -> (String, String) {
    (format!("aucun programme ouvert connu au {as_of}"), format!("no open programme known on {as_of}"))
}

/// What a match may need or get on a day.
#[must_use]
pub fn flags(found: &Match, offer: &Flow, request: &Flow, as_of: NaiveDate) -> Flags {
    let flow_type = offer.flow_type.code();
    let category = offer.category.or(request.category).map(Category::code);
    let hazardous = hazardous(offer);
    let bears = |permit: &&Permit| {
        permit.types.contains(&flow_type)
            && permit.hazardous.is_none_or(|of| hazardous == Some(of))
            && (permit.codes.is_empty()
                || codes(offer).take(1).any(|code| permit.codes.iter().any(|start| code.starts_with(start))))
    };
    let mut permits: Vec<&Permit> = TABLES.permits.iter().filter(bears).collect();
    permits.sort_by_key(|permit| !permit.sure);
    let research = research(found, offer, request, hazardous);
    let centres = TABLES
        .centres
        .iter()
        .filter(|centre| !research.is_empty() && category.is_some_and(|of| centre.categories.contains(&of)))
        .collect();
    let programmes = TABLES
        .programmes
        .iter()
        .filter(|one| one.is_open(as_of) && one.types.contains(&flow_type))
        .filter(|one| one.categories.is_empty() || category.is_some_and(|of| one.categories.contains(&of)))
        .filter(|one| !one.for_research || !research.is_empty())
        .collect();
    Flags {
        permits,
        hazard_unknown: hazardous.is_none() && offer.flow_type == FlowType::Material,
        research,
        centres,
        programmes,
        as_of,
    }
}

/// Whose consent must be asked before a side is shown the other's confidential entry, as a table
/// says it; none when neither is confidential.
#[must_use]
pub fn consent_code(offer: &Flow, request: &Flow) -> Option<&'static str> {
    let hidden = |flow: &Flow| flow.confidentiality == Confidentiality::Confidential;
    match (hidden(offer), hidden(request)) {
        (true, true) => Some("les_deux"),
        (true, false) => Some("offre"),
        (false, true) => Some("demande"),
        (false, false) => None,
    }
}

/// Headings of the columns that [`cells`] fills, and their widths.
pub(super) const HEADINGS: [(&str, f64); 3] = [
    ("Permis / Permit", 40.0),
    ("Recherche à faire / Research needed", 40.0),
    ("Programmes à vérifier / Programmes to look at", 40.0),
];

/// Every rule of permits, whatever the match.
pub(super) fn all_permits() -> &'static [Permit] {
    &TABLES.permits
}

/// Every college centre.
pub(super) fn all_centres() -> &'static [Centre] {
    &TABLES.centres
}

/// The programmes that are open on a day.
pub(super) fn open_programmes(on: NaiveDate) -> impl Iterator<Item = &'static Programme> {
    TABLES.programmes.iter().filter(move |one| one.is_open(on))
}

impl Permit {
    /// Whether it is needed, French and English.
    pub(super) const fn needed(&self) -> (&'static str, &'static str) {
        if self.sure { ("oui", "yes") } else { ("à vérifier", "to check") }
    }
}

impl Programme {
    /// Its last day, French and English.
    pub(super) fn until(&self) -> (String, String) {
        match self.last_day {
            Some(day) => (format!("jusqu’au {day}"), format!("until {day}")),
            None => ("fin inconnue : à vérifier".to_owned(), "end unknown: to check".to_owned()),
        }
    }
}

/// Permits, research and programmes of a match, one a line, French then English; blank when nothing
/// is known of permits and research, and said when no programme is. Titles only: their texts and sources
/// stand in the tables, and on a sheet of the workbook.
#[must_use]
pub fn cells(flags: &Flags) -> [String; 3] {
    let mut permits: Vec<String> = flags
        .permits
        .iter()
        .map(|permit| {
            let (french, english) = permit.needed();
            format!("{french} : {} / {english}: {}", permit.title_fr, permit.title_en)
        })
        .collect();
    if flags.hazard_unknown {
        permits.push("inconnu : est-ce dangereux ? / unknown: is it hazardous?".to_owned());
    }
    let why = flags.research.iter().map(|why| {
        let (french, english) = why.texts();
        format!("{french} / {english}")
    });
    let centres = flags.centres.iter().map(|centre| format!("→ {} ({})", centre.name, centre.college));
    let mut programmes: Vec<String> = flags
        .programmes
        .iter()
        .map(|programme| {
            let (until_fr, until_en) = programme.until();
            format!("{} / {} ({until_fr} / {until_en})", programme.name_fr, programme.name_en)
        })
        .collect();
    if programmes.is_empty() {
        let (french, english) = none_open(flags.as_of);
        programmes.push(format!("{french} / {english}"));
    }
    [permits.join("\n"), why.chain(centres).collect::<Vec<_>>().join("\n"), programmes.join("\n")]
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, flow, search};
    use super::{Research, TABLES, cells, flags};
    use crate::model::{Category, Direction, Flow, FlowType, RankedCode, State};
    use chrono::NaiveDate;

    fn coded(flow: &mut Flow, code: &'static str) {
        flow.ranked_codes = vec![RankedCode { code, confidence_milli: 900 }];
    }

    fn pair() -> [Flow; 2] {
        [
            flow("1", "a", Direction::Output, "palettes de bois"),
            flow("2", "b", Direction::Input, "palettes de bois"),
        ]
    }

    fn of(flows: &[Flow; 2], as_of: NaiveDate) -> super::Flags {
        let found = search(flows).pop().expect("the pair matches");
        flags(&found, &flows[0], &flows[1], as_of)
    }

    #[test]
    fn every_row_has_a_text_a_source_and_days_in_order() {
        assert!(TABLES.permits.iter().all(|one| !one.text_fr.is_empty() && !one.source.is_empty()));
        assert!(TABLES.centres.iter().all(|one| !one.name.is_empty() && !one.source.is_empty()));
        for one in &TABLES.programmes {
            assert!(!one.source.is_empty());
            assert!(one.first_day.zip(one.last_day).is_none_or(|(first, last)| first <= last));
        }
        let categories = TABLES.centres.iter().flat_map(|one| &one.categories);
        for category in categories.chain(TABLES.programmes.iter().flat_map(|one| &one.categories)) {
            assert!(category.parse::<Category>().is_ok(), "{category}");
        }
        let types = TABLES.permits.iter().flat_map(|one| &one.types);
        for flow_type in types.chain(TABLES.programmes.iter().flat_map(|one| &one.types)) {
            assert!(flow_type.parse::<FlowType>().is_ok(), "{flow_type}");
        }
    }

    #[test]
    fn hazard_and_code_decide_which_rule_of_permits_bears() {
        let mut flows = pair();
        let sources = |flows: &[Flow; 2]| -> String {
            of(flows, day()).permits.iter().map(|permit| permit.source).collect::<Vec<_>>().join("|")
        };
        let shown = |flows: &[Flow; 2]| cells(&of(flows, day()))[0].clone();
        assert!(sources(&flows).contains("a. 22 al. 1 (8°)") && !sources(&flows).contains("70.9"));
        assert!(shown(&flows).starts_with("à vérifier : installation de valorisation / to check:"));
        flows[0].hazardous = Some(true);
        assert!(shown(&flows).starts_with("oui : matières dangereuses") && sources(&flows).contains("70.9"));
        flows[0].hazardous = None;
        assert!(shown(&flows).contains("inconnu"), "{}", shown(&flows));
        // The mark of the code says what nobody declared.
        coded(&mut flows[0], "170204");
        assert!(sources(&flows).contains("70.9") && !shown(&flows).contains("inconnu"));
        for (code, title) in [
            ("170503", "sols contaminés"),
            ("170204", "bois traité"),
            ("170204", "entreposage"),
            ("020304", "si composté"),
            ("190805", "si épandu"),
        ] {
            coded(&mut flows[0], code);
            assert!(shown(&flows).contains(title), "{code}: {}", shown(&flows));
        }
        coded(&mut flows[0], "020202");
        assert!(
            sources(&flows).contains("P-29") && shown(&flows).starts_with("oui : viandes non comestibles")
        );
    }

    #[test]
    fn another_state_or_group_needs_research_and_names_the_centre_of_the_field() {
        let mut flows = pair();
        assert!(of(&flows, day()).research.is_empty() && of(&flows, day()).centres.is_empty());
        flows[1].state = Some(State::Liquid);
        let found = of(&flows, day());
        assert_eq!(found.research, [Research::State]);
        let shown = &cells(&found)[1];
        assert!(shown.contains("SEREX") && shown.contains("CTTÉI") && !shown.contains("Coalia"), "{shown}");
        flows[1].state = Some(State::Solid);
        coded(&mut flows[0], "030105");
        coded(&mut flows[1], "150103");
        assert_eq!(of(&flows, day()).research, [Research::Distant]);
        coded(&mut flows[1], "030101");
        assert!(of(&flows, day()).research.is_empty());
    }

    #[test]
    fn a_programme_is_shown_on_its_days_only_and_an_unknown_end_is_said() {
        let flows = pair();
        let on = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let shown = |as_of| cells(&of(&flows, as_of))[2].clone();
        assert!(shown(on(2026, 9, 30)).contains("Écoleader"));
        assert!(shown(on(2026, 9, 30)).contains("jusqu’au 2026-09-30"));
        assert!(!shown(on(2026, 10, 1)).contains("Écoleader"), "it is over");
        assert!(!shown(on(2023, 12, 31)).contains("Écoleader"), "it has not begun");
        assert!(!shown(on(2026, 9, 30)).contains("2e édition"), "closed, whatever the day");
        let mut shared = pair();
        for flow in &mut shared {
            flow.flow_type = FlowType::Equipment;
        }
        assert_eq!(
            cells(&of(&shared, on(2026, 12, 1)))[2],
            "aucun programme ouvert connu au 2026-12-01 / no open programme known on 2026-12-01"
        );
        // Rows without a last day are shown, and say so.
        assert!(
            shown(on(2026, 12, 1)).starts_with("ESSOR") && shown(on(2026, 12, 1)).contains("fin inconnue")
        );
        let mut organic = pair();
        for flow in &mut organic {
            flow.category = Some(Category::Organic);
        }
        let text = cells(&of(&organic, day()))[2].clone();
        assert!(text.contains("dans les ICI") && text.contains("fin inconnue"), "{text}");
    }
}
