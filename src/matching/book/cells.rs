//! Cells of the workbook: text is always text, never a formula; links stay within what a sheet takes.

use super::super::fill::{AGREED, Fill, STATUSES};
use crate::model::Confidential;
use rust_xlsxwriter::{
    Color, DataValidation, Format, FormatAlign, FormatUnderline, Url, Workbook, Worksheet, XlsxError,
};
use std::collections::BTreeMap;

/// Most characters of a cell, in UTF-16 units.
const LONGEST: usize = 32_767;
/// Most links that Excel opens in one sheet is 65,530.
const MOST_LINKS: usize = 65_000;
/// Height of a line, points, and most lines of a row: Excel takes 409 points.
const LINE: u32 = 15;
const MOST_LINES: u32 = 27;
/// Paper of 11 by 17 inches.
const TABLOID: u8 = 3;

/// Looks of cells.
pub(in super::super) struct Styles {
    pub(super) head: Format,
    pub(super) fill: Format,
    pub(super) wrap: Format,
    pub(super) title: Format,
    top: Format,
    link: Format,
}

impl Styles {
    pub(in super::super) fn new() -> Self {
        let top = Format::new().set_align(FormatAlign::Top);
        Self {
            head: top.clone().set_bold().set_text_wrap().set_background_color(Color::RGB(0x00E8_EEF2)),
            fill: top.clone().set_background_color(Color::RGB(0x00FF_F7CC)),
            wrap: top.clone().set_text_wrap(),
            title: Format::new().set_bold().set_font_size(14),
            link: top.clone().set_font_color(Color::RGB(0x0005_63C1)).set_underline(FormatUnderline::Single),
            top,
        }
    }
}

/// A cell of a sheet, in its first column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Target {
    pub(super) sheet: String,
    /// From 0.
    pub(super) row: u32,
}

impl Target {
    /// The first cell of a sheet.
    pub(in super::super) fn first(sheet: &str) -> Self {
        Self { sheet: sheet.to_owned(), row: 0 }
    }
}

/// A sheet that is being written.
pub(in super::super) struct Page<'a> {
    pub(super) sheet: &'a mut Worksheet,
    pub(super) styles: &'a Styles,
    links: usize,
    widths: BTreeMap<u16, f64>,
    /// The row that was written last, and its lines.
    tall: (u32, u32),
}

impl<'a> Page<'a> {
    /// A sheet set up for print: landscape, one page wide, numbered.
    pub(in super::super) fn new(
        workbook: &'a mut Workbook,
        name: &str,
        styles: &'a Styles,
    ) -> Result<Self, XlsxError> {
        // Rows leave for a file as they are written, from the first to the last: a long list is not held whole.
        let sheet = workbook.add_worksheet_with_low_memory()?.set_name(name)?;
        sheet.set_landscape().set_paper_size(TABLOID).set_print_fit_to_pages(1, 0);
        sheet.set_footer("&LConfidentiel / Confidential&C&A&R&P / &N");
        Ok(Self { sheet, styles, links: 0, widths: BTreeMap::new(), tall: (0, 1) })
    }

    /// Headings with the widths of their columns, frozen and repeated on every printed page.
    pub(super) fn head(&mut self, headings: &[(&str, f64)], frozen_columns: u16) -> Result<(), XlsxError> {
        for (column, (_, width)) in (0..).zip(headings) {
            self.width(column, *width)?;
        }
        self.heading_row(0, 0, headings)?;
        self.sheet.set_freeze_panes(1, frozen_columns)?;
        self.sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }

    /// Sets the width of a column, in digits.
    pub(super) fn width(&mut self, column: u16, width: f64) -> Result<(), XlsxError> {
        self.widths.insert(column, width);
        self.sheet.set_column_width(column, width)?;
        Ok(())
    }

