//! How fast the gateway is asked: far below the wallets' limit of 30 requests a second (quick-pay rules, section 3).
//!
//! Invariant: over any second no more than [`BURST`] and twenty questions leave, however many sales are in doubt.
//! Deliberately absent: a payment that the cashier scans, which counts and never waits.

use std::time::Duration;

use crate::time::Monotonic;

/// So many questions may leave at once, and be under way at once.
pub(crate) const BURST: usize = 8;
/// Then one leaves in this: twenty a second.
const EVERY: Duration = Duration::from_millis(50);
/// What a full burst borrows from the time to come.
const BORROWED_MS: u64 = 350;

/// When the next question may leave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// When all that was borrowed is paid back.
    paid_back_at: Monotonic,
}

impl Pace {
    /// The earliest moment of the next question.
    pub(crate) fn next(self) -> Monotonic {
        Monotonic(self.paid_back_at.0.saturating_sub(BORROWED_MS))
    }

    /// After one more question.
    pub(crate) fn asked(self, now: Monotonic) -> Pace {
        Pace { paid_back_at: self.paid_back_at.max(now).after(EVERY) }
    }
}
