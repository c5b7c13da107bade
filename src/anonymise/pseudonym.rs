//! Keyed pseudonyms.

/// Pseudonyms under a secret key.
///
/// Keyed BLAKE3 and never a bare hash: ten-digit enterprise numbers can be enumerated in
/// seconds, so without a key every pseudonym of one could be reversed.
pub struct Pseudonyms {
    key: [u8; 32],
}

impl Pseudonyms {
    /// Pseudonyms under a key of 32 random bytes.
    #[must_use]
    pub const fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Tells the key from every other one, and nothing about it.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.of("fingerprint", "")
    }

    /// The pseudonym of a value of one kind (`organisation`, `flux`…): 128 bits in hexadecimal.
    /// Equal values of different kinds have unrelated pseudonyms.
    #[must_use]
    pub fn of(&self, kind: &str, value: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(&(kind.len() as u64).to_le_bytes());
        hasher.update(kind.as_bytes());
        hasher.update(value.as_bytes());
        hasher.finalize().to_hex().as_str()[..32].to_owned()
    }
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pseudonyms(confidential)")
    }
}

#[cfg(test)]
mod tests {
    use super::Pseudonyms;

    #[test]
    fn depend_on_key_kind_and_value_and_on_nothing_else() {
        let (one, other) = (Pseudonyms::new([1; 32]), Pseudonyms::new([2; 32]));
        assert_eq!(one.of("flux", "a"), Pseudonyms::new([1; 32]).of("flux", "a"));
        assert_ne!(one.of("flux", "a"), other.of("flux", "a"));
        assert_ne!(one.of("flux", "a"), one.of("groupe", "a"));
        assert_ne!(one.of("flux", "ab"), one.of("fluxa", "b"));
        assert_eq!(format!("{one:?}"), "Pseudonyms(confidential)");
    }
}
