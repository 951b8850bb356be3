//! The conformance table of `quick-pay.md` section 12 as data (`cases.json`): each case is the play of its first
//! request and the steps that follow for the same order. What the till must then show is absent: it is the tests'.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::route::Op;

/// Cases in which the gateway has no part, and whose part it is.
const WITHOUT_PART: &str = "QP-13 to QP-16, QP-24, QP-25 and QP-27 to QP-30 are played by the till, the line or the \
clock alone, so there is nothing to script";

/// A case as it stands in `cases.json`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    names: Vec<String>,
    /// The CNY amounts, in fen, that play it when `conformance_amounts` is on.
    #[serde(default)]
    fen: Vec<i64>,
    /// The operation that begins it.
    pub(crate) op: Op,
    /// What that operation meets.
    pub(crate) then: Value,
    /// What later requests of the same order meet.
    #[serde(default)]
    pub(crate) follow: Vec<Value>,
}

fn table() -> Vec<Case> {
    serde_json::from_str(include_str!("cases.json")).unwrap_or_else(|error| {
        tracing::error!(%error, "the table of cases does not parse");
        Vec::new()
    })
}

/// Finds a case by name: `A4`, `b1`, `QP-7`, `qp07`, `MICROPAY_TIMEOUT`.
pub(crate) fn by_name(name: &str) -> Result<Case, String> {
    let wanted = plain(name);
    let all = table();
    let names: Vec<String> = all.iter().flat_map(|case| case.names.iter().cloned()).collect();
    let found = all.into_iter().find(|case| case.names.iter().any(|own| plain(own) == wanted));
    found.ok_or_else(|| format!("no case of that name; there are {}. {WITHOUT_PART}", names.join(", ")))
}

/// Finds a case by its CNY amount.
pub(crate) fn by_fen(fen: i64) -> Option<Case> {
    table().into_iter().find(|case| case.fen.contains(&fen))
}

/// Sets how long the case waits, and how it ends, where it waits at all.
pub(crate) fn retimed(mut case: Case, after_ms: Option<u64>, end: Option<&str>) -> Case {
    let mut all: Vec<&mut Value> = vec![&mut case.then];
    all.extend(case.follow.iter_mut().filter_map(|step| step.get_mut("then")));
    for then in all {
        if let Some(ms) = after_ms
            && let Some(slot) = then.get_mut("after_ms")
        {
            *slot = ms.into();
        }
        let Some(pending) = then.get_mut("pending").filter(|pending| pending.is_object()) else { continue };
        let before = (pending.get("after_ms").cloned(), pending.get("end").cloned());
        let ms = after_ms.map(Value::from).or(before.0);
        let end = end.map(Value::from).or(before.1);
        *pending = json!({ "after_ms": ms, "end": end });
    }
    case
}

fn plain(name: &str) -> String {
    let upper: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    match upper.strip_prefix("QP").and_then(|number| number.parse::<u8>().ok()) {
        Some(number) => format!("QP{number:02}"),
        None => upper,
    }
}
