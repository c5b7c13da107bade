//! Where names end: pseudonyms and coarse places in, nothing else out.

mod allow;
mod groups;
mod pseudonym;
mod tables;

pub use allow::{ALLOWED_COLUMNS, NotAllowed};
pub use groups::Groups;
pub use pseudonym::Pseudonyms;
pub use tables::{Pseudonymous, anonymise, pseudonyms};
