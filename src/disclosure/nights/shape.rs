//! The shape of what was shown: under another name, unit or description the same amounts would be taken for
//! amounts of their own, and whoever kept the release before would subtract.
//!
//! So what a night that counts shows is there tonight, as it was: each table by its name and its dimensions in
//! their order, each of its measures by its name, unit and relation. New tables and measures may stand beside.

use super::super::error::DisclosureError;
use super::super::input::{MeasureInput, TableInput};
use super::Night;
use super::atoms::Atoms;
use crate::model::Relation;
use std::collections::{BTreeMap, BTreeSet};

/// Whether a night shows a cell of a measure, by `table/measure`.
fn is_shown(night: &Night, name: &str) -> bool {
    night.shown.get(name).is_some_and(|cells| !cells.is_empty())
}

/// Whether one of the nights does.
pub(super) fn was_shown(nights: &[Night], name: &str) -> bool {
    nights.iter().any(|night| is_shown(night, name))
}

/// Whether two nights say the same of a measure. A unit that was not kept is taken for the same.
pub(super) fn is_same(then: &MeasureInput, now: &MeasureInput) -> bool {
    then.name == now.name && difference(then, now).is_none()
}

/// What sets a measure apart from the one of its name that was shown.
fn difference(then: &MeasureInput, now: &MeasureInput) -> Option<String> {
    if let (Some(then), Some(now)) = (&then.unit, &now.unit)
        && then != now
    {
        return Some(format!("has the unit `{now}` now, and had `{then}`"));
    }
    if then.relation != now.relation {
        return Some(format!("{} now, and {}", relation(now, "hangs"), relation(then, "hung")));
    }
    (then.is_count != now.is_count).then(|| "counts records on one of both nights only".to_owned())
}

fn relation(measure: &MeasureInput, verb: &str) -> String {
    match &measure.relation {
        None => format!("{verb} on no other measure"),
        Some(Relation::Factor(base)) => format!("{verb} `from` `{base}`"),
        Some(Relation::Below(base)) => format!("{verb} `below` `{base}`"),
        Some(Relation::Above(base)) => format!("{verb} `above` `{base}`"),
    }
}

/// Whether tonight's tables and measures are those of a night, neither more nor less.
pub(super) fn is_unchanged(then: &[TableInput], now: &[TableInput]) -> bool {
    let has = |all: &[TableInput], one: &TableInput| {
        all.iter().any(|other| {
            other.name == one.name
                && other.dimensions == one.dimensions
                && other.measures.len() == one.measures.len()
                && other.measures.iter().zip(&one.measures).all(|(other, one)| is_same(other, one))
        })
    };
    then.len() == now.len() && now.iter().all(|table| has(then, table))
}

/// Measures, as `table/measure`, that hang on no other and of which the last night had no amount, with those that
/// hang on them: nothing says what they have to do with an amount that readers saw. The amounts of another table,
/// record by record, are known.
pub(super) fn new(night: &Night, tables: &[TableInput]) -> BTreeSet<String> {
    let had_any = |table: &TableInput, measure: &MeasureInput| {
        let is_this = |then: &&TableInput| then.name == table.name && then.dimensions == table.dimensions;
        night.tables.iter().find(is_this).is_some_and(|then| had(then, measure))
    };
    let mut known: Vec<(bool, Amounts)> = Vec::new();
    for table in tables {
        for (place, measure) in table.measures.iter().enumerate().filter(|(_, one)| one.relation.is_none()) {
            if had_any(table, measure) {
                known.push((measure.is_count, amounts(table, place)));
            }
        }
    }
    let mut new = BTreeSet::new();
    for table in tables {
        let is_new = |(place, measure): &(usize, &MeasureInput)| {
            let own = amounts(table, *place);
            let is_among = |(is_count, all): &(bool, Amounts)| {
                *is_count == measure.is_count && own.iter().all(|(id, amount)| all.get(id) == Some(amount))
            };
            let is_open = measure.relation.is_none() && !own.is_empty() && !had_any(table, measure);
            is_open && !known.iter().any(is_among)
        };
        let bases = table.measures.iter().enumerate().filter(is_new);
        let bases: BTreeSet<&str> = bases.map(|(_, measure)| measure.name.as_str()).collect();
        let hangs = |measure: &&MeasureInput| {
            bases.contains(measure.relation.as_ref().map_or(measure.name.as_str(), Relation::base))
        };
        let measures = table.measures.iter().filter(hangs);
        new.extend(measures.map(|measure| format!("{}/{}", table.name, measure.name)));
    }
    new
}

