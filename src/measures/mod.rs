//! Numbers, units, frequencies and quantities as people write them, in cells and in headings.
//!
//! Pure, and a lower room like `model`: what a heading says of its column must be known where columns
//! are found, and again where their cells become kilograms.

pub(crate) mod amounts;
mod beside;
pub(crate) mod contact;
mod echo;
pub(crate) mod frequency;
pub(crate) mod heading;
pub(crate) mod marks;
mod named;
pub(crate) mod number;
mod packed;
pub(crate) mod qualifier;
pub(crate) mod quantity;
#[cfg(test)]
mod quantity_tests;
mod range;
mod span;
pub(crate) mod units;
mod worded;
