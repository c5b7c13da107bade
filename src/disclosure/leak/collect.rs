//! From the rows of the input to what is looked for.

use super::patterns::Patterns;
use super::public::{Public, Words};
use super::rules::{Rule, TELLING_RUN, joined, phrase, secret};
use super::runs::{self, Set};
use super::tokens::letters;
use super::{Canaries, addresses, digits, encoded, pairs, parts};
use crate::model::{Field, LEGAL_FORMS, RawRow};

/// Letters of a legal form with points between them.
const LETTERS: &[&str] = &["s", "e", "n", "c", "r", "l", "a"];
const ARTICLES: &[&str] = &["le", "la", "les", "l", "the", "m", "mme", "mr", "mrs", "ms", "dr"];

impl Canaries {
    /// Gathers every confidential cell, every cell in a column that no mapping names, and the names of
    /// files and sheets.
    #[must_use]
    pub fn collect(rows: &[RawRow], public: &Public) -> Self {
        let mut canaries = Self { places: pairs::of_places(rows), ..Self::default() };
        let mut seen = Set::default();
        for (at, row) in (0..).zip(rows) {
            canaries.patterns.row = Some(at);
            // The name of a place, alone in its row, is the title of the rows below it and no company's.
            let is_title = |text: &str| row.is_alone() && public.is_place(Words::of(text).whole());
            for (field, cell) in &row.cells {
                if field.is_confidential() && !is_title(&cell.value.reveal()) {
                    canaries.cell(*field, &cell.value.reveal(), public, &mut seen);
                }
            }
            for cell in &row.unmapped {
                canaries.cell(Field::Note, &cell.value.reveal(), public, &mut seen);
            }
            for name in row.location.sheet.iter().chain([&row.location.file]) {
                canaries.cell(Field::Description, name.reveal(), public, &mut seen);
            }
        }
        canaries.patterns.row = None;
        canaries.patterns.seal();
        canaries.rows = rows.iter().map(|row| row.location.public()).collect();
        canaries
    }

    /// Adds one more text of a field, such as a note of the animators, and the row where people find it.
    pub fn note(&mut self, field: Field, row: &str, text: &str, public: &Public) {
        if text.is_empty() {
            return;
        }
        if self.rows.last().is_none_or(|last| last != row) {
            self.rows.push(row.to_owned());
        }
        self.patterns.row = u32::try_from(self.rows.len() - 1).ok();
        self.cell(field, text, public, &mut Set::default());
        self.patterns.row = None;
    }

    fn cell(&mut self, field: Field, text: &str, public: &Public, seen: &mut Set) {
        if text.is_empty() || !seen.insert(runs::of(&[super::tokens::hash(text), field as u64])) {
            return;
        }
        let kind = field.code();
        let patterns = &mut self.patterns;
        match field {
            Field::Latitude | Field::Longitude => return coordinate(patterns, public, text, kind),
            Field::Name | Field::Group | Field::Supplier | Field::Receiver => {
                for (words, rule) in several(public, text, kind) {
                    name(patterns, public, &words, rule);
                    if rule.is_place {
                        pairs::add(patterns, public, &words, &self.places, kind);
                    }
                }
            }
            Field::Contact => contact(patterns, public, text, kind),
            Field::Address => address(patterns, public, text, kind),
            Field::Email | Field::Telephone | Field::EnterpriseNumber => {}
            Field::OrganisationId | Field::FlowId | Field::SynergyId => {
                phrase(patterns, public, &Words::of(text), Rule::name(kind));
            }
            _ => phrase(patterns, public, &Words::of(text), Rule::text(kind)),
        }
        let further = match field {
            Field::EnterpriseNumber => digits::enterprise(text),
            Field::Name | Field::Group | Field::Supplier | Field::Receiver => digits::numbered(text),
            _ => Vec::new(),
        };
        for number in digits::of(text).into_iter().chain(further) {
            if !public.has_number(number) {
                self.numbers.entry(number).or_insert((kind, self.patterns.row));
            }
        }
        let email = Field::Email.code();
        for address in addresses::of(text) {
            let key = addresses::key(address);
            if !public.has_address(key) {
                self.addresses.entry(key).or_insert(self.patterns.row);
            }
            let (local, domain) = address.split_once('@').unwrap_or(("", address));
            phrase(&mut self.patterns, public, &Words::of(address), Rule::name(email));
            let rule = Rule { shortest_word: 6, ..Rule::name(email) };
            phrase(&mut self.patterns, public, &Words::of(local), rule);
            let domain = domain.strip_prefix("www.").unwrap_or(domain);
            if !addresses::is_shared(domain) {
                phrase(&mut self.patterns, public, &Words::of(domain), Rule::name("domaine"));
            }
        }
    }

