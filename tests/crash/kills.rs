//! kill -9 at every system call of a whole sale, of an opening, and at random moments: the next start knows what may have
//! happened, journal and charges agree, nobody is charged twice, nothing is lost.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::count;
use crate::shop::truth::{Seed, belief_is_the_truth, is_where_the_journal_says, journal};
use crate::shop::{SetUp, Shop};
use crate::till::Till;
use crate::tracer::{self, KillAt};

/// How many points of one run a shop lives through: its gateway remembers 2000 requests.
const ROUNDS_A_SHOP: u64 = 25;

/// What a proof counted.
#[derive(Debug, Default)]
struct Counted {
    kills: u64,
    restarts: u64,
    violations: Vec<String>,
    at: BTreeMap<String, u64>,
}

impl Counted {
    fn killed_at(&mut self, call: String) {
        self.kills += 1;
        *self.at.entry(call).or_default() += 1;
    }

    fn add(&mut self, other: Counted) {
        self.kills += other.kills;
        self.restarts += other.restarts;
        self.violations.extend(other.violations);
        for (call, count) in other.at {
            *self.at.entry(call).or_default() += count;
        }
    }

    /// For the record; then fails if anything was wrong.
    fn report(&self, name: &str, points: u64) {
        let violations = self.violations.len();
        let told = json!({ "points": points, "kills": self.kills, "restarts": self.restarts,
            "violations": violations, "at": self.at });
        count::write(name, &told);
        assert!(self.violations.is_empty(), "{:#?}", self.violations);
    }
}

/// A shop with a printer, and short timers: a payment that never left is given up after half a second.
fn shop() -> Shop {
    let folder = crate::shop::own_folder();
    let printer = format!("kind = \"file\"\npath = {:?}", folder.join("paper.bin"));
    Shop::open(&SetUp { pay_window_ms: 500, line_check_ms: 1_000, printer, ..SetUp::default() })
}

/// What a killed till has left, looked at by the next one.
fn recovers(shop: &Shop, till: &mut Till) {
    is_where_the_journal_says(&journal(shop), till);
    till.is_online();
    belief_is_the_truth(shop, till);
    // The paper of unknown fate: a person looks.
    let view = till.ask(json!({ "do": "view" }));
    if view["printer"] == "unknown" {
        let asked = till.event("the paper", |event| event["event"] == "receipt" && event["job"] == "unknown");
        till.ask(json!({ "do": "printed", "job": asked["job_id"], "yes": true }));
    }
}

/// What happens to a sale that is killed on its way.
#[derive(Debug, Clone, Copy)]
enum Course {
    /// Paid at once, and its receipt printed.
    Paid,
    /// The customer never confirms, the cashier cancels, the reversal is proven, its slip printed.
    Cancelled,
    /// Paid, and given back whole.
    Refunded,
}

impl Course {
    fn customer(self) -> &'static str {
        match self {
            Course::Paid | Course::Refunded => "anna",
            Course::Cancelled => "carla",
        }
    }

    /// What the cashier does when the sale gets there.
    fn act(self, sale: &Value) -> Option<(&'static str, Value)> {
        match self {
            Course::Paid => None,
            Course::Cancelled => Some(("awaiting_payer", json!({ "do": "cancel" }))),
            Course::Refunded => {
                Some(("approved", json!({ "do": "refund", "sale": sale, "reason": "returned" })))
            }
        }
    }

    /// Whether this is the last event of the sale.
    fn is_over(self, event: &Value) -> bool {
        match self {
            Course::Paid => event["event"] == "receipt" && event["job"] == "printed",
            Course::Cancelled => {
                event["event"] == "receipt" && event["job"] == "printed" && event["kind"] != "receipt"
            }
            Course::Refunded => event["event"] == "sale" && event["state"] == "refunded",
        }
    }
}

