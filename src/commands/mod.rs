//! One file a verb; the only place that prints.

mod check;
pub mod classify;
mod init;
pub mod place;
pub mod releases;
pub mod run;
pub mod runs;
mod schema;
mod signals;
mod table;

pub use check::check;
pub use init::init;
pub use schema::schema;
