#![doc = include_str!("ARCHITECTURE.md")]

pub mod anonymise;
pub mod cli;
pub mod commands;
pub mod config;
pub mod disclosure;
pub mod engine;
pub mod error;
pub mod export;
pub mod indicators;
pub mod ingest;
pub mod model;
pub mod normalise;
