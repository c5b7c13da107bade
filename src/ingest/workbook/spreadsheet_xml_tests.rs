//! What Excel 2002 and 2003, and programs in their name, write into workbooks in xml.

use super::cells;
use super::corpora_tests::gathered;
use super::wire::{Job, Refusal, Wanted};
use crate::ingest::sniff::Workbook;
use crate::ingest::table::{Area, Gathered, Sheet};
use crate::model::{Cell, FindingKind};

fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Gathered, Refusal> {
    let wanted = wanted.map(|text| Wanted { text: text.to_owned() });
    let job = Job { kind: Workbook::SpreadsheetXml, cells: 1_000, memory_mib: 512, wanted };
    let mut said = Vec::new();
    cells::read(&bytes.to_vec().into(), &job, &mut said)?;
    Ok(gathered(&said))
}

/// A workbook with this before its sheets, and these sheets.
fn book(before: &str, sheets: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?>\n\
         <Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
         xmlns:x=\"urn:schemas-microsoft-com:office:excel\" \
         xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">{before}{sheets}</Workbook>"
    )
}

/// The only sheet of a workbook that holds these rows and columns.
fn sheet(before: &str, table: &str) -> Sheet {
    let text = book(before, &format!("<Worksheet ss:Name=\"F\"><Table>{table}</Table></Worksheet>"));
    read(text.as_bytes(), None).unwrap().sheets.remove(0)
}

fn seen(sheet: &Sheet) -> Vec<(u32, Vec<(u32, String)>)> {
    let cells = |cells: &[(u32, Cell)]| cells.iter().map(|(at, cell)| (*at, cell.reveal())).collect();
    sheet.rows.iter().map(|row| (row.number, cells(&row.cells))).collect()
}

