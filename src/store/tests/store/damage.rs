//! A torn tail is cleared, damage is loud and untouched.

use std::path::{Path, PathBuf};

use quickpay_core::journal::Journal as _;
use quickpay_store::{Flaw, MemoryHouse, ReadEnd, StoreError, read_journal};

use crate::sample::{FOLDER, moment, open_sim, sale_opened};
use crate::sim_disk::SimDisk;

const HEADER: usize = 128;

fn segment(number: u32) -> PathBuf {
    Path::new(FOLDER).join(format!("journal/{number:08}.j"))
}

/// A journal of so many entries, the index before its last entry, and the index after it.
fn journal_of(count: u32) -> (SimDisk, MemoryHouse, MemoryHouse) {
    let (disk, house, before) = (SimDisk::default(), MemoryHouse::default(), MemoryHouse::default());
    let mut store = open_sim(&disk, &house).unwrap().store;
    for n in 0..count {
        before.index.replace(house.index.content());
        store.append(moment(u64::from(n)), &sale_opened(n)).unwrap();
    }
    (disk.copy(), before, house)
}

fn copy(house: &MemoryHouse) -> MemoryHouse {
    let twin = MemoryHouse::default();
    twin.index.replace(house.index.content());
    twin
}

/// Where each frame of a segment begins, and where the last one ends.
fn frames(content: &[u8]) -> Vec<usize> {
    let mut places = vec![HEADER];
    loop {
        let at = *places.last().unwrap();
        let len = u32::from_le_bytes(content[at..at + 4].try_into().unwrap());
        if len == 0 {
            return places;
        }
        places.push(at + 60 + len as usize);
    }
}

fn flaw(result: Result<impl Sized, StoreError>) -> Option<Flaw> {
    match result {
        Err(StoreError::Damaged(damage)) => Some(damage.flaw),
        Err(_) | Ok(_) => None,
    }
}

#[test]
fn a_tail_torn_at_any_byte_is_cleared_and_the_rest_survives() {
    let (disk, before, _) = journal_of(4);
    let whole = disk.content(&segment(1));
    let places = frames(&whole);
    let (start, end) = (places[3], places[4]);
    for cut in start + 1..end {
        let (disk, house) = (disk.copy(), copy(&before));
        let mut torn = whole.clone();
        torn[cut..end].fill(0);
        disk.put(&segment(1), torn);
        let mut opened = open_sim(&disk, &house).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        assert_eq!(opened.entries.len(), 3, "cut at {cut}");
        let tail = opened.report.torn.unwrap();
        assert_eq!((tail.seq, tail.offset), (4, start as u64));
        assert!(disk.content(&segment(1))[start..].iter().all(|&byte| byte == 0));
        assert_eq!(opened.store.append(moment(9), &sale_opened(9)).unwrap(), 4);
        assert_eq!(open_sim(&disk, &house).unwrap().entries.len(), 4);
    }
}

#[test]
fn a_tail_whose_first_bytes_are_lost_is_torn_too() {
    let (disk, before, _) = journal_of(4);
    let whole = disk.content(&segment(1));
    let places = frames(&whole);
    for lost in 1..places[4] - places[3] {
        let disk = disk.copy();
        let mut torn = whole.clone();
        torn[places[3]..places[3] + lost].fill(0);
        disk.put(&segment(1), torn);
        let opened = open_sim(&disk, &copy(&before)).unwrap_or_else(|error| panic!("lost {lost}: {error}"));
        assert_eq!(opened.entries.len(), 3);
    }
}

#[test]
fn a_flipped_bit_in_an_earlier_frame_or_the_header_is_damage_and_nothing_is_cut() {
    let (disk, _, after) = journal_of(4);
    let whole = disk.content(&segment(1));
    let last = frames(&whole)[3];
    for byte in 0..last {
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let disk = disk.copy();
        disk.put(&segment(1), flipped.clone());
        for house in [copy(&after), MemoryHouse::default()] {
            let result = open_sim(&disk, &house);
            assert!(flaw(result).is_some(), "byte {byte} passed in silence");
            assert_eq!(disk.content(&segment(1)), flipped, "byte {byte}: the damaged file was changed");
        }
    }
}

#[test]
fn a_flipped_bit_in_a_sealed_segment_is_damage() {
    let (disk, _, after) = journal_of(40);
    let whole = disk.content(&segment(1));
    for byte in (0..whole.len()).step_by(3) {
        let mut flipped = whole.clone();
        flipped[byte] ^= 0x10;
        let disk = disk.copy();
        disk.put(&segment(1), flipped);
        assert!(flaw(open_sim(&disk, &copy(&after))).is_some(), "byte {byte} passed in silence");
    }
}

#[test]
fn a_flipped_bit_in_the_last_frame_is_damage_because_the_index_knows_it_was_recorded() {
    let (disk, _, after) = journal_of(4);
    let whole = disk.content(&segment(1));
    let places = frames(&whole);
    for byte in places[3]..places[4] {
        let mut flipped = whole.clone();
        flipped[byte] ^= 1 << (byte % 8);
        let disk = disk.copy();
        disk.put(&segment(1), flipped.clone());
        assert!(flaw(open_sim(&disk, &copy(&after))).is_some(), "byte {byte} passed in silence");
        assert_eq!(disk.content(&segment(1)), flipped);
    }
}

