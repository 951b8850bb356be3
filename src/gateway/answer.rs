//! The one classification of what came back: operation by HTTP class by body.
//!
//! Invariant: what is not understood is silence, and silence is never a no (wire contract, section 12).
//! Deliberately absent: IO, and every comparison of amount, currency, mode or order with the request.
//!
//! | what came | pay | retrieve, cancel | search, list | probe |
//! |---|---|---|---|---|
//! | no connection was made | `NotSent` | `NotSent` | `NotSent` | `NotSent` |
//! | time over, connection broke, head or body cut off (but see 5xx) | `Silent(NoAnswer)` | the same | the same | the same |
//! | 2xx, an intent | `Intent` | `Intent` if it bears the id asked for, else `Silent(Nonsense)` | `Found`, ours only | `Found` of none |
//! | 2xx, anything else (no id, amount or currency; not JSON; empty; too long) | `Silent(Nonsense)` | the same | the same | `Found` of none |
//! | 402 about an intent that wants another payment method | `Intent(Refused)` | `Intent(Refused)` | `Rejected(Other)` | `Rejected(Other)` |
//! | 402 about an intent that says canceled | `Intent(Canceled)` | the same | `Rejected(Other)` | `Rejected(Other)` |
//! | 402 about an intent that says anything else | `Intent(Unproven)` | the same | `Rejected(Other)` | `Rejected(Other)` |
//! | 402, a JSON object that shows no intent, at most an id | `Declined` | `Rejected(Other)` | `Rejected(Other)` | `Rejected(Other)` |
//! | 402, not a JSON object | `Silent(Nonsense)` | `Rejected(Other)` | `Rejected(Other)` | `Rejected(Other)` |
//! | 409, or type `idempotency_error` in a 4xx | `Silent(Conflict)` | the same | the same | the same |
//! | 429 | `Silent(Busy)` | the same | the same | the same |
//! | 401 | `Rejected(Unauthorized)`, whatever the body | the same | the same | the same |
//! | 400, 403, 404, 422, other 4xx, an error that names an intent | as 402 | `Rejected` | `Rejected` | `Rejected` |
//! | the same, a JSON error | `Rejected` | `Rejected` | `Rejected` | `Rejected` |
//! | the same, no JSON error (a page of some filter on the way) | `Silent(Nonsense)` | `Rejected` | `Rejected` | `Rejected` |
//! | 408, 425, 5xx, whatever the body | `Silent(ServerError)` | the same | the same | the same |
//! | 1xx, 3xx, above 599 | `Silent(Nonsense)` | the same | the same | the same |
//!
//! The difference between `pay` and the rest: after a payment request only the gateway's own, readable word clears
//! the doubt; a refused question about a payment clears nothing in any case.

use quickpay_core::answer::{Answer, IntentReport, IntentStatus, Rejection, RejectionKind, Silence};
use quickpay_core::id::{IntentId, OrderId};
use reqwest::StatusCode;

use crate::envelope::{Envelope, plain_words};
use crate::line::{Body, Exchange, Reply};
use crate::wire::{self, Nonsense};

