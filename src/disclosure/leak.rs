//! The gate: no name, contact, number, address or free text of the input in any published byte.

use crate::model::{Field, RawRow, fold};
use std::collections::BTreeSet;

/// Shorter words are ordinary ones; a company called "Bois" cannot be told from the material.
const SHORTEST_NAME: usize = 6;
/// Digit runs from this length on are looked for as digits: NEQ and telephones have ten.
const SHORTEST_NUMBER: usize = 9;
/// Free text counts from this many words on: shorter texts are the vocabulary of the portal.
const SHORTEST_TEXT: usize = 4;

/// A confidential text found in a file. It never holds the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The file.
    pub path: String,
    /// What kind of text.
    pub kind: &'static str,
}

/// What must not be published, folded.
#[derive(Default)]
pub struct Canaries {
    words: BTreeSet<(String, &'static str)>,
    digits: BTreeSet<String>,
}

impl Canaries {
    /// Gathers every confidential cell and every cell in a column that no mapping names.
    /// `public` are texts that settings publish anyway, such as the names of parks.
    #[must_use]
    pub fn collect(rows: &[RawRow], public: &[String]) -> Self {
        let public: BTreeSet<String> = public.iter().map(|text| fold(text)).collect();
        let mut canaries = Self::default();
        for row in rows {
            for (field, cell) in &row.cells {
                if field.is_confidential() && !matches!(field, Field::Latitude | Field::Longitude) {
                    canaries.add(*field, &cell.value.reveal(), &public);
                }
            }
            for cell in &row.unmapped {
                canaries.add(Field::Note, &cell.value.reveal(), &public);
            }
        }
        canaries
    }

    fn add(&mut self, field: Field, text: &str, public: &BTreeSet<String>) {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let letters = text.chars().filter(|character| character.is_alphabetic()).count();
        if digits.len() >= SHORTEST_NUMBER && letters < digits.len() {
            self.digits.insert(digits);
        }
        let folded = fold(text);
        let is_free =
            matches!(field, Field::Description | Field::Note | Field::Conditions | Field::AbandonReason);
        let is_long = if is_free {
            folded.split(' ').count() >= SHORTEST_TEXT
        } else {
            folded.len() >= SHORTEST_NAME && letters > 0
        };
        if is_long && !public.contains(&folded) {
            self.words.insert((format!(" {folded} "), field.code()));
        }
    }

    /// Looks through one file. Parquet is decoded first: its pages are compressed.
    #[must_use]
    pub fn scan(&self, path: &str, bytes: &[u8]) -> Vec<Leak> {
        let mut texts = vec![path.to_owned(), String::from_utf8_lossy(bytes).into_owned()];
        if bytes.starts_with(b"PAR1") {
            match decoded(bytes) {
                Some(text) => texts.push(text),
                None => return vec![Leak { path: path.to_owned(), kind: "unreadable" }],
            }
        } else {
            texts.push(without_tags(&texts[1]));
        }
        let mut kinds = BTreeSet::new();
        for text in &texts {
            let folded = format!(" {} ", fold(text));
            kinds.extend(self.words.iter().filter(|(word, _)| folded.contains(word)).map(|(_, kind)| *kind));
            // Checksums hold chance runs of digits, so a run counts only with nothing hexadecimal around it.
            let runs: BTreeSet<&str> = text
                .split(|character: char| !character.is_ascii_alphanumeric())
                .filter(|run| run.bytes().all(|byte| byte.is_ascii_digit()))
                .collect();
            if self.digits.iter().any(|digits| runs.contains(digits.as_str())) {
                kinds.insert("number");
            }
        }
        kinds.into_iter().map(|kind| Leak { path: path.to_owned(), kind }).collect()
    }
}

fn without_tags(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut inside = false;
    for character in text.chars() {
        match character {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => plain.push(character),
            _ => {}
        }
    }
    plain
}

/// Every text column and every key-value entry of a Parquet file.
fn decoded(bytes: &[u8]) -> Option<String> {
    use arrow::array::AsArray as _;
    use arrow::datatypes::DataType;
    let builder = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(
        bytes::Bytes::copy_from_slice(bytes),
    )
    .ok()?;
    let mut text = String::new();
    for entry in builder.metadata().file_metadata().key_value_metadata().into_iter().flatten() {
        text.push_str(entry.value.as_deref().unwrap_or_default());
        text.push('\n');
    }
    for batch in builder.build().ok()? {
        let batch = batch.ok()?;
        for column in batch.columns() {
            let column = arrow::compute::cast(column, &DataType::Utf8).ok()?;
            for value in column.as_string::<i32>().iter().flatten() {
                text.push_str(value);
                text.push('\n');
            }
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::Canaries;
    use crate::model::{Cell, Confidential, Field, Location, RawCell, RawRow, Subject};

    fn canaries() -> Canaries {
        let cell = |text: &str| RawCell {
            value: Cell::text(text),
            column: "A".to_owned(),
            header: "A".to_owned(),
            unit_in_header: None,
        };
        let cells = [
            (Field::Name, cell("Métallurgie Canari inc.")),
            (Field::EnterpriseNumber, cell("1199000042")),
            (Field::Telephone, cell("418 555-0142")),
            (Field::Description, cell("retailles de sapin très sèches")),
            (Field::Park, cell("Beauport")),
        ];
        let row = RawRow {
            location: Location {
                source: "s".to_owned(),
                file: Confidential::new(String::new()),
                sheet: None,
                row: 1,
            },
            cells: cells.into_iter().collect(),
            unmapped: vec![cell("Ne pas rappeler madame Serin")],
            hidden: false,
            subject: Subject::Flows,
            declared_on: None,
        };
        Canaries::collect(&[row], &[])
    }

    #[test]
    fn finds_names_numbers_and_free_text_whatever_the_case_accents_and_tags() {
        for (bytes, kind) in [
            ("<p>METALLURGIE <b>Canari</b>, inc</p>", "nom"),
            ("{\"a\": \"1199000042\"}", "number"),
            ("tel:4185550142", "number"),
            ("Retailles de sapin, tres seches.", "description"),
            ("ne pas rappeler MADAME serin", "note"),
        ] {
            let leaks = canaries().scan("page.html", bytes.as_bytes());
            assert!(leaks.iter().any(|leak| leak.kind == kind), "{bytes}: {leaks:?}");
        }
        assert_eq!(canaries().scan("metallurgie-canari-inc.html", b"").len(), 1);
    }

    #[test]
    fn lets_public_words_and_checksums_pass() {
        assert_eq!(canaries().scan("page.html", b"Beauport, bois, ab1199000042cd"), []);
    }

    #[test]
    fn a_parquet_file_that_cannot_be_read_does_not_pass() {
        assert_eq!(canaries().scan("a.parquet", b"PAR1 nonsense")[0].kind, "unreadable");
    }
}