    /// Makes a row as high as a wrapped text asks: `LibreOffice` does not when it opens the file.
    fn fit(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        if self.tall.0 != row {
            self.tall = (row, 1);
        }
        let lines = self.widths.get(&column).map_or(1, |width| lines(text, *width));
        if lines > self.tall.1 {
            self.tall.1 = lines;
            self.sheet.set_row_height(row, LINE * lines.min(MOST_LINES))?;
        }
        Ok(())
    }

    /// Headings in a row, from a column on.
    pub(super) fn heading_row(
        &mut self,
        row: u32,
        from: u16,
        headings: &[(&str, f64)],
    ) -> Result<(), XlsxError> {
        for (column, (heading, _)) in (from..).zip(headings) {
            self.sheet.write_string_with_format(row, column, *heading, &self.styles.head)?;
            self.fit(row, column, heading)?;
        }
        Ok(())
    }

    /// A filter over all columns, from the headings to the last row.
    pub(super) fn filter(&mut self, last_row: u32, columns: usize) -> Result<(), XlsxError> {
        let last = u16::try_from(columns.saturating_sub(1)).unwrap_or(u16::MAX);
        self.sheet.autofilter(0, 0, last_row.max(1), last)?;
        Ok(())
    }

    pub(super) fn text(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.sheet.write_string_with_format(row, column, clean(text), &self.styles.top)?;
        }
        Ok(())
    }

    pub(super) fn wrapped(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        if !text.is_empty() {
            self.sheet.write_string_with_format(row, column, clean(text), &self.styles.wrap)?;
            self.fit(row, column, text)?;
        }
        Ok(())
    }

    /// A cell to fill in, coloured also when it is blank.
    pub(super) fn fill(&mut self, row: u32, column: u16, text: &str) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(row, column, clean(text), &self.styles.fill)?;
        Ok(())
    }

    /// A whole number; a double holds it exactly to nine million million.
    #[expect(clippy::cast_precision_loss, reason = "a workbook holds doubles")]
    pub(super) fn number(&mut self, row: u32, column: u16, number: i64) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(row, column, number as f64, &self.styles.top)?;
        Ok(())
    }

    /// A known amount in a cell to fill in.
    #[expect(clippy::cast_precision_loss, reason = "a workbook holds doubles")]
    pub(super) fn number_to_fill(&mut self, row: u32, column: u16, number: i64) -> Result<(), XlsxError> {
        self.sheet.write_number_with_format(row, column, number as f64, &self.styles.fill)?;
        Ok(())
    }

    /// A number of hundredths as a decimal one.
    #[expect(clippy::cast_precision_loss, reason = "a workbook holds doubles")]
    pub(super) fn hundredths(&mut self, row: u32, column: u16, hundredths: i64) -> Result<(), XlsxError> {
        let number = hundredths as f64 / 100.0;
        self.sheet.write_number_with_format(row, column, number, &self.styles.top)?;
        Ok(())
    }

    pub(super) fn count(&mut self, row: u32, column: u16, count: usize) -> Result<(), XlsxError> {
        self.number(row, column, i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// Kilometres with one decimal.
    pub(super) fn kilometres(&mut self, row: u32, column: u16, metres: i64) -> Result<(), XlsxError> {
        if let Ok(tenths) = i32::try_from((metres + 50) / 100) {
            let kilometres = f64::from(tenths) / 10.0;
            self.sheet.write_number_with_format(row, column, kilometres, &self.styles.top)?;
        }
        Ok(())
    }

    /// A text that leads to another cell; plain text once the sheet holds as many links as it can.
    pub(super) fn link(
        &mut self,
        row: u32,
        column: u16,
        target: Option<&Target>,
        text: &str,
    ) -> Result<(), XlsxError> {
        let text = clean(text);
        let Some(target) = target.filter(|_| !text.is_empty() && self.links < MOST_LINKS) else {
            return self.text(row, column, &text);
        };
        self.links += 1;
        let place = format!("internal:'{}'!A{}", target.sheet.replace('\'', "''"), target.row + 1);
        let url = Url::new(place).set_text(text);
        self.sheet.write_url_with_format(row, column, url, &self.styles.link)?;
        Ok(())
    }

    /// Offers the words of the columns to fill over some rows.
    pub(super) fn choices(&mut self, first: u32, last: u32, fills: &[Fill]) -> Result<(), XlsxError> {
        for (column, fill) in (0..).zip(fills) {
            let words: Vec<&str> = match fill {
                Fill::Status => STATUSES.iter().map(|(_, label)| *label).collect(),
                Fill::Agreed => AGREED.iter().map(|(_, label, _)| *label).collect(),
                Fill::Identifier | Fill::Note | Fill::Quantity | Fill::Reason => continue,
            };
            let offered = DataValidation::new().allow_list_strings(&words)?;
            self.sheet.add_data_validation(first, column, last.max(first), column, &offered)?;
        }
        Ok(())
    }
}

/// Lines that a text takes in a column of so many digits, words whole where they can be: letters are narrower
/// than digits on the whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a column has at most 255")]
fn lines(text: &str, width: f64) -> u32 {
    let most = width.max(1.0) as usize;
    let of_line = |line: &str| {
        let (mut lines, mut used) = (1, 0);
        for length in line.split(' ').map(|word| word.chars().count()) {
            if used > 0 && used + 1 + length > most {
                lines += 1;
                used = 0;
            }
            used += length + usize::from(used > 0);
            // A word that is longer than a line is cut.
            lines += used.saturating_sub(1) / most;
            used = if used > most { used % most } else { used };
        }
        lines
    };
    u32::try_from(text.split('\n').map(of_line).sum::<usize>()).unwrap_or(u32::MAX)
}

/// Text as a cell takes it: not too long, and without characters that XML does not have.
pub(super) fn clean(text: &str) -> String {
    let mut units = 0;
    text.chars()
        .filter(|letter| !matches!(letter, '\u{FFFE}' | '\u{FFFF}'))
        .take_while(|letter| {
            units += letter.len_utf16();
            units <= LONGEST
        })
        .collect()
}

/// Text as it comes back from its cell: as it was written, with plain line ends, and trimmed.
pub(in super::super) fn read_back(text: &str) -> String {
    clean(&text.replace("\r\n", "\n").replace('\r', "\n")).trim().to_owned()
}

/// A confidential text, empty when there is none.
pub(super) fn shown(value: Option<&Confidential<String>>) -> &str {
    value.map_or("", |text| text.reveal().as_str())
}

#[cfg(test)]
mod tests {
    use super::{Page, Styles, lines};
    use rust_xlsxwriter::Workbook;
    use std::io::Read as _;

    #[test]
    fn words_are_wrapped_whole_and_a_long_one_is_cut() {
        for (text, width, expected) in [
            ("", 10.0, 1),
            ("dix lettres", 11.0, 1),
            ("dix lettres", 10.9, 2),
            ("un deux trois quatre", 8.0, 3),
            ("une ligne\nune autre", 20.0, 2),
            ("abcdefghij", 4.0, 3),
            ("ab abcdefghij", 4.0, 4),
        ] {
            assert_eq!(lines(text, width), expected, "{text}");
        }
    }

    #[test]
    fn a_row_is_as_high_as_its_longest_text() {
        let (mut workbook, styles) = (Workbook::new(), Styles::new());
        let mut page = Page::new(&mut workbook, "Feuille", &styles).unwrap();
        page.head(&[("Un", 10.0), ("Deux mots", 5.0)], 1).unwrap();
        page.wrapped(1, 0, "un deux trois quatre cinq").unwrap();
        page.wrapped(1, 1, "un").unwrap();
        page.wrapped(2, 1, "un").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut sheet = String::new();
        archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
        let rows: Vec<&str> =
            sheet.split("<row ").skip(1).map(|row| row.split('>').next().unwrap()).collect();
        let height =
            |row: &str| row.split("ht=\"").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        let heights: Vec<Option<String>> = rows.into_iter().map(height).collect();
        assert_eq!(heights, [Some("30".to_owned()), Some("60".to_owned()), None]);
    }
}
