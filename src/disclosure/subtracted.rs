//! Sums that published values leave of one another: a value less up to three others of its table that lie in it,
//! whatever their dimensions, and less every finest cell that is shown.
//!
//! Cells are sets of finest cells. Only what fails the rules matters, and that is never more than some multiple of
//! the largest holding in it: so what is subtracted has to take nearly all, which leaves few ways to try.

use super::certificate::NamedCells;
use super::rules::Rules;
use super::system::Variable;
use std::collections::{BTreeMap, BTreeSet};

/// Values that are subtracted from one at most.
const DEEPEST: usize = 3;
/// Largest values in a published one of which several are subtracted; of the others one.
const LARGEST: usize = 64;

/// Places of finest cells, in their order.
type Finest = Vec<usize>;

/// A table of one measure.
#[derive(Debug)]
struct Block {
    /// Variables of its finest cells.
    finest: Vec<usize>,
    /// Its variables, with the finest cells in them.
    cells: BTreeMap<usize, Finest>,
    /// Those in which each lies, itself among them.
    above: BTreeMap<usize, Vec<usize>>,
    /// Those of several finest cells that lie in each, itself among them, the largest first.
    below: BTreeMap<usize, Vec<usize>>,
}

/// What lies in what, in every table.
#[derive(Debug, Default)]
pub(super) struct Subtracted {
    blocks: Vec<Block>,
}

/// What is published, and what fails the rules.
pub(super) struct Release<'a> {
    pub variables: &'a [Variable],
    pub suppressed: &'a [bool],
    pub rules: &'a Rules,
    pub is_unsafe: &'a dyn Fn(&[usize]) -> bool,
}

/// Published variables by their withheld finest cells.
type Published = BTreeMap<Finest, usize>;

/// A published cell: how much of it is withheld, and its withheld finest cells.
type Shown<'a> = (i128, &'a [usize]);

impl Subtracted {
    /// From the tables as the second program knows them; without those of which an amount is negative.
    pub(super) fn new(tables: &[NamedCells], variables: &[Variable]) -> Self {
        let is_signed = |table: &&NamedCells| {
            let mut shares = table.cells.iter().flat_map(|(_, variable)| &variables[*variable].shares);
            shares.any(|share| share.amount < 0)
        };
        let blocks = tables.iter().filter(|table| !is_signed(table)).map(|table| block(table, variables));
        Self { blocks: blocks.collect() }
    }

    /// The withheld finest variables of each such sum that fails the rules.
    pub(super) fn sums(&self, release: &Release<'_>) -> BTreeSet<Vec<usize>> {
        let of_block = |block: &Block| {
            let published = block.published(block.cells.keys().copied(), release);
            let tops: Vec<&Finest> = published.keys().collect();
            block.left(&published, &tops, release)
        };
        self.blocks.iter().flat_map(of_block).collect()
    }

    /// Those of them that a value leaves in which a published variable lies.
    pub(super) fn sums_beside(&self, member: usize, release: &Release<'_>) -> BTreeSet<Vec<usize>> {
        self.blocks.iter().flat_map(|block| block.beside(member, release)).collect()
    }
}

fn block(table: &NamedCells, variables: &[Variable]) -> Block {
    let places: BTreeMap<&[String], usize> =
        table.cells.iter().map(|(codes, variable)| (codes.as_slice(), *variable)).collect();
    let mut upper: BTreeSet<Vec<String>> = BTreeSet::new();
    for (codes, _) in &table.cells {
        for (axis, parents) in table.parents.iter().enumerate() {
            let mut above = codes.clone();
            if let Some(parent) = NamedCells::above(parents, &codes[axis]) {
                above[axis] = parent;
                upper.insert(above);
            }
        }
    }
    // A nothing that is withheld may be something to a reader: it stays in the sum.
    let is_finest = |(codes, _): &&(Vec<String>, usize)| !upper.contains(codes);
    let leaves: BTreeMap<usize, &Vec<String>> =
        table.cells.iter().filter(is_finest).map(|(codes, variable)| (*variable, codes)).collect();
    let mut cells: BTreeMap<usize, Finest> = BTreeMap::new();
    for (place, codes) in leaves.values().enumerate() {
        for above in all_above(codes, &table.parents) {
            let Some(variable) = places.get(above.as_slice()) else { continue };
            let known = cells.entry(*variable).or_default();
            if known.last() != Some(&place) {
                known.push(place);
            }
        }
    }
    let mut above: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut below: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let finest: Vec<usize> = leaves.into_keys().collect();
    let sets: Vec<(usize, &Finest)> = cells.iter().map(|(variable, finest)| (*variable, finest)).collect();
    let within = within(&sets.iter().map(|(_, finest)| finest.as_slice()).collect::<Vec<_>>(), finest.len());
    for ((upper, _), within) in sets.iter().zip(within) {
        let own = below.entry(*upper).or_default();
        for (variable, lower) in within.into_iter().map(|lower| sets[lower]) {
            above.entry(variable).or_default().push(*upper);
            if lower.len() > 1 {
                own.push(variable);
            }
        }
        own.sort_by_key(|variable| (std::cmp::Reverse(variables[*variable].amount), *variable));
    }
    Block { finest, cells, above, below }
}

