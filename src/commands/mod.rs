//! One file a verb; the only place that prints.

mod check;
pub mod read;
pub mod run;
mod schema;

pub use check::check;
pub use schema::schema;
