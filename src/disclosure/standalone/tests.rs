//! Published instances and messages for bad input.

use super::{Outcome, Rows, StandaloneError, parse, run};
use std::path::PathBuf;

const RULES: &str = "[rules]\nminimum_contributors = 3\np_percent = 15\n";

/// A file of the shared instances; none, said loudly, where they are not at hand.
fn shared(name: &str) -> Option<Rows> {
    let Some(folder) = std::env::var_os("MAILLAGE_SHARED") else {
        eprintln!("SKIPPED: set MAILLAGE_SHARED to check the published instance {name}");
        return None;
    };
    let bytes = std::fs::read(PathBuf::from(folder).join("disclosure").join(name)).unwrap();
    Some(Rows::read(name, &bytes).unwrap())
}

fn protect(policy: &str, files: &[Rows]) -> Result<Outcome, StandaloneError> {
    let files: Vec<(String, Rows)> = files.iter().map(|rows| (rows.file.clone(), rows.clone())).collect();
    run(&parse("policy.toml", policy)?, &files)
}

fn refused(policy: &str, table: &str) -> String {
    protect(policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap_err().to_string()
}

fn file<'a>(outcome: &'a Outcome, name: &str) -> &'a [u8] {
    &outcome.public.iter().chain(&outcome.private).find(|(other, _)| *other == name).unwrap().1
}

fn insee(insiders: bool) -> String {
    format!(
        "value = \"TURNOVER\"\ndecimals = 3\n{RULES}insiders = {insiders}\n[hierarchies]\nACT = [\"A10\", \"A21\", \"A88\"]\n[[tables]]\nname = \"act_size\"\ndimensions = [\"ACT\", \"SIZE\"]\n"
    )
}

#[test]
fn activity_by_size_has_the_published_primaries_and_few_others() {
    let Some(rows) = shared("insee_indiv_dt.csv") else { return };
    for insiders in [false, true] {
        let outcome = protect(&insee(insiders), std::slice::from_ref(&rows)).unwrap();
        let (_, cells, primary, complementary) = &outcome.counts[0];
        assert_eq!((*cells, *primary), (192, 32));
        assert!(*complementary <= 29, "{complementary} complementary, insiders {insiders}");
    }
}

#[test]
fn the_order_of_the_rows_changes_no_byte() {
    let Some(rows) = shared("insee_indiv_dt.csv") else { return };
    let mut turned = rows.clone();
    turned.rows.reverse();
    turned.rows.rotate_left(1234);
    let (one, other) = (protect(&insee(true), &[rows]).unwrap(), protect(&insee(true), &[turned]).unwrap());
    for name in ["cells.csv", "cells.parquet", "certificate.json", "explanations.csv"] {
        assert!(file(&one, name) == file(&other, name), "{name} differs");
    }
}

#[test]
fn cells_with_their_largest_contributor_have_the_published_primaries() {
    let (Some(cells), Some(levels)) =
        (shared("insee_turnover_act_size.csv"), shared("insee_activity_corr_table.csv"))
    else {
        return;
    };
    let policy = "value = \"TOT\"\ncount = \"N_OBS\"\nlargest = \"MAX\"\ndecimals = 4\n\
        cost = \"fewest\"\n[rules]\nminimum_contributors = 3\ndominance = { n = 1, k = 85 }\nMARGIN\
        [hierarchies]\nACTIVITY = { file = \"insee_activity_corr_table.csv\", columns = [\"A10\", \"A21\", \"A88\"] }\n\
        [[tables]]\nname = \"act_size\"\ndimensions = [\"ACTIVITY\", \"SIZE\"]\n";
    // What HiGHS finds too, from the tables alone; 58 is what is handed down as the optimum.
    let files = [cells, levels];
    for (margin, wanted) in [("", 62), ("frequency_margin_percent = 0\n", 58)] {
        let outcome = protect(&policy.replace("MARGIN", margin), &files).unwrap();
        let (_, cells, primary, complementary) = &outcome.counts[0];
        assert_eq!((*cells, *primary, *complementary), (414, 77, wanted));
        let report: serde_json::Value = serde_json::from_slice(file(&outcome, "report.json")).unwrap();
        let price = 77 + wanted;
        assert_eq!(report["optimum"], serde_json::json!({"price": price, "at_least": price, "proven": true}));
    }
}

