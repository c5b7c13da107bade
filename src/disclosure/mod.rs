//! Disclosure control: the only room that can make a table publishable.
//!
//! Method: primary suppression at the level of holdings (minimum frequency, p % and dominance,
//! on cells and on the sums that published equations reveal), then complementary suppression by
//! sequential linear programming over one joint system of all tables (Fischetti and Salazar),
//! for outsiders and for every holding as an attacker. Each requirement keeps a witness: another
//! world, exact in integers, in which everything published is the same. A second program that
//! shares no code with this one (`certificate`) proves every requirement from the witnesses
//! before anything is written.

#[cfg(test)]
mod attack_tests;
mod attacker;
#[cfg(test)]
mod ceiling_tests;
mod ceilings;
mod cells;
mod certificate;
mod changes;
mod classes;
mod clean;
mod contract;
mod contributors;
mod costs;
#[cfg(test)]
mod count_tests;
mod cover;
mod derived;
mod differences;
mod error;
mod fraction;
mod hierarchies;
mod holdings;
mod improve;
mod input;
mod kernel;
pub mod leak;
mod modular;
mod moved;
pub mod nights;
mod optimum;
mod printed;
mod program;
mod protect;
mod protected;
#[cfg(test)]
mod relation_tests;
mod remembered;
mod revealed;
mod rings;
mod rules;
mod same;
mod search;
mod solve;
mod stack;
pub mod standalone;
mod subtracted;
mod system;
#[cfg(test)]
mod tests;
mod ties;
#[cfg(test)]
mod twin_tests;
mod unions;
mod witness;
mod worlds;
mod zeros;

pub use error::{DisclosureError, Reason};
pub use input::{Agreements, Ceiling, Doubts, MeasureInput, Record, TableInput};
pub use protect::protect;
pub use protected::{Explanation, Protected, ProtectedRow, ProtectedTable, Published};
