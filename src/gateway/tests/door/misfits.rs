//! Answers that nearly say something: an amount, a name or a status that is missing, odd, or another's.

use std::net::TcpListener;
use std::time::Duration;

use quickpay_core::answer::{Answer, IntentStatus, RefundAnswer, RejectionKind, Silence};
use quickpay_core::effect::Inquiry;
use quickpay_gateway::{Client, Endpoint};

use crate::server::{Part, Server, says, says_with};
use crate::till::{
    INTENT, ORDER, client, intent, intent_with, options, order, part_refund, pay, refund, retrieve,
};

const NONSENSE: Answer = Answer::Silent(Silence::Nonsense);

fn kind_of(answer: Answer) -> RejectionKind {
    let Answer::Rejected(rejection) = answer else { panic!("{answer:?}") };
    rejection.kind
}

async fn amount_of(body: String) -> Option<u64> {
    let answer = pay(says(200, body)).await;
    if answer == NONSENSE {
        return None;
    }
    let Answer::Intent(report) = answer else { panic!("{answer:?}") };
    Some(report.amount_minor)
}

#[tokio::test]
async fn an_amount_is_what_was_received_once_it_succeeded_and_never_a_guess() {
    let amount = r#""amount":8800,"#;
    let with = |status: &str, fields: &str| intent(status).replace(amount, fields);
    for (status, fields, minor) in [
        ("succeeded", r#""amount":8800,"amount_received":8700,"#, Some(8700)),
        ("succeeded", r#""amount":8800,"amount_received":null,"#, Some(8800)),
        ("succeeded", r#""amount_received":8800,"#, Some(8800)),
        ("requires_action", r#""amount":8800,"amount_received":0,"#, Some(8800)),
        ("succeeded", r#""amount":8800,"amount_received":"eighty","#, None),
        ("succeeded", r#""amount":8800,"amount_received":87.5,"#, None),
        ("succeeded", r#""amount":true,"amount_received":8800,"#, None),
        ("succeeded", r#""amount":null,"amount_received":"","#, None),
        ("succeeded", "", None),
    ] {
        assert_eq!(amount_of(with(status, fields)).await, minor, "{status} {fields}");
    }
}

#[tokio::test]
async fn an_intent_without_a_currency_is_none() {
    for currency in ["", r#""currency":null,"#, r#""currency":"","#, r#""currency":{},"#] {
        let body = intent("succeeded").replace(r#""currency":"CNY","#, currency);
        assert_eq!(pay(says(200, body)).await, NONSENSE, "{currency}");
    }
}

#[tokio::test]
async fn no_redirect_tells_anything_whatever_stands_in_it() {
    for http in [300, 301, 302, 303, 305, 307, 308] {
        assert_eq!(pay(says(http, intent("succeeded"))).await, NONSENSE, "{http}");
        assert_eq!(retrieve(says(http, intent("canceled"))).await, NONSENSE, "{http}");
    }
}

#[tokio::test]
async fn a_key_that_is_not_taken_refuses_a_payment_without_a_word() {
    for body in ["{}", "[]", "", "<html>"] {
        assert_eq!(kind_of(pay(says(401, body)).await), RejectionKind::Unauthorized, "{body}");
    }
}

#[tokio::test]
async fn an_error_tells_only_of_the_intent_that_was_asked_about_and_only_what_it_says() {
    let error =
        |intent: String| says(402, format!(r#"{{"error":{{"code":"c","payment_intent":{intent}}}}}"#));
    let other = intent("requires_payment_method").replace(INTENT, "pi_1");
    assert_eq!(kind_of(retrieve(error(other)).await), RejectionKind::Other);
    for (word, refused) in [
        ("requires_payment_method", true),
        ("", true),
        ("requires_capture", false),
        ("requires_confirmation", false),
        ("on_holiday", false),
    ] {
        let Answer::Intent(report) = pay(error(intent(word))).await else { panic!("{word}") };
        assert_eq!(matches!(report.status, IntentStatus::Refused(_)), refused, "{word}: {:?}", report.status);
        assert_eq!(
            matches!(report.status, IntentStatus::Unproven(_)),
            !refused,
            "{word}: {:?}",
            report.status
        );
    }
}

#[tokio::test]
async fn an_order_id_that_only_begins_like_ours_is_anothers() {
    let stranger = intent("succeeded").replace(ORDER, &format!("{ORDER}2"));
    let page = || says(200, format!(r#"{{"data":[{stranger}]}}"#));
    let server = Server::playing(vec![page(), page()]);
    let answer = client(&server.url()).inquire(&Inquiry::Order(order())).await;
    assert_eq!(answer, Answer::Found(Vec::new()));
}

#[tokio::test]
async fn a_wallets_number_that_is_blank_is_none() {
    for (number, told) in [("  ", None), (" 42 ", Some("42")), ("", None)] {
        let fields = format!(
            r#""charges":{{"data":[{{"payment_method_details":{{"wechat_pay":{{"transaction_id":"{number}"}}}}}}]}},"#
        );
        let answer = pay(says(200, intent_with("succeeded", &fields))).await;
        let Answer::Intent(report) = answer else { panic!("{answer:?}") };
        assert_eq!(report.wallet_reference.as_deref(), told, "{number:?}");
    }
}

#[tokio::test]
async fn a_refund_that_may_be_under_way_is_not_refused_by_an_error_of_the_moment() {
    let error = r#"{"error":{"type":"rate_limit_error","code":"c","message":"m"}}"#;
    let silent = |silence| RefundAnswer::Silent(silence);
    let busy = |wait: Option<u64>| silent(Silence::Busy(wait.map(Duration::from_secs)));
    assert_eq!(refund(says(429, error)).await, busy(None));
    assert_eq!(refund(says_with(429, "Retry-After: 7\r\n", error)).await, busy(Some(7)));
    for http in [408, 425, 500, 502, 503] {
        assert_eq!(refund(says(http, error)).await, silent(Silence::ServerError), "{http}");
    }
    let conflict = r#"{"error":{"type":"idempotency_error","message":"m"}}"#;
    for http in [400, 402, 409, 422] {
        assert_eq!(refund(says(http, conflict)).await, silent(Silence::Conflict), "{http}");
    }
}

#[tokio::test]
async fn a_refund_to_a_port_where_nobody_listens_was_not_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(client(&format!("http://{free}")).refund(&part_refund()).await, RefundAnswer::NotSent);
}

#[tokio::test]
async fn a_refund_without_an_answer_within_the_limit_is_silence() {
    let sleeps: Part = Box::new(|_| std::thread::sleep(Duration::from_secs(3)));
    let server = Server::playing(vec![sleeps]);
    let mut options = options("http://127.0.0.1:1");
    options.endpoint = Endpoint::parse(&server.url()).unwrap();
    options.answer_timeout = Duration::from_millis(200);
    let (client, request) = (Client::new(options).unwrap(), part_refund());
    let answer = client.refund(&request);
    let answer = tokio::time::timeout(Duration::from_secs(2), answer).await;
    assert_eq!(answer.unwrap(), RefundAnswer::Silent(Silence::NoAnswer));
}

#[tokio::test]
async fn only_a_refusal_in_words_or_of_the_key_refuses_a_refund_and_only_a_refund_tells_of_one() {
    let nonsense = RefundAnswer::Silent(Silence::Nonsense);
    for http in [400, 402, 403, 404, 422] {
        assert_eq!(refund(says(http, "{}")).await, nonsense, "{http}");
    }
    let refused = |answer: RefundAnswer| {
        let RefundAnswer::Rejected(rejection) = answer else { panic!("{answer:?}") };
        rejection.kind
    };
    assert_eq!(refused(refund(says(401, "{}")).await), RejectionKind::Unauthorized);
    let only_type = r#"{"error":{"type":"invalid_request_error"}}"#;
    assert_eq!(refused(refund(says(400, only_type)).await), RejectionKind::BadRequest);
    assert_eq!(kind_of(pay(says(400, only_type)).await), RejectionKind::BadRequest);
    let intent = r#"{"id":"pi_1","object":"payment_intent","amount":1000,"status":"succeeded"}"#;
    assert_eq!(refund(says(200, intent)).await, nonsense);
}
