//! Knowing a message again without keeping it.
//!
//! Invariant: only a digest under a key of this run is kept, never the message.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use quickpay_core::time::Monotonic;

/// Remembers the last message's digest for the repeat window.
#[derive(Debug)]
pub(crate) struct RepeatGuard {
    key: RandomState,
    window: Duration,
    last: Option<(u64, Monotonic)>,
}

impl RepeatGuard {
    /// A window of zero lets everything pass.
    pub(crate) fn new(window: Duration) -> RepeatGuard {
        RepeatGuard { key: RandomState::new(), window, last: None }
    }

    /// Whether this message came before, less than a window ago. Each sight of it starts the window anew, so that a
    /// code left lying under a scanner is read once.
    pub(crate) fn is_repeat(&mut self, message: &[u8], now: Monotonic) -> bool {
        if self.window.is_zero() {
            return false;
        }
        let digest = self.key.hash_one(message);
        let repeat = self.last.is_some_and(|(last, at)| last == digest && now.since(at) < self.window);
        self.last = Some((digest, now));
        repeat
    }
}
