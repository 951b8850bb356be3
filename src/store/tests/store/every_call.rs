//! One fault at every single call that changes the disk, over a whole life of a till: nothing promised is lost, an
//! error closes the journal for good, nothing panics.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_core::record::Entry;
use quickpay_store::doctor::repair_on;
use quickpay_store::{DoctorReport, Health, MemoryHouse, OpenOptions, Opened, Reserve, Store, StoreError};

use crate::sample::{Dice, FOLDER, moment, options, sale_opened};
use crate::sim_disk::{Call, EIO, ENOSPC, SimDisk};

const ENTRIES: u64 = 12;
/// Ways in which what was not synced may survive, for each place of a power cut.
const SURVIVALS: u64 = 24;

/// What a life came to.
#[derive(Debug, Default)]
struct Life {
    opened: bool,
    promised: u64,
    checkpoint: u64,
    /// An append or a checkpoint failed.
    failed: bool,
}

fn careful(from_checkpoint: bool) -> OpenOptions {
    let mut options = options();
    (options.reserve_bytes, options.from_checkpoint, options.checkpoint_every) = (4096, from_checkpoint, 4);
    options
}

fn open(disk: &SimDisk, house: &MemoryHouse, from_checkpoint: bool) -> Result<Opened, StoreError> {
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    Store::open_on(disk, house, Path::new(FOLDER), &careful(from_checkpoint))
}

fn body_after(seq: u64) -> Vec<u8> {
    vec![seq.to_le_bytes()[0]; 700]
}

/// Opens, sells twelve times with checkpoints and idle moments, and so begins new segments.
fn live(disk: &SimDisk, house: &MemoryHouse, what: &str) -> Life {
    let mut life = Life::default();
    let Ok(opened) = open(disk, house, false) else { return life };
    life.opened = true;
    let mut store = opened.store;
    let first = store.last_seq();
    life.promised = first;
    for n in first..first + ENTRIES {
        let before = disk.calls();
        match store.append(moment(n), &sale_opened(n as u32)) {
            Ok(seq) => {
                assert!(!life.failed, "{what}: entry {seq} was taken after an error");
                life.promised = seq;
            }
            Err(_) if life.failed => assert_eq!(disk.calls(), before, "{what}: asked again after an error"),
            Err(_) => life.failed = true,
        }
        if n % 3 == 0 && store.checkpoint_due() {
            match store.append_checkpoint(&body_after(store.last_seq())) {
                Ok(()) => life.checkpoint = store.last_seq(),
                Err(_) => life.failed = true,
            }
        }
        if n % 4 == 0 {
            store.idle();
        }
        let closed = matches!(store.health(), Health::JournalClosed { .. });
        assert_eq!(closed, life.failed, "{what}: {:?}", store.health());
        assert_eq!(store.health().takes_new_sales(), !life.failed, "{what}");
    }
    life
}

/// What is there after a restart, read in both ways; the life goes on.
fn assert_kept(disk: &SimDisk, house: &MemoryHouse, life: &Life, what: &str) {
    let whole = open(disk, house, false).unwrap_or_else(|error| panic!("{what}: {error}"));
    let last = whole.store.last_seq();
    // what failed may be on disk or not; what was promised must be
    assert!((life.promised..=life.promised + 1).contains(&last), "{what}: {last} of {}", life.promised);
    let expected: Vec<_> = (1..=last)
        .map(|seq| Entry { seq, at: moment(seq - 1), records: sale_opened(seq as u32 - 1) })
        .collect();
    assert_eq!(whole.entries, expected, "{what}");
    let report = whole.store.verify();
    assert!(report.is_sound(), "{what}: {report}");
    drop(whole);
    let short = open(disk, house, true).unwrap_or_else(|error| panic!("{what}: {error}"));
    let at = short.checkpoint.as_ref().map_or(0, |checkpoint| {
        assert_eq!(checkpoint.body, body_after(checkpoint.seq), "{what}");
        checkpoint.seq
    });
    assert!(at >= life.checkpoint, "{what}: checkpoint {at} of {}", life.checkpoint);
    assert_eq!(short.entries, expected[at as usize..], "{what}");
    assert!(matches!(short.report.reserve, Reserve::Kept), "{what}: {:?}", short.report);
    drop(short);
    let next = live(disk, house, what);
    assert!(next.opened && !next.failed && next.promised == last + ENTRIES, "{what}: {next:?}");
}

/// How many calls of a kind a life without faults makes.
fn calls(kind: Call) -> usize {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let life = live(&disk, &house, "no fault");
    assert_eq!((life.promised, life.failed), (ENTRIES, false));
    let calls = disk.calls();
    let all = calls.writes + calls.syncs + calls.renames;
    let count = match kind {
        Call::Write => calls.writes,
        Call::Sync => calls.syncs,
        Call::Rename => calls.renames,
        Call::Full | Call::PowerGone => all,
    };
    assert!(count >= 8, "the life is too short to show anything: {calls:?}");
    count as usize
}

