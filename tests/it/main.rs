//! Integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop at the line")]

mod absent;
mod agreement;
mod amounts;
mod bad_day;
mod classify;
mod cli;
mod corpus;
mod follow_up;
mod former;
mod given_back;
mod hidden;
mod identities;
mod inbox;
mod killed;
mod leak;
mod ledger;
mod limits;
mod map;
mod marks;
mod matching;
mod merged;
mod models;
mod nights;
mod npri;
mod pilot;
mod platforms;
mod portal;
mod preview;
mod read;
mod returned;
mod schedule;
mod shapes;
mod shuffle;
mod tables;
mod trial;
