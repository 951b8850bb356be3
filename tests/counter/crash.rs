//! kill -9 at any moment of a sale: the next start knows what may have happened, and nothing is paid twice.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{SetUp, Shop};
use crate::till::Till;

/// The delays of a run: the same for the same seed (splitmix64).
struct Seed(u64);

impl Seed {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }
}

/// Where the journal says each sale is: its last state word, in the words of `journal show`.
fn journal(shop: &Shop) -> BTreeMap<String, String> {
    let shown = shop.run(&["journal", "show", "--json"]);
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    let lines = String::from_utf8(shown.stdout).unwrap();
    let entries = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut sales = BTreeMap::new();
    for entry in entries {
        for record in entry["records"].as_array().unwrap() {
            let record = record.as_str().unwrap();
            if !record.starts_with('S') {
                continue;
            }
            let sale = record[..5].to_owned();
            let words = [
                "SENDING",
                "WAITING",
                "NOT CHARGED",
                "CUSTOMER CONFIRMS",
                "CHECKING",
                "CANCELLING",
                "PAID",
                "NOT PAID",
                "CANCELLED",
            ];
            let rest = record.split_once(' ').unwrap().1;
            let word = words.into_iter().find(|word| rest.starts_with(word)).unwrap_or("");
            let known: &mut String = sales.entry(sale).or_default();
            if !word.is_empty() {
                word.clone_into(known);
            }
        }
    }
    sales
}

/// What a restart may make of a journalled word at once.
fn fits_after_a_restart(word: &str, state: &str) -> bool {
    match word {
        "PAID" => state == "approved",
        "NOT PAID" => state == "declined",
        "CANCELLED" => state == "reversed",
        // Never sent, and the code is gone.
        "WAITING" | "NOT CHARGED" => state == "expired",
        // It may have been sent: it is in doubt, or what it was has been found out meanwhile.
        "SENDING" | "CHECKING" | "CUSTOMER CONFIRMS" => {
            let found_out = ["approved", "declined", "reversing", "reversed", "refund_due"];
            ["submitted", "checking", "awaiting_payer"].contains(&state) || found_out.contains(&state)
        }
        "CANCELLING" => ["reversing", "reversed", "refund_due"].contains(&state),
        _ => false,
    }
}

/// After a kill: no sale is forgotten, none is invented, each is where the journal says.
fn is_where_the_journal_says(journal: &BTreeMap<String, String>, till: &mut Till) {
    let sales = till.sales();
    let known: BTreeMap<&str, &str> =
        sales.iter().map(|sale| (sale["sale"].as_str().unwrap(), sale["state"].as_str().unwrap())).collect();
    let names: Vec<&str> = journal.keys().map(String::as_str).collect();
    assert_eq!(known.keys().copied().collect::<Vec<_>>(), names);
    for (sale, word) in journal {
        assert!(
            fits_after_a_restart(word, known[sale.as_str()]),
            "{sale}: {word} became {}",
            known[sale.as_str()]
        );
    }
}

/// Whether the till knows that the customer's money has moved.
fn is_known_as_paid(sale: &Value) -> bool {
    sale["state"] == "approved" || sale["state"] == "refund_due"
}