#[test]
fn a_published_cell_shows_its_decimals_and_a_withheld_one_nothing() {
    let table = "a,h,v\nx,1,10.5\nx,2,11.25\nx,3,9\ny,1,1\n";
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\ndecimals = 2\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    let outcome = protect(&policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap();
    let text = String::from_utf8(file(&outcome, "cells.csv").to_vec()).unwrap();
    assert_eq!(text, "table,a,value,statut\nt,Total,31.75,publie\nt,x,,confidentiel\nt,y,,confidentiel\n");
    let parquet = Rows::read("cells.parquet", file(&outcome, "cells.parquet")).unwrap();
    assert_eq!(parquet.header, ["table", "a", "value", "statut"]);
    assert_eq!(parquet.rows[0], ["t", "Total", "31.75", "publie"]);
    assert_eq!(parquet.rows[2], ["t", "y", "", "confidentiel"]);
}

#[test]
fn bad_input_names_the_place_and_publishes_nothing() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[hierarchies]\nD = [\"a\", \"b\"]\n[[tables]]\nname = \"t\"\ndimensions = [\"D\"]\n"
    );
    for (table, message) in [
        ("a,b,h,v\nx,x1,1,-5\n", "line 2, column `v`: the amount is negative"),
        ("a,b,h,v\nx,x1,1,5\nx,x2,2,\n", "line 3, column `v`: the amount is missing"),
        ("a,b,h,v\nx,x1,,5\n", "the contributor or holding is missing"),
        ("a,b,h,v\nx,,1,5\n", "the code is missing"),
        ("a,b,h,v\nx,c,1,5\ny,c,1,5\n", "the code `c` has two parents, `x` and `y`"),
        ("a,b,h,v\nx,Total,1,5\n", "`Total` is the code of the margins"),
        ("a,b,h,w\nx,x1,1,5\n", "there is no column `v`"),
        ("a,b,h,v\nx,x1,1,abc\n", "not a decimal number"),
    ] {
        let found = refused(&policy, table);
        assert!(found.contains(message) && found.contains("\nhelp: "), "{found}");
    }
    assert!(refused(&policy, "a,b,h,v\n").contains("`t.csv`: there is no row below the header"));
    let twice = policy.replace("[\"D\"]\n", "[\"D\", \"D\"]\n");
    assert!(refused(&twice, "a,b,h,v\nx,x1,1,5\n").contains("the table `t` names a dimension twice"));
    let both = ["publish", "withhold"]
        .map(|status| format!("[[cells]]\ntable = \"t\"\ncodes = [\"x1\"]\nstatus = \"{status}\"\n"));
    let found = refused(&format!("{policy}{}", both.concat()), "a,b,h,v\nx,x1,1,5\nx,x2,2,5\n");
    assert!(found.contains("`cells` asks two things of t[x1]"), "{found}");
    assert!(
        refused("value = \"v\"\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n", "a,v\n")
            .contains("neither")
    );
    let cycle = policy
        .replace("D = [\"a\", \"b\"]", "D = \"d.csv\"")
        .replace("[\"D\"]", "[\"D\"]\ncolumns = { D = \"b\" }");
    let files = [("t.csv", "a,b,h,v\nx,y,1,5\n"), ("d.csv", "code,parent\ny,x\nx,y\n")];
    let files = files.map(|(name, text)| Rows::read(name, text.as_bytes()).unwrap());
    assert!(protect(&cycle, &files).unwrap_err().to_string().contains("has a cycle"));
    assert!(refused(&format!("{policy}sizes = 3\n"), "a,b,h,v\n").contains("sizes"));
}

