//! An xlsx as calamine is to see it: parts that another thread unpacks stand in it as if they had been stored
//! as they are.
//!
//! Behind the bytes of the file stand, in a file that is nowhere written, a head and the content of each of
//! these parts and a directory of all parts (APPNOTE.TXT 6.3.10, 4.3), which is that of the file but for them.

use super::super::content::{At, Content};
use super::ahead::Coming;
use super::container::Archive;
use std::cell::RefCell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

/// What calamine reads from.
pub(super) type Reader = BufReader<Unpacked>;

/// Bytes of a record of the directory before the name, of the head of a part, and of the end of the directory.
const RECORD: usize = 46;
const HEAD: usize = 30;
/// Where the end of the directory may begin at the earliest is 65,557 bytes before that of the file.
const FARTHEST: usize = 1 << 17;

/// The bytes of a workbook, and of the parts that come unpacked. These can be read once, from their beginning.
pub(super) struct Unpacked {
    packed: At,
    stretches: Vec<Stretch>,
    length: u64,
    at: u64,
    coming: Option<Rc<RefCell<Coming>>>,
}

/// Bytes that stand together.
struct Stretch {
    start: u64,
    holds: Holds,
}

enum Holds {
    /// The file as it is.
    Packed,
    Bytes(Vec<u8>),
    /// What comes of the part of this rank.
    Part(usize),
}

impl Unpacked {
    /// The workbook as it is.
    pub(super) fn plain(content: &Content) -> Reader {
        let length = content.length();
        let stretches = vec![Stretch { start: 0, holds: Holds::Packed }];
        BufReader::new(Self { packed: content.at(), stretches, length, at: 0, coming: None })
    }

