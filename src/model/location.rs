//! Where something was read.

use super::Confidential;
use std::sync::Arc;

/// The place of a row in what arrived.
///
/// `file` and `sheet` may hold a company's name (one sheet a visit), so they go to the
/// private state only; `source` and `row` may be shown. Rows of one sheet share their names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    /// Name of the source in `pipeline.toml`.
    pub source: Arc<str>,
    /// File name, or page of a platform export.
    pub file: Confidential<Arc<str>>,
    /// Sheet of a workbook; none for csv and json.
    pub sheet: Option<Confidential<Arc<str>>>,
    /// Row as a person counts it, from 1; for json, the position in the array, from 1.
    /// 0 stands for the sheet as a whole.
    pub row: u32,
}

impl Location {
    /// What may be shown anywhere: `source:row`.
    #[must_use]
    pub fn public(&self) -> String {
        format!("{}:{}", self.source, self.row)
    }

    /// File, sheet and row (or, with a column, cell address), for the private state only.
    #[must_use]
    pub fn private(&self, column: Option<&str>) -> String {
        let place = match column {
            Some(letters) if letters.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                format!("{letters}{}", self.row)
            }
            Some(path) => format!("{} {path}", self.row),
            None => self.row.to_string(),
        };
        if self.row == 0 {
            let sheet = self.sheet.as_ref().map(|sheet| format!("!{}", sheet.reveal()));
            return format!("{}{}", self.file.reveal(), sheet.unwrap_or_default());
        }
        match &self.sheet {
            Some(sheet) => format!("{}!{}!{place}", self.file.reveal(), sheet.reveal()),
            None => format!("{}!{place}", self.file.reveal()),
        }
    }
}
