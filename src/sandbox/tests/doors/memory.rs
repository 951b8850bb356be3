//! What outlives a restart.

use std::path::{Path, PathBuf};

use quickpay_sandbox::{Sandbox, SandboxError, SandboxOptions};
use reqwest::Method;
use serde_json::json;

use crate::rig::{Rig, VECTOR, options, pause, reply};

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("quickpay-sandbox-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.join("state.json")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

async fn rig_at(file: &Path) -> Rig {
    Rig::with(SandboxOptions { state_file: Some(file.to_owned()), seed: None, ..options() }).await
}

#[tokio::test]
async fn a_restarted_sandbox_remembers_intents_money_customers_and_keys() {
    let folder = Folder::new("restart");
    let rig = rig_at(&folder.file()).await;
    let code =
        rig.code(json!({ "customer": "anna", "balance": 1_000, "confirms": { "after_ms": 200 } })).await;
    let waiting = rig.intent("A1", 300, &code).await;
    let paid = rig.intent("A2", 100, VECTOR).await;
    let body = json!({ "payment_intent": paid["id"], "amount": 40 });
    let refund = |rig: &Rig| {
        reply(rig.request(Method::POST, "/v1/refunds").header("Idempotency-Key", "R1").json(&body))
    };
    let (_, given_back) = refund(&rig).await;
    rig.sandbox.stop().await;

    let rig = rig_at(&folder.file()).await;
    assert_eq!(rig.retrieve(&paid).await, paid);
    assert_eq!(refund(&rig).await, (200, given_back), "the same refund by the same key");
    pause(220).await;
    assert_eq!(rig.retrieve(&waiting).await["status"], "succeeded", "the customer confirmed meanwhile");
    assert_eq!(rig.charges().await.len(), 2);
    let (_, anna) = rig.get("/sandbox/wallet/anna").await;
    assert_eq!(anna["balance"], 700);
    assert_ne!(anna["code"], json!(code));
    assert_eq!(rig.intent("A3", 100, anna["code"].as_str().unwrap()).await["status"], "requires_action");
}

#[tokio::test]
async fn what_was_answered_is_on_the_disk_before_the_answer() {
    let folder = Folder::new("durable");
    let rig = rig_at(&folder.file()).await;
    let intent = rig.intent("A1", 100, VECTOR).await;
    let text = std::fs::read_to_string(folder.file()).unwrap();
    assert!(text.contains(intent["id"].as_str().unwrap()));
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(parsed["version"], 1);
}

#[tokio::test]
async fn a_damaged_state_file_is_a_clear_error_and_stays_as_it_is() {
    let folder = Folder::new("damaged");
    for (text, words) in [
        ("{\"version\": 1, \"books\"", "line 1"),
        (
            "{\"version\":9,\"books\":{\"intents\":{},\"charges\":{},\"refunds\":{},\"customers\":{},\"keys\":{}}}",
            "version 9",
        ),
    ] {
        std::fs::write(folder.file(), text).unwrap();
        let error = Sandbox::start(SandboxOptions { state_file: Some(folder.file()), ..options() })
            .await
            .unwrap_err();
        assert!(matches!(error, SandboxError::StateDamaged { .. }));
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), text);
    }
}

#[tokio::test]
async fn a_state_file_that_cannot_be_written_is_said_at_the_start() {
    let missing = PathBuf::from("/nonexistent/quickpay/state.json");
    let error = Sandbox::start(SandboxOptions { state_file: Some(missing), ..options() }).await.unwrap_err();
    assert!(matches!(error, SandboxError::StateFile { .. }), "{error}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_said_at_the_start() {
    let rig = Rig::new().await;
    let error =
        Sandbox::start(SandboxOptions { listen: rig.sandbox.address(), ..options() }).await.unwrap_err();
    assert!(matches!(error, SandboxError::Listen { .. }), "{error}");
}
