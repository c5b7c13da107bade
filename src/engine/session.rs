//! One `DataFusion` session with its memory bounded.

use super::Table;
use arrow::record_batch::RecordBatch;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};
use std::sync::Arc;

/// A query that could not run. The messages of the engine quote table and column names only.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A model is wrong, or the engine ran out of its memory.
    #[error(
        "the model `{model}` failed: {cause}\nhelp: `maillage check` shows the line of a model that does not fit; otherwise raise `limits.engine_memory_mib`"
    )]
    Query {
        /// Name of the model or table.
        model: String,
        /// What the engine says.
        cause: String,
    },
}

/// A local session. Rows of a result have no order: whoever publishes sorts.
pub struct Engine {
    context: SessionContext,
}

impl Engine {
    /// A session with a number of threads (none: as many as cores) and a memory bound.
    pub fn new(threads: Option<u32>, memory_mib: u32) -> Result<Self, EngineError> {
        let mut config = SessionConfig::new();
        if let Some(threads) = threads {
            config = config.with_target_partitions(threads.max(1) as usize);
        }
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_limit(memory_mib as usize * 1024 * 1024, 1.0)
            .build_arc()
            .map_err(|error| failed("session", &error))?;
        Ok(Self { context: SessionContext::new_with_config_rt(config, runtime) })
    }

    /// Makes a table known to the models.
    pub fn register(&self, name: &str, batch: RecordBatch) -> Result<(), EngineError> {
        let table = datafusion::datasource::MemTable::try_new(batch.schema(), vec![vec![batch]])
            .map_err(|error| failed(name, &error))?;
        self.context.register_table(name, Arc::new(table)).map_err(|error| failed(name, &error))?;
        Ok(())
    }

    /// Runs one model.
    pub async fn query(&self, model: &str, sql: &str) -> Result<Table, EngineError> {
        let frame = self.context.sql(sql).await.map_err(|error| failed(model, &error))?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let batches = frame.collect().await.map_err(|error| failed(model, &error))?;
        let batch = arrow::compute::concat_batches(&schema, &batches)
            .map_err(|error| EngineError::Query { model: model.to_owned(), cause: error.to_string() })?;
        Ok(Table::new(batch))
    }
}

fn failed(model: &str, error: &datafusion::error::DataFusionError) -> EngineError {
    let cause = error.strip_backtrace();
    EngineError::Query { model: model.to_owned(), cause: cause.lines().next().unwrap_or_default().to_owned() }
}