#[test]
fn amounts_that_the_places_cannot_hold_are_counted() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\ndecimals = 1\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    let table = "a,h,v\nx,1,10.50\nx,2,11.25\nx,3,9\nx,4,9.001\n";
    let outcome = protect(&policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap();
    assert_eq!(outcome.rounded, 2);
    let report: serde_json::Value = serde_json::from_slice(file(&outcome, "report.json")).unwrap();
    assert_eq!(report["rounded_amounts"], 2);
}

#[test]
fn the_order_of_cells_changes_no_byte() {
    let policy = "value = \"v\"\ncount = \"n\"\nlargest = \"m\"\n[rules]\ndominance = { n = 1, k = 85 }\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n";
    let lines = ["Total,46,14,6", "x,10,4,5", "y,20,5,5", "z,6,1,6", "w,10,4,4"];
    let written = |lines: &[&str]| {
        let table = format!("a,v,n,m\n{}\n", lines.join("\n"));
        let outcome = protect(policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap();
        ["cells.csv", "certificate.json", "explanations.csv"].map(|name| file(&outcome, name).to_vec())
    };
    let mut turned = lines;
    turned.reverse();
    assert_eq!(written(&lines), written(&turned));
}

#[test]
fn cells_that_do_not_add_up_are_refused_with_the_equation() {
    let policy = "value = \"v\"\ncount = \"n\"\nlargest = \"m\"\n[rules]\ndominance = { n = 1, k = 85 }\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n";
    let found = refused(policy, "a,v,n,m\nTotal,31,9,5\nx,10,4,5\ny,20,5,5\n");
    assert!(found.contains("t[x]") && found.contains("do not add up"), "{found}");
}

#[test]
fn a_cell_that_must_be_published_and_is_unsafe_is_named() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n[[cells]]\ntable = \"t\"\ncodes = [\"y\"]\nstatus = \"publish\"\n"
    );
    let found = refused(&policy, "a,h,v\nx,1,10\nx,2,11\nx,3,9\ny,1,1\n");
    assert!(found.contains("the cell t[y] must be published"), "{found}");
    // The total forced: then the other part has to go, and cannot.
    let policy = policy.replace("codes = [\"y\"]", "codes = [\"Total\"]");
    let table = "a,h,v\nx,1,10\nx,2,11\nx,3,9\nx,4,9\ny,1,1\n";
    let rows = Rows::read("t.csv", table.as_bytes()).unwrap();
    let outcome = protect(&policy, &[rows]).unwrap();
    let text = String::from_utf8(file(&outcome, "cells.csv").to_vec()).unwrap();
    assert_eq!(text, "table,a,value,statut\nt,Total,40,publie\nt,x,,confidentiel\nt,y,,confidentiel\n");
    let policy = format!("{policy}[[cells]]\ntable = \"t\"\ncodes = [\"x\"]\nstatus = \"publish\"\n");
    let found = refused(&policy, table);
    assert!(found.contains("t[y] cannot be protected"), "{found}");
}

#[test]
fn a_holding_that_consents_is_published() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\nwaiver = \"w\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    let table = "a,h,v,w\nx,1,10,\nx,2,11,\nx,3,9,\ny,1,1,oui\n";
    let outcome = protect(&policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap();
    assert_eq!(outcome.counts[0], ("t".to_owned(), 3, 0, 0));
}

#[test]
fn linked_tables_are_one_system() {
    let table = "a,b,h,v\nx,p,1,10\nx,p,2,11\nx,p,3,9\nx,q,4,9\ny,p,5,8\ny,p,6,7\ny,p,7,9\ny,q,8,12\ny,q,9,14\ny,q,10,13\n";
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[[tables]]\nname = \"both\"\ndimensions = [\"a\", \"b\"]\n[[tables]]\nname = \"one\"\ndimensions = [\"a\"]\n"
    );
    let outcome = protect(&policy, &[Rows::read("t.csv", table.as_bytes()).unwrap()]).unwrap();
    let text = String::from_utf8(file(&outcome, "cells.csv").to_vec()).unwrap();
    let value =
        |line: &str| text.lines().find_map(|other| other.strip_prefix(line).map(str::to_owned)).unwrap();
    assert_eq!(value("both,x,Total"), value("one,x,"));
    assert_eq!(value("both,x,q"), ",,confidentiel");
}

