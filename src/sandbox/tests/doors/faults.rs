//! Answers that do not arrive, or arrive wrong.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Rig, VECTOR, pause, payment, reply};

async fn rig_with(then: Value) -> Rig {
    let rig = Rig::new().await;
    rig.script(json!([{ "match": { "op": "create" }, "then": then }])).await;
    rig
}

#[tokio::test]
async fn a_request_dropped_before_it_is_carried_out_leaves_nothing() {
    let rig = rig_with(json!({ "drop": "before" })).await;
    rig.pay_in_vain("A1", VECTOR).await;
    assert_eq!(rig.search("A1").await.len(), 0);
    assert_eq!(rig.charges().await.len(), 0);
}

#[tokio::test]
async fn a_dropped_answer_is_found_by_search() {
    let rig = Rig::new().await;
    rig.script(json!([{ "match": "create", "then": "drop_after" }])).await;
    rig.pay_in_vain("A2", VECTOR).await;
    assert_eq!(rig.search("A2").await[0]["status"], "succeeded");
    assert_eq!(rig.charges().await.len(), 1);
    let creates = rig.requests("create").await;
    assert_eq!((&creates[0]["order"], &creates[0]["status"]), (&json!("A2"), &Value::Null));
}

#[tokio::test]
async fn an_answer_may_be_late_and_the_request_is_carried_out_though_the_till_hangs_up() {
    let rig = rig_with(json!({ "delay_ms": 150 })).await;
    let begun = Instant::now();
    rig.intent("A1", 100, VECTOR).await;
    assert!(begun.elapsed() >= Duration::from_millis(150));
    rig.script(json!([{ "then": { "delay_ms": 60_000 } }])).await;
    let body = payment("A2", 100, "132993614656096755");
    let request =
        rig.request(Method::POST, "/v1/payment_intents").json(&body).timeout(Duration::from_millis(100));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(rig.search("A2").await[0]["status"], "succeeded");
}

#[tokio::test]
async fn a_status_replaces_the_answer_and_by_default_the_deed() {
    let rig = rig_with(json!({ "status": 429, "retry_after_s": 3 })).await;
    let request = rig.request(Method::POST, "/v1/payment_intents").json(&payment("A1", 100, VECTOR));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(response.headers()["retry-after"], "3");
    assert_eq!(rig.charges().await.len(), 0);
    rig.script(
        json!([{ "match": "create", "then": { "status": 503, "code": "SYSTEMERROR", "carried_out": true } }]),
    )
    .await;
    let (status, body) = rig.pay("A2", 100, VECTOR).await;
    assert_eq!((status, &body["error"]["code"]), (503, &json!("SYSTEMERROR")));
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_proxy_answers_with_html() {
    let rig = rig_with(json!({ "html": 502 })).await;
    let request = rig.request(Method::POST, "/v1/payment_intents").json(&payment("A1", 100, VECTOR));
    let response = request.send().await.unwrap();
    assert_eq!(response.status().as_u16(), 502);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.text().await.unwrap().starts_with("<html>"));
}

#[tokio::test]
async fn json_may_end_half_way_and_so_may_the_connection() {
    let rig = Rig::new().await;
    rig.script(json!([{ "then": "truncated" }, { "then": "cut" }, { "then": { "empty": 200 } }])).await;
    let send = |order: &str, code: &str| {
        rig.request(Method::POST, "/v1/payment_intents").json(&payment(order, 100, code)).send()
    };
    let text = send("A1", VECTOR).await.unwrap().text().await.unwrap();
    assert!(text.starts_with("{\"") && serde_json::from_str::<Value>(&text).is_err());
    let cut = send("A2", "132993614656096755").await.unwrap();
    assert_eq!(cut.status().as_u16(), 200);
    assert!(cut.bytes().await.is_err());
    assert_eq!(send("A3", "132993614656096756").await.unwrap().text().await.unwrap(), "");
    assert_eq!(rig.charges().await.len(), 2, "an empty answer is not carried out unless it says so");
}

