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

use crate::disk::Disk;
use crate::error::StoreError;
use crate::fit::{Fit, fit};
use crate::index::{Batch, Index, IndexError, IndexHouse, Position};
use crate::packed::{self, Fold};
use crate::rebuild::{Rebuild, RebuildEnd, UnderWay};
use crate::rows::{self, Views};
use crate::sight::Sight;
use crate::start::{Base, Places, Start, Whereabouts};
use crate::verify::Expected;
use crate::walk::{Begin, Owner, walk};

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
    /// The past's rows are being made beside sales.
    under_way: Option<UnderWay>,
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
        places: &Places,
    ) -> Result<Shelf, Closed> {
        let found = house.open().and_then(|index| Ok((fit(&*index, places)?, index)));
        let (index, known, outcome) = match found {
            Ok((Fit::KnowsMore(seq), _)) => return Err(Closed::KnowsMore(seq)),
            Err(error @ (IndexError::Unavailable { .. } | IndexError::GivenUp(_))) => {
                return Err(Closed::Unusable(error));
            }
            Ok((Fit::Agrees(0), index)) if places.last() > 0 => {
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
        Ok(Shelf {
            house,
            index: Some(index),
            views,
            unsynced: 0,
            fault: None,
            outcome,
            known,
            under_way: None,
        })
    }

    /// Puts in what the index lacks, and compares it whole when the journal is short; a spoilt one is made anew.
    ///
    /// # Errors
    /// [`StoreError`]; the journal is untouched, the index may lack entries.
    pub(crate) fn fill(
        &mut self,
        source: &Source,
        now: WallTime,
        newest: Newest,
        start: &mut Start,
    ) -> Result<(), StoreError> {
        match self.fill_from(source, newest, start) {
            Err(StoreError::Index(IndexError::Spoilt(reason))) => {
                self.renew(now, reason)?;
                self.make_anew(source, newest, start)
            }
            other => other,
        }
    }

    /// Whether every row is there.
    pub(crate) fn is_whole(&self) -> bool {
        self.under_way.is_none()
    }

    pub(crate) fn take_rebuild(&mut self) -> Option<Rebuild> {
        self.under_way.as_mut()?.rebuild.take()
    }

    pub(crate) fn rebuilt(&mut self, end: &RebuildEnd) {
        match end {
            RebuildEnd::Whole { .. } => self.under_way = None,
            RebuildEnd::Stopped => {}
            RebuildEnd::Broken(error) => {
                self.under_way = None;
                self.fault = Some(error.to_string());
            }
        }
    }

    /// Throws the index away and makes it again from the journal.
    ///
    /// # Errors
    /// [`StoreError`]; the journal is untouched, the old index is where it was or set aside.
    pub(crate) fn rebuild(
        &mut self,
        source: &Source,
        now: WallTime,
        newest: Newest,
    ) -> Result<(), StoreError> {
        self.renew(now, "a rebuild was asked for".to_owned())?;
        self.fault = None;
        self.fill_once(source, newest)
    }

    pub(crate) fn views(&self) -> &Views {
        &self.views
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

    /// Takes in a durable checkpoint, as [`Shelf::take`] an entry.
    pub(crate) fn take_checkpoint(&mut self, place: &Position, raw: &[u8]) {
        let Some(index) = self.usable() else { return };
        let applied = index.apply(rows::checkpoint_rows(place.segment, place.offset, raw));
        self.note(applied);
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

    /// The index, to be tidied; an error of it is to be told by [`Shelf::note`].
    pub(crate) fn tidied_by(&mut self, step: impl FnOnce(&mut dyn Index) -> Result<(), IndexError>) {
        let Some(index) = self.usable() else { return };
        let done = step(&mut **index);
        self.unsynced += 1;
        self.note(done);
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

    /// Behind a checkpoint, or in a long journal, only what the index lacks is read again, and nothing is compared whole: a
    /// start does not follow history. An index that lacks what is before that needs the whole journal.
    fn fill_from(&mut self, source: &Source, newest: Newest, start: &mut Start) -> Result<(), StoreError> {
        if start.begun.is_none() && newest.seq <= COMPARED_AT_START {
            return self.fill_once(source, newest);
        }
        if self.known == newest.seq && self.known > 0 {
            let rows = std::mem::take(&mut start.last_rows);
            self.index.as_mut().filter(|_| !rows.is_empty()).map_or(Ok(()), |index| index.apply(rows))?;
            return self.filled(std::mem::take(&mut start.views), newest.seq);
        }
        let Some(base) = start.base(self.known).filter(|_| self.known > 0) else {
            return self.make_anew(source, newest, start);
        };
        let views = self.add_missing(source, newest, base, None)?;
        self.filled(views, newest.seq)
    }

    /// Beside sales where that is wanted and the index is empty, else at once.
    fn make_anew(&mut self, source: &Source, newest: Newest, start: &mut Start) -> Result<(), StoreError> {
        let beside = self.known == 0 && newest.seq > newest.at_start;
        let Some(index) = self.index.as_deref_mut().filter(|_| beside) else {
            return self.fill_once(source, newest);
        };
        let last = match start.places.of(newest.seq) {
            Whereabouts::At(place) => Some(place),
            Whereabouts::Nowhere | Whereabouts::Before | Whereabouts::Beyond => None,
        };
        let past = (newest.seq, newest.segment - 1);
        self.under_way = UnderWay::begin(index, source, past, last)?;
        if self.under_way.is_none() {
            return self.fill_once(source, newest);
        }
        self.filled(std::mem::take(&mut start.views), newest.seq)
    }

    fn fill_once(&mut self, source: &Source, newest: Newest) -> Result<(), StoreError> {
        let mut expected = (newest.seq <= COMPARED_AT_START).then(Expected::default);
        let first = Base { segment: 1, ..Base::default() };
        let views = self.add_missing(source, newest, &first, expected.as_mut())?;
        self.filled(views, newest.seq)?;
        let Some(index) = self.index.as_ref() else { return Ok(()) };
        if let Some(difference) = expected.map_or(Ok(None), |expected| expected.first_difference(&**index))? {
            return Err(IndexError::Spoilt(difference).into());
        }
        Ok(())
    }

    fn add_missing(
        &mut self,
        source: &Source,
        newest: Newest,
        behind: &Base,
        mut expected: Option<&mut Expected>,
    ) -> Result<Views, StoreError> {
        let Some(index) = self.index.as_mut() else { return Ok(Views::default()) };
        let known = self.known;
        let had = if known == 0 { None } else { index.position()? };
        // An index that is made anew gets the compact rows of full segments at once.
        let packed_to = if known == 0 { newest.segment - 1 } else { packed::tidied(&**index)? };
        if packed_to >= newest.segment {
            return Err(IndexError::Spoilt("it has packed more than there is".to_owned()).into());
        }
        let mut batch: Batch = if known == 0 { vec![rows::schema_row()] } else { Vec::new() };
        let mut fold = Fold::new(behind.views.clone(), packed_to);
        let mut waiting = 0;
        let owner = Owner::Only(&source.terminal);
        walk(&*source.disk, &source.folder, owner, Begin::Segment(behind.segment), &mut |sight| {
            let found = match sight {
                Sight::Decision(found) => found,
                Sight::Checkpoint(seen) if fold.keeps_checkpoint(seen.segment) => {
                    if let Some(expected) = &mut expected {
                        expected.add(&seen.rows());
                    }
                    if seen.seq >= known {
                        batch.extend(seen.rows());
                    }
                    return Ok(());
                }
                Sight::Checkpoint(_) | Sight::Full { .. } => return Ok(()),
            };
            if had.is_some_and(|had| had.seq == found.place.seq && had != found.place) {
                return Err(IndexError::Spoilt("its position is not in this journal".to_owned()).into());
            }
            if found.place.seq <= behind.seq {
                return Ok(());
            }
            let (packed, rows) = fold.rows(&found.entry()?, found.raw, &found.place);
            if let Some(expected) = &mut expected {
                expected.add(&packed);
                expected.add(&rows);
            }
            if known == 0 {
                batch.extend(packed);
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
        let mut last = fold.finish();
        if packed_to > 0 {
            last.push(rows::tidied_row(packed_to));
        }
        if let Some(expected) = &mut expected {
            expected.add(&last);
            expected.tolerate_before(packed_to, fold.packed_up_to());
        }
        if known == 0 {
            batch.extend(last);
        }
        if !batch.is_empty() {
            index.apply(batch)?;
        }
        Ok(fold.views)
    }

    fn filled(&mut self, views: Views, seq: u64) -> Result<(), StoreError> {
        let Some(index) = self.index.as_mut() else { return Ok(()) };
        index.sync()?;
        let known = std::mem::replace(&mut self.known, seq);
        self.views = views;
        if self.outcome == IndexOutcome::Ready && seq > known {
            self.outcome = IndexOutcome::FilledUp(seq - known);
        }
        Ok(())
    }
}

/// The end of the journal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Newest {
    /// The last entry.
    pub(crate) seq: u64,
    /// The newest segment.
    pub(crate) segment: u64,
    /// An index that is empty is made beside sales from more entries than this.
    pub(crate) at_start: u64,
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
