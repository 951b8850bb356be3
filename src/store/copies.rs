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
use crate::shelf::Source;
use crate::window::Window;

/// Bytes that are copied or compared at once.
const PIECE: usize = 64 * 1024;

/// The segments that have one.
///
/// # Errors
/// As the system gave it.
pub(crate) fn numbers(source: &Source) -> io::Result<BTreeSet<u64>> {
    let names = source.disk.names(&segment::copies(&source.folder))?;
    Ok(names.iter().filter_map(|name| segment::number_of(name)).collect())
}

/// Copies a segment that was just proven; in place of an older copy, if there is one. Bytes that were read and written, so
/// that no two files share one place on the disk.
///
/// # Errors
/// As the system gave it; an older copy is as it was.
pub(crate) fn make(source: &Source, number: u64) -> io::Result<()> {
    let Source { disk, folder, .. } = source;
    let mut original = Window::open(&**disk, &segment::file(folder, number))?;
    let copies = segment::copies(folder);
    disk.make_folder(&copies)?;
    let unfinished = copies.join("unfinished");
    let written = write(&**disk, &mut original, &unfinished);
    if let Err(error) = written {
        disk.create(&unfinished)?; // does not keep the last of a full disk
        return Err(error);
    }
    disk.rename(&unfinished, &segment::copy(folder, number))?;
    disk.sync_folder(&copies)?;
    disk.sync_folder(folder)
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
