//! What a power cut leaves of changes that were never made durable.
//!
//! Invariant: everything up to the last sync is kept; of the rest any part may be, down to single sectors of one write.

use crate::shop::truth::Seed;

/// A drive writes this many bytes whole or not at all.
const SECTOR: usize = 512;

/// A change to a file's content.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    /// Cut or grown to this length.
    Length(usize),
    /// Grown to at least this length.
    AtLeast(usize),
}

impl Change {
    pub(crate) fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Write { at, bytes } => {
                if content.len() < at + bytes.len() {
                    content.resize(at + bytes.len(), 0);
                }
                content[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Change::Length(length) => content.resize(*length, 0),
            Change::AtLeast(length) => content.resize(content.len().max(*length), 0),
        }
    }

    /// The sectors of a write, each a change of its own.
    fn in_sectors(&self) -> Vec<Change> {
        let Change::Write { at, bytes } = self else { return vec![self.clone()] };
        let mut pieces = Vec::new();
        let mut done = 0;
        while done < bytes.len() {
            let end = (SECTOR - (at + done) % SECTOR + done).min(bytes.len());
            pieces.push(Change::Write { at: at + done, bytes: bytes[done..end].to_vec() });
            done = end;
        }
        pieces
    }
}

/// How much survives of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Survival {
    Nothing,
    Everything,
    /// The first changes, in order.
    Prefix,
    /// Any changes, in any order.
    Some,
    /// Any sectors of any changes.
    Torn,
}

impl Survival {
    pub(crate) fn any(seed: &mut Seed) -> Survival {
        match seed.below(6) {
            0 => Survival::Nothing,
            1 => Survival::Everything,
            2 => Survival::Prefix,
            3 => Survival::Some,
            _ => Survival::Torn,
        }
    }

    /// The changes to a file that the cut leaves.
    pub(crate) fn of(self, changes: &[Change], seed: &mut Seed) -> Vec<Change> {
        match self {
            Survival::Nothing => Vec::new(),
            Survival::Everything => changes.to_vec(),
            Survival::Prefix => changes[..self.prefix(changes.len(), seed)].to_vec(),
            Survival::Some => changes.iter().filter(|_| seed.below(2) == 0).cloned().collect(),
            Survival::Torn => {
                changes.iter().flat_map(Change::in_sectors).filter(|_| seed.below(2) == 0).collect()
            }
        }
    }

    /// How many of so many changes of names are left: a file system writes these down in order.
    pub(crate) fn prefix(self, count: usize, seed: &mut Seed) -> usize {
        match self {
            Survival::Nothing => 0,
            Survival::Everything => count,
            Survival::Prefix | Survival::Some | Survival::Torn => seed.below(count as u64 + 1) as usize,
        }
    }
}
