//! The watcher's own book: what was scanned, what left, what was queued; and the checks of each effect that leaves.
//!
//! Invariant: written from what the harness did and saw, never from the core's state.
//! Deliberately absent: the money (`invariants.rs`).

use std::collections::VecDeque;

use quickpay_core::attempt::{Phase, Standing};
use quickpay_core::document::{Document, DocumentKind, Line};
use quickpay_core::id::{AttemptId, OrderId, RefundId};
use quickpay_core::input::{Asked, Input};
use quickpay_core::ledger::Ledger;
use quickpay_core::person::PersonName;
use quickpay_core::print::{PrintJob, Sheet};
use quickpay_core::record::{Copy, ReversalCause, Slip};
use quickpay_core::refund::RefundPhase;
use quickpay_core::terminal::Terminal;

use crate::conditions::{Condition, Conditions};
use crate::gateway::{Gateway, Stand};
use crate::money_back::Numbered;
use crate::queue::{About, Call};
use crate::till::{REVERSE_NOT_BEFORE_MS, SUBMIT_DEADLINE_MS};

/// Which invariant broke, and what was seen.
pub(crate) type Checked = Result<(), (u8, String)>;

/// Questions under way at once (the core's own limit, from the wallets' rate).
const MOST_IN_FLIGHT: usize = 8;

/// The wallets' limit (quick-pay rules, section 3: fewer than 30 a second).
const MOST_A_SECOND: usize = 29;

/// What an input was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The gateway's word about an attempt.
    Answered(AttemptId),
    /// The gateway's word about a refund.
    Refund(RefundId),
    /// A person looked for a refund in the gateway's own list.
    Looked(RefundId),
    /// A person wants money to go back.
    RefundAsked,
    /// Anything else: people, clocks, paper.
    Other,
}

impl Origin {
    pub(crate) fn of(input: &Input) -> Origin {
        match input {
            Input::Answered { attempt, .. } => Origin::Answered(*attempt),
            Input::RefundAnswered { refund, .. } => Origin::Refund(*refund),
            Input::RefundSeen { refund, .. } => Origin::Looked(*refund),
            Input::RefundAsked { .. } => Origin::RefundAsked,
            _ => Origin::Other,
        }
    }
}

/// A payment request that is about to leave.
#[derive(Debug)]
pub(crate) struct Paying<'a> {
    pub(crate) attempt: AttemptId,
    pub(crate) order: &'a OrderId,
    pub(crate) minor: u64,
    pub(crate) code: Option<usize>,
    pub(crate) now: u64,
}

/// What the watch knows of an attempt, on its own account.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) id: AttemptId,
    pub(crate) code: usize,
    pub(crate) scanned_at: u64,
    pub(crate) submitted_at: Option<u64>,
    /// Payment requests that may have left.
    pub(crate) sends: u32,
    pub(crate) stage: Stage,
}

/// The phases without their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Held,
    Expired,
    Submitted,
    Awaiting,
    Reversing,
    Reversed,
    Declined,
    Approved,
}

impl Stage {
    pub(crate) fn of(phase: &Phase) -> Stage {
        match phase {
            Phase::Held => Stage::Held,
            Phase::Expired { .. } => Stage::Expired,
            Phase::Submitted(_) => Stage::Submitted,
            Phase::AwaitingPayer(_) => Stage::Awaiting,
            Phase::Reversing { .. } => Stage::Reversing,
            Phase::Approved { .. } => Stage::Approved,
            Phase::Declined { .. } => Stage::Declined,
            Phase::Reversed { .. } => Stage::Reversed,
        }
    }

    /// The picture of the architecture document, with the edge for "not sent" (wire contract, section 12).
    pub(crate) fn may_become(self, next: Stage) -> bool {
        use Stage::{Approved, Awaiting, Declined, Expired, Held, Reversed, Reversing, Submitted};
        match self {
            _ if self == next => true,
            Held => matches!(next, Expired | Submitted),
            Submitted => matches!(next, Held | Expired | Awaiting | Approved | Declined | Reversing),
            Awaiting => matches!(next, Approved | Declined | Reversing),
            Reversing => matches!(next, Reversed | Declined | Expired),
            Expired | Reversed | Declined | Approved => false,
        }
    }
}

/// The watcher's own book.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Who has the till, by the records of who came and went.
    pub(crate) signed_in: Option<PersonName>,
    /// Who proves to be somebody just now.
    pub(crate) proven: Option<PersonName>,
    /// Who may approve; where there is none, nobody need sign in.
    pub(crate) manager: Option<PersonName>,
    /// The code under the scanner, and since when.
    pub(crate) scanning: Option<(usize, u64)>,
    /// The cashier said that a same amount is a new customer.
    pub(crate) confirmed: bool,
    /// Payment requests that will still arrive: order, code, when.
    pub(crate) in_air: Vec<(OrderId, Option<usize>, u64)>,
    pub(crate) seen: Vec<Seen>,
    /// Codes that left in this run.
    pub(crate) spent: Vec<(usize, AttemptId, u64)>,
    /// When the last questions left.
    asked: VecDeque<u64>,
    pub(crate) opened: usize,
    pub(crate) approved_minor: u64,
    pub(crate) refunds: usize,
    /// Refunds that left, with the number they left under.
    pub(crate) numbered: Vec<Numbered>,
    pub(crate) returned_minor: u64,
    pub(crate) originals: Vec<AttemptId>,
    pub(crate) checked_changes: u64,
    pub(crate) checked_seq: u64,
    pub(crate) checked_papers: usize,
    /// How often the invariants were put to the test.
    pub(crate) met: Conditions,
}

