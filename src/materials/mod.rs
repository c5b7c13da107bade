//! From words to material: codes of the List of Waste, category and type of a description.
//!
//! Pure and deterministic: the tables are compiled in, nothing is learnt, nothing is read.
//! A lower room like `model`: stages and commands may use it.

mod activity;
mod aside;
mod catalogue;
mod clause;
mod hazard;
mod head;
mod hits;
mod noise;
mod rank;
mod receivers;
mod resources;
mod shapes;
mod spelling;
mod takers;
mod thesaurus;
mod titles;
mod weights;
mod words;

#[cfg(test)]
mod published_tests;
#[cfg(test)]
mod senses_tests;
#[cfg(test)]
mod tests;

pub use activity::{Expectation, Nomenclature, expectation, nomenclature};
pub use catalogue::{Entry, category, codes, entries, entry, is_mixed};
pub use rank::{Classified, Ranked, classify};
pub use receivers::{Offer, Precedent, receivers};
pub use resources::{broader_resource, other_types, resource_name, resources};
pub use takers::{scian, taker};
pub use words::{contains, key};

use std::sync::LazyLock;

/// Every word that the tables know.
fn vocabulary() -> &'static spelling::Vocabulary {
    static VOCABULARY: LazyLock<spelling::Vocabulary> = LazyLock::new(|| {
        let mut terms: Vec<(&str, u32)> =
            thesaurus::thesaurus().vocabulary.iter().map(|(stem, count)| (stem.as_str(), *count)).collect();
        terms.sort_unstable();
        let titles = titles::titles().vocabulary.iter().map(|(stem, count)| (stem.as_str(), *count));
        let noise: Vec<String> = noise::words().map(words::stem).collect();
        let noise = noise.iter().map(|stem| (stem.as_str(), 1));
        spelling::Vocabulary::new(terms.into_iter().chain(titles).chain(noise))
    });
    &VOCABULARY
}
