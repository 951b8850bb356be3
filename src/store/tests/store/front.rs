//! A start begins with its checkpoint; what stands before it in the newest segment is proven right after, and before the
//! segment gets its seal.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::{Journal as _, JournalError};
use quickpay_store::{Flaw, IndexOutcome, MemoryHouse, OpenOptions, Opened, Store, StoreError};

use crate::sample::{Dice, FOLDER, moment, options, sale_opened};
use crate::sim_disk::SimDisk;

const HEADER: usize = 128;

fn roomy() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every, options.segment_bytes) = (true, 10, 16 * 1024);
    options
}

fn open(disk: &SimDisk, house: &MemoryHouse) -> Result<Opened, StoreError> {
    Store::open_on(Arc::new(disk.clone()), Box::new(house.clone()), Path::new(FOLDER), &roomy())
}

fn segment() -> PathBuf {
    Path::new(FOLDER).join("journal/00000001.j")
}

fn sell(store: &mut Store, n: u64) -> Result<u64, JournalError> {
    let seq = store.append(moment(n), &sale_opened(n as u32))?;
    if store.checkpoint_due() {
        store.append_checkpoint(b"a state")?;
    }
    Ok(seq)
}

fn sell_all(store: &mut Store, from: u64, to: u64) {
    for n in from..to {
        sell(store, n).unwrap();
    }
}

/// Fifteen sales in one segment with room for more; the index; where the newest checkpoint lies.
fn journal() -> (SimDisk, MemoryHouse, usize) {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house).unwrap().store;
    assert!(store.front().is_none(), "there is nothing that was not read");
    sell_all(&mut store, 0, 15);
    drop(store);
    let content = disk.content(&segment());
    let (mut at, mut newest) = (HEADER, None);
    loop {
        let len = u32::from_le_bytes(content[at..at + 4].try_into().unwrap());
        if content[at + 16] == 2 {
            newest = Some(at);
        }
        if len == 0 {
            return (disk, house, newest.unwrap());
        }
        at += 60 + len as usize;
    }
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}

#[test]
fn what_stands_before_the_checkpoint_is_read_after_the_start() {
    let (disk, house, _) = journal();
    let opened = open(&disk, &house).unwrap();
    assert_eq!((opened.report.checkpoint, opened.report.entries_read), (11, 4));
    assert_eq!(opened.report.index, IndexOutcome::Ready);
    let mut store = opened.store;
    let front = store.front().unwrap();
    sell(&mut store, 15).unwrap(); // selling waits for nothing
    store.front_read(front.prove()).unwrap();
    assert!(store.front().is_none(), "all of it is known now");
    assert!(store.verify().is_sound());
}

#[test]
fn a_segment_gets_the_same_seal_whenever_its_front_was_read() {
    let (disk, house, _) = journal();
    let mut sealed = Vec::new();
    for told_after in [0, 7, u64::MAX] {
        let (disk, house) = (disk.copy(), copy(&house));
        let mut store = open(&disk, &house).unwrap().store;
        let mut front = store.front();
        for n in 15..90 {
            if n - 15 == told_after {
                store.front_read(front.take().unwrap().prove()).unwrap();
            }
            sell(&mut store, n).unwrap();
        }
        let report = store.verify();
        assert!(report.is_sound() && report.segments > 1, "{report}");
        if let Some(front) = front {
            store.front_read(front.prove()).unwrap(); // of a segment that is full meanwhile
            assert!(store.verify().is_sound());
        }
        sealed.push(disk.content(&segment()));
    }
    // One that was never closed, in which all of it was written.
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house).unwrap().store;
    sell_all(&mut store, 0, 90);
    sealed.push(disk.content(&segment()));
    assert!(sealed.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_flipped_bit_before_the_checkpoint_is_damage_at_the_start_or_right_after_and_nothing_is_cut() {
    let (disk, house, checkpoint) = journal();
    let whole = disk.content(&segment());
    let mut after = 0;
    for byte in 0..checkpoint {
        let disk = disk.copy();
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << (byte % 8);
        disk.put(&segment(), flipped.clone());
        let told = match open(&disk, &copy(&house)) {
            Err(error) => error,
            Ok(Opened { mut store, .. }) => {
                after += 1;
                let front = store.front().unwrap_or_else(|| panic!("byte {byte} passed in silence"));
                let end = front.prove();
                store.front_read(end).err().unwrap_or_else(|| panic!("byte {byte} passed in silence"))
            }
        };
        assert!(matches!(told, StoreError::Damaged(_)), "byte {byte}: {told}");
        assert!(told.to_string().contains("quickpay doctor"), "{told}");
        assert_eq!(disk.content(&segment()), flipped, "byte {byte}: the damaged file was changed");
    }
    assert!(after > checkpoint / 2, "{after} of {checkpoint} after the start: it reads everything");
}

#[test]
fn a_flipped_bit_from_the_checkpoint_on_or_in_the_header_is_damage_before_anything_is_sold() {
    let (disk, house, checkpoint) = journal();
    let whole = disk.content(&segment());
    let written = whole.iter().rposition(|&byte| byte != 0).unwrap();
    for byte in (0..HEADER).chain(checkpoint..=written) {
        let disk = disk.copy();
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << (byte % 8);
        disk.put(&segment(), flipped.clone());
        let told = open(&disk, &copy(&house)).map(|_| ()).unwrap_err();
        assert!(matches!(told, StoreError::Damaged(_)), "byte {byte}: {told}");
        assert_eq!(disk.content(&segment()), flipped);
    }
}

#[test]
fn a_newest_segment_that_was_cut_short_names_the_entry_that_is_expected() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house).unwrap().store;
    sell_all(&mut store, 0, 60);
    let newest = store.verify().segments;
    assert!(newest > 1);
    drop(store);
    let path = Path::new(FOLDER).join(format!("journal/{newest:08}.j"));
    let whole = disk.content(&path);
    let first = u64::from_le_bytes(whole[40..48].try_into().unwrap());
    disk.put(&path, whole[..900].to_vec());
    let Err(StoreError::Damaged(damage)) = open(&disk, &house) else { panic!("it passed in silence") };
    assert_eq!((damage.seq, damage.offset), (first, 900), "{damage}");
}