/// Amounts by record.
type Amounts = BTreeMap<u128, i64>;

fn amounts(table: &TableInput, place: usize) -> Amounts {
    let known = table.records.iter().filter_map(|record| Some((record.id, (*record.values.get(place)?)?)));
    known.collect()
}

/// Whether a table of an earlier night had an amount of a measure, or no record that could have one.
fn had(then: &TableInput, measure: &MeasureInput) -> bool {
    let place = then.measures.iter().position(|was| is_same(was, measure));
    place.is_some_and(|place| then.records.is_empty() || !amounts(then, place).is_empty())
}

/// Tables without the amounts of some measures, as if nobody had declared any.
pub(super) fn without(tables: &[TableInput], measures: &BTreeSet<String>) -> Vec<TableInput> {
    let mut without = tables.to_vec();
    for table in &mut without {
        let TableInput { name, measures: all, records, .. } = table;
        let is_out = |measure: &MeasureInput| measures.contains(&format!("{name}/{}", measure.name));
        let out: Vec<bool> = all.iter().map(is_out).collect();
        for record in records {
            for (value, _) in record.values.iter_mut().zip(&out).filter(|(_, is_out)| **is_out) {
                *value = None;
            }
        }
    }
    without
}

/// Measures, as `table/measure`, that the last night did not show and of which it lacks amounts of its own records:
/// with a part of the changes they would be of a part of the records, and tell beside the others what the rest is.
pub(super) fn incomplete(night: &Night, tables: &[TableInput], atoms: &Atoms<'_>) -> BTreeSet<String> {
    let named = |(table, measure): (usize, usize)| {
        let table = &tables[table];
        format!("{}/{}", table.name, table.measures[measure].name)
    };
    atoms.gaining().into_iter().map(named).filter(|name| !is_shown(night, name)).collect()
}

