//! The only user of `DataFusion`: Arrow tables in, SQL models over them, rows out; and work in parts
//! inside a memory, merged by a plan.

mod columns;
pub mod files;
mod parts;
mod session;

pub use columns::{Columns, Table};
pub use parts::{Parts, Room, WorkError, merged};
pub use session::{Engine, EngineError};
