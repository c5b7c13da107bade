//! Letters of other alphabets that look like ours, and digits of other scripts.

use unicode_normalization::UnicodeNormalization as _;

/// The zero of each script whose digits people use; nine more follow it.
const ZEROS: &[char] = &[
    '\u{660}', '\u{6f0}', '\u{7c0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{b66}', '\u{be6}',
    '\u{c66}', '\u{ce6}', '\u{d66}', '\u{e50}', '\u{ed0}', '\u{f20}', '\u{1040}', '\u{17e0}', '\u{1810}',
];

/// No character before it looks like one of ours that it is not.
const FIRST: char = '\u{110}';

/// The text in our letters and digits, when it has others that look like them.
pub(super) fn undone(text: &str) -> Option<String> {
    // Most texts have no character that could be one.
    let others = FIRST..='\u{1819}';
    let is_other = |character: char| others.contains(&character) && !matches!(character, 'œ' | 'Œ');
    if !text.chars().any(is_other) || !text.nfd().any(|part| ours(part).is_some()) {
        return None;
    }
    Some(text.nfd().map(|part| ours(part).unwrap_or(part)).collect())
}

/// What a character looks like.
fn ours(character: char) -> Option<char> {
    if character < FIRST {
        return None;
    }
    let letter = match character {
        'а' | 'А' | 'α' | 'Α' | 'ɑ' => 'a',
        'в' | 'В' | 'ь' | 'Ь' | 'β' | 'Β' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' => 'c',
        'ԁ' | 'đ' | 'Đ' => 'd',
        'е' | 'Е' | 'ε' | 'Ε' => 'e',
        'ɡ' => 'g',
        'һ' | 'Һ' | 'н' | 'Н' | 'Η' | 'ħ' | 'Ħ' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' => 'i',
        'ј' | 'Ј' | 'ϳ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' => 'k',
        'ӏ' | 'Ӏ' | 'ł' | 'Ł' => 'l',
        'м' | 'М' | 'Μ' => 'm',
        'п' | 'П' | 'η' | 'Ν' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'σ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' | 'Ѕ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' | 'ŧ' | 'Ŧ' => 't',
        'υ' | 'μ' => 'u',
        'ν' | 'ѵ' | 'Ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' => 'y',
        'Ζ' => 'z',
        _ => return ours_digit(character),
    };
    Some(letter)
}

fn ours_digit(character: char) -> Option<char> {
    let zero = ZEROS.iter().rev().find(|zero| **zero <= character)?;
    char::from_digit(u32::from(character) - u32::from(*zero), 10)
}

#[cfg(test)]
mod tests {
    use super::undone;

    #[test]
    fn letters_and_digits_of_other_scripts_are_read_as_what_they_look_like() {
        for (written, read) in [
            ("zеbrulах", "zebrulax"),
            ("Моgаntіnе", "mogantine"),
            ("mοgantinε", "mogantine"),
            ("١١٧٠٠٣٤٥٦٧", "1170034567"),
            ("۱۱۷۰۰۳۴۵۶۷", "1170034567"),
            ("१२३", "123"),
            ("Đaħł", "dahl"),
        ] {
            assert_eq!(undone(written).as_deref(), Some(read), "{written}");
        }
        for ours in ["Zébrûlax, œuvre & 12 m³", "plain", "“–”", "日本", "٪"] {
            assert_eq!(undone(ours), None, "{ours}");
        }
    }
}
