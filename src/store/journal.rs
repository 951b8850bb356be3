//! The writing end of the journal: one frame per decision, one `fdatasync` per frame.
//!
//! Invariant: after any error of a write or a sync nothing is written again until a restart has read the disk: what
//! the failed call left behind is unknown, and a second sync would call it durable (storage rules, section 6).
//! Deliberately absent: reading (`walk.rs`), and the opinion of sled.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quickpay_core::id::TerminalId;
use quickpay_core::journal::JournalError;
use quickpay_core::record::Record;
use quickpay_core::time::Moment;

use crate::bytes::{len, offset};
use crate::checkpoint;
use crate::disk::{Disk, DiskFile, write_zeros};
use crate::error::StoreError;
use crate::frame::{self, Chain, DECISION_LIMIT, Encoded, HEAD, Head, Kind};
use crate::index::Position;
use crate::segment::{self, FORMAT, FORMAT_WITH_CHECKPOINTS, HEADER, Header, SEAL_ROOM, SEAL_VERSION};
use crate::tally::{Inside, Tally};
use crate::walk::{Checkpoints, End, Ending, Owner, walk_to};
use crate::window::Window;
use crate::wire;

/// Why the journal takes nothing more.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Full,
    Broken(String),
}

/// The newest segment, open for appending.
#[derive(Debug)]
pub(crate) struct JournalWriter {
    disk: Arc<dyn Disk>,
    store: PathBuf,
    /// Length of segments made from now on.
    segment_bytes: u64,
    file: Box<dyn DiskFile>,
    end: End,
    spare: Spare,
    fault: Option<Fault>,
}

/// The next segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spare {
    /// Asking the disk means reading it whole.
    Unknown,
    Ready,
    /// It could not be made ahead; tried once more when it is needed, not every second before.
    GivenUp,
}

/// A frame that is durable.
#[derive(Debug)]
pub(crate) struct Committed {
    pub(crate) place: Position,
    pub(crate) raw: Vec<u8>,
}

impl JournalWriter {
    /// Begins a journal, or continues it where `walk` found its end: a torn tail is zeroed, the last frame written
    /// and synced again (after a failed sync the page cache may show what the disk lacks), a missing successor made.
    ///
    /// # Errors
    /// [`StoreError::Io`]; whole entries are as they were.
    pub(crate) fn resume(
        disk: Arc<dyn Disk>,
        store: &Path,
        segment_bytes: u64,
        terminal: &TerminalId,
        end: Option<End>,
    ) -> Result<JournalWriter, StoreError> {
        let folder = segment::folder(store);
        disk.make_folder(&folder).map_err(StoreError::io("make", &folder))?;
        disk.sync_folder(store).map_err(StoreError::io("sync", store))?;
        let (file, end) = match end {
            None => first_segment(&*disk, store, terminal, segment_bytes)?,
            Some(mut end) => {
                let path = segment::file(store, end.header.number);
                let mut file = disk.open(&path).map_err(StoreError::io("open", &path))?;
                mend(&mut *file, &mut end).map_err(StoreError::io("write", &path))?;
                (file, end)
            }
        };
        disk.sync_folder(&folder).map_err(StoreError::io("sync", &folder))?;
        let store = store.to_path_buf();
        let mut writer =
            JournalWriter { disk, store, segment_bytes, file, end, spare: Spare::Unknown, fault: None };
        if writer.end.ending == Ending::Sealed {
            writer.next_segment().map_err(StoreError::io("make", &folder))?;
        }
        if writer.spare_is_missing() {
            writer.make_spare_ahead(); // one that is there is read in the first quiet second, or before it is needed
        }
        Ok(writer)
    }

    /// Appends one decision. When this returns `Ok` it survives a power cut.
    pub(crate) fn append(&mut self, at: Moment, records: &[Record]) -> Result<Committed, JournalError> {
        if let Some(fault) = &self.fault {
            return Err(fault.to_error());
        }
        let body = wire::encode(at, records).map_err(|error| JournalError::Broken(error.to_string()))?;
        let limit = self.body_limit();
        if body.len() > limit {
            return Err(JournalError::TooLarge { bytes: body.len(), limit });
        }
        let seq = self.end.seq + 1;
        let head = Head { seq, kind: Kind::Decision, version: wire::VERSION, wall_ms: at.wall.unix_ms };
        self.write(head, &body).map_err(|error| self.close_after(&error))
    }

    /// Appends a checkpoint after the last decision. A segment that is nearly full, or of a format without
    /// checkpoints, is sealed first, so that the checkpoint is the first frame of the next one.
    pub(crate) fn append_checkpoint(&mut self, body: &[u8]) -> Result<Committed, JournalError> {
        if let Some(fault) = &self.fault {
            return Err(fault.to_error());
        }
        let limit = self.checkpoint_limit();
        if body.len() > limit {
            return Err(JournalError::TooLarge { bytes: body.len(), limit });
        }
        self.write_checkpoint(body).map_err(|error| self.close_after(&error))
    }

