//! Power, disk and memory: what a cut leaves behind.
//!
//! Invariant: an entry whose append returned `Ok` survives every cut, unless a mutant lies; the entry under way
//! survives or does not.
//! Deliberately absent: bytes, frames and checksums (the store's own tests).

use quickpay_core::journal::{Journal, JournalError};
use quickpay_core::record::{Entry, Record};
use quickpay_core::time::Moment;

use crate::seed::Seed;

/// Where in a commit the power goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// While the entry is written; it is lost.
    EntryLost,
    /// While the entry is written; it is found at the next start.
    EntryKept,
    /// The disk says that it is full; the entry is lost and the program must restart.
    DiskFull,
    /// After the entry and this many of its effects.
    AfterEffects(usize),
}

/// When the power goes in this life.
#[derive(Debug)]
pub(crate) struct Power {
    /// Counts of commits before which each cut waits.
    planned: Vec<(u32, Cut)>,
    commits: u32,
}

impl Power {
    pub(crate) fn draw(seed: &mut Seed) -> Power {
        let count = seed.pick(&[0, 1, 1, 2, 2, 3], 0);
        let planned = (0..count).map(|_| {
            let cut = match seed.below(8) {
                0..2 => Cut::EntryLost,
                2..4 => Cut::EntryKept,
                4 => Cut::DiskFull,
                _ => Cut::AfterEffects(usize::try_from(seed.below(2)).unwrap_or(0)),
            };
            (u32::try_from(seed.between(2, 30)).unwrap_or(2), cut)
        });
        Power { planned: planned.collect(), commits: 0 }
    }

    pub(crate) fn steady() -> Power {
        Power { planned: Vec::new(), commits: 0 }
    }

    /// No more cuts.
    pub(crate) fn calm(&mut self) {
        self.planned.clear();
    }

    /// A commit begins: where the power goes in it, if it does.
    pub(crate) fn at_commit(&mut self) -> Option<Cut> {
        self.commits += 1;
        let due = self.planned.iter().position(|(at, _)| *at <= self.commits)?;
        Some(self.planned.swap_remove(due).1)
    }
}

/// Most lives never write more.
const USUAL_ENTRIES: usize = 64;

/// The journal on a disk whose power may go.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    pub(crate) entries: Vec<Entry>,
    /// What the next append does.
    pub(crate) next: Option<Cut>,
}

impl Journal for Disk {
    fn append(&mut self, at: Moment, records: &[Record]) -> Result<u64, JournalError> {
        let seq = self.entries.len() as u64 + 1;
        if seq == 1 {
            self.entries.reserve(USUAL_ENTRIES);
        }
        match self.next {
            Some(Cut::EntryLost) => return Err(JournalError::Broken("power".to_owned())),
            Some(Cut::DiskFull) => return Err(JournalError::Full),
            Some(Cut::EntryKept | Cut::AfterEffects(_)) | None => {}
        }
        self.entries.push(Entry { seq, at, records: records.to_vec() });
        match self.next {
            Some(Cut::EntryKept) => Err(JournalError::Broken("power".to_owned())),
            Some(Cut::EntryLost | Cut::DiskFull | Cut::AfterEffects(_)) | None => Ok(seq),
        }
    }
}
