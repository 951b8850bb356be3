//! One frame of the journal: its layout, its checksum, and its link to the frame before it.
//!
//! Invariant: a frame is recognised by itself (its CRC covers all its other bytes), so that a good frame is found
//! after a bad one; its `chain` covers every frame before it, so that none can be dropped, swapped or repeated.
//!
//! | bytes | field |
//! |---|---|
//! | 0-3 | `len` u32 LE of the body; 0 is the end of the written part |
//! | 4-7 | `crc32c` u32 LE of all other bytes |
//! | 8-15 | `seq` u64 LE; a seal or a checkpoint bears the `seq` of the last decision before it |
//! | 16-17, 18-19 | `kind`, `version` of the body, u16 LE |
//! | 20-27 | `wall` i64 LE, ms since 1970 UTC |
//! | 28-59 | `chain`, SHA-256 of the previous chain, the fields above without the CRC, and the body |
//! | 60- | body |

use sha2::{Digest, Sha256};

use crate::bytes::{Fields, hex};

/// Bytes before the body.
pub(crate) const HEAD: usize = 60;
/// The most a decision's body may take: sled keeps values up to 16 KiB sound (storage rules, sections 2 and 3).
pub(crate) const DECISION_LIMIT: usize = 15 * 1024;
/// The most a checkpoint's body may take (storage rules, section 3).
pub(crate) const CHECKPOINT_LIMIT: usize = 1024 * 1024;

/// What a frame is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The records of one decision.
    Decision,
    /// The state so far, from which a start can begin.
    Checkpoint,
    /// The end of a segment.
    Seal,
}

impl Kind {
    fn code(self) -> u16 {
        match self {
            Kind::Decision => 1,
            Kind::Checkpoint => 2,
            Kind::Seal => 3,
        }
    }

    fn of(code: u16) -> Option<Kind> {
        [Kind::Decision, Kind::Checkpoint, Kind::Seal].into_iter().find(|kind| kind.code() == code)
    }
}

/// The value that links a frame to all frames before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain(pub(crate) [u8; 32]);

impl Chain {
    /// Before the first frame.
    pub(crate) const START: Chain = Chain([0; 32]);

    /// For people and reports.
    pub(crate) fn hex(self) -> String {
        hex(&self.0)
    }
}

/// What is known of a frame before it has a place in the chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) kind: Kind,
    pub(crate) version: u16,
    pub(crate) wall_ms: i64,
}

/// A frame whose checksum fits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame<'a> {
    pub(crate) seq: u64,
    /// `None` for a kind this program does not know.
    pub(crate) kind: Option<Kind>,
    pub(crate) version: u16,
    pub(crate) wall_ms: i64,
    pub(crate) chain: Chain,
    pub(crate) crc: u32,
    pub(crate) body: &'a [u8],
    /// All of it, as on disk.
    pub(crate) raw: &'a [u8],
    kind_code: u16,
}

/// A frame to be written.
#[derive(Debug)]
pub(crate) struct Encoded {
    pub(crate) raw: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) chain: Chain,
}

/// Makes a frame; `None` when the body is empty or larger than any frame may be.
pub(crate) fn encode(previous: Chain, head: Head, body: &[u8]) -> Option<Encoded> {
    let len = u32::try_from(body.len()).ok().filter(|_| (1..=CHECKPOINT_LIMIT).contains(&body.len()))?;
    let chain = link(previous, len, head.seq, head.kind.code(), head.version, head.wall_ms, body);
    let mut after_crc = Vec::with_capacity(HEAD + body.len());
    after_crc.extend_from_slice(&head.seq.to_le_bytes());
    after_crc.extend_from_slice(&head.kind.code().to_le_bytes());
    after_crc.extend_from_slice(&head.version.to_le_bytes());
    after_crc.extend_from_slice(&head.wall_ms.to_le_bytes());
    after_crc.extend_from_slice(&chain.0);
    after_crc.extend_from_slice(body);
    let crc = checksum(len, &after_crc);
    let mut raw = Vec::with_capacity(HEAD + body.len());
    raw.extend_from_slice(&len.to_le_bytes());
    raw.extend_from_slice(&crc.to_le_bytes());
    raw.append(&mut after_crc);
    Some(Encoded { raw, crc, chain })
}

