//! Identifiers of matches that outlive the order of rows and scores.

use super::candidates::Prepared;
use super::found::Found;
use super::identity;
use crate::model::{Flow, agreed, fold};
use std::collections::{BTreeMap, HashSet};

/// Keyed identifier of a match: 48 bits, written as twelve digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(u64);

impl Identifier {
    /// The first twelve hexadecimal digits of a key; none of a text that does not begin with so many.
    #[must_use]
    pub fn of(key: &str) -> Option<Self> {
        let digits = key.get(..12).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        u64::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl std::fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{:012x}", self.0)
    }
}

/// An identifier for each match, in their order: `keyed` of who both sides are and what both wrote, gender and
/// number apart. Of matches that say the same (two lots), the first by the numbers that the source gave its flows
/// has this alone, and the others their numbers too, so that a score that changes moves no follow-up to another
/// lot. Lots without a number are told apart by what else they say, and never by their rows.
///
/// Earlier versions told gender and number apart: an identifier of theirs that `is_known` is kept.
///
/// # Panics
/// When `keyed` gives fewer than twelve hexadecimal digits.
pub fn identifiers(
    found: &Found<'_>,
    is_known: impl Fn(&Identifier) -> bool,
    keyed: impl Fn(&str) -> String,
) -> Vec<Identifier> {
    let pairs: Vec<_> = found.packed.iter().map(|pair| found.prepared(*pair)).collect();
    named(&pairs, &mut HashSet::new(), is_known, keyed)
}

/// Puts those of the matches that the plan added, at these places, among the identifiers of the others; none
/// is one of the `taken`, those of the night before any was set aside.
///
/// # Panics
/// When `keyed` gives fewer than twelve hexadecimal digits.
pub fn add_identifiers(
    identifiers: &mut Vec<Identifier>,
    taken: &[Identifier],
    found: &Found<'_>,
    added: &[usize],
    is_known: impl Fn(&Identifier) -> bool,
    keyed: impl Fn(&str) -> String,
) {
    if added.is_empty() {
        return;
    }
    let is_added = |at: &usize| added.binary_search(at).is_ok();
    let those = found.packed.iter().enumerate().filter(|(at, _)| is_added(at));
    let pairs: Vec<_> = those.map(|(_, pair)| found.prepared(*pair)).collect();
    let mut new = named(&pairs, &mut taken.iter().copied().collect(), is_known, keyed).into_iter();
    let mut old = std::mem::take(identifiers).into_iter();
    identifiers.extend((0..found.len()).filter_map(|at| if is_added(&at) { new.next() } else { old.next() }));
}

/// Keys of a match: what both sides say, and that with the numbers of both; as they are made now, and as
/// earlier versions made them.
pub(super) fn keys((offer, request): (&Flow, &Flow)) -> [String; 4] {
    let [now, before] =
        [agreed, fold].map(|form| [offer, request].map(|flow| said(flow, form)).join("\u{0}"));
    let numbers = [offer, request].map(identity::number).join("\u{0}");
    let [with_now, with_before] = [&now, &before].map(|key| format!("{key}\u{0}{numbers}"));
    [now, with_now, before, with_before]
}

/// Who somebody is and what he wrote, in the form in which words are compared.
fn said(flow: &Flow, form: fn(&str) -> String) -> String {
    format!("{}\u{0}{}", flow.organisation.0.reveal(), form(flow.description.reveal()))
}

