//! `maillage explain`: why a row was refused, why a cell is withheld.

use super::place::{self, Place};
use crate::error::{Exit, Failure};
use crate::model::fold;
use crate::store::{self, StateFile};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many neighbours an unknown row or cell is answered with.
const NEAREST: usize = 5;

/// Flags of the verb.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A row (`source:row`, `source:sheet:row`, `file!sheet!A1`) or a published cell (`table[code, code]`, `table measure code code`)
    #[arg(required = true, num_args = 1.., value_name = "ROW|CELL")]
    what: Vec<String>,
    /// Folder or name of the pipeline (default: the only one that has run)
    #[arg(long)]
    pipeline: Option<std::path::PathBuf>,
    /// State folder, confidential (default: .maillage/NAME beside the pipeline folder)
    #[arg(long)]
    state: Option<std::path::PathBuf>,
    /// Print as JSON
    #[arg(long)]
    json: bool,
}

/// Answers from the private state; what was read is shown, since the terminal is the operator's.
#[must_use]
pub fn explain(arguments: &Arguments) -> Exit {
    match answer(arguments) {
        Ok(text) => {
            println!("{}", text.trim_end());
            Exit::Done
        }
        Err(failure) => place::failed(&failure),
    }
}

fn answer(arguments: &Arguments) -> Result<String, Failure> {
    let place = Place {
        pipeline: arguments.pipeline.clone(),
        state: arguments.state.clone(),
        published: "published".into(),
        json: arguments.json,
    };
    let state = place.state_folder()?;
    let lines = |file| -> Result<Vec<Value>, Failure> {
        let bytes = store::read(&state, file).map_err(|error| Failure::new(Exit::Failed, &error))?;
        Ok(String::from_utf8_lossy(&bytes)
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect())
    };
    let what = arguments.what.join(" ");
    let row = row(&what);
    let (found, is_row) = if what.contains('!') {
        (at(&what, lines(StateFile::Findings)?)?, true)
    } else if let Some(row) = &row {
        (rows(row, lines(StateFile::Findings)?)?, true)
    } else {
        (cells(&what, lines(StateFile::Explanations)?)?, false)
    };
    Ok(match is_row {
        _ if arguments.json => Value::from(found).to_string(),
        true => shown_rows(&found),
        false => shown_cells(&found),
    })
}

/// A row as a person names it.
struct Row {
    source: String,
    sheet: Option<String>,
    number: u32,
}

