//! Reasons and errors.

/// Why a value is withheld. For the private side: publishing it would help an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too few groups.
    Frequency,
    /// One group could estimate another too closely.
    Dominance,
    /// The owner of the data asks for it.
    Asked,
    /// With others, it would give a withheld value away.
    Complementary,
    /// The measure cannot be protected in this table, and is published nowhere in it.
    Withdrawn,
    /// Its change waits, and the value before is too old to be shown any longer.
    Outdated,
}

/// Tables that cannot be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DisclosureError {
    /// The input is not what its declaration says.
    #[error("the table `{table}` cannot be protected: {cause}\nhelp: correct its model")]
    Malformed {
        /// Table.
        table: String,
        /// What is wrong, without amounts.
        cause: &'static str,
    },
    /// No pattern protects a cell.
    #[error(
        "the cell {cell} cannot be protected in its table\nhelp: publish fewer margins, or make the categories coarser"
    )]
    Infeasible {
        /// Table and codes of the cell.
        cell: String,
    },
    /// A sum does not hold.
    #[error(
        "the cells do not add up: {equation} does not hold\nhelp: correct the cell that is wrong, or give the records instead of the cells"
    )]
    NotAdditive {
        /// The equation, with the names of its cells.
        equation: String,
    },
    /// A cell that must be published is unsafe.
    #[error(
        "the cell {cell} must be published and cannot be: it is unsafe, or withheld together with one that is\nhelp: take its `publish` away"
    )]
    Forced {
        /// Table and codes of the cell.
        cell: String,
    },
    /// What earlier releases gave away can no longer be protected.
    #[error(
        "what earlier releases show cannot be protected together with this night: {cause}; nothing is published\nhelp: take back what changed in `[disclosure]` or in the models; the previous release stays"
    )]
    History {
        /// What is in the way, without names and amounts.
        cause: &'static str,
    },
    /// What an earlier night shows is not there tonight as it was.
    #[error(
        "{what} {differs}; it was shown on {night}, and whoever kept that release could subtract it from the next one: nothing is published\nhelp: put it back under its old name, as it was (titles may change freely), and add what is new beside it under a name of its own; a night counts while it is the last one, and `disclosure.history_days` after that; else begin a new publication with a new state folder and a new published folder: whoever kept the old files can still subtract them from it"
    )]
    Shape {
        /// Table or measure.
        what: String,
        /// The last night that shows it.
        night: String,
        /// How it differs.
        differs: String,
    },
    /// A measure tells the amounts of another one, and no model says so.
    #[error(
        "the measure `{measure}` of the table `{table}` {tells} `{other}` of the table `{base}`, and no model says so: both would be protected apart; nothing is published\nhelp: declare it in a table that has both (`-- measure {measure} [unit] {relation} {other}: …`), or leave it out"
    )]
    Undeclared {
        /// The measure.
        measure: Box<str>,
        /// Its table.
        table: Box<str>,
        /// What it is of the other one.
        tells: &'static str,
        /// The other measure.
        other: Box<str>,
        /// The table of that one.
        base: Box<str>,
        /// How a model says so.
        relation: &'static str,
    },
    /// The amounts of a measure are on another scale than those that were shown.
    #[error(
        "the measure `{measure}` of the table `{table}` is for most records the same multiple of what it was on {night}, and whoever kept that release could multiply it and subtract it from the next one: nothing is published\nhelp: give the amounts on the scale of before, whatever it is (another name or unit is no way out: they are the same amounts); if it was wrong, begin a new publication with a new state folder and a new published folder: whoever kept the old files can still compare them with it"
    )]
    Scale {
        /// The measure.
        measure: String,
        /// Its table.
        table: String,
        /// The last night.
        night: String,
    },
    /// The second program does not accept the certificate.
    #[error(
        "the check refused the protection: {cause}; nothing is published\nhelp: report this fault; the previous release stays"
    )]
    Unproven {
        /// What is not proven, without names and amounts.
        cause: String,
    },
}
