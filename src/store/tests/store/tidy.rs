//! Full segments are tidied away: the index follows the newest one, every question is answered as before, and the doctor
//! still mends every byte.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::id::{JobId, SaleId};
use quickpay_core::journal::Journal as _;
use quickpay_core::record::{Copy, Entry, Record};
use quickpay_store::doctor::repair_on;
use quickpay_store::{DoctorReport, IndexOutcome, MemoryHouse, OpenOptions, Opened, Store, StoreError};

use crate::sample::{Dice, FOLDER, moment, options, order, sale_opened};
use crate::sim_disk::{Call, EIO, SimDisk};

/// Idle seconds in which everything is tidied, however small the segments.
const LONG: u32 = 400;

fn from_checkpoint() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every) = (true, 10);
    options
}

fn open(disk: &SimDisk, house: &MemoryHouse, options: &OpenOptions) -> Result<Opened, StoreError> {
    Store::open_on(Arc::new(disk.clone()), Box::new(house.clone()), Path::new(FOLDER), options)
}

/// Sales, and now and then a copy of the receipt of a sale of long ago.
fn records(n: u32) -> Vec<Record> {
    if n % 9 == 8 {
        let attempt = quickpay_core::id::AttemptId { sale: SaleId(n / 3), index: 0 };
        return vec![Record::PrintQueued { job: JobId(n), attempt, copy: Copy::Number(1), operator: None }];
    }
    sale_opened(n)
}

fn entry(n: u32) -> Entry {
    Entry { seq: u64::from(n) + 1, at: moment(u64::from(n)), records: records(n) }
}

fn fill(store: &mut Store, from: u32, to: u32) {
    for n in from..to {
        store.append(moment(u64::from(n)), &records(n)).unwrap();
        if store.checkpoint_due() {
            store.append_checkpoint(&[7; 40]).unwrap();
        }
    }
}

fn rest(store: &mut Store) {
    for _ in 0..LONG {
        store.idle();
    }
}

fn one_by_one(house: &MemoryHouse) -> usize {
    let single = |key: &&Vec<u8>| [b"e/", b"s/", b"c/"].iter().any(|prefix| key.starts_with(*prefix));
    house.index.content().keys().filter(single).count()
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}

fn segment(number: u64) -> PathBuf {
    Path::new(FOLDER).join(format!("journal/{number:08}.j"))
}

/// Everything that can be asked.
fn answers(store: &Store, count: u32) -> Vec<String> {
    let mut answers = Vec::new();
    for n in 0..count {
        answers.push(format!("{:?}", store.entry(u64::from(n) + 1).unwrap()));
        answers.push(format!("{:?}", store.entries_of_sale(SaleId(n)).unwrap()));
        answers.push(format!("{:?}", store.attempt_of_order(&order(n)).unwrap()));
        answers.push(format!("{:?}", store.entries_of_order(&order(n)).unwrap()));
    }
    let some: Vec<SaleId> = (0..count).step_by(7).map(SaleId).collect();
    answers.push(format!("{:?}", store.entries_of_sales(&some).unwrap()));
    answers.push(format!("{:?}", store.entries_on("2026-11-20").unwrap()));
    answers.push(format!("{:?}", store.entries_on("2026-11-21").unwrap()));
    answers
}

#[test]
fn a_tidied_index_answers_every_question_as_before() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    fill(&mut store, 0, 150);
    let before = answers(&store, 160);
    let single = one_by_one(&house);
    let segments = store.verify().segments;
    assert!(segments > 10 && single > 300);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..LONG {
        store.idle();
        let rows = house.index.content().len();
        if seen.insert(rows) {
            assert_eq!(answers(&store, 160), before, "{rows} rows");
            let report = store.verify();
            assert!(report.is_sound(), "{rows} rows: {report}");
        }
    }
    assert!(seen.len() > 10, "it was tidied at once");
    assert!(one_by_one(&house) * 10 < single, "{} of {single}", one_by_one(&house));
    for number in 1..segments {
        let second = Path::new(FOLDER).join(format!("copies/{number:08}.j"));
        assert!(disk.content(&second) == disk.content(&segment(number)), "segment {number}");
    }
    drop(store);
    for options in [from_checkpoint(), options()] {
        let opened = open(&disk, &house, &options).unwrap();
        assert_eq!(opened.report.index, IndexOutcome::Ready);
        assert_eq!(answers(&opened.store, 160), before);
    }
}

#[test]
fn an_index_made_anew_is_as_compact_as_one_that_was_tidied() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    fill(&mut store, 0, 150);
    rest(&mut store);
    store.rebuild(moment(0).wall).unwrap();
    let anew = house.index.content();
    assert!(store.verify().is_sound());
    drop(store);
    let fresh = MemoryHouse::default();
    let store = open(&disk, &fresh, &from_checkpoint()).unwrap().store;
    assert!(fresh.index.content() == anew, "a lost one is made as by a rebuild");
    assert_eq!(answers(&store, 150).len(), 4 * 150 + 3);
    assert!(one_by_one(&fresh) < 60);
}

