//! The terminal: durable ledger, this run's desk, and the one door through which anything happens.
//!
//! Invariant: [`Terminal::decide`] changes nothing; only a committed [`Decision`] does.
//! Deliberately absent: IO, clocks; the deciding itself stands in one file a kind of input.

use std::sync::Arc;

use thiserror::Error;

use crate::decision::Decision;
use crate::desk::{Desk, Note};
use crate::id::{AttemptId, Epoch, OrderId, TerminalId};
use crate::input::Input;
use crate::ledger::{Ledger, Unfounded};
use crate::money::Currency;
use crate::payment_code::FingerprintKey;
use crate::record::Entry;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::time::Moment;

/// This till.
#[derive(Debug)]
pub struct Terminal {
    pub(crate) settings: Arc<Settings>,
    pub(crate) ledger: Ledger,
    pub(crate) desk: Desk,
}

/// The configuration names another terminal than the journal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// Another terminal's journal.
    #[error(
        "this journal belongs to terminal {journal}, but the configuration says {configured}; set [terminal] id = \"{journal}\" or choose another data_dir"
    )]
    Terminal {
        /// Whose journal it is.
        journal: TerminalId,
        /// What the configuration says.
        configured: TerminalId,
    },
    /// Sales in another currency.
    #[error(
        "this journal counts in {journal}, but the configuration says {configured}; set [terminal] currency = \"{journal}\" or choose another data_dir"
    )]
    Currency {
        /// What the journal counts in.
        journal: Currency,
        /// What the configuration says.
        configured: Currency,
    },
}

impl Terminal {
    /// A terminal that has read nothing yet. `key` are random bytes of this run.
    #[must_use]
    pub fn new(settings: impl Into<Arc<Settings>>, key: FingerprintKey) -> Terminal {
        Terminal { settings: settings.into(), ledger: Ledger::default(), desk: Desk::new(key) }
    }

    /// Folds one entry of the journal: at start-up for each that the store hands over, later by commits.
    ///
    /// # Errors
    /// [`Unfounded`] when the entry contradicts those before it; the terminal must then not be used.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Unfounded> {
        self.ledger.apply(entry)
    }

    /// Compares the journal's identity with the configuration.
    ///
    /// # Errors
    /// [`IdentityError`] says which of the two to change.
    pub fn check_identity(&self) -> Result<(), IdentityError> {
        let Some(identity) = self.ledger.identity() else { return Ok(()) };
        if identity.terminal != self.settings.terminal {
            return Err(IdentityError::Terminal {
                journal: identity.terminal.clone(),
                configured: self.settings.terminal.clone(),
            });
        }
        if identity.currency != self.settings.currency {
            return Err(IdentityError::Currency {
                journal: identity.currency,
                configured: self.settings.currency,
            });
        }
        Ok(())
    }

    /// Decides on an input. Changes nothing: what was decided happens when the decision is committed.
    ///
    /// # Errors
    /// [`Refusal`] when the input is not allowed now; nothing changes.
    pub fn decide(&self, now: Moment, input: Input) -> Result<Decision, Refusal> {
        let mut decision = self.decide_on(now, input)?;
        self.owe_papers(&mut decision);
        Ok(decision)
    }

    pub(crate) fn decide_on(&self, now: Moment, input: Input) -> Result<Decision, Refusal> {
        if self.is_locked() && input.needs_operator() {
            return Err(Refusal::Locked);
        }
        match input {
            Input::Started => Ok(self.start(now)),
            Input::DeadlineReached => Ok(self.due(now)),
            Input::PersonProven(person) => self.sign_in(person),
            Input::SignOutAsked => self.sign_out(),
            Input::KeyPressed(key) => self.key_pressed(key),
            Input::AmountEntered(text) => self.amount_entered(&text),
            Input::Cleared => self.cleared(),
            Input::Confirmed => self.confirmed(),
            Input::CancelAsked => self.cancel_asked(now),
            Input::PutAside => self.put_aside(),
            Input::Resumed(sale) => self.resumed(sale),
            Input::CheckAsked(sale) => self.check_asked(now, sale),
            Input::CopyAsked(sale) => self.copy_asked(sale),
            Input::CopyOfOrderAsked(number) => self.copy_of_order_asked(&number),
            Input::CopyByScanAsked => self.copy_by_scan_asked(now),
            Input::SlipAsked(sale) => self.slip_asked(sale),
            Input::TestPageAsked => self.test_page_asked(),
            Input::RefundAsked { sale, amount, reason, approver } => {
                self.refund_asked(sale, amount.as_deref(), &reason, approver)
            }
            Input::ShiftOpenAsked => self.shift_open_asked(),
            Input::XReportAsked => self.x_report_asked(),
            Input::ShiftCloseAsked { head } => self.shift_close_asked(now, head),
            Input::ZCopyAsked(shift) => self.z_copy_asked(shift),
            Input::RefundSeen { refund, seen, approver } => self.refund_seen(now, refund, seen, approver),
            Input::PutRight { sale, approver } => self.put_right(sale, approver),
            Input::RefundAnswered { refund, answer } => Ok(self.refund_answered(now, refund, &answer)),
            Input::PaperSeen { job, seen } => self.paper_seen(job, seen),
            Input::Scanned(scan) => self.scanned(now, &scan),
            Input::Answered { attempt, asked, answer } => Ok(self.answered(now, attempt, asked, &answer)),
            Input::LineProbed(proof) => Ok(self.line_probed(now, proof)),
            Input::PrintEnded { job, ending } => Ok(self.print_ended(now, job, &ending)),
            Input::PrintHindered { job, by } => Ok(self.print_hindered(job, by)),
            Input::PrinterLooked(sight) => Ok(self.printer_looked(now, sight)),
            Input::ScannerIs(device) => Ok(Self::scanner_is(device)),
        }
    }

    /// The durable state.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The configuration.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How many payment codes are in memory: of held attempts and of payments under way.
    #[must_use]
    pub fn codes_in_memory(&self) -> usize {
        self.desk.vault.len()
    }

    pub(crate) fn take_note(&mut self, notes: Vec<Note>) {
        notes.into_iter().for_each(|note| self.desk.take(note));
    }

    pub(crate) fn order_of(&self, attempt: AttemptId) -> Result<OrderId, Refusal> {
        let epoch = self.ledger.identity().map_or(Epoch(0), |identity| identity.epoch);
        OrderId::of(&self.settings.terminal, epoch, attempt).ok_or(Refusal::IdsExhausted)
    }
}
