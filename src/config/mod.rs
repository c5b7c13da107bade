//! The only reader of `pipelines/` and of the environment.

mod checks;
mod load;
mod locate;
mod settings;
#[cfg(test)]
mod tests;

pub use load::{Pipeline, SettingsError, load, subject};
pub use settings::*;
