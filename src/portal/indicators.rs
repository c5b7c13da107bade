//! Indicators with their formulas, factors and sources.

use super::Site;
use super::labels::Labels;
use super::render::Page;
use super::table::{Row, grid};
use super::view::{self, View};
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

/// Every row of a table as it is published.
pub(super) fn whole_table(view: &View<'_>, labels: &Labels<'_>, name: &str) -> Option<Value> {
    rows(view, labels, name, usize::MAX)
}

/// The first rows of a table, margins first.
pub(super) fn rows(view: &View<'_>, labels: &Labels<'_>, name: &str, most: usize) -> Option<Value> {
    let language = labels.language;
    let table = view.table(name)?;
    let dataset = view.datasets.iter().find(|dataset| dataset.name == name)?;
    let mut ordered: Vec<_> = table.rows().iter().collect();
    ordered.sort_by_key(|row| {
        row.dimensions().iter().map(|code| (code != "Total", code.clone())).collect::<Vec<_>>()
    });
    let rows: Vec<Row> = ordered
        .into_iter()
        .take(most)
        .map(|row| {
            let cells = row.values().iter().zip(&dataset.measures);
            Row::new(
                row.dimensions().iter().map(|code| labels.code(code)).collect(),
                cells.map(|(value, column)| view::amount(*value, column.unit.as_deref(), language)).collect(),
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
