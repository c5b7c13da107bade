//! What it costs to withhold.

use super::system::{Role, System, Wish};

/// What withholding costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Cost {
    /// `√amount + 1`: a compromise.
    #[default]
    Balanced,
    /// Fewest cells.
    Fewest,
    /// Least amount.
    Least,
}

/// Cells withheld and their amounts, the more important first.
pub(super) fn price(system: &System, cost: Cost, suppressed: &[bool]) -> (i128, i128) {
    let withheld = (0..system.variables.len())
        .filter(|variable| suppressed[*variable] && !system.variables[*variable].hidden);
    let (count, amount) = withheld.fold((0, 0), |(count, amount), variable| {
        (count + 1, amount + i128::from(system.variables[variable].amount.unsigned_abs()))
    });
    if cost == Cost::Least { (amount, count) } else { (count, amount) }
}

#[expect(clippy::cast_precision_loss, reason = "weights only order the choices")]
/// The weight of each variable; with another seed shaken a little.
pub(super) fn costs(system: &System, cost: Cost, seed: u64) -> Vec<f64> {
    system
        .variables
        .iter()
        .zip(0..)
        .map(|(variable, position)| {
            let amount = variable.amount.unsigned_abs() as f64;
            let weight = match cost {
                Cost::Balanced => amount.sqrt() + 1.0,
                Cost::Fewest => 1.0,
                Cost::Least => amount + 1.0,
            };
            let level = if cost == Cost::Fewest { 1.0 } else { 1.0 + f64::from(variable.levels) };
            let wish = match variable.wish {
                Wish::PreferPublish => 20.0,
                Wish::PreferWithhold => 0.05,
                Wish::None | Wish::Publish | Wish::Withhold => 1.0,
            };
            // Kilograms say more than what is computed from them.
            let role = if variable.role == Role::Factor { 0.01 } else { 1.0 };
            weight * level * wish * role * (1.0 + shaken(seed, position))
        })
        .collect()
}

/// A fixed sequence in 0 to 1, nothing for the first try.
#[expect(clippy::cast_precision_loss, reason = "ten bits")]
pub(super) fn shaken(seed: u64, position: u64) -> f64 {
    let mut value = ((seed << 32) | position).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value ^= value >> 31;
    if seed == 0 { 0.0 } else { (value % 1024) as f64 / 1024.0 }
}
