//! One `DataFusion` session with its memory bounded.

use super::Table;
use arrow::error::ArrowError;
use arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SQLOptions, SessionConfig, SessionContext};
use std::sync::Arc;

/// A query that could not run. Before it meets a row the engine quotes what the operator wrote; what it says
/// afterwards could quote a row, and only the kind is told.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// A model is wrong, or the engine ran out of its memory.
    #[error(
        "the model `{model}` failed: {cause}\nhelp: `maillage check` shows the line of a model that does not fit; `TRY_CAST` makes unknown what cannot be read; for want of memory raise `limits.engine_memory_mib`"
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

    /// Runs one model: one query, which changes nothing.
    pub async fn query(&self, model: &str, sql: &str) -> Result<Table, EngineError> {
        let only_reads =
            SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        let frame =
            self.context.sql_with_options(sql, only_reads).await.map_err(|error| failed(model, &error))?;
        let schema = Arc::new(frame.schema().as_arrow().clone());
        let context = Arc::new(frame.task_ctx());
        let plan = frame.create_physical_plan().await.map_err(|error| failed(model, &error))?;
        let batches = datafusion::physical_plan::collect(plan, context).await.map_err(|error| {
            EngineError::Query { model: model.to_owned(), cause: among_rows(&error).to_owned() }
        })?;
        let batch = arrow::compute::concat_batches(&schema, &batches)
            .map_err(|error| EngineError::Query { model: model.to_owned(), cause: error.to_string() })?;
        Ok(Table::new(batch))
    }
}

fn failed(model: &str, error: &DataFusionError) -> EngineError {
    let cause = error.strip_backtrace();
    EngineError::Query { model: model.to_owned(), cause: cause.lines().next().unwrap_or_default().to_owned() }
}

/// The kind of a failure among the rows, without its text.
fn among_rows(error: &DataFusionError) -> &'static str {
    match error.find_root() {
        DataFusionError::ResourcesExhausted(_) => "the memory of the engine does not suffice",
        DataFusionError::ArrowError(error, _) => match error.as_ref() {
            ArrowError::CastError(_) | ArrowError::ParseError(_) => {
                "a value cannot be read as the type that the query asks for"
            }
            ArrowError::ArithmeticOverflow(_) => "an amount does not fit its type",
            ArrowError::DivideByZero => "an amount is divided by zero",
            _ => "a value does not fit the query",
        },
        _ => "a value does not fit the query",
    }
}

#[cfg(test)]
mod tests {
    use super::Engine;
    use crate::engine::Columns;

    #[tokio::test]
    async fn a_query_that_fails_among_the_rows_does_not_quote_them() {
        let engine = Engine::new(Some(1), 64).unwrap();
        let rows = Columns::default().text("groupe", [Some("secret")]).integer("kg_an", [Some(5_685)]);
        engine.register("flux", rows.build().unwrap()).unwrap();
        let told = async |sql: &str| engine.query("essai", sql).await.unwrap_err().to_string();
        for (query, cause) in [
            ("CAST(groupe AS BIGINT)", "cannot be read as the type"),
            ("CAST(CAST(kg_an AS VARCHAR) AS DATE)", "cannot be read as the type"),
            ("100 / (kg_an - 5685)", "divided by zero"),
        ] {
            let told = told(&format!("SELECT {query} AS kg_an FROM flux")).await;
            assert!(
                told.contains(cause) && !told.contains("secret") && !told.contains("5685"),
                "{query}: {told}"
            );
        }
        assert!(told("SELECT nom FROM flux").await.contains("No field named nom"));
        assert!(told("CREATE TABLE copie AS SELECT CAST(groupe AS BIGINT) FROM flux").await.contains("DDL"));
    }
}
