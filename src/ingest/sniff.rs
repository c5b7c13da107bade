//! What a page is, by its content: extensions lie.

use super::IngestError;
use super::bounded;
use super::budget::Budget;
use super::charset::Charset;
use super::content::Container;
use super::ebcdic::is_ebcdic;
use super::encoding::{Text, decode};
use super::page::{Page, Place};
use super::workbook::is_bare;
use super::{json, json_lists};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;

/// Format of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Workbook {
    /// Excel 2007 and later.
    Xlsx,
    /// Excel 2007 and later, binary.
    Xlsb,
    /// Excel 97 and before.
    Xls,
    /// The open document format.
    Ods,
    /// Excel 2002 and 2003, in xml.
    SpreadsheetXml,
    /// Apache Parquet: a table, and parsed as workbooks are.
    Parquet,
}

/// What a page is.
pub(super) enum Kind<'a> {
    /// A workbook, for the child process.
    Workbook(Workbook),
    /// Records.
    Json(Value),
    /// Text with delimiters, decoded.
    Text(Text<'a>),
}

const SAVE_AS: &str = "save it as .xlsx, .ods or .csv in the program that made it";
/// For what a platform gave.
const LOOK: &str = "open the address in a browser: the platform may ask to sign in or be out of order; \
                    what is read is json, csv, Parquet or a workbook, not packed";

/// Looks at the content of a page; json comes back parsed, within the budget.
pub(super) fn sniff<'a>(
    page: &'a Page,
    encoding: Option<&str>,
    budget: &Budget,
) -> Result<Kind<'a>, IngestError> {
    let repair = |of_file: &'static str| if page.place.is_answer() { LOOK } else { of_file };
    let refuse = |what: &str| Err(IngestError::unreadable(&page.place, what, repair(SAVE_AS)));
    match page.content.container() {
        Some(Container::Zip) => return zip(page).map(Kind::Workbook),
        Some(Container::Compound) => return Ok(Kind::Workbook(Workbook::Xls)),
        Some(Container::Parquet) => return Ok(Kind::Workbook(Workbook::Parquet)),
        None => {}
    }
    let bytes = page.content.memory();
    if bytes.is_empty() {
        return refuse("it is empty");
    }
    if bytes.starts_with(b"\x1f\x8b") {
        let help = repair("unpack it and give the file inside");
        return Err(IngestError::unreadable(&page.place, "it is compressed with gzip", help));
    }
    if is_bare(bytes) {
        return Ok(Kind::Workbook(Workbook::Xls));
    }
    if is_older(bytes) {
        let help = repair(OPEN_OLDER);
        return Err(IngestError::unreadable(&page.place, "it is a workbook of Excel 2 to 4", help));
    }
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(IngestError::unreadable(&page.place, "it is text in UTF-32", "save it as text in UTF-8"));
    }
    for (magic, what) in BINARY {
        if bytes.starts_with(magic) {
            return refuse(what);
        }
    }
    let declared = encoding.and_then(Charset::for_label);
    if declared.is_none() && is_ebcdic(bytes) {
        let cause = "it is text in EBCDIC, the code of mainframes";
        return Err(IngestError::unreadable(&page.place, cause, "save it as text in UTF-8"));
    }
    let text = decode(bytes, declared);
    let decoded = if let Cow::Owned(decoded) = &text.text { decoded.len() } else { 0 };
    budget.takes(0, (bytes.len() + decoded) as u64);
    budget.check(&page.place)?;
    let start = text.text.trim_start();
    let opening: String = start.chars().take(OPENING).collect::<String>().to_ascii_lowercase();
    if root(&opening) == Some("workbook") && opening.contains("urn:schemas-microsoft-com:office:spreadsheet")
    {
        return Ok(Kind::Workbook(Workbook::SpreadsheetXml));
    }
    if opening.contains("urn:oasis:names:tc:opendocument:xmlns:office") {
        return refuse("it is an OpenDocument in one piece of XML (.fods)");
    }
    if is_web_archive(start) {
        return refuse("it is a web archive (.mht) under another name");
    }
    if EXCHANGE.iter().any(|format| start.starts_with(format)) {
        return refuse("it is a table in an exchange format of spreadsheets (SYLK or DIF)");
    }
    if is_marked_up(start) {
        if start.as_bytes().windows(6).any(|tag| tag.eq_ignore_ascii_case(b"<table")) {
            let help = repair("open it in Excel or LibreOffice and save it as .xlsx");
            return Err(IngestError::unreadable(&page.place, "it is a web page (html) with a table", help));
        }
        return refuse("it is a web page or an XML document");
    }
    if start.starts_with(['{', '[']) {
        let before = budget.taken();
        let parsed = bounded::parse(start, budget);
        budget.check(&page.place)?;
        match parsed {
            Ok(value) => {
                let value = json_lists::named(value, budget);
                budget.check(&page.place)?;
                return Ok(Kind::Json(value));
            }
            Err(error) if start.starts_with('{') || looks_like_json_array(start) => {
                let (cause, help) = super::wrong_json::told(start, &error);
                return Err(IngestError::unreadable(&page.place, cause, help));
            }
            Err(_) => budget.back_to(before),
        }
    }
    if let Some(at) = text.text.find('\0') {
        return Err(no_text(&page.place, text.text[..at].matches('\n').count() + 1));
    }
    Ok(Kind::Text(text))
}