impl Watch {
    /// The program ended: its memory of codes is gone.
    pub(crate) fn forget_run(&mut self) {
        self.spent.clear();
        self.confirmed = false;
    }

    pub(crate) fn code_of(&self, attempt: AttemptId) -> Option<usize> {
        self.seen.iter().find(|seen| seen.id == attempt).map(|seen| seen.code)
    }

    pub(crate) fn last_paying(&self) -> Option<AttemptId> {
        self.seen.iter().rev().find(|seen| seen.sends > 0).map(|seen| seen.id)
    }

    pub(crate) fn seen_mut(&mut self, attempt: AttemptId) -> Option<&mut Seen> {
        self.seen.iter_mut().find(|seen| seen.id == attempt)
    }

    /// The connection was never made.
    pub(crate) fn not_sent(&mut self, call: &Call) {
        if let About::Refund(refund) = call.about {
            return self.refund_not_sent(refund);
        }
        let About::Attempt(attempt, Asked::Pay) = call.about else { return };
        self.spent.retain(|(_, known, _)| *known != attempt);
        if let Some(seen) = self.seen_mut(attempt) {
            seen.sends = seen.sends.saturating_sub(1);
        }
    }

    /// 5, 6: a payment request is about to leave.
    pub(crate) fn paying(&mut self, paying: &Paying<'_>, ledger: &Ledger) -> Checked {
        let Paying { attempt: id, order, minor, code, now } = paying;
        let Some((sale, attempt)) = ledger.attempt(*id) else {
            return Err((5, format!("{id} pays and is not recorded")));
        };
        if !matches!(attempt.phase, Phase::Submitted(_)) {
            return Err((5, format!("{id} pays and is {:?}", Stage::of(&attempt.phase))));
        }
        if attempt.order != **order || sale.amount.minor() != *minor {
            return Err((7, format!("{id} asks for another order or amount than recorded")));
        }
        let Some(code) = *code else { return Err((5, format!("{id} pays with a code nobody showed"))) };
        let reused = self
            .spent
            .iter()
            .any(|(known, other, at)| *known == code && other != id && now.saturating_sub(*at) < 300_000);
        if reused {
            return Err((5, format!("{id} pays with a code that served another attempt")));
        }
        self.spent.push((code, *id, *now));
        self.met.met(Condition::PaymentLeft);
        let Some(seen) = self.seen_mut(*id) else { return Err((5, format!("{id} was never scanned"))) };
        seen.sends += 1;
        if seen.sends > 1 {
            return Err((5, format!("{id} pays {} times", seen.sends)));
        }
        if seen.code != code {
            return Err((5, format!("{id} pays with another code than was scanned for it")));
        }
        if now.saturating_sub(seen.scanned_at) >= SUBMIT_DEADLINE_MS {
            return Err((6, format!("{id} leaves {} ms after its scan", now - seen.scanned_at)));
        }
        Ok(())
    }

    /// 6: no code is held past its deadline in true time, however long the machine slept.
    pub(crate) fn held_in_time(&self, now: u64) -> Checked {
        let late = |seen: &&Seen| seen.stage == Stage::Held && now >= seen.scanned_at + SUBMIT_DEADLINE_MS;
        match self.seen.iter().find(late) {
            Some(seen) => {
                Err((6, format!("{} is held {} ms after its scan", seen.id, now - seen.scanned_at)))
            }
            None => Ok(()),
        }
    }

    /// 6: a reversal is about to leave; an unknown outcome waits for the wallet's floor.
    pub(crate) fn reversing(&mut self, id: AttemptId, ledger: &Ledger, now: u64) -> Checked {
        let Some((_, attempt)) = ledger.attempt(id) else {
            return Err((3, format!("{id} is reversed and not recorded")));
        };
        let Phase::Reversing { cause, .. } = &attempt.phase else {
            return Err((3, format!("{id} is reversed and no reversal is owed")));
        };
        let sent = self.seen.iter().find(|seen| seen.id == id).and_then(|seen| seen.submitted_at);
        let waited = now.saturating_sub(sent.unwrap_or(now));
        let unknown = !matches!(cause, ReversalCause::Declined(_));
        self.met.met_if(unknown, Condition::ReversalFloor);
        match cause {
            ReversalCause::Declined(_) => Ok(()),
            ReversalCause::Cashier | ReversalCause::WindowOver if waited >= REVERSE_NOT_BEFORE_MS => Ok(()),
            ReversalCause::Cashier | ReversalCause::WindowOver => {
                Err((6, format!("{id} is reversed {waited} ms after it was sent")))
            }
        }
    }

