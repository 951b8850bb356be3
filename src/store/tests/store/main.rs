//! The store at its door: what it keeps, what it notices, what it refuses.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "tests"
)]

mod background;
mod blind;
mod checkpoints;
mod copies;
mod damage;
mod doctor;
mod every_call;
mod faults;
mod format;
mod front;
mod full_disk;
mod hasty;
mod keep;
mod measure;
mod power_cut;
mod rebuild;
mod replay;
mod sample;
mod shifts;
mod sim_disk;
mod sled_cures;
mod start_time;
mod state;
mod tidy;
