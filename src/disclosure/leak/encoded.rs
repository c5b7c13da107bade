//! Text inside text: base64 and hexadecimal.

/// Shorter runs hold no name.
const SHORTEST: usize = 12;

/// Every decoded run that reads as text.
pub(super) fn texts(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    each_run(
        text,
        |byte| byte.is_ascii_hexdigit(),
        |run| {
            // A letter before it may look like a digit: both alignments are tried.
            for shift in 0..2 {
                found.extend(readable(&hexadecimal(&run[shift..])));
            }
        },
    );
    each_run(
        text,
        |byte| sextet(byte).is_some(),
        |run| {
            if !run.iter().all(u8::is_ascii_hexdigit) {
                // A slash or a letter before it may belong to the run: each alignment is tried.
                for shift in 0..4 {
                    found.extend(readable(&base64(&run[shift..])));
                }
            }
        },
    );
    found
}

fn each_run<'a>(text: &'a str, is_part: impl Fn(u8) -> bool, mut found: impl FnMut(&'a [u8])) {
    for run in text.as_bytes().split(|byte| !is_part(*byte)) {
        if run.len() >= SHORTEST {
            found(run);
        }
    }
}

const fn sextet(byte: u8) -> Option<u32> {
    match byte {
        b'A'..=b'Z' => Some((byte - b'A') as u32),
        b'a'..=b'z' => Some((byte - b'a') as u32 + 26),
        b'0'..=b'9' => Some((byte - b'0') as u32 + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn base64(run: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(run.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for sextet in run.iter().filter_map(|byte| sextet(*byte)) {
        bits = (bits << 6) | sextet;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or(0));
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

/// Base64 without its padding; `signs` are the last two of the alphabet.
pub(super) fn to_base64(bytes: &[u8], signs: &str) -> String {
    let alphabet: Vec<char> = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(signs.chars()).collect();
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            chunk.iter().fold(0, |bits, byte| bits << 8 | usize::from(*byte)) << (8 * (3 - chunk.len()));
        text.extend((0..=chunk.len()).map(|place| alphabet[bits >> (18 - 6 * place) & 63]));
    }
    text
}

fn hexadecimal(run: &[u8]) -> Vec<u8> {
    let digit =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    run.chunks_exact(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])).collect()
}

/// What reads as text in the bytes: what stands before a run, such as `parcs/`, decodes to noise.
fn readable(bytes: &[u8]) -> Vec<String> {
    const SHORTEST: usize = 6;
    if bytes.contains(&0) {
        return super::views::wide(bytes).into_iter().filter(|text| is_readable(text)).collect();
    }
    let valid = bytes.utf8_chunks().map(|chunk| chunk.valid().to_owned());
    let mut texts: Vec<String> = valid.filter(|text| text.len() >= SHORTEST && is_readable(text)).collect();
    let plain = bytes.iter().filter(|byte| byte.is_ascii_graphic() || **byte == b' ').count();
    if std::str::from_utf8(bytes).is_err() && plain * 4 >= bytes.len() * 3 {
        texts.push(super::views::western(bytes));
    }
    texts
}

/// Noise taken for UTF-16 is full of the letters of other scripts.
const LATIN_END: char = '\u{250}';

fn is_readable(text: &str) -> bool {
    let plain = |character: &char| {
        character.is_ascii_graphic()
            || *character == ' '
            || *character < LATIN_END && character.is_alphanumeric()
    };
    text.chars().filter(plain).count() * 4 >= text.chars().count() * 3
}

#[cfg(test)]
mod tests {
    use super::texts;

    #[test]
    fn base64_and_hexadecimal_are_read_and_checksums_are_not_text() {
        let found = texts("data:x;base64,TcOpdGFsbHVyZ2llIENhbmFyaQ== 4dc3a974616c6c757267696520");
        assert!(found.iter().any(|text| text == "Métallurgie Canari"), "{found:?}");
        assert!(texts("4dc3a974616c6c7572676965").iter().any(|text| text.starts_with("Métallurgie")));
        let checksum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(texts(checksum), [""; 0]);
    }
}
