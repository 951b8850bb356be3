//! What the event loop tells its listeners: the window, the headless protocol, the demo.
//!
//! Invariant: everything here can be shown to anybody; no payment code and no key is part of it.

use quickpay_core::document::DocumentKind;
use quickpay_core::id::{JobId, OrderId, RefundId, SaleId};
use quickpay_core::money::Currency;
use quickpay_core::page::Page;
use quickpay_core::print::PrintStage;
use quickpay_core::record::Copy;
use quickpay_core::shift::ShiftReport;
use quickpay_core::time::WallTime;
use quickpay_core::view::{State, View};

use crate::arrival::ShiftAct;

/// A request's own mark, echoed with its answer; opaque to the loop.
pub type Tag = serde_json::Value;

/// Whether a list has all that belongs there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All.
    Whole,
    /// Only what is at hand: the lists of the past are being made anew.
    Incomplete,
}

/// Something to tell.
#[derive(Debug, Clone)]
pub enum Happening {
    /// Devices are opened and the journal is read; requests may be sent.
    Ready {
        /// Which terminal.
        terminal: String,
    },
    /// What the screen shows now.
    View(Box<View>, Option<Tag>),
    /// Which screen stands beside SALE, and what it shows; none when SALE alone is shown.
    Page(Option<Box<Page>>),
    /// A sale changed, or was asked for.
    Sale(SaleLine, Option<Tag>),
    /// One sale with its story, as asked for.
    Story(SaleLine, Vec<StoryLine>, Option<Tag>),
    /// Sales, newest first, as asked for.
    List(Vec<SaleLine>, Completeness, Option<Tag>),
    /// A shift was opened, looked at or closed, as asked for.
    Shift(Box<ShiftLine>, Option<Tag>),
    /// An input was not allowed; nothing changed.
    Refused {
        /// The stable name of the reason.
        reason: &'static str,
        /// What the screen says.
        message: String,
        /// Of the request that was refused.
        tag: Option<Tag>,
    },
    /// A paper changed.
    Receipt(ReceiptLine),
    /// Something is wrong with the machine or the request.
    Error {
        /// What, and what to do.
        message: String,
        /// Of the request, if there was one.
        tag: Option<Tag>,
    },
}

/// One sale in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleLine {
    /// Which.
    pub sale: SaleId,
    /// The order id of its latest attempt.
    pub order: OrderId,
    /// Where it stands.
    pub state: State,
    /// The latest attempt, such as `S0001a`.
    pub attempt: String,
    /// What is owed, in minor units.
    pub amount_minor: u64,
    /// In this currency.
    pub currency: Currency,
    /// What went back, in minor units.
    pub refunded_minor: u64,
    /// Its refunds that a person must look up at the gateway and decide.
    pub refunds_asked: Vec<RefundId>,
    /// The gateway's id, once known.
    pub intent: Option<String>,
    /// When it was rung up.
    pub opened_at: WallTime,
}

/// One fact of a sale's story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoryLine {
    /// When.
    pub at: WallTime,
    /// What, in the words of the screen.
    pub record: String,
}

/// The figures of a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShiftLine {
    /// What was asked for.
    pub act: ShiftAct,
    /// Its figures at that moment.
    pub report: ShiftReport,
}

/// One paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptLine {
    /// About which sale; a test page is about none.
    pub sale: Option<SaleId>,
    /// Its job.
    pub job: JobId,
    /// What kind of paper.
    pub kind: DocumentKind,
    /// Original or which copy.
    pub copy: Copy,
    /// Where it is.
    pub stage: PrintStage,
    /// What it says.
    pub text: String,
}
