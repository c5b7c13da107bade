//! What is said of a file or a sheet while it is read.

use super::table::letters;
use crate::model::{Confidential, Finding, FindingKind, Location, Severity, texts};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::str::FromStr as _;

/// One remark; the sheet is the one that is being read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Remark {
    /// What kind.
    #[serde(serialize_with = "code", deserialize_with = "kind")]
    pub(super) kind: FindingKind,
    /// Row as a person counts it; 0 for the whole sheet.
    pub(super) row: u32,
    /// Column from 0.
    pub(super) column: Option<u32>,
    /// Count or form, appended to the message: never what a cell holds.
    pub(super) detail: String,
}

impl Remark {
    /// About a whole sheet or file.
    pub(super) const fn whole(kind: FindingKind, detail: String) -> Self {
        Self { kind, row: 0, column: None, detail }
    }

    /// About one cell.
    pub(super) const fn at(kind: FindingKind, row: u32, column: u32) -> Self {
        Self { kind, row, column: Some(column), detail: String::new() }
    }

    /// As a finding about a source; `sheet` is none for csv and json.
    pub(super) fn finding(&self, source: &str, file: &str, sheet: Option<&str>) -> Finding {
        let texts = texts(self.kind);
        let said = |text: &'static str| match self.detail.as_str() {
            "" => text.into(),
            detail => format!("{text} ({detail})").into(),
        };
        Finding {
            severity: severity(self.kind),
            kind: self.kind,
            location: Location {
                source: source.into(),
                file: Confidential::new(file.into()),
                sheet: sheet.filter(|name| !name.is_empty()).map(|name| Confidential::new(name.into())),
                row: self.row,
            },
            column: self.column.map(letters),
            field: None,
            read: Confidential::new(String::new()),
            message_fr: said(texts.message_fr),
            message_en: said(texts.message_en),
            repair_fr: texts.repair_fr.into(),
            repair_en: texts.repair_en.into(),
        }
    }
}

const fn severity(kind: FindingKind) -> Severity {
    match kind {
        FindingKind::SkippedSheet
        | FindingKind::HiddenSheet
        | FindingKind::HiddenRows
        | FindingKind::HiddenColumns
        | FindingKind::FarCells
        | FindingKind::DuplicateFile
        | FindingKind::ReturnedFile
        | FindingKind::LockFile
        | FindingKind::ForeignFile
        | FindingKind::GuessedDialect
        | FindingKind::WrappedLines => Severity::Note,
        _ => Severity::Warning,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn code<S: Serializer>(kind: &FindingKind, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.code())
}

fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FindingKind, D::Error> {
    let code = String::deserialize(deserializer)?;
    FindingKind::from_str(&code).map_err(|_| serde::de::Error::custom("unknown kind"))
}

/// Remarks with an address that one sheet may make of one kind; the others are counted.
const MOST_OF_A_KIND: u64 = 50;

/// Keeps the first remarks of each kind and counts the others.
#[derive(Debug, Default)]
pub(super) struct Tally(Vec<(FindingKind, u64)>);

impl Tally {
    /// Whether a further remark of the kind is still made.
    pub(super) fn admits(&mut self, kind: FindingKind) -> bool {
        let at = self.0.iter().position(|(known, _)| *known == kind).unwrap_or_else(|| {
            self.0.push((kind, 0));
            self.0.len() - 1
        });
        self.0[at].1 += 1;
        self.0[at].1 <= MOST_OF_A_KIND
    }

    /// One remark for each kind that had more; starts again.
    pub(super) fn rest(&mut self) -> Vec<Remark> {
        std::mem::take(&mut self.0)
            .into_iter()
            .filter(|(_, count)| *count > MOST_OF_A_KIND)
            .map(|(kind, count)| Remark::whole(kind, format!("+ {}", count - MOST_OF_A_KIND)))
            .collect()
    }
}
