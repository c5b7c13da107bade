//! Offers and requests that fit, with a score whose parts are visible.
//!
//! Pure, but for the files of its working folder. Candidates share a group of the List of Waste, a word, or a category; the best ones of
//! every flow are found exactly, and what cannot be among them is passed over by a bound. The
//! score is a weighted mean of named parts in thousandths; a part whose facts are missing counts
//! as one half, and says what to ask. What no request takes as it is may reach one through one
//! treatment.

mod agreement;
mod bits;
mod book;
mod candidates;
mod chains;
mod circumstances;
mod columns;
mod dated;
mod denials;
mod denying;
mod digests;
mod exclusions;
mod facts;
mod feasibility;
mod fill;
mod flags;
mod follow_up;
mod found;
mod further;
mod heads;
mod heard;
mod identifier;
mod identity;
mod kept;
mod known;
mod laid;
mod layout;
mod losses;
mod mixing;
mod network;
mod objective;
mod offered;
mod opposites;
mod order;
mod parts;
mod party;
mod phrases;
mod plans;
mod pooling;
mod portfolio;
mod postings;
mod precedents;
mod prices;
mod processes;
mod quantity;
mod questions;
mod rejected;
mod reliability;
mod returned;
mod rounds;
mod search;
mod seeking;
mod side;
mod sight;
mod soiling;
mod substances;
mod tables;
mod united;
mod waiting;
mod words;
mod workbook;

#[cfg(test)]
mod amount_tests;
#[cfg(test)]
mod chain_tests;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod feasibility_tests;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod missing_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod pool_tests;
#[cfg(test)]
mod resource_tests;
#[cfg(test)]
mod safety_tests;
#[cfg(test)]
mod score_tests;
#[cfg(test)]
mod search_tests;
#[cfg(test)]
mod tests;

pub use feasibility::{Feasibility, Verdict, feasibility, moved_kg};
pub use fill::Agreed;
pub use flags::{Centre, Flags, Permit, Programme, Research, cells as flag_texts, consent_code, flags};
pub use follow_up::{FollowUp, FollowUps, Step, remember};
pub use found::{Found, Pair};
pub use identifier::{Identifier, add_identifiers, identifiers};
pub use identity::{Followed, recognise};
pub use known::Known;
pub use layout::ReturnedSheet;
pub use objective::plan_money_cents;
pub use offered::{Offered, offered};
pub use party::{Parties, Party, settle};
pub use plans::{Edge, Plan, plan};
pub use pooling::{Kind, Pool, Wanted, kind};
pub use portfolio::{IsOut, Portfolio, Scarce};
pub use prices::{Interval, hundredths};
pub use rejected::{Rejected, is_given_up, set_aside};
pub use returned::{beside, is_list, kept, read as read_follow_ups};
pub use rounds::{Round, round};
pub use united::unite;
pub use workbook::{NamedMatches, WorkbookError, workbook};
