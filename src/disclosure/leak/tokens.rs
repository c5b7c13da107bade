//! A text as folded words, without building the folded text: one pass, one word in memory.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// A folded word and what stands between it and the word before.
pub(super) struct Token<'a> {
    /// The word, lower case, without accents.
    pub(super) text: &'a str,
    /// Its hash.
    pub(super) hash: u64,
    /// Punctuation that ends a phrase stands before it.
    pub(super) is_after_break: bool,
    /// What stands before it is what people put between the groups of one number.
    pub(super) is_after_number_gap: bool,
    /// What stands before it, where that is one sign with which people group digits: its kind.
    pub(super) separator: Option<char>,
}

/// Longest gap inside one number, as in `(418) 555-0142`.
const LONGEST_NUMBER_GAP: usize = 3;

/// Characters that show nothing: a word goes on across them. Those of `Default_Ignorable_Code_Point` and of the
/// general category `Cf`.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{600}'..='\u{605}'
            | '\u{61c}'
            | '\u{6dd}'
            | '\u{70f}'
            | '\u{890}'..='\u{891}'
            | '\u{8e2}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{110bd}'
            | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a phrase goes on across this character.
const fn is_soft(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}'
            | '\u{202f}'
            | '\t'
            | '-'
            | '_'
            | '+'
            | '\''
            | '’'
            | '.'
            | '&'
            | '/'
            | '–'
            | '\u{2010}'
            | '\u{2011}'
            | '%'
            | '@'
    )
}

const fn joins_numbers(character: char) -> bool {
    matches!(
        character,
        ' ' | '\u{a0}'
            | '\u{202f}'
            | '\u{2009}'
            | '-'
            | '\u{2010}'
            | '\u{2011}'
            | '–'
            | '.'
            | '('
            | ')'
            | '+'
    )
}

/// The kind of a sign that stands alone between two groups of digits.
const fn separator(character: char) -> Option<char> {
    match character {
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' => Some(' '),
        '-' | '\u{2010}' | '\u{2011}' | '\u{2212}' | '–' => Some('-'),
        '.' | '/' | '_' => Some(character),
        _ => None,
    }
}

/// Hash of a word; FNV-1a with a last mix, so that sums of neighbours stay apart.
pub(super) fn hash(word: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in word.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 29;
    hash.wrapping_mul(0xbf58_476d_1ce4_e5b9) ^ (hash >> 32)
}

/// Calls `found` for each word.
pub(super) fn each(text: &str, mut found: impl FnMut(&Token<'_>)) {
    let mut word = String::with_capacity(64);
    let mut gap = Gap::default();
    let mut emit = |word: &mut String, gap: &mut Gap| {
        if !word.is_empty() {
            found(&Token {
                text: word,
                hash: hash(word),
                is_after_break: gap.is_break,
                is_after_number_gap: gap.joins && gap.length <= LONGEST_NUMBER_GAP,
                separator: gap.separator.filter(|_| gap.length == 1),
            });
            word.clear();
            *gap = Gap::default();
        }
    };
    for character in text.chars() {
        if character.is_ascii() {
            if character.is_ascii_alphanumeric() {
                word.push(character.to_ascii_lowercase());
            } else {
                emit(&mut word, &mut gap);
                gap.extend(character);
            }
        } else if !is_invisible(character) {
            for part in std::iter::once(character).nfkd().filter(|part| !is_combining_mark(*part)) {
                match part {
                    'œ' | 'Œ' => word.push_str("oe"),
                    'æ' | 'Æ' => word.push_str("ae"),
                    'ß' => word.push_str("ss"),
                    'ø' | 'Ø' => word.push('o'),
                    _ if part.is_alphanumeric() => word.extend(part.to_lowercase()),
                    _ => {
                        emit(&mut word, &mut gap);
                        gap.extend(character);
                    }
                }
            }
        }
    }
    emit(&mut word, &mut gap);
}

struct Gap {
    is_break: bool,
    joins: bool,
    length: usize,
    separator: Option<char>,
}

impl Default for Gap {
    fn default() -> Self {
        Self { is_break: false, joins: true, length: 0, separator: None }
    }
}

impl Gap {
    const fn extend(&mut self, character: char) {
        self.is_break |= !is_soft(character);
        self.joins &= joins_numbers(character);
        self.length += 1;
        self.separator = separator(character);
    }
}

/// Letters of a word.
pub(super) fn letters(word: &str) -> usize {
    word.chars().filter(|character| character.is_alphabetic()).count()
}

#[cfg(test)]
mod tests {
    use super::each;
    use crate::model::words;

    fn tokens(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(text, |token| found.push(token.text.to_owned()));
        found
    }

    #[test]
    fn words_are_the_folded_words_of_the_model() {
        for text in ["  L'Œuvre  Métallique, inc. ", "Cafe\u{301} (418) 555-0142", "ＦＵＬＬ ½ ﬁn"] {
            assert_eq!(tokens(text), words(text), "{text}");
        }
    }

    #[test]
    fn invisible_characters_do_not_split_a_word() {
        assert_eq!(tokens("Mé\u{ad}tal\u{200b}lurgie"), ["metallurgie"]);
        for invisible in "\u{61c}\u{180e}\u{202c}\u{2062}\u{2069}\u{3164}\u{fe0f}\u{e0041}".chars() {
            assert_eq!(tokens(&format!("Métal{invisible}lurgie")), ["metallurgie"], "{invisible:?}");
        }
    }
}
