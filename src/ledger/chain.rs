//! The digests that rows carry: each is of its own row and of all rows before it.

/// What rows say, from the first to the last, against the digests that were entered with them.
pub(super) struct Chain {
    /// Of everything so far.
    pub(super) digest: blake3::Hash,
    /// Whether every digest that was entered is that of its rows.
    pub(super) is_intact: bool,
    has_digests: bool,
}

/// What one row says.
pub(super) struct Link(blake3::Hasher);

impl Chain {
    /// One without rows.
    pub(super) fn new(name: &str) -> Self {
        Self { digest: blake3::hash(name.as_bytes()), is_intact: true, has_digests: false }
    }

    /// The next row.
    pub(super) fn link(&self) -> Link {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.digest.as_bytes());
        Link(hasher)
    }

    /// Ends a row, with the digest that was entered with it. Rows from before digests have none; those after the
    /// first that has one do.
    pub(super) fn close(&mut self, link: &Link, entered: Option<&str>) {
        self.digest = link.0.finalize();
        self.is_intact &= match entered {
            None => !self.has_digests,
            Some(entered) => entered == self.digest.to_hex().as_str(),
        };
        self.has_digests |= entered.is_some();
    }
}

impl Link {
    /// Adds something that the row says.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
}
