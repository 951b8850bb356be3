//! The doctor: what can be proven comes back, what cannot is said, and the damaged files stay.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::id::TerminalId;
use quickpay_core::journal::Journal as _;
use quickpay_store::doctor::{rebuild, repair, repair_on, verify};
use quickpay_store::{DoctorReport, MemoryHouse, OpenOptions, Store, StoreError};

use crate::sample::{FOLDER, moment, options, sale_opened, terminal};
use crate::sim_disk::SimDisk;

const HEADER: usize = 128;

fn segment(number: u64) -> PathBuf {
    Path::new(FOLDER).join(format!("journal/{number:08}.j"))
}

fn with_checkpoints() -> OpenOptions {
    let mut options = options();
    options.checkpoint_every = 5;
    options
}

fn fill(store: &mut Store, count: u32) {
    for n in 0..count {
        let seq = store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
        if n % 3 == 0 && store.checkpoint_due() {
            store.append_checkpoint(&seq.to_le_bytes()).unwrap();
        }
    }
}

/// A journal with some segments and checkpoints, and its index.
fn journal_of(count: u32) -> (SimDisk, MemoryHouse, u64) {
    let (disk, house) = (SimDisk::default(), MemoryHouse::default());
    let shared = (Arc::new(disk.clone()), Box::new(house.clone()));
    let mut store = Store::open_on(shared.0, shared.1, Path::new(FOLDER), &with_checkpoints()).unwrap().store;
    fill(&mut store, count);
    let segments = store.verify().segments;
    (disk.copy(), house, segments)
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}

fn mend(disk: &SimDisk, house: &MemoryHouse) -> DoctorReport {
    let now = moment(0).wall;
    let (disk, house) = (Arc::new(disk.clone()), Box::new(house.clone()));
    repair_on(disk, house, Path::new(FOLDER), now, DoctorReport::default()).unwrap()
}

/// The whole journal as it was, byte for byte.
fn assert_healed(healthy: &SimDisk, disk: &SimDisk, segments: u64, report: &DoctorReport) {
    assert!(report.is_sound(), "{report}");
    for number in 1..=segments {
        assert!(
            disk.content(&segment(number)) == healthy.content(&segment(number)),
            "segment {number}: {report}"
        );
    }
}

#[test]
fn a_flipped_bit_anywhere_is_healed_byte_for_byte_and_the_damaged_file_is_kept() {
    let (healthy, house, segments) = journal_of(24);
    assert!(segments >= 3);
    for number in 1..=segments {
        let whole = healthy.content(&segment(number));
        let written = whole.iter().rposition(|&byte| byte != 0).unwrap();
        for byte in 0..=written {
            let disk = healthy.copy();
            let mut flipped = whole.clone();
            flipped[byte] ^= 1 << (byte % 8);
            disk.put(&segment(number), flipped.clone());
            let report = mend(&disk, &copy(&house));
            assert_healed(&healthy, &disk, segments, &report);
            assert!(!report.found.is_empty(), "segment {number}, byte {byte}");
            let kept =
                PathBuf::from(format!("{}.damaged.{}.0", segment(number).display(), moment(0).wall.unix_ms));
            assert_eq!(disk.content(&kept), flipped, "segment {number}, byte {byte}");
        }
    }
}

#[test]
fn without_the_index_the_doctor_says_which_entries_are_gone_and_leaves_all_files() {
    let (healthy, house, _) = journal_of(20);
    let whole = healthy.content(&segment(1));
    let raw = house.index.content()[&[b"e/".as_slice(), &3_u64.to_be_bytes()].concat()][5..].to_vec();
    let at = whole.windows(raw.len()).position(|bytes| bytes == raw).unwrap();
    let disk = healthy.copy();
    let mut flipped = whole.clone();
    flipped[at + 100] ^= 4;
    disk.put(&segment(1), flipped.clone());
    let report = mend(&disk, &MemoryHouse::default());
    assert_eq!(report.lost, [3..=3], "{report}");
    assert!(report.to_string().contains("entry 3 cannot be restored"), "{report}");
    assert!(report.advice().contains("Do not sell"), "{report}");
    assert_eq!(disk.content(&segment(1)), flipped);
    assert!(!disk.has(&PathBuf::from(format!(
        "{}.damaged.{}.0",
        segment(1).display(),
        moment(0).wall.unix_ms
    ))));
}

#[test]
fn a_segment_cut_short_is_healed_with_the_index_and_left_alone_without() {
    let (healthy, house, segments) = journal_of(24);
    for number in 1..=segments {
        let whole = healthy.content(&segment(number));
        for kept in (0..whole.len()).step_by(61) {
            let disk = healthy.copy();
            disk.put(&segment(number), whole[..kept].to_vec());
            assert_healed(&healthy, &disk, segments, &mend(&disk, &copy(&house)));
            let disk = healthy.copy();
            disk.put(&segment(number), whole[..kept].to_vec());
            let report = mend(&disk, &MemoryHouse::default());
            let healed = disk.content(&segment(number)) == whole;
            let untouched = disk.content(&segment(number)) == whole[..kept];
            assert!(healed == report.is_sound() && healed != untouched, "{number}, {kept} kept: {report}");
            let written = whole.iter().rposition(|&byte| byte != 0).unwrap();
            assert!(healed == (kept > written + 60) || number < segments, "{number}, {kept} kept: {report}");
        }
    }
}

