//! Papers, at the models' doors.

use std::time::{Duration, Instant};

use quickpay_drivers::printer::model::Power;
use serde_json::json;

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop};
use crate::till::LIMIT;

#[test]
fn a_paid_sale_prints_one_receipt_that_says_what_happened() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("88.00", &shop.code("anna"));
    let paid = till.reaches(&sale, "approved");
    let printed = till.event("printed", |e| e["event"] == "receipt" && e["job"] == "printed");
    assert_eq!(printed["sale"], sale);
    assert_eq!(printed["kind"], "receipt");
    assert_eq!(printed["copy"], 0);
    let stages = till.stages_of(&sale);
    assert_eq!(stages.last().unwrap(), "printed");
    assert!(stages.contains(&"printing".to_owned()), "{stages:?}");
    let papers = papers(&printer, 1);
    for words in ["Corner Shop", "88.00", "CNY", "WeChat Pay", paid["order"].as_str().unwrap(), "S0001"] {
        assert!(papers[0].contains(words), "no {words:?} on\n{}", papers[0]);
        assert!(printed["text"].as_str().unwrap().contains(words), "no {words:?} in {printed}");
    }
    till.quit();
    assert_eq!(printer.papers().len(), 1);
    assert_eq!(printer.unknown_commands(), Vec::<Vec<u8>>::new());
}

#[test]
fn a_printer_that_is_away_delays_no_sale_and_prints_once_when_it_is_back() {
    let printer = printer();
    printer.power(Power::Off);
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    for amount in ["5.00", "6.00"] {
        let sale = till.sell(amount, &shop.code("anna"));
        till.reaches(&sale, "approved");
    }
    till.screen("printer away", |view| view["printer"] == "away");
    assert!(printer.papers().is_empty());
    printer.power(Power::On);
    for sale in ["S0001", "S0002"] {
        till.event("printed", |e| e["event"] == "receipt" && e["sale"] == sale && e["job"] == "printed");
    }
    till.screen("printer ready", |view| view["printer"] == "ready");
    till.quit();
    let papers = papers(&printer, 2);
    assert_eq!(papers.len(), 2);
    assert!(papers[0].contains("S0001") && papers[1].contains("S0002"), "{papers:?}");
}

#[test]
fn a_receipt_that_was_owed_at_a_kill_is_printed_after_the_restart() {
    let printer = printer();
    printer.power(Power::Off);
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("5.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.screen("printer away", |view| view["printer"] == "away");
    till.kill();
    printer.power(Power::On);
    let till = shop.start();
    let fate = till.event("the paper's fate", |e| {
        e["event"] == "receipt" && (e["job"] == "printed" || e["job"] == "unknown")
    });
    assert_eq!(fate["sale"], sale);
    till.quit();
    let expected = usize::from(fate["job"] == "printed");
    assert_eq!(printer.papers().len(), expected, "{fate}");
}

#[test]
fn nobody_gets_a_copy_of_what_is_not_paid() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("40.00", &shop.code("dong"));
    till.reaches(&sale, "declined");
    assert_eq!(till.ask(json!({ "do": "reprint", "sale": sale }))["reason"], "not_paid");
    assert_eq!(till.ask(json!({ "do": "reprint", "sale": "S0099" }))["reason"], "no_such_sale");
    assert_eq!(
        till.ask(json!({ "do": "printed", "job": "J0001", "yes": true }))["reason"],
        "nothing_to_settle"
    );
    till.quit();
    assert!(printer.papers().is_empty());
}

#[test]
fn a_printer_that_dies_in_the_middle_of_a_paper_asks_a_person() {
    let printer = printer();
    printer.line_time(Duration::from_millis(200));
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let until = Instant::now() + LIMIT;
    while printer.text_at_head().is_empty() {
        assert!(Instant::now() < until, "nothing is printed");
        std::thread::sleep(Duration::from_millis(10));
    }
    printer.power(Power::Off);
    let unknown = till.event("unknown", |e| e["event"] == "receipt" && e["job"] == "unknown");
    till.screen("the question", |view| view["printer"] == "unknown");
    let settled = till.ask(json!({ "do": "printed", "job": unknown["job_id"], "yes": true }));
    assert_eq!(settled["event"], "view", "{settled}");
    till.event("printed", |e| e["event"] == "receipt" && e["job"] == "printed");
    till.quit();
}

#[test]
fn a_printer_that_is_a_file_gets_the_bytes() {
    let folder = crate::shop::own_folder();
    let file = folder.join("paper.bin");
    let printer = format!("kind = \"file\"\npath = {file:?}");
    let (shop, mut till) = Shop::with_till_of(&SetUp { printer, ..SetUp::default() });
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.event("printed", |e| e["event"] == "receipt" && e["job"] == "printed");
    till.quit();
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"\x1b@"), "{bytes:?}");
    assert!(String::from_utf8_lossy(&bytes).contains("88.00"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_stop_in_the_middle_of_a_paper_is_quick_and_leaves_the_question() {
    let printer = printer();
    printer.line_time(Duration::from_millis(500));
    let (shop, mut till) = Shop::with_till_of(&set_up(&printer));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let until = Instant::now() + LIMIT;
    while printer.text_at_head().is_empty() {
        assert!(Instant::now() < until, "nothing is printed");
        std::thread::sleep(Duration::from_millis(10));
    }
    let asked = Instant::now();
    till.terminate();
    assert_eq!(till.ended().code(), Some(0));
    assert!(asked.elapsed() < Duration::from_secs(4), "{:?}", asked.elapsed());
    let till = shop.start();
    till.screen("the question", |view| view["printer"] == "unknown");
    till.quit();
}