/// The cell itself and all in which it lies.
fn all_above(codes: &[String], parents: &[BTreeMap<String, String>]) -> Vec<Vec<String>> {
    codes.iter().zip(parents).fold(vec![Vec::new()], |heads, (code, parents)| {
        let next = |code: &String| NamedCells::above(parents, code);
        let path: Vec<String> = std::iter::successors(Some(code.clone()), next).collect();
        let longer = |head: &Vec<String>| {
            let head = head.clone();
            path.iter().map(move |code| head.iter().cloned().chain([code.clone()]).collect()).collect()
        };
        heads.iter().flat_map(|head| -> Vec<Vec<String>> { longer(head) }).collect()
    })
}

impl Block {
    /// Of some variables those that are published and of which something is withheld.
    fn published(&self, among: impl Iterator<Item = usize>, release: &Release<'_>) -> Published {
        let mut published = Published::new();
        for variable in among.filter(|variable| !release.suppressed[*variable]) {
            let withheld =
                self.cells[&variable].iter().filter(|place| release.suppressed[self.finest[**place]]);
            let known = published.entry(withheld.copied().collect()).or_insert(variable);
            *known = variable.min(*known);
        }
        published.remove(&Vec::new());
        published
    }

    fn beside(&self, member: usize, release: &Release<'_>) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        for top in self.above.get(&member).into_iter().flatten().filter(|top| !release.suppressed[**top]) {
            let below = &self.below[top];
            let withheld = self.cells[top].iter().map(|place| self.finest[*place]);
            let withheld = withheld.filter(|variable| release.suppressed[*variable]);
            let amount: i128 = withheld.map(|variable| i128::from(release.variables[variable].amount)).sum();
            let mut shown = below.iter().filter(|other| *other != top && !release.suppressed[**other]);
            let most: i128 =
                shown.by_ref().take(DEEPEST).map(|other| i128::from(release.variables[*other].amount)).sum();
            // Whatever is subtracted leaves too much to fail.
            if amount - most > reach(release.rules) * largest(release.variables, &[*top]) / 100 {
                continue;
            }
            let published = self.published(below.iter().copied(), release);
            let own = published.iter().find(|(_, variable)| *variable == top).map(|(finest, _)| finest);
            let tops: Vec<&Finest> = own.into_iter().collect();
            found.extend(self.left(&published, &tops, release));
        }
        found
    }

    /// What is left of some of the published values, where it fails the rules.
    fn left(&self, published: &Published, tops: &[&Finest], release: &Release<'_>) -> Vec<Vec<usize>> {
        let amount = |place: &usize| i128::from(release.variables[self.finest[*place]].amount);
        let amounts: Vec<i128> = (0..self.finest.len()).map(|place| amount(&place)).collect();
        let named = |finest: &[usize]| finest.iter().map(|place| self.finest[*place]).collect::<Vec<_>>();
        let mut shown: Vec<(Shown<'_>, usize)> = published
            .iter()
            .map(|(finest, variable)| ((sum(&amounts, finest), finest.as_slice()), *variable))
            .collect();
        shown.sort_by_key(|((amount, _), variable)| (std::cmp::Reverse(*amount), *variable));
        let shown: Vec<Shown<'_>> = shown.into_iter().map(|(shown, _)| shown).collect();
        let within = within(&shown.iter().map(|(_, finest)| *finest).collect::<Vec<_>>(), self.finest.len());
        let mut left: BTreeSet<Finest> = BTreeSet::new();
        for ((amount, finest), within) in shown.iter().zip(&within) {
            if !tops.iter().any(|top| top.as_slice() == *finest) {
                continue;
            }
            let most = reach(release.rules) * largest(release.variables, &named(finest)) / 100;
            let below = within.iter().map(|place| shown[*place]);
            let below: Vec<Shown<'_>> = below.filter(|(_, other)| other.len() < finest.len()).collect();
            let mut walk = Walk { amounts: &amounts, published, below, most, left: &mut left };
            walk.subtract(finest, *amount, 0, DEEPEST);
        }
        let fails = |finest: &Finest| finest.len() > 1 && (release.is_unsafe)(&named(finest));
        // What is shown in it can be subtracted, too: consent may make the whole unsafe and every part safe.
        let bare = left.iter().filter(|finest| fails(finest)).map(|finest| {
            let mut bare = finest.clone();
            for (_, other) in &shown {
                if other.len() < bare.len() && is_within(other, &bare) {
                    bare.retain(|place| other.binary_search(place).is_err());
                }
            }
            bare
        });
        bare.filter(fails).map(|finest| named(&finest)).collect()
    }
}

