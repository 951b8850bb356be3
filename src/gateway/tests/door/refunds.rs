//! Refunds at the door.

use quickpay_core::answer::{RefundAnswer, RefundNumber, RefundStanding, RejectionKind, Silence};

use crate::server::{Server, says};
use crate::till::{client, part_refund, refund};

fn body(status: &str) -> String {
    format!(r#"{{"id":"re_1","object":"refund","amount":1000,"currency":"cny","status":"{status}"}}"#)
}

#[tokio::test]
async fn a_refund_names_intent_amount_and_number() {
    let server = Server::playing(vec![says(200, body("succeeded"))]);
    let answer = client(&server.url()).refund(&part_refund()).await;
    let RefundAnswer::Refund(report) = answer else { panic!("{answer:?}") };
    assert_eq!((report.id, report.amount_minor), (RefundNumber("re_1".into()), Some(1000)));
    assert_eq!(report.standing, RefundStanding::Succeeded);
    let asked = server.asked().remove(0);
    assert!(asked.starts_with("POST /v1/refunds HTTP/1.1\r\n"), "{asked}");
    assert!(asked.to_lowercase().contains("idempotency-key: t1-3lk2qz-s0001r1\r\n"), "{asked}");
    let sent =
        r#"{"payment_intent":"pi_1760544113783996416","amount":1000,"reason":"requested_by_customer"}"#;
    assert!(asked.ends_with(sent), "{asked}");
}

#[tokio::test]
async fn every_answer_about_a_refund_has_its_place() {
    let standing = |answer: RefundAnswer| match answer {
        RefundAnswer::Refund(report) => report.standing,
        RefundAnswer::NotSent | RefundAnswer::Silent(_) | RefundAnswer::Rejected(_) => panic!("no refund"),
    };
    assert_eq!(standing(refund(says(200, body("pending"))).await), RefundStanding::Pending);
    assert_eq!(standing(refund(says(200, body("failed"))).await), RefundStanding::Failed("failed".into()));
    assert_eq!(standing(refund(says(200, body("odd"))).await), RefundStanding::Unproven("odd".into()));
    let silent = RefundAnswer::Silent;
    assert_eq!(refund(says(200, "{}")).await, silent(Silence::Nonsense));
    assert_eq!(
        refund(says(200, r#"{"id":"re_1","status":"succeeded","amount":10.5}"#)).await,
        silent(Silence::Nonsense)
    );
    assert_eq!(refund(says(502, "<html>")).await, silent(Silence::ServerError));
    assert_eq!(refund(says(409, "{}")).await, silent(Silence::Conflict));
    assert_eq!(refund(says(400, "<html>")).await, silent(Silence::Nonsense));
    assert_eq!(refund(Box::new(|_| {})).await, silent(Silence::NoAnswer));
    let refused = refund(says(400, r#"{"error":{"code":"too_much","message":"more than is left"}}"#)).await;
    let RefundAnswer::Rejected(rejection) = refused else { panic!("{refused:?}") };
    assert_eq!(
        (rejection.kind, rejection.words.as_str()),
        (RejectionKind::BadRequest, "too_much: more than is left")
    );
}

#[tokio::test]
async fn a_named_refund_is_asked_about_by_its_id() {
    let server = Server::playing(vec![says(200, body("succeeded")), says(200, body("succeeded"))]);
    let client = client(&server.url());
    let asked = client.inquire_refund(&RefundNumber("re_1".into())).await;
    assert!(matches!(asked, RefundAnswer::Refund(_)), "{asked:?}");
    let other = client.inquire_refund(&RefundNumber("re_2".into())).await;
    assert_eq!(other, RefundAnswer::Silent(Silence::Nonsense));
    assert!(server.asked().remove(0).starts_with("GET /v1/refunds/re_1 "));
}

#[tokio::test]
async fn an_answer_about_a_refund_of_another_payment_is_no_answer() {
    let of = |intent: &str| {
        body("succeeded").replace("\"amount\"", &format!("\"payment_intent\":{intent},\"amount\""))
    };
    let strange = refund(says(200, of("\"pi_1787730829493927936\""))).await;
    assert_eq!(strange, RefundAnswer::Silent(Silence::Nonsense));
    for ours in [of("\"pi_1760544113783996416\""), of("null"), of("\"\""), of("{\"id\":\"pi_1\"}")] {
        assert!(matches!(refund(says(200, ours)).await, RefundAnswer::Refund(_)));
    }
}

#[tokio::test]
async fn a_refund_that_says_one_thing_twice_says_nothing() {
    let twice = body("failed").replace("\"status\"", "\"status\":\"succeeded\",\"status\"");
    assert_eq!(refund(says(200, twice)).await, RefundAnswer::Silent(Silence::Nonsense));
}
