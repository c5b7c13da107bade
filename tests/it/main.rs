//! Integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at the line")]

mod bad_day;
mod cli;
mod leak;
mod models;
mod npri;
mod preview;
mod read;
mod trial;
