//! The facts we decided, in the past tense: everything that outlives a power cut.
//!
//! Invariant: all durable state is a fold over records; a record never holds a payment code nor a digest of one.
//! Deliberately absent: serialisation (the store's `wire.rs` gives each record its form on disk).

use std::collections::BTreeSet;

use crate::answer::{Decline, RefundNumber, Silence};
use crate::attempt::Stray;
use crate::id::{AttemptId, Epoch, IntentId, JobId, OrderId, RefundId, SaleId, ShiftNumber, TerminalId};
use crate::money::{Currency, Money};
use crate::person::PersonName;
use crate::print::Hindrance;
use crate::shift::ShiftReport;
use crate::time::{Moment, Monotonic, WallTime};
use crate::wallet::WalletId;

/// One decision's records with their place and time: one frame of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps: the only order there is.
    pub seq: u64,
    /// When it was decided.
    pub at: Moment,
    /// What was decided, whole or not at all.
    pub records: Vec<Record>,
}

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The journal began: who this terminal is and which epoch its order ids carry. The first record of every journal.
    JournalBegan {
        /// This terminal.
        terminal: TerminalId,
        /// Part of every order id.
        epoch: Epoch,
        /// What it sells in.
        currency: Currency,
    },
    /// The program started (again) and has read the journal.
    TerminalStarted,
    /// A person proved who they are: the till is theirs until they leave.
    PersonSignedIn {
        /// Who.
        person: PersonName,
    },
    /// The till is locked until somebody signs in.
    PersonSignedOut {
        /// Who had it.
        person: PersonName,
        /// Why.
        cause: SignOutCause,
    },
    /// A sale was rung up, together with its first attempt.
    SaleOpened {
        /// The new sale.
        sale: SaleId,
        /// What the customer owes.
        amount: Money,
        /// Who rang it up; nobody where no people are configured.
        operator: Option<PersonName>,
        /// The shift it belongs to from now on, if one was open.
        shift: Option<ShiftNumber>,
    },
    /// A code was scanned while the line was down; it waits in memory until the deadline.
    AttemptHeld {
        /// The new attempt.
        attempt: AttemptId,
        /// Our name for it at the gateway.
        order: OrderId,
        /// Whose code it was.
        wallet: WalletId,
        /// Nothing is sent after this, on the clock of the entry's boot.
        submit_by: Monotonic,
        /// Who scanned it, perhaps another than who rang the sale up; nobody where no people are configured.
        operator: Option<PersonName>,
    },
    /// The request may leave from now on: the attempt is in doubt.
    AttemptSubmitted {
        /// New, or held until now.
        attempt: AttemptId,
        /// Our name for it at the gateway.
        order: OrderId,
        /// Whose code it was.
        wallet: WalletId,
        /// Nothing is sent after this.
        submit_by: Monotonic,
        /// Who scanned it.
        operator: Option<PersonName>,
    },
    /// The connection could not be made and no byte left: held again.
    AttemptNotSent {
        /// Submitted until now.
        attempt: AttemptId,
    },
    /// The deadline passed, the program restarted, or the cashier gave up before anything was sent.
    AttemptExpired {
        /// Held until now.
        attempt: AttemptId,
        /// Which of the three.
        cause: ExpiryCause,
    },
    /// The gateway named the intent of an attempt.
    IntentNamed {
        /// In doubt.
        attempt: AttemptId,
        /// The gateway's id.
        intent: IntentId,
    },
    /// No usable answer came; written once per kind in a row, for the story of the sale.
    AnswerMissed {
        /// In doubt.
        attempt: AttemptId,
        /// What was missing.
        silence: Silence,
    },
    /// The gateway refused this try in words that may be a fault of its own; the attempt stays in doubt.
    DeclineDoubted {
        /// In doubt.
        attempt: AttemptId,
        /// The gateway's reason.
        decline: Decline,
    },
    /// The gateway's answer contradicts the request; the attempt stays in doubt and someone must look.
    AnswerContradicted {
        /// In doubt.
        attempt: AttemptId,
        /// What differs.
        contradiction: Contradiction,
    },
    /// A later answer agrees with the request again: what contradicted it was passing.
    AnswerAgreed {
        /// In doubt.
        attempt: AttemptId,
    },
    /// The gateway waits for the payer at the phone.
    PayerAwaited {
        /// Submitted until now.
        attempt: AttemptId,
    },
    /// The gateway says paid, and amount, currency and order agree.
    AttemptApproved {
        /// In doubt until now.
        attempt: AttemptId,
        /// The gateway's id.
        intent: IntentId,
        /// The wallet's own number, if told.
        wallet_reference: Option<String>,
    },
    /// The gateway says no, and nothing is left open.
    AttemptDeclined {
        /// In doubt until now.
        attempt: AttemptId,
        /// Why.
        decline: Decline,
    },
    /// The attempt is to be undone; owed until proven.
    ReversalOwed {
        /// In doubt.
        attempt: AttemptId,
        /// Why we do not want it.
        cause: ReversalCause,
    },
    /// The attempt is proven undone.
    AttemptReversed {
        /// Reversing until now.
        attempt: AttemptId,
        /// What proves it.
        proof: ReversalProof,
    },
    /// No money came by the end of the longest time in which a wallet could still take it: nothing more is asked.
    WatchEnded {
        /// Declined or reversed, and watched until now.
        attempt: AttemptId,
    },
    /// The gateway says that money came for an attempt that was given up, or beside the payment of one that is paid, and it
    /// is not what was asked for: an alarm.
    StrayMoneyTold {
        /// Declined, reversed or approved.
        attempt: AttemptId,
        /// What came.
        stray: Stray,
    },
    /// The gateway says otherwise of that money now: the alarm is over.
    StrayMoneyTakenBack {
        /// With an alarm until now.
        attempt: AttemptId,
    },
    /// A person has put it right at the gateway: the alarm is over, and nothing more is asked.
    StrayMoneyPutRight {
        /// With an alarm until now.
        attempt: AttemptId,
        /// Who says so.
        seen_by: Option<PersonName>,
    },
    /// Money arrived for an attempt that was cancelled: it belongs to the customer.
    RefundOwed {
        /// Reversing or reversed.
        attempt: AttemptId,
        /// The gateway's id.
        intent: IntentId,
        /// What came.
        amount: Money,
    },
    /// Money is to go back; its number is fixed from here on.
    RefundSaved {
        /// The new refund.
        refund: RefundId,
        /// Our number for it at the gateway, which is also the idempotency key.
        number: OrderId,
        /// The attempt whose money it is.
        attempt: AttemptId,
        /// The intent that holds the money.
        intent: IntentId,
        /// How much.
        amount: Money,
        /// Why, in the words of whoever asked.
        reason: String,
        /// Who asked for it; nobody where no people are configured.
        operator: Option<PersonName>,
        /// Who allowed it; nobody where no people are configured.
        approver: Option<PersonName>,
    },
    /// The request may leave from now on.
    RefundSent {
        /// Saved until now.
        refund: RefundId,
    },
    /// The connection could not be made and no byte left: saved again.
    RefundNotSent {
        /// Sent until now.
        refund: RefundId,
    },
    /// The gateway named the refund.
    RefundNamed {
        /// Sent.
        refund: RefundId,
        /// The gateway's id.
        id: RefundNumber,
    },
    /// No usable answer came; written once per kind in a row.
    RefundMissed {
        /// Sent.
        refund: RefundId,
        /// What was missing.
        silence: Silence,
    },
    /// The gateway says that the money goes back, or a person saw that it did.
    RefundConfirmed {
        /// Sent until now.
        refund: RefundId,
        /// Who saw it, where the gateway could not tell.
        seen_by: Option<PersonName>,
    },
    /// The gateway says that it does not, or a person saw that it did not.
    RefundRefused {
        /// Sent until now.
        refund: RefundId,
        /// Its words.
        words: String,
        /// Who saw it, where the gateway could not tell.
        seen_by: Option<PersonName>,
    },
    /// It was taken back before it was sent.
    RefundWithdrawn {
        /// Saved until now.
        refund: RefundId,
    },
    /// The cashier left the sale as it is and serves the next customer.
    SalePutAside {
        /// The sale.
        sale: SaleId,
    },
    /// The cashier took the sale up again.
    SaleResumed {
        /// The sale.
        sale: SaleId,
    },
    /// A shift began.
    ShiftOpened {
        /// The next number.
        shift: ShiftNumber,
        /// Who opened it; nobody where no people are configured.
        operator: Option<PersonName>,
    },
    /// The open shift ended, with these figures and this hand-over list.
    ShiftClosed {
        /// Its Z report.
        report: Box<ShiftReport>,
    },
    /// A paper is owed.
    PrintQueued {
        /// The new job.
        job: JobId,
        /// The attempt it is about.
        attempt: AttemptId,
        /// Original or which copy.
        copy: Copy,
        /// Who ordered it, or whose sale it prints with.
        operator: Option<PersonName>,
    },
    /// A paper is owed that is not a receipt.
    SlipQueued {
        /// The new job.
        job: JobId,
        /// What it says.
        slip: Slip,
        /// Original or which copy.
        copy: Copy,
        /// Who ordered it, or who was signed in when it became due.
        operator: Option<PersonName>,
    },
    /// It was no longer true before any byte of it left: it will not be printed.
    PrintWithdrawn {
        /// Queued until now.
        job: JobId,
    },
    /// Bytes may reach the printer from now on.
    PrintStarted {
        /// Queued until now.
        job: JobId,
    },
    /// The printer stopped in the middle of it and waits for a person.
    PrintInterrupted {
        /// Under way.
        job: JobId,
        /// What the printer wants.
        why: Hindrance,
    },
    /// The printer could not be reached and no byte left: queued again.
    PrintNotSent {
        /// Started until now.
        job: JobId,
    },
    /// The paper came out.
    PrintFinished {
        /// Started or unknown until now.
        job: JobId,
        /// How we know.
        proof: PrintProof,
        /// Who saw it, where a person had to look.
        seen_by: Option<PersonName>,
    },
    /// It cannot be known whether the paper came out; a person must look.
    PrintUnknown {
        /// Started until now.
        job: JobId,
    },
    /// A person looked: no paper came out.
    PrintMissing {
        /// Unknown until now.
        job: JobId,
        /// Who looked, where people are configured.
        seen_by: Option<PersonName>,
    },
}

