//! What has to be proven, derived again from the tables, the shares and the rules.

use super::Refusal;
use super::format::{Certificate, Kind, Rules, Variable};
use super::{hierarchies, subtracted};
use std::collections::{BTreeMap, BTreeSet};

/// Terms of `Σ coefficient · amount = 0`.
pub(super) type Equation = BTreeMap<usize, i128>;

/// Amounts by giver and taker, with their consent.
pub(super) type Shares = BTreeMap<(u32, u32), (i128, bool)>;

/// A sum of withheld variables, and by how much it must be able to move.
#[derive(Debug)]
pub(super) struct Need {
    pub parts: Vec<usize>,
    pub width: i128,
    pub shares: Shares,
}

/// Every sum between the cells of a table, and the relations after them.
pub(super) fn equations(certificate: &Certificate) -> Result<Vec<Equation>, Refusal> {
    let mut equations = Vec::new();
    for (position, table) in certificate.tables.iter().enumerate() {
        let places: BTreeMap<&[String], usize> =
            table.cells.iter().map(|(codes, variable)| (codes.as_slice(), *variable)).collect();
        if places.len() != table.cells.len() {
            return Err(Refusal::Malformed("a cell occurs twice".to_owned()));
        }
        for (axis, parents) in table.parents.iter().enumerate() {
            // Children of each cell along this axis.
            let mut sums: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
            for (codes, variable) in &table.cells {
                if codes[axis] == "Total" {
                    continue;
                }
                let mut above = codes.clone();
                above[axis] = parents.get(&codes[axis]).cloned().unwrap_or_else(|| "Total".to_owned());
                sums.entry(above).or_default().push(*variable);
            }
            for (cell, (codes, sum)) in table.cells.iter().enumerate() {
                let Some(parts) = sums.get(codes) else { continue };
                let mut terms = Equation::from([(*sum, -1)]);
                for part in parts {
                    *terms.entry(*part).or_insert(0) += 1;
                }
                terms.retain(|_, coefficient| *coefficient != 0);
                let balance: i128 = terms
                    .iter()
                    .map(|(variable, coefficient)| {
                        coefficient * i128::from(certificate.variables[*variable].amount)
                    })
                    .sum();
                if balance != 0 {
                    return Err(Refusal::NotAdditive { table: position, cell });
                }
                if !terms.is_empty() {
                    equations.push(terms);
                }
            }
        }
    }
    equations.sort();
    equations.dedup();
    for (position, relation) in certificate.relations.iter().enumerate() {
        let mut terms = Equation::new();
        for (variable, coefficient) in &relation.terms {
            *terms.entry(*variable).or_insert(0) += i128::from(*coefficient);
        }
        let amount = |(variable, coefficient): (&usize, &i128)| {
            coefficient * i128::from(certificate.variables[*variable].amount)
        };
        if relation.kind != Kind::Ratio && terms.iter().map(amount).sum::<i128>() != 0 {
            return Err(Refusal::Relation(position));
        }
        equations.push(terms);
    }
    Ok(equations)
}

/// One variable a set of records; shares that make up the amount; ties withheld together.
pub(super) fn consistent(certificate: &Certificate) -> Result<(), Refusal> {
    let mut keys: BTreeMap<&str, usize> = BTreeMap::new();
    let mut ties: BTreeMap<usize, bool> = BTreeMap::new();
    let levels = levels(certificate);
    for (position, variable) in certificate.variables.iter().enumerate() {
        if let Some(other) = keys.insert(&variable.key, position) {
            return Err(Refusal::Twice(other, position));
        }
        let amount = i128::from(variable.amount);
        let shares = variable.shares.iter().map(|(_, share, _)| i128::from(*share));
        if !variable.shares.is_empty() && shares.sum::<i128>() != amount {
            return Err(Refusal::Shares(position));
        }
        if levels.contains(&position) && !is_limited(variable) {
            return Err(Refusal::Shares(position));
        }
        if *ties.entry(variable.tie).or_insert(variable.withheld) != variable.withheld {
            return Err(Refusal::Tie(position));
        }
    }
    Ok(())
}

/// Variables that may be amounts of a night: all but those that stand in no table and in no relation other
/// than as what changed, which a relation names last. Earlier nights are looked at with their certificates.
fn levels(certificate: &Certificate) -> BTreeSet<usize> {
    let mut levels: BTreeSet<usize> = (0..certificate.variables.len()).collect();
    let terms = || {
        certificate.relations.iter().flat_map(|relation| {
            let last = relation.terms.len().checked_sub(1).filter(|_| relation.kind == Kind::Change);
            relation.terms.iter().enumerate().map(move |(at, (variable, _))| (*variable, last == Some(at)))
        })
    };
    for (variable, _) in terms().filter(|(_, changed)| *changed) {
        levels.remove(&variable);
    }
    levels.extend(terms().filter(|(_, changed)| !changed).map(|(variable, _)| variable));
    levels.extend(
        certificate.tables.iter().flat_map(|table| table.cells.iter().map(|(_, variable)| *variable)),
    );
    levels
}

