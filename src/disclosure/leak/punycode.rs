//! Names in hosts (`xn--…`), after RFC 3492.

/// A label of a host is no longer.
const LONGEST: usize = 63;

/// Every label in its letters, when there is any.
pub(super) fn labels(text: &str) -> Option<String> {
    let mut found = String::new();
    for mark in ["xn--", "XN--", "Xn--"] {
        for (start, _) in text.match_indices(mark) {
            let rest = text.as_bytes()[start + mark.len()..].iter().take(LONGEST);
            let label = rest.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-');
            let label: String = label.map(|byte| char::from(byte.to_ascii_lowercase())).collect();
            if let Some(name) = decoded(&label) {
                found.push_str(&name);
                found.push('\n');
            }
        }
    }
    (!found.is_empty()).then_some(found)
}

fn decoded(label: &str) -> Option<String> {
    const DIGITS: u32 = 36;
    let (basic, extended) = label.rsplit_once('-').unwrap_or(("", label));
    let mut name: Vec<char> = basic.chars().collect();
    let (mut code, mut place, mut bias) = (128_u32, 0_u32, 72_u32);
    let mut digits = extended.chars().map(digit).peekable();
    while digits.peek().is_some() {
        let (before, mut weight, mut limit) = (place, 1_u32, DIGITS);
        loop {
            let digit = digits.next()??;
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let threshold = limit.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(DIGITS - threshold)?;
            limit += DIGITS;
        }
        let length = u32::try_from(name.len()).ok()? + 1;
        bias = adapted(place - before, length, before == 0);
        code = code.checked_add(place / length)?;
        place %= length;
        name.insert(place as usize, char::from_u32(code)?);
        place += 1;
    }
    Some(name.into_iter().collect())
}

/// `a` to `z`, then `0` to `9`.
fn digit(character: char) -> Option<u32> {
    match character {
        'a'..='z' => Some(u32::from(character) - u32::from('a')),
        '0'..='9' => Some(u32::from(character) - u32::from('0') + 26),
        _ => None,
    }
}

const fn adapted(delta: u32, length: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut bias = 0;
    while delta > 455 {
        delta /= 35;
        bias += 36;
    }
    bias + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::labels;

    #[test]
    fn hosts_are_read_in_their_letters() {
        for (host, name) in [
            ("https://xn--bcher-kva.example/", "bücher"),
            ("XN--MNCHEN-3YA.test", "münchen"),
            ("xn--zbrlaxmogantine-bnb22a", "zébrûlaxmogantine"),
        ] {
            assert_eq!(labels(host), Some(format!("{name}\n")), "{host}");
        }
        for text in ["https://example.org/", "xn--a_b", "xn--99999999"] {
            let found = labels(text);
            assert!(found.as_ref().is_none_or(|found| found.len() < 40), "{text}: {found:?}");
        }
    }
}
