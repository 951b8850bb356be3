//! The client at its door: a real socket, a gateway that says exactly what a test wants, and the answer that comes out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy's allowance for tests does not reach the rooms of a test crate"
)]

mod fixtures;
mod inquiries;
mod limits;
mod log;
mod misfits;
mod outcomes;
mod refunds;
mod requests;
mod secrets;
mod server;
mod till;
mod tls;
