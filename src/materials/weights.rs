//! What each source of evidence counts.

/// Weights of the evidence, each of which is between 0 and about 1. Chosen on one part of the
/// published cases, checked on the other: `docs/classification.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Codes of the terms that the text names.
    pub terms: f32,
    /// Words of the entry's own title.
    pub own: f32,
    /// Words of its subchapter and chapter.
    pub parents: f32,
    /// Character 4-grams of all its titles.
    pub grams: f32,
    /// Subchapters of the donor's activity.
    pub activity: f32,
    /// Activity where the words agree.
    pub agreement: f32,
    /// Activity that the description names itself, beside the donor's.
    pub told: f32,
    /// Category of the named terms.
    pub category: f32,
    /// Category where the activity agrees.
    pub category_activity: f32,
    /// How many concepts of the thesaurus name the code: a prior of how ordinary it is.
    pub popularity: f32,
    /// Against the wrong side of a pair of mirror entries.
    pub hazard: f32,
    /// Against "not otherwise specified".
    pub unspecified: f32,
    /// Words of a synonym, looked up in titles.
    pub synonyms: f32,
    /// Difference of scores over which belief falls by a factor e.
    pub temperature: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            terms: 0.65,
            own: 0.7,
            parents: 0.05,
            grams: 0.12,
            activity: 0.8,
            agreement: 0.15,
            told: 0.6,
            category: 0.2,
            category_activity: 0.1,
            popularity: 0.2,
            hazard: 0.25,
            unspecified: 0.03,
            synonyms: 0.1,
            temperature: 0.1,
        }
    }
}
