//! Rows of one sheet that wait until its used range is known: in memory first, then in a file
//! without a name.

use super::super::codec;
#[cfg(test)]
use super::super::table::Row;
use super::super::table::letters;
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write as _};
use tempfile::SpooledTempFile;

/// What is held in memory before a file is used.
pub(super) const IN_MEMORY: usize = 32 * 1024 * 1024;

/// What the spool gives back is not what went in.
pub(super) fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

/// `B2:D9` of the first row and column (from 0), and of the last row and the columns up to the last.
pub(super) fn range(first: (u32, u32), last: (u32, u32)) -> String {
    format!("{}{}:{}{}", letters(first.1), first.0, letters(last.1.saturating_sub(1)), last.0)
}

/// Encoded rows, each behind its length, and what they reach.
pub(in super::super) struct Spool {
    file: Option<BufWriter<SpooledTempFile>>,
    /// Cells that hold something.
    pub(super) cells: u64,
    /// Number of the last row.
    pub(super) last_row: u32,
    /// Columns up to the last that holds something.
    pub(super) width: u32,
    /// The first row and column that hold something.
    first: Option<(u32, u32)>,
}

impl Spool {
    pub(in super::super) const fn new() -> Self {
        Self { file: None, cells: 0, last_row: 0, width: 0, first: None }
    }

    /// Forgets every row.
    pub(super) fn clear(&mut self) {
        *self = Self::new();
    }

    #[cfg(test)]
    pub(super) fn row(&mut self, row: &Row) -> io::Result<()> {
        let mut bytes = Vec::new();
        codec::encode_row(&mut bytes, row);
        self.encoded(&bytes)
    }

    pub(in super::super) fn encoded(&mut self, bytes: &[u8]) -> io::Result<()> {
        let outline = codec::outline(bytes).ok_or(io::ErrorKind::InvalidData)?;
        if outline.cells == 0 {
            return Ok(());
        }
        let column = codec::first_column(bytes).unwrap_or(0);
        let first = self.first.get_or_insert((outline.number, column));
        first.1 = first.1.min(column);
        self.cells += u64::from(outline.cells);
        self.last_row = self.last_row.max(outline.number);
        self.width = self.width.max(outline.width);
        let file = self
            .file
            .get_or_insert_with(|| BufWriter::with_capacity(1 << 16, SpooledTempFile::new(IN_MEMORY)));
        let length = u32::try_from(bytes.len()).map_err(|_| io::ErrorKind::InvalidData)?;
        file.write_all(&length.to_le_bytes())?;
        file.write_all(bytes)
    }

    /// The used range, `B2:D9`; empty when nothing is there.
    pub(super) fn range(&self) -> String {
        self.first.map_or_else(String::new, |first| range(first, (self.last_row, self.width)))
    }

    /// Shows every row as it was encoded, in order; may be called again.
    pub(in super::super) fn each(&mut self, mut show: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.flush()?;
        let file = file.get_mut();
        file.rewind()?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut bytes = Vec::new();
        loop {
            let mut length = [0; 4];
            match reader.read_exact(&mut length) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error),
            }
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            reader.read_exact(&mut bytes)?;
            show(&bytes)?;
        }
    }
}

/// Bytes that wait: in memory first, then in a file without a name.
pub(super) struct Spooled(SpooledTempFile);

impl Spooled {
    pub(super) fn new() -> Self {
        Self(SpooledTempFile::new(IN_MEMORY))
    }

    /// Reads them from the first on.
    pub(super) fn again(&mut self) -> io::Result<impl Read + '_> {
        self.0.rewind()?;
        Ok(BufReader::with_capacity(1 << 16, &mut self.0))
    }

    /// Writes all of them.
    pub(super) fn pass_on(mut self, out: &mut dyn io::Write) -> io::Result<()> {
        self.0.rewind()?;
        io::copy(&mut BufReader::with_capacity(1 << 18, self.0), out).map(|_| ())
    }
}

impl io::Write for Spooled {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
