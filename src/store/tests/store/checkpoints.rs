//! Checkpoints: a start reads what follows the newest one, and ends where a start from the first entry ends.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use quickpay_core::id::{AttemptId, JobId, SaleId};
use quickpay_core::journal::{Journal as _, JournalError};
use quickpay_core::record::{Copy, Entry, PrintProof, Record};
use quickpay_store::{
    Checkpoint, Flaw, IndexOutcome, MemoryHouse, OpenOptions, Opened, RealDisk, Store, StoreError,
    read_journal,
};

use crate::sample::{Dice, FOLDER, moment, options, order, sale_opened};
use crate::sim_disk::{Call, EIO, SimDisk};

fn from_checkpoint() -> OpenOptions {
    let mut options = options();
    (options.from_checkpoint, options.checkpoint_every) = (true, 10);
    options
}

pub(crate) fn open(disk: &SimDisk, house: &MemoryHouse, options: &OpenOptions) -> Result<Opened, StoreError> {
    Store::open_on(Arc::new(disk.clone()), Box::new(house.clone()), Path::new(FOLDER), options)
}

/// What the core would give: here it only tells after which entry.
fn body_after(seq: u64, len: usize) -> Vec<u8> {
    let mut body = seq.to_le_bytes().to_vec();
    body.resize(8 + len, 0xa5);
    body
}

/// As the event loop does it.
fn sell(store: &mut Store, n: u64, len: usize) -> Result<u64, JournalError> {
    let seq = store.append(moment(n), &sale_opened(n as u32))?;
    if store.checkpoint_due() {
        store.append_checkpoint(&body_after(seq, len))?;
    }
    Ok(seq)
}

fn entry(seq: u64) -> Entry {
    Entry { seq, at: moment(seq - 1), records: sale_opened(seq as u32 - 1) }
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}

#[test]
fn a_start_gets_the_newest_checkpoint_and_only_the_entries_after_it() {
    for count in 1..80 {
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
        for n in 0..count {
            sell(&mut store, n, 40).unwrap();
        }
        let opened = open(&disk, &house, &from_checkpoint()).unwrap();
        let Checkpoint { seq, body } = opened.checkpoint.unwrap();
        assert_eq!(body, body_after(seq, 40));
        assert!(count - seq < 10, "{count} entries, checkpoint after {seq}");
        assert_eq!(opened.entries, (seq + 1..=count).map(entry).collect::<Vec<_>>());
        assert_eq!(opened.report.index, IndexOutcome::Ready);
        let mut store = opened.store;
        assert_eq!(store.append(moment(count), &sale_opened(count as u32)).unwrap(), count + 1);
        let report = store.verify();
        assert!(report.is_sound() && report.checkpoints > 0, "{report:?}");
        assert_eq!(report.entries, count + 1, "the full check walks everything");
        let whole = open(&disk, &house, &options()).unwrap();
        assert_eq!((whole.checkpoint, whole.entries.len() as u64), (None, count + 1));
    }
}

#[test]
fn each_segment_begins_with_a_checkpoint() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    for n in 0..200 {
        sell(&mut store, n, 40).unwrap();
    }
    let segments = store.verify().segments;
    assert!(segments > 10);
    for number in 2..=segments {
        let content = disk.content(&Path::new(FOLDER).join(format!("journal/{number:08}.j")));
        assert_eq!(content[128 + 16..128 + 18], 2_u16.to_le_bytes(), "segment {number}");
    }
}

#[test]
fn an_index_that_lags_is_filled_up_behind_a_checkpoint_and_before_it() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    let mut older = vec![house.index.content()];
    for n in 0..60 {
        sell(&mut store, n, 40).unwrap();
        older.push(house.index.content());
    }
    for (had, content) in older.into_iter().enumerate() {
        house.index.replace(content);
        let opened = open(&disk.copy(), &house, &from_checkpoint()).unwrap();
        match opened.report.index {
            IndexOutcome::Ready => assert_eq!(had, 60),
            IndexOutcome::FilledUp(count) => assert_eq!(count, 60 - had as u64),
            IndexOutcome::Rebuilt { .. } => assert_eq!(had, 0),
        }
        assert!(opened.store.verify().is_sound(), "index of {had} entries");
    }
}

#[test]
fn a_paper_ordered_before_the_checkpoint_is_still_placed_with_its_sale_after_it() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    store.append(moment(0), &sale_opened(7)).unwrap();
    let attempt = AttemptId { sale: SaleId(7), index: 0 };
    for job in [JobId(1), JobId(2)] {
        store
            .append(moment(1), &[Record::PrintQueued { job, attempt, copy: Copy::Original, operator: None }])
            .unwrap();
    }
    let settled = |job| [Record::PrintFinished { job, proof: PrintProof::Answered, seen_by: None }];
    store.append(moment(2), &settled(JobId(1))).unwrap();
    store.append_checkpoint(b"a").unwrap();
    drop(store);
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    store.append(moment(3), &settled(JobId(2))).unwrap();
    assert_eq!(store.entries_of_sale(SaleId(7)).unwrap().len(), 5);
    assert_eq!(store.entries_of_order(&order(7)).unwrap().len(), 5);
    assert!(store.verify().is_sound());
}

