//! A page a dataset: files, dictionary, preview, snippets, citation.

use super::labels::Labels;
use super::render::Page;
use super::table::{Row, grid, plain};
use super::view::{self, View};
use super::{Site, indicators};
use crate::model::{Dataset, Relation};
use serde_json::{Value, json};

/// Rows of a preview.
const PREVIEW: usize = 12;

pub(super) fn pages(view: &View<'_>, labels: &Labels<'_>, site: &Site) -> Vec<Page> {
    let language = labels.language;
    let items: Vec<Value> = view
        .datasets
        .iter()
        .map(|dataset| {
            json!({ "href": format!("{}.html", dataset.name), "label": labels.title(dataset), "note": labels.description(dataset) })
        })
        .collect();
    let list = Page {
        path: "jeux/index.html".to_owned(),
        section: "jeux",
        template: "list.html",
        context: json!({
            "heading": language.pick("Les données", "The data"),
            "lead": language.pick(
                "Parquet et CSV, avec un dictionnaire, des sommes de contrôle et une version qui ne change plus.",
                "Parquet and CSV, with a dictionary, checksums and a release that no longer changes.",
            ),
            "items": items,
        }),
    };
    let each = view.datasets.iter().map(|dataset| Page {
        path: format!("jeux/{}.html", dataset.name),
        section: "jeux",
        template: "dataset.html",
        context: json!({
            "dataset": { "name": dataset.name, "title": labels.title(dataset), "description": labels.description(dataset) },
            "files": files(dataset, labels, site),
            "dictionary": dictionary(dataset, labels),
            "preview": indicators::preview(view, labels, &dataset.name, PREVIEW),
            "snippets": snippets(dataset, site),
            "citation": citation(dataset, labels, site),
        }),
    });
    std::iter::once(list).chain(each).collect()
}

fn files(dataset: &Dataset, labels: &Labels<'_>, site: &Site) -> Vec<Value> {
    let of_dataset = site.files.iter().filter(|file| file.dataset == dataset.name);
    of_dataset
        .map(|file| {
            let bytes = i64::try_from(file.bytes).unwrap_or(i64::MAX);
            json!({
                "path": file.path,
                "format": file.format.to_uppercase(),
                "size": format!("{}\u{a0}{}", labels.language.thousandths(bytes), labels.language.pick("ko", "kB")),
                "sha256": file.sha256,
            })
        })
        .collect()
}

fn dictionary(dataset: &Dataset, labels: &Labels<'_>) -> Value {
    let language = labels.language;
    let (text, integer) = (language.pick("texte", "text"), language.pick("entier", "integer"));
    let row = |name: String, cells: [&str; 4]| Row::new(vec![name], cells.map(plain).to_vec(), false);
    let dimensions = dataset.dimensions.iter().map(|column| {
        let meaning = language.pick(
            "Code; Total sur une marge, inconnu quand l’entrée ne le dit pas",
            "Code; Total on a margin, inconnu when the entry does not say",
        );
        row(column.name.clone(), [labels.column(column), text, "", meaning])
    });
    let measures = dataset.measures.iter().map(|column| {
        let unit = view::file_unit(column.unit.as_deref().unwrap_or_default(), language);
        let meaning = match column.relation.as_ref().map(Relation::base) {
            Some(base) => language.say(
                &format!("Calculée à partir de {base}; vide quand le statut n’est pas publie"),
                &format!("Computed from {base}; empty when the status is not publie"),
            ),
            None => {
                language.say("Vide quand le statut n’est pas publie", "Empty when the status is not publie")
            }
        };
        row(column.name.clone(), [labels.column(column), integer, &unit, &meaning])
    });
    let statuses = dataset.measures.iter().map(|column| {
        let title =
            language.say(&format!("Statut de {}", column.name), &format!("Status of {}", column.name));
        let meaning = language.pick(
            "publie, confidentiel (retenue) ou inconnu (personne ne l’a donnée)",
            "publie (published), confidentiel (withheld) or inconnu (nobody gave it)",
        );
        row(format!("statut_{}", column.name), [&title, text, "", meaning])
    });
    let meaning = language.pick(
        "Jour jusqu’auquel les valeurs de la ligne comprennent tous les changements",
        "Day up to which the values of the row take every change into account",
    );
    let day = row(
        crate::model::DAY.to_owned(),
        [language.pick("Valeur du", "Value of"), language.pick("date", "date"), "", meaning],
    );
    let rows: Vec<Row> = dimensions.chain(measures).chain(statuses).chain([day]).collect();
    let heads = [
        language.say("Colonne", "Column"),
        language.say("Titre", "Title"),
        language.say("Type", "Type"),
        language.say("Unité", "Unit"),
        language.say("Sens", "Meaning"),
    ];
    grid(language.pick("Colonnes", "Columns"), &heads, heads.len(), &rows, false)
}

fn snippets(dataset: &Dataset, site: &Site) -> Vec<Value> {
    let address = format!("{}releases/{}/donnees/{}", site.base_url, site.release, dataset.name);
    let each = [
        ("DuckDB", format!("SELECT * FROM '{address}.parquet';")),
        ("Python, pandas", format!("import pandas\ntable = pandas.read_parquet(\"{address}.parquet\")")),
        ("Python, polars", format!("import polars\ntable = polars.read_parquet(\"{address}.parquet\")")),
        ("R", format!("table <- read.csv(\"{address}.csv\")")),
    ];
    each.map(|(tool, code)| json!({ "tool": tool, "code": code })).to_vec()
}

fn citation(dataset: &Dataset, labels: &Labels<'_>, site: &Site) -> String {
    format!(
        "{}, {}, {} {}, {}, {}releases/{}/",
        site.publisher,
        labels.language.say(
            &format!("«\u{a0}{}\u{a0}»", labels.title(dataset)),
            &format!("“{}”", labels.title(dataset)),
        ),
        labels.language.pick("version", "release"),
        site.release,
        labels.language.date(site.as_of),
        site.base_url,
        site.release
    )
}
