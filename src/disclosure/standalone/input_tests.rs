//! Input that would be protected wrongly is refused, and told.

use super::{Outcome, Rows, StandaloneError, parse, run};
use arrow::array::{ArrayRef, BinaryArray, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use std::fmt::Write as _;
use std::sync::Arc;

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
    // One policy may serve several sets of tables, and a short name is no slip for another.
    let short = format!("{}columns = {{ A = \"ACT\" }}\n", TABLE.replace("ACT", "A"));
    for (other, table) in [("NUTS", TABLE), ("B", short.as_str())] {
        let policy = format!("{HEAD}{RULES}[hierarchies]\n{other} = [\"ACT\"]\n{table}");
        assert!(protect(&policy, &rows).is_ok());
    }
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

#[test]
fn what_looks_like_no_header_is_not_repeated() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    for rows in ["acier,ACIERS CANARI,h1,987654\n", "acier,ACIERS CANARI,ACIERS CANARI,987654\n"] {
        let rows = format!("{rows}bois,SERIN,h2,5\n");
        let found = refused(&policy, &[("t.csv", rows.as_str())]);
        assert!(!["CANARI", "987654", "acier"].iter().any(|cell| found.contains(cell)), "{found}");
    }
    let found = refused(&policy, &[("t.csv", "ACT,c,h,amount\na,X,h1,5\n")]);
    assert!(found.contains("name one of the 4 columns") && !found.contains("amount"), "{found}");
    // What is nearly the name of a column may be that of a company.
    let near = policy.replace("\"v\"", "\"CANARI\"");
    let found = refused(&near, &[("t.csv", "acier,CANARIS,h1,987654\nbois,SERIN,h2,5\n")]);
    assert!(!found.contains("CANARIS"), "{found}");
    let found = refused(&policy, &[("t.csv", "ACT,c,h,V\na,X,h1,5\n")]);
    assert!(found.contains("did you mean `V`?"), "{found}");
}

#[test]
fn na_is_a_code_and_no_amount_and_no_company() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    let rows = "ACT,c,h,v\nNA,X,h1,5\nNA,Y,h2,5\nNA,Z,h3,5\n";
    let cells = file(&protect(&policy, &[("t.csv", rows)]).unwrap(), "cells.csv");
    assert!(cells.contains("t,NA,15,publie"), "{cells}");
    let text = |cell: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values([cell])) };
    let columns = parquet(vec![("ACT", text("NA")), ("v", text("NA"))]).unwrap();
    assert_eq!(columns.rows, Rows::read("t.csv", b"ACT,v\nNA,NA\n").unwrap().rows);
    for (row, cause) in [
        ("a,X,h1,NA", "the amount is missing"),
        ("a,NA,h1,5", "the contributor or holding is missing"),
        ("a,X,NA,5", "the contributor or holding is missing"),
    ] {
        let rows = format!("ACT,c,h,v\n{row}\n");
        let found = refused(&policy, &[("t.csv", rows.as_str())]);
        assert!(found.contains(cause), "{found}");
    }
}

#[test]
fn what_everybody_knows_leaves_a_lower_world_or_nothing_is_published() {
    let policy = |lower: u32| format!("{HEAD}{RULES}[bounds]\nlower_percent = {lower}\n{TABLE}");
    let small = [("t.csv", "ACT,c,h,v\na,X,h1,3\nb,Y,h2,3\nc,Z,h3,3\nd,W,h4,3\n")];
    let cells = file(&protect(&policy(66), &small).unwrap(), "cells.csv");
    assert!(cells.contains("t,Total,12,publie"), "{cells}");
    // Of amounts that are 2.55 or more, and whole, nobody believes less than there is.
    for lower in [85, 100] {
        let found = refused(&policy(lower), &small);
        assert!(found.contains("cannot be protected") && found.contains("widen `bounds`"), "{found}");
    }
    // The first needs 15 % of 1,000.
    let large = [("t.csv", "ACT,c,h,v\na,X,h1,1000\nb,Y,h2,1100\nb,Z,h3,900\nb,W,h4,900\n")];
    assert!(protect(&policy(84), &large).is_ok());
    assert!(protect(&policy(86), &large).is_err());
}

#[test]
fn a_minimum_that_asks_for_nothing_is_refused() {
    let rows = [("t.csv", "ACT,c,h,v\na,X,h1,5\n")];
    let found = refused(&format!("{HEAD}{}{TABLE}", RULES.replace("= 3", "= 0")), &rows);
    assert!(found.contains("`minimum_contributors` is 0"), "{found}");
}

