//! Witnesses: worlds that look the same and are not.

use super::Refusal;
use super::falls::Differences;
use super::format::{Certificate, Kind, Variable, Witness};
use super::requirements::{Equation, Need, width_against};
use std::collections::{BTreeMap, BTreeSet};

/// One other world: its movements, and how often over it may happen before somebody would know better.
///
/// The size of a world is free: any multiple of it agrees with what is published too. What keeps it
/// small is what each attacker knows of each amount.
struct World {
    movement: BTreeMap<usize, i128>,
    /// The largest multiple, and the largest one turned round, for the outsider.
    most: [Multiple; 2],
    /// The same for each holding for which it is less.
    narrower: BTreeMap<u32, [Multiple; 2]>,
}

/// A multiple of a world that is not passed: a fraction; none when nothing limits it.
type Multiple = Option<(u128, u128)>;

/// The certificate, and what everybody knows of it.
struct Scene<'a> {
    certificate: &'a Certificate,
    knowledge: Knowledge,
    known: BTreeMap<usize, Vec<Known>>,
    /// How far amounts can fall for an attacker whom others tell of them.
    falls: BTreeMap<Vec<u32>, BTreeMap<usize, i128>>,
}

/// Every need has its proof, whoever attacks.
pub(super) fn check(
    certificate: &Certificate,
    equations: &[Equation],
    needs: &[Need],
) -> Result<(), Refusal> {
    let mut balances = Balances::new(certificate.variables.len(), equations);
    let (knowledge, known) = (knowledge(certificate), known(certificate));
    let mut scene = Scene { certificate, knowledge, known, falls: BTreeMap::new() };
    scene.falls = falls(&scene);
    let worlds: Vec<Option<World>> =
        certificate.witnesses.iter().map(|witness| world(&scene, witness, &mut balances)).collect();
    let mut proofs: BTreeMap<Vec<usize>, BTreeSet<usize>> = BTreeMap::new();
    for proof in &certificate.proofs {
        let mut parts = proof.parts.clone();
        parts.sort_unstable();
        proofs.entry(parts).or_default().extend(&proof.witnesses);
    }
    for need in needs {
        let unproven = || Refusal::Unproven(need.parts.clone());
        let listed = proofs.get(&need.parts).ok_or_else(unproven)?;
        let worlds: Vec<&World> = listed.iter().filter_map(|place| worlds[*place].as_ref()).collect();
        let proving = holds(&scene, need, &[], &worlds).ok_or_else(unproven)?;
        if !certificate.rules.insiders {
            continue;
        }
        // Whom the worlds that prove it to the outsider are not narrower for, they prove it to as well.
        let insiders: BTreeSet<u32> =
            proving.iter().flatten().flat_map(|world| world.narrower.keys().copied()).collect();
        let singles = insiders.into_iter().map(|holding| vec![holding]);
        for attacker in singles.chain(certificate.coalitions.iter().cloned()) {
            if knows(&scene, need, &attacker) {
                continue;
            }
            holds(&scene, need, &attacker, &worlds).ok_or_else(unproven)?;
        }
    }
    Ok(())
}

/// What an attacker may know of a variable without us: it stands alone in the first, and the others are published.
struct Known {
    alone: Vec<usize>,
    published: Vec<usize>,
}

/// What every relation of a change says of each of its sides and of what changed. Of what changed, whoever stands
/// alone on one side learns no more of the others than what the other side tells of them. Whoever alone changed an
/// amount knows of the others what was published before or after.
fn known(certificate: &Certificate) -> BTreeMap<usize, Vec<Known>> {
    let mut known: BTreeMap<usize, Vec<Known>> = BTreeMap::new();
    for relation in certificate.relations.iter().filter(|relation| relation.kind == Kind::Change) {
        let Some(((change, _), terms)) = relation.terms.split_last() else { continue };
        let sides = [-1, 1].map(|sign| -> Vec<usize> {
            let side = terms.iter().filter(|(_, coefficient)| *coefficient == sign);
            side.map(|(variable, _)| *variable).collect()
        });
        // What does not say who changed by how much says nothing of what anybody knows.
        if sides.iter().any(Vec::is_empty) || !is_difference(certificate, &sides, *change) {
            continue;
        }
        for (own, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
            let of_change = Known { alone: own.clone(), published: Vec::new() };
            known.entry(*change).or_default().push(of_change);
            if let [level] = own.as_slice() {
                let of_level = Known { alone: vec![*change], published: other.clone() };
                known.entry(*level).or_default().push(of_level);
            }
        }
    }
    known
}