/// Those that lie in each of some sets, in their order.
fn within(sets: &[&[usize]], finest: usize) -> Vec<Vec<usize>> {
    let mut with: Vec<Vec<usize>> = vec![Vec::new(); finest];
    for (position, cells) in sets.iter().enumerate() {
        for place in *cells {
            with[*place].push(position);
        }
    }
    let mut within = vec![Vec::new(); sets.len()];
    for (position, cells) in sets.iter().enumerate() {
        for upper in cells.first().into_iter().flat_map(|place| &with[*place]) {
            if is_within(cells, sets[*upper]) {
                within[*upper].push(position);
            }
        }
    }
    within
}

/// Subtracts from one published cell.
struct Walk<'a> {
    amounts: &'a [i128],
    published: &'a Published,
    below: Vec<Shown<'a>>,
    /// What is left is looked at up to this amount.
    most: i128,
    left: &'a mut BTreeSet<Finest>,
}

impl Walk<'_> {
    fn subtract(&mut self, finest: &[usize], amount: i128, from: usize, deep: usize) {
        if amount <= self.most {
            self.left.insert(finest.to_vec());
        }
        for at in from..self.below.len() {
            let (other, cells) = self.below[at];
            let several = i128::try_from(deep).unwrap_or(0);
            if deep == 0 || amount - several * other > self.most || (deep < DEEPEST && at >= LARGEST) {
                break;
            }
            let (common, gone): (Finest, Finest) =
                cells.iter().partition(|place| finest.binary_search(place).is_ok());
            // What was subtracted before can be added again where it is shown.
            if common.is_empty() || common.len() == finest.len() || !(gone.is_empty() || self.is_shown(&gone))
            {
                continue;
            }
            let rest: Finest =
                finest.iter().copied().filter(|place| common.binary_search(place).is_err()).collect();
            let amount = amount - sum(self.amounts, &common);
            self.subtract(&rest, amount, at + 1, if at < LARGEST { deep - 1 } else { 0 });
        }
    }

    fn is_shown(&self, finest: &Finest) -> bool {
        self.published.contains_key(finest)
    }
}

fn sum(amounts: &[i128], finest: &[usize]) -> i128 {
    finest.iter().map(|place| amounts[*place]).sum()
}

/// Whether all of one are in the other.
fn is_within(one: &[usize], other: &[usize]) -> bool {
    one.len() <= other.len() && one.iter().all(|place| other.binary_search(place).is_ok())
}

/// What fails the rules is at most so many hundredths of the largest holding in it: too few have no more each; else
/// it is that one, who attacks, and what p % or dominance leave beside.
fn reach(rules: &Rules) -> i128 {
    let whole = |number: u32| 100 * i128::from(number);
    let attackers = rules.coalitions.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let attackers = 100 * i128::try_from(attackers).unwrap_or(i128::from(u32::MAX));
    let ratio = rules.p_percent.map_or(0, |p| 100 + i128::from(p) + attackers);
    let dominance = rules.dominance.map_or(0, |(n, k)| 100 * whole(n) / i128::from(k.max(1)) + attackers + 1);
    whole(rules.minimum).max(ratio).max(dominance)
}

