//! sled on the real disk: lost, corrupted, half-made; the journal brings it back.

use std::fs;
use std::path::{Path, PathBuf};

use quickpay_core::journal::Journal as _;
use quickpay_core::record::Entry;
use quickpay_store::{IndexError, IndexOutcome, Opened, Store, StoreError};

use crate::sample::{Dice, moment, options, sale_opened};

fn till_with(count: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    for n in 0..count {
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
    }
    store.close().unwrap();
    folder
}

fn open_whole(folder: &Path, count: u32) -> Opened {
    let opened = Store::open(folder, &options()).unwrap();
    let expected: Vec<_> = (0..count)
        .map(|n| {
            let seq = u64::from(n);
            Entry { seq: seq + 1, at: moment(seq), records: sale_opened(n) }
        })
        .collect();
    assert_eq!(opened.entries, expected);
    let report = opened.store.verify();
    assert!(report.is_sound(), "{report:?}");
    opened
}

fn set_aside(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).unwrap().map(|item| item.unwrap().path());
    names.filter(|path| path.to_string_lossy().contains("sled.quarantine.")).collect()
}

#[test]
fn a_lost_sled_is_made_anew_from_the_journal() {
    let folder = till_with(50);
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    let opened = open_whole(folder.path(), 50);
    assert!(matches!(opened.report.index, IndexOutcome::Rebuilt { quarantine: None, .. }));
}

#[test]
fn a_sled_with_a_flipped_bit_in_every_sector_is_set_aside_and_made_anew() {
    let folder = till_with(300);
    let db = folder.path().join("sled/db");
    for round in 1..=3 {
        let mut damaged = fs::read(&db).unwrap();
        damaged.iter_mut().skip(round).step_by(512).for_each(|byte| *byte ^= 0x20);
        fs::write(&db, damaged).unwrap();
        let opened = open_whole(folder.path(), 300);
        let outcome = &opened.report.index;
        assert!(matches!(outcome, IndexOutcome::Rebuilt { quarantine: Some(_), .. }), "{outcome:?}");
        opened.store.close().unwrap();
        assert_eq!(set_aside(folder.path()).len(), round);
    }
}

#[test]
fn flipped_bits_in_sled_are_either_harmless_or_mended() {
    let folder = till_with(300);
    let db = folder.path().join("sled/db");
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let mut damaged = fs::read(&db).unwrap();
        for _ in 0..40 {
            let byte = dice.below(damaged.len());
            damaged[byte] ^= 1 << dice.below(8);
        }
        fs::write(&db, damaged).unwrap();
        open_whole(folder.path(), 300).store.close().unwrap();
    }
}

#[test]
fn a_sled_cut_short_is_made_anew() {
    for kept in [0, 1, 4096, 100_000] {
        let folder = till_with(100);
        let db = folder.path().join("sled/db");
        let file = fs::OpenOptions::new().write(true).open(&db).unwrap();
        file.set_len(kept).unwrap();
        open_whole(folder.path(), 100);
    }
}

#[test]
fn a_half_made_snapshot_of_sled_is_removed_before_sled_sees_it() {
    let folder = till_with(20);
    let leftover = folder.path().join("sled/snap.00000000FFFFFFFF.generating");
    fs::write(&leftover, b"half made").unwrap();
    let opened = open_whole(folder.path(), 20);
    assert!(!leftover.exists());
    assert_eq!(opened.report.index, IndexOutcome::Ready);
}

#[test]
fn a_sled_that_another_program_holds_is_told_and_not_set_aside() {
    let folder = till_with(5);
    let file = fs::File::open(folder.path().join("sled/db")).unwrap();
    file.lock().unwrap();
    let result = Store::open(folder.path(), &options());
    let unavailable = matches!(result, Err(StoreError::Index(IndexError::Unavailable { .. })));
    assert!(unavailable, "{result:?}");
    assert!(set_aside(folder.path()).is_empty());
    drop(file);
    assert_eq!(open_whole(folder.path(), 5).report.index, IndexOutcome::Ready);
}

#[test]
fn a_sled_of_another_journal_is_set_aside() {
    let (one, other) = (till_with(20), till_with(20));
    fs::remove_dir_all(one.path().join("sled")).unwrap();
    fs::rename(other.path().join("sled"), one.path().join("sled")).unwrap();
    open_whole(one.path(), 20); // equal journals have equal indexes
    let longer = till_with(3);
    let mut store = Store::open(longer.path(), &options()).unwrap().store;
    for n in 0..30 {
        store.append(moment(n + 500), &sale_opened(n as u32)).unwrap();
    }
    store.close().unwrap();
    fs::remove_dir_all(longer.path().join("sled")).unwrap();
    fs::rename(one.path().join("sled"), longer.path().join("sled")).unwrap();
    let opened = Store::open(longer.path(), &options()).unwrap();
    assert!(matches!(opened.report.index, IndexOutcome::Rebuilt { quarantine: Some(_), .. }));
    assert!(opened.store.verify().is_sound());
}

#[test]
fn entries_that_sled_lacks_are_put_in_at_the_next_start() {
    let folder = till_with(20);
    let older = folder.path().join("older");
    copy_folder(&folder.path().join("sled"), &older);
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    for n in 20..50 {
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
    }
    store.close().unwrap();
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    fs::rename(&older, folder.path().join("sled")).unwrap();
    let opened = open_whole(folder.path(), 50);
    assert_eq!(opened.report.index, IndexOutcome::FilledUp(30));
}

#[test]
fn sled_is_made_anew_on_demand_while_the_store_is_open() {
    let folder = till_with(40);
    let mut store = Store::open(folder.path(), &options()).unwrap().store;
    let report = store.rebuild(moment(99).wall).unwrap();
    assert_eq!(report.entries, 40);
    assert!(report.quarantine.unwrap().exists());
    store.append(moment(40), &sale_opened(40)).unwrap();
    assert!(store.verify().is_sound());
    store.close().unwrap();
    assert_eq!(open_whole(folder.path(), 41).report.index, IndexOutcome::Ready);
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        if item.file_type().unwrap().is_dir() {
            copy_folder(&item.path(), &to.join(item.file_name()));
        } else {
            fs::copy(item.path(), to.join(item.file_name())).unwrap();
        }
    }
}