/// Whether nobody is taken to think less of an amount than everybody knows.
pub(super) fn is_limited(variable: &Variable) -> bool {
    let signed = variable.shares.iter().any(|(_, share, _)| *share < 0);
    signed || variable.down.is_some_and(|down| down <= variable.amount.max(0))
}

/// Every variable and every revealed sum that must stay uncertain.
pub(super) fn all(certificate: &Certificate, equations: &[Equation]) -> Result<Vec<Need>, Refusal> {
    let rules = &certificate.rules;
    let mut needs = Vec::new();
    let gaps = gaps(certificate);
    for (position, variable) in certificate.variables.iter().enumerate() {
        let mut shares = shares_of(certificate, &[position]);
        if gaps.contains(&position) {
            shares.retain(|_, (amount, _)| *amount != 0);
        }
        let width = width(&shares, certificate).max(variable.need.map(i128::from));
        if let Some(width) = width {
            if !variable.withheld {
                return Err(Refusal::Unsafe(position));
            }
            needs.push(Need { parts: vec![position], width, shares });
        }
    }
    if rules.unions {
        // Of what is as good as published no world differs.
        if let Some(parts) = subtracted::unsafe_sum(certificate) {
            return Err(Refusal::Unproven(parts));
        }
        let mut revealed = hierarchies::sums(certificate);
        let sums = equations.len() - certificate.relations.len();
        let (margins, relations) = equations.split_at(sums);
        let classes = relations.iter().zip(&certificate.relations);
        let classes = classes.filter(|(_, relation)| relation.kind == Kind::Class).map(|(terms, _)| terms);
        for equation in margins.iter().chain(classes) {
            let hidden: Vec<(usize, i128)> = equation
                .iter()
                .filter(|(variable, _)| certificate.variables[**variable].withheld)
                .map(|(variable, coefficient)| (*variable, *coefficient))
                .collect();
            // Alone it would be exact; on both sides of the sum nothing is revealed.
            if hidden.len() < 2 || hidden.iter().any(|(_, coefficient)| *coefficient != hidden[0].1) {
                continue;
            }
            revealed.insert(hidden.into_iter().map(|(variable, _)| variable).collect());
        }
        for parts in revealed {
            let shares = shares_of(certificate, &parts);
            if let Some(width) = width(&shares, certificate) {
                needs.push(Need { parts, width, shares });
            }
        }
    }
    Ok(needs)
}

/// What lies between two measures, as long as no table shows it: who declared one exact number
/// has no part in it.
fn gaps(certificate: &Certificate) -> BTreeSet<usize> {
    let shown: BTreeSet<usize> = certificate
        .tables
        .iter()
        .flat_map(|table| table.cells.iter().map(|(_, variable)| *variable))
        .collect();
    let between = certificate.relations.iter().filter(|relation| relation.kind == Kind::Between);
    between
        .flat_map(|relation| &relation.terms)
        .map(|(variable, _)| *variable)
        .filter(|v| !shown.contains(v))
        .collect()
}

pub(super) fn shares_of(certificate: &Certificate, parts: &[usize]) -> Shares {
    let mut all = Shares::new();
    for (parties, amount, waived) in parts.iter().flat_map(|part| &certificate.variables[*part].shares) {
        let known = all.entry(*parties).or_insert((0, true));
        known.0 += i128::from(*amount);
        known.1 &= waived;
    }
    all
}

/// One holding each: amount and consent.
type Side = BTreeMap<u32, (i128, bool)>;

/// The shares as the givers' and as the takers', without those to which somebody is a party.
fn sides(shares: &Shares, without: &[u32]) -> [Side; 2] {
    let mut sides = [Side::new(), Side::new()];
    for ((giver, taker), (amount, waived)) in shares {
        if without.contains(giver) || without.contains(taker) {
            continue;
        }
        for (side, holding) in sides.iter_mut().zip([giver, taker]) {
            let known = side.entry(*holding).or_insert((0, true));
            known.0 += amount;
            known.1 &= waived;
        }
    }
    sides
}

/// Whether fewer give, or take, than the minimum, not all of them with consent.
pub(super) fn too_few(shares: &Shares, minimum: usize) -> bool {
    let few = |side: &Side| side.len() < minimum && side.values().any(|(_, waived)| !waived);
    sides(shares, &[]).iter().any(few)
}

