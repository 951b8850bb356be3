//! The conformance table, and scripts that cannot be.

use serde_json::{Value, json};

use crate::rig::{Rig, VECTOR, pause, payment};

async fn case(name: &str) -> Rig {
    let rig = Rig::new().await;
    rig.script(json!([{ "then": { "case": name } }])).await;
    rig
}

async fn silent_search(rig: &Rig) -> bool {
    let path = "/v1/payment_intents/search?query=merchant_order_id:%27A1%27";
    rig.request(reqwest::Method::GET, path).send().await.is_err()
}

#[tokio::test]
async fn a1_pays_and_a4_waits_for_the_password() {
    let rig = case("A1").await;
    assert_eq!(rig.intent("A1", 1, VECTOR).await["status"], "succeeded");
    for (end, status) in [("paid", "succeeded"), ("refused", "requires_payment_method")] {
        let rig = Rig::new().await;
        rig.script(json!([{ "then": { "case": "A4", "after_ms": 40, "end": end } }])).await;
        let intent = rig.intent("A1", 30, VECTOR).await;
        assert_eq!(intent["status"], "requires_action");
        pause(70).await;
        assert_eq!(rig.retrieve(&intent).await["status"], status);
    }
}

#[tokio::test]
async fn a5_is_paid_in_silence_and_a6_refused_in_silence() {
    for (name, status, charges) in [("A5", "succeeded", 1), ("b3", "requires_payment_method", 0)] {
        let rig = case(name).await;
        rig.pay_in_vain("A1", VECTOR).await;
        assert_eq!(rig.search("A1").await[0]["status"], status, "{name}");
        assert_eq!(rig.charges().await.len(), charges, "{name}");
    }
}

#[tokio::test]
async fn a7_and_a8_stay_silent_for_three_inquiries_and_can_then_be_cancelled() {
    for (name, create) in [("A7", None), ("A8", Some(500))] {
        let rig = case(name).await;
        match create {
            None => rig.pay_in_vain("A1", VECTOR).await,
            Some(status) => assert_eq!(rig.pay("A1", 100, VECTOR).await.0, status),
        }
        for _ in 0..3 {
            assert!(silent_search(&rig).await, "{name}");
        }
        let found = rig.search("A1").await;
        assert_eq!(found[0]["status"], "requires_action", "{name}");
        assert_eq!(rig.cancel(&found[0]).await.1["status"], "canceled", "{name}");
        assert_eq!(rig.intent("A2", 100, "132993614656096755").await["status"], "succeeded", "{name}");
    }
}

#[tokio::test]
async fn the_follow_up_of_a_case_waits_for_its_own_order() {
    let rig = case("A7").await;
    rig.pay_in_vain("A1", VECTOR).await;
    assert_eq!(rig.search("OTHER").await.len(), 0, "answered");
    assert!(silent_search(&rig).await);
}

#[tokio::test]
async fn amounts_play_the_table_only_when_the_rules_say_so() {
    let rig = Rig::new().await;
    assert_eq!(rig.intent("A1", 30, VECTOR).await["status"], "succeeded");
    rig.set("/sandbox/rules", json!({ "conformance_amounts": true })).await;
    assert_eq!(rig.intent("A2", 30, "132993614656096755").await["status"], "requires_action");
    rig.pay_in_vain_of("A3", 31, "132993614656096756").await;
}

impl Rig {
    async fn pay_in_vain_of(&self, order: &str, amount: i64, code: &str) {
        let sent =
            self.request(reqwest::Method::POST, "/v1/payment_intents").json(&payment(order, amount, code));
        assert!(sent.send().await.is_err());
    }
}

#[tokio::test]
async fn the_cancels_of_qp_05_to_qp_08_go_wrong_as_named() {
    let expected: [(&str, &[u16], &str); 5] = [
        ("QP-04", &[200], "canceled"),
        ("QP-05", &[500, 500, 500, 200], "canceled"),
        ("QP-06", &[400, 400, 200], "canceled"),
        ("QP-07", &[200, 400], "succeeded"),
        ("qp8", &[400], "succeeded"),
    ];
    for (name, statuses, after) in expected {
        let rig = case(name).await;
        let intent = rig.intent("A1", 100, VECTOR).await;
        for status in statuses {
            assert_eq!(rig.cancel(&intent).await.0, *status, "{name}");
        }
        assert_eq!(rig.retrieve(&intent).await["status"], after, "{name}");
    }
}

#[tokio::test]
async fn qp_17_to_qp_20_answer_as_named() {
    let rig = case("QP-17").await;
    let (status, body) = rig.pay("A1", 100, VECTOR).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("ORDERPAID")));
    assert_eq!(rig.search("A1").await[0]["status"], "succeeded");
    let rig = case("QP-18").await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    assert_eq!((&intent["amount"], &rig.retrieve(&intent).await["amount"]), (&json!(101), &json!(101)));
    let rig = case("QP-19").await;
    assert_eq!(rig.pay("A1", 100, VECTOR).await, (200, Value::Null), "not JSON");
    let rig = case("QP-20").await;
    let (status, intent) = rig.pay("A1", 100, VECTOR).await;
    assert_eq!((status, &intent["status"]), (202, &json!("requires_action")));
}

