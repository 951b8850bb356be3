//! QP-01 to QP-09 and QP-21 to QP-23: waiting for the payer, and undoing what nobody confirmed.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::paper::{papers, printer, set_up};
use crate::shop::{SetUp, Shop};
use crate::till::{LIMIT, Till};

/// A till whose payment window is short, and a gateway that plays one case at the next payment.
fn play(case: &Value) -> (Shop, Till) {
    let (shop, till) = Shop::with_till_of(&SetUp { pay_window_ms: 600, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": case }]));
    (shop, till)
}

/// What a customer's money did: charged and given back.
fn money(shop: &Shop) -> (usize, u64) {
    let charges = shop.gateway.charges();
    (charges.len(), charges.iter().map(|charge| charge["refunded"].as_u64().unwrap()).sum())
}

/// When requests of a kind came, in milliseconds.
fn times(shop: &Shop, op: &str) -> Vec<u64> {
    shop.gateway.requests(op).iter().map(|request| request["at_ms"].as_u64().unwrap()).collect()
}

/// Asks again, as a person would, until the sale has been in a state.
fn asked_until(till: &mut Till, sale: &str, state: &str) {
    let until = Instant::now() + LIMIT;
    while !till.states_of(sale).contains(&state.to_owned()) {
        assert!(Instant::now() < until, "{:?}", till.states_of(sale));
        if till.states_of(sale).contains(&"reversed".to_owned()) {
            till.ask(json!({ "do": "check_again", "sale": sale }));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn qp_01_a_payer_who_confirms_after_some_questions_has_paid_and_one_receipt_is_printed() {
    let folder = crate::shop::own_folder();
    let paper = folder.join("paper.bin");
    let printer = format!("kind = \"file\"\npath = {paper:?}");
    let set_up = SetUp { pay_window_ms: 20_000, printer, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    shop.script(&json!([{ "match": "create", "then": { "case": "QP-01", "after_ms": 450 } }]));
    let sale = till.sell("88.00", &shop.code("anna"));
    let paid = till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "approved"]);
    till.event("printed", |event| event["event"] == "receipt" && event["job"] == "printed");
    till.quit();
    assert_eq!(money(&shop), (1, 0));
    let printed = String::from_utf8_lossy(&std::fs::read(&paper).unwrap()).into_owned();
    assert!(printed.contains(paid["order"].as_str().unwrap()), "{printed}");
    assert_eq!(printed.matches("CNY 88.00").count(), 1, "{printed}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn qp_02_a_payment_that_was_never_created_is_searched_for_often_enough_and_reversed_without_a_cancel() {
    let (shop, mut till) = play(&json!("QP-02"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "reversed");
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "reversing", "reversed"]);
    let sent = times(&shop, "create")[0];
    // The window runs from the till's own sending, a little before the gateway writes the request down.
    let late = times(&shop, "search").into_iter().filter(|at| *at + 100 >= sent + 600).count();
    assert!(late >= 3, "{late} searches after the window: one empty search proves nothing");
    assert!(shop.gateway.requests("cancel").is_empty(), "there is nothing to cancel");
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(money(&shop), (0, 0));
    till.quit();
}

#[test]
fn qp_03_a_payer_who_never_confirms_is_waited_for_to_the_end_of_the_window_and_reversed() {
    let (shop, mut till) = play(&json!("QP-03"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "reversed");
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "reversing", "reversed"]);
    assert!(times(&shop, "cancel")[0] >= times(&shop, "create")[0] + 590, "not before the window is over");
    assert_eq!(shop.gateway.requests("cancel").len(), 1);
    assert_eq!(money(&shop), (0, 0));
    till.quit();
}

#[test]
fn qp_04_a_reversal_that_gives_money_back_keeps_nothing_and_its_slip_says_that_money_returns() {
    let printer = printer();
    let (shop, mut till) = Shop::with_till_of(&SetUp { pay_window_ms: 600, ..set_up(&printer) });
    shop.script(&json!([{ "match": "create", "then": "QP-04" }]));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "reversed");
    assert_eq!(money(&shop), (1, 8800), "charged, and given back by the wallet");
    let slip = papers(&printer, 1).remove(0).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(slip.contains("goes back to the wallet automatically"), "{slip}");
    assert!(slip.contains(till.sale(&sale)["order"].as_str().unwrap()), "{slip}");
    till.quit();
}

#[test]
fn qp_05_a_reversal_that_asks_to_be_repeated_is_repeated_and_inquired_about() {
    let (shop, mut till) = play(&json!("QP-05"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "reversed");
    let cancels = times(&shop, "cancel");
    assert_eq!(cancels.len(), 4, "{cancels:?}");
    let asked = times(&shop, "retrieve");
    assert!(asked.last() >= cancels.last(), "the last word is an inquiry's");
    for pair in cancels.windows(2) {
        assert!(asked.iter().any(|at| (pair[0]..=pair[1]).contains(at)), "an inquiry after each reversal");
    }
    assert_eq!(money(&shop), (0, 0));
    till.quit();
}

#[test]
fn qp_06_a_reversal_that_is_refused_while_the_payer_pays_stays_owed_until_an_inquiry_agrees() {
    let (shop, mut till) = play(&json!("QP-06"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "reversing");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "attempt_in_doubt");
    till.reaches(&sale, "reversed");
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "reversing", "reversed"]);
    let cancels = times(&shop, "cancel");
    assert_eq!(cancels.len(), 3, "{cancels:?}");
    assert!(cancels.windows(2).all(|pair| pair[1] >= pair[0] + 80), "not again at once: {cancels:?}");
    assert_eq!(money(&shop), (0, 0));
    till.quit();
}

#[test]
fn qp_07_a_reversal_that_lies_is_found_out_and_the_money_is_owed_back() {
    let (shop, mut till) = play(&json!("QP-07"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "refund_due");
    assert!(!till.states_of(&sale).contains(&"reversed".to_owned()), "a yes to a reversal is no proof");
    goes_back(&shop, &mut till, &sale);
    till.quit();
}

#[test]
fn qp_08_a_payer_who_confirms_just_before_the_reversal_gets_the_money_back_and_no_goods() {
    let (shop, mut till) = play(&json!("QP-08"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "refund_due");
    assert!(!till.states_of(&sale).contains(&"approved".to_owned()), "goods leave on Approved alone");
    goes_back(&shop, &mut till, &sale);
    till.quit();
}

/// The cashier gives back what is owed; it is the whole amount, once.
fn goes_back(shop: &Shop, till: &mut Till, sale: &str) {
    assert_eq!(money(shop), (1, 0));
    let answer = till.ask(json!({ "do": "refund", "sale": sale, "reason": "paid too late" }));
    assert_eq!(answer["event"], "view", "{answer}");
    till.reaches(sale, "refunded");
    assert_eq!(money(shop), (1, 8800));
}

#[test]
fn qp_09_a_reversal_that_is_wanted_early_is_sent_when_it_is_allowed() {
    let floor_ms = 1_500;
    let (shop, mut till) = Shop::with_till_of(&SetUp { reverse_not_before_ms: floor_ms, ..SetUp::default() });
    till.ring_up("31.00");
    let code = shop.code("carla");
    let before_the_scan = crate::clock::wall_ms();
    till.scan(&code);
    till.reaches("S0001", "awaiting_payer");
    let view = till.ask(json!({ "do": "cancel" }));
    assert_eq!(view["state"], "reversing", "{view}");
    let again = till.ask(json!({ "do": "cancel" }));
    assert_eq!(again["event"], "view", "a second cancel changes nothing: {again}");
    till.reaches("S0001", "reversed");
    let first = times(&shop, "cancel")[0];
    assert!(
        first + 5 >= before_the_scan + floor_ms,
        "cancelled {} ms after the scan",
        first - before_the_scan
    );
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(money(&shop), (0, 0));
    let view = till.ask(json!({ "do": "cancel" }));
    assert_eq!(view["reason"], "nothing_to_cancel", "{view}");
    till.quit();
}

#[test]
fn qp_21_money_that_comes_after_a_reversal_is_owed_once_however_often_it_is_told() {
    let (shop, mut till) = play(&json!({ "case": "QP-21", "after_ms": 1 }));
    let sale = till.sell("88.00", &shop.code("anna"));
    asked_until(&mut till, &sale, "refund_due");
    for _ in 0..3 {
        till.ask(json!({ "do": "check_again", "sale": sale }));
        std::thread::sleep(Duration::from_millis(100));
    }
    let story = till.sale(&sale)["timeline"].to_string();
    assert_eq!(story.matches("after we gave up").count(), 1, "{story}");
    goes_back(&shop, &mut till, &sale);
    till.quit();
}

#[test]
fn qp_22_payerror_without_a_revocation_is_in_doubt_and_then_reversed() {
    let (shop, mut till) = play(&json!("QP-22"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "checking");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "attempt_in_doubt");
    till.reaches(&sale, "reversed");
    assert!(!shop.gateway.requests("cancel").is_empty());
    assert_eq!(money(&shop), (0, 0));
    till.quit();
}

const NO_REVERSAL: &str = r#"
[[wallet]]
id = "wechat_pay"
name_en = "WeChat Pay"
name_zh = "微信支付"
enabled = true
codes = [{ prefixes = ["13"], length = 18 }]
reversal = false
partial_refunds = 50
"#;

#[test]
fn qp_23_a_wallet_without_reversal_is_asked_to_the_end_and_what_was_paid_is_refunded() {
    let set_up = SetUp { wallets: Some(NO_REVERSAL), ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    shop.script(&json!([{ "match": "create", "then": { "case": "QP-23", "after_ms": 1500 } }]));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "awaiting_payer");
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "refund_due");
    assert!(shop.gateway.requests("cancel").is_empty(), "this wallet knows no reversal");
    goes_back(&shop, &mut till, &sale);
    till.quit();
}
