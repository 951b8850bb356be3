//! Payment intents as they arrive, and their way into the core's words (wire contract, sections 4 and 11).
//!
//! Invariant: what has no id, amount or currency is not an intent; a field that the core does not need cannot spoil one,
//! whatever its type; a field that is given twice does.
//! Deliberately absent: comparing an amount, a currency, a mode or an order with the request (the core judges).

use quickpay_core::answer::{Decline, IntentReport, IntentStatus, Mode};
use quickpay_core::id::{IntentId, OrderId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::depth;
use crate::lenient::{Flag, Minor, Text, unwrapped};
use crate::redaction::{MAX_TEXT_BYTES, clean, cut};

/// Longest id that is taken; the known ones have 22 characters.
const MAX_ID_LEN: usize = 128;

/// The answer is not what was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Nonsense;

/// A payment intent, wire version 1 (`/v1`).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WireIntent {
    id: Text,
    object: Text,
    status: Text,
    amount: Minor,
    amount_received: Minor,
    currency: Text,
    livemode: Flag,
    merchant_order_id: Text,
    last_payment_error: Value,
    charges: Value,
}

/// Reads a whole answer as JSON, unless it nests too deep.
pub(crate) fn json(body: &[u8]) -> Result<Value, Nonsense> {
    if !depth::is_shallow(body) {
        return Err(Nonsense);
    }
    serde_json::from_slice(body).map_err(|_| Nonsense)
}

/// Reads a whole answer straight from the text, so that a field given twice is seen.
pub(crate) fn told_once<T: DeserializeOwned>(body: &[u8]) -> Result<T, Nonsense> {
    if !depth::is_shallow(body) {
        return Err(Nonsense);
    }
    serde_json::from_slice(body).map_err(|_| Nonsense)
}

/// Reads a whole answer as one intent.
pub(crate) fn intent(body: &[u8]) -> Result<IntentReport, Nonsense> {
    told_once::<WireIntent>(body)?.try_into()
}

/// The intents of a list or search that bear exactly our order id. Others are not looked at, however odd.
pub(crate) fn intents_of(body: &[u8], order: &OrderId) -> Result<Vec<IntentReport>, Nonsense> {
    let items = match json(body)? {
        Value::Array(items) => items,
        Value::Object(mut page) => match page.remove("data").map(unwrapped) {
            Some(Some(Value::Array(items))) => items,
            Some(None) => Vec::new(),
            Some(Some(_)) | None => return Err(Nonsense),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return Err(Nonsense),
    };
    let ours = |item: &Value| item.get("merchant_order_id").and_then(Value::as_str) == Some(order.as_str());
    items.into_iter().filter(ours).map(nested).collect()
}

/// Reads an intent out of a larger answer.
pub(crate) fn nested(value: Value) -> Result<IntentReport, Nonsense> {
    serde_json::from_value::<WireIntent>(value).map_err(|_| Nonsense)?.try_into()
}

impl TryFrom<WireIntent> for IntentReport {
    type Error = Nonsense;

    fn try_from(wire: WireIntent) -> Result<IntentReport, Nonsense> {
        if wire.object.0.is_some() && !wire.object.is("payment_intent") {
            return Err(Nonsense);
        }
        let status = status_of(wire.status.as_deref(), wire.last_payment_error);
        Ok(IntentReport {
            id: id_of(wire.id)?,
            order: wire
                .merchant_order_id
                .0
                .map(|text| OrderId::from_journal(cut(&text, MAX_TEXT_BYTES).to_owned())),
            amount_minor: amount_of(wire.amount, wire.amount_received, &status)?,
            currency: clean(wire.currency.as_deref().ok_or(Nonsense)?.trim()).to_ascii_uppercase(),
            mode: wire.livemode.0.map(|live| if live { Mode::Live } else { Mode::Test }),
            status,
            wallet_reference: wallet_reference(&wire.charges),
        })
    }
}

fn id_of(id: Text) -> Result<IntentId, Nonsense> {
    let id = id.0.ok_or(Nonsense)?;
    if is_id(&id) { Ok(IntentId(id)) } else { Err(Nonsense) }
}

/// An id that stands where an intent is expected; other words are none.
pub(crate) fn id_in_words(words: &str) -> Option<IntentId> {
    let id = words.trim();
    (id.starts_with("pi_") && is_id(id)).then(|| IntentId(id.to_owned()))
}

fn is_id(id: &str) -> bool {
    id.len() <= MAX_ID_LEN && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// What was received counts once the payment succeeded; before that it is zero or null and says nothing.
fn amount_of(amount: Minor, received: Minor, status: &IntentStatus) -> Result<u64, Nonsense> {
    let succeeded = *status == IntentStatus::Succeeded;
    match (received, amount) {
        (Minor::Nonsense, _) | (_, Minor::Nonsense) | (Minor::Absent, Minor::Absent) => Err(Nonsense),
        (Minor::Units(received), Minor::Units(_)) if succeeded => Ok(received),
        (Minor::Units(received), Minor::Absent) => Ok(received),
        (Minor::Units(_) | Minor::Absent, Minor::Units(amount)) => Ok(amount),
    }
}

fn status_of(word: Option<&str>, error: Value) -> IntentStatus {
    let word = word.unwrap_or("none").trim().to_ascii_lowercase();
    match word.as_str() {
        "succeeded" => IntentStatus::Succeeded,
        "requires_action" | "processing" => IntentStatus::Pending,
        "canceled" | "cancelled" | "failed" => IntentStatus::Canceled,
        "requires_payment_method" => match decline_of(error) {
            Some(decline) => IntentStatus::Refused(decline),
            None => IntentStatus::Unproven(word),
        },
        _ => IntentStatus::Unproven(clean(&word)),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WirePaymentError {
    code: Text,
    decline_code: Text,
    message: Text,
}

/// `last_payment_error`: an object, a string that holds one, or plain words. Null, `""` and `{}` are no error.
fn decline_of(error: Value) -> Option<Decline> {
    match unwrapped(error)? {
        Value::Object(fields) if fields.is_empty() => None,
        Value::String(words) => Some(Decline { message: Some(clean(&words)), ..Decline::default() }),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            let wire: WirePaymentError = serde_json::from_value(other).unwrap_or_default();
            let word = |text: Text| text.0.map(|text| clean(&text));
            Some(Decline {
                code: word(wire.code),
                decline_code: word(wire.decline_code),
                message: word(wire.message),
            })
        }
    }
}

/// `charges.data[0].payment_method_details.<wallet>.transaction_id`: Stripe's place for it (grade C); WooshPay documents none.
fn wallet_reference(charges: &Value) -> Option<String> {
    let details = charges.pointer("/data/0/payment_method_details")?.as_object()?;
    let number = details.values().find_map(|wallet| wallet.get("transaction_id")?.as_str())?;
    (!number.trim().is_empty() && number.len() <= MAX_ID_LEN).then(|| number.trim().to_owned())
}
