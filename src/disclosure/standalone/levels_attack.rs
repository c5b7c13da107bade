//! An attacker who subtracts what is published below a total from it, over all levels of a hierarchy.

use super::attack::Draw;
use super::{Rows, parse, run};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Releases that are attacked in every run; `MAILLAGE_ATTACKS=1000` attacks a thousand.
const ATTACKS: u64 = 3;
/// Here single equations alone would leave a sum that one holding dominates.
const FIRST: u64 = 19;

/// Finest code, code of the other dimension, holding, amount.
type Fact = (u64, u64, u64, i64);

/// Columns of the table, a file of codes and parents, and one with a column a level.
const HIERARCHIES: [&str; 3] = [
    "A = [\"a\", \"aa\", \"aaa\"]",
    "A = \"parents.csv\"",
    "A = { file = \"levels.csv\", columns = [\"a\", \"aa\", \"aaa\"] }",
];

fn facts(draw: &mut Draw) -> Vec<Fact> {
    let (groups, size) = (3 + draw.below(6), 14 + draw.below(26));
    let fact = |_| {
        let (code, other, holding) = (draw.below(8), draw.below(2), draw.below(groups));
        let most = 10_u64.pow(1 + u32::try_from(draw.below(3)).unwrap());
        (code, other, holding, i64::try_from(1 + draw.below(most)).unwrap())
    };
    (0..size).map(fact).collect()
}

/// Three levels and the top, from a finest code on.
fn above(code: u64) -> [String; 4] {
    [format!("aaa{code}"), format!("aa{}", code / 2), format!("a{}", code / 4), "Total".to_owned()]
}

/// The published cells, or why there are none.
fn released(facts: &[Fact], hierarchy: &str) -> Option<BTreeMap<[String; 2], Option<i64>>> {
    let mut table = "a,aa,aaa,b,h,v\n".to_owned();
    for (code, other, holding, amount) in facts {
        let [finest, middle, top, _] = above(*code);
        writeln!(table, "{top},{middle},{finest},b{other},h{holding},{amount}").unwrap();
    }
    let (mut parents, mut levels) = ("code,parent\n".to_owned(), "a,aa,aaa\n".to_owned());
    for code in 0..8 {
        let [finest, middle, top, _] = above(code);
        writeln!(levels, "{top},{middle},{finest}").unwrap();
        writeln!(parents, "{finest},{middle}\n{middle},{top}\n{top},").unwrap();
    }
    let files = [("t.csv", table), ("parents.csv", parents), ("levels.csv", levels)];
    let files = files.map(|(name, text)| (name.to_owned(), Rows::read(name, text.as_bytes()).unwrap()));
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n[rules]\nminimum_contributors = 3\np_percent = 15\n\
         [hierarchies]\n{hierarchy}\n[[tables]]\nname = \"t\"\ndimensions = [\"A\", \"b\"]\ncolumns = {{ A = \"aaa\" }}\n"
    );
    let outcome = run(&parse("policy.toml", &policy).unwrap(), &files).ok()?;
    let (_, text) = outcome.public.iter().find(|(name, _)| *name == "cells.csv").unwrap();
    let cells = Rows::read("cells.csv", text).unwrap();
    let cell = |row: &Vec<String>| ([row[1].clone(), row[2].clone()], row[3].parse().ok());
    Some(cells.rows.iter().map(cell).collect())
}

/// What of the table each published cell tells that no published cell below it does, where it breaks the rules.
fn attack(facts: &[Fact], cells: &BTreeMap<[String; 2], Option<i64>>) -> Vec<[String; 2]> {
    let mut told: BTreeMap<[String; 2], BTreeMap<u64, i64>> = BTreeMap::new();
    for (code, other, holding, amount) in facts {
        for other in [format!("b{other}"), "Total".to_owned()] {
            let path = above(*code).map(|code| [code, other.clone()]);
            if let Some(lowest) = path.into_iter().find(|cell| cells[cell].is_some()) {
                *told.entry(lowest).or_default().entry(*holding).or_insert(0) += amount;
            }
        }
    }
    let is_unsafe = |amounts: &BTreeMap<u64, i64>| {
        let mut sorted: Vec<i64> = amounts.values().copied().collect();
        sorted.sort_unstable_by(|left, right| right.cmp(left));
        sorted.len() < 3 || 100 * sorted[2..].iter().sum::<i64>() < 15 * sorted[0]
    };
    told.into_iter().filter(|(_, amounts)| is_unsafe(amounts)).map(|(cell, _)| cell).collect()
}

#[test]
fn no_unsafe_sum_is_left_between_the_published_cells_of_a_hierarchy() {
    let attacks =
        std::env::var("MAILLAGE_ATTACKS").ok().and_then(|text| text.parse().ok()).unwrap_or(ATTACKS);
    let mut leaking = 0;
    for seed in FIRST..FIRST + attacks {
        let facts = facts(&mut Draw(seed));
        let hierarchy = HIERARCHIES[usize::try_from(seed % 3).unwrap()];
        let Some(mut cells) = released(&facts, hierarchy) else { continue };
        assert_eq!(attack(&facts, &cells), Vec::<[String; 2]>::new(), "seed {seed}");
        // The attacker is no straw man: of a withheld cell that is published, it finds what it tells.
        let withheld = cells.iter().filter(|(_, value)| value.is_none()).map(|(cell, _)| cell.clone());
        for cell in withheld.collect::<Vec<_>>() {
            cells.insert(cell.clone(), Some(0));
            leaking += usize::from(!attack(&facts, &cells).is_empty());
            cells.insert(cell, None);
        }
    }
    assert!(attacks == 0 || leaking > 2, "{leaking}");
}