#[test]
fn a_lost_segment_comes_back_from_the_index_and_is_reported_without() {
    let (healthy, house, segments) = journal_of(40);
    for number in 1..=segments {
        let disk = healthy.copy();
        disk.forget(&segment(number));
        let report = mend(&disk, &copy(&house));
        assert_healed(&healthy, &disk, segments, &report);
        assert!(report.found.iter().any(|line| line.contains("is missing")), "{report}");
    }
    let disk = healthy.copy();
    disk.forget(&segment(2));
    let report = mend(&disk, &MemoryHouse::default());
    assert!(!report.is_sound() && !disk.has(&segment(2)), "{report}");
    assert_eq!(report.lost.len(), 1, "{report}");
    assert!(report.to_string().contains("cannot be restored"), "{report}");
}

#[test]
fn swapped_and_repeated_frames_are_put_in_order_even_without_the_index() {
    let (healthy, house, segments) = journal_of(20);
    let whole = healthy.content(&segment(1));
    let mut at = vec![HEADER];
    for _ in 0..6 {
        let here = *at.last().unwrap();
        let len = u32::from_le_bytes(whole[here..here + 4].try_into().unwrap());
        at.push(here + 60 + len as usize);
    }
    // the first is a decision, the second a checkpoint, then decisions
    for order in [[0, 1, 3, 2, 4, 5], [0, 1, 2, 4, 3, 5]] {
        let mut content = whole.clone();
        let shuffled: Vec<u8> = order.into_iter().flat_map(|n| whole[at[n]..at[n + 1]].to_vec()).collect();
        content[HEADER..at[6]].copy_from_slice(&shuffled);
        for witness in [copy(&house), MemoryHouse::default()] {
            let disk = healthy.copy();
            disk.put(&segment(1), content.clone());
            assert_healed(&healthy, &disk, segments, &mend(&disk, &witness));
        }
    }
}

#[test]
fn a_torn_tail_is_cleared_and_nothing_else_changes() {
    let (healthy, house, segments) = journal_of(20);
    let disk = healthy.copy();
    let mut torn = healthy.content(&segment(segments));
    let end = torn.iter().rposition(|&byte| byte != 0).unwrap() + 1;
    torn[end..end + 100].fill(7);
    disk.put(&segment(segments), torn);
    let report = mend(&disk, &house);
    assert_healed(&healthy, &disk, segments, &report);
    assert!(report.to_string().contains("cut short by a power cut"), "{report}");
}

fn till() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path(), &with_checkpoints()).unwrap().store;
    fill(&mut store, 40);
    store.close().unwrap();
    folder
}

fn flip(path: &Path, byte: usize) {
    let mut content = fs::read(path).unwrap();
    content[byte] ^= 2;
    fs::write(path, content).unwrap();
}

#[test]
fn a_sound_store_is_found_sound_and_verify_changes_nothing() {
    let folder = till();
    let before = fs::read(folder.path().join("sled/db")).unwrap();
    let report = verify(folder.path(), None);
    assert!(report.is_sound() && report.unchecked.is_none(), "{report}");
    assert_eq!(report.entries, 40);
    assert_eq!(fs::read(folder.path().join("sled/db")).unwrap(), before);
    assert!(!folder.path().join("doctor.check").exists());
}

#[test]
fn while_a_terminal_runs_the_journal_is_verified_and_a_repair_refused_by_pid() {
    let folder = till();
    let running = Store::open(folder.path(), &options()).unwrap();
    let report = verify(folder.path(), None);
    assert!(report.is_sound(), "{report}");
    assert!(report.unchecked.as_ref().unwrap().contains(&std::process::id().to_string()), "{report}");
    for refused in [repair(folder.path(), moment(0).wall), rebuild(folder.path(), moment(0).wall)] {
        let Err(StoreError::InUse { pid, .. }) = refused else { panic!("{refused:?}") };
        assert_eq!(pid, Some(std::process::id()));
    }
    drop(running);
}

#[test]
fn on_the_real_disk_a_damaged_entry_is_found_by_verify_and_mended_by_repair() {
    let folder = till();
    let file = folder.path().join("journal/00000002.j");
    let whole = fs::read(&file).unwrap();
    flip(&file, 600);
    fs::write(folder.path().join("sled/snap.00000000FFFFFFFF.generating"), b"half made").unwrap();
    let found = verify(folder.path(), None);
    assert!(!found.is_sound() && found.to_string().contains("doctor repair"), "{found}");
    assert!(rebuild(folder.path(), moment(0).wall).unwrap().to_string().contains("doctor repair"));
    let report = repair(folder.path(), moment(0).wall).unwrap();
    assert!(report.is_sound() && report.restored.len() <= 1 && report.entries == 40, "{report}");
    assert_eq!(fs::read(&file).unwrap(), whole);
    assert!(verify(folder.path(), None).is_sound());
    assert_eq!(Store::open(folder.path(), &options()).unwrap().entries.len(), 40);
}