/// What the rules ask for: the wider of both sides, and what declared coalitions, or a holding that
/// stands on both sides, must still be kept from.
pub(super) fn width(shares: &Shares, certificate: &Certificate) -> Option<i128> {
    let rules = &certificate.rules;
    let plain = sides(shares, &[]).iter().filter_map(|side| width_of(side, side.len(), rules, true)).max();
    let crossing = shares.keys().any(|(giver, taker)| giver != taker);
    let singles = if crossing { informed(shares, rules) } else { Vec::new() };
    let attackers = certificate.coalitions.iter().cloned().chain(singles);
    let against =
        attackers.map(|attacker| width_against(shares, &attacker, rules)).filter(|width| *width > 0);
    plain.into_iter().chain(against).max()
}

/// Holdings that know so much of a sum that the rest might not blur the largest part.
fn informed(shares: &Shares, rules: &Rules) -> Vec<Vec<u32>> {
    let mut knowledge: BTreeMap<u32, i128> = BTreeMap::new();
    let mut total = 0;
    for ((giver, taker), (amount, _)) in shares {
        total += amount.abs();
        for holding in BTreeSet::from([giver, taker]) {
            *knowledge.entry(*holding).or_insert(0) += amount.abs();
        }
    }
    let most = knowledge.values().copied().max().unwrap_or(0);
    let all = shares.values().any(|(amount, _)| *amount < 0) || rules.p_percent.is_none();
    let p = rules.p_percent.map_or(0, i128::from);
    let may = |known: &i128| all || 100 * (total - known - most) < p * most;
    knowledge.iter().filter(|(_, known)| may(known)).map(|(holding, _)| vec![*holding]).collect()
}

/// What an attacker that knows what it gave and took must still be kept from.
pub(super) fn width_against(shares: &Shares, attacker: &[u32], rules: &Rules) -> i128 {
    let (all, unknown) = (sides(shares, &[]), sides(shares, attacker));
    let widths = all.iter().zip(&unknown);
    widths.filter_map(|(all, unknown)| width_of(unknown, all.len(), rules, false)).max().unwrap_or(0)
}

/// Each holding that does not consent is hidden from the most knowing other one: of the sum,
/// what neither of them gave must blur it. Everything in hundredths until the end.
fn width_of(side: &Side, holdings: usize, rules: &Rules, outside: bool) -> Option<i128> {
    let few = holdings < rules.minimum;
    let sizes: Vec<(u32, i128, bool)> =
        side.iter().map(|(holding, (amount, waived))| (*holding, amount.abs(), *waived)).collect();
    let total: i128 = sizes.iter().map(|(_, size, _)| size).sum();
    let hidden = sizes.iter().filter(|share| !share.2);
    let (holding, largest, _) = *hidden.max_by_key(|share| (share.1, u32::MAX - share.0))?;
    let known: i128 = if outside {
        sizes.iter().filter(|share| share.0 != holding).map(|share| share.1).max().unwrap_or(0)
    } else {
        0
    };
    let rest = total - largest - known;
    if let Some(margin) = rules.frequency_margin.filter(|_| few) {
        return Some(ceiling(i128::from(margin) * total, 100).max(1));
    }
    let mut hundredths: Option<i128> = few.then_some(0);
    if let Some(p) = rules.p_percent {
        let wanted = i128::from(p) * largest - if few { 0 } else { 100 * rest };
        if wanted > 0 {
            hundredths = Some(hundredths.unwrap_or(0).max(wanted));
        }
    }
    if let Some((n, k)) = rules.dominance {
        let k = i128::from(k);
        if outside {
            let mut ranked = sizes.clone();
            ranked.sort_by_key(|share| (-share.1, share.0));
            let top: i128 = ranked.iter().take(n).map(|share| share.1).sum();
            if 100 * top > k * total && ranked.iter().take(n).any(|share| !share.2) {
                hundredths = Some(hundredths.unwrap_or(0).max(100 * (ceiling(100 * top, k) - total)));
            }
        }
        if rules.p_percent.is_none() && (few || !outside) {
            let wanted = 100 * (ceiling(100 * largest, k) - largest - if few { 0 } else { rest });
            if wanted > 0 {
                hundredths = Some(hundredths.unwrap_or(0).max(wanted));
            }
        }
    }
    hundredths.map(|hundredths| ceiling(hundredths, 100).max(1))
}

fn ceiling(numerator: i128, denominator: i128) -> i128 {
    (numerator + denominator - 1).div_euclid(denominator)
}
