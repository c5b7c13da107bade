//! Measures that tell one another's amounts without a word of it in a model: protected apart, the one would give
//! away what is withheld of the other. So would amounts that are all on another scale than the night before.

use super::super::error::DisclosureError;
use super::super::input::{MeasureInput, TableInput};
use super::{History, Last, Night, shape};
use crate::model::Relation;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Of fewer units than these, one is too much of an amount for a rounded multiple to tell it.
const TELLING: i128 = 10;
/// Two points are always on a line, and three or four by chance.
const DIFFERENT: usize = 5;

/// Amounts of one record under two measures, never negative.
type Pair = (i128, i128);

/// What one measure tells of another, and the relation that would say so.
type Told = (&'static str, &'static str);

const MULTIPLE: Told = ("is for every record or for most the same multiple of", "from");
const LINE: Told = ("is for every record, but for a constant, the same multiple of", "from");
const BELOW: Told = ("is for no record more than, and for most the same as,", "below");
const ABOVE: Told = ("is for no record less than, and for most the same as,", "above");

/// A measure that hangs on no other, with the amounts of its records.
struct Amounts<'a> {
    table: &'a str,
    measure: &'a str,
    by_record: BTreeMap<u128, i64>,
}

/// Refuses a measure that tells the amounts of another one of the same records: nothing would say so. `fewest` is
/// the minimum of groups: what holds of most records holds of at least so many. Gives those, as `table/measure`, of
/// which earlier nights show both: neither can be declared or left out any more, so that the later one, with what
/// hangs on it, keeps its values tonight.
///
/// # Errors
/// The first such measure that is new.
pub(super) fn undeclared(
    tables: &[TableInput],
    nights: &[Night],
    fewest: u32,
) -> Result<BTreeSet<String>, DisclosureError> {
    let mut all: Vec<Amounts<'_>> = Vec::new();
    for table in tables {
        for (place, measure) in table.measures.iter().enumerate().filter(|(_, one)| one.relation.is_none()) {
            let by_record = amounts(table, place).collect();
            all.push(Amounts { table: &table.name, measure: &measure.name, by_record });
        }
    }
    let was_shown = |one: &Amounts<'_>| shape::was_shown(nights, &format!("{}/{}", one.table, one.measure));
    let mut held = BTreeSet::new();
    for (place, one) in all.iter().enumerate() {
        for other in &all[..place] {
            if let Some((tells, relation)) = told(&pairs(&one.by_record, &other.by_record), fewest as usize) {
                if was_shown(one) && was_shown(other) {
                    held.extend(hanging(tables, one));
                    continue;
                }
                return Err(DisclosureError::Undeclared {
                    measure: one.measure.into(),
                    table: one.table.into(),
                    tells,
                    other: other.measure.into(),
                    base: other.table.into(),
                    relation,
                });
            }
        }
    }
    Ok(held)
}

/// A measure and those that hang on it, as `table/measure`.
fn hanging(tables: &[TableInput], one: &Amounts<'_>) -> Vec<String> {
    let measures = tables.iter().filter(|table| table.name == one.table).flat_map(|table| &table.measures);
    let hangs = |measure: &&MeasureInput| {
        measure.relation.as_ref().map_or(measure.name.as_str(), Relation::base) == one.measure
    };
    measures.filter(hangs).map(|measure| format!("{}/{}", one.table, measure.name)).collect()
}

/// Refuses a measure of which most amounts are the same multiple of what they were on the last night.
///
/// # Errors
/// The first such measure.
pub(super) fn on_one_scale(
    history: &History,
    (last, night): (&Last, &Night),
    tables: &[TableInput],
    fewest: u32,
) -> Result<(), DisclosureError> {
    for table in tables {
        let Some(then) = night.tables.iter().find(|then| then.name == table.name) else { continue };
        for (place, measure) in table.measures.iter().enumerate() {
            let was = then.measures.iter().position(|was| shape::is_same(was, measure));
            // Everybody is taken to know the factor of each record, and it may be another every night.
            let is_factor = matches!(measure.relation, Some(Relation::Factor(_)));
            let name = format!("{}/{}", table.name, measure.name);
            let Some(was) = was.filter(|_| !is_factor && shape::was_shown(&history.nights, &name)) else {
                continue;
            };
            let origin = |id: u128| last.origins.get(&id).copied().unwrap_or(id);
            let before = amounts(then, was).map(|(id, amount)| (origin(id), amount)).collect();
            if has_one_ratio(&pairs(&amounts(table, place).collect(), &before), fewest as usize) {
                return Err(DisclosureError::Scale {
                    measure: measure.name.clone(),
                    table: table.name.clone(),
                    night: last.day.to_string(),
                });
            }
        }
    }
    Ok(())
}

