//! An offer or request, and the resource that synergies share with it.

use super::organisations::{self, OrganisationRead};
use super::reader::Reader;
use super::yearly;
use crate::materials::{self, Classified, Expectation, Nomenclature};
use crate::measures::contact;
use crate::measures::number::Decimal;
use crate::measures::units::Unit;
use crate::model::{
    Amount, Category, Confidential, Confidentiality, Destination, Direction, Field, FindingKind, Flow,
    FlowId, FlowType, Frequency, Mass, OrgId, RankedCode, Severity, State, fold, words,
};

/// Fields whose words become a code, and may say more than it.
const WORDED: [Field; 4] = [Field::Category, Field::Destination, Field::FlowType, Field::State];

/// A flow before its company is known.
pub(super) struct FlowRead {
    /// The flow; its company is filled in after the merge.
    pub(super) flow: Flow,
    /// Whether the source gave the number.
    pub(super) own_id: bool,
    /// Folded cells that the mapping does not name, or that hold words for a code, by column
    /// or field, in one text: they tell rows of one source apart, also where two words mean one code.
    pub(super) extras: Box<str>,
    /// What was read beside the description where the words are left to say the category, with the activity
    /// of the company; none when the source gave category or code.
    pub(super) open_category: Option<Box<str>>,
}

/// What is exchanged.
pub(super) struct Resource {
    pub(super) flow_type: FlowType,
    pub(super) category: Option<Category>,
    pub(super) open_category: Option<Box<str>>,
    pub(super) codes: Vec<String>,
    pub(super) description: String,
    pub(super) mass: Option<Mass>,
    pub(super) amount: Option<Amount>,
    pub(super) written: String,
    pub(super) frequency: Option<Frequency>,
    pub(super) state: Option<State>,
    /// What comes in a year, counted in its own unit.
    pub(super) yearly: Option<(Decimal, Unit)>,
}

/// Reads a row, and the company that it speaks of; none when it is refused.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<(FlowRead, OrganisationRead)> {
    reader.errors(&[
        Field::Name,
        Field::Direction,
        Field::Quantity,
        Field::QuantityLeast,
        Field::QuantityMost,
    ]);
    let organisation = organisations::read(reader);
    if organisation.name.is_none() && organisation.more().source_id.is_none() && !reader.is_error(Field::Name)
    {
        reader.find(Severity::Rejection, FindingKind::MissingName, Some(Field::Name));
    }
    let direction = direction(reader);
    let resource = resource(reader);
    if resource.description.is_empty() && resource.category.is_none() && resource.codes.is_empty() {
        reader.find(Severity::Rejection, FindingKind::EmptyDescription, Some(Field::Description));
    }
    if contact::is_email(&resource.description) || contact::is_telephone(&resource.description) {
        reader.find(Severity::Rejection, FindingKind::ContactInstead, Some(Field::Description));
    }
    let available_from = reader.date(Field::AvailableFrom, false);
    let available_to = reader.date(Field::AvailableTo, true);
    if available_from.zip(available_to).is_some_and(|(from, to)| to < from) {
        reader.find(Severity::Rejection, FindingKind::DatesReversed, Some(Field::AvailableTo));
    }
    let given = reader.text(Field::FlowId);
    let own_id = given.is_some();
    let conditions = [Field::Conditions, Field::Note].into_iter().filter_map(|field| reader.text(field));
    let conditions: Vec<String> = conditions.collect();
    let current_cost = yearly::current_cost(reader, &resource);
    let flow = Flow {
        id: FlowId(Confidential::new(given.unwrap_or_else(|| reader.row.location.public()))),
        organisation: OrgId(Confidential::new(String::new())),
        park: organisation.park.clone(),
        coordinates: organisation.coordinates.clone(),
        direction: direction.unwrap_or(Direction::Output),
        flow_type: resource.flow_type,
        category: resource.category,
        material_codes: resource.codes,
        ranked_codes: Vec::new(),
        description: Confidential::new(resource.description),
        mass: resource.mass,
        amount: resource.amount,
        quantity_as_written: Confidential::new(resource.written),
        frequency: resource.frequency,
        state: resource.state,
        hazardous: reader.yes_no(Field::Hazardous),
        destination: destination(reader),
        current_cost,
        price: reader.price(Field::Price),
        available_from,
        available_to,
        confidentiality: confidentiality(reader),
        conditions: (!conditions.is_empty()).then(|| Confidential::new(conditions.join(" — "))),
        locations: vec![reader.row.location.clone()],
    };
    let worded = WORDED.iter().filter_map(|field| Some((field.code(), reader.row.cells.get(field)?)));
    let unnamed = reader.row.unmapped.iter().map(|cell| (&*cell.column, cell));
    let extras = unnamed.chain(worded).filter(|(_, cell)| !cell.value.is_empty());
    let extras: String =
        extras.map(|(place, cell)| format!("{place}\u{0}{}\u{0}", fold(&cell.value.reveal()))).collect();
    direction.filter(|_| !reader.rejected())?;
    let open_category = resource.open_category;
    Some((FlowRead { flow, own_id, extras: extras.into(), open_category }, organisation))
}