    /// Adds pseudonyms: public ones would let two releases be joined company by company.
    pub fn pseudonyms<'a>(&mut self, pseudonyms: impl IntoIterator<Item = &'a str>) {
        for pseudonym in pseudonyms {
            secret(&mut self.patterns, pseudonym, "pseudonyme");
        }
        self.patterns.seal();
    }

    /// Adds a secret key, as bytes and in the ways bytes are written.
    pub fn key(&mut self, key: &[u8]) {
        use std::fmt::Write as _;
        let mut hexadecimal = String::new();
        for byte in key {
            // Writing to a string cannot fail.
            let _written = write!(hexadecimal, "{byte:02x}");
        }
        secret(&mut self.patterns, &hexadecimal, "cle");
        self.patterns.seal();
        for signs in ["+/", "-_"] {
            self.keys.push(encoded::to_base64(key, signs).into_bytes());
        }
        self.keys.push(key.to_owned());
    }
}

/// The whole of a cell, and each of several names that it holds. What a person reviewed as a whole holds none.
fn several(public: &Public, text: &str, kind: &'static str) -> Vec<(Words, Rule)> {
    let whole = Words::of(text);
    let mut parts = if public.is_reviewed(whole.whole()) { Vec::new() } else { parts::of(text) };
    // Said beside a name, the park is where it lies.
    parts.retain(|part| !public.is_named_as_place(part.whole()));
    let parts = parts.into_iter().map(|part| (part, Rule::part(kind)));
    std::iter::once((whole, Rule::name(kind))).chain(parts).collect()
}

fn name(patterns: &mut Patterns, public: &Public, words: &Words, rule: Rule) {
    phrase(patterns, public, words, rule);
    if public.is_reviewed(words.whole()) {
        return;
    }
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let start = words.texts.iter().take_while(|word| is(ARTICLES, word)).count();
    let tail = words.texts.iter().rev().take_while(|word| is(LEGAL_FORMS, word) || is(LETTERS, word)).count();
    let end = words.len() - tail;
    if start < end && end - start < words.len() {
        phrase(patterns, public, &words.slice(start..end), rule);
    }
    for end in [end, words.len()] {
        if start < end {
            joined(patterns, public, &words.slice(start..end), rule);
        }
    }
}

fn contact(patterns: &mut Patterns, public: &Public, text: &str, kind: &'static str) {
    for part in text.split([',', ';', '(', ')', '/', '|', '\n']) {
        person(patterns, public, &Words::of(part), Rule::name(kind));
    }
    for (words, rule) in several(public, text, kind) {
        person(patterns, public, &words, rule);
        // Without its title, one word is as doubtful as one of several.
        person(patterns, public, &parts::untitled(&words), Rule::part(kind));
    }
}

fn person(patterns: &mut Patterns, public: &Public, words: &Words, rule: Rule) {
    // A post alone is nobody.
    if parts::untitled(words).len() == 0 {
        return;
    }
    let start = words.texts.iter().take_while(|word| ARTICLES.contains(&word.as_str())).count();
    let words = words.slice(start..words.len());
    phrase(patterns, public, &words, rule);
    joined(patterns, public, &words, rule);
    // The family name may come first, and have two words, as a first name has.
    if words.len() <= TELLING_RUN {
        for turn in 1..words.len() {
            let turned = [&words.texts[turn..], &words.texts[..turn]].concat().join(" ");
            phrase(patterns, public, &Words::of(&turned), rule);
        }
    }
}

/// Street with number, and postal code; a town alone is no secret.
fn address(patterns: &mut Patterns, public: &Public, text: &str, kind: &'static str) {
    let has_digit = |word: &String| word.bytes().any(|byte| byte.is_ascii_digit());
    let words = Words::of(text);
    if words.len() > 4 || words.texts.iter().any(has_digit) {
        phrase(patterns, public, &words, Rule::address(kind));
    }
    let mut number = String::new();
    for part in text.split([',', ';', '(', ')', '\n']) {
        // `1234, rue …`: a number belongs to what comes next.
        let street = format!("{number} {part}");
        for words in [Words::of(part), Words::of(&street)] {
            if words.len() > 1 && words.texts.iter().any(has_digit) {
                phrase(patterns, public, &words, Rule::address(kind));
            }
        }
        let is_number = Words::of(&street).texts.iter().all(|word| has_digit(word) || letters(word) == 1);
        number = if is_number { street } else { String::new() };
    }
    for start in 0..words.len() {
        let whole = words.texts[start].clone();
        let pair = words.texts.get(start..start + 2).map(<[String]>::concat).unwrap_or_default();
        for (code, length) in [(whole, 1), (pair, 2)] {
            if is_postal_code(&code) && !public.has_run(words.slice(start..start + length).whole()) {
                secret(patterns, &code, kind);
                secret(patterns, &format!("{} {}", &code[..3], &code[3..]), kind);
            }
        }
    }
}

/// `A1A1A1`, folded.
fn is_postal_code(code: &str) -> bool {
    code.len() == 6
        && code.bytes().enumerate().all(|(place, byte)| {
            if place % 2 == 0 { byte.is_ascii_lowercase() } else { byte.is_ascii_digit() }
        })
}

/// A coordinate finer than a hundred metres, unless a park lies there.
fn coordinate(patterns: &mut Patterns, public: &Public, text: &str, kind: &'static str) {
    let words = Words::of(text);
    let is_fine = words.len() == 2 && words.texts[1].len() >= 4;
    if is_fine && !public.has_run(words.whole()) {
        secret(patterns, &words.texts.join(" "), kind);
    }
}