#[tokio::test]
async fn an_answer_may_say_what_is_not_so() {
    let rig = Rig::new().await;
    let twists = [
        (json!({ "amount": 1 }), "amount", json!(1)),
        (json!({ "amount_off_by": 5 }), "amount_received", json!(105)),
        (json!({ "currency": "USD" }), "currency", json!("USD")),
        (json!({ "livemode": true }), "livemode", json!(true)),
        (json!({ "id": "pi_9" }), "id", json!("pi_9")),
        (json!({ "say_status": "settling" }), "status", json!("settling")),
        (json!("null_amount_received"), "amount_received", Value::Null),
        (json!("upper_case"), "status", json!("SUCCEEDED")),
        (json!("stringified"), "payment_method_types", json!("[\"wechat_pay\"]")),
    ];
    for (n, (then, field, value)) in twists.into_iter().enumerate() {
        rig.script(json!([{ "match": "create", "then": then }])).await;
        let intent = rig.intent(&format!("A{n}"), 100, &format!("1329936146560967{n:02}")).await;
        assert_eq!(intent[field], value, "{then}");
    }
    rig.script(json!([{ "match": "create", "then": "seconds" }])).await;
    let intent = rig.intent("S", 100, "132993614656096799").await;
    assert!(intent["created"].as_u64().unwrap() < 100_000_000_000);
    assert!(rig.charges().await.iter().all(|charge| charge["amount"] == 100), "the truth is not bent");
}

#[tokio::test]
async fn a_decline_may_come_as_402_with_the_intent_nested() {
    let rig = rig_with(json!({ "decline": "NOTENOUGH", "as_402": true })).await;
    let (status, body) = rig.pay("A1", 100, VECTOR).await;
    assert_eq!((status, &body["error"]["type"]), (402, &json!("card_error")));
    assert_eq!(body["error"]["decline_code"], "NOTENOUGH");
    assert_eq!(body["error"]["payment_intent"]["status"], "requires_payment_method");
}

#[tokio::test]
async fn an_error_may_come_flat_or_as_text() {
    let rig = Rig::new().await;
    rig.script(json!([
        { "match": "retrieve", "then": { "forget": true, "envelope": "flat" } },
        { "match": "retrieve", "then": { "forget": true, "envelope": "text" } },
    ]))
    .await;
    assert_eq!(rig.get("/v1/payment_intents/pi_1").await.1["code"], "resource_missing");
    assert!(rig.get("/v1/payment_intents/pi_1").await.1["error"].is_string());
}

#[tokio::test]
async fn a_gateway_may_forget_for_a_while() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    rig.script(json!([
        { "match": { "op": "search", "order": "A1", "times": 2 }, "then": "forget" },
        { "match": { "op": "retrieve" }, "then": { "forget": true } },
    ]))
    .await;
    assert_eq!(rig.search("A1").await.len(), 0);
    assert_eq!(rig.search("A1").await.len(), 0);
    assert_eq!(rig.search("A1").await.len(), 1);
    let path = format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap());
    assert_eq!((rig.get(&path).await.0, rig.get(&path).await.0), (404, 200));
}

#[tokio::test]
async fn a_request_carried_out_twice_leaves_two_intents() {
    let rig = rig_with(json!("duplicate")).await;
    rig.intent("A1", 100, VECTOR).await;
    assert_eq!(rig.search("A1").await.len(), 2);
    assert_eq!(rig.charges().await.len(), 2);
    rig.script(json!([{ "match": "create", "then": "duplicate_paid_more" }])).await;
    rig.intent("A3", 100, "132993614656096756").await;
    let mut amounts: Vec<Value> =
        rig.search("A3").await.iter().map(|intent| intent["amount"].clone()).collect();
    amounts.sort_by_key(Value::as_i64);
    assert_eq!((amounts, rig.charges().await.len()), (vec![json!(100), json!(101)], 4));
    rig.script(json!([{ "match": "create", "then": "duplicate_declined" }])).await;
    let answered = rig.intent("A2", 100, "132993614656096755").await;
    assert_eq!(answered["last_payment_error"]["decline_code"], "AUTH_CODE_ERROR");
    let both: Vec<Value> = rig.search("A2").await.iter().map(|intent| intent["status"].clone()).collect();
    assert_eq!(both, ["requires_payment_method", "succeeded"], "the first is paid");
    assert_eq!(rig.charges().await.len(), 5);
}

