//! The sandbox at its doors: real HTTP on the loopback, every endpoint, every fault, and the truth it keeps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod contract;
mod faults;
mod lines;
mod memory;
mod plays;
mod refunds;
mod rig;
mod secrets;
mod wallets;
mod worlds;
