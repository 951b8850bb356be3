//! Everything that can happen to the terminal.
//!
//! Invariant: this list is complete; nothing changes the terminal but an input.
//! Deliberately absent: requests that the terminal only answers (views, lists), which change nothing.

use crate::answer::{Answer, RefundAnswer};
use crate::id::{AttemptId, JobId, OrderId, RefundId, SaleId, ShiftNumber};
use crate::payment_code::Scan;
use crate::person::PersonName;
use crate::print::Hindrance;
use crate::record::PrintProof;
use crate::shift::JournalHead;
use crate::view::Device;

/// Something happened.
#[derive(Debug, Clone)]
pub enum Input {
    /// The program has read its journal and begins. `first` is set when the journal was empty.
    Started,
    /// A deadline may have come.
    DeadlineReached,

    /// A person gave the right PIN and takes the till.
    PersonProven(PersonName),
    /// The person who has the till leaves it.
    SignOutAsked,

    /// The cashier pressed a key of the amount pad.
    KeyPressed(PadKey),
    /// A whole amount was given at once (headless); a decimal string.
    AmountEntered(String),
    /// Drop the amount, or dismiss what is shown.
    Cleared,
    /// Yes to what the view asks.
    Confirmed,
    /// Give up the current attempt.
    CancelAsked,
    /// Leave this sale and serve the next customer.
    PutAside,
    /// Take a sale up again.
    Resumed(SaleId),
    /// Ask the gateway now, about this sale or the shown one.
    CheckAsked(Option<SaleId>),
    /// Print a marked copy of this sale's receipt.
    CopyAsked(SaleId),
    /// Print a marked copy of the receipt that carries this number, as a person read it.
    CopyOfOrderAsked(String),
    /// The next scan is a receipt: print a marked copy of it.
    CopyByScanAsked,
    /// Print the slip that fits where this sale stands.
    SlipAsked(SaleId),
    /// Print the test page.
    TestPageAsked,
    /// Begin a shift.
    ShiftOpenAsked,
    /// Print the figures of the open shift as they are now.
    XReportAsked,
    /// End the open shift and print its figures.
    ShiftCloseAsked {
        /// Where the journal stands, as the store knows it.
        head: Option<JournalHead>,
    },
    /// Print a marked copy of the Z report of this shift, or of the last one.
    ZCopyAsked(Option<ShiftNumber>),
    /// Give money of this sale back: this much, or all that is left.
    RefundAsked {
        /// Which sale.
        sale: SaleId,
        /// A decimal string; `None` is all that is left.
        amount: Option<String>,
        /// Why.
        reason: String,
        /// Who allows it, proven by a PIN; needed where people are configured.
        approver: Option<PersonName>,
    },
    /// A person looked in the gateway's own list: whether a refund that the gateway cannot tell us about went back.
    RefundSeen {
        /// Which refund.
        refund: RefundId,
        /// Whether the money went back.
        seen: Seen,
        /// Whose word it is, proven by a PIN; needed where people are configured.
        approver: Option<PersonName>,
    },
    /// A person has put right at the gateway what came astray for this sale.
    PutRight {
        /// Which sale.
        sale: SaleId,
        /// Whose word it is, proven by a PIN; needed where people are configured.
        approver: Option<PersonName>,
    },
    /// A person says whether a paper of unknown fate came out.
    PaperSeen {
        /// Which job.
        job: JobId,
        /// Whether it came out.
        seen: Seen,
    },

    /// The scanner read something.
    Scanned(Scan),
    /// The gateway's answer to an effect, or its silence.
    Answered {
        /// Which attempt.
        attempt: AttemptId,
        /// What had been asked.
        asked: Asked,
        /// What came.
        answer: Answer,
    },
    /// The gateway's answer about a refund, or its silence.
    RefundAnswered {
        /// Which refund.
        refund: RefundId,
        /// What came.
        answer: RefundAnswer,
    },
    /// What came of [`Effect::ProbeLine`](crate::effect::Effect::ProbeLine).
    LineProbed(LineProof),
    /// What came of [`Effect::Print`](crate::effect::Effect::Print).
    PrintEnded {
        /// Which job.
        job: JobId,
        /// What is known.
        ending: PrintEnding,
    },
    /// A paper that is on its way waits for a person, or goes on.
    PrintHindered {
        /// Which job.
        job: JobId,
        /// What the printer wants; `None` when it goes on.
        by: Option<Hindrance>,
    },
    /// What came of [`Effect::LookForPrinter`](crate::effect::Effect::LookForPrinter).
    PrinterLooked(Sight),
    /// The scanner changed.
    ScannerIs(Device),
}

impl Input {
    /// The sale that a person names with it, by its number or on its receipt; it may be one of long ago.
    #[must_use]
    pub fn names_sale(&self) -> Option<SaleId> {
        match self {
            Input::Resumed(sale) | Input::CopyAsked(sale) | Input::SlipAsked(sale) => Some(*sale),
            Input::RefundAsked { sale, .. } | Input::PutRight { sale, .. } => Some(*sale),
            Input::RefundSeen { refund, .. } => Some(refund.sale),
            Input::CheckAsked(sale) => *sale,
            Input::CopyOfOrderAsked(number) => OrderId::sale_of(number),
            Input::Scanned(scan) => scan.receipt_number().and_then(OrderId::sale_of),
            Input::Started | Input::DeadlineReached | Input::KeyPressed(_) | Input::AmountEntered(_) => None,
            Input::PersonProven(_) | Input::SignOutAsked => None,
            Input::Cleared | Input::Confirmed | Input::CancelAsked | Input::PutAside => None,
            Input::CopyByScanAsked | Input::TestPageAsked => None,
            Input::ShiftOpenAsked | Input::XReportAsked => None,
            Input::ShiftCloseAsked { .. } | Input::ZCopyAsked(_) => None,
            Input::PaperSeen { .. } | Input::Answered { .. } => None,
            Input::RefundAnswered { .. } | Input::LineProbed(_) | Input::PrintEnded { .. } => None,
            Input::PrintHindered { .. } | Input::PrinterLooked(_) | Input::ScannerIs(_) => None,
        }
    }
}

/// A key of the amount pad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PadKey {
    /// `0` to `9`.
    Digit(u8),
    /// `00`.
    DoubleZero,
    /// The decimal point.
    Point,
    /// Take the last one back.
    Backspace,
}

/// What had been asked of the gateway about an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asked {
    /// To pay.
    Pay,
    /// What became of it.
    Inquire,
    /// To undo it.
    Reverse,
}

/// Whether an exchange was completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineProof {
    /// The gateway answered something.
    Up,
    /// It did not.
    Down,
}

/// Whether a person saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Seen {
    /// The paper came out, the money went back.
    Yes,
    /// It did not.
    No,
}

/// How the printer looks before a paper is given to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// It could take a paper.
    Ready,
    /// It is not there, or does not answer.
    Away,
    /// It is there and wants a person.
    NeedsCare(Hindrance),
}

/// How a print ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrintEnding {
    /// It came out.
    Printed(PrintProof),
    /// The printer was not reached; no byte left.
    NotSent,
    /// The printer was reached and wants paper or a closed cover; no byte left.
    NeedsCare(Hindrance),
    /// Some bytes left, and no proof came.
    Unknown,
}
