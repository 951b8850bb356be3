//! Opening the store, in the order of the storage rules, section 5.
//!
//! Invariant: until the whole journal was read, and compared with what the index knows, nothing is written to it; a
//! damaged journal is left exactly as it was found.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use quickpay_core::id::TerminalId;
use quickpay_core::record::Entry;
use quickpay_core::time::WallTime;

use crate::checkpoint::Checkpoint;
use crate::copies;
use crate::disk::{Disk, RealDisk};
use crate::error::{Damage, Flaw, StoreError};
use crate::index::IndexHouse;
use crate::journal::JournalWriter;
use crate::lock::DirLock;
use crate::read::TornTail;
use crate::replay::{Collected, Replay};
use crate::segment::{self, HEADER};
use crate::shelf::{Closed, IndexOutcome, Newest, Shelf, Source};
use crate::sled_index::SledHouse;
use crate::space::{self, LOW_SPACE_BYTES, RESERVE_BYTES, Reserve};
use crate::start::Start;
use crate::store::Store;
use crate::walk::End;

/// Length of a segment: some 15,000 records (storage rules, section 3).
pub const SEGMENT_BYTES: u64 = 16 * 1024 * 1024;
/// Decisions between two checkpoints (storage rules, section 3).
pub const CHECKPOINT_EVERY: u64 = 1000;
/// A shorter segment would not take a usual decision.
const LEAST_SEGMENT_BYTES: u64 = 4096;
/// sled's threads and a program that is just ending hold on for a moment (storage rules, sections 2 and 5).
const LOCK_WAIT: Duration = Duration::from_secs(3);

/// What the store must know to open.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Whose journal it is; another terminal's is refused.
    pub terminal: TerminalId,
    /// Now, for the name of an index that is set aside.
    pub now: WallTime,
    /// Length of segments made from now on, in bytes; at least 4096.
    pub segment_bytes: u64,
    /// How long to wait for another program to let go.
    pub lock_wait: Duration,
    /// Length of the reserve file that the doctor gives back on a full disk, in bytes; 0 makes none.
    pub reserve_bytes: u64,
    /// Under so many free bytes no new sale begins; 0 never.
    pub low_space_bytes: u64,
    /// Begin with the newest checkpoint that serves, so that a start costs open work and not history.
    pub from_checkpoint: bool,
    /// Decisions between two checkpoints ([`Store::checkpoint_due`]).
    pub checkpoint_every: u64,
    /// An index that must be made anew from more entries than this is made beside sales ([`Store::rebuild_under_way`]);
    /// `u64::MAX` makes it before the store is open.
    pub rebuild_at_start: u64,
}

impl OpenOptions {
    /// The usual ones: segments of [`SEGMENT_BYTES`], 3 s for the lock, 64 MiB of reserve, 256 MiB for new sales,
    /// the whole journal, a checkpoint every [`CHECKPOINT_EVERY`] decisions, an index made before the store is open.
    #[must_use]
    pub fn new(terminal: TerminalId, now: WallTime) -> OpenOptions {
        OpenOptions {
            terminal,
            now,
            segment_bytes: SEGMENT_BYTES,
            lock_wait: LOCK_WAIT,
            reserve_bytes: RESERVE_BYTES,
            low_space_bytes: LOW_SPACE_BYTES,
            from_checkpoint: false,
            checkpoint_every: CHECKPOINT_EVERY,
            rebuild_at_start: u64::MAX,
        }
    }
}

/// An open store and what it holds.
#[derive(Debug)]
pub struct Opened {
    /// For the event loop.
    pub store: Store,
    /// Where the fold begins; `None` is before the first entry.
    pub checkpoint: Option<Checkpoint>,
    /// All entries after it, in order: the fold goes on with them.
    pub entries: Vec<Entry>,
    /// What opening found and did.
    pub report: OpenReport,
}

/// What opening found and did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// Segments of the journal.
    pub segments: u64,
    /// An append that was cut short, now cleared; it never counted.
    pub torn: Option<TornTail>,
    /// What came of the index.
    pub index: IndexOutcome,
    /// What became of the reserve file.
    pub reserve: Reserve,
    /// The last entry before the checkpoint that the start began with; 0 when it began with the first entry.
    pub checkpoint: u64,
    /// Entries read behind it.
    pub entries_read: u64,
}

