//! The JSON of a step's `then`: a word or an object of wishes, read strictly into a `Play`; wishes that contradict each
//! other are refused with words. Which request meets it is absent: see `script.rs`.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::decline::Decline;
use crate::fate::{CancelFate, Fate, RefundFate};
use crate::intent::LaterEnd;
use crate::play::{CarriedOut, Delivery, Instead, InsteadBody, Memory, Play, Twist};
use crate::world::Second;

/// The longest wait a script may ask for.
const DELAY_LIMIT_MS: u64 = 600_000;

/// The words that stand for an object.
pub(crate) const WORDS: &str = "ok, drop_before, drop_after, 429, 500, 502, 503, 504, html, truncated, cut, empty, forget, \
duplicate, duplicate_paid_more, duplicate_declined, stringified, null_amount_received, seconds, upper_case, livemode, as_402, wrong_amount, paid, \
pending, declined, decline_then_paid, paid_during_cancel, cancel_refused, says_canceled, paid_after_cancel, \
refund_pending, refund_failed, and the cases A1-A8, B1-B4, QP-01 …";

/// The object a word stands for.
pub(crate) fn spelled_out(word: &str) -> Option<Value> {
    let lower = word.to_ascii_lowercase().replace([' ', '-'], "_");
    Some(match lower.as_str() {
        "ok" | "normal" | "answer" | "answer_normally" | "honest" => json!({}),
        "drop_before" => json!({ "drop": "before" }),
        "drop_after" | "drop" => json!({ "drop": "after" }),
        "429" | "500" | "502" | "503" | "504" => json!({ "status": lower.parse::<u16>().ok()? }),
        "html" => json!({ "html": 502 }),
        "truncated" => json!({ "truncated": "json" }),
        "cut" => json!({ "truncated": "body" }),
        "empty" => json!({ "empty": 200 }),
        "forget" => json!({ "forget": true }),
        "duplicate" => json!({ "duplicate": "paid" }),
        "duplicate_paid_more" => json!({ "duplicate": "paid_more" }),
        "duplicate_declined" => json!({ "duplicate": "declined" }),
        "stringified" | "null_amount_received" | "seconds" | "upper_case" | "as_402" => {
            json!({ lower.as_str(): true })
        }
        "livemode" => json!({ "livemode": true }),
        "wrong_amount" => json!({ "amount_off_by": 1 }),
        "paid" => json!({ "paid": true }),
        "pending" => json!({ "pending": "never" }),
        "declined" | "decline" => json!({ "decline": "TRADE_ERROR" }),
        "decline_then_paid" => json!({ "decline": "invalid_request_error", "then_paid_after_ms": 2_000 }),
        "paid_during_cancel" => json!({ "cancel": "paid_first" }),
        "cancel_refused" => json!({ "cancel": "refused" }),
        "says_canceled" => json!({ "cancel": "says_canceled" }),
        "paid_after_cancel" => json!({ "cancel": "paid_after", "after_ms": 2_000 }),
        "refund_pending" => json!({ "refund": "pending" }),
        "refund_failed" => json!({ "refund": "failed" }),
        _ => return None,
    })
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Side {
    Before,
    After,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Truncated {
    Json,
    Body,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SecondWire {
    Paid,
    PaidMore,
    Declined,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CancelWire {
    PaidFirst,
    Refused,
    SaysCanceled,
    Returned,
    PaidAfter,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RefundWire {
    Pending,
    Failed,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Envelope {
    Nested,
    Flat,
    Text,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum End {
    #[default]
    Paid,
    Refused,
    Never,
}

/// Every wish that may stand in `then`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Wishes {
    delay_ms: u64,
    drop: Option<Side>,
    status: Option<u16>,
    html: Option<u16>,
    empty: Option<u16>,
    code: Option<String>,
    message: Option<String>,
    retry_after_s: Option<u64>,
    carried_out: Option<bool>,
    truncated: Option<Truncated>,
    amount: Option<i64>,
    amount_off_by: Option<i64>,
    currency: Option<String>,
    livemode: Option<bool>,
    id: Option<String>,
    say_status: Option<String>,
    as_status: Option<u16>,
    stringified: bool,
    null_amount_received: bool,
    seconds: bool,
    upper_case: bool,
    as_402: bool,
    envelope: Option<Envelope>,
    forget: bool,
    duplicate: Option<SecondWire>,
    paid: bool,
    pending: Option<Value>,
    decline: Option<String>,
    then_paid_after_ms: Option<u64>,
    cancel: Option<CancelWire>,
    refund: Option<RefundWire>,
    after_ms: Option<u64>,
}

/// `{"after_ms": 500, "end": "paid"}`, the long form of `pending`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pending {
    #[serde(default)]
    after_ms: u64,
    #[serde(default)]
    end: End,
}

/// Reads a `then` object.
pub(crate) fn read(value: &Value) -> Result<Play, String> {
    let wishes: Wishes =
        serde_json::from_value(with_defaults(value.clone())).map_err(|error| error.to_string())?;
    if wishes.delay_ms > DELAY_LIMIT_MS {
        return Err(format!("delay_ms is at most {DELAY_LIMIT_MS}"));
    }
    Ok(Play {
        delay: std::time::Duration::from_millis(wishes.delay_ms),
        delivery: delivery(&wishes)?,
        twists: twists(&wishes),
        fate: fate(&wishes)?,
        cancel: wishes.cancel.map(|cancel| cancel_fate(cancel, wishes.after_ms)),
        refund: wishes.refund.map(|refund| match refund {
            RefundWire::Pending => RefundFate::Pending(wishes.after_ms),
            RefundWire::Failed => RefundFate::Failed,
        }),
        second: wishes.duplicate.map(|second| match second {
            SecondWire::Paid => Second::Paid,
            SecondWire::PaidMore => Second::PaidMore,
            SecondWire::Declined => Second::Declined,
        }),
        memory: if wishes.forget { Memory::Forgets } else { Memory::Sound },
    })
}

/// `true` stands for the usual value of a wish that has several.
fn with_defaults(mut value: Value) -> Value {
    for (name, usual) in [("html", json!(502)), ("truncated", json!("json")), ("duplicate", json!("paid"))] {
        if let Some(slot) = value.get_mut(name).filter(|slot| **slot == json!(true)) {
            *slot = usual;
        }
    }
    value
}

fn delivery(wishes: &Wishes) -> Result<Delivery, String> {
    let mut all = Vec::new();
    all.extend(wishes.drop.map(|side| match side {
        Side::Before => Delivery::DropBefore,
        Side::After => Delivery::DropAfter,
    }));
    all.extend(wishes.truncated.map(|part| match part {
        Truncated::Json => Delivery::TruncatedJson,
        Truncated::Body => Delivery::CutBody,
    }));
    let error = |status: u16| InsteadBody::Error {
        code: wishes.code.clone().unwrap_or_else(|| error_code(status).to_owned()),
        message: wishes.message.clone().unwrap_or_else(|| "Service error, please try again.".to_owned()),
    };
    let instead = [
        wishes.status.map(|status| (status, error(status))),
        wishes.html.map(|status| (status, InsteadBody::Html)),
        wishes.empty.map(|status| (status, InsteadBody::Empty)),
    ];
    for (status, body) in instead.into_iter().flatten() {
        if !(200..=599).contains(&status) {
            return Err(format!("{status} is no HTTP status; use 200 to 599"));
        }
        let carried_out = match wishes.carried_out {
            Some(true) => CarriedOut::Yes,
            Some(false) | None => CarriedOut::No,
        };
        let retry_after_s = wishes.retry_after_s;
        all.push(Delivery::Instead(Instead { status, retry_after_s, body, carried_out }));
    }
    if all.len() > 1 {
        return Err("drop, truncated, status, html and empty exclude each other".to_owned());
    }
    let delivery = all.pop().unwrap_or_default();
    let needs_instead =
        wishes.retry_after_s.is_some() || wishes.carried_out.is_some() || wishes.code.is_some();
    if needs_instead && !matches!(delivery, Delivery::Instead(_)) {
        return Err("retry_after_s, carried_out and code go with status, html or empty".to_owned());
    }
    Ok(delivery)
}

const fn error_code(status: u16) -> &'static str {
    match status {
        402 => "payment_method_provider_decline",
        429 => "rate_limit",
        500..=599 => "SYSTEMERROR",
        _ => "request_refused",
    }
}

fn twists(wishes: &Wishes) -> Vec<Twist> {
    let when = |wish: bool, twist: Twist| wish.then_some(twist);
    [
        wishes.amount.map(Twist::Amount),
        wishes.amount_off_by.map(Twist::AmountOffBy),
        wishes.currency.clone().map(Twist::Currency),
        wishes.livemode.map(Twist::Livemode),
        wishes.id.clone().map(Twist::Id),
        wishes.say_status.clone().map(Twist::Status),
        when(wishes.null_amount_received, Twist::NullAmountReceived),
        when(wishes.seconds, Twist::Seconds),
        when(wishes.upper_case, Twist::UpperCase),
        when(wishes.stringified, Twist::Stringified),
        when(wishes.as_402, Twist::As402),
        wishes.as_status.map(Twist::HttpStatus),
        match wishes.envelope {
            Some(Envelope::Flat) => Some(Twist::FlatError),
            Some(Envelope::Text) => Some(Twist::TextError),
            Some(Envelope::Nested) | None => None,
        },
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn fate(wishes: &Wishes) -> Result<Option<Fate>, String> {
    let declined = wishes.decline.as_deref().map(Decline::new);
    match (wishes.paid, &wishes.pending, declined) {
        (false, None, None) if wishes.then_paid_after_ms.is_some() => {
            Err("then_paid_after_ms goes with decline".to_owned())
        }
        (false, None, None) => Ok(None),
        (true, None, None) => Ok(Some(Fate::Paid)),
        (false, None, Some(decline)) => Ok(Some(match wishes.then_paid_after_ms {
            Some(ms) => Fate::DeclinedThenPaid(decline, ms),
            None => Fate::Declined(decline),
        })),
        (false, Some(pending), None) => waits(pending).map(Some),
        (..) => Err("paid, pending and decline exclude each other".to_owned()),
    }
}

fn waits(pending: &Value) -> Result<Fate, String> {
    if pending.as_str() == Some("never") || pending.as_bool() == Some(true) {
        return Ok(Fate::Waits(None));
    }
    let words = "pending is \"never\" or {\"after_ms\": 500, \"end\": \"paid\" | \"refused\" | \"never\"}";
    let pending: Pending = serde_json::from_value(pending.clone()).map_err(|_| words.to_owned())?;
    Ok(Fate::Waits(match pending.end {
        End::Paid => Some((pending.after_ms, LaterEnd::Paid)),
        End::Refused => Some((pending.after_ms, LaterEnd::Refused(Decline::new("PAYERROR")))),
        End::Never => None,
    }))
}

fn cancel_fate(cancel: CancelWire, after_ms: Option<u64>) -> CancelFate {
    match cancel {
        CancelWire::PaidFirst => CancelFate::PaidFirst,
        CancelWire::Refused => CancelFate::Refused,
        CancelWire::SaysCanceled => CancelFate::SaysCanceled,
        CancelWire::Returned => CancelFate::Returned,
        CancelWire::PaidAfter => CancelFate::PaidAfter(after_ms.unwrap_or(2_000)),
    }
}
