//! What a start costs after a short and after a long history, with and without checkpoints. `cargo test --release
//! -p quickpay-store -- --ignored starts_are_measured --nocapture`; `ENTRIES=1000,1000000` says how long.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quickpay_core::journal::Journal as _;
use quickpay_store::{OpenOptions, RealDisk, SledHouse, Store};

use crate::blind::Blind;
use crate::hasty::Hasty;
use crate::sample::{moment, sale_opened, terminal};

fn options(from_checkpoint: bool) -> OpenOptions {
    let mut options = OpenOptions::new(terminal(), moment(0).wall);
    options.from_checkpoint = from_checkpoint;
    options
}

fn write_history(folder: &Path, blind: &Blind, entries: u32) {
    let opened = Store::open_on(Arc::new(Hasty), Box::new(blind.clone()), folder, &options(true)).unwrap();
    let mut store = opened.store;
    for n in 0..entries {
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&[7; 4000]).unwrap(); // some ten open sales
        }
    }
}

/// The median of five starts.
fn median(mut start: impl FnMut() -> usize) -> (Duration, usize) {
    let mut read = 0;
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let begun = Instant::now();
            read = start();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    (times[2], read)
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = |name: &str| status.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    format!("{} {}", line("VmRSS"), line("VmHWM"))
}

#[test]
#[ignore = "prints, proves nothing; writes up to 3 GB"]
fn starts_are_measured() {
    let lengths = std::env::var("ENTRIES").unwrap_or_else(|_| "1000,100000,1000000".to_owned());
    for entries in lengths.split(',').map(|entries| entries.parse::<u32>().unwrap()) {
        let folder = tempfile::tempdir().unwrap();
        let blind = Blind::default();
        write_history(folder.path(), &blind, entries);
        let journal = |from_checkpoint| {
            let (disk, house) = (Arc::new(RealDisk), Box::new(blind.clone()));
            Store::open_on(disk, house, folder.path(), &options(from_checkpoint)).unwrap().entries.len()
        };
        println!("{entries} entries, {}", resident());
        println!("  journal from its checkpoint: {:?}; {}", median(|| journal(true)), resident());
        if std::env::var_os("SLED").is_none() {
            if entries > 20_000 {
                println!("  whole journal: {:?}; {}", median(|| journal(false)), resident());
            }
            continue;
        }
        let begun = Instant::now();
        let sled = |from_checkpoint| {
            let house = Box::new(SledHouse::new(folder.path()));
            let disk = Arc::new(RealDisk);
            let opened = Store::open_on(disk, house, folder.path(), &options(from_checkpoint)).unwrap();
            let read = opened.entries.len();
            opened.store.close().unwrap();
            read
        };
        sled(true);
        println!("  index made anew: {:?}; {}", begun.elapsed(), resident());
        println!("  with sled from its checkpoint: {:?}; {}", median(|| sled(true)), resident());
        println!("  with sled, whole journal: {:?}; {}", median(|| sled(false)), resident());
    }
}
