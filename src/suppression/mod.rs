//! Protecting tables of one's own: `maillage protect`, with a certificate.
//!
//! Method: primary suppression at the level of holdings (minimum frequency, p % and dominance,
//! on cells and on the sums that published equations reveal), then complementary suppression by
//! sequential linear programming over one joint system of all tables (Fischetti and Salazar),
//! for outsiders and for every holding as an attacker. Each requirement keeps a witness: another
//! world, exact in integers, in which everything published is the same. A second program that
//! shares no code with this one (`certificate`) proves every requirement from the witnesses
//! before anything is written.
//!
//! The nightly path still goes through `disclosure`: with every holding as an attacker this
//! engine does not yet find a pattern for every pipeline.

mod attacker;
mod cells;
mod certificate;
mod contract;
mod kernel;
mod modular;
mod program;
mod rules;
mod search;
mod solve;
pub mod standalone;
mod system;
mod table;
mod witness;

pub use table::{DisclosureError, Reason};