/// In the end the till believes what the wallets did.
fn belief_is_the_truth(shop: &Shop, till: &mut Till) {
    till.settles();
    let mut creates = BTreeMap::new();
    for request in shop.gateway.requests("create") {
        *creates.entry(request["order"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(creates.values().all(|count| *count == 1), "{creates:?}");
    let charges = shop.gateway.charges();
    for sale in till.sales() {
        let mine: Vec<&Value> = charges.iter().filter(|charge| charge["order"] == sale["order"]).collect();
        let paid = is_known_as_paid(&sale);
        assert_eq!(mine.len(), usize::from(paid), "{sale} {mine:?}");
        assert!(mine.iter().all(|charge| charge["amount"] == sale["amount_minor"]), "{sale} {mine:?}");
    }
    let paid = till.sales().iter().filter(|sale| is_known_as_paid(sale)).count();
    assert_eq!(charges.len(), paid, "a charge of no sale");
}

/// Sells and is killed so often, at moments the seed says; each next till looks at what the one before has left.
fn killed_while_selling(seed: u64, rounds: u64) {
    let mut seed = Seed(seed);
    let set_up = SetUp { pay_window_ms: 6_000, line_check_ms: 1_000, ..SetUp::default() };
    let shop = Shop::open(&set_up);
    shop.customer(&json!({ "customer": "ben", "password": true, "confirms": { "after_ms": 60 } }));
    shop.line(&json!({ "line": "slow", "delay_ms": 15 }));
    let mut left = BTreeMap::new();
    for round in 0..rounds {
        let mut till = shop.start();
        is_where_the_journal_says(&left, &mut till);
        if seed.below(3) == 0 {
            till.kill(); // while it finds out
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
    killed_while_selling(1, 13);
}

#[test]
fn other_moments_of_a_kill_end_as_well() {
    killed_while_selling(20_260_731, 12);
}

#[test]
fn a_sale_that_was_paid_is_paid_also_when_the_till_comes_back_after_the_payment_window() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { pay_window_ms: 1_500, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": { "delay_ms": 3000 } }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    while shop.gateway.charges().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    till.kill();
    std::thread::sleep(Duration::from_millis(1_600));
    let mut till = shop.start();
    till.settles();
    assert_eq!(till.sale(&sale)["state"], "approved");
    assert!(shop.gateway.requests("cancel").is_empty());
    till.quit();
}

#[test]
fn a_kill_after_sending_leaves_a_doubt_that_is_asked_about() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { line_check_ms: 60_000, ..SetUp::default() });
    shop.script(&json!([{ "match": "create", "then": { "delay_ms": 3000 } }]));
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "submitted");
    shop.gateway.is_asked("create", 1);
    till.kill();
    assert_eq!(journal(&shop)[&sale], "SENDING");
    let mut till = shop.start();
    let fresh = till.scan(&shop.code("anna"));
    assert!(fresh["reason"] == "attempt_in_doubt" || fresh["reason"] == "amount_first", "{fresh}");
    till.reaches(&sale, "approved");
    assert_eq!(shop.gateway.requests("create").len(), 1);
    assert_eq!(shop.gateway.charges().len(), 1);
    till.quit();
}

#[test]
fn a_kill_while_a_code_is_held_expires_it_and_the_code_is_gone() {
    let (shop, mut till) = Shop::with_till();
    shop.line_down();
    till.is_offline();
    let sale = till.sell("52.00", &shop.code("anna"));
    till.reaches(&sale, "held");
    till.kill();
    shop.line_up();
    let mut till = shop.start();
    till.reaches(&sale, "expired");
    till.is_online();
    assert_eq!(till.sale(&sale)["state"], "expired");
    assert!(shop.gateway.requests("create").is_empty());
    till.quit();
}

#[test]
fn a_kill_while_cancelling_goes_on_cancelling() {
    let (shop, mut till) = Shop::with_till_of(&SetUp { reverse_not_before_ms: 1_000, ..SetUp::default() });
    let sale = till.sell("52.00", &shop.code("carla"));
    till.reaches(&sale, "awaiting_payer");
    till.ask(json!({ "do": "cancel" }));
    till.kill();
    assert_eq!(journal(&shop)[&sale], "CANCELLING");
    let till = shop.start();
    till.reaches(&sale, "reversed");
    assert!(shop.gateway.charges().is_empty());
    till.quit();
}

#[test]
fn a_torn_end_of_the_journal_is_cut_and_the_sales_before_it_stay() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    till.kill();
    let before = journal(&shop);
    let segment = shop.data_dir().join("journal/00000001.j");
    let mut bytes = std::fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    bytes[end..end + 40].copy_from_slice(&[0x5a; 40]); // half a frame, as a power cut leaves it
    std::fs::write(&segment, &bytes).unwrap();
    let shown = shop.run(&["journal", "show"]);
    assert_eq!(shown.status.code(), Some(0), "{}", String::from_utf8_lossy(&shown.stderr));
    let mut till = shop.start();
    assert_eq!(before[&sale], "PAID");
    assert_eq!(till.sale(&sale)["state"], "approved");
    let next = till.ask(json!({ "do": "list" }));
    assert_eq!(next["sales"].as_array().unwrap().len(), 1);
    till.is_online();
    till.sell("5.00", &shop.code("anna"));
    till.reaches("S0002", "approved");
    till.quit();
}

#[test]
fn a_damaged_journal_stops_the_till_and_is_left_as_it_is() {
    let (shop, mut till) = Shop::with_till();
    for amount in ["1.00", "2.00", "3.00"] {
        let sale = till.sell(amount, &shop.code("anna"));
        till.reaches(&sale, "approved");
    }
    till.quit();
    let segment = shop.data_dir().join("journal/00000001.j");
    let mut bytes = std::fs::read(&segment).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[end / 2] ^= 0x01;
    std::fs::write(&segment, &bytes).unwrap();
    let refused = shop.run_till();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("the journal is damaged") && said.contains("nothing was cut"), "{said}");
    assert_eq!(refused.stdout, b"");
    assert!(std::fs::read(&segment).unwrap() == bytes, "the journal was changed");
}

#[test]
fn a_lost_index_is_rebuilt_from_the_journal() {
    let (shop, mut till) = Shop::with_till();
    let sale = till.sell("88.00", &shop.code("anna"));
    till.reaches(&sale, "approved");
    let story = till.sale(&sale)["timeline"].clone();
    till.quit();
    std::fs::remove_dir_all(shop.data_dir().join("sled")).unwrap();
    let mut till = shop.start();
    assert_eq!(till.sale(&sale)["timeline"], story);
    till.quit();
}