fn direction(reader: &mut Reader<'_>) -> Option<Direction> {
    let Some(text) = reader.text(Field::Direction) else {
        if !reader.is_error(Field::Direction) {
            reader.find(Severity::Rejection, FindingKind::MissingDirection, Some(Field::Direction));
        }
        return None;
    };
    let known = |text: &str| reader.lexicon.code(Field::Direction.code(), Direction::CODES, text);
    let header = reader.row.get(Field::Direction).map(|cell| &*cell.header).unwrap_or_default();
    // `Offre?` asks for an answer and is none.
    let direction = known(&text).or_else(|| initial(&text, header, known)).filter(|_| !text.contains('?'));
    if direction.is_none() {
        reader.find(Severity::Rejection, FindingKind::UnknownDirection, Some(Field::Direction));
    }
    direction
}

/// The direction of which a heading that names both has the one letter of a cell for its initial: `O` below
/// `Offre ou demande`, or below `O/D`.
fn initial(text: &str, header: &str, known: impl Fn(&str) -> Option<Direction>) -> Option<Direction> {
    let letter = words(text).pop().filter(|letter| letter.chars().count() == 1 && fold(text) == *letter)?;
    let header = match fold(header).as_str() {
        "o d" => "offre demande".to_owned(),
        "o r" => "offer request".to_owned(),
        "i o" => "input output".to_owned(),
        header => header.to_owned(),
    };
    let named: Vec<(String, Direction)> =
        words(&header).into_iter().filter_map(|word| Some((word.clone(), known(&word)?))).collect();
    let mut meant =
        named.iter().filter(|(word, _)| word.starts_with(&letter)).map(|(_, direction)| *direction);
    let direction = meant.next()?;
    let is_sure = named.iter().any(|(_, other)| *other != direction) && meant.all(|other| other == direction);
    is_sure.then_some(direction)
}

/// Where it goes today; what is not said is unknown.
pub(super) fn destination(reader: &mut Reader<'_>) -> Destination {
    reader
        .code(Field::Destination, Destination::CODES, FindingKind::UnknownCode)
        .unwrap_or(Destination::Unknown)
}

/// The network by default; a word that nobody knows is the safest choice, confidential.
fn confidentiality(reader: &mut Reader<'_>) -> Confidentiality {
    if reader.text(Field::Confidentiality).is_none() {
        return Confidentiality::Network;
    }
    reader
        .code(Field::Confidentiality, Confidentiality::CODES, FindingKind::UnknownCode)
        .unwrap_or(Confidentiality::Confidential)
}

/// Reads what is exchanged, with its mass.
pub(super) fn resource(reader: &mut Reader<'_>) -> Resource {
    let material = reader.text(Field::Material).unwrap_or_default();
    let (codes, mut unknown) = reader
        .lexicon
        .word("matiere", &material)
        .map_or_else(|| materials::codes(&material), materials::codes);
    let description = reader.text(Field::Description);
    let words = codes.is_empty() && !material.is_empty();
    unknown |= words && !reader.spoken.of(&material).known;
    if unknown || words {
        let severity = if unknown { Severity::Warning } else { Severity::Note };
        reader.find(severity, FindingKind::UnknownMaterial, Some(Field::Material));
    }
    let named = words && material.chars().any(char::is_alphabetic);
    let description = description.unwrap_or_else(|| if named { material.clone() } else { String::new() });
    let spoken = reader.spoken.of(&format!("{material} {description}"));
    let given = given_category(reader);
    let category = given.or_else(|| materials::category(&codes)).or_else(|| believed(&spoken));
    let flow_type = flow_type(reader, category, &spoken);
    let is_open = given.is_none() && codes.is_empty() && flow_type == FlowType::Material;
    let mut resource = Resource {
        flow_type,
        category,
        open_category: is_open.then(|| if material == description { "".into() } else { material.into() }),
        codes,
        description,
        mass: None,
        amount: None,
        written: String::new(),
        frequency: None,
        state: reader.code::<State>(Field::State, State::CODES, FindingKind::UnknownCode),
        yearly: None,
    };
    yearly::quantity(reader, &mut resource);
    resource
}

