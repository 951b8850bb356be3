//! What the screen shows, as data: a pure function of the terminal, complete, in the chosen language.
//!
//! Invariant: the view never says that money moved when we do not know, and offers no act that could charge twice.
//! Deliberately absent: colours, sizes, and everything else the screen decides by the state alone.

use crate::id::{JobId, RefundId, SaleId, ShiftNumber};
use crate::money::{Currency, Money};
use crate::person::PersonName;
use crate::words::Language;

/// The one state the panel shows; the names are those of the screens contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No amount yet.
    Ready,
    /// An amount stands; a code may be scanned.
    Armed,
    /// Scanned without a line; nothing charged.
    Held,
    /// Not charged, for good.
    Expired,
    /// Sent a moment ago.
    Submitted,
    /// The payer confirms at the phone.
    AwaitingPayer,
    /// Sent, and no usable answer yet.
    Checking,
    /// Being cancelled, not confirmed.
    Reversing,
    /// In doubt for too long; a manager looks.
    AskManager,
    /// Paid.
    Approved,
    /// Not paid; the wallet refused.
    Declined,
    /// Cancelled, proven.
    Reversed,
    /// Paid after we cancelled: we owe the customer.
    RefundDue,
    /// A refund is saved and not sent.
    RefundSaved,
    /// A refund was sent and is not confirmed.
    RefundSent,
    /// All that was paid went back.
    Refunded,
    /// The last refund was refused; money was not returned.
    RefundRefused,
}

impl State {
    /// All states in the order of the screens contract.
    pub const ALL: [State; 17] = [
        State::Ready,
        State::Armed,
        State::Held,
        State::Expired,
        State::Submitted,
        State::AwaitingPayer,
        State::Checking,
        State::Reversing,
        State::AskManager,
        State::Approved,
        State::Declined,
        State::Reversed,
        State::RefundDue,
        State::RefundSaved,
        State::RefundSent,
        State::Refunded,
        State::RefundRefused,
    ];

    /// The stable name in events, reports and exports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            State::Ready => "ready",
            State::Armed => "armed",
            State::Held => "held",
            State::Expired => "expired",
            State::Submitted => "submitted",
            State::AwaitingPayer => "awaiting_payer",
            State::Checking => "checking",
            State::Reversing => "reversing",
            State::AskManager => "ask_manager",
            State::Approved => "approved",
            State::Declined => "declined",
            State::Reversed => "reversed",
            State::RefundDue => "refund_due",
            State::RefundSaved => "refund_saved",
            State::RefundSent => "refund_sent",
            State::Refunded => "refunded",
            State::RefundRefused => "refund_refused",
        }
    }
}

/// Time left of a time span, for the ring clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown {
    /// Milliseconds left.
    pub left_ms: u64,
    /// Milliseconds of the whole span, at least 1.
    pub of_ms: u64,
}

/// An act the cashier may do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Act {
    /// Type digits.
    Type,
    /// Drop the amount, or dismiss a finished sale.
    Clear,
    /// Scan a payment code.
    Scan,
    /// Give up the current attempt.
    Cancel,
    /// Ask the gateway now.
    CheckAgain,
    /// Leave this sale and serve the next customer.
    PutAside,
    /// Answer what the view asks with yes.
    Confirm,
    /// Print a marked copy of the shown sale.
    Reprint,
}

/// How what the panel shows came there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Panel {
    /// It is the business of the customer at the counter.
    Counter,
    /// The cashier looked it up: it may be somebody else's, and no customer's display shows it.
    LookedUp,
}

/// What the view asks before it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ask {
    /// The amount is above `confirm_above`.
    LargeAmount,
    /// Another sale of the same amount is in doubt: is this really a new customer?
    SameAmountInDoubt,
}

impl Ask {
    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Ask::LargeAmount => "large_amount",
            Ask::SameAmountInDoubt => "same_amount_in_doubt",
        }
    }
}

