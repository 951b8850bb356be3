//! The narrow door to the queryable copy of the journal, and its twin in memory.
//!
//! Invariant: an index is never asked what became of money; it can be thrown away and made again from the journal.
//! Deliberately absent: sled (`sled_index.rs`), and what the keys and values mean (`rows.rs`).

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use quickpay_core::time::WallTime;
use thiserror::Error;

use crate::error::what_to_do;
use crate::rows;

/// Keys with their new values; they are stored together or not at all.
pub type Batch = Vec<(Vec<u8>, Vec<u8>)>;

/// Where a decision's frame lies; an index keeps that of the last one it took in under `~j`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The frame's number.
    pub seq: u64,
    /// The segment it lies in.
    pub segment: u64,
    /// Bytes from the start of that segment.
    pub offset: u64,
    /// Its CRC-32C.
    pub crc: u32,
}

/// Why an index cannot serve. The journal is whole either way.
#[derive(Debug, Error)]
pub enum IndexError {
    /// The machine refused (full, failing, read-only or forbidden disk, lock): to be told, never mended by us.
    #[error("{doing}: {reason}{}", what_to_do(reason))]
    Unavailable {
        /// What was tried.
        doing: &'static str,
        /// The system's reason; it stands in the sentence, so it is not chained.
        reason: io::Error,
    },
    /// It failed earlier in this run, as it then said; it is not asked again until a restart or a rebuild.
    #[error("they failed earlier ({0}); restart the terminal")]
    GivenUp(String),
    /// Its content is no good: set aside and made again from the journal.
    #[error("its content is damaged: {0}")]
    Spoilt(String),
}

/// A sorted map that answers questions about the journal.
pub trait Index: Send + Debug {
    /// Stores a batch as one, in order after all batches before it. Durable only after [`Index::sync`].
    ///
    /// # Errors
    /// [`IndexError`]; all of the batch is stored or none, and the index is not to be used until a restart.
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError>;

    /// The value of a key.
    ///
    /// # Errors
    /// [`IndexError`]
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError>;

    /// Shows all keys that begin like this, in order, with their values.
    ///
    /// # Errors
    /// [`IndexError`]; some were shown.
    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError>;

    /// Takes these keys out; those that are not there are passed over.
    ///
    /// # Errors
    /// [`IndexError`]; some were taken out.
    fn remove(&mut self, keys: &[Vec<u8>]) -> Result<(), IndexError>;

    /// The first keys that begin like this, in order, and at most so many.
    ///
    /// # Errors
    /// [`IndexError`]
    fn first_keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, IndexError>;

    /// Makes all that was applied survive a power cut.
    ///
    /// # Errors
    /// [`IndexError`]; what was applied since the last sync may or may not survive.
    fn sync(&mut self) -> Result<(), IndexError>;

    /// Another way to the same content, for another thread; `None` when there can be none.
    fn reader(&self) -> Option<Box<dyn Index>> {
        None
    }

    /// The last frame taken in; `None` when there is none.
    ///
    /// # Errors
    /// [`IndexError`]
    fn position(&self) -> Result<Option<Position>, IndexError> {
        self.get(rows::POSITION)?.map(|value| rows::position(&value)).transpose()
    }
}

/// Where an index lives: opens it, and sets a spoilt one aside.
pub trait IndexHouse: Send + Debug {
    /// Opens the index, empty if there is none.
    ///
    /// # Errors
    /// [`IndexError::Spoilt`] asks for [`IndexHouse::quarantine`]; [`IndexError::Unavailable`] is to be told.
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError>;

    /// Sets what is there aside under a name with this time, so that the next open begins empty; where it went.
    ///
    /// # Errors
    /// [`IndexError::Unavailable`]; it is where it was.
    fn quarantine(&mut self, now: WallTime) -> Result<Option<PathBuf>, IndexError>;
}

/// The twin in memory; clones share one content, which outlives the [`Store`](crate::Store).
#[derive(Debug, Clone, Default)]
pub struct MemoryIndex {
    rows: Arc<Mutex<BTreeMap<Vec<u8>, Vec<u8>>>>,
}

impl MemoryIndex {
    /// All keys and values, as [`MemoryIndex::replace`] takes them.
    #[must_use]
    pub fn content(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another content in place, such as an older one after a power cut.
    pub fn replace(&self, content: BTreeMap<Vec<u8>, Vec<u8>>) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = content;
    }
}

impl Index for MemoryIndex {
    fn apply(&mut self, batch: Batch) -> Result<(), IndexError> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner).extend(batch);
        Ok(())
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.rows.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, prefix: &[u8], show: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), IndexError> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rows.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        found.for_each(|(key, value)| show(key, value));
        Ok(())
    }

    fn remove(&mut self, keys: &[Vec<u8>]) -> Result<(), IndexError> {
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().for_each(|key| drop(rows.remove(key)));
        Ok(())
    }

    fn first_keys(&self, prefix: &[u8], most: usize) -> Result<Vec<Vec<u8>>, IndexError> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        let found = rows.range(prefix.to_vec()..).take_while(|(key, _)| key.starts_with(prefix));
        Ok(found.take(most).map(|(key, _)| key.clone()).collect())
    }

    fn sync(&mut self) -> Result<(), IndexError> {
        Ok(())
    }

    fn reader(&self) -> Option<Box<dyn Index>> {
        Some(Box::new(self.clone()))
    }
}

/// The house of a [`MemoryIndex`].
#[derive(Debug, Clone, Default)]
pub struct MemoryHouse {
    /// What lives there.
    pub index: MemoryIndex,
}

impl IndexHouse for MemoryHouse {
    fn open(&mut self) -> Result<Box<dyn Index>, IndexError> {
        Ok(Box::new(self.index.clone()))
    }

    fn quarantine(&mut self, _now: WallTime) -> Result<Option<PathBuf>, IndexError> {
        self.index.replace(BTreeMap::new());
        Ok(None)
    }
}
