//! What the cashier does: amounts, clearing, cancelling, putting aside, asking again.
//!
//! Invariant: no act here sends money's request twice, and none drops a sale that is in doubt.
//! Deliberately absent: scans (`scan.rs`) and everything the world answers (`judge.rs`).

use crate::attempt::{Phase, Standing};
use crate::decision::Decision;
use crate::desk::{LineStanding, Note, Poll, RefundPoll, Step};
use crate::effect::Effect;
use crate::id::{JobId, SaleId};
use crate::input::{Asked, PadKey, Seen};
use crate::money::{AmountError, Money};
use crate::print::PrintStage;
use crate::record::{ExpiryCause, PrintProof, Record, ReversalCause};
use crate::refund::RefundPhase;
use crate::refusal::Refusal;
use crate::sale::{Place, Sale};
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::view::Ask;

impl Terminal {
    /// The amount on the keys, if it is one.
    pub(crate) fn entered(&self) -> Result<Money, AmountError> {
        Money::parse(self.desk.entry.trim_end_matches('.'), self.settings.currency)
    }

    /// What must be answered before the entered amount is armed.
    pub(crate) fn asks(&self) -> Option<Ask> {
        let amount = self.entered().ok()?;
        let large = self.settings.confirm_above.is_some_and(|limit| amount > limit);
        let same = || {
            let in_doubt = |sale: &Sale| sale.amount == amount && sale.standing() == Standing::InDoubt;
            self.ledger.open_sales().any(in_doubt)
        };
        let unanswered = |ask: &Ask| !self.desk.confirmed.contains(ask);
        let large = large.then_some(Ask::LargeAmount).filter(unanswered);
        large.or_else(|| same().then_some(Ask::SameAmountInDoubt).filter(unanswered))
    }

    pub(crate) fn shown_sale(&self) -> Option<&Sale> {
        self.desk.shown.and_then(|id| self.ledger.sale(id))
    }

    /// Digits start the next sale, unless the sale at hand still needs the panel.
    pub(crate) fn refuse_unless_panel_is_free(&self) -> Result<(), Refusal> {
        let Some(sale) = self.shown_sale() else { return Ok(()) };
        let held = sale.latest().is_some_and(|attempt| attempt.phase == Phase::Held);
        match sale.standing() {
            Standing::InDoubt => Err(Refusal::AttemptInDoubt),
            Standing::Clear if held => Err(Refusal::AttemptHeld),
            Standing::Clear | Standing::Paid => Ok(()),
        }
    }

