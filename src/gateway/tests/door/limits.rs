//! A hostile gateway: however much it sends, and however slowly, an exchange ends in time and is silence
//! (platform notes, sections 7 and 8, target 14).

use std::time::{Duration, Instant};

use quickpay_core::answer::{Answer, Silence};

use crate::server::{Part, Server, drips, raw, says};
use crate::till::{client, in_time, intent, intent_with, order, pay, probe, sale};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";

async fn timed(part: Part) -> (Answer, Duration) {
    let begun = Instant::now();
    let answer = pay(part).await;
    (answer, begun.elapsed())
}

#[tokio::test]
async fn a_body_of_ten_megabytes_is_not_read_to_its_end() {
    let announced = format!("HTTP/1.1 200 OK\r\ncontent-length: 10000000\r\n\r\n{}", " ".repeat(10_000_000));
    let chunked = drips(HEAD, &[b' '; 65_536], Duration::ZERO);
    for part in [raw(announced), chunked] {
        let (answer, took) = timed(part).await;
        assert_eq!(answer, Answer::Silent(Silence::Nonsense));
        assert!(took < Duration::from_millis(2500), "{took:?}");
    }
}

#[tokio::test]
async fn one_byte_at_a_time_ends_with_the_limit() {
    for head in [HEAD, "HTTP/1.1 200 OK\r\nx: "] {
        let (answer, took) = timed(drips(head, b" ", Duration::from_millis(100))).await;
        assert_eq!(answer, Answer::Silent(Silence::NoAnswer));
        assert!((Duration::from_millis(1900)..Duration::from_millis(2500)).contains(&took), "{took:?}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_long_is_silence() {
    let megabyte = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n{{}}", "a".repeat(1_000_000));
    let (answer, took) = timed(raw(megabyte)).await;
    assert!(matches!(answer, Answer::Silent(_)), "{answer:?}");
    assert!(took < Duration::from_millis(2500), "{took:?}");
    let body = intent("succeeded");
    let length = body.len();
    let long =
        format!("HTTP/1.1 200 OK\r\nx: {}\r\ncontent-length: {length}\r\n\r\n{body}", "a".repeat(40_000));
    assert_eq!(pay(raw(long)).await, Answer::Silent(Silence::Nonsense));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n{{}}", "a: b\r\n".repeat(5000));
    assert!(matches!(pay(raw(many)).await, Answer::Silent(_)));
}

#[tokio::test]
async fn an_intent_has_256_kib_and_a_list_one_mib() {
    let padded =
        |bytes: usize| intent_with("succeeded", &format!(r#""description":"{}","#, "a".repeat(bytes)));
    assert!(matches!(pay(says(200, padded(250_000))).await, Answer::Intent(_)));
    assert_eq!(pay(says(200, padded(270_000))).await, Answer::Silent(Silence::Nonsense));
    let list = |bytes: usize| says(200, format!(r#"{{"data":[{}]}}"#, padded(bytes)));
    let server = Server::playing(vec![list(1_000_000), list(1_100_000)]);
    let by_order = quickpay_core::effect::Inquiry::Order(order());
    let client = client(&server.url());
    assert!(matches!(client.inquire(&by_order).await, Answer::Found(found) if found.len() == 1));
    assert_eq!(client.inquire(&by_order).await, Answer::Silent(Silence::Nonsense));
}

#[tokio::test]
async fn compressed_bodies_are_not_unpacked() {
    let packed = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00";
    assert_eq!(pay(raw(*packed)).await, Answer::Silent(Silence::Nonsense));
}

#[tokio::test]
async fn texts_are_cut() {
    let long = "a".repeat(100_000);
    let shown = format!("{:?}", pay(says(200, intent(&long))).await);
    assert!(shown.len() < 2000, "{}", shown.len());
    let error = format!(r#""last_payment_error":{{"message":"{long}","code":"{long}"}},"#);
    let shown = format!("{:?}", pay(says(200, intent_with("requires_payment_method", &error))).await);
    assert!(shown.len() < 3000, "{}", shown.len());
}

#[tokio::test]
async fn two_requests_of_one_inquiry_share_one_limit() {
    let late = |pause: u64| -> Part {
        Box::new(move |stream| {
            std::thread::sleep(Duration::from_millis(pause));
            says(200, r#"{"data":[]}"#)(stream);
        })
    };
    let server = Server::playing(vec![late(1500), late(1500)]);
    let begun = Instant::now();
    let answer = client(&server.url()).inquire(&quickpay_core::effect::Inquiry::Order(order())).await;
    assert_eq!(answer, Answer::Silent(Silence::NoAnswer));
    assert!(begun.elapsed() < Duration::from_millis(2500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_probe_has_a_shorter_limit_of_its_own() {
    let begun = Instant::now();
    assert_eq!(probe(drips("", b"", Duration::from_millis(100))).await, Answer::Silent(Silence::NoAnswer));
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_queue_that_nobody_serves_is_silence_or_unsent_but_never_forever() {
    // The listener never accepts: the kernel completes the connection, so bytes may have left.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    assert_eq!(client(&url).pay(&sale(), in_time).await, Answer::Silent(Silence::NoAnswer));
}
