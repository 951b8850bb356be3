//! Journals that earlier versions wrote are read for ever.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::journal::Journal as _;
use quickpay_core::record::Entry;
use quickpay_store::{MemoryHouse, ReadEnd, RealDisk, Store, read_journal};

use crate::sample::options;

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
fn a_journal_of_version_2_gives_the_entries_and_checkpoints_it_was_written_with() {
    let (entries, report) = read_journal(&RealDisk, &fixture("v2")).unwrap();
    assert!(matches!(report.end, ReadEnd::Clean), "{report:?}");
    let expected = fs::read_to_string(fixture("v1.entries.txt")).unwrap();
    assert_eq!(format!("{entries:#?}\n"), expected);
}

#[test]
fn version_2_is_still_written_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let entries = read_journal(&RealDisk, &fixture("v1")).unwrap().0;
    write(folder.path(), &entries);
    for name in ["00000001.j", "00000002.j"] {
        let written = fs::read(folder.path().join("journal").join(name)).unwrap();
        assert!(written == fs::read(fixture("v2/journal").join(name)).unwrap(), "{name} differs");
    }
}

/// Run by hand once per version, then never again: `cargo test -p quickpay-store -- --ignored the_fixture`.
#[test]
#[ignore = "writes into the source tree"]
fn the_fixture_is_written() {
    let entries = read_journal(&RealDisk, &fixture("v1")).unwrap().0;
    write(&fixture("v2"), &entries);
}

fn write(folder: &Path, entries: &[Entry]) {
    let house = Box::new(MemoryHouse::default());
    let mut options = options();
    options.checkpoint_every = 4;
    let mut store = Store::open_on(Arc::new(RealDisk), house, folder, &options).unwrap().store;
    for entry in entries {
        assert_eq!(store.append(entry.at, &entry.records).unwrap(), entry.seq);
        if store.checkpoint_due() {
            store.append_checkpoint(format!("the state after {}", entry.seq).as_bytes()).unwrap();
        }
    }
}
