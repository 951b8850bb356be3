//! The key and the payer's code appear in no Debug and in no log.

use std::net::TcpListener;

use quickpay_core::effect::Inquiry;

use crate::log::Log;
use crate::server::{Part, Server, raw, says, says_with};
use crate::till::{CODE, KEY, client, in_time, intent, intent_id, options, order, sale};

fn holds_a_secret(text: &str) -> bool {
    [KEY, CODE, "a+b/c1234567890", "c2tfdGVzdF9", "132993", "096754"]
        .iter()
        .any(|secret| text.contains(secret))
}

#[test]
fn neither_key_nor_code_can_be_printed() {
    let shown = format!("{:?} {:?}", options("http://127.0.0.1:1"), client("http://127.0.0.1:1"));
    assert!(!holds_a_secret(&shown), "{shown}");
    assert!(shown.contains("SecretKey(Test, redacted)"), "{shown}");
    assert!(!holds_a_secret(&format!("{:?}", sale())));
}

#[tokio::test]
async fn neither_key_nor_code_is_logged_whatever_the_gateway_says() {
    let (log, _guard) = Log::listening();
    let echo = format!(r#"{{"error":{{"message":"x{CODE}x {CODE} {KEY} Basic c2tfdGVzdF9hK2I="}}}}"#);
    let parts = || -> Vec<Part> {
        vec![
            says(200, intent("succeeded")),
            says(200, echo.clone()),
            says(400, echo.clone()),
            says(402, echo.clone()),
            says(500, echo.clone()),
            says_with(429, &format!("x-request-id: req-{CODE}\r\n"), echo.clone()),
            raw("garbage"),
            raw(""),
        ]
    };
    for part in parts() {
        let server = Server::playing(vec![part]);
        client(&server.url()).pay(&sale(), in_time).await;
    }
    // Answers about a payment repeat its code at most as the digits that it is.
    let echo = echo.replace(&format!("x{CODE}x"), "");
    for http in [200, 401, 404, 503] {
        let server = Server::playing(vec![says(http, echo.clone()), says(http, echo.clone())]);
        let client = client(&server.url());
        client.reverse(&intent_id(), &order()).await;
        client.inquire(&Inquiry::Intent(intent_id())).await;
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    client(&format!("http://{free}")).pay(&sale(), in_time).await;
    let text = log.text();
    assert!(!holds_a_secret(&text), "{text}");
    assert!(text.contains("nobody listens at the gateway's address"), "{text}");
}

#[tokio::test]
async fn an_exchange_is_logged_with_its_facts() {
    let (log, _guard) = Log::listening();
    let server = Server::playing(vec![says_with(
        400,
        "X-Woosh-Request-Id: req_7\r\n",
        r#"{"error":{"message":"no","payment_intent":{"client_secret":"pi_1_secret_QXX"}}}"#,
    )]);
    client(&server.url()).pay(&sale(), in_time).await;
    let text = log.text();
    for part in
        ["operation=\"pay\"", "order=\"T1-3LK2QZ-S0001a\"", "http=400", "request_id=\"req_7\"", "millis="]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("QXX") && text.contains("[secret]"), "{text}");
}
