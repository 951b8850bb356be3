//! 10: where a payment code must never stand: in the journal, and in whatever the program could show or dump of itself.
//!
//! Invariant: judges by the texts of the codes that were scanned, never by the core's word for them.
//! Deliberately absent: files, logs and core dumps (`tests/crash`), and the memory itself, which must hold codes.

use quickpay_core::record::Entry;
use quickpay_core::words::Language;

use crate::conditions::Condition;
use crate::life::{Care, Life};

/// Of the replays of a life that is not watched closely, every so many comes with a look for codes.
const LOOKS: u64 = 64;
/// Of the lives that are not watched closely, every so many ends with a search of its journal.
const SEARCHED: u64 = 256;

impl Life {
    /// After a replay.
    pub(crate) fn look_for_codes(&mut self) {
        let Some(till) = &self.till else { return };
        let now_and_then = (self.tally.replays + self.plan.seed).is_multiple_of(LOOKS);
        if self.plan.care == Care::Sampled && !now_and_then {
            return;
        }
        let shown = format!("{:?} {till:?}", till.view(self.clock.moment(), Language::En));
        let codes = till.codes_in_memory();
        self.watch.met.met_if(codes > 0, Condition::CodeInMemory);
        if codes == 0 && shown.contains("PaymentCode(") {
            return self.broken(10, || "a payment code is in memory and not counted".to_owned());
        }
        if self.gateway.codes.iter().any(|code| shown.contains(&code.text)) {
            self.broken(10, || "a payment code can be shown".to_owned());
        }
    }

    /// After a commit.
    pub(crate) fn search_last_entry(&mut self) {
        let last = self.disk.entries.last().filter(|_| self.plan.care == Care::EveryStep);
        if last.is_some_and(|entry| self.holds_a_code(entry)) {
            self.broken(10, || "a payment code stands in the journal".to_owned());
        }
    }

    /// At the end of a life.
    pub(crate) fn search_journal(&mut self) {
        let searched = self.plan.care == Care::EveryStep || self.plan.seed.is_multiple_of(SEARCHED);
        if searched && self.disk.entries.iter().any(|entry| self.holds_a_code(entry)) {
            self.broken(10, || "a payment code stands in the journal at the end".to_owned());
        }
    }

    fn holds_a_code(&self, entry: &Entry) -> bool {
        let written = format!("{entry:?}");
        self.gateway.codes.iter().any(|code| written.contains(&code.text))
    }
}
