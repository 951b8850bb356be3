//! What a commit and a start cost on this machine. `cargo test --release -p quickpay-store -- --ignored measured
//! --nocapture`; `TMPDIR` says on which disk.

use std::time::{Duration, Instant};

use quickpay_core::journal::Journal as _;
use quickpay_store::{OpenOptions, Store};

use crate::sample::{moment, sale_opened, terminal};

#[test]
#[ignore = "prints, proves nothing"]
fn commits_and_a_start_are_measured() {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions::new(terminal(), moment(0).wall);
    let begun = Instant::now();
    let mut store = Store::open(folder.path(), &options).unwrap().store;
    println!("first start {:?}", begun.elapsed());
    let commits: u32 = std::env::var("COMMITS").map_or(2000, |count| count.parse().unwrap());
    let mut times: Vec<Duration> = (0..commits)
        .map(|n| {
            let records = sale_opened(n);
            let begun = Instant::now();
            store.append(moment(u64::from(n)), &records).unwrap();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    let at = |permille: usize| times[times.len() * permille / 1000];
    println!("{commits} commits: p50 {:?}, p99 {:?}, longest {:?}", at(500), at(990), times.last());
    store.close().unwrap();
    let begun = Instant::now();
    let opened = Store::open(folder.path(), &options).unwrap();
    println!("start with {} entries {:?}, {:?}", opened.entries.len(), begun.elapsed(), opened.report);
    let begun = Instant::now();
    assert!(opened.store.verify().is_sound());
    println!("full check {:?}", begun.elapsed());
}
