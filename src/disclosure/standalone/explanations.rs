//! Why each cell is withheld and what would free it; for the private side only.

use super::output::line;
use super::policy::Policy;
use super::{Prepared, decimal};
use crate::disclosure::Reason;
use crate::disclosure::rules::{Further, Rules, Share, consents, further, further_of};
use crate::disclosure::search::Pattern;
use crate::disclosure::system::Wish;
use std::collections::{BTreeMap, BTreeSet};

/// Protected sums that an explanation names; the others are counted.
const NAMED: usize = 3;

const ASKED: [&str; 2] = ["that `cells` no longer asks for it", "que `cells` ne le demande plus"];
const NOTHING: [&str; 2] = ["coarser categories", "des catégories plus larges"];

/// What a reader is told, in English and in French.
type Told = [String; 2];

pub(super) fn write(policy: &Policy, prepared: &Prepared, rules: &Rules, pattern: &Pattern) -> Vec<u8> {
    let protected = protected(pattern);
    let header = ["table", "cell", "kind", "rule", "what_would_free_it", "ce_qui_la_libererait"];
    let mut text = line(header.into_iter());
    for table in &prepared.tables {
        for (codes, position) in table.cells.iter().filter(|(_, variable)| pattern.suppressed[*variable]) {
            let (kind, rule, told) = match pattern.reasons.get(position).copied() {
                Some(Reason::Frequency) => {
                    ("primary", "minimum_contributors", remedies(policy, prepared, rules, *position))
                }
                Some(Reason::Dominance) => {
                    ("primary", policy.ratio_rule(), remedies(policy, prepared, rules, *position))
                }
                Some(Reason::Asked) => ("primary", "withhold", ASKED.map(str::to_owned)),
                _ => ("complementary", "protects others", others(prepared, protected.get(position))),
            };
            let [english, french] = &told;
            text += &line([table.name.as_str(), &codes.join(" × "), kind, rule, english, french].into_iter());
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

/// What makes the cell safe by itself; the rules were asked again whether each does.
fn remedies(policy: &Policy, prepared: &Prepared, rules: &Rules, position: usize) -> Told {
    let variable = &prepared.system.variables[position];
    let summary = prepared.summaries.get(&position);
    let more = match summary {
        Some(summary) => further_of(summary, rules),
        None => further(&variable.shares, rules),
    };
    let mut ways: Vec<Told> = more.map(|more| holdings(more, policy.decimals)).into_iter().collect();
    // Of cells nobody knows who stands behind them, and nobody can consent.
    if summary.is_none() {
        ways.push(consent(&variable.shares, rules));
    }
    if ways.is_empty() {
        ways.push(NOTHING.map(str::to_owned));
    }
    let [mut english, mut french] = [(0, ", or "), (1, ", ou ")]
        .map(|(language, or)| ways.iter().map(|way| way[language].as_str()).collect::<Vec<_>>().join(or));
    if variable.wish == Wish::Withhold {
        let [asked, demande] = ASKED;
        english = format!("{asked}, and {english}");
        french = format!("{demande}, et {french}");
    }
    [english, french]
}

fn holdings(Further { count, least, most }: Further, decimals: u32) -> Told {
    let [least_shown, most_shown] = [least, most].map(|amount| decimal::show(amount, decimals));
    let (plural, pluriel, each, chacun) =
        if count == 1 { ("holding", "groupe", "", "") } else { ("holdings", "groupes", " each", " chacun") };
    if least == most {
        return [
            format!("{count} more {plural} with {least_shown}{each}"),
            format!("{count} {pluriel} de plus avec {least_shown}{chacun}"),
        ];
    }
    [
        format!("{count} more {plural} with at least {least_shown} and at most {most_shown}{each}"),
        format!("{count} {pluriel} de plus avec au moins {least_shown} et au plus {most_shown}{chacun}"),
    ]
}

fn consent(shares: &[Share], rules: &Rules) -> Told {
    let of = |waived: bool| -> BTreeSet<u32> {
        shares.iter().filter(|share| share.waived == waived).map(|share| share.parties[0]).collect()
    };
    // A holding of which one record is without consent has not given it.
    let open = of(false);
    let have_some = of(true).iter().any(|holding| !open.contains(holding));
    let count = consents(shares, rules);
    let (without, sans) =
        if have_some { (" that has none yet", " qui ne l’a pas encore donné") } else { ("", "") };
    let (have_none, ne_l_ont_pas) =
        if have_some { (" that have none yet", " qui ne l’ont pas encore donné") } else { ("", "") };
    if count == 1 {
        let largest = if open.len() == 1 {
            ["the holding", "du groupe"]
        } else {
            ["its largest holding", "de son plus grand groupe"]
        };
        let [english, french] = largest;
        return [format!("the consent of {english}{without}"), format!("l’accord {french}{sans}")];
    }
    if count == open.len() {
        return [
            format!("the consent of all {count} holdings{have_none}"),
            format!("l’accord des {count} groupes{ne_l_ont_pas}"),
        ];
    }
    [
        format!("the consent of its {count} largest holdings{have_none} together"),
        format!("l’accord de ses {count} plus grands groupes{ne_l_ont_pas} ensemble"),
    ]
}

fn others(prepared: &Prepared, protected: Option<&BTreeSet<&[usize]>>) -> Told {
    let name = |parts: &&[usize]| {
        let names = parts.iter().map(|part| prepared.system.variables[*part].name.as_str());
        names.collect::<Vec<_>>().join(" + ")
    };
    let Some(protected) = protected else {
        return [
            "nothing: it could be computed, so that it is withheld with the others".to_owned(),
            "rien : elle se calculerait, et elle est retenue avec les autres".to_owned(),
        ];
    };
    let named = protected.iter().take(NAMED).map(name).collect::<Vec<_>>().join("; ");
    let [rest, reste] = match protected.len().saturating_sub(NAMED) {
        0 => [String::new(), String::new()],
        more => [format!("; {more} more"), format!("; {more} de plus")],
    };
    [
        format!("that these need no protection: {named}{rest}"),
        format!("que celles-ci n’aient plus à être protégées : {named}{reste}"),
    ]
}
