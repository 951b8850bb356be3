//! Second copies of full segments that rot: found by every check, made anew from a whole segment, and never from a damaged one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_store::doctor::repair_on;
use quickpay_store::{Checked, DoctorReport, Flaw, MemoryHouse, Store, StoreError};

use crate::sample::{Dice, FOLDER, moment, options, sale_opened};
use crate::sim_disk::{Call, EIO, SimDisk};

/// Idle seconds in which everything is tidied.
const LONG: u32 = 200;

fn file(folder: &str, number: u64) -> PathBuf {
    Path::new(FOLDER).join(format!("{folder}/{number:08}.j"))
}

fn open(disk: &SimDisk, house: &MemoryHouse) -> Store {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every) = (true, 10);
    Store::open_on(Arc::new(disk.clone()), Box::new(house.clone()), Path::new(FOLDER), &options)
        .unwrap()
        .store
}

/// A store with some full segments, each with its copy.
fn copied() -> (SimDisk, MemoryHouse, Store) {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house);
    for n in 0..60 {
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
    }
    rest(&mut store);
    assert!(disk.has(&file("copies", 4)) && store.verify().is_sound() && store.verify().copies >= 4);
    (disk, house, store)
}

fn rest(store: &mut Store) {
    (0..LONG).for_each(|_| store.idle());
}

fn rot(disk: &SimDisk, path: &Path, at: usize) {
    let mut content = disk.content(path);
    content[at] ^= 1;
    disk.put(path, content);
}

fn check(store: &Store) -> Checked {
    store.background_check().run(&mut || {})
}

#[test]
fn a_rotten_copy_is_found_beside_sales_and_made_anew_in_a_quiet_second() {
    for at in [0, 700, 4095] {
        let (disk, _, mut store) = copied();
        rot(&disk, &file("copies", 2), at);
        disk.put(&file("copies", 4), disk.content(&file("journal", 4))[..1000].to_vec());
        let checked = check(&store);
        assert_eq!((checked.journal, checked.lists), (None, None), "selling goes on");
        assert_eq!(checked.rotten_copies, [2, 4]);
        let verified = store.verify().to_string();
        assert!(
            verified.contains("second copy of segment 2 ") && verified.contains("doctor repair"),
            "{verified}"
        );
        store.copy_again(&checked.rotten_copies);
        rest(&mut store);
        for number in [2, 4] {
            assert!(disk.content(&file("copies", number)) == disk.content(&file("journal", number)));
        }
        assert!(check(&store).rotten_copies.is_empty() && store.verify().is_sound());
    }
}

#[test]
fn a_copy_that_is_gone_is_made_again_after_the_next_start() {
    let (disk, house, store) = copied();
    drop(store);
    disk.forget(&file("copies", 3));
    let mut store = open(&disk, &house);
    assert!(store.verify().is_sound(), "it was not made yet, for all one knows");
    rest(&mut store);
    assert!(disk.content(&file("copies", 3)) == disk.content(&file("journal", 3)));
}

#[test]
fn a_copy_that_goes_while_the_till_runs_is_told_and_made_again_by_the_next_check() {
    let (disk, _, mut store) = copied();
    for number in [2, 4] {
        disk.forget(&file("copies", number));
    }
    let report = store.verify();
    assert!(report.is_sound() && report.uncopied == [2, 4], "{report}");
    assert!(report.to_string().contains("without a second copy: 2, 4;"), "{report}");
    let checked = check(&store);
    assert_eq!((&checked.journal, &checked.lists), (&None, &None), "selling goes on");
    assert_eq!(
        (checked.missing_copies.as_slice(), checked.rotten_copies.as_slice()),
        ([2, 4].as_slice(), [].as_slice())
    );
    store.copy_again(&checked.missing_copies);
    rest(&mut store);
    for number in [2, 4] {
        assert!(disk.content(&file("copies", number)) == disk.content(&file("journal", number)));
    }
    assert!(check(&store).missing_copies.is_empty() && store.verify().uncopied.is_empty());
}

#[test]
fn the_doctor_makes_a_copy_that_is_gone_and_says_so() {
    let (disk, house, store) = copied();
    drop(store);
    disk.forget(&file("copies", 3));
    let words = repair(&disk, &house).to_string();
    assert!(words.contains("found: copies: full segments without a second copy: 3\n"), "{words}");
    assert!(words.contains("done: second copies: made them"), "{words}");
    assert!(disk.content(&file("copies", 3)) == disk.content(&file("journal", 3)));
    assert!(!repair(&disk, &house).to_string().contains("second cop"));
}