/// The category that its cell names, or that its words speak of.
fn given_category(reader: &mut Reader<'_>) -> Option<Category> {
    let Some(text) = reader.text(Field::Category) else {
        reader.find(Severity::Note, FindingKind::MissingCategory, Some(Field::Category));
        return None;
    };
    let folded = fold(&text);
    let titled = Category::ALL
        .iter()
        .copied()
        .find(|category| fold(category.title_fr()) == folded || fold(category.title_en()) == folded);
    let known = reader.lexicon.code(Field::Category.code(), Category::CODES, &text).or(titled);
    if known.is_some() {
        return known;
    }
    let free = believed(&reader.spoken.of(&text));
    let (severity, kind) = if free.is_some() {
        (Severity::Note, FindingKind::DeducedCategory)
    } else {
        (Severity::Warning, FindingKind::UnknownCategory)
    };
    reader.find(severity, kind, Some(Field::Category));
    free
}

/// Belief below which a category is not deduced: unknown is better than wrong.
const BELIEVED_MILLI: u16 = 400;

fn believed(spoken: &Classified) -> Option<Category> {
    spoken.category.filter(|_| spoken.confidence_milli >= BELIEVED_MILLI)
}

/// The type that the cell gives, else the one that the words name, which is told unless it is
/// the usual one.
fn flow_type(reader: &mut Reader<'_>, category: Option<Category>, spoken: &Classified) -> FlowType {
    if reader.text(Field::FlowType).is_some() {
        let given = reader.code(Field::FlowType, FlowType::CODES, FindingKind::UnknownType);
        return given.unwrap_or(FlowType::Material);
    }
    let deduced = if spoken.type_known {
        spoken.flow_type
    } else if category == Some(Category::Human) {
        FlowType::Labour
    } else {
        FlowType::Material
    };
    if deduced != FlowType::Material {
        reader.find(Severity::Note, FindingKind::DeducedType, Some(Field::FlowType));
    }
    deduced
}

/// Codes among which belief is shared out, and how many of them a flow keeps: matching looks at no more.
const RANKED: usize = 10;
const KEPT: usize = 3;

/// The codes that the company declared, each believed whole: words add nothing to them.
pub(super) fn declared_codes(flow: &Flow) -> Vec<RankedCode> {
    let listed = flow.material_codes.iter().filter_map(|code| materials::entry(code));
    listed.map(|entry| RankedCode { code: &entry.code, confidence_milli: 1000 }).collect()
}

/// Whether the words of a flow say what codes it may mean.
pub(super) fn is_ranked_by_words(flow: &Flow) -> bool {
    flow.material_codes.is_empty()
        && matches!(flow.flow_type, FlowType::Material | FlowType::Water | FlowType::Equipment)
}

/// The codes and the category that words and the company's activity let one think.
pub(super) fn spoken(description: &str, expected: &Expectation) -> (Vec<RankedCode>, Option<Category>) {
    let spoken = materials::classify(description, expected, RANKED);
    let codes = spoken.codes.iter().filter(|_| spoken.heard).take(KEPT);
    let codes = codes.map(|guess| RankedCode { code: guess.code, confidence_milli: guess.confidence_milli });
    (codes.collect(), believed(&spoken))
}

/// What a company's activity (SCIAN) lets one expect; nothing when it is not known.
pub(super) fn expectation(sector: &str) -> Expectation {
    if sector.is_empty() {
        return Expectation::default();
    }
    materials::expectation(sector, Nomenclature::Scian)
}
