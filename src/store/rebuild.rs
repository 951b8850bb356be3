//! An index made anew beside sales: the past is read in another thread while the till goes on, and until it is done nothing
//! is answered from half an index.
//!
//! Invariant: the mark `~b` is durable before the first row of the past and goes after the last one, so that an index that
//! was not made to its end is known as such at the next start, which begins again. Rows of the past and rows of what is
//! recorded meanwhile never touch the same key.
//! Deliberately absent: the thread, its priority and its pauses (the rim's).

use std::sync::{Arc, Weak};

use crate::error::StoreError;
use crate::index::{Batch, Index, IndexError, Position};
use crate::packed::Fold;
use crate::rows::{self, Views};
use crate::shelf::Source;
use crate::sight::Sight;
use crate::walk::{Begin, Owner, walk};

/// Entries that are put into the index as one batch.
const BATCH: usize = 64;

/// The past of an index, to be made by another thread.
#[derive(Debug)]
pub struct Rebuild {
    source: Source,
    index: Box<dyn Index>,
    /// The last entry that is not the running till's to put in.
    up_to: u64,
    packed_to: u64,
    /// Gone when the store is.
    wanted: Weak<()>,
}

/// How a rebuild ended.
#[derive(Debug)]
pub enum RebuildEnd {
    /// The index is whole.
    Whole {
        /// Entries put in.
        entries: u64,
    },
    /// The store was closed meanwhile; the next start begins again.
    Stopped,
    /// The index or the journal failed.
    Broken(StoreError),
}

/// What the store keeps of a rebuild that is under way.
#[derive(Debug)]
pub(crate) struct UnderWay {
    /// Not handed out yet.
    pub(crate) rebuild: Option<Rebuild>,
    _wanted: Arc<()>,
}

impl UnderWay {
    /// Marks an empty index as being made and gives it what sales need from now on; `None` when it cannot be written to by
    /// two.
    ///
    /// # Errors
    /// [`IndexError`]
    pub(crate) fn begin(
        index: &mut dyn Index,
        source: &Source,
        (up_to, packed_to): (u64, u64),
        last: Option<&Position>,
    ) -> Result<Option<UnderWay>, IndexError> {
        let Some(second) = index.reader() else { return Ok(None) };
        let mut batch: Batch = vec![rows::schema_row(), rows::unmade_row(up_to), rows::tidied_row(packed_to)];
        batch.extend(last.map(rows::position_row));
        index.apply(batch)?;
        index.sync()?;
        let wanted = Arc::new(());
        let (source, weak) = (source.clone(), Arc::downgrade(&wanted));
        let rebuild = Rebuild { source, index: second, up_to, packed_to, wanted: weak };
        Ok(Some(UnderWay { rebuild: Some(rebuild), _wanted: wanted }))
    }
}

impl Rebuild {
    /// Reads the past and puts it into the index; `between` is called before each segment and may sleep.
    #[must_use]
    pub fn run(mut self, between: &mut dyn FnMut()) -> RebuildEnd {
        match self.make(between) {
            Ok(Some(entries)) => RebuildEnd::Whole { entries },
            Ok(None) => RebuildEnd::Stopped,
            Err(error) => RebuildEnd::Broken(error),
        }
    }

    fn make(&mut self, between: &mut dyn FnMut()) -> Result<Option<u64>, StoreError> {
        let Rebuild { source, index, up_to, packed_to, wanted } = self;
        let mut fold = Fold::new(Views::default(), *packed_to);
        let (mut batch, mut waiting, mut segment, mut entries) = (Batch::new(), 0, 0, 0);
        let owner = Owner::Only(&source.terminal);
        let walked = walk(&*source.disk, &source.folder, owner, Begin::FIRST, &mut |sight| {
            if wanted.strong_count() == 0 {
                return Ok(());
            }
            match sight {
                Sight::Decision(found) if found.place.seq <= *up_to => {
                    if found.place.segment != segment {
                        segment = found.place.segment;
                        between();
                    }
                    let (packed, own) = fold.rows(&found.entry()?, found.raw, &found.place);
                    batch.extend(packed);
                    batch.extend(own);
                    (waiting, entries) = (waiting + 1, found.place.seq);
                }
                Sight::Checkpoint(seen) if seen.seq <= *up_to && fold.keeps_checkpoint(seen.segment) => {
                    batch.extend(seen.rows());
                }
                Sight::Decision(_) | Sight::Checkpoint(_) | Sight::Full { .. } => {}
            }
            if waiting >= BATCH {
                waiting = 0;
                index.apply(without_position(std::mem::take(&mut batch)))?;
            }
            Ok(())
        });
        match walked {
            Ok(_) => {}
            // An append that is under way may look like anything.
            Err(StoreError::Damaged(_)) if entries == *up_to => {}
            Err(error) => return Err(error),
        }
        if wanted.strong_count() == 0 {
            return Ok(None);
        }
        batch.extend(fold.finish());
        index.apply(without_position(batch))?;
        index.sync()?;
        index.remove(&[rows::UNMADE.to_vec()])?;
        index.sync()?;
        Ok(Some(entries))
    }
}

/// How far the index is, is the running till's to say.
fn without_position(mut batch: Batch) -> Batch {
    batch.retain(|(key, _)| key != rows::POSITION);
    batch
}
