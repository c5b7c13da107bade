//! What the score sees of a flow beside its material, small and side by side in memory.

use crate::model::{Flow, Frequency, Mass, State};
use chrono::NaiveDate;

/// A place on the Earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Degrees north and east.
    pub(super) degrees: (f64, f64),
    /// The same as a point of a sphere of radius 1: distances need no sine.
    pub(super) point: [f64; 3],
}

impl Place {
    pub(super) fn new((north, east): (f64, f64)) -> Self {
        let (phi, lambda) = (north.to_radians(), east.to_radians());
        let point = [phi.cos() * lambda.cos(), phi.cos() * lambda.sin(), phi.sin()];
        Self { degrees: (north, east), point }
    }
}

/// What the score sees of a flow beside its material.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// Kilograms a year, the best value.
    pub(super) kg: Option<i64>,
    pub(super) place: Option<Place>,
    pub(super) state: Option<State>,
    pub(super) hazardous: Option<bool>,
    pub(super) is_once: Option<bool>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    /// Number of its company: no company matches with itself.
    pub(super) company: u32,
}

impl Facts {
    pub(super) fn new(flow: &Flow, place: Option<Place>, company: u32) -> Self {
        Self {
            kg: flow.mass.map(Mass::best_kg),
            place,
            state: flow.state,
            hazardous: flow.hazardous,
            is_once: flow.frequency.map(|frequency| frequency == Frequency::Once),
            from: flow.available_from,
            to: flow.available_to,
            company,
        }
    }
}
