//! Text inside text: base64, base32 and hexadecimal.

/// Shorter runs hold no name.
const SHORTEST: usize = 12;
/// The same for base32.
const SHORTEST_32: usize = 16;
/// Fewer pairs of digits apart hold no name.
const FEWEST_PAIRS: usize = 6;

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
    words(text, &mut found);
    found
}

/// Base32, which stands alone, and pairs of hexadecimal digits apart (`4d 61`, `4d:61`, `0x4d, 0x61`).
fn words(text: &str, found: &mut Vec<String>) {
    let mut pairs: Vec<u8> = Vec::new();
    // The empty word behind the text ends the last pairs.
    let words = text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).map(Some);
    for word in words.chain([None]) {
        let word: &[u8] = match word {
            Some([]) => continue,
            Some(word) => word,
            None => &[],
        };
        let pair = word.strip_prefix(b"0x").unwrap_or(word);
        if pair.len() == 2 && pair.iter().all(u8::is_ascii_hexdigit) {
            pairs.extend_from_slice(pair);
            continue;
        }
        if pairs.len() >= 2 * FEWEST_PAIRS {
            found.extend(readable(&hexadecimal(&pairs)));
        }
        pairs.clear();
        if word.len() >= SHORTEST_32
            && let Some(bytes) = base32(word)
        {
            found.extend(readable(&bytes));
        }
    }
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

/// None when a byte is not of the alphabet.
fn base32(run: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(run.len() * 5 / 8);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in run.iter().copied() {
        let quintet = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(quintet);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap_or(0));
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
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
        for apart in [
            "4d c3 a9 74 61 6c 6c 75 72 67 69 65",
            "4D:C3:A9:74:61:6C:6C:75:72:67:69:65,",
            "0x4d, 0xc3, 0xa9, 0x74, 0x61, 0x6c, 0x6c, 0x75, 0x72, 0x67, 0x69, 0x65",
            "x JXB2S5DBNRWHK4THNFSQ====",
        ] {
            assert!(texts(apart).iter().any(|text| text == "Métallurgie"), "{apart}: {:?}", texts(apart));
        }
        assert_eq!(texts("12 34 56 78 90 kg; 41 42 43 44 45"), [""; 0]);
        let checksum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(texts(checksum), [""; 0]);
    }
}