#[test]
fn a_checkpoint_torn_at_any_byte_is_cleared_and_the_one_before_serves() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut long = from_checkpoint();
    (long.segment_bytes, long.checkpoint_every) = (256 * 1024, 1_000_000);
    let mut store = open(&disk, &house, &long).unwrap().store;
    for n in 0..3 {
        sell(&mut store, n, 40).unwrap();
    }
    let file = Path::new(FOLDER).join("journal/00000001.j");
    let before = disk.content(&file);
    store.append_checkpoint(&body_after(3, 60_000)).unwrap(); // four times a decision's limit
    let after = disk.content(&file);
    let start = (0..after.len()).find(|&at| before[at] != after[at]).unwrap();
    let written = after.iter().rposition(|&byte| byte != 0).unwrap();
    for cut in (start + 1..=written).step_by(997).chain([written]) {
        for lost_head in [false, true] {
            let disk = disk.copy();
            let mut torn = after.clone();
            torn[cut..=written].fill(0);
            if lost_head {
                torn[start..cut.min(start + 512)].fill(0);
            }
            disk.put(&file, torn);
            let opened =
                open(&disk, &copy(&house), &long).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
            assert_eq!(opened.checkpoint.unwrap().seq, 1);
            assert_eq!(opened.entries, [entry(2), entry(3)]);
        }
    }
}

#[test]
fn a_damaged_checkpoint_with_an_entry_behind_it_is_damage() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    for n in 0..3 {
        sell(&mut store, n, 40).unwrap();
    }
    let file = Path::new(FOLDER).join("journal/00000001.j");
    let mut content = disk.content(&file);
    let at = content.windows(20).position(|bytes| bytes == [0xa5; 20]).unwrap();
    content[at] ^= 1;
    disk.put(&file, content);
    for options in [options(), from_checkpoint()] {
        let result = open(&disk, &house, &options);
        let Err(StoreError::Damaged(damage)) = result else { panic!("{result:?}") };
        assert_eq!(damage.flaw, Flaw::Frame);
    }
}

#[test]
fn a_checkpoint_too_large_is_refused_and_the_journal_goes_on() {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let mut store = open(&disk, &house, &from_checkpoint()).unwrap().store;
    store.append(moment(0), &sale_opened(0)).unwrap();
    assert!(matches!(store.append_checkpoint(&[1; 3000]), Err(JournalError::TooLarge { .. })));
    assert_eq!(store.append(moment(1), &sale_opened(1)).unwrap(), 2);
    let opened = open(&disk, &house, &from_checkpoint()).unwrap();
    assert_eq!((opened.checkpoint, opened.entries.len()), (None, 2));
}

#[test]
fn a_checkpoint_survives_a_power_cut_at_any_call_or_was_never_promised() {
    let mut newer = 0;
    for seed in 0..400 {
        let mut dice = Dice::new(seed);
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        let (mut promised, mut promised_checkpoint) = (0, 0);
        for _ in 0..3 {
            disk.fail(Call::PowerGone, dice.below(90), EIO);
            let mut snapshots = vec![house.index.content()];
            if let Ok(opened) = open(&disk, &house, &from_checkpoint()) {
                let mut store = opened.store;
                for _ in 0..40 {
                    if store.append(moment(promised), &sale_opened(promised as u32)).is_err() {
                        break;
                    }
                    promised += 1;
                    snapshots.push(house.index.content());
                    let body = body_after(promised, dice.below(1500));
                    if store.checkpoint_due() && store.append_checkpoint(&body).is_ok() {
                        promised_checkpoint = promised;
                    }
                }
            }
            disk.cut_power(&mut dice);
            house.index.replace(snapshots.swap_remove(dice.below(snapshots.len())));
            let opened = open(&disk, &house, &from_checkpoint())
                .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            let at = opened.checkpoint.map_or(0, |checkpoint| {
                assert_eq!(checkpoint.body[..8], checkpoint.seq.to_le_bytes(), "seed {seed}");
                checkpoint.seq
            });
            assert!(at >= promised_checkpoint, "seed {seed}: {at} of {promised_checkpoint}");
            newer += usize::from(at > promised_checkpoint);
            promised_checkpoint = at;
            let last = opened.store.last_seq();
            assert!(last == promised || last == promised + 1, "seed {seed}: {last} of {promised}");
            assert_eq!(opened.entries, (at + 1..=last).map(entry).collect::<Vec<_>>(), "seed {seed}");
            promised = last;
            let report = opened.store.verify();
            assert!(report.is_sound(), "seed {seed}: {report:?}");
        }
    }
    assert!(newer > 5, "the rig never kept a checkpoint that was under way: {newer}");
}

#[test]
fn a_journal_of_version_1_goes_on_with_checkpoints_in_a_new_segment() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1/journal");
    fs::create_dir(folder.path().join("journal")).unwrap();
    for name in ["00000001.j", "00000002.j"] {
        fs::copy(fixture.join(name), folder.path().join("journal").join(name)).unwrap();
    }
    let house = MemoryHouse::default();
    let open =
        || Store::open_on(Arc::new(RealDisk), Box::new(house.clone()), folder.path(), &from_checkpoint());
    let opened = open().unwrap();
    let before = opened.entries;
    assert_eq!((opened.checkpoint, before.is_empty()), (None, false));
    let mut store = opened.store;
    assert!(store.checkpoint_due());
    store.append_checkpoint(b"the state").unwrap();
    store.append(moment(1), &sale_opened(1)).unwrap();
    drop(store);
    let opened = open().unwrap();
    let seq = before.len() as u64;
    assert_eq!(opened.checkpoint, Some(Checkpoint { seq, body: b"the state".to_vec() }));
    assert_eq!((opened.entries.len(), opened.report.segments), (1, 3));
    assert_eq!(read_journal(&RealDisk, folder.path()).unwrap().0.len(), before.len() + 1);
    assert_eq!(
        fs::read(fixture.join("00000001.j")).unwrap(),
        fs::read(folder.path().join("journal/00000001.j")).unwrap(),
        "what an earlier version wrote is never rewritten"
    );
}
