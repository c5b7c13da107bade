//! Synthetic flows of any number: a fifth as many companies, uneven like life, no clock and no
//! randomness, so that two machines measure the same bytes.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Everyday words with their category; the amounts and companies are drawn beside them.
const MATERIALS: [(&str, &str); 22] = [
    ("palettes de bois brisées", "Bois"),
    ("sciures et planures", "Bois"),
    ("retailles de contreplaqué", "Bois"),
    ("carton ondulé en ballots", "Carton et papier"),
    ("papier de bureau déchiqueté", "Carton et papier"),
    ("drêches de brasserie", "Matières organiques"),
    ("pain invendu", "Matières organiques"),
    ("boues de lavage de légumes", "Matières organiques"),
    ("retailles d’acier doux", "Métaux"),
    ("tournures d’aluminium", "Métaux"),
    ("béton concassé", "Minéraux non métalliques"),
    ("retailles de gypse", "Minéraux non métalliques"),
    ("cendres de biomasse", "Minéraux non métalliques"),
    ("pellicule étirable", "Plastiques, caoutchoucs et autres polymères"),
    ("barils de plastique de 200 L", "Plastiques, caoutchoucs et autres polymères"),
    ("pneus usés", "Plastiques, caoutchoucs et autres polymères"),
    ("soude usée", "Produits chimiques"),
    ("solvants de nettoyage", "Produits chimiques"),
    ("retailles de coton", "Textile"),
    ("verre plat cassé", "Verre"),
    ("meubles de bureau", "Produits, composants, matériaux mixtes et composites"),
    ("équipements électroniques", "Produits, composants, matériaux mixtes et composites"),
];
const PARKS: [&str; 3] = ["beauport", "canardiere", "port"];
const DESTINATIONS: [&str; 4] = ["enfouissement", "recyclage", "inconnue", "incineration"];

/// Writes a pipeline folder that reads `flows` rows; gives the path of its csv.
pub(crate) fn pipeline(folder: &Path, flows: usize) -> PathBuf {
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in ["inputs", "mappings", "models"] {
        fs::create_dir_all(folder.join(part)).unwrap();
    }
    let models = home.join("pipelines/capitale-nationale/models");
    for model in fs::read_dir(models).unwrap() {
        let path = model.unwrap().path();
        fs::copy(&path, folder.join("models").join(path.file_name().unwrap())).unwrap();
    }
    fs::write(folder.join("pipeline.toml"), SETTINGS).unwrap();
    fs::write(folder.join("mappings/flux.toml"), MAPPING).unwrap();
    let csv = folder.join("inputs/flux.csv");
    fs::write(&csv, rows(flows)).unwrap();
    csv
}

fn rows(flows: usize) -> String {
    let mut draw = Draw(20_260_115);
    let companies = (flows / 5).max(30);
    let mut text = String::from(
        "entreprise,parc,scian,sens,type,categorie,description,quantite,unite,frequence,destination,debut,fin\n",
    );
    for _ in 0..flows {
        // The square makes some companies large and most of them small.
        let company = draw.below(1_000_000) * draw.below(companies) / 1_000_000;
        let (description, category) = MATERIALS[draw.below(MATERIALS.len())];
        let park = PARKS[company % PARKS.len()];
        let direction = if draw.below(10) < 6 { "extrant" } else { "intrant" };
        let lot = draw.below(9);
        let quantity = if draw.below(2) == 0 { String::new() } else { (1 + draw.below(900)).to_string() };
        let destination = DESTINATIONS[draw.below(DESTINATIONS.len())];
        let sector = 311 + company % 28;
        writeln!(
            text,
            "Entreprise synthétique {company},{park},{sector},{direction},matiere,\"{category}\",\
             \"{description}, lot {lot}\",{quantity},t,an,{destination},2026-01-01,2026-12-31"
        )
        .unwrap();
    }
    text
}

/// A linear congruential generator (constants of Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

const SETTINGS: &str = concat!(
    r#"name = "bench"
synthetic = true

[[sources]]
name = "flux"
records = "flows"
files = ["inputs/flux.csv"]
mapping = "mappings/flux.toml"
quiet_seconds = 0

[[parks]]
code = "canardiere"
name = { fr = "Canardière", en = "Canardière" }
latitude = 46.83
longitude = -71.22

[[parks]]
code = "port"
name = { fr = "Port", en = "Port" }
latitude = 46.82
longitude = -71.20

[limits]
warning_percent = 100

"#,
    include_str!("../tests/trial.toml")
);

const MAPPING: &str = r#"[columns]
"entreprise" = "nom"
"parc" = "parc"
"scian" = "scian"
"sens" = "sens"
"type" = "type"
"categorie" = "categorie"
"description" = "description"
"quantite" = "quantite"
"unite" = "unite"
"frequence" = "frequence"
"destination" = "destination_actuelle"
"debut" = "disponible_du"
"fin" = "disponible_au"
"#;
