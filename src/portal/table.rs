//! Tables as the templates take them.

use super::view::Shown;
use serde_json::{Value, json};

/// One row: its headings and its cells.
pub(super) struct Row {
    pub(super) heads: Vec<String>,
    pub(super) cells: Vec<(Shown, u8)>,
    pub(super) is_total: bool,
}

impl Row {
    /// A row without shades.
    pub(super) fn new(heads: Vec<String>, cells: Vec<Shown>, is_total: bool) -> Self {
        Self { heads, cells: cells.into_iter().map(|cell| (cell, 0)).collect(), is_total }
    }
}

/// A grid with a caption; the first `text_columns` columns are words, the others numbers.
pub(super) fn grid(
    caption: &str,
    heads: &[String],
    text_columns: usize,
    rows: &[Row],
    is_matrix: bool,
) -> Value {
    let heads: Vec<Value> = heads
        .iter()
        .enumerate()
        .map(|(position, text)| json!({ "text": text, "number": position >= text_columns }))
        .collect();
    let rows: Vec<Value> = rows
        .iter()
        .map(|row| {
            let cells: Vec<Value> = row
                .cells
                .iter()
                .map(|(cell, heat)| json!({ "text": cell.dated(), "word": cell.is_word, "heat": heat }))
                .collect();
            json!({ "heads": row.heads, "cells": cells, "total": row.is_total })
        })
        .collect();
    json!({ "caption": caption, "head": heads, "rows": rows, "matrix": is_matrix })
}

/// Plain text in a cell.
pub(super) fn plain(text: impl Into<String>) -> Shown {
    Shown { text: text.into(), day: String::new(), is_word: false, value: None }
}
