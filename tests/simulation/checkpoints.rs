//! A restart from a checkpoint beside a restart from the first entry: at random moments of a life both are tried, and
//! they must hold, show and decide the same.
//!
//! Invariant: the twins are only looked at; the life goes on with its own till.
//! Deliberately absent: bytes (the store's tests) and sales of long ago (the core's `tests/checkpoint.rs`).

use std::collections::BTreeSet;

use quickpay_core::input::{Input, LineProof};
use quickpay_core::journal::MemoryJournal;
use quickpay_core::terminal::Terminal;
use quickpay_core::words::Language;

use crate::life::Life;
use crate::mutant::Mutant;
use crate::till::{terminal_at, terminal_from};

impl Life {
    /// Writes the state down, as the event loop does between two inputs.
    pub(crate) fn make_checkpoint(&mut self) {
        let Some(till) = &self.till else { return };
        self.tally.checkpoints += 1;
        self.checkpoint = till.checkpoint();
        if self.is(Mutant::CheckpointForgetsOpenSales) {
            self.checkpoint.sales.retain(|sale| !sale.is_open());
        }
    }

    /// 4: what a restart here and now would make of the newest checkpoint, and of the whole journal.
    pub(crate) fn check_checkpoint(&mut self) {
        if self.is(Mutant::FsyncLies) || self.is(Mutant::SendBeforeCommit) {
            return; // their disks lose what a checkpoint stands on
        }
        let entries = &self.disk.entries;
        let twins = terminal_at(&self.checkpoint, entries, self.run)
            .and_then(|short| Ok((short, terminal_from(entries, self.run)?)));
        let (mut short, mut whole) = match twins {
            Ok(twins) => twins,
            Err(unfounded) => return self.broken(4, || format!("a checkpoint's tail: {unfounded}")),
        };
        self.tally.twins += 1;
        let held: BTreeSet<_> = short.ledger().sales().keys().copied().collect();
        if short.ledger().checkpoint(&held) != whole.ledger().checkpoint(&held) {
            return self
                .broken(4, || "a checkpoint and its tail are another state than the journal".to_owned());
        }
        let mut inputs = vec![Input::Started, Input::LineProbed(LineProof::Up)];
        inputs.extend([Input::DeadlineReached, Input::CancelAsked, Input::PutAside, Input::DeadlineReached]);
        for sale in held {
            inputs.extend([Input::Resumed(sale), Input::CheckAsked(Some(sale)), Input::CopyAsked(sale)]);
        }
        for input in inputs {
            let said = format!("{input:?}");
            if self.outcome(&mut short, input.clone()) != self.outcome(&mut whole, input) {
                return self.broken(4, || format!("a checkpoint makes another decision on {said}"));
            }
        }
    }

    /// The decision in words, and what is shown after it.
    fn outcome(&self, till: &mut Terminal, input: Input) -> String {
        let now = self.clock.moment();
        let decided = match till.decide(now, input) {
            Err(refusal) => format!("{refusal:?}"),
            Ok(decision) => {
                let words = format!("{decision:?}");
                let committed = decision.commit(now, till, &mut MemoryJournal::default());
                format!("{words} {:?}", committed.err())
            }
        };
        format!("{decided} {:?} {:?}", till.view(now, Language::En), till.next_deadline(now))
    }
}
