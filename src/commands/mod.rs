//! One file a verb; the only place that prints.

mod check;
pub mod classify;
mod init;
pub mod run;
mod schema;

pub use check::check;
pub use init::init;
pub use schema::schema;
