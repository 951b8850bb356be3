//! What all scenarios share: the gateway, the way to ask outside, and how much is wanted.

use super::errand::Errands;
use super::gateway::Gateway;
use super::outcome::Outcome;

/// The bench on which the scenarios are laid out.
#[derive(Debug)]
pub(crate) struct Bench {
    pub(crate) gateway: Gateway,
    pub(crate) errands: Errands,
    /// Scans back to back on each interface.
    pub(crate) scans: u64,
    number: u32,
}

impl Bench {
    pub(crate) fn lay_out(scans: u64) -> Outcome<Bench> {
        Ok(Bench { gateway: Gateway::open()?, errands: Errands::open()?, scans, number: 0 })
    }

    /// A number that no other till of this run has.
    pub(crate) fn next_number(&mut self) -> u32 {
        self.number += 1;
        self.number
    }
}
