//! Witnesses: worlds that look the same and are not.

use super::Refusal;
use super::format::{Certificate, Variable};
use super::requirements::{Equation, Need, width_against};
use std::collections::{BTreeMap, BTreeSet};

/// Movements of one world, over its denominator.
type World = (i128, BTreeMap<usize, i128>);

/// The certificate, and what everybody knows of it.
struct Scene<'a> {
    certificate: &'a Certificate,
    knowledge: Knowledge,
}

/// Every need has its proof, whoever attacks.
pub(super) fn check(
    certificate: &Certificate,
    equations: &[Equation],
    needs: &[Need],
) -> Result<(), Refusal> {
    let mut incident: Vec<Vec<usize>> = vec![Vec::new(); certificate.variables.len()];
    for (position, equation) in equations.iter().enumerate() {
        for variable in equation.keys() {
            incident[*variable].push(position);
        }
    }
    let worlds: Vec<Option<World>> = certificate
        .witnesses
        .iter()
        .map(|witness| {
            let movement: BTreeMap<usize, i128> =
                witness.m.iter().map(|(variable, value)| (*variable, value.0)).collect();
            let whole = movement.len() == witness.m.len() && witness.d > 0;
            let hidden = movement.keys().all(|variable| certificate.variables[*variable].withheld);
            let looks_alike = whole && hidden && changes_nothing(&movement, equations, &incident);
            looks_alike.then_some((witness.d, movement))
        })
        .collect();
    let mut proofs: BTreeMap<Vec<usize>, BTreeSet<usize>> = BTreeMap::new();
    for proof in &certificate.proofs {
        let mut parts = proof.parts.clone();
        parts.sort_unstable();
        proofs.entry(parts).or_default().extend(&proof.witnesses);
    }
    let scene = Scene { certificate, knowledge: knowledge(certificate) };
    for need in needs {
        let listed = proofs.get(&need.parts).ok_or_else(|| Refusal::Unproven(need.parts.clone()))?;
        let worlds: Vec<&World> = listed.iter().filter_map(|place| worlds[*place].as_ref()).collect();
        if attackers(certificate, &worlds).iter().any(|attacker| !holds(&scene, need, attacker, &worlds)) {
            return Err(Refusal::Unproven(need.parts.clone()));
        }
    }
    Ok(())
}

fn changes_nothing(
    movement: &BTreeMap<usize, i128>,
    equations: &[Equation],
    incident: &[Vec<usize>],
) -> bool {
    let touched: BTreeSet<usize> =
        movement.keys().flat_map(|variable| incident[*variable].iter().copied()).collect();
    touched.into_iter().all(|equation| {
        let mut balance: i128 = 0;
        for (variable, coefficient) in &equations[equation] {
            let moved = movement.get(variable).copied().unwrap_or(0);
            match moved.checked_mul(*coefficient).and_then(|term| balance.checked_add(term)) {
                Some(next) => balance = next,
                None => return false,
            }
        }
        balance == 0
    })
}

/// The outsider, every holding that stands behind something that moves, and the coalitions.
fn attackers(certificate: &Certificate, worlds: &[&World]) -> Vec<Vec<u32>> {
    let mut attackers = vec![Vec::new()];
    if certificate.rules.insiders {
        let insiders: BTreeSet<u32> = worlds
            .iter()
            .flat_map(|(_, movement)| movement.keys())
            .flat_map(|variable| &certificate.variables[*variable].shares)
            .flat_map(|((giver, taker), _, _)| [*giver, *taker])
            .collect();
        attackers.extend(insiders.into_iter().map(|holding| vec![holding]));
        attackers.extend(certificate.coalitions.iter().cloned());
    }
    attackers
}