    fn enter(entry: String) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Entry(entry));
        decision.note(Note::Shown(None));
        decision
    }

    pub(crate) fn key_pressed(&self, key: PadKey) -> Result<Decision, Refusal> {
        self.refuse_unless_panel_is_free()?;
        let before = if self.desk.shown.is_none() { self.desk.entry.as_str() } else { "" };
        let mut entry = before.to_owned();
        match key {
            PadKey::Digit(digit) => entry.push(char::from(b'0' + digit.min(9))),
            PadKey::DoubleZero => entry.push_str("00"),
            PadKey::Point if entry.contains('.') => return Err(AmountError::NotANumber.into()),
            PadKey::Point if self.settings.currency.exponent() == 0 => {
                return Err(AmountError::TooManyDecimals { currency: self.settings.currency }.into());
            }
            PadKey::Point => entry.push_str(if entry.is_empty() { "0." } else { "." }),
            PadKey::Backspace => {
                entry.pop();
            }
        }
        let entry = without_leading_zeros(&entry);
        match Money::parse(entry.trim_end_matches('.'), self.settings.currency) {
            Ok(_) | Err(AmountError::Zero) => Ok(Self::enter(entry)),
            Err(AmountError::NotANumber) if entry.is_empty() => Ok(Self::enter(entry)),
            Err(refusal) => Err(refusal.into()),
        }
    }

    pub(crate) fn amount_entered(&self, text: &str) -> Result<Decision, Refusal> {
        self.refuse_unless_panel_is_free()?;
        let amount = Money::parse(text, self.settings.currency)?;
        Ok(Self::enter(amount.decimal()))
    }

    pub(crate) fn cleared(&self) -> Result<Decision, Refusal> {
        let mut decision = Decision::default();
        if let Some(sale) = self.shown_sale() {
            if sale.standing() == Standing::InDoubt {
                return Err(Refusal::AttemptInDoubt);
            }
            give_up_held(sale, &mut decision);
        }
        decision.note(Note::Entry(String::new()));
        decision.note(Note::Shown(None));
        Ok(decision)
    }

    pub(crate) fn confirmed(&self) -> Result<Decision, Refusal> {
        let ask = self.asks().ok_or(Refusal::NothingToConfirm)?;
        let mut decision = Decision::default();
        decision.note(Note::Confirmed(ask));
        Ok(decision)
    }

    pub(crate) fn cancel_asked(&self, now: Moment) -> Result<Decision, Refusal> {
        let sale = self.shown_sale().ok_or(Refusal::NothingToCancel)?;
        let attempt = sale.latest().ok_or(Refusal::NothingToCancel)?;
        let mut decision = Decision::default();
        if let Some(unsent) = sale.refunds.iter().rev().find(|refund| refund.phase == RefundPhase::Saved) {
            decision.record(Record::RefundWithdrawn { refund: unsent.id });
            return Ok(decision);
        }
        match &attempt.phase {
            Phase::Held => give_up_held(sale, &mut decision),
            Phase::Submitted(_) | Phase::AwaitingPayer(_) => {
                decision.record(Record::ReversalOwed { attempt: attempt.id, cause: ReversalCause::Cashier });
                decision.note(Note::CodeWiped(attempt.id));
                let poll = self.desk.poll(attempt.id);
                decision
                    .note(Note::Poll(attempt.id, Poll { next_at: now.mono, step: Step::Inquire, ..poll }));
            }
            Phase::Reversing { .. } => {}
            Phase::Expired { .. } | Phase::Approved { .. } => return Err(Refusal::NothingToCancel),
            Phase::Declined { .. } | Phase::Reversed { .. } => return Err(Refusal::NothingToCancel),
        }
        Ok(decision)
    }

    pub(crate) fn put_aside(&self) -> Result<Decision, Refusal> {
        let sale = self.shown_sale().ok_or(Refusal::NothingToPutAside)?;
        let latest = sale.latest().ok_or(Refusal::NothingToPutAside)?;
        if latest.phase == Phase::Held {
            return Err(Refusal::AttemptHeld);
        }
        if sale.standing() == Standing::Paid {
            return Err(Refusal::NothingToPutAside);
        }
        let mut decision = Decision::default();
        if sale.place == Place::AtHand {
            decision.record(Record::SalePutAside { sale: sale.id });
        }
        decision.note(Note::Shown(None));
        Ok(decision)
    }

    pub(crate) fn resumed(&self, id: SaleId) -> Result<Decision, Refusal> {
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        if self.desk.shown != Some(id) {
            self.refuse_unless_panel_is_free()?;
        }
        let mut decision = Decision::default();
        if sale.place == Place::Aside {
            decision.record(Record::SaleResumed { sale: id });
        }
        decision.note(Note::Entry(String::new()));
        // Named again, such as to see it whole, the sale at the counter stays the customer's.
        if self.desk.shown != Some(id) {
            decision.note(Note::LookedUp(id));
        }
        Ok(decision)
    }

    pub(crate) fn check_asked(&self, now: Moment, id: Option<SaleId>) -> Result<Decision, Refusal> {
        let id = id.or(self.desk.shown).ok_or(Refusal::NothingToCheck)?;
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        let mut decision = Decision::default();
        let mut checkable = false;
        for refund in sale.refunds.iter().filter(|refund| refund.phase.is_open()) {
            checkable = true;
            if !self.desk.refunds_in_flight.contains(&refund.id) {
                let poll = self.desk.refund_polls.get(&refund.id).copied().unwrap_or_default();
                decision.note(Note::RefundAnswered(refund.id, RefundPoll { next_at: now.mono, ..poll }));
            }
        }
        for attempt in &sale.attempts {
            match &attempt.phase {
                Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => {
                    checkable = true;
                    let poll = self.desk.poll(attempt.id);
                    decision.note(Note::Poll(attempt.id, Poll { next_at: now.mono, ..poll }));
                }
                Phase::Approved { .. } if !attempt.is_watched() => {}
                Phase::Declined { .. } | Phase::Reversed { .. } | Phase::Approved { .. } => {
                    checkable = true;
                    if !self.desk.in_flight.contains_key(&attempt.id) {
                        decision.note(Note::Sent(attempt.id, Asked::Inquire));
                        decision
                            .wish(Effect::Inquire { attempt: attempt.id, by: self.inquiry_about(attempt) });
                    }
                }
                Phase::Held | Phase::Expired { .. } => {}
            }
        }
        if !checkable {
            return Err(Refusal::NothingToCheck);
        }
        if self.desk.line.standing == LineStanding::Down {
            self.probe_soon(now, &mut decision);
        }
        Ok(decision)
    }

    pub(crate) fn paper_seen(&self, job: JobId, seen: Seen) -> Result<Decision, Refusal> {
        let known = self.ledger.jobs().get(&job).ok_or(Refusal::NothingToSettle)?;
        if known.stage != PrintStage::Unknown {
            return Err(Refusal::NothingToSettle);
        }
        let seen_by = self.operator().cloned();
        let mut decision = Decision::default();
        decision.record(match seen {
            Seen::Yes => Record::PrintFinished { job, proof: PrintProof::Seen, seen_by },
            Seen::No => Record::PrintMissing { job, seen_by },
        });
        Ok(decision)
    }
}

fn give_up_held(sale: &Sale, decision: &mut Decision) {
    let Some(attempt) = sale.latest().filter(|attempt| attempt.phase == Phase::Held) else { return };
    decision.record(Record::AttemptExpired { attempt: attempt.id, cause: ExpiryCause::Cashier });
    decision.note(Note::Settled(attempt.id));
}

/// `007` is `7`, `0.5` and `0` stay.
fn without_leading_zeros(entry: &str) -> String {
    let trimmed = entry.trim_start_matches('0');
    if entry.starts_with('0') && (trimmed.is_empty() || trimmed.starts_with('.')) {
        return format!("0{trimmed}");
    }
    trimmed.to_owned()
}
