//! What will happen, in the order of true time.
//!
//! Invariant: of two things at the same time the one that was put in first comes first.
//! Deliberately absent: the till's own deadlines (the core tells them).

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use quickpay_core::answer::{Answer, RefundAnswer, RefundNumber};
use quickpay_core::effect::Inquiry;
use quickpay_core::id::{AttemptId, IntentId, JobId, OrderId, RefundId};
use quickpay_core::input::{Asked, PrintEnding, Sight};

use crate::gateway::WalletAct;
use crate::refunds::Fate;

/// Most lives never have more before them.
const USUALLY_DUE: usize = 32;

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Happens {
    /// The cashier does something.
    Cashier,
    /// A request reaches the gateway.
    Arrives(Box<Request>),
    /// A reply reaches the machine.
    Replies(Call, Box<Reply>),
    /// The client has waited long enough.
    GivesUp(Call),
    /// The wallet or a payer does something.
    Wallet(usize, WalletAct),
    /// The wallet ends a refund.
    Returned(usize, Fate),
    /// The printer has ended with a paper.
    Paper(u32, JobId, PrintEnding),
    /// A look at the printer comes back.
    PrinterLooked(u32, Sight),
    /// The line changes.
    Weather,
    /// The power goes.
    PowerGoes,
    /// The power, or only the program, comes back.
    PowerComes(Boot),
    /// The wall clock is set.
    ClockJumps(i64),
    /// The machine sleeps for this long.
    Sleeps(u64),
    /// It wakes up.
    Wakes(u64),
}

/// What comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Boot {
    Same,
    New,
}

/// One exchange of one run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) run: u32,
    pub(crate) number: u32,
    pub(crate) about: About,
}

/// What an exchange is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// Only whether somebody answers.
    Line,
    Attempt(AttemptId, Asked),
    Refund(RefundId),
}

/// What came of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    Attempt(Answer),
    Refund(RefundAnswer),
}

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) call: Call,
    pub(crate) what: Wish,
}

/// What it says.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Pay { order: OrderId, minor: u64, code: String },
    Inquire(Inquiry),
    Reverse(IntentId),
    Refund { number: OrderId, intent: IntentId, minor: u64 },
    InquireRefund(RefundNumber),
    Probe,
}

#[derive(Debug)]
struct Due {
    at: u64,
    number: u64,
    what: Happens,
}

impl PartialEq for Due {
    fn eq(&self, other: &Due) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Due) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Due) -> Ordering {
        (other.at, other.number).cmp(&(self.at, self.number))
    }
}

/// The queue.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    due: BinaryHeap<Due>,
    count: u64,
}

impl Queue {
    pub(crate) fn put(&mut self, at: u64, what: Happens) {
        if self.count == 0 {
            self.due.reserve(USUALLY_DUE);
        }
        self.count += 1;
        self.due.push(Due { at, number: self.count, what });
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.due.peek().map(|due| due.at)
    }

    pub(crate) fn take(&mut self) -> Option<Happens> {
        self.due.pop().map(|due| due.what)
    }

    /// Whether the outside world still has something under way that could move money.
    pub(crate) fn world_is_still(&self) -> bool {
        !self.due.iter().any(|due| match &due.what {
            Happens::Arrives(request) => !matches!(request.what, Wish::Probe),
            Happens::Wallet(_, act) => *act != WalletAct::Close,
            Happens::Returned(..) | Happens::PowerComes(_) | Happens::Wakes(_) => true,
            Happens::Cashier | Happens::Replies(..) | Happens::GivesUp(_) => false,
            Happens::Paper(..) | Happens::PrinterLooked(..) => false,
            Happens::Weather | Happens::PowerGoes | Happens::ClockJumps(_) | Happens::Sleeps(_) => false,
        })
    }
}
