//! Sums along one hierarchy that several levels of it reveal together, though no single equation does: a total less
//! what is shown below its withheld parts.
//!
//! Within a hierarchy, the codes of the other dimensions fixed, every finest cell belongs to the lowest published
//! cell above it. What belongs to one published cell can be computed, and nothing else that is no sum of such sums;
//! these are safe when each of them is, as the rules are subadditive (Cox 1981, "Linear sensitivity measures in
//! statistical disclosure control").

use super::cells::TOTAL;
use super::certificate::NamedCells;
use std::collections::BTreeMap;

/// A cell among those above and below it.
#[derive(Debug)]
struct Place {
    variable: usize,
    parent: Option<usize>,
    children: Vec<usize>,
}

/// The cells of every hierarchy of more than one level.
#[derive(Debug, Default)]
pub(super) struct Hierarchies {
    places: Vec<Place>,
    of_variable: BTreeMap<usize, Vec<usize>>,
}

impl Hierarchies {
    /// From the tables as the second program knows them.
    pub(super) fn new(tables: &[NamedCells]) -> Self {
        let mut hierarchies = Self::default();
        for table in tables {
            for (axis, parents) in table.parents.iter().enumerate().filter(|(_, parents)| !parents.is_empty())
            {
                hierarchies.add(table, axis, parents);
            }
        }
        hierarchies
    }

    fn add(&mut self, table: &NamedCells, axis: usize, parents: &BTreeMap<String, String>) {
        let first = self.places.len();
        let mut of_codes: BTreeMap<&[String], usize> = BTreeMap::new();
        for (place, (codes, variable)) in (first..).zip(&table.cells) {
            of_codes.insert(codes, place);
            self.of_variable.entry(*variable).or_default().push(place);
            self.places.push(Place { variable: *variable, parent: None, children: Vec::new() });
        }
        for (place, (codes, _)) in (first..).zip(&table.cells) {
            if codes[axis] == TOTAL {
                continue;
            }
            let mut above = codes.clone();
            above[axis] = parents.get(&codes[axis]).cloned().unwrap_or_else(|| TOTAL.to_owned());
            if let Some(parent) = of_codes.get(above.as_slice()) {
                self.places[place].parent = Some(*parent);
                self.places[*parent].children.push(place);
            }
        }
    }

    /// The withheld variables of each sum that is revealed over more than one level.
    pub(super) fn sums(&self, suppressed: &[bool]) -> Vec<Vec<usize>> {
        let shown = (0..self.places.len()).filter(|place| !suppressed[self.places[*place].variable]);
        shown.filter_map(|place| self.left(place, suppressed)).collect()
    }

    /// Those of them that change with a published variable: what belongs to it, and to the next above it.
    pub(super) fn sums_beside(&self, published: usize, suppressed: &[bool]) -> Vec<Vec<usize>> {
        let own = self.of_variable.get(&published).into_iter().flatten();
        let around = own.flat_map(|place| [Some(*place), self.owner(*place, suppressed)]).flatten();
        around.filter_map(|place| self.left(place, suppressed)).collect()
    }

    /// The next published cell above.
    fn owner(&self, place: usize, suppressed: &[bool]) -> Option<usize> {
        let parent = |place: usize| self.places[place].parent;
        std::iter::successors(parent(place), |above| parent(*above))
            .find(|above| !suppressed[self.places[*above].variable])
    }

    /// What a published cell leaves when all that is shown below it is subtracted; none where its own equation
    /// tells the same.
    fn left(&self, place: usize, suppressed: &[bool]) -> Option<Vec<usize>> {
        let mut parts = Vec::new();
        let mut is_deep = false;
        for child in &self.places[place].children {
            let is_whole = self.gather(*child, suppressed, &mut parts);
            is_deep |= !is_whole && suppressed[self.places[*child].variable];
        }
        parts.sort_unstable();
        parts.dedup();
        (is_deep && parts.len() > 1).then_some(parts)
    }

    /// Adds the highest withheld cells below which nothing is published; whether this is one of them.
    fn gather(&self, place: usize, suppressed: &[bool], parts: &mut Vec<usize>) -> bool {
        let Place { variable, children, .. } = &self.places[place];
        if !suppressed[*variable] {
            return false;
        }
        let before = parts.len();
        let mut is_whole = true;
        for child in children {
            is_whole &= self.gather(*child, suppressed, parts);
        }
        if is_whole {
            parts.truncate(before);
            parts.push(*variable);
        }
        is_whole
    }
}

#[cfg(test)]
mod tests {
    use super::{Hierarchies, NamedCells};
    use std::collections::BTreeMap;

    const CODES: [&str; 8] = ["Total", "s0", "s00", "s01", "s1", "s10", "s11", "s2"];

    /// Two levels, and `s2` without a second.
    fn hierarchies() -> Hierarchies {
        let below = CODES.iter().filter(|code| code.len() == 3);
        let parents = below.map(|code| ((*code).to_owned(), code[..2].to_owned())).collect();
        let cells =
            CODES.iter().zip(0..).map(|(code, variable)| (vec![(*code).to_owned()], variable)).collect();
        Hierarchies::new(&[NamedCells { name: "t".to_owned(), parents: vec![parents], cells }])
    }

    fn withheld(codes: &[&str]) -> Vec<bool> {
        CODES.iter().map(|code| codes.contains(code)).collect()
    }

    fn named(sums: Vec<Vec<usize>>) -> Vec<Vec<&'static str>> {
        sums.into_iter().map(|parts| parts.into_iter().map(|part| CODES[part]).collect()).collect()
    }

    #[test]
    fn what_is_shown_below_withheld_parts_is_subtracted_from_the_total() {
        let all = hierarchies();
        let suppressed = withheld(&["s0", "s00", "s01", "s1", "s10"]);
        assert_eq!(named(all.sums(&suppressed)), [["s0", "s10"]]);
        // The same from where one of them was just published.
        assert_eq!(named(all.sums_beside(6, &suppressed)), [["s0", "s10"]]);
        let suppressed = withheld(&["s0", "s00", "s1", "s10", "s2"]);
        assert_eq!(named(all.sums(&suppressed)), [["s00", "s10", "s2"]]);
        assert_eq!(named(all.sums_beside(0, &suppressed)), [["s00", "s10", "s2"]]);
    }

    #[test]
    fn what_a_single_equation_tells_is_not_told_again() {
        let all = hierarchies();
        for codes in [
            &["s0", "s00", "s01", "s1", "s10", "s11"][..],
            &["s00", "s01"],
            &["Total", "s0", "s00", "s1", "s10"],
        ] {
            assert!(all.sums(&withheld(codes)).is_empty(), "{codes:?}");
        }
        let flat = NamedCells {
            name: "t".to_owned(),
            parents: vec![BTreeMap::new()],
            cells: CODES
                .iter()
                .zip(0..)
                .map(|(code, variable)| (vec![(*code).to_owned()], variable))
                .collect(),
        };
        assert!(Hierarchies::new(&[flat]).sums(&withheld(&["s0", "s1"])).is_empty());
    }
}
