//! What comes in a year, and what it costs: the quantity of a row with its unit and frequency.

use super::flows::Resource;
use super::reader::Reader;
use super::weighing::{self, Weighed};
use crate::measures::amounts::Paid;
use crate::measures::contact;
use crate::measures::frequency::{self, Rate};
use crate::measures::heading;
use crate::measures::number::Decimal;
use crate::measures::qualifier::Bound;
use crate::measures::quantity::{self, QuantityError, Written};
use crate::measures::units::{self, Kind};
use crate::model::Severity::{Note, Rejection, Warning};
use crate::model::{Cell, Confidential, Cost, Field, FindingKind, FlowType, Frequency, fold, words};

/// The ends of a quantity, where each has a column of its own.
const ENDS: [Field; 2] = [Field::QuantityLeast, Field::QuantityMost];

/// The fields in which the quantity of a row stands: its own wins over those of its ends.
fn places(reader: &Reader<'_>) -> Vec<Field> {
    let stands = |field: &Field| reader.text(*field).is_some();
    if stands(&Field::Quantity) { vec![Field::Quantity] } else { ENDS.into_iter().filter(stands).collect() }
}

/// The field that a finding about the quantity names.
fn place(reader: &Reader<'_>) -> Field {
    places(reader).last().copied().unwrap_or(Field::Quantity)
}

/// The quantity in one text: as it stands there, from one end to the other, or with one end only.
fn amount(reader: &Reader<'_>) -> Option<String> {
    reader.text(Field::Quantity).or_else(|| match ENDS.map(|field| reader.text(field)) {
        [Some(least), Some(most)] => Some(format!("{least} à {most}")),
        [Some(least), None] => Some(format!("au moins {least}")),
        [None, Some(most)] => Some(format!("au plus {most}")),
        [None, None] => None,
    })
}

/// Whether the headings of both ends give two units.
fn is_of_two_units(reader: &Reader<'_>) -> bool {
    let units = places(reader).into_iter().map(|field| reader.row.get(field)?.unit_in_header.as_deref());
    let units: Vec<String> = units.flatten().map(fold).collect();
    units.windows(2).any(|pair| pair[0] != pair[1])
}

/// Whether a point of a typed quantity could group thousands, where no mark is declared.
fn could_group(reader: &Reader<'_>, text: &str) -> bool {
    places(reader).into_iter().any(|field| {
        let own = if field == Field::Quantity { Some(text.to_owned()) } else { reader.text(field) };
        matches!(reader.cell(field), Some(Cell::Text(_)))
            && !reader.marks(field).are_declared()
            && own.is_some_and(|own| quantity::could_group(&own, reader.lexicon.writes_commas()))
    })
}

/// A quantity with its unit and frequency, wherever they stand.
struct Understood {
    written: Written,
    unit: String,
    /// Where the unit stands, or should.
    beside: Field,
    rate: Option<Rate>,
}

