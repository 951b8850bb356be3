//! The pure core: inputs become decisions.
//!
//! Invariant: nothing here does IO, reads a clock, spawns, awaits or serialises; every decision can be replayed.
#![forbid(unsafe_code)]

pub mod answer;
pub mod document;
pub mod effect;
pub mod id;
pub mod journal;
pub mod money;
pub mod payment_code;
pub mod record;
pub mod time;
pub mod view;
pub mod wallet;
pub mod words;
