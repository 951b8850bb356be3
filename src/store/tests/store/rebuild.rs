//! An index that a start finds unfit is made anew beside sales: selling waits for nothing, and nothing is answered from half
//! of it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use quickpay_core::id::SaleId;
use quickpay_core::journal::Journal as _;
use quickpay_store::{Health, IndexOutcome, MemoryHouse, OpenOptions, RebuildEnd, Store, StoreError};

use crate::sample::{FOLDER, moment, options, sale_opened};
use crate::sim_disk::SimDisk;

const PAST: u64 = 120;

fn beside_sales() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every, options.rebuild_at_start) = (true, 10, 0);
    options
}

fn open(disk: &SimDisk, house: &MemoryHouse, options: &OpenOptions) -> Result<Store, StoreError> {
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    Store::open_on(disk, house, Path::new(FOLDER), options).map(|opened| opened.store)
}

fn sell(store: &mut Store, count: u64) {
    for _ in 0..count {
        let n = store.last_seq();
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&[7; 40]).unwrap();
        }
    }
}

/// A journal with a past, and the index that belongs to it.
fn with_a_past() -> (SimDisk, MemoryHouse) {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &beside_sales()).unwrap();
    sell(&mut store, PAST);
    assert!(store.is_whole());
    (disk, house)
}

/// What an update does that changes the schema.
fn of_another_schema(house: &MemoryHouse) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut content = house.index.content();
    content.get_mut(b"~v".as_slice()).unwrap().push(0);
    content
}

/// What an open index answers for each sale.
fn answers(store: &Store) -> Vec<String> {
    let sales = 0..store.last_seq() as u32;
    sales.map(|n| format!("{:?}", store.entries_of_sale(SaleId(n)).unwrap())).collect()
}

#[test]
fn after_an_update_of_the_schema_selling_goes_on_while_the_lists_are_made() {
    let (disk, house) = with_a_past();
    let before = answers(&open(&disk, &house, &beside_sales()).unwrap());
    house.index.replace(of_another_schema(&house));
    let (two, shared) = (Arc::new(disk.clone()), Box::new(house.clone()));
    let opened = Store::open_on(two, shared, Path::new(FOLDER), &beside_sales()).unwrap();
    let IndexOutcome::Rebuilt { reason, .. } = &opened.report.index else { panic!("{:?}", opened.report) };
    assert!(reason.contains("schema"), "{reason}");
    let mut store = opened.store;
    assert!(!store.is_whole() && store.health() == Health::Sound && store.health().takes_new_sales());
    sell(&mut store, 3);
    assert!(matches!(store.entries_of_sale(SaleId(1)), Err(StoreError::Incomplete)));
    assert!(
        matches!(store.entry(PAST + 1), Err(StoreError::Incomplete)),
        "nothing is told from half an index"
    );
    assert!(matches!(store.entries_on("2026-11-20"), Err(StoreError::Incomplete)));
    let report = store.verify();
    assert!(report.is_sound() && report.unchecked.is_some(), "{report}");
    let checked = store.background_check().run(&mut || {});
    assert_eq!((checked.journal, checked.lists), (None, None));
    let rebuild = store.rebuild_under_way().unwrap();
    assert!(store.rebuild_under_way().is_none(), "only one makes it");
    let mut segments = 0;
    let end = rebuild.run(&mut || {
        segments += 1;
        sell(&mut store, 4);
        store.idle();
        assert!(!store.is_whole());
    });
    assert!(matches!(end, RebuildEnd::Whole { entries: PAST }), "{end:?}");
    assert!(segments > 5, "{segments}");
    store.rebuilt(&end);
    assert!(store.is_whole());
    assert_eq!(answers(&store)[..before.len()], before);
    let report = store.verify();
    assert!(report.is_sound() && report.unchecked.is_none(), "{report}");
    (0..200).for_each(|_| store.idle());
    assert!(store.verify().is_sound());
    drop(store);
    let store = open(&disk, &house, &beside_sales()).unwrap();
    assert!(store.is_whole() && store.verify().is_sound());
}

#[test]
fn lists_that_were_not_made_to_their_end_are_begun_again_and_are_never_taken_for_whole() {
    let (disk, house) = with_a_past();
    house.index.replace(of_another_schema(&house));
    let mut store = open(&disk, &house, &beside_sales()).unwrap();
    let mut halves = vec![house.index.content()];
    let rebuild = store.rebuild_under_way().unwrap();
    let end = rebuild.run(&mut || {
        sell(&mut store, 1);
        halves.push(house.index.content());
    });
    store.rebuilt(&end);
    drop(store);
    for (n, half) in halves.into_iter().enumerate() {
        let (disk, house) = (disk.copy(), MemoryHouse::default());
        house.index.replace(half.clone());
        let mut store = open(&disk, &house, &beside_sales()).unwrap();
        assert!(!store.is_whole(), "{n}");
        let end = store.rebuild_under_way().unwrap().run(&mut || {});
        store.rebuilt(&end);
        assert!(store.is_whole() && store.verify().is_sound(), "{n}");
        drop(store);
        house.index.replace(half);
        let store = open(&disk, &house, &options()).unwrap();
        assert!(store.is_whole() && store.verify().is_sound(), "{n}, made at once");
    }
}

#[test]
fn a_closed_store_stops_the_making_of_its_lists() {
    let (disk, house) = with_a_past();
    house.index.replace(BTreeMap::new());
    let mut store = open(&disk, &house, &beside_sales()).unwrap();
    let rebuild = store.rebuild_under_way().unwrap();
    let mut store = Some(store);
    let mut segments = 0;
    let end = rebuild.run(&mut || {
        segments += 1;
        if segments == 3 {
            store.take().unwrap().close().unwrap();
        }
    });
    assert!(matches!(end, RebuildEnd::Stopped) && segments == 3, "{end:?} after {segments}");
    assert!(!open(&disk, &house, &beside_sales()).unwrap().is_whole());
}

#[test]
fn damage_in_the_past_ends_the_making_of_the_lists_and_new_sales() {
    let (disk, house) = with_a_past();
    let old = Path::new(FOLDER).join("journal/00000002.j");
    let mut content = disk.content(&old);
    content[2000] ^= 1;
    disk.put(&old, content);
    house.index.replace(BTreeMap::new());
    let mut store = open(&disk, &house, &beside_sales()).unwrap();
    let end = store.rebuild_under_way().unwrap().run(&mut || {});
    let RebuildEnd::Broken(StoreError::Damaged(_)) = &end else { panic!("{end:?}") };
    store.rebuilt(&end);
    assert!(!store.health().takes_new_sales());
    sell(&mut store, 1); // what is open is still recorded
}

#[test]
fn a_journal_that_was_shortened_is_noticed_by_lists_that_are_being_made() {
    let (disk, house) = with_a_past();
    let newest = |disk: &SimDisk| {
        let file = |n: u64| Path::new(FOLDER).join(format!("journal/{n:08}.j"));
        file((1..).take_while(|n| disk.has(&file(*n))).last().unwrap())
    };
    let older = disk.copy();
    house.index.replace(of_another_schema(&house));
    let mut store = open(&disk, &house, &beside_sales()).unwrap();
    sell(&mut store, 1);
    drop(store);
    assert_eq!(newest(&older), newest(&disk));
    disk.put(&newest(&disk), older.content(&newest(&older)));
    let error = open(&disk, &house, &beside_sales()).unwrap_err();
    assert!(error.to_string().contains("had been recorded"), "{error}");
}
