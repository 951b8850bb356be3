//! QP-17 to QP-20: answers that must not be taken at their word.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop};
use crate::till::{LIMIT, Till};

fn play(case: &Value) -> (Shop, Till) {
    let (shop, till) = Shop::with_till_of(&SetUp { pay_window_ms: 20_000, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": case }]));
    (shop, till)
}

#[test]
fn qp_17_a_number_that_is_already_paid_is_asked_about_and_approved_when_everything_agrees() {
    let (shop, mut till) = play(&json!("QP-17"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "approved"]);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn qp_18_an_answer_about_other_money_is_never_a_paid_sale() {
    let wrong = [
        (json!("QP-18"), "another amount"),
        (json!({ "amount_off_by": -1 }), "another amount"),
        (json!({ "currency": "HKD" }), "another currency"),
        (json!({ "livemode": true }), "test and real money are mixed up"),
    ];
    for (fault, alarm) in wrong {
        let (shop, mut till) = Shop::with_till_of(&SetUp { pay_window_ms: 600, ..SetUp::default() });
        shop.script(&json!([{ "match": "create", "then": fault }]));
        if fault.is_object() {
            shop.script(&json!([{ "match": "inquiry", "times": 1000, "then": fault }]));
        }
        let sale = till.sell("77.00", &shop.code("anna"));
        till.reaches(&sale, "checking");
        let asked = || shop.gateway.requests("retrieve").len() + shop.gateway.requests("search").len();
        let until = Instant::now() + LIMIT;
        while asked() < 10 {
            assert!(Instant::now() < until, "the till has stopped asking");
            std::thread::sleep(Duration::from_millis(50));
        }
        assert_eq!(till.states_of(&sale), ["submitted", "checking"], "{alarm}");
        let story = till.sale(&sale)["timeline"].to_string();
        assert!(story.contains("ALARM") && story.contains(alarm), "{story}");
        let screen = till.ask(json!({ "do": "view" }));
        assert!(!screen["lines"].to_string().contains("othing charged"), "{screen}");
        till.quit();
    }
}

#[test]
fn qp_19_an_answer_that_cannot_be_trusted_leaves_the_doubt_and_is_asked_about() {
    let (shop, mut till) = play(&json!("QP-19"));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "approved"]);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn qp_20_an_accepted_request_that_is_not_done_waits_for_the_payer() {
    let (shop, mut till) = play(&json!({ "case": "QP-20", "after_ms": 500 }));
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "approved"]);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}
