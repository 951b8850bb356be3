//! One sandbox and a client that speaks to it as a till would.

use std::net::SocketAddr;
use std::time::Duration;

use quickpay_sandbox::{RunningSandbox, Sandbox, SandboxOptions};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

pub(crate) const VECTOR: &str = "132993614656096754";

pub(crate) struct Rig {
    pub(crate) sandbox: RunningSandbox,
    pub(crate) client: Client,
}

/// A status and a body.
pub(crate) type Reply = (u16, Value);

pub(crate) fn options() -> SandboxOptions {
    SandboxOptions { seed: Some(7), ..SandboxOptions::at(loopback()) }
}

pub(crate) fn loopback() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

pub(crate) fn client() -> Client {
    // In a build of the whole workspace reqwest carries the gateway client's TLS and wants a provider named, even for
    // plain http. A second call finds it named.
    let _named_before = rustls::crypto::ring::default_provider().install_default();
    Client::builder().timeout(Duration::from_secs(5)).pool_max_idle_per_host(0).build().unwrap()
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn with(options: SandboxOptions) -> Self {
        Self { sandbox: Sandbox::start(options).await.unwrap(), client: client() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path)).basic_auth("sk_test_sandbox", Some(""))
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Reply {
        reply(self.request(Method::POST, path).json(&body)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        reply(self.request(Method::GET, path)).await
    }

    /// Posts to `/sandbox` and expects it to be taken.
    pub(crate) async fn set(&self, path: &str, body: Value) -> Value {
        let (status, body) = self.post(path, body).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    pub(crate) async fn script(&self, steps: Value) {
        self.set("/sandbox/script", steps).await;
    }

    pub(crate) async fn code(&self, customer: Value) -> String {
        self.set("/sandbox/wallet", customer).await["code"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn pay(&self, order: &str, amount: i64, code: &str) -> Reply {
        self.post("/v1/payment_intents", payment(order, amount, code)).await
    }

    /// Pays and expects an intent.
    pub(crate) async fn intent(&self, order: &str, amount: i64, code: &str) -> Value {
        let (status, body) = self.pay(order, amount, code).await;
        assert_eq!(status, 200, "{body}");
        body
    }

    /// Pays and expects no answer.
    pub(crate) async fn pay_in_vain(&self, order: &str, code: &str) {
        let sent = self.request(Method::POST, "/v1/payment_intents").json(&payment(order, 100, code));
        let answered = sent.send().await;
        assert!(answered.is_err(), "{answered:?}");
    }

    pub(crate) async fn retrieve(&self, intent: &Value) -> Value {
        self.get(&format!("/v1/payment_intents/{}", intent["id"].as_str().unwrap())).await.1
    }

    pub(crate) async fn cancel(&self, intent: &Value) -> Reply {
        let path = format!("/v1/payment_intents/{}/cancel", intent["id"].as_str().unwrap());
        self.post(&path, json!({ "cancellation_reason": "requested_by_customer" })).await
    }

    pub(crate) async fn search(&self, order: &str) -> Vec<Value> {
        let query = format!("merchant_order_id:%27{order}%27");
        let (status, body) = self.get(&format!("/v1/payment_intents/search?query={query}&limit=10")).await;
        assert_eq!(status, 200, "{body}");
        body["data"].as_array().unwrap().clone()
    }

    pub(crate) async fn charges(&self) -> Vec<Value> {
        self.get("/sandbox/charges").await.1["charges"].as_array().unwrap().clone()
    }

    pub(crate) async fn requests(&self, op: &str) -> Vec<Value> {
        let all = self.get("/sandbox/requests").await.1["requests"].as_array().unwrap().clone();
        all.into_iter().filter(|request| request["op"] == op).collect()
    }
}

pub(crate) async fn reply(request: RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let bytes = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

pub(crate) fn payment(order: &str, amount: i64, code: &str) -> Value {
    payment_by("wechat_pay", order, amount, code)
}

pub(crate) fn payment_by(wallet: &str, order: &str, amount: i64, code: &str) -> Value {
    json!({
        "amount": amount, "currency": "CNY", "confirm": true, "merchant_order_id": order,
        "payment_method_options": { wallet: {
            "terminal_type": "SCAN_CODE", "os_type": "IOS", "client_ip": "192.168.0.1",
        }},
        "payment_method_data": { "type": wallet, wallet: { "payment_code": code }},
        "metadata": { "sale": "S1" },
    })
}

pub(crate) async fn pause(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}
