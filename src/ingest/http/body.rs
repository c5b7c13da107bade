//! Bodies under a cap, compressed or not: reqwest would unpack without one.

use flate2::bufread::GzDecoder;
use std::io::{ErrorKind, Read};

/// What we ask for.
pub(super) const ACCEPTED: &str = "gzip, zstd";

/// Why a body cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// More bytes than allowed, once unpacked.
    TooLarge,
    /// It ends before its compression does.
    BreaksOff,
    /// It is not what its header says, or is damaged.
    Mislabelled,
    /// Packed in a way that we did not ask for.
    Unknown,
}

/// Unpacks a body as its `Content-Encoding` says, up to `most` bytes.
pub(super) fn unpack(body: Vec<u8>, encoding: Option<&str>, most: u64) -> Result<Vec<u8>, BodyError> {
    match encoding.map(|encoding| encoding.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Ok(body),
        Some("gzip" | "x-gzip") => gzip(&body, most),
        Some("zstd") => match zstd::stream::read::Decoder::new(body.as_slice()) {
            Ok(mut decoder) => {
                // 8 MiB of window is what RFC 9659 lets a sender ask for.
                decoder.window_log_max(23).map_err(|_| BodyError::BreaksOff)?;
                let mut unpacked = Vec::new();
                fill(&mut unpacked, decoder, most)?;
                Ok(unpacked)
            }
            Err(_) => Err(BodyError::BreaksOff),
        },
        Some(_) => Err(BodyError::Unknown),
    }
}

/// One member after the other (RFC 1952, section 2.2), with nothing behind the last.
fn gzip(body: &[u8], most: u64) -> Result<Vec<u8>, BodyError> {
    let (mut rest, mut unpacked) = (body, Vec::new());
    while !rest.is_empty() {
        if !rest.starts_with(b"\x1f\x8b") {
            return Err(BodyError::Mislabelled);
        }
        let mut member = GzDecoder::new(rest);
        fill(&mut unpacked, &mut member, most)?;
        rest = member.into_inner();
    }
    if body.is_empty() { Err(BodyError::BreaksOff) } else { Ok(unpacked) }
}

fn fill(unpacked: &mut Vec<u8>, packed: impl Read, most: u64) -> Result<(), BodyError> {
    let left = most.saturating_add(1).saturating_sub(unpacked.len() as u64);
    packed.take(left).read_to_end(unpacked).map_err(|error| match error.kind() {
        ErrorKind::UnexpectedEof => BodyError::BreaksOff,
        _ => BodyError::Mislabelled,
    })?;
    if unpacked.len() as u64 > most { Err(BodyError::TooLarge) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{BodyError, unpack};
    use std::io::Write as _;

    #[test]
    fn bombs_end_at_the_cap_and_what_is_cut_off_is_noticed() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        for _ in 0..64 {
            gzip.write_all(&vec![0; 1 << 20]).unwrap();
        }
        let gzip = gzip.finish().unwrap();
        let zstd = zstd::encode_all(vec![0; 1 << 26].as_slice(), 3).unwrap();
        assert!(gzip.len() < 1 << 18 && zstd.len() < 1 << 18);
        for (packed, name) in [(gzip, "gzip"), (zstd, "zstd")] {
            assert_eq!(unpack(packed.clone(), Some(name), 1 << 20), Err(BodyError::TooLarge));
            assert_eq!(unpack(packed.clone(), Some(name), 1 << 26).unwrap().len(), 1 << 26);
            let half = packed[..packed.len() / 2].to_vec();
            assert_eq!(unpack(half, Some(name), 1 << 26), Err(BodyError::BreaksOff));
            let padded = [packed.as_slice(), &[0; 8]].concat();
            assert_eq!(unpack(padded, Some(name), 1 << 26), Err(BodyError::Mislabelled));
            assert_eq!(unpack(b"[{\"nom\":\"A\"}]".to_vec(), Some(name), 99), Err(BodyError::Mislabelled));
        }
        let member = |text: &str| {
            let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            packer.write_all(text.as_bytes()).unwrap();
            packer.finish().unwrap()
        };
        let two = [member("a"), member("b")].concat();
        assert_eq!(unpack(two.clone(), Some("gzip"), 2), Ok(b"ab".to_vec()));
        assert_eq!(unpack(two, Some("gzip"), 1), Err(BodyError::TooLarge));
        assert_eq!(unpack(vec![1], Some("br"), 9), Err(BodyError::Unknown));
        assert_eq!(unpack(vec![1], None, 9), Ok(vec![1]));
    }
}
