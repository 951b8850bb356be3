//! The second copies of full segments, in `copies/` beside the journal (ADR 0012).
//!
//! Invariant: a copy gets its name when it is whole and durable, and only an original that was proven a moment ago is ever
//! copied: where a copy differs from such a one, it is the copy that rotted, and it is made anew in one step.
//! Deliberately absent: judging originals (`walk.rs`), and mending them from their copies (the doctor).

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::bytes::offset;
use crate::disk::Disk;
use crate::segment;
use crate::window::Window;

/// Bytes that are copied or compared at once.
const PIECE: usize = 64 * 1024;

/// The segments that have one.
///
/// # Errors
/// As the system gave it.
pub(crate) fn numbers(disk: &dyn Disk, store: &Path) -> io::Result<BTreeSet<u64>> {
    let names = disk.names(&segment::copies(store))?;
    Ok(names.iter().filter_map(|name| segment::number_of(name)).collect())
}

/// Whether this segment has one; where the disk does not say, it has.
pub(crate) fn is_there(disk: &dyn Disk, store: &Path, number: u64) -> bool {
    !matches!(disk.length(&segment::copy(store, number)), Ok(None))
}

/// Copies a segment that was just proven; in place of an older copy, if there is one. Bytes that were read and written, so
/// that no two files share one place on the disk.
///
/// # Errors
/// As the system gave it; an older copy is as it was.
pub(crate) fn make(disk: &dyn Disk, store: &Path, number: u64) -> io::Result<()> {
    let mut original = Window::open(disk, &segment::file(store, number))?;
    let copies = segment::copies(store);
    disk.make_folder(&copies)?;
    let unfinished = copies.join("unfinished");
    let written = write(disk, &mut original, &unfinished);
    if let Err(error) = written {
        disk.create(&unfinished)?; // does not keep the last of a full disk
        return Err(error);
    }
    disk.rename(&unfinished, &segment::copy(store, number))?;
    disk.sync_folder(&copies)?;
    disk.sync_folder(store)
}

fn write(disk: &dyn Disk, original: &mut Window, to: &Path) -> io::Result<()> {
    let mut file = disk.create(to)?;
    let mut at = 0;
    while at < original.length() {
        let piece = original.bytes(at, PIECE)?;
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.write_at(at, piece)?;
        at += offset(piece.len());
    }
    file.sync()
}

/// Whether the copy of a segment that was just proven is another than it.
///
/// # Errors
/// As the system gave it, for the original. A copy that cannot be read is another.
pub(crate) fn differs(disk: &dyn Disk, store: &Path, number: u64) -> io::Result<bool> {
    let mut original = Window::open(disk, &segment::file(store, number))?;
    let Ok(mut copy) = Window::open(disk, &segment::copy(store, number)) else { return Ok(true) };
    if copy.length() != original.length() {
        return Ok(true);
    }
    let mut at = 0;
    while at < original.length() {
        let piece = original.bytes(at, PIECE)?;
        if piece.is_empty() || !copy.bytes(at, piece.len()).is_ok_and(|second| second == piece) {
            return Ok(true);
        }
        at += offset(piece.len());
    }
    Ok(false)
}