/// One sale that is killed at its `at`-th system call, and the recovery before it. Whether it was killed at all.
fn a_sale_killed(shop: &Shop, course: Course, at: u64, counted: &mut Counted) -> bool {
    let watcher = Arc::new(Mutex::new(KillAt { at, ..KillAt::default() }));
    let mut till = tracer::start(&shop.folder, Arc::clone(&watcher));
    till.event("ready", |event| event["event"] == "ready");
    counted.restarts += 1;
    recovers(shop, &mut till);
    let sale = format!("S{:04}", till.sales().len() + 1);
    till.ring_up(&format!("{}.{:02}", 5 + at / 100, at % 100));
    let scan = json!({ "do": "scan", "text": shop.code(course.customer()) });
    let before = till.events_so_far();
    watcher.lock().unwrap().armed = true;
    till.try_line(&scan);
    let mut lives = true;
    if let Some((state, act)) = course.act(&json!(sale)) {
        let there =
            |event: &Value| event["event"] == "sale" && event["sale"] == sale && event["state"] == state;
        lives = till.lives_until_after(before, there);
        till.try_line(&act);
    }
    if lives && till.lives_until_after(before, |event| event["sale"] == sale && course.is_over(event)) {
        watcher.lock().unwrap().armed = false;
    }
    till.kill();
    let killed_at = watcher.lock().unwrap().killed_at.clone();
    if let Some(call) = killed_at.clone() {
        counted.killed_at(call);
    }
    killed_at.is_some()
}

/// The points 1, 1 + step, … up to the end of a sale, in two shops at a time.
fn every_point_of_a_sale(course: Course, step: u64) -> (u64, Counted) {
    let next = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    let work = || {
        let mut counted = Counted::default();
        while !over.load(Ordering::Relaxed) {
            let shop = shop();
            for _ in 0..ROUNDS_A_SHOP {
                let at = 1 + step * next.fetch_add(1, Ordering::Relaxed);
                let mut killed = false;
                let wrong = count::violation(|| killed = a_sale_killed(&shop, course, at, &mut counted));
                if let Some(words) = wrong {
                    counted.violations.push(format!("{course:?}, killed at call {at}: {words}"));
                    break;
                }
                if !killed {
                    over.store(true, Ordering::Relaxed);
                    break;
                }
            }
            let wrong = count::violation(|| {
                let mut till = shop.start();
                recovers(&shop, &mut till);
                till.quit();
                let doctor = shop.run(&["doctor", "verify"]);
                assert!(doctor.status.success(), "{doctor:?}");
            });
            counted.violations.extend(wrong);
        }
        counted
    };
    let counted = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut counted = work();
        counted.add(other.join().unwrap());
        counted
    });
    (next.into_inner(), counted)
}

fn is_killed_on_its_way(course: Course, step: u64, name: &str) {
    let (points, counted) = every_point_of_a_sale(course, step);
    assert!(counted.kills > 100 / step, "it is more than {} calls: {counted:?}", 100 / step * step);
    counted.report(name, points);
}

#[test]
fn a_sale_that_is_killed_at_any_system_call_agrees_with_the_charges_after_the_next_start() {
    is_killed_on_its_way(Course::Paid, count::of(13, 1), "kills-sale");
}

#[test]
fn a_cancelled_sale_that_is_killed_at_any_system_call_agrees_with_the_charges_after_the_next_start() {
    is_killed_on_its_way(Course::Cancelled, count::of(47, 1), "kills-cancel");
}

#[test]
fn a_refund_that_is_killed_at_any_system_call_is_made_once_after_the_next_start() {
    is_killed_on_its_way(Course::Refunded, count::of(47, 1), "kills-refund");
}

/// Kills an opening at its `at`-th call. Whether it was killed at all.
fn an_opening_killed(shop: &Shop, at: u64, counted: &mut Counted) -> bool {
    let watcher = Arc::new(Mutex::new(KillAt { armed: true, at, ..KillAt::default() }));
    let till = tracer::start(&shop.folder, Arc::clone(&watcher));
    let ready = till.lives_until(|event| event["event"] == "ready");
    watcher.lock().unwrap().armed = false;
    till.kill();
    let killed_at = watcher.lock().unwrap().killed_at.clone();
    assert!(ready || killed_at.is_some(), "it ended by itself");
    if let Some(call) = killed_at.clone() {
        counted.killed_at(call);
    }
    killed_at.is_some()
}