fn holds(scene: &Scene<'_>, need: &Need, attacker: &[u32], worlds: &[&World]) -> bool {
    let mut width = need.width;
    if !attacker.is_empty() {
        width = width.min(width_against(&need.shares, attacker, &scene.certificate.rules));
    }
    // It cannot fall by more than what is there.
    let fall = need.parts.iter().try_fold(0_i128, |sum, part| Some(sum + room(scene, attacker, *part).0?));
    [(1, width), (-1, fall.map_or(width, |fall| width.min(fall)))].into_iter().all(|(direction, width)| {
        width <= 0
            || worlds.iter().any(|world| reaches(scene, &need.parts, attacker, world, direction * width))
    })
}

/// What each holding knows of each variable, in the order of the holdings: its amounts, and the
/// number of shares.
type Knowledge = Vec<Vec<(u32, i128, usize)>>;

fn knowledge(certificate: &Certificate) -> Knowledge {
    let of_variable = |variable: &Variable| {
        let mut known: Vec<(u32, i128, usize)> = Vec::with_capacity(variable.shares.len());
        for ((giver, taker), amount, _) in &variable.shares {
            let own = i128::from(*amount).max(0);
            known.push((*giver, own, 1));
            if giver != taker {
                known.push((*taker, own, 1));
            }
        }
        known.sort_unstable();
        known.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
                kept.2 += next.2;
            }
            same
        });
        known.shrink_to_fit();
        known
    };
    certificate.variables.iter().map(of_variable).collect()
}

/// How far the attacker must believe that a variable can fall and rise.
fn room(scene: &Scene<'_>, attacker: &[u32], position: usize) -> (Option<i128>, Option<i128>) {
    let variable = &scene.certificate.variables[position];
    let (down, up) = (variable.down.map(i128::from), variable.up.map(i128::from));
    let (known, shares) = match attacker {
        [] => return (down, up),
        [alone] => {
            let known = &scene.knowledge[position];
            let found = known.binary_search_by_key(alone, |(holding, _, _)| *holding);
            found.map_or((0, 0), |at| (known[at].1, known[at].2))
        }
        several => {
            let is_own = |(giver, taker): &(u32, u32)| several.contains(giver) || several.contains(taker);
            let own = variable.shares.iter().filter(|(parties, _, _)| is_own(parties));
            own.fold((0, 0), |(sum, count), (_, amount, _)| (sum + i128::from(*amount).max(0), count + 1))
        }
    };
    if shares > 0 && shares == variable.shares.len() {
        return (Some(0), Some(0));
    }
    let rest = (i128::from(variable.amount) - known).max(0);
    (down.map(|down| down.min(rest)), up)
}

/// Whether the world, scaled so that the parts move by exactly the width, stays within the room.
/// Counts are whole: there the smallest whole multiple of the world that moves them enough counts.
fn reaches(scene: &Scene<'_>, parts: &[usize], attacker: &[u32], (_, movement): &World, width: i128) -> bool {
    let moved: i128 = parts.iter().filter_map(|part| movement.get(part)).sum();
    if moved == 0 {
        return false;
    }
    let (mut numerator, mut denominator) = (width, moved);
    if movement.keys().any(|variable| scene.certificate.variables[*variable].count) {
        let common = movement.values().fold(0, |common, value| divisor(common, value.abs()));
        let step = moved.abs() / common;
        let steps = (width.abs() + step - 1) / step;
        (numerator, denominator) = (width.signum() * moved.signum() * steps, common);
    }
    // Movement y becomes y · numerator / denominator: multiplied out, so that nothing is rounded.
    movement.iter().all(|(variable, value)| {
        let Some(scaled) = value.checked_mul(numerator).map(|value| value * denominator.signum()) else {
            return false;
        };
        let (down, up) = room(scene, attacker, *variable);
        let limit = if scaled < 0 { down } else { up };
        limit.is_none_or(|limit| {
            limit.checked_mul(denominator.abs()).is_some_and(|limit| scaled.abs() <= limit)
        })
    })
}

fn divisor(left: i128, right: i128) -> i128 {
    if right == 0 { left } else { divisor(right, left % right) }
}
