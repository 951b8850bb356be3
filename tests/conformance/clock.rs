//! QP-14 and QP-24: clocks that jump, and a day that ends in Beijing.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::shop::wall_clock::WallClock;
use crate::shop::{SetUp, Shop};

/// Now, as the sandbox writes it down.
pub(crate) fn wall_ms() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

#[test]
fn qp_14_a_jump_of_the_wall_clock_does_not_move_the_deadline_of_a_held_code() {
    let deadline = Duration::from_millis(2_500);
    let set_up = SetUp { submit_deadline_ms: 2_500, ..SetUp::default() };
    for jump_s in [-3_600, 3_600] {
        let shop = Shop::open(&set_up);
        let wall = WallClock::new(&shop.folder);
        let mut till = shop.start_with(&wall.start());
        till.is_online();
        shop.line_down();
        till.is_offline();
        till.ring_up("52.00");
        let code = shop.code("anna");
        let scanned = Instant::now();
        till.scan(&code);
        till.reaches("S0001", "held");
        wall.off_by(jump_s);
        std::thread::sleep(Duration::from_millis(700));
        let view = till.ask(json!({ "do": "view" }));
        assert_eq!(view["state"], "held", "{jump_s}: {view}");
        till.reaches("S0001", "expired");
        let took = scanned.elapsed();
        assert!(took >= deadline.mul_f64(0.95), "{jump_s}: expired after {took:?}");
        assert!(took < deadline + Duration::from_millis(1_900), "{jump_s}: expired after {took:?}");
        // The clock did jump: the journal tells the expiry an hour away from the scan.
        let shown = shop.run(&["journal", "show", "--json"]);
        let told: Vec<(String, i64)> = String::from_utf8(shown.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .map(|entry| (entry["records"].to_string(), entry["unix_ms"].as_i64().unwrap()))
            .collect();
        let at = |word: &str| told.iter().find(|(records, _)| records.contains(word)).unwrap().1;
        let between_s = (at("NOT CHARGED") - at("WAITING")) / 1000;
        assert!((between_s - jump_s).abs() < 60, "{between_s} s between the two on the wall");
        shop.line_up();
        till.is_online();
        assert!(shop.gateway.requests("create").is_empty());
        till.quit();
    }
}

const ALIPAY: &str = r#"
[[wallet]]
id = "alipay"
name_en = "Alipay"
name_zh = "支付宝"
enabled = true
codes = [{ prefixes = ["28"], length = 18 }]
reversal = true
reversal_ends = "beijing-day"
partial_refunds = "once"
"#;

/// Seconds from now to a time of a day in Beijing: today's for `day` 0, tomorrow's for 1.
fn until_beijing(day: i64, hour: i64, minute: i64) -> i64 {
    let now_s = i64::try_from(wall_ms() / 1000).unwrap();
    let midnight = now_s - (now_s + 8 * 3600).rem_euclid(86_400);
    midnight + day * 86_400 + hour * 3600 + minute * 60 - now_s
}

/// A sale of 23:50 in Beijing that is being cancelled when the power goes, and the till that is started at 00:`minute`.
fn after_midnight(minute: i64, then: &serde_json::Value) -> (Shop, crate::till::Till) {
    let set_up = SetUp { wallets: Some(ALIPAY), reverse_not_before_ms: 4_000, ..SetUp::default() };
    let shop = Shop::open(&set_up);
    shop.customer(&json!({ "customer": "emma", "wallet": "alipay", "password": true, "confirms": "never" }));
    let wall = WallClock::new(&shop.folder);
    wall.off_by(until_beijing(0, 23, 50));
    let mut till = shop.start_with(&wall.start());
    till.is_online();
    shop.script(&json!([{ "match": "create", "then": then }]));
    till.sell("52.00", &shop.code("emma"));
    till.reaches("S0001", "awaiting_payer");
    till.ask(json!({ "do": "cancel" }));
    till.reaches("S0001", "reversing");
    till.kill();
    assert!(shop.gateway.requests("cancel").is_empty(), "the power went before the reversal was allowed");
    wall.off_by(until_beijing(1, 0, minute));
    wall.boots(2);
    let till = shop.start_with(&wall.start());
    (shop, till)
}

#[test]
fn qp_24_a_reversal_at_0014_in_beijing_is_sent() {
    let (shop, till) = after_midnight(14, &json!({ "pending": "never" }));
    till.reaches("S0001", "reversed");
    assert_eq!(shop.gateway.requests("cancel").len(), 1);
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn qp_24_at_0016_in_beijing_no_reversal_is_sent_and_what_was_paid_goes_back_as_a_refund() {
    let (shop, mut till) = after_midnight(16, &json!({ "pending": { "after_ms": 2500, "end": "paid" } }));
    till.reaches("S0001", "refund_due");
    assert!(shop.gateway.requests("retrieve").len() >= 3, "asked about instead");
    assert!(shop.gateway.requests("cancel").is_empty(), "too late for a reversal");
    till.ask(json!({ "do": "refund", "sale": "S0001", "reason": "cancelled" }));
    till.reaches("S0001", "refunded");
    let charges = shop.gateway.charges();
    assert_eq!((charges.len(), &charges[0]["refunded"]), (1, &json!(5200)));
    till.quit();
}
