//! Sums of cells of one or two holdings that several published equations reveal together, though no single
//! one does: a total less the rows and the columns that are shown.
//!
//! Movements that change nothing published are a linear space, of which random members stand for all (as in
//! `kernel`): the cells of two holdings whose entries depend linearly on each other make a sum that nothing
//! moves. What depends so in the system itself, whatever is published, is only another name of an equation.

use super::kernel::Kernel;
use super::modular::{PRIME, inverse, plus, times};
use super::stack;
use super::system::{Kind, Role, System};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// Largest systems, most pairs of holdings, and most multiplications of their elimination, that are looked at:
/// beyond, cells are protected one by one and with those of their equations.
const MOST_VARIABLES: usize = 8_000;
const MOST_PAIRS: usize = 20_000;
const MOST_PRODUCTS: usize = 2_000_000_000;
/// Movements that are drawn beside as many as there are cells: with fewer a sum might seem known by chance.
const SPARE: usize = 8;
/// Sums that are known of the cells of two holdings, up to which each two of them are added and subtracted.
const MOST_COMBINED: usize = 16;
/// Coefficients up to this size are told as whole numbers.
const SMALL: u64 = 16;

/// Cells, and with which factor each has a part in what is known of them.
type Functional = Vec<(usize, i64)>;

/// Cells of which a sum is known, for each such sum of one or two holdings: of cells that count with one sign.
/// What moves when nothing is published is drawn into `whole` once.
pub(super) fn sums(system: &System, suppressed: &[bool], whole: &OnceCell<Kernel>) -> Vec<Vec<usize>> {
    let (sets, _) = sets(system, suppressed);
    let Some(largest) = sets.last() else { return Vec::new() };
    let hidden = Kernel::draw_many(system, suppressed, largest.len() + SPARE);
    let all = || Kernel::draw_many(system, &vec![true; suppressed.len()], SPARE);
    let mut sums = BTreeSet::new();
    for known in sets.iter().flat_map(|cells| combined(dependencies(&hidden, cells))) {
        if !is_identity(whole.get_or_init(all), &known) {
            sums.extend(one_sided(system, &known));
        }
    }
    sums.into_iter().filter(|parts| parts.len() > 1).collect()
}

/// Whether all such sums are looked for.
pub(super) fn is_whole(system: &System, suppressed: &[bool]) -> bool {
    sets(system, suppressed).1
}

/// Withheld cells of one or two holdings that are looked at together, the largest set last; and whether these
/// are all.
fn sets(system: &System, suppressed: &[bool]) -> (Vec<Vec<usize>>, bool) {
    if system.variables.len() > MOST_VARIABLES {
        return (Vec::new(), false);
    }
    let cells = cells(system, suppressed);
    let holdings: Vec<u32> = cells.keys().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
    if holdings.len() * holdings.len() / 2 > MOST_PAIRS {
        return (Vec::new(), false);
    }
    let mut sets = Vec::new();
    for (place, one) in holdings.iter().enumerate() {
        for other in &holdings[place..] {
            let mut of_both: Vec<usize> = [vec![*one], vec![*other], vec![*one, *other]]
                .iter()
                .filter_map(|known| cells.get(known))
                .flatten()
                .copied()
                .collect();
            of_both.sort_unstable();
            of_both.dedup();
            if of_both.len() > 1 {
                sets.push(of_both);
            }
        }
    }
    sets.sort_by_key(Vec::len);
    let mut products = 0;
    let within = sets.iter().take_while(|cells| {
        products += cells.len().pow(3);
        products <= MOST_PRODUCTS
    });
    let kept = within.count();
    let is_whole = kept == sets.len();
    sets.truncate(kept);
    (sets, is_whole)
}

/// Withheld cells of tonight's tables that one or two holdings make, by who makes them: the finest, which have
/// nothing in common in one table. A margin of them would hide, with its sign, what is known of its parts.
fn cells(system: &System, suppressed: &[bool]) -> BTreeMap<Vec<u32>, Vec<usize>> {
    let mut cells: BTreeMap<Vec<u32>, Vec<usize>> = BTreeMap::new();
    for (position, variable) in system.variables.iter().enumerate() {
        let is_cell = suppressed[position]
            && !variable.hidden
            && variable.origin.0 != stack::PAST
            && matches!(variable.role, Role::Amount | Role::Count)
            && !is_margin(system, position);
        let makers = makers(system, position);
        if is_cell && (1..=2).contains(&makers.len()) {
            cells.entry(makers).or_default().push(position);
        }
    }
    cells
}