#[tokio::test]
async fn every_case_with_a_part_is_taken_by_its_name() {
    let rig = Rig::new().await;
    let mut names: Vec<String> =
        (1..=8).map(|n| format!("A{n}")).chain((1..=4).map(|n| format!("B{n}"))).collect();
    names.extend((1..=12).chain(17..=23).chain([26]).map(|n| format!("QP-{n:02}")));
    for name in &names {
        rig.script(json!([{ "then": name }])).await;
    }
    assert_eq!(rig.get("/sandbox/script").await.1["steps"].as_array().unwrap().len(), names.len());
}

#[tokio::test]
async fn a_script_that_cannot_be_is_refused_with_the_step_and_the_reason() {
    let rig = Rig::new().await;
    let wrong = [
        (json!("ok"), "list of steps"),
        (json!([{ "then": "explode" }]), "step 1: then: then is one of ok,"),
        (json!([{ "then": "ok" }, { "then": { "explode": 1 } }]), "step 2: then: unknown field `explode`"),
        (json!([{ "match": { "op": "sing" }, "then": "ok" }]), "there are create, retrieve"),
        (json!([{ "match": { "colour": "red" }, "then": "ok" }]), "unknown field `colour`"),
        (json!([{ "match": { "times": 0 }, "then": "ok" }]), "times is 1"),
        (json!([{ "match": "create" }]), "missing field `then`"),
        (json!([{ "then": { "drop": "after", "status": 500 } }]), "exclude each other"),
        (json!([{ "then": { "paid": true, "decline": "X" } }]), "exclude each other"),
        (json!([{ "then": { "status": 99 } }]), "no HTTP status"),
        (json!([{ "then": { "retry_after_s": 1 } }]), "go with status"),
        (json!([{ "then": { "pending": "soon" } }]), "pending is"),
        (json!([{ "then": { "case": "QP-29" } }]), "nothing to script"),
        (json!([{ "then": { "delay_ms": 999_999_999 } }]), "delay_ms is at most"),
    ];
    for (script, words) in wrong {
        let (status, body) = rig.post("/sandbox/script", script).await;
        assert_eq!(status, 400);
        assert!(body["error"].as_str().unwrap().contains(words), "{body}");
    }
    assert_eq!(rig.get("/sandbox/script").await.1["steps"], json!([]), "nothing was taken");
}

#[tokio::test]
async fn steps_are_matched_by_operation_order_and_path_and_counted_down() {
    let rig = Rig::new().await;
    rig.script(json!({ "steps": [
        { "match": { "op": "create", "order": "A2" }, "then": { "status": 500 } },
        { "match": { "method": "POST", "path": "/v1/payment_intents/search" }, "then": { "status": 500 } },
        { "match": { "method": "GET", "path": "/v1/payment_intents/{id}" }, "times": 2, "then": { "status": 502 } },
    ]}))
    .await;
    assert_eq!(rig.pay("A1", 100, VECTOR).await.0, 200);
    assert_eq!(rig.pay("A2", 100, "132993614656096755").await.0, 500);
    let search = "/v1/payment_intents/search?query=merchant_order_id:%27A1%27";
    assert_eq!(rig.get(search).await.0, 502);
    let (_, left) = rig.get("/sandbox/script").await;
    assert_eq!(left["steps"].as_array().unwrap().len(), 2);
    assert_eq!(left["steps"][1]["match"]["times"], 1);
    assert_eq!((rig.get(search).await.0, rig.get(search).await.0), (502, 200));
}

#[tokio::test]
async fn every_word_of_the_manual_is_taken() {
    let rig = Rig::new().await;
    let words = "ok, drop_before, drop_after, 429, 500, 502, 503, 504, html, truncated, cut, empty, forget, duplicate, \
        duplicate_declined, stringified, null_amount_received, seconds, upper_case, livemode, as_402, wrong_amount, paid, \
        pending, declined, decline_then_paid, paid_during_cancel, cancel_refused, says_canceled, paid_after_cancel, \
        refund_pending, refund_failed, answer normally, MICROPAY_PAYERROR, A4b";
    for word in words.split(", ") {
        rig.script(json!([{ "then": word }])).await;
    }
    for wish in [
        json!({ "html": true }),
        json!({ "truncated": true }),
        json!({ "duplicate": true }),
        json!({ "delay_ms": 1, "drop": "after", "paid": true }),
        json!({ "pending": { "after_ms": 1, "end": "never" } }),
    ] {
        rig.script(json!([{ "match": "any", "then": wish }])).await;
    }
}
