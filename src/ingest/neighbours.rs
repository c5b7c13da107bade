//! What a heading says only beside others.

use super::header::key;
use super::likely::{CONTAINED, LOOSE};
use super::proposal::Guess;
use crate::model::Field;

/// Words of a heading beside which `Nom` is that of a person.
const OF_PERSONS: &[&str] = &[
    "prenom",
    "fonction",
    "titre",
    "poste",
    "role",
    "first name",
    "given name",
    "firstname",
    "job title",
    "title",
    "position",
];

/// A bare `Nom` is that of a person beside a first name or what the person does, and beside an e-mail where
/// another column names the company; it never is the company where another column says so plainly.
pub(super) fn of_persons(guesses: &mut [Guess]) {
    let label = |guess: &Guess| key(&guess.proposed.header);
    let is_bare = |guess: &Guess| {
        guess.proposed.field == Some(Field::Name) && matches!(label(guess).as_str(), "nom" | "name")
    };
    let is_company = |guess: &Guess| {
        guess.proposed.field == Some(Field::Name) && guess.proposed.sure > LOOSE && !is_bare(guess)
    };
    let has_company = guesses.iter().any(is_company);
    let has_contact = guesses.iter().any(|guess| guess.proposed.field == Some(Field::Contact));
    for at in 0..guesses.len() {
        if !is_bare(&guesses[at]) {
            continue;
        }
        let beside = [at.checked_sub(1), at.checked_add(1)].into_iter().flatten();
        let is_of_person = beside.filter_map(|at| guesses.get(at)).any(|other| {
            let is_email = has_company && other.proposed.field == Some(Field::Email);
            is_email || OF_PERSONS.contains(&label(other).as_str())
        });
        let (field, sure) = match (is_of_person && !has_contact, has_company) {
            (true, _) => (Some(Field::Contact), LOOSE),
            (false, true) if has_contact => (None, 0),
            (false, true) => (Some(Field::Contact), CONTAINED),
            (false, false) => continue,
        };
        (guesses[at].proposed.field, guesses[at].proposed.sure) = (field, sure);
    }
}

/// Whose numbers a survey tool writes into columns of its own: `Respondent ID`, `Collector ID`.
const OF_SURVEYS: [&str; 4] = ["respondent", "collector", "repondant", "collecteur"];
/// When the questions were opened and sent.
const ANSWERED: [&str; 4] = ["start date", "end date", "date de debut", "date de fin"];

/// Beside numbers of a survey tool, which are nobody's here, its dates are those of the answer and of no
/// availability.
pub(super) fn of_surveys(guesses: &mut [Guess]) {
    let is_number = |guess: &Guess| {
        let label = key(&guess.proposed.header);
        let has = |wanted: &str| label.split(' ').any(|word| word == wanted);
        has("id") && OF_SURVEYS.iter().any(|word| has(word))
    };
    if !guesses.iter().any(is_number) {
        return;
    }
    for guess in guesses {
        if is_number(guess) {
            (guess.proposed.field, guess.proposed.sure) = (None, 0);
        } else if ANSWERED.contains(&key(&guess.proposed.header).as_str()) {
            (guess.proposed.field, guess.proposed.sure) = (Some(Field::EnteredOn), LOOSE);
        }
    }
}