fn is_margin(system: &System, variable: usize) -> bool {
    let mut equations = system.incident[variable].iter().map(|equation| &system.equations[*equation]);
    equations.any(|equation| equation.kind == Kind::Margin && equation.terms.contains(&(variable, -1)))
}

fn makers(system: &System, variable: usize) -> Vec<u32> {
    let shares = system.variables[variable].shares.iter().filter(|share| share.amount != 0);
    shares.flat_map(|share| share.parties).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What is known of some variables: a basis of the combinations that no movement changes, each of the first
/// variables and one more.
fn dependencies(kernel: &Kernel, variables: &[usize]) -> Vec<Functional> {
    let samples = variables.len() + SPARE;
    let mut reduced: Vec<(usize, Vec<u64>)> = Vec::new();
    let mut found = Vec::new();
    for (place, variable) in variables.iter().enumerate() {
        // How it moves, and after that what it is made of.
        let mut row = kernel.of(*variable)[..samples].to_vec();
        row.resize(samples + variables.len(), 0);
        row[samples + place] = 1;
        for (lead, other) in &reduced {
            let factor = PRIME - row[*lead];
            if factor == PRIME {
                continue;
            }
            for (value, known) in row.iter_mut().zip(other) {
                *value = plus(*value, times(factor, *known));
            }
        }
        if let Some(lead) = row[..samples].iter().position(|value| *value != 0) {
            let scale = inverse(row[lead]);
            for value in &mut row {
                *value = times(*value, scale);
            }
            reduced.push((lead, row));
        } else {
            found.push(told(variables, &row[samples..]));
        }
    }
    found
}

/// Factors as whole numbers, in the order of the variables; what is no small whole number counts as one.
fn told(variables: &[usize], made: &[u64]) -> Functional {
    let told = variables.iter().zip(made).filter(|(_, value)| **value != 0).map(|(variable, value)| {
        let factor = match *value {
            value if value <= SMALL => i64::try_from(value).unwrap_or(1),
            value if PRIME - value <= SMALL => -i64::try_from(PRIME - value).unwrap_or(1),
            _ => 1,
        };
        (*variable, factor)
    });
    told.collect::<BTreeMap<_, _>>().into_iter().collect()
}

/// With what each two of a few known sums tell together of cells of one sign: a basis of them may have none.
fn combined(basis: Vec<Functional>) -> Vec<Functional> {
    if !(2..=MOST_COMBINED).contains(&basis.len()) {
        return basis;
    }
    let mut all = basis.clone();
    for (place, one) in basis.iter().enumerate() {
        for other in &basis[place + 1..] {
            for sign in [1, -1] {
                let mut both: BTreeMap<usize, i64> = one.iter().copied().collect();
                for (variable, factor) in other {
                    *both.entry(*variable).or_insert(0) += sign * factor;
                }
                both.retain(|_, factor| *factor != 0);
                let signs: BTreeSet<i64> = both.values().map(|factor| factor.signum()).collect();
                if signs.len() == 1 {
                    all.push(both.into_iter().collect());
                }
            }
        }
    }
    all
}

/// Whether the equations alone say it, whatever is published.
fn is_identity(whole: &Kernel, known: &Functional) -> bool {
    let samples = known.first().map_or(0, |(variable, _)| whole.of(*variable).len());
    (0..samples).all(|sample| {
        let sum = known.iter().fold(0, |sum, (variable, factor)| {
            let size = times(factor.unsigned_abs(), whole.of(*variable)[sample]);
            plus(sum, if *factor < 0 { PRIME - size } else { size })
        });
        sum % PRIME == 0
    })
}

/// Cells of one sign: all of them, else those that one holding makes alone, where these have one sign.
fn one_sided(system: &System, known: &Functional) -> Vec<Vec<usize>> {
    let is_one = |of: &[(usize, i64)]| of.iter().all(|(_, factor)| factor.signum() == of[0].1.signum());
    let parts = |of: &[(usize, i64)]| of.iter().map(|(variable, _)| *variable).collect::<Vec<_>>();
    if is_one(known) {
        return vec![parts(known)];
    }
    let mut alone: BTreeMap<Vec<u32>, Functional> = BTreeMap::new();
    for part in known {
        alone.entry(makers(system, part.0)).or_default().push(*part);
    }
    alone
        .into_iter()
        .filter(|(makers, of)| makers.len() == 1 && is_one(of))
        .map(|(_, of)| parts(&of))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::rules::Share;
    use super::super::system::{Key, Kind, Variable, Wish};
    use super::*;

    const NAMES: [&str; 13] = ["t", "p", "q", "r", "1", "2", "3", "p2", "p3", "q1", "q2", "r1", "r3"];
    const SUMS: [(&str, &[&str]); 8] = [
        ("t", &["p", "q", "r"]),
        ("t", &["1", "2", "3"]),
        ("p", &["p2", "p3"]),
        ("q", &["q1", "q2"]),
        ("r", &["r1", "r3"]),
        ("1", &["q1", "r1"]),
        ("2", &["p2", "q2"]),
        ("3", &["p3", "r3"]),
    ];

    fn at(name: &str) -> usize {
        NAMES.iter().position(|other| *other == name).unwrap()
    }

    /// Rows p, q, r by columns 1, 2, 3; four holdings make each cell, but for two cells of one each. The first
    /// of them makes so many others.
    fn system(others: usize) -> System {
        let mut system = System::default();
        let others = (0..others).map(|other| format!("other {other}"));
        let names: Vec<String> = NAMES.into_iter().map(str::to_owned).chain(others).collect();
        for (place, name) in names.iter().enumerate() {
            let makers: Vec<u32> = match name.as_str() {
                "r3" => vec![1],
                name if name == "q2" || !NAMES.contains(&name) => vec![0],
                _ => (0..4).map(|one| 2 + 4 * u32::try_from(place).unwrap() + one).collect(),
            };
            let share = |holding| Share { parties: [holding; 2], amount: 5, waived: false };
            let variable = Variable {
                name: name.clone(),
                amount: 0,
                down: None,
                up: None,
                levels: u32::from(name.len() == 1),
                tie: place,
                shares: makers.into_iter().map(share).collect(),
                verdict: None,
                wish: Wish::None,
                role: Role::Amount,
                origin: (0, 0),
                hidden: false,
            };
            system.add(Key { measure: name.clone(), sum: 0, count: 1 }, variable);
        }
        for (sum, parts) in SUMS {
            let parts: Vec<usize> = parts.iter().map(|part| at(part)).collect();
            system.equate(at(sum), &parts, Kind::Margin);
        }
        system.finish().unwrap();
        system
    }

    /// What the row and the column that are shown leave of the total is of two holdings.
    fn withheld(system: &System) -> Vec<bool> {
        let published = ["t", "p", "1", "q1", "r1"];
        system.variables.iter().map(|variable| !published.contains(&variable.name.as_str())).collect()
    }

    #[test]
    fn what_three_equations_reveal_together_is_found_and_nothing_else() {
        let system = system(0);
        let mut suppressed = withheld(&system);
        let whole = OnceCell::new();
        assert_eq!(sums(&system, &suppressed, &whole), [vec![at("q2"), at("r3")]]);
        suppressed[at("q1")] = true;
        suppressed[at("1")] = true;
        assert!(sums(&system, &suppressed, &whole).is_empty());
    }

    #[test]
    fn what_two_known_sums_tell_together_is_of_one_sign() {
        let basis = vec![vec![(0, 1), (1, -1)], vec![(1, 1), (2, 1)]];
        let all = combined(basis.clone());
        assert_eq!(all, [basis, vec![vec![(0, 1), (2, 1)]]].concat());
    }

    #[test]
    fn a_holding_of_many_withheld_cells_is_looked_at_too() {
        let many = system(100);
        let suppressed = withheld(&many);
        assert_eq!(sums(&many, &suppressed, &OnceCell::new()), [vec![at("q2"), at("r3")]]);
        assert!(is_whole(&many, &suppressed));
        let too_many = system(1_300);
        assert!(!is_whole(&too_many, &withheld(&too_many)));
    }
}
