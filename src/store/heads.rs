//! Holds the heads of the journal that stand on Z reports against the chain.
//!
//! Invariant: a head names the last frame before its own entry, so that only what stands between two entries is kept. Who
//! writes a journal anew, each link of it, has to write each report anew as well, and the papers are in a drawer.

use quickpay_core::id::ShiftNumber;
use quickpay_core::record::{Entry, Record};

use crate::frame::Chain;

/// The head of the journal as it could be named since the last entry.
#[derive(Debug, Default)]
pub(crate) struct Heads {
    seq: u64,
    /// Of the last entry, and of checkpoints and seals behind it.
    chains: Vec<Chain>,
    /// Shifts whose reports name another.
    pub(crate) foreign: Vec<ShiftNumber>,
}

impl Heads {
    /// The next entry, with its chain value.
    pub(crate) fn entry(&mut self, entry: &Entry, chain: Chain) {
        for record in &entry.records {
            if let Record::ShiftClosed { report } = record
                && let Some(head) = &report.head
                && !(head.seq == self.seq && self.chains.iter().any(|chain| chain.hex() == head.chain))
            {
                self.foreign.push(report.number);
            }
        }
        self.seq = entry.seq;
        self.chains.clear();
        self.chains.push(chain);
    }

    /// A checkpoint or seal behind the last entry.
    pub(crate) fn other(&mut self, chain: Chain) {
        self.chains.push(chain);
    }
}
