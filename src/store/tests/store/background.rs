//! The check while the terminal works.

use std::path::Path;
use std::sync::Arc;

use quickpay_core::checkpoint::Checkpoint as State;
use quickpay_core::id::{AttemptId, IntentId, SaleId};
use quickpay_core::journal::Journal as _;
use quickpay_core::ledger::Ledger;
use quickpay_core::record::{Entry, Record};
use quickpay_store::{MemoryHouse, OpenOptions, Store};

use crate::sample::{FOLDER, moment, options, sale_opened};
use crate::sim_disk::SimDisk;

fn roomy() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every, options.segment_bytes) = (true, 10, 16 * 1024);
    options
}

fn open(disk: &SimDisk, house: &MemoryHouse) -> Store {
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    Store::open_on(disk, house, Path::new(FOLDER), &roomy()).unwrap().store
}

/// A sale that is closed as soon as it is open.
fn sold(n: u32) -> Vec<Record> {
    let mut records = sale_opened(n);
    let attempt = AttemptId { sale: SaleId(n), index: 0 };
    let intent = IntentId(format!("pi_{n}"));
    records.push(Record::AttemptApproved { attempt, intent, wallet_reference: None });
    records
}

/// Sales with true states between them, unless one is to be wrong.
fn fill(store: &mut Store, count: u32, mut spoil_from: Option<u32>) {
    let mut ledger = Ledger::default();
    for n in 1..=count {
        let seq = store.append(moment(u64::from(n)), &sold(n)).unwrap();
        ledger.apply(&Entry { seq, at: moment(u64::from(n)), records: sold(n) }).unwrap();
        if store.checkpoint_due() {
            let mut state: State = ledger.checkpoint(&std::collections::BTreeSet::new());
            if spoil_from.is_some_and(|from| n >= from) {
                state.sales.pop();
                spoil_from = None;
            }
            store.keep_state(&state).unwrap();
        }
    }
}

#[test]
fn a_sound_store_is_sound_while_it_is_written_to_and_tidied() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house);
    fill(&mut store, 120, None);
    let checked = store.background_check().run(&mut || {});
    assert_eq!((checked.journal, checked.lists), (None, None));
    assert_eq!(checked.entries, 120);
    for _ in 0..40 {
        let check = store.background_check();
        let checked = check.run(&mut || {
            for _ in 0..3 {
                store.idle();
            }
            let n = store.last_seq() + 1;
            store.append(moment(n), &sold(n as u32)).unwrap();
        });
        assert_eq!((checked.journal, checked.lists), (None, None));
    }
    assert!(store.verify().is_sound());
}

#[test]
fn damage_in_a_segment_that_no_start_reads_is_found() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house);
    fill(&mut store, 120, None);
    let old = Path::new(FOLDER).join("journal/00000002.j");
    let mut content = disk.content(&old);
    content[3000] ^= 1;
    disk.put(&old, content);
    drop(store);
    let store = open(&disk, &house); // from its checkpoint, without a word
    let checked = store.background_check().run(&mut || {});
    let words = checked.journal.unwrap();
    assert!(words.contains("00000002.j") && words.contains("quickpay doctor"), "{words}");
}

#[test]
fn a_list_that_lost_a_row_is_found() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house);
    fill(&mut store, 120, None);
    for _ in 0..100 {
        store.idle();
    }
    for prefix in [b"p/", b"m/", b"d/", b"s/"] {
        let whole = house.index.content();
        let mut poorer = whole.clone();
        let key = whole.keys().rev().find(|key| key.starts_with(prefix)).unwrap();
        poorer.remove(key);
        house.index.replace(poorer);
        let checked = store.background_check().run(&mut || {});
        assert!(checked.journal.is_none() && checked.lists.is_some(), "{}", key.escape_ascii());
        house.index.replace(whole);
    }
}

#[test]
fn a_state_that_does_not_follow_from_its_entries_is_found() {
    for spoil in [None, Some(60)] {
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut store = open(&disk, &house);
        fill(&mut store, 120, spoil);
        let checked = store.background_check().run(&mut || {});
        let verified = store.verify();
        assert_eq!(checked.journal.is_some(), spoil.is_some(), "{checked:?}");
        assert_eq!(verified.is_sound(), spoil.is_none(), "{verified}");
    }
}
