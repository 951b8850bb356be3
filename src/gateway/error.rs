//! Why there is no client: the set-up is wrong. What goes wrong afterwards is an answer, never an error.

use std::time::Duration;

use thiserror::Error;

use crate::endpoint::EndpointError;

/// The longest wait that may be configured; a cashier has given up long before.
pub(crate) const MAX_LIMIT: Duration = Duration::from_secs(120);

/// The client could not be made; nothing was sent.
#[derive(Debug, Error)]
pub enum ClientError {
    /// Key and host do not belong together.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// A time limit that no exchange can keep, or that is none.
    #[error("{name} is {value:?}; a wait has a limit above zero and of at most {MAX_LIMIT:?}")]
    Limit {
        /// Which limit.
        name: &'static str,
        /// What it was.
        value: Duration,
    },
    /// The gateway takes no cancellation without a reason.
    #[error("cancellation_reason is empty; the gateway wants a word such as requested_by_customer")]
    NoCancellationReason,
    /// The extra certificate authority cannot be read.
    #[error("the certificate authority file holds no readable PEM certificate")]
    Authority,
    /// TLS cannot be set up; usually the machine knows no certificate authority at all.
    #[error("no certificate can be checked on this machine; is the package ca-certificates installed?")]
    Trust(#[source] rustls::Error),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}
