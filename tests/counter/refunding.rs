//! Money that goes back, through the real program.

use serde_json::{Value, json};

use crate::shop::Shop;

fn refunds(shop: &Shop) -> Vec<Value> {
    shop.gateway.get("/sandbox/charges")["refunds"].as_array().unwrap().clone()
}

#[test]
fn a_part_goes_back_then_the_rest_is_refused_when_it_is_too_much() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "10.00", "reason": "returned" }));
    till.event("a part that went back", |event| event["event"] == "sale" && event["refunded_minor"] == 1000);
    let now = till.sale(&sale);
    assert_eq!((now["state"].as_str(), now["refunded_minor"].as_u64()), (Some("approved"), Some(1000)));
    let refused = till.ask(json!({ "do": "refund", "sale": sale, "amount": "78.01" }));
    assert_eq!(refused["reason"], "refund_too_large", "{refused}");
    assert_eq!(refunds(&shop).len(), 1);
    assert_eq!(refunds(&shop)[0]["amount"], 1000);
    till.quit();
}

#[test]
fn a_whole_refund_ends_as_refunded_and_cannot_be_made_twice() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("12.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.ask(json!({ "do": "refund", "sale": sale }));
    till.reaches(&sale, "refunded");
    let again = till.ask(json!({ "do": "refund", "sale": sale }));
    assert_eq!(again["reason"], "nothing_to_refund", "{again}");
    assert_eq!(refunds(&shop).len(), 1);
    till.quit();
}

#[test]
fn a_lost_refund_reply_is_resolved_without_a_second_refund() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("30.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.script(&json!([{ "match": "refund", "then": "drop_after" }]));
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "5.00" }));
    till.event("the refund confirmed", |event| event["event"] == "sale" && event["refunded_minor"] == 500);
    let asked = shop.gateway.requests("refund");
    assert!(asked.len() >= 2, "{asked:?}");
    assert!(asked.iter().all(|one| one["idempotency_key"] == asked[0]["idempotency_key"]), "{asked:?}");
    assert_eq!(refunds(&shop).len(), 1);
    till.quit();
}

#[test]
fn a_refund_while_offline_is_saved_and_sent_when_the_line_returns() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("20.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.line_down();
    till.is_offline();
    till.ask(json!({ "do": "refund", "sale": sale }));
    till.reaches(&sale, "refund_saved");
    assert!(refunds(&shop).is_empty());
    shop.line_up();
    till.reaches(&sale, "refunded");
    assert_eq!(refunds(&shop).len(), 1);
    till.quit();
}

#[test]
fn twenty_refunds_at_once_never_exceed_what_was_paid() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("10.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    for _ in 0..20 {
        till.ask(json!({ "do": "refund", "sale": sale, "amount": "3.00" }));
    }
    till.event("the first part gone back", |event| {
        event["event"] == "sale" && event["refunded_minor"] == 300
    });
    let sum: u64 = refunds(&shop).iter().map(|refund| refund["amount"].as_u64().unwrap()).sum();
    assert!(sum <= 1000, "{sum}");
    till.quit();
}
