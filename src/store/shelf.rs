//! The index in use: opened, compared with the journal, filled up, and kept in step with it.
//!
//! Invariant: an index that does not fit the journal is set aside and made anew, but one that knows *more* than the
//! journal is a witness that the journal was shortened, and is never touched; after its first error it is not asked
//! again until a restart or a rebuild.

use std::path::PathBuf;
use std::sync::Arc;

use quickpay_core::id::TerminalId;
use quickpay_core::record::Entry;
use quickpay_core::time::WallTime;

use crate::bytes::len;
use crate::disk::Disk;
use crate::error::StoreError;
use crate::index::{Batch, Index, IndexError, IndexHouse, Position};
use crate::rows::{self, Views};
use crate::verify::Expected;
use crate::walk::{Owner, walk};

/// Entries between two syncs of the index (storage rules, section 1).
const SYNC_EVERY: u32 = 256;
/// Entries that are put into the index as one batch while it is filled up.
const FILL_BATCH: usize = 64;
/// Up to so many entries the whole index is compared with the journal at each start: about 0.1 s
/// (100,000 in 0.45 s, storage rules, section 5). Past it the rim asks for [`Store::verify`](crate::Store::verify).
const COMPARED_AT_START: u64 = 20_000;

/// What came of opening the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexOutcome {
    /// It had every entry.
    Ready,
    /// It lacked the last so many entries, and has them now.
    FilledUp(u64),
    /// It was no good, or not there, and was made anew from the journal.
    Rebuilt {
        /// What was wrong.
        reason: String,
        /// Where the old one was set aside.
        quarantine: Option<PathBuf>,
    },
}

/// The journal an index is a copy of.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) folder: PathBuf,
    pub(crate) terminal: TerminalId,
}

/// The index in use.
#[derive(Debug)]
pub(crate) struct Shelf {
    house: Box<dyn IndexHouse>,
    index: Option<Box<dyn Index>>,
    views: Views,
    unsynced: u32,
    fault: Option<String>,
    outcome: IndexOutcome,
    /// The last entry it had when it was opened.
    known: u64,
}

enum Fit {
    /// It agrees up to this entry.
    Agrees(u64),
    /// It knows this entry, which the journal does not hold.
    KnowsMore(u64),
    /// It is of another journal, another schema, or damaged.
    Foreign(String),
}

/// Why no index could be opened.
#[derive(Debug)]
pub(crate) enum Closed {
    /// It knows this entry, which the journal does not hold.
    KnowsMore(u64),
    /// See [`IndexError`].
    Unusable(IndexError),
}

impl Shelf {
    /// Opens the index and compares its position with the journal's places; nothing is put into it yet.
    pub(crate) fn open(
        mut house: Box<dyn IndexHouse>,
        now: WallTime,
        places: &[Position],
    ) -> Result<Shelf, Closed> {
        let found = house.open().and_then(|index| Ok((fit(&*index, places)?, index)));
        let (index, known, outcome) = match found {
            Ok((Fit::KnowsMore(seq), _)) => return Err(Closed::KnowsMore(seq)),
            Err(error @ (IndexError::Unavailable { .. } | IndexError::GivenUp(_))) => {
                return Err(Closed::Unusable(error));
            }
            Ok((Fit::Agrees(0), index)) if !places.is_empty() => {
                let reason = "it was empty".to_owned();
                (index, 0, IndexOutcome::Rebuilt { reason, quarantine: None })
            }
            Ok((Fit::Agrees(seq), index)) => (index, seq, IndexOutcome::Ready),
            Ok((Fit::Foreign(reason), index)) => {
                drop(index);
                renew(&mut *house, now, reason).map_err(Closed::Unusable)?
            }
            Err(IndexError::Spoilt(reason)) => renew(&mut *house, now, reason).map_err(Closed::Unusable)?,
        };
        let views = Views::default();
        Ok(Shelf { house, index: Some(index), views, unsynced: 0, fault: None, outcome, known })
    }

    /// Puts in what the index lacks, and compares it whole when the journal is short; a spoilt one is made anew.
    ///
    /// # Errors
    /// [`StoreError`]; the journal is untouched, the index may lack entries.
    pub(crate) fn fill(&mut self, source: &Source, now: WallTime, seq: u64) -> Result<(), StoreError> {
        match self.fill_once(source, seq) {
            Err(StoreError::Index(IndexError::Spoilt(reason))) => {
                self.renew(now, reason)?;
                self.fill_once(source, seq)
            }
            other => other,
        }
    }

    /// Throws the index away and makes it again from the journal.
    ///
    /// # Errors
    /// [`StoreError`]; the journal is untouched, the old index is where it was or set aside.
    pub(crate) fn rebuild(&mut self, source: &Source, now: WallTime, seq: u64) -> Result<(), StoreError> {
        self.renew(now, "a rebuild was asked for".to_owned())?;
        self.fault = None;
        self.fill_once(source, seq)
    }

