//! What the score sees of a flow beside its material, small and side by side in memory.

use super::circumstances;
use crate::model::{Amount, Confidentiality, Dimension, Flow, FlowType, Frequency, State};
use chrono::NaiveDate;

/// A place on the Earth as a point of a sphere of radius 1: distances need no sine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place(pub(super) [f64; 3]);

impl Place {
    /// From degrees north and east.
    pub(super) fn new((north, east): (f64, f64)) -> Self {
        let (phi, lambda) = (north.to_radians(), east.to_radians());
        Self([phi.cos() * lambda.cos(), phi.cos() * lambda.sin(), phi.sin()])
    }
}

/// What is read of a flow in its words and codes, beside its columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) hazardous: Option<bool>,
    pub(super) soiled: Option<bool>,
    pub(super) barred: u64,
}

/// What the score sees of a flow beside its material.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts {
    /// Kilograms a year, else what was told in another dimension.
    pub(super) amount: Option<Amount>,
    pub(super) place: Option<Place>,
    /// Number of its park, where that is on no map: two of one such park are on the spot, and how far it lies
    /// from any other place nobody knows.
    pub(super) park: Option<u32>,
    /// Of a material: nothing else is in a state of matter.
    pub(super) state: Option<State>,
    /// Whether an offer is hazardous: as declared, else by its likeliest code or its words; whether a request
    /// takes what is: as declared, else not where its use must not, and where that is what it seeks.
    pub(super) hazardous: Option<bool>,
    /// Whether an offer is soiled, or a request takes what is.
    pub(super) soiled: Option<bool>,
    /// Rows of [`super::exclusions`]: what an offer is, or what a request does not take.
    pub(super) barred: u64,
    pub(super) is_once: Option<bool>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    /// What is gained by taking it from where it goes today, were it an offer, thousandths.
    pub(super) gained: Option<u16>,
    /// Whether its company must consent before another sees it.
    pub(super) is_confidential: bool,
    /// Number of its company: no company matches with itself.
    pub(super) company: u32,
}

impl Facts {
    /// Kilograms a year.
    pub(super) fn mass(&self) -> Option<Amount> {
        self.amount.filter(|amount| amount.dimension() == Dimension::Mass)
    }

    /// Kilograms a year, the best value.
    pub(super) fn kg(&self) -> Option<i64> {
        self.mass().map(Amount::best)
    }

    /// Whether it is known where it is, if only by the name of a park.
    pub(super) const fn is_placed(&self) -> bool {
        self.place.is_some() || self.park.is_some()
    }

    pub(super) fn new(
        flow: &Flow,
        (place, park): (Option<Place>, Option<u32>),
        read: Reading,
        company: u32,
    ) -> Self {
        Self {
            amount: flow.mass.map(Amount::from).or(flow.amount),
            place,
            park,
            state: flow.state.filter(|_| flow.flow_type == FlowType::Material),
            hazardous: read.hazardous,
            soiled: read.soiled,
            barred: read.barred,
            is_once: flow.frequency.map(|frequency| frequency == Frequency::Once),
            from: flow.available_from,
            to: flow.available_to,
            gained: circumstances::gained(flow.flow_type, flow.destination),
            is_confidential: flow.confidentiality == Confidentiality::Confidential,
            company,
        }
    }
}
