//! Whole lives of a till on a virtual clock: the real core, a model gateway and wallet, a bad line, power cuts,
//! clocks that jump and cashiers who do the wrong thing. One seed replays one life exactly.
//!
//! Invariant: the twelve invariants of the architecture hold after every step, and once faults stop every sale ends
//! and belief equals truth.
//! Deliberately absent: IO, real clocks, and the core's own judgement of what is right.
//!
//! Where to begin: [`life::live`] runs one life; [`mutant::Mutant`] lists the faults that must be caught.
#![forbid(unsafe_code)]
#![allow(
    clippy::expect_used,
    clippy::wildcard_enum_match_arm,
    clippy::large_types_passed_by_value,
    reason = "a test harness: it may stop, and it looks at one variant of many"
)]

mod cashier;
mod checkpoints;
mod clock;
pub mod conditions;
mod gateway;
mod invariants;
pub mod life;
mod liveness;
pub mod many;
mod money_back;
pub mod mutant;
mod network;
mod payer;
mod power;
mod printer;
mod queue;
mod refunds;
mod rim;
mod secrets;
pub mod seed;
mod shift_book;
mod staff;
pub mod story;
pub mod tally;
mod till;
mod trace;
mod watch;
mod workers;

pub use network::Weather;
pub use payer::Payer;