/// What is said of a text with a NUL byte, the first of them in this line.
pub(super) fn no_text(place: &Place, line: usize) -> IngestError {
    let cause =
        format!("it is neither a workbook nor text: it holds NUL bytes, the first of them in line {line}");
    IngestError::unreadable(place, cause, if place.is_answer() { LOOK } else { SAVE_AS })
}

/// The same of a file that somebody looks at, which must hold something: a page of a platform may be one
/// without records.
pub(super) fn filled<'a>(page: &'a Page, budget: &Budget) -> Result<Kind<'a>, IngestError> {
    let kind = sniff(page, None, budget)?;
    let is_nothing = match &kind {
        Kind::Workbook(_) => false,
        Kind::Json(value) => json::holds_nothing(value),
        Kind::Text(text) => holds_nothing(&text.text),
    };
    if is_nothing {
        let help = "save or download it again, or take another file";
        return Err(IngestError::unreadable(&page.place, "it holds nothing", help));
    }
    if let Kind::Json(Value::Array(items)) = &kind
        && !items.iter().any(Value::is_object)
    {
        return Err(IngestError::unreadable(&page.place, json::NO_RECORDS, json::OBJECTS));
    }
    Ok(kind)
}

/// Whether a text is nothing but blanks and delimiters, or the `null` of json.
fn holds_nothing(text: &str) -> bool {
    let is_void =
        |letter: char| letter.is_whitespace() || matches!(letter, '\u{feff}' | ',' | ';' | '|' | '"');
    text.trim() == "null" || text.chars().all(is_void)
}

/// Whether what begins so is plainly text with delimiters: nothing that is read whole or refused.
pub(super) fn is_plain(beginning: &[u8]) -> bool {
    let text = decode(beginning, None).text;
    let start = text.trim_start();
    let is_known = BINARY.iter().any(|(magic, _)| beginning.starts_with(magic))
        || is_bare(beginning)
        || is_older(beginning)
        || is_ebcdic(beginning)
        || [&b"PK"[..], b"\x1f\x8b"].iter().any(|magic| beginning.starts_with(magic))
        || Container::of(beginning).is_some();
    let is_exchange = EXCHANGE.iter().any(|format| start.starts_with(format));
    let is_other = holds_nothing(start) || start.starts_with(['<', '{', '[']) || text.contains('\0');
    !is_known && !is_exchange && !is_other && !is_web_archive(start)
}

/// Characters at the beginning of a document in which its root names what it is.
const OPENING: usize = 8_192;
/// Lines of a message in which its head says that it is one.
const HEAD: usize = 10;

/// Whether a text is a message (RFC 2557), as which Excel saves a workbook in one file for a browser.
fn is_web_archive(text: &str) -> bool {
    let mut head = text.lines().take(HEAD);
    head.any(|line| line.get(..13).is_some_and(|start| start.eq_ignore_ascii_case("mime-version:")))
}

/// Beginnings of tables in SYLK and DIF.
const EXCHANGE: [&str; 3] = ["ID;P", "TABLE\r\n0,1", "TABLE\n0,1"];

/// Tags with which web pages and fragments of them begin.
const TAGS: &[&str] = &[
    "!doctype", "html", "head", "body", "title", "meta", "link", "script", "style", "div", "span", "p", "h1",
    "h2", "h3", "table", "tr", "td", "ul", "ol", "form", "main", "section", "article", "header", "center",
    "font", "pre", "iframe", "br",
];

