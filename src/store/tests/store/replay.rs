//! A start hands the journal on as it reads it: from the newest checkpoint that serves, an older one, or the first entry.

use std::path::Path;
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_core::record::Entry;
use quickpay_store::{Checkpoint, IndexOutcome, MemoryHouse, OpenOptions, OpenReport, Replay, Store};

use crate::sample::{FOLDER, moment, options, sale_opened};
use crate::sim_disk::SimDisk;

/// Takes part in a start and remembers how it went.
#[derive(Debug, Default)]
struct Listener {
    /// Newest checkpoints that are of no use.
    useless: usize,
    /// How often everything is wanted once more.
    once_more: usize,
    offered: Vec<u64>,
    begun: Option<u64>,
    taken: Vec<Entry>,
    begins: usize,
}

impl Replay for Listener {
    fn begin(&mut self, checkpoint: Option<&Checkpoint>) -> bool {
        self.offered.extend(checkpoint.map(|checkpoint| checkpoint.seq));
        if checkpoint.is_some() && self.offered.len() <= self.useless {
            return false;
        }
        self.begins += 1;
        self.begun = checkpoint.map(|checkpoint| checkpoint.seq);
        self.taken.clear();
        true
    }

    fn take(&mut self, entry: Entry) {
        self.taken.push(entry);
    }

    fn again(&mut self) -> bool {
        let again = self.once_more > 0;
        self.once_more = self.once_more.saturating_sub(1);
        again
    }
}

fn start(
    disk: &SimDisk,
    house: &MemoryHouse,
    options: &OpenOptions,
    of: &mut Listener,
) -> (Store, OpenReport) {
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    Store::replay_on(disk, house, Path::new(FOLDER), options, of).unwrap()
}

fn from_checkpoint() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every) = (true, 10);
    options
}

fn entry(seq: u64) -> Entry {
    Entry { seq, at: moment(seq - 1), records: sale_opened(seq as u32 - 1) }
}

/// So many sales, with checkpoints as the event loop makes them; after which entries those lie.
fn sold(count: u64, options: &OpenOptions, body: usize) -> (SimDisk, MemoryHouse, Vec<u64>) {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let (mut store, _) = start(&disk, &house, options, &mut Listener::default());
    let mut checkpoints = Vec::new();
    for n in 0..count {
        let seq = store.append(moment(n), &sale_opened(n as u32)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&vec![7; body]).unwrap();
            checkpoints.push(seq);
        }
    }
    (disk, house, checkpoints)
}

#[test]
fn the_newest_checkpoint_that_serves_is_begun_with_and_only_what_follows_it_is_read() {
    let (disk, house, checkpoints) = sold(90, &from_checkpoint(), 40);
    assert!(checkpoints.len() > 8);
    for useless in 0..=checkpoints.len() {
        let (disk, twin) = (disk.copy(), MemoryHouse::default());
        twin.index.replace(house.index.content());
        let mut listener = Listener { useless, ..Listener::default() };
        let (mut store, report) = start(&disk, &twin, &from_checkpoint(), &mut listener);
        let newest_first: Vec<u64> = checkpoints.iter().rev().copied().collect();
        assert_eq!(listener.offered, newest_first[..(useless + 1).min(newest_first.len())]);
        let begun = newest_first.get(useless).copied();
        assert_eq!((listener.begun, listener.begins), (begun, 1));
        let after = begun.unwrap_or(0);
        assert_eq!(listener.taken, (after + 1..=90).map(entry).collect::<Vec<_>>(), "{useless} of no use");
        assert_eq!((report.checkpoint, report.entries_read), (after, 90 - after));
        assert_eq!(report.index, IndexOutcome::Ready);
        assert!(store.verify().is_sound());
        store.append(moment(90), &sale_opened(90)).unwrap();
        assert!(useless == 0 || store.checkpoint_due(), "one that serves is made with the first decision");
    }
}

#[test]
fn who_asks_for_everything_once_more_gets_it_from_the_first_entry() {
    let (disk, house, _) = sold(60, &from_checkpoint(), 40);
    for once_more in 1..=2 {
        let mut listener = Listener { once_more, ..Listener::default() };
        let (store, report) = start(&disk.copy(), &house, &from_checkpoint(), &mut listener);
        assert_eq!((listener.begins, listener.begun), (once_more + 1, None));
        assert_eq!(listener.taken, (1..=60).map(entry).collect::<Vec<_>>());
        assert_eq!((report.checkpoint, report.entries_read), (0, 60));
        assert!(store.verify().is_sound());
    }
}

#[test]
fn an_index_that_lags_is_filled_up_behind_an_older_checkpoint_and_behind_none() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let (mut store, _) = start(&disk, &house, &from_checkpoint(), &mut Listener::default());
    let mut older = Vec::new();
    for n in 0..60 {
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&[7; 40]).unwrap();
        }
        older.push(house.index.content());
    }
    drop(store);
    for content in older.into_iter().step_by(3) {
        for useless in [1, 3, 100] {
            house.index.replace(content.clone());
            let mut listener = Listener { useless, ..Listener::default() };
            let (store, _) = start(&disk.copy(), &house, &from_checkpoint(), &mut listener);
            assert!(store.verify().is_sound());
        }
    }
}

#[test]
fn frames_across_the_pieces_that_are_read_and_longer_than_one_come_back_whole() {
    let mut large = from_checkpoint();
    (large.segment_bytes, large.checkpoint_every) = (512 * 1024, 150);
    for body in [63_000, 65_500, 65_536, 150_000] {
        let (disk, house, checkpoints) = sold(1_500, &large, body);
        let mut listener = Listener { useless: 100, ..Listener::default() };
        let (store, report) = start(&disk, &house, &large, &mut listener);
        assert!(report.segments > 2 && checkpoints.len() > 5);
        assert!(listener.taken.iter().eq((1..=1_500).map(entry).collect::<Vec<_>>().iter()), "{body}");
        let verified = store.verify();
        assert!(verified.is_sound() && verified.checkpoints == checkpoints.len() as u64, "{verified}");
    }
}