impl Store {
    /// Opens the store in this folder, which is made if need be, and holds it until it is closed or dropped; all that was
    /// read is in memory then.
    ///
    /// # Errors
    /// [`StoreError`]. A whole entry is never lost: a damaged journal is untouched, a refusal of the machine changes
    /// nothing that was recorded.
    pub fn open(folder: &Path, options: &OpenOptions) -> Result<Opened, StoreError> {
        let mut collected = Collected::default();
        let (store, report) = Store::open_into(folder, options, &mut collected)?;
        let Collected { checkpoint, entries } = collected;
        Ok(Opened { store, checkpoint, entries, report })
    }

    /// As [`Store::open`], one entry after the other: a long history needs no more memory than one segment.
    ///
    /// # Errors
    /// As [`Store::open`]; what was replayed counts for nothing.
    pub fn open_into(
        folder: &Path,
        options: &OpenOptions,
        replay: &mut dyn Replay,
    ) -> Result<(Store, OpenReport), StoreError> {
        std::fs::create_dir_all(folder).map_err(StoreError::io("make", folder))?;
        let lock = DirLock::take(folder, options.lock_wait)?;
        let house = Box::new(SledHouse::new(folder));
        let (mut store, report) = Store::replay_on(Arc::new(RealDisk), house, folder, options, replay)?;
        store.hold(lock);
        Ok((store, report))
    }

    /// As [`Store::open`], on another disk and with another index, for tests and simulations; without a lock.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_on(
        disk: Arc<dyn Disk>,
        house: Box<dyn IndexHouse>,
        folder: &Path,
        options: &OpenOptions,
    ) -> Result<Opened, StoreError> {
        let mut collected = Collected::default();
        let (store, report) = Store::replay_on(disk, house, folder, options, &mut collected)?;
        let Collected { checkpoint, entries } = collected;
        Ok(Opened { store, checkpoint, entries, report })
    }

    /// As [`Store::open_into`], on another disk and with another index; without a lock.
    ///
    /// # Errors
    /// As [`Store::open_into`].
    pub fn replay_on(
        disk: Arc<dyn Disk>,
        house: Box<dyn IndexHouse>,
        folder: &Path,
        options: &OpenOptions,
        replay: &mut dyn Replay,
    ) -> Result<(Store, OpenReport), StoreError> {
        let (terminal, now) = (&options.terminal, options.now);
        let source = Source { disk, folder: folder.to_path_buf(), terminal: terminal.clone() };
        let (mut start, mut end) = Start::read(&source, options.from_checkpoint, replay)?;
        if end.is_none() {
            nothing_was_there(&source)?;
        }
        let mut shelf = Shelf::open(house, now, &start.places).map_err(|closed| match closed {
            Closed::Unusable(error) => StoreError::Index(error),
            Closed::KnowsMore(known) => shortened(folder, end.as_ref(), known),
        })?;
        let torn = end.as_ref().and_then(End::torn_tail);
        if let Some(end) = end.as_mut().filter(|_| options.from_checkpoint && start.passed_over) {
            end.checkpoints.here = false; // one that serves is made soon
        }
        let bytes = options.segment_bytes.max(LEAST_SEGMENT_BYTES);
        let journal = JournalWriter::resume(Arc::clone(&source.disk), folder, bytes, terminal, end)?;
        let newest =
            Newest { seq: journal.seq(), segment: journal.segment(), at_start: options.rebuild_at_start };
        shelf.fill(&source, now, newest, &mut start)?;
        let reserve =
            space::keep_reserve(&*source.disk, folder, options.reserve_bytes, options.low_space_bytes);
        let report = OpenReport {
            segments: journal.segment(),
            torn,
            index: shelf.outcome().clone(),
            reserve,
            checkpoint: start.begun.map_or(0, |place| place.seq),
            entries_read: start.entries,
        };
        tracing::info!(entries = journal.seq(), ?report, "store opened");
        let mut store = Store::new(journal, shelf, source, options);
        store.measure_space();
        Ok((store, report))
    }
}

/// A journal is begun only where there was none: second copies tell of one that is gone, also when the index is gone too.
fn nothing_was_there(source: &Source) -> Result<(), StoreError> {
    let Source { disk, folder, .. } = source;
    let copied = copies::numbers(&**disk, folder).map_err(StoreError::io("list", segment::copies(folder)))?;
    let file = segment::file(folder, 1);
    let gone = Damage { file, offset: 0, seq: 1, flaw: Flaw::SegmentMissing };
    if copied.is_empty() { Ok(()) } else { Err(gone.into()) }
}

fn shortened(folder: &Path, end: Option<&End>, known: u64) -> StoreError {
    let (number, offset, seq) =
        end.map_or((1, crate::bytes::offset(HEADER), 1), |end| (end.header.number, end.offset, end.seq + 1));
    Damage { file: segment::file(folder, number), offset, seq, flaw: Flaw::Shortened { known } }.into()
}