/// Whether a text is a web page, a fragment of one, or XML, whatever comments stand before it.
fn is_marked_up(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some((_, after)) = comment.split_once("-->") else { return true };
        rest = after.trim_start();
    }
    let Some(tag) = rest.strip_prefix('<') else { return false };
    let end = tag.find(|character: char| character.is_whitespace() || matches!(character, '>' | '/'));
    let name = tag[..end.unwrap_or(tag.len())].to_ascii_lowercase();
    tag.starts_with("?xml") || TAGS.contains(&name.as_str())
}

/// The name of the first element of an xml document, without its prefix.
fn root(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    loop {
        rest = rest.strip_prefix('<')?;
        let end = match rest {
            _ if rest.starts_with("!--") => "-->",
            _ if rest.starts_with('?') => "?>",
            _ => break,
        };
        rest = rest.split_once(end)?.1.trim_start();
    }
    let name = rest.split(|letter: char| letter.is_whitespace() || matches!(letter, '>' | '/')).next()?;
    Some(name.rsplit(':').next().unwrap_or(name))
}

/// Beginnings of files that hold no table for us, and what they are.
const BINARY: [(&[u8], &str); 2] = [(b"%PDF", "it is a PDF"), (b"{\\rtf", "it is a rich text document")];

/// Newer versions of Excel open these only when they are told to.
const OPEN_OLDER: &str = "open it in LibreOffice, or in Excel once these formats are allowed (Trust Center, File \
                          Block), and save it as .xlsx";

/// Whether a file is one of Excel 2 to 4: it begins with its first record (MS-XLS 2.4.21), outside any container.
const fn is_older(bytes: &[u8]) -> bool {
    matches!(bytes, [0x09, 0 | 2 | 4, 4..=16, 0, ..])
}

/// `[` may also open the first header of a csv file.
fn looks_like_json_array(text: &str) -> bool {
    text[1..].trim_start().starts_with(['{', '[', '"', ']'])
}

