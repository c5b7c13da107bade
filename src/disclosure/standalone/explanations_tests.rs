//! What an explanation says frees a cell does; and what stands in the way of a pattern is named.

use super::{Outcome, Rows, StandaloneError, parse, run};
use std::fmt::Write as _;

const POLICY: &str = "value = \"v\"\nholding = \"h\"\nwaiver = \"w\"\ndecimals = 2\n[rules]\nminimum_contributors = 3\np_percent = 15\n\
    [[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n";

/// Code, holding, hundredths and consent.
type Row = (usize, usize, u64, bool);

fn protect(policy: &str, table: &str) -> Result<Outcome, StandaloneError> {
    let rows = Rows::read("t.csv", table.as_bytes()).unwrap();
    run(&parse("policy.toml", policy)?, &[("t.csv".to_owned(), rows)])
}

fn explanations(outcome: &Outcome) -> Rows {
    let (_, bytes) = outcome.private.iter().find(|(name, _)| *name == "explanations.csv").unwrap();
    Rows::read("explanations.csv", bytes).unwrap()
}

/// The primary cells of one code: the code, and what would free it in both languages.
fn primaries(records: &[Row]) -> Option<Vec<(usize, [String; 2])>> {
    let mut table = "a,h,v,w\n".to_owned();
    for (code, holding, amount, consent) in records {
        let (whole, part) = (amount / 100, amount % 100);
        writeln!(table, "{code},h{holding},{whole}.{part:02},{}", u8::from(*consent)).unwrap();
    }
    let told = explanations(&protect(POLICY, &table).ok()?);
    let primary = told.rows.into_iter().filter(|row| row[2] == "primary");
    Some(primary.filter_map(|row| Some((row[1].parse().ok()?, [row[4].clone(), row[5].clone()]))).collect())
}

fn hundredths(text: &str) -> u64 {
    text.replace('.', "").parse().unwrap()
}

