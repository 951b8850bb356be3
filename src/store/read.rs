//! Reading the journal without opening the store: for `journal show` while the terminal runs.
//!
//! Invariant: no lock is taken and nothing is changed; the last entry may be under way and then counts as torn.

use std::path::Path;

use quickpay_core::record::Entry;

use crate::disk::Disk;
use crate::error::{Damage, StoreError};
use crate::frame::Chain;
use crate::sight::Sight;
use crate::walk::{Begin, End, Ending, Owner, walk};

/// What was read.
#[derive(Debug)]
pub struct ReadReport {
    /// Whose journal it is; `None` when there is none.
    pub terminal: Option<String>,
    /// How many segments it has.
    pub segments: u64,
    /// The chain value of the last good frame, in hexadecimal; 64 zeros before the first.
    pub chain_head: String,
    /// How it ends.
    pub end: ReadEnd,
}

/// How a journal ends.
#[derive(Debug)]
pub enum ReadEnd {
    /// With its last entry.
    Clean,
    /// With an append that was cut short, or is under way.
    Torn(TornTail),
    /// It does not fit together here; the entries before are good.
    Damaged(Box<Damage>),
}

/// The remains of an append that was cut short. It never counted: nobody was told that it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TornTail {
    /// The number it would have had.
    pub seq: u64,
    /// The segment it lies in.
    pub segment: u64,
    /// Bytes from the start of that segment.
    pub offset: u64,
    /// Its length up to the last byte that is not zero.
    pub bytes: u64,
}

/// Reads all entries of the store in this folder, in order, up to the end or the first damage.
///
/// # Errors
/// [`StoreError::Io`], [`StoreError::Newer`]; nothing was changed.
pub fn read_journal(disk: &dyn Disk, folder: &Path) -> Result<(Vec<Entry>, ReadReport), StoreError> {
    let mut entries = Vec::new();
    let report = show_journal(disk, folder, &mut |entry| entries.push(entry))?;
    Ok((entries, report))
}

/// As [`read_journal`], one entry after the other: a long history needs no more memory than one segment.
///
/// # Errors
/// As [`read_journal`].
pub fn show_journal(
    disk: &dyn Disk,
    folder: &Path,
    show: &mut dyn FnMut(Entry),
) -> Result<ReadReport, StoreError> {
    let mut report =
        ReadReport { terminal: None, segments: 0, chain_head: Chain::START.hex(), end: ReadEnd::Clean };
    let walked = walk(disk, folder, Owner::Any, Begin::FIRST, &mut |sight| {
        let Sight::Decision(found) = sight else { return Ok(()) };
        show(found.entry()?);
        report.segments = found.place.segment;
        report.chain_head = found.chain.hex();
        report.terminal = Some(found.terminal.to_string());
        Ok(())
    });
    match walked {
        Ok(Some(end)) => {
            report.terminal = Some(end.header.terminal.to_string());
            (report.segments, report.chain_head) = (end.header.number, end.chain.hex());
            report.end = end.torn_tail().map_or(ReadEnd::Clean, ReadEnd::Torn);
        }
        Ok(None) => {}
        Err(StoreError::Damaged(damage)) => report.end = ReadEnd::Damaged(damage),
        Err(other) => return Err(other),
    }
    Ok(report)
}

impl End {
    /// The torn tail, if there is one.
    pub(crate) fn torn_tail(&self) -> Option<TornTail> {
        let bytes = self.torn_bytes()?;
        Some(TornTail { seq: self.seq + 1, segment: self.header.number, offset: self.offset, bytes })
    }

    pub(crate) fn torn_bytes(&self) -> Option<u64> {
        match self.ending {
            Ending::Torn(bytes) => Some(bytes),
            Ending::Clean | Ending::Sealed => None,
        }
    }
}
