//! Scanners and receipt printers: bytes of devices become scans, documents become paper.
//!
//! Invariant: a file that decides does no IO and is told the time; a file that does IO decides nothing. A driver is a
//! pure codec beside a dumb port. Nothing here logs, prints or keeps what a scanner read.
//! Deliberately absent: what a scan means, when a paper is due, and retries of either (the core's business).
#![forbid(unsafe_code)]

pub mod identity;
pub mod printer;
pub mod scanner;
mod stop;
