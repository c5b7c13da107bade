//! Reasons and errors.

/// Why a value is withheld. For the private side: publishing it would help an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too few groups.
    Frequency,
    /// One group could estimate another too closely.
    Dominance,
    /// With others, it would give a withheld value away.
    Complementary,
    /// The measure cannot be protected in this table, and is published nowhere in it.
    Withdrawn,
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
    /// The second program does not accept the certificate.
    #[error(
        "the check refused the protection: {cause}; nothing is published\nhelp: report this fault; the previous release stays"
    )]
    Unproven {
        /// What is not proven, without names and amounts.
        cause: String,
    },
}
