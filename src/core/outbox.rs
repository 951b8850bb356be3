//! What is owed to the world and when: derived from the ledger, never stored.
//!
//! Invariant: due work leaves in one order of service: deadlines, inquiries, reversals, refunds, fresh held codes, looks
//! after what ended unpaid, papers, the line's proof; what starves goes first; one question an attempt is under way at a
//! time, and few over all.
//! Deliberately absent: answers (`judge.rs`).

use std::time::Duration;

use crate::attempt::{Attempt, Doubt, Phase};
use crate::decision::Decision;
use crate::decline::DeclineReason;
use crate::desk::{Line, LineStanding, Note, Step};
use crate::effect::{Effect, Inquiry, PayRequest};
use crate::id::{AttemptId, Epoch, JobId, RefundId};
use crate::input::Asked;
use crate::pace::BURST;
use crate::print::PrintStage;
use crate::printer_watch::Next;
use crate::record::{Contradiction, ExpiryCause, Record, ReversalCause};
use crate::settings::PrinterPresence;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};
use crate::view::Device;
use crate::wallet::Reversal;

/// A question that waited for this long while the line was up goes before all others, whatever it asks: nothing starves.
const STARVING: Duration = Duration::from_secs(10);
/// Of the questions under way at once so many are kept free for money that may be moving.
const KEPT_FROM_LOOKS: usize = 4;

/// One thing that is owed. The order of the variants is the order of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Want {
    Expire(AttemptId),
    Inquire(AttemptId),
    Reverse(AttemptId),
    Refund(RefundId),
    Submit(AttemptId),
    /// Whether late money came for an attempt that ended unpaid.
    Look(AttemptId),
    Print(JobId),
    /// Whether the printer can take the paper that waits.
    LookForPrinter,
    Probe,
}

impl Want {
    /// How many questions must still be allowed before this one may leave.
    fn room(self) -> usize {
        match self {
            Want::Inquire(_) | Want::Reverse(_) | Want::Refund(_) | Want::Submit(_) => 1,
            Want::Look(_) => KEPT_FROM_LOOKS + 1,
            Want::Expire(_) | Want::Print(_) | Want::LookForPrinter | Want::Probe => 0,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Want::Expire(_) => 0, // 1 is for what starves
            Want::Inquire(_) => 2,
            Want::Reverse(_) => 3,
            Want::Refund(_) => 4,
            Want::Submit(_) => 5,
            Want::Look(_) => 6,
            Want::Print(_) | Want::LookForPrinter => 7,
            Want::Probe => 8,
        }
    }

    /// Whose turn is first: deadlines, what starves, then by rank; among equals what is due for longest.
    fn turn(self, at: Monotonic, back_since: Monotonic, now: Monotonic) -> (u8, Monotonic, Want) {
        let starves = self.room() == 1 && now.since(at.max(back_since)) >= STARVING;
        let rank = if starves { 1 } else { self.rank() };
        (rank, at, self)
    }
}

impl Terminal {
    /// Begins a run: the journal's first record if there is none, and what a restart ends.
    pub(crate) fn start(&self, now: Moment) -> Decision {
        let mut decision = Decision::default();
        if self.ledger.identity().is_none() {
            decision.record(Record::JournalBegan {
                terminal: self.settings.terminal.clone(),
                epoch: Epoch::beginning_at(now),
                currency: self.settings.currency,
            });
        }
        decision.record(Record::TerminalStarted);
        self.sign_out_at_restart(&mut decision);
        let held = |attempt: &&Attempt| attempt.phase == Phase::Held;
        for attempt in self.ledger.open_sales().flat_map(|sale| &sale.attempts).filter(held) {
            decision.record(Record::AttemptExpired { attempt: attempt.id, cause: ExpiryCause::Restart });
        }
        for job in self.ledger.open_jobs().filter(|job| job.stage.is_under_way()) {
            decision.record(Record::PrintUnknown { job: job.id });
        }
        let at_hand = |sale: &&crate::sale::Sale| sale.place == crate::sale::Place::AtHand;
        // A locked till shows it to whoever signs in.
        if let Some(sale) = self.ledger.open_sales().filter(at_hand).last()
            && self.settings.people.is_empty()
        {
            decision.note(Note::Shown(Some(sale.id)));
        }
        decision.note(Note::Line(Line { next_probe: now.mono, ..self.desk.line }));
        decision
    }

