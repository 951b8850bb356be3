//! Errors of the disk and of the index while selling.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::{Journal as _, JournalError};
use quickpay_core::time::WallTime;
use quickpay_store::{
    Batch, Health, Index, IndexError, IndexHouse, IndexOutcome, MemoryHouse, Store, StoreError,
};

use crate::sample::{Dice, FOLDER, moment, open_sim, options, sale_opened};
use crate::sim_disk::{Call, EIO, ENOSPC, SimDisk};

#[test]
fn a_failed_sync_closes_the_journal_and_is_never_tried_again() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    store.append(moment(1), &sale_opened(1)).unwrap();
    disk.fail(Call::Sync, 0, EIO);
    assert!(matches!(store.append(moment(2), &sale_opened(2)), Err(JournalError::Broken(_))));
    let calls = disk.calls();
    for n in 3..6 {
        assert!(matches!(store.append(moment(n), &sale_opened(3)), Err(JournalError::Broken(_))));
    }
    store.idle();
    assert_eq!(disk.calls(), calls, "the disk was asked again after a failed sync");
    assert!(!store.health().takes_new_sales());
    assert!(matches!(store.health(), Health::JournalClosed { .. }));
}

#[test]
fn after_a_failed_sync_a_restart_makes_what_it_read_durable() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    store.append(moment(1), &sale_opened(1)).unwrap();
    disk.fail(Call::Sync, 0, EIO);
    store.append(moment(2), &sale_opened(2)).unwrap_err();
    drop(store);
    let seen = open_sim(&disk, &house).unwrap().entries;
    disk.cut_power(&mut Dice::new(1));
    assert_eq!(open_sim(&disk, &house).unwrap().entries, seen);
}

#[test]
fn a_full_disk_says_so_and_closes_the_journal() {
    for call in [Call::Write, Call::Sync] {
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut store = open_sim(&disk, &house).unwrap().store;
        store.append(moment(1), &sale_opened(1)).unwrap();
        disk.fail(call, 0, ENOSPC);
        assert!(matches!(store.append(moment(2), &sale_opened(2)), Err(JournalError::Full)));
        assert!(matches!(store.append(moment(2), &sale_opened(2)), Err(JournalError::Full)));
        assert!(!store.health().takes_new_sales());
        drop(store);
        disk.heal();
        let entries = open_sim(&disk, &house).unwrap().entries;
        assert_eq!(entries[0].records, sale_opened(1));
        assert!(entries.len() <= 2);
    }
}

#[test]
fn a_full_disk_while_the_next_segment_is_made_loses_nothing() {
    for after in 0..12 {
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut store = open_sim(&disk, &house).unwrap().store;
        let mut recorded = 0;
        for n in 0..60_u32 {
            if n == 9 {
                disk.fail(Call::Write, after, ENOSPC);
            }
            match store.append(moment(u64::from(n)), &sale_opened(n)) {
                Ok(_) => recorded = n + 1,
                Err(_) => break,
            }
        }
        drop(store);
        disk.heal();
        let entries = open_sim(&disk, &house).unwrap().entries;
        assert!(entries.len() >= recorded as usize, "{} of {recorded}", entries.len());
    }
}

#[test]
fn a_next_segment_that_cannot_be_made_ahead_gives_its_room_back_and_selling_goes_on() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    drop(open_sim(&disk, &house).unwrap());
    let folder = Path::new(FOLDER).join("journal");
    disk.forget(&folder.join("spare"));
    disk.fail(Call::Write, 0, ENOSPC);
    let mut store = open_sim(&disk, &house).unwrap().store;
    assert!(disk.content(&folder.join("spare.unfinished")).is_empty());
    for n in 0..40 {
        store.append(moment(n), &sale_opened(n as u32)).unwrap();
        store.idle();
    }
    assert_eq!(store.health(), Health::Sound);
}

/// An index that fails when told; its rows live in the memory index.
#[derive(Debug)]
struct Failing {
    inner: Box<dyn Index>,
    after: usize,
}

#[derive(Debug)]
struct FailingHouse {
    inner: MemoryHouse,
    after: usize,
}

impl IndexHouse for FailingHouse {
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError> {
        Ok(Box::new(Failing { inner: self.inner.open()?, after: self.after }))
    }

    fn quarantine(&mut self, now: WallTime) -> Result<Option<PathBuf>, IndexError> {
        self.inner.quarantine(now)
    }
}

impl Index for Failing {
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError> {
        let full = || std::io::Error::from_raw_os_error(ENOSPC);
        let unavailable = || IndexError::Unavailable { doing: "write", reason: full() };
        self.after = self.after.checked_sub(1).ok_or_else(unavailable)?;
        self.inner.apply(batch)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        self.inner.get(key)
    }

    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        self.inner.scan(prefix, show)
    }

    fn remove(&mut self, keys: &[Vec<u8>]) -> Result<(), IndexError> {
        self.inner.remove(keys)
    }

    fn first_keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, IndexError> {
        self.inner.first_keys(prefix, most)
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        self.inner.sync()
    }
}

fn open_with_failing_index(disk: &SimDisk, memory: &MemoryHouse, after: usize) -> Result<Store, StoreError> {
    let house = FailingHouse { inner: memory.clone(), after };
    let disk = Arc::new(disk.clone());
    Ok(Store::open_on(disk, Box::new(house), Path::new(FOLDER), &options())?.store)
}

#[test]
fn an_index_that_fails_after_the_commit_does_not_undo_it_but_stops_new_sales() {
    let (disk, memory) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_with_failing_index(&disk, &memory, 4).unwrap();
    for n in 1..=10 {
        assert_eq!(store.append(moment(n), &sale_opened(n as u32)).unwrap(), n);
    }
    assert!(matches!(store.health(), Health::IndexLost { .. }));
    assert!(!store.health().takes_new_sales());
    assert!(matches!(store.entry(1), Err(StoreError::Index(_))));
    assert!(matches!(store.close(), Err(StoreError::Index(_))));
    let opened = open_sim(&disk, &memory).unwrap();
    assert_eq!(opened.entries.len(), 10);
    assert_eq!(opened.report.index, IndexOutcome::FilledUp(7));
    assert!(opened.store.verify().is_sound());
}

#[test]
fn an_index_refused_by_the_machine_is_told_and_never_thrown_away() {
    let (disk, memory) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &memory).unwrap().store;
    store.append(moment(1), &sale_opened(1)).unwrap();
    let older = memory.index.content();
    store.append(moment(2), &sale_opened(2)).unwrap();
    drop(store);
    memory.index.replace(older.clone());
    let result = open_with_failing_index(&disk, &memory, 0);
    assert!(matches!(result, Err(StoreError::Index(IndexError::Unavailable { .. }))), "{result:?}");
    assert_eq!(memory.index.content(), older);
}
