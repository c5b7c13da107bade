//! What comes in, and what may go out.

/// A measure of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureInput {
    /// Name; the same records under the same name in two tables are one variable.
    pub name: String,
    /// The measure that it is a publicly known factor times.
    pub derived_from: Option<String>,
}

/// One contribution. The identity and the contributors are pseudonyms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Record {
    /// Identity over all tables.
    pub id: u128,
    /// Codes, in the order of the table's dimensions.
    pub dimensions: Vec<String>,
    /// Groups behind the record; the rules hold for each position.
    pub contributors: Vec<String>,
    /// Amounts, in the order of the measures; none when unknown.
    pub values: Vec<Option<i64>>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Record(confidential)")
    }
}

/// The contributions of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableInput {
    /// Name.
    pub name: String,
    /// Dimensions; every margin is a cell too.
    pub dimensions: Vec<String>,
    /// Measures.
    pub measures: Vec<MeasureInput>,
    /// Contributions.
    pub records: Vec<Record>,
}

/// One published value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// The value.
    Value(i64),
    /// Withheld.
    Confidential,
    /// Nobody gave it, or there is no factor for it.
    Unknown,
}

/// A row of a protected table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedRow {
    pub(super) dimensions: Vec<String>,
    pub(super) values: Vec<Published>,
}

impl ProtectedRow {
    /// Codes; `Total` on a margin.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Values, in the order of the measures.
    #[must_use]
    pub fn values(&self) -> &[Published] {
        &self.values
    }
}

/// A table that may be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtectedTable {
    pub(super) name: String,
    pub(super) dimensions: Vec<String>,
    pub(super) measures: Vec<String>,
    pub(super) rows: Vec<ProtectedRow>,
}

impl ProtectedTable {
    /// Name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the dimensions.
    #[must_use]
    pub fn dimensions(&self) -> &[String] {
        &self.dimensions
    }

    /// Names of the measures.
    #[must_use]
    pub fn measures(&self) -> &[String] {
        &self.measures
    }

    /// Every crossing of the seen codes and every margin, sorted by code.
    #[must_use]
    pub fn rows(&self) -> &[ProtectedRow] {
        &self.rows
    }
}

/// Why a value is withheld. For the private side: publishing it would help an attacker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Too few groups.
    Frequency,
    /// One group could estimate another too closely.
    Dominance,
    /// With others, it would give a withheld value away.
    Complementary,
}

/// A withheld value with its reason; holds no amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Table.
    pub table: String,
    /// Measure.
    pub measure: String,
    /// Codes of the cell.
    pub dimensions: Vec<String>,
    /// Why.
    pub reason: Reason,
}

/// Tables that went through disclosure control. Nothing else is publishable, and nothing
/// outside this room can make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    pub(super) tables: Vec<ProtectedTable>,
    pub(super) explanations: Vec<Explanation>,
}

impl Protected {
    /// The publishable tables, in the order they came in.
    #[must_use]
    pub fn tables(&self) -> &[ProtectedTable] {
        &self.tables
    }

    /// For the private state: each withheld value and why.
    #[must_use]
    pub fn explanations(&self) -> &[Explanation] {
        &self.explanations
    }
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
    /// The exact check found a withheld value that the published ones determine.
    #[error(
        "the exact check found that the cell {cell} follows from published values: nothing is published\nhelp: report this fault; the previous release stays"
    )]
    Determined {
        /// Table and codes of the cell.
        cell: String,
    },
}
