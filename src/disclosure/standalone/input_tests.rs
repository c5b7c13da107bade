//! Input that would be protected wrongly is refused, and told.

use super::{Outcome, Rows, StandaloneError, parse, run};

const HEAD: &str = "value = \"v\"\ncontributor = \"c\"\nholding = \"h\"\n";
const RULES: &str = "[rules]\nminimum_contributors = 3\np_percent = 15\n";
const TABLE: &str = "[[tables]]\nname = \"t\"\ndimensions = [\"ACT\"]\n";

fn protect(policy: &str, files: &[(&str, &str)]) -> Result<Outcome, StandaloneError> {
    let mut read = Vec::new();
    for (name, text) in files {
        read.push(((*name).to_owned(), Rows::read(name, text.as_bytes())?));
    }
    run(&parse("policy.toml", policy)?, &read)
}

fn refused(policy: &str, files: &[(&str, &str)]) -> String {
    let found = protect(policy, files).unwrap_err().to_string();
    assert!(found.contains("\nhelp: "), "{found}");
    found
}

fn file(outcome: &Outcome, name: &str) -> String {
    let (_, bytes) = outcome.public.iter().chain(&outcome.private).find(|(other, _)| *other == name).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

#[test]
fn a_contributor_in_several_holdings_is_refused_with_its_lines_and_without_its_name() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    let rows = "ACT,c,h,v\na,Canari,h1,5\nb,Serin,h3,5\na,Canari,h2,6\n";
    let found = refused(&policy, &[("t.csv", rows)]);
    assert!(found.contains("`t.csv`, line 4, column `h`") && found.contains("lines 2, 4)"), "{found}");
    assert!(!found.contains("Canari"), "{found}");
    // Also over two files.
    let policy = format!("{policy}[[tables]]\nname = \"u\"\ndimensions = [\"ACT\"]\nfile = \"u.csv\"\n");
    let one = "ACT,c,h,v\na,Canari,h1,5\n";
    let found = refused(&policy, &[("t.csv", one), ("u.csv", "ACT,c,h,v\nb,Serin,h3,5\na,Canari,h2,6\n")]);
    assert!(found.contains("`u.csv`, line 3") && found.contains("line 2 of `t.csv`"), "{found}");
}

#[test]
fn spaces_around_a_cell_are_none_of_it() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    let plain = "ACT,c,h,v\na,X,h1,100\na,Y,h1,110\na,Z,h1,120\nb,K,k,90\nb,L,l,91\nb,M,m,92\n";
    let spaced = plain.replace("Y,h1,", "Y,h1 ,").replace("Z,h1,", " Z, h1,\u{a0}").replace("v\n", " v\n");
    let written = |rows: &str| file(&protect(&policy, &[("t.csv", rows)]).unwrap(), "cells.csv");
    assert_eq!(written(plain), written(&spaced));
    assert!(written(&spaced).contains("t,a,,confidentiel"));
    for (blank, cause) in [
        ("ACT,c,h,v\na,X,\"  \",5\n", "the contributor or holding is missing"),
        ("ACT,c,h,v\na,\" \",h1,5\n", "the contributor or holding is missing"),
        ("ACT,c,h,v\n\" \",X,h1,5\n", "the code is missing"),
    ] {
        assert!(refused(&policy, &[("t.csv", blank)]).contains(cause), "{blank}");
    }
}

#[test]
fn two_columns_of_one_name_are_refused() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    for rows in ["ACT,c,h,v,v\na,X,h1,5,6\n", "ACT,c,h,v, h\na,X,h1,5,h2\n"] {
        let found = refused(&policy, &[("t.csv", rows)]);
        assert!(found.contains("two columns are called alike, columns "), "{found}");
    }
    // Columns that nobody can name are nobody's.
    assert!(protect(&policy, &[("t.csv", "ACT,c,h,v,,\na,X,h1,5,1,2\n")]).is_ok());
}

#[test]
fn a_misspelt_dimension_is_refused_with_the_nearest() {
    let rows = [("t.csv", "ACT,c,h,v\na,X,h1,5\n")];
    for wrong in ["[hierarchies]\nATC = [\"ACT\"]\n", ""] {
        let columns = if wrong.is_empty() { "columns = { ATC = \"h\" }\n" } else { "" };
        let found = refused(&format!("{HEAD}{RULES}{wrong}{TABLE}{columns}"), &rows);
        assert!(found.contains("`ATC`") && found.contains("did you mean `ACT`?"), "{found}");
    }
    // One policy may serve several sets of tables.
    assert!(protect(&format!("{HEAD}{RULES}[hierarchies]\nNUTS = [\"ACT\"]\n{TABLE}"), &rows).is_ok());
    let found = refused(&format!("{HEAD}{RULES}{}", TABLE.replace("\"t\"", "\" \"")), &rows);
    assert!(found.contains("a table has no name"), "{found}");
}

