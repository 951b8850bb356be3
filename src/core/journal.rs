//! The door to durable storage: one method, one promise.
//!
//! Invariant: when [`Journal::append`] returns `Ok`, the records survive a power cut; when it returns `Err`, nobody
//! may act on them, and the terminal takes nothing more until the program has restarted and read the journal again.
//! Deliberately absent: reading (the store hands the entries over when it opens).

use thiserror::Error;

use crate::record::Record;
use crate::time::Moment;

/// Where decisions become durable.
pub trait Journal {
    /// Appends one decision's records as one frame and returns its sequence number.
    ///
    /// # Errors
    /// [`JournalError`]; after `Full` and `Broken` the frame may or may not be on disk, only a restart can tell; after
    /// `TooLarge` nothing was written.
    fn append(&mut self, at: Moment, records: &[Record]) -> Result<u64, JournalError>;
}

/// Why a decision could not be made durable.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The disk is full.
    #[error("the disk is full; free some space and restart")]
    Full,
    /// A write or a sync failed, now or earlier; the journal is closed until a restart.
    #[error("storage fault: {0}; restart the terminal")]
    Broken(String),
    /// The decision is larger than a frame may be.
    #[error("a decision of {bytes} bytes does not fit a frame of at most {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most a frame takes.
        limit: usize,
    },
}

/// A journal in memory, for tests and the simulator; it forgets with the program.
#[derive(Debug, Default)]
pub struct MemoryJournal {
    entries: Vec<crate::record::Entry>,
}

impl MemoryJournal {
    /// What was appended, in order.
    #[must_use]
    pub fn entries(&self) -> &[crate::record::Entry] {
        &self.entries
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, at: Moment, records: &[Record]) -> Result<u64, JournalError> {
        let seq = u64::try_from(self.entries.len()).unwrap_or(u64::MAX).saturating_add(1);
        self.entries.push(crate::record::Entry { seq, at, records: records.to_vec() });
        Ok(seq)
    }
}
