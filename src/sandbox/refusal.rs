//! The gateway's own no, before any wallet is asked; each variant knows its HTTP status and its code. The envelope on
//! the wire is absent: see `answer.rs`.

use crate::intent::Intent;

/// Why a request is refused. Nothing has changed when one is returned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No key, or one that is not accepted here.
    Unauthorized {
        /// What was wrong with it.
        message: String,
    },
    /// The request itself is wrong.
    Invalid {
        /// The field, as in `payment_method_data.type`.
        param: String,
        /// What was wrong with it.
        message: String,
    },
    /// There is no such thing.
    Missing {
        /// What was asked for.
        what: &'static str,
    },
    /// The intent is past that.
    UnexpectedState {
        /// The intent as it is.
        intent: Box<Intent>,
        /// What it forbids.
        message: String,
    },
    /// The merchant's number has been used.
    OrderUsed {
        /// Whether it was paid.
        paid: Paid,
    },
    /// One idempotency key, two different requests.
    KeyReused,
    /// A refund the wallet or the balance does not allow.
    RefundRefused {
        /// A stable word.
        code: &'static str,
        /// Why.
        message: String,
    },
    /// The body is too long.
    TooLarge,
    /// The path exists, the method does not.
    MethodNotAllowed,
    /// The sandbox remembers as many as it can; reset it.
    Full {
        /// Of what.
        what: &'static str,
    },
}

/// Whether the money of an order moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paid {
    /// It did.
    Yes,
    /// It did not, or not yet.
    No,
}

impl Refusal {
    pub(crate) fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::Invalid { param: param.to_owned(), message: message.into() }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unauthorized { .. } => 401,
            Self::Invalid { .. } | Self::UnexpectedState { .. } | Self::OrderUsed { .. } => 400,
            Self::RefundRefused { .. } => 400,
            Self::Missing { .. } => 404,
            Self::KeyReused => 409,
            Self::TooLarge => 413,
            Self::MethodNotAllowed => 405,
            Self::Full { .. } => 503,
        }
    }

    /// `error.code`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "api_key_invalid",
            Self::Invalid { .. } => "parameter_invalid",
            Self::Missing { .. } => "resource_missing",
            Self::UnexpectedState { .. } => "payment_intent_unexpected_state",
            Self::OrderUsed { paid: Paid::Yes } => "ORDERPAID",
            Self::OrderUsed { paid: Paid::No } => "OUT_TRADE_NO_USED",
            Self::KeyReused => "idempotency_key_in_use",
            Self::RefundRefused { code, .. } => code,
            Self::TooLarge => "body_too_large",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Full { .. } => "sandbox_full",
        }
    }

    /// `error.type`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::KeyReused => "idempotency_error",
            Self::Full { .. } => "api_error",
            Self::Unauthorized { .. }
            | Self::Invalid { .. }
            | Self::Missing { .. }
            | Self::UnexpectedState { .. }
            | Self::OrderUsed { .. }
            | Self::RefundRefused { .. }
            | Self::TooLarge
            | Self::MethodNotAllowed => "invalid_request_error",
        }
    }

    /// `error.message`.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Unauthorized { message }
            | Self::Invalid { message, .. }
            | Self::UnexpectedState { message, .. }
            | Self::RefundRefused { message, .. } => message.clone(),
            Self::Missing { what } => format!("no such {what}"),
            Self::OrderUsed { .. } => "this merchant_order_id has been used already".to_owned(),
            Self::KeyReused => "this Idempotency-Key was sent with another request".to_owned(),
            Self::TooLarge => "the body is longer than 64 KiB".to_owned(),
            Self::MethodNotAllowed => "this path has no such method".to_owned(),
            Self::Full { what } => format!("the sandbox cannot remember more {what}; reset it"),
        }
    }
}
