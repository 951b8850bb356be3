//! How a till ends, and that one alone uses a data directory.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{SetUp, Shop};
use crate::till::{quickpay, terminate, wait};

/// The contract says 2 s; a machine that is busy with other tests gets twice as long.
const STOP_LIMIT: Duration = Duration::from_secs(4);

#[test]
fn sigterm_ends_an_idle_till_with_success() {
    let (shop, mut till) = Shop::with_till();
    let asked = Instant::now();
    till.terminate();
    assert_eq!(till.ended().code(), Some(0));
    assert!(asked.elapsed() < STOP_LIMIT, "{:?}", asked.elapsed());
    drop(shop);
}

#[test]
fn sigterm_right_after_ready_ends_a_till_with_success() {
    let shop = Shop::open(&SetUp::default());
    for _ in 0..5 {
        let mut till = shop.start();
        till.terminate();
        assert_eq!(till.ended().code(), Some(0));
    }
}

#[test]
fn sigterm_ends_a_till_that_waits_for_an_answer_with_success() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { line_check_ms: 60_000, ..SetUp::default() });
    till.ring_up("18.00");
    shop.line(&json!({ "line": "down", "how": "black_hole" }));
    till.scan(&shop.code("anna"));
    till.reaches("S0001", "submitted");
    let asked = Instant::now();
    till.terminate();
    assert_eq!(till.ended().code(), Some(0));
    assert!(asked.elapsed() < STOP_LIMIT, "{:?}", asked.elapsed());
}

#[test]
fn the_end_of_input_and_quit_end_a_till_with_success() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    till.end_of_input();
    assert_eq!(till.ended().code(), Some(0));
    let mut till = shop.start();
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&sale, "reversed");
    till.quit();
}

#[test]
fn the_last_line_is_answered_before_the_end() {
    let shop = Shop::open(&SetUp::default());
    for _ in 0..5 {
        let mut till = shop.start();
        till.line("no JSON");
        till.line(r#"{"do":"view","id":"last"}"#);
        till.end_of_input();
        assert_eq!(till.ended().code(), Some(0));
        till.event("its answer", |e| e["id"] == "last");
    }
    let said = std::fs::read_to_string(shop.folder.join("events.jsonl")).unwrap();
    let errors = said.lines().filter(|line| line.contains(r#""event":"error""#)).count();
    assert_eq!(errors, 5, "{said}");
}

#[test]
fn a_second_till_on_the_same_data_is_refused_and_told_by_whom() {
    let (shop, till) = Shop::with_till();
    let second = shop.run_till();
    let words = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{words}");
    assert!(words.contains(&format!("pid {}", till.pid())), "{words}");
    assert_eq!(second.stdout, b"");
    till.quit();
}

#[test]
fn sigterm_ends_the_sandbox_with_success() {
    let mut sandbox = quickpay()
        .args(["sandbox", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(sandbox.stdout.as_mut().unwrap()), &mut line)
        .unwrap();
    assert!(line.starts_with("listening on http://127.0.0.1:"), "{line}");
    let asked = Instant::now();
    terminate(sandbox.id());
    assert_eq!(wait(&mut sandbox).code(), Some(0));
    assert!(asked.elapsed() < STOP_LIMIT, "{:?}", asked.elapsed());
}

#[test]
fn a_till_that_nobody_listens_to_stops() {
    let shop = Shop::open(&SetUp::default());
    let mut till = quickpay()
        .args(["run", "--headless", "--config"])
        .arg(shop.folder.join("terminal.toml"))
        .env("QUICKPAY_SECRET_KEY", crate::till::KEY)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    drop(till.stdout.take());
    assert_eq!(wait(&mut till).code(), Some(0));
}

#[test]
fn the_data_of_another_terminal_or_currency_is_left_alone() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.quit();
    let file = shop.folder.join("terminal.toml");
    let right = std::fs::read_to_string(&file).unwrap();
    for (from, to, words) in [("\"T1\"", "\"T2\"", "T1"), ("\"CNY\"", "\"HKD\"", "CNY")] {
        std::fs::write(&file, right.replace(from, to)).unwrap();
        let other = shop.run_till();
        let said = String::from_utf8(other.stderr).unwrap();
        assert_eq!(other.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    std::fs::write(&file, right).unwrap();
    let mut till = shop.start();
    assert_eq!(till.sale(&sale)["state"], "approved");
    till.quit();
}

#[test]
fn a_data_directory_that_cannot_be_made_is_said_by_name() {
    let shop = Shop::open(&SetUp::default());
    std::fs::write(shop.data_dir(), "a file").unwrap();
    let till = shop.run_till();
    let said = String::from_utf8(till.stderr).unwrap();
    assert_eq!(till.status.code(), Some(1), "{said}");
    assert!(said.contains(shop.data_dir().to_str().unwrap()), "{said}");
}
