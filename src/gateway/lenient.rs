//! Single JSON values as WooshPay writes them: null, `""` and absent are the same, and what is JSON elsewhere may be a
//! string that holds JSON here (wire contract, sections 4 and 11).
//!
//! Invariant: an amount is an integer from its first to its last digit; no float is ever looked at.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A text, or nothing. A number counts as its digits, anything else as nothing.
#[derive(Debug, Default)]
pub(crate) struct Text(pub(crate) Option<String>);

impl Text {
    pub(crate) fn as_deref(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether it is this word, in any case; false when there is none.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.as_deref().is_some_and(|text| text.trim().eq_ignore_ascii_case(word))
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text, D::Error> {
        Ok(Text(match Value::deserialize(deserializer)? {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => None,
        }))
    }
}

/// An amount in minor units: an integer, or a string of digits.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Minor {
    /// Null, `""` or not there.
    #[default]
    Absent,
    /// So many.
    Units(u64),
    /// A fraction, a negative number, a word.
    Nonsense,
}

impl<'de> Deserialize<'de> for Minor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Minor, D::Error> {
        let digits =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        Ok(match Value::deserialize(deserializer)? {
            Value::Null => Minor::Absent,
            Value::String(text) if text.trim().is_empty() => Minor::Absent,
            Value::String(text) => digits(text.trim()).map_or(Minor::Nonsense, Minor::Units),
            Value::Number(number) => number.as_u64().map_or(Minor::Nonsense, Minor::Units),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => Minor::Nonsense,
        })
    }
}

/// True, false, or nothing; the words count too.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Flag(pub(crate) Option<bool>);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Flag, D::Error> {
        Ok(Flag(match Value::deserialize(deserializer)? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            Value::Null | Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        }))
    }
}

/// Undoes one layer of stringification: a string that holds a JSON object or list becomes that; null and `""` nothing.
pub(crate) fn unwrapped(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) if text.trim().is_empty() => None,
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => Some(inner),
            Ok(_) | Err(_) => Some(Value::String(text)),
        },
        other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => Some(other),
    }
}
