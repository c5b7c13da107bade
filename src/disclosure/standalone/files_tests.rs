//! Several files about the same companies, whatever the rows of each are.

use super::{Outcome, Rows, StandaloneError, parse, run};
use std::fmt::Write as _;

const RULES: &str = "[rules]\nminimum_contributors = 3\np_percent = 15\n";
const SIZES: [&str; 4] = ["L", "M", "S", "XS"];

fn protect(policy: &str, files: &[(&str, &str)]) -> Result<Outcome, StandaloneError> {
    let mut read = Vec::new();
    for (name, text) in files {
        read.push(((*name).to_owned(), Rows::read(name, text.as_bytes())?));
    }
    run(&parse("policy.toml", policy)?, &read)
}

fn published(outcome: &Outcome) -> String {
    let (_, bytes) = outcome.public.iter().find(|(name, _)| *name == "cells.csv").unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

/// Size, name, and how much of an amount stands in the first code of each file.
fn companies() -> Vec<(&'static str, String, [i64; 3])> {
    let company = |at: i64| {
        let size = SIZES[usize::try_from(if at < 2 { 1 } else { at % 4 }).unwrap()];
        (size, format!("c{at}"), [60 + 7 * at, 10 + at % 5, 40 - at % 7])
    };
    (0_i64..15).filter(|at| *at < 2 || *at % 4 != 1).map(company).collect()
}

/// The total of each size is the same amount in both tables, and is shown in both or in none.
fn are_linked(text: &str) {
    for code in SIZES.into_iter().chain(["Total"]) {
        let of = |table: &str| {
            let line = text.lines().find(|line| {
                let cells: Vec<&str> = line.split(',').collect();
                cells[0] == table && cells[1] == code && cells[2..4].contains(&"Total")
            });
            line.unwrap().rsplit(',').take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(of("act"), of("reg"), "{code}: {text}");
        assert!(code != "M" || of("act")[0] == "confidentiel", "{text}");
    }
}

fn policy(act: &str, reg: &str) -> String {
    format!(
        "value = \"V\"\ncontributor = \"ID\"\n{RULES}[[tables]]\nname = \"act\"\ndimensions = [\"SIZE\", \"ACT\"]\n{act}\
        [[tables]]\nname = \"reg\"\ndimensions = [\"SIZE\", \"REG\"]\nfile = \"reg.csv\"\n{reg}"
    )
}

#[test]
fn a_code_column_of_another_meaning_and_a_number_of_lines_tell_no_records_apart() {
    let companies = companies();
    let table = |codes: [&str; 2], column: &str, turned: bool| {
        let mut text = format!("NO,ID,SIZE,{column},V\n");
        let mut order: Vec<usize> = (0..companies.len()).collect();
        if turned {
            order.reverse();
        }
        for (number, at) in order.into_iter().enumerate() {
            let (size, name, [amount, ..]) = &companies[at];
            writeln!(text, "{number},{name},{size},{},{amount}", codes[(at / 2) % 2]).unwrap();
        }
        text
    };
    let (act, reg) = (table(["a", "b"], "CODE", false), table(["n", "s"], "CODE", true));
    let mapped = policy("columns = { ACT = \"CODE\" }\n", "columns = { REG = \"CODE\" }\n");
    are_linked(&published(&protect(&mapped, &[("t.csv", act.as_str()), ("reg.csv", reg.as_str())]).unwrap()));
    let (act, reg) = (act.replace("CODE", "ACT"), reg.replace("CODE", "REG"));
    are_linked(&published(
        &protect(&policy("", ""), &[("t.csv", act.as_str()), ("reg.csv", reg.as_str())]).unwrap(),
    ));
}

#[test]
fn amounts_that_each_file_splits_otherwise_are_the_amounts_of_one_company() {
    let (mut act, mut reg) = ("ID,SIZE,ACT,V\n".to_owned(), "ID,SIZE,REG,V\n".to_owned());
    for (size, name, [amount, one, other]) in companies() {
        writeln!(act, "{name},{size},a,{one}\n{name},{size},b,{}", amount - one).unwrap();
        writeln!(reg, "{name},{size},n,{other}\n{name},{size},s,{}", amount - other).unwrap();
    }
    are_linked(&published(
        &protect(&policy("", ""), &[("t.csv", act.as_str()), ("reg.csv", reg.as_str())]).unwrap(),
    ));
}

const TWO: &str = "[[tables]]\nname = \"t\"\ndimensions = [\"a\"]\n[[tables]]\nname = \"u\"\ndimensions = [\"a\"]\nfile = \"u.csv\"\n";

#[test]
fn what_a_corrected_record_changed_cannot_be_worked_out() {
    let policy = format!("value = \"v\"\ncontributor = \"h\"\n{RULES}{TWO}");
    let before = "a,h,v\nx,1,100\nx,2,110\nx,3,120\nx,4,130\ny,5,90\ny,6,95\ny,7,99\ny,8,93\n";
    let after = before.replace("x,1,100", "x,1,150");
    let outcome = protect(&policy, &[("t.csv", before), ("u.csv", after.as_str())]).unwrap();
    let text = published(&outcome);
    assert!(!(text.contains("t,x,460,") && text.contains("u,x,510,")), "{text}");
    assert!(!(text.contains("t,Total,837,") && text.contains("u,Total,887,")), "{text}");
    assert!(text.contains("u,y,377,publie"), "{text}");
    // The second program knows of the change, and refuses both cells of which it is.
    let (_, certificate) = outcome.private.iter().find(|(name, _)| *name == "certificate.json").unwrap();
    assert!(crate::certificate::verify(certificate).is_ok());
    let mut told: serde_json::Value = serde_json::from_slice(certificate).unwrap();
    let kinds: Vec<&str> =
        told["relations"].as_array().unwrap().iter().filter_map(|one| one["kind"].as_str()).collect();
    assert!(kinds.contains(&"change") && kinds.contains(&"class"), "{kinds:?}");
    for table in 0_usize..2 {
        let cells = told["tables"][table]["cells"].as_array().unwrap();
        let cell = cells.iter().find(|cell| cell[0][0] == "x").unwrap();
        let variable = usize::try_from(cell[1].as_u64().unwrap()).unwrap();
        told["variables"][variable]["withheld"] = false.into();
    }
    assert!(crate::certificate::verify(told.to_string().as_bytes()).is_err());
}

#[test]
fn what_one_file_has_beside_another_is_told_by_its_cells() {
    let policy = format!(
        "value = \"v\"\ncontributor = \"h\"\n{RULES}[bounds]\nlower_percent = 100\nupper_percent = 100\n{TWO}"
    );
    let fewer = "a,h,v\nx,1,100\nx,2,110\nx,3,120\ny,5,90\ny,6,95\ny,7,99\n";
    let more = format!("{fewer}x,4,130\n");
    let found = protect(&policy, &[("t.csv", more.as_str()), ("u.csv", fewer)]);
    let found = found.unwrap_err().to_string();
    assert!(found.contains("what t[Total] has beside u[Total]"), "{found}");
}

/// Tables `t0`, `t1` … by one code, each of a file with these rows.
fn of_files(rules: &str, files: &[String]) -> String {
    let mut policy = format!("value = \"v\"\ncontributor = \"h\"\n{RULES}{rules}");
    let mut read = Vec::new();
    for (at, rows) in files.iter().enumerate() {
        let name = format!("{at}.csv");
        writeln!(policy, "[[tables]]\nname = \"t{at}\"\ndimensions = [\"a\"]\nfile = \"{name}\"").unwrap();
        read.push((name, format!("a,h,v\n{rows}")));
    }
    let read: Vec<(&str, &str)> = read.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    published(&protect(&policy, &read).unwrap())
}

/// Rows of so many companies.
fn rows(name: &str, amounts: &[i64]) -> String {
    (0..).zip(amounts).map(|(at, amount): (usize, _)| format!("x,{name}{at},{amount}\n")).collect()
}

#[test]
fn what_three_or_four_files_say_together_gives_nobody_away() {
    let shown = |text: &str| -> Vec<bool> {
        let totals = text.lines().filter(|line| line.contains(",Total,"));
        totals.map(|line| line.ends_with(",publie")).collect()
    };
    let [one, other, more] = [100, 150, 200].map(|from| [from, from + 3, from + 6, from + 9, from + 12]);
    let [one, other, more] = [("b", one), ("o", other), ("g", more)].map(|(name, own)| rows(name, &own));
    let alone = rows("h", &[77]);
    let text = of_files("", &[format!("{one}{more}{alone}"), one.clone(), format!("{other}{more}"), other]);
    assert!(shown(&text).contains(&true) && shown(&text).contains(&false), "{text}");
    // Rows that one of the files splits tell nobody apart.
    let [few, many] = [("a", [100, 101, 102]), ("b", [90, 91, 92])].map(|(name, own)| rows(name, &own));
    let large = rows("h", &[500]);
    let whole = format!("{few}{many}{large}");
    let split = whole.lines().map(|row| {
        let (company, amount) = row.rsplit_once(',').unwrap();
        format!("{company},10\n{company},{}\n", amount.parse::<i64>().unwrap() - 10)
    });
    let text = of_files("", &[split.collect(), format!("{few}{large}"), format!("{many}{large}")]);
    assert!(shown(&text).contains(&true) && shown(&text).contains(&false), "{text}");
    // What two of them leave are two companies, of which a third file has one.
    let two = rows("h", &[77, 78]);
    let last = two.lines().last().unwrap();
    let files = [format!("{one}{two}"), one, format!("{more}{last}\n")];
    let text = of_files("insiders = false\n", &files);
    assert!(shown(&text).contains(&true) && !shown(&text).starts_with(&[true; 2]), "{text}");
}

#[test]
fn a_company_that_changed_its_code_is_not_told_by_two_columns_of_one_file() {
    let table = "old,new,h,v\nX,X,1,100\nX,X,2,101\nX,X,3,102\nX,X,4,103\n\
        Y,Y,5,100\nY,Y,6,101\nY,Y,7,102\nY,Y,8,103\nY,X,9,120\n";
    let tables = [("t", "old"), ("u", "new")].map(|(name, column)| {
        format!("[[tables]]\nname = \"{name}\"\ndimensions = [\"a\"]\ncolumns = {{ a = \"{column}\" }}\n")
    });
    // Whoever stands behind the rows is named, or not.
    for named in ["holding = \"h\"\n", ""] {
        let policy = format!("value = \"v\"\n{named}{RULES}{}", tables.concat());
        let text = published(&protect(&policy, &[("t.csv", table)]).unwrap());
        assert!(!(text.contains("t,X,406,") && text.contains("u,X,526,")), "{text}");
        assert!(!(text.contains("t,Y,526,") && text.contains("u,Y,406,")), "{text}");
        assert!(text.contains(",publie\n"), "{text}");
    }
}
