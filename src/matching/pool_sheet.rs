//! Sheets of the animators' workbook beside the list: pools, and buyers to look for.

use super::known::Known;
use super::pooling::{Kind, Pool, Wanted};
use super::workbook::NamedMatches;
use crate::model::{Category, Direction, OrgId, Organisation};
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Adds both sheets.
pub(super) fn add(workbook: &mut Workbook, list: &NamedMatches<'_>) -> Result<(), XlsxError> {
    add_pools(workbook.add_worksheet().set_name("Regroupements")?, list, list.pools)?;
    add_wanted(workbook.add_worksheet().set_name("Débouchés recherchés")?, list.known, list.wanted)
}

fn head(sheet: &mut Worksheet, headings: &[(&str, f64)]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_text_wrap();
    for (column, (heading, width)) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, *heading, &bold)?;
        sheet.set_column_width(column, *width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

fn add_pools(sheet: &mut Worksheet, list: &NamedMatches<'_>, pools: &[Pool]) -> Result<(), XlsxError> {
    head(
        sheet,
        &[
            ("Regroupement / Pool", 14.0),
            ("Sens / Direction", 12.0),
            ("Catégorie / Category", 26.0),
            ("Groupe de la liste des déchets / Group of the List of Waste", 16.0),
            ("Total (kg/an)", 13.0),
            ("Entreprise / Company", 28.0),
            ("Contact", 22.0),
            ("Courriel / E-mail", 28.0),
            ("Description", 40.0),
            ("Part du membre / Share (kg/an)", 14.0),
            ("Partenaire possible / Possible partner", 28.0),
            ("Quantité du partenaire / Partner’s amount (kg/an)", 16.0),
            ("Consentement / Consent", 26.0),
        ],
    )?;
    let companies: BTreeMap<&OrgId, &Organisation> =
        list.organisations.iter().map(|organisation| (&organisation.id, organisation)).collect();
    let mut row = 0;
    for (number, pool) in (1_u32..).zip(pools) {
        let partner = pool.partner.as_ref().and_then(|(id, kg)| Some((list.known.flow(id)?, *kg)));
        for (id, kg) in &pool.members {
            let Some(flow) = list.known.flow(id) else { continue };
            row += 1;
            let company = companies.get(&flow.organisation);
            let text = |value: Option<&crate::model::Confidential<String>>| {
                value.map(|text| text.reveal().clone()).unwrap_or_default()
            };
            sheet.write_number(row, 0, number)?;
            sheet.write_string(
                row,
                1,
                if pool.direction == Direction::Output { "offres / offers" } else { "demandes / requests" },
            )?;
            kind(sheet, row, 2, &pool.kind)?;
            kilograms(sheet, row, 4, pool.total_kg)?;
            sheet.write_string(row, 5, text(company.map(|one| &one.name)))?;
            sheet.write_string(row, 6, text(company.and_then(|one| one.contact.as_ref())))?;
            sheet.write_string(row, 7, text(company.and_then(|one| one.email.as_ref())))?;
            sheet.write_string(row, 8, flow.description.reveal())?;
            kilograms(sheet, row, 9, *kg)?;
            if let Some((partner, kg)) = partner {
                let company = companies.get(&partner.organisation);
                sheet.write_string(row, 10, text(company.map(|one| &one.name)))?;
                kilograms(sheet, row, 11, kg)?;
            }
            if flow.confidentiality == crate::model::Confidentiality::Confidential {
                sheet.write_string(row, 12, "à demander à ce membre / ask this member")?;
            }
        }
    }
    sheet.autofilter(0, 0, row.max(1), 12)?;
    Ok(())
}

fn add_wanted(sheet: &mut Worksheet, known: &Known<'_>, wanted: &[Wanted]) -> Result<(), XlsxError> {
    head(
        sheet,
        &[
            ("Catégorie / Category", 30.0),
            ("Groupe de la liste des déchets / Group of the List of Waste", 18.0),
            ("Sans preneur / Without taker (kg/an)", 16.0),
            ("Offres / Offers", 10.0),
            ("Offres de quantité inconnue / Offers of unknown amount", 16.0),
            ("Secteurs probables (SCIAN) / Likely sectors (NAICS)", 24.0),
        ],
    )?;
    let sectors = known.likely_receivers();
    let mut row = 0;
    for one in wanted {
        row += 1;
        kind(sheet, row, 0, &one.kind)?;
        kilograms(sheet, row, 2, one.kg)?;
        count(sheet, row, 3, one.offers)?;
        count(sheet, row, 4, one.unknown)?;
        if let Some(sectors) = sectors.get(&one.kind) {
            sheet.write_string(row, 5, sectors.join(", "))?;
        }
    }
    sheet.autofilter(0, 0, row.max(1), 5)?;
    Ok(())
}

fn kind(sheet: &mut Worksheet, row: u32, column: u16, kind: &Kind) -> Result<(), XlsxError> {
    sheet.write_string(row, column, kind.0.map_or("inconnue / unknown", Category::title_fr))?;
    sheet.write_string(row, column + 1, kind.1.as_deref().unwrap_or_default())?;
    Ok(())
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a workbook holds doubles: exact to 9 million million kilograms"
)]
fn kilograms(sheet: &mut Worksheet, row: u32, column: u16, kg: i64) -> Result<(), XlsxError> {
    sheet.write_number(row, column, kg as f64)?;
    Ok(())
}

fn count(sheet: &mut Worksheet, row: u32, column: u16, count: usize) -> Result<(), XlsxError> {
    sheet.write_number(row, column, u32::try_from(count).unwrap_or(u32::MAX))?;
    Ok(())
}
