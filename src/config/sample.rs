//! The pilot pipeline, carried by the program: what `maillage init` writes.
//!
//! Its workbooks and pages are synthetic and say so.

/// Puts files of the pilot's folder into the program under their path in it.
macro_rules! carried {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../../pipelines/capitale-nationale/", $path)))),*]
    };
}

/// Every file of the pilot: path below its folder, and bytes.
pub const SAMPLE: &[(&str, &[u8])] = carried![
    "inputs/ateliers-2026.xlsx",
    "inputs/plateforme-page-1.json",
    "inputs/plateforme-page-2.json",
    "inputs/suivi-synergies.xlsx",
    "inputs/visites-2026.ods",
    "mappings/ateliers.toml",
    "mappings/plateforme.toml",
    "mappings/suivi.toml",
    "mappings/visites.toml",
    "models/effets.sql",
    "models/entreprises.sql",
    "models/flux_par_parc.sql",
    "models/flux_par_secteur.sql",
    "models/flux_par_type.sql",
    "models/maillages_potentiels.sql",
    "models/potentiel.sql",
    "models/synergies.sql",
    "pipeline.toml",
];

#[cfg(test)]
mod tests {
    use super::SAMPLE;
    use std::fs;
    use std::path::Path;

    fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let path = format!("{below}{}", entry.file_name().to_str().unwrap());
            if entry.file_type().unwrap().is_dir() {
                walk(&entry.path(), &format!("{path}/"), found);
            } else {
                found.push(path);
            }
        }
    }

    #[test]
    fn the_list_and_the_folder_agree() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/capitale-nationale");
        let mut found = Vec::new();
        walk(&folder, "", &mut found);
        found.sort();
        let listed: Vec<&str> = SAMPLE.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed, found);
        for (path, bytes) in SAMPLE {
            assert_eq!(fs::read(folder.join(path)).unwrap(), *bytes, "{path}");
        }
    }
}