/// Kills openings of one shop at the points 1, 1 + step, …; what was sold before is there after each.
fn every_point_of_an_opening(shop: &Shop, step: u64, counted: &mut Counted) -> u64 {
    let mut points = 0;
    for at in (1..).step_by(step as usize) {
        points += 1;
        let mut killed = false;
        let wrong = count::violation(|| {
            let before =
                if shop.data_dir().join("journal/00000001.j").exists() { Some(journal(shop)) } else { None };
            killed = an_opening_killed(shop, at, counted);
            if let Some(before) = before {
                assert_eq!(
                    journal(shop).into_keys().collect::<Vec<_>>(),
                    before.into_keys().collect::<Vec<_>>()
                );
            }
        });
        counted.violations.extend(wrong.map(|words| format!("killed at call {at} of an opening: {words}")));
        if !killed {
            return points;
        }
    }
    points
}

#[test]
fn an_opening_that_is_killed_at_any_system_call_loses_nothing_and_opens_again() {
    let mut counted = Counted::default();
    let shop = shop();
    // The first opening of all, on an empty directory, then openings with work to do: a sale in doubt, one paid.
    let mut points = every_point_of_an_opening(&shop, count::of(307, 101), &mut counted);
    let mut till = shop.start();
    till.is_online();
    let paid = till.sell("5.00", &shop.code("anna"));
    till.reaches(&paid, "approved");
    shop.script(&json!([{ "match": "create", "then": { "delay_ms": 2000 } }]));
    let doubt = till.sell("6.00", &shop.code("anna"));
    till.reaches(&doubt, "submitted");
    till.kill();
    points += every_point_of_an_opening(&shop, count::of(101, 13), &mut counted);
    let mut till = shop.start();
    counted.restarts += counted.kills;
    recovers(&shop, &mut till);
    assert_eq!(till.sales().len(), 2);
    till.quit();
    let doctor = shop.run(&["doctor", "verify"]);
    assert!(doctor.status.success(), "{doctor:?}");
    counted.report("kills-opening", points);
}

/// Sells and is killed so often, at moments the seed says; each next till looks at what the one before has left.
fn killed_while_selling(seed: u64, rounds: u64, counted: &mut Counted) {
    let mut seed = Seed(seed);
    let set_up = SetUp { pay_window_ms: 6_000, line_check_ms: 1_000, ..SetUp::default() };
    let shop = Shop::open(&set_up);
    shop.customer(&json!({ "customer": "ben", "password": true, "confirms": { "after_ms": 60 } }));
    shop.line(&json!({ "line": "slow", "delay_ms": 15 }));
    let mut left = BTreeMap::new();
    for round in 0..rounds {
        let mut till = shop.start();
        is_where_the_journal_says(&left, &mut till);
        counted.restarts += 1;
        if seed.below(3) == 0 {
            till.kill(); // while it finds out
            counted.kills += 1;
            till = shop.start();
        }
        till.is_online();
        till.ask(json!({ "do": "put_aside" })); // the sale of the round before may still be in doubt
        let armed = till.enter(&format!("{}.{:02}", 5 + round, round));
        assert_eq!(armed["state"], "armed", "{armed}");
        let customer = if seed.below(3) == 0 { "ben" } else { "anna" };
        let scan = json!({ "do": "scan", "text": shop.code(customer) });
        till.line(scan.to_string());
        std::thread::sleep(Duration::from_millis(seed.below(120)));
        till.kill();
        counted.kills += 1;
        left = journal(&shop);
    }
    let mut till = shop.start();
    is_where_the_journal_says(&left, &mut till);
    belief_is_the_truth(&shop, &mut till);
    assert!(shop.gateway.charges().len() > 1, "the kills were all too early to show anything");
    till.quit();
}

#[test]
fn a_till_that_is_killed_while_it_sells_never_charges_twice_and_finds_the_truth() {
    let mut counted = Counted::default();
    let shops = count::of(2, 12);
    for seed in 1..=shops {
        let wrong = count::violation(|| killed_while_selling(seed, 13, &mut counted));
        counted.violations.extend(wrong.map(|words| format!("seed {seed}: {words}")));
    }
    counted.report("kills-random", counted.kills);
}
