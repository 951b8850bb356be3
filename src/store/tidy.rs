//! Tidying full segments away: a second copy in a file of its own, compact rows in the index, then the single rows go.
//!
//! Invariant: a row that the doctor could need goes only after the copy of its segment is durable; each step can be cut
//! short anywhere and is taken up again. A copy is made anew only where it was found to differ from a segment that is whole;
//! otherwise an older one may be the good one.
//! Deliberately absent: the newest segment, whose frames stay in the index one by one.

use std::collections::BTreeSet;

use crate::copies;
use crate::error::StoreError;
use crate::index::{Index, IndexError};
use crate::packed::{self, Pack};
use crate::rows;
use crate::segment::{self, HEADER, Header};
use crate::shelf::{Shelf, Source};
use crate::walk::{self, Owner};
use crate::window::Window;

/// Rows taken out in one step: some ten milliseconds.
const CLEANED_AT_ONCE: usize = 2000;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A part of the work; there may be more.
    Done,
    /// There is nothing to do, or it cannot be done now.
    Nothing,
}

/// How far the tidying has come in this run.
#[derive(Debug, Default)]
pub(crate) struct Tidier {
    /// Full segments without a copy; `None` before the folder was looked at.
    uncopied: Option<BTreeSet<u64>>,
    /// Full segments whose copies a check found not as they were written, or gone.
    wanted: BTreeSet<u64>,
    /// Up to here that list was made.
    looked_to: u64,
    /// Nothing of packed segments is left one by one.
    clean: bool,
    /// Something failed; not tried again in this run.
    gave_up: bool,
}

impl Tidier {
    /// One step; `newest` is the segment that is written to.
    pub(crate) fn step(&mut self, source: &Source, shelf: &mut Shelf, newest: u64) -> Step {
        if self.gave_up || shelf.index().is_err() {
            return Step::Nothing;
        }
        match self.try_step(source, shelf, newest) {
            Ok(step) => step,
            Err(error) => {
                tracing::warn!(%error, "full segments of the journal are not tidied away in this run");
                self.gave_up = true;
                Step::Nothing
            }
        }
    }

    /// The second copies of these full segments are to be made anew.
    pub(crate) fn copy_again(&mut self, numbers: &[u64]) {
        self.wanted.extend(numbers);
    }

    fn try_step(&mut self, source: &Source, shelf: &mut Shelf, newest: u64) -> Result<Step, StoreError> {
        if let Some(number) = self.next_uncopied(source, newest)? {
            let Source { disk, folder, terminal } = source;
            // A damaged segment keeps its single rows, which may mend it.
            walk::walk_one(&**disk, folder, Owner::Only(terminal), number, &mut |_| Ok(()))?;
            copies::make(&**disk, folder, number)
                .map_err(StoreError::io("copy", segment::file(folder, number)))?;
            if let Some(list) = &mut self.uncopied {
                list.remove(&number);
            }
            if self.wanted.remove(&number) {
                tracing::warn!(segment = number, "the second copy was made anew from the segment");
            }
            return Ok(Step::Done);
        }
        let tidied = packed::tidied(shelf.index()?)?;
        if tidied + 1 < newest {
            let pack = packed(source, shelf.index()?, tidied + 1)?;
            let mut batch = pack.rows();
            batch.push(rows::tidied_row(pack.segment));
            shelf.tidied_by(|index| index.apply(batch));
            self.clean = false;
            return Ok(Step::Done);
        }
        if self.clean || tidied == 0 {
            return Ok(Step::Nothing);
        }
        let keys = leftovers(shelf.index()?, tidied)?;
        self.clean = keys.is_empty();
        if !self.clean {
            shelf.tidied_by(|index| index.remove(&keys));
        }
        Ok(if self.clean { Step::Nothing } else { Step::Done })
    }

    fn next_uncopied(&mut self, source: &Source, newest: u64) -> Result<Option<u64>, StoreError> {
        if self.uncopied.is_none() || self.looked_to < newest {
            let folder = segment::copies(&source.folder);
            let copied =
                copies::numbers(&*source.disk, &source.folder).map_err(StoreError::io("list", folder))?;
            let full = walk::numbers(&*source.disk, &source.folder)?.into_iter().filter(|n| *n < newest);
            self.uncopied = Some(full.filter(|number| !copied.contains(number)).collect());
            self.looked_to = newest;
        }
        let uncopied = self.uncopied.as_ref().and_then(BTreeSet::first);
        Ok(self.wanted.first().or(uncopied).copied())
    }
}

/// What the rows of a full segment say.
fn packed(source: &Source, index: &dyn Index, number: u64) -> Result<Pack, StoreError> {
    let (first, last) = (first_seq(source, number)?, first_seq(source, number + 1)? - 1);
    let mut pack = Pack { segment: number, first, last, about: Vec::new() };
    let mut broken = None;
    index.scan(b"s/", &mut |key, _| match rows::about(key) {
        Ok((seq, sale)) if (first..=last).contains(&seq) => pack.about.push((seq, sale)),
        Ok(_) => {}
        Err(error) => drop(broken.get_or_insert(error)),
    })?;
    broken.map_or(Ok(pack), |error| Err(error.into()))
}

fn first_seq(source: &Source, number: u64) -> Result<u64, StoreError> {
    let path = segment::file(&source.folder, number);
    let io = || StoreError::io("read", &path);
    let mut window = Window::open(&*source.disk, &path).map_err(io())?;
    let header = Header::decode(window.bytes(0, HEADER).map_err(io())?).map_err(|_| {
        StoreError::from(IndexError::Spoilt(format!("the header of segment {number} is unreadable")))
    })?;
    Ok(header.first_seq)
}

/// Some rows of packed segments that still stand one by one: where sales stand first, then frames, then checkpoints.
fn leftovers(index: &dyn Index, tidied: u64) -> Result<Vec<Vec<u8>>, StoreError> {
    let last = packed::ends(index, tidied)?.map_or(0, |(_, last)| last);
    for (prefix, limit) in [(b"s/", last), (b"e/", last), (b"c/", tidied)] {
        let mut keys = index.first_keys(prefix, CLEANED_AT_ONCE)?;
        keys.retain(|key| rows::first_number(key).is_some_and(|number| number <= limit));
        if !keys.is_empty() {
            return Ok(keys);
        }
    }
    Ok(Vec::new())
}
