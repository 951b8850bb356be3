//! Starts from a checkpoint, and sales of long ago, through the real program.

use std::path::Path;

use quickpay_core::id::TerminalId;
use quickpay_core::time::WallTime;
use quickpay_store::{OpenOptions, Store};
use serde_json::{Value, json};

use crate::shop::{SetUp, Shop, own_folder};
use crate::till::Till;

/// More sales than a checkpoint keeps for their own sake.
const SALES: u32 = 14;

fn with_a_printer(folder: &Path) -> SetUp {
    let file = folder.join("paper.bin");
    SetUp { printer: format!("kind = \"file\"\npath = {file:?}"), ..SetUp::default() }
}

/// A shop whose first sales are closed, printed and, after an orderly stop, no longer held by the till.
fn with_a_past(set_up: &SetUp) -> (Shop, Till) {
    let (shop, mut till) = Shop::with_till_of(set_up);
    for n in 1..=SALES {
        let sale = till.sell(&format!("{n}.00"), &shop.code("anna"));
        till.reaches(&sale, "approved");
        if set_up.printer.contains("file") {
            till.event("its receipt", |e| {
                e["event"] == "receipt" && e["job"] == "printed" && e["sale"] == sale
            });
        }
    }
    till.quit();
    let till = shop.start();
    till.is_online();
    (shop, till)
}

/// What the log says a start has read.
fn read_at_the_last_start(shop: &Shop) -> String {
    let log = std::fs::read_to_string(shop.folder.join("till.log")).unwrap();
    let line = log.lines().rev().find(|line| line.contains("the journal is read")).unwrap();
    line.split_once("checkpoint").unwrap().1.to_owned()
}

fn without_id(mut answer: Value) -> Value {
    answer.as_object_mut().unwrap().remove("id");
    answer
}

#[test]
fn a_start_after_an_orderly_stop_reads_nothing_behind_its_checkpoint() {
    let (shop, mut till) = with_a_past(&SetUp::default());
    let read = read_at_the_last_start(&shop);
    assert!(read.contains("entries_read") && read.trim_end().ends_with("=0"), "{read}");
    let sale = till.sell("3.50", &shop.code("anna"));
    assert_eq!(sale, format!("S{:04}", SALES + 1), "numbers go on");
    till.reaches(&sale, "approved");
    till.quit();
}

#[test]
fn a_sale_of_long_ago_is_listed_told_refunded_and_asked_about_as_ever() {
    let (shop, mut till) = with_a_past(&SetUp::default());
    let sales = till.sales();
    assert_eq!(sales.len(), SALES as usize);
    assert_eq!((&sales[13]["sale"], &sales[13]["state"]), (&json!("S0001"), &json!("approved")));
    let story = till.sale("S0001");
    assert!(story["timeline"].as_array().unwrap().len() >= 2, "{story}");
    assert_eq!(story["amount_minor"], 100);
    let refused = till.ask(json!({ "do": "check_again", "sale": "S0002" }));
    assert_eq!(refused["reason"], "nothing_to_check", "{refused}");
    till.ask(json!({ "do": "refund", "sale": "S0003", "amount": "1.00", "reason": "returned" }));
    till.event("a part that went back", |e| e["event"] == "sale" && e["refunded_minor"] == 100);
    let refused = till.ask(json!({ "do": "refund", "sale": "S0003", "amount": "2.01" }));
    assert_eq!(refused["reason"], "refund_too_large", "{refused}");
    let refused = till.ask(json!({ "do": "refund", "sale": "S0099" }));
    assert_eq!(refused["reason"], "no_such_sale", "{refused}");
    let paper = shop.run(&["receipt", "S0001"]);
    assert!(String::from_utf8_lossy(&paper.stdout).contains("S0001"), "{paper:?}");
    till.quit();
}

#[test]
fn what_happened_to_a_sale_of_long_ago_survives_a_kill() {
    let (shop, mut till) = with_a_past(&SetUp::default());
    till.ask(json!({ "do": "refund", "sale": "S0003", "amount": "1.00", "reason": "returned" }));
    till.event("a part that went back", |e| e["event"] == "sale" && e["refunded_minor"] == 100);
    let before = without_id(till.sale("S0003"));
    let sales = till.sales();
    till.kill();
    let mut till = shop.start();
    assert_eq!(without_id(till.sale("S0003")), before);
    assert_eq!(till.sales(), sales);
    let refused = till.ask(json!({ "do": "refund", "sale": "S0003", "amount": "2.01" }));
    assert_eq!(refused["reason"], "refund_too_large", "{refused}");
    till.quit();
}

#[test]
fn a_copy_of_a_receipt_of_long_ago_prints_and_counts_on() {
    let folder = own_folder();
    let (shop, mut till) = with_a_past(&with_a_printer(&folder));
    for copy in 1..=2 {
        till.ask(json!({ "do": "reprint", "sale": "S0002" }));
        let fits = |e: &Value| e["event"] == "receipt" && e["job"] == "printed" && e["copy"] == copy;
        let printed = till.event("a copy", fits);
        assert_eq!(printed["sale"], "S0002");
        till.quit();
        till = shop.start();
    }
    till.quit();
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_checkpoint_of_another_version_is_passed_over_and_the_one_before_it_serves() {
    let (shop, mut till) = with_a_past(&SetUp::default());
    let sales = till.sales();
    till.kill();
    let now = WallTime { unix_ms: 1_800_000_000_000, offset_min: 0 };
    let mut options = OpenOptions::new(TerminalId::parse("T1").unwrap(), now);
    options.from_checkpoint = true;
    let mut store = Store::open(&shop.data_dir(), &options).unwrap().store;
    store.append_checkpoint(br#"{"version":99,"what":"a later program's"}"#).unwrap();
    store.close().unwrap();
    let mut till = shop.start();
    assert_eq!(till.sales(), sales);
    let log = std::fs::read_to_string(shop.folder.join("till.log")).unwrap();
    assert!(log.contains("the newest checkpoint is of no use"), "no word of it in the log");
    till.is_online();
    let sale = till.sell("3.50", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.quit();
    let verified = shop.run(&["doctor", "verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
}

#[test]
fn a_checkpoint_torn_by_a_power_cut_costs_reading_and_nothing_else() {
    let (shop, mut till) = with_a_past(&SetUp::default());
    let sales = till.sales();
    till.quit();
    let segment = shop.data_dir().join("journal/00000001.j");
    let mut bytes = std::fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end - 200..=end].fill(0); // the state of the last stop, half written
    std::fs::write(&segment, &bytes).unwrap();
    let mut till = shop.start();
    assert_eq!(till.sales(), sales);
    till.quit();
}
