//! A file read piece by piece: what is held is a window on it, never the whole file.
//!
//! Invariant: the window is as large as one piece, or as the one frame that is larger, so that the memory of whoever
//! reads a long journal does not follow its segments.

use std::io;
use std::path::Path;

use crate::bytes::{len, offset};
use crate::disk::{Disk, DiskReader};
use crate::frame::{CHECKPOINT_LIMIT, Frame, HEAD};

/// Bytes that are read at once: a hundred decisions, and below what the allocator takes from the system by itself.
const PIECE: usize = 64 * 1024;

static ZEROS: [u8; PIECE] = [0; PIECE];

/// A file and the piece of it that was read last.
#[derive(Debug)]
pub(crate) struct Window {
    file: Box<dyn DiskReader>,
    length: u64,
    begins: u64,
    held: Vec<u8>,
}

impl Window {
    /// Opens a file that exists; nothing is read yet.
    ///
    /// # Errors
    /// As the system gave it.
    pub(crate) fn open(disk: &dyn Disk, path: &Path) -> io::Result<Window> {
        let file = disk.reader(path)?;
        let length = file.length()?;
        Ok(Window { file, length, begins: 0, held: Vec::new() })
    }

    /// Bytes of the file when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// So many bytes from this place on; fewer only where the file ends.
    ///
    /// # Errors
    /// As the system gave it.
    pub(crate) fn bytes(&mut self, from: u64, count: usize) -> io::Result<&[u8]> {
        let count = count.min(len(self.length.saturating_sub(from)));
        let ends = self.begins + offset(self.held.len());
        if from < self.begins || from + offset(count) > ends {
            self.held.resize(count.max(PIECE), 0);
            let read = self.file.read_at(from, &mut self.held)?;
            self.held.truncate(read);
            self.held.shrink_to(PIECE);
            self.begins = from;
        }
        let start = len(from - self.begins);
        let held = self.held.get(start..).unwrap_or_default();
        Ok(held.get(..count).unwrap_or(held))
    }

    /// Lets go of what was read: another program may have written since.
    pub(crate) fn look_again(&mut self) {
        self.held.clear();
    }

    /// The frame that begins here; `None` when none does whose checksum fits.
    ///
    /// # Errors
    /// As the system gave it.
    pub(crate) fn frame(&mut self, from: u64) -> io::Result<Option<Frame<'_>>> {
        let body = match self.bytes(from, 4)?.first_chunk() {
            Some(bytes) => len(u32::from_le_bytes(*bytes).into()),
            None => return Ok(None),
        };
        if !(1..=CHECKPOINT_LIMIT).contains(&body) {
            return Ok(None);
        }
        Ok(Frame::decode(self.bytes(from, HEAD + body)?))
    }

    /// The place of the last byte from here on that is not zero.
    ///
    /// # Errors
    /// As the system gave it.
    pub(crate) fn last_written(&mut self, from: u64) -> io::Result<Option<u64>> {
        let (mut at, mut last) = (from, None);
        while at < self.length {
            let piece = self.bytes(at, PIECE)?;
            if piece.is_empty() {
                break; // it became shorter
            }
            // A whole piece of zeros is what nearly always stands here, and comparing is what a machine does fastest.
            if ZEROS.get(..piece.len()) != Some(piece) {
                let found = piece.iter().rposition(|&byte| byte != 0);
                last = found.map(|place| at + offset(place)).or(last);
            }
            at += offset(piece.len());
        }
        Ok(last)
    }
}
