//! The data dictionary, a Data Package v2 descriptor a language.

use super::rows::{STATUS_CONFIDENTIAL, STATUS_PUBLISHED, STATUS_UNKNOWN};
use crate::config::Settings;
use crate::model::{Column, DAY, Dataset, Relation};
use serde_json::{Value, json};

/// One file of the release's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDescription {
    /// Table that it holds.
    pub dataset: String,
    /// Path inside the release.
    pub path: String,
    /// `csv` or `parquet`.
    pub format: &'static str,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

pub(super) fn package(
    datasets: &[Dataset],
    files: &[FileDescription],
    settings: &Settings,
    release: &str,
    as_of: chrono::NaiveDate,
    language: &str,
) -> Value {
    let french = language == "fr";
    let publication = &settings.publication;
    let title = if french { &publication.title.fr } else { &publication.title.en };
    let description = if french { &publication.description.fr } else { &publication.description.en };
    let resources: Vec<Value> = files
        .iter()
        .filter_map(|file| {
            let dataset = datasets.iter().find(|dataset| dataset.name == file.dataset)?;
            Some(resource(dataset, file, french))
        })
        .collect();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": settings.name,
        "id": format!("{}releases/{release}/", publication.base_url),
        "title": title,
        "description": description,
        "version": release,
        "created": format!("{as_of}T00:00:00Z"),
        "licenses": [{ "name": publication.licence, "path": publication.licence_url }],
        "contributors": [{ "title": publication.publisher, "roles": ["publisher"] }],
        "resources": resources,
    })
}

fn resource(dataset: &Dataset, file: &FileDescription, french: bool) -> Value {
    let pick = |fr: &str, en: &str| if french { fr.to_owned() } else { en.to_owned() };
    let dimensions = dataset.dimensions.iter().map(|column| {
        json!({
            "name": column.name,
            "type": "string",
            "title": pick(&column.title_fr, &column.title_en),
            "description": pick(
                "Code; « Total » sur une marge, « inconnu » quand l’entrée ne le dit pas.",
                "Code; “Total” on a margin, “inconnu” when the entry does not say.",
            ),
            "constraints": { "required": true },
        })
    });
    let measures = dataset.measures.iter().map(|column| {
        json!({
            "name": column.name,
            "type": "integer",
            "title": pick(&column.title_fr, &column.title_en),
            "description": measure_description(column, french),
            "unit": column.unit,
        })
    });
    let statuses = dataset.measures.iter().map(|column| {
        json!({
            "name": format!("statut_{}", column.name),
            "type": "string",
            "title": pick("Statut de la valeur", "Status of the value"),
            "description": pick(
                "publie : la valeur est là; confidentiel : elle est retenue pour ne révéler aucune entreprise; inconnu : personne ne l’a donnée ou aucun facteur n’existe.",
                "publie: the value is there; confidentiel: withheld so that no company is revealed; inconnu: nobody gave it or no factor exists.",
            ),
            "constraints": { "required": true, "enum": [STATUS_PUBLISHED, STATUS_CONFIDENTIAL, STATUS_UNKNOWN] },
        })
    });
    let day = json!({
        "name": DAY,
        "type": "date",
        "title": pick("Valeur du", "Value of"),
        "description": pick(
            "Jour jusqu’auquel les valeurs publiées de la ligne comprennent tous les changements; plus ancien que la version quand un changement attend d’être mêlé à d’autres. Vide quand rien n’est publié.",
            "Day up to which the published values of the row take every change into account; older than the release where a change waits to be mixed with others. Empty when nothing is published.",
        ),
    });
    let fields: Vec<Value> = dimensions.chain(measures).chain(statuses).chain([day]).collect();
    let keys: Vec<&str> = dataset.dimensions.iter().map(|column| column.name.as_str()).collect();
    let mediatype = if file.format == "csv" { "text/csv" } else { "application/vnd.apache.parquet" };
    let mut resource = json!({
        "name": format!("{}-{}", dataset.name.replace('_', "-"), file.format),
        "title": pick(&dataset.title_fr, &dataset.title_en),
        "description": pick(&dataset.description_fr, &dataset.description_en),
        "path": file.path.rsplit('/').next(),
        "format": file.format,
        "mediatype": mediatype,
        "bytes": file.bytes,
        "hash": format!("sha256:{}", file.sha256),
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": fields,
            "primaryKey": keys,
            "missingValues": [""],
        },
    });
    if file.format == "csv"
        && let Some(resource) = resource.as_object_mut()
    {
        resource.insert("encoding".to_owned(), json!("utf-8"));
        resource.insert("dialect".to_owned(), json!({ "delimiter": ",", "header": true }));
    }
    resource
}

fn measure_description(column: &Column, french: bool) -> String {
    let unit = column.unit.as_deref().unwrap_or_default();
    match (column.relation.as_ref().map(Relation::base), french) {
        (None, true) => format!("Unité : {unit}. Vide quand le statut n’est pas « publie »."),
        (None, false) => format!("Unit: {unit}. Empty when the status is not “publie”."),
        (Some(base), true) => format!("Unité : {unit}. Calculée à partir de {base}."),
        (Some(base), false) => format!("Unit: {unit}. Computed from {base}."),
    }
}
