//! Holds the core's states in the checkpoints, and the reports of closed shifts, against the entries between them.
//!
//! Invariant: each stretch from one state to the next is folded by itself, so that the check needs no more memory than
//! the open work of its time; together the stretches reach from the first entry to the last state.
//! Deliberately absent: sales that were recalled for a state; nothing in their stretch says what they are.

use std::collections::BTreeSet;

use quickpay_core::checkpoint::Checkpoint as State;
use quickpay_core::id::{SaleId, ShiftNumber};
use quickpay_core::ledger::Ledger;
use quickpay_core::record::{Entry, Record};

use crate::wire;

/// The fold since the last state.
#[derive(Debug)]
pub(crate) struct States {
    /// `None` behind a state that this version cannot read.
    ledger: Option<Ledger>,
    broken: bool,
    /// Closed shifts whose report is not what the entries make.
    misreported: Vec<ShiftNumber>,
}

impl States {
    pub(crate) fn new() -> States {
        States { ledger: Some(Ledger::default()), broken: false, misreported: Vec::new() }
    }

    pub(crate) fn entry(&mut self, entry: &Entry) {
        if let Some(ledger) = &mut self.ledger {
            let reports = entry.records.iter().filter_map(|record| {
                if let Record::ShiftClosed { report } = record { Some(report) } else { None }
            });
            for report in reports.filter(|_| !self.broken) {
                let made = ledger.shift_report(report.taken_at, report.head.clone());
                if made.as_ref() != Some(&**report) {
                    self.misreported.push(report.number);
                }
            }
            self.broken |= !self.broken && ledger.apply(entry).is_err();
        }
    }

    /// The shifts whose report is not what the entries before it make.
    pub(crate) fn misreported(self) -> Vec<ShiftNumber> {
        self.misreported
    }

    /// Whether this state is what its entries make; one that cannot be read is passed over.
    pub(crate) fn fits(&mut self, body: &[u8]) -> bool {
        let Ok(state) = wire::checkpoint::decode(body) else {
            (self.ledger, self.broken) = (None, false);
            return true;
        };
        let fits = !self.broken && self.ledger.as_ref().is_none_or(|ledger| agree(ledger, &state));
        (self.ledger, self.broken) = (Some(Ledger::from(state)), false);
        fits
    }
}

fn agree(ledger: &Ledger, state: &State) -> bool {
    let held: BTreeSet<SaleId> =
        state.sales.iter().map(|sale| sale.id).filter(|id| ledger.sale(*id).is_some()).collect();
    let mut known = state.clone();
    known.sales.retain(|sale| held.contains(&sale.id));
    known.jobs.retain(|job| job.sheet.sale().is_none_or(|sale| held.contains(&sale)));
    ledger.checkpoint(&held) == known
}
