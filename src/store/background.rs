//! The full check while the terminal works: every frame, chain, seal and state of the journal, every row of the index that
//! they should have made, and every second copy of a full segment.
//!
//! Invariant: nothing is changed, nothing is locked, and memory follows one segment; what is recorded or tidied away while
//! the check runs is no finding.
//! Deliberately absent: rows of the index that should not be there (`doctor verify` looks for those), priority and pauses
//! (the rim's).

use quickpay_core::record::Entry;

use crate::checkpoint;
use crate::copies;
use crate::error::StoreError;
use crate::index::{Batch, Index};
use crate::packed::{self, Fold};
use crate::rows::{self, Views};
use crate::segment;
use crate::shelf::Source;
use crate::sight::{Found, Sight};
use crate::states::States;
use crate::walk::{Begin, Owner, walk};

/// A check that can be given to another thread.
#[derive(Debug)]
pub struct BackgroundCheck {
    pub(crate) source: Source,
    pub(crate) index: Option<Box<dyn Index>>,
    /// The last entry when the check was made.
    pub(crate) up_to: u64,
}

/// What a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Good entries.
    pub entries: u64,
    /// Segments read.
    pub segments: u64,
    /// The first thing that is wrong with the journal.
    pub journal: Option<String>,
    /// The first thing that is wrong with the index.
    pub lists: Option<String>,
    /// Whole segments whose second copies are not as they were written; [`Store::copy_again`](crate::Store::copy_again)
    /// makes them anew.
    pub rotten_copies: Vec<u64>,
    /// Whole segments that have no second copy, yet or any more; made in the same way.
    pub missing_copies: Vec<u64>,
}

impl BackgroundCheck {
    /// Reads everything; `between` is called before each segment and may sleep.
    #[must_use]
    pub fn run(self, between: &mut dyn FnMut()) -> Checked {
        let BackgroundCheck { source, index, up_to } = self;
        let mut lists = Lists { index, packed_to: 0, wrong: None };
        lists.begin();
        let mut checked = Checked::default();
        let Source { disk, folder, terminal } = &source;
        let copied = copies::numbers(&**disk, folder).unwrap_or_default();
        let mut fold = Fold::new(Views::default(), lists.packed_to);
        let mut states = States::new();
        let mut misfit = None;
        let walked = walk(&**disk, folder, Owner::Only(terminal), Begin::FIRST, &mut |sight| {
            match sight {
                Sight::Decision(found) if found.place.seq > up_to => {}
                Sight::Decision(found) => {
                    if found.place.segment != checked.segments {
                        between();
                        checked.segments = found.place.segment;
                    }
                    let entry = found.entry()?;
                    states.entry(&entry);
                    lists.compare(&mut fold, &entry, &found);
                    checked.entries = found.place.seq;
                }
                Sight::Checkpoint(seen) if seen.seq <= up_to => {
                    let fits = checkpoint::decode(seen.body)
                        .is_some_and(|(views, core)| views == fold.views && states.fits(core));
                    if !fits {
                        misfit.get_or_insert(seen.seq);
                    }
                }
                Sight::Checkpoint(_) => {}
                Sight::Full { number, .. } if copied.contains(&number) => {
                    let differs = copies::differs(&**disk, folder, number);
                    if differs.map_err(StoreError::io("read", segment::file(folder, number)))? {
                        checked.rotten_copies.push(number);
                    }
                }
                // One that is made meanwhile is for the next check.
                Sight::Full { number, .. } if !copies::is_there(&**disk, folder, number) => {
                    checked.missing_copies.push(number);
                }
                Sight::Full { .. } => {}
            }
            Ok(())
        });
        checked.journal = match walked {
            Ok(_) => None,
            // An append that is under way may look like anything.
            Err(StoreError::Damaged(_)) if checked.entries >= up_to => None,
            Err(error) => Some(error.to_string()),
        };
        let misfit = misfit.map(|seq| format!("the checkpoint after entry {seq} differs from the entries"));
        checked.journal = checked.journal.or(misfit);
        checked.lists = lists.wrong;
        checked
    }
}

/// The index, looked at key by key.
struct Lists {
    index: Option<Box<dyn Index>>,
    packed_to: u64,
    wrong: Option<String>,
}

impl Lists {
    fn begin(&mut self) {
        let Some(index) = &self.index else { return };
        match packed::tidied(&**index) {
            Ok(packed_to) => self.packed_to = packed_to,
            Err(error) => self.wrong = Some(error.to_string()),
        }
    }

    fn compare(&mut self, fold: &mut Fold, entry: &Entry, found: &Found<'_>) {
        let (packed, own) = fold.rows(entry, found.raw, &found.place);
        if self.wrong.is_none() {
            self.look_for(&packed, u64::MAX);
            self.look_for(&own, found.place.segment);
        }
    }

    /// Rows of a segment that is tidied away meanwhile need not be there any more.
    fn look_for(&mut self, wanted: &Batch, segment: u64) {
        let Some(index) = &self.index else { return };
        for (key, value) in wanted.iter().filter(|(key, _)| key != rows::POSITION) {
            match index.get(key) {
                Ok(Some(found)) if found == *value => {}
                Ok(_) if packed::tidied(&**index).is_ok_and(|tidied| segment <= tidied) => {}
                Ok(_) => {
                    self.wrong = Some(format!("the value of {} is missing or another", key.escape_ascii()));
                }
                Err(error) => self.wrong = Some(error.to_string()),
            }
            if self.wrong.is_some() {
                return;
            }
        }
    }
}
