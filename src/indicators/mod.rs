//! Indicators: SQL models over pseudonymous tables, one contribution a row.

mod ceilings;
mod contributions;
mod factors;
mod models;

pub use ceilings::wrong_ceilings;
pub use contributions::{Contribution, Contributions, contributions};
pub use factors::{FactorSource, factor_tables, sources};
pub use models::{Model, ModelError, parse, without_bands};