#[test]
fn a_fault_of_the_policy_is_told_by_its_key_alone() {
    for (line, said) in [
        ("coalitions = \"ACIERS CANARI\"", "`coalitions`: the value does not fit: expected a"),
        ("coalitions = [[\"ACIERS CANARI\", 5]]", "line 2, "),
        ("coalitions = [[\"ACIERS CANARI\"", "cannot be used: "),
    ] {
        let found = parse("policy.toml", &format!("value = \"v\"\n{line}\n{RULES}{TABLE}"));
        let found = found.unwrap_err().to_string();
        assert!(found.contains(said) && !found.contains("CANARI"), "{found}");
    }
}

#[test]
fn names_that_would_be_taken_twice_and_empty_hierarchies_are_refused() {
    let rows = [("t.csv", "ACT,c,h,v\na,X,h1,5\n")];
    for name in ["value", "statut", "table"] {
        let policy = format!("{HEAD}{RULES}{}columns = {{ {name} = \"ACT\" }}\n", TABLE.replace("ACT", name));
        let found = refused(&policy, &rows);
        assert!(found.contains(&format!("a dimension is called `{name}`")), "{found}");
    }
    let found = refused(&format!("{HEAD}{RULES}[hierarchies]\nACT = []\n{TABLE}"), &rows);
    assert!(found.contains("the hierarchy `ACT` names no column"), "{found}");
    let twice = format!("{HEAD}{RULES}{TABLE}{}", TABLE.replace("\"t\"", "\" t \""));
    assert!(refused(&twice, &rows).contains("two tables have one name"));
}

#[test]
fn lines_are_those_of_the_file() {
    let policy = format!("{HEAD}{RULES}{TABLE}");
    for end in ["\n", "\r\n"] {
        let rows = "ACT,c,h,v\na,X,h1,5\n\n\"b\nc\",Y,h2,6\nd,Z,h3,wrong\n".replace('\n', end);
        let found = refused(&policy, &[("t.csv", rows.as_str())]);
        assert!(found.contains("`t.csv`, line 6, column `v`"), "{found}");
    }
    let found = refused(&policy, &[("t.csv", "ACT,c,h,v\n\n\na,X,h1\n")]);
    assert!(found.contains("line 4: a row has 3 columns"), "{found}");
    let rows = Rows::read("t.csv", b"\"a;b;c;d\",v\nx,1\n").unwrap();
    assert_eq!(rows.header, ["a;b;c;d", "v"]);
}

#[test]
fn a_waiver_may_be_written_in_many_ways() {
    let policy = format!("waiver = \"w\"\n{HEAD}{RULES}{TABLE}");
    for (word, is_withheld) in [("1.0", false), ("True", false), ("0.0", true), ("False", true)] {
        let rows = format!("ACT,c,h,v,w\na,X,h1,5,{word}\n");
        let cells = file(&protect(&policy, &[("t.csv", rows.as_str())]).unwrap(), "cells.csv");
        assert_eq!(cells.contains("t,a,,confidentiel"), is_withheld, "{word}: {cells}");
    }
}

fn parquet(columns: Vec<(&str, ArrayRef)>) -> Result<Rows, StandaloneError> {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    Rows::read("t.parquet", &bytes)
}

#[test]
fn bytes_are_text_or_refused_and_what_is_no_number_is_no_code() {
    let bytes = |cells: [&[u8]; 2]| -> ArrayRef { Arc::new(BinaryArray::from_iter_values(cells)) };
    let rows = parquet(vec![("ACT", bytes([b"acier", "bl\u{e9}".as_bytes()]))]).unwrap();
    assert_eq!(rows.rows, [["acier"], ["bl\u{e9}"]]);
    let found = parquet(vec![("ACT", bytes([b"acier", b"\xff\xfe"]))]).unwrap_err().to_string();
    assert!(found.contains("column `ACT`: its bytes are no UTF-8 text"), "{found}");
    let text = |cells: [&str; 2]| -> ArrayRef { Arc::new(StringArray::from_iter_values(cells)) };
    let codes: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NAN]));
    let amounts: ArrayRef = Arc::new(Int64Array::from(vec![5, 6]));
    let rows =
        parquet(vec![("ACT", codes), ("c", text(["X", "Y"])), ("h", text(["h1", "h2"])), ("v", amounts)]);
    let policy = parse("policy.toml", &format!("{HEAD}{RULES}{TABLE}")).unwrap();
    let found = run(&policy, &[("t.parquet".to_owned(), rows.unwrap())]).unwrap_err().to_string();
    assert!(found.contains("line 3, column `ACT`: the code is missing"), "{found}");
}

