//! One try to pay a sale with one payment code, and the one classification of where it stands.
//!
//! Invariant: a phase carries only its own data; [`Phase::standing`] is the only place that says what is in doubt.
//! Deliberately absent: timers and the code itself (both live in this run's memory, see `desk.rs`).

use crate::answer::{Decline, Silence};
use crate::decline::DeclineReason;
use crate::id::{AttemptId, IntentId, OrderId};
use crate::person::PersonName;
use crate::record::{Contradiction, ExpiryCause, ReversalCause, ReversalProof};
use crate::time::{Moment, Monotonic};
use crate::wallet::WalletId;

/// One try with one code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Which.
    pub id: AttemptId,
    /// Our name for it at the gateway.
    pub order: OrderId,
    /// Whose code it was.
    pub wallet: WalletId,
    /// When the code was scanned.
    pub scanned_at: Moment,
    /// Nothing is sent after this, on the clock of the scan's boot.
    pub submit_by: Monotonic,
    /// Who scanned it; nobody where no people are configured.
    pub operator: Option<PersonName>,
    /// When its phase last changed.
    pub changed_at: Moment,
    /// Where it is.
    pub phase: Phase,
    /// Whether late money is still looked for, should it end unpaid.
    pub watch: Watch,
}

/// Whether the gateway is still asked about an attempt that is over (quick-pay rules, section 4: a late success is one
/// refund owed).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch {
    /// Where it ended unpaid: until the wallet can no longer take money for it.
    On,
    /// Money came that does not fit what was asked: an alarm, until the gateway takes its word back or a person put it
    /// right there (see `stray.rs`).
    Astray(Stray),
    /// Nothing more is asked.
    Over,
}

/// Money at the gateway that nobody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The intent that holds it.
    pub intent: IntentId,
    /// How it differs from what was asked.
    pub contradiction: Contradiction,
    /// The amount in the gateway's words, such as `CNY 880.00`; for people alone, nothing is counted with it.
    pub told: String,
}

impl Attempt {
    /// Whether it ended unpaid by the gateway's word alone, and money may still come for it: a cancel need not reach the
    /// wallet. An attempt that the API refused, or that never left, has nothing that could be paid.
    #[must_use]
    pub fn may_be_paid_late(&self) -> bool {
        match &self.phase {
            Phase::Reversed { proof, .. } => proof.is_some(),
            Phase::Declined { decline, .. } => decline.reason() != DeclineReason::SetUp,
            Phase::Held | Phase::Expired { .. } | Phase::Submitted(_) => false,
            Phase::AwaitingPayer(_) | Phase::Reversing { .. } | Phase::Approved { .. } => false,
        }
    }

    /// Whether the gateway is still asked about it although nothing of it is in doubt.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        match &self.watch {
            Watch::On => self.may_be_paid_late(),
            Watch::Astray(_) => true,
            Watch::Over => false,
        }
    }
}

/// Where an attempt is. The picture of the transitions stands in the architecture document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Scanned without a line; the code waits in memory.
    Held,
    /// Never sent, and never will be.
    Expired {
        /// Why.
        cause: ExpiryCause,
    },
    /// The request may have left.
    Submitted(Doubt),
    /// The gateway waits for the payer.
    AwaitingPayer(Doubt),
    /// To be undone; owed until proven.
    Reversing {
        /// What is known of it.
        doubt: Doubt,
        /// Why we do not want it.
        cause: ReversalCause,
    },
    /// Paid, proven.
    Approved {
        /// The gateway's id.
        intent: IntentId,
        /// The wallet's own number.
        wallet_reference: Option<String>,
    },
    /// Refused, and nothing is left open.
    Declined {
        /// Why.
        decline: Decline,
        /// The gateway's id, if it named one.
        intent: Option<IntentId>,
    },
    /// Undone, or found paid while it was being undone (then a refund is owed).
    Reversed {
        /// What proves it; `None` when money came instead.
        proof: Option<ReversalProof>,
        /// Why it was undone.
        cause: ReversalCause,
        /// The gateway's id, if it named one.
        intent: Option<IntentId>,
    },
}

/// What is known of an attempt in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// When the request was allowed to leave.
    pub sent_at: Moment,
    /// The gateway's id, once named.
    pub intent: Option<IntentId>,
    /// The last kind of silence, until an answer came.
    pub missed: Option<Silence>,
    /// A refusal whose words may be the gateway's own fault, or that named no intent.
    pub decline: Option<Decline>,
    /// A contradiction that someone must look at.
    pub contradiction: Option<Contradiction>,
}

impl Doubt {
    /// Nothing is known yet.
    #[must_use]
    pub fn since(sent_at: Moment) -> Doubt {
        Doubt { sent_at, intent: None, missed: None, decline: None, contradiction: None }
    }
}

/// The one classification of attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Provably no money with us.
    Clear,
    /// Money may have moved.
    InDoubt,
    /// Provably paid and wanted.
    Paid,
}

impl Phase {
    /// Where the money stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        match self {
            Phase::Held | Phase::Expired { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => {
                Standing::Clear
            }
            Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => Standing::InDoubt,
            Phase::Approved { .. } => Standing::Paid,
        }
    }

    /// Whether it was sent and nothing of it is in doubt any more: given up or paid.
    #[must_use]
    pub fn is_sent_and_over(&self) -> bool {
        self.is_given_up() || self.standing() == Standing::Paid
    }

    /// Whether it was sent and is over without a payment that we keep.
    #[must_use]
    pub fn is_given_up(&self) -> bool {
        match self {
            Phase::Declined { .. } | Phase::Reversed { .. } => true,
            Phase::Held | Phase::Expired { .. } | Phase::Submitted(_) | Phase::AwaitingPayer(_) => false,
            Phase::Reversing { .. } | Phase::Approved { .. } => false,
        }
    }

    /// What is known, while in doubt.
    #[must_use]
    pub fn doubt(&self) -> Option<&Doubt> {
        match self {
            Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) | Phase::Reversing { doubt, .. } => {
                Some(doubt)
            }
            Phase::Held
            | Phase::Expired { .. }
            | Phase::Approved { .. }
            | Phase::Declined { .. }
            | Phase::Reversed { .. } => None,
        }
    }

    pub(crate) fn doubt_mut(&mut self) -> Option<&mut Doubt> {
        match self {
            Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) | Phase::Reversing { doubt, .. } => {
                Some(doubt)
            }
            Phase::Held
            | Phase::Expired { .. }
            | Phase::Approved { .. }
            | Phase::Declined { .. }
            | Phase::Reversed { .. } => None,
        }
    }

    /// The gateway's id, as far as it is known.
    #[must_use]
    pub fn intent(&self) -> Option<&IntentId> {
        match self {
            Phase::Held | Phase::Expired { .. } => None,
            Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) | Phase::Reversing { doubt, .. } => {
                doubt.intent.as_ref()
            }
            Phase::Approved { intent, .. } => Some(intent),
            Phase::Declined { intent, .. } | Phase::Reversed { intent, .. } => intent.as_ref(),
        }
    }
}
