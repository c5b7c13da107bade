//! Disclosure control: the only room that can make a table publishable.
//!
//! Method: primary suppression at the level of groups (minimum frequency and p % rule, on cells
//! and on the unions that published equations reveal), then complementary suppression by
//! sequential linear programming over one joint system of all tables (Fischetti and Salazar;
//! `y = y+ - y-`, movements cost nothing inside the suppressed set), then an exact check of
//! its own that no withheld value follows from the published ones.

mod audit;
mod cells;
mod primary;
mod protect;
mod secondary;
mod system;
mod table;
#[cfg(test)]
mod tests;

pub use protect::protect;
pub use table::{
    DisclosureError, Explanation, MeasureInput, Protected, ProtectedRow, ProtectedTable, Published, Reason,
    Record, TableInput,
};
