//! The wire contract, honest.

use quickpay_sandbox::ApiKeys;
use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Rig, VECTOR, options, payment, reply};

#[tokio::test]
async fn a_code_that_nobody_was_shown_pays_at_once_in_the_shape_of_the_seed() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 8_800, VECTOR).await;
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["object"], "payment_intent");
    assert_eq!(intent["amount"], 8_800);
    assert_eq!(intent["amount_received"], 8_800);
    assert_eq!(intent["currency"], "CNY");
    assert_eq!(intent["livemode"], false);
    assert_eq!(intent["merchant_order_id"], "A1");
    assert_eq!(intent["payment_method_types"], json!(["wechat_pay"]));
    assert_eq!(intent["payment_method_options"]["wechat_pay"]["terminal_type"], "SCAN_CODE");
    assert!(intent.get("next_action").is_none() && intent.get("last_payment_error").is_none());
    let id = intent["id"].as_str().unwrap();
    assert!(id.len() == 22 && id.starts_with("pi_"), "{id}");
    assert!(intent["client_secret"].as_str().unwrap().starts_with(&format!("{id}_secret_")));
    assert!(intent["created"].as_u64().unwrap() > 1_000_000_000_000, "milliseconds");
    rig.sandbox.stop().await;
}

#[tokio::test]
async fn what_was_created_is_retrieved_searched_and_listed() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    rig.intent("A2", 200, "132993614656096755").await;
    assert_eq!(rig.retrieve(&intent).await, intent);
    assert_eq!(rig.search("A1").await, std::slice::from_ref(&intent));
    assert_eq!(rig.search("A3").await, Vec::<Value>::new());
    let (_, list) = rig.get("/v1/payment_intents?limit=1").await;
    assert_eq!(list["data"][0]["merchant_order_id"], "A2", "newest first");
    assert_eq!((&list["object"], &list["has_more"]), (&json!("list"), &json!(true)));
    let after = list["data"][0]["id"].as_str().unwrap();
    let filters = json!({ "starting_after": after, "created": { "gte": "1" } });
    let (_, list) = reply(rig.request(Method::GET, "/v1/payment_intents").json(&filters)).await;
    assert_eq!(list["data"].as_array().unwrap().as_slice(), [intent]);
}

#[tokio::test]
async fn a_charge_is_retrieved_by_the_id_its_intent_names() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    let (status, charge) =
        rig.get(&format!("/v1/charges/{}", intent["latest_charge"].as_str().unwrap())).await;
    assert_eq!((status, &charge["amount"], &charge["amount_refunded"]), (200, &json!(100), &json!(0)));
    assert_eq!(charge["payment_intent"], intent["id"]);
}

