//! Both ends of a quantity under their names: `min 5 t, max 10 t par an`, `5 t/an min.; 10 t/an max.`.

const LEAST: [&str; 2] = ["min", "minimum"];
const MOST: [&str; 2] = ["max", "maximum"];
/// Around words, and between the two ends.
const MARKS: [char; 5] = ['.', ',', ';', ':', ' '];
const JOINTS: [&str; 2] = ["et", "and"];

/// Plain text in which two ends that are named stand as a range; any other as it is.
pub(super) fn as_range(text: String) -> String {
    range(&text).unwrap_or(text)
}

fn range(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let (least, most) = (only(&words, LEAST)?, only(&words, MOST)?);
    let (one, other) = (least.min(most), least.max(most));
    let (first, second) = if one == 0 {
        (&words[1..other], &words[other + 1..])
    } else if other + 1 == words.len() {
        (&words[..one], &words[one + 1..other])
    } else {
        return None;
    };
    let (first, second) = (amount(first)?, amount(second)?);
    let (low, high) = if least < most { (first, second) } else { (second, first) };
    Some(format!("{low} a {high}"))
}

/// Where one of some words stands, when it does once.
fn only(words: &[&str], names: [&str; 2]) -> Option<usize> {
    let is_name = |at: &usize| names.contains(&words[*at].trim_matches(MARKS));
    let mut found = (0..words.len()).filter(is_name);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What begins with digits, without what joins it to the other end.
fn amount(words: &[&str]) -> Option<String> {
    let joined = words.join(" ");
    // A point or a comma at the beginning is a decimal mark.
    let said = joined.trim_start_matches([' ', ':', ';']).trim_end_matches(MARKS);
    let behind = JOINTS.iter().find_map(|joint| said.strip_suffix(*joint)?.strip_suffix(' '));
    let said = behind.unwrap_or(said).trim_end_matches(MARKS);
    let before = JOINTS.iter().find_map(|joint| said.strip_prefix(*joint)?.strip_prefix(' '));
    let said = before.unwrap_or(said);
    said.starts_with(|first: char| first.is_ascii_digit()).then(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::quantity::{QuantityError, read};

    #[test]
    fn two_ends_under_their_names_are_an_interval() {
        for text in [
            "min 5 t, max 10 t par an",
            "max 10 t min 5 t /an",
            "5 t/an min.; 10 t/an max.",
            "min. 5 t/an et max. 10 t/an",
            "Minimum : 5 t/an, maximum : 10 t/an",
            "10 t/an max, 5 t/an min",
            "min cinq max dix t/an",
        ] {
            let Ok(written) = read(text) else { panic!("{text}") };
            let said = (written.low.round(), written.high.round(), written.is_bound, written.rate.is_some());
            assert_eq!(said, (Some(5), Some(10), false, true), "{text}");
            assert_eq!(written.unit, "t", "{text}");
        }
        assert_eq!(read("min 10 t, max 5 t").unwrap_err(), QuantityError::Ambiguous);
        assert!(read("min 5 t par an").unwrap().is_least);
        assert!(read("min .5 t, max 1 t").is_err(), "no five tonnes");
    }
}
