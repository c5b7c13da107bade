//! Work in parts as a `DataFusion` plan: every part gives its rows in order, the plan merges them.
//!
//! One part is worked on at a time, by as many threads as it likes, so that what it needs in memory is
//! needed once; several where the work says that they fit together. Finished rows wait in memory while there is room, and as Parquet in the folder after.
//! A part needs nothing but the files of the folder: a scheduler could hand parts to several machines.

use super::files;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_expr::expressions::Column;
use datafusion::physical_expr::{
    EquivalenceProperties, LexOrdering, Partitioning, PhysicalExpr, PhysicalSortExpr,
};
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchReceiverStream;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties, ReplaceChildrenOptions, execute_stream,
};
use datafusion::prelude::SessionConfig;
use futures_util::StreamExt as _;
use std::fmt::{Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Rows of one batch at most, and at least.
const BATCH: usize = 8_192;
const SMALL_BATCH: usize = 16;
/// Bytes that a row of a batch takes while it is merged, roughly.
const ROW: usize = 128;

/// Work in parts that could not be done.
#[derive(Debug, thiserror::Error)]
#[error(
    "work in parts failed: {0}\nhelp: make room on the disk of the working folder, or raise `limits.engine_memory_mib`"
)]
pub struct WorkError(String);

impl WorkError {
    /// From what went wrong, which must hold no name or amount.
    pub fn new(cause: &dyn std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}

/// Work that is done in parts.
pub trait Parts: Debug + Send + Sync + 'static {
    /// Columns of the rows, none of which is null; rows are in the order of the first, then of the next.
    fn schema(&self) -> Schema;

    /// Number of parts.
    fn count(&self) -> usize;

    /// How many parts may be worked on at a time: together they keep to their half of the memory.
    fn at_once(&self) -> usize {
        1
    }

    /// Rows of a part, in order.
    ///
    /// # Errors
    /// Whatever keeps the part from being done.
    fn rows(&self, part: usize) -> std::result::Result<RecordBatch, WorkError>;
}

/// Memory and a folder to work in.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    /// Bytes.
    pub memory: usize,
    /// Where files of the work may lie, in a folder of their own that only its owner may read.
    pub folder: &'a Path,
}

impl<'a> Room<'a> {
    /// So many mebibytes, and a folder.
    #[must_use]
    pub const fn new(memory_mib: u32, folder: &'a Path) -> Self {
        Self { memory: memory_mib as usize * 1024 * 1024, folder }
    }

    /// A folder for the files of one work, gone when it is dropped.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(&self) -> std::result::Result<tempfile::TempDir, WorkError> {
        tempfile::tempdir_in(self.folder).map_err(|error| WorkError::new(&error))
    }
}

/// Gives the rows of all parts to `each`, in order. Half of the memory is that of the part that is worked
/// on: it is for the work to keep to that. `folder` is for rows that wait.
///
/// # Errors
/// When a part fails, the disk is full, or the memory is too small.
pub async fn merged(
    work: Arc<dyn Parts>,
    memory: usize,
    folder: &Path,
    mut each: impl FnMut(&RecordBatch),
) -> std::result::Result<(), WorkError> {
    let parts = work.count();
    if parts == 0 {
        return Ok(());
    }
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_limit(memory / 2, 1.0)
        .build_arc()
        .map_err(|error| failed(&error))?;
    let rows = (memory / 8 / ROW / parts).clamp(SMALL_BATCH, BATCH);
    let config = SessionConfig::new().with_batch_size(rows);
    let context = TaskContext::default().with_session_config(config).with_runtime(runtime);
    let source = PartsExec::new(work, memory / 8, folder);
    let plan: Arc<dyn ExecutionPlan> = match source.order.clone() {
        Some(order) => Arc::new(SortPreservingMergeExec::new(order, Arc::new(source))),
        None => Arc::new(source),
    };
    let mut stream = execute_stream(plan, Arc::new(context)).map_err(|error| failed(&error))?;
    while let Some(batch) = stream.next().await {
        each(&batch.map_err(|error| failed(&error))?);
    }
    Ok(())
}

