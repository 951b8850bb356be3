//! What is owed to the world and when: derived from the ledger, never stored.
//!
//! Invariant: due work leaves in one order of service: deadlines, inquiries, reversals, refunds, fresh held codes,
//! papers, the line's proof; one question an attempt is under way at a time.
//! Deliberately absent: answers (`judge.rs`).

use std::time::Duration;

use crate::attempt::{Attempt, Phase};
use crate::decision::Decision;
use crate::desk::{Line, LineStanding, Note, Step};
use crate::effect::{Effect, Inquiry, PayRequest};
use crate::id::{AttemptId, Epoch, IntentId, JobId, RefundId};
use crate::input::{Asked, PrintEnding};
use crate::print::PrintStage;
use crate::record::{ExpiryCause, Record, ReversalCause};
use crate::settings::PrinterPresence;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};
use crate::view::Device;
use crate::wallet::Reversal;

/// Questions under way at once, over all attempts; far below the wallets' limit of 30 a second.
const MOST_IN_FLIGHT: usize = 8;
/// A paper that did not reach the printer is tried again after this.
const PRINT_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// One thing that is owed. The order of the variants is the order of service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    Expire(AttemptId),
    Inquire(AttemptId, ByIntent),
    Reverse(AttemptId, IntentId),
    Refund(RefundId),
    Submit(AttemptId),
    Print(JobId),
    Probe,
}

impl Want {
    fn asks_the_gateway(&self) -> bool {
        match self {
            Want::Inquire(..) | Want::Reverse(..) | Want::Refund(_) | Want::Submit(_) => true,
            Want::Expire(_) | Want::Print(_) | Want::Probe => false,
        }
    }
}

/// How an inquiry can be made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum ByIntent {
    Yes(IntentId),
    No,
}

impl Terminal {
    /// Begins a run: the journal's first record if there is none, and what a restart ends.
    pub(crate) fn start(&self, now: Moment) -> Decision {
        let mut decision = Decision::default();
        if self.ledger.identity().is_none() {
            decision.record(Record::JournalBegan {
                terminal: self.settings.terminal.clone(),
                epoch: Epoch::beginning_at(now.wall.unix_ms),
                currency: self.settings.currency,
            });
        }
        decision.record(Record::TerminalStarted);
        let held = |attempt: &&Attempt| attempt.phase == Phase::Held;
        for attempt in self.ledger.open_sales().flat_map(|sale| &sale.attempts).filter(held) {
            decision.record(Record::AttemptExpired { attempt: attempt.id, cause: ExpiryCause::Restart });
        }
        for job in self.ledger.open_jobs().filter(|job| job.stage == PrintStage::Printing) {
            decision.record(Record::PrintUnknown { job: job.id });
        }
        let at_hand = |sale: &&crate::sale::Sale| sale.place == crate::sale::Place::AtHand;
        if let Some(sale) = self.ledger.open_sales().filter(at_hand).last() {
            decision.note(Note::Shown(Some(sale.id)));
        }
        decision.note(Note::Line(Line { next_probe: now.mono, ..self.desk.line }));
        decision
    }

    /// Does all that is due.
    pub(crate) fn due(&self, now: Moment) -> Decision {
        let mut due: Vec<Want> =
            self.wants(now).into_iter().filter(|(at, _)| *at <= now.mono).map(|(_, want)| want).collect();
        due.sort();
        let mut decision = Decision::default();
        let mut free = MOST_IN_FLIGHT.saturating_sub(self.in_flight());
        for want in due {
            let asks = want.asks_the_gateway();
            if asks && free == 0 {
                continue;
            }
            free = free.saturating_sub(usize::from(asks));
            self.carry_out(now, want, &mut decision);
        }
        decision
    }

    /// When something will be due next, on the clock of `now`; `None` when only inputs can change anything.
    #[must_use]
    pub fn next_deadline(&self, now: Moment) -> Option<Monotonic> {
        let full = self.in_flight() >= MOST_IN_FLIGHT;
        let waits_for_room = |want: &Want| full && want.asks_the_gateway();
        self.wants(now).into_iter().filter(|(_, want)| !waits_for_room(want)).map(|(at, _)| at).min()
    }

    /// The earliest moment at which a reversal of this attempt may leave; `None` where its wallet knows no reversal.
    pub(crate) fn reversal_floor(&self, now: Moment, attempt: &Attempt) -> Option<Monotonic> {
        let doubt = attempt.phase.doubt()?;
        match (self.settings.reversal(&attempt.wallet), &attempt.phase) {
            (Reversal::Unsupported, _) => None,
            // The floor is for unknown outcomes; a known decline may be closed at once.
            (Reversal::NotBefore(_), Phase::Reversing { cause: ReversalCause::Declined(_), .. }) => {
                Some(Monotonic(0))
            }
            (Reversal::NotBefore(wait), _) => Some(self.ledger.deadline(doubt.sent_at, wait, now)),
        }
    }

    /// When the payment window of an attempt in doubt ends.
    pub(crate) fn window_end(&self, now: Moment, attempt: &Attempt) -> Option<Monotonic> {
        let doubt = attempt.phase.doubt()?;
        Some(self.ledger.deadline(doubt.sent_at, self.settings.pay_window(&attempt.wallet), now))
    }

    fn in_flight(&self) -> usize {
        self.desk.in_flight.len() + self.desk.refunds_in_flight.len()
    }

