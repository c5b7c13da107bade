//! Every way in which the bytes of a file may be read as text.

use super::markup::{Tags, stripped};
use super::{apart, encoded, escapes, glued, lookalikes, punycode};
use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// Nested escapes (`%2526`), base64 of a page…: deeper is no accident.
const DEEPEST: usize = 3;

/// Calls `read` with each reading of the bytes; `true` when chance words have to be expected in it.
pub(super) fn each(bytes: &[u8], read: &mut dyn FnMut(&str, bool)) {
    let is_binary = bytes.contains(&0) && !has_mark(bytes);
    for text in decoded(bytes) {
        text_views(&text, is_binary, 0, read);
    }
}

fn has_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

fn decoded(bytes: &[u8]) -> Vec<Cow<'_, str>> {
    if bytes.contains(&0) {
        let wide = wide(bytes).into_iter().map(Cow::Owned);
        return wide.chain([String::from_utf8_lossy(bytes), Cow::Owned(western(bytes))]).collect();
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return vec![String::from_utf8_lossy(bytes), Cow::Owned(western(bytes))];
    };
    // UTF-8 that was once taken for windows-1252 and written again as UTF-8.
    let mended = text.contains(['Ã', 'Â', 'Å', 'â']).then(|| {
        let bytes: Vec<u8> = text.chars().map(western_byte).collect();
        Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
    });
    std::iter::once(Cow::Borrowed(text)).chain(mended).collect()
}

/// The byte that a character was in latin-1 or windows-1252.
fn western_byte(character: char) -> u8 {
    u8::try_from(u32::from(character)).unwrap_or_else(|_| {
        let mut buffer = [0; 4];
        let (bytes, _, unknown) = WINDOWS_1252.encode(character.encode_utf8(&mut buffer));
        if unknown { b'?' } else { bytes[0] }
    })
}

/// As UTF-16, in both orders and from both places.
pub(super) fn wide(bytes: &[u8]) -> Vec<String> {
    let mut texts = Vec::new();
    for start in 0..2.min(bytes.len()) {
        for encoding in [UTF_16LE, UTF_16BE] {
            texts.push(encoding.decode_without_bom_handling(&bytes[start..]).0.into_owned());
        }
    }
    texts
}

/// As windows-1252, of which latin-1 is a part.
pub(super) fn western(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

fn text_views(text: &str, is_binary: bool, depth: usize, read: &mut dyn FnMut(&str, bool)) {
    read(text, is_binary);
    if depth >= DEEPEST {
        return;
    }
    for inner in encoded::texts(text) {
        text_views(&inner, true, DEEPEST.max(depth + 1) - 1, read);
    }
    if let Some(plain) = lookalikes::undone(text) {
        read(&plain, is_binary);
    }
    for plain in [apart::joined(text), glued::cut(text), punycode::labels(text)].into_iter().flatten() {
        read(&plain, true);
    }
    let mut last = None;
    for tags in [Tags::Split, Tags::Join, Tags::JoinLoosely] {
        // Without a `>` in quotes, both ways of joining read the same.
        if let Some(plain) = stripped(text, tags).filter(|plain| last.as_ref() != Some(plain)) {
            read(&plain, is_binary);
            if let Some(plain) = escapes::undone(&plain) {
                read(&plain, is_binary);
            }
            last = Some(plain);
        }
    }
    for plain in [escapes::undone(text), escapes::quoted(text)].into_iter().flatten() {
        text_views(&plain, is_binary, depth + 1, read);
    }
}
