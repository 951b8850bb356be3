//! Money that goes back, through the real program.

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop};

fn refunds(shop: &Shop) -> Vec<Value> {
    shop.gateway.get("/sandbox/charges")["refunds"].as_array().unwrap().clone()
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

/// WeChat as it is, without the minute between two refunds of one payment.
const NO_GAP: &str = r#"
[[wallet]]
id = "wechat_pay"
name_en = "WeChat Pay"
name_zh = "微信支付"
enabled = true
codes = [{ prefixes = ["13"], length = 18 }]
reversal = true
partial_refunds = 50
"#;

#[test]
fn twenty_refunds_at_once_with_lost_replies_and_a_kill_never_exceed_what_was_paid() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { wallets: Some(NO_GAP), ..SetUp::default() });
    let sale = till.sell("10.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.script(&json!([
        { "match": "refund", "times": 2, "then": "drop_after" },
        { "match": "refund", "then": "drop_before" },
        { "match": "refund", "then": { "status": 500, "carried_out": true } },
        { "match": "refund", "then": "drop_after" },
    ]));
    for n in 0..20 {
        let wish = json!({ "do": "refund", "sale": sale, "amount": "3.00", "reason": "returned", "id": format!("g{n}") });
        till.line(wish.to_string());
    }
    let mut taken = 0;
    for n in 0..20 {
        let answer = till.event("an answer", |event| event["id"] == format!("g{n}"));
        let refused = answer["reason"] == "refund_too_large";
        assert!(refused || answer["event"] == "view", "{answer}");
        taken += u32::from(!refused);
    }
    assert_eq!(taken, 3, "three parts of 3.00 fit into 10.00");
    shop.gateway.is_asked("refund", 2);
    till.kill(); // while replies are lost
    let mut till = shop.start();
    till.event("all three have gone back", |event| {
        event["event"] == "sale" && event["refunded_minor"] == 900
    });
    for amount in ["3.00", "1.01", "10.00"] {
        let refused = till.ask(json!({ "do": "refund", "sale": sale, "amount": amount }));
        assert_eq!(refused["reason"], "refund_too_large", "{refused}");
    }
    let all = refunds(&shop);
    assert_eq!(all.iter().map(|refund| refund["amount"].as_u64().unwrap()).sum::<u64>(), 900, "{all:?}");
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(shop.gateway.requests("refund").len() > 5, "replies were lost");
    till.quit();
}

#[test]
fn a_refund_that_the_gateway_cannot_tell_about_is_shown_to_the_manager_and_decided_by_a_person() {
    let set_up = SetUp { inquiry_interval_ms: 50, escalate_after_ms: 1_500, ..SetUp::default() };
    let (shop, mut till) = Shop::with_till_of(&set_up);
    let sale = till.sell("10.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    shop.script(
        &json!([{ "match": "refund", "times": 1000, "then": { "status": 500, "carried_out": true } }]),
    );
    till.ask(json!({ "do": "refund", "sale": sale, "amount": "4.00" }));
    till.reaches(&sale, "refund_sent");
    let number = format!("{sale}r1");
    let asked = json!([number]);
    let told =
        till.event("the sale asks", |event| event["event"] == "sale" && event["refunds_asked"] == asked);
    assert_eq!(told["state"], "refund_sent", "{told}");
    let view = till.event("ASK MANAGER", |event| event["word"] == "ASK MANAGER");
    assert_eq!((view["state"].as_str(), &view["refunds_asked"]), (Some("refund_sent"), &asked), "{view}");
    assert!(view["lines"][1].as_str().unwrap().contains(&number), "{view}");
    let looked = json!({ "do": "refunded", "refund": number, "yes": true });
    loop {
        let answer = till.ask(looked.clone());
        match answer["reason"].as_str() {
            Some("refund_under_way") => std::thread::sleep(std::time::Duration::from_millis(50)),
            other => break assert_eq!(other, None, "{answer}"),
        }
    }
    till.reaches(&sale, "approved");
    assert_eq!(refunds(&shop).len(), 1);
    let again = till.ask(looked);
    assert_eq!(again["reason"], "nothing_to_settle", "{again}");
    till.quit();
}

#[test]
fn late_money_of_another_amount_calls_the_manager_until_a_person_has_put_it_right() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("30.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    shop.script(&json!([{ "match": "cancel", "then": { "cancel": "paid_after", "after_ms": 500 } }]));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    shop.script(&json!([{ "match": "inquiry", "times": 1000, "then": { "amount_off_by": 1 } }]));
    while shop.gateway.get("/sandbox/charges")["charges"].as_array().unwrap().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    till.ask(json!({ "do": "check_again", "sale": sale }));
    till.reaches(&sale, "ask_manager");
    let view = till.event("the alarm", |event| event["state"] == "ask_manager" && event["event"] == "view");
    assert_eq!(view["lines"][0], "The gateway says that CNY 30.01 came after we gave up.", "{view}");
    let refused = till.ask(json!({ "do": "refund", "sale": sale }));
    assert_eq!(refused["reason"], "nothing_to_refund", "{refused}");
    till.kill();
    let mut till = shop.start();
    till.reaches(&sale, "ask_manager");
    till.ask(json!({ "do": "put_right", "sale": sale }));
    till.reaches(&sale, "reversed");
    let again = till.ask(json!({ "do": "put_right", "sale": sale }));
    assert_eq!(again["reason"], "nothing_to_settle", "{again}");
    assert!(refunds(&shop).is_empty());
    till.quit();
    let told = String::from_utf8(shop.run(&["journal", "show"]).stdout).unwrap();
    let line = told.lines().find(|line| line.contains("ALARM")).unwrap();
    assert!(line.contains("ASK MANAGER: ALARM, CNY 30.01 came"), "{line}");
}

#[test]
fn a_second_intent_of_another_amount_beside_a_paid_one_calls_the_manager_until_a_person_has_put_it_right() {
    let (shop, mut till) = Shop::with_till();
    shop.script(&json!([{ "match": "create", "then": { "duplicate": "paid_more", "drop": "after" } }]));
    let sale = till.sell("30.00", &shop.code("anna"));
    till.reaches(&sale, "ask_manager");
    let view = till.event("the alarm", |event| event["state"] == "ask_manager" && event["event"] == "view");
    assert_eq!(view["lines"][0], "Paid. The gateway tells of CNY 30.01 more for this sale.", "{view}");
    till.kill();
    let mut till = shop.start();
    till.reaches(&sale, "ask_manager");
    till.ask(json!({ "do": "put_right", "sale": sale }));
    till.reaches(&sale, "approved");
    assert!(refunds(&shop).is_empty());
    till.quit();
    let told = String::from_utf8(shop.run(&["journal", "show"]).stdout).unwrap();
    let line = told.lines().find(|line| line.contains("ALARM")).unwrap();
    assert!(line.contains("ASK MANAGER: ALARM, CNY 30.01 came"), "{line}");
}
