//! The full check: every frame of the journal, and every key of the index against the fold of the journal.
//!
//! Invariant: nothing is changed. Comparing heads only lets 8 of 250 damages pass in silence, this check none
//! (storage rules, section 5).

use std::collections::BTreeMap;

use thiserror::Error;

use crate::error::StoreError;
use crate::frame::Chain;
use crate::index::{Batch, Index, IndexError};
use crate::rows::{self, Views};
use crate::shelf::Source;
use crate::walk::{Owner, walk};

/// Findings past this many are counted, not listed.
const LISTED: usize = 20;

/// What a full check found.
#[derive(Debug)]
pub struct VerifyReport {
    /// Good entries.
    pub entries: u64,
    /// Segments read.
    pub segments: u64,
    /// The chain value of the last good frame, in hexadecimal.
    pub chain_head: String,
    /// What does not fit; at most 20 are listed.
    pub findings: Vec<Finding>,
    /// How many do not fit.
    pub count: u64,
}

impl VerifyReport {
    /// Whether everything fits.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.count == 0
    }
}

/// One thing that does not fit.
#[derive(Debug, Error)]
pub enum Finding {
    /// The journal cannot be read to its end.
    #[error("journal: {0}")]
    Journal(StoreError),
    /// Bytes behind the last entry, from an append that was cut short; the next start clears them.
    #[error("journal: {0} bytes behind the last entry")]
    Tail(u64),
    /// A key of the index.
    #[error("index: {0}")]
    Row(String),
    /// The index cannot be asked.
    #[error("index: {0}")]
    Index(IndexError),
}

/// Reads everything and compares it. `index` is what is in use, or why it cannot be.
pub(crate) fn verify(source: &Source, index: Result<&dyn Index, IndexError>) -> VerifyReport {
    let mut report = VerifyReport {
        entries: 0,
        segments: 0,
        chain_head: Chain::START.hex(),
        findings: Vec::new(),
        count: 0,
    };
    let mut expected = Expected::default();
    let mut views = Views::default();
    let walked = walk(&*source.disk, &source.folder, Owner::Only(&source.terminal), &mut |found| {
        expected.add(&views.rows(&found.entry, found.raw, &found.place));
        report.entries = found.place.seq;
        report.segments = found.place.segment;
        report.chain_head = found.chain.hex();
        Ok(())
    });
    match walked {
        Ok(Some(end)) => {
            (report.segments, report.chain_head) = (end.header.number, end.chain.hex());
            if let Some(bytes) = end.torn_bytes() {
                report.add(Finding::Tail(bytes));
            }
        }
        Ok(None) => {}
        Err(error) => report.add(Finding::Journal(error)),
    }
    let compared =
        index.and_then(|index| expected.differences(index, &mut |row| report.add(Finding::Row(row))));
    if let Err(error) = compared {
        report.add(Finding::Index(error));
    }
    report
}

impl VerifyReport {
    fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        }
    }
}

/// The checksum of each value that the index should hold.
#[derive(Debug)]
pub(crate) struct Expected(BTreeMap<Vec<u8>, u32>);

impl Default for Expected {
    fn default() -> Expected {
        let mut expected = Expected(BTreeMap::new());
        expected.add(&vec![rows::schema_row()]);
        expected
    }
}

impl Expected {
    pub(crate) fn add(&mut self, rows: &Batch) {
        for (key, value) in rows {
            self.0.insert(key.clone(), crc32c::crc32c(value));
        }
    }

    /// The first key that does not fit, in words.
    pub(crate) fn first_difference(self, index: &dyn Index) -> Result<Option<String>, IndexError> {
        let mut first = None;
        self.differences(index, &mut |row| {
            first.get_or_insert(row);
        })?;
        Ok(first)
    }

    fn differences(mut self, index: &dyn Index, show: &mut dyn FnMut(String)) -> Result<(), IndexError> {
        index.scan(b"", &mut |key, value| match self.0.remove(key) {
            Some(crc) if crc == crc32c::crc32c(value) => {}
            Some(_) => show(format!("the value of {} is another", key.escape_ascii())),
            None => show(format!("{} should not be there", key.escape_ascii())),
        })?;
        for key in self.0.keys() {
            show(format!("{} is missing", key.escape_ascii()));
        }
        Ok(())
    }
}
