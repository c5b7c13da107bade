//! What is hidden in a workbook, under each policy, in xlsx and ods alike.

use super::bad_day::{Day, SETTINGS};
use super::read::{read, rows};
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Output;

const HEADINGS: [&str; 6] = ["Entreprise", "Sens", "Description", "Quantité", "Unité", "Remarque"];
/// The second of them stands in a hidden row, the last column is hidden, and so is a sheet with the third.
const COMPANIES: [&str; 3] = ["Alpha", "Bêta", "Gamma"];

fn entry(company: &str) -> [String; 6] {
    [company, "offre", "palettes de bois", "3", "t", "à rappeler"].map(str::to_owned)
}

fn xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    for (name, companies) in [("Offres", &COMPANIES[..2]), ("Retirées", &COMPANIES[2..])] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let entries = companies.iter().map(|company| entry(company));
        for (row, cells) in (0..).zip(std::iter::once(HEADINGS.map(str::to_owned)).chain(entries)) {
            for (column, cell) in (0..).zip(cells) {
                sheet.write_string(row, column, cell).unwrap();
            }
        }
        sheet.set_column_hidden(5).unwrap();
        if name == "Offres" {
            sheet.set_row_hidden(2).unwrap();
        } else {
            sheet.set_hidden(true);
        }
    }
    workbook.save_to_buffer().unwrap()
}

fn ods() -> Vec<u8> {
    let row = |cells: [String; 6], attribute: &str| {
        let cell = |text: &String| {
            format!(
                "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
            )
        };
        format!("<table:table-row{attribute}>{}</table:table-row>", cells.each_ref().map(cell).concat())
    };
    let collapsed = " table:visibility=\"collapse\"";
    let table = |name: &str, style: &str, rows: String| {
        format!(
            "<table:table table:name=\"{name}\" table:style-name=\"{style}\">\
             <table:table-column table:number-columns-repeated=\"5\"/><table:table-column{collapsed}/>{}{rows}\
             </table:table>",
            row(HEADINGS.map(str::to_owned), "")
        )
    };
    let [alpha, beta, gamma] = COMPANIES;
    let style = |name: &str, shows: bool| {
        format!(
            "<style:style style:name=\"{name}\" style:family=\"table\"><style:table-properties \
             table:display=\"{shows}\"/></style:style>"
        )
    };
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:automatic-styles>{}{}\
         </office:automatic-styles><office:body><office:spreadsheet>{}{}</office:spreadsheet></office:body>\
         </office:document-content>",
        style("ta1", true),
        style("ta2", false),
        table("Offres", "ta1", row(entry(alpha), "") + &row(entry(beta), collapsed)),
        table("Retirées", "ta2", row(entry(gamma), ""))
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
    writer.write_all(content.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Rows and columns of what is printed of a sheet.
fn shape(file: &Path, sheet: &str, policy: &str) -> (usize, usize) {
    let printed = rows(&read(file, &["--sheet", sheet, "--hidden", policy]));
    (printed.len(), printed.first().map_or(0, Vec::len))
}

#[test]
fn hidden_rows_columns_and_sheets_are_read_left_out_or_refused() {
    let day = Day::new();
    for (name, bytes) in [("visites.xlsx", xlsx()), ("visites.ods", ods())] {
        let file = day.path("jours/inputs").join(name);
        std::fs::write(&file, bytes).unwrap();
        assert_eq!(shape(&file, "Offres", "include"), (3, 6), "{name}");
        assert_eq!(shape(&file, "Offres", "exclude"), (2, 5), "{name}");
        assert_eq!(shape(&file, "Retirées", "include"), (2, 6), "{name}");
        assert_eq!(shape(&file, "Retirées", "exclude"), (0, 0), "{name}");
        for sheet in ["Offres", "Retirées"] {
            let refused = read(&file, &["--sheet", sheet, "--hidden", "refuse"]);
            assert_eq!(refused.status.code(), Some(65), "{name}");
            let told = said(&refused);
            assert!(told.contains(name) && told.contains("--hidden include"), "{told}");
        }
        let told = said(&read(&file, &[]));
        for kind in ["lignes_masquees", "colonnes_masquees", "feuille_masquee"] {
            assert!(told.contains(kind), "{name} {kind}: {told}");
        }
    }
}

#[test]
fn a_source_reads_leaves_out_or_refuses_what_is_hidden() {
    let day = Day::new();
    for (name, bytes) in [("visites.xlsx", xlsx()), ("visites.ods", ods())] {
        std::fs::write(day.path("jours/inputs").join(name), bytes).unwrap();
        let check = |policy: &str| {
            let files = format!("files = [\"inputs/{name}\"]\nhidden = \"{policy}\"");
            day.write("pipeline.toml", &SETTINGS.replace("files = [\"inputs/visites.xlsx\"]", &files));
            day.command(&["check", "jours"]).output().unwrap()
        };
        for (policy, companies, shows) in [("include", 3, true), ("exclude", 1, false)] {
            let output = check(policy);
            assert_eq!(output.status.code(), Some(0), "{name} {policy}: {}", said(&output));
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            let line = format!("« Entreprise » → nom · texte/text {companies}\n");
            assert!(shown.contains(&line), "{name} {policy}: {shown}");
            assert_eq!(shown.contains("sans champ"), shows, "{name} {policy}: {shown}");
        }
        let refused = check("refuse");
        assert_eq!(refused.status.code(), Some(65), "{name}: {}", said(&refused));
        assert!(said(&refused).contains("`hidden` of the source"), "{name}: {}", said(&refused));
    }
}
