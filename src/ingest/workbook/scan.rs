//! The directory of a zip container, looked at before anything is unpacked.

use super::super::content::Content;
use super::wire::{Job, Refusal};
use zip::ZipArchive;

/// Parts of a container; the largest real workbooks have a few thousand.
const MOST_ENTRIES: usize = 20_000;
/// Below this size a part is harmless whatever its ratio.
const HARMLESS_BYTES: u64 = 32 * 1024 * 1024;
/// Unpacked to packed. Deflate cannot pass 1,032; sheets that are nearly empty reach about 200.
const HIGHEST_RATIO: u64 = 400;

/// Refuses containers that would unpack to more than the memory limit can hold.
///
/// Sizes in a directory can lie; the memory limit of the process stops those.
pub(super) fn scan(content: &Content, job: &Job) -> Result<(), Refusal> {
    let mut archive = ZipArchive::new(content.reader()).map_err(|_| Refusal::Damaged)?;
    if archive.len() > MOST_ENTRIES {
        return Err(Refusal::Bomb);
    }
    let most = u64::from(job.memory_mib) * 1024 * 1024;
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|_| Refusal::Damaged)?;
        let (packed, unpacked) = (entry.compressed_size(), entry.size());
        total = total.saturating_add(unpacked);
        let inflated = unpacked > HARMLESS_BYTES && unpacked / packed.max(1) > HIGHEST_RATIO;
        if inflated || total > most {
            return Err(Refusal::Bomb);
        }
    }
    Ok(())
}
