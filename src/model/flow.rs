//! Offers and requests.

use super::{Amount, Category, Confidential, Location, Mass, OrgId, ParkCode, code_enum};
use chrono::NaiveDate;

/// Identity of a flow inside one run: its own number when the source gives one, or
/// `source:row`. Never published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub Confidential<String>);

code_enum!(
    /// Offer or request.
    Direction, "sens" {
        /// What a company has too much of (offer).
        Output = "extrant",
        /// What a company needs (request).
        Input = "intrant",
    }
);

code_enum!(
    /// What flows.
    FlowType, "type" {
        Material = "matiere",
        Energy = "energie",
        Water = "eau",
        Equipment = "equipement",
        Labour = "main_oeuvre",
        Expertise = "expertise",
        Space = "espace",
        Transport = "transport",
    }
);

code_enum!(
    /// How often the quantity comes.
    Frequency, "frequence" {
        Once = "ponctuel",
        Daily = "jour",
        Weekly = "semaine",
        Monthly = "mois",
        Quarterly = "trimestre",
        Yearly = "an",
    }
);

code_enum!(
    /// Physical state.
    State, "etat" {
        Solid = "solide",
        Liquid = "liquide",
        Sludge = "boue",
        Gas = "gaz",
    }
);

code_enum!(
    /// Where the flow goes today.
    Destination, "destination_actuelle" {
        Landfill = "enfouissement",
        Incineration = "incineration",
        Recycling = "recyclage",
        Composting = "compostage",
        Reuse = "reemploi",
        Storage = "entreposage",
        Unknown = "inconnue",
    }
);

code_enum!(
    /// Who may see the entry inside the network. Nothing at company level is ever published.
    Confidentiality, "confidentialite" {
        Public = "publique",
        Network = "reseau",
        /// Matched, but not shown to the other side before consent.
        Confidential = "confidentielle",
    }
);

/// A code of the List of Waste with how far it can be believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RankedCode {
    /// Six digits, as the list writes them.
    pub code: &'static str,
    /// Thousandths; 1000 when the company gave the code.
    pub confidence_milli: u16,
}

/// A price asked or offered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Price {
    /// Cents of CAD.
    pub cents: i64,
    /// Code of the unit that it is for (`t`, `m3`); none: for all of it.
    pub per: Option<String>,
}

/// What is paid today, from a lower to an upper end, cents of CAD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// For all that comes in a year.
    OfAYear([i64; 2]),
    /// For a tonne, however many come.
    OfATonne([i64; 2]),
}

/// An offer or a request after duplicates are merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Identity in this run.
    pub id: FlowId,
    /// The company.
    pub organisation: OrgId,
    /// Park of the flow: the row's own, else the company's.
    pub park: Option<ParkCode>,
    /// Degrees north and east (WGS 84) that the row itself gives.
    pub coordinates: Option<Confidential<(f64, f64)>>,
    /// Offer or request.
    pub direction: Direction,
    /// What flows.
    pub flow_type: FlowType,
    /// Category; none when it could not be told.
    pub category: Option<Category>,
    /// Declared codes of the List of Waste, six digits: one, or several when the cell gave several.
    pub material_codes: Vec<String>,
    /// Codes with how far each can be believed, likeliest first: those of
    /// `material_codes` whole, else the three likeliest by words and activity.
    pub ranked_codes: Vec<RankedCode>,
    /// Free text of the company.
    pub description: Confidential<String>,
    /// Kilograms a year; none when unknown or not a mass (hours, kWh, square metres).
    pub mass: Option<Mass>,
    /// Where no mass is known, what was told in another dimension: of a year, or as much as there is of what
    /// is not added up (square metres, kilowatts, people, machines).
    pub amount: Option<Amount>,
    /// What was written as quantity and unit, for the private list.
    pub quantity_as_written: Confidential<String>,
    /// How often.
    pub frequency: Option<Frequency>,
    /// Physical state.
    pub state: Option<State>,
    /// Declared hazardous.
    pub hazardous: Option<bool>,
    /// Where it goes today.
    pub destination: Destination,
    /// Disposal or purchase cost today.
    pub current_cost: Option<Confidential<Cost>>,
    /// Price asked or offered.
    pub price: Option<Confidential<Price>>,
    /// First day available.
    pub available_from: Option<NaiveDate>,
    /// Last day available.
    pub available_to: Option<NaiveDate>,
    /// Who may see it.
    pub confidentiality: Confidentiality,
    /// Conditions and other remarks of the company.
    pub conditions: Option<Confidential<String>>,
    /// Rows it was read from, sorted: more than one when duplicates were merged.
    pub locations: Vec<Location>,
}

impl FlowId {
    /// That of another flow of the same source identity: told apart by its place, and by the how manieth it is.
    #[must_use]
    pub fn repeated(&self, place: &Location, repeat: usize) -> Self {
        Self(Confidential::new(format!("{} ({}, {repeat})", self.0.reveal(), place.public())))
    }
}

impl Flow {
    /// The identity that its source gave, without what [`FlowId::repeated`] adds.
    #[must_use]
    pub fn given_id(&self) -> &str {
        let id = self.id.0.reveal().as_str();
        let Some((given, added)) = id.rsplit_once(" (") else { return id };
        let place = self.locations.first().map(Location::public).unwrap_or_default();
        let repeat = added
            .strip_prefix(place.as_str())
            .and_then(|rest| rest.strip_prefix(", "))
            .and_then(|rest| rest.strip_suffix(')'));
        if repeat.is_some_and(|repeat| repeat.parse::<usize>().is_ok()) { given } else { id }
    }
}
