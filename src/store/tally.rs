//! What the seal of a segment will say, kept while the segment is read and written.
//!
//! Invariant: a seal is made of bytes that were proven, by this program's reading or writing, and of no others. A start
//! that begins inside a segment does not know what stands before that place; until it is told ([`Tally::complete`]) no
//! seal can be made.

use sha2::{Digest as _, Sha256};

use crate::bytes::hex;
use crate::frame::Chain;
use crate::index::Position;
use crate::segment::Seal;

/// A place inside a segment from which it can be read: a checkpoint, with what its link is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Inside {
    /// Of the checkpoint.
    pub(crate) offset: u64,
    /// The chain value of the frame before it.
    pub(crate) chain: Chain,
    /// The last decision before it.
    pub(crate) last: Position,
}

/// Frames and hash of a segment so far.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// What stands before this place is not in it yet.
    unread: Option<Inside>,
    frames: u64,
    /// Of all bytes, or of none while something is unread.
    hash: Sha256,
    /// What stands behind the unread part: the entries of one checkpoint to the next, some hundred kilobytes.
    behind: Vec<u8>,
}

impl Tally {
    /// A segment with this header and nothing else.
    pub(crate) fn begin(header: &[u8]) -> Tally {
        Tally { unread: None, frames: 0, hash: Sha256::new_with_prefix(header), behind: Vec::new() }
    }

    /// A segment that is read from this place on.
    pub(crate) fn inside(place: Inside) -> Tally {
        Tally { unread: Some(place), frames: 0, hash: Sha256::new(), behind: Vec::new() }
    }

    /// The next frame.
    pub(crate) fn add(&mut self, raw: &[u8]) {
        self.frames += 1;
        match self.unread {
            None => self.hash.update(raw),
            Some(_) => self.behind.extend_from_slice(raw),
        }
    }

    /// The place before which it knows nothing.
    pub(crate) fn unread(&self) -> Option<Inside> {
        self.unread
    }

    /// Puts in what stands before the place that it began at.
    pub(crate) fn complete(&mut self, front: Tally) {
        let Tally { unread: None, frames, hash, .. } = front else { return };
        if self.unread.take().is_some() {
            self.hash = hash;
            self.hash.update(std::mem::take(&mut self.behind));
            self.frames += frames;
        }
    }

    /// What a seal here must say; `None` while something is unread.
    pub(crate) fn seal(&self) -> Option<Seal> {
        let sha256 = self.unread.is_none().then(|| hex(&self.hash.clone().finalize()))?;
        Some(Seal { frames: self.frames, sha256 })
    }
}
