//! The last requests to `/v1`, as they arrived; no body is kept and no code is shown. Answers' bodies are absent.

use std::collections::VecDeque;

use serde::Serialize;

use crate::moment::Moment;
use crate::route::Op;

/// Requests remembered at most; the oldest are forgotten first.
const LOG_LIMIT: usize = 2_000;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Counts from 1 since the last reset.
    pub n: u64,
    /// When it arrived.
    pub at_ms: Moment,
    /// `GET` or `POST`.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// What it was, when the path names an operation.
    pub op: Option<Op>,
    /// The merchant's number it is about, where that is known.
    pub order: Option<String>,
    /// `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// Whether a step of the script was spent on it.
    pub scripted: bool,
    /// The status of the answer; `None` while there is none, and for ever when it was dropped.
    pub status: Option<u16>,
}

/// The bounded log.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    received: VecDeque<Received>,
    count: u64,
}

impl RequestLog {
    /// Writes a request down and gives its number.
    pub(crate) fn write(&mut self, received: Received) -> u64 {
        if self.received.len() >= LOG_LIMIT {
            self.received.pop_front();
        }
        self.count += 1;
        self.received.push_back(Received { n: self.count, ..received });
        self.count
    }

    /// Adds the status of its answer.
    pub(crate) fn answered(&mut self, n: u64, status: u16) {
        if let Some(received) = self.received.iter_mut().rev().find(|received| received.n == n) {
            received.status = Some(status);
        }
    }

    pub(crate) fn all(&self) -> Vec<Received> {
        self.received.iter().cloned().collect()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}
