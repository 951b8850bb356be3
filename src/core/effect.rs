//! Wishes to the world, in the imperative; each is answered by exactly one [`Input`](crate::input::Input), also on timeout.
//!
//! Invariant: effects leave a [`Decision`](crate::decision::Decision) only after its records are durable.
//! Deliberately absent: how anything is done, and any retry: the outbox asks again.

use crate::answer::RefundNumber;
use crate::document::Document;
use crate::id::{AttemptId, IntentId, JobId, OrderId, RefundId};
use crate::money::Money;
use crate::payment_code::PaymentCode;
use crate::time::Monotonic;

/// One wish.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Create and confirm the payment intent of an attempt. Sent at most once per attempt.
    Pay {
        /// Which attempt.
        attempt: AttemptId,
        /// What to ask for.
        request: PayRequest,
    },
    /// Ask what became of an attempt.
    Inquire {
        /// Which attempt.
        attempt: AttemptId,
        /// How to find it.
        by: Inquiry,
    },
    /// Undo an attempt.
    Reverse {
        /// Which attempt.
        attempt: AttemptId,
        /// The intent to cancel.
        intent: IntentId,
        /// Our order id, from which the idempotency key is made.
        order: OrderId,
    },
    /// Give money back. A retry carries the same number.
    Refund {
        /// Which refund.
        refund: RefundId,
        /// What to ask for.
        request: RefundRequest,
    },
    /// Ask what became of a refund that the gateway has named.
    InquireRefund {
        /// Which refund.
        refund: RefundId,
        /// The gateway's id.
        id: RefundNumber,
    },
    /// Complete any harmless exchange, to learn whether the line is up.
    ProbeLine,
    /// Find out whether the printer could take a paper now, without giving it one.
    LookForPrinter,
    /// Put a paper out.
    Print {
        /// Which job.
        job: JobId,
        /// What it says.
        document: Document,
    },
}

/// What the gateway needs for one payment. Dropping it wipes the code.
#[derive(Debug, Clone)]
pub struct PayRequest {
    /// Our name for the attempt, which is also the idempotency key.
    pub order: OrderId,
    /// What is owed.
    pub amount: Money,
    /// The payer's secret.
    pub code: PaymentCode,
    /// The code leaves before this or never: the machine may sleep between the decision and the connection.
    pub submit_by: Monotonic,
}

/// What the gateway needs for one refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Our number for it, which is also the idempotency key.
    pub number: OrderId,
    /// The intent that holds the money.
    pub intent: IntentId,
    /// How much goes back.
    pub amount: Money,
}

/// How an attempt can be found at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inquiry {
    /// By the intent the gateway named: retrieve.
    Intent(IntentId),
    /// By our order id, when no intent was ever named: search.
    Order(OrderId),
}
