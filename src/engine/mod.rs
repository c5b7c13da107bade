//! The only user of `DataFusion`: Arrow tables in, SQL models over them, rows out.

mod columns;
mod session;

pub use columns::{Columns, Table};
pub use session::{Engine, EngineError};
