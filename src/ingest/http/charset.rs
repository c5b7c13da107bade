//! The encoding that a `Content-Type` names. What is in another one than UTF-8 is kept as UTF-8 with a mark,
//! so that a replay and an answer 304, which name none, read the same text.

use super::super::charset::Charset;
use super::super::content::Container;
use super::super::encoding::decode;
use encoding_rs::{Encoding, UTF_8};

/// The mark before UTF-8 (RFC 3629, section 6).
const MARK: &str = "\u{feff}";

/// A body, and the encoding that was named for it when its bytes say otherwise: then they are left alone.
/// A byte order mark wins, and so does UTF-8 that is more than ASCII.
pub(super) fn understood(body: Vec<u8>, content_type: Option<&str>) -> (Vec<u8>, Option<&'static str>) {
    let declared = content_type.and_then(label).and_then(|label| Charset::for_label(&label));
    let Some(declared) = declared.filter(|declared| is_text(&body, *declared)) else { return (body, None) };
    let contradicted = Some(declared.name());
    if let Some((marked, _)) = Encoding::for_bom(&body) {
        let agrees = declared == Charset::Web(marked) || is_wide(declared) && marked != UTF_8;
        return (body, contradicted.filter(|_| !agrees));
    }
    let is_utf8 = std::str::from_utf8(&body).is_ok();
    if declared == Charset::Web(UTF_8) {
        return (body, contradicted.filter(|_| !is_utf8));
    }
    if is_utf8 && extends_ascii(declared) {
        // Json is UTF-8, whatever is said of it (RFC 8259, section 8.1).
        let is_json = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("json"));
        let agrees = body.is_ascii() || is_json;
        return (body, contradicted.filter(|_| !agrees));
    }
    let (marked, replaced) = {
        let read = decode(&body, Some(declared));
        (format!("{MARK}{}", read.text), read.replaced)
    };
    if replaced { (body, contradicted) } else { (marked.into_bytes(), None) }
}

/// The value of `charset` (RFC 9110, section 8.3.2).
fn label(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches(['"', '\'']).to_owned())
    })
}

/// Whether a body may be text: servers name encodings of workbooks, too.
fn is_text(body: &[u8], declared: Charset) -> bool {
    let beginning = &body[..body.len().min(4_096)];
    Container::of(body).is_none()
        && !body.starts_with(b"%PDF")
        && (is_wide(declared) || !beginning.contains(&0) || Encoding::for_bom(body).is_some())
}

/// Two bytes a character.
fn is_wide(charset: Charset) -> bool {
    charset.name().starts_with("UTF-16")
}

/// Whether bytes of ASCII mean the same in it.
fn extends_ascii(charset: Charset) -> bool {
    match charset {
        Charset::Web(encoding) => encoding.is_ascii_compatible(),
        Charset::Dos(_) | Charset::Patched => true,
    }
}

#[cfg(test)]
mod tests {
    use super::understood;

    fn read(body: &[u8], content_type: &str) -> (String, Option<&'static str>) {
        let (body, contradicted) = understood(body.to_vec(), Some(content_type));
        (String::from_utf8_lossy(&body).into_owned(), contradicted)
    }

    #[test]
    fn a_named_encoding_is_read_unless_the_bytes_are_another() {
        let marked = |text: &str| format!("\u{feff}{text}");
        assert_eq!(read(b"M\x82taux", "text/csv; charset=IBM850"), (marked("Métaux"), None));
        assert_eq!(read(b"\xB1", "text/csv; header=present; Charset=\"iso-8859-2\""), (marked("ą"), None));
        assert_eq!(read(b"a\0;\0", "text/csv; charset=utf-16le"), (marked("a;"), None));
        assert_eq!(read(b"a;b", "text/csv; charset=cp850"), ("a;b".to_owned(), None));
        assert_eq!(read("é".as_bytes(), "text/csv; charset=utf-8"), ("é".to_owned(), None));
        assert_eq!(read("é".as_bytes(), "application/json; charset=latin1"), ("é".to_owned(), None));
        for (body, label, name) in [
            ("é".as_bytes(), "iso-8859-1", "windows-1252"),
            ("\u{feff}é".as_bytes(), "cp850", "IBM850"),
            (&b"\xE9t\xE9"[..], "utf-8", "UTF-8"),
        ] {
            let (kept, contradicted) = understood(body.to_vec(), Some(&format!("text/csv; charset={label}")));
            assert_eq!((kept.as_slice(), contradicted), (body, Some(name)), "{label}");
        }
        let workbook = b"PK\x03\x04\xE9".to_vec();
        assert_eq!(understood(workbook.clone(), Some("text/csv; charset=cp850")), (workbook, None));
        assert_eq!(understood(b"\xE9".to_vec(), Some("text/csv; charset=x-none")), (b"\xE9".to_vec(), None));
        assert_eq!(understood(b"\xE9".to_vec(), None), (b"\xE9".to_vec(), None));
    }
}
