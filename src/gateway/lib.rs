//! The WooshPay client: the core's wishes go out as HTTP requests, and whatever comes back is one [`Answer`].
//!
//! Invariant: no verb of [`Client`] returns an error, because silence is data; [`Answer::NotSent`] is said only
//! when provably no byte of the request left this machine; no secret is ever printed.
//! Deliberately absent: retries and schedules (the core's outbox asks again), and any judgement about money, currency,
//! mode or order (the core judges; this crate gives the facts).
//!
//! [`Answer`]: quickpay_core::answer::Answer
//! [`Answer::NotSent`]: quickpay_core::answer::Answer::NotSent
#![forbid(unsafe_code)]

mod answer;
mod body;
mod client;
mod depth;
mod endpoint;
mod envelope;
mod error;
mod fault;
mod key;
mod lenient;
mod line;
mod options;
mod redaction;
mod refund;
mod timely;
mod trust;
mod wire;

pub use client::Client;
pub use endpoint::{Endpoint, EndpointError};
pub use error::ClientError;
pub use key::{KeyError, SecretKey};
pub use options::{ClientOptions, ListStyle};
