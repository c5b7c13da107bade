//! What must never leave the private state.

use std::fmt;

/// A value that no log, message, page or table may show.
///
/// It has no `Display` and no `Serialize`, and its `Debug` says only that it is there.
/// `reveal` is the one way out, so every use can be found by that word.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidential<T>(T);

impl<T> Confidential<T> {
    /// Wraps a confidential value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: for the private state, the comparison of rows and the leak gate only.
    pub const fn reveal(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Confidential<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(confidential)")
    }
}

#[cfg(test)]
mod tests {
    use super::Confidential;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let name = Confidential::new("Canari inc.".to_owned());
        assert_eq!(format!("{name:?} {:#?}", Some(&name)).matches("Canari").count(), 0);
        assert_eq!(name.reveal(), "Canari inc.");
    }
}