fn amounts(table: &TableInput, place: usize) -> impl Iterator<Item = (u128, i64)> {
    table.records.iter().filter_map(move |record| Some((record.id, (*record.values.get(place)?)?)))
}

/// The amounts of the records that both have.
fn pairs(one: &BTreeMap<u128, i64>, other: &BTreeMap<u128, i64>) -> Vec<Pair> {
    let shared = one.iter().filter_map(|(id, amount)| Some((*amount, *other.get(id)?)));
    shared.map(|(one, other)| (i128::from(one), i128::from(other))).collect()
}

/// What the first of two measures tells of the second. The same amounts of all records need no word.
fn told(pairs: &[Pair], fewest: usize) -> Option<Told> {
    if pairs.iter().all(|(one, other)| one == other) {
        None
    } else if is_multiple(pairs, fewest) || has_one_ratio(pairs, fewest) {
        Some(MULTIPLE)
    } else if is_line(pairs) {
        Some(LINE)
    } else {
        bound(pairs, fewest)
    }
}

/// Whether all pairs have one ratio, at least so many and in at least two different amounts.
fn is_multiple(pairs: &[Pair], fewest: usize) -> bool {
    let Some((first, second)) = pairs.iter().find(|(one, other)| *one != 0 && *other != 0) else {
        return false;
    };
    let amounts: BTreeSet<i128> = pairs.iter().map(|(one, _)| *one).filter(|one| *one != 0).collect();
    let several = pairs.iter().filter(|(one, _)| *one != 0).count() >= fewest;
    several && amounts.len() > 1 && pairs.iter().all(|(one, other)| one * second == other * first)
}

/// Whether most pairs, and at least so many, have one ratio other than one, in at least two different amounts; the
/// coarser amounts may be rounded.
fn has_one_ratio(pairs: &[Pair], fewest: usize) -> bool {
    let sums = pairs.iter().fold((0, 0), |sums: Pair, pair| (sums.0 + pair.0, sums.1 + pair.1));
    let finer_first = |(one, other): &Pair| if sums.0 < sums.1 { (*other, *one) } else { (*one, *other) };
    let telling: Vec<Pair> =
        pairs.iter().map(finer_first).filter(|(fine, coarse)| *fine > 0 && *coarse >= TELLING).collect();
    let others: Vec<Pair> =
        telling.iter().copied().filter(|(fine, coarse)| (fine - coarse).abs() > 1).collect();
    [Rounding::Nearest, Rounding::Down].into_iter().any(|rounding| {
        let explained = explained(&others, rounding);
        let amounts: BTreeSet<i128> = explained.iter().map(|(fine, _)| *fine).collect();
        // A few small amounts are explained by chance.
        let is_close = explained.iter().all(|(_, coarse)| *coarse >= 10 * TELLING);
        let different = if is_close { 2 } else { DIFFERENT };
        amounts.len() >= different && explained.len() >= fewest && 2 * explained.len() > telling.len()
    })
}

/// How the coarser amounts were made whole.
#[derive(Debug, Clone, Copy)]
enum Rounding {
    Nearest,
    Down,
}

/// A numerator and a denominator above zero.
type Ratio = (i128, i128);

/// The lowest and the highest ratio that make the second amount of the first; twice the ratio, so that halves are
/// whole.
fn ratios((fine, coarse): Pair, rounding: Rounding) -> [Ratio; 2] {
    match rounding {
        Rounding::Nearest => [(2 * coarse - 1, fine), (2 * coarse + 1, fine)],
        Rounding::Down => [(2 * coarse, fine), (2 * coarse + 2, fine)],
    }
}

/// Amounts have 63 bits, so the products fit.
fn order(one: Ratio, other: Ratio) -> Ordering {
    (one.0 * other.1).cmp(&(other.0 * one.1))
}

