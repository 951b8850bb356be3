//! A paper that is owed: its job from queued to proven.
//!
//! Invariant: nothing is printed twice silently; what may have come out is unknown until proof or a person says.
//! Deliberately absent: the document (made from the journal when it is needed) and the printer.

use crate::id::{AttemptId, JobId, SaleId};
use crate::record::{Copy, PrintProof, Slip};
use crate::time::Moment;

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// Which.
    pub id: JobId,
    /// What it says.
    pub sheet: Sheet,
    /// Original or which copy.
    pub copy: Copy,
    /// When it was ordered.
    pub queued_at: Moment,
    /// Where it is.
    pub stage: PrintStage,
}

/// What a paper says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sheet {
    /// The receipt of this paid attempt.
    Receipt(AttemptId),
    /// Anything else.
    Slip(Slip),
}

/// Where a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintStage {
    /// Owed; no byte left.
    Queued,
    /// Bytes may be at the printer.
    Printing,
    /// It came out.
    Printed(PrintProof),
    /// It may have come out; a person must look.
    Unknown,
    /// A person looked: it did not come out.
    Missing,
    /// It was no longer true before any byte of it left.
    Withdrawn,
}

impl PrintStage {
    /// Whether nobody has to do anything about it any more.
    #[must_use]
    pub fn is_settled(self) -> bool {
        match self {
            PrintStage::Queued | PrintStage::Printing | PrintStage::Unknown => false,
            PrintStage::Printed(_) | PrintStage::Missing | PrintStage::Withdrawn => true,
        }
    }

    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PrintStage::Queued => "queued",
            PrintStage::Printing => "printing",
            PrintStage::Printed(_) => "printed",
            PrintStage::Unknown => "unknown",
            PrintStage::Missing => "missing",
            PrintStage::Withdrawn => "withdrawn",
        }
    }
}

impl Sheet {
    /// The sale it is about; a test page is about none.
    #[must_use]
    pub fn sale(self) -> Option<SaleId> {
        match self {
            Sheet::Receipt(attempt) => Some(attempt.sale),
            Sheet::Slip(slip) => slip.sale(),
        }
    }
}

impl PrintJob {
    pub(crate) fn queued(id: JobId, sheet: Sheet, copy: Copy, queued_at: Moment) -> PrintJob {
        PrintJob { id, sheet, copy, queued_at, stage: PrintStage::Queued }
    }

    /// Steps to a stage from one of those it may be reached from.
    pub(crate) fn step(&mut self, from_any_of: &[PrintStage], to: PrintStage) -> Option<()> {
        from_any_of.contains(&self.stage).then(|| self.stage = to)
    }
}
