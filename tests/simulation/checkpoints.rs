//! A restart from a checkpoint beside a restart from the first entry: at random moments of a life both are tried, and
//! they must hold, show and decide the same.
//!
//! Invariant: the twins are only looked at; the life goes on with its own till.
//! Deliberately absent: bytes (the store's tests) and sales of long ago (the core's `tests/checkpoint.rs`).

use std::collections::BTreeSet;

use quickpay_core::input::{Input, LineProof};
use quickpay_core::journal::MemoryJournal;
use quickpay_core::ledger::Ledger;
use quickpay_core::refusal::Refusal;
use quickpay_core::shift::Shifts;
use quickpay_core::terminal::Terminal;
use quickpay_core::time::Monotonic;
use quickpay_core::view::View;
use quickpay_core::words::Language;

use crate::life::{Care, Life};
use crate::mutant::Mutant;
use crate::till::{terminal_at, terminal_from};

/// The decision in words, what became of it, what is shown after it, and when the till wants to be woken.
#[derive(Debug, PartialEq)]
struct Outcome {
    decided: String,
    error: Option<String>,
    view: View,
    next: Option<Monotonic>,
}

impl Life {
    /// Twins are dear: tried in every life, or in every fourth of very many.
    fn has_twins(&self) -> bool {
        self.plan.care == Care::EveryStep || self.plan.seed % 4 == 1
    }

    /// Writes the state down, as the event loop does between two inputs.
    pub(crate) fn make_checkpoint(&mut self) {
        if !self.has_twins() {
            return;
        }
        let Some(till) = &self.till else { return };
        self.tally.checkpoints += 1;
        self.checkpoint = till.checkpoint();
        if self.is(Mutant::CheckpointForgetsOpenSales) {
            self.checkpoint.sales.retain(|sale| !sale.is_open());
        }
        if self.is(Mutant::CheckpointForgetsTheShift) {
            self.checkpoint.shifts = Shifts::default();
        }
    }

    /// 4: what a restart here and now would make of the newest checkpoint, beside what the whole journal makes.
    pub(crate) fn check_checkpoint(&mut self, whole: &Ledger) {
        if !self.has_twins() || self.is(Mutant::FsyncLies) || self.is(Mutant::SendBeforeCommit) {
            return; // the disks of these two mutants lose what a checkpoint stands on
        }
        let mut short = match terminal_at(&self.checkpoint, &self.disk.entries, self.run, self.settings()) {
            Ok(short) => short,
            Err(unfounded) => return self.broken(4, || format!("a checkpoint's tail: {unfounded}")),
        };
        self.tally.twins += 1;
        let held: BTreeSet<_> = short.ledger().sales().keys().copied().collect();
        if short.ledger().checkpoint(&held) != whole.checkpoint(&held) {
            return self
                .broken(4, || "a checkpoint and its tail are another state than the journal".to_owned());
        }
        let turn = self.plan.seed / 4 + self.tally.twins;
        if self.plan.care == Care::Sampled && !turn.is_multiple_of(8) {
            return; // the same state decides the same: asking both is dear
        }
        let mut whole = match terminal_from(&self.disk.entries, self.run, self.settings()) {
            Ok(whole) => whole,
            Err(unfounded) => return self.broken(4, || format!("the journal does not replay: {unfounded}")),
        };
        let mut inputs = vec![Input::Started, Input::LineProbed(LineProof::Up)];
        inputs.extend([Input::DeadlineReached, Input::CancelAsked, Input::PutAside, Input::DeadlineReached]);
        inputs.extend([Input::XReportAsked, Input::ShiftCloseAsked { head: None }, Input::ZCopyAsked(None)]);
        inputs.extend([Input::ShiftOpenAsked, Input::DeadlineReached]);
        for sale in held {
            inputs.extend([Input::Resumed(sale), Input::CheckAsked(Some(sale)), Input::CopyAsked(sale)]);
        }
        for input in inputs {
            if self.outcome(&mut short, input.clone()) != self.outcome(&mut whole, input.clone()) {
                return self.broken(4, || format!("a checkpoint makes another decision on {input:?}"));
            }
        }
    }

    /// What is decided, or why not; a refusal changes nothing.
    fn outcome(&self, till: &mut Terminal, input: Input) -> Result<Outcome, Refusal> {
        let now = self.clock.moment();
        let decision = till.decide(now, input)?;
        let decided = format!("{decision:?}");
        let error = decision.commit(now, till, &mut MemoryJournal::default()).err();
        let error = error.map(|error| error.to_string());
        let (view, next) = (till.view(now, Language::En), till.next_deadline(now));
        Ok(Outcome { decided, error, view, next })
    }
}