    fn wants(&self, now: Moment) -> Vec<(Monotonic, Want)> {
        let mut wants = Vec::new();
        for attempt in self.ledger.open_sales().flat_map(|sale| &sale.attempts) {
            self.wants_of(now, attempt, &mut wants);
        }
        for sale in self.ledger.open_sales() {
            let due = |refund| self.refund_due(now, sale, refund).map(|at| (at, Want::Refund(refund.id)));
            wants.extend(sale.refunds.iter().filter_map(due));
        }
        let printing = self.ledger.open_jobs().any(|job| job.stage == PrintStage::Printing);
        if self.settings.paper.printer == PrinterPresence::Configured && !printing {
            let next = self.ledger.open_jobs().find(|job| job.stage == PrintStage::Queued);
            wants.extend(next.map(|job| (self.desk.print_not_before, Want::Print(job.id))));
        }
        if !self.desk.line.probing {
            wants.push((self.desk.line.next_probe, Want::Probe));
        }
        wants
    }

    fn wants_of(&self, now: Moment, attempt: &Attempt, wants: &mut Vec<(Monotonic, Want)>) {
        let id = attempt.id;
        let line_up = self.desk.line.standing == LineStanding::Up;
        if attempt.phase == Phase::Held {
            if line_up && now.mono < attempt.submit_by && self.desk.vault.contains_key(&id) {
                wants.push((now.mono, Want::Submit(id)));
            } else {
                wants.push((attempt.submit_by, Want::Expire(id)));
            }
        }
        let Some(doubt) = attempt.phase.doubt() else { return };
        if self.desk.in_flight.contains_key(&id) || self.desk.line.standing == LineStanding::Down {
            return;
        }
        let poll = self.desk.poll(id);
        let want = match (&doubt.intent, &attempt.phase, poll.step) {
            (Some(intent), Phase::Reversing { .. }, Step::Reverse) => Want::Reverse(id, intent.clone()),
            (Some(intent), _, _) => Want::Inquire(id, ByIntent::Yes(intent.clone())),
            (None, _, _) => Want::Inquire(id, ByIntent::No),
        };
        wants.push((poll.next_at, want));
    }

    fn carry_out(&self, now: Moment, want: Want, decision: &mut Decision) {
        match want {
            Want::Expire(attempt) => {
                decision.record(Record::AttemptExpired { attempt, cause: ExpiryCause::Deadline });
                decision.note(Note::Settled(attempt));
            }
            Want::Inquire(attempt, by) => {
                let Some((_, known)) = self.ledger.attempt(attempt) else { return };
                let by = match by {
                    ByIntent::Yes(intent) => Inquiry::Intent(intent),
                    ByIntent::No => Inquiry::Order(known.order.clone()),
                };
                decision.note(Note::Sent(attempt, Asked::Inquire));
                decision.wish(Effect::Inquire { attempt, by });
            }
            Want::Reverse(attempt, intent) => {
                let Some((_, known)) = self.ledger.attempt(attempt) else { return };
                decision.note(Note::Sent(attempt, Asked::Reverse));
                decision.wish(Effect::Reverse { attempt, intent, order: known.order.clone() });
            }
            Want::Refund(id) => {
                let refund = self.ledger.sale(id.sale).and_then(|sale| sale.refund(id));
                refund.into_iter().for_each(|refund| self.ask_refund(now, refund, decision));
            }
            Want::Submit(attempt) => self.submit_held(now, attempt, decision),
            Want::Print(job) if self.is_outdated(job) => decision.record(Record::PrintWithdrawn { job }),
            Want::Print(job) => {
                let Some(document) = self.paper_of(job) else { return };
                decision.record(Record::PrintStarted { job });
                decision.wish(Effect::Print { job, document });
            }
            Want::Probe => {
                decision.note(Note::Line(Line { probing: true, ..self.desk.line }));
                decision.wish(Effect::ProbeLine);
            }
        }
    }

    fn submit_held(&self, now: Moment, id: AttemptId, decision: &mut Decision) {
        let Some((sale, attempt)) = self.ledger.attempt(id) else { return };
        let Some(code) = self.desk.vault.get(&id).cloned() else { return };
        decision.record(Record::AttemptSubmitted {
            attempt: id,
            order: attempt.order.clone(),
            wallet: attempt.wallet.clone(),
            submit_by: attempt.submit_by,
        });
        let request = PayRequest { order: attempt.order.clone(), amount: sale.amount, code };
        self.send_pay(now, id, request, decision);
    }

    /// A code waits: learn about the line at once.
    pub(crate) fn probe_soon(&self, now: Moment, decision: &mut Decision) {
        decision.note(Note::Line(Line { next_probe: now.mono, misses: 0, ..self.desk.line }));
    }

    pub(crate) fn print_ended(&self, now: Moment, job: JobId, ending: &PrintEnding) -> Decision {
        let mut decision = Decision::default();
        if self.ledger.jobs().get(&job).is_none_or(|known| known.stage != PrintStage::Printing) {
            return decision;
        }
        match ending {
            PrintEnding::Printed(proof) => {
                decision.record(Record::PrintFinished { job, proof: *proof });
                decision.note(Note::Printer(Device::Ready));
            }
            PrintEnding::NotSent | PrintEnding::NeedsCare => {
                decision.record(Record::PrintNotSent { job });
                decision.note(Note::PrintNotBefore(now.mono.after(PRINT_AGAIN_AFTER)));
                let away = *ending == PrintEnding::NotSent;
                decision.note(Note::Printer(if away { Device::Away } else { Device::NeedsCare }));
            }
            PrintEnding::Unknown => {
                decision.record(Record::PrintUnknown { job });
                decision.note(Note::Printer(Device::NeedsCare));
            }
        }
        decision
    }

    pub(crate) fn printer_is(&self, now: Moment, device: Device) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Printer(device));
        if device == Device::Ready {
            decision.note(Note::PrintNotBefore(now.mono));
        }
        decision
    }

    pub(crate) fn scanner_is(device: Device) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Scanner(device));
        decision
    }
}