/// What the largest holding gave and took.
fn largest(variables: &[Variable], parts: &[usize]) -> i128 {
    let mut known: BTreeMap<u32, i128> = BTreeMap::new();
    for share in parts.iter().flat_map(|part| &variables[*part].shares) {
        for party in BTreeSet::from(share.parties) {
            *known.entry(party).or_insert(0) += i128::from(share.amount);
        }
    }
    known.into_values().max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::rules::{Share, judge};
    use super::super::system::{Role, Wish};
    use super::*;

    const CODES: [[&str; 2]; 9] = [
        ["Total", "Total"],
        ["Total", "x"],
        ["Total", "y"],
        ["p", "Total"],
        ["p", "x"],
        ["p", "y"],
        ["q", "Total"],
        ["q", "x"],
        ["q", "y"],
    ];

    fn variable(place: usize, [row, column]: [&str; 2], third: i64) -> Variable {
        let fine: [([&str; 2], u32, i64); 7] = [
            (["p", "x"], 3, 500),
            (["p", "x"], 4, 400),
            (["p", "x"], 5, 300),
            (["p", "y"], 0, 100),
            (["q", "x"], 0, 100),
            (["q", "y"], 1, 50),
            (["q", "y"], 2, third),
        ];
        let lies_in =
            |fine: &[&str; 2]| (row == "Total" || row == fine[0]) && (column == "Total" || column == fine[1]);
        let mut made: BTreeMap<u32, i64> = BTreeMap::new();
        for (_, holding, amount) in fine.iter().filter(|(codes, _, _)| lies_in(codes)) {
            *made.entry(*holding).or_insert(0) += amount;
        }
        let share = |(holding, amount)| Share { parties: [holding; 2], amount, waived: false };
        let shares: Vec<Share> = made.into_iter().map(share).collect();
        Variable {
            name: format!("{row} {column}"),
            amount: shares.iter().map(|share| share.amount).sum(),
            down: None,
            up: None,
            levels: 0,
            tie: place,
            shares,
            verdict: None,
            wish: Wish::None,
            role: Role::Amount,
            origin: (0, 0),
            hidden: false,
        }
    }

    /// What published cells of two rows and two columns leave, and what of it the last of them does.
    fn left(published: &[usize], third: i64) -> [Vec<Vec<usize>>; 2] {
        let variables: Vec<Variable> =
            CODES.iter().enumerate().map(|(place, codes)| variable(place, *codes, third)).collect();
        let cells = CODES.iter().zip(0..).map(|(codes, place)| (codes.map(str::to_owned).to_vec(), place));
        let parents = vec![BTreeMap::new(), BTreeMap::new()];
        let table = NamedCells { name: "t".to_owned(), parents, cells: cells.collect() };
        let suppressed: Vec<bool> = (0..CODES.len()).map(|place| !published.contains(&place)).collect();
        let rules = Rules { insiders: false, ..Rules::default() };
        let is_unsafe = |parts: &[usize]| {
            let mut sum: BTreeMap<[u32; 2], Share> = BTreeMap::new();
            for share in parts.iter().flat_map(|part| &variables[*part].shares) {
                sum.entry(share.parties).and_modify(|known| known.amount += share.amount).or_insert(*share);
            }
            judge(&sum.into_values().collect::<Vec<_>>(), &rules).is_some()
        };
        let release =
            Release { variables: &variables, suppressed: &suppressed, rules: &rules, is_unsafe: &is_unsafe };
        let all = Subtracted::new(&[table], &variables);
        let last = published.last().copied().unwrap_or(0);
        [all.sums(&release), all.sums_beside(last, &release)].map(|sums| sums.into_iter().collect())
    }

    #[test]
    fn a_total_less_a_cell_of_another_dimension_is_found() {
        let found = || vec![vec![5, 7, 8]];
        assert_eq!(left(&[0, 4], 29), [found(), found()]);
        assert_eq!(left(&[0, 4], 30), [Vec::new(), Vec::new()] as [Vec<Vec<usize>>; 2]);
        assert_eq!(left(&[0], 29), [Vec::new(), Vec::new()] as [Vec<Vec<usize>>; 2]);
    }

    #[test]
    fn a_total_less_a_row_is_found_and_what_is_shown_within_it_too() {
        let found = || vec![vec![7, 8]];
        assert_eq!(left(&[0, 3], 14), [found(), found()]);
        assert_eq!(left(&[0, 3], 15), [Vec::new(), Vec::new()] as [Vec<Vec<usize>>; 2]);
        assert_eq!(left(&[0, 4, 3], 14), [found(), found()]);
    }
}