/// Kilograms a year, from the quantity, its unit and its frequency wherever they stand.
pub(super) fn quantity(reader: &mut Reader<'_>, resource: &mut Resource) {
    let frequency = cell_frequency(reader);
    resource.frequency = frequency.map(|rate| rate.frequency);
    let mut unit_cell = reader.text(Field::Unit);
    let place = place(reader);
    let Some(text) = amount(reader) else {
        let mut fields = [Field::Quantity].into_iter().chain(ENDS);
        if !fields.any(|field| reader.is_error(field)) {
            reader.find(Note, FindingKind::MissingQuantity, Some(place));
        }
        return;
    };
    let is_contact = |text: String| contact::is_email(&text) || contact::is_telephone(&text);
    if places(reader).into_iter().filter_map(|field| reader.text(field)).any(is_contact) {
        reader.find(Warning, FindingKind::ContactInstead, Some(place));
        return;
    }
    let amount = [Some(text.clone()), unit_cell.clone()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let often = reader.text(Field::Frequency).map(|often| format!(", {often}")).unwrap_or_default();
    resource.written = amount + &often;
    let packed = unit_cell.take_if(|unit| quantity::is_packed(unit, reader.marks(place)));
    let text = packed.map_or_else(|| text.clone(), |unit| format!("{text} {unit}"));
    let unit_cell = unit_cell.unwrap_or_default();
    if let Some(understood) = understood(reader, &text, &unit_cell, frequency) {
        resource.frequency = resource.frequency.or(understood.rate.map(|rate| rate.frequency));
        let days = if frequency.is_some() { Field::Frequency } else { place };
        weigh(reader, resource, &understood, days);
    }
}

/// None, with its finding, where two people would read it differently.
fn understood(
    reader: &mut Reader<'_>,
    text: &str,
    unit_cell: &str,
    frequency: Option<Rate>,
) -> Option<Understood> {
    let place = place(reader);
    if is_of_two_units(reader) {
        reader.find(Warning, FindingKind::ContradictoryUnits, Some(place));
        return None;
    }
    let written = under_heading(as_written(reader, text)?, reader);
    // Where the other cells settle the marks, one that contradicts them may be a slip of either kind.
    let is_odd = reader.is_odd && !reader.marks(place).are_declared();
    if is_odd || could_group(reader, text) {
        reader.find(Warning, FindingKind::BadQuantity, Some(place));
        return None;
    }
    let (cell_unit, cell_rate, cell_bad) = quantity::unit_and_rate(unit_cell);
    let (header_unit, mut header_rate, header_bad) = in_headings(reader);
    let code = |text: &str| {
        units::find(reader.lexicon.word("unite", text).unwrap_or(text)).map(|unit| unit.code.clone())
    };
    if code(&written.unit).zip(code(&cell_unit)).is_some_and(|(one, other)| one != other) {
        reader.find(Warning, FindingKind::ContradictoryUnits, Some(Field::Unit));
        return None;
    }
    // Two columns hold their ends as they are.
    if written.shortened.is_some() && places(reader).len() == 1 {
        let (fr, en) = (
            "le premier nombre est entier (inscrire l'unité aux deux, « 15 kg à 20 000 kg »), \
             il est sans ses milliers ou ses centaines (l'inscrire en entier, « 15 000 à 20 000 kg »)",
            "the first number is whole (write the unit of both, “15 kg à 20 000 kg”), \
             it lacks its thousands or hundreds (write all of it, “15 000 à 20 000 kg”)",
        );
        reader.find_with(Warning, FindingKind::BadQuantity, place, fr, en);
        return None;
    }
    if written.is_bound {
        let kind = if written.is_least { FindingKind::LowerBound } else { FindingKind::UpperBound };
        reader.find(Note, kind, Some(place));
    }
    let (unit, beside) = [(written.unit.clone(), place), (cell_unit, Field::Unit), (header_unit, place)]
        .into_iter()
        .find(|(unit, _)| !unit.is_empty())
        .unwrap_or((String::new(), Field::Unit));
    if written.unknown_rate || cell_bad {
        unknown_frequency(reader, if cell_bad { unit_cell } else { text }, beside);
        return None;
    }
    // A heading of one season, or of some years beside another frequency: no cell tells what it means.
    if header_bad && written.rate.or(cell_rate).is_none() {
        reader.find(Warning, FindingKind::UnknownFrequency, Some(place));
        return None;
    }
    // A heading is of all rows and the cell of its own: what comes once comes once, and of two other
    // periods nobody knows which is meant.
    if let (None, Some(header), Some(own)) = (written.rate.or(cell_rate), header_rate, frequency)
        && header.frequency != own.frequency
        && ![Frequency::Yearly, Frequency::Once].contains(&header.frequency)
    {
        if own.frequency != Frequency::Once {
            reader.find(Warning, FindingKind::UnknownFrequency, Some(Field::Frequency));
            return None;
        }
        header_rate = None;
    }
    // A heading of a year wins, and it is told that the cell says something else.
    if let (None, Some(header), Some(own)) = (written.rate.or(cell_rate), header_rate, frequency)
        && header.frequency == Frequency::Yearly
        && own.frequency != Frequency::Yearly
    {
        reader.find(Warning, FindingKind::UnknownFrequency, Some(Field::Frequency));
    }
    let rate = written.rate.or(cell_rate).or(header_rate);
    // A yearly total may be fetched monthly; two other periods contradict each other.
    if let (Some(rate), Some(frequency)) = (rate, frequency)
        && rate.frequency != frequency.frequency
        && rate.frequency != Frequency::Yearly
    {
        reader.find(Note, FindingKind::UnknownFrequency, Some(Field::Frequency));
    }
    let rate = rate.or(frequency).map(|rate| rate.with_days(reader.lexicon.days()));
    Some(Understood { written, unit, beside, rate })
}

/// The mass of a year, or the amount in another dimension, or the finding that says why there is none; `days`
/// is where the frequency stands.
fn weigh(reader: &mut Reader<'_>, resource: &mut Resource, understood: &Understood, days: Field) {
    let Understood { written, unit: unit_text, beside, rate } = understood;
    let (beside, weighable) = (*beside, matches!(resource.flow_type, FlowType::Material | FlowType::Water));
    let local = reader.lexicon.word("unite", unit_text).unwrap_or(unit_text);
    let Some(unit) = units::find(local).filter(|_| !unit_text.is_empty()) else {
        match (weighable, unit_text.is_empty()) {
            (false, _) => {}
            (true, true) => reader.find(Warning, FindingKind::MissingUnit, Some(Field::Unit)),
            (true, false) => reader.find(Warning, FindingKind::UnknownUnit, Some(beside)),
        }
        return;
    };
    let assumed = rate.unwrap_or(Rate::of(Frequency::Yearly));
    let often = rate.and_then(|rate| written.low.middle(written.high)?.times(rate.times));
    resource.yearly = often.map(|often| (often, unit.clone()));
    let keywords = (resource.description.as_str(), resource.state);
    let counted = weighing::counted(written, &unit, *rate, resource.flow_type);
    let stands = counted.is_some_and(|amount| weighing::stands(amount.dimension(), resource.flow_type));
    match weighing::weigh(written, &unit, assumed, resource.category, resource.flow_type, keywords) {
        Weighed::NotMass if weighable => reader.find(Note, FindingKind::UnknownUnit, Some(beside)),
        Weighed::NotMass if stands => {}
        Weighed::Known(_) | Weighed::NotMass if rate.is_none() => {
            // One that is there and is not understood was told.
            if reader.text(Field::Frequency).is_none() {
                reader.find(Warning, FindingKind::MissingFrequency, Some(Field::Frequency));
            }
        }
        Weighed::Known(mass) => {
            if assumed.frequency == Frequency::Daily {
                reader.days(days);
            }
            resource.mass = Some(mass);
        }
        Weighed::NotMass if counted.is_some() => {
            if assumed.frequency == Frequency::Daily {
                reader.days(days);
            }
        }
        Weighed::NoDensity => reader.find(Warning, FindingKind::MissingDensity, Some(beside)),
        Weighed::Ambiguous => {
            reader.find_with(Warning, FindingKind::AmbiguousUnit, beside, &unit.choices_fr, &unit.choices_en);
        }
        Weighed::Toxicity => {
            let (fr, en) = (
                "l'équivalent toxique n'est pas une masse; inscrire la masse de la substance, en g ou en kg",
                "toxic equivalents are not a mass; write the mass of the substance, in g or kg",
            );
            reader.find_with(Note, FindingKind::UnknownUnit, beside, fr, en);
        }
        // More than can be counted.
        Weighed::NotMass => reader.find(Warning, FindingKind::BadQuantity, Some(place(reader))),
        Weighed::OutOfRange => reader.find(Rejection, FindingKind::QuantityOutOfRange, Some(place(reader))),
    }
    resource.amount = counted.filter(|_| resource.mass.is_none());
}

/// What is paid, between two ends: for a unit of mass it is for a tonne, and for another unit for each that
/// comes in a year.
pub(super) fn current_cost(reader: &mut Reader<'_>, resource: &Resource) -> Option<Confidential<Cost>> {
    let Paid { cents, per, bound, .. } = reader.paid(Field::CurrentCost)?;
    match bound {
        Bound::Exact => {}
        Bound::AtMost => reader.find(Note, FindingKind::UpperBound, Some(Field::CurrentCost)),
        Bound::AtLeast => reader.find(Note, FindingKind::LowerBound, Some(Field::CurrentCost)),
    }
    let Some(per) = per else { return Some(Confidential::new(Cost::OfAYear(cents))) };
    let cost = units::find(&per).and_then(|per| {
        let [low, high] = cents.map(|cents| Decimal::whole(i128::from(cents)));
        if let Kind::Mass(kg) = per.kind {
            let of_a_tonne = |cents: Decimal| cents.times(Decimal::whole(1_000))?.over(kg)?.round();
            return Some(Cost::OfATonne([of_a_tonne(low)?, of_a_tonne(high)?]));
        }
        let (often, unit) = resource.yearly.as_ref()?;
        let (times, over) = match (unit.kind, per.kind) {
            _ if unit.code == per.code => (*often, None),
            (Kind::Volume(one), Kind::Volume(other)) => (often.times(one)?, Some(other)),
            (Kind::NotMass(counted, one), Kind::NotMass(paid, other)) if counted == paid => {
                (often.times(one)?, Some(other))
            }
            _ => return None,
        };
        let of_a_year = |cents: Decimal| {
            let paid = times.times(cents)?;
            over.map_or(Some(paid), |over| paid.over(over))?.round()
        };
        Some(Cost::OfAYear([of_a_year(low)?, of_a_year(high)?]))
    });
    if cost.is_none() {
        reader.find(Warning, FindingKind::CostForUnit, Some(Field::CurrentCost));
    }
    cost.map(Confidential::new)
}

/// A number alone below `Quantité min` or `Maximum (t)` is one end only.
fn under_heading(written: Written, reader: &Reader<'_>) -> Written {
    const LEAST: &[&str] = &["min", "mini", "minimum", "minimal", "minimale"];
    const MOST: &[&str] = &["max", "maxi", "maximum", "maximal", "maximale"];
    let Some(cell) = reader.row.get(Field::Quantity) else { return written };
    let heading = fold(&cell.header);
    let says = |list: &[&str]| heading.split(' ').any(|word| list.contains(&word));
    let is_end = !written.is_bound && written.low.compare(written.high).is_eq();
    match (says(LEAST), says(MOST)) {
        (true, false) if is_end => Written { is_bound: true, is_least: true, ..written },
        (false, true) if is_end => Written { is_bound: true, low: Decimal::whole(0), ..written },
        _ => written,
    }
}

/// The unit and the frequency that the headings of the quantity and of its unit give, and whether one of
/// them gives a frequency that nobody knows.
fn in_headings(reader: &Reader<'_>) -> (String, Option<Rate>, bool) {
    let fields = places(reader).into_iter().chain([Field::Unit]);
    let given = fields.filter_map(|field| reader.row.cells.get(&field)?.unit_in_header.as_deref());
    let read = given.map(quantity::unit_and_rate);
    let none = (String::new(), None, false);
    let (unit, rate, is_bad) = read.fold(none, |(unit, rate, is_bad), (more, often, bad)| {
        (if unit.is_empty() { more } else { unit }, rate.or(often), is_bad || bad)
    });
    // A word in brackets that only the settings know for a unit.
    let local = || {
        let header = &reader.row.cells.get(&place(reader))?.header;
        let said = heading::read(header.rsplit('>').next().unwrap_or_default()).said;
        said.into_iter().find(|said| reader.lexicon.word("unite", said).is_some())
    };
    (if unit.is_empty() { local().unwrap_or_default() } else { unit }, rate, is_bad)
}

/// A quantity as it stands there; none, with its finding, when it cannot be read.
fn as_written(reader: &mut Reader<'_>, text: &str) -> Option<Written> {
    let place = place(reader);
    let error = match quantity::read_with(text, reader.marks(place)) {
        Ok(written) => return Some(written),
        Err(error) => error,
    };
    let (severity, kind) = match error {
        QuantityError::Negative => (Rejection, FindingKind::NegativeQuantity),
        QuantityError::Unreadable if is_vague(text) => (Warning, FindingKind::BadQuantity),
        QuantityError::Unreadable => (Rejection, FindingKind::BadQuantity),
        QuantityError::Ambiguous
        | QuantityError::NotReduced
        | QuantityError::Twice
        | QuantityError::Counted => (Warning, FindingKind::BadQuantity),
    };
    let (fr, en) = error.choices();
    reader.find_with(severity, kind, place, fr, en);
    None
}

/// Words that say that there is some, or much.
const SOME: [&str; 17] = [
    "quelque",
    "quelques",
    "plusieurs",
    "beaucoup",
    "peu",
    "divers",
    "diverses",
    "nombreux",
    "nombreuses",
    "several",
    "some",
    "many",
    "much",
    "few",
    "lots",
    "lot",
    "various",
];
/// What may stand beside them, besides a unit.
const BESIDE: [&str; 18] = [
    "de",
    "d",
    "des",
    "du",
    "un",
    "une",
    "a",
    "of",
    "tres",
    "very",
    "par",
    "per",
    "an",
    "year",
    "dizaines",
    "centaines",
    "milliers",
    "quantites",
];

/// Whether an amount is told in words that give no number: `quelques tonnes`, “several pallets”. It is unknown.
fn is_vague(text: &str) -> bool {
    let words = words(text);
    let is_some = |word: &String| SOME.contains(&word.as_str());
    let fits =
        |word: &String| is_some(word) || BESIDE.contains(&word.as_str()) || units::find(word).is_some();
    words.iter().any(is_some) && words.iter().all(fits)
}

fn cell_frequency(reader: &mut Reader<'_>) -> Option<Rate> {
    let text = reader.text(Field::Frequency)?;
    let local: Option<Frequency> = reader.lexicon.word("frequence", &text).and_then(|code| code.parse().ok());
    let rate = local.map(Rate::of).or_else(|| frequency::find(&text));
    if rate.is_none() {
        unknown_frequency(reader, &text, Field::Frequency);
    }
    rate
}

/// Tells that nobody knows how often, with what to choose from where a word has two meanings.
fn unknown_frequency(reader: &mut Reader<'_>, text: &str, field: Field) {
    match frequency::choices(text) {
        Some((fr, en)) => reader.find_with(Warning, FindingKind::AmbiguousFrequency, field, fr, en),
        None => reader.find(Warning, FindingKind::UnknownFrequency, Some(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_vague;

    #[test]
    fn words_without_a_number_are_an_unknown_amount_and_other_words_are_none() {
        for text in [
            "quelques tonnes",
            "Beaucoup",
            "plusieurs",
            "several tonnes",
            "a few kg",
            "Quelques dizaines de tonnes",
        ] {
            assert!(is_vague(text), "{text}");
        }
        for text in ["5 tonnes", "tonnes", "quelques 5 t", "palettes de bois", "beaucoup trop cher", ""] {
            assert!(!is_vague(text), "{text}");
        }
    }
}