    /// Whether a checkpoint should be made now: none in this segment, so many decisions since the last, or the
    /// segment nearly full.
    pub(crate) fn checkpoint_due(&self, every: u64) -> bool {
        let Checkpoints { since, here } = self.end.checkpoints;
        let due = !here || since >= every || self.nearly_full(0);
        self.fault.is_none() && since > 0 && due
    }

    /// Whether it takes anything more.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The last entry.
    pub(crate) fn seq(&self) -> u64 {
        self.end.seq
    }

    /// The chain value of the last frame, in hexadecimal.
    pub(crate) fn chain_head(&self) -> String {
        self.end.chain.hex()
    }

    /// The number of the newest segment.
    pub(crate) fn segment(&self) -> u64 {
        self.end.header.number
    }

    /// Where the part of the newest segment begins that the start has read; `None` when that is all of it.
    pub(crate) fn unread(&self) -> Option<Inside> {
        self.end.tally.unread()
    }

    /// Takes in what stands before that place, once it was proven.
    pub(crate) fn complete(&mut self, upto: &Inside, front: Tally) {
        if self.unread() == Some(*upto) {
            self.end.tally.complete(front);
        }
    }

    /// Makes the next segment ahead, so that a full disk later does not stop the sales that are open. Best effort:
    /// without it the segment is made when it is needed.
    pub(crate) fn make_spare_ahead(&mut self) {
        if self.fault.is_some() || self.spare != Spare::Unknown {
            return;
        }
        if let Err(error) = self.have_spare() {
            tracing::warn!(%error, "the next journal segment could not be made ahead");
            self.spare = Spare::GivenUp;
        }
    }

    fn have_spare(&mut self) -> io::Result<()> {
        if self.spare != Spare::Ready && !self.spare_is_whole()? {
            make_spare(&*self.disk, &self.store, self.segment_bytes)?;
        }
        self.spare = Spare::Ready;
        Ok(())
    }

    fn spare_is_missing(&self) -> bool {
        let there = self.disk.length(&segment::spare(&self.store));
        !there.is_ok_and(|length| length == Some(self.segment_bytes))
    }

    fn spare_is_whole(&self) -> io::Result<bool> {
        let names = self.disk.names(&segment::folder(&self.store))?;
        if !names.iter().any(|name| name == "spare") {
            return Ok(false);
        }
        let mut spare = Window::open(&*self.disk, &segment::spare(&self.store))?;
        let zeros = spare.last_written(offset(HEADER))?.is_none();
        Ok(spare.length() == self.segment_bytes && zeros)
    }

    fn body_limit(&self) -> usize {
        let room = len(self.segment_bytes.min(self.end.header.bytes));
        room.saturating_sub(HEADER + HEAD + SEAL_ROOM).min(DECISION_LIMIT)
    }

    fn checkpoint_limit(&self) -> usize {
        segment::checkpoint_limit(self.segment_bytes.min(self.end.header.bytes))
    }

    /// Whether a decision of the largest size may not fit behind so many more bytes.
    fn nearly_full(&self, more: usize) -> bool {
        let bytes = self.end.header.bytes;
        let decision = DECISION_LIMIT.min(len(bytes / 8));
        self.end.offset + offset(more + HEAD + decision + SEAL_ROOM) > bytes
    }

    fn write_checkpoint(&mut self, body: &[u8]) -> io::Result<Committed> {
        let wall_ms = self.end.wall_ms;
        let older = self.end.header.format < FORMAT_WITH_CHECKPOINTS;
        if older || self.nearly_full(HEAD + body.len()) {
            self.seal(wall_ms)?;
            self.next_segment()?;
        }
        let head = Head { seq: self.end.seq, kind: Kind::Checkpoint, version: checkpoint::VERSION, wall_ms };
        let (segment, offset) = (self.end.header.number, self.end.offset);
        let Encoded { raw, crc, .. } = self.put(head, body)?;
        self.end.checkpoints = Checkpoints { since: 0, here: true };
        Ok(Committed { place: Position { seq: head.seq, segment, offset, crc }, raw })
    }

    fn write(&mut self, head: Head, body: &[u8]) -> io::Result<Committed> {
        if self.end.offset + offset(HEAD + body.len() + SEAL_ROOM) > self.end.header.bytes {
            self.seal(head.wall_ms)?;
            self.next_segment()?;
        }
        let (segment, offset) = (self.end.header.number, self.end.offset);
        let Encoded { raw, crc, .. } = self.put(head, body)?;
        self.end.checkpoints.since += 1;
        Ok(Committed { place: Position { seq: head.seq, segment, offset, crc }, raw })
    }

    /// Writes and syncs one frame at the end.
    fn put(&mut self, head: Head, body: &[u8]) -> io::Result<Encoded> {
        let frame = frame::encode(self.end.chain, head, body)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a frame without a fitting body"))?;
        self.file.write_at(self.end.offset, &frame.raw)?;
        self.file.sync()?;
        self.end.offset += offset(frame.raw.len());
        self.end.seq = head.seq;
        self.end.wall_ms = head.wall_ms;
        self.end.chain = frame.chain;
        self.end.tally.add(&frame.raw);
        Ok(frame)
    }