#[tokio::test]
async fn keys_are_checked_before_anything_else() {
    let rig = Rig::new().await;
    let url = rig.url("/v1/payment_intents");
    let status =
        |request: reqwest::RequestBuilder| async { reply(request.json(&payment("A1", 1, VECTOR))).await };
    let (code, body) = status(rig.client.post(&url)).await;
    assert_eq!((code, &body["error"]["type"]), (401, &json!("invalid_request_error")));
    for (user, password) in
        [("pk_test_x", ""), ("sk_live_x", ""), ("sk_test_", ""), ("sk_test_x", "secret"), ("other", "")]
    {
        let (code, body) = status(rig.client.post(&url).basic_auth(user, Some(password))).await;
        assert_eq!(code, 401, "{user}: {body}");
    }
    let (code, body) = status(rig.client.post(&url).bearer_auth("sk_test_x")).await;
    assert_eq!(code, 401, "{body}");
    let (code, _) = status(rig.client.post(&url).basic_auth("sk_test_a=+/b", Some(""))).await;
    assert_eq!(code, 200, "a key may hold = + /");
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn only_the_named_keys_open_when_some_are_named() {
    let api_keys = ApiKeys::Only(vec!["sk_test_mine".to_owned()]);
    let rig = Rig::with(quickpay_sandbox::SandboxOptions { api_keys, ..options() }).await;
    let url = rig.url("/v1/payment_intents/pi_1");
    assert_eq!(reply(rig.client.get(&url).basic_auth("sk_test_other", Some(""))).await.0, 401);
    assert_eq!(reply(rig.client.get(&url).basic_auth("sk_test_mine", Some(""))).await.0, 404);
}

#[tokio::test]
async fn a_wrong_field_is_named_and_nothing_is_created() {
    let rig = Rig::new().await;
    let wrong: [(&str, Value, &str); 14] = [
        ("/amount", json!("100"), "amount"),
        ("/amount", json!(0), "amount"),
        ("/amount", json!(100_000_000), "amount"),
        ("/amount", Value::Null, "amount"),
        ("/amount", json!(1.5), "amount"),
        ("/currency", json!("JPY"), "currency"),
        ("/currency", json!("Yuan"), "currency"),
        ("/confirm", json!("true"), "confirm"),
        ("/confirm", json!(false), "confirm"),
        ("/payment_method_data/type", json!("paypal"), "payment_method_data.type"),
        (
            "/payment_method_data/wechat_pay/payment_code",
            json!(132_993_614_656_096_754_u64),
            "payment_method_data.wechat_pay.payment_code",
        ),
        (
            "/payment_method_data/wechat_pay/payment_code",
            json!(""),
            "payment_method_data.wechat_pay.payment_code",
        ),
        (
            "/payment_method_options/wechat_pay/terminal_type",
            json!("WEB"),
            "payment_method_options.wechat_pay.terminal_type",
        ),
        ("/metadata", json!({ "sale": 1 }), "metadata.sale"),
    ];
    for (pointer, value, param) in wrong {
        let mut body = payment("A1", 100, VECTOR);
        *body.pointer_mut(pointer).unwrap() = value;
        let (status, answer) = rig.post("/v1/payment_intents", body).await;
        assert_eq!((status, &answer["error"]["param"]), (400, &json!(param)), "{answer}");
        assert!(!answer.to_string().contains(VECTOR));
    }
    let mut odd = payment("A1", 100, VECTOR);
    odd["ammount"] = json!(1);
    assert_eq!(rig.post("/v1/payment_intents", odd).await.1["error"]["param"], "ammount");
    assert_eq!(rig.get("/v1/payment_intents").await.1["data"], json!([]));
}

#[tokio::test]
async fn the_headers_are_part_of_the_contract() {
    let rig = Rig::new().await;
    let body = payment("A1", 100, VECTOR).to_string();
    let post = || rig.request(Method::POST, "/v1/payment_intents").body(body.clone());
    assert_eq!(reply(post()).await.0, 400, "no content type");
    assert_eq!(reply(post().header("content-type", "text/plain")).await.0, 400);
    let json = || post().header("content-type", "application/json; charset=utf-8");
    assert_eq!(reply(json().header("accept", "text/html")).await.0, 400);
    assert_eq!(reply(json().header("accept", "application/json")).await.0, 200);
    let broken = rig.request(Method::POST, "/v1/payment_intents").header("content-type", "application/json");
    assert_eq!(reply(broken.body("{\"amount\":")).await.0, 400);
    let long = rig.request(Method::POST, "/v1/refunds").json(&json!({ "reason": "x".repeat(70_000) }));
    assert_eq!(reply(long).await.0, 413);
}

#[tokio::test]
async fn unknown_paths_methods_and_ids_are_refused() {
    let rig = Rig::new().await;
    for path in ["/", "/v1/nothing", "/v1/payment_intents/pi_1", "/v1/refunds/re_1", "/v1/charges/ch_1"] {
        assert_eq!(rig.get(path).await.0, 404, "{path}");
    }
    assert_eq!(rig.get("/v1/refunds").await.0, 405);
    for query in [
        "",
        "?query=description:%27x%27",
        "?query=merchant_order_id:%27A1",
        "?query=merchant_order_id:%27A%27&limit=101",
    ] {
        assert_eq!(rig.get(&format!("/v1/payment_intents/search{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn a_cancel_needs_a_reason_and_closes_an_open_intent_once() {
    let rig = Rig::new().await;
    let code = rig.code(json!({ "customer": "anna", "confirms": "never" })).await;
    let intent = rig.intent("A1", 100, &code).await;
    assert_eq!(intent["status"], "requires_action");
    let path = format!("/v1/payment_intents/{}/cancel", intent["id"].as_str().unwrap());
    let (status, body) = rig.post(&path, json!({})).await;
    assert_eq!((status, &body["error"]["param"]), (400, &json!("cancellation_reason")));
    let (status, body) = rig.cancel(&intent).await;
    assert_eq!((status, &body["status"]), (200, &json!("canceled")));
    assert_eq!(body["cancellation_reason"], "requested_by_customer");
    let (status, body) = rig.cancel(&intent).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("payment_intent_unexpected_state")));
    assert_eq!(rig.charges().await.len(), 0);
}

#[tokio::test]
async fn what_is_paid_cannot_be_cancelled() {
    let rig = Rig::new().await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    let (status, body) = rig.cancel(&intent).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("payment_intent_unexpected_state")));
    assert_eq!(body["error"]["payment_intent"]["status"], "succeeded");
}

#[tokio::test]
async fn an_intent_made_without_a_code_is_confirmed_with_one() {
    let rig = Rig::new().await;
    let bare = json!({ "amount": 100, "currency": "cny", "merchant_order_id": "A1",
        "payment_method_data": { "type": "WECHAT_PAY" } });
    let (_, intent) = rig.post("/v1/payment_intents", bare).await;
    assert_eq!(intent["status"], "requires_confirmation");
    let path = format!("/v1/payment_intents/{}/confirm", intent["id"].as_str().unwrap());
    let with =
        json!({ "payment_method_data": { "type": "wechat_pay", "wechat_pay": { "payment_code": VECTOR } } });
    let (status, intent) = rig.post(&path, with.clone()).await;
    assert_eq!((status, &intent["status"]), (200, &json!("succeeded")));
    assert_eq!(rig.post(&path, with).await.0, 400);
}

#[tokio::test]
async fn one_key_is_one_payment_where_keys_are_honoured() {
    let rig = Rig::new().await;
    let post = |body: Value| {
        reply(rig.request(Method::POST, "/v1/payment_intents").header("Idempotency-Key", "k1").json(&body))
    };
    let (_, first) = post(payment("A1", 100, VECTOR)).await;
    let (status, again) = post(payment("A1", 100, VECTOR)).await;
    assert_eq!((status, &again), (200, &first));
    let (status, other) = post(payment("A1", 101, VECTOR)).await;
    assert_eq!((status, &other["error"]["type"]), (409, &json!("idempotency_error")));
    rig.set("/sandbox/rules", json!({ "honour_keys": false })).await;
    let (_, second) = post(payment("A1", 100, VECTOR)).await;
    assert_eq!(second["last_payment_error"]["decline_code"], "AUTH_CODE_ERROR", "a second intent");
    assert_ne!(second["id"], first["id"]);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn an_order_number_may_repeat_unless_the_rules_forbid_it() {
    let rig = Rig::new().await;
    rig.intent("A1", 100, VECTOR).await;
    rig.intent("A1", 100, "132993614656096755").await;
    assert_eq!(rig.search("A1").await.len(), 2);
    rig.set("/sandbox/rules", json!({ "unique_orders": true })).await;
    let (status, body) = rig.pay("A1", 100, "132993614656096756").await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!("ORDERPAID")));
}

#[tokio::test]
async fn a_repeated_request_with_its_key_is_answered_even_where_orders_are_unique() {
    let rig = Rig::new().await;
    rig.set("/sandbox/rules", json!({ "unique_orders": true })).await;
    let post = || {
        let request = rig.request(Method::POST, "/v1/payment_intents").header("Idempotency-Key", "k1");
        reply(request.json(&payment("A1", 100, VECTOR)))
    };
    assert_eq!(post().await, post().await);
    assert_eq!(rig.charges().await.len(), 1);
}

#[tokio::test]
async fn fifty_tills_with_one_code_make_one_charge() {
    let rig = Rig::new().await;
    let mut tills = tokio::task::JoinSet::new();
    for n in 0..50 {
        let body = payment(&format!("A{n}"), 100, VECTOR);
        tills.spawn(reply(rig.request(Method::POST, "/v1/payment_intents").json(&body)));
    }
    let answers = tills.join_all().await;
    assert_eq!(answers.iter().filter(|(_, intent)| intent["status"] == "succeeded").count(), 1);
    assert_eq!(rig.charges().await.len(), 1);
}
