//! A paper that is owed: its job from queued to proven.
//!
//! Invariant: nothing is printed twice silently; what may have come out is unknown until proof or a person says.
//! Deliberately absent: the document (made from the journal when it is needed) and the printer.

use crate::id::{AttemptId, JobId, SaleId};
use crate::person::PersonName;
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
    /// Who ordered it, or whose sale it prints with; nobody where no people are configured.
    pub operator: Option<PersonName>,
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

/// What keeps a printer from going on until a person comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hindrance {
    /// No paper.
    PaperOut,
    /// The cover is open.
    CoverOpen,
    /// An error that a person must clear: cutter, overheated head.
    NeedsAttention,
}

impl Hindrance {
    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Hindrance::PaperOut => "paper_out",
            Hindrance::CoverOpen => "cover_open",
            Hindrance::NeedsAttention => "needs_attention",
        }
    }
}

/// Where a paper is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintStage {
    /// Owed; no byte left.
    Queued,
    /// Bytes may be at the printer.
    Printing,
    /// The printer has it, or part of it, and waits for a person; it goes on by itself, and nothing is sent again.
    Interrupted(Hindrance),
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
            PrintStage::Queued | PrintStage::Printing | PrintStage::Interrupted(_) => false,
            PrintStage::Unknown => false,
            PrintStage::Printed(_) | PrintStage::Missing | PrintStage::Withdrawn => true,
        }
    }

    /// Whether bytes of it may be at the printer and its end is awaited.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        match self {
            PrintStage::Printing | PrintStage::Interrupted(_) => true,
            PrintStage::Queued | PrintStage::Unknown | PrintStage::Printed(_) => false,
            PrintStage::Missing | PrintStage::Withdrawn => false,
        }
    }

    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PrintStage::Queued => "queued",
            PrintStage::Printing => "printing",
            PrintStage::Interrupted(_) => "interrupted",
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
    /// Steps to a stage from one that it may be reached from.
    pub(crate) fn step(&mut self, may_leave: fn(PrintStage) -> bool, to: PrintStage) -> Option<()> {
        may_leave(self.stage).then(|| self.stage = to)
    }
}
