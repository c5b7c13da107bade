//! What changed from one amount to another, as an amount of its own.

use super::cells::Ties;
use super::rules::{Share, Unsafe};
use super::system::{Beside, Key, Kind, System};
use std::collections::BTreeMap;

const TOO_LARGE: &str = "a change is too large";

/// Key of what changed, by the identity of both amounts.
pub(super) fn key(sum: u128) -> Key {
    Key { measure: "change".to_owned(), sum, count: 0 }
}

/// Who changed by how much; who did not change has no part in it.
pub(super) fn difference(old: &[Share], new: &[Share]) -> Result<Vec<Share>, &'static str> {
    let mut shares: BTreeMap<[u32; 2], (i64, bool)> = BTreeMap::new();
    for (sign, share) in old.iter().map(|share| (-1, share)).chain(new.iter().map(|share| (1, share))) {
        let known = shares.entry(share.parties).or_insert((0, true));
        known.0 = known.0.checked_add(sign * share.amount).ok_or(TOO_LARGE)?;
        known.1 &= share.waived;
    }
    let shares = shares.into_iter().filter(|(_, (amount, _))| *amount != 0);
    Ok(shares.map(|(parties, (amount, waived))| Share { parties, amount, waived }).collect())
}

/// Says `new = old + change`, of an amount or of several together, under a name and with who changed by how much.
/// Nobody knows beforehand which way an amount went: what is not negative is what it was and what it became. What
/// changed is the last variable of its equation, for it comes after all that it hangs on.
///
/// # Errors
/// A change that does not fit in 64 bits.
pub(super) fn add(
    system: &mut System,
    ties: &mut Ties,
    [old, new]: [&[usize]; 2],
    key: Key,
    (name, shares, verdict): (String, Vec<Share>, Option<Unsafe>),
) -> Result<(), &'static str> {
    let mut terms: BTreeMap<usize, i64> = old.iter().map(|part| (*part, -1)).collect();
    for part in new {
        *terms.entry(*part).or_insert(0) += 1;
    }
    let of_terms = terms.iter().map(|(part, sign)| system.variables[*part].amount.checked_mul(*sign));
    let amount = of_terms.reduce(|sum, next| sum?.checked_add(next?)).flatten().ok_or(TOO_LARGE)?;
    let after = new.first().map(|part| &system.variables[*part]).ok_or("a change of no cells")?;
    let (role, origin) = (after.role, after.origin);
    let next = ties.len();
    let tie = *ties.entry((key.measure.clone(), key.sum, key.count)).or_insert(next);
    let change = Beside { name, amount, shares, verdict, tie, role, origin };
    terms.insert(system.add(key, change.signed()), -1);
    system.relate(terms, Kind::Change);
    Ok(())
}
