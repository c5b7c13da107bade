//! What a page holds: in memory, or in a file that is read where it stands.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;
use std::time::SystemTime;

/// What arrived; clones share it.
#[derive(Clone)]
pub(super) enum Content {
    /// Anything.
    Memory(Arc<Vec<u8>>),
    /// A workbook or a Parquet file: only the process that parses it reads more than its beginning and its directory.
    File(Arc<File>, Stamp),
}

/// What a plain file is known by while it is read: its length and the time of the last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) bytes: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    /// The stamp of a file that was opened; none of what is no plain file.
    pub(super) fn of(opened: &File) -> io::Result<Option<Self>> {
        let known = opened.metadata()?;
        Ok(known.is_file().then(|| Self { bytes: known.len(), changed: known.modified().ok() }))
    }
}

/// A reader with a place of its own.
pub(super) type Reader = BufReader<At>;

/// Containers of workbooks, and what else is parsed beside us, by their first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// A zip archive.
    Zip,
    /// A compound file (MS-CFB 2.2).
    Compound,
    /// Apache Parquet.
    Parquet,
}

impl Container {
    /// The container that begins so.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        match beginning {
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(Self::Compound),
            [b'P', b'A', b'R', b'1', ..] => Some(Self::Parquet),
            _ => None,
        }
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Memory(Arc::new(bytes))
    }
}

impl Content {
    /// What a file holds, read to its end when it cannot be read at any place, a pipe for example.
    pub(super) fn of(mut file: File) -> io::Result<Self> {
        if let Some(stamp) = Stamp::of(&file)? {
            return Ok(Self::File(Arc::new(file), stamp));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes.into())
    }

    /// The bytes that are in memory; none of a file.
    pub(super) fn memory(&self) -> &[u8] {
        match self {
            Self::Memory(bytes) => bytes,
            Self::File(..) => &[],
        }
    }

    /// All bytes.
    pub(super) fn whole(&self) -> io::Result<Arc<Vec<u8>>> {
        match self {
            Self::Memory(bytes) => Ok(Arc::clone(bytes)),
            Self::File(..) => {
                let mut bytes = Vec::new();
                self.reader().read_to_end(&mut bytes)?;
                Ok(Arc::new(bytes))
            }
        }
    }

    /// Bytes that it has.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(_, stamp) => stamp.bytes,
        }
    }

    /// The container that it is.
    pub(super) fn container(&self) -> Option<Container> {
        let mut beginning = [0; 4];
        self.reader().read_exact(&mut beginning).ok()?;
        Container::of(&beginning)
    }

    pub(super) fn reader(&self) -> Reader {
        BufReader::new(self.at())
    }

    /// Its beginning, where each reading is one of the system.
    pub(super) fn at(&self) -> At {
        At { content: self.clone(), at: 0 }
    }

    /// A file for another process; one without a name when it is in memory.
    pub(super) fn file(&self) -> io::Result<File> {
        match self {
            Self::File(file, _) => file.try_clone(),
            Self::Memory(bytes) => {
                let mut file = tempfile::tempfile()?;
                file.write_all(bytes)?;
                Ok(file)
            }
        }
    }

    /// Whether it is what it was when it was opened.
    pub(super) fn is_unchanged(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::File(file, stamp) => Stamp::of(file).is_ok_and(|now| now == Some(*stamp)),
        }
    }
}

/// A place in what a page holds. Several in one file do not move each other, in whatever process.
pub(super) struct At {
    content: Content,
    at: u64,
}

impl Read for At {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &self.content {
            Content::File(file, _) => file.read_at(buffer, self.at)?,
            Content::Memory(bytes) => {
                let start = usize::try_from(self.at).map_or(bytes.len(), |at| at.min(bytes.len()));
                (&bytes[start..]).read(buffer)?
            }
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for At {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.content.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::{Container, Content};
    use std::io::{Read as _, Seek as _, SeekFrom};

    #[test]
    fn readers_of_one_file_do_not_move_each_other() {
        let memory = Content::from(b"PK\x03\x04abcdef".to_vec());
        let file = Content::of(memory.file().unwrap()).unwrap();
        for content in [memory, file] {
            assert_eq!(content.container(), Some(Container::Zip));
            let (mut first, mut second) = (content.reader(), content.reader());
            assert_eq!(first.seek(SeekFrom::End(-2)).unwrap(), 8);
            second.seek(SeekFrom::Start(4)).unwrap();
            let (mut end, mut middle) = (String::new(), [0; 2]);
            first.read_to_string(&mut end).unwrap();
            second.read_exact(&mut middle).unwrap();
            assert_eq!((end.as_str(), &middle), ("ef", b"ab"));
            assert_eq!(second.seek(SeekFrom::Current(1)).unwrap(), 7);
            assert!(second.seek(SeekFrom::Current(-8)).is_err());
            assert_eq!(content.whole().unwrap().len(), 10);
        }
    }

    #[test]
    fn a_file_that_changes_is_not_what_it_was() {
        let file = Content::from(b"abc".to_vec()).file().unwrap();
        let content = Content::of(file.try_clone().unwrap()).unwrap();
        assert!(content.is_unchanged());
        file.set_len(2).unwrap();
        assert!(!content.is_unchanged());
    }
}
