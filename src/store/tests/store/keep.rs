//! What was recorded comes back.

use std::path::Path;

use quickpay_core::id::{JobId, SaleId};
use quickpay_core::journal::{Journal as _, JournalError};
use quickpay_core::record::{Copy, Entry, Record};
use quickpay_store::{Health, IndexOutcome, MemoryHouse, ReadEnd, RealDisk, Store, StoreError, read_journal};

use crate::sample::{every_record, moment, open_sim, options, order, sale_opened};
use crate::sim_disk::SimDisk;

#[test]
fn every_kind_of_record_comes_back_from_the_disk_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    for (record, n) in every_record().into_iter().zip(1..) {
        assert_eq!(store.append(moment(n), std::slice::from_ref(&record)).unwrap(), n);
        written.push(Entry { seq: n, at: moment(n), records: vec![record] });
    }
    assert_eq!(store.health(), Health::Sound);
    store.close().unwrap();
    let opened = Store::open(folder.path(), &options()).unwrap();
    assert_eq!(opened.entries, written);
    assert_eq!(opened.report.index, IndexOutcome::Ready);
    assert!(opened.report.segments > 1, "small segments must have rolled over: {:?}", opened.report);
}

#[test]
fn a_restart_gives_the_same_entries_and_the_journal_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    for life in 0..5_u64 {
        let mut opened = Store::open(folder.path(), &options()).unwrap();
        assert_eq!(opened.entries.len() as u64, life * 10);
        for n in life * 10..life * 10 + 10 {
            let seq = opened.store.append(moment(n), &sale_opened(n as u32)).unwrap();
            assert_eq!(seq, n + 1);
        }
        if life % 2 == 0 {
            opened.store.close().unwrap(); // the others are just dropped
        }
    }
    let opened = Store::open(folder.path(), &options()).unwrap();
    for (entry, n) in opened.entries.iter().zip(0..) {
        assert_eq!(*entry, Entry { seq: n + 1, at: moment(n), records: sale_opened(n as u32) });
    }
    let report = opened.store.verify();
    assert!(report.is_sound(), "{report:?}");
    assert_eq!(report.entries, 50);
}

#[test]
fn a_second_opening_is_refused_and_names_who_has_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let first = Store::open(folder.path(), &options()).unwrap();
    let Err(StoreError::InUse { pid, path }) = Store::open(folder.path(), &options()) else {
        panic!("opened twice");
    };
    assert_eq!((pid, path.as_path()), (Some(std::process::id()), folder.path()));
    drop(first);
    Store::open(folder.path(), &options()).unwrap();
}

#[test]
fn the_journal_of_another_terminal_is_refused() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    open_sim(&disk, &house).unwrap();
    let mut other = options();
    other.terminal = quickpay_core::id::TerminalId::parse("T2").unwrap();
    let folder = Path::new(crate::sample::FOLDER);
    let result = Store::open_on(std::sync::Arc::new(disk), Box::new(house), folder, &other);
    assert!(matches!(result, Err(StoreError::OtherTerminal { .. })), "{result:?}");
}

#[test]
fn segments_roll_over_and_the_chain_continues() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    for n in 0..200 {
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
        if n % 7 == 0 {
            store.idle();
        }
    }
    let report = store.verify();
    assert!(report.is_sound() && report.segments >= 15, "{report:?}");
    let reopened = open_sim(&disk, &house).unwrap();
    assert_eq!(reopened.entries.len(), 200);
    assert_eq!(reopened.report.segments, report.segments);
}

#[test]
fn a_decision_costs_one_write_and_one_sync_of_the_journal() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    let before = disk.calls();
    store.append(moment(1), &sale_opened(1)).unwrap();
    let after = disk.calls();
    assert_eq!((after.writes - before.writes, after.syncs - before.syncs), (1, 1));
}

#[test]
fn a_decision_too_large_for_a_frame_is_refused_and_the_journal_goes_on() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    let many: Vec<_> = (0..200).flat_map(sale_opened).collect();
    assert!(matches!(store.append(moment(1), &many), Err(JournalError::TooLarge { .. })));
    assert_eq!(store.append(moment(1), &sale_opened(1)).unwrap(), 1);
    assert_eq!(open_sim(&disk, &house).unwrap().entries.len(), 1);
}

#[test]
fn a_sale_is_found_by_its_number_its_order_its_paper_and_its_day() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    for n in 1..=20 {
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
    }
    let attempt = store.attempt_of_order(&order(7)).unwrap().unwrap();
    let queued = Record::PrintQueued { job: JobId(1), attempt, copy: Copy::Original, operator: None };
    store.append(moment(21), &[queued]).unwrap();
    store.close().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    store.append(moment(22), &[Record::PrintStarted { job: JobId(1) }]).unwrap();

    let seqs = |entries: Vec<Entry>| entries.into_iter().map(|entry| entry.seq).collect::<Vec<_>>();
    assert_eq!(seqs(store.entries_of_sale(SaleId(7)).unwrap()), [7, 21, 22]);
    assert_eq!(seqs(store.entries_of_order(&order(7)).unwrap()), [7, 21, 22]);
    assert_eq!(seqs(store.entries_on("2026-11-20").unwrap()), (1..=22).collect::<Vec<_>>());
    assert_eq!(store.entry(7).unwrap().unwrap().records, sale_opened(7));
    assert!(store.entries_of_order(&order(99)).unwrap().is_empty());
    assert!(store.entries_on("2026-11-21").unwrap().is_empty());
    assert_eq!(store.entry(23).unwrap(), None);
}

#[test]
fn the_journal_can_be_read_while_the_terminal_runs() {
    let folder = tempfile::tempdir().unwrap();
    assert!(read_journal(&RealDisk, folder.path()).unwrap().0.is_empty());
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    for n in 0..30 {
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
    }
    let (entries, report) = read_journal(&RealDisk, folder.path()).unwrap();
    assert_eq!(entries.len(), 30);
    assert_eq!(report.terminal.as_deref(), Some("T1"));
    assert_eq!(report.chain_head, store.verify().chain_head);
    assert!(matches!(report.end, ReadEnd::Clean));
    store.append(moment(30), &sale_opened(30)).unwrap();
}

#[test]
fn the_store_can_be_given_to_another_thread() {
    fn is_send<T: Send>() {}
    is_send::<Store>();
}
