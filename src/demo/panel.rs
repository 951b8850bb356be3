//! What the demo's side panel shows, gathered from the world by its own doors.

use std::sync::PoisonError;

use anyhow::Result;
use quickpay_core::money::{Currency, decimal};
use quickpay_core::time::WallTime;
use quickpay_core::words::Language;
use quickpay_ui::{Charge, Customer as Card, DemoView, Line, Picture};
use serde_json::Value;

use super::cast::Customer;
use super::world::World;

/// What the panel's own switches stand at; the world is told and not asked back.
#[derive(Debug, Clone, Default)]
pub(super) struct Switches {
    pub(super) line: Line,
    pub(super) paper_out: bool,
    pub(super) printer_off: bool,
    pub(super) caption: String,
    pub(super) touring: bool,
}

/// Looks at the world.
pub(super) fn look(world: &World, switches: &Switches) -> Result<DemoView> {
    let language = world.watch.look(|said| said.view.as_ref().map_or(Language::En, |view| view.language));
    let offset_min = i16::try_from(jiff::Zoned::now().offset().seconds() / 60).unwrap_or(0);
    let truth = world.charges()?;
    let (charges, total) = charges_of(&truth, offset_min);
    let paper = world.papers.lock().unwrap_or_else(PoisonError::into_inner).last().cloned();
    let receipt = paper.and_then(|paper| {
        let picture = &paper.picture;
        Picture::from_gray(picture.width, picture.height, &picture.pixels)
    });
    Ok(DemoView {
        customers: Customer::ALL.into_iter().map(|customer| card(customer, language)).collect(),
        line: switches.line,
        paper_out: switches.paper_out,
        printer_off: switches.printer_off,
        receipt,
        charges,
        charged_total: format!("CNY {}", decimal(total, Currency::Cny)),
        caption: switches.caption.clone(),
        touring: switches.touring,
    })
}

fn card(customer: Customer, language: Language) -> Card {
    let wallet = match language {
        Language::En | Language::Ko => "WeChat",
        Language::ZhCn | Language::ZhTw => "微信",
    };
    Card {
        name: customer.name().to_owned(),
        wallet: wallet.to_owned(),
        habit: customer.habit(language).to_owned(),
        balance: customer.purse().to_owned(),
        ready: true,
    }
}

/// Newest first, with what is left after refunds.
fn charges_of(truth: &Value, offset_min: i16) -> (Vec<Charge>, u64) {
    let list = |name: &str| truth.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let amount = |row: &Value| row.get("amount").and_then(Value::as_u64).unwrap_or_default();
    let mut rows: Vec<(i64, Charge)> = Vec::new();
    let mut total = 0_u64;
    for row in list("charges") {
        total += amount(&row);
        rows.push(row_of(&row, amount(&row), Way::In, offset_min));
    }
    for row in list("refunds") {
        total = total.saturating_sub(amount(&row));
        rows.push(row_of(&row, amount(&row), Way::Back, offset_min));
    }
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    (rows.into_iter().map(|(_, charge)| charge).collect(), total)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Back,
}

fn row_of(row: &Value, minor: u64, way: Way, offset_min: i16) -> (i64, Charge) {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let at = row.get("at_ms").and_then(Value::as_i64).unwrap_or_default();
    let civil = WallTime { unix_ms: at, offset_min }.civil();
    let sign = if way == Way::Back { "-" } else { "" };
    let charge = Charge {
        time: format!("{:02}:{:02}:{:02}", civil.hour, civil.minute, civil.second),
        text: format!("{} {}", text("customer"), text("order")).trim().to_owned(),
        amount: format!("{sign}{}", decimal(minor, Currency::Cny)),
        back: way == Way::Back,
    };
    (at, charge)
}