/// What was asked, with what is needed to read the answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Asked<'a> {
    /// To create and confirm an intent.
    Pay,
    /// One intent by its id.
    Retrieve(&'a IntentId),
    /// The intents of an order.
    Search(&'a OrderId),
    /// The newest intents, among which those of an order are looked for.
    List(&'a OrderId),
    /// To cancel an intent.
    Cancel(&'a IntentId),
    /// Anything, to see whether somebody answers.
    Probe,
}

/// HTTP status codes by what they mean to us.
pub(crate) enum Class {
    Success,
    Declined,
    Conflict,
    Busy,
    Refused(RejectionKind),
    ServerError,
    Odd,
}

impl Class {
    pub(crate) fn of(http: StatusCode) -> Class {
        match http.as_u16() {
            200..=299 => Class::Success,
            402 => Class::Declined,
            409 => Class::Conflict,
            429 => Class::Busy,
            400 | 422 => Class::Refused(RejectionKind::BadRequest),
            401 => Class::Refused(RejectionKind::Unauthorized),
            403 => Class::Refused(RejectionKind::Forbidden),
            404 => Class::Refused(RejectionKind::NotFound),
            408 | 425 | 500..=599 => Class::ServerError, // 408 and 425: a server or proxy gave up, who knows where
            405..=499 => Class::Refused(RejectionKind::Other),
            _ => Class::Odd,
        }
    }
}

/// Reads what came back by the table above.
pub(crate) fn classify(asked: Asked<'_>, exchange: &Exchange) -> Answer {
    match exchange {
        Exchange::NotSent(_) => Answer::NotSent,
        Exchange::Broken => Answer::Silent(Silence::NoAnswer),
        Exchange::Replied(reply) => match Class::of(reply.http) {
            Class::Success => success(asked, &reply.body),
            Class::Declined => refused(asked, RejectionKind::Other, Payment::Declined, reply),
            Class::Conflict => Answer::Silent(Silence::Conflict),
            Class::Busy => Answer::Silent(Silence::Busy(reply.retry_after)),
            Class::Refused(kind) => refused(asked, kind, Payment::NotTaken, reply),
            Class::ServerError => Answer::Silent(Silence::ServerError),
            Class::Odd => Answer::Silent(Silence::Nonsense),
        },
    }
}

fn success(asked: Asked<'_>, body: &Body) -> Answer {
    let bytes = match body {
        Body::Whole(bytes) => bytes,
        Body::CutOff => return Answer::Silent(Silence::NoAnswer),
        Body::TooLong => return too_long(asked),
    };
    match asked {
        Asked::Pay => or_nonsense(wire::intent(bytes), Answer::Intent),
        Asked::Retrieve(id) | Asked::Cancel(id) => {
            let same = wire::intent(bytes).and_then(|report| bearing(id, report));
            or_nonsense(same, Answer::Intent)
        }
        Asked::Search(order) | Asked::List(order) => {
            or_nonsense(wire::intents_of(bytes, order), Answer::Found)
        }
        Asked::Probe => Answer::Found(Vec::new()),
    }
}

fn too_long(asked: Asked<'_>) -> Answer {
    match asked {
        Asked::Probe => Answer::Found(Vec::new()),
        Asked::Pay | Asked::Retrieve(_) | Asked::Search(_) | Asked::List(_) | Asked::Cancel(_) => {
            Answer::Silent(Silence::Nonsense)
        }
    }
}

fn or_nonsense<T>(read: Result<T, Nonsense>, answer: impl FnOnce(T) -> Answer) -> Answer {
    read.map_or(Answer::Silent(Silence::Nonsense), answer)
}

/// An answer about another intent is no answer.
fn bearing(id: &IntentId, report: IntentReport) -> Result<IntentReport, Nonsense> {
    if report.id == *id { Ok(report) } else { Err(Nonsense) }
}

/// What a refusal without an intent means for a payment.
#[derive(Clone, Copy)]
enum Payment {
    /// The wallet or the gateway said no.
    Declined,
    /// The request itself was not taken.
    NotTaken,
}

fn refused(asked: Asked<'_>, kind: RejectionKind, payment: Payment, reply: &Reply) -> Answer {
    let empty: &[u8] = &[];
    let (bytes, lost) = match &reply.body {
        Body::Whole(bytes) => (bytes.as_slice(), Silence::Nonsense),
        Body::TooLong => (empty, Silence::Nonsense),
        Body::CutOff => (empty, Silence::NoAnswer),
    };
    let Some(envelope) = Envelope::read(bytes) else {
        return match asked {
            Asked::Pay if kind != RejectionKind::Unauthorized => Answer::Silent(lost),
            Asked::Pay
            | Asked::Retrieve(_)
            | Asked::Search(_)
            | Asked::List(_)
            | Asked::Cancel(_)
            | Asked::Probe => Answer::Rejected(Rejection { kind, code: None, words: plain_words(bytes) }),
        };
    };
    if envelope.is_idempotency_error() {
        return Answer::Silent(Silence::Conflict);
    }
    if let Some(report) = intent_of_error(asked, payment, &envelope) {
        return Answer::Intent(report);
    }
    let rejection = || Answer::Rejected(envelope.rejection(kind));
    match (asked, payment) {
        (Asked::Pay, Payment::Declined) => {
            Answer::Declined { decline: envelope.decline().clone(), intent: envelope.intent_id.clone() }
        }
        (Asked::Pay, Payment::NotTaken) if kind == RejectionKind::Unauthorized => rejection(),
        (Asked::Pay, Payment::NotTaken) if !envelope.names_an_error() => Answer::Silent(Silence::Nonsense),
        (Asked::Pay, Payment::NotTaken) => rejection(),
        (
            Asked::Retrieve(_) | Asked::Search(_) | Asked::List(_) | Asked::Cancel(_) | Asked::Probe,
            Payment::Declined | Payment::NotTaken,
        ) => rejection(),
    }
}

/// The intent that an error is about, where that is news: after a payment always, else only with a 402.
fn intent_of_error(asked: Asked<'_>, payment: Payment, envelope: &Envelope) -> Option<IntentReport> {
    let read = || wire::nested(envelope.intent.clone()?).ok();
    let report = match (asked, payment) {
        (Asked::Pay, Payment::Declined | Payment::NotTaken) => read()?,
        (Asked::Retrieve(id) | Asked::Cancel(id), Payment::Declined) => bearing(id, read()?).ok()?,
        (Asked::Retrieve(_) | Asked::Cancel(_), Payment::NotTaken) => return None,
        (Asked::Search(_) | Asked::List(_) | Asked::Probe, Payment::Declined | Payment::NotTaken) => {
            return None;
        }
    };
    let status = match report.status {
        IntentStatus::Unproven(word) if word == "requires_payment_method" || word == "none" => {
            IntentStatus::Refused(envelope.decline().clone())
        }
        IntentStatus::Refused(decline) => IntentStatus::Refused(decline),
        IntentStatus::Canceled => IntentStatus::Canceled,
        IntentStatus::Unproven(word) => IntentStatus::Unproven(word),
        IntentStatus::Succeeded => IntentStatus::Unproven("succeeded, in an error".to_owned()),
        IntentStatus::Pending => IntentStatus::Unproven("pending, in an error".to_owned()),
    };
    Some(IntentReport { status, ..report })
}