/// Whether the shares of what changed are those of what is, less those of what was.
fn is_difference(certificate: &Certificate, [was, is]: &[Vec<usize>; 2], change: usize) -> bool {
    let mut left: BTreeMap<(u32, u32), i128> = BTreeMap::new();
    for (parts, sign) in [(is.as_slice(), 1), (was, -1), (&[change], -1)] {
        for (parties, amount, _) in parts.iter().flat_map(|part| &certificate.variables[*part].shares) {
            *left.entry(*parties).or_insert(0) += sign * i128::from(*amount);
        }
    }
    left.values().all(|amount| *amount == 0)
}

/// Whether an attacker knows of a need what it asks for without what it is to be kept from.
fn knows(scene: &Scene<'_>, need: &Need, attacker: &[u32]) -> bool {
    let [variable] = need.parts.as_slice() else { return false };
    scene.known.get(variable).into_iter().flatten().any(|known| {
        known.alone.iter().all(|part| unknown(scene, attacker, *part).is_none())
            && known.published.iter().all(|part| !scene.certificate.variables[*part].withheld)
    })
}

/// Of whom stands alone in anything, and of each coalition.
fn falls(scene: &Scene<'_>) -> BTreeMap<Vec<u32>, BTreeMap<usize, i128>> {
    let certificate = scene.certificate;
    let differences =
        Differences::new(certificate, |sides, change| is_difference(certificate, sides, change));
    let known = scene.knowledge.iter().zip(&certificate.variables);
    let alone = known.flat_map(|(known, variable)| {
        let all = known.iter().filter(|(_, _, shares)| *shares == variable.shares.len());
        all.map(|(holding, _, _)| *holding)
    });
    let alone: BTreeSet<u32> = alone.collect();
    let attackers =
        alone.into_iter().map(|holding| vec![holding]).chain(certificate.coalitions.iter().cloned());
    let of = |attacker: Vec<u32>| {
        let is_alone = |variable: usize| unknown(scene, &attacker, variable).is_none();
        let falls = differences.falls(is_alone, |variable| there(scene, &attacker, variable));
        (attacker, falls)
    };
    attackers.map(of).filter(|(_, falls)| !falls.is_empty()).collect()
}

/// A listed world; none when it is none, or not all of what it moves is withheld.
fn world(scene: &Scene<'_>, witness: &Witness, balances: &mut Balances) -> Option<World> {
    let movement: BTreeMap<usize, i128> =
        witness.m.iter().map(|(variable, value)| (*variable, value.0)).collect();
    let whole = movement.len() == witness.m.len() && witness.d > 0;
    let hidden = movement.keys().all(|variable| scene.certificate.variables[*variable].withheld);
    if !whole || !hidden || !balances.stay(&movement) {
        return None;
    }
    let most = multiples(scene, &[], &movement);
    let mut narrower: BTreeMap<u32, [Multiple; 2]> = BTreeMap::new();
    for (variable, value) in &movement {
        for (holding, _, _) in &scene.knowledge[*variable] {
            let own = of_one(room(scene, &[*holding], *variable), *value);
            if own.iter().zip(&most).any(|(own, most)| is_less(*own, *most)) {
                let known = narrower.entry(*holding).or_insert(most);
                *known = [lesser(known[0], own[0]), lesser(known[1], own[1])];
            }
        }
    }
    Some(World { movement, most, narrower })
}

/// What the equations say of a movement.
struct Balances {
    /// Equations and coefficients, by variable.
    incident: Vec<Vec<(usize, i128)>>,
    sums: Vec<i128>,
    touched: Vec<usize>,
}

impl Balances {
    fn new(variables: usize, equations: &[Equation]) -> Self {
        let mut incident: Vec<Vec<(usize, i128)>> = vec![Vec::new(); variables];
        for (position, equation) in equations.iter().enumerate() {
            for (variable, coefficient) in equation {
                incident[*variable].push((position, *coefficient));
            }
        }
        Self { incident, sums: vec![0; equations.len()], touched: Vec::new() }
    }

    /// Whether every equation still holds.
    fn stay(&mut self, movement: &BTreeMap<usize, i128>) -> bool {
        let mut fits = true;
        for (variable, value) in movement {
            for (equation, coefficient) in &self.incident[*variable] {
                let sum =
                    value.checked_mul(*coefficient).and_then(|term| self.sums[*equation].checked_add(term));
                fits &= sum.is_some();
                self.sums[*equation] = sum.unwrap_or(0);
                self.touched.push(*equation);
            }
        }
        let mut stays = fits;
        for equation in self.touched.drain(..) {
            stays &= std::mem::take(&mut self.sums[equation]) == 0;
        }
        stays
    }
}