#[tokio::test]
async fn a_decline_may_turn_into_a_payment() {
    let rig = rig_with(json!({ "decline": "invalid_request_error", "then_paid_after_ms": 60 })).await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    assert_eq!(intent["last_payment_error"]["message"], "Service error, please try again.");
    pause(90).await;
    assert_eq!(rig.retrieve(&intent).await["status"], "succeeded");
}

#[tokio::test]
async fn a_payment_may_wait_and_then_be_paid_or_refused() {
    let rig = Rig::new().await;
    rig.script(json!([
        { "match": "create", "then": { "pending": { "after_ms": 50, "end": "paid" } } },
        { "match": "create", "then": { "pending": { "after_ms": 50, "end": "refused" } } },
        { "match": "create", "then": { "pending": "never" } },
    ]))
    .await;
    let mut intents = Vec::new();
    for n in 0..3 {
        intents.push(rig.intent(&format!("A{n}"), 100, &format!("13299361465609670{n}")).await);
        assert_eq!(intents[n]["status"], "requires_action");
    }
    pause(90).await;
    for (intent, status) in intents.iter().zip(["succeeded", "requires_payment_method", "requires_action"]) {
        assert_eq!(rig.retrieve(intent).await["status"], status);
    }
}

#[tokio::test]
async fn a_cancel_may_fail_in_every_way_the_wallets_know() {
    let plays = [
        ("paid_during_cancel", 400, "succeeded", 1, 0),
        ("cancel_refused", 400, "requires_action", 0, 0),
        ("says_canceled", 200, "succeeded", 1, 0),
        ("returned", 200, "canceled", 1, 1),
    ];
    for (play, status, after, charges, refunds) in plays {
        let rig = rig_with(json!({ "pending": "never" })).await;
        let intent = rig.intent("A1", 100, VECTOR).await;
        let then = if play == "returned" { json!({ "cancel": "returned" }) } else { json!(play) };
        rig.script(json!([{ "match": "cancel", "then": then }])).await;
        let (answered, body) = rig.cancel(&intent).await;
        assert_eq!(answered, status, "{play}: {body}");
        assert!(status == 400 || body["status"] == "canceled", "{play}: {body}");
        assert_eq!(rig.retrieve(&intent).await["status"], after, "{play}");
        let truth = rig.sandbox.truth();
        assert_eq!((truth.charges.len(), truth.refunds.len()), (charges, refunds), "{play}");
    }
}

#[tokio::test]
async fn money_may_move_after_the_cancel() {
    let rig = rig_with(json!("pending")).await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    rig.script(json!([{ "match": "cancel", "then": { "cancel": "paid_after", "after_ms": 400 } }])).await;
    assert_eq!(rig.cancel(&intent).await.1["status"], "canceled");
    assert_eq!(rig.retrieve(&intent).await["status"], "canceled");
    pause(420).await;
    assert_eq!(rig.retrieve(&intent).await["status"], "succeeded");
}

#[tokio::test]
async fn a_refused_request_spends_no_step() {
    let rig = rig_with(json!("drop_after")).await;
    assert_eq!(reply(rig.client.get(rig.url("/v1/payment_intents"))).await.0, 401);
    assert_eq!(rig.pay("A1", 0, VECTOR).await.0, 400);
    assert_eq!(rig.get("/sandbox/script").await.1["steps"].as_array().unwrap().len(), 1);
    rig.pay_in_vain("A1", VECTOR).await;
    assert_eq!(rig.get("/sandbox/script").await.1["steps"], json!([]));
}