#[test]
fn a_damaged_segment_is_never_copied_over_its_good_copy_and_the_doctor_mends_it_from_there() {
    let (disk, house, mut store) = copied();
    let good = disk.content(&file("journal", 3));
    rot(&disk, &file("journal", 3), 900);
    let checked = check(&store);
    assert!(checked.journal.unwrap().contains("00000003.j"));
    assert!(checked.rotten_copies.is_empty(), "where the segment is damaged nothing is said of its copy");
    store.copy_again(&[3]);
    rest(&mut store);
    assert!(disk.content(&file("copies", 3)) == good, "the good one of the two is as it was");
    drop(store);
    let report = repair(&disk, &house);
    assert!(report.is_sound(), "{report}");
    assert!(disk.content(&file("journal", 3)) == good);
}

#[test]
fn the_doctor_makes_a_rotten_copy_anew_and_says_so() {
    let (disk, house, store) = copied();
    drop(store);
    rot(&disk, &file("copies", 1), 2000);
    let report = repair(&disk, &house);
    assert!(report.is_sound(), "{report}");
    let words = report.to_string();
    assert!(
        words.contains("found: copies: the second copy of segment 1 ") && words.contains("anew"),
        "{words}"
    );
    assert!(disk.content(&file("copies", 1)) == disk.content(&file("journal", 1)));
    assert!(!repair(&disk, &house).to_string().contains("second cop"));
}

#[test]
fn a_segment_and_its_copy_that_rotted_in_different_places_mend_each_other() {
    let (disk, house, store) = copied();
    drop(store);
    let good = disk.content(&file("journal", 2));
    rot(&disk, &file("journal", 2), 500);
    rot(&disk, &file("copies", 2), 3000);
    let report = repair(&disk, &house);
    assert!(report.is_sound(), "{report}");
    assert!(disk.content(&file("journal", 2)) == good && disk.content(&file("copies", 2)) == good);
}

#[test]
fn a_power_cut_while_a_copy_is_made_anew_leaves_the_segment_and_it_is_taken_up_again() {
    let mut cut = 0;
    for after in 0..30 {
        let (disk, house, mut store) = copied();
        let good = disk.content(&file("journal", 2));
        rot(&disk, &file("copies", 2), 700);
        disk.fail(Call::PowerGone, after, EIO);
        store.copy_again(&[2]);
        rest(&mut store);
        drop(store);
        cut += u32::from(disk.has_failed());
        disk.cut_power(&mut Dice::new(after as u64));
        let mut store = open(&disk, &house);
        assert!(disk.content(&file("journal", 2)) == good);
        let checked = check(&store);
        assert_eq!((checked.journal, checked.lists), (None, None));
        store.copy_again(&checked.rotten_copies);
        rest(&mut store);
        assert!(disk.content(&file("copies", 2)) == good, "cut after {after} calls");
    }
    assert!((5..30).contains(&cut), "{cut} of 30 were cut");
}

/// All segments of a journal, as they are.
fn segments(disk: &SimDisk, count: u64) -> Vec<Vec<u8>> {
    (1..=count).map(|number| disk.content(&file("journal", number))).collect()
}

#[test]
fn a_journal_that_is_gone_with_its_index_is_never_begun_anew_beside_its_second_copies() {
    let (disk, _, store) = copied();
    let count = store.verify().segments;
    drop(store);
    (1..=count).for_each(|number| disk.forget(&file("journal", number)));
    let lost = MemoryHouse::default();
    let shared = (Arc::new(disk.clone()), Box::new(lost.clone()));
    let refused = Store::open_on(shared.0, shared.1, Path::new(FOLDER), &options()).unwrap_err();
    let StoreError::Damaged(damage) = refused else { panic!("{refused}") };
    assert_eq!(damage.flaw, Flaw::SegmentMissing);
    assert!(!disk.has(&file("journal", 1)), "a new journal would hide the old one");
    let report = repair(&disk, &lost);
    let words = report.to_string();
    assert!(!report.is_sound() && words.contains("is nowhere") && words.contains("Do not sell"), "{words}");
    assert!(!disk.has(&file("journal", 1)), "what the newest segment held is unknown");
}

#[test]
fn a_journal_that_is_gone_comes_back_from_its_second_copies_and_the_index_byte_for_byte() {
    let (disk, house, store) = copied();
    let count = store.verify().segments;
    drop(store);
    let whole = segments(&disk, count);
    (1..=count).for_each(|number| disk.forget(&file("journal", number)));
    let report = repair(&disk, &house);
    assert!(report.is_sound(), "{report}");
    assert!(segments(&disk, count) == whole);
}

#[test]
fn a_full_segment_with_another_in_its_place_comes_back_with_its_seal() {
    let (disk, house, store) = copied();
    let count = store.verify().segments;
    drop(store);
    let whole = segments(&disk, count);
    disk.put(&file("journal", count - 1), whole[count as usize - 1].clone());
    let report = repair(&disk, &house);
    assert!(report.is_sound(), "{report}");
    assert!(segments(&disk, count) == whole);
}

fn repair(disk: &SimDisk, house: &MemoryHouse) -> DoctorReport {
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    repair_on(disk, house, Path::new(FOLDER), moment(999).wall, DoctorReport::default()).unwrap()
}