/// Worlds in which the parts are higher, and lower, by what must stay possible for an attacker; none when
/// one of them is missing. Nothing has to be proven where nothing may move.
fn holds<'a>(
    scene: &Scene<'_>,
    need: &Need,
    attacker: &[u32],
    worlds: &[&'a World],
) -> Option<[Option<&'a World>; 2]> {
    let mut width = need.width;
    if !attacker.is_empty() {
        width = width.min(width_against(&need.shares, attacker, &scene.certificate.rules));
    }
    // It cannot fall by more than what is there; what everybody believes beforehand is no excuse.
    let told = scene.falls.get(attacker);
    let own = |part: &usize| {
        told.and_then(|falls| falls.get(part).copied()).or_else(|| there(scene, attacker, *part))
    };
    let fall = need.parts.iter().try_fold(0_i128, |sum, part| Some(sum + own(part)?));
    let mut proving = [None; 2];
    for (direction, width) in [width, fall.map_or(width, |fall| width.min(fall))].into_iter().enumerate() {
        if width > 0 {
            let wanted = if direction == 0 { width } else { -width };
            let reaches = |world: &&&World| reaches(scene, &need.parts, attacker, world, wanted);
            proving[direction] = Some(*worlds.iter().find(reaches)?);
        }
    }
    Some(proving)
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
    if attacker.is_empty() {
        return (down, up);
    }
    let Some(rest) = unknown(scene, attacker, position) else { return (Some(0), Some(0)) };
    (down.map(|down| down.min(rest)), up)
}

/// By how much a variable can fall until nothing of what the attacker does not know is left; none where it may
/// fall without end.
fn there(scene: &Scene<'_>, attacker: &[u32], position: usize) -> Option<i128> {
    let Some(rest) = unknown(scene, attacker, position) else { return Some(0) };
    scene.certificate.variables[position].down.map(|_| rest)
}

/// What of a variable the attacker did not give itself; none where all shares are its own.
fn unknown(scene: &Scene<'_>, attacker: &[u32], position: usize) -> Option<i128> {
    let variable = &scene.certificate.variables[position];
    let (known, shares) = match attacker {
        [] => (0, 0),
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
    let is_alone = shares > 0 && shares == variable.shares.len();
    (!is_alone).then(|| (i128::from(variable.amount) - known).max(0))
}

/// How often over a movement may happen, and its contrary, before an amount leaves its room.
fn multiples(scene: &Scene<'_>, attacker: &[u32], movement: &BTreeMap<usize, i128>) -> [Multiple; 2] {
    let rooms = movement.iter().map(|(variable, value)| of_one(room(scene, attacker, *variable), *value));
    rooms.fold([None; 2], |known, own| [lesser(known[0], own[0]), lesser(known[1], own[1])])
}

fn of_one((down, up): (Option<i128>, Option<i128>), value: i128) -> [Multiple; 2] {
    let part = |limit: Option<i128>| {
        limit.filter(|_| value != 0).map(|limit| (limit.max(0).unsigned_abs(), value.unsigned_abs()))
    };
    if value < 0 { [part(down), part(up)] } else { [part(up), part(down)] }
}

fn lesser(one: Multiple, other: Multiple) -> Multiple {
    if is_less(other, one) { other } else { one }
}

/// Whether the first is less than the second.
fn is_less(one: Multiple, other: Multiple) -> bool {
    match (one, other) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(one), Some(other)) => product(one.0, other.1) < product(other.0, one.1),
    }
}

/// The whole product, its upper half first.
fn product(one: u128, other: u128) -> (u128, u128) {
    const HALF: u32 = 64;
    let halves = |number: u128| (number >> HALF, number & u128::from(u64::MAX));
    let ((a, b), (c, d)) = (halves(one), halves(other));
    let (low, middle) = (b * d, a * d);
    let (middle, carry) = middle.overflowing_add(b * c);
    let (low, more) = low.overflowing_add(middle << HALF);
    let high = a * c + (middle >> HALF) + (u128::from(carry) << HALF) + u128::from(more);
    (high, low)
}

