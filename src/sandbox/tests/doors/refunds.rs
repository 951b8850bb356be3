//! Money that goes back.

use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Reply, Rig, VECTOR, pause, payment_by, reply};

async fn refund(rig: &Rig, intent: &Value, amount: Value) -> Reply {
    let mut body = json!({ "payment_intent": intent["id"], "reason": "requested_by_customer" });
    if !amount.is_null() {
        body["amount"] = amount;
    }
    rig.post("/v1/refunds", body).await
}

#[tokio::test]
async fn wechat_gives_back_in_parts_until_all_is_back() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "balance": 100 })).await;
    let intent = rig.intent("A1", 100, &code).await;
    let (status, first) = refund(&rig, &intent, json!(30)).await;
    assert_eq!((status, &first["status"], &first["amount"]), (200, &json!("succeeded"), &json!(30)));
    assert_eq!((&first["object"], &first["payment_intent"]), (&json!("refund"), &intent["id"]));
    assert_eq!(refund(&rig, &intent, json!("20")).await.0, 200, "digits as a string are taken");
    let (status, body) = refund(&rig, &intent, json!(51)).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("refund_amount_too_large")));
    assert_eq!(refund(&rig, &intent, Value::Null).await.1["amount"], 50, "all that is left");
    let (status, body) = refund(&rig, &intent, Value::Null).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("charge_already_refunded")));
    let (_, truth) = rig.get("/sandbox/charges").await;
    let amounts: Vec<i64> =
        truth["refunds"].as_array().unwrap().iter().map(|r| r["amount"].as_i64().unwrap()).collect();
    assert_eq!(amounts, [30, 20, 50]);
    assert_eq!(truth["charges"][0]["refunded"], 100);
    assert_eq!(truth["refunds"][0]["order"], "A1");
    assert_eq!(rig.get("/sandbox/wallet/anna").await.1["balance"], 100, "the money is back");
}

#[tokio::test]
async fn alipay_refuses_a_second_refund() {
    let rig = Rig::new().await;
    let (_, intent) =
        rig.post("/v1/payment_intents", payment_by("alipay", "A1", 100, "289431869362714645")).await;
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(refund(&rig, &intent, json!(30)).await.0, 200);
    let (status, body) = refund(&rig, &intent, json!(30)).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("refund_not_allowed_again")));
}

#[tokio::test]
async fn unionpay_refuses_every_refund() {
    let rig = Rig::new().await;
    let (_, intent) =
        rig.post("/v1/payment_intents", payment_by("unionpay", "A1", 100, "6212345678901234567")).await;
    assert_eq!(refund(&rig, &intent, json!(30)).await.1["error"]["code"], "refund_not_supported");
}

#[tokio::test]
async fn a_refund_needs_money_that_moved() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "confirms": "never" })).await;
    let intent = rig.intent("A1", 100, &code).await;
    assert_eq!(
        refund(&rig, &intent, Value::Null).await.1["error"]["code"],
        "payment_intent_unexpected_state"
    );
    assert_eq!(refund(&rig, &json!({ "id": "pi_1" }), Value::Null).await.0, 404);
    assert_eq!(rig.post("/v1/refunds", json!({})).await.1["error"]["param"], "payment_intent");
}

#[tokio::test]
async fn a_lost_refund_answer_is_found_again_by_its_key() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    rig.script(json!([{ "match": "refund", "then": "QP-26" }])).await;
    let post = || {
        let body = json!({ "payment_intent": intent["id"], "amount": 40 });
        rig.request(Method::POST, "/v1/refunds").header("Idempotency-Key", "R1").json(&body)
    };
    assert!(post().send().await.is_err());
    let (status, body) = reply(post()).await;
    assert_eq!((status, &body["amount"]), (200, &json!(40)));
    let (_, truth) = rig.get("/sandbox/charges").await;
    assert_eq!(truth["refunds"].as_array().unwrap().len(), 1, "one refund");
    let id = body["id"].as_str().unwrap();
    assert_eq!(rig.get(&format!("/v1/refunds/{id}")).await.1, body);
}

#[tokio::test]
async fn a_refund_may_be_pending_or_fail_by_script() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    rig.script(json!([
        { "match": "refund", "then": { "refund": "pending", "after_ms": 40 } },
        { "match": "refund", "then": "refund_failed" },
    ]))
    .await;
    let (_, pending) = refund(&rig, &intent, json!(10)).await;
    assert_eq!(pending["status"], "pending");
    let (_, failed) = refund(&rig, &intent, json!(10)).await;
    assert_eq!(failed["status"], "failed");
    pause(60).await;
    let (_, settled) = rig.get(&format!("/v1/refunds/{}", pending["id"].as_str().unwrap())).await;
    assert_eq!(settled["status"], "succeeded");
    assert_eq!(rig.charges().await[0]["refunded"], 10, "a failed refund moves nothing");
}

#[tokio::test]
async fn a_wallet_may_want_time_between_two_refunds() {
    let rig = Rig::new().await;
    rig.set("/sandbox/rules", json!({ "refund_gap_ms": 60_000 })).await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    assert_eq!(refund(&rig, &intent, json!(10)).await.0, 200);
    assert_eq!(refund(&rig, &intent, json!(10)).await.1["error"]["code"], "FREQUENCY_LIMITED");
}
