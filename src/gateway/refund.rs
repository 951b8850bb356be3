//! Refunds as they are asked for and as they arrive (wire contract, section 7).
//!
//! Invariant: a refund is accepted only by the gateway's own, readable word about it; everything else is silence or a
//! rejection. Deliberately absent: what the answer means for the money (the core judges), and a second number.
//!
//! | what came | answer |
//! |---|---|
//! | no connection was made | `NotSent` |
//! | time over, connection broke, cut off | `Silent(NoAnswer)` |
//! | 2xx, a refund | `Refund` |
//! | 2xx, a refund of another payment than the one asked for | `Silent(Nonsense)` |
//! | 2xx, anything else; an HTML page instead of a refusal | `Silent(Nonsense)` |
//! | 409, `idempotency_error` | `Silent(Conflict)` |
//! | 429 | `Silent(Busy)` |
//! | 400, 401, 402, 403, 404, 422, other 4xx with a JSON error | `Rejected` |
//! | 408, 425, 5xx | `Silent(ServerError)` |

use quickpay_core::answer::{
    RefundAnswer, RefundNumber, RefundReport, RefundStanding, RejectionKind, Silence,
};
use quickpay_core::id::IntentId;
use serde::Deserialize;

use crate::answer::Class;
use crate::envelope::Envelope;
use crate::lenient::{Minor, Text};
use crate::line::{Body, Exchange, Reply};
use crate::redaction::clean;
use crate::wire::{self, Nonsense};

/// A refund, wire version 1 (`/v1`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRefund {
    id: Text,
    object: Text,
    status: Text,
    amount: Minor,
    payment_intent: Text,
    failure_reason: Text,
}

/// Reads what came back by the table above; `payment` is the one whose money was to go back, where the request named it.
pub(crate) fn classify(exchange: &Exchange, payment: Option<&IntentId>) -> RefundAnswer {
    let reply = match exchange {
        Exchange::NotSent(_) => return RefundAnswer::NotSent,
        Exchange::Broken => return RefundAnswer::Silent(Silence::NoAnswer),
        Exchange::Replied(reply) => reply,
    };
    match Class::of(reply.http) {
        Class::Success => success(&reply.body, payment),
        Class::Declined => refused(RejectionKind::Other, reply),
        Class::Refused(kind) => refused(kind, reply),
        Class::Conflict => RefundAnswer::Silent(Silence::Conflict),
        Class::Busy => RefundAnswer::Silent(Silence::Busy(reply.retry_after)),
        Class::ServerError => RefundAnswer::Silent(Silence::ServerError),
        Class::Odd => RefundAnswer::Silent(Silence::Nonsense),
    }
}

fn success(body: &Body, payment: Option<&IntentId>) -> RefundAnswer {
    match body {
        Body::Whole(bytes) => {
            report(bytes, payment).map_or(RefundAnswer::Silent(Silence::Nonsense), RefundAnswer::Refund)
        }
        Body::CutOff => RefundAnswer::Silent(Silence::NoAnswer),
        Body::TooLong => RefundAnswer::Silent(Silence::Nonsense),
    }
}

fn refused(kind: RejectionKind, reply: &Reply) -> RefundAnswer {
    let envelope = match &reply.body {
        Body::Whole(bytes) => Envelope::read(bytes),
        Body::CutOff | Body::TooLong => None,
    };
    match envelope {
        Some(envelope) if envelope.is_idempotency_error() => RefundAnswer::Silent(Silence::Conflict),
        Some(envelope) if envelope.names_an_error() || kind == RejectionKind::Unauthorized => {
            RefundAnswer::Rejected(envelope.rejection(kind))
        }
        Some(_) | None => RefundAnswer::Silent(Silence::Nonsense),
    }
}

fn report(body: &[u8], payment: Option<&IntentId>) -> Result<RefundReport, Nonsense> {
    let refund: WireRefund = wire::told_once(body)?;
    if refund.object.as_deref().is_some() && !refund.object.is("refund") {
        return Err(Nonsense);
    }
    let of = refund.payment_intent.as_deref().map(str::trim);
    if payment.zip(of).is_some_and(|(payment, of)| payment.0 != of) {
        return Err(Nonsense);
    }
    let id = refund.id.as_deref().map(str::trim).filter(|id| is_id(id)).ok_or(Nonsense)?;
    let amount_minor = match refund.amount {
        Minor::Absent => None,
        Minor::Units(minor) => Some(minor),
        Minor::Nonsense => return Err(Nonsense),
    };
    let status = refund.status.as_deref().unwrap_or("none").trim().to_ascii_lowercase();
    let standing = match status.as_str() {
        "succeeded" => RefundStanding::Succeeded,
        "pending" | "requires_action" | "processing" => RefundStanding::Pending,
        "failed" | "canceled" | "cancelled" => {
            RefundStanding::Failed(clean(refund.failure_reason.as_deref().unwrap_or(&status)))
        }
        other => RefundStanding::Unproven(clean(other)),
    };
    Ok(RefundReport { id: RefundNumber(id.to_owned()), amount_minor, standing })
}

fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}
