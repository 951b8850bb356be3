//! A scan becomes an attempt, or a refusal with words.
//!
//! Invariant: one code never serves two attempts, a sale in doubt takes no code, and a code that is refused is
//! forgotten. Deliberately absent: where scans come from.

use std::time::Duration;

use crate::attempt::{Phase, Standing};
use crate::decision::Decision;
use crate::desk::{LineStanding, Note, Poll, SeenCode, Step};
use crate::effect::{Effect, PayRequest};
use crate::id::{AttemptId, SaleId};
use crate::input::Asked;
use crate::money::Money;
use crate::payment_code::{PaymentCode, Scan};
use crate::record::Record;
use crate::refusal::Refusal;
use crate::sale::Place;
use crate::terminal::Terminal;
use crate::time::Moment;

/// The same code again within this is one trigger read twice (screens contract, section 3).
const SAME_TRIGGER: Duration = Duration::from_millis(1500);

/// A receipt that is to be scanned is waited for so long; then codes are payments again.
const SEEK_FOR: Duration = Duration::from_secs(30);

/// Which sale a code is for.
enum Target {
    New { sale: SaleId, amount: Money },
    Again { attempt: AttemptId, amount: Money, place: Place },
}

impl Target {
    fn attempt(&self) -> AttemptId {
        match self {
            Target::New { sale, .. } => AttemptId { sale: *sale, index: 0 },
            Target::Again { attempt, .. } => *attempt,
        }
    }

    fn amount(&self) -> Money {
        match self {
            Target::New { amount, .. } | Target::Again { amount, .. } => *amount,
        }
    }
}

impl Terminal {
    pub(crate) fn scanned(&self, now: Moment, scan: &Scan) -> Result<Decision, Refusal> {
        if self.is_seeking(now) {
            return self.receipt_scanned(scan);
        }
        let code = PaymentCode::parse(scan, &self.settings.wallets)?;
        let fingerprint = code.fingerprint(&self.desk.key);
        if let Some(seen) = self.desk.seen_before(fingerprint, now.mono) {
            match self.ledger.attempt(seen.attempt).map(|(_, attempt)| &attempt.phase) {
                Some(Phase::Expired { .. }) => {} // never sent: judged afresh
                Some(_) if self.is_repeat_of_the_same_trigger(seen, now) => return Ok(Decision::default()),
                Some(_) | None => return Err(Refusal::CodeAlreadyUsed),
            }
        }
        let target = self.target()?;
        let attempt = target.attempt();
        let order = self.order_of(attempt)?;
        let mut decision = Decision::default();
        let operator = self.operator().cloned();
        match &target {
            Target::New { sale, amount } => {
                let operator = operator.clone();
                let shift = self.ledger.shifts.open.as_ref().map(|open| open.number);
                decision.record(Record::SaleOpened { sale: *sale, amount: *amount, operator, shift });
            }
            Target::Again { place: Place::Aside, .. } => {
                decision.record(Record::SaleResumed { sale: attempt.sale });
            }
            Target::Again { place: Place::AtHand, .. } => {}
        }
        decision.note(Note::Entry(String::new()));
        decision.note(Note::Shown(Some(attempt.sale)));
        decision.note(Note::CodeSeen(SeenCode { fingerprint, attempt, at: now.mono }));
        decision.note(Note::CodeKept(attempt, code.clone()));
        let wallet = code.wallet().clone();
        let submit_by = now.mono.after(self.settings.timers.submit_deadline);
        if self.desk.line.standing == LineStanding::Up {
            let request = PayRequest { order: order.clone(), amount: target.amount(), code, submit_by };
            decision.record(Record::AttemptSubmitted { attempt, order, wallet, submit_by, operator });
            self.send_pay(now, attempt, request, &mut decision);
        } else {
            decision.record(Record::AttemptHeld { attempt, order, wallet, submit_by, operator });
            self.probe_soon(now, &mut decision);
        }
        Ok(decision)
    }

    /// The one place that wishes a payment. The record that allows it stands in the same decision.
    pub(crate) fn send_pay(
        &self,
        now: Moment,
        attempt: AttemptId,
        request: PayRequest,
        decision: &mut Decision,
    ) {
        let next_at = now.mono.after(self.settings.timers.inquiry_interval);
        decision.note(Note::Poll(attempt, Poll { next_at, step: Step::Inquire, ..Poll::default() }));
        decision.note(Note::Sent(attempt, Asked::Pay));
        decision.note(Note::Pace(self.desk.pace.asked(now.mono)));
        decision.wish(Effect::Pay { attempt, request });
    }

    /// Whether the next scan is a receipt to be copied.
    pub(crate) fn is_seeking(&self, now: Moment) -> bool {
        self.desk.seeking_until.is_some_and(|until| now.mono < until)
    }

    pub(crate) fn copy_by_scan_asked(&self, now: Moment) -> Result<Decision, Refusal> {
        self.refuse_unless_panel_is_free()?;
        let mut decision = Decision::default();
        decision.note(Note::Entry(String::new()));
        decision.note(Note::Shown(None));
        decision.note(Note::Seeking(Some(now.mono.after(SEEK_FOR))));
        Ok(decision)
    }

    /// A payment code that is shown instead is refused and forgotten like any other scan; the search goes on.
    fn receipt_scanned(&self, scan: &Scan) -> Result<Decision, Refusal> {
        let sale = scan.receipt_number().and_then(|number| self.sale_of_number(number));
        let sale = sale.ok_or(Refusal::NotAReceipt)?.id;
        let mut decision = self.copy_asked(sale)?;
        decision.note(Note::Seeking(None));
        decision.note(Note::LookedUp(sale));
        Ok(decision)
    }

    fn is_repeat_of_the_same_trigger(&self, seen: SeenCode, now: Moment) -> bool {
        self.desk.shown == Some(seen.attempt.sale) && now.mono.since(seen.at) < SAME_TRIGGER
    }

    fn target(&self) -> Result<Target, Refusal> {
        if !self.desk.entry.is_empty() {
            let amount = self.entered().map_err(|_| Refusal::AmountFirst)?;
            if self.asks().is_some() {
                return Err(Refusal::ConfirmFirst);
            }
            return Ok(Target::New { sale: self.ledger.next_sale(), amount });
        }
        let sale = self.shown_sale().ok_or(Refusal::AmountFirst)?;
        let latest = sale.latest().ok_or(Refusal::AmountFirst)?;
        match sale.standing() {
            Standing::InDoubt => return Err(Refusal::AttemptInDoubt),
            Standing::Paid => return Err(Refusal::AmountFirst),
            Standing::Clear if latest.phase == Phase::Held => return Err(Refusal::AttemptHeld),
            Standing::Clear if !sale.refunds_owed.is_empty() => return Err(Refusal::AmountFirst),
            Standing::Clear if sale.stray().is_some() => return Err(Refusal::AmountFirst),
            Standing::Clear => {}
        }
        let index = latest.id.index.checked_add(1).filter(|next| *next <= AttemptId::LAST);
        let attempt = AttemptId { sale: sale.id, index: index.ok_or(Refusal::TooManyAttempts)? };
        Ok(Target::Again { attempt, amount: sale.amount, place: sale.place })
    }
}
