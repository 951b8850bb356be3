//! What the printer tells of itself and of the papers it has: how one ended, what one waits for.
//!
//! Invariant: a paper of which a byte may have left is never queued again by itself.
//! Deliberately absent: when a paper is due (`outbox.rs`), what a person says of it (`counter.rs`).

use crate::decision::Decision;
use crate::desk::Note;
use crate::id::JobId;
use crate::input::{PrintEnding, Sight};
use crate::print::{Hindrance, PrintStage};
use crate::record::Record;
use crate::terminal::Terminal;
use crate::time::Moment;

impl Terminal {
    pub(crate) fn print_ended(&self, now: Moment, job: JobId, ending: &PrintEnding) -> Decision {
        let mut decision = Decision::default();
        if self.ledger.jobs().get(&job).is_none_or(|known| !known.stage.is_under_way()) {
            return decision;
        }
        let printer = self.desk.printer;
        let printer = match ending {
            PrintEnding::Printed(proof) => {
                decision.record(Record::PrintFinished { job, proof: *proof, seen_by: None });
                printer.printed()
            }
            PrintEnding::NotSent => {
                decision.record(Record::PrintNotSent { job });
                printer.missed(now.mono, None)
            }
            PrintEnding::NeedsCare(why) => {
                decision.record(Record::PrintNotSent { job });
                printer.missed(now.mono, Some(*why))
            }
            PrintEnding::Unknown => {
                decision.record(Record::PrintUnknown { job });
                printer.interrupted(None)
            }
        };
        decision.note(Note::Printer(printer));
        decision
    }

    /// The printer keeps what it has and goes on by itself; nothing is sent again.
    pub(crate) fn print_hindered(&self, job: JobId, by: Option<Hindrance>) -> Decision {
        let mut decision = Decision::default();
        let stage = self.ledger.jobs().get(&job).map(|job| job.stage);
        let Some(stage) = stage.filter(|stage| stage.is_under_way()) else { return decision };
        match by {
            Some(why) => {
                if stage != PrintStage::Interrupted(why) {
                    decision.record(Record::PrintInterrupted { job, why });
                }
                decision.note(Note::Printer(self.desk.printer.interrupted(Some(why))));
            }
            None => decision.note(Note::Printer(self.desk.printer.goes_on())),
        }
        decision
    }

    /// How the printer looks is no fact about a paper: nothing is recorded.
    pub(crate) fn printer_looked(&self, now: Moment, sight: Sight) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Printer(self.desk.printer.looked(now.mono, sight)));
        decision
    }
}
