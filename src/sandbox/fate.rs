//! What a script makes of a payment, a cancel or a refund in place of the customer's own will; a fate never overrules
//! the code or the balance. Faults of the answer are absent: see `play.rs`.

use crate::decline::Decline;
use crate::intent::LaterEnd;

/// How a presented code fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Paid at once.
    Paid,
    /// The payer must look at the phone; then this happens, or nothing.
    Waits(Option<(u64, LaterEnd)>),
    /// Refused.
    Declined(Decline),
    /// Refused, and yet paid after so many milliseconds.
    DeclinedThenPaid(Decline, u64),
}

/// How a cancel fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelFate {
    /// The payer confirms just before: refused with `payment_intent_unexpected_state`, paid.
    PaidFirst,
    /// Refused because the payment is under way; nothing changes.
    Refused,
    /// The answer says cancelled, the money has moved.
    SaysCanceled,
    /// The payer confirms just before, and the wallet gives the money back: cancelled, one charge, one refund.
    Returned,
    /// Cancelled; the money moves so many milliseconds later all the same.
    PaidAfter(u64),
}

/// How a refund fares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundFate {
    /// Accepted, and succeeded after so many milliseconds or never.
    Pending(Option<u64>),
    /// Accepted and failed: nothing moves.
    Failed,
}