/// Whether the world, scaled so that the parts move by exactly the width, stays within the room.
/// Counts are whole: there the smallest whole multiple of the world that moves them enough counts.
fn reaches(scene: &Scene<'_>, parts: &[usize], attacker: &[u32], world: &World, width: i128) -> bool {
    let Some(moved) = sum_of(parts, &world.movement).filter(|moved| *moved != 0) else { return false };
    let mut wanted = (width.unsigned_abs(), moved.unsigned_abs());
    if world.movement.keys().any(|variable| scene.certificate.variables[*variable].count) {
        let common = world.movement.values().fold(0, |common, value| divisor(common, value.unsigned_abs()));
        wanted = (wanted.0.div_ceil(wanted.1 / common), common);
    }
    let most = match attacker {
        [] => world.most,
        [alone] => world.narrower.get(alone).copied().unwrap_or(world.most),
        several => multiples(scene, several, &world.movement),
    };
    let turned = usize::from(width.signum() != moved.signum());
    !is_less(most[turned], Some(wanted))
}

/// By how much the parts move together; none beyond 128 bits.
fn sum_of(parts: &[usize], movement: &BTreeMap<usize, i128>) -> Option<i128> {
    let mut moved = parts.iter().filter_map(|part| movement.get(part));
    moved.try_fold(0_i128, |sum, value| sum.checked_add(*value))
}

fn divisor(left: u128, right: u128) -> u128 {
    if right == 0 { left } else { divisor(right, left % right) }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, is_less, product, sum_of};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    #[test]
    fn fractions_of_any_size_are_compared_exactly() {
        let most = u128::MAX;
        assert_eq!(product(most, most), (most - 1, 1));
        assert_eq!(product(1 << 127, 6), (3, 0));
        assert_eq!(product(most, 0), (0, 0));
        assert!(is_less(Some((most - 2, most - 1)), Some((most - 1, most))));
        assert!(!is_less(Some((most - 1, most)), Some((most - 2, most - 1))));
        assert!(!is_less(Some((2, 4)), Some((1, 2))) && !is_less(Some((1, 2)), Some((2, 4))));
        assert!(is_less(Some((0, 1)), None) && !is_less(None, None));
    }

    #[test]
    fn a_movement_that_is_too_long_proves_nothing() {
        let movement = BTreeMap::from([(0, i128::MAX), (1, 1), (2, -1)]);
        assert_eq!(sum_of(&[0, 1], &movement), None);
        assert_eq!([sum_of(&[0, 2], &movement), sum_of(&[1, 7], &movement)], [Some(i128::MAX - 1), Some(1)]);
    }

    /// Of three in an amount that was published, `shares` are left, and `changed` is said to be what changed.
    fn left(shares: &[(u32, i64)], changed: &[(u32, i64)]) -> Result<(), Refusal> {
        let variable = |key: &str, shares: &[(u32, i64)], withheld: bool| {
            let amount: i64 = shares.iter().map(|(_, share)| share).sum();
            let listed: Vec<Value> =
                shares.iter().map(|(holding, share)| json!([[holding, holding], share, false])).collect();
            let down = (key != "change").then_some(amount);
            json!({
                "key": key, "amount": amount, "down": down, "up": null, "withheld": withheld, "count": false,
                "tie": key.len(), "shares": listed, "need": null,
            })
        };
        let certificate = json!({
            "format": "maillage-certificate-3",
            "rules": {"minimum": 3, "p_percent": 15, "dominance": null, "unions": true, "insiders": true},
            "coalitions": [],
            "variables": [
                variable("was", &[(0, 100), (1, 90), (2, 80)], false),
                variable("is", shares, true),
                variable("change", changed, true),
            ],
            "relations": [{"kind": "change", "terms": [[0, -1], [1, 1], [2, -1]]}],
            "tables": [],
            "earlier": [],
            "witnesses": [{"d": 1, "m": [[1, 1], [2, 1]]}],
            "proofs": [{"parts": [1], "witnesses": [0]}, {"parts": [2], "witnesses": [0]}],
        });
        super::super::verify(certificate.to_string().as_bytes()).map(|_| ())
    }

    #[test]
    fn who_alone_left_knows_what_is_left_and_who_is_only_said_to_have_does_not() {
        assert_eq!(left(&[(0, 100), (1, 90)], &[(2, -80)]), Ok(()));
        // The same sums, and others who changed than the shares say.
        assert_eq!(left(&[(0, 110), (1, 80)], &[(2, -80)]), Err(Refusal::Unproven(vec![1])));
        assert_eq!(left(&[(0, 100), (3, 90)], &[(2, -80)]), Err(Refusal::Unproven(vec![1])));
    }
}