/// The most pairs that one ratio explains.
fn explained(pairs: &[Pair], rounding: Rounding) -> Vec<Pair> {
    let mut marks: Vec<(Ratio, bool)> = Vec::with_capacity(2 * pairs.len());
    for pair in pairs {
        let [low, high] = ratios(*pair, rounding);
        marks.extend([(low, false), (high, true)]);
    }
    // Where one ends as another begins, the ratio explains both.
    marks.sort_by(|(one, closes), (other, shuts)| order(*one, *other).then(closes.cmp(shuts)));
    let (mut open, mut most, mut best) = (0_usize, 0, (0, 1));
    for (ratio, closes) in marks {
        if closes {
            open -= 1;
            continue;
        }
        open += 1;
        if open > most {
            (most, best) = (open, ratio);
        }
    }
    let is_explained = |pair: &Pair| {
        let [low, high] = ratios(*pair, rounding);
        order(low, best).is_le() && order(best, high).is_le()
    };
    pairs.iter().copied().filter(is_explained).collect()
}

/// Whether all pairs lie on one line, up to a unit of the coarser amounts.
fn is_line(pairs: &[Pair]) -> bool {
    let (Some(ones), Some(others)) =
        (span(pairs.iter().map(|pair| pair.0)), span(pairs.iter().map(|pair| pair.1)))
    else {
        return false;
    };
    let finer_first = |(one, other): &Pair| if ones < others { (*other, *one) } else { (*one, *other) };
    let points: BTreeSet<Pair> = pairs.iter().map(finer_first).collect();
    let (Some(low), Some(high)) = (points.first(), points.last()) else { return false };
    let (run, rise) = (high.0 - low.0, high.1 - low.1);
    let is_near = |point: &Pair| ((point.1 - low.1) * run - (point.0 - low.0) * rise).abs() <= run;
    let amounts: BTreeSet<i128> = points.iter().map(|point| point.0).collect();
    amounts.len() >= DIFFERENT && rise.abs() >= TELLING && points.iter().all(is_near)
}

fn span(amounts: impl Iterator<Item = i128> + Clone) -> Option<i128> {
    Some(amounts.clone().max()? - amounts.min()?)
}

/// Whether the first amount is nowhere more than the second, or nowhere less, and most are the same.
fn bound(pairs: &[Pair], fewest: usize) -> Option<Told> {
    let telling = || pairs.iter().filter(|(one, other)| *one.max(other) >= TELLING);
    let same = telling().filter(|(one, other)| one == other).count();
    if same < fewest || 2 * same <= telling().count() {
        return None;
    }
    if pairs.iter().all(|(one, other)| one <= other) {
        return Some(BELOW);
    }
    pairs.iter().all(|(one, other)| one >= other).then_some(ABOVE)
}

#[cfg(test)]
mod tests {
    use super::super::shape::tests::{day, measure, protected, table};
    use super::super::{History, protect_tonight};
    use super::undeclared;
    use crate::config::Disclosure;
    use crate::disclosure::{Agreements, DisclosureError};
    use crate::model::Relation;

    /// What is refused of kilograms and another measure of the same twelve companies.
    fn refused(of: &dyn Fn(i64) -> [i64; 2]) -> Option<String> {
        let two = [measure("kg", "kg/an"), measure("g", "g/an")];
        let table = table(&two, &|company| of(i64::from(company)).to_vec());
        undeclared(&[table], &[], 3).err().map(|error| error.to_string())
    }

    /// Kilograms of a company, and no line.
    fn kg(company: i64) -> i64 {
        12_000 + 977 * company + 131 * (company * company % 7)
    }

    #[test]
    fn a_multiple_that_no_model_declares_is_refused() {
        let thousand = refused(&|company| [company, 1000 * company]).unwrap();
        assert!(thousand.contains("`g` of the table `t`") && thousand.contains("from kg"), "{thousand}");
        assert!(refused(&|company| [2 * company, 3 * company]).is_some());
        // The same amounts are tied already; one amount alone, and other ratios, say nothing.
        assert_eq!(refused(&|company| [company; 2]), None);
        assert_eq!(refused(&|_| [7, 7000]), None);
        assert_eq!(refused(&|company| [kg(company), 1000 + company * company * company]), None);
        // Small numbers are alike by chance.
        assert_eq!(refused(&|company| [kg(company), 1 + company / 3]), None);
    }

