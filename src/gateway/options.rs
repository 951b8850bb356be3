//! What the client is told once: where, who, how long, and the fixed fields of its requests.

use std::time::Duration;

use crate::endpoint::Endpoint;
use crate::key::SecretKey;

/// How the list of intents is asked for its length (wire contract, section 11, row 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListStyle {
    /// Not at all: the gateway's own page length.
    #[default]
    Plain,
    /// `?limit=100`.
    Query,
}

/// The client's options. Empty texts are left out of requests.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Where the gateway is.
    pub endpoint: Endpoint,
    /// The merchant's key.
    pub key: SecretKey,
    /// Limit for name, TCP and TLS together.
    pub connect_timeout: Duration,
    /// Limit for a whole answer, connecting included; an inquiry of two requests has one such limit.
    pub answer_timeout: Duration,
    /// The same limit for a probe of the line.
    pub probe_timeout: Duration,
    /// `client_ip`: the till's address as the gateway wants to see it.
    pub client_ip: String,
    /// `os_type`: `IOS` or `ANDROID` in the samples.
    pub os_type: String,
    /// `return_url`: without meaning for Quick Pay.
    pub return_url: String,
    /// `description`: what the gateway's lists show; one text for all sales.
    pub description: String,
    /// `metadata.terminal`.
    pub terminal: String,
    /// `cancellation_reason`, which the gateway requires.
    pub cancellation_reason: String,
    /// How the list is asked.
    pub list_style: ListStyle,
    /// Certificate authorities in PEM that are trusted besides the machine's own.
    pub extra_authorities: String,
}

impl ClientOptions {
    /// The defaults of the domain rules (quick-pay, section 3; wire contract, section 11): 6 s to connect, 10 s for an
    /// answer, 4 s for a probe, `requested_by_customer`, everything optional left out.
    #[must_use]
    pub fn new(endpoint: Endpoint, key: SecretKey) -> ClientOptions {
        ClientOptions {
            endpoint,
            key,
            connect_timeout: Duration::from_secs(6),
            answer_timeout: Duration::from_secs(10),
            probe_timeout: Duration::from_secs(4),
            client_ip: String::new(),
            os_type: String::new(),
            return_url: String::new(),
            description: String::new(),
            terminal: String::new(),
            cancellation_reason: "requested_by_customer".to_owned(),
            list_style: ListStyle::Plain,
            extra_authorities: String::new(),
        }
    }
}