#[test]
fn the_index_grows_with_the_newest_segment_and_not_with_history() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut roomy = from_checkpoint();
    (roomy.segment_bytes, roomy.checkpoint_every) = (64 * 1024, 100);
    let mut store = open(&disk, &house, &roomy).unwrap().store;
    let mut rows = Vec::new();
    for round in 0..10 {
        fill(&mut store, round * 500, round * 500 + 500);
        rest(&mut store);
        rows.push(house.index.content().len());
    }
    // What stays of an entry is its share of a compact row of 128 sales and of a segment's.
    let (first, last) = (rows[1], rows[9]);
    assert!(last < first + 400, "{rows:?} rows after 1000, 2000 … 5000 entries");
    assert!(store.verify().is_sound());
}

#[test]
fn a_flipped_bit_in_a_tidied_segment_is_healed_from_its_copy_byte_for_byte() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    fill(&mut store, 0, 60);
    rest(&mut store);
    let segments = store.verify().segments;
    drop(store);
    let healthy = disk.copy();
    for number in 1..segments {
        let whole = healthy.content(&segment(number));
        let written = whole.iter().rposition(|&byte| byte != 0).unwrap();
        for byte in (0..=written).step_by(23) {
            let disk = healthy.copy();
            let mut flipped = whole.clone();
            flipped[byte] ^= 1 << (byte % 8);
            disk.put(&segment(number), flipped);
            let (disk_again, house) = (Arc::new(disk.clone()), Box::new(copy(&house)));
            let report =
                repair_on(disk_again, house, Path::new(FOLDER), moment(0).wall, DoctorReport::default())
                    .unwrap();
            assert!(report.is_sound() && !report.found.is_empty(), "segment {number}, byte {byte}: {report}");
            assert!(disk.content(&segment(number)) == whole, "segment {number}, byte {byte}: {report}");
        }
    }
}

#[test]
fn a_segment_that_was_damaged_before_its_copy_keeps_the_rows_that_mend_it() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    fill(&mut store, 0, 60);
    let whole = disk.content(&segment(2));
    let mut flipped = whole.clone();
    flipped[1500] ^= 4;
    disk.put(&segment(2), flipped);
    rest(&mut store);
    assert!(!disk.has(&Path::new(FOLDER).join("copies/00000002.j")));
    drop(store);
    let (disk_again, house) = (Arc::new(disk.clone()), Box::new(house));
    let report =
        repair_on(disk_again, house, Path::new(FOLDER), moment(0).wall, DoctorReport::default()).unwrap();
    assert!(report.is_sound(), "{report}");
    assert!(disk.content(&segment(2)) == whole);
}

#[test]
fn a_power_cut_while_tidying_loses_nothing_and_it_is_taken_up_again() {
    for seed in 0..120 {
        let mut dice = Dice::new(seed);
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
        fill(&mut store, 0, 70);
        let mut snapshots = vec![house.index.content()];
        disk.fail(Call::PowerGone, dice.below(120), EIO);
        for _ in 0..60 {
            store.idle();
            snapshots.push(house.index.content());
        }
        drop(store);
        disk.cut_power(&mut dice);
        house.index.replace(snapshots.swap_remove(dice.below(snapshots.len())));
        let opened =
            open(&disk, &house, &from_checkpoint()).unwrap_or_else(|error| panic!("{seed}: {error}"));
        let mut store = opened.store;
        for n in 0..70 {
            assert_eq!(store.entry(u64::from(n) + 1).unwrap(), Some(entry(n)), "seed {seed}");
        }
        rest(&mut store);
        let report = store.verify();
        assert!(report.is_sound(), "seed {seed}: {report}");
        assert!(one_by_one(&house) < 60, "seed {seed}: {}", one_by_one(&house));
        for number in 1..report.segments {
            let second = Path::new(FOLDER).join(format!("copies/{number:08}.j"));
            assert!(disk.content(&second) == disk.content(&segment(number)), "seed {seed}, {number}");
        }
    }
}

#[test]
fn a_disk_that_takes_no_copy_leaves_everything_as_it_is() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    fill(&mut store, 0, 70);
    store.idle();
    let single = one_by_one(&house);
    disk.fail(Call::Full, 0, crate::sim_disk::ENOSPC);
    for _ in 0..5 {
        store.idle();
    }
    assert_eq!(one_by_one(&house), single, "rows went without a copy");
    assert!(store.verify().is_sound());
    assert!(store.append(moment(70), &records(70)).is_ok(), "selling goes on");
}