const SQUARE: &str = "a,b,h,v\nx,p,1,10\nx,q,2,11\nx,q,3,9\nx,q,4,9\ny,p,5,8\ny,p,6,7\ny,p,7,9\ny,q,8,12\ny,q,9,14\ny,q,10,13\n\
    z,p,11,8\nz,p,12,7\nz,p,13,9\nz,q,14,12\nz,q,15,14\nz,q,16,13\n";

#[test]
fn what_was_withheld_last_time_is_withheld_again_rather_than_something_else() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n"
    );
    let rows = Rows::read("t.csv", SQUARE.as_bytes()).unwrap();
    let status = |outcome: &Outcome, cell: &str| {
        let text = String::from_utf8(file(outcome, "cells.csv").to_vec()).unwrap();
        text.lines().find(|line| line.starts_with(cell)).unwrap().ends_with("confidentiel")
    };
    let first = protect(&policy, std::slice::from_ref(&rows)).unwrap();
    let (other, chosen) = if status(&first, "t,y,p,") { ("z", "y") } else { ("y", "z") };
    assert!(status(&first, &format!("t,{chosen},p,")) && !status(&first, &format!("t,{other},p,")));
    let last = format!("table,a,b,value,statut\nt,{other},p,,confidentiel\nt,{other},q,,confidentiel\n");
    let last = Rows::read("last.csv", last.as_bytes()).unwrap();
    let second = protect(&format!("previous = \"last.csv\"\n{policy}"), &[rows, last]).unwrap();
    assert!(status(&second, &format!("t,{other},p,")) && !status(&second, &format!("t,{chosen},p,")));
}

#[test]
fn the_last_release_need_not_know_every_table() {
    let policy = format!(
        "previous = \"last.csv\"\nvalue = \"v\"\nholding = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n"
    );
    let files = [rows("t.csv", SQUARE), rows("last.csv", "table,a,value,statut\nt,x,,confidentiel\n")];
    assert_eq!(protect(&policy, &files).unwrap().counts[0].1, 12);
}

#[test]
fn a_code_outside_the_hierarchy_and_a_table_that_nothing_protects_are_named() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[hierarchies]\nD = \"d.csv\"\n[[tables]]\nname = \"t\"\ndimensions = [\"D\"]\n"
    );
    let files = [("t.csv", "D,h,v\nx1,1,5\nx9,2,5\n"), ("d.csv", "code,parent\nx1,x\nx2,x\n")];
    let files = files.map(|(name, text)| Rows::read(name, text.as_bytes()).unwrap());
    let found = protect(&policy, &files).unwrap_err().to_string();
    assert!(found.contains("`t.csv`, line 3, column `D`") && found.contains("`x9`"), "{found}");
    // Everybody knows the amounts exactly: no second world is left.
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[bounds]\nlower_percent = 100\nupper_percent = 100\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    let found = refused(&policy, "a,h,v\nx,1,10\ny,2,11\ny,3,9\ny,4,9\n");
    assert!(found.contains("the cell t[x] cannot be protected") && found.contains("\nhelp: "), "{found}");
    assert!(found.contains("widen `bounds`"), "{found}");
}

fn rows(name: &str, text: &str) -> Rows {
    Rows::read(name, text.as_bytes()).unwrap()
}

fn statuses(outcome: &Outcome) -> String {
    String::from_utf8(file(outcome, "cells.csv").to_vec()).unwrap()
}

