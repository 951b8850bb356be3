//! The program at its doors: the real binary, a real gateway in another process, scanner and printer models on real
//! ports. Only loopback is used, every wait has a deadline, and whatever a test scanned is looked for afterwards in
//! every byte the shop has left behind (`../shop/leak.rs`).
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc
)]

mod approvals;
mod bad_input;
mod commands;
mod config_file;
mod crash;
mod devices;
mod disk;
mod long_ago;
mod machine;
mod offline;
mod pages;
mod papers;
mod paying;
mod people;
mod printer_trouble;
mod printing;
mod refunding;
mod scanning;
mod shifts;
#[path = "../shop/mod.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod shop;
mod stopping;

use shop::till;
