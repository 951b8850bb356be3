//! The store itself: the journal and its index behind the core's `Journal` door.
//!
//! Invariant: `append` returns `Ok` only after the journal's `fdatasync`; the index comes after it and can never
//! undo it.

use std::path::PathBuf;

use quickpay_core::checkpoint::Checkpoint;
use quickpay_core::journal::{Journal, JournalError};
use quickpay_core::record::{Entry, Record};
use quickpay_core::shift::JournalHead;
use quickpay_core::time::{Moment, WallTime};

use crate::background::BackgroundCheck;
use crate::checkpoint;
use crate::copies;
use crate::error::StoreError;
use crate::front::{Front, FrontEnd};
use crate::index::Index;
use crate::journal::{Committed, Fault, JournalWriter};
use crate::lock::DirLock;
use crate::open::OpenOptions;
use crate::rebuild::{Rebuild, RebuildEnd};
use crate::shelf::{IndexOutcome, Newest, Shelf, Source};
use crate::space::Space;
use crate::tidy::{Step, Tidier};
use crate::verify::{self, Lists, VerifyReport};
use crate::walk::Owner;
use crate::wire;

/// The open store of one terminal.
#[derive(Debug)]
pub struct Store {
    journal: JournalWriter,
    shelf: Shelf,
    source: Source,
    space: Space,
    tidier: Tidier,
    checkpoint_every: u64,
    lock: Option<DirLock>, // last: released after all files are closed
}

/// Whether the store can take what a till gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// Everything works.
    Sound,
    /// Entries are recorded, but the index failed: finish what is open, take no new sale, restart.
    IndexLost {
        /// What it said.
        reason: String,
    },
    /// The disk is nearly full: finish what is open, take no new sale; goes by itself when there is room again.
    SpaceLow {
        /// What is left, in bytes.
        free_bytes: u64,
    },
    /// Nothing is recorded any more; restart.
    JournalClosed {
        /// What happened.
        reason: String,
    },
}

impl Health {
    /// Whether a new sale may begin.
    #[must_use]
    pub fn takes_new_sales(&self) -> bool {
        match self {
            Health::Sound => true,
            Health::IndexLost { .. } | Health::SpaceLow { .. } | Health::JournalClosed { .. } => false,
        }
    }
}

/// What a rebuild did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RebuildReport {
    /// Entries taken in.
    pub entries: u64,
    /// Where the old index was set aside.
    pub quarantine: Option<PathBuf>,
}

impl Journal for Store {
    /// One write and one `fdatasync` of the journal, then the index.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] leaves everything as it was; after the others the journal is closed.
    fn append(&mut self, at: Moment, records: &[Record]) -> Result<u64, JournalError> {
        let segment = self.journal.segment();
        let Committed { place, raw } = self.journal.append(at, records)?;
        if place.segment != segment {
            self.measure_space();
        }
        let entry = Entry { seq: place.seq, at, records: records.to_vec() };
        self.shelf.take(&entry, &raw, &place);
        Ok(place.seq)
    }
}

impl Store {
    pub(crate) fn new(journal: JournalWriter, shelf: Shelf, source: Source, options: &OpenOptions) -> Store {
        let space = Space::new(options.low_space_bytes);
        let (tidier, checkpoint_every) = (Tidier::default(), options.checkpoint_every);
        Store { journal, shelf, source, space, tidier, checkpoint_every, lock: None }
    }

    pub(crate) fn measure_space(&mut self) {
        self.space.measure(&*self.source.disk, &self.source.folder);
    }

    /// Whether the core should be asked for a checkpoint now, after the last decision was folded: none in this
    /// segment yet, enough decisions since the last one, or the segment nearly full.
    #[must_use]
    pub fn checkpoint_due(&self) -> bool {
        self.journal.checkpoint_due(self.checkpoint_every)
    }

    /// Appends the state after the last decision, as the core wrote it, with one write and one `fdatasync`; the index
    /// is made durable before, so that it never lacks what a start from here does not read. In a segment that is
    /// nearly full it becomes the first frame of the next one.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] leaves everything as it was, and the next start reads a little more; after the
    /// others the journal is closed.
    pub fn append_checkpoint(&mut self, body: &[u8]) -> Result<(), JournalError> {
        self.shelf.sync();
        let segment = self.journal.segment();
        let whole = checkpoint::encode(self.shelf.views(), body);
        let Committed { place, raw } = self.journal.append_checkpoint(&whole)?;
        self.shelf.take_checkpoint(&place, &raw);
        if self.journal.segment() != segment {
            self.measure_space();
        }
        Ok(())
    }

    /// As [`Store::append_checkpoint`], with the state as the core gives it.
    ///
    /// # Errors
    /// As [`Store::append_checkpoint`].
    pub fn keep_state(&mut self, state: &Checkpoint) -> Result<(), JournalError> {
        let body =
            wire::checkpoint::encode(state).map_err(|error| JournalError::Broken(error.to_string()))?;
        self.append_checkpoint(&body)
    }

    pub(crate) fn hold(&mut self, lock: DirLock) {
        self.lock = Some(lock);
    }

    /// Whether everything works.
    #[must_use]
    pub fn health(&self) -> Health {
        match (self.journal.fault(), self.shelf.fault()) {
            (Some(Fault::Full), _) => Health::JournalClosed { reason: "the disk is full".to_owned() },
            (Some(Fault::Broken(reason)), _) => Health::JournalClosed { reason: reason.clone() },
            (None, Some(reason)) => Health::IndexLost { reason: reason.to_owned() },
            (None, None) => {
                self.space.too_low().map_or(Health::Sound, |free_bytes| Health::SpaceLow { free_bytes })
            }
        }
    }

