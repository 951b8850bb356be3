//! The front of the newest segment: what stands before the checkpoint that a start begins with, proven beside sales.
//!
//! Invariant: a start reads what follows its checkpoint and holds the checkpoint against the frame before it; everything
//! else in the segment is history, as the full segments are, and is proven here before the segment gets its seal.
//! Deliberately absent: the thread (the rim's), and the full segments (`background.rs`).

use crate::error::StoreError;
use crate::shelf::Source;
use crate::tally::{Inside, Tally};
use crate::walk::{Owner, walk_to};

/// The front of the newest segment, to be read by another thread.
#[derive(Debug)]
pub struct Front {
    pub(crate) source: Source,
    pub(crate) upto: Inside,
}

/// What the front is.
#[derive(Debug)]
pub struct FrontEnd {
    pub(crate) upto: Inside,
    pub(crate) read: Result<Tally, StoreError>,
}

impl Front {
    /// Reads it and holds it against what the start began with. Some ten milliseconds for 16 MiB.
    #[must_use]
    pub fn prove(self) -> FrontEnd {
        let Front { source, upto } = self;
        let read = walk_to(&*source.disk, &source.folder, Owner::Only(&source.terminal), &upto);
        FrontEnd { upto, read }
    }
}
