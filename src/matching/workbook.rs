//! `maillages.xlsx`: the animators' list, with both contacts and columns to fill.

use super::feasibility;
use super::follow_up::FollowUps;
use super::known::Known;
use super::pool_sheet;
use super::pooling::{Pool, Wanted};
use crate::config;
use crate::model::{Confidential, Confidentiality, Flow, Match, OrgId, Organisation, Park, Part, Status};
use chrono::NaiveDate;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// The workbook could not be made.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot make the workbook of the matches: {0}\nhelp: raise `matching.minimum_score_percent`, or lower `matching.top_per_flow`"
)]
pub struct WorkbookError(#[from] XlsxError);

/// What the list names: for the private state only.
#[derive(Debug, Clone, Copy)]
pub struct NamedMatches<'a> {
    /// Best first, with their keyed identifiers.
    pub matches: &'a [(&'a str, &'a Match)],
    /// Further matches that the list leaves out.
    pub unlisted: usize,
    /// Companies.
    pub organisations: &'a [Organisation],
    /// Flows.
    pub known: &'a Known<'a>,
    /// Parks.
    pub parks: &'a [Park],
    /// What was filled in before.
    pub follow_ups: &'a FollowUps,
    /// Prices of transport.
    pub settings: &'a config::Matching,
    /// Day whose levy counts.
    pub as_of: NaiveDate,
    /// Small flows that make a load together.
    pub pools: &'a [Pool],
    /// Buyers to look for.
    pub wanted: &'a [Wanted],
}

/// Sheet of the list.
pub const SHEET: &str = "Maillages";
/// Headings that the next run reads back.
pub(super) const IDENTIFIER: &str = "Identifiant";
/// Status to fill.
pub(super) const STATUS: &str = "Statut";
/// Note to fill.
pub(super) const NOTE: &str = "Note";

/// Statuses as the list of the column offers them.
pub(super) const STATUSES: [(Status, &str); 6] = [
    (Status::Potential, "potentielle"),
    (Status::Proposed, "proposée"),
    (Status::UnderDiscussion, "en discussion"),
    (Status::Trial, "à l’essai"),
    (Status::Realised, "réalisée"),
    (Status::Abandoned, "abandonnée"),
];

const README: [&str; 12] = [
    "Liste confidentielle des maillages, pour les animatrices et animateurs. Ne pas transmettre telle quelle.",
    "Confidential list of matches, for the animators. Do not pass it on as it is.",
    "Remplissez les colonnes jaunes (Statut, Note) et laissez le fichier ici : la prochaine exécution les relit.",
    "Fill the yellow columns (Statut, Note) and leave the file here: the next run reads them back.",
    "Les lignes peuvent être triées, filtrées ou supprimées; ne changez pas la colonne Identifiant.",
    "Rows may be sorted, filtered or deleted; do not change the column Identifiant.",
    "« Consentement » : l’entreprise a marqué son entrée confidentielle; demandez-lui avant de la montrer à l’autre.",
    "“Consentement”: the company marked its entry confidential; ask it before showing it to the other side.",
    "« kg/an au portefeuille » : part du maillage dans le plan qui détourne le plus quand chaque kilogramme compte une fois.",
    "“kg/an au portefeuille”: share of the match in the plan that diverts the most when each kilogram counts once.",
    "« Regroupements » : petits flux de même nature qui, ensemble, font une charge; « Débouchés recherchés » : ce que personne ne prend.",
    "“Regroupements”: small flows of one kind that make a load together; “Débouchés recherchés”: what nobody takes.",
];

