//! The workbooks of refused rows that are sent: each holds the rows of one company and of nobody else.

use super::Quarantined;
use super::identifiers::{enterprise_number, name_key, without_legal_form};
use super::quarantine::{QuarantineError, quarantine_workbook};
use crate::model::{Cell, Field, Organisation, RawRow, fold, is_null};
use std::collections::{BTreeMap, BTreeSet};

/// One workbook for each company that has such rows, under its name as the first of them writes it, with
/// its enterprise number where another company has a name like it.
///
/// Companies of one name are told apart by their enterprise numbers, else by how they write it. Rows that
/// name nobody, or may be of one or another company, are in none. The same rows give the same names and bytes.
///
/// # Errors
/// When a workbook cannot be made.
pub fn quarantine_by_owner(
    rows: &[Quarantined],
    organisations: &[Organisation],
) -> Result<Vec<(String, Vec<u8>)>, QuarantineError> {
    let said: Vec<Option<Said>> = rows.iter().map(|row| Said::of(&row.row)).collect();
    let known = Known::of(&said, organisations);
    let mut owners: BTreeMap<(String, Owner), (String, Vec<Quarantined>)> = BTreeMap::new();
    for (row, said) in rows.iter().zip(said) {
        let Some(said) = said else { continue };
        let Some(owner) = known.owner(&said) else { continue };
        owners.entry((said.key, owner)).or_insert_with(|| (said.name, Vec::new())).1.push(row.clone());
    }
    let mut alike: BTreeMap<String, usize> = BTreeMap::new();
    for (key, _) in owners.keys() {
        *alike.entry(key.clone()).or_default() += 1;
    }
    let workbooks = owners.into_iter().map(|((key, owner), (name, rows))| {
        let name = match owner {
            Owner::Numbered(number) if alike.get(&key).is_some_and(|of| *of > 1) => {
                format!("{name} {number}")
            }
            Owner::Numbered(_) | Owner::Writing(_) => name,
        };
        Ok((name, quarantine_workbook(&rows)?))
    });
    workbooks.collect()
}

/// Who a workbook is for, among the companies of one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// The one of this enterprise number.
    Numbered(String),
    /// Whoever writes the name so.
    Writing(String),
}

/// What a row says of its company.
struct Said {
    /// As written.
    name: String,
    /// As names are compared.
    key: String,
    /// As [`writing`] has it.
    writing: String,
    /// A readable enterprise number.
    number: Option<String>,
}

impl Said {
    /// None of a row that names nobody, or whose only cell may be a title and no name.
    fn of(row: &RawRow) -> Option<Self> {
        if row.is_alone() {
            return None;
        }
        let Cell::Text(name) = &row.cells.get(&Field::Name)?.value else { return None };
        let name = name.reveal().trim();
        let is_name = name.chars().any(char::is_alphabetic) && !is_null(name);
        is_name.then(|| Self {
            name: name.to_owned(),
            key: name_key(name),
            writing: writing(name),
            number: enterprise_number(&row.text(Field::EnterpriseNumber)),
        })
    }
}

/// By the key of a name: the enterprise numbers of its companies, each with how it writes the name.
struct Known(BTreeMap<String, BTreeMap<String, BTreeSet<String>>>);

impl Known {
    fn of(said: &[Option<Said>], organisations: &[Organisation]) -> Self {
        let mut known = Self(BTreeMap::new());
        for organisation in organisations {
            let Some(number) = &organisation.enterprise_number else { continue };
            for name in std::iter::once(&organisation.name).chain(&organisation.other_names) {
                known.note(&name_key(name.reveal()), number.reveal(), &writing(name.reveal()));
            }
        }
        for said in said.iter().flatten() {
            if let Some(number) = &said.number {
                known.note(&said.key, number, &said.writing);
            }
        }
        known
    }

    fn note(&mut self, key: &str, number: &str, writing: &str) {
        let numbers = self.0.entry(key.to_owned()).or_default();
        numbers.entry(number.to_owned()).or_default().insert(writing.to_owned());
    }

    /// The company of a row; none when it may be one of several.
    fn owner(&self, said: &Said) -> Option<Owner> {
        if let Some(number) = &said.number {
            return Some(Owner::Numbered(number.clone()));
        }
        let mut numbers = self.0.get(&said.key).into_iter().flatten();
        match (numbers.next(), numbers.next()) {
            (Some(_), Some(_)) => None,
            (Some((number, writings)), None) if writings.contains(&said.writing) => {
                Some(Owner::Numbered(number.clone()))
            }
            _ => Some(Owner::Writing(said.writing.clone())),
        }
    }
}

/// Marks between words that may tell one name from another: `A/B Métal`, `A-B Métal`.
const MARKS: [char; 11] = ['/', '\\', '-', ':', ';', '|', '+', '_', '@', '#', '='];

/// A name without regard to case, accents, spaces, points and legal form, but with its marks and small words.
fn writing(name: &str) -> String {
    let text = name.replace('&', " et ").replace(['–', '—', '‑', '‐'], "-");
    let parts = text.split_inclusive(MARKS).map(|part| {
        let mark = part.chars().next_back().filter(|last| MARKS.contains(last));
        fold(part) + &mark.map(String::from).unwrap_or_default()
    });
    without_legal_form(&parts.collect::<String>()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::tests::row;
    use super::{Quarantined, quarantine_by_owner, writing};
    use crate::model::{Field, Subject};

    /// One refused row for each name and number.
    fn rows(said: &[(&str, &str)]) -> Vec<Quarantined> {
        let rows = (2..).zip(said).map(|(number, (name, neq))| {
            let cells = [(Field::Name, *name), (Field::EnterpriseNumber, *neq), (Field::Direction, "bof")];
            Quarantined { row: row("essai", number, Subject::Flows, &cells), findings: Vec::new() }
        });
        rows.collect()
    }

    fn names(said: &[(&str, &str)]) -> Vec<String> {
        let owners = quarantine_by_owner(&rows(said), &[]).unwrap();
        owners.into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn companies_of_one_name_have_a_workbook_each_and_what_may_be_either_is_in_none() {
        let (one, other) = ("1142345674", "1167890123");
        let twins = [("Béton Nordet inc.", one), ("Béton Nordet ltée", other), ("BETON NORDET", "")];
        assert_eq!(names(&twins), [format!("Béton Nordet inc. {one}"), format!("Béton Nordet ltée {other}")]);
        assert_eq!(names(&[("Forge Noël", one), ("Forge Noël", other)]).len(), 2);
        assert_eq!(names(&[("Groupe Alpha et Béta", one), ("Groupe Alpha Béta inc.", other)]).len(), 2);
        // The only company of a name has its rows without a number too.
        assert_eq!(names(&[("Béton Nordet inc.", one), ("BETON NORDET", "")]), ["Béton Nordet inc."]);
        assert_eq!(names(&[("Béton Nordet inc.", "1.14E+09"), ("BETON NORDET", "")]), ["Béton Nordet inc."]);
    }

    #[test]
    fn names_that_differ_by_a_mark_are_not_taken_for_one() {
        let marked = [("A/B Métal", ""), ("A-B Métal", ""), ("A:B Métal", ""), ("A B Métal", "")];
        assert_eq!(names(&marked).len(), 4);
        assert_eq!(writing("Boréal & Frères S.E.N.C."), writing("boreal et freres"));
        assert_eq!(writing("Canari, Inc."), writing("CANARI"));
        assert_ne!(writing("Groupe Alpha et Béta"), writing("Groupe Alpha Béta"));
    }
}