/// Whom a record is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The terminal itself.
    Terminal,
    /// A sale.
    Sale(SaleId),
    /// A sale, and the job of a paper about it that begins here.
    NewJob(JobId, SaleId),
    /// A paper, by its job alone.
    Job(JobId),
}

impl Subject {
    /// The sale, if it is about one.
    #[must_use]
    pub fn sale(self) -> Option<SaleId> {
        match self {
            Subject::Sale(sale) | Subject::NewJob(_, sale) => Some(sale),
            Subject::Terminal | Subject::Job(_) => None,
        }
    }
}

/// The records about a sale and its papers, in order, each with the time of its entry.
#[must_use]
pub fn records_of(id: SaleId, entries: &[Entry]) -> Vec<(WallTime, &Record)> {
    let mut papers = BTreeSet::new();
    let mut records = Vec::new();
    for entry in entries {
        for record in &entry.records {
            let mine = match record.subject() {
                Subject::Sale(sale) => sale == id,
                Subject::NewJob(job, sale) => sale == id && papers.insert(job),
                Subject::Job(job) => papers.contains(&job),
                Subject::Terminal => false,
            };
            if mine {
                records.push((entry.at.wall, record));
            }
        }
    }
    records
}

impl Record {
    /// Whom it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Record::JournalBegan { .. } | Record::TerminalStarted => Subject::Terminal,
            Record::PersonSignedIn { .. } | Record::PersonSignedOut { .. } => Subject::Terminal,
            Record::ShiftOpened { .. } | Record::ShiftClosed { .. } => Subject::Terminal,
            Record::SaleOpened { sale, .. }
            | Record::SalePutAside { sale }
            | Record::SaleResumed { sale } => Subject::Sale(*sale),
            Record::AttemptHeld { attempt, .. }
            | Record::AttemptSubmitted { attempt, .. }
            | Record::AttemptNotSent { attempt }
            | Record::AttemptExpired { attempt, .. }
            | Record::IntentNamed { attempt, .. }
            | Record::AnswerMissed { attempt, .. }
            | Record::DeclineDoubted { attempt, .. }
            | Record::AnswerContradicted { attempt, .. }
            | Record::AnswerAgreed { attempt }
            | Record::PayerAwaited { attempt }
            | Record::AttemptApproved { attempt, .. }
            | Record::AttemptDeclined { attempt, .. }
            | Record::ReversalOwed { attempt, .. }
            | Record::AttemptReversed { attempt, .. }
            | Record::WatchEnded { attempt }
            | Record::StrayMoneyTold { attempt, .. }
            | Record::StrayMoneyTakenBack { attempt }
            | Record::StrayMoneyPutRight { attempt, .. }
            | Record::RefundOwed { attempt, .. } => Subject::Sale(attempt.sale),
            Record::RefundSaved { refund, .. }
            | Record::RefundSent { refund }
            | Record::RefundNotSent { refund }
            | Record::RefundNamed { refund, .. }
            | Record::RefundMissed { refund, .. }
            | Record::RefundConfirmed { refund, .. }
            | Record::RefundRefused { refund, .. }
            | Record::RefundWithdrawn { refund } => Subject::Sale(refund.sale),
            Record::PrintQueued { job, attempt, .. } => Subject::NewJob(*job, attempt.sale),
            Record::SlipQueued { job, slip, .. } => {
                slip.sale().map_or(Subject::Terminal, |sale| Subject::NewJob(*job, sale))
            }
            Record::PrintWithdrawn { job }
            | Record::PrintStarted { job }
            | Record::PrintInterrupted { job, .. }
            | Record::PrintNotSent { job }
            | Record::PrintFinished { job, .. }
            | Record::PrintUnknown { job }
            | Record::PrintMissing { job, .. } => Subject::Job(*job),
        }
    }
}

