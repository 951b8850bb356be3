//! What the terminal decided: records, and the wishes that stay locked until the records are durable.
//!
//! Invariant: effects leave a decision only through [`Decision::commit`], after the journal has taken the records.
//! The lock is the type: there is no other way to reach them.
//!
//! ```compile_fail
//! fn peek(decision: quickpay_core::decision::Decision) {
//!     let _ = decision.effects; // private: nothing may leave before it is recorded
//! }
//! ```
//!
//! Deliberately absent: IO; the journal is a trait.

use thiserror::Error;

use crate::desk::Note;
use crate::effect::Effect;
use crate::journal::{Journal, JournalError};
use crate::ledger::Unfounded;
use crate::record::{Entry, Record};
use crate::terminal::Terminal;
use crate::time::Moment;

/// A decision that notes anything seldom notes more.
const USUAL_NOTES: usize = 8;

/// One decision.
#[derive(Debug, Default)]
#[must_use = "a decision that is not committed never happened"]
pub struct Decision {
    pub(crate) records: Vec<Record>,
    pub(crate) notes: Vec<Note>,
    pub(crate) effects: Vec<Effect>,
}

/// Why a decision did not take place. Nothing was changed in memory and no effect left.
#[derive(Debug, Error)]
pub enum CommitError {
    /// The journal did not take it; it may or may not be on disk.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The decision contradicts the ledger: a fault of the program. The terminal must restart.
    #[error(transparent)]
    Unfounded(#[from] Unfounded),
}

impl Decision {
    pub(crate) fn record(&mut self, record: Record) {
        self.records.push(record);
    }

    pub(crate) fn note(&mut self, note: Note) {
        if self.notes.is_empty() {
            self.notes.reserve(USUAL_NOTES);
        }
        self.notes.push(note);
    }

    pub(crate) fn wish(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// What would be recorded.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Whether committing would change nothing and ask nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.notes.is_empty() && self.effects.is_empty()
    }

    /// Makes the records durable, folds them, and only then hands out the effects.
    ///
    /// # Errors
    /// [`CommitError`]; the terminal is unchanged and no effect leaves. After a journal error nothing more can be
    /// committed until the program has restarted.
    pub fn commit(
        self,
        at: Moment,
        terminal: &mut Terminal,
        journal: &mut dyn Journal,
    ) -> Result<Vec<Effect>, CommitError> {
        let Decision { records, notes, effects } = self;
        if !records.is_empty() {
            let seq = journal.append(at, &records)?;
            terminal.apply(&Entry { seq, at, records })?;
        }
        terminal.take_note(notes);
        Ok(effects)
    }
}