/// An identifier for each pair, in their order, none of which was taken before.
fn named(
    pairs: &[(&Prepared<'_>, &Prepared<'_>)],
    taken: &mut HashSet<Identifier>,
    is_known: impl Fn(&Identifier) -> bool,
    keyed: impl Fn(&str) -> String,
) -> Vec<Identifier> {
    let mut told: BTreeMap<u32, [String; 3]> = BTreeMap::new();
    for one in pairs.iter().flat_map(|(offer, request)| [offer, request]) {
        let flow = one.flow;
        let telling = || [said(flow, fold), said(flow, agreed), identity::number(flow).to_owned()];
        told.entry(one.rank).or_insert_with(telling);
    }
    let of = |key: &str| Identifier::of(&keyed(key)).expect("a pseudonym is hexadecimal");
    let both = |at: usize| [pairs[at].0.rank, pairs[at].1.rank];
    let texts = |at: usize, form: usize| both(at).map(|rank| told[&rank][form].as_str());
    let mut order: Vec<usize> = (0..pairs.len()).collect();
    order.sort_unstable_by_key(|at| (texts(*at, 2), both(*at)));
    let given = order.into_iter().map(|at| {
        let [mut before, mut now, numbers] = [0, 1, 2].map(|form| texts(at, form).join("\u{0}"));
        let mut id = of(&before);
        while is_known(&id) {
            if taken.insert(id) {
                return (at, id);
            }
            before = format!("{before}\u{0}{numbers}");
            id = of(&before);
        }
        loop {
            let id = of(&now);
            if taken.insert(id) {
                return (at, id);
            }
            now = format!("{now}\u{0}{numbers}");
        }
    });
    let mut given: Vec<(usize, Identifier)> = given.collect();
    given.sort_unstable();
    given.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Known;
    use super::super::tests::{day, flow, organisation, searched};
    use super::{Identifier, identifiers};
    use crate::config;
    use crate::model::{Confidential, Direction, FlowId, Location, Mass};
    use std::collections::BTreeMap;

    #[test]
    fn an_identifier_is_written_as_its_key_begins() {
        for key in ["00000000000f9", "0123456789abcdef", "ffffffffffff"] {
            assert_eq!(Identifier::of(key).unwrap().to_string(), key[..12]);
        }
        assert!(Identifier::of("0123456789a").is_none() && Identifier::of("+12345678901").is_none());
    }

    fn keyed(key: &str) -> String {
        blake3::hash(key.as_bytes()).to_string()
    }

    /// Identifiers of the matches of one request with offers of these words, by offer.
    fn of(words: &[&str], known: &[Identifier]) -> BTreeMap<String, Identifier> {
        let organisations = [organisation("a"), organisation("b")];
        let mut flows = vec![flow("9", "b", Direction::Input, "retailles broyées")];
        for (number, words) in words.iter().enumerate() {
            flows.push(flow(&number.to_string(), "a", Direction::Output, words));
        }
        let found_flows = Known::new(&organisations, &flows, &[]);
        let settings = config::Matching::default();
        let found = searched(&found_flows, &settings, day());
        let ids = identifiers(&found, |id| known.contains(id), keyed);
        found.flows().map(|(offer, _)| offer.id.0.reveal().clone()).zip(ids).collect()
    }

    #[test]
    fn gender_and_number_do_not_count_and_what_earlier_versions_named_is_kept() {
        let one = of(&["retailles broyées"], &[])["0"];
        assert_eq!(of(&["Retaille broyée"], &[])["0"], one);
        assert_ne!(of(&["retailles fraisées"], &[])["0"], one);
        // Two lots that differ in number alone are two.
        let both = of(&["retailles broyées", "retaille broyée"], &[]);
        assert_eq!(both["0"], one);
        assert_ne!(both["1"], one);
        // As earlier versions made it.
        let before = Identifier::of(&keyed("a\u{0}retailles broyees\u{0}b\u{0}retailles broyees")).unwrap();
        assert_ne!(before, one);
        assert_eq!(of(&["retailles broyées"], &[before])["0"], before);
        assert_eq!(of(&["retailles broyées", "retaille broyée"], &[before])["1"], one);
    }

    /// Identifier and score of each offer, of two lots of one company with these amounts.
    fn lots(kilograms: [i64; 2]) -> BTreeMap<String, (Identifier, u16)> {
        let organisations = [organisation("a"), organisation("b")];
        let mut flows = vec![flow("3", "b", Direction::Input, "palettes de bois")];
        for (id, kg) in ["1", "2"].into_iter().zip(kilograms) {
            let mut lot = flow(id, "a", Direction::Output, "palettes de bois");
            lot.mass = Mass::exact(kg);
            flows.push(lot);
        }
        let known = Known::new(&organisations, &flows, &[]);
        let settings = config::Matching::default();
        let found = searched(&known, &settings, day());
        let ids = identifiers(&found, |_| false, keyed);
        let of_offer = found.pairs().zip(ids);
        of_offer
            .map(|(pair, id)| (pair.found.offer.0.reveal().clone(), (id, pair.found.score_milli)))
            .collect()
    }

    #[test]
    fn of_two_lots_each_keeps_its_identifier_when_their_scores_change_places() {
        let (before, after) = (lots([10_000, 100]), lots([100, 10_000]));
        assert!(before["1"].1 > before["2"].1 && after["1"].1 < after["2"].1);
        assert_ne!(before["1"].0, before["2"].0);
        assert_eq!((before["1"].0, before["2"].0), (after["1"].0, after["2"].0));
    }

    /// Identifier of each amount, of two lots of one company that only their rows tell.
    fn unnumbered(rows: [u32; 2]) -> BTreeMap<Option<i64>, Identifier> {
        let organisations = [organisation("a"), organisation("b")];
        let mut flows = vec![flow("3", "b", Direction::Input, "palettes de bois")];
        for (row, kg) in rows.into_iter().zip([10_000, 100]) {
            let mut lot = flow("", "a", Direction::Output, "palettes de bois");
            let file = Confidential::new("x.csv".into());
            let place = Location { source: "F".into(), file, sheet: None, row };
            lot.id = FlowId(Confidential::new(place.public()));
            (lot.mass, lot.locations) = (Mass::exact(kg), vec![place]);
            flows.push(lot);
        }
        let known = Known::new(&organisations, &flows, &[]);
        let settings = config::Matching::default();
        let found = searched(&known, &settings, day());
        let ids = identifiers(&found, |_| false, keyed);
        found.flows().map(|(offer, _)| offer.mass.map(Mass::best_kg)).zip(ids).collect()
    }

    #[test]
    fn lots_without_a_number_keep_their_identifiers_in_another_order_of_rows() {
        let ids = unnumbered([2, 3]);
        assert_eq!(ids.len(), 2);
        assert_ne!(ids[&Some(100)], ids[&Some(10_000)]);
        for rows in [[3, 2], [9, 10], [10, 9]] {
            assert_eq!(unnumbered(rows), ids, "{rows:?}");
        }
    }
}