    /// Does all that is due.
    pub(crate) fn due(&self, now: Moment) -> Decision {
        let mut due = Vec::new();
        self.each_want(now, |at, want| {
            if at <= now.mono {
                due.push((at, want));
            }
        });
        let back_since = self.desk.line.back_since;
        due.sort_unstable_by_key(|(at, want)| want.turn(*at, back_since, now.mono));
        let mut decision = Decision::default();
        let mut free = BURST.saturating_sub(self.in_flight());
        let mut pace = self.desk.pace;
        for (_, want) in due {
            let room = want.room();
            if room > 0 && (free < room || pace.next() > now.mono) {
                continue;
            }
            self.carry_out(now, want, &mut decision);
            if room > 0 {
                free -= 1;
                pace = pace.asked(now.mono);
                decision.note(Note::Pace(pace));
            }
        }
        decision
    }

    /// When something will be due next, on the clock of `now`; `None` when only inputs can change anything.
    #[must_use]
    pub fn next_deadline(&self, now: Moment) -> Option<Monotonic> {
        let free = BURST.saturating_sub(self.in_flight());
        let may_ask_at = self.desk.pace.next();
        let mut next: Option<Monotonic> = None;
        self.each_want(now, |at, want| {
            let at = if want.room() > 0 { at.max(may_ask_at) } else { at };
            if want.room() <= free {
                next = Some(next.map_or(at, |earlier| earlier.min(at)));
            }
        });
        next
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

    /// Everything that is owed, with the moment when it is due.
    fn each_want(&self, now: Moment, mut wanted: impl FnMut(Monotonic, Want)) {
        for sale in self.ledger.open_sales() {
            for attempt in &sale.attempts {
                if let Some((at, want)) = self.want_of(now, attempt) {
                    wanted(at, want);
                }
            }
            for refund in &sale.refunds {
                if let Some(at) = self.refund_due(now, sale, refund) {
                    wanted(at, Want::Refund(refund.id));
                }
            }
        }
        for attempt in self.ledger.watched() {
            if let Some(at) = self.look_due(now, attempt) {
                wanted(at, Want::Look(attempt.id));
            }
        }
        if self.settings.paper.printer == PrinterPresence::Configured
            && !self.ledger.open_jobs().any(|job| job.stage.is_under_way())
            && let Some(paper) = self.ledger.open_jobs().find(|job| job.stage == PrintStage::Queued)
            && let Some((at, next)) = self.desk.printer.next()
        {
            match next {
                // What will never be printed need not wait for a printer.
                Next::Look if self.is_outdated(paper.id) => wanted(now.mono, Want::Print(paper.id)),
                Next::Look => wanted(at, Want::LookForPrinter),
                Next::Print => wanted(at, Want::Print(paper.id)),
            }
        }
        if !self.desk.line.probing {
            wanted(self.desk.line.next_probe, Want::Probe);
        }
    }

    fn want_of(&self, now: Moment, attempt: &Attempt) -> Option<(Monotonic, Want)> {
        let id = attempt.id;
        if attempt.phase == Phase::Held {
            let line_up = self.desk.line.standing == LineStanding::Up;
            let in_time = line_up && now.mono < attempt.submit_by && self.desk.vault.contains_key(&id);
            return Some(if in_time {
                (now.mono, Want::Submit(id))
            } else {
                (attempt.submit_by, Want::Expire(id))
            });
        }
        let doubt = attempt.phase.doubt()?;
        if self.desk.line.standing == LineStanding::Down || self.desk.in_flight.contains_key(&id) {
            return None;
        }
        let poll = self.desk.poll(id);
        let reversing = matches!(attempt.phase, Phase::Reversing { .. });
        // A reversal leaves straight after an inquiry; one that had to wait for the line asks first.
        let fresh = now.mono.since(poll.next_at) < self.settings.timers.inquiry_interval;
        let reverses = reversing && poll.step == Step::Reverse && fresh && named_as_ours(doubt);
        Some((poll.next_at, if reverses { Want::Reverse(id) } else { Want::Inquire(id) }))
    }

    fn carry_out(&self, now: Moment, want: Want, decision: &mut Decision) {
        match want {
            Want::Expire(attempt) => {
                decision.record(Record::AttemptExpired { attempt, cause: ExpiryCause::Deadline });
                decision.note(Note::Settled(attempt));
            }
            Want::Inquire(attempt) | Want::Look(attempt) => {
                let Some((_, known)) = self.ledger.attempt(attempt) else { return };
                decision.note(Note::Sent(attempt, Asked::Inquire));
                decision.wish(Effect::Inquire { attempt, by: self.inquiry_about(known) });
            }
            Want::Reverse(attempt) => {
                let Some((_, known)) = self.ledger.attempt(attempt) else { return };
                let Some(intent) = known.phase.intent().cloned() else { return };
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
            Want::LookForPrinter => {
                decision.note(Note::Printer(self.desk.printer.looking()));
                decision.wish(Effect::LookForPrinter);
            }
            Want::Probe => {
                decision.note(Note::Line(Line { probing: true, ..self.desk.line }));
                decision.wish(Effect::ProbeLine);
            }
        }
    }

    /// By the intent if the gateway named one, else by our order id. In both ways by turns where the intent turned out to
    /// be another order's or the gateway no longer knows it, and after we gave up: a request that arrived twice may have
    /// made a second intent, which nobody named.
    pub(crate) fn inquiry_about(&self, attempt: &Attempt) -> Inquiry {
        let by_order = || Inquiry::Order(attempt.order.clone());
        let Some(intent) = attempt.phase.intent() else { return by_order() };
        let by_turns = self.desk.poll(attempt.id).questions % 2 == 1;
        match (&attempt.phase, attempt.phase.doubt()) {
            (_, Some(doubt)) if by_turns && !named_as_ours(doubt) => by_order(),
            (phase, None) if by_turns && phase.is_given_up() => by_order(),
            (Phase::Approved { .. }, _) => by_order(), // the alarm is about another intent
            // What the search would still show is the intent that used the code.
            (Phase::Declined { decline, .. }, _) if decline.reason() == DeclineReason::CodeUsed => by_order(),
            (_, Some(_) | None) => Inquiry::Intent(intent.clone()),
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
            operator: attempt.operator.clone(),
        });
        let (order, submit_by) = (attempt.order.clone(), attempt.submit_by);
        let request = PayRequest { order, amount: sale.amount, code, submit_by };
        self.send_pay(now, id, request, decision);
    }

    /// A code waits: learn about the line at once.
    pub(crate) fn probe_soon(&self, now: Moment, decision: &mut Decision) {
        decision.note(Note::Line(Line { next_probe: now.mono, misses: 0, ..self.desk.line }));
    }

    pub(crate) fn scanner_is(device: Device) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Scanner(device));
        decision
    }
}

/// Whether the intent that the gateway named is known and nothing says that it is not ours. One that may be another
/// customer's is never cancelled.
fn named_as_ours(doubt: &Doubt) -> bool {
    let astray = match doubt.contradiction {
        Some(Contradiction::Order | Contradiction::Unknown) => true,
        Some(Contradiction::Amount | Contradiction::Currency | Contradiction::Mode) | None => false,
    };
    doubt.intent.is_some() && !astray
}
