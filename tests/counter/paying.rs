//! Sales while the line is up.

use std::time::Duration;

use quickpay_drivers::scanner::model::ScannerModel;
use serde_json::json;

use crate::shop::{SetUp, Shop};

#[test]
fn a_code_without_password_is_paid_at_once() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    let paid = till.reaches(&sale, "approved");
    assert_eq!(paid["amount_minor"], 8800);
    assert_eq!(paid["attempt"], "S0001a");
    assert_eq!(till.states_of(&sale), ["submitted", "approved"]);
    let charges = shop.gateway.charges();
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0]["order"], paid["order"]);
    assert_eq!(charges[0]["intent"], paid["intent"]);
    assert_eq!(charges[0]["amount"], 8800);
    let screen = till.screen("PAID", |view| view["state"] == "approved");
    assert_eq!(screen["word"], "PAID");
    till.quit();
}

#[test]
fn the_customer_types_a_password_and_has_paid() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("12.50", &shop.code("ben"));
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "awaiting_payer", "approved"]);
    assert_eq!(shop.gateway.charges().len(), 1);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    till.quit();
}

#[test]
fn a_refused_code_is_declined_and_a_fresh_one_pays_the_same_sale() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("40.00", &shop.code("dong"));
    let refused = till.reaches(&sale, "declined");
    assert_eq!(refused["attempt"], "S0001a");
    let screen = till.screen("NOT PAID", |view| view["state"] == "declined");
    assert_eq!(screen["word"], "NOT PAID");
    let view = till.scan(&shop.code("anna"));
    assert_eq!(view["sale"], sale, "{view}");
    let paid = till.reaches(&sale, "approved");
    assert_eq!(paid["attempt"], "S0001b");
    assert_ne!(paid["order"], refused["order"]);
    let charges = shop.gateway.charges();
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0]["order"], paid["order"]);
    till.quit();
}

#[test]
fn a_lost_reply_is_asked_about_and_never_paid_again() {
    let (shop, mut till) = Shop::with_till();
    shop.script(&json!([{ "match": "create", "then": "drop_after" }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    assert_eq!(till.states_of(&sale), ["submitted", "checking", "approved"]);
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn an_answer_that_makes_no_sense_is_asked_about_and_never_paid_again() {
    let (shop, mut till) = Shop::with_till();
    for (n, fault) in ["500", "html", "truncated", "empty", "429"].into_iter().enumerate() {
        let then = match fault {
            "500" => json!({ "status": 500, "carried_out": true }),
            "html" => json!({ "html": 502, "carried_out": true }),
            "empty" => json!({ "empty": 200, "carried_out": true }),
            "429" => json!({ "status": 429, "carried_out": true }),
            other => json!(other),
        };
        shop.script(&json!([{ "match": "create", "then": then }]));
        let sale = till.sell("5.20", &shop.code("anna"));
        till.reaches(&sale, "approved");
        assert_eq!(shop.gateway.requests("create").len(), n + 1, "{fault}");
        assert_eq!(shop.gateway.charges().len(), n + 1, "{fault}");
    }
    till.quit();
}

#[test]
fn a_sale_in_doubt_takes_no_code_and_can_be_put_aside() {
    let (shop, mut till) = Shop::with_till();
    let first = till.sell("31.00", &shop.code("carla"));
    till.reaches(&first, "awaiting_payer");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "attempt_in_doubt");
    assert_eq!(till.enter("5.00")["reason"], "attempt_in_doubt");
    assert_eq!(till.ask(json!({ "do": "clear" }))["reason"], "attempt_in_doubt");
    assert_eq!(till.ask(json!({ "do": "put_aside" }))["event"], "view");

    let asking = till.enter("31.00");
    assert_eq!(asking["asks"], "same_amount_in_doubt", "{asking}");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "confirm_first");
    let armed = till.ask(json!({ "do": "confirm" }));
    assert_eq!(armed["state"], "armed", "{armed}");
    let view = till.scan(&shop.code("anna"));
    assert_eq!(view["sale"], "S0002", "{view}");
    till.reaches("S0002", "approved");

    let back = till.ask(json!({ "do": "resume", "sale": first }));
    assert_eq!(back["sale"], first, "{back}");
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&first, "reversed");
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn an_amount_above_the_shops_limit_is_confirmed_first() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { confirm_above: Some("1000.00"), ..SetUp::default() });
    assert_eq!(till.enter("1000.00")["state"], "armed");
    let asking = till.enter("1000.01");
    assert_eq!(asking["asks"], "large_amount", "{asking}");
    assert_eq!(asking["state"], "ready");
    assert_eq!(till.scan(&shop.code("anna"))["reason"], "confirm_first");
    assert_eq!(till.ask(json!({ "do": "confirm" }))["state"], "armed");
    till.scan(&shop.code("anna"));
    till.reaches("S0001", "approved");
    assert_eq!(till.ask(json!({ "do": "confirm" }))["reason"], "nothing_to_confirm");
    till.quit();
}