    /// The number of the last entry; 0 before the first.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.journal.seq()
    }

    /// Where the journal stands: what leaves the machine on each Z report, so that a journal that was cut short or
    /// written anew is found out (storage rules, section 3).
    #[must_use]
    pub fn head(&self) -> JournalHead {
        JournalHead { seq: self.journal.seq(), chain: self.journal.chain_head() }
    }

    /// To be called when nothing happened for a second: makes the index durable and the next segment ready, tidies one
    /// full segment or part of it away, and measures the room left. Takes tenths of a second at most.
    /// A failure shows in [`Store::health`].
    pub fn idle(&mut self) {
        self.shelf.sync();
        self.journal.make_spare_ahead();
        self.tidy();
        self.measure_space();
    }

    fn tidy(&mut self) -> Step {
        if self.journal.fault().is_some() || self.space.too_low().is_some() || !self.shelf.is_whole() {
            return Step::Nothing;
        }
        self.tidier.step(&self.source, &mut self.shelf, self.journal.segment())
    }

    /// Has the second copies of these full segments made anew in the next idle seconds: a check found them rotten or gone.
    /// Each segment is proven once more before.
    pub fn copy_again(&mut self, segments: &[u64]) {
        self.tidier.copy_again(segments);
    }

    /// The full segments that have no second copy.
    pub(crate) fn uncopied(&self) -> Vec<u64> {
        let Source { disk, folder, .. } = &self.source;
        (1..self.journal.segment()).filter(|number| !copies::is_there(&**disk, folder, *number)).collect()
    }

    /// Tidies all full segments away, for the doctor, who has the time.
    pub(crate) fn tidy_all(&mut self) {
        while self.tidy() == Step::Done {}
    }

    /// Makes the index durable and lets the store go; dropping does the same without the last sync, which costs
    /// the next start some time and nothing else.
    ///
    /// # Errors
    /// [`StoreError::Index`] when the index failed, now or earlier; the journal is whole.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.shelf.sync();
        self.shelf.index()?;
        Ok(())
    }

    /// Checks every frame and every key; see [`VerifyReport`]. Nothing is changed.
    #[must_use]
    pub fn verify(&self) -> VerifyReport {
        let Source { disk, folder, terminal } = &self.source;
        let lists = self.shelf.index().map_or_else(Lists::Broken, Lists::of);
        verify::verify(&**disk, folder, Owner::Only(terminal), lists)
    }

    /// The making of the past's rows, for another thread, once; `None` when the index is whole or it was handed out.
    /// Its end is to be told by [`Store::rebuilt`].
    #[must_use]
    pub fn rebuild_under_way(&mut self) -> Option<Rebuild> {
        self.shelf.take_rebuild()
    }

    /// Whether the past can be asked for: no rebuild is under way.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.shelf.is_whole()
    }

    /// Takes note of how a rebuild ended: from now on questions are answered, or the index is lost until a restart.
    pub fn rebuilt(&mut self, end: &RebuildEnd) {
        self.shelf.rebuilt(end);
    }

    /// What the start left unread of the newest segment, for another thread; `None` when it read all. Its end is to be
    /// told by [`Store::front_read`].
    #[must_use]
    pub fn front(&self) -> Option<Front> {
        self.journal.unread().map(|upto| Front { source: self.source.clone(), upto })
    }

    /// Takes note of what the front of the newest segment is.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] where it does not lead to what the start has read: no new sale until the doctor has
    /// mended it. What was recorded since is recorded.
    pub fn front_read(&mut self, end: FrontEnd) -> Result<(), StoreError> {
        let FrontEnd { upto, read } = end;
        self.journal.complete(&upto, read?);
        Ok(())
    }

    /// A full check that another thread can make while this one goes on; of the journal alone while the index is made.
    #[must_use]
    pub fn background_check(&self) -> BackgroundCheck {
        let index = self.shelf.index().ok().filter(|_| self.shelf.is_whole()).and_then(Index::reader);
        BackgroundCheck { source: self.source.clone(), index, up_to: self.journal.seq() }
    }

    /// Sets the index aside and makes it anew from the journal.
    ///
    /// # Errors
    /// [`StoreError`]; the journal is untouched, the index is to be rebuilt again after a restart.
    pub fn rebuild(&mut self, now: WallTime) -> Result<RebuildReport, StoreError> {
        let entries = self.journal.seq();
        if !self.shelf.is_whole() {
            return Err(StoreError::Incomplete);
        }
        let newest = Newest { seq: entries, segment: self.journal.segment(), at_start: u64::MAX };
        self.shelf.rebuild(&self.source, now, newest)?;
        self.tidier = Tidier::default();
        let quarantine = match self.shelf.outcome() {
            IndexOutcome::Rebuilt { quarantine, .. } => quarantine.clone(),
            IndexOutcome::Ready | IndexOutcome::FilledUp(_) => None,
        };
        Ok(RebuildReport { entries, quarantine })
    }

    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// The index, for questions about the past.
    pub(crate) fn index(&self) -> Result<&dyn Index, StoreError> {
        if !self.shelf.is_whole() {
            return Err(StoreError::Incomplete);
        }
        Ok(self.shelf.index()?)
    }
}
