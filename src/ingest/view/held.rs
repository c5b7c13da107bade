//! Bytes that wait in memory: one area, in large pages where the system has them.
//!
//! For a file of some megabytes the system takes longer to give memory in pages of 4 KiB than the
//! reader takes for its lines; for a smaller one it is the first large page that takes longer.

use memmap2::MmapMut;

/// Room from which on large pages are asked for.
const LARGE: usize = 8 << 20;

/// Bytes that wait, up to a limit.
pub(super) struct Held {
    room: usize,
    area: Option<MmapMut>,
    filled: usize,
}

impl Held {
    pub(super) const fn new(room: usize) -> Self {
        Self { room, area: None, filled: 0 }
    }

    /// Adds bytes; false when there is no room for them.
    pub(super) fn add(&mut self, bytes: &[u8]) -> bool {
        let end = self.filled + bytes.len();
        if end > self.room {
            return false;
        }
        if self.area.is_none() {
            self.area = area(self.room);
        }
        let Some(area) = &mut self.area else { return false };
        area[self.filled..end].copy_from_slice(bytes);
        self.filled = end;
        true
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.area.as_ref().map_or(&[], |area| &area[..self.filled])
    }
}

/// Memory of which only what is written to is taken; none where there is none.
fn area(room: usize) -> Option<MmapMut> {
    let area = MmapMut::map_anon(room).ok()?;
    #[cfg(target_os = "linux")]
    if room >= LARGE
        && let Err(error) = area.advise(memmap2::Advice::HugePage)
    {
        tracing::trace!(%error, "no large pages");
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use super::Held;

    #[test]
    fn bytes_wait_in_their_order_up_to_the_limit() {
        let mut held = Held::new(5);
        assert!(held.add(b"abc") && !held.add(b"def") && held.add(b"de"));
        assert!(!held.add(b"f") && held.add(b""));
        assert_eq!(held.bytes(), b"abcde");
        assert_eq!(Held::new(0).bytes(), b"");
        assert!(!Held::new(0).add(b"a"));
    }
}
