//! What the demo's side panel shows, gathered from the world by its own doors.

use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

use anyhow::Result;
use quickpay_core::money::{Currency, decimal};
use quickpay_core::time::WallTime;
use quickpay_core::words::Language;
use quickpay_ui::{Charge, Customer as Card, DemoView, Line, Picture};
use serde_json::Value;

use super::cast::Customer;
use super::world::{PRODUCT_BARCODE, World};

/// How long a phone that was scanned stands out.
const SCANNED_FOR: Duration = Duration::from_millis(1_200);

/// What the panel's own switches stand at; the world is told and not asked back.
#[derive(Debug, Clone, Default)]
pub(super) struct Switches {
    pub(super) line: Line,
    pub(super) paper_out: bool,
    pub(super) printer_off: bool,
    pub(super) title: String,
    pub(super) caption: String,
    pub(super) touring: bool,
    /// The card that was scanned last, and when.
    pub(super) scanned: Option<(usize, Instant)>,
}

/// The last paper as a picture, made once.
#[derive(Debug, Default)]
pub(super) struct LastPaper {
    number: usize,
    picture: Option<Picture>,
}

impl LastPaper {
    fn of(&mut self, world: &World) -> Option<Picture> {
        let papers = world.papers.lock().unwrap_or_else(PoisonError::into_inner);
        if self.number != papers.len() {
            self.number = papers.len();
            self.picture = papers.last().and_then(|paper| {
                let picture = &paper.picture;
                Picture::from_gray(picture.width, picture.height, &picture.pixels)
            });
        }
        self.picture.clone()
    }
}

/// Looks at the world.
pub(super) fn look(world: &World, switches: &Switches, paper: &mut LastPaper) -> Result<DemoView> {
    let language = world.watch.look(|said| said.view.as_ref().map_or(Language::En, |view| view.language));
    let offset_min = i16::try_from(jiff::Zoned::now().offset().seconds() / 60).unwrap_or(0);
    let truth = world.charges()?;
    let (charges, total) = charges_of(&truth, offset_min);
    let spent = spent(&truth);
    let hands = if switches.touring { Hands::Tour } else { Hands::Free };
    let mut customers: Vec<Card> =
        Customer::ALL.into_iter().map(|customer| card(customer, &spent, hands, language)).collect();
    customers.push(product(hands, language));
    let scanned = switches.scanned.filter(|(_, at)| at.elapsed() < SCANNED_FOR).map(|(place, _)| place);
    Ok(DemoView {
        customers,
        scanned,
        line: switches.line,
        paper_out: switches.paper_out,
        printer_off: switches.printer_off,
        receipt: paper.of(world),
        charges,
        charged_total: format!("CNY {}", decimal(total, Currency::Cny)),
        title: switches.title.clone(),
        caption: switches.caption.clone(),
        touring: switches.touring,
    })
}

/// Whose hands hold the phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hands {
    Free,
    Tour,
}

/// What each customer has paid, less what came back.
fn spent(truth: &Value) -> BTreeMap<String, u64> {
    let mut spent = BTreeMap::new();
    for charge in truth.get("charges").and_then(Value::as_array).into_iter().flatten() {
        let number = |name: &str| charge.get(name).and_then(Value::as_u64).unwrap_or_default();
        let customer = charge.get("customer").and_then(Value::as_str).unwrap_or_default();
        let left = number("amount").saturating_sub(number("refunded"));
        *spent.entry(customer.to_owned()).or_insert(0) += left;
    }
    spent
}

/// Something from the shelf: its barcode is no payment code.
fn product(hands: Hands, language: Language) -> Card {
    let [name, what, habit] = match language {
        Language::En => ["Milk", "Barcode", "not a payment code"],
        Language::ZhCn => ["牛奶", "商品条码", "不是付款码"],
        Language::ZhTw => ["牛奶", "商品條碼", "不是付款碼"],
        Language::Ko => ["우유", "바코드", "결제 코드 아님"],
    };
    Card {
        name: name.to_owned(),
        wallet: what.to_owned(),
        habit: habit.to_owned(),
        balance: PRODUCT_BARCODE.to_owned(),
        ready: hands == Hands::Free,
    }
}

fn card(customer: Customer, spent: &BTreeMap<String, u64>, hands: Hands, language: Language) -> Card {
    let wallet = match language {
        Language::En | Language::Ko => "WeChat",
        Language::ZhCn | Language::ZhTw => "微信",
    };
    let paid = spent.get(customer.name()).copied().unwrap_or_default();
    let left = customer.purse_minor().saturating_sub(paid);
    Card {
        name: customer.name().to_owned(),
        wallet: wallet.to_owned(),
        habit: customer.habit(language).to_owned(),
        balance: format!("CNY {}", decimal(left, Currency::Cny)),
        ready: hands == Hands::Free,
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