#[test]
fn a_shortened_journal_is_noticed_by_what_the_index_knows() {
    let (disk, _, after) = journal_of(4);
    let whole = disk.content(&segment(1));
    for (kept, start) in frames(&whole).into_iter().take(4).enumerate() {
        let mut shortened = whole.clone();
        shortened[start..].fill(0);
        let disk = disk.copy();
        disk.put(&segment(1), shortened.clone());
        let result = open_sim(&disk, &copy(&after));
        let Err(StoreError::Damaged(damage)) = result else { panic!("{kept} kept: {result:?}") };
        assert_eq!(damage.flaw, Flaw::Shortened { known: 4 });
        assert_eq!((damage.seq, damage.offset), (kept as u64 + 1, start as u64));
        assert!(damage.to_string().contains("quickpay doctor"), "{damage}");
        assert_eq!(disk.content(&segment(1)), shortened);
    }
}

#[test]
fn a_journal_that_is_gone_is_noticed_by_what_the_index_knows() {
    let (disk, _, after) = journal_of(4);
    disk.forget(&segment(1));
    assert_eq!(flaw(open_sim(&disk, &after)), Some(Flaw::Shortened { known: 4 }));
}

#[test]
fn a_file_cut_short_is_damage_even_without_the_index() {
    let (disk, _, _) = journal_of(4);
    let whole = disk.content(&segment(1));
    for len in [0, 1, HEADER, HEADER + 1, 600, whole.len() - 1] {
        let disk = disk.copy();
        disk.put(&segment(1), whole[..len].to_vec());
        assert!(flaw(open_sim(&disk, &MemoryHouse::default())).is_some(), "{len} bytes passed in silence");
    }
}

#[test]
fn a_missing_segment_is_damage() {
    let (disk, _, after) = journal_of(60);
    for number in 1..=4 {
        let disk = disk.copy();
        disk.forget(&segment(number));
        assert!(flaw(open_sim(&disk, &copy(&after))).is_some(), "segment {number}");
    }
    disk.forget(&segment(2));
    assert_eq!(flaw(open_sim(&disk, &MemoryHouse::default())), Some(Flaw::SegmentMissing));
}

#[test]
fn swapped_repeated_and_dropped_frames_are_damage() {
    let (disk, _, _) = journal_of(6);
    let whole = disk.content(&segment(1));
    let at = frames(&whole);
    let frame = |n: usize| &whole[at[n]..at[n + 1]];
    let orders: [&[usize]; 4] = [&[0, 2, 1, 3, 4, 5], &[0, 1, 1, 2, 3], &[0, 1, 3, 4], &[1, 2, 3]];
    for order in orders {
        let mut content = whole[..HEADER].to_vec();
        order.iter().for_each(|&n| content.extend_from_slice(frame(n)));
        content.resize(whole.len(), 0);
        let disk = disk.copy();
        disk.put(&segment(1), content);
        let found = flaw(open_sim(&disk, &MemoryHouse::default()));
        assert!(matches!(found, Some(Flaw::Seq { .. } | Flaw::Chain)), "{order:?}: {found:?}");
    }
}

#[test]
fn bytes_far_behind_the_end_are_damage() {
    let (disk, _, after) = journal_of(2);
    let mut content = disk.content(&segment(1));
    let len = content.len();
    // a segment long enough to hold something past one frame's length
    let mut long = quickpay_store::OpenOptions::new(crate::sample::terminal(), moment(0).wall);
    long.segment_bytes = 64 * 1024;
    let big = SimDisk::default();
    let folder = Path::new(FOLDER);
    let house = MemoryHouse::default();
    let shared = std::sync::Arc::new(big.clone());
    quickpay_store::Store::open_on(shared, Box::new(house), folder, &long).unwrap();
    let mut far = big.content(&segment(1));
    far[60_000] = 1;
    big.put(&segment(1), far);
    assert_eq!(flaw(open_sim(&big, &MemoryHouse::default())), Some(Flaw::Frame));
    // near the end it can be the remains of an append
    content[len - 1] = 1;
    disk.put(&segment(1), content);
    assert!(open_sim(&disk, &after).unwrap().report.torn.is_some());
}

#[test]
fn a_journal_of_a_newer_format_is_left_alone() {
    let (disk, _, after) = journal_of(2);
    let mut content = disk.content(&segment(1));
    content[8] = 3;
    let crc = crc32c::crc32c_append(crc32c::crc32c(&content[..12]), &content[16..HEADER]);
    content[12..16].copy_from_slice(&crc.to_le_bytes());
    disk.put(&segment(1), content.clone());
    let result = open_sim(&disk, &after);
    assert!(matches!(result, Err(StoreError::Newer { found: 3, known: 2, .. })), "{result:?}");
    assert_eq!(disk.content(&segment(1)), content);
}

#[test]
fn reading_beside_the_terminal_reports_a_torn_tail_and_damage_and_changes_nothing() {
    let (disk, _, _) = journal_of(4);
    let whole = disk.content(&segment(1));
    let at = frames(&whole);
    let mut torn = whole.clone();
    torn[at[4] - 10..].fill(0);
    disk.put(&segment(1), torn.clone());
    let (entries, report) = read_journal(&disk, Path::new(FOLDER)).unwrap();
    assert_eq!(entries.len(), 3);
    assert!(matches!(report.end, ReadEnd::Torn(tail) if tail.seq == 4), "{report:?}");
    torn[at[1] + 70] ^= 1;
    disk.put(&segment(1), torn.clone());
    let (entries, report) = read_journal(&disk, Path::new(FOLDER)).unwrap();
    assert_eq!(entries.len(), 1);
    assert!(matches!(&report.end, ReadEnd::Damaged(damage) if damage.seq == 2), "{report:?}");
    assert_eq!(disk.content(&segment(1)), torn);
}
