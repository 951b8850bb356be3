//! What a script has one request meet: how it fares in the world, how its answer is bent, and whether the answer
//! arrives; the default play is honest. Reading it from JSON is absent: see `then.rs`.

use std::time::Duration;

use crate::fate::{CancelFate, Fate, RefundFate};
use crate::world::Second;

/// One request's part.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Play {
    /// How long the answer waits.
    pub(crate) delay: Duration,
    /// Whether and how the answer arrives.
    pub(crate) delivery: Delivery,
    /// What is wrong with it.
    pub(crate) twists: Vec<Twist>,
    /// How a payment fares.
    pub(crate) fate: Option<Fate>,
    /// How a cancel fares.
    pub(crate) cancel: Option<CancelFate>,
    /// How a refund fares.
    pub(crate) refund: Option<RefundFate>,
    /// Carried out twice.
    pub(crate) second: Option<Second>,
    /// Inquiries pretend to know nothing.
    pub(crate) memory: Memory,
}

/// Whether an inquiry finds what it asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Memory {
    /// It does.
    #[default]
    Sound,
    /// It does not: 404, or an empty result.
    Forgets,
}

/// Whether a request is carried out although its answer is a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CarriedOut {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Whether and how the answer arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As it should.
    #[default]
    Whole,
    /// The connection is dropped and nothing is carried out.
    DropBefore,
    /// It is carried out, then the connection is dropped.
    DropAfter,
    /// Another answer in its place.
    Instead(Instead),
    /// The JSON ends half-way, the HTTP is sound.
    TruncatedJson,
    /// The connection is dropped half-way through the body.
    CutBody,
}

/// An answer that is not the request's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Instead {
    /// HTTP status.
    pub(crate) status: u16,
    /// `Retry-After`.
    pub(crate) retry_after_s: Option<u64>,
    /// The body.
    pub(crate) body: InsteadBody,
    /// Whether the request is carried out all the same.
    pub(crate) carried_out: CarriedOut,
}

/// The body of an answer that is not the request's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum InsteadBody {
    /// An error envelope with this code and message.
    Error {
        /// `error.code`
        code: String,
        /// `error.message`
        message: String,
    },
    /// A proxy's page.
    Html,
    /// Nothing at all.
    Empty,
}

/// One thing wrong with an answer that is otherwise the request's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Twist {
    /// Another amount.
    Amount(i64),
    /// The amount, and so much more.
    AmountOffBy(i64),
    /// Another currency.
    Currency(String),
    /// Another mode.
    Livemode(bool),
    /// Another id.
    Id(String),
    /// Another status, in whatever words.
    Status(String),
    /// `payment_method_types` and `payment_method_options` as JSON strings.
    Stringified,
    /// `amount_received` null.
    NullAmountReceived,
    /// `created` in seconds.
    Seconds,
    /// Status and wallet in upper case, currency in lower case.
    UpperCase,
    /// A declined intent as 402 with the intent nested in the error.
    As402,
    /// The same body under another HTTP status.
    HttpStatus(u16),
    /// The error envelope flat: `{"type","code","message"}`.
    FlatError,
    /// The error envelope as `{"error":"text"}`.
    TextError,
}
