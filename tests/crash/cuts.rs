//! Power cuts: whatever no sync had made durable is lost, in part or whole, in any order; what was told or done outside is
//! still in the journal.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::count;
use crate::disk::{Disk, Honesty};
use crate::shop::truth::{Seed, belief_is_the_truth, is_where_the_journal_says, journal};
use crate::shop::{SetUp, Shop};
use crate::tracer::{self, KillAt};
use crate::tree::Lost;

/// Power cuts that one shop lives through: its gateway remembers 2000 requests.
const CUTS_A_SHOP: u64 = 20;
/// Calls from the start of a till within which an early cut comes; an opening on an empty disk makes about 1500.
const OPENING: u64 = 1_600;
/// Calls from the scan within which a cut comes; a sale makes about 160.
const SALE: u64 = 180;

/// What the cuts did and found.
#[derive(Debug, Default)]
struct Counted {
    cuts: u64,
    in_the_opening: u64,
    lost: Lost,
    syncs: u64,
    writes: u64,
    compared: u64,
    charges: u64,
    violations: Vec<String>,
}

/// A shop whose till writes to a disk that forgets.
struct Day {
    shop: Shop,
    disk: Arc<Mutex<Disk>>,
    seed: Seed,
}

impl Day {
    fn begin(seed: u64, honesty: Honesty) -> Day {
        let set_up = SetUp { pay_window_ms: 500, line_check_ms: 1_000, ..SetUp::default() };
        let shop = Shop::open(&set_up);
        shop.customer(&json!({ "customer": "ben", "password": true, "confirms": { "after_ms": 40 } }));
        let disk = Arc::new(Mutex::new(Disk::new(&shop.data_dir(), honesty)));
        Day { shop, disk, seed: Seed(seed) }
    }

    /// A till that starts, perhaps sells, and loses its power; then what is left is compared with what was promised.
    fn a_life(&mut self, n: u64, counted: &mut Counted) {
        let early = self.seed.below(4) == 0;
        let at = 1 + self.seed.below(if early { OPENING } else { SALE });
        self.disk.lock().unwrap().cut = KillAt { armed: early, at, ..KillAt::default() };
        let mut till = tracer::start(&self.shop.folder, Arc::clone(&self.disk));
        if till.lives_until(|event| event["event"] == "ready") {
            till.try_line(&json!({ "do": "put_aside" }));
            till.try_line(&json!({ "do": "enter_amount", "amount": format!("{n}.00") }));
            let armed = |event: &Value| event["event"] == "view" && event["state"] == "armed";
            if till.lives_until(armed) && till.lives_until(|event| event["online"] == true) {
                let customer = if self.seed.below(3) == 0 { "ben" } else { "anna" };
                let scan = json!({ "do": "scan", "text": self.shop.code(customer) });
                self.disk.lock().unwrap().cut.armed = true;
                till.try_line(&scan);
                let last = till.events_so_far();
                let ends = ["approved", "declined", "reversed", "refund_due", "expired"];
                let over = |event: &Value| ends.contains(&event["state"].as_str().unwrap_or(""));
                let is_it = |event: &Value| event["event"] == "sale" && event["amount_minor"] == n * 100;
                till.lives_until_after(last.saturating_sub(1), |event| is_it(event) && over(event));
            }
        } else {
            let killed = self.disk.lock().unwrap().cut.killed_at.is_some();
            assert!(killed, "the till does not open what the power cut before has left");
            counted.in_the_opening += 1;
        }
        till.kill();
        let lost = self.disk.lock().unwrap().power_cut(&mut self.seed);
        counted.cuts += 1;
        counted.lost.unsynced += lost.unsynced;
        counted.lost.files += lost.files;
        self.keeps_its_promises();
    }

    /// What the screen said and what left the till is in the journal that the power cut left.
    fn keeps_its_promises(&self) {
        let told = self.told();
        let orders: Vec<String> = self
            .shop
            .gateway
            .requests("create")
            .iter()
            .map(|request| request["order"].as_str().unwrap().to_owned())
            .collect();
        if told.is_empty() && orders.is_empty() {
            return;
        }
        let known = journal(&self.shop);
        for (sale, state) in told {
            let word =
                known.get(&sale).unwrap_or_else(|| panic!("{sale} was {state}, and is not in the journal"));
            let expected = match state.as_str() {
                "approved" => "PAID",
                "declined" => "NOT PAID",
                "reversed" => "CANCELLED",
                "expired" => "NOT CHARGED",
                _ => continue,
            };
            assert_eq!(word, expected, "{sale} was {state}");
        }
        for order in orders {
            let asked = known.keys().any(|sale| order.contains(&format!("-{sale}")));
            assert!(asked, "{order} was sent, and is not in the journal");
        }
    }