#[test]
fn a_rebuild_makes_the_lists_anew_and_keeps_only_the_newest_three_old_ones() {
    let folder = till();
    for round in 1..=5_i64 {
        flip(&folder.path().join("sled/db"), 700);
        let mut now = moment(0).wall;
        now.unix_ms += round;
        let report = rebuild(folder.path(), now).unwrap();
        assert!(report.is_sound() && report.entries == 40, "{report}");
    }
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("sled.quarantine."))
        .collect();
    names.sort();
    let first = moment(0).wall.unix_ms;
    let newest: Vec<_> = (3..=5).map(|round| format!("sled.quarantine.{}.0", first + round)).collect();
    assert_eq!(names, newest);
}

#[test]
fn a_repair_where_there_is_no_store_says_so_and_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    for refused in [repair(folder.path(), moment(0).wall), rebuild(folder.path(), moment(0).wall)] {
        let words = refused.unwrap_err().to_string();
        assert!(words.contains("no journal") && words.contains("data_dir"), "{words}");
    }
    let verified = verify(folder.path(), None);
    let words = verified.to_string();
    assert!(
        !verified.is_sound() && words.contains("no journal") && !words.contains("doctor repair"),
        "{words}"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_journal_folder_that_was_removed_comes_back() {
    let folder = till();
    let mut store = Store::open(folder.path(), &with_checkpoints()).unwrap().store;
    (0..60).for_each(|_| store.idle()); // each full segment gets its second copy
    store.close().unwrap();
    fs::remove_dir_all(folder.path().join("journal")).unwrap();
    let refused = Store::open(folder.path(), &with_checkpoints()).unwrap_err().to_string();
    assert!(refused.contains("this segment is missing"), "{refused}");
    assert!(!folder.path().join("journal").exists(), "nothing was begun anew");
    let report = repair(folder.path(), moment(0).wall).unwrap();
    assert!(report.is_sound() && report.entries == 40, "{report}");
    assert!(verify(folder.path(), None).is_sound());
}

#[test]
fn the_journal_of_another_terminal_is_told_by_verify() {
    let folder = till();
    let other = TerminalId::parse("T2").unwrap();
    let words = verify(folder.path(), Some(&other)).to_string();
    assert!(words.contains("belongs to terminal T1, not to T2; check terminal.toml"), "{words}");
    assert!(!words.contains("doctor repair"), "{words}");
    assert!(verify(folder.path(), Some(&terminal())).is_sound());
}

#[test]
fn a_damaged_or_shortened_journal_is_one_finding_and_not_one_for_each_row_of_the_lists() {
    let folder = till();
    let file = folder.path().join("journal/00000002.j");
    let whole = fs::read(&file).unwrap();
    flip(&file, 600);
    let report = verify(folder.path(), None);
    assert_eq!(report.count, 1, "{report}");
    assert!(report.to_string().contains("not checked: the lists; the journal comes first"), "{report}");
    fs::write(&file, &whole).unwrap();
    for lost in [4, 5] {
        fs::remove_file(folder.path().join(format!("journal/{lost:08}.j"))).unwrap();
    }
    let report = verify(folder.path(), None);
    assert_eq!(report.count, 1, "{report}");
    assert!(report.to_string().contains("but entry 40 had been recorded"), "{report}");
    assert!(report.to_string().contains("doctor repair"), "{report}");
}

#[test]
fn entries_that_are_put_back_together_are_told_in_one_line() {
    let (healthy, house, _) = journal_of(40);
    let disk = healthy.copy();
    disk.forget(&segment(2));
    let report = mend(&disk, &copy(&house));
    let (first, last) = (report.restored[0], report.restored[report.restored.len() - 1]);
    assert!(last > first + 3);
    let words = report.to_string();
    assert!(
        words.contains(&format!("put back, proven by checksum and chain: entries {first} to {last}\n")),
        "{words}"
    );
    let damaged: Vec<&String> = report.found.iter().filter(|line| line.contains("damaged")).collect();
    assert_eq!(damaged.len(), 1, "{words}");
    assert!(damaged[0].contains(&format!("entries {first} to {last}, ")), "{words}");
    assert!(words.contains("done: segment 2 was written anew\n"), "{words}");
}

#[test]
fn what_stands_in_the_way_is_told_once_and_with_what_to_do() {
    let folder = till();
    let journal = folder.path().join("journal");
    fs::rename(&journal, folder.path().join("aside")).unwrap();
    fs::write(&journal, b"a file").unwrap();
    let refused = Store::open(folder.path(), &options()).unwrap_err();
    assert!(std::error::Error::source(&refused).is_none(), "it would be said twice");
    let words = refused.to_string();
    assert_eq!(words.matches("Not a directory").count(), 1, "{words}");
    assert!(words.ends_with("something else has this name: move it away"), "{words}");
}