/// How a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// None is configured.
    Absent,
    /// Open and well.
    Ready,
    /// Configured, and not to be reached now.
    Away,
    /// A printer that needs paper or a closed cover.
    NeedsCare,
    /// A printer of which a person must say whether its last paper came out.
    Unknown,
}

impl Device {
    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Device::Absent => "none",
            Device::Ready => "ready",
            Device::Away => "away",
            Device::NeedsCare => "needs_care",
            Device::Unknown => "unknown",
        }
    }
}

/// How many sales are in one open state, and what is at stake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenCount {
    /// The state.
    pub state: State,
    /// What the screen calls and paints it: the state, or ASK MANAGER where a refund of it waits for a person.
    pub shown_as: State,
    /// How many sales.
    pub count: u32,
    /// Their amounts together, in minor units.
    pub sum_minor: u64,
}

/// One of the last sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentSale {
    /// Which.
    pub sale: SaleId,
    /// `14:02`.
    pub clock: String,
    /// What it was about.
    pub amount: Money,
    /// Where it stands.
    pub state: State,
    /// What the screen calls and paints it.
    pub shown_as: State,
    /// The word for that.
    pub word: String,
}

/// Who has the till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// No people are configured: it is open to all.
    Free,
    /// This person.
    SignedIn(PersonName),
    /// Nobody: one of these must sign in.
    Locked(Vec<PersonName>),
}

/// Everything the SALE screen shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// The language of all texts here.
    pub language: Language,
    /// The shop.
    pub merchant: String,
    /// This terminal.
    pub terminal: String,
    /// `14:02`.
    pub clock: String,
    /// Who has the till.
    pub access: Access,
    /// What the panel shows; [`State::Ready`] while the till is locked.
    pub state: State,
    /// What the panel calls and paints it: the state, or ASK MANAGER where a refund of the sale waits for a person.
    pub shown_as: State,
    /// Its one word.
    pub word: String,
    /// At most three lines: did money move, why, what to do now.
    pub lines: Vec<String>,
    /// The sale on the panel.
    pub sale: Option<SaleId>,
    /// How it came there.
    pub panel: Panel,
    /// A short reference for people: the order id of the latest attempt.
    pub reference: Option<String>,
    /// The amount as typed or as owed, without currency: `88.00`; `0.00` when nothing was typed.
    pub amount_text: String,
    /// The amount as owed or as parsed from the keys.
    pub amount: Option<Money>,
    /// The currency of the till.
    pub currency: Currency,
    /// The open shift, if there is one.
    pub shift: Option<ShiftNumber>,
    /// The clock on the panel, if the state has one.
    pub countdown: Option<Countdown>,
    /// Whether exchanges with the gateway can be completed.
    pub online: bool,
    /// Open sales by state, only states that occur.
    pub open: Vec<OpenCount>,
    /// The receipt printer.
    pub printer: Device,
    /// What is to be said of it, if anything.
    pub printer_line: Option<String>,
    /// The paper that a person is asked about: whether it came out is not known.
    pub paper_asked: Option<JobId>,
    /// The refunds that a person must look up at the gateway and decide, of all sales in order.
    pub refunds_asked: Vec<RefundId>,
    /// The scanner.
    pub scanner: Device,
    /// The last five sales, newest first.
    pub recent: Vec<RecentSale>,
    /// Where the customer finds the receipt of the sale on the panel, if it is paid and the shop has such a place.
    pub e_receipt: Option<String>,
    /// A question that must be answered first.
    pub asks: Option<Ask>,
    /// What may be done now, in a fixed order.
    pub acts: Vec<Act>,
    /// A short remark, such as why the last input was refused; set by the event loop, gone after some seconds.
    pub notice: Option<String>,
}

impl View {
    /// Whether an act is allowed now.
    #[must_use]
    pub fn allows(&self, act: Act) -> bool {
        self.acts.contains(&act)
    }
}
