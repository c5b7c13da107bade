//! Why each cell is withheld and what would free it; for the private side only.

use super::output::line;
use super::policy::Policy;
use super::{Prepared, decimal};
use crate::disclosure::search::Pattern;
use crate::disclosure::{Reason, system::Variable};
use std::collections::{BTreeMap, BTreeSet};

/// Protected sums that an explanation names; the others are counted.
const NAMED: usize = 3;

pub(super) fn write(policy: &Policy, prepared: &Prepared, pattern: &Pattern) -> Vec<u8> {
    let protected = protected(pattern);
    let mut text = line(["table", "cell", "kind", "rule", "what_would_free_it"].into_iter());
    for table in &prepared.tables {
        for (codes, position) in table.cells.iter().filter(|(_, variable)| pattern.suppressed[*variable]) {
            let variable = &prepared.system.variables[*position];
            let (kind, rule, free) = match pattern.reasons.get(position).copied() {
                Some(Reason::Frequency) => ("primary", "minimum_contributors", few(policy, variable)),
                Some(Reason::Dominance) => ("primary", policy.ratio_rule(), dominated(policy, variable)),
                Some(Reason::Asked) => {
                    ("primary", "withhold", "that `cells` no longer asks for it".to_owned())
                }
                _ => ("complementary", "protects others", others(prepared, protected.get(position))),
            };
            text += &line([table.name.as_str(), &codes.join(" × "), kind, rule, &free].into_iter());
        }
    }
    text.into_bytes()
}

/// By withheld variable: the sums that a witness protects by moving it.
fn protected(pattern: &Pattern) -> BTreeMap<usize, BTreeSet<&[usize]>> {
    let mut protected: BTreeMap<usize, BTreeSet<&[usize]>> = BTreeMap::new();
    for requirement in &pattern.requirements {
        for (variable, _) in requirement.witnesses.iter().flat_map(|witness| &witness.movement) {
            protected.entry(*variable).or_default().insert(&requirement.parts);
        }
    }
    protected
}

fn few(policy: &Policy, variable: &Variable) -> String {
    let holdings: BTreeSet<u32> = variable.shares.iter().map(|share| share.parties[0]).collect();
    if holdings.is_empty() {
        return "more holdings in the cell".to_owned();
    }
    let missing = (policy.rules().minimum as usize).saturating_sub(holdings.len());
    format!("{missing} more in the cell besides its {}, or the consent of all of them", holdings.len())
}

fn dominated(policy: &Policy, variable: &Variable) -> String {
    let need = variable.verdict.map_or(0, |verdict| verdict.need);
    format!(
        "{} more from others than its largest holdings, or the consent of the largest",
        decimal::show(need, policy.decimals)
    )
}

fn others(prepared: &Prepared, protected: Option<&BTreeSet<&[usize]>>) -> String {
    let name = |parts: &&[usize]| {
        let names = parts.iter().map(|part| prepared.system.variables[*part].name.as_str());
        names.collect::<Vec<_>>().join(" + ")
    };
    let Some(protected) = protected else {
        return "nothing: it could be computed, so that it is withheld with the others".to_owned();
    };
    let named: Vec<String> = protected.iter().take(NAMED).map(name).collect();
    let more = protected.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!("; {more} more") } else { String::new() };
    format!("that these need no protection: {}{rest}", named.join("; "))
}
