//! The gateway's JSON answers, in the shapes of the seeds; a payment code is in none of them. Faults are absent: see
//! `twist.rs`.

use serde_json::{Map, Value, json};

use crate::charge::{Charge, Refund};
use crate::decline::Decline;
use crate::intent::{Intent, Standing};
use crate::moment::Moment;
use crate::refusal::Refusal;

/// A status and a JSON body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) const fn ok(body: Value) -> Self {
        Self { status: 200, body }
    }
}

impl From<&Refusal> for Answer {
    fn from(refusal: &Refusal) -> Self {
        let mut error = Map::new();
        error.insert("type".to_owned(), refusal.kind().into());
        error.insert("code".to_owned(), refusal.code().into());
        error.insert("message".to_owned(), refusal.message().into());
        match refusal {
            Refusal::Invalid { param, .. } => {
                error.insert("param".to_owned(), param.as_str().into());
            }
            Refusal::UnexpectedState { intent: nested, .. } => {
                error.insert("payment_intent".to_owned(), intent(nested));
            }
            Refusal::Unauthorized { .. }
            | Refusal::Missing { .. }
            | Refusal::OrderUsed { .. }
            | Refusal::KeyReused
            | Refusal::RefundRefused { .. }
            | Refusal::TooLarge
            | Refusal::MethodNotAllowed
            | Refusal::Full { .. } => {}
        }
        Self { status: refusal.status(), body: json!({ "error": error }) }
    }
}

/// A payment intent.
pub(crate) fn intent(intent: &Intent) -> Value {
    let details = &intent.details;
    let wallet = intent.wallet.as_str();
    let options = without_nulls(json!({
        "terminal_type": "SCAN_CODE",
        "os_type": details.os_type,
        "client_ip": details.client_ip,
    }));
    let received = intent.standing.charge().map_or(0, |_| intent.amount.get());
    let error = intent.standing.error().map(|decline| payment_error(intent, decline));
    let reason = match &intent.standing {
        Standing::Canceled { reason, .. } => Some(reason),
        Standing::RequiresMethod { .. }
        | Standing::RequiresConfirmation
        | Standing::RequiresAction
        | Standing::Succeeded { .. } => None,
    };
    without_nulls(json!({
        "id": intent.id,
        "object": "payment_intent",
        "created": intent.created,
        "livemode": false,
        "currency": intent.currency,
        "amount": intent.amount,
        "amount_received": received,
        "status": intent.standing.status(),
        "merchant_order_id": intent.order,
        "description": details.description,
        "metadata": details.metadata,
        "client_secret": intent.client_secret,
        "last_payment_error": error,
        "cancellation_reason": reason,
        "payment_method_types": [wallet],
        "confirmation_method": "automatic",
        "payment_method_options": { wallet: options },
        "return_url": details.return_url,
        "payment_method": intent.payment_method,
        "latest_charge": intent.standing.charge(),
        "capture_method": "automatic",
    }))
}

fn payment_error(intent: &Intent, decline: &Decline) -> Value {
    json!({
        "code": "payment_method_provider_decline",
        "message": decline.message(),
        "payment_method": {
            "id": intent.payment_method,
            "object": "payment_method",
            "created": intent.created,
            "livemode": false,
            "type": intent.wallet,
            "billing_details": {},
        },
        "decline_code": decline.decline_code(),
    })
}

/// A list or a search result, `limit` of `all`.
pub(crate) fn page(url: &str, all: &[Intent], limit: usize) -> Value {
    let data: Vec<Value> = all.iter().take(limit).map(intent).collect();
    json!({ "object": "list", "url": url, "has_more": all.len() > limit, "data": data })
}

/// A refund.
pub(crate) fn refund(refund: &Refund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.charge,
        "created": refund.at,
        "currency": refund.currency,
        "metadata": {},
        "payment_intent": refund.intent,
        "reason": refund.reason,
        "receipt_number": null,
        "status": refund.standing.as_str(),
    })
}

/// A charge.
pub(crate) fn charge(charge: &Charge) -> Value {
    json!({
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "amount_refunded": charge.refunded,
        "created": charge.at,
        "currency": charge.currency,
        "livemode": false,
        "paid": true,
        "payment_intent": charge.intent,
        "refunded": charge.refunded == charge.amount,
        "status": "succeeded",
    })
}

/// A charge as `/sandbox/charges` tells it.
pub(crate) fn true_charge(charge: &Charge) -> Value {
    json!({
        "kind": "charge",
        "id": charge.id,
        "intent": charge.intent,
        "order": charge.order,
        "amount": charge.amount,
        "refunded": charge.refunded,
        "currency": charge.currency,
        "at_ms": ms(charge.at),
        "customer": charge.customer,
        "wallet": charge.wallet,
    })
}

/// A refund as `/sandbox/charges` tells it.
pub(crate) fn true_refund(refund: &Refund) -> Value {
    json!({
        "kind": "refund",
        "id": refund.id,
        "charge": refund.charge,
        "intent": refund.intent,
        "order": refund.order,
        "amount": refund.amount,
        "currency": refund.currency,
        "at_ms": ms(refund.at),
        "reason": refund.reason,
        "status": refund.standing.as_str(),
    })
}

const fn ms(at: Moment) -> u64 {
    at.as_ms()
}

fn without_nulls(value: Value) -> Value {
    let Value::Object(map) = value else { return value };
    Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect())
}
