//! Little room: new sales stop before records could be lost, open ones finish, and the doctor has a reserve.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_store::{Health, MemoryHouse, OpenOptions, Opened, RealDisk, Reserve, Store};

use crate::sample::{FOLDER, moment, options, sale_opened};
use crate::sim_disk::{Call, ENOSPC, SimDisk};

const LOW: u64 = 100_000;
const RESERVE: u64 = 10_000;

fn careful() -> OpenOptions {
    let mut options = options();
    (options.low_space_bytes, options.reserve_bytes) = (LOW, RESERVE);
    options
}

fn open(disk: &SimDisk) -> Opened {
    let house = Box::new(MemoryHouse::default());
    Store::open_on(Arc::new(disk.clone()), house, Path::new(FOLDER), &careful()).unwrap()
}

fn reserve() -> PathBuf {
    Path::new(FOLDER).join("reserve.bin")
}

#[test]
fn little_room_stops_new_sales_while_open_ones_are_recorded_and_goes_by_itself() {
    let disk = SimDisk::default();
    disk.set_free(LOW - 1);
    let mut store = open(&disk).store;
    assert_eq!(store.health(), Health::SpaceLow { free_bytes: LOW - 1 });
    assert!(!store.health().takes_new_sales());
    store.append(moment(1), &sale_opened(1)).unwrap();
    disk.set_free(LOW);
    store.idle();
    assert_eq!(store.health(), Health::Sound);
    disk.set_free(5);
    store.idle();
    assert_eq!(store.health(), Health::SpaceLow { free_bytes: 5 });
}

#[test]
fn room_is_measured_at_each_new_segment() {
    let disk = SimDisk::default();
    let mut store = open(&disk).store;
    disk.set_free(5);
    let mut recorded = 0;
    while store.health() == Health::Sound {
        store.append(moment(recorded), &sale_opened(recorded as u32)).unwrap();
        recorded += 1;
        assert!(recorded < 20, "a new segment began and nobody measured");
    }
    assert!(recorded > 3, "no new segment can have begun: {recorded}");
}

#[test]
fn the_segment_made_ahead_takes_the_open_sales_on_a_full_disk() {
    let disk = SimDisk::default();
    let mut store = open(&disk).store;
    store.append(moment(0), &sale_opened(0)).unwrap();
    disk.set_free(0);
    disk.fail(Call::Full, 0, ENOSPC); // nothing can grow or be made; what exists can be written
    let mut recorded = 1_u32;
    while store.append(moment(u64::from(recorded)), &sale_opened(recorded)).is_ok() {
        recorded += 1;
    }
    assert!(recorded > 10, "only {recorded} entries fitted two segments");
    assert!(matches!(store.health(), Health::JournalClosed { .. }));
    drop(store);
    disk.heal();
    assert!(open(&disk).entries.len() >= recorded as usize);
}

#[test]
fn the_reserve_is_made_once_and_only_where_it_leaves_room_for_selling() {
    let disk = SimDisk::default();
    disk.set_free(LOW + RESERVE - 1);
    let opened = open(&disk);
    assert!(matches!(opened.report.reserve, Reserve::Missing(_)), "{:?}", opened.report);
    assert!(!disk.has(&reserve()));
    disk.set_free(LOW + RESERVE);
    assert_eq!(open(&disk).report.reserve, Reserve::Kept);
    assert_eq!(disk.content(&reserve()).len() as u64, RESERVE);
    disk.set_free(0);
    assert_eq!(open(&disk).report.reserve, Reserve::Kept);
}

#[test]
fn a_reserve_that_cannot_be_made_leaves_nothing_behind_and_the_store_opens() {
    let disk = SimDisk::default();
    drop(Store::open_on(
        Arc::new(disk.clone()),
        Box::new(MemoryHouse::default()),
        Path::new(FOLDER),
        &options(),
    ));
    disk.fail(Call::Write, 0, ENOSPC);
    let opened = open(&disk);
    assert!(matches!(opened.report.reserve, Reserve::Missing(_)), "{:?}", opened.report);
    assert!(!disk.has(&reserve()));
    assert_eq!(opened.store.health(), Health::Sound);
}

/// A full file system of its own would need a mount, and so root; the limit is put above what is free instead.
#[test]
fn on_the_real_disk_the_room_is_measured_and_the_reserve_takes_real_blocks() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = tempfile::tempdir().unwrap();
    let mut real = options();
    real.reserve_bytes = 1024 * 1024;
    let opened = Store::open(folder.path(), &real).unwrap();
    assert_eq!((opened.report.reserve, opened.store.health()), (Reserve::Kept, Health::Sound));
    let about = std::fs::metadata(folder.path().join("reserve.bin")).unwrap();
    assert!(about.len() == 1024 * 1024 && about.blocks() * 512 >= about.len(), "{} blocks", about.blocks());
    opened.store.close().unwrap();
    real.low_space_bytes = u64::MAX;
    let mut store = Store::open(folder.path(), &real).unwrap().store;
    let Health::SpaceLow { free_bytes } = store.health() else { panic!("{:?}", store.health()) };
    let free = quickpay_store::Disk::free_bytes(&RealDisk, folder.path()).unwrap();
    assert!(free_bytes.abs_diff(free) < free / 2 + 100_000_000, "{free_bytes} and {free}");
    store.append(moment(0), &sale_opened(0)).unwrap();
}
