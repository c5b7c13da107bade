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
