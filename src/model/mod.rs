//! Plain types that every room shares. Imports nothing of ours.

mod amount;
mod category;
mod code;
mod confidential;
mod dataset;
mod field;
mod finding;
mod flow;
mod legal_forms;
mod location;
mod matching;
mod messages;
mod organisation;
mod park;
mod quantity;
mod raw;
pub mod returned;
mod sector;
mod status;
mod synergy;
mod text;
mod unknown;

pub use amount::{Amount, Dimension};
pub use category::Category;
pub use code::UnknownCode;
pub(crate) use code::code_enum;
pub use confidential::Confidential;
pub use dataset::{Ceiling, Column, DAY, Dataset, Relation};
pub use field::{Field, Subject};
pub use finding::{Finding, FindingKind, Severity};
pub use flow::{
    Confidentiality, Cost, Destination, Direction, Flow, FlowId, FlowType, Frequency, Price, RankedCode,
    State,
};
pub use legal_forms::LEGAL_FORMS;
pub use location::Location;
pub use matching::{Match, MatchKind, Missing, Part, Reason};
pub use messages::{Texts, texts};
pub use organisation::{Group, OrgId, Organisation, Workforce};
pub use park::{Park, ParkCode};
pub use quantity::Mass;
pub use raw::{Cell, NOT_COMPUTED, RawCell, RawHeading, RawRow};
pub use sector::SECTORS;
pub use status::{Said, Status};
pub use synergy::{Attribution, Recurrence, StatusChange, Synergy, SynergyId};
pub use text::{agreed, fold, words};
pub use unknown::is_null;
