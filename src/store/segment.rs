//! A segment of the journal: its name, the header it begins with, and the seal it ends with.
//!
//! Invariant: a file named `00000001.j` was whole (zeros, then header) and synced before it got that name, so that a
//! short or headless one is damage, never an interrupted start.
//!
//! | bytes | field |
//! |---|---|
//! | 0-7 | magic `QPAYJRNL` |
//! | 8-11 | format version u16 LE, zero u16 |
//! | 12-15 | `crc32c` u32 LE of all other bytes of the header |
//! | 16-31 | terminal id, ASCII, zero padded |
//! | 32-39, 40-47, 48-55 | number, first seq, length of the file in bytes, u64 LE |
//! | 56-87 | chain value before its first frame |
//! | 88-127 | zeros |

use std::path::{Path, PathBuf};

use quickpay_core::id::TerminalId;
use serde::{Deserialize, Serialize};

use crate::bytes::{Fields, len};
use crate::frame::{CHECKPOINT_LIMIT, Chain, HEAD};

/// Bytes of the header.
pub(crate) const HEADER: usize = 128;
/// The format this program writes.
pub(crate) const FORMAT: u16 = 2;
/// The first format whose segments may hold checkpoints, and so a longer torn tail.
pub(crate) const FORMAT_WITH_CHECKPOINTS: u16 = 2;
/// Room that is kept for the seal frame: 60 bytes of head and a body of at most 120.
pub(crate) const SEAL_ROOM: usize = 256;
/// The version of a seal's body.
pub(crate) const SEAL_VERSION: u16 = 1;

const MAGIC: [u8; 8] = *b"QPAYJRNL";

/// What a segment says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// The format it was written with.
    pub(crate) format: u16,
    pub(crate) terminal: TerminalId,
    /// From 1.
    pub(crate) number: u64,
    /// The `seq` of the first decision in it.
    pub(crate) first_seq: u64,
    /// Length of the file.
    pub(crate) bytes: u64,
    pub(crate) previous: Chain,
}

/// Why a header cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderFlaw {
    /// Checksum, magic or terminal id.
    Unreadable,
    /// Written by a newer program.
    Newer(u16),
}

/// The body of a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seal {
    /// Frames before the seal.
    pub(crate) frames: u64,
    /// SHA-256 of the file up to the seal.
    pub(crate) sha256: String,
}

impl Header {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut after_crc = Vec::with_capacity(HEADER);
        let mut name = self.terminal.as_str().as_bytes().to_vec();
        name.resize(16, 0);
        after_crc.append(&mut name);
        after_crc.extend_from_slice(&self.number.to_le_bytes());
        after_crc.extend_from_slice(&self.first_seq.to_le_bytes());
        after_crc.extend_from_slice(&self.bytes.to_le_bytes());
        after_crc.extend_from_slice(&self.previous.0);
        after_crc.resize(HEADER - 16, 0);
        let mut raw = Vec::with_capacity(HEADER);
        raw.extend_from_slice(&MAGIC);
        raw.extend_from_slice(&self.format.to_le_bytes());
        raw.extend_from_slice(&[0; 2]);
        let crc = crc32c::crc32c_append(crc32c::crc32c(&raw), &after_crc);
        raw.extend_from_slice(&crc.to_le_bytes());
        raw.append(&mut after_crc);
        raw
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Header, HeaderFlaw> {
        let raw = bytes.get(..HEADER).ok_or(HeaderFlaw::Unreadable)?;
        let format = Self::format(raw).ok_or(HeaderFlaw::Unreadable)?;
        if format > FORMAT {
            return Err(HeaderFlaw::Newer(format));
        }
        Self::fields(raw, format).ok_or(HeaderFlaw::Unreadable)
    }

    /// The format version, if the checksum fits.
    fn format(raw: &[u8]) -> Option<u16> {
        let mut fields = Fields(raw);
        let before_crc = fields.slice(12)?;
        let crc = fields.u32()?;
        let fits = crc32c::crc32c_append(crc32c::crc32c(before_crc), fields.0) == crc;
        let mut start = Fields(before_crc);
        (start.array::<8>()? == MAGIC && fits).then(|| start.u16()).flatten()
    }

    fn fields(raw: &[u8], format: u16) -> Option<Header> {
        let mut fields = Fields(raw.get(16..)?);
        let name: [u8; 16] = fields.array()?;
        let name = std::str::from_utf8(&name).ok()?.trim_end_matches('\0');
        Some(Header {
            format,
            terminal: TerminalId::parse(name).ok()?,
            number: fields.u64()?,
            first_seq: fields.u64()?,
            bytes: fields.u64()?,
            previous: Chain(fields.array()?),
        })
    }
}

/// The most a checkpoint's body may take in a segment of this length: half of it, so that decisions fit behind.
pub(crate) fn checkpoint_limit(bytes: u64) -> usize {
    (len(bytes).saturating_sub(HEADER + HEAD + SEAL_ROOM) / 2).min(CHECKPOINT_LIMIT)
}

/// The folder of all segments.
pub(crate) fn folder(store: &Path) -> PathBuf {
    store.join("journal")
}

/// The file of one segment.
pub(crate) fn file(store: &Path, number: u64) -> PathBuf {
    folder(store).join(format!("{number:08}.j"))
}

/// The next segment, made ahead: zeros, and perhaps a header that did not come to count.
pub(crate) fn spare(store: &Path) -> PathBuf {
    folder(store).join("spare")
}

/// A spare that is not whole yet; made anew after a crash.
pub(crate) fn unfinished_spare(store: &Path) -> PathBuf {
    folder(store).join("spare.unfinished")
}

/// The folder of the second copies of full segments.
pub(crate) fn copies(store: &Path) -> PathBuf {
    store.join("copies")
}

/// The second copy of a full segment.
pub(crate) fn copy(store: &Path, number: u64) -> PathBuf {
    copies(store).join(format!("{number:08}.j"))
}

/// The number in a segment's file name.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(".j")?;
    (digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}
