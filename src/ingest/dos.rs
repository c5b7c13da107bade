//! Code pages of DOS, which the Encoding Standard of the web does not have: workbooks of that time name them, and
//! some programs still write text in one.

use crate::config::dos_page;
use encoding_rs::WINDOWS_1252;

/// A code page of DOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dos {
    /// Of the United States.
    Page437,
    /// Of Western Europe, « DOS Latin 1 ».
    Page850,
    /// Of French Canada.
    Page863,
}

impl Dos {
    /// The code page of a number.
    pub(super) const fn of(number: u16) -> Option<Self> {
        match number {
            437 => Some(Self::Page437),
            850 => Some(Self::Page850),
            863 => Some(Self::Page863),
            _ => None,
        }
    }

    /// The code page of a name in settings.
    pub(super) fn for_label(label: &str) -> Option<Self> {
        dos_page(label).and_then(Self::of)
    }

    /// Its usual name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Page437 => "IBM437",
            Self::Page850 => "IBM850",
            Self::Page863 => "IBM863",
        }
    }

    /// The character of a byte.
    pub(super) fn character(self, byte: u8) -> char {
        let upper = match self {
            Self::Page437 => &UPPER_437,
            Self::Page850 => &UPPER_850,
            Self::Page863 => &UPPER_863,
        };
        byte.checked_sub(128).map_or(char::from(byte), |at| upper[usize::from(at)])
    }

    /// A text whose bytes were read as Windows-1252, which has a character for each of them.
    pub(super) fn instead_of_windows(self, text: &str) -> String {
        let (bytes, _, _) = WINDOWS_1252.encode(text);
        bytes.iter().map(|byte| self.character(*byte)).collect()
    }
}

// Characters 128 to 255, as the Unicode Consortium maps them (VENDORS/MICSFT/PC/CP437.TXT, CP850.TXT, CP863.TXT).

#[rustfmt::skip]
const UPPER_437: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', '¢', '£', '¥', '₧', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '⌐', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐',
    '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧',
    '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐', '▀',
    'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩',
    '≡', '±', '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{A0}',
];

#[rustfmt::skip]
const UPPER_850: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'ä', 'à', 'å', 'ç', 'ê', 'ë', 'è', 'ï', 'î', 'ì', 'Ä', 'Å',
    'É', 'æ', 'Æ', 'ô', 'ö', 'ò', 'û', 'ù', 'ÿ', 'Ö', 'Ü', 'ø', '£', 'Ø', '×', 'ƒ',
    'á', 'í', 'ó', 'ú', 'ñ', 'Ñ', 'ª', 'º', '¿', '®', '¬', '½', '¼', '¡', '«', '»',
    '░', '▒', '▓', '│', '┤', 'Á', 'Â', 'À', '©', '╣', '║', '╗', '╝', '¢', '¥', '┐',
    '└', '┴', '┬', '├', '─', '┼', 'ã', 'Ã', '╚', '╔', '╩', '╦', '╠', '═', '╬', '¤',
    'ð', 'Ð', 'Ê', 'Ë', 'È', 'ı', 'Í', 'Î', 'Ï', '┘', '┌', '█', '▄', '¦', 'Ì', '▀',
    'Ó', 'ß', 'Ô', 'Ò', 'õ', 'Õ', 'µ', 'þ', 'Þ', 'Ú', 'Û', 'Ù', 'ý', 'Ý', '¯', '´',
    '\u{AD}', '±', '‗', '¾', '¶', '§', '÷', '¸', '°', '¨', '·', '¹', '³', '²', '■', '\u{A0}',
];

#[rustfmt::skip]
const UPPER_863: [char; 128] = [
    'Ç', 'ü', 'é', 'â', 'Â', 'à', '¶', 'ç', 'ê', 'ë', 'è', 'ï', 'î', '‗', 'À', '§',
    'É', 'È', 'Ê', 'ô', 'Ë', 'Ï', 'û', 'ù', '¤', 'Ô', 'Ü', '¢', '£', 'Ù', 'Û', 'ƒ',
    '¦', '´', 'ó', 'ú', '¨', '¸', '³', '¯', 'Î', '⌐', '¬', '½', '¼', '¾', '«', '»',
    '░', '▒', '▓', '│', '┤', '╡', '╢', '╖', '╕', '╣', '║', '╗', '╝', '╜', '╛', '┐',
    '└', '┴', '┬', '├', '─', '┼', '╞', '╟', '╚', '╔', '╩', '╦', '╠', '═', '╬', '╧',
    '╨', '╤', '╥', '╙', '╘', '╒', '╓', '╫', '╪', '┘', '┌', '█', '▄', '▌', '▐', '▀',
    'α', 'ß', 'Γ', 'π', 'Σ', 'σ', 'µ', 'τ', 'Φ', 'Θ', 'Ω', 'δ', '∞', 'φ', 'ε', '∩',
    '≡', '±', '≥', '≤', '⌠', '⌡', '÷', '≈', '°', '∙', '·', '√', 'ⁿ', '²', '■', '\u{A0}',
];

#[cfg(test)]
mod tests {
    use super::Dos;

    #[test]
    fn french_words_are_read_under_each_code_page() {
        for (page, bytes, text) in [
            (437, &b"Mati\x8Are r\x82cup\x82r\x82e, \x90t\x82 \xF1 2"[..], "Matière récupérée, Été ± 2"),
            (850, &b"R\xD2ves \xB7 No\x89l, 3 m\xFC, \xAEt\x93le\xAF"[..], "RÊves À Noël, 3 m³, «tôle»"),
            (863, &b"R\x92ves \x8E No\x89l, \x84ge, H\x99tel"[..], "RÊves À Noël, Âge, HÔtel"),
        ] {
            let page = Dos::of(page).unwrap();
            assert_eq!(bytes.iter().map(|byte| page.character(*byte)).collect::<String>(), text);
            // All bytes are told apart when they were read as Windows-1252.
            let (windows, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes);
            assert_eq!(page.instead_of_windows(&windows), text);
            assert_eq!(Dos::for_label(page.name()), Some(page));
        }
        let all: Vec<u8> = (0..=255).collect();
        let (windows, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&all);
        let expected: String = all.iter().map(|byte| Dos::Page863.character(*byte)).collect();
        assert_eq!(Dos::Page863.instead_of_windows(&windows), expected);
        assert!(Dos::of(851).is_none() && Dos::for_label("cp851").is_none());
    }
}
