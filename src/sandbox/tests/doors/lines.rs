//! The line goes down in every way, and comes back.

use std::net::SocketAddr;
use std::time::Duration;

use quickpay_sandbox::{SandboxOptions, Script};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use crate::rig::{Rig, VECTOR, loopback, options, pause, payment, reply};

async fn rig_with_control() -> (Rig, String) {
    let rig = Rig::with(SandboxOptions { control: Some(loopback()), ..options() }).await;
    let control = format!("http://{}", rig.sandbox.control_address().unwrap());
    (rig, control)
}

async fn set(rig: &Rig, control: &str, line: Value) {
    let (status, body) = reply(rig.client.post(format!("{control}/sandbox/line")).json(&line)).await;
    assert_eq!(status, 200, "{body}");
}

async fn refused(address: SocketAddr) -> bool {
    TcpStream::connect(address)
        .await
        .is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

#[tokio::test]
async fn with_a_control_socket_a_line_that_refuses_really_closes_the_main_one() {
    let (rig, control) = rig_with_control().await;
    let address = rig.sandbox.address();
    for _ in 0..3 {
        set(&rig, &control, json!({ "line": "down", "how": "refuse" })).await;
        assert!(refused(address).await);
        let (_, line) = reply(rig.client.get(format!("{control}/sandbox/line"))).await;
        assert_eq!((&line["line"], &line["how"]), (&json!("down"), &json!("refuse")));
        set(&rig, &control, json!({ "line": "up" })).await;
        assert_eq!(rig.get("/v1/payment_intents").await.0, 200);
    }
    assert_eq!(rig.sandbox.address(), address);
    rig.sandbox.stop().await;
    assert!(refused(address).await);
}

#[tokio::test]
async fn a_connection_that_idles_ends_when_the_line_refuses() {
    let (rig, control) = rig_with_control().await;
    let idle = TcpStream::connect(rig.sandbox.address()).await.unwrap();
    pause(50).await;
    set(&rig, &control, json!({ "line": "down" })).await;
    tokio::time::timeout(Duration::from_secs(2), idle.readable()).await.unwrap().unwrap();
    assert_eq!(idle.try_read(&mut [0; 8]).unwrap(), 0, "closed");
}

#[tokio::test]
async fn without_a_control_socket_payments_are_dropped_and_the_sandbox_paths_go_on() {
    let rig = Rig::new().await;
    rig.set("/sandbox/line", json!({ "line": "down" })).await;
    rig.pay_in_vain("A1", VECTOR).await;
    assert_eq!(rig.charges().await.len(), 0);
    assert_eq!(rig.requests("create").await.len(), 0, "it never arrived");
    rig.set("/sandbox/line", json!({ "line": "up" })).await;
    assert_eq!(rig.intent("A1", 100, VECTOR).await["status"], "succeeded");
}

#[tokio::test]
async fn a_black_hole_takes_connections_and_never_answers() {
    let rig = Rig::new().await;
    rig.set("/sandbox/line", json!({ "line": "down", "how": "black_hole" })).await;
    let request = rig.request(reqwest::Method::POST, "/v1/payment_intents").json(&payment("A1", 100, VECTOR));
    assert!(request.timeout(Duration::from_millis(150)).send().await.unwrap_err().is_timeout());
    assert_eq!(rig.charges().await.len(), 0, "nothing is carried out");
    rig.set("/sandbox/line", json!({ "line": "up" })).await;
    assert_eq!(rig.intent("A1", 100, VECTOR).await["status"], "succeeded");
}

#[tokio::test]
async fn a_slow_line_is_slow() {
    let rig = Rig::new().await;
    rig.set("/sandbox/line", json!({ "line": "slow", "delay_ms": 120 })).await;
    let begun = std::time::Instant::now();
    rig.intent("A1", 100, VECTOR).await;
    assert!(begun.elapsed() >= Duration::from_millis(120));
    assert_eq!(rig.post("/sandbox/line", json!({ "line": "slow" })).await.0, 400);
    assert_eq!(rig.post("/sandbox/line", json!({ "line": "sideways" })).await.0, 400);
}

#[tokio::test]
async fn lost_replies_leave_the_deed_done() {
    let rig = Rig::new().await;
    rig.set("/sandbox/line", json!({ "replies": "lost" })).await;
    rig.pay_in_vain("A1", VECTOR).await;
    assert_eq!(rig.charges().await.len(), 1);
    rig.set("/sandbox/line", json!({ "line": "up", "replies": "kept" })).await;
    assert_eq!(rig.search("A1").await[0]["status"], "succeeded");
}

#[tokio::test]
async fn a_line_that_goes_down_in_mid_request_takes_the_answer_with_it() {
    let rig = Rig::new().await;
    rig.script(json!([{ "then": { "delay_ms": 5_000 } }])).await;
    let vain = rig.pay_in_vain("A1", VECTOR);
    let down = async {
        pause(100).await;
        rig.set("/sandbox/line", json!({ "line": "down", "how": "black_hole" })).await;
    };
    tokio::time::timeout(Duration::from_secs(2), async { tokio::join!(vain, down) }).await.unwrap();
    assert_eq!(rig.charges().await.len(), 1, "it had arrived");
}

#[tokio::test]
async fn a_reset_clears_the_money_the_script_the_log_the_rules_and_the_line() {
    let script = Script::read(r#"[{"match": "search", "then": "forget"}]"#).unwrap();
    let rig = Rig::with(SandboxOptions { script, ..options() }).await;
    rig.intent("A1", 100, VECTOR).await;
    rig.set("/sandbox/rules", json!({ "strict_codes": true })).await;
    rig.set("/sandbox/line", json!({ "line": "down" })).await;
    rig.set("/sandbox/reset", json!({})).await;
    assert_eq!(rig.charges().await.len(), 0);
    assert_eq!(rig.get("/sandbox/requests").await.1["requests"], json!([]));
    assert_eq!(rig.get("/sandbox/script").await.1["steps"], json!([]));
    assert_eq!(rig.get("/sandbox/line").await.1["line"], "up");
    assert_eq!(rig.intent("A1", 100, VECTOR).await["status"], "succeeded", "codes are forgotten too");
}

#[tokio::test]
async fn stopping_does_not_wait_for_the_patient() {
    let rig = Rig::new().await;
    rig.set("/sandbox/line", json!({ "line": "down", "how": "black_hole" })).await;
    let address = rig.sandbox.address();
    let request = rig.request(reqwest::Method::GET, "/v1/payment_intents");
    let waiting = tokio::spawn(request.send());
    pause(50).await;
    tokio::time::timeout(Duration::from_secs(2), rig.sandbox.stop()).await.unwrap();
    assert!(waiting.await.unwrap().is_err());
    assert!(refused(address).await);
}
