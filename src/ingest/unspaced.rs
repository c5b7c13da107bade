//! Texts with a space before quotation marks: `"a", "1,5"`.
//!
//! A quotation mark opens a field only as its first byte, so such spaces are left out before the text is
//! taken apart.

use super::dialect::Dialect;
use std::io::{self, Read};

/// Bytes that are asked for at a time.
const PIECE: usize = 1 << 17;

/// A text without the spaces between a delimiter and a quotation mark; a text of another form as it is.
pub(super) struct Unspaced<R> {
    source: R,
    dialect: Dialect,
    place: Place,
    /// Spaces at the start of a field, until what follows them is known.
    spaces: usize,
    raw: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

/// Where the next byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Nothing of the field has come but spaces.
    Start,
    /// Behind something that is not quoted.
    Bare,
    Quoted,
    /// Behind the escape inside quotation marks.
    Escaped,
    /// Behind a mark that closed, unless it is doubled.
    Closed,
}

impl<R: Read> Unspaced<R> {
    pub(super) const fn new(source: R, dialect: &Dialect) -> Self {
        Self {
            source,
            dialect: *dialect,
            place: Place::Start,
            spaces: 0,
            raw: Vec::new(),
            ready: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn take(&mut self, byte: u8) {
        let is_quote = self.dialect.quote == Some(byte);
        if self.place == Place::Start && byte == b' ' {
            self.spaces += 1;
            return;
        }
        if self.place == Place::Start && is_quote {
            self.spaces = 0;
        }
        self.keep_spaces();
        self.ready.push(byte);
        let is_end = byte == self.dialect.delimiter || matches!(byte, b'\n' | b'\r');
        self.place = match self.place {
            Place::Start | Place::Closed if is_quote => Place::Quoted,
            Place::Start | Place::Closed | Place::Bare if is_end => Place::Start,
            Place::Start | Place::Closed | Place::Bare => Place::Bare,
            Place::Quoted if self.dialect.escape == Some(byte) => Place::Escaped,
            Place::Quoted if is_quote => Place::Closed,
            Place::Quoted | Place::Escaped => Place::Quoted,
        };
    }

    fn keep_spaces(&mut self) {
        self.ready.resize(self.ready.len() + self.spaces, b' ');
        self.spaces = 0;
    }
}

impl<R: Read> Read for Unspaced<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.dialect.is_spaced {
            return self.source.read(buffer);
        }
        while self.at == self.ready.len() && !self.ended {
            let mut raw = std::mem::take(&mut self.raw);
            raw.resize(PIECE, 0);
            let read = self.source.read(&mut raw)?;
            (self.at, self.ended) = (0, read == 0);
            self.ready.clear();
            for byte in &raw[..read] {
                self.take(*byte);
            }
            if self.ended {
                self.keep_spaces();
            }
            self.raw = raw;
        }
        let given = (self.ready.len() - self.at).min(buffer.len());
        buffer[..given].copy_from_slice(&self.ready[self.at..self.at + given]);
        self.at += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dialect, Unspaced};
    use std::io::Read as _;

    fn read(text: &str, escape: Option<u8>) -> String {
        let dialect = Dialect { is_spaced: true, escape, ..Dialect::new(b',') };
        let mut read = String::new();
        Unspaced::new(text.as_bytes(), &dialect).read_to_string(&mut read).unwrap();
        read
    }

    #[test]
    fn spaces_before_a_quotation_mark_that_opens_a_field_are_left_out() {
        for (text, expected) in [
            ("\"a\", \"1,5\"\n  \"b\",  2, \"c\"", "\"a\",\"1,5\"\n\"b\",  2,\"c\""),
            ("\"a, \"\"b\"\"\", \"c\"", "\"a, \"\"b\"\"\",\"c\""),
            ("x \"y\", z, ", "x \"y\", z, "),
            ("\"a, \n \"\"b\", \"\"", "\"a, \n \"\"b\",\"\""),
        ] {
            assert_eq!(read(text, None), expected);
        }
        assert_eq!(read("\"a\\\", \" , \"b\"", Some(b'\\')), "\"a\\\", \" ,\"b\"");
    }
}
