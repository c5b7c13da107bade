//! The only reader of `pipelines/` and of the environment.

mod alone;
mod checks;
mod impossible;
mod inputs;
mod load;
mod locate;
mod platform;
mod report;
mod sample;
mod secrets;
mod settings;
mod surroundings;
#[cfg(test)]
mod tests;

pub use alone::{OFFERS, REQUESTS, alone, name_parks};
pub use inputs::{Hidden, Unreadable};
pub use load::{Pipeline, load, name, subject};
pub use platform::*;
pub use report::SettingsError;
pub use sample::SAMPLE;
pub use secrets::{secret, shown_variable};
pub use settings::*;
pub use surroundings::surroundings;

/// A variable of the environment.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Our own executable.
///
/// # Errors
/// When the system cannot tell.
pub fn executable() -> std::io::Result<std::path::PathBuf> {
    std::env::current_exe()
}
