//! What each source of evidence counts.

/// Weights of the evidence, each of which is between 0 and about 1. Chosen on one part of the
/// published cases, checked on the other: `docs/classification.md`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Weights {
    /// Codes of the terms that the text names.
    pub(super) terms: f32,
    /// Words of the entry's title.
    pub(super) titles: f32,
    /// Subchapters of the donor's activity.
    pub(super) activity: f32,
    /// Share of the activity that an entry loses when the words speak for others.
    pub(super) unbacked: f32,
    /// Activity that the description names itself, beside the donor's.
    pub(super) told: f32,
    /// Category of the named terms.
    pub(super) category: f32,
    /// How many concepts of the thesaurus name the code: a prior of how ordinary it is.
    pub(super) popularity: f32,
    /// Against the wrong side of a pair of mirror entries.
    pub(super) hazard: f32,
    /// Words of a synonym, looked up in titles.
    pub(super) synonyms: f32,
    /// Difference of scores over which belief falls by a factor e.
    pub(super) temperature: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            terms: 0.65,
            titles: 1.8,
            activity: 0.8,
            unbacked: 0.3,
            told: 0.2,
            category: 0.25,
            popularity: 0.12,
            hazard: 0.15,
            synonyms: 0.12,
            temperature: 0.1,
        }
    }
}