    /// The workbook with these parts unpacked, by their places in the directory and in the order in which they
    /// come; none where the container is of an unusual kind.
    pub(super) fn new(
        content: &Content,
        archive: &mut Archive,
        parts: &[usize],
        coming: Rc<RefCell<Coming>>,
    ) -> Option<Reader> {
        let mut built = Self {
            packed: content.at(),
            stretches: vec![Stretch { start: 0, holds: Holds::Packed }],
            length: content.length(),
            at: 0,
            coming: Some(coming),
        };
        if archive.offset() != 0 {
            return None;
        }
        let mut directory = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_data(index).ok()?;
            let (place, bytes) = (entry.central_header_start(), entry.size());
            let mut record = built.record(place).ok()?;
            if let Some(rank) = parts.iter().position(|part| *part == index) {
                let start = u32::try_from(built.length).ok()?.to_le_bytes();
                let size = u32::try_from(bytes).ok()?.to_le_bytes();
                // The method, both sizes and where the head is.
                record.get_mut(10..12)?.copy_from_slice(&[0, 0]);
                record.get_mut(20..24)?.copy_from_slice(&size);
                record.get_mut(24..28)?.copy_from_slice(&size);
                record.get_mut(42..46)?.copy_from_slice(&start);
                let mut head = b"PK\x03\x04".to_vec();
                // From the version to the length of the name both are alike; no name, nothing more.
                head.extend_from_slice(record.get(6..28)?);
                head.resize(HEAD, 0);
                built.add(Holds::Bytes(head.clone()), head.len() as u64);
                built.add(Holds::Part(rank), bytes);
            }
            directory.extend_from_slice(&record);
        }
        // Who looks for the end of the directory reads so far back, and must not reach into a part.
        built.add(Holds::Bytes(vec![0; FARTHEST]), FARTHEST as u64);
        let size = u32::try_from(directory.len()).ok()?.to_le_bytes();
        let start = u32::try_from(built.length).ok()?.to_le_bytes();
        let entries = u16::try_from(archive.len()).ok().filter(|entries| *entries < u16::MAX)?.to_le_bytes();
        directory.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        for field in [&entries[..], &entries, &size, &start, &[0, 0]] {
            directory.extend_from_slice(field);
        }
        let length = directory.len() as u64;
        built.add(Holds::Bytes(directory), length);
        Some(BufReader::new(built))
    }

    fn add(&mut self, holds: Holds, length: u64) {
        self.stretches.push(Stretch { start: self.length, holds });
        self.length += length;
    }

    /// A record of the directory of the file.
    fn record(&mut self, place: u64) -> io::Result<Vec<u8>> {
        self.packed.seek(SeekFrom::Start(place))?;
        let mut record = vec![0; RECORD];
        self.packed.read_exact(&mut record)?;
        let lengths = [28, 30, 32].map(|at| u64::from(u16::from_le_bytes([record[at], record[at + 1]])));
        let more = lengths.iter().sum();
        if self.packed.by_ref().take(more).read_to_end(&mut record)? as u64 == more {
            Ok(record)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let next = self.stretches.partition_point(|stretch| stretch.start <= self.at);
        let end = self.stretches.get(next).map_or(self.length, |stretch| stretch.start);
        let Some(stretch) = next.checked_sub(1).and_then(|at| self.stretches.get(at)) else { return Ok(0) };
        let left = usize::try_from(end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let buffer = &mut buffer[..most];
        let from = self.at - stretch.start;
        let read = match (&stretch.holds, &self.coming) {
            _ if most == 0 => 0,
            (Holds::Packed, _) => {
                self.packed.seek(SeekFrom::Start(from))?;
                self.packed.read(buffer)?
            }
            (Holds::Bytes(bytes), _) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX).min(bytes.len());
                (&bytes[from..]).read(buffer)?
            }
            (Holds::Part(rank), Some(coming)) => coming.borrow_mut().read(*rank, from, buffer)?,
            (Holds::Part(_), None) => 0,
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Unpacked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Some(coming) = &self.coming {
            coming.borrow_mut().give_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ahead::Ahead;
    use super::super::cells;
    use super::super::corpora_tests::gathered;
    use super::super::wire::{Job, LINE, Line, Refusal, unframe};
    use super::{Content, Read};
    use crate::ingest::sniff::Workbook;
    use crate::ingest::table::Row;
    use zip::ZipArchive;

    /// A workbook of two sheets with texts of their own and numbers.
    fn book() -> Vec<u8> {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for sheet in 0..2 {
            let page = workbook.add_worksheet();
            for row in 0..9_000 {
                page.write_string(row, 0, format!("lot {sheet} {row}")).unwrap();
                page.write_number(row, 1, f64::from(row) / 4.0).unwrap();
            }
        }
        workbook.save_to_buffer().unwrap()
    }

    /// The rows of each sheet, and whether one was read anew from the file as it is.
    fn rows(bytes: Vec<u8>) -> Result<(Vec<Vec<Row>>, bool), Refusal> {
        let job = Job { kind: Workbook::Xlsx, cells: 100_000, memory_mib: 512, wanted: None };
        let mut said = Vec::new();
        cells::read(&bytes.into(), &job, &mut said)?;
        let (mut frames, mut is_anew) = (said.as_slice(), false);
        while let Some((tag, frame, after)) = unframe(frames) {
            is_anew |= tag == LINE && matches!(serde_json::from_slice(frame), Ok(Line::Again));
            frames = after;
        }
        Ok((gathered(&said).sheets.into_iter().map(|sheet| sheet.rows).collect(), is_anew))
    }

    #[test]
    fn parts_are_what_they_are_in_the_file_and_come_once() {
        let content = Content::from(book());
        let mut plain = ZipArchive::new(content.reader()).unwrap();
        std::thread::scope(|scope| {
            let (_ahead, unpacked) = Ahead::new(scope, &content, None);
            let mut archive = ZipArchive::new(unpacked).unwrap();
            assert_eq!(archive.len(), plain.len());
            let mut bytes = |name: &str| {
                let mut all = Vec::new();
                plain.by_name(name).unwrap().read_to_end(&mut all).unwrap();
                all
            };
            let coming = ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"];
            for name in ["[Content_Types].xml", "xl/workbook.xml"].into_iter().chain(coming) {
                let mut part = archive.by_name(name).unwrap();
                let is_stored = part.compression() == zip::CompressionMethod::Stored;
                assert_eq!(is_stored, coming.contains(&name), "{name}");
                let mut all = Vec::new();
                let read = part.read_to_end(&mut all);
                assert!(read.is_ok() && all == bytes(name), "{name}: {read:?} {}", all.len());
            }
            let again = archive.by_name("xl/worksheets/sheet1.xml").unwrap().read(&mut [0; 9]);
            assert!(again.is_err());
        });
    }

    #[test]
    fn a_directory_that_does_not_tell_the_truth_loses_no_row() {
        let book = book();
        let (expected, is_anew) = rows(book.clone()).unwrap();
        assert!(!is_anew, "what comes unpacked is not what calamine reads");
        assert_eq!(expected.iter().map(Vec::len).collect::<Vec<_>>(), [9_000, 9_000]);
        let mut archive = ZipArchive::new(std::io::Cursor::new(&book)).unwrap();
        let (place, size) = {
            let part = archive.by_name("xl/worksheets/sheet1.xml").unwrap();
            (usize::try_from(part.central_header_start()).unwrap(), u32::try_from(part.size()).unwrap())
        };
        for (wrong, is_read) in [(size - 1_000, false), (size + 1_000, true), (0, false)] {
            let mut changed = book.clone();
            changed[place + 24..place + 28].copy_from_slice(&wrong.to_le_bytes());
            // A part that is larger than it says is damaged; the other sheet is read.
            let (read, is_anew) = rows(changed).unwrap();
            assert!(is_read || is_anew, "{wrong}: what comes unpacked breaks off");
            assert!(read == expected[usize::from(!is_read)..], "{wrong}");
        }
    }
}
