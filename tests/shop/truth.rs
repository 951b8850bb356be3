//! Compares what a till believes with what its journal says and with what the wallets really did.
//!
//! Invariant: the sandbox's charges are the truth; a sale is judged by all charges of all its attempts.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Shop;
use super::till::Till;

/// A stream of numbers: the same for the same seed (splitmix64).
#[derive(Debug, Clone)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// Where the journal says each sale is: its last state word, in the words of `journal show`.
pub(crate) fn journal(shop: &Shop) -> BTreeMap<String, String> {
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
        "PAID" => ["approved", "refund_saved", "refund_sent", "refunded"].contains(&state),
        "NOT PAID" => state == "declined",
        // Money that came all the same is owed, and may be on its way back.
        "CANCELLED" => ["reversed", "refund_due", "refund_saved", "refund_sent", "refunded"].contains(&state),
        // Never sent, and the code is gone.
        "WAITING" | "NOT CHARGED" => state == "expired",
        // It may have been sent: it is in doubt, or what it was has been found out meanwhile.
        "SENDING" | "CHECKING" | "CUSTOMER CONFIRMS" => {
            let found_out = ["approved", "declined", "reversing", "reversed", "refund_due"];
            ["submitted", "checking", "awaiting_payer"].contains(&state) || found_out.contains(&state)
        }
        "CANCELLING" => ["reversing", "reversed", "declined", "refund_due"].contains(&state),
        _ => false,
    }
}

/// After a kill: no sale is forgotten, none is invented, each is where the journal says.
pub(crate) fn is_where_the_journal_says(journal: &BTreeMap<String, String>, till: &mut Till) {
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

/// In the end the till believes what the wallets did, and nobody was asked to pay one attempt twice.
pub(crate) fn belief_is_the_truth(shop: &Shop, till: &mut Till) {
    till.settles();
    let mut creates = BTreeMap::new();
    for request in shop.gateway.requests("create") {
        *creates.entry(request["order"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    assert!(creates.values().all(|count| *count == 1), "{creates:?}");
    let charges = shop.gateway.charges();
    let mut of_a_sale = 0;
    for sale in till.sales() {
        let attempts = format!("-{}", sale["sale"].as_str().unwrap());
        let is_mine = |charge: &&Value| charge["order"].as_str().unwrap().contains(&attempts);
        let mine: Vec<&Value> = charges.iter().filter(is_mine).collect();
        of_a_sale += mine.len();
        assert!(mine.iter().all(|charge| charge["amount"] == sale["amount_minor"]), "{sale} {mine:?}");
        let kept = mine.iter().filter(|charge| charge["refunded"] != charge["amount"]).count();
        let returned: u64 = mine.iter().map(|charge| charge["refunded"].as_u64().unwrap()).sum();
        let expected = usize::from(sale["state"] == "approved" || sale["state"] == "refund_due");
        assert_eq!(kept, expected, "{sale} {mine:?}");
        // Money may also have gone back by the wallet's own reversal, which is no refund of ours.
        assert!(returned >= sale["refunded_minor"].as_u64().unwrap(), "{sale} {mine:?}");
    }
    assert_eq!(charges.len(), of_a_sale, "a charge of no sale");
}
