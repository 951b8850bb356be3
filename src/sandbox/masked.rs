//! Keeping payment codes out of everything that is shown: a text that is, as a whole, shaped like a code is masked.
//! Codes inside longer texts are absent: requests that
//! carry them there are refused in `asked.rs`.

use serde_json::Value;

use crate::wallet::looks_like_a_code;

/// The text, unless it is shaped like a payment code.
pub(crate) fn masked_text(text: &str) -> &str {
    if looks_like_a_code(text) { "(a payment code)" } else { text }
}

/// Whether some text in the value, as a whole, is shaped like a payment code.
pub(crate) fn holds_a_code(value: &Value) -> bool {
    match value {
        Value::String(text) => looks_like_a_code(text),
        Value::Array(list) => list.iter().any(holds_a_code),
        Value::Object(map) => map.iter().any(|(name, value)| looks_like_a_code(name) || holds_a_code(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The text with every run of 16 digits or more masked, wherever it stands: for words that may quote a request.
pub(crate) fn without_digits(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars().chain(std::iter::once('\0')) {
        if letter.is_ascii_digit() {
            run.push(letter);
            continue;
        }
        out.push_str(if run.len() >= 16 { "\u{2026}" } else { &run });
        run.clear();
        if letter != '\0' {
            out.push(letter);
        }
    }
    out
}
