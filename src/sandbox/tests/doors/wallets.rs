//! Customers, their codes and what their phones do.

use serde_json::json;

use crate::rig::{Rig, VECTOR, pause, payment_by};

#[tokio::test]
async fn a_code_works_once() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "balance": 10_000 })).await;
    assert!(code.len() == 18 && code.starts_with("13"), "the shape of WeChat codes");
    assert_eq!(rig.intent("A1", 100, &code).await["status"], "succeeded");
    let second = rig.intent("A2", 100, &code).await;
    assert_eq!(second["status"], "requires_payment_method");
    assert_eq!(second["last_payment_error"]["code"], "payment_method_provider_decline");
    assert_eq!(second["last_payment_error"]["decline_code"], "AUTH_CODE_ERROR");
    assert_eq!(second["last_payment_error"]["payment_method"]["type"], "wechat_pay");
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_code_that_nobody_was_shown_works_once_too() {
    let rig = Rig::new().await;
    rig.intent("A1", 100, VECTOR).await;
    let second = rig.intent("A2", 100, VECTOR).await;
    assert_eq!(second["last_payment_error"]["decline_code"], "AUTH_CODE_ERROR");
}

#[tokio::test]
async fn a_strict_sandbox_knows_only_the_codes_it_showed() {
    let rig = Rig::new().await;
    rig.set("/sandbox/rules", json!({ "strict_codes": true })).await;
    let declined = rig.intent("A1", 100, VECTOR).await;
    assert_eq!(declined["last_payment_error"]["decline_code"], "AUTH_CODE_INVALID");
}

#[tokio::test]
async fn a_code_of_another_wallet_is_not_valid() {
    let rig = Rig::new().await;
    let alipay = rig.code(json!({ "customer": "bo", "wallet": "alipay" })).await;
    for (order, code) in [("A1", alipay.as_str()), ("A2", "289431869362714645"), ("A3", "12345")] {
        let declined = rig.intent(order, 100, code).await;
        assert_eq!(declined["last_payment_error"]["decline_code"], "AUTH_CODE_INVALID", "{order}");
    }
}

#[tokio::test]
async fn a_code_expires() {
    let rig = Rig::new().await;
    let shown = rig.set("/sandbox/wallet", json!({ "customer": "anna", "code_life_ms": 30 })).await;
    assert_eq!(shown["expires_in_ms"], 30);
    pause(60).await;
    let declined = rig.intent("A1", 100, shown["code"].as_str().unwrap()).await;
    assert_eq!(declined["last_payment_error"]["decline_code"], "AUTHCODEEXPIRE");
    let (_, fresh) = rig.get("/sandbox/wallet/anna").await;
    assert_ne!(fresh["code"], shown["code"]);
    assert_eq!(rig.intent("A2", 100, fresh["code"].as_str().unwrap()).await["status"], "succeeded");
}

#[tokio::test]
async fn a_balance_is_spent_and_no_more() {
    let rig = Rig::new().await;
    let shown = rig.set("/sandbox/wallet", json!({ "customer": "anna", "balance": 150, "codes": 2 })).await;
    let codes = shown["codes"].as_array().unwrap();
    assert_eq!(rig.intent("A1", 100, codes[0].as_str().unwrap()).await["status"], "succeeded");
    let declined = rig.intent("A2", 100, codes[1].as_str().unwrap()).await;
    assert_eq!(declined["last_payment_error"]["decline_code"], "NOTENOUGH");
    let (status, canceled) = rig.cancel(&declined).await;
    assert_eq!(
        (status, &canceled["status"]),
        (200, &json!("canceled")),
        "a decline stays open until cancelled"
    );
    assert_eq!(rig.get("/sandbox/wallet/anna").await.1["balance"], 50);
}

#[tokio::test]
async fn a_wallet_in_another_currency_refuses() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "balance": 150, "currency": "HKD" })).await;
    assert_eq!(rig.intent("A1", 100, &code).await["last_payment_error"]["decline_code"], "TRADE_ERROR");
}

#[tokio::test]
async fn a_password_makes_the_till_wait_until_the_customer_confirms() {
    let rig = Rig::new().await;
    let customer = json!({ "customer": "anna", "password": true, "confirms": { "after_ms": 400 } });
    let code = rig.code(customer).await;
    let intent = rig.intent("A1", 100, &code).await;
    assert_eq!(intent["status"], "requires_action");
    assert!(intent.get("next_action").is_none());
    assert_eq!(rig.charges().await.len(), 0);
    pause(420).await;
    assert_eq!(rig.retrieve(&intent).await["status"], "succeeded");
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn a_customer_cancels_on_the_phone() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "confirms": { "cancels_after_ms": 30 } })).await;
    let intent = rig.intent("A1", 100, &code).await;
    assert_eq!(intent["status"], "requires_action");
    pause(60).await;
    let after = rig.retrieve(&intent).await;
    assert_eq!(after["status"], "requires_payment_method");
    assert_eq!(after["last_payment_error"]["decline_code"], "USER_CANCELED");
}

#[tokio::test]
async fn the_wallet_revokes_what_nobody_confirms() {
    let rig = Rig::new().await;
    rig.set("/sandbox/rules", json!({ "confirm_window_ms": 60 })).await;
    let code = rig.code(json!({ "customer": "anna", "confirms": "never" })).await;
    let intent = rig.intent("A1", 100, &code).await;
    assert_eq!(intent["status"], "requires_action");
    pause(100).await;
    assert_eq!(rig.retrieve(&intent).await["status"], "canceled");
}

#[tokio::test]
async fn the_truth_names_every_charge() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "wallet": "alipay", "balance": 500 })).await;
    let (_, intent) = rig.post("/v1/payment_intents", payment_by("alipay", "A1", 300, &code)).await;
    let charges = rig.charges().await;
    assert_eq!(charges.len(), 1);
    let charge = &charges[0];
    assert_eq!((&charge["kind"], &charge["order"]), (&json!("charge"), &json!("A1")));
    assert_eq!((&charge["amount"], &charge["currency"]), (&json!(300), &json!("CNY")));
    assert_eq!((&charge["customer"], &charge["wallet"]), (&json!("anna"), &json!("alipay")));
    assert_eq!(charge["intent"], intent["id"]);
    assert!(charge["at_ms"].as_u64().unwrap() > 1_000_000_000_000);
}

#[tokio::test]
async fn wallets_that_cannot_be_are_refused_with_words() {
    let rig = Rig::new().await;
    for wrong in [
        json!({ "customer": "" }),
        json!({ "customer": VECTOR }),
        json!({ "wallet": "paypal" }),
        json!({ "balance": -1 }),
        json!({ "codes": 0 }),
        json!({ "password": false, "confirms": "never" }),
        json!({ "colour": "red" }),
    ] {
        let (status, body) = rig.post("/sandbox/wallet", wrong).await;
        assert!(status == 400 && body["error"].as_str().unwrap().len() > 5, "{body}");
    }
    assert_eq!(rig.get("/sandbox/wallet/nobody").await.0, 400);
}
