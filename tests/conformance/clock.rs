//! QP-14: clocks that jump.

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
