//! Room on the disk: how much is left, and the reserve that the doctor gives back.
//!
//! Invariant: nothing here can stop a record from being written; what cannot be measured or made is said in the log
//! and changes nothing. Deliberately absent: any decision to delete records.

use std::io;
use std::path::{Path, PathBuf};

use crate::disk::Disk;

/// Under this no new sale begins (storage rules, section 6).
pub const LOW_SPACE_BYTES: u64 = 256 * 1024 * 1024;
/// Length of the reserve (storage rules, section 6).
pub const RESERVE_BYTES: u64 = 64 * 1024 * 1024;

/// What became of the reserve file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserve {
    /// None was asked for.
    NotWanted,
    /// It is there.
    Kept,
    /// There is none; why.
    Missing(String),
}

/// The room left, as it was last measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Space {
    low_bytes: u64,
    free: Option<u64>,
}

impl Space {
    pub(crate) fn new(low_bytes: u64) -> Space {
        Space { low_bytes, free: None }
    }

    /// Asks the disk. An answer that does not come is taken for no answer, not for no room.
    pub(crate) fn measure(&mut self, disk: &dyn Disk, store: &Path) {
        self.free = disk
            .free_bytes(store)
            .inspect_err(|error| tracing::warn!(%error, "the room left on the disk cannot be measured"))
            .ok();
    }

    /// The bytes left, when they are too few for a new sale.
    pub(crate) fn too_low(&self) -> Option<u64> {
        self.free.filter(|&free| free < self.low_bytes)
    }
}

/// The file that keeps some room for the doctor.
pub(crate) fn reserve(store: &Path) -> PathBuf {
    store.join("reserve.bin")
}

/// Makes the reserve if it is not there whole, as long as the disk stays out of the low range.
pub(crate) fn keep_reserve(disk: &dyn Disk, store: &Path, bytes: u64, low_bytes: u64) -> Reserve {
    if bytes == 0 {
        return Reserve::NotWanted;
    }
    match try_to_keep(disk, store, bytes, low_bytes) {
        Ok(reserve) => reserve,
        Err(error) => {
            tracing::warn!(%error, "the reserve file cannot be made");
            if let Err(error) = free_reserve(disk, store) {
                tracing::warn!(%error, "what was made of the reserve file stays");
            }
            Reserve::Missing(error.to_string())
        }
    }
}

fn try_to_keep(disk: &dyn Disk, store: &Path, bytes: u64, low_bytes: u64) -> io::Result<Reserve> {
    let path = reserve(store);
    if disk.length(&path)? == Some(bytes) {
        return Ok(Reserve::Kept);
    }
    let free = disk.free_bytes(store)?;
    if free.saturating_sub(bytes) < low_bytes {
        return Ok(Reserve::Missing(format!("only {} are free", megabytes(free))));
    }
    let mut file = disk.create(&path)?;
    file.allocate(bytes)?;
    file.sync()?;
    disk.sync_folder(store)?;
    Ok(Reserve::Kept)
}

/// Gives the room of the reserve back; how many bytes that was.
pub(crate) fn free_reserve(disk: &dyn Disk, store: &Path) -> io::Result<u64> {
    let path = reserve(store);
    let Some(bytes) = disk.length(&path)? else { return Ok(0) };
    disk.remove(&path)?;
    Ok(bytes)
}

/// For people.
pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
