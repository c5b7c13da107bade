//! Names that an operator gives to things: of the pipeline, parks, models, columns and units. They are published,
//! so the gate looks at them as at titles. Only those of the product itself make their words public.

use super::gate::Written;
use crate::config::{Pipeline, Settings};
use crate::indicators::Model;
use crate::model::{Park, ParkCode, Relation};
use std::collections::BTreeMap;

/// Models, columns and units that come with the product; its pages speak of some of them.
pub(super) const OWN: &[&str] = &[
    "entreprises",
    "effets",
    "flux_par_parc",
    "flux_par_secteur",
    "flux_par_type",
    "maillages_potentiels",
    "potentiel",
    "synergies",
    "categorie",
    "parc",
    "parc_extrant",
    "parc_intrant",
    "secteur",
    "sens",
    "statut",
    "type",
    "voie",
    "cout_cents_bas",
    "cout_cents_haut",
    "ges_kg_bas",
    "ges_kg_haut",
    "kg_an",
    "nombre",
    "cents CAD/an",
    "kg CO2e/an",
    "kg/an",
];

/// Every name, with its place. What is not the product's own is named by its number where it is a file or a
/// code: a message must not say it.
pub(super) fn written(pipeline: &Pipeline, models: &[Model]) -> Vec<Written> {
    let mut written =
        vec![Written::new("`name` in `pipeline.toml`".to_owned(), &pipeline.settings.name, true)];
    for (park, number) in pipeline.parks.iter().zip(1..) {
        written.push(Written::new(format!("`code` of park {number}"), park.code.as_str(), true));
    }
    for (dataset, number) in models.iter().map(|model| &model.dataset).zip(1..) {
        let place = format!("the file name of model {number} of `models/`, in the order of their names");
        written.push(Written::new(place, &dataset.name, false));
        let kinds = [("dimension", &dataset.dimensions), ("measure", &dataset.measures)];
        for (kind, columns) in kinds {
            for (column, position) in columns.iter().zip(1..) {
                let place =
                    format!("{kind} {position} of model {number} of `models/`, in the order of their names");
                for text in std::iter::once(&column.name).chain(&column.unit) {
                    written.push(Written::new(place.clone(), text, false));
                }
            }
        }
    }
    written
}

/// The models under names that say nothing, but for the product's own.
pub(super) fn hidden(models: &[Model]) -> Vec<Model> {
    let mut names = Names::default();
    let mut hidden = models.to_vec();
    for model in &mut hidden {
        names.hide(&mut model.dataset.name);
        for column in model.dataset.dimensions.iter_mut().chain(&mut model.dataset.measures) {
            names.hide(&mut column.name);
            if let Some(Relation::Factor(base) | Relation::Below(base) | Relation::Above(base)) =
                &mut column.relation
            {
                names.hide(base);
            }
            if let Some(unit) = &mut column.unit {
                names.hide(unit);
            }
        }
        for ceiling in &mut model.ceilings {
            for name in [&mut ceiling.measure, &mut ceiling.table, &mut ceiling.other, &mut ceiling.dimension]
            {
                names.hide(name);
            }
        }
    }
    hidden
}

/// Takes the names of the pipeline and its parks out of what a blank release says.
pub(super) fn hide(settings: &mut Settings, parks: &mut [Park]) {
    let mut names = Names::default();
    names.hide(&mut settings.name);
    for park in parks {
        let mut code = park.code.as_str().to_owned();
        names.hide(&mut code);
        // Letters and a number are a code.
        if let Some(code) = ParkCode::new(&code) {
            park.code = code;
        }
    }
}

/// Names that say nothing, by what they stand for.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn hide(&mut self, name: &mut String) {
        if !OWN.contains(&name.as_str()) {
            let next = format!("x{}", self.0.len());
            *name = self.0.entry(name.clone()).or_insert(next).clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;
    use crate::indicators::parse;
    use crate::model::Relation;

    #[test]
    fn only_the_products_own_names_stay() {
        let header = "-- title_fr: P\n-- title_en: P\n-- description_fr: P.\n-- description_en: P.\n\
            -- dimension parc: C | C\n-- dimension zebrulax: C | C\n-- measure kg_an [kg/an]: M | M\n\
            -- measure ges [mogantine] from kg_an: M | M\n-- measure masse [kg/an]: M | M\n\
            -- measure part [kg/an] below masse: M | M\n-- contributors: groupe\nSELECT 1";
        let models = [parse("zebrulax", header).unwrap(), parse("flux_par_parc", header).unwrap()];
        let hidden = hidden(&models);
        let names: Vec<&str> = hidden.iter().map(|model| model.dataset.name.as_str()).collect();
        assert_eq!(names, ["x0", "flux_par_parc"]);
        let dataset = &hidden[1].dataset;
        let dimensions: Vec<&str> = dataset.dimensions.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(dimensions, ["parc", "x0"]);
        assert_eq!(dataset.measures[0].name, "kg_an");
        assert_eq!(dataset.measures[1].relation, Some(Relation::Factor("kg_an".to_owned())));
        assert!(dataset.measures[1].unit.as_deref().is_some_and(|unit| unit.starts_with('x')));
        assert_eq!(dataset.measures[3].relation, Some(Relation::Below(dataset.measures[2].name.clone())));
    }
}
