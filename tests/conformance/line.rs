//! QP-10 to QP-13: the line and the power go at the worst moment.

use std::time::Duration;

use serde_json::json;

use crate::shop::truth::journal;
use crate::shop::{SetUp, Shop};

#[test]
fn qp_10_a_line_lost_while_polling_leaves_the_doubt_and_the_first_thing_after_it_is_a_question() {
    let set_up = SetUp { pay_window_ms: 800, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    shop.script(&json!([{ "match": "create", "then": { "case": "QP-10", "after_ms": 1200 } }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "awaiting_payer");
    shop.line_down();
    till.is_offline();
    let before = shop.gateway.get("/sandbox/requests")["requests"].as_array().unwrap().len();
    std::thread::sleep(Duration::from_millis(1_800)); // long past the payment window; the payer confirms meanwhile
    let now = till.sale(&sale);
    assert!(["awaiting_payer", "checking"].contains(&now["state"].as_str().unwrap()), "{now}");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "attempt_in_doubt");
    shop.line_up();
    till.reaches(&sale, "approved");
    let all = shop.gateway.get("/sandbox/requests")["requests"].as_array().unwrap().clone();
    let about_it = all[before..].iter().find(|request| request["order"] == now["order"]).unwrap();
    assert_eq!(about_it["op"], "retrieve", "{about_it}");
    assert!(shop.gateway.requests("cancel").is_empty());
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn qp_11_a_power_cut_before_the_request_leaves_is_inquired_about_and_never_paid_again() {
    let set_up = SetUp { line_check_ms: 60_000, pay_window_ms: 1_000, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    till.ring_up("52.00");
    // The record is durable; whatever leaves now reaches nobody.
    shop.line(&json!({ "line": "down", "how": "black_hole" }));
    till.scan(&shop.code("anna"));
    till.reaches("S0001", "submitted");
    till.kill();
    assert_eq!(journal(&shop)["S0001"], "SENDING");
    shop.line_up();
    let till = shop.start();
    till.reaches("S0001", "reversed");
    assert!(shop.gateway.requests("create").is_empty(), "never paid again");
    assert!(shop.gateway.requests("search").len() >= 3, "inquired about");
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn qp_12_a_power_cut_after_the_request_has_left_is_inquired_about_and_never_paid_again() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { line_check_ms: 60_000, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": { "delay_ms": 3000 } }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "submitted");
    shop.gateway.is_asked("create", 1);
    till.kill();
    assert_eq!(journal(&shop)[&sale], "SENDING");
    let mut till = shop.start();
    let fresh = till.scan(&shop.code("anna"));
    assert!(fresh["reason"] == "attempt_in_doubt" || fresh["reason"] == "amount_first", "{fresh}");
    till.reaches(&sale, "approved");
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn qp_13_a_code_scanned_offline_is_held_and_sent_when_the_line_is_back_in_time() {
    let (shop, mut till) = Shop::with_till();
    shop.line_down();
    till.is_offline();
    let sale = till.sell("23.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    let screen = till.screen("held", |view| view["state"] == "held");
    assert!(screen["lines"].to_string().contains("othing charged"), "{screen}");
    assert!(screen["deadline_ms"].as_u64().is_some_and(|left| left <= 45_000), "{screen}");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "attempt_held");
    shop.line_up();
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["held", "submitted", "approved"]);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn qp_13_a_code_held_too_long_is_never_sent_and_may_be_scanned_again() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { submit_deadline_ms: 500, ..SetUp::default() });
    // The line returns a little after the deadline, and long after it.
    for (sale, late) in [("S0001", Duration::from_millis(120)), ("S0002", Duration::from_millis(1_500))] {
        shop.line_down();
        till.is_offline();
        let code = shop.code("anna");
        assert_eq!(till.sell("19.90", &code), sale);
        till.reaches(sale, "expired");
        let screen = till.screen("NOT CHARGED", |view| view["state"] == "expired");
        assert_eq!(screen["word"], "NOT CHARGED");
        std::thread::sleep(late);
        let before = shop.gateway.requests("create").len();
        shop.line_up();
        till.is_online();
        shop.gateway.is_asked("list", shop.gateway.requests("list").len() + 3);
        assert_eq!(shop.gateway.requests("create").len(), before, "{sale}");
        assert_eq!(till.states_of(sale), ["held", "expired"]);
        let view = till.scan(&code);
        assert_eq!(view["sale"], sale, "{view}");
        assert_eq!(till.reaches(sale, "approved")["attempt"], format!("{sale}b"));
        assert_eq!(shop.gateway.requests("create").len(), before + 1);
    }
    till.quit();
}