#[test]
fn a_serial_scanner_pays_and_half_a_read_is_thrown_away() {
    let mut gun = ScannerModel::plug_in().unwrap();
    let scanner = format!("kind = \"serial\"\npath = {:?}", gun.path());
    let (shop, mut till) = Shop::with_till_of(&SetUp { scanner, ..SetUp::default() });
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    std::thread::sleep(Duration::from_millis(400)); // what comes while a device is opened may be half a read

    gun.read_out(&shop.code("anna")).unwrap();
    let refused = |reason: &'static str| move |event: &serde_json::Value| event["reason"] == reason;
    till.event("a code without an amount refused", refused("amount_first"));

    till.ring_up("23.00");
    gun.send(b"]C1106141411234567897\r").unwrap();
    till.event("a carton label refused", refused("carton_label"));
    let code = shop.code("anna");
    gun.send(&code.as_bytes()[..9]).unwrap();
    till.event("half a read", refused("scan_discarded"));
    assert!(till.sales().is_empty());
    std::thread::sleep(Duration::from_millis(400)); // and so may what follows half a read without a pause

    gun.read_out(&shop.code("anna")).unwrap();
    till.reaches("S0001", "approved");
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn a_burst_of_requests_is_answered_one_by_one_and_sells_once() {
    let (shop, mut till) = Shop::with_till();
    let code = shop.code("anna");
    let sale = [json!({ "do": "enter_amount", "amount": "5.00" }), json!({ "do": "scan", "text": code })];
    for n in 0..300 {
        till.line(json!({ "do": "view", "id": format!("v{n}") }).to_string());
        sale.iter().filter(|_| n % 100 == 50).for_each(|request| till.line(request.to_string()));
        till.line("no JSON");
    }
    till.event("the last answer", |event| event["id"] == "v299");
    till.reaches("S0001", "approved");
    till.quit();
    let said = std::fs::read_to_string(shop.folder.join("events.jsonl")).unwrap();
    for n in 0..300 {
        assert_eq!(said.matches(&format!("\"id\":\"v{n}\"")).count(), 1, "v{n}");
    }
    assert_eq!(said.matches("\"event\":\"error\"").count(), 300);
    assert_eq!(shop.gateway.charges().len(), 1);
}

/// Slow network, the cashier cancels, the customer refreshes the code, the cashier scans again: both requests could leave
/// in the same second.
#[test]
fn the_classic_story_ends_with_exactly_one_charge() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { reverse_not_before_ms: 1_000, ..SetUp::default() });
    shop.line(&json!({ "line": "slow", "delay_ms": 900 }));
    let sale = till.sell("52.00", &shop.code("anna"));
    till.ask(json!({ "do": "cancel" }));
    let fresh = shop.code("anna");
    let until = std::time::Instant::now() + crate::till::LIMIT;
    let mut refused = 0;
    let end = loop {
        // The cashier scans the fresh code again and again until the till takes it or says what became of the first.
        let answer = till.scan(&fresh);
        if answer["event"] == "view" {
            till.reaches(&sale, "approved");
            break "paid by the second";
        }
        refused += 1;
        if answer["reason"] != "attempt_in_doubt" {
            break "paid by the first";
        }
        assert!(std::time::Instant::now() < until, "{answer}");
        std::thread::sleep(Duration::from_millis(40));
    };
    assert!(refused > 5, "{refused}: a second code is refused while the first may be paid");
    shop.line_up();
    crate::shop::truth::belief_is_the_truth(&shop, &mut till);
    let charges = shop.gateway.charges();
    assert_eq!(charges.len(), 1, "{end}: {charges:?}");
    till.quit();
}