fn zip(page: &Page) -> Result<Workbook, IngestError> {
    let broken = |_| {
        IngestError::unreadable(
            &page.place,
            "its zip directory is damaged or cut off",
            "copy or download the file again",
        )
    };
    let archive = ::zip::ZipArchive::new(page.content.reader()).map_err(broken)?;
    let mut spreadsheet = None;
    for name in archive.file_names() {
        let name = name.map_err(broken)?.replace('\\', "/").to_ascii_lowercase();
        match name.trim_start_matches('/') {
            "content.xml" => spreadsheet = spreadsheet.or(Some(Workbook::Ods)),
            "word/document.xml" | "ppt/presentation.xml" => {
                return Err(IngestError::unreadable(
                    &page.place,
                    "it is a text document or a presentation and not a workbook",
                    "copy its table to a workbook and save that",
                ));
            }
            "index/document.iwa" | "index.zip" => {
                return Err(IngestError::unreadable(
                    &page.place,
                    "it is a document of Apple Numbers",
                    "export it from Numbers as .xlsx or .csv",
                ));
            }
            name if name.ends_with("workbook.bin") => spreadsheet = Some(Workbook::Xlsb),
            "[content_types].xml" if spreadsheet != Some(Workbook::Xlsb) => {
                spreadsheet = Some(Workbook::Xlsx);
            }
            _ => {}
        }
    }
    spreadsheet.ok_or_else(|| {
        IngestError::unreadable(
            &page.place,
            "it is a zip archive and not a workbook",
            "unpack it and give the files inside",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Budget, IngestError, Kind, Workbook};
    use crate::config::Limits;
    use crate::ingest::page::{Page, Place};

    fn sniff(page: &Page) -> Result<Kind<'_>, IngestError> {
        super::sniff(page, None, &Budget::new(&Limits::default()))
    }

    fn page(bytes: &[u8]) -> Page {
        Page { place: Place::path("a.xlsx"), label: "a.xlsx".to_owned(), content: bytes.to_vec().into() }
    }

    #[test]
    fn the_content_decides_and_not_the_name() {
        assert!(matches!(sniff(&page(b"[{\"a\":1}]")), Ok(Kind::Json(_))));
        assert!(
            matches!(sniff(&page(b"{\"a\":1}\n{\"a\":2}\n")), Ok(Kind::Json(value)) if value[1]["a"] == 2)
        );
        assert!(matches!(sniff(&page(b"[a],b\n1,2\n")), Ok(Kind::Text(_))));
        assert!(matches!(sniff(&page(b"a;b\n1;2\n")), Ok(Kind::Text(_))));
        let stream = page(b"\x09\x08\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x04\x02");
        assert!(matches!(sniff(&stream), Ok(Kind::Workbook(Workbook::Xls))));
        let xml = b"<?xml version=\"1.0\"?>\n<?mso-application progid=\"Excel.Sheet\"?><!-- x -->\
                    <ss:Workbook xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">";
        assert!(matches!(sniff(&page(xml)), Ok(Kind::Workbook(Workbook::SpreadsheetXml))));
        // What Excel saves for a browser names some of the same.
        let html = page(b"<html xmlns:x=\"urn:schemas-microsoft-com:office:spreadsheet\"><BODY><Table>");
        let told = sniff(&html).map(|_| ()).unwrap_err().to_string();
        assert!(told.contains("with a table"), "{told}");
    }

    #[test]
    fn what_is_no_table_is_refused_with_a_repair() {
        for bytes in [
            &b"%PDF-1.7"[..],
            b"",
            b"<html><table>",
            b"<!-- erreur 500 -->\n<!-- x --><HTML lang=fr>",
            b"<p>Erreur interne</p>",
            b"\xEF\xBB\xBF<div class=\"a\">Erreur</div>",
            b"[{\"a\":NaN}]",
            b"PK\x03\x04nothing",
            b"[{\"a\":1},{\"a",
            b"ID;PWXL;N;E\r\nP;PGeneral\r\n",
            b"TABLE\r\n0,1\r\n\"EXCEL\"\r\n",
            b"\xFF\xFE\0\0a\0\0\0",
            b"<!DOCTYPE Workbook><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
            b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related\r\n",
            b"\x09\x00\x04\x00\x02\x00\x10\x00\x00\x00",
            b"\x09\x04\x06\x00\x00\x00\x10\x00\x00\x00",
            // `Entreprise;t` in EBCDIC, and the end of the line.
            b"\xC5\x95\xA3\x99\x85\x97\x99\x89\xA2\x85\x5E\xA3\x25",
        ] {
            let error = sniff(&page(bytes)).map(|_| ()).unwrap_err();
            assert!(error.to_string().contains("help: "), "{error}");
            assert_eq!(error.exit_code(), 65);
        }
    }

    #[test]
    fn a_file_that_holds_nothing_or_no_record_is_refused_where_somebody_looks_at_it() {
        let told = |bytes: &[u8]| {
            let page = page(bytes);
            super::filled(&page, &Budget::new(&Limits::default()))
                .map(|_| ())
                .map_err(|error| error.to_string())
        };
        for bytes in [
            &b" \n\t\n"[..],
            b"\xEF\xBB\xBF",
            b"\xEF\xBB\xBF \n",
            b";;\n;;\n",
            b"[]",
            b"{}",
            b"null",
            b"{\"data\":[]}",
        ] {
            assert!(told(bytes).unwrap_err().contains("it holds nothing"), "{bytes:?}");
            assert!(!super::is_plain(bytes), "{bytes:?}");
        }
        for bytes in [&b"[1,2,3]"[..], b"[[1,2],[3,4]]"] {
            assert!(told(bytes).unwrap_err().contains("it holds no records"), "{bytes:?}");
        }
        for bytes in [&b"a;b\n1;2\n"[..], b"[[\"a\"],[1]]", b"{\"a\":1}", b"0\n"] {
            assert_eq!(told(bytes), Ok(()), "{bytes:?}");
        }
        // A page of a platform may hold no record.
        assert!(sniff(&page(b"[]")).is_ok());
    }

    #[test]
    fn the_first_nul_of_a_text_is_told_by_its_line() {
        for before in [2, 20_000] {
            let text = "a;b\n".repeat(before) + "3;\0\n";
            let told = sniff(&page(text.as_bytes())).map(|_| ()).unwrap_err().to_string();
            let line = format!("in line {}\n", before + 1);
            assert!(told.contains("NUL bytes") && told.contains(&line), "{told}");
        }
    }

    #[test]
    fn a_document_is_named_however_many_namespaces_come_before_its_own() {
        let others = "xmlns:a=\"http://a.example/un/espace/de/noms\" ".repeat(40);
        let own = "xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\"";
        let text = format!("<?xml version=\"1.0\"?><office:document {others}{own}>");
        let told = sniff(&page(text.as_bytes())).map(|_| ()).unwrap_err().to_string();
        assert!(told.contains(".fods"), "{told}");
        assert!(!super::is_plain(b"From: x\nmime-version: 1.0\n"));
    }

    #[test]
    fn a_sign_before_a_number_is_no_tag() {
        assert!(super::is_marked_up(" <!-- x --><p>a") && super::is_marked_up("<HTML>"));
        assert!(!super::is_marked_up("<10 t;>10 t\n1;2\n") && !super::is_marked_up("a <p>"));
    }
}
