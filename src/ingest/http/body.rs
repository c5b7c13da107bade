//! Bodies under a cap, compressed or not: reqwest would unpack without one.

use std::io::Read;

/// What we ask for.
pub(super) const ACCEPTED: &str = "gzip, zstd";

/// Why a body cannot be used.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BodyError {
    /// More bytes than allowed, once unpacked.
    TooLarge,
    /// It ends before its compression does, or is damaged.
    BreaksOff,
    /// Packed in a way that we did not ask for.
    Unknown,
}

/// Unpacks a body as its `Content-Encoding` says, up to `most` bytes.
pub(super) fn unpack(body: Vec<u8>, encoding: Option<&str>, most: u64) -> Result<Vec<u8>, BodyError> {
    match encoding.map(|encoding| encoding.trim().to_ascii_lowercase()).as_deref() {
        None | Some("" | "identity") => Ok(body),
        Some("gzip" | "x-gzip") => capped(flate2::read::MultiGzDecoder::new(body.as_slice()), most),
        Some("zstd") => match zstd::stream::read::Decoder::new(body.as_slice()) {
            Ok(mut decoder) => {
                // 8 MiB of window is what RFC 9659 lets a sender ask for.
                decoder.window_log_max(23).map_err(|_| BodyError::BreaksOff)?;
                capped(decoder, most)
            }
            Err(_) => Err(BodyError::BreaksOff),
        },
        Some(_) => Err(BodyError::Unknown),
    }
}

fn capped(packed: impl Read, most: u64) -> Result<Vec<u8>, BodyError> {
    let mut body = Vec::new();
    packed.take(most.saturating_add(1)).read_to_end(&mut body).map_err(|_| BodyError::BreaksOff)?;
    if body.len() as u64 > most { Err(BodyError::TooLarge) } else { Ok(body) }
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
        }
        assert_eq!(unpack(vec![1], Some("br"), 9), Err(BodyError::Unknown));
        assert_eq!(unpack(vec![1], None, 9), Ok(vec![1]));
    }
}
