//! Integration tests, one binary.

mod models;
