//! Error answers, whose envelope nobody documents: nested, flat, a bare text, or no JSON at all (wire contract, section 5).
//!
//! Invariant: an [`Envelope`] exists only for a JSON object; anything else has at most words.

use quickpay_core::answer::{Decline, Rejection, RejectionKind};
use quickpay_core::id::IntentId;
use serde::Deserialize;
use serde_json::Value;

use crate::lenient::{Text, unwrapped};
use crate::redaction::{clean, cut};
use crate::wire;

/// The gateway's own words in a rejection are cut to this many characters (the core's `Rejection::words`).
const MAX_WORDS: usize = 200;
/// A code is a word; a longer one is cut to this many bytes.
const MAX_CODE_BYTES: usize = 60;

/// What an error answer says.
#[derive(Debug, Default)]
pub(crate) struct Envelope {
    kind: Text,
    decline: Decline,
    /// The intent that the error is about, as it stands in the answer.
    pub(crate) intent: Option<Value>,
    /// Its id, where the answer has no more of it than that.
    pub(crate) intent_id: Option<IntentId>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireError {
    #[serde(rename = "type")]
    kind: Text,
    code: Text,
    decline_code: Text,
    message: Text,
    msg: Text,
    payment_intent: Value,
}

impl Envelope {
    /// Reads an error answer; `None` when it is not a JSON object.
    pub(crate) fn read(body: &[u8]) -> Option<Envelope> {
        let Ok(Value::Object(mut outer)) = wire::json(body) else { return None };
        let whole = Value::Object(outer.clone());
        if whole.get("object").and_then(Value::as_str).is_some_and(is_intent) {
            return Some(Envelope { intent: Some(whole), ..Envelope::default() });
        }
        let flat = Envelope::of(whole);
        Some(match outer.remove("error").and_then(unwrapped) {
            Some(inner @ Value::Object(_)) => Envelope::of(inner),
            Some(Value::String(words)) => flat.or_words(&words),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_)) | None => flat,
        })
    }

    fn of(fields: Value) -> Envelope {
        let wire: WireError = serde_json::from_value(fields).unwrap_or_default();
        let word = |text: Text| text.0.map(|text| clean(&text));
        let decline = Decline {
            code: word(wire.code),
            decline_code: word(wire.decline_code),
            message: word(wire.message).or_else(|| word(wire.msg)),
        };
        let intent = unwrapped(wire.payment_intent);
        let intent_id = intent.as_ref().and_then(Value::as_str).and_then(wire::id_in_words);
        let intent = intent.filter(Value::is_object);
        Envelope { kind: Text(word(wire.kind)), decline, intent, intent_id }
    }

    fn or_words(mut self, words: &str) -> Envelope {
        self.decline.message = self.decline.message.or_else(|| Some(clean(words)));
        self
    }

    /// Whether it says anything at all about an error.
    pub(crate) fn names_an_error(&self) -> bool {
        self.kind.0.is_some()
            || self.decline != Decline::default()
            || self.intent.is_some()
            || self.intent_id.is_some()
    }

    /// `idempotency_error`: perhaps the same request twice.
    pub(crate) fn is_idempotency_error(&self) -> bool {
        self.kind.is("idempotency_error")
    }

    /// The reason for a declined payment.
    pub(crate) fn decline(&self) -> &Decline {
        &self.decline
    }

    /// The refusal of a request, of this kind: its code or type, and `code: message` as far as they are given.
    pub(crate) fn rejection(&self, kind: RejectionKind) -> Rejection {
        let code = self.decline.code.as_deref().or(self.kind.as_deref());
        let code = code.map(|code| cut(code, MAX_CODE_BYTES).to_owned());
        Rejection { kind, code, words: self.words() }
    }

    fn words(&self) -> String {
        let spoken = [self.decline.code.as_deref().or(self.kind.as_deref()), self.decline.message.as_deref()];
        cut_words(&spoken.into_iter().flatten().collect::<Vec<_>>().join(": "))
    }
}

/// The words of an answer that is not a JSON object.
pub(crate) fn plain_words(body: &[u8]) -> String {
    cut_words(clean(&String::from_utf8_lossy(body)).trim())
}

fn is_intent(object: &str) -> bool {
    object.trim().eq_ignore_ascii_case("payment_intent")
}

fn cut_words(words: &str) -> String {
    let end = words.char_indices().nth(MAX_WORDS).map_or(words.len(), |(at, _)| at);
    cut(words, end).to_owned()
}
