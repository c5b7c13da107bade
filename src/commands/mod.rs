//! One file a verb; the only place that prints.

#[macro_use]
mod printing;

mod check;
pub mod classify;
mod completions;
mod doctor;
pub mod explain;
mod files;
mod harmless;
mod init;
pub mod map;
mod match_beside;
mod match_table;
pub mod matching;
mod patient;
pub mod place;
pub mod protect;
pub mod read;
mod receivers;
pub mod releases;
pub mod run;
pub mod runs;
pub mod schedule;
mod schema;
pub mod serve;
mod signals;
mod table;

pub use check::check;
pub use completions::completions;
pub use doctor::doctor;
pub use init::init;
pub use printing::told;
pub use schema::schema;