/// Why a held attempt ended unsent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpiryCause {
    /// The submit deadline passed.
    Deadline,
    /// The code was lost with the program's memory.
    Restart,
    /// The cashier gave up.
    Cashier,
    /// The cashier signed out, and the code was wiped.
    SignOut,
}

/// Why the till was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignOutCause {
    /// The person left.
    Asked,
    /// The program started anew: who has the till now is not known.
    Restart,
}

/// Why an attempt is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReversalCause {
    /// The cashier cancelled.
    Cashier,
    /// The payment window ended without an outcome.
    WindowOver,
    /// The gateway declined and left the intent open.
    Declined(Decline),
}

/// What proves that an attempt is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReversalProof {
    /// The gateway reports the intent as canceled.
    Canceled,
    /// Several spread searches past the window found no intent under our order id.
    NeverCreated,
}

/// How an answer contradicts its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Contradiction {
    /// Another amount.
    Amount,
    /// Another currency.
    Currency,
    /// Another order id, or another intent than the one we know.
    Order,
    /// Test money for a live till, or the reverse.
    Mode,
    /// The gateway no longer knows the intent.
    Unknown,
}

/// Whether a paper is the original or a marked copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Copy {
    /// The first paper.
    Original,
    /// Copy number, from 1.
    Number(u16),
}

/// A paper that is not a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slip {
    /// An attempt is in doubt; true only as long as it is.
    Pending(AttemptId),
    /// An attempt ended without a payment that we keep.
    Reversal(AttemptId),
    /// Money went back, confirmed.
    Refund(RefundId),
    /// What this printer makes of our papers; about no sale.
    Test,
    /// The figures of the open shift when it was asked for; about no sale.
    X(ShiftNumber),
    /// The figures of a closed shift; about no sale.
    Z(ShiftNumber),
}

impl Slip {
    /// The sale it is about.
    #[must_use]
    pub fn sale(self) -> Option<SaleId> {
        match self {
            Slip::Pending(attempt) | Slip::Reversal(attempt) => Some(attempt.sale),
            Slip::Refund(refund) => Some(refund.sale),
            Slip::Test | Slip::X(_) | Slip::Z(_) => None,
        }
    }
}

/// How we know that a paper came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrintProof {
    /// The printer said so, in order.
    Answered,
    /// All bytes were taken; this printer cannot say more.
    Sent,
    /// A person looked.
    Seen,
}

impl PrintProof {
    /// The stable name in events.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            PrintProof::Answered => "answered",
            PrintProof::Sent => "sent",
            PrintProof::Seen => "seen",
        }
    }
}
