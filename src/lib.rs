//! Industrial symbiosis: private match lists, follow-up indicators and open data that reveal no company.

pub mod anonymise;
pub mod config;
pub mod engine;
pub mod indicators;
pub mod model;
pub mod normalise;