#[test]
fn a_damaged_front_is_never_sealed() {
    let (disk, house, _) = journal();
    let mut flipped = disk.content(&segment());
    flipped[HEADER + 200] ^= 4;
    disk.put(&segment(), flipped);
    let mut store = open(&disk, &house).unwrap().store;
    let refused = (15..90).find_map(|n| sell(&mut store, n).err()).expect("a full segment");
    let JournalError::Broken(why) = &refused else { panic!("{refused:?}") };
    assert!(why.contains("00000001.j") && why.contains("quickpay doctor"), "{why}");
    assert!(!disk.has(&Path::new(FOLDER).join("journal/00000002.j")));
}

#[test]
fn frames_before_the_checkpoint_that_were_swapped_are_damage_though_each_is_good() {
    let (disk, house, _) = journal();
    let whole = disk.content(&segment());
    let mut at = vec![HEADER];
    for _ in 0..9 {
        let here = at[at.len() - 1];
        at.push(here + 60 + u32::from_le_bytes(whole[here..here + 4].try_into().unwrap()) as usize);
    }
    let mut content = whole.clone();
    let swapped: Vec<u8> = [4, 3].into_iter().flat_map(|n| whole[at[n]..at[n + 1]].to_vec()).collect();
    content[at[3]..at[5]].copy_from_slice(&swapped);
    disk.put(&segment(), content);
    let mut store = open(&disk, &house).unwrap().store;
    let end = store.front().unwrap().prove();
    let Err(StoreError::Damaged(damage)) = store.front_read(end) else { panic!("it passed in silence") };
    assert!(matches!(damage.flaw, Flaw::Seq { .. } | Flaw::Chain), "{damage}");
}

#[test]
fn an_index_of_another_journal_is_known_by_the_last_entry_before_the_checkpoint() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house).unwrap().store;
    sell_all(&mut store, 0, 15);
    store.append_checkpoint(b"the last").unwrap(); // as at an orderly stop
    drop(store);
    let (other_disk, other) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&other_disk, &other).unwrap().store;
    sell_all(&mut store, 20, 35);
    drop(store);
    let opened = open(&disk.copy(), &house).unwrap();
    assert_eq!((opened.report.index, opened.report.entries_read), (IndexOutcome::Ready, 0));
    let opened = open(&disk, &other).unwrap();
    let IndexOutcome::Rebuilt { reason, .. } = &opened.report.index else { panic!("{:?}", opened.report) };
    assert!(reason.contains("not in this journal"), "{reason}");
    assert!(opened.store.verify().is_sound());
}

#[test]
fn a_power_cut_after_any_start_leaves_a_journal_that_seals_and_starts_again() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut sold = 0;
        while sold < 200 {
            let mut store = open(&disk, &house).unwrap_or_else(|error| panic!("seed {seed}: {error}")).store;
            let front = store.front();
            let until = sold + 1 + dice.below(40) as u64;
            sell_all(&mut store, sold, until);
            sold = until;
            if let Some(front) = front.filter(|_| dice.below(2) == 0) {
                store.front_read(front.prove()).unwrap();
            }
            drop(store);
            disk.cut_power(&mut dice);
        }
        let report = open(&disk, &house).unwrap().store.verify();
        assert!(report.is_sound() && report.entries == sold && report.segments > 1, "seed {seed}: {report}");
    }
}
