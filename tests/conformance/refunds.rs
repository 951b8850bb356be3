//! QP-25 and QP-26: money goes back once, and never more than was paid.

use serde_json::{Value, json};

use crate::shop::Shop;

fn refunds(shop: &Shop) -> Vec<Value> {
    shop.gateway.get("/sandbox/charges")["refunds"].as_array().unwrap().clone()
}

#[test]
fn qp_25_a_part_goes_back_then_more_than_the_rest_is_refused_at_the_till() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "10.00", "reason": "returned" }));
    till.event("a part that went back", |event| event["event"] == "sale" && event["refunded_minor"] == 1000);
    let now = till.sale(&sale);
    assert_eq!((now["state"].as_str(), now["refunded_minor"].as_u64()), (Some("approved"), Some(1000)));
    let refused = till.ask(json!({ "do": "refund", "sale": sale, "amount": "78.01" }));
    assert_eq!(refused["reason"], "refund_too_large", "{refused}");
    assert_eq!(shop.gateway.requests("refund").len(), 1, "the gateway was not asked");
    assert_eq!(refunds(&shop).len(), 1);
    assert_eq!(refunds(&shop)[0]["amount"], 1000);
    till.quit();
}

#[test]
fn qp_26_a_refund_without_a_reply_is_repeated_under_the_same_number_and_goes_back_once() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("30.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.script(&json!([{ "match": "refund", "then": "QP-26" }]));
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "5.00" }));
    till.event("the refund confirmed", |event| event["event"] == "sale" && event["refunded_minor"] == 500);
    let asked = shop.gateway.requests("refund");
    assert!(asked.len() >= 2, "{asked:?}");
    assert!(asked.iter().all(|one| one["idempotency_key"] == asked[0]["idempotency_key"]), "{asked:?}");
    assert_eq!(refunds(&shop).len(), 1);
    till.quit();
}
