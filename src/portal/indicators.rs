//! Indicators with their formulas, factors and sources.

use super::Site;
use super::labels::Labels;
use super::render::Page;
use super::table::{Row, grid};
use super::view::{self, View};
use crate::disclosure::Published;
use serde_json::{Value, json};

pub(super) fn page(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Page {
    let language = labels.language;
    let factors: Vec<Value> = site
        .factors
        .iter()
        .map(|factor| {
            let (low, high, unit) = if factor.unit == "cents CAD/t" {
                (
                    language.whole(factor.low / 100),
                    language.whole(factor.high / 100),
                    language.pick("$/t", "CAD/t"),
                )
            } else {
                (language.whole(factor.low), language.whole(factor.high), factor.unit.as_str())
            };
            let applies_to: Vec<String> =
                factor.applies_to.split(", ").map(|code| labels.code(code)).collect();
            json!({
                "applies_to": applies_to.join(", "),
                "low": low,
                "high": high,
                "unit": unit,
                "derivation": language.pick(&factor.derivation[0], &factor.derivation[1]),
                "source": language.pick(&factor.source[0], &factor.source[1]),
            })
        })
        .collect();
    Page {
        path: "indicateurs.html".to_owned(),
        section: "indicateurs",
        template: "indicators.html",
        context: json!({ "effects": whole_table(view, labels, "effets"), "factors": factors }),
    }
}

/// A table as it is published, but for crossings of which nothing is.
fn whole_table(view: &View<'_>, labels: &Labels<'_>, name: &str) -> Option<Value> {
    rows(view, labels, name, |codes, says_something| says_something || codes <= 1)
}

/// The first rows that say something, margins first.
pub(super) fn preview(view: &View<'_>, labels: &Labels<'_>, name: &str, most: usize) -> Option<Value> {
    let mut left = most;
    rows(view, labels, name, |codes, says_something| {
        let is_in = left > 0 && (says_something || codes == 0);
        left -= usize::from(is_in);
        is_in
    })
}

/// The rows for which `is_in` holds, given how many codes are no margins and whether a value is
/// published.
fn rows(
    view: &View<'_>,
    labels: &Labels<'_>,
    name: &str,
    mut is_in: impl FnMut(usize, bool) -> bool,
) -> Option<Value> {
    let language = labels.language;
    let table = view.table(name)?;
    let dataset = view.datasets.iter().find(|dataset| dataset.name == name)?;
    let mut ordered: Vec<_> = table.rows().iter().collect();
    ordered.sort_by_key(|row| {
        row.dimensions().iter().map(|code| (code != "Total", code.clone())).collect::<Vec<_>>()
    });
    let rows: Vec<Row> = ordered
        .into_iter()
        .filter(|row| {
            let codes = row.dimensions().iter().filter(|code| *code != "Total").count();
            is_in(codes, row.values().iter().any(|value| matches!(value, Published::Value(_))))
        })
        .map(|row| {
            let cells = row.values().iter().zip(row.days()).zip(&dataset.measures);
            Row::new(
                row.dimensions().iter().map(|code| labels.code(code)).collect(),
                cells
                    .map(|((value, day), column)| {
                        let shown = view::amount(*value, column.unit.as_deref(), language);
                        view.of_day(shown, *day, language)
                    })
                    .collect(),
                row.dimensions().iter().all(|code| code == "Total"),
            )
        })
        .collect();
    let heads: Vec<String> = dataset
        .dimensions
        .iter()
        .map(|column| labels.column(column).to_owned())
        .chain(dataset.measures.iter().map(|column| {
            format!("{} ({})", labels.column(column), view::unit(column.unit.as_deref(), language))
        }))
        .collect();
    Some(grid(labels.title(dataset), &heads, dataset.dimensions.len(), &rows, false))
}
