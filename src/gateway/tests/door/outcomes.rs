//! Every row of the outcome table (wire contract, section 12; `answer.rs`), over a real connection.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use quickpay_core::answer::{
    Answer, Decline, IntentReport, IntentStatus, Mode, Rejection, RejectionKind, Silence,
};
use quickpay_gateway::Client;

use crate::server::{Part, raw, says, says_with};
use crate::till::{
    CODE, INTENT, client, in_time, intent, intent_id, intent_with, options, order, pay, probe, retrieve,
    reverse, sale,
};

fn report(status: IntentStatus) -> IntentReport {
    IntentReport {
        id: intent_id(),
        order: Some(order()),
        amount_minor: 8800,
        currency: "CNY".to_owned(),
        mode: Some(Mode::Test),
        status,
        wallet_reference: None,
    }
}

fn decline(code: &str, decline_code: &str, message: &str) -> Decline {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Decline { code: some(code), decline_code: some(decline_code), message: some(message) }
}

/// Words with a colon begin with the code.
fn rejected(kind: RejectionKind, words: &str) -> Answer {
    let code = words.split_once(": ").map(|(code, _)| code.to_owned());
    Answer::Rejected(Rejection { kind, code, words: words.to_owned() })
}

async fn status_of(part: Part) -> IntentStatus {
    let answer = pay(part).await;
    let Answer::Intent(report) = answer else { panic!("{answer:?}") };
    report.status
}

const NO_ANSWER: Answer = Answer::Silent(Silence::NoAnswer);
const NONSENSE: Answer = Answer::Silent(Silence::Nonsense);
const SERVER_ERROR: Answer = Answer::Silent(Silence::ServerError);
const CONFLICT: Answer = Answer::Silent(Silence::Conflict);

#[tokio::test]
async fn a_port_where_nobody_listens_means_that_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = client(&format!("http://{free}"));
    assert_eq!(client.pay(&sale(), in_time).await, Answer::NotSent);
    assert_eq!(client.probe().await, Answer::NotSent);
}

#[tokio::test]
async fn a_name_without_an_address_means_that_nothing_was_sent() {
    let mut options = options("http://127.0.0.1:1");
    let hosts = ["quickpay.invalid".to_owned()];
    options.endpoint =
        quickpay_gateway::Endpoint::parse_allowing("https://quickpay.invalid", &hosts).unwrap();
    assert_eq!(Client::new(options).unwrap().pay(&sale(), in_time).await, Answer::NotSent);
}

#[tokio::test]
async fn a_code_that_grew_too_old_before_there_was_a_connection_does_not_leave() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let reading = std::thread::spawn(move || {
        let mut read = Vec::new();
        let (mut connection, _) = listener.accept().unwrap();
        drop(connection.read_to_end(&mut read)); // an end or a reset: nothing more comes
        read
    });
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let too_late = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        false
    };
    assert_eq!(client(&format!("http://{address}")).pay(&sale(), too_late).await, Answer::NotSent);
    assert_eq!(reading.join().unwrap(), b"", "no byte left, though there was a connection");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "it was asked once, with the connection there");
}

#[tokio::test]
async fn a_connection_that_closes_at_once_is_silence_because_the_request_may_have_been_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let closing = std::thread::spawn(move || drop(listener.accept().unwrap()));
    assert_eq!(client(&format!("http://{address}")).pay(&sale(), in_time).await, NO_ANSWER);
    closing.join().unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_silence() {
    assert_eq!(pay(raw("")).await, NO_ANSWER);
    assert_eq!(pay(raw("HTTP/1.1 200 OK\r\ncontent-le")).await, NO_ANSWER);
    assert_eq!(pay(raw("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"id\":")).await, NO_ANSWER);
    assert_eq!(pay(raw("not http at all\r\n\r\n")).await, NO_ANSWER);
}

