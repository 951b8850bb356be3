//! What a crash, a power cut or a broken line leaves behind, through the real program.
//!
//! In the normal tests a sample runs, in seconds; with QUICKPAY_EVIDENCE naming a folder everything runs, in minutes, and
//! the counts are written there (`tests/evidence.sh` makes `tests/EVIDENCE.md` of them).
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss
)]

mod call;
mod count;
mod cuts;
mod disk;
mod flaps;
mod kills;
mod secrets;
#[path = "../shop/mod.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod shop;
mod survivor;
mod tracer;
mod tree;

use shop::till;
