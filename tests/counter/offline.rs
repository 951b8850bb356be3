//! Sales while the line is down.

use serde_json::json;

use crate::shop::{SetUp, Shop};

#[test]
fn a_held_code_that_is_cancelled_is_never_sent() {
    let (shop, mut till) = Shop::with_till();
    shop.line_down();
    till.is_offline();
    let sale = till.sell("23.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    let view = till.ask(json!({ "do": "cancel" }));
    assert_eq!(view["state"], "expired", "{view}");
    shop.line_up();
    till.is_online();
    let next = till.ask(json!({ "do": "clear" }));
    assert_eq!(next["state"], "ready", "{next}");
    let sale = till.sell("24.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    assert_eq!(shop.gateway.requests("create").len(), 1);
    till.quit();
}

#[test]
fn a_line_that_broke_unnoticed_makes_the_code_held_and_it_is_sent_once() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { line_check_ms: 60_000, ..SetUp::default() });
    till.ring_up("17.00");
    shop.line_down();
    till.scan(&shop.code("anna"));
    till.reaches("S0001", "held");
    till.is_offline();
    shop.line_up();
    till.reaches("S0001", "approved");
    assert_eq!(till.states_of("S0001"), ["submitted", "held", "submitted", "approved"]);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn a_payment_that_vanished_on_the_way_is_cancelled_and_never_sent_again() {
    let set_up =
        SetUp { line_check_ms: 60_000, answer_timeout_ms: 400, pay_window_ms: 1_500, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    till.ring_up("18.00");
    shop.line(&json!({ "line": "down", "how": "black_hole" }));
    till.scan(&shop.code("anna"));
    till.reaches("S0001", "checking");
    shop.line_up();
    till.reaches("S0001", "reversed");
    assert!(shop.gateway.requests("create").is_empty());
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn a_till_that_starts_offline_sells_when_the_line_is_there() {
    let shop = Shop::open(&SetUp::default());
    shop.line_down();
    let mut till = shop.start();
    let sale = till.sell("6.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    shop.line_up();
    till.reaches(&sale, "approved");
    till.quit();
}