/// Refuses tables that lack something that a night shows, or have it in another shape.
///
/// # Errors
/// The first table or measure, and the last night that shows it.
pub(super) fn kept(nights: &[Night], tables: &[TableInput]) -> Result<(), DisclosureError> {
    for night in nights.iter().rev() {
        let refused = |what: String, differs: String| {
            Err(DisclosureError::Shape { what, night: night.day.to_string(), differs })
        };
        for table in &night.tables {
            let named = |measure: &MeasureInput| format!("{}/{}", table.name, measure.name);
            let measures = table.measures.iter();
            let shown: Vec<&MeasureInput> =
                measures.filter(|measure| is_shown(night, &named(measure))).collect();
            if shown.is_empty() {
                continue;
            }
            let named = format!("the table `{}`", table.name);
            let Some(now) = tables.iter().find(|now| now.name == table.name) else {
                return refused(named, "is in no model any more".to_owned());
            };
            if now.dimensions != table.dimensions {
                let list = |dimensions: &[String]| format!("`{}`", dimensions.join("`, `"));
                let (then, now) = (list(&table.dimensions), list(&now.dimensions));
                return refused(named, format!("has the dimensions {now} now, and had {then}"));
            }
            for then in shown {
                let named = format!("the measure `{}` of {named}", then.name);
                let Some(now) = now.measures.iter().find(|now| now.name == then.name) else {
                    return refused(named, "is in no model any more".to_owned());
                };
                if let Some(differs) = difference(then, now) {
                    return refused(named, differs);
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{History, Night, Tonight, protect_tonight};
    use super::{is_unchanged, kept, new};
    use crate::config::Disclosure;
    use crate::disclosure::{
        Agreements, DisclosureError, MeasureInput, ProtectedRow, Published, Record, TableInput,
    };
    use crate::model::Relation;
    use chrono::NaiveDate;

    type Change = dyn Fn(&mut TableInput);

    pub(crate) fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 1, number).unwrap()
    }

    pub(crate) fn measure(name: &str, unit: &str) -> MeasureInput {
        MeasureInput { name: name.to_owned(), unit: Some(unit.to_owned()), relation: None, is_count: false }
    }

    /// Companies of two parks, one record each; the amounts of each measure by company.
    pub(crate) fn table(measures: &[MeasureInput], amounts: &dyn Fn(u32) -> Vec<i64>) -> TableInput {
        let record = |company: u32| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&blake3::hash(&company.to_le_bytes()).as_bytes()[..16]);
            Record {
                id: u128::from_le_bytes(bytes),
                dimensions: vec![if company < 6 { "a" } else { "b" }.to_owned()],
                contributors: vec![format!("g{company}")],
                values: amounts(company).into_iter().map(Some).collect(),
            }
        };
        TableInput {
            name: "t".to_owned(),
            dimensions: vec!["parc".to_owned()],
            codes: vec![vec!["a".to_owned(), "b".to_owned()]],
            measures: measures.to_vec(),
            ceilings: Vec::new(),
            records: (0..12).map(record).collect(),
        }
    }

    fn night(table: &TableInput) -> Night {
        let cells = [vec!["a".to_owned()]].into();
        Night {
            day: day(1),
            tables: vec![table.clone()],
            shown: [("t/kg".to_owned(), cells)].into(),
            withdrawn: ["t/cout".to_owned()].into(),
            total_only: [].into(),
            rules: String::new(),
            doubts: crate::disclosure::Doubts::default(),
        }
    }

    #[test]
    fn what_a_night_shows_is_there_as_it_was() {
        let of = |_: u32| vec![1, 2];
        let shown = table(&[measure("kg", "kg/an"), measure("cout", "$")], &of);
        let nights = [night(&shown)];
        let refused = |change: &dyn Fn(&mut TableInput)| {
            let mut tables = [shown.clone()];
            change(&mut tables[0]);
            kept(&nights, &tables).err().map(|error| error.to_string())
        };
        assert_eq!(refused(&|_| {}), None);
        // What no cell showed may go, and more may come.
        assert_eq!(refused(&|table| table.measures[1].name = "prix".to_owned()), None);
        assert_eq!(refused(&|table| table.measures.push(measure("masse", "kg/an"))), None);
        assert_eq!(refused(&|table| table.measures[0].unit = None), None);
        let cases: [(&Change, &str); 6] = [
            (&|table| table.name = "u".to_owned(), "the table `t` is in no model"),
            (&|table| table.measures[0].name = "masse".to_owned(), "`kg` of the table `t` is in no model"),
            (
                &|table| table.measures[0].unit = Some("g/an".to_owned()),
                "the unit `g/an` now, and had `kg/an`",
            ),
            (&|table| table.measures[0].is_count = true, "counts records"),
            (
                &|table| table.measures[0].relation = Some(Relation::Factor("cout".to_owned())),
                "hangs `from` `cout` now, and hung on no other",
            ),
            (&|table| table.dimensions = vec!["zone".to_owned()], "`zone` now, and had `parc`"),
        ];
        for (change, words) in cases {
            let said = refused(change).unwrap();
            assert!(said.contains(words) && said.contains("2026-01-01") && said.contains("help:"), "{said}");
        }
    }

    pub(crate) fn protected(history: &mut History, table: &TableInput, number: u32) -> Tonight {
        let (policy, nobody) = (Disclosure::default(), Agreements::default());
        let tables = std::slice::from_ref(table);
        let tonight = protect_tonight(tables, history, day(number), &policy, &nobody).unwrap();
        if let Some(night) = tonight.night.clone() {
            history.nights.push(night);
            history.certificate = Some(tonight.protected.certificate().to_vec());
        }
        history.last = Some(tonight.last.clone());
        tonight
    }

    /// What each measure shows of everything.
    fn whole(tonight: &Tonight) -> Vec<Published> {
        let rows = tonight.protected.tables()[0].rows();
        let total = |row: &&ProtectedRow| row.dimensions().iter().all(|code| code == "Total");
        rows.iter().find(total).unwrap().values().to_vec()
    }

    #[test]
    fn a_measure_that_is_added_tells_no_change_of_one_company() {
        let mut history = History::default();
        let one = [measure("kg", "kg/an")];
        let two = [measure("kg", "kg/an"), measure("masse", "kg/an")];
        let before = |company: u32| 100 + i64::from(company);
        let first = protected(&mut history, &table(&one, &|company| vec![before(company)]), 1);
        let old: i64 = (0..12).map(before).sum();
        assert_eq!(whole(&first), [Published::Value(old)]);
        // One company gains 777 on the night on which the same amounts come under a second name.
        let alone = |company: u32| before(company) + if company == 3 { 777 } else { 0 };
        let second = protected(&mut history, &table(&two, &|company| vec![alone(company); 2]), 2);
        assert_eq!(whole(&second)[0], Published::Value(old));
        assert_eq!(whole(&second)[1], Published::Confidential);
        let all = |company: u32| alone(company) + 50 + i64::from(company);
        let third = protected(&mut history, &table(&two, &|company| vec![all(company); 2]), 3);
        let new: i64 = (0..12).map(all).sum();
        assert_eq!(whole(&third), [Published::Value(new); 2]);
    }

    #[test]
    fn a_measure_that_hangs_on_none_waits_while_a_value_is_of_an_older_day() {
        let mut history = History::default();
        let one = [measure("kg", "kg/an")];
        let two = [measure("kg", "kg/an"), measure("cout", "cents/an")];
        let before = |company: u32| 100 + i64::from(company);
        protected(&mut history, &table(&one, &|company| vec![before(company)]), 1);
        let tariff = |company: u32| 5 + i64::from(company % 3);
        let mut next = |kg: &dyn Fn(u32) -> i64, number: u32| {
            let of = |company: u32| vec![kg(company), tariff(company) * kg(company)];
            protected(&mut history, &table(&two, &of), number)
        };
        // One company of the first park gains 777, and everybody in the second something.
        let alone = |company: u32| before(company) + if company == 3 { 777 } else { 0 };
        let again = |company: u32| alone(company) + if company < 6 { 0 } else { 30 + i64::from(company) };
        let second = next(&again, 2);
        assert!(second.night.is_some() && whole(&second)[1] == Published::Confidential);
        // It is still new the night after.
        let more = |company: u32| again(company) + if company < 6 { 0 } else { 40 + 2 * i64::from(company) };
        assert_eq!(whole(&next(&more, 3))[1], Published::Confidential);
        let all = |company: u32| more(company) + 50 + 4 * i64::from(company);
        let fourth = next(&all, 4);
        let kg: i64 = (0..12).map(all).sum();
        let cost: i64 = (0..12).map(|company| tariff(company) * all(company)).sum();
        assert_eq!(whole(&fourth), [Published::Value(kg), Published::Value(cost)]);
    }

    #[test]
    fn another_table_of_the_same_amounts_need_not_wait() {
        let one = table(&[measure("kg", "kg/an")], &|company| vec![100 + i64::from(company)]);
        let nights = night(&one);
        let by_kind = |amounts: &dyn Fn(u32) -> Vec<i64>| {
            let table = table(&[measure("kg", "kg/an")], amounts);
            TableInput { name: "u".to_owned(), dimensions: vec!["type".to_owned()], ..table }
        };
        assert!(new(&nights, &[one.clone(), by_kind(&|company| vec![100 + i64::from(company)])]).is_empty());
        let other = by_kind(&|company| vec![200 + i64::from(company)]);
        assert_eq!(new(&nights, &[one, other]), ["u/kg".to_owned()].into());
    }

    #[test]
    fn a_measure_under_another_name_ends_the_night() {
        let mut history = History::default();
        let of = |company: u32| vec![100 + i64::from(company)];
        protected(&mut history, &table(&[measure("kg", "kg/an")], &of), 1);
        for named in [measure("masse", "kg/an"), measure("kg", "g/an")] {
            let tonight = [table(&[named], &of)];
            let (policy, nobody) = (Disclosure::default(), Agreements::default());
            let refused = protect_tonight(&tonight, &history, day(2), &policy, &nobody).unwrap_err();
            assert!(matches!(refused, DisclosureError::Shape { .. }), "{refused}");
        }
    }

    #[test]
    fn tables_are_those_of_a_night_when_neither_has_more() {
        let of = |_: u32| vec![1];
        let one = [table(&[measure("kg", "kg/an")], &of)];
        assert!(is_unchanged(&one, &one) && !is_unchanged(&one, &[]) && !is_unchanged(&[], &one));
        let two = [table(&[measure("kg", "kg/an"), measure("masse", "kg/an")], &|_| vec![1, 1])];
        assert!(!is_unchanged(&one, &two) && !is_unchanged(&two, &one));
    }
}
