//! kill -9 at any moment of a sale: the next start knows what may have happened, and nothing is paid twice.

use std::time::Duration;

use serde_json::json;

use crate::shop::truth::journal;
use crate::shop::{SetUp, Shop};

#[test]
fn a_sale_that_was_paid_is_paid_also_when_the_till_comes_back_after_the_payment_window() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { pay_window_ms: 1_500, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": { "delay_ms": 3000 } }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    while shop.gateway.charges().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    till.kill();
    std::thread::sleep(Duration::from_millis(1_600));
    let mut till = shop.start();
    till.settles();
    assert_eq!(till.sale(&sale)["state"], "approved");
    assert!(shop.gateway.requests("cancel").is_empty());
    till.quit();
}

#[test]
fn a_kill_while_a_code_is_held_expires_it_and_the_code_is_gone() {
    let (shop, mut till) = Shop::with_till();
    shop.line_down();
    till.is_offline();
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    till.kill();
    shop.line_up();
    let mut till = shop.start();
    till.reaches(&sale, "expired");
    till.is_online();
    assert_eq!(till.sale(&sale)["state"], "expired");
    assert!(shop.gateway.requests("create").is_empty());
    till.quit();
}

#[test]
fn a_kill_while_cancelling_goes_on_cancelling() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { reverse_not_before_ms: 1_000, ..SetUp::default() });
    let sale = till.sell("52.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    till.ask(json!({ "do": "cancel" }));
    till.kill();
    assert_eq!(journal(&shop)[&sale], "CANCELLING");
    let till = shop.start();
    till.reaches(&sale, "reversed");
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn a_torn_end_of_the_journal_is_cut_and_the_sales_before_it_stay() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.kill();
    let before = journal(&shop);
    let segment = shop.data_dir().join("journal/00000001.j");
    let mut bytes = std::fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    bytes[end..end + 40].copy_from_slice(&[0x5a; 40]); // half a frame, as a power cut leaves it
    std::fs::write(&segment, &bytes).unwrap();
    let shown = shop.run(&["journal", "show"]);
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    let mut till = shop.start();
    assert_eq!(before[&sale], "PAID");
    assert_eq!(till.sale(&sale)["state"], "approved");
    let next = till.ask(json!({ "do": "list" }));
    assert_eq!(next["sales"].as_array().unwrap().len(), 1);
    till.is_online();
    till.sell("5.00", &shop.code("anna"));
    till.reaches("S0002", "approved");
    till.quit();
}

#[test]
fn a_damaged_journal_stops_the_till_and_is_left_as_it_is() {
    let (shop, mut till) = Shop::with_till();
    for amount in ["1.00", "2.00", "3.00"] {
        let sale = till.sell(amount, &shop.code("anna"));
        till.reaches(&sale, "approved");
    }
    till.quit();
    let segment = shop.data_dir().join("journal/00000001.j");
    let mut bytes = std::fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end / 2] ^= 0x01;
    std::fs::write(&segment, &bytes).unwrap();
    let refused = shop.run_till();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("the journal is damaged") && said.contains("nothing was cut"), "{said}");
    assert_eq!(refused.stdout, b"");
    assert!(std::fs::read(&segment).unwrap() == bytes, "the journal was changed");
}

#[test]
fn a_lost_index_is_rebuilt_from_the_journal() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let story = till.sale(&sale)["timeline"].clone();
    till.quit();
    std::fs::remove_dir_all(shop.data_dir().join("sled")).unwrap();
    let mut till = shop.start();
    assert_eq!(till.sale(&sale)["timeline"], story);
    till.quit();
}
