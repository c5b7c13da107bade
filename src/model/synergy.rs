//! A match that is followed.

use super::{Category, Confidential, Destination, FlowType, Location, Mass, OrgId, Status, code_enum};
use chrono::NaiveDate;

/// Identity of a synergy: the follow-up's own number. Never published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SynergyId(pub Confidential<String>);

code_enum!(
    /// Whether the exchange repeats.
    Recurrence, "recurrence" {
        Recurring = "recurrente",
        Once = "ponctuelle",
    }
);

code_enum!(
    /// Would it have happened without the programme?
    Attribution, "attribution" {
        /// Would not have happened.
        New = "A",
        /// Sped up.
        Accelerated = "B",
        /// Would have happened anyway.
        Anyway = "C",
    }
);

/// One dated step of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct StatusChange {
    /// The day, when it was written.
    pub on: Option<NaiveDate>,
    /// The status from that day.
    pub status: Status,
}

/// A followed synergy.
#[derive(Debug, Clone, PartialEq)]
pub struct Synergy {
    /// Identity.
    pub id: SynergyId,
    /// Who gives, when the name was recognised.
    pub supplier: Option<OrgId>,
    /// Who takes, when the name was recognised.
    pub receiver: Option<OrgId>,
    /// What flows.
    pub flow_type: FlowType,
    /// Category of what is exchanged.
    pub category: Option<Category>,
    /// Code of the List of Waste, six digits.
    pub material_code: Option<String>,
    /// Free text.
    pub description: Confidential<String>,
    /// Status today.
    pub status: Status,
    /// Dated history, oldest first.
    pub history: Vec<StatusChange>,
    /// Whether it repeats.
    pub recurrence: Option<Recurrence>,
    /// Realised kilograms a year.
    pub mass: Option<Mass>,
    /// Where the flow went before.
    pub previous_destination: Destination,
    /// Road distance, metres.
    pub distance_m: Option<i64>,
    /// Investment, cents of CAD.
    pub investment_cents: Option<Confidential<i64>>,
    /// Revenue of the supplier, cents of CAD a year.
    pub revenue_cents: Option<Confidential<i64>>,
    /// Declared full-time jobs, in tenths.
    pub jobs_tenths: Option<i64>,
    /// Attribution class.
    pub attribution: Option<Attribution>,
    /// Reason when abandoned.
    pub abandon_reason: Option<Confidential<String>>,
    /// Rows it was read from.
    pub locations: Vec<Location>,
}