    pub(crate) fn outcome(&self) -> &IndexOutcome {
        &self.outcome
    }

    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Takes in a durable entry. A failure is remembered, not returned: the entry is recorded all the same.
    pub(crate) fn take(&mut self, entry: &Entry, raw: &[u8], place: &Position) {
        let rows = self.views.rows(entry, raw, place);
        let Some(index) = self.usable() else { return };
        let applied = index.apply(rows);
        self.note(applied);
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY {
            self.sync();
        }
    }

    /// Makes the index durable, if anything came in since the last time.
    pub(crate) fn sync(&mut self) {
        if self.unsynced == 0 {
            return;
        }
        let Some(index) = self.usable() else { return };
        let synced = index.sync();
        self.unsynced = 0;
        self.note(synced);
    }

    /// The index, for questions.
    pub(crate) fn index(&self) -> Result<&dyn Index, IndexError> {
        if let Some(reason) = &self.fault {
            return Err(IndexError::GivenUp(reason.clone()));
        }
        self.index.as_deref().ok_or_else(|| IndexError::GivenUp("it is not open".to_owned()))
    }

    fn usable(&mut self) -> Option<&mut Box<dyn Index>> {
        self.index.as_mut().filter(|_| self.fault.is_none())
    }

    fn note(&mut self, result: Result<(), IndexError>) {
        if let Err(error) = result {
            tracing::error!(%error, "the index is lost until a restart; entries are recorded, no new sale");
            self.fault = Some(error.to_string());
        }
    }

    fn renew(&mut self, now: WallTime, reason: String) -> Result<(), IndexError> {
        self.index = None;
        let (index, known, outcome) = renew(&mut *self.house, now, reason)?;
        (self.index, self.known, self.outcome) = (Some(index), known, outcome);
        Ok(())
    }

    fn fill_once(&mut self, source: &Source, seq: u64) -> Result<(), StoreError> {
        let Some(index) = self.index.as_mut() else { return Ok(()) };
        let known = self.known;
        let mut views = Views::default();
        let mut expected = (seq <= COMPARED_AT_START).then(Expected::default);
        let mut batch: Batch = if known == 0 { vec![rows::schema_row()] } else { Vec::new() };
        let mut waiting = 0;
        walk(&*source.disk, &source.folder, Owner::Only(&source.terminal), &mut |found| {
            let rows = views.rows(&found.entry, found.raw, &found.place);
            if let Some(expected) = &mut expected {
                expected.add(&rows);
            }
            if found.place.seq > known {
                batch.extend(rows);
                waiting += 1;
            }
            if waiting >= FILL_BATCH {
                waiting = 0;
                index.apply(std::mem::take(&mut batch))?;
            }
            Ok(())
        })?;
        if !batch.is_empty() {
            index.apply(batch)?;
        }
        index.sync()?;
        if let Some(difference) = expected.map_or(Ok(None), |expected| expected.first_difference(&**index))? {
            return Err(IndexError::Spoilt(difference).into());
        }
        self.views = views;
        self.known = seq;
        if self.outcome == IndexOutcome::Ready && seq > known {
            self.outcome = IndexOutcome::FilledUp(seq - known);
        }
        Ok(())
    }
}

fn fit(index: &dyn Index, places: &[Position]) -> Result<Fit, IndexError> {
    let schema = index.get(rows::SCHEMA)?;
    let Some(position) = index.position()? else {
        let mut rows = 0_u64;
        index.scan(b"", &mut |_, _| rows += 1)?;
        let begun = rows == u64::from(schema.is_some());
        return Ok(if begun { Fit::Agrees(0) } else { Fit::Foreign("it has lost its position".to_owned()) });
    };
    let place = position.seq.checked_sub(1).map(|before| places.get(len(before)));
    match place {
        Some(None) => return Ok(Fit::KnowsMore(position.seq)),
        Some(Some(place)) if position == *place => {}
        Some(Some(_)) | None => return Ok(Fit::Foreign("its position is not in this journal".to_owned())),
    }
    if schema != Some(rows::schema_row().1) {
        return Ok(Fit::Foreign("it has another schema".to_owned()));
    }
    Ok(Fit::Agrees(position.seq))
}

fn renew(
    house: &mut dyn IndexHouse,
    now: WallTime,
    reason: String,
) -> Result<(Box<dyn Index>, u64, IndexOutcome), IndexError> {
    let quarantine = house.quarantine(now)?;
    tracing::warn!(%reason, ?quarantine, "the index is made anew from the journal");
    Ok((house.open()?, 0, IndexOutcome::Rebuilt { reason, quarantine }))
}
