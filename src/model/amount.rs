//! Amounts of what is weighed and of what is not, each in its dimension.

use super::{Mass, code_enum};

code_enum!(
    /// What an amount is counted in. Amounts of one dimension are whole numbers of one base unit, and can be
    /// compared; those of two cannot.
    Dimension, "sorte" {
        /// Kilograms.
        Mass = "masse",
        /// Litres.
        Volume = "volume",
        /// Kilojoules.
        Energy = "energie",
        /// Watts.
        Power = "puissance",
        /// Minutes.
        Hours = "heures",
        /// Hundredths of a day of work: how many hours it has is not known.
        Days = "jours",
        /// Square decimetres.
        Area = "surface",
        /// Centimetres.
        Length = "longueur",
        /// Kilograms carried so many kilometres.
        Haul = "transport",
        /// Hundredths of a person or place.
        People = "personnes",
        /// Pieces.
        Pieces = "pieces",
        /// Lots, which may hold anything.
        Lots = "lots",
    }
);

impl Dimension {
    /// Its usual unit, French and English.
    #[must_use]
    pub const fn unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Mass => ("kilogrammes", "kilograms"),
            Self::Volume => ("mètres cubes", "cubic metres"),
            Self::Energy => ("kilowattheures", "kilowatt-hours"),
            Self::Power => ("kilowatts", "kilowatts"),
            Self::Hours => ("heures", "hours"),
            Self::Days => ("jours", "days"),
            Self::Area => ("mètres carrés", "square metres"),
            Self::Length => ("mètres", "metres"),
            Self::Haul => ("tonnes-kilomètres", "tonne-kilometres"),
            Self::People => ("personnes ou places", "people or places"),
            Self::Pieces => ("unités", "pieces"),
            Self::Lots => ("lots", "lots"),
        }
    }
}

/// An amount in base units of its dimension: the best value with the interval it may lie in, as [`Mass`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    dimension: Dimension,
    low: i64,
    best: i64,
    high: i64,
}

impl Amount {
    /// An interval around a best value, or none when it is empty or negative.
    #[must_use]
    pub const fn new(dimension: Dimension, low: i64, best: i64, high: i64) -> Option<Self> {
        if 0 <= low && low <= best && best <= high { Some(Self { dimension, low, best, high }) } else { None }
    }

    /// What it is counted in.
    #[must_use]
    pub const fn dimension(self) -> Dimension {
        self.dimension
    }

    /// Lower end.
    #[must_use]
    pub const fn low(self) -> i64 {
        self.low
    }

    /// Best value.
    #[must_use]
    pub const fn best(self) -> i64 {
        self.best
    }

    /// Upper end.
    #[must_use]
    pub const fn high(self) -> i64 {
        self.high
    }

    /// Whether the value is a point and not an interval.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        self.low == self.high
    }
}

impl From<Mass> for Amount {
    /// Kilograms a year.
    fn from(mass: Mass) -> Self {
        let (low, best, high) = (mass.low_kg(), mass.best_kg(), mass.high_kg());
        Self { dimension: Dimension::Mass, low, best, high }
    }
}
