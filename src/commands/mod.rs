//! One file a verb; the only place that prints.

mod check;
pub mod place;
pub mod releases;
pub mod run;
pub mod runs;
mod schema;
mod signals;
mod table;

pub use check::check;
pub use schema::schema;
