//! What reaches the event loop: inputs of devices and workers, and requests of people and programs.

use quickpay_core::id::SaleId;
use quickpay_core::input::Input;
use quickpay_core::person::PersonName;
use quickpay_core::words::Language;
use quickpay_drivers::scanner::{Discard, Loss};

use quickpay_store::{Checked, FrontEnd, RebuildEnd};

use crate::happening::Tag;
use crate::headless::BadRequest;
use crate::pin::Pin;
use crate::typing::Meant;

/// One thing on the loop's queue.
#[derive(Debug)]
pub enum Arrival {
    /// A device or a worker has something for the core.
    Happened(Input),
    /// A worker is done; its input comes with it, so that a stop can wait for it.
    Done(Input),
    /// A person or a program asks.
    Asked(Request, Option<Tag>),
    /// A program sent a line that is no request; it is answered in its turn.
    NotUnderstood(BadRequest),
    /// A key was pressed in the window, perhaps by a scanner.
    Key(String),
    /// A scanner read something that is no whole scan.
    Discarded(Discard),
    /// A scanner cannot be read, and why.
    ScannerLost(Loss),
    /// The check in the background is done.
    Checked(Checked),
    /// The rest of the newest segment was read, or could not be.
    FrontRead(FrontEnd),
    /// The lists of the past were made anew, or could not be.
    Rebuilt(RebuildEnd),
    /// A PIN was compared and is that of these people.
    PinChecked(Vec<PersonName>),
    /// Something was touched in the window, or typed where no scanner types.
    Touched(Meant),
    /// Stop, in order.
    Quit,
}

/// What can be asked.
#[derive(Debug)]
pub enum Request {
    /// Something for the core to decide.
    Do(Input),
    /// This person wants the till and gave this PIN.
    SignIn(String, Pin),
    /// Something about money that needs a manager where people are configured.
    Money(MoneyWish),
    /// Show the view, changed or not.
    View,
    /// Print a marked copy of the last receipt.
    CopyOfLast,
    /// Tell one sale's story.
    Sale(SaleId),
    /// List sales, newest first.
    List(Which),
    /// Something about shifts; answered with the figures.
    Shift(ShiftAct),
    /// Show another language.
    Language(Language),
}

/// A refund, or a word about money that the gateway cannot tell about, as a person asks for it.
#[derive(Debug)]
pub struct MoneyWish {
    /// What for the core to decide, approved by nobody yet.
    pub act: Input,
    /// Whose PIN it is; `None` is any manager's.
    pub approver: Option<String>,
    /// Needed where people are configured.
    pub pin: Option<Pin>,
}

/// What can be asked about shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftAct {
    /// Begin one.
    Open,
    /// Look at the figures so far, and print them.
    Look,
    /// End it, and print its figures.
    Close,
}

/// Which sales a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those about which somebody still has to do something.
    Open,
}
