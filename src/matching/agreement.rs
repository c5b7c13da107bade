//! The most that two flows can agree in material, for all of a list or for one of it, thousandths.
//!
//! In single precision, never below what [`super::parts::agreement`] gives for what the list is about,
//! but for rounding, which [`super::sight`] makes good.

use super::parts;
use super::side::real;
use super::sight::{Bound, greater, lesser};
use crate::model::{Category, FlowType};

/// What the pairs of a list have in common.
#[derive(Debug, Clone, Copy)]
pub(super) enum Agreement {
    /// A code, a group of codes or a resource.
    Believed(Codes),
    /// A word.
    Worded(Words),
    /// A substance, the category or the type alone.
    Same(f32),
}

/// Belief of who searches in the code or group and in all of its codes, and what the kind of list counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Codes {
    belief: f32,
    whole: f32,
    share: f32,
    /// Marks of the other codes or groups.
    others: u64,
}

/// So many words can be shared at most, of so many of who searches; the agreement of hardly any, and what
/// all of them add.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    left: f32,
    own: f32,
    none: f32,
    all: f32,
    /// Marks of the words that can be shared, and how many of these have the mark of another.
    marks: u64,
    doubled: f32,
}

impl Codes {
    /// With a flow that believes so much in it and in all of its codes, where it is what both believe most in of all that they
    /// share: the others, two at most, are shared no more than it, and no more than either believes
    /// beside it.
    #[inline]
    pub(super) fn with(self, belief: f32, whole: f32) -> f32 {
        self.of(self.common(belief, whole - belief), lesser(self.whole, whole))
    }

    /// The same, where nothing else is shared when no mark is.
    pub(super) fn marked(self, belief: f32, whole: f32, marks: u64) -> f32 {
        if self.others & marks == 0 {
            return self.of(lesser(self.belief, belief), lesser(self.whole, whole));
        }
        self.with(belief, whole)
    }

    /// The most with any of some flows.
    #[inline]
    pub(super) fn most(self, others: &Bound) -> f32 {
        let common = self.common(others.belief, others.beside);
        let [low, high] = others.whole.map(|whole| lesser(whole, self.whole));
        self.of(common, lesser(greater(common, low), high))
    }

    #[inline]
    fn common(self, belief: f32, beside: f32) -> f32 {
        let key = lesser(self.belief, belief);
        key + lesser(lesser(self.whole - self.belief, beside), 2.0 * key)
    }

    /// What [`parts::coded`] gives when so much is shared, of the smaller sum.
    #[inline]
    fn of(self, common: f32, smaller: f32) -> f32 {
        self.share * lesser(common / smaller, 1.0) * (500.0 + lesser(smaller, 1000.0) / 2.0)
    }
}

impl Words {
    /// The most with any of some flows.
    #[inline]
    pub(super) fn most(self, others: &Bound) -> f32 {
        let [low, high] = others.words;
        self.of(lesser(greater(low, self.left), high))
    }

    /// With a flow of so many words with these marks.
    pub(super) fn marked(self, words: f32, marks: u64) -> f32 {
        let shared = real((self.marks & marks).count_ones()) + self.doubled;
        Self { left: lesser(self.left, shared), ..self }.of(words)
    }

    /// With a flow of so many words.
    #[inline]
    pub(super) fn of(self, words: f32) -> f32 {
        self.none + self.all * 2.0 * lesser(self.left, words) / (self.own + words)
    }
}

impl Agreement {
    /// Codes: belief in the one of the list and in all, thousandths that its kind counts, and marks of the
    /// others.
    pub(super) fn believed(belief: u32, whole: u32, share: u32, others: u64) -> Self {
        let share = real(share) / 1000.0;
        Self::Believed(Codes { belief: real(belief), whole: real(whole), share, others })
    }

    /// Words: `left` of the `own` can be shared at most, those with these marks.
    pub(super) fn worded(
        flow_type: FlowType,
        categories: (Option<Category>, Option<Category>),
        (left, marks): (u32, u64),
        own: u32,
    ) -> Self {
        // The list is of a word that both have.
        let of_words = |share: u32| f32::from(parts::of_words(flow_type, categories, share));
        Self::Worded(Words {
            left: real(left),
            own: real(own),
            none: of_words(0),
            all: of_words(1000) - of_words(0),
            marks,
            doubled: real(left.saturating_sub(marks.count_ones())),
        })
    }

    /// The most with any flow.
    pub(super) fn most(self) -> f32 {
        match self {
            // What is shared over the smaller sum of belief, s, times 500 + s / 2, is most where all of
            // the smaller is shared.
            Self::Believed(codes) => {
                let common = codes.common(codes.belief, codes.whole);
                codes.of(common, common)
            }
            Self::Worded(words) => words.of(words.left),
            Self::Same(agreement) => agreement,
        }
    }
}
