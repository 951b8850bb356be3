//! Who takes in the journal at a start: one entry after the other, so that a long history needs no more memory than the
//! state that it makes.
//!
//! Deliberately absent: the fold itself (the core's), and which checkpoint is the newest (`start.rs`).

use quickpay_core::record::Entry;

use crate::checkpoint::Checkpoint;

/// Takes in what a start reads. What it has taken in counts only when the start as a whole went well.
pub trait Replay {
    /// Begins anew at this checkpoint, or before the first entry; what was taken in so far is to be forgotten. `false`
    /// when the checkpoint is of no use: then an older one is offered, and none at last.
    fn begin(&mut self, checkpoint: Option<&Checkpoint>) -> bool;

    /// Takes in the next entry.
    fn take(&mut self, entry: Entry);

    /// Asked after the last entry: whether the whole journal must be read once more, from the first entry on.
    fn again(&mut self) -> bool {
        false
    }
}

/// Keeps everything: for short journals.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) entries: Vec<Entry>,
}

impl Replay for Collected {
    fn begin(&mut self, checkpoint: Option<&Checkpoint>) -> bool {
        *self = Collected { checkpoint: checkpoint.cloned(), entries: Vec::new() };
        true
    }

    fn take(&mut self, entry: Entry) {
        self.entries.push(entry);
    }
}

/// Keeps nothing: for whoever wants the store alone.
#[derive(Debug)]
pub(crate) struct Nobody;

impl Replay for Nobody {
    fn begin(&mut self, _checkpoint: Option<&Checkpoint>) -> bool {
        true
    }

    fn take(&mut self, _entry: Entry) {}
}