#[test]
fn a_whole_float_is_the_integer_that_other_files_write() {
    let policy = format!("{HEAD}{RULES}{TABLE}").replace("contributor = \"c\"\n", "");
    let floats = |holdings: [f64; 3]| {
        let codes: ArrayRef = Arc::new(Float64Array::from(vec![7.0, 7.0, -0.0]));
        let holdings: ArrayRef = Arc::new(Float64Array::from(holdings.to_vec()));
        let amounts: ArrayRef = Arc::new(Float64Array::from(vec![-0.0, 2.5, 1e3]));
        parquet(vec![("ACT", codes), ("h", holdings), ("v", amounts)]).unwrap()
    };
    let rows = floats([1.0, 2.0, 3.0]);
    assert_eq!(rows.rows, [["7", "1", "0"], ["7", "2", "2.5"], ["0", "3", "1000"]]);
    let policy = parse("policy.toml", &policy).unwrap();
    assert!(run(&policy, &[("t.parquet".to_owned(), rows)]).is_ok());
    for inexact in [1.5, 9_007_199_254_740_992.0, 1e17, f64::INFINITY] {
        let rows = floats([1.0, 2.0, inexact]);
        let found = run(&policy, &[("t.parquet".to_owned(), rows)]).unwrap_err().to_string();
        assert!(found.contains("line 4, column `h`") && found.contains("a float"), "{found}");
    }
    let cells = "ACT,N,X,Y,V\na,5.0,10,9,40\nb,4,10,9,30\nTotal,9,10,10,70\n";
    assert!(protect(&format!("{CELLS}{RULES}{TABLE}"), &[("t.csv", cells)]).is_ok());
}

#[test]
fn margins_of_two_hierarchies_are_added_up_from_below() {
    let tree = |letter: char| {
        [("Total", 3), ("G", 2), ("1", 1), ("2", 1), ("3", 1)].map(|(name, leaves)| {
            let code = if name == "Total" { name.to_owned() } else { format!("{letter}{name}") };
            (code, leaves)
        })
    };
    let mut rows = "a,b,N,X,Y,V\n".to_owned();
    for (one, first) in tree('a') {
        for (other, second) in tree('b') {
            if other == "bG" && ["aG", "a2"].contains(&one.as_str()) {
                continue;
            }
            let leaves = first * second;
            writeln!(rows, "{one},{other},{},25,25,{}", 6 * leaves, 120 * leaves).unwrap();
        }
    }
    let hierarchy =
        |letter: &str| format!("code,parent\n{letter}1,{letter}G\n{letter}2,{letter}G\n{letter}3,\n");
    let policy = format!(
        "{CELLS}{RULES}[hierarchies]\na = \"a.csv\"\nb = \"b.csv\"\n[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n"
    );
    let [first, second] = ["a", "b"].map(hierarchy);
    let files = [("t.csv", rows.as_str()), ("a.csv", first.as_str()), ("b.csv", second.as_str())];
    let outcome = protect(&policy, &files).unwrap();
    assert_eq!(outcome.counts[0], ("t".to_owned(), 23, 0, 0));
    assert!(!file(&outcome, "cells.csv").contains("t,aG,bG"));
}

#[test]
fn a_margin_is_listed_under_the_table_that_gives_it() {
    let policy = format!(
        "{CELLS}{RULES}[[tables]]\nname = \"t\"\ndimensions = [\"a\", \"b\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"u.csv\"\n"
    );
    let inner = "a,b,N,X,Y,V\na1,p,6,25,25,120\na1,q,6,25,25,120\na2,p,6,25,25,120\n";
    let outer = "a,N,X,Y,V\na1,12,25,25,240\na2,6,25,25,120\n";
    let cells = file(&protect(&policy, &[("t.csv", inner), ("u.csv", outer)]).unwrap(), "cells.csv");
    assert!(!cells.contains("t,a1,Total") && cells.contains("u,a1,,240,publie"), "{cells}");
}

#[test]
fn the_report_says_whether_the_fewest_are_proven() {
    let mut rows = "ACT,s,c,h,v\n".to_owned();
    for at in 0..14 {
        let (code, size, holding) = (at % 4, at / 5, at % 6);
        writeln!(rows, "a{code},s{size},c{at},h{holding},{}", 30 + (37 * at) % 90).unwrap();
    }
    let table = TABLE.replace("\"ACT\"", "\"ACT\", \"s\"");
    let policy = format!("cost = \"fewest\"\n{HEAD}{RULES}{table}");
    let outcome = protect(&policy, &[("t.csv", rows.as_str())]).unwrap();
    let report: serde_json::Value = serde_json::from_str(&file(&outcome, "report.json")).unwrap();
    assert!(report["optimum"]["proven"].is_boolean(), "{report}");
}
