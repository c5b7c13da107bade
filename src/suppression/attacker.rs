//! Who attacks: an outsider, or holdings that know their own amounts.

use super::system::{System, Variable};

/// Holdings that know what they gave; none for an outsider.
pub(super) type Attacker = [u32];

/// How far the attacker must think that a variable can fall and rise: an outsider's limits,
/// less what the attacker knows of it; nothing where it stands alone.
pub(super) fn limits(system: &System, attacker: &Attacker, variable: usize) -> (Option<i64>, Option<i64>) {
    let variable = &system.variables[variable];
    if attacker.is_empty() {
        return (variable.down, variable.up);
    }
    if is_alone(variable, attacker) {
        return (Some(0), Some(0));
    }
    (variable.down.map(|down| down.min((variable.amount - known(variable, attacker)).max(0))), variable.up)
}

/// What the attacker gave itself; with several positions an upper bound of it.
pub(super) fn known(variable: &Variable, attacker: &Attacker) -> i64 {
    let sum: i128 = variable
        .positions
        .iter()
        .flat_map(|shares| {
            attacker.iter().filter_map(|holding| {
                let found = shares.binary_search_by_key(holding, |share| share.holding).ok()?;
                Some(i128::from(shares[found].amount.max(0)))
            })
        })
        .sum();
    i64::try_from(sum.min(i128::from(variable.amount.max(0)))).unwrap_or(0)
}

/// Whether nobody else stands behind the variable.
fn is_alone(variable: &Variable, attacker: &Attacker) -> bool {
    let by_position = variable
        .positions
        .iter()
        .any(|shares| !shares.is_empty() && shares.iter().all(|share| attacker.contains(&share.holding)));
    by_position
        || (variable.amount > 0
            && variable.positions.len() > 1
            && known(variable, attacker) == variable.amount)
}
