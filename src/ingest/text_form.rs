//! The form of a text file, and how sure of each part of it we are.

use super::charset::Charset;
use super::dialect::{Dialect, NONE};
use std::fmt;

/// How a text file was taken apart: marks and the name of an encoding, nothing of what the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextForm {
    dialect: Dialect,
    encoding: Charset,
    /// How sure the encoding is, percent.
    sure: u32,
}

impl TextForm {
    pub(super) const fn new(encoding: Charset, sure: u32, dialect: Dialect) -> Self {
        Self { dialect, encoding, sure }
    }

    /// Whether another delimiter or another encoding may be meant: that is told in a run, too.
    pub(super) const fn is_guessed(&self) -> bool {
        self.dialect.sure < 100 || self.sure < 100
    }
}

impl fmt::Display for TextForm {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |byte: Option<u8>| match byte {
            None | Some(NONE) => "∅".to_owned(),
            Some(b'\t') => "tab".to_owned(),
            Some(b' ') => "espace / blank".to_owned(),
            Some(byte) => format!("« {} »", char::from(byte)),
        };
        let Dialect { delimiter, quote, escape, sure, quote_sure, escape_sure, .. } = self.dialect;
        write!(
            formatter,
            "délimiteur / delimiter {} {sure} % · guillemet / quote {} {quote_sure} % · \
             échappement / escape {} {escape_sure} % · encodage / encoding {} {} %",
            name(Some(delimiter)),
            name(quote),
            name(escape),
            self.encoding.name(),
            self.sure
        )
    }
}

#[cfg(test)]
mod tests {
    use super::TextForm;
    use crate::config::Text;
    use crate::ingest::dialect;
    use crate::ingest::encoding::decode;

    fn shown(bytes: &[u8]) -> String {
        let text = decode(bytes, None);
        let (_, dialects) = dialect::find(&text.text, &Text::default());
        TextForm::new(text.encoding, text.sure, dialects[0]).to_string()
    }

    #[test]
    fn each_part_of_a_form_is_told_with_how_sure_it_is() {
        let told = shown(b"a;b\n1;2\n");
        assert_eq!(
            told,
            "délimiteur / delimiter « ; » 100 % · guillemet / quote « \" » 100 % · \
             échappement / escape ∅ 100 % · encodage / encoding UTF-8 100 %"
        );
        let old = shown(b"m\xE9tal\tb\n1\t2\n");
        assert!(old.contains("delimiter tab 100 %") && old.contains("encoding windows-1252 "), "{old}");
        assert!(!old.ends_with("100 %"), "{old}");
        // One column has no delimiter.
        assert!(shown("description\nverre, plat\n".as_bytes()).contains("delimiter ∅ 100 %"));
        // A mark that closes and never opens may be that of inches, and one of two escapes is meant.
        assert!(shown(b"a;b\n\"x\";2\ntube 3/4\";3\n").contains("quote « \" » 50 %"));
        assert!(shown(b"a;b\n\"x \\\"y\\\" z\";\"u \"\"v\"\" w\"\n").contains("escape ∅ 50 %"));
    }
}
