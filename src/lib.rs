//! Industrial symbiosis: private match lists, follow-up indicators and open data that reveal no company.

pub mod config;
pub mod ingest;
pub mod model;
