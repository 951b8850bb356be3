//! What the gateway said, in the words of the core: the whole vocabulary between the gateway client and the decisions.
//!
//! Invariant: [`Answer::NotSent`] means that provably no byte of the request left the machine; whatever is neither
//! that nor understood is [`Answer::Silent`], and silence is never a no.
//! Deliberately absent: HTTP, JSON, and any judgement about money (see `judge.rs`).

use std::time::Duration;

use crate::id::{IntentId, OrderId};

/// What came of one exchange with the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The connection was never made, or only when the code's time was over; nothing can have moved.
    NotSent,
    /// Something may have left, and nothing that we understand came back.
    Silent(Silence),
    /// The gateway understood and refused the request itself; no intent was named.
    Rejected(Rejection),
    /// The gateway declined the payment without showing the intent (HTTP 402 without a nested intent).
    Declined {
        /// Its reason.
        decline: Decline,
        /// The intent's id, if at least that was told.
        intent: Option<IntentId>,
    },
    /// One intent as the gateway sees it now.
    Intent(IntentReport),
    /// What a search by order id found: none, one, or (after a doubled request) more.
    Found(Vec<IntentReport>),
}

/// What came of one exchange about a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// The connection was never made; nothing can have moved.
    NotSent,
    /// Something may have left, and nothing that we understand came back.
    Silent(Silence),
    /// The gateway understood and refused the request itself.
    Rejected(Rejection),
    /// The refund as the gateway sees it now.
    Refund(RefundReport),
}

/// A refund as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundReport {
    /// The gateway's id.
    pub id: RefundNumber,
    /// The amount in minor units, if told.
    pub amount_minor: Option<u64>,
    /// Where it stands.
    pub standing: RefundStanding,
}

/// The gateway's id of a refund, opaque to us.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefundNumber(pub String);

/// Where a refund stands at the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundStanding {
    /// `succeeded`: the money goes back.
    Succeeded,
    /// `pending` or `requires_action`: accepted, not returned yet.
    Pending,
    /// `failed` or `canceled`: it will not go back; the gateway's words.
    Failed(String),
    /// Anything else: proves nothing.
    Unproven(String),
}

/// What an exchange proves about the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exchange {
    /// It was completed, whatever was said.
    Completed,
    /// No answer came.
    Unanswered,
    /// No connection could be made.
    NeverMade,
}

impl Answer {
    /// What it proves about the line.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        match self {
            Answer::NotSent => Exchange::NeverMade,
            Answer::Silent(silence) => silence.exchange(),
            Answer::Rejected(_) | Answer::Declined { .. } | Answer::Intent(_) | Answer::Found(_) => {
                Exchange::Completed
            }
        }
    }
}

impl RefundAnswer {
    /// What it proves about the line.
    #[must_use]
    pub fn exchange(&self) -> Exchange {
        match self {
            RefundAnswer::NotSent => Exchange::NeverMade,
            RefundAnswer::Silent(silence) => silence.exchange(),
            RefundAnswer::Rejected(_) | RefundAnswer::Refund(_) => Exchange::Completed,
        }
    }
}

/// Why an answer counts as none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Silence {
    /// No answer in time, or the connection broke: no exchange was completed.
    NoAnswer,
    /// HTTP 5xx.
    ServerError,
    /// HTTP 409, or an idempotency error: perhaps the same request twice.
    Conflict,
    /// An answer that is not JSON, not the expected JSON, or longer than the limit.
    Nonsense,
    /// HTTP 429; how long the gateway asks us to wait.
    Busy(Option<Duration>),
}

impl Silence {
    /// The kind of silence, without how long we are asked to wait.
    #[must_use]
    pub fn kind(self) -> Silence {
        match self {
            Silence::Busy(_) => Silence::Busy(None),
            Silence::NoAnswer | Silence::ServerError | Silence::Conflict | Silence::Nonsense => self,
        }
    }

    /// What it proves about the line.
    #[must_use]
    pub fn exchange(self) -> Exchange {
        if self.proves_the_line() { Exchange::Completed } else { Exchange::Unanswered }
    }

    /// Whether an exchange was completed all the same, so that the line is up.
    #[must_use]
    pub fn proves_the_line(self) -> bool {
        match self {
            Silence::NoAnswer => false,
            Silence::ServerError | Silence::Conflict | Silence::Nonsense | Silence::Busy(_) => true,
        }
    }
}

/// A refusal of the request by the API itself: our fault or the set-up's, never the payer's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What kind of refusal.
    pub kind: RejectionKind,
    /// The gateway's own code or type of the error, if it gave one: what support asks for.
    pub code: Option<String>,
    /// The gateway's own words, cut to 200 characters, for the log and support.
    pub words: String,
}

/// Kinds of API refusal, by HTTP class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RejectionKind {
    /// 400, 422: the request is wrong.
    BadRequest,
    /// 401: the key is wrong.
    Unauthorized,
    /// 403: the key may not.
    Forbidden,
    /// 404: nothing under that id.
    NotFound,
    /// Any other 4xx.
    Other,
}

/// An intent as the gateway reports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentReport {
    /// The gateway's id.
    pub id: IntentId,
    /// Our order id as the gateway echoes it, if it does.
    pub order: Option<OrderId>,
    /// `amount_received` if given, else `amount`, in minor units.
    pub amount_minor: u64,
    /// ISO 4217 code in upper case.
    pub currency: String,
    /// Which mode the intent lives in, if told.
    pub mode: Option<Mode>,
    /// Where it stands.
    pub status: IntentStatus,
    /// The wallet's own number of the payment, if told.
    pub wallet_reference: Option<String>,
}

/// Where an intent stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentStatus {
    /// `succeeded`.
    Succeeded,
    /// `requires_action` or `processing`: the payer is at the phone, or the wallet thinks.
    Pending,
    /// `requires_payment_method` with an error: this try was refused, **the intent is still open**.
    Refused(Decline),
    /// `canceled` or `failed`: not paid, final.
    Canceled,
    /// Anything else: proves nothing; the gateway's word is kept for the log.
    Unproven(String),
}

/// The gateway's reason for a refusal, as open strings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decline {
    /// `code`.
    pub code: Option<String>,
    /// `decline_code`.
    pub decline_code: Option<String>,
    /// `message`.
    pub message: Option<String>,
}

/// Test money or real money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing really moves.
    Test,
    /// Real money.
    Live,
}
