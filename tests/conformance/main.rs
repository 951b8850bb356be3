//! The conformance table of the quick-pay rules, section 12: one named scenario a case, through the real program. The real
//! event loop, store and client talk HTTP to the real sandbox in another process; the test is the cashier.
//!
//! A test's name begins with its case: `a4_…`, `b2_…`, `qp_17_…`; `table.rs` fails when a case has no test.
//! Times of the rules are scaled down by the configuration; what is asserted is their order and what they keep apart.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc
)]

mod answers;
mod clock;
mod codes;
mod line;
mod papers;
mod refunds;
mod reversing;
#[path = "../shop/mod.rs"]
#[allow(dead_code, reason = "each test program uses a part of it")]
mod shop;
mod table;
mod wechat;

use shop::till;