    /// The last state that each sale was said to be in.
    fn told(&self) -> BTreeMap<String, String> {
        let said = std::fs::read_to_string(self.shop.folder.join("events.jsonl")).unwrap();
        let events = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let of_sale = events.filter(|event| event["event"] == "sale");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        of_sale.map(|event| (text(&event["sale"]), text(&event["state"]))).collect()
    }

    /// In the end the till finds the truth, and its files are sound.
    fn ends(&self, counted: &mut Counted) {
        let mut till = self.shop.start();
        is_where_the_journal_says(&journal(&self.shop), &mut till);
        till.is_online();
        belief_is_the_truth(&self.shop, &mut till);
        till.quit();
        let doctor = self.shop.run(&["doctor", "verify"]);
        assert!(doctor.status.success(), "{doctor:?}");
        let disk = self.disk.lock().unwrap();
        counted.syncs += disk.syncs;
        counted.writes += disk.writes;
        counted.compared += disk.compared;
        counted.charges += self.shop.gateway.charges().len() as u64;
    }
}

fn cuts_of_one_shop(seed: u64, honesty: Honesty, cuts: u64, counted: &mut Counted) {
    let mut day = Day::begin(seed, honesty);
    for n in 1..=cuts {
        let wrong = count::violation(|| day.a_life(n, counted));
        if let Some(words) = wrong {
            counted.violations.push(format!("seed {seed}, life {n}: {words}"));
            return;
        }
    }
    let wrong = count::violation(|| day.ends(counted));
    counted.violations.extend(wrong.map(|words| format!("seed {seed}, at the end: {words}")));
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_told_or_sent() {
    let shops = count::of(2, 12);
    let cuts = count::of(12, CUTS_A_SHOP);
    let next = AtomicU64::new(1);
    let all = Mutex::new(Counted::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > shops {
                        return;
                    }
                    let mut counted = Counted::default();
                    cuts_of_one_shop(seed, Honesty::Honest, cuts, &mut counted);
                    let mut all = all.lock().unwrap();
                    all.cuts += counted.cuts;
                    all.in_the_opening += counted.in_the_opening;
                    all.lost.unsynced += counted.lost.unsynced;
                    all.lost.files += counted.lost.files;
                    all.syncs += counted.syncs;
                    all.writes += counted.writes;
                    all.compared += counted.compared;
                    all.charges += counted.charges;
                    all.violations.extend(counted.violations);
                }
            });
        }
    });
    let all = all.into_inner().unwrap();
    let told = json!({ "cuts": all.cuts, "in_the_opening": all.in_the_opening, "shops": shops,
        "writes": all.writes, "syncs": all.syncs, "unsynced_changes": all.lost.unsynced,
        "compared_with_the_real_files": all.compared, "files_changed_by_a_cut": all.lost.files, "charges": all.charges, "violations": all.violations.len() });
    count::write("power-cuts", &told);
    assert!(all.violations.is_empty(), "{:#?}", all.violations);
    assert!(all.lost.unsynced > 50 && all.lost.files > 10, "the cuts have cost nothing: {told}");
    assert!(all.charges > 4 && all.compared > all.cuts / 2, "{told}");
}

/// The control: a disk that lies about its syncs must be found out, or the cuts prove nothing.
#[test]
fn a_disk_that_lies_about_its_syncs_is_found_out() {
    let mut found = BTreeMap::new();
    let lies = [Honesty::FilesNeverSynced, Honesty::FoldersNeverSynced, Honesty::FilesMostlySynced];
    for honesty in lies {
        let mut counted = Counted::default();
        for seed in 1..=3 {
            if counted.violations.is_empty() {
                cuts_of_one_shop(seed, honesty, CUTS_A_SHOP, &mut counted);
            }
        }
        assert!(!counted.violations.is_empty(), "{honesty:?} was not found in {} cuts", counted.cuts);
        found.insert(format!("{honesty:?} after cut"), counted.cuts);
    }
    count::write("power-cut-mutants", &json!({ "caught": found.len(), "of": lies.len(), "found": found }));
}