#[test]
fn the_total_has_no_parent() {
    let policy = format!("{HEAD}{RULES}[hierarchies]\nACT = \"h.csv\"\n{TABLE}");
    let rows = ("t.csv", "ACT,c,h,v\na,X,h1,5\n");
    let found = refused(&policy, &[rows, ("h.csv", "code,parent\na,\nTotal,a\n")]);
    assert!(found.contains("`h.csv`, line 3, column `parent`: `Total`"), "{found}");
    assert!(protect(&policy, &[rows, ("h.csv", "code,parent\na,Total\nTotal,\n")]).is_ok());
}

#[test]
fn what_is_too_large_is_no_missing_number() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    for amount in ["9223372036854775808", "1e30"] {
        let rows = format!("ACT,c,h,v\na,X,h1,5\na,Y,h2,{amount}\n");
        let found = refused(&policy, &[("t.csv", rows.as_str())]);
        assert!(found.contains("line 3, column `v`: the amount is too large"), "{found}");
    }
    let rows = "ACT,c,h,v\na,X,h1,9223372036854775807\na,Y,h2,1\n";
    let found = refused(&policy, &[("t.csv", rows)]);
    assert!(found.contains("the sum of the cell t[Total] is too large"), "{found}");
}

const CELLS: &str = "value = \"V\"\ncount = \"N\"\nlargest = \"X\"\nsecond = \"Y\"\n";

#[test]
fn a_margin_whose_summary_its_parts_contradict_is_refused_by_name() {
    let policy = format!("{CELLS}{RULES}{TABLE}");
    let good = "ACT,N,X,Y,V\na,5,10,9,40\nb,4,10,9,30\nTotal,7,20,10,70\n";
    assert!(protect(&policy, &[("t.csv", good)]).is_ok());
    for (total, cause) in [
        ("Total,9,9,9,70", "t[Total] has a smaller largest contribution than its part t[a]"),
        ("Total,4,20,18,70", "t[Total] has fewer contributors than its part t[a]"),
        ("Total,10,20,10,70", "t[Total] has more contributors than its parts together"),
    ] {
        let rows = good.replace("Total,7,20,10,70", total);
        let found = refused(&policy, &[("t.csv", rows.as_str())]);
        assert!(found.contains(cause), "{found}");
    }
    let rows = good.replace("a,5,10,9,40", "a,5,10,9,1e40");
    let found = refused(&policy, &[("t.csv", rows.as_str())]);
    assert!(found.contains("too large"), "{found}");
}

#[test]
fn a_coalition_that_nobody_would_check_is_refused() {
    let rows = [("t.csv", "ACT,c,h,v\na,X,h1,5\na,Y,h2,5\na,Z,h3,5\n")];
    let policy =
        |pair: &str, rules: &str| format!("coalitions = [[\"h1\", \" h2\"], {pair}]\n{HEAD}{rules}{TABLE}");
    assert!(protect(&policy("[\"h1\", \"h3\"]", RULES), &rows).is_ok());
    let found = refused(&policy("[\"h1\", \"h9\"]", RULES), &rows);
    assert!(found.contains("member 2 of coalition 2") && !found.contains("h9"), "{found}");
    let found = refused(&policy("[\"h1\", \"h3\"]", &format!("{RULES}insiders = false\n")), &rows);
    assert!(found.contains("`coalitions` are declared"), "{found}");
    let cells = format!("coalitions = [[\"h1\"]]\n{CELLS}{RULES}{TABLE}");
    let found = refused(&cells, &[("t.csv", "ACT,N,X,Y,V\na,5,10,9,40\n")]);
    assert!(found.contains("instead of the cells"), "{found}");
}

#[test]
fn the_report_says_whether_insiders_were_checked() {
    let rows = [("t.csv", "ACT,c,h,v\na,X,h1,5\na,Y,h2,5\na,Z,h3,5\n")];
    for (rules, checked) in [(RULES.to_owned(), true), (format!("{RULES}insiders = false\n"), false)] {
        let outcome = protect(&format!("{HEAD}{rules}{TABLE}"), &rows).unwrap();
        let report: serde_json::Value = serde_json::from_str(&file(&outcome, "report.json")).unwrap();
        assert_eq!(report["insiders_checked"], checked);
    }
}