fn row(what: &str) -> Option<Row> {
    if what.contains('[') {
        return None;
    }
    let (before, number) = what.rsplit_once(':')?;
    let number = number.trim().parse().ok()?;
    let (source, sheet) = match before.split_once(':') {
        Some((source, sheet)) => (source, Some(sheet.trim().to_owned())),
        None => (before, None),
    };
    Some(Row { source: source.trim().to_owned(), sheet, number })
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// The findings of a row under the address that they are printed with.
fn at(asked: &str, findings: Vec<Value>) -> Result<Vec<Value>, Failure> {
    // The sheet, and the row of the address: `W7` is a cell of row 7.
    let split = |place: &str| -> (String, u32) {
        let (sheet, cell) = place.rsplit_once('!').unwrap_or((place, ""));
        // In a record of a platform the field stands behind the number: `!22 sens`.
        let cell = cell.split_whitespace().next().unwrap_or_default();
        let digits = cell.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
        (fold(sheet), digits.parse().unwrap_or(0))
    };
    let (sheet, row) = split(asked);
    let known: BTreeSet<String> = findings.iter().map(|finding| text(finding, "where").to_owned()).collect();
    let found: Vec<Value> = findings
        .into_iter()
        .filter(|finding| split(text(finding, "where")) == (sheet.clone(), row))
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let distance = |known: &String| {
        let (other, number) = split(known);
        (other != sheet, number.abs_diff(row))
    };
    Err(unknown(
        asked,
        "rien à dire de cette ligne : elle a été acceptée telle quelle, ou elle n’existe pas",
        "nothing to say about that row: it was accepted as it is, or does not exist",
        &nearest(known, distance),
    ))
}

fn rows(asked: &Row, findings: Vec<Value>) -> Result<Vec<Value>, Failure> {
    let public = format!("{}:{}", asked.source, asked.number);
    let is_asked = |finding: &Value| {
        let in_sheet = asked.sheet.as_ref().is_none_or(|sheet| {
            text(finding, "where").split('!').nth(1).is_some_and(|found| fold(found) == fold(sheet))
        });
        text(finding, "row") == public && in_sheet
    };
    let known: BTreeSet<String> = findings.iter().map(|finding| text(finding, "row").to_owned()).collect();
    let found: Vec<Value> = findings.into_iter().filter(is_asked).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let distance = |known: &String| {
        let (source, number) = known.rsplit_once(':').unwrap_or((known, "0"));
        let number: u32 = number.parse().unwrap_or(0);
        (source != asked.source, number.abs_diff(asked.number))
    };
    Err(unknown(
        &public,
        "rien à dire de cette ligne : elle a été acceptée telle quelle, ou elle n’existe pas",
        "nothing to say about that row: it was accepted as it is, or does not exist",
        &nearest(known, distance),
    ))
}

fn shown_rows(found: &[Value]) -> String {
    let mut shown = String::new();
    for (language, is_french) in [("fr", true), ("en", false)] {
        for finding in found {
            let severity = match (text(finding, "severity"), is_french) {
                ("refus", true) => "ligne refusée",
                ("refus", false) => "row refused",
                ("avertissement", true) => "avertissement, la ligne est gardée",
                ("avertissement", false) => "warning, the row is kept",
                (_, true) => "remarque, la ligne est gardée",
                (_, false) => "note, the row is kept",
            };
            let colon = if is_french { " :" } else { ":" };
            let read = match (text(finding, "read"), is_french) {
                ("", true) => "(rien)".to_owned(),
                ("", false) => "(nothing)".to_owned(),
                (read, true) => format!("« {read} »"),
                (read, false) => format!("“{read}”"),
            };
            let label = |fr: &'static str, en: &'static str| if is_french { fr } else { en };
            let message = text(finding, &format!("message_{language}"));
            let repair = text(finding, &format!("repair_{language}"));
            // Writing to a string cannot fail.
            let _written = writeln!(
                shown,
                "{} ({}){colon} {severity}\n  {message}\n  {}{colon} {read}\n  {}{colon} {repair}",
                text(finding, "row"),
                text(finding, "where"),
                label("lu", "read"),
                label("à faire", "to do"),
            );
        }
        shown.push('\n');
    }
    shown
}

/// The words of a cell: table first, then codes and perhaps a measure.
fn cells(what: &str, explanations: Vec<Value>) -> Result<Vec<Value>, Failure> {
    let parts = |text: &str| -> Vec<String> {
        text.split([',', '[', ']'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (table, mut codes) = if let Some((table, codes)) = what.split_once('[') {
        let mut head = table.split_whitespace().map(str::to_owned);
        (head.next().unwrap_or_default(), head.chain(parts(codes)).collect::<Vec<_>>())
    } else {
        let mut words =
            what.split([' ', ',']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned);
        (words.next().unwrap_or_default(), words.collect())
    };
    let measures: BTreeSet<&str> = explanations
        .iter()
        .filter(|found| text(found, "table") == table)
        .map(|found| text(found, "measure"))
        .collect();
    let measure = codes.first().filter(|first| measures.contains(first.as_str())).cloned();
    if measure.is_some() {
        codes.remove(0);
    }
    let same = |found: &Value| {
        let cell = codes_of(found);
        text(found, "table") == table
            && measure.as_ref().is_none_or(|measure| text(found, "measure") == measure)
            && cell.len() == codes.len()
            && cell.iter().zip(&codes).all(|(left, right)| fold(left) == fold(right))
    };
    let (found, others): (Vec<Value>, Vec<Value>) = explanations.into_iter().partition(same);
    if !found.is_empty() {
        return Ok(found);
    }
    let asked = format!("{table}[{}]", codes.join(", "));
    let known: BTreeSet<String> = others.iter().map(name).collect();
    let distance = |known: &String| {
        let other = known.split('[').next() != Some(table.as_str());
        (other, u32::try_from(strsim::levenshtein(known, &asked)).unwrap_or(u32::MAX))
    };
    Err(unknown(
        &asked,
        "cette case n’est pas retenue : elle est publiée, ou elle n’existe pas",
        "that cell is not withheld: it is published, or does not exist",
        &nearest(known, distance),
    ))
}

fn codes_of(found: &Value) -> Vec<&str> {
    found["cell"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn name(found: &Value) -> String {
    format!("{}[{}]", text(found, "table"), codes_of(found).join(", "))
}

/// Why a cell is withheld: what kind of reason, why, and what would free it; French, then English.
type Why = [[&'static str; 3]; 2];

const FEW: Why = [
    [
        "retenue pour elle-même",
        "trop peu de groupes d’entreprises y contribuent",
        "elle ne paraîtra pas avant qu’assez de groupes y contribuent, sans qu’aucun y pèse trop",
    ],
    [
        "withheld for itself",
        "too few groups of companies contribute",
        "it will not appear before enough groups contribute, none of which weighs too much",
    ],
];
const DOMINATED: Why = [
    [
        "retenue pour elle-même",
        "un groupe y pèse tant que sa quantité se devinerait",
        "elle ne paraîtra pas avant que plusieurs autres groupes y pèsent davantage, ou que les plus grands y consentent",
    ],
    [
        "withheld for itself",
        "one group weighs so much that its quantity could be guessed",
        "it will not appear before several other groups weigh more, or the largest consent",
    ],
];
const COMPLEMENTARY: Why = [
    [
        "retenue pour en protéger d’autres",
        "sa valeur permettrait de calculer une case retenue des mêmes totaux",
        "elle paraîtra quand les cases qu’elle protège paraîtront",
    ],
    [
        "withheld to protect others",
        "its value would let a withheld cell of the same totals be computed",
        "it will appear once the cells that it protects appear",
    ],
];
const WITHDRAWN: Why = [
    [
        "retenue avec toutes celles de sa mesure dans ce tableau",
        "aucun choix de cases ne protège cette mesure ici",
        "elle paraîtra quand plus de groupes y contribueront, ou avec des catégories plus larges",
    ],
    [
        "withheld with all cells of its measure in this table",
        "no choice of cells protects this measure here",
        "it will appear once more groups contribute, or with coarser categories",
    ],
];
const OUTDATED: Why = [
    [
        "retenue parce que sa dernière valeur est trop ancienne",
        "ce qui y a changé depuis attend d’être mêlé aux changements d’autres groupes",
        "elle paraîtra quand assez de groupes y auront changé, ou quand sa dernière version ne comptera plus",
    ],
    [
        "withheld because its last value is too old",
        "what changed in it since waits to be mixed with the changes of other groups",
        "it will appear once enough groups changed in it, or when its last version no longer counts",
    ],
];

fn shown_cells(found: &[Value]) -> String {
    let mut shown = String::new();
    for (language, colon) in [(0, " :"), (1, ":")] {
        for cell in found {
            let why = match text(cell, "reason") {
                reason if reason.contains("dominates") => DOMINATED,
                reason if reason.starts_with("primary") => FEW,
                "withdrawn" => WITHDRAWN,
                "outdated" => OUTDATED,
                _ => COMPLEMENTARY,
            };
            let [kind, why, free] = why[language];
            // Writing to a string cannot fail.
            let _written =
                writeln!(shown, "{} {}{colon} {kind}\n  {why}\n  {free}", name(cell), text(cell, "measure"));
        }
        shown.push('\n');
    }
    shown
}

/// The nearest of what is known.
fn nearest(known: BTreeSet<String>, distance: impl Fn(&String) -> (bool, u32)) -> Vec<String> {
    let mut known: Vec<String> = known.into_iter().collect();
    known.sort_by_cached_key(|name| (distance(name), name.clone()));
    known.truncate(NEAREST);
    known
}

fn unknown(asked: &str, french: &str, english: &str, nearest: &[String]) -> Failure {
    let nearest = if nearest.is_empty() { "-".to_owned() } else { nearest.join("; ") };
    Failure::message(
        Exit::Usage,
        format!(
            "« {asked} » : {french}\nles plus proches : {nearest}\n“{asked}”: {english}\nhelp: the nearest are {nearest}"
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::{at, cells, row, rows, shown_cells, shown_rows};
    use serde_json::{Value, json};

    fn findings() -> Vec<Value> {
        [("ateliers:7", "a.xlsx!Beauport!W7", "avertissement"), ("ateliers:48", "a.xlsx!Port!P48", "refus")]
            .iter()
            .map(|(row, place, severity)| {
                json!({"severity": severity, "row": row, "where": place, "read": "-3",
                    "message_fr": "Négatif.", "message_en": "Negative.", "repair_fr": "Corriger.", "repair_en": "Mend."})
            })
            .collect()
    }

    #[test]
    fn a_row_is_explained_in_both_languages_with_what_was_read() {
        let found = rows(&row("ateliers:48").unwrap(), findings()).unwrap();
        let shown = shown_rows(&found);
        assert!(
            shown.starts_with("ateliers:48 (a.xlsx!Port!P48) : ligne refusée\n  Négatif.\n  lu : « -3 »"),
            "{shown}"
        );
        assert!(shown.contains("row refused\n  Negative.\n  read: “-3”\n  to do: Mend."), "{shown}");
        assert!(rows(&row("ateliers:port:48").unwrap(), findings()).is_ok());
        assert!(rows(&row("ateliers:Beauport:48").unwrap(), findings()).is_err());
    }

    #[test]
    fn a_row_is_found_at_the_address_that_it_was_printed_with() {
        for asked in ["a.xlsx!Beauport!W7", "A.XLSX!beauport!7", "a.xlsx!Beauport!B7"] {
            assert_eq!(at(asked, findings()).unwrap().len(), 1, "{asked}");
        }
        let place = |row: u32| json!({"row": "p", "where": format!("page-2.json!{row} sens")});
        for asked in ["page-2.json!22 sens", "page-2.json!22", "page-2.json!22 quantite"] {
            let found = at(asked, vec![place(21), place(22)]).unwrap();
            assert_eq!(found, [place(22)], "{asked}");
        }
        let message = at("a.xlsx!Port!P49", findings()).unwrap_err().message;
        assert!(message.contains("a.xlsx!Port!P48"), "{message}");
    }

    #[test]
    fn an_unknown_row_is_answered_with_its_neighbours() {
        let message = rows(&row("ateliers:47").unwrap(), findings()).unwrap_err().message;
        assert!(message.contains("ateliers:48; ateliers:7"), "{message}");
    }

    #[test]
    fn a_cell_is_found_however_it_is_written() {
        let withheld = || {
            vec![
                json!({"table": "flux", "measure": "kg", "cell": ["beauport", "Total"], "reason": "primary: too few groups"}),
                json!({"table": "flux", "measure": "nombre", "cell": ["beauport", "Total"], "reason": "complementary"}),
                json!({"table": "plan", "measure": "kg", "cell": ["Total"], "reason": "withdrawn"}),
                json!({"table": "plan", "measure": "nombre", "cell": ["Total"], "reason": "outdated"}),
            ]
        };
        for (what, count) in [
            ("flux[beauport, total]", 2),
            ("flux kg beauport Total", 1),
            ("flux nombre[beauport,Total]", 1),
            ("flux beauport Total", 2),
        ] {
            assert_eq!(cells(what, withheld()).unwrap().len(), count, "{what}");
        }
        let shown = shown_cells(&withheld());
        assert!(
            shown.contains("flux[beauport, Total] kg : retenue pour elle-même")
                && shown.contains("withheld to protect")
                && shown.contains("plan[Total] kg: withheld with all cells of its measure")
                && shown.contains("plan[Total] nombre: withheld because its last value is too old")
        );
        assert!(
            cells("flux[port, Total]", withheld()).unwrap_err().message.contains("flux[beauport, Total]")
        );
    }
}