fn failed(error: &DataFusionError) -> WorkError {
    // A part says itself what kept it from being done.
    let of_part = match error {
        DataFusionError::External(cause) => cause.downcast_ref::<WorkError>(),
        _ => None,
    };
    of_part.map_or_else(|| WorkError::new(error), |WorkError(cause)| WorkError(cause.clone()))
}

/// The operator.
#[derive(Debug)]
struct PartsExec {
    work: Arc<dyn Parts>,
    schema: SchemaRef,
    order: Option<LexOrdering>,
    /// Who has a turn works.
    turns: Arc<Semaphore>,
    /// Bytes left for rows that wait in memory.
    left: Arc<AtomicUsize>,
    folder: PathBuf,
    properties: Arc<PlanProperties>,
}

impl PartsExec {
    fn new(work: Arc<dyn Parts>, waiting: usize, folder: &Path) -> Self {
        let schema = Arc::new(work.schema());
        let by = |(at, field): (usize, &Arc<arrow::datatypes::Field>)| {
            PhysicalSortExpr::new_default(Arc::new(Column::new(field.name(), at)))
        };
        let order = LexOrdering::new(schema.fields().iter().enumerate().map(by));
        let properties = PlanProperties::new(
            EquivalenceProperties::new_with_orderings(Arc::clone(&schema), order.clone()),
            Partitioning::UnknownPartitioning(work.count()),
            EmissionType::Final,
            Boundedness::Bounded,
        );
        let turns = Arc::new(Semaphore::new(work.at_once().max(1)));
        Self {
            work,
            schema,
            order,
            turns,
            left: Arc::new(AtomicUsize::new(waiting)),
            folder: folder.to_owned(),
            properties: Arc::new(properties),
        }
    }
}

impl DisplayAs for PartsExec {
    fn fmt_as(&self, _: DisplayFormatType, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PartsExec: parts={}", self.work.count())
    }
}

impl ExecutionPlan for PartsExec {
    fn name(&self) -> &'static str {
        "PartsExec"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, part: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let mut builder = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), 1);
        let (send, batch) = (builder.tx(), context.session_config().batch_size());
        let (work, turns, left) = (Arc::clone(&self.work), Arc::clone(&self.turns), Arc::clone(&self.left));
        let path = self.folder.join(format!("rows-{part}.parquet"));
        let outside = |error: WorkError| DataFusionError::External(Box::new(error));
        builder.spawn(async move {
            let waiting = {
                let _turn = turns.acquire().await.map_err(|closed| outside(WorkError::new(&closed)))?;
                let work = move || Waiting::new(work.rows(part)?, &left, path);
                tokio::task::spawn_blocking(work).await.map_err(|panic| outside(WorkError::new(&panic)))?
            };
            for rows in waiting.and_then(|waiting| waiting.batches(batch)).map_err(outside)? {
                // Nobody listens once the plan is given up.
                if send.send(rows.map_err(outside)).await.is_err() {
                    break;
                }
            }
            Ok(())
        });
        Ok(builder.build())
    }
}

/// Rows of a finished part.
enum Waiting {
    Memory(RecordBatch),
    Disk(PathBuf),
}

impl Waiting {
    fn new(rows: RecordBatch, left: &AtomicUsize, path: PathBuf) -> std::result::Result<Self, WorkError> {
        let bytes = rows.get_array_memory_size();
        let take = |left: usize| left.checked_sub(bytes);
        if left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok() {
            return Ok(Self::Memory(rows));
        }
        files::write(&rows, &path)?;
        Ok(Self::Disk(path))
    }

    /// The rows, so many at a time.
    fn batches(
        self,
        most: usize,
    ) -> std::result::Result<
        Box<dyn Iterator<Item = std::result::Result<RecordBatch, WorkError>> + Send>,
        WorkError,
    > {
        Ok(match self {
            Self::Memory(rows) => {
                let starts = (0..rows.num_rows()).step_by(most);
                Box::new(starts.map(move |start| Ok(rows.slice(start, most.min(rows.num_rows() - start)))))
            }
            Self::Disk(path) => Box::new(files::read(&path, most)?),
        })
    }
}