    /// 5: one question an attempt is under way, and few over all.
    pub(crate) fn asking(&mut self, call: Call, open: &[Call], now: u64) -> Checked {
        if call.about == About::Line {
            return Ok(());
        }
        let about = |call: &Call| match call.about {
            About::Line => None,
            About::Attempt(attempt, _) => Some((Some(attempt), None)),
            About::Refund(refund) => Some((None, Some(refund))),
        };
        let gateway_calls = || open.iter().filter_map(about);
        if gateway_calls().any(|other| Some(other) == about(&call)) {
            return Err((5, format!("two questions about {:?} are under way", call.about)));
        }
        if gateway_calls().count() > MOST_IN_FLIGHT {
            return Err((5, "too many questions are under way".to_owned()));
        }
        self.asked.push_back(now);
        if self.asked.len() > MOST_A_SECOND {
            let first = self.asked.pop_front().unwrap_or(0);
            if now < first + 1000 {
                return Err((5, format!("{MOST_A_SECOND} questions in {} ms", now - first)));
            }
        }
        Ok(())
    }

    /// 11: a paper is about to leave.
    pub(crate) fn printing(
        &self,
        job: &PrintJob,
        kind: DocumentKind,
        document: &Document,
        till: &Terminal,
        gateway: &Gateway,
    ) -> Checked {
        let id = job.id;
        let attempt = match job.sheet {
            Sheet::Receipt(attempt) => attempt,
            Sheet::Slip(slip) => return slip_is_true(job, slip, document, till.ledger()),
        };
        let Some((sale, attempt)) = till.ledger().attempt(attempt) else {
            return Err((11, format!("{id} prints about nothing")));
        };
        let marked = match job.copy {
            Copy::Original => DocumentKind::Receipt,
            Copy::Number(_) => DocumentKind::Copy,
        };
        let first_line = |line: &Line| matches!(line, Line::Text { text, .. } if text.starts_with("COPY"));
        let says_copy = document.lines.first().is_some_and(first_line);
        if kind != marked || says_copy != (marked == DocumentKind::Copy) {
            return Err((11, format!("{id} is {marked:?} and prints as {kind:?}")));
        }
        if attempt.phase.standing() != Standing::Paid
            || !gateway.of_order(&attempt.order).any(|intent| intent.stand == Stand::Succeeded)
        {
            return Err((11, format!("{id} prints a receipt of what is not paid")));
        }
        let (amount, order) = (sale.amount.to_string(), attempt.order.as_str());
        let says = |wanted: &str| {
            document.lines.iter().any(|line| match line {
                Line::Pair { value, .. } => value == wanted,
                Line::Barcode(text) => text == wanted,
                Line::Text { .. } | Line::Rule | Line::Space | Line::Qr(_) | Line::Logo => false,
            })
        };
        let agrees = says(&amount) && says(order);
        if agrees { Ok(()) } else { Err((11, format!("{id} prints other figures than the journal's"))) }
    }
}

/// 11: a slip says at its head what it is, and what it says is so at the moment it leaves.
fn slip_is_true(job: &PrintJob, slip: Slip, document: &Document, ledger: &Ledger) -> Checked {
    let id = job.id;
    let is_headed = |words: &str| {
        document.lines.iter().any(|line| matches!(line, Line::Text { text, .. } if text.contains(words)))
    };
    let standing = |attempt| ledger.attempt(attempt).map(|(_, attempt)| attempt.phase.standing());
    let is_true = match slip {
        Slip::Pending(attempt) => {
            standing(attempt) == Some(Standing::InDoubt) && is_headed("PENDING - NOT A RECEIPT")
        }
        Slip::Reversal(attempt) => {
            let sale = ledger.sale(attempt.sale);
            let heads: &[&str] = match sale {
                Some(sale) if sale.stray().is_some() => &["PENDING - NOT A RECEIPT", "REFUND DUE"],
                Some(sale) if !sale.refunds_owed.is_empty() => {
                    &["REFUND DUE", "REFUND WAITING", "REFUND IN PROGRESS", "REFUNDED"]
                }
                Some(_) | None => &["NOT PAID"],
            };
            standing(attempt) == Some(Standing::Clear) && heads.iter().any(|head| is_headed(head))
        }
        Slip::Refund(refund) => {
            let known = ledger.sale(refund.sale).and_then(|sale| sale.refund(refund));
            known.is_some_and(|refund| refund.phase == RefundPhase::Confirmed) && is_headed("REFUND")
        }
        Slip::Test => is_headed("NOT A RECEIPT"),
        Slip::X(_) => document.kind == DocumentKind::X && is_headed("X REPORT"),
        Slip::Z(shift) => {
            let closed = ledger.shifts().closed.contains_key(&shift);
            closed && document.kind == DocumentKind::Z && is_headed("Z REPORT")
        }
    };
    let marked = match job.copy {
        Copy::Original => !is_headed("COPY"),
        Copy::Number(_) => is_headed("COPY"),
    };
    if is_true && marked {
        return Ok(());
    }
    Err((11, format!("{id} is {slip:?} ({:?}) and is not so: {:?}", job.copy, document.lines)))
}