#[test]
fn an_error_of_any_single_call_loses_nothing_that_was_promised() {
    for kind in [Call::Write, Call::Sync, Call::Rename] {
        let (mut refused, mut closed, mut borne) = (0, 0, 0);
        let count = calls(kind);
        for (after, errno) in (0..count).flat_map(|after| [(after, EIO), (after, ENOSPC)]) {
            let what = format!("{kind:?} {after} fails with {errno}");
            let (disk, house) = (SimDisk::default(), MemoryHouse::default());
            disk.fail(kind, after, errno);
            let life = live(&disk, &house, &what);
            assert!(life.opened || life.promised == 0);
            refused += usize::from(!life.opened);
            closed += usize::from(life.failed);
            borne += usize::from(life.opened && !life.failed);
            disk.heal();
            // a restart of the program, and one of the machine, which loses what a lying sync left in the cache
            assert_kept(&disk.copy(), &copy(&house), &life, &what);
            for seed in 0..4 {
                let (disk, house) = (disk.copy_with_cache(), copy(&house));
                disk.cut_power(&mut Dice::new(seed));
                if seed % 2 == 0 {
                    house.index.replace(BTreeMap::new()); // no anchor: the journal alone must hold
                }
                assert_kept(&disk, &house, &life, &what);
            }
        }
        println!(
            "{kind:?}: {count} calls, {refused} refused at open, {closed} closed the journal, {borne} borne"
        );
        assert!(refused > 0 && (closed > 0 || borne > 0), "{kind:?}: the rig failed nothing");
    }
}

#[test]
fn a_power_cut_at_any_single_call_loses_nothing_that_was_promised() {
    let count = calls(Call::PowerGone);
    let mut cuts = 0;
    for after in 0..count {
        for seed in 0..SURVIVALS {
            let what = format!("power cut at call {after}, survival {seed}");
            let (disk, house) = (SimDisk::default(), MemoryHouse::default());
            disk.fail(Call::PowerGone, after, EIO);
            let life = live(&disk, &house, &what);
            disk.cut_power(&mut Dice::new(seed));
            if seed % 2 == 0 {
                house.index.replace(BTreeMap::new());
            }
            assert_kept(&disk, &house, &life, &what);
            cuts += 1;
        }
    }
    println!("{cuts} power cuts at {count} calls");
}

#[test]
fn a_disk_that_is_full_from_any_call_on_loses_nothing_that_was_promised() {
    for after in 0..calls(Call::Full) {
        let what = format!("full from call {after} on");
        let (disk, house) = (SimDisk::default(), MemoryHouse::default());
        disk.fail(Call::Full, after, ENOSPC);
        let life = live(&disk, &house, &what);
        disk.heal();
        assert_kept(&disk, &house, &life, &what);
    }
}

/// The doctor itself may be interrupted: what it mends is mended by the next try, and nothing is worse.
#[test]
fn a_repair_that_fails_or_loses_power_at_any_call_can_be_done_again() {
    let (healthy, house) = (SimDisk::default(), MemoryHouse::default());
    live(&healthy, &house, "before the damage");
    let file = Path::new(FOLDER).join("journal/00000001.j");
    let whole = healthy.content(&file);
    let mut damaged = whole.clone();
    damaged[700] ^= 1;
    let now = moment(0).wall;
    let mend = |disk: &SimDisk, house: &MemoryHouse| {
        let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
        repair_on(disk, house, Path::new(FOLDER), now, DoctorReport::default())
    };
    for kind in [Call::Write, Call::Sync, Call::Rename, Call::PowerGone] {
        for after in 0.. {
            let (disk, index) = (healthy.copy(), copy(&house));
            disk.put(&file, damaged.clone());
            disk.fail(kind, after, EIO);
            let first = mend(&disk, &index);
            let reached = disk.has_failed();
            disk.cut_power(&mut Dice::new(after as u64));
            let found = disk.content(&file);
            assert!(found == damaged || found == whole, "{kind:?} {after}");
            // the index was set aside only after the journal was whole, so the next try has what it needs
            let second = mend(&disk, &index).unwrap();
            assert!(
                second.is_sound() && disk.content(&file) == whole,
                "{kind:?} {after}: {first:?} {second}"
            );
            if !reached {
                assert!(first.unwrap().is_sound(), "{kind:?} {after}");
                assert!(after > 2, "{kind:?}: the repair made no such call");
                break;
            }
        }
    }
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}
