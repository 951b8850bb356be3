//! Looks for secrets in every byte that a shop has left on disk: journal, index, logs, events, papers, core dumps.
//!
//! Invariant: a part of ten digits counts as much as the whole code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PART: usize = 10;
const BLOCK: usize = 4096;

/// The files below `folder` that hold a code or a part of one.
pub(crate) fn files_with(codes: &[String], folder: &Path) -> Vec<PathBuf> {
    let parts: BTreeSet<&[u8]> = codes.iter().flat_map(|code| code.as_bytes().windows(PART)).collect();
    let holds = |file: &PathBuf| holds_one(&std::fs::read(file).unwrap(), &parts);
    files(folder).into_iter().filter(holds).collect()
}

/// The files below `folder` that hold these very bytes.
pub(crate) fn files_holding(secret: &[u8], folder: &Path) -> Vec<PathBuf> {
    let holds = |file: &PathBuf| find(&std::fs::read(file).unwrap(), secret);
    files(folder).into_iter().filter(holds).collect()
}

fn find(bytes: &[u8], secret: &[u8]) -> bool {
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| *byte == secret[0]) {
        if bytes[at + next..].starts_with(secret) {
            return true;
        }
        at += next + 1;
    }
    false
}

fn holds_one(bytes: &[u8], parts: &BTreeSet<&[u8]>) -> bool {
    let zeros = [0_u8; BLOCK];
    let mut run = 0;
    for (n, block) in bytes.chunks(BLOCK).enumerate() {
        if block == &zeros[..block.len()] {
            run = 0; // most of a journal is room for tomorrow
            continue;
        }
        for (i, byte) in block.iter().enumerate() {
            run = if byte.is_ascii_digit() { run + 1 } else { 0 };
            let end = n * BLOCK + i + 1;
            if run >= PART && parts.contains(&bytes[end - PART..end]) {
                return true;
            }
        }
    }
    false
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => found.extend(files(&entry.path())),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}

#[test]
fn the_search_finds_a_code_across_blocks_and_in_part() {
    let folder = super::own_folder();
    let mut bytes = vec![0_u8; 3 * BLOCK];
    bytes[BLOCK - 3..BLOCK + 15].copy_from_slice(b"132993614656096754");
    std::fs::write(folder.join("whole"), &bytes).unwrap();
    std::fs::write(folder.join("part"), "x 9936146560 y").unwrap();
    std::fs::write(
        folder.join("none"),
        "x 993614656 1329936146 6560967540 y".replace("1329936146", "1329936147"),
    )
    .unwrap();
    assert_eq!(files_holding(b"6560967540 y", &folder), [folder.join("none")]);
    let mut found = files_with(&["132993614656096754".to_owned()], &folder);
    found.sort();
    assert_eq!(found, [folder.join("part"), folder.join("whole")]);
    std::fs::remove_dir_all(folder).unwrap();
}