/// One row a match. The same matches give the same bytes.
///
/// # Errors
/// When there are more matches than a sheet has rows.
pub fn workbook(list: &NamedMatches<'_>) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    // A fixed day, or the clock would change the bytes.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    fill(workbook.add_worksheet().set_name(SHEET)?, list)?;
    pool_sheet::add(&mut workbook, list)?;
    let sheet = workbook.add_worksheet().set_name("Lisez-moi")?;
    sheet.set_column_width(0, 110)?;
    for (row, line) in (0..).zip(README) {
        sheet.write_string(row, 0, line)?;
    }
    if list.unlisted > 0 {
        let (listed, unlisted) = (list.matches.len(), list.unlisted);
        let lines = [
            format!(
                "La feuille tient les {listed} meilleurs maillages et ceux que vous suivez; {unlisted} autres ne sont pas inscrits (réglage `matching.listed`)."
            ),
            format!(
                "The sheet holds the {listed} best matches and those that you follow; {unlisted} others are not written (setting `matching.listed`)."
            ),
        ];
        for (row, line) in (u32::try_from(README.len()).unwrap_or(u32::MAX)..).zip(lines) {
            sheet.write_string(row, 0, line)?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn headings() -> Vec<(String, f64)> {
    let mut headings: Vec<(String, f64)> = vec![
        (IDENTIFIER.to_owned(), 12.0),
        (STATUS.to_owned(), 16.0),
        (NOTE.to_owned(), 30.0),
        ("Score (%)".to_owned(), 9.0),
        ("Type".to_owned(), 13.0),
        ("Catégorie".to_owned(), 20.0),
    ];
    for side in ["Offre", "Demande"] {
        for (label, width) in [
            ("entreprise", 26.0),
            ("contact", 20.0),
            ("courriel", 26.0),
            ("téléphone", 14.0),
            ("parc", 22.0),
            ("description", 36.0),
            ("quantité", 16.0),
        ] {
            headings.push((format!("{side} : {label}"), width));
        }
    }
    headings.extend([
        ("Consentement".to_owned(), 30.0),
        ("Changé depuis l’abandon".to_owned(), 14.0),
        ("Distance (km)".to_owned(), 12.0),
        ("kg/an possibles".to_owned(), 14.0),
        ("kg/an au portefeuille".to_owned(), 14.0),
    ]);
    headings.extend(feasibility::HEADINGS.map(|(heading, width)| (heading.to_owned(), width)));
    for part in ["Matière", "Quantité", "Distance", "Période", "Condition"] {
        headings.push((format!("{part} (%)"), 10.0));
        headings.push((format!("{part} : raison"), 36.0));
    }
    headings.extend([("Ce qui manque".to_owned(), 24.0), ("Prochaine question".to_owned(), 50.0)]);
    headings
}

fn fill(sheet: &mut Worksheet, list: &NamedMatches<'_>) -> Result<(), XlsxError> {
    let head = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(Color::RGB(0x00E8_EEF2));
    let to_fill = Format::new().set_background_color(Color::RGB(0x00FF_F7CC));
    let headings = headings();
    for (column, (heading, width)) in (0..).zip(&headings) {
        sheet.write_string_with_format(0, column, heading, &head)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(1, 4)?;
    let organisations: BTreeMap<&OrgId, &Organisation> =
        list.organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
    let mut row = 0;
    for (id, found) in list.matches {
        let (Some(offer), Some(request)) = (list.known.flow(&found.offer), list.known.flow(&found.request))
        else {
            continue;
        };
        row += 1;
        let follow_up = list.follow_ups.get(*id);
        sheet.write_string(row, 0, *id)?;
        let status = follow_up.and_then(|one| one.status).map_or("", label);
        sheet.write_string_with_format(row, 1, status, &to_fill)?;
        let note = follow_up.map_or("", |one| one.note.reveal().as_str());
        sheet.write_string_with_format(row, 2, note, &to_fill)?;
        sheet.write_number(row, 3, f64::from(found.score_milli / 10))?;
        sheet.write_string(row, 4, offer.flow_type.code())?;
        let category = offer.category.or(request.category);
        sheet.write_string(row, 5, category.map_or("", crate::model::Category::title_fr))?;
        let mut column = 6;
        for flow in [offer, request] {
            let organisation = organisations.get(&flow.organisation);
            for text in side(flow, organisation.copied(), list.parks) {
                sheet.write_string(row, column, text)?;
                column += 1;
            }
        }
        sheet.write_string(row, column, consent(offer, request))?;
        column += 1;
        if follow_up.is_some_and(|one| one.status == Some(Status::Abandoned)) {
            sheet.write_string(row, column, "oui / yes")?;
        }
        if let Some(metres) = found.distance_m {
            sheet.write_number(row, column + 1, tenths(metres))?;
        }
        if let Some(kg) = found.mass_kg.and_then(|kg| i32::try_from(kg).ok()) {
            sheet.write_number(row, column + 2, f64::from(kg))?;
        }
        if let Some(kg) = found.planned_kg.and_then(|kg| i32::try_from(kg).ok()) {
            sheet.write_number(row, column + 3, f64::from(kg))?;
        }
        column += 4;
        let paid = feasibility::feasibility(found, offer, list.settings, list.as_of);
        for text in feasibility::cells(&paid) {
            sheet.write_string(row, column, text)?;
            column += 1;
        }
        let (reasons, missing) = list.known.explain(found, list.settings);
        for reason in &reasons {
            if let Some(score) = reason.score_milli {
                sheet.write_number(row, column, f64::from(score / 10))?;
            }
            sheet.write_string(row, column + 1, format!("{} / {}", reason.reason_fr, reason.reason_en))?;
            column += 2;
        }
        let parts: Vec<&str> = missing.iter().map(|one| part_title(one.part)).collect();
        sheet.write_string(row, column, parts.join(", "))?;
        if let Some(first) = missing.first() {
            sheet.write_string(row, column + 1, format!("{} / {}", first.question_fr, first.question_en))?;
        }
    }
    let bottom = row.max(1);
    let words = STATUSES.map(|(_, label)| label);
    sheet.add_data_validation(1, 1, bottom, 1, &DataValidation::new().allow_list_strings(&words)?)?;
    let columns = u16::try_from(headings.len() - 1).unwrap_or(u16::MAX);
    sheet.autofilter(0, 0, bottom, columns)?;
    Ok(())
}

fn side(flow: &Flow, organisation: Option<&Organisation>, parks: &[Park]) -> [String; 7] {
    let text =
        |value: Option<&Confidential<String>>| value.map(|text| text.reveal().clone()).unwrap_or_default();
    let park = flow.park.as_ref().or_else(|| organisation?.park.as_ref());
    let park = park.and_then(|code| parks.iter().find(|park| park.code == *code));
    [
        text(organisation.map(|one| &one.name)),
        text(organisation.and_then(|one| one.contact.as_ref())),
        text(organisation.and_then(|one| one.email.as_ref())),
        text(organisation.and_then(|one| one.telephone.as_ref())),
        park.map(|park| park.name_fr.clone()).unwrap_or_default(),
        flow.description.reveal().clone(),
        flow.quantity_as_written.reveal().clone(),
    ]
}

fn consent(offer: &Flow, request: &Flow) -> &'static str {
    let hidden = |flow: &Flow| flow.confidentiality == Confidentiality::Confidential;
    match (hidden(offer), hidden(request)) {
        (true, true) => "à demander aux deux / ask both",
        (true, false) => "à demander à l’offre / ask the offer",
        (false, true) => "à demander à la demande / ask the request",
        (false, false) => "",
    }
}

/// The label of a status.
pub(super) fn label(status: Status) -> &'static str {
    STATUSES.iter().find(|(one, _)| *one == status).map_or("", |(_, label)| label)
}

const fn part_title(part: Part) -> &'static str {
    match part {
        Part::Material => "matière",
        Part::Quantity => "quantité",
        Part::Distance => "distance",
        Part::Time => "période",
        Part::Condition => "condition",
    }
}

fn tenths(metres: i64) -> f64 {
    i32::try_from((metres + 50) / 100).map_or(f64::NAN, |tenths| f64::from(tenths) / 10.0)
}
