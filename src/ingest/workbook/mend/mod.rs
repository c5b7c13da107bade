//! Containers that calamine refuses or misreads though spreadsheet programs open them, written anew
//! with what it needs. Parts that need nothing are copied packed as they are.

mod opening;
#[cfg(test)]
pub(super) mod trial;
mod values;
mod xlsb;
mod xlsx;

pub(super) use opening::{passed_over, under_xl};
pub(super) use values::{has_odd_value, with_plain_values};
pub(super) use xlsb::with_errors;
pub(super) use xlsx::{with_addresses, with_dimensions, with_new_errors};

use super::super::content::Content;
use std::io::{BufRead, BufReader, Cursor, Read as _, Write as _};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Largest part that is rewritten, unpacked. What the directory says was looked at before.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// What the name of a part ends with.
fn extension(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// What `look` finds in each part, by its name in lower case and its content.
fn parts<T>(content: &Content, mut look: impl FnMut(&str, &mut dyn BufRead) -> T) -> Option<Vec<T>> {
    let mut archive = ZipArchive::new(content.reader()).ok()?;
    let each = (0..archive.len()).map(|index| {
        let entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.to_ascii_lowercase().replace('\\', "/");
        Some(look(&name, &mut BufReader::new(entry.take(MOST_BYTES))))
    });
    each.collect()
}

/// The container with these parts instead of its own; none when all stay.
fn written(content: &Content, changed: Vec<Option<Vec<u8>>>) -> Option<Content> {
    if changed.iter().all(Option::is_none) {
        return None;
    }
    let mut archive = ZipArchive::new(content.reader()).ok()?;
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, changed) in changed.into_iter().enumerate() {
        let entry = archive.by_index_raw(index).ok()?;
        if let Some(part) = changed {
            let name = entry.name().ok()?.into_owned();
            writer.start_file(name, SimpleFileOptions::default()).ok()?;
            writer.write_all(&part).ok()?;
        } else {
            writer.raw_copy_file(entry).ok()?;
        }
    }
    Some(writer.finish().ok()?.into_inner().into())
}

fn text(content: &mut dyn BufRead) -> Option<String> {
    let mut text = String::new();
    content.read_to_string(&mut text).ok()?;
    Some(text)
}

/// A part as it is.
fn bytes(content: &mut dyn BufRead) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