#[test]
fn what_another_file_leaves_out_cannot_be_worked_out() {
    let policy = format!(
        "value = \"v\"\nholding = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"w.csv\"\n"
    );
    let lines = "a,b,h,v\nx,p,1,10\nx,p,2,11\nx,q,3,9\nx,q,9,9\ny,p,4,8\ny,q,5,30\ny,q,6,20\ny,q,7,20\n";
    let fewer = lines.replace("y,p,4,8\n", "");
    let outcome = protect(&policy, &[rows("t.csv", lines), rows("w.csv", &fewer)]).unwrap();
    let text = statuses(&outcome);
    assert!(!(text.contains("t,y,78,") && text.contains("u,y,70,")), "{text}");
    assert!(!(text.contains("t,Total,117,") && text.contains("u,Total,109,")), "{text}");
    // The same records under another name of their file are the same cells.
    let twice = protect(&policy, &[rows("t.csv", lines), rows("w.csv", lines)]).unwrap();
    let text = statuses(&twice);
    assert!(text.contains("t,y,78,publie") && text.contains("u,y,78,publie"), "{text}");
}

#[test]
fn margins_that_cells_do_not_give_are_added_up_all_the_same() {
    let head = "value = \"v\"\ncount = \"n\"\nlargest = \"m\"\nsecond = \"s\"\n";
    let withheld = |policy: &str, files: &[Rows], table: &str| {
        let outcome = protect(policy, files).unwrap();
        let text = statuses(&outcome);
        text.lines().filter(|line| line.starts_with(table) && line.ends_with("confidentiel")).count()
    };
    // The level between is missing: the sum of what lies below it is not.
    let policy = format!(
        "{head}{RULES}[hierarchies]\na = \"hier.csv\"\n[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    let cells = rows(
        "g.csv",
        "a,n,v,m,s\na1,1,100,100,0\na2,6,120,25,25\nb1,6,120,25,25\nb2,6,120,25,25\nTotal,19,460,100,25\n",
    );
    let hierarchy = rows("hier.csv", "code,parent\na1,A\na2,A\nb1,B\nb2,B\n");
    let leaves = ["t,a1,", "t,a2,", "t,b1,", "t,b2,"];
    let count = |table: &str| withheld(&policy, &[cells.clone(), hierarchy.clone()], table);
    assert!(leaves.iter().map(|leaf| count(leaf)).sum::<usize>() >= 2);
    // What is safe stays published, and no row is made up.
    let safe = rows(
        "g.csv",
        "a,n,v,m,s\na1,6,100,20,20\na2,6,120,25,25\nb1,6,120,25,25\nb2,6,120,25,25\nTotal,24,460,25,25\n",
    );
    let outcome = protect(&policy, &[safe, hierarchy.clone()]).unwrap();
    assert_eq!(outcome.counts[0], ("t".to_owned(), 5, 0, 0));
    assert_eq!(statuses(&outcome).lines().count(), 6);
    // The margins stand in another table.
    let policy = format!(
        "{head}{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"u.csv\"\n"
    );
    let inner = "a,b,n,v,m,s\na1,p,1,100,100,0\na1,q,6,100,20,20\na2,p,6,120,25,25\na2,q,6,120,25,25\n";
    let files = [rows("t.csv", inner), rows("u.csv", "a,n,v,m,s\na1,7,200,100,20\na2,12,240,25,25\n")];
    assert!(withheld(&policy, &files, "t,a1,q") + withheld(&policy, &files, "u,a1") > 0);
    assert_eq!(withheld(&policy, &files, "u,a2"), 0);
}

#[test]
fn cells_that_no_contributors_make_are_refused() {
    let policy = format!(
        "value = \"v\"\ncount = \"n\"\nlargest = \"m\"\nsecond = \"s\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n"
    );
    for (row, cause) in [
        ("x,2.6,100,30,30", "no whole number"),
        ("x,3,100,1,1", "do not make the amount"),
        ("x,4,100,10,50", "larger than the largest"),
        ("x,1,100,10,0", "do not make the amount"),
        ("x,0,100,0,0", "nobody contributes"),
        ("x,4,100,60,10", "the rest of the amount"),
    ] {
        let found = refused(&policy, &format!("a,n,v,m,s\n{row}\ny,6,120,25,25\n"));
        assert!(found.contains(cause) && found.contains("t.csv"), "{row}: {found}");
    }
    // One set of records under two tables has one count.
    let two = format!("{policy}[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"u.csv\"\n");
    let one = "a,n,v,m,s\nx,5,100,25,20\ny,6,120,25,25\n";
    let other = "a,n,v,m,s\nx,1,100,100,0\ny,6,120,25,25\n";
    let found = protect(&two, &[rows("t.csv", one), rows("u.csv", other)]).unwrap_err().to_string();
    assert!(found.contains("other contributors"), "{found}");
}

