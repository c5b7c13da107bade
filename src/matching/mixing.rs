//! What may lie in one pool: what differs in hazard, soiling, physical state or season stays apart.

use super::bits::Bits;
use super::candidates::Prepared;
use super::circumstances;
use super::flags;
use super::pooling::{Kind, kind};
use super::substances;
use crate::materials;
use crate::model::{Direction, State};
use chrono::NaiveDate;

/// What the flows of one pool have in common from the first on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sort {
    pub(super) direction: Direction,
    pub(super) kind: Kind,
    /// Declared, else as the likeliest code is marked; what nobody knows goes with what is not.
    is_hazardous: bool,
    /// Of offers: what their words say that some uses exclude.
    barred: u64,
    /// Where a group of codes says too little: of what is hazardous, and of a group of several categories
    /// when none is known.
    code: Option<&'static str>,
}

/// The sort of a flow; none when it is over, or no code tells it from others.
pub(super) fn sort(one: &Prepared<'_>, as_of: NaiveDate) -> Option<Sort> {
    let (flow, likeliest) = (one.flow, one.flow.ranked_codes.first()?);
    if one.facts.to.is_some_and(|end| end < as_of) {
        return None;
    }
    let kind = kind(flow);
    let group: u32 = kind.1.as_ref()?.parse().ok()?;
    let is_offer = flow.direction == Direction::Output;
    let is_hazardous = flags::hazardous(flow) == Some(true) || is_offer && one.facts.hazardous == Some(true);
    let barred = if is_offer { one.facts.barred } else { 0 };
    let is_vague = is_hazardous || flow.category.is_none() && materials::is_mixed(group);
    let code = is_vague.then_some(likeliest.code);
    Some(Sort { direction: flow.direction, kind, is_hazardous, barred, code })
}

/// What some flows of one sort have in common, as far as they tell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Common {
    state: Option<State>,
    soiled: Option<bool>,
    substances: Bits,
    /// Days on which all are there.
    from: NaiveDate,
    to: NaiveDate,
}

impl Common {
    /// Of none yet, from a day on.
    pub(super) const fn new(as_of: NaiveDate) -> Self {
        Self { state: None, soiled: None, substances: Bits::NONE, from: as_of, to: NaiveDate::MAX }
    }

    /// With one more; none when it must not lie with them, or is there when one of them is not.
    pub(super) fn with(self, one: &Prepared<'_>) -> Option<Self> {
        let (named, one) = (one.substances, &one.facts);
        let from = one.from.map_or(self.from, |day| day.max(self.from));
        let to = one.to.map_or(self.to, |day| day.min(self.to));
        let is_other_state = self.state.zip(one.state).is_some_and(|(all, own)| all != own);
        let is_other_soiling = self.soiled.zip(one.soiled).is_some_and(|(all, own)| all != own);
        let (state, soiled) = (self.state.or(one.state), self.soiled.or(one.soiled));
        let is_other = is_other_state || is_other_soiling || substances::differ(self.substances, named);
        let substances = substances::common(self.substances, named);
        (from <= to && !is_other).then_some(Self { state, soiled, substances, from, to })
    }
}

/// Whether condition or time keeps a flow from one of the other side.
pub(super) fn is_ruled_out(one: &Prepared<'_>, other: &Prepared<'_>, as_of: NaiveDate) -> bool {
    let (offer, request) = match one.flow.direction {
        Direction::Output => (one, other),
        Direction::Input => (other, one),
    };
    let is_contradicted = offer.contradicts(request);
    let (offer, request) = (&offer.facts, &request.facts);
    is_contradicted
        || circumstances::condition(offer, request) == Some(0)
        || circumstances::period(offer, request, as_of) == Some(0)
}
