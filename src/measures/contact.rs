//! E-mail addresses and telephone numbers, where they are told from amounts and words.

/// What stands before the number of an extension.
const EXTENSIONS: [&str; 5] = [" poste", " ext", " p.", " x", " #"];

/// A text that is an e-mail address and nothing more.
pub(crate) fn is_email(text: &str) -> bool {
    text.contains('@') && text.contains('.') && !text.contains(' ')
}

/// Ten digits in three groups, as North America writes them: an identifier has none, and thousands come in threes.
pub(crate) fn is_telephone(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let text = EXTENSIONS.iter().find_map(|mark| text.split_once(mark)).map_or(&*text, |(number, _)| number);
    let is_plain =
        text.chars().all(|letter| letter.is_ascii_digit() || " -.()+\u{a0}\u{2011}".contains(letter));
    let groups: Vec<&str> = text.split(|letter: char| !letter.is_ascii_digit()).collect();
    let groups: Vec<&str> = groups.into_iter().filter(|group| !group.is_empty()).collect();
    let groups = groups.strip_prefix(&["1"]).unwrap_or(&groups);
    is_plain && matches!(groups, [area, office, line] if [area.len(), office.len(), line.len()] == [3, 3, 4])
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_telephone};

    #[test]
    fn telephones_are_told_from_amounts_and_numbers() {
        for text in
            ["418-555-0100", "(418) 555-0100", "1 418 555-0100", "418.555.0100", "418-555-0100 poste 12"]
        {
            assert!(is_telephone(text), "{text}");
        }
        for text in ["1 234 567.890", "4185550100", "418-555", "5 à 10", "1141234567", "100-200-3000 t", ""]
        {
            assert!(!is_telephone(text), "{text}");
        }
        assert!(is_email("a@exemple.test") && !is_email("voir a@exemple.test") && !is_email("5 @ 10"));
    }
}
