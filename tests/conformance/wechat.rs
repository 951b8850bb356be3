//! A1 to A8, chosen by their amounts, and B1 to B4, the same plays chosen by name at another amount: what WeChat's own
//! acceptance wants of a till.

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop};
use crate::till::Till;

/// A shop whose gateway plays the table by its amounts.
fn by_amount() -> (Shop, Till) {
    let (shop, till) = Shop::with_till_of(&SetUp { pay_window_ms: 900, ..SetUp::default() });
    shop.gateway.post("/sandbox/rules", &json!({ "conformance_amounts": true }));
    (shop, till)
}

/// A shop whose gateway plays one case at the next payment.
fn by_name(case: &Value) -> (Shop, Till) {
    let (shop, till) = Shop::with_till_of(&SetUp { pay_window_ms: 900, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": case }]));
    (shop, till)
}

/// Sells, and is paid once, whatever happens on the way.
fn is_paid_once(shop: &Shop, till: &mut Till, amount: &str, minor: u64) -> String {
    let sale = till.sell(amount, &shop.code("anna"));
    till.reaches(&sale, "approved");
    let charges = shop.gateway.charges();
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!(charges[0]["amount"], minor);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    sale
}

/// Sells, is not paid, and has undone the attempt; the next code is another attempt with another number.
fn is_reversed(shop: &Shop, till: &mut Till, amount: &str) -> String {
    let sale = till.sell(amount, &shop.code("anna"));
    till.reaches(&sale, "reversed");
    assert!(till.states_of(&sale).contains(&"checking".to_owned()), "{:?}", till.states_of(&sale));
    assert!(shop.gateway.charges().is_empty());
    assert_eq!(shop.gateway.requests("create").len(), 1, "asked, never paid again");
    sale
}

#[test]
fn a1_a_payment_without_password_is_approved() {
    let (shop, mut till) = by_amount();
    let sale = is_paid_once(&shop, &mut till, "0.01", 1);
    assert_eq!(till.states_of(&sale), ["submitted", "approved"]);
    till.quit();
}

#[test]
fn a2_a_payment_with_a_coupon_is_approved_for_its_whole_amount() {
    let (shop, mut till) = by_amount();
    is_paid_once(&shop, &mut till, "0.02", 2);
    till.quit();
}

#[test]
fn a3_a_payment_with_two_coupons_is_approved_for_its_whole_amount() {
    let (shop, mut till) = by_amount();
    is_paid_once(&shop, &mut till, "0.03", 3);
    till.quit();
}

/// USERPAYING, then the given end.
fn user_paying(name: &str, end: &str) -> (Shop, Till) {
    let set_up = SetUp { pay_window_ms: 20_000, ..SetUp::default() };
    let (shop, till) = Shop::with_till_of(&set_up);
    shop.script(&json!([{ "match": "create", "then": { "case": name, "after_ms": 450, "end": end } }]));
    (shop, till)
}

#[test]
fn a4_a_password_is_waited_for_and_asked_about_until_it_is_paid() {
    let (shop, mut till) = user_paying("A4", "paid");
    let sale = is_paid_once(&shop, &mut till, "0.30", 30);
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "approved"]);
    assert!(shop.gateway.requests("retrieve").len() >= 3, "asked in intervals");
    assert!(shop.gateway.requests("cancel").is_empty());
    till.quit();
}

#[test]
fn a4_a_password_that_ends_in_a_refusal_needs_a_new_attempt_under_a_new_number() {
    let (shop, mut till) = user_paying("A4", "refused");
    let sale = till.sell("0.30", &shop.code("anna"));
    till.screen("not paid", |view| view["state"] == "declined" || view["state"] == "reversed");
    assert!(shop.gateway.charges().is_empty());
    till.scan(&shop.code("anna"));
    let paid = till.reaches(&sale, "approved");
    assert_eq!(paid["attempt"], "S0001b");
    let creates = shop.gateway.requests("create");
    assert_eq!(creates.len(), 2);
    assert_ne!(creates[0]["order"], creates[1]["order"]);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn a5_silence_is_asked_about_and_found_paid() {
    let (shop, mut till) = by_amount();
    let sale = is_paid_once(&shop, &mut till, "0.31", 31);
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "approved"]);
    till.quit();
}

#[test]
fn a6_silence_with_payerror_behind_it_is_reversed() {
    let (shop, mut till) = by_amount();
    is_reversed(&shop, &mut till, "0.32");
    assert!(!shop.gateway.requests("cancel").is_empty(), "uncertain until it is reversed");
    till.quit();
}

#[test]
fn a7_silence_to_the_payment_and_to_three_inquiries_is_reversed() {
    let (shop, mut till) = by_amount();
    is_reversed(&shop, &mut till, "0.33");
    assert_eq!(unanswered_inquiries(&shop), 3);
    assert_eq!(shop.gateway.requests("cancel").len(), 1, "the first reversal succeeds");
    till.quit();
}

/// Inquiries that the gateway left without an answer.
fn unanswered_inquiries(shop: &Shop) -> usize {
    let asked = [shop.gateway.requests("search"), shop.gateway.requests("retrieve")].concat();
    asked.iter().filter(|request| request["status"].is_null()).count()
}

#[test]
fn a8_a_system_error_is_reversed_and_a_new_number_is_paid() {
    let (shop, mut till) = by_amount();
    let sale = is_reversed(&shop, &mut till, "0.34");
    shop.gateway.post("/sandbox/rules", &json!({ "conformance_amounts": false }));
    till.scan(&shop.code("anna"));
    let paid = till.reaches(&sale, "approved");
    assert_eq!(paid["attempt"], "S0001b");
    let creates = shop.gateway.requests("create");
    assert_eq!(creates.len(), 2);
    assert_ne!(creates[0]["order"], creates[1]["order"]);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn b1_user_paying_at_any_amount_is_waited_for() {
    let (shop, mut till) = user_paying("B1", "paid");
    let sale = is_paid_once(&shop, &mut till, "88.00", 8800);
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "approved"]);
    till.quit();
}

#[test]
fn b2_a_timeout_at_any_amount_is_found_paid() {
    let (shop, mut till) = by_name(&json!("MICROPAY_TIMEOUT"));
    let sale = is_paid_once(&shop, &mut till, "88.00", 8800);
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "approved"]);
    till.quit();
}

#[test]
fn b3_payerror_at_any_amount_is_reversed() {
    let (shop, mut till) = by_name(&json!("MICROPAY_PAYERROR"));
    is_reversed(&shop, &mut till, "88.00");
    till.quit();
}

#[test]
fn b4_a_timeout_of_payment_and_inquiry_at_any_amount_is_reversed() {
    let (shop, mut till) = by_name(&json!("MICROPAY_PAY_QUERY_TIMEOUT"));
    is_reversed(&shop, &mut till, "88.00");
    assert_eq!(unanswered_inquiries(&shop), 3);
    till.quit();
}
