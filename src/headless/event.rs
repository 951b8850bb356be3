//! One happening becomes one line of output.

mod shift;

use std::collections::BTreeMap;

use quickpay_core::id::RefundId;
use quickpay_core::person::PersonName;
use quickpay_core::print::PrintStage;
use quickpay_core::record::Copy;
use quickpay_core::time::WallTime;
use quickpay_core::view::{Access, OpenCount, State, View};
use serde_json::{Map, Value, json};

use crate::happening::{Completeness, Happening, ReceiptLine, SaleLine, StoryLine, Tag};

/// The event as JSON; every one names itself under `event`. Pages are for the window alone: a program asks for a list or
/// a sale.
#[must_use]
pub fn json_of(happening: &Happening) -> Option<Value> {
    Some(match happening {
        Happening::Page(_) => return None,
        Happening::Ready { terminal } => {
            json!({ "event": "ready", "terminal": terminal, "version": env!("CARGO_PKG_VERSION") })
        }
        Happening::View(view, tag) => tagged(view_json(view), tag.as_ref()),
        Happening::Sale(line, tag) => tagged(named("sale", sale_json(line)), tag.as_ref()),
        Happening::Story(line, story, tag) => {
            let mut event = named("sale", sale_json(line));
            event.insert("timeline".to_owned(), story.iter().map(story_json).collect());
            tagged(event, tag.as_ref())
        }
        Happening::List(lines, completeness, tag) => {
            let sales: Vec<Value> = lines.iter().map(|line| Value::Object(sale_json(line))).collect();
            let mut event =
                Map::from_iter([("event".to_owned(), json!("list")), ("sales".to_owned(), json!(sales))]);
            if *completeness == Completeness::Incomplete {
                event.insert("incomplete".to_owned(), json!(true));
            }
            tagged(event, tag.as_ref())
        }
        Happening::Shift(line, tag) => tagged(shift::json_of(line), tag.as_ref()),
        Happening::Refused { reason, message, tag } => {
            let event = json!({ "event": "refused", "reason": reason, "message": message });
            tagged(object(event), tag.as_ref())
        }
        Happening::Receipt(line) => receipt_json(line),
        Happening::Error { message, tag } => {
            tagged(object(json!({ "event": "error", "message": message })), tag.as_ref())
        }
    })
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    }
}

fn named(event: &str, fields: Map<String, Value>) -> Map<String, Value> {
    let mut named = Map::from_iter([("event".to_owned(), json!(event))]);
    named.extend(fields);
    named
}

fn tagged(mut event: Map<String, Value>, tag: Option<&Tag>) -> Value {
    if let Some(tag) = tag {
        event.insert("id".to_owned(), tag.clone());
    }
    Value::Object(event)
}

fn view_json(view: &View) -> Map<String, Value> {
    let open: Vec<Value> = by_state(&view.open)
        .into_iter()
        .map(|(state, (count, sum_minor))| json!({ "state": state.name(), "count": count, "sum_minor": sum_minor }))
        .collect();
    let mut event = object(json!({
        "event": "view",
        "state": view.state.name(),
        "word": view.word,
        "lines": view.lines,
        "sale": view.sale.map(|sale| sale.to_string()),
        "reference": view.reference,
        "amount": view.amount_text,
        "amount_minor": view.amount.map_or(0, quickpay_core::money::Money::minor),
        "currency": view.currency.code(),
        "online": view.online,
        "open": open,
        "printer": view.printer.name(),
        "printer_line": view.printer_line,
        "paper_asked": view.paper_asked.map(|job| job.to_string()),
        "refunds_asked": names(&view.refunds_asked),
        "scanner": view.scanner.name(),
        "language": view.language.tag(),
    }));
    match &view.access {
        Access::Free => {}
        Access::SignedIn(person) => {
            event.insert("person".to_owned(), json!(person.as_str()));
        }
        Access::Locked(people) => {
            let names: Vec<&str> = people.iter().map(PersonName::as_str).collect();
            event.insert("locked".to_owned(), json!(true));
            event.insert("people".to_owned(), json!(names));
        }
    }
    if let Some(shift) = view.shift {
        event.insert("shift".to_owned(), json!(shift.0));
    }
    if let Some(countdown) = view.countdown {
        event.insert("deadline_ms".to_owned(), json!(countdown.left_ms));
    }
    if let Some(address) = &view.e_receipt {
        event.insert("e_receipt".to_owned(), json!(address));
    }
    if let Some(asks) = view.asks {
        event.insert("asks".to_owned(), json!(asks.name()));
    }
    if let Some(notice) = &view.notice {
        event.insert("notice".to_owned(), json!(notice));
    }
    event
}

/// What is shown as something else is counted with its state all the same.
fn by_state(open: &[OpenCount]) -> BTreeMap<State, (u32, u64)> {
    let mut counts = BTreeMap::new();
    for OpenCount { state, shown_as: _, count, sum_minor } in open {
        let (known, sum): &mut (u32, u64) = counts.entry(*state).or_default();
        (*known, *sum) = (known.saturating_add(*count), sum.saturating_add(*sum_minor));
    }
    counts
}

fn names(refunds: &[RefundId]) -> Vec<String> {
    refunds.iter().map(ToString::to_string).collect()
}

fn sale_json(line: &SaleLine) -> Map<String, Value> {
    object(json!({
        "sale": line.sale.to_string(),
        "order": line.order.as_str(),
        "state": line.state.name(),
        "attempt": line.attempt,
        "amount_minor": line.amount_minor,
        "currency": line.currency.code(),
        "refunded_minor": line.refunded_minor,
        "refunds_asked": names(&line.refunds_asked),
        "intent": line.intent,
        "opened_at": time(line.opened_at),
    }))
}

fn story_json(line: &StoryLine) -> Value {
    json!({ "at": time(line.at), "record": line.record })
}

/// With `why` when it is interrupted, and `proof` when it is printed: `sent` is not proven.
fn receipt_json(line: &ReceiptLine) -> Value {
    let mut event = object(json!({
        "event": "receipt",
        "sale": line.sale.map(|sale| sale.to_string()),
        "kind": line.kind.name(),
        "copy": match line.copy { Copy::Original => 0, Copy::Number(n) => n },
        "job": line.stage.name(),
        "job_id": line.job.to_string(),
        "text": line.text,
    }));
    match line.stage {
        PrintStage::Interrupted(why) => {
            event.insert("why".to_owned(), json!(why.name()));
        }
        PrintStage::Printed(proof) => {
            event.insert("proof".to_owned(), json!(proof.name()));
        }
        PrintStage::Queued | PrintStage::Printing | PrintStage::Unknown => {}
        PrintStage::Missing | PrintStage::Withdrawn => {}
    }
    Value::Object(event)
}

fn time(time: WallTime) -> String {
    time.to_string()
}
