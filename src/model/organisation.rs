//! A company and the group that owns it.

use super::{Confidential, Location, ParkCode, code_enum};

/// Identity of a company inside one run: never shown, never published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrgId(pub Confidential<String>);

/// Owner or holding. Companies of one group count as one contributor; a company without a
/// known owner is its own group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub Confidential<String>);

code_enum!(
    /// Number of employees, in bands.
    Workforce, "effectif" {
        Micro = "1-4",
        Small = "5-19",
        Medium = "20-49",
        Large = "50-99",
        VeryLarge = "100-249",
        Huge = "250+",
    }
);

/// A company after duplicates are merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Organisation {
    /// Identity in this run.
    pub id: OrgId,
    /// Name as first written.
    pub name: Confidential<String>,
    /// Every other spelling met, sorted.
    pub other_names: Vec<Confidential<String>>,
    /// Québec enterprise number, ten digits, checked.
    pub enterprise_number: Option<Confidential<String>>,
    /// Person to call.
    pub contact: Option<Confidential<String>>,
    /// E-mail.
    pub email: Option<Confidential<String>>,
    /// Telephone as written.
    pub telephone: Option<Confidential<String>>,
    /// Street address as written.
    pub address: Option<Confidential<String>>,
    /// Park, when known.
    pub park: Option<ParkCode>,
    /// Degrees north and east (WGS 84), when known.
    pub coordinates: Option<Confidential<(f64, f64)>>,
    /// Activity, two to six digits of SCIAN/NAICS.
    pub sector: Option<Confidential<String>>,
    /// Employees.
    pub workforce: Option<Workforce>,
    /// Owner, itself when none is known.
    pub group: Group,
    /// Agreed in writing that its amounts may be worked out from what is published.
    pub consents: bool,
    /// Rows it was read from, sorted.
    pub locations: Vec<Location>,
}
