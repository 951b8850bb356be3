//! What whoever reads the journal is shown: one decision, checkpoint or full segment after the other.
//!
//! Invariant: what is shown fits: its checksum, its number and its link to what was shown before it.

use std::path::Path;

use quickpay_core::id::TerminalId;
use quickpay_core::record::Entry;

use crate::error::{Damage, Flaw, StoreError};
use crate::frame::{Chain, Frame};
use crate::index::{Batch, Position};
use crate::rows;
use crate::wire;

/// What a walk shows.
#[derive(Debug)]
pub(crate) enum Sight<'a> {
    /// A decision.
    Decision(Found<'a>),
    /// A checkpoint.
    Checkpoint(Seen<'a>),
    /// The end of a full segment: all of it fits, the seal included.
    Full {
        /// The segment's number.
        number: u64,
        /// Of the seal.
        chain: Chain,
    },
}

/// One checkpoint found.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    /// The last decision before it.
    pub(crate) seq: u64,
    pub(crate) segment: u64,
    pub(crate) offset: u64,
    pub(crate) chain: Chain,
    pub(crate) raw: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Seen<'_> {
    pub(crate) fn rows(&self) -> Batch {
        rows::checkpoint_rows(self.segment, self.offset, self.raw)
    }
}

/// One decision found.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) place: Position,
    pub(crate) raw: &'a [u8],
    pub(crate) chain: Chain,
    pub(crate) terminal: &'a TerminalId,
    pub(crate) frame: Frame<'a>,
    pub(crate) path: &'a Path,
}

impl Found<'_> {
    /// Its records; reading them costs more than finding the frame.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the body cannot be read.
    pub(crate) fn entry(&self) -> Result<Entry, StoreError> {
        wire::entry(&self.frame).map_err(|error| {
            let Position { seq, offset, .. } = self.place;
            Damage { file: self.path.to_path_buf(), offset, seq, flaw: Flaw::Body(error.to_string()) }.into()
        })
    }
}
