//! How much of a proof runs, and what came of it.
//!
//! Invariant: a number in the record was counted by the run that it is about.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use serde_json::Value;

fn folder() -> Option<PathBuf> {
    std::env::var_os("QUICKPAY_EVIDENCE").filter(|folder| !folder.is_empty()).map(PathBuf::from)
}

/// The sample for the normal tests, or the whole for the record.
pub(crate) fn of(sample: u64, whole: u64) -> u64 {
    if folder().is_some() { whole } else { sample }
}

/// Writes what was counted, where a record is asked for: a `key value` a line, keys of objects joined by dots, so that a
/// shell can read it.
pub(crate) fn write(name: &str, counted: &Value) {
    let Some(folder) = folder() else { return };
    let mut lines = String::new();
    flatten("", counted, &mut lines);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.txt")), lines).unwrap();
}

fn flatten(key: &str, value: &Value, lines: &mut String) {
    match value {
        Value::Object(map) => {
            for (inner, value) in map {
                let inner = inner.replace(' ', "_");
                let key = if key.is_empty() { inner } else { format!("{key}.{inner}") };
                flatten(&key, value, lines);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            lines.push_str(&format!("{key} {value}\n"));
        }
    }
}

/// What a check says: nothing, or the words of its panic.
pub(crate) fn violation(check: impl FnOnce()) -> Option<String> {
    catch_unwind(AssertUnwindSafe(check)).err().map(|panic| words(&*panic))
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}
