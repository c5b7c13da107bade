//! A text with an eye on NUL bytes, which none holds.

use std::io::{self, Read};

/// Passes a text on as it is read.
pub(super) struct Watched<R> {
    pub(super) text: R,
    /// Lines before what is read next.
    lines: usize,
    /// The line of the first NUL so far, from 1.
    pub(super) nul: Option<usize>,
}

impl<R> Watched<R> {
    pub(super) const fn new(text: R) -> Self {
        Self { text, lines: 0, nul: None }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.text.read(buffer)?;
        if self.nul.is_none() {
            let end = memchr::memchr(0, &buffer[..read]);
            self.lines += memchr::memchr_iter(b'\n', &buffer[..end.unwrap_or(read)]).count();
            self.nul = end.map(|_| self.lines + 1);
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::Watched;
    use std::io::Read as _;

    #[test]
    fn the_first_nul_is_known_by_its_line_however_the_text_comes() {
        for (text, line) in [("a\nb\n\0\n\0", Some(3)), ("\0", Some(1)), ("a\nb", None)] {
            let mut watched = Watched::new(text.as_bytes());
            let mut byte = [0];
            while watched.read(&mut byte).unwrap() > 0 {}
            assert_eq!(watched.nul, line, "{text:?}");
        }
    }
}
