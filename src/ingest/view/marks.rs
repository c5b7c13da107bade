//! Where the bytes stand that part a text into lines and fields, or make one of them doubtful.

/// Bytes that are looked at at once: a bit of a word for each.
const PIECE: usize = u64::BITS as usize;

/// Adds the places of all bytes of a text that are one of five, in their order.
pub(super) fn find(text: &[u8], sought: [u8; 5], places: &mut Vec<u32>) {
    let (pieces, rest) = text.as_chunks();
    let mut last = [0; PIECE];
    last[..rest.len()].copy_from_slice(rest);
    let ends = bits(&last, sought) & ((1 << rest.len()) - 1);
    let mut begin = 0;
    for mut bits in pieces.iter().map(|piece| bits(piece, sought)).chain([ends]) {
        while bits != 0 {
            places.push(begin + bits.trailing_zeros());
            bits &= bits - 1;
        }
        begin += u64::BITS;
    }
}

/// A bit for each byte that is one of those sought, the first lowest; without a branch, so that a
/// compiler makes few instructions for many bytes of it.
#[inline]
fn bits(piece: &[u8; PIECE], sought: [u8; 5]) -> u64 {
    let found = piece.map(|byte| sought.iter().fold(0, |found, mark| found | u8::from(byte == *mark)));
    let (words, _) = found.as_chunks::<8>();
    // Of eight bytes that are 0 or 1 the multiplication gathers one bit each in the highest byte.
    let gathered = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |bits, word| bits << 8 | gathered(word))
}

#[cfg(test)]
mod tests {
    use super::find;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_mark_is_found_in_its_place(text in prop::collection::vec(0_u8..10, 0..300)) {
            let sought = [1, 1, 5, 0, 9];
            let expected = (0..).zip(&text).filter(|(_, byte)| sought.contains(byte)).map(|(at, _)| at);
            let mut found = Vec::new();
            find(&text, sought, &mut found);
            prop_assert_eq!(found, expected.collect::<Vec<u32>>());
        }
    }
}
