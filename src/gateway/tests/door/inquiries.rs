//! Looking for an order of which no intent was ever named.

use std::net::TcpListener;

use quickpay_core::answer::{Answer, IntentStatus, RejectionKind, Silence};
use quickpay_core::effect::Inquiry;

use crate::server::{Part, Server, raw, says};
use crate::till::{ORDER, client, intent, order};

async fn look_for_order(parts: Vec<Part>) -> Answer {
    let server = Server::playing(parts);
    client(&server.url()).inquire(&Inquiry::Order(order())).await
}

fn page(items: &[String]) -> Part {
    says(200, format!(r#"{{"object":"list","has_more":false,"data":[{}]}}"#, items.join(",")))
}

fn found(answer: Answer) -> Vec<(String, IntentStatus)> {
    let Answer::Found(intents) = answer else { panic!("{answer:?}") };
    intents.into_iter().map(|intent| (intent.id.0, intent.status)).collect()
}

fn stranger(order: &str) -> String {
    intent("succeeded").replace(ORDER, order)
}

#[tokio::test]
async fn a_search_gives_the_intents_of_exactly_our_order() {
    let second = intent("canceled").replace("pi_1760544113783996416", "pi_2");
    let items = [stranger("T1-3LK2QZ-S0001"), intent("succeeded"), stranger(""), second];
    let expected = vec![
        ("pi_1760544113783996416".to_owned(), IntentStatus::Succeeded),
        ("pi_2".to_owned(), IntentStatus::Canceled),
    ];
    assert_eq!(found(look_for_order(vec![page(&items)]).await), expected);
}

#[tokio::test]
async fn what_the_search_does_not_know_is_looked_for_in_the_list() {
    let list = page(&[stranger("X"), intent("requires_action")]);
    let expected = vec![("pi_1760544113783996416".to_owned(), IntentStatus::Pending)];
    assert_eq!(found(look_for_order(vec![page(&[]), list]).await), expected);
    assert_eq!(found(look_for_order(vec![page(&[]), page(&[stranger("X")])]).await), Vec::new());
}

#[tokio::test]
async fn a_gateway_without_a_search_still_has_a_list() {
    let refusal = || says(404, r#"{"error":{"code":"resource_missing","message":"no such path"}}"#);
    assert_eq!(found(look_for_order(vec![refusal(), page(&[intent("succeeded")])]).await).len(), 1);
    let Answer::Rejected(rejection) = look_for_order(vec![refusal(), page(&[])]).await else { panic!() };
    assert_eq!(rejection.kind, RejectionKind::NotFound);
}

#[tokio::test]
async fn a_list_that_is_refused_leaves_the_empty_search_as_it_is() {
    assert_eq!(found(look_for_order(vec![page(&[]), says(403, "{}")]).await), Vec::new());
}

#[tokio::test]
async fn a_list_that_is_silent_leaves_the_question_open() {
    assert_eq!(look_for_order(vec![page(&[]), says(500, "")]).await, Answer::Silent(Silence::ServerError));
    assert_eq!(look_for_order(vec![page(&[]), raw("")]).await, Answer::Silent(Silence::NoAnswer));
}

#[tokio::test]
async fn a_wrong_key_is_told_at_once() {
    let server = Server::playing(vec![says(401, "{}"), page(&[])]);
    let Answer::Rejected(rejection) = client(&server.url()).inquire(&Inquiry::Order(order())).await else {
        panic!()
    };
    assert_eq!((rejection.kind, server.asked().len()), (RejectionKind::Unauthorized, 1));
}

#[tokio::test]
async fn an_unreadable_intent_of_another_order_does_no_harm_but_one_of_ours_does() {
    let odd = |order: &str| stranger(order).replace("8800", "88.5");
    assert_eq!(
        found(look_for_order(vec![page(&[odd("X"), "7".to_owned(), intent("succeeded")])]).await).len(),
        1
    );
    let nonsense = Answer::Silent(Silence::Nonsense);
    assert_eq!(look_for_order(vec![page(&[odd(ORDER), intent("succeeded")])]).await, nonsense);
}

#[tokio::test]
async fn a_page_is_read_in_every_shape_that_was_seen() {
    let one = intent("succeeded");
    assert_eq!(found(look_for_order(vec![says(200, format!("[{one}]"))]).await).len(), 1);
    let text = serde_json::Value::from(format!("[{one}]"));
    assert_eq!(found(look_for_order(vec![says(200, format!(r#"{{"data":{text}}}"#))]).await).len(), 1);
    let none = || says(200, r#"{"object":"list","data":null}"#);
    assert_eq!(found(look_for_order(vec![none(), none()]).await), Vec::new());
    for odd in ["{}", r#"{"data":{}}"#, r#"{"data":7}"#, "7", "", "<html>"] {
        assert_eq!(look_for_order(vec![says(200, odd)]).await, Answer::Silent(Silence::Nonsense), "{odd}");
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_not_asked() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let answer = client(&format!("http://{free}")).inquire(&Inquiry::Order(order())).await;
    assert_eq!(answer, Answer::NotSent);
}
