//! Where names end: pseudonyms and coarse places in, nothing else out.

mod allow;
mod groups;
mod pseudonym;
mod records;
mod tables;

pub use allow::{ALLOWED_COLUMNS, NotAllowed};
pub use groups::Groups;
pub use pseudonym::Pseudonyms;
pub use records::{FARTHEST, FEWEST_GROUPS, FEWEST_VALUES, Level, levels};
pub use tables::{Pseudonymous, anonymise, pseudonyms, unknown_group};