    #[test]
    fn rounded_multiples_those_of_most_records_and_with_a_constant_are_refused() {
        assert!(refused(&|company| [kg(company), (kg(company) + 500) / 1000]).is_some());
        assert!(refused(&|company| [kg(company), kg(company) / 1000]).is_some());
        assert!(refused(&|company| [kg(company) / 1000, kg(company)]).is_some());
        let tariff = |company: i64| if company < 5 { 6 } else { 7 };
        assert!(refused(&|company| [kg(company), tariff(company) * kg(company)]).is_some());
        let tariffs = |company: i64| 5 + company % 3;
        assert_eq!(refused(&|company| [kg(company), tariffs(company) * kg(company)]), None);
        let constant = refused(&|company| [kg(company), 5000 + 7 * kg(company)]).unwrap();
        assert!(constant.contains("but for a constant"), "{constant}");
        assert!(refused(&|company| [kg(company), 90_000 - kg(company) / 10]).is_some());
    }

    #[test]
    fn a_bound_that_most_records_reach_is_refused() {
        let low = |company: i64| kg(company) - if company % 5 == 2 { 300 + 17 * company } else { 0 };
        let below = refused(&|company| [kg(company), low(company)]).unwrap();
        assert!(below.contains("below kg") && below.contains("help:"), "{below}");
        assert!(refused(&|company| [low(company), kg(company)]).unwrap().contains("above kg"));
        let far = |company: i64| kg(company) - if company % 5 < 3 { 300 + 17 * company } else { 0 };
        assert_eq!(refused(&|company| [kg(company), far(company)]), None);
    }

    #[test]
    fn a_measure_that_comes_to_tell_another_one_keeps_its_values() {
        let two = [measure("kg", "kg/an"), measure("g", "g/an")];
        let mut history = History::default();
        let of = |part: i64, company: i64| [kg(company), if company % 4 < part { kg(company) } else { 0 }];
        let first = table(&two, &|company| of(1, company.into()).to_vec());
        protected(&mut history, &first, 1);
        let shown = history.nights[0].shown["t/g"].clone();
        // Every company changes in both.
        let more = |amount: i64, company: i64| if amount == 0 { 0 } else { amount + 150 + 31 * company };
        let later = table(&two, &|company| {
            let company = i64::from(company);
            of(3, company).map(|amount| more(amount, company)).to_vec()
        });
        let held = undeclared(std::slice::from_ref(&later), &history.nights, 3).unwrap();
        assert_eq!(held, ["t/g".to_owned()].into());
        let tonight = protected(&mut history, &later, 2);
        let night = tonight.night.unwrap();
        assert!(!shown.is_empty() && night.shown["t/g"].is_empty() && !night.shown["t/kg"].is_empty());
    }

    #[test]
    fn amounts_on_another_scale_end_the_night() {
        let one = [measure("kg", "kg/an")];
        let mut history = History::default();
        protected(&mut history, &table(&one, &|company| vec![kg(company.into())]), 1);
        let refused = |of: &dyn Fn(i64) -> i64| {
            let tonight = [table(&one, &|company| vec![of(company.into())])];
            let (policy, nobody) = (Disclosure::default(), Agreements::default());
            let refused = protect_tonight(&tonight, &history, day(2), &policy, &nobody).err();
            matches!(refused, Some(DisclosureError::Scale { .. }))
        };
        assert!(refused(&|company| 1000 * kg(company) + if company == 3 { 7777 } else { 0 }));
        assert!(refused(&|company| (kg(company) + 500) / 1000));
        assert!(!refused(&|company| if company < 5 { 2 * kg(company) } else { kg(company) }));
    }

    #[test]
    fn a_multiple_is_told_also_in_two_tables_and_says_so_in_one() {
        let two = [measure("kg", "kg/an"), measure("g", "g/an")];
        let mut declared = two.clone();
        declared[1].relation = Some(Relation::Factor("kg".to_owned()));
        let of = |company: u32| vec![i64::from(company), 1000 * i64::from(company)];
        assert!(undeclared(&[table(&declared, &of)], &[], 3).is_ok());
        // In two tables, also under one name.
        let (one, mut other) = (
            table(&two[..1], &|company| vec![i64::from(company)]),
            table(&two[..1], &|company| vec![1000 * i64::from(company)]),
        );
        other.name = "u".to_owned();
        let refused = undeclared(&[one, other], &[], 3).unwrap_err();
        assert!(matches!(refused, DisclosureError::Undeclared { .. }), "{refused}");
    }
}
