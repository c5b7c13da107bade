#![doc = include_str!("ARCHITECTURE.md")]

pub mod anonymise;
pub mod config;
pub mod engine;
pub mod indicators;
pub mod model;
