//! Journals that earlier versions wrote are read for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_core::record::{Entry, Record};
use quickpay_store::{MemoryHouse, ReadEnd, RealDisk, Store, read_journal};

use crate::sample::{every_record, moment, options};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

#[test]
fn a_journal_of_version_1_gives_the_entries_it_was_written_with() {
    let (entries, report) = read_journal(&RealDisk, &fixture("v1")).unwrap();
    assert!(matches!(report.end, ReadEnd::Clean), "{report:?}");
    let expected = fs::read_to_string(fixture("v1.entries.txt")).unwrap();
    assert_eq!(format!("{entries:#?}\n"), expected);
}

#[test]
fn version_1_is_still_written_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let entries = read_journal(&RealDisk, &fixture("v1")).unwrap().0;
    write(folder.path(), &entries);
    for name in ["00000001.j", "00000002.j"] {
        let written = fs::read(folder.path().join("journal").join(name)).unwrap();
        assert!(written == fs::read(fixture("v1/journal").join(name)).unwrap(), "{name} differs");
    }
}

/// Run by hand once per version, then never again: `cargo test -p quickpay-store -- --ignored the_fixture`.
#[test]
#[ignore = "writes into the source tree"]
fn the_fixture_is_written() {
    let decisions = every_record();
    let entries: Vec<_> = decisions.chunks(4).zip(1..).map(|(records, seq)| entry(seq, records)).collect();
    write(&fixture("v1"), &entries);
    fs::write(fixture("v1.entries.txt"), format!("{entries:#?}\n")).unwrap();
}

fn entry(seq: u64, records: &[Record]) -> Entry {
    Entry { seq, at: moment(seq), records: records.to_vec() }
}

fn write(folder: &Path, entries: &[Entry]) {
    let house = Box::new(MemoryHouse::default());
    let mut store = Store::open_on(Arc::new(RealDisk), house, folder, &options()).unwrap().store;
    for entry in entries {
        assert_eq!(store.append(entry.at, &entry.records).unwrap(), entry.seq);
    }
}