    fn seal(&mut self, wall_ms: i64) -> io::Result<()> {
        self.read_the_front()?;
        let seal =
            self.end.tally.seal().ok_or_else(|| io::Error::other("the front of the segment is unread"))?;
        let body = serde_json::to_vec(&seal)?;
        self.put(Head { seq: self.end.seq, kind: Kind::Seal, version: SEAL_VERSION, wall_ms }, &body)?;
        self.end.ending = Ending::Sealed;
        Ok(())
    }

    /// A segment that fills up before its front was proven beside sales.
    fn read_the_front(&mut self) -> io::Result<()> {
        let Some(place) = self.end.tally.unread() else { return Ok(()) };
        let owner = Owner::Only(&self.end.header.terminal);
        let front = walk_to(&*self.disk, &self.store, owner, &place).map_err(io::Error::other)?;
        self.end.tally.complete(front);
        Ok(())
    }

    fn next_segment(&mut self) -> io::Result<()> {
        self.have_spare()?;
        self.spare = Spare::Unknown;
        let (wall_ms, since) = (self.end.wall_ms, self.end.checkpoints.since);
        let header = Header {
            format: FORMAT,
            terminal: self.end.header.terminal.clone(),
            number: self.end.header.number + 1,
            first_seq: self.end.seq + 1,
            bytes: self.segment_bytes,
            previous: self.end.chain,
        };
        (self.file, self.end) = begin_segment(&*self.disk, &self.store, header)?;
        self.end.wall_ms = wall_ms;
        self.end.checkpoints.since = since;
        Ok(())
    }

    fn close_after(&mut self, error: &io::Error) -> JournalError {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        let fault = if full { Fault::Full } else { Fault::Broken(error.to_string()) };
        tracing::error!(%error, seq = self.end.seq + 1, "the journal is closed until a restart");
        let answer = fault.to_error();
        self.fault = Some(fault);
        answer
    }
}

impl Fault {
    fn to_error(&self) -> JournalError {
        match self {
            Fault::Full => JournalError::Full,
            Fault::Broken(reason) => JournalError::Broken(reason.clone()),
        }
    }
}

/// Zeroes a torn tail to the segment's end and makes the last frame durable once more.
fn mend(file: &mut dyn DiskFile, end: &mut End) -> io::Result<()> {
    if let Ending::Torn(bytes) = end.ending {
        tracing::warn!(
            seq = end.seq + 1,
            segment = end.header.number,
            offset = end.offset,
            bytes,
            "the last append was cut short by a power cut and never counted; its remains are cleared"
        );
        write_zeros(file, end.offset, end.header.bytes)?;
        file.sync()?;
        end.ending = Ending::Clean;
    }
    if let Some((offset, raw)) = &end.last {
        file.write_at(*offset, raw)?;
        file.sync()?;
    }
    Ok(())
}

fn first_segment(
    disk: &dyn Disk,
    store: &Path,
    terminal: &TerminalId,
    bytes: u64,
) -> Result<(Box<dyn DiskFile>, End), StoreError> {
    let (terminal, previous) = (terminal.clone(), Chain::START);
    let header = Header { format: FORMAT, terminal, number: 1, first_seq: 1, bytes, previous };
    make_spare(disk, store, bytes)
        .and_then(|()| begin_segment(disk, store, header))
        .map_err(StoreError::io("make", segment::file(store, 1)))
}

/// Zeros, synced, then the name `spare`: a spare that has this name is whole. What could not be finished is emptied,
/// so that it does not keep the last of a full disk.
fn make_spare(disk: &dyn Disk, store: &Path, bytes: u64) -> io::Result<()> {
    let path = segment::unfinished_spare(store);
    let mut file = disk.create(&path)?;
    if let Err(error) = write_zeros(&mut *file, 0, bytes).and_then(|()| file.sync()) {
        disk.create(&path)?;
        return Err(error);
    }
    disk.rename(&path, &segment::spare(store))?;
    disk.sync_folder(&segment::folder(store))
}

/// Gives the spare its header and its name; it counts from the moment it has the name.
fn begin_segment(disk: &dyn Disk, store: &Path, header: Header) -> io::Result<(Box<dyn DiskFile>, End)> {
    let spare = segment::spare(store);
    let raw = header.encode();
    let mut file = disk.open(&spare)?;
    file.write_at(0, &raw)?;
    file.sync()?;
    disk.rename(&spare, &segment::file(store, header.number))?;
    disk.sync_folder(&segment::folder(store))?;
    let end = End {
        offset: offset(HEADER),
        seq: header.first_seq - 1,
        chain: header.previous,
        tally: Tally::begin(&raw),
        last: None,
        ending: Ending::Clean,
        wall_ms: 0,
        checkpoints: Checkpoints::default(),
        header,
    };
    Ok((file, end))
}
