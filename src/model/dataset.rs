//! What a published table is, as its SQL model declares it. Nothing in it is confidential.

/// Column with the day up to which every published value of the row takes every change into account.
pub const DAY: &str = "valeur_du";

/// A column of a published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Published name: French, ASCII, `snake_case`.
    pub name: String,
    /// Title in French.
    pub title_fr: String,
    /// Title in English.
    pub title_en: String,
    /// Unit of a measure (`kg/an`, `nombre`, `kg CO2e/an`, `cents CAD/an`); none for a dimension.
    pub unit: Option<String>,
    /// For a measure: how it hangs together with another of its table.
    pub relation: Option<Relation>,
}

/// How a measure hangs together with another of its table; whoever reads the table knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// A public factor times the other (`from`).
    Factor(String),
    /// Never more than the other (`below`).
    Below(String),
    /// Never less than the other (`above`).
    Above(String),
}

impl Relation {
    /// The other measure.
    #[must_use]
    pub fn base(&self) -> &str {
        match self {
            Self::Factor(base) | Self::Below(base) | Self::Above(base) => base,
        }
    }
}

/// A measure of a table never passes one of another, crossing by crossing: `measure` of what the
/// `party` gives (0) or takes (1) is part of `other` of `table` where `dimension` is `code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceiling {
    /// The measure that is bounded.
    pub measure: String,
    /// Position of the contributor whose amounts they are.
    pub party: usize,
    /// The other table.
    pub table: String,
    /// Its measure.
    pub other: String,
    /// A dimension of the other table.
    pub dimension: String,
    /// Its code.
    pub code: String,
}

/// A published table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// Published name, also the file stem.
    pub name: String,
    /// Title in French.
    pub title_fr: String,
    /// Title in English.
    pub title_en: String,
    /// What a row is and how it was computed, in French.
    pub description_fr: String,
    /// The same in English.
    pub description_en: String,
    /// Dimensions, in published order; each takes the value `Total` on a margin.
    pub dimensions: Vec<Column>,
    /// Measures, in published order.
    pub measures: Vec<Column>,
}