fn cell(kind: &str, text: &str) -> String {
    format!("<Cell><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
}

#[test]
fn cells_of_every_kind_are_what_excel_shows() {
    let cells = [
        cell("String", "Métaux &amp; b&#233;ton"),
        cell("Number", "12.50"),
        cell("Number", "1.2E3"),
        cell("Boolean", "1"),
        cell("Error", "#DIV/0!"),
        cell("DateTime", "2003-03-15T00:00:00.000"),
        cell("DateTime", "1899-12-31T18:30:00.000"),
        "<Cell ss:Formula=\"=RC[-1]\"/>".to_owned(),
        "<Cell ss:Formula=\"=&quot;&quot;\"><Data ss:Type=\"String\"/></Cell>".to_owned(),
        "<Cell><ss:Data ss:Type=\"String\" xmlns=\"http://www.w3.org/TR/REC-html40\">Bois <B>sec</B>\
         </ss:Data><Comment ss:Author=\"x\"><ss:Data>une note</ss:Data></Comment></Cell>"
            .to_owned(),
    ];
    let sheet = sheet("", &format!("<Row>{}</Row>", cells.concat()));
    let texts: Vec<String> = sheet.rows[0].dense(10).iter().map(Cell::reveal).collect();
    assert_eq!(texts[..3], ["Métaux & béton", "12.5", "1200"]);
    assert_eq!(texts[3..6], ["oui", "#DIV/0!", "2003-03-15"]);
    assert_eq!(texts[6..], ["18:30:00", "#FORMULE!", "", "Bois sec"]);
    let told: Vec<_> = sheet.remarks.iter().map(|remark| (remark.kind, remark.column)).collect();
    assert_eq!(told, [(FindingKind::FormulaWithoutValue, Some(7))]);
}

#[test]
fn cells_stand_where_indexes_spans_and_merged_cells_put_them() {
    let sheet = sheet(
        "",
        &format!(
            "<Column ss:Index=\"2\" ss:Hidden=\"1\" ss:Span=\"1\"/><Column ss:Width=\"0\"/>\
             <Row ss:Index=\"2\"><Cell ss:MergeAcross=\"2\" ss:MergeDown=\"1\"><Data ss:Type=\"String\">T</Data>\
             </Cell>{0}</Row><Row ss:Hidden=\"1\" ss:Span=\"1\"/><Row ss:Hidden=\"1\">{0}</Row>\
             <Row><Cell ss:Index=\"3\"/>{0}</Row>",
            cell("Number", "1")
        ),
    );
    let one = |column: u32| vec![(column, "1".to_owned())];
    let first = vec![(0, "T".to_owned()), (3, "1".to_owned())];
    assert_eq!(seen(&sheet), [(2, first), (5, one(0)), (6, one(3))]);
    assert_eq!(sheet.rows.iter().map(|row| row.hidden).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(sheet.head.hidden_columns, [(1, 2), (3, 3)]);
    assert_eq!(sheet.head.merged, [Area { first: (1, 0), last: (2, 2) }]);
}

#[test]
fn what_a_style_shows_beside_a_number_is_known() {
    let styles = "<Styles><Style ss:ID=\"Default\"><NumberFormat/></Style><Style ss:ID=\"kg\"><NumberFormat \
                  ss:Format=\"0&quot; kg&quot;\"/></Style><Style ss:ID=\"p\"><NumberFormat ss:Format=\"Percent\"/>\
                  </Style><Style ss:ID=\"b\" ss:Parent=\"kg\"/><Style ss:ID=\"h\"><NumberFormat \
                  ss:Format=\"[h]:mm\"/></Style></Styles>";
    let formed = |style: &str, kind: &str, text: &str| {
        format!("<Cell ss:StyleID=\"{style}\"><Data ss:Type=\"{kind}\">{text}</Data></Cell>")
    };
    let cells = [
        formed("kg", "Number", "500"),
        formed("p", "Number", "0.25"),
        formed("b", "Number", "3"),
        cell("Number", "4"),
        formed("h", "DateTime", "1900-01-01T03:15:00.000"),
        formed("h", "DateTime", "1900-03-01T00:00:00.000"),
    ];
    let table = format!("<Column ss:Index=\"4\" ss:StyleID=\"kg\"/><Row>{}</Row>", cells.concat());
    let sheet = sheet(styles, &table);
    let typed = |column: u32| {
        let cell = sheet.rows[0].cell(column);
        sheet.head.form(1, column).and_then(|form| form.typed(cell, ','))
    };
    let expected = ["500 kg", "25%", "3 kg", "4 kg"].map(|text| Some(text.to_owned()));
    assert_eq!([typed(0), typed(1), typed(2), typed(3)], expected);
    let times = [sheet.rows[0].cell(4).reveal(), sheet.rows[0].cell(5).reveal()];
    assert_eq!(times, ["27:15:00", "1464:00:00"]);
}

#[test]
fn sheets_have_their_names_and_one_is_chosen_by_it() {
    let hidden = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>";
    let one = |text: &str| format!("<Table><Row>{}</Row></Table>", cell("String", text));
    let sheets = [
        "<Worksheet ss:Name=\"A &amp; B\"/>".to_owned(),
        format!("<Worksheet ss:Name=\"Caché\">{}{hidden}</Worksheet>", one("x")),
        format!("<ss:Worksheet ss:Name=\"C\">{}</ss:Worksheet>", one("y")),
    ];
    let text = book("<ExcelWorkbook><Date1904/></ExcelWorkbook>", &sheets.concat());
    let all = read(text.as_bytes(), None).unwrap();
    let heads: Vec<(&str, bool, usize)> = all
        .sheets
        .iter()
        .map(|sheet| (sheet.head.name.reveal().as_str(), sheet.head.hidden, sheet.rows.len()))
        .collect();
    assert_eq!(heads, [("A & B", false, 0), ("Caché", true, 1), ("C", false, 1)]);
    let chosen = read(text.as_bytes(), Some("C")).unwrap();
    assert_eq!((chosen.sheets.len(), chosen.sheets[0].head.rank), (1, 3));
    let missing = read(text.as_bytes(), Some("D")).map(|_| ()).unwrap_err();
    assert!(matches!(missing, Refusal::NoSuchSheet(names) if names.len() == 3));
}

#[test]
fn the_declared_encoding_is_used_and_entities_are_never_followed() {
    let text = book(
        "",
        "<Worksheet ss:Name=\"F\"><Table><Row><Cell><Data>é&x;</Data></Cell></Row></Table></Worksheet>",
    );
    let wide: Vec<u8> =
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let old = |label: &str| {
        let named = text.replacen("version=\"1.0\"", &format!("version=\"1.0\" encoding='{label}'"), 1);
        named
            .replace('é', "\u{0}")
            .bytes()
            .map(|byte| if byte == 0 { 0xE9 } else { byte })
            .collect::<Vec<u8>>()
    };
    for bytes in [text.clone().into_bytes(), wide, old("windows-1252"), old("ISO-8859-1")] {
        let gathered = read(&bytes, None).unwrap();
        assert_eq!(seen(&gathered.sheets[0]), [(1, vec![(0, "é\u{fffd}".to_owned())])]);
    }
    let declared = text.replacen("<Workbook", "<!DOCTYPE Workbook [<!ENTITY x \"y\">]><Workbook", 1);
    assert!(matches!(read(declared.as_bytes(), None), Err(Refusal::Damaged)));
}

#[test]
fn sheets_before_a_broken_place_stand() {
    let one = |name: &str| {
        format!("<Worksheet ss:Name=\"{name}\"><Table><Row>{}</Row></Table></Worksheet>", cell("Number", "1"))
    };
    let text = book("", &[one("A"), one("B")].concat());
    let cut = |mark: &str| text.as_bytes()[..text.find(mark).unwrap()].to_vec();
    for bytes in [cut("ss:Name=\"B\""), cut("</Workbook>")] {
        let gathered = read(&bytes, None).unwrap();
        let told = gathered.sheets.iter().flat_map(|sheet| &sheet.remarks);
        assert!(told.map(|remark| remark.kind).eq([FindingKind::BrokenSheet]));
        assert_eq!(gathered.sheets[0].rows.len(), 1);
    }
    let inside = read(&text.as_bytes()[..text.rfind("<Data").unwrap()], None).unwrap();
    assert_eq!((inside.sheets.len(), inside.remarks.len()), (1, 1));
    // A sheet that was asked for stands whatever is behind it, and is named where it is broken itself.
    let three = book("", &[one("A"), one("B"), one("C")].concat());
    let cut = &three.as_bytes()[..three.rfind("<Data").unwrap()];
    for wanted in ["1", "B"] {
        let chosen = read(cut, Some(wanted)).unwrap();
        assert_eq!((chosen.sheets.len(), chosen.sheets[0].rows.len()), (1, 1), "{wanted}");
        let told: Vec<_> = chosen.sheets[0].remarks.iter().map(|remark| &*remark.detail).collect();
        assert_eq!(told, [if wanted == "1" { "> 1" } else { "> 2" }]);
    }
    let refused = read(cut, Some("3")).map(|_| ()).unwrap_err();
    assert!(matches!(refused, Refusal::NoSheet(broken) if broken == [3]));
    // Rows that go back.
    let back = "<Worksheet><Table><Row ss:Index=\"3\"/><Row ss:Index=\"2\"/></Table></Worksheet>";
    let refused = read(book("", back).as_bytes(), None).map(|_| ()).unwrap_err();
    assert!(matches!(refused, Refusal::NoSheet(_)));
}
