//! Money that goes back: its own small state machine beside the attempts.
//!
//! Invariant: a refund keeps its number from creation on; what is saved, sent or confirmed counts against what is left,
//! so that refunds never exceed what was paid, however many are asked for at once.
//! Deliberately absent: who may refund (`signing.rs`), and any second number for a lost reply.

use crate::answer::{RefundNumber, Silence};
use crate::id::{AttemptId, IntentId, OrderId, RefundId};
use crate::money::Money;
use crate::person::PersonName;
use crate::time::Moment;

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Which.
    pub id: RefundId,
    /// Our number for it at the gateway.
    pub number: OrderId,
    /// The attempt whose money it is.
    pub attempt: AttemptId,
    /// The intent that holds the money.
    pub intent: IntentId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// Who asked for it; nobody where no people are configured.
    pub operator: Option<PersonName>,
    /// Who allowed it.
    pub approver: Option<PersonName>,
    /// When its phase last changed.
    pub changed_at: Moment,
    /// Where it is.
    pub phase: RefundPhase,
}

/// Where a refund is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundPhase {
    /// Saved; nothing left the till.
    Saved,
    /// The request may have left; not confirmed.
    Sent {
        /// The gateway's id, once named.
        id: Option<RefundNumber>,
        /// The last kind of silence, until an answer came.
        missed: Option<Silence>,
    },
    /// The gateway says that the money goes back.
    Confirmed,
    /// The gateway says that it does not.
    Refused {
        /// Its words.
        words: String,
    },
    /// Taken back before it was sent.
    Withdrawn,
}

/// Whether a refund takes part of what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// The money is on its way, or may be.
    Held,
    /// The money stays with us.
    Free,
}

impl RefundPhase {
    /// The one classification of refunds.
    #[must_use]
    pub fn share(&self) -> Share {
        match self {
            RefundPhase::Saved | RefundPhase::Sent { .. } | RefundPhase::Confirmed => Share::Held,
            RefundPhase::Refused { .. } | RefundPhase::Withdrawn => Share::Free,
        }
    }

    /// Whether somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self {
            RefundPhase::Saved | RefundPhase::Sent { .. } => true,
            RefundPhase::Confirmed | RefundPhase::Refused { .. } | RefundPhase::Withdrawn => false,
        }
    }
}