#[test]
fn what_an_explanation_says_frees_the_cell() {
    let mut state = 5_u64;
    let mut draw = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let mut checked = 0;
    for _ in 0..25 {
        let mut records: Vec<Row> = Vec::new();
        for code in 0..6 {
            for place in 0..=draw(4) {
                let holding = code * 10 + usize::try_from(place).unwrap();
                records.push((code, holding, 1 + draw(2_000), draw(6) == 0));
            }
        }
        let Some(found) = primaries(&records) else { continue };
        for (code, [english, _]) in found {
            let is_primary = |records: &[Row]| {
                primaries(records).is_some_and(|found| found.iter().any(|(other, _)| *other == code))
            };
            let (more, consent) = english.split_once(", or ").unwrap();
            let words: Vec<&str> = more.split(' ').collect();
            let count: usize = words[0].parse().unwrap();
            let amounts: Vec<u64> =
                words.iter().filter(|word| word.contains('.')).map(|word| hundredths(word)).collect();
            for amount in amounts {
                let mut records = records.clone();
                records.extend((0..count).map(|place| (code, 900 + place, amount, false)));
                assert!(!is_primary(&records), "{english}: {records:?}");
            }
            let open = records.iter().filter(|row| row.0 == code && !row.3);
            let mut open: Vec<(u64, usize)> = open.map(|row| (row.2, row.1)).collect();
            open.sort_unstable_by_key(|(amount, holding)| (std::cmp::Reverse(*amount), *holding));
            let number = consent.split(' ').find_map(|word| word.parse().ok()).unwrap_or(1);
            let mut records = records.clone();
            for row in
                records.iter_mut().filter(|row| open[..number].iter().any(|(_, holding)| *holding == row.1))
            {
                row.3 = true;
            }
            assert!(!is_primary(&records), "{english}: {records:?}");
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn a_remedy_is_told_with_its_amounts_in_both_languages() {
    let rest = [(1, 10, 500, false), (1, 11, 500, false), (1, 12, 500, false)];
    let told = |cell: &[u64], consents: usize| {
        let own = cell.iter().enumerate().map(|(place, amount)| (0, place, *amount, place < consents));
        let records: Vec<Row> = own.chain(rest).collect();
        primaries(&records).unwrap().remove(0).1
    };
    assert_eq!(
        told(&[500, 700], 0),
        [
            "1 more holding with at least 1.05 and at most 7.00, or the consent of all 2 holdings",
            "1 groupe de plus avec au moins 1.05 et au plus 7.00, ou l’accord des 2 groupes"
        ]
    );
    assert_eq!(
        told(&[10_000, 9_000, 100], 0)[0],
        "1 more holding with at least 14.00 and at most 100.00, or the consent of its 2 largest holdings together"
    );
    assert_eq!(
        told(&[1_000, 10_000, 10], 1),
        [
            "2 more holdings with at least 7.45 and at most 100.00 each, or the consent of its largest holding that has none yet",
            "2 groupes de plus avec au moins 7.45 et au plus 100.00 chacun, ou l’accord de son plus grand groupe qui ne l’a pas encore donné"
        ]
    );
    assert_eq!(
        told(&[1_000], 0)[0],
        "2 more holdings with at least 1.50 and at most 10.00 each, or the consent of the holding"
    );
}

const SQUARE: &str = "a,b,h,v\nx,p,1,10\nx,q,2,11\nx,q,3,9\nx,q,4,9\ny,p,5,8\ny,p,6,7\ny,p,7,9\ny,q,8,12\ny,q,9,14\ny,q,10,13\n\
    z,p,11,8\nz,p,12,7\nz,p,13,9\nz,q,14,12\nz,q,15,14\nz,q,16,13\n";

fn square() -> String {
    POLICY.replace("waiver = \"w\"\ndecimals = 2\n", "").replace("[\"a\"]", "[\"a\", \"b\"]")
}

#[test]
fn a_complementary_cell_is_told_what_it_protects() {
    let told = explanations(&protect(&square(), SQUARE).unwrap());
    let of = |cell: &str| told.rows.iter().find(|row| row[1] == cell).unwrap()[2..].join("; ");
    assert!(
        of("x × p").starts_with("primary; minimum_contributors; 2 more holdings with"),
        "{}",
        of("x × p")
    );
    let other = of("x × q");
    assert!(other.starts_with("complementary; protects others; that these need no protection: "), "{other}");
    assert!(
        other.contains("t[x, p]") && other.contains("que celles-ci n’aient plus à être protégées"),
        "{other}"
    );
}

#[test]
fn the_entries_that_surround_a_cell_are_named_by_their_place() {
    let entry = |codes: [&str; 2], status: &str| {
        format!("[[cells]]\ntable = \"t\"\ncodes = {codes:?}\nstatus = \"{status}\"\n")
    };
    let entries = [
        entry(["z", "q"], "publish"),
        entry(["x", "q"], "publish"),
        entry(["z", "Total"], "prefer_publish"),
        entry(["x", "Total"], "publish"),
    ];
    let policy = square() + &entries.concat();
    let found = protect(&policy, SQUARE).unwrap_err().to_string();
    assert!(found.starts_with("the cell t[x, p] cannot be protected in its table: "), "{found}");
    assert!(
        found.contains("must be published: 2 (t[x, q]), 4 (t[x, Total])\nhelp: write `prefer_publish`"),
        "{found}"
    );
    assert!(!found.contains("t[z, ") && !found.contains("bounds"), "{found}");
    let bounded = policy.replace("[[tables]]", "[bounds]\nupper_percent = 300\n[[tables]]");
    assert!(protect(&bounded, SQUARE).unwrap_err().to_string().contains("or widen `bounds`"));
}

#[test]
fn cells_take_a_hierarchy_of_one_level() {
    let policy = "value = \"v\"\ncount = \"n\"\nlargest = \"m\"\n[rules]\ndominance = { n = 1, k = 85 }\n\
        [hierarchies]\nSIZE = LEVELS\n[[tables]]\nname = \"t\"\ndimensions = [\"SIZE\"]\n";
    let cells = "SIZE,v,n,m\nTotal,46,14,6\nx,10,4,5\ny,20,5,5\nz,6,1,6\nw,10,4,4\n";
    let outcome = |levels: &str| protect(&policy.replace("LEVELS", levels), cells);
    let flat = protect(&policy.replace("SIZE = LEVELS\n", ""), cells).unwrap();
    assert_eq!(outcome("[\"SIZE\"]").unwrap().public, flat.public);
    // How much of the others would hide z, and nobody who could consent.
    let told = explanations(&flat);
    let z = told.rows.iter().find(|row| row[1] == "z").unwrap();
    assert_eq!(z[4], "2 more holdings with at least 1 and at most 6 each");
    let found = outcome("[\"SIZE\", \"v\"]").unwrap_err().to_string();
    assert!(found.contains("the hierarchy `SIZE` names several columns"), "{found}");
}