impl<'a> Frame<'a> {
    /// Reads the frame that begins here; `None` when none does whose checksum fits.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Frame<'a>> {
        let mut fields = Fields(bytes);
        let len = fields.u32()?;
        let crc = fields.u32()?;
        let body_len = usize::try_from(len).ok().filter(|len| (1..=CHECKPOINT_LIMIT).contains(len))?;
        let after_crc = fields.0.get(..HEAD - 8 + body_len)?;
        if checksum(len, after_crc) != crc {
            return None;
        }
        let seq = fields.u64()?;
        let kind_code = fields.u16()?;
        let version = fields.u16()?;
        let wall_ms = fields.i64()?;
        let chain = Chain(fields.array()?);
        let body = fields.slice(body_len)?;
        let raw = bytes.get(..HEAD + body_len)?;
        Some(Frame { seq, kind: Kind::of(kind_code), version, wall_ms, chain, crc, body, raw, kind_code })
    }

    /// Length of the body and kind of the frame that begins here, unchecked; `None` behind the last one.
    pub(crate) fn outline(bytes: &[u8]) -> Option<(usize, Option<Kind>)> {
        let mut fields = Fields(bytes);
        let len = fields.u32().filter(|&len| len > 0)?;
        let kind = fields.slice(12).and_then(|_crc_and_seq| fields.u16())?;
        Some((crate::bytes::len(len.into()), Kind::of(kind)))
    }

    /// Whether it follows a frame with this chain value.
    pub(crate) fn follows(&self, previous: Chain) -> bool {
        let len = u32::try_from(self.body.len()).unwrap_or(0);
        let (kind, version) = (self.kind_code, self.version);
        link(previous, len, self.seq, kind, version, self.wall_ms, self.body) == self.chain
    }
}

/// Whether a frame with a sequence number of at least `seq` begins at any byte after the first.
///
/// A claimed number a million ahead is noise, not a frame: a segment holds some 15,000 (storage rules, section 3).
pub(crate) fn any_good_after(bytes: &[u8], seq: u64) -> bool {
    const AHEAD: u64 = 1_000_000;
    (1..bytes.len()).any(|start| {
        let Some(at) = bytes.get(start..) else { return false };
        let mut fields = Fields(at);
        let plausible = fields.u32().is_some_and(|len| len > 0)
            && fields.u32().is_some()
            && fields.u64().is_some_and(|found| (seq..seq.saturating_add(AHEAD)).contains(&found));
        plausible && Frame::decode(at).is_some()
    })
}

/// All good frames, wherever they stand.
pub(crate) fn all_good(bytes: &[u8]) -> Vec<Frame<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() > HEAD) {
        let mut fields = Fields(rest);
        let begins =
            fields.u32().is_some_and(|len| (1..=CHECKPOINT_LIMIT).contains(&crate::bytes::len(len.into())))
                && fields.slice(12).is_some()
                && fields.u16().is_some_and(|kind| Kind::of(kind).is_some());
        match begins.then(|| Frame::decode(rest)).flatten() {
            Some(frame) => {
                at += frame.raw.len();
                found.push(frame);
            }
            None => at += 1,
        }
    }
    found
}

fn checksum(len: u32, after_crc: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&len.to_le_bytes()), after_crc)
}

#[allow(clippy::too_many_arguments, reason = "the fields of a frame, in the order of the frame")]
fn link(previous: Chain, len: u32, seq: u64, kind: u16, version: u16, wall_ms: i64, body: &[u8]) -> Chain {
    let mut hash = Sha256::new();
    hash.update(previous.0);
    hash.update(len.to_le_bytes());
    hash.update(seq.to_le_bytes());
    hash.update(kind.to_le_bytes());
    hash.update(version.to_le_bytes());
    hash.update(wall_ms.to_le_bytes());
    hash.update(body);
    Chain(hash.finalize().into())
}