#[tokio::test]
async fn no_answer_within_the_limit_is_silence() {
    let sleeps: Part = Box::new(|_| std::thread::sleep(Duration::from_secs(3)));
    let mut options = options("http://127.0.0.1:1");
    let server = crate::server::Server::playing(vec![sleeps]);
    options.endpoint = quickpay_gateway::Endpoint::parse(&server.url()).unwrap();
    options.answer_timeout = Duration::from_millis(200);
    assert_eq!(Client::new(options).unwrap().pay(&sale(), in_time).await, NO_ANSWER);
}

#[tokio::test]
async fn a_server_error_is_silence_whatever_it_says() {
    for http in [500, 502, 503, 504, 599, 408, 425] {
        assert_eq!(pay(says(http, intent("succeeded"))).await, SERVER_ERROR, "{http}");
        assert_eq!(pay(says_with(http, "", "<html>bad gateway</html>")).await, SERVER_ERROR, "{http}");
        assert_eq!(reverse(says(http, "")).await, SERVER_ERROR, "{http}");
    }
}

#[tokio::test]
async fn a_conflict_is_silence_because_the_first_request_may_have_paid() {
    assert_eq!(pay(says(409, r#"{"error":{"type":"idempotency_error"}}"#)).await, CONFLICT);
    assert_eq!(pay(says(409, "")).await, CONFLICT);
    assert_eq!(pay(says(400, r#"{"error":{"type":"idempotency_error"}}"#)).await, CONFLICT);
    assert_eq!(pay(says(400, r#"{"type":"IDEMPOTENCY_ERROR"}"#)).await, CONFLICT);
}

#[tokio::test]
async fn too_many_requests_is_silence_with_the_pause_that_is_asked_for() {
    let busy = |seconds: Option<u64>| Answer::Silent(Silence::Busy(seconds.map(Duration::from_secs)));
    assert_eq!(pay(says(429, "{}")).await, busy(None));
    assert_eq!(pay(says_with(429, "Retry-After: 7\r\n", "")).await, busy(Some(7)));
    assert_eq!(retrieve(says_with(429, "retry-after: 100000000000\r\n", "")).await, busy(Some(300)));
    assert_eq!(
        retrieve(says_with(429, "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n", "")).await,
        busy(None)
    );
    assert_eq!(reverse(says_with(429, "Retry-After: -3\r\n", "")).await, busy(None));
}

#[tokio::test]
async fn a_good_answer_that_cannot_be_read_is_silence() {
    let fraction = intent("succeeded").replace("8800", "88.00");
    let negative = intent("succeeded").replace("8800", "-8800");
    let exponent = intent("succeeded").replace("8800", "88e2");
    let huge = intent("succeeded").replace("8800", "99999999999999999999");
    let twice = intent_with("succeeded", r#""status":"canceled","#);
    let unnamed = intent("succeeded").replace(&format!("\"id\":\"{INTENT}\","), "");
    let odd_name = intent("succeeded").replace(INTENT, "../refunds");
    let other = intent("succeeded").replace("payment_intent", "refund");
    let comma = intent("succeeded").replace('}', ",}");
    let poor = r#"{"id":"pi_1","status":"succeeded"}"#.to_owned();
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    let error = r#"{"error":{"type":"api_error"}}"#.to_owned();
    for body in [
        fraction,
        negative,
        exponent,
        huge,
        twice,
        unnamed,
        odd_name,
        other,
        comma,
        poor,
        deep,
        error,
        String::new(),
        "null".into(),
        "[]".into(),
        "<html></html>".into(),
        r#"{"id":""}"#.into(),
    ] {
        let shown: String = body.chars().take(120).collect();
        assert_eq!(pay(says(200, body.clone())).await, NONSENSE, "{shown}");
        assert_eq!(retrieve(says(200, body.clone())).await, NONSENSE, "{shown}");
        assert_eq!(reverse(says(200, body)).await, NONSENSE, "{shown}");
    }
    assert_eq!(pay(raw("HTTP/1.1 204 No Content\r\n\r\n")).await, NONSENSE);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let away = "location: http://127.0.0.1:9/v1/payment_intents\r\n";
    for http in [301, 302, 303, 307, 308] {
        assert_eq!(pay(says_with(http, away, "")).await, NONSENSE, "{http}");
    }
}

#[tokio::test]
async fn a_paid_intent_is_reported_with_its_facts() {
    assert_eq!(pay(says(200, intent("succeeded"))).await, Answer::Intent(report(IntentStatus::Succeeded)));
    assert_eq!(pay(says(201, intent("SUCCEEDED"))).await, Answer::Intent(report(IntentStatus::Succeeded)));
    assert_eq!(
        retrieve(says(200, intent("Succeeded"))).await,
        Answer::Intent(report(IntentStatus::Succeeded))
    );
    assert_eq!(
        reverse(says(200, intent("succeeded"))).await,
        Answer::Intent(report(IntentStatus::Succeeded))
    );
}

#[tokio::test]
async fn an_intent_that_waits_for_the_payer_is_pending() {
    assert_eq!(status_of(says(200, intent("requires_action"))).await, IntentStatus::Pending);
    assert_eq!(status_of(says(202, intent("processing"))).await, IntentStatus::Pending);
}

#[tokio::test]
async fn an_intent_that_is_over_is_canceled_however_it_is_spelt() {
    for word in ["canceled", "cancelled", "failed", "CANCELED"] {
        assert_eq!(status_of(says(200, intent(word))).await, IntentStatus::Canceled, "{word}");
    }
}

#[tokio::test]
async fn a_status_that_proves_nothing_is_kept_as_a_word() {
    let unproven = |word: &str| IntentStatus::Unproven(word.to_owned());
    for word in ["requires_payment_method", "requires_confirmation", "requires_capture", "on_holiday"] {
        assert_eq!(status_of(says(200, intent(word))).await, unproven(word));
    }
    let blank = intent_with("requires_payment_method", r#""last_payment_error":"","#);
    assert_eq!(status_of(says(200, blank)).await, unproven("requires_payment_method"));
    let bare = intent_with("requires_payment_method", r#""last_payment_error":{},"#);
    assert_eq!(status_of(says(200, bare)).await, unproven("requires_payment_method"));
    assert_eq!(status_of(says(200, intent(""))).await, unproven("none"));
}

#[tokio::test]
async fn an_intent_with_an_error_was_refused_and_is_still_open() {
    let error =
        r#"{"code":"payment_method_provider_decline","decline_code":"NOTENOUGH","message":"余额不足"}"#;
    let expected = IntentStatus::Refused(decline("payment_method_provider_decline", "NOTENOUGH", "余额不足"));
    let object = intent_with("requires_payment_method", &format!(r#""last_payment_error":{error},"#));
    assert_eq!(status_of(says(200, object)).await, expected);
    let text = format!(r#""last_payment_error":{},"#, serde_json::Value::from(error));
    assert_eq!(status_of(says(200, intent_with("requires_payment_method", &text))).await, expected);
    let words = intent_with("requires_payment_method", r#""last_payment_error":"no luck","#);
    assert_eq!(status_of(says(200, words)).await, IntentStatus::Refused(decline("", "", "no luck")));
}

#[tokio::test]
async fn a_402_about_an_intent_is_a_refusal_of_that_intent() {
    let refused = |inner: &str| {
        let head =
            r#""type":"card_error","code":"payment_method_provider_decline","decline_code":"AUTHCODEEXPIRE""#;
        says(402, format!(r#"{{"error":{{{head},"message":"too old","payment_intent":{inner}}}}}"#))
    };
    let expected = decline("payment_method_provider_decline", "AUTHCODEEXPIRE", "too old");
    let expected = Answer::Intent(report(IntentStatus::Refused(expected)));
    assert_eq!(pay(refused(&intent("requires_payment_method"))).await, expected);
    assert_eq!(retrieve(refused(&intent("requires_payment_method"))).await, expected);
    assert_eq!(status_of(refused(&intent("canceled"))).await, IntentStatus::Canceled);
    let doubtful = IntentStatus::Unproven("succeeded, in an error".to_owned());
    assert_eq!(status_of(refused(&intent("succeeded"))).await, doubtful);
    let own = intent_with("requires_payment_method", r#""last_payment_error":{"code":"NOTENOUGH"},"#);
    assert_eq!(status_of(says(402, own)).await, IntentStatus::Refused(decline("NOTENOUGH", "", "")));
}

#[tokio::test]
async fn a_402_without_an_intent_is_a_decline_of_the_payment_only() {
    let body = r#"{"error":{"type":"card_error","code":"c","decline_code":"NOTENOUGH","message":"m"}}"#;
    let declined = |decline| Answer::Declined { decline, intent: None };
    assert_eq!(pay(says(402, body)).await, declined(decline("c", "NOTENOUGH", "m")));
    assert_eq!(pay(says(402, r#"{"code":"c","message":"m"}"#)).await, declined(decline("c", "", "m")));
    assert_eq!(pay(says(402, r#"{"error":"no"}"#)).await, declined(decline("", "", "no")));
    assert_eq!(pay(says(402, "{}")).await, declined(Decline::default()));
    assert_eq!(pay(says(402, "Payment Required")).await, NONSENSE);
    assert_eq!(retrieve(says(402, body)).await, rejected(RejectionKind::Other, "c: m"));
    assert_eq!(reverse(says(402, body)).await, rejected(RejectionKind::Other, "c: m"));
}

#[tokio::test]
async fn a_402_that_only_names_its_intent_keeps_the_name() {
    let says_id = |id: &str| {
        says(402, format!(r#"{{"error":{{"code":"c","decline_code":"NOTENOUGH","payment_intent":"{id}"}}}}"#))
    };
    let answer = pay(says_id(INTENT)).await;
    assert_eq!(
        answer,
        Answer::Declined { decline: decline("c", "NOTENOUGH", ""), intent: Some(intent_id()) }
    );
    for words in ["no such intent", "re_1", "", "pi_ 1"] {
        let answer = pay(says_id(words)).await;
        assert_eq!(
            answer,
            Answer::Declined { decline: decline("c", "NOTENOUGH", ""), intent: None },
            "{words}"
        );
    }
}

#[tokio::test]
async fn a_refusal_by_the_api_is_rejected_by_its_class() {
    for (http, kind) in [
        (400, RejectionKind::BadRequest),
        (422, RejectionKind::BadRequest),
        (401, RejectionKind::Unauthorized),
        (403, RejectionKind::Forbidden),
        (404, RejectionKind::NotFound),
        (405, RejectionKind::Other),
        (418, RejectionKind::Other),
    ] {
        let body = r#"{"error":{"type":"invalid_request_error","code":"ORDERPAID","message":"订单号重复"}}"#;
        for answer in
            [pay(says(http, body)).await, retrieve(says(http, body)).await, reverse(says(http, body)).await]
        {
            assert_eq!(answer, rejected(kind, "ORDERPAID: 订单号重复"), "{http}");
        }
    }
}

#[tokio::test]
async fn every_envelope_of_an_error_is_read() {
    let bad = |words: &str| rejected(RejectionKind::BadRequest, words);
    assert_eq!(pay(says(400, r#"{"type":"t","message":"m"}"#)).await, bad("t: m"));
    assert_eq!(pay(says(400, r#"{"code":40001,"msg":"m"}"#)).await, bad("40001: m"));
    assert_eq!(pay(says(400, r#"{"error":"text"}"#)).await, bad("text"));
    let only_code =
        Rejection { kind: RejectionKind::BadRequest, code: Some("c".to_owned()), words: "c".to_owned() };
    assert_eq!(pay(says(400, r#"{"error":"{\"code\":\"c\"}"}"#)).await, Answer::Rejected(only_code));
    assert_eq!(
        pay(says(404, r#"{"status":404,"error":"Not Found"}"#)).await,
        rejected(RejectionKind::NotFound, "Not Found")
    );
    let long = format!(r#"{{"error":"{}"}}"#, "支".repeat(5000));
    assert_eq!(pay(says(400, long)).await, bad(&"支".repeat(200)));
}

#[tokio::test]
async fn after_a_payment_request_only_a_readable_refusal_is_one() {
    for http in [400, 403, 404, 405, 422] {
        assert_eq!(pay(says(http, "<html>blocked</html>")).await, NONSENSE, "{http}");
        assert_eq!(pay(says(http, "{}")).await, NONSENSE, "{http}");
        assert_eq!(
            pay(raw(format!("HTTP/1.1 {http} X\r\ncontent-length: 99\r\n\r\n{{"))).await,
            NO_ANSWER,
            "{http}"
        );
    }
    assert_eq!(pay(says(401, "")).await, rejected(RejectionKind::Unauthorized, ""));
    assert_eq!(retrieve(says(404, "<p>gone</p>")).await, rejected(RejectionKind::NotFound, "<p>gone</p>"));
}

#[tokio::test]
async fn an_intent_named_by_any_refused_payment_is_not_lost() {
    let body = format!(r#"{{"error":{{"code":"c","payment_intent":{}}}}}"#, intent("requires_action"));
    let expected = IntentStatus::Unproven("pending, in an error".to_owned());
    assert_eq!(status_of(says(400, body)).await, expected);
}

#[tokio::test]
async fn a_cancel_that_comes_too_late_is_rejected_and_proves_nothing() {
    let inner = intent("succeeded");
    let code = "payment_intent_unexpected_state";
    let body = format!(r#"{{"error":{{"code":"{code}","message":"m","payment_intent":{inner}}}}}"#);
    let expected = rejected(RejectionKind::BadRequest, "payment_intent_unexpected_state: m");
    assert_eq!(reverse(says(400, body)).await, expected);
}

#[tokio::test]
async fn an_answer_about_another_intent_is_no_answer() {
    let other = intent("succeeded").replace(INTENT, "pi_1");
    assert_eq!(retrieve(says(200, other.clone())).await, NONSENSE);
    assert_eq!(reverse(says(200, other)).await, NONSENSE);
}

#[tokio::test]
async fn what_the_gateway_gives_is_told_even_when_it_is_not_what_was_asked_for() {
    let body = r#"{"id":"pi_1","amount":1,"currency":"usd","livemode":true,"merchant_order_id":"X","status":"succeeded"}"#;
    let Answer::Intent(report) = pay(says(200, body)).await else { panic!() };
    assert_eq!((report.amount_minor, report.currency.as_str(), report.mode), (1, "USD", Some(Mode::Live)));
    assert_eq!(report.order.unwrap().as_str(), "X");
}

#[tokio::test]
async fn any_completed_exchange_proves_the_line() {
    let found = Answer::Found(Vec::new());
    assert_eq!(probe(says(200, r#"{"data":[]}"#)).await, found);
    assert_eq!(probe(says(200, "<html>")).await, found);
    assert_eq!(probe(says(401, "")).await, rejected(RejectionKind::Unauthorized, ""));
    assert_eq!(probe(says(502, "")).await, SERVER_ERROR);
    assert_eq!(probe(raw("")).await, NO_ANSWER);
}

#[tokio::test]
async fn the_payers_code_never_comes_back_in_an_answer() {
    let error = format!(r#"{{"error":{{"code":"x{CODE}","message":"code {CODE} is used"}}}}"#);
    for http in [400, 402] {
        let shown = format!("{:?}", pay(says(http, error.clone())).await);
        assert!(!shown.contains(CODE), "{shown}");
    }
    let shown = format!("{:?}", pay(says(200, intent(CODE))).await);
    assert!(!shown.contains(CODE), "{shown}");
    let shown = format!("{:?}", retrieve(says(404, error)).await);
    assert!(shown.contains("code [digits] is used"), "{shown}");
}
