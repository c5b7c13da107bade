//! What a request refuses, or its use must not take, is in no plan.

use crate::matching::{done, pair, rows_of};
use std::fs;

#[test]
fn what_words_refuse_is_in_no_plan_and_what_they_leave_open_is() {
    for (offer, request, is_planned) in [
        ("carton ciré", "carton non ciré", false),
        ("carton mouillé", "carton sec", false),
        ("farine contenant du gluten", "farine sans gluten", false),
        ("sel de voirie", "sel de table", false),
        ("carton mouillé", "carton sec de préférence", true),
        ("carton avec cire", "carton, cire interdite", false),
        ("waxed cardboard", "cardboard, we don't want wax", false),
        ("huile de transformateur contenant des BPC", "huile usée pour chauffage, BPC prohibés", false),
        ("huile de transformateur contenant des BPC", "huile usée pour chauffage, BPC < 2 ppm", false),
        ("béton de démolition avec amiante", "béton pour remblai, amiante : non", false),
        ("acier galvanisé", "acier galvanisé ou non galvanisé", true),
        ("verre sans bouchons", "verre sans bouchon", true),
        ("pneus avec jantes", "pneus avec ou sans jante", true),
        ("drêche humide de microbrasserie", "drêche pour nourrir des vaches", true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let table = |text: &str, company: &str| {
            format!("entreprise,description,quantite,unite,frequence\n{company} synthétique,{text},5,t,an\n")
        };
        fs::write(path.join("o.csv"), table(offer, "Alpha")).unwrap();
        fs::write(path.join("d.csv"), table(request, "Delta")).unwrap();
        done(&pair(path, "o.csv", "d.csv", "m.csv"));
        let rows = rows_of(path, "m.csv");
        let planned = rows.iter().any(|row| row["kg_an_portefeuille"] == "5000");
        assert_eq!(planned, is_planned, "{offer} / {request}: {rows:?}");
    }
}
