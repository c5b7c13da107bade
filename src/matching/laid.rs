//! Flows laid out on disk in parts, and the search over them inside a memory.
//!
//! A part of one side is searched against the parts of the other, one after the other, nearest in
//! material first; the best partners so far go with it, so that the later ones are mostly passed over.
//! Nothing depends on how many parts there are: equal scores are told apart by rank.

use super::candidates::Prepared;
use super::columns;
use super::digests::Digests;
use super::kept::{Best, Kept, Rules, pairs};
use super::order::order;
use super::search;
use super::side::Side;
use crate::engine::{Parts, Room, WorkError, files, merged};
use crate::model::{Direction, FlowType};
use arrow::datatypes::Schema;
use arrow::record_batch::RecordBatch;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that a flow takes while it is searched, with its lists and while they are made.
const FLOW: usize = 2_700;
/// Flows of a part at least.
const SMALL: usize = 32;
/// Rows of a file that are read at a time.
const ROWS: usize = 8_192;

/// A part of one side and all parts of the other.
#[derive(Debug)]
struct Task {
    flows: PathBuf,
    others: Vec<PathBuf>,
    /// Whether the flows are offers.
    forward: bool,
}

/// Flows laid out.
#[derive(Debug)]
pub(super) struct Laid {
    folder: tempfile::TempDir,
    memory: usize,
    /// Flows of all types.
    flows: usize,
    tasks: Vec<Task>,
    rules: Arc<Rules>,
}

impl Laid {
    /// Writes flows of each type and direction, in the order of their materials, in parts of which two
    /// fit in half of the memory.
    pub(super) fn new(
        flows: &[&Prepared<'_>],
        rules: &Arc<Rules>,
        room: &Room<'_>,
    ) -> Result<Self, WorkError> {
        let mut laid = Self {
            folder: room.open()?,
            memory: room.memory,
            flows: flows.len(),
            tasks: Vec::new(),
            rules: Arc::clone(rules),
        };
        for kind in FlowType::ALL {
            let side = |direction: Direction| {
                let is_of = |one: &&&Prepared<'_>| one.is_of(*kind) && one.flow.direction == direction;
                flows.iter().filter(is_of).copied().collect::<Vec<_>>()
            };
            let (offers, requests) = (side(Direction::Output), side(Direction::Input));
            if offers.is_empty() || requests.is_empty() {
                continue;
            }
            let offers = laid.write(offers, *kind, "offers")?;
            let requests = laid.write(requests, *kind, "requests")?;
            laid.add_tasks(&offers, &requests, true);
            laid.add_tasks(&requests, &offers, false);
        }
        Ok(laid)
    }

    fn write(
        &self,
        mut flows: Vec<&Prepared<'_>>,
        kind: FlowType,
        side: &str,
    ) -> Result<Vec<PathBuf>, WorkError> {
        flows.sort_by_cached_key(|one| (order(one, self.rules.as_of), one.rank));
        let most = (self.memory / 2 / FLOW / 2).max(SMALL);
        let parts = flows.chunks(most).enumerate().map(|(number, part)| {
            let path = self.folder.path().join(format!("{}-{side}-{number}.parquet", kind.code()));
            let table =
                columns::table(&Digests::of_type(part, kind)).map_err(|error| WorkError::new(&error))?;
            files::write(&table, &path)?;
            Ok(path)
        });
        parts.collect()
    }

    fn add_tasks(&mut self, flows: &[PathBuf], others: &[PathBuf], forward: bool) {
        for (at, part) in flows.iter().enumerate() {
            let mut near: Vec<usize> = (0..others.len()).collect();
            // Both sides are in the order of their materials: a like place holds like materials.
            near.sort_by_key(|other| (other * flows.len()).abs_diff(at * others.len()));
            let others = near.into_iter().map(|other| others[other].clone()).collect();
            self.tasks.push(Task { flows: part.clone(), others, forward });
        }
    }

    /// Gives each pair that a side keeps to `each`, best first, once.
    pub(super) async fn partners(self, mut each: impl FnMut(Kept)) -> Result<(), WorkError> {
        let (memory, folder) = (self.memory, self.folder.path().to_owned());
        let work = Arc::new(self);
        let mut last = None;
        // Both sides may keep a pair.
        merged(Arc::clone(&work) as Arc<dyn Parts>, memory, &folder, |rows| {
            for kept in columns::kept(rows) {
                if last != Some(kept) {
                    each(kept);
                }
                last = Some(kept);
            }
        })
        .await
    }
}

fn read(path: &Path) -> Result<Digests, WorkError> {
    let mut digests = Digests::default();
    for table in files::read(path, ROWS)? {
        columns::add(&mut digests, &table?)?;
    }
    Ok(digests)
}

impl Parts for Laid {
    fn schema(&self) -> Schema {
        columns::kept_schema()
    }

    fn count(&self) -> usize {
        self.tasks.len()
    }

    fn at_once(&self) -> usize {
        // No part holds more than all flows. More than one a core would only wait.
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (self.memory / 2 / FLOW / self.flows.max(1)).clamp(1, cores)
    }

    fn rows(&self, part: usize) -> Result<RecordBatch, WorkError> {
        let task = &self.tasks[part];
        let flows = read(&task.flows)?;
        let mut best = vec![Best::default(); flows.len()];
        for other in &task.others {
            let side = Side::new(read(other)?, !task.forward, &self.rules);
            search::search(&flows, &mut best, &side, &self.rules, task.forward);
        }
        let mut kept: Vec<Kept> = pairs(&flows, best, &self.rules, task.forward).collect();
        kept.sort_unstable();
        columns::kept_table(&kept).map_err(|error| WorkError::new(&error))
    }
}
