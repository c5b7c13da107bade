//! Integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at the line")]

mod agreement;
mod bad_day;
mod cli;
mod models;
mod npri;
mod read;