#[test]
fn the_same_companies_in_two_files_are_one_system() {
    let policy = format!(
        "value = \"v\"\ncontributor = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"s\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\", \"r\"]\nfile = \"u.csv\"\n"
    );
    let companies = [
        ("x", "1", 20),
        ("x", "2", 6),
        ("y", "3", 16),
        ("y", "4", 13),
        ("y", "5", 21),
        ("z", "6", 30),
        ("z", "7", 33),
        ("z", "8", 28),
        ("z", "9", 31),
        ("w", "10", 40),
        ("w", "11", 44),
        ("w", "12", 39),
    ];
    let written = |column: &str, amount: fn(i32) -> String| {
        let lines = companies.iter().enumerate().map(|(at, (a, h, v))| {
            let code = if (at + column.len()).is_multiple_of(3) { "k" } else { "l" };
            format!("{a},{column}{code},{h},{}\n", amount(*v))
        });
        format!("a,{column},h,v\n{}", lines.collect::<String>())
    };
    // Amounts may be written otherwise, and rows stand in another order.
    let (one, other) = (written("s", |v| v.to_string()), written("r", |v| format!("{v}.0")));
    let (head, body) = other.split_once('\n').unwrap();
    let turned = body.lines().rev().map(|line| format!("{line}\n")).collect::<String>();
    let files = [rows("t.csv", &one), rows("u.csv", &format!("{head}\n{turned}"))];
    let text = statuses(&protect(&policy, &files).unwrap());
    let mut shown = 0;
    for code in ["Total", "w", "x", "y", "z"] {
        let of = |table: &str| {
            let start = format!("{table},{code},");
            let line = text.lines().find(|line| line.starts_with(&start) && line.contains(",Total,"));
            line.unwrap_or_default().rsplit(',').take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("t"), of("u"), "{code}: {text}");
        shown += usize::from(of("t")[0] == "publie");
    }
    assert!(shown > 1, "{text}");
}

#[test]
fn what_only_one_of_two_files_has_is_kept_from_whoever_knows_the_rest() {
    let policy = format!(
        "value = \"v\"\ncontributor = \"h\"\n{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"u.csv\"\n"
    );
    let beside = "y,21,100\ny,22,101\ny,23,102\ny,24,103\n";
    let of = |numbers: std::ops::RangeInclusive<u32>| {
        let lines = numbers.map(|at| format!("x,{at},{}\n", 90 + 10 * at));
        format!("a,h,v\n{}{beside}", lines.collect::<String>())
    };
    let text = statuses(&protect(&policy, &[rows("t.csv", &of(1..=4)), rows("u.csv", &of(2..=5))]).unwrap());
    // The fifth, who knows itself, would take the first from both.
    assert!(!(text.contains("t,x,460,") && text.contains("u,x,500,")), "{text}");
    assert!(text.contains("y,406,publie"), "{text}");
}

