//! What the child and its parent say to each other: frames with a tag and a length.

use super::super::remark::Remark;
use super::super::sniff::Workbook;
use super::super::table::Head;
use super::structure::Structure;
use crate::model::Confidential;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// What the child is asked for; the workbook is its stdin.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) kind: Workbook,
    /// Most cells that hold something.
    pub(super) cells: u64,
    /// Resident memory of the child, MiB.
    pub(super) memory_mib: u32,
    /// The only sheet to read.
    pub(super) wanted: Option<Wanted>,
}

/// One sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Wanted {
    /// Its name, or its position among the tabs, from 1: the name is tried first.
    pub(in super::super) text: String,
}

impl Wanted {
    /// The position, from 1, of the sheet among the names of all.
    pub(super) fn position(&self, names: &[String]) -> Option<u32> {
        let called = (1_u32..).zip(names).find(|(_, name)| **name == self.text).map(|(rank, _)| rank);
        let placed = || self.text.parse::<u32>().ok();
        called.or_else(|| placed().filter(|rank| (1..=names.len()).contains(&(*rank as usize))))
    }
}

/// Tag of a frame that holds a [`Line`].
pub(super) const LINE: u8 = b'L';
/// Tag of a frame that holds an encoded row.
pub(super) const ROW: u8 = b'R';

/// What is said in json.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Line {
    /// A sheet begins.
    Sheet(SheetLine),
    /// What is hidden and merged in the sheet that began last.
    Structure(Structure),
    /// About the sheet that began last, or the file.
    Remark(Remark),
    /// The sheet that began last is read anew: what was said of it does not count.
    Again,
    /// The sheet that began last is broken.
    Dropped,
    /// Something panicked at this place of the code: the workbook, or a sheet, counts as damaged.
    Panicked(String),
    /// The workbook was refused; nothing follows.
    Refused(Refusal),
    /// Everything was said.
    End,
}

/// The head of a sheet.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub(super) struct SheetLine {
    pub(super) name: String,
    pub(super) rank: u32,
    pub(super) hidden: bool,
}

impl From<SheetLine> for Head {
    fn from(line: SheetLine) -> Self {
        let SheetLine { name, rank, hidden } = line;
        Self { name: Confidential::new(name), rank, hidden, ..Self::default() }
    }
}

/// Why a workbook is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Refusal {
    Password,
    TooManyCells(u64),
    TooMuchText,
    TooMuchMemory,
    Bomb,
    Damaged,
    /// The compression of a Parquet file, which is not read.
    Compression(String),
    /// What the decoder of Parquet says.
    Undecoded(String),
    NoLimit,
    /// The sheet that was asked for is not there; the names of those that are.
    NoSuchSheet(Vec<String>),
    /// The sheet that was asked for holds no cells, but a chart or a program; its position among the tabs.
    NoCells(u32),
    /// Every sheet is broken or no table; the positions of the broken ones.
    NoSheet(Vec<u32>),
}

/// Writes one frame.
pub(super) fn frame(out: &mut impl Write, tag: u8, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
    out.write_all(&[tag])?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(bytes)
}

/// Tag and content of the first frame, and what follows it; none when it is not there as a whole.
pub(super) fn unframe(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (content, after) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    Some((*tag, content, after))
}

/// Bytes of text that a workbook may hold.
pub(super) fn most_text(job: &Job) -> u64 {
    u64::from(job.memory_mib) * 1024 * 1024 / 2
}

/// Bytes that the parent takes from a child: its texts and its cells.
pub(super) fn most_bytes(job: &Job) -> u64 {
    most_text(job).saturating_add(job.cells.saturating_mul(64)).saturating_add(1 << 26)
}
