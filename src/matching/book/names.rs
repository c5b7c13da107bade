//! Names of sheets as spreadsheets allow them.

use std::collections::BTreeSet;

/// Longest name of a sheet, in UTF-16 units.
const LONGEST: usize = 31;

/// Names that are taken: two that differ in case only are one for a spreadsheet.
#[derive(Debug, Default)]
pub(in super::super) struct Names(BTreeSet<String>);

impl Names {
    /// A name that is free and allowed, as near to the wanted one as can be; it is taken then.
    pub(in super::super) fn take(&mut self, wanted: &str) -> String {
        let allowed: String = wanted
            .chars()
            .map(|letter| if letter.is_control() || "[]:*?/\\".contains(letter) { ' ' } else { letter })
            .collect();
        // A quote at an end is forbidden, and `History` is kept by Excel for itself.
        let bare = allowed.trim_matches(|letter: char| letter.is_whitespace() || letter == '\'');
        let bare = match bare.to_lowercase().as_str() {
            "" | "history" => format!("Feuille {bare}"),
            _ => bare.to_owned(),
        };
        let mut name = cut(&bare, LONGEST);
        let mut next = 2;
        while self.0.contains(&name.to_lowercase()) {
            let end = format!(" ({next})");
            name = format!("{}{end}", cut(&bare, LONGEST - end.len()));
            next += 1;
        }
        self.0.insert(name.to_lowercase());
        name
    }
}

/// The beginning of a text, without a quote or a blank at its end.
fn cut(text: &str, most: usize) -> String {
    let mut units = 0;
    let kept: String = text
        .chars()
        .take_while(|letter| {
            units += letter.len_utf16();
            units <= most
        })
        .collect();
    kept.trim_end_matches(|letter: char| letter.is_whitespace() || letter == '\'').to_owned()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn any_text_becomes_a_free_name_that_a_spreadsheet_takes() {
        let mut names = Names::default();
        let long = "Parc industriel de la très longue municipalité";
        let taken: Vec<String> = [
            "Maillages",
            "MAILLAGES",
            "A/B: [c]*?",
            "'quoté'",
            "",
            "History",
            long,
            long,
            "\u{1F33F}".repeat(40).as_str(),
        ]
        .map(|wanted| names.take(wanted))
        .to_vec();
        assert_eq!(
            taken[..6],
            ["Maillages", "MAILLAGES (2)", "A B   c", "quoté", "Feuille", "Feuille History"]
        );
        assert!(taken[6] != taken[7] && taken[7].ends_with(" (2)"));
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for name in &taken {
            workbook.add_worksheet().set_name(name).unwrap();
        }
        workbook.save_to_buffer().unwrap();
    }
}
