//! The only reader of `pipelines/` and of the environment.

mod settings;

pub use settings::*;
