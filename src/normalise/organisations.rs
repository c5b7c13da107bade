//! The company that a row speaks of.

use super::identifiers::{email, enterprise_number, is_rounded, sector, workforce};
use super::reader::Reader;
use crate::model::{Confidential, Field, FindingKind, Location, ParkCode, Severity, Workforce};

/// What one row says of a company.
#[derive(Debug, Clone)]
pub(super) struct OrganisationRead {
    pub(super) location: Location,
    pub(super) name: Option<Confidential<String>>,
    pub(super) park: Option<ParkCode>,
    pub(super) coordinates: Option<Confidential<(f64, f64)>>,
    pub(super) sector: Option<Confidential<String>>,
    pub(super) workforce: Option<Workforce>,
    pub(super) consents: Option<bool>,
    /// There is one of these a row, and most rows say nothing more.
    more: Option<Box<More>>,
}

/// What a list of companies says of one, and a list of flows seldom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct More {
    /// Key that the source gives the company; only meaningful inside the source.
    pub(super) source_id: Option<Confidential<String>>,
    pub(super) enterprise_number: Option<Confidential<String>>,
    pub(super) contact: Option<Confidential<String>>,
    pub(super) email: Option<Confidential<String>>,
    pub(super) telephone: Option<Confidential<String>>,
    pub(super) address: Option<Confidential<String>>,
    pub(super) group: Option<Confidential<String>>,
}

static NOTHING: More = More {
    source_id: None,
    enterprise_number: None,
    contact: None,
    email: None,
    telephone: None,
    address: None,
    group: None,
};

impl OrganisationRead {
    pub(super) fn more(&self) -> &More {
        self.more.as_deref().unwrap_or(&NOTHING)
    }
}

/// Reads the company's fields of any row.
pub(super) fn read(reader: &mut Reader<'_>) -> OrganisationRead {
    let kind = FindingKind::BadEnterpriseNumber;
    let more = More {
        source_id: reader.free(Field::OrganisationId),
        enterprise_number: checked(reader, Field::EnterpriseNumber, kind, enterprise_number),
        contact: reader.free(Field::Contact),
        email: checked(reader, Field::Email, FindingKind::BadEmail, email),
        telephone: reader.free(Field::Telephone),
        address: reader.free(Field::Address),
        group: reader.free(Field::Group),
    };
    OrganisationRead {
        location: reader.row.location.clone(),
        name: reader.free(Field::Name),
        park: reader.park(),
        coordinates: coordinates(reader),
        sector: checked(reader, Field::Sector, FindingKind::BadSector, sector),
        workforce: bands(reader),
        consents: reader.yes_no(Field::Consent),
        more: (more != NOTHING).then(|| Box::new(more)),
    }
}

fn checked(
    reader: &mut Reader<'_>,
    field: Field,
    kind: FindingKind,
    check: fn(&str) -> Option<String>,
) -> Option<Confidential<String>> {
    let text = reader.text(field)?;
    let good = check(&text);
    if good.is_none() {
        let rounded = field == Field::EnterpriseNumber && is_rounded(&text);
        let kind = if rounded { FindingKind::RoundedIdentifier } else { kind };
        reader.find(Severity::Warning, kind, Some(field));
    }
    good.map(Confidential::new)
}

fn bands(reader: &mut Reader<'_>) -> Option<Workforce> {
    let cell = reader.cell(Field::Workforce)?;
    let text = cell.reveal();
    if let Some(local) = reader.lexicon.word("effectif", &text).and_then(|code| code.parse().ok()) {
        return Some(local);
    }
    let read = workforce(&cell);
    let repaired = read.is_some_and(|(_, repaired)| repaired);
    if read.is_none() || repaired {
        let severity = if repaired { Severity::Note } else { Severity::Warning };
        reader.find(severity, FindingKind::BadWorkforce, Some(Field::Workforce));
    }
    read.map(|(band, _)| band)
}

/// Degrees; both or none, and not the null island that empty exports give.
fn coordinates(reader: &mut Reader<'_>) -> Option<Confidential<(f64, f64)>> {
    let (latitude, longitude) = (reader.text(Field::Latitude), reader.text(Field::Longitude));
    if latitude.is_none() && longitude.is_none() {
        return None;
    }
    let degrees = |text: Option<String>| text?.trim().replace(',', ".").parse::<f64>().ok();
    let read = degrees(latitude).zip(degrees(longitude)).filter(|(latitude, longitude)| {
        (-90.0..=90.0).contains(latitude)
            && (-180.0..=180.0).contains(longitude)
            && (latitude.abs() > f64::EPSILON || longitude.abs() > f64::EPSILON)
    });
    if read.is_none() {
        reader.find(Severity::Warning, FindingKind::BadCoordinates, Some(Field::Latitude));
    }
    read.map(Confidential::new)
}
