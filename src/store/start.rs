//! What a start reads of the journal: everything, or what follows the newest checkpoint.
//!
//! Invariant: with or without a checkpoint the fold ends in the same place; without one that can be used the whole
//! journal is read.

use quickpay_core::record::Entry;

use crate::bytes::len;
use crate::checkpoint::{self, Checkpoint};
use crate::error::StoreError;
use crate::index::{Batch, Position};
use crate::rows::Views;
use crate::shelf::Source;
use crate::walk::{End, Owner, Seen, Sight, newest_checkpoint, walk};

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Start {
    pub(crate) checkpoint: Option<Checkpoint>,
    /// The segment the checkpoint is in.
    pub(crate) segment: u64,
    /// As of the checkpoint.
    pub(crate) views: Views,
    /// After the checkpoint.
    pub(crate) entries: Vec<Entry>,
    pub(crate) places: Places,
    /// Of the checkpoints behind the last decision, which the index may lack.
    pub(crate) last_rows: Batch,
}

/// Where the decisions that were read lie.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The number of the decision before the first one read.
    before: u64,
    read: Vec<Position>,
}

/// What is known of a decision's place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// There is no such decision.
    Nowhere,
    /// Before what was read.
    Before,
    /// Here.
    At(&'a Position),
    /// Behind the end of the journal.
    Beyond,
}

impl Places {
    pub(crate) fn at(&self, seq: u64) -> Place<'_> {
        if seq == 0 {
            return Place::Nowhere;
        }
        let Some(index) = seq.checked_sub(self.before + 1) else { return Place::Before };
        self.read.get(len(index)).map_or(Place::Beyond, Place::At)
    }

    /// The number of the last decision.
    pub(crate) fn last(&self) -> u64 {
        self.read.last().map_or(self.before, |place| place.seq)
    }

    fn add(&mut self, place: Position) {
        if self.read.is_empty() {
            self.before = place.seq - 1;
        }
        self.read.push(place);
    }
}

impl Start {
    /// Reads the journal, from the newest checkpoint on if that is wanted and there is one.
    ///
    /// # Errors
    /// As [`walk`]; nothing was changed.
    pub(crate) fn read(source: &Source, from_checkpoint: bool) -> Result<(Start, Option<End>), StoreError> {
        let Source { disk, folder, terminal } = source;
        let (from, covered) = if from_checkpoint { newest_checkpoint(&**disk, folder)? } else { (1, 0) };
        let mut start = Start::default();
        let end = walk(&**disk, folder, Owner::Only(terminal), from, &mut |sight| {
            match sight {
                Sight::Decision(found) => {
                    if found.place.seq > covered {
                        start.entries.push(found.entry()?);
                    }
                    start.places.add(found.place);
                    start.last_rows.clear();
                }
                Sight::Checkpoint(seen) => {
                    start.last_rows.extend(seen.rows());
                    if from_checkpoint {
                        start.begin_at(&seen);
                    }
                }
            }
            Ok(())
        })?;
        let begins_at = start.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.seq);
        if begins_at != covered {
            return Start::read(source, false); // the newest could not be used
        }
        if let Some(end) = end.as_ref().filter(|_| start.places.read.is_empty()) {
            start.places.before = end.seq;
        }
        Ok((start, end))
    }

    fn begin_at(&mut self, seen: &Seen<'_>) {
        let seq = seen.seq;
        let Some((views, core)) = checkpoint::decode(seen.body) else {
            tracing::warn!(seq, "a checkpoint is of no use; the start reads more");
            return;
        };
        self.checkpoint = Some(Checkpoint { seq, body: core.to_vec() });
        (self.segment, self.views) = (seen.segment, views);
        self.entries.clear();
    }
}
