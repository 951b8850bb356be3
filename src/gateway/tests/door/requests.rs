//! What leaves the till, byte by byte where it matters.

use quickpay_core::effect::Inquiry;
use quickpay_core::id::OrderId;
use quickpay_gateway::{Client, ListStyle};

use crate::server::{Server, header, says};
use crate::till::{KEY, client, in_time, intent, intent_id, options, order, sale};

const EMPTY: &str = r#"{"object":"list","data":[]}"#;

fn line(request: &str) -> &str {
    request.lines().next().unwrap()
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_sale_is_asked_for_in_exactly_these_words() {
    let server = Server::playing(vec![says(200, intent("succeeded"))]);
    let mut options = options(&server.url());
    options.os_type = "IOS".to_owned();
    options.client_ip = "192.168.0.1".to_owned();
    options.return_url = "https://yourweb.com".to_owned();
    options.description = "till \"one\"".to_owned();
    options.terminal = "T1".to_owned();
    Client::new(options).unwrap().pay(&sale(), in_time).await;
    let asked = server.asked();
    assert_eq!(line(&asked[0]), "POST /v1/payment_intents HTTP/1.1");
    let expected = concat!(
        r#"{"amount":8800,"currency":"CNY","confirm":true,"merchant_order_id":"T1-3LK2QZ-S0001a","#,
        r#""payment_method_options":{"wechat_pay":{"terminal_type":"SCAN_CODE","os_type":"IOS","client_ip":"192.168.0.1"}},"#,
        r#""payment_method_data":{"type":"wechat_pay","wechat_pay":{"payment_code":"132993614656096754"}},"#,
        r#""return_url":"https://yourweb.com","description":"till \"one\"","metadata":{"terminal":"T1"}}"#,
    );
    assert_eq!(body(&asked[0]), expected);
}

#[tokio::test]
async fn what_is_not_configured_is_left_out() {
    let server = Server::playing(vec![says(200, intent("succeeded"))]);
    client(&server.url()).pay(&sale(), in_time).await;
    let expected = concat!(
        r#"{"amount":8800,"currency":"CNY","confirm":true,"merchant_order_id":"T1-3LK2QZ-S0001a","#,
        r#""payment_method_options":{"wechat_pay":{"terminal_type":"SCAN_CODE"}},"#,
        r#""payment_method_data":{"type":"wechat_pay","wechat_pay":{"payment_code":"132993614656096754"}}}"#,
    );
    assert_eq!(body(&server.asked()[0]), expected);
}

#[tokio::test]
async fn the_key_travels_as_the_user_of_basic_authentication_with_an_empty_password() {
    let server = Server::playing(vec![says(200, intent("succeeded"))]);
    client(&server.url()).pay(&sale(), in_time).await;
    let asked = server.asked();
    // base64("sk_test_a+b/c1234567890=:")
    assert_eq!(KEY, "sk_test_a+b/c1234567890=");
    let expected = "Basic c2tfdGVzdF9hK2IvYzEyMzQ1Njc4OTA9Og==";
    assert_eq!(header(&asked[0], "authorization").as_deref(), Some(expected));
    assert_eq!(header(&asked[0], "content-type").as_deref(), Some("application/json"));
    assert_eq!(header(&asked[0], "accept").as_deref(), Some("application/json"));
    assert_eq!(header(&asked[0], "idempotency-key").as_deref(), Some("T1-3LK2QZ-S0001a"));
    assert_eq!(header(&asked[0], "cookie"), None);
    assert_eq!(header(&asked[0], "accept-encoding"), None);
}

#[tokio::test]
async fn an_intent_is_asked_about_by_its_id() {
    let server = Server::playing(vec![says(200, intent("succeeded"))]);
    client(&server.url()).inquire(&Inquiry::Intent(intent_id())).await;
    assert_eq!(line(&server.asked()[0]), "GET /v1/payment_intents/pi_1760544113783996416 HTTP/1.1");
}

#[tokio::test]
async fn an_order_is_searched_and_then_looked_for_in_the_newest_page_of_the_list() {
    let server = Server::playing(vec![says(200, EMPTY), says(200, EMPTY)]);
    client(&server.url()).inquire(&Inquiry::Order(order())).await;
    let asked = server.asked();
    let search =
        "GET /v1/payment_intents/search?query=merchant_order_id%3A%27T1-3LK2QZ-S0001a%27&limit=10 HTTP/1.1";
    assert_eq!(line(&asked[0]), search);
    assert_eq!(line(&asked[1]), "GET /v1/payment_intents HTTP/1.1");
}

#[tokio::test]
async fn the_length_of_the_list_is_asked_for_where_the_configuration_says_so() {
    let server = Server::playing(vec![says(200, EMPTY), says(200, EMPTY)]);
    let mut options = options(&server.url());
    options.list_style = ListStyle::Query;
    Client::new(options).unwrap().inquire(&Inquiry::Order(order())).await;
    assert_eq!(line(&server.asked()[1]), "GET /v1/payment_intents?limit=100 HTTP/1.1");
}

#[tokio::test]
async fn a_quote_in_an_order_id_cannot_end_the_search_text() {
    let server = Server::playing(vec![says(200, EMPTY), says(200, EMPTY)]);
    let odd = OrderId::from_journal(r"A'\ OR".to_owned());
    client(&server.url()).inquire(&Inquiry::Order(odd)).await;
    let search =
        "GET /v1/payment_intents/search?query=merchant_order_id%3A%27A%5C%27%5C%5C+OR%27&limit=10 HTTP/1.1";
    assert_eq!(line(&server.asked()[0]), search);
}

#[tokio::test]
async fn a_reversal_cancels_the_intent_with_a_reason_and_a_key_of_its_own() {
    let server = Server::playing(vec![says(200, intent("canceled"))]);
    client(&server.url()).reverse(&intent_id(), &order()).await;
    let asked = server.asked();
    assert_eq!(line(&asked[0]), "POST /v1/payment_intents/pi_1760544113783996416/cancel HTTP/1.1");
    assert_eq!(header(&asked[0], "idempotency-key").as_deref(), Some("T1-3LK2QZ-S0001a-cancel"));
    assert_eq!(body(&asked[0]), r#"{"cancellation_reason":"requested_by_customer"}"#);
}

#[tokio::test]
async fn a_probe_asks_for_a_list_of_one() {
    let server = Server::playing(vec![says(200, EMPTY)]);
    client(&server.url()).probe().await;
    assert_eq!(line(&server.asked()[0]), "GET /v1/payment_intents?limit=1 HTTP/1.1");
}

#[tokio::test]
async fn every_request_has_a_connection_of_its_own_and_none_is_sent_twice() {
    let keep = |body: String| says(200, body);
    let server = Server::playing(vec![keep(intent("processing")), keep(intent("succeeded"))]);
    let client = client(&server.url());
    for _ in 0..2 {
        client.inquire(&Inquiry::Intent(intent_id())).await;
    }
    assert_eq!(server.asked().len(), 2);
}
