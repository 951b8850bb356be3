//! What the printer tells of the papers it has: how one ended, what one waits for.
//!
//! Invariant: a paper of which a byte may have left is never queued again by itself.
//! Deliberately absent: when a paper is due (`outbox.rs`), what a person says of it (`counter.rs`).

use std::time::Duration;

use crate::decision::Decision;
use crate::desk::Note;
use crate::id::JobId;
use crate::input::PrintEnding;
use crate::print::{Hindrance, PrintStage};
use crate::record::Record;
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::view::Device;

/// A paper that did not reach the printer is tried again after this.
const PRINT_AGAIN_AFTER: Duration = Duration::from_secs(2);

impl Terminal {
    pub(crate) fn print_ended(&self, now: Moment, job: JobId, ending: &PrintEnding) -> Decision {
        let mut decision = Decision::default();
        if self.ledger.jobs().get(&job).is_none_or(|known| !known.stage.is_under_way()) {
            return decision;
        }
        match ending {
            PrintEnding::Printed(proof) => {
                decision.record(Record::PrintFinished { job, proof: *proof });
                decision.note(Note::Printer(Device::Ready));
            }
            PrintEnding::NotSent => {
                decision.record(Record::PrintNotSent { job });
                decision.note(Note::PrintNotBefore(now.mono.after(PRINT_AGAIN_AFTER)));
                decision.note(Note::Printer(Device::Away));
            }
            PrintEnding::NeedsCare(why) => {
                decision.record(Record::PrintNotSent { job });
                decision.note(Note::PrintNotBefore(now.mono.after(PRINT_AGAIN_AFTER)));
                decision.note(Note::PrinterHindered(*why));
            }
            PrintEnding::Unknown => {
                decision.record(Record::PrintUnknown { job });
                decision.note(Note::Printer(Device::NeedsCare));
            }
        }
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
                decision.note(Note::PrinterHindered(why));
            }
            None => decision.note(Note::Printer(Device::Ready)),
        }
        decision
    }

    pub(crate) fn printer_is(&self, now: Moment, device: Device) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Printer(device));
        if device == Device::Ready {
            decision.note(Note::PrintNotBefore(now.mono));
        }
        decision
    }
}
