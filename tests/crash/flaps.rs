//! The line comes and goes, in every way it can, while the cashier sells on: afterwards nothing is stuck.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::count;
use crate::shop::truth::{Seed, belief_is_the_truth, is_where_the_journal_says, journal};
use crate::shop::{SetUp, Shop};
use crate::till::Till;

/// Breaks the line and mends it, `flaps` times.
fn flap(shop: &Shop, flaps: u64, done: &AtomicU64) {
    let mut seed = Seed(77);
    for _ in 0..flaps {
        shop.line(&match seed.below(5) {
            0 | 1 => json!({ "line": "down", "how": "refuse" }),
            2 => json!({ "line": "down", "how": "black_hole" }),
            3 => json!({ "line": "up", "replies": "lost" }),
            _ => json!({ "line": "slow", "delay_ms": 1 + seed.below(60) }),
        });
        std::thread::sleep(Duration::from_millis(seed.below(45)));
        shop.line_up();
        std::thread::sleep(Duration::from_millis(seed.below(45)));
        done.fetch_add(1, Ordering::Relaxed);
    }
}

/// One sale of an impatient cashier; what is not final soon is cancelled or put aside.
fn sell(shop: &Shop, till: &mut Till, n: u64, seed: &mut Seed) {
    let before = till.events_so_far();
    let armed = till.enter(&format!("{}.{:02}", 1 + n / 100, n % 100));
    if armed["state"] != "armed" {
        till.ask(json!({ "do": "confirm" }));
    }
    let customer = if seed.below(3) == 0 { "ben" } else { "anna" };
    let scan = till.scan(&shop.code(customer));
    assert_eq!(scan["event"], "view", "{scan}");
    let sale = scan["sale"].clone();
    let ends = ["approved", "declined", "reversed", "refund_due", "expired"];
    let over = |event: &Value| event["sale"] == sale && ends.contains(&event["state"].as_str().unwrap_or(""));
    till.waits_for(before, Duration::from_millis(seed.below(250)), over);
    match seed.below(4) {
        0 => till.ask(json!({ "do": "cancel" })),
        _ => till.ask(json!({ "do": "put_aside" })),
    };
    till.ask(json!({ "do": "clear" }));
    // What cannot be put aside (a held code) is given up, so that the next customer is served.
    let view = till.ask(json!({ "do": "view" }));
    if view["sale"].is_string() {
        till.ask(json!({ "do": "cancel" }));
        till.ask(json!({ "do": "put_aside" }));
        till.ask(json!({ "do": "clear" }));
    }
}

#[test]
fn after_a_thousand_flaps_of_the_line_nothing_is_stuck() {
    let flaps = count::of(60, 1_000);
    let set_up = SetUp {
        answer_timeout_ms: 300,
        probe_timeout_ms: 200,
        line_check_ms: 100,
        submit_deadline_ms: 400,
        pay_window_ms: 900,
        ..SetUp::default()
    };
    let shop = Shop::open(&set_up);
    shop.customer(&json!({ "customer": "ben", "password": true, "confirms": { "after_ms": 50 } }));
    let done = AtomicU64::new(0);
    let (mut sales, mut kills) = (0, 0);
    let mut till = shop.start();
    std::thread::scope(|scope| {
        scope.spawn(|| flap(&shop, flaps, &done));
        let mut seed = Seed(78);
        while done.load(Ordering::Relaxed) < flaps {
            sales += 1;
            sell(&shop, &mut till, sales, &mut seed);
            if seed.below(12) == 0 {
                till.die();
                till = shop.start();
                kills += 1;
            }
        }
    });
    shop.line_up();
    belief_is_the_truth(&shop, &mut till);
    is_where_the_journal_says(&journal(&shop), &mut till);
    let mut ends = std::collections::BTreeMap::new();
    for sale in till.sales() {
        *ends.entry(sale["state"].as_str().unwrap().to_owned()).or_insert(0_u64) += 1;
    }
    assert!(ends["approved"] > sales / 10, "{ends:?}");
    let told = json!({ "flaps": flaps, "sales": sales, "kills": kills, "ends": ends,
        "charges": shop.gateway.charges().len(), "stuck": 0 });
    count::write("flaps", &told);
    till.quit();
}