#[test]
fn a_sum_that_three_margins_reveal_together_is_not_published() {
    let policy = "value = \"v\"\ncontributor = \"c\"\nholding = \"h\"\ncost = \"least\"\n\
        [rules]\nminimum_contributors = 2\np_percent = 15\n[hierarchies]\na = [\"a1\", \"a2\", \"a3\"]\n\
        [[tables]]\nname = \"t\"\ndimensions = [\"a\", \"s\", \"r\"]\n";
    let lines = [
        ("A0,A01,A010,s0,g2", 4, 13),
        ("A1,A10,A100,s1,g1", 2, 22),
        ("A1,A10,A101,s2,g2", 5, 70),
        ("A0,A01,A011,s3,g2", 6, 35),
        ("A1,A10,A101,s0,g1", 0, 20),
        ("A0,A00,A000,s2,g0", 4, 33),
        ("A0,A00,A000,s1,g2", 0, 26),
        ("A1,A10,A100,s3,g1", 6, 47),
        ("A1,A10,A100,s2,g0", 4, 0),
        ("A0,A00,A000,s1,g1", 4, 86),
        ("A1,A10,A101,s3,g2", 1, 35),
        ("A0,A00,A000,s0,g1", 4, 102),
    ];
    let written = lines.iter().enumerate();
    let written =
        written.map(|(at, (codes, holding, amount))| format!("{codes},c{at},h{holding},{amount}\n"));
    let table = format!("a1,a2,a3,s,r,c,h,v\n{}", written.collect::<String>());
    let outcome = protect(policy, &[rows("t.csv", &table)]).unwrap();
    let report: serde_json::Value = serde_json::from_slice(file(&outcome, "report.json")).unwrap();
    let kinds = ["of_equations", "of_hierarchies", "of_one_or_two_holdings"];
    assert!(kinds.iter().all(|kind| report["sums_checked"][kind] == true), "{report}");
    let text = statuses(&outcome);
    // What neither s1 nor A101 has is 230, of two holdings: each would learn the other.
    let shown = ["t,Total,Total,Total,489,", "t,Total,s1,Total,134,", "t,A101,Total,Total,125,"];
    assert!(!shown.iter().all(|cell| text.contains(cell)), "{text}");
    assert!(text.contains(shown[0]), "{text}");
}

#[test]
fn what_a_total_leaves_beside_one_cell_is_not_of_one_holding() {
    let policy = "value = \"v\"\nholding = \"h\"\n[rules]\nminimum_contributors = 3\np_percent = 5\n\
        [hierarchies]\na = [\"a1\", \"a2\"]\n[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n";
    let table = "a1,a2,b,v,h\nq,q1,x,5,1\np,p2,x,11,1\np,p2,y,8,1\np,p1,x,9,1\np,p1,x,12,2\np,p1,x,8,3\n";
    let text = statuses(&protect(policy, &[rows("t.csv", table)]).unwrap());
    // 53 - 40 is what holding 1 has in p y and in q x.
    assert!(!(text.contains("t,Total,Total,53,") && text.contains("t,p,x,40,")), "{text}");
}

#[test]
fn what_the_owner_asks_to_withhold_cannot_be_computed() {
    let table = "[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n\
        [[cells]]\ntable = \"t\"\ncodes = [\"x\"]\nstatus = \"withhold\"\n";
    let records = "a,h,v\nx,1,10\nx,2,11\nx,3,9\nx,4,9\ny,5,20\ny,6,21\ny,7,19\ny,8,19\n";
    let cells = "a,n,v,m,s\nx,4,39,11,10\ny,4,79,21,20\nTotal,8,118,21,20\n";
    for (columns, text) in
        [("holding = \"h\"\n", records), ("count = \"n\"\nlargest = \"m\"\nsecond = \"s\"\n", cells)]
    {
        let policy = format!("value = \"v\"\n{columns}{RULES}{table}");
        let outcome = protect(&policy, &[rows("t.csv", text)]).unwrap();
        let text = statuses(&outcome);
        assert!(text.contains("t,x,,confidentiel"), "{text}");
        assert_eq!(text.matches("confidentiel").count(), 2, "{text}");
        let reasons = String::from_utf8(file(&outcome, "explanations.csv").to_vec()).unwrap();
        assert!(reasons.contains("t,x,primary,withhold,"), "{reasons}");
        // The second program asks for it, too.
        let mut told: serde_json::Value = serde_json::from_slice(file(&outcome, "certificate.json")).unwrap();
        told["proofs"] = serde_json::json!([]);
        assert!(crate::certificate::verify(told.to_string().as_bytes()).is_err());
    }
}
