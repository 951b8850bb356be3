//! A planted code appears nowhere but on the phone it was shown on.

use quickpay_sandbox::SandboxOptions;
use reqwest::Method;
use serde_json::json;

use crate::memory::Folder;
use crate::rig::{Rig, VECTOR, options, payment, reply};

#[tokio::test]
async fn a_planted_code_is_in_no_file_and_no_answer() {
    let folder = Folder::new("secrets");
    let rig = Rig::with(SandboxOptions { state_file: Some(folder.file()), ..options() }).await;
    let mut said = String::new();
    let code = rig.code(json!({ "customer": "anna", "balance": 1_000 })).await;
    for planted in [code.as_str(), VECTOR] {
        said += &rig.intent("A1", 100, planted).await.to_string();
        said += &rig.intent("A2", 100, planted).await.to_string();
        said += &rig.get(&format!("/v1/payment_intents/{planted}")).await.1.to_string();
        said += &rig
            .get(&format!("/v1/payment_intents/search?query=merchant_order_id:%27{planted}%27"))
            .await
            .1
            .to_string();
        let keyed = rig.request(Method::POST, "/v1/payment_intents").header("Idempotency-Key", planted);
        said += &reply(keyed.json(&payment("A3", 100, planted))).await.1.to_string();
        said += &rig.post("/sandbox/script", json!([{ "then": planted }])).await.1.to_string();
        said += &rig
            .post("/sandbox/script", json!([{ "match": { "order": planted }, "then": { "id": planted } }]))
            .await
            .1
            .to_string();
        said += &rig.post("/sandbox/wallet", json!({ "customer": planted })).await.1.to_string();
        said += &rig.post("/sandbox/line", json!({ "line": planted })).await.1.to_string();
    }
    for path in
        ["/sandbox/charges", "/sandbox/requests", "/sandbox/script", "/sandbox/line", "/sandbox/rules"]
    {
        said += &rig.get(path).await.1.to_string();
    }
    said += &format!("{:?}", rig.sandbox);
    said += &format!("{:?}", rig.sandbox.show_code(&quickpay_sandbox::CustomerName::new("anna")));
    said += &std::fs::read_to_string(folder.file()).unwrap();
    assert!(said.contains("anna"));
    for planted in [code.as_str(), VECTOR] {
        assert!(!said.contains(planted), "leaked: {said}");
    }
}

#[tokio::test]
async fn a_till_that_puts_the_code_anywhere_else_is_found_out() {
    let rig = Rig::new().await;
    for pointer in ["/merchant_order_id", "/metadata/sale"] {
        let mut body = payment("A1", 100, VECTOR);
        *body.pointer_mut(pointer).unwrap() = json!(VECTOR);
        assert_eq!(rig.post("/v1/payment_intents", body).await.0, 400, "{pointer}");
    }
    assert_eq!(rig.charges().await.len(), 0);
    let paid = rig.intent("A1", 100, "132993614656096755").await;
    let reason = format!("customer showed {VECTOR}");
    let refund = json!({ "payment_intent": paid["id"], "reason": reason });
    assert_eq!(rig.post("/v1/refunds", refund).await.1["error"]["param"], "reason");
}

#[tokio::test]
async fn the_request_log_counts_pay_requests_with_order_and_key() {
    let rig = Rig::new().await;
    let keyed = rig.request(Method::POST, "/v1/payment_intents").header("Idempotency-Key", "K1");
    reply(keyed.json(&payment("A1", 100, VECTOR))).await;
    rig.search("A1").await;
    let creates = rig.requests("create").await;
    assert_eq!(creates.len(), 1);
    assert_eq!((&creates[0]["order"], &creates[0]["idempotency_key"]), (&json!("A1"), &json!("K1")));
    assert_eq!((&creates[0]["method"], &creates[0]["path"]), (&json!("POST"), &json!("/v1/payment_intents")));
    assert_eq!((&creates[0]["status"], &creates[0]["n"]), (&json!(200), &json!(1)));
    assert_eq!(rig.requests("search").await[0]["order"], "A1");
}
