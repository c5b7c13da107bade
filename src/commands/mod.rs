//! One file a verb; the only place that prints.

mod check;
mod schema;

pub use check::check;
pub use schema::schema;
