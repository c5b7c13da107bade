//! Reads published CSV files back, as a stranger would: for the second program.

use super::rows::STATUS_PUBLISHED;
use super::{FOLDER, File};
use crate::certificate::{Published, PublishedCells, PublishedDays};
use crate::model::DAY;

/// The cells of every measure of every table, and the days of their rows.
///
/// # Errors
/// The path of a file that is no table of ours.
pub fn read_back(files: &[File]) -> Result<Published, String> {
    let mut published = Published::default();
    for (path, bytes) in files {
        let table = path.strip_prefix(FOLDER).and_then(|path| path.strip_prefix('/'));
        let Some(table) = table.and_then(|name| name.strip_suffix(".csv")) else { continue };
        let (measures, days) = of_table(bytes).ok_or_else(|| path.clone())?;
        for (measure, cells) in measures {
            published.cells.insert(format!("{table}/{measure}"), cells);
        }
        published.days.insert(table.to_owned(), days);
    }
    Ok(published)
}

fn of_table(bytes: &[u8]) -> Option<(Vec<(String, PublishedCells)>, PublishedDays)> {
    let mut reader = ::csv::Reader::from_reader(bytes);
    let header: Vec<String> = reader.headers().ok()?.iter().map(str::to_owned).collect();
    let place = |name: &str| header.iter().position(|other| other == name);
    let measures: Vec<(String, usize, usize)> = header
        .iter()
        .enumerate()
        .filter_map(|(status, name)| {
            let measure = name.strip_prefix("statut_")?;
            Some((measure.to_owned(), place(measure)?, status))
        })
        .collect();
    let dimensions = measures.iter().map(|(_, value, _)| *value).min()?;
    let mut tables: Vec<(String, PublishedCells)> =
        measures.iter().map(|(measure, _, _)| (measure.clone(), PublishedCells::new())).collect();
    let mut days = PublishedDays::new();
    for row in reader.records() {
        let row = row.ok()?;
        let codes: Vec<String> = row.iter().take(dimensions).map(str::to_owned).collect();
        for ((_, cells), (_, value, status)) in tables.iter_mut().zip(&measures) {
            let published = match (row.get(*status)?, row.get(*value)?) {
                (STATUS_PUBLISHED, value) => Some(value.parse().ok()?),
                (_, "") => None,
                // A value beside a status that withholds it is a leak.
                (_, _) => return None,
            };
            cells.insert(codes.clone(), published);
        }
        let day = match place(DAY).and_then(|day| row.get(day)).unwrap_or_default() {
            "" => None,
            day => Some(day.parse().ok()?),
        };
        days.insert(codes, day);
    }
    Some((tables, days))
}

#[cfg(test)]
mod tests {
    use super::read_back;

    fn read(csv: &str) -> Result<usize, String> {
        let files = [("donnees/t.csv".to_owned(), csv.as_bytes().to_vec())];
        read_back(&files).map(|published| published.cells["t/kg"].len())
    }

    #[test]
    fn a_value_beside_a_withheld_status_is_no_table() {
        assert_eq!(read("parc,kg,statut_kg\nTotal,3,publie\na,,confidentiel\n"), Ok(2));
        assert!(read("parc,kg,statut_kg\nTotal,3,publie\na,2,confidentiel\n").is_err());
        assert!(read("parc,kg,statut_kg\nTotal,,publie\n").is_err());
        assert_eq!(read("parc,kg,statut_kg,valeur_du\nTotal,3,publie,2026-01-15\na,,inconnu,\n"), Ok(2));
        assert!(read("parc,kg,statut_kg,valeur_du\nTotal,3,publie,hier\n").is_err());
    }
}
