//! Compound files (MS-CFB 2): the stream of a workbook out of one, and one around such a stream.

/// Bytes of the header, whatever the size of a sector (2.2).
const HEADER: usize = 512;
/// Sectors of the table of sectors that the header names.
const IN_HEADER: usize = 109;
/// Streams below this size stand in sectors of their own size, inside another stream.
const SMALL: u32 = 4_096;
const SMALL_SECTOR: usize = 64;
/// Bytes of an entry of the directory (2.6.1).
const ENTRY: usize = 128;
const SIGNATURE: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
const FREE: u32 = 0xFFFF_FFFF;
const END: u32 = 0xFFFF_FFFE;
const OF_TABLE: u32 = 0xFFFF_FFFD;

/// The stream of a workbook of Excel 97 or of Excel 5; none when there is none, or the file is broken.
pub(super) fn stream(file: &[u8]) -> Option<Vec<u8>> {
    let sector = 1_usize.checked_shl(word(file, 30)? & 0xFFFF).filter(|size| [512, 4_096].contains(size))?;
    let sectors = Sectors { bytes: file.get(sector..)?, size: sector, next: table(file, sector)? };
    let directory = sectors.chain(word(file, 48)?)?;
    let entries: Vec<&[u8]> = directory.chunks_exact(ENTRY).collect();
    let entry =
        ["Workbook", "Book"].iter().find_map(|name| entries.iter().find(|entry| is_named(entry, name)))?;
    let (start, length) = (word(entry, 116)?, word(entry, 120)? as usize);
    let mut stream = if length < SMALL as usize {
        let within = sectors.chain(word(entries.first()?, 116)?)?;
        let next = numbers(&sectors.chain(word(file, 60)?)?);
        Sectors { bytes: &within, size: SMALL_SECTOR, next }.chain(start)?
    } else {
        sectors.chain(start)?
    };
    stream.truncate(length);
    (stream.len() == length).then_some(stream)
}

/// Sectors, and for each of them the one that follows it.
struct Sectors<'a> {
    bytes: &'a [u8],
    size: usize,
    next: Vec<u32>,
}

impl Sectors<'_> {
    /// The content of the sectors from one on; none when they go in a circle or out of the file.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let (mut content, mut at) = (Vec::new(), start);
        for _ in 0..=self.next.len() {
            if at == END {
                return Some(content);
            }
            let from = (at as usize).checked_mul(self.size)?;
            let rest = self.bytes.get(from..).filter(|rest| !rest.is_empty())?;
            content.extend_from_slice(&rest[..rest.len().min(self.size)]);
            at = *self.next.get(at as usize)?;
        }
        None
    }
}

/// The table of sectors, in the sectors that the header names and those that these name (2.3, 2.5).
fn table(file: &[u8], size: usize) -> Option<Vec<u32>> {
    let sector = |at: u32| file.get((at as usize + 1).checked_mul(size)?..)?.get(..size);
    let mut places = numbers(file.get(76..76 + 4 * IN_HEADER)?);
    let mut more = word(file, 68)?;
    for _ in 0..=file.len() / size {
        let Some(named) = sector(more).filter(|_| more < OF_TABLE) else { break };
        let mut named = numbers(named);
        more = named.pop()?;
        places.extend(named);
    }
    let mut table = Vec::new();
    for place in places.into_iter().filter(|place| *place < OF_TABLE) {
        table.extend(numbers(sector(place)?));
    }
    Some(table)
}

/// Whether an entry has a name, in any case (2.6.4).
fn is_named(entry: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    entry.get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(&name))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks::<4>().0.iter().map(|number| u32::from_le_bytes(*number)).collect()
}

/// A compound file that holds the stream of a workbook and nothing else: a directory, the stream, and the
/// table of sectors. None when it is larger than the header alone can say.
pub(super) fn file(mut stream: Vec<u8>) -> Option<Vec<u8>> {
    const SECTOR: usize = 4_096;
    let length = u32::try_from(stream.len()).ok()?.max(SMALL);
    stream.resize((length as usize).next_multiple_of(SECTOR), 0);
    let sectors = u32::try_from(stream.len() / SECTOR).ok()?;
    let mut next = vec![END];
    next.extend(2..=sectors);
    next.push(END);
    // Each sector of the table also says that it is one.
    let tables = (next.len() + 1).div_ceil(SECTOR / 4 - 1);
    let first = u32::try_from(next.len()).ok()?;
    let places: Vec<u32> = (first..).take(tables).collect();
    if places.len() > IN_HEADER {
        return None;
    }
    next.resize(next.len() + tables, OF_TABLE);
    next.resize(tables * SECTOR / 4, FREE);
    let mut header = SIGNATURE.to_vec();
    header.resize(24, 0);
    // Versions 62 and 4, the order of bytes, sizes of sectors as powers of two.
    header.extend([0x3E, 0, 4, 0, 0xFE, 0xFF, 12, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
    let count = u32::try_from(tables).ok()?;
    header.extend(bytes(&[1, count, 0, 0, SMALL, END, 0, END, 0]));
    header.extend(bytes(&places));
    header.resize(HEADER, 0xFF);
    header.resize(SECTOR, 0);
    // The root of version 4 has to begin somewhere, even with nothing in it.
    let mut directory = entry("Root Entry", 5, 1, 1, 0);
    directory.extend(entry("Workbook", 2, FREE, 1, length));
    directory.resize(SECTOR, 0);
    Some([header, directory, stream, bytes(&next)].concat())
}

fn entry(name: &str, kind: u8, child: u32, start: u32, length: u32) -> Vec<u8> {
    let mut entry: Vec<u8> = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
    let name_bytes = entry.len().to_le_bytes();
    entry.resize(64, 0);
    entry.extend([name_bytes[0], name_bytes[1], kind, 1]);
    entry.extend(bytes(&[FREE, FREE, child]));
    entry.resize(116, 0);
    entry.extend(bytes(&[start, length, 0]));
    entry
}

fn bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::{file, stream};

    #[test]
    fn a_stream_of_any_length_comes_out_as_it_went_in() {
        for length in [4_096_usize, 4_097, 70_000, 5_000_000] {
            let content: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            let file = file(content.clone()).unwrap();
            assert!(stream(&file).unwrap() == content, "{length}");
            // A chain that does not end, and one that leaves the file.
            let mut circle = file.clone();
            let at = circle.len() - 4_096 + 4;
            circle[at..at + 4].copy_from_slice(&1_u32.to_le_bytes());
            assert!(length > 4_000_000 || stream(&circle).is_none() || length == 4_096, "{length}");
            assert!(stream(&file[..file.len() / 2]).is_none());
            // The name of the second entry of the directory, as some programs write it.
            let mut other = file.clone();
            other[4_096 + 128 + 8] = b'B';
            assert!(stream(&other).unwrap() == content);
        }
    }
}
