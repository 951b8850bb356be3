//! What the gateway's answer means for the money: the one judgement of answers.
//!
//! Invariant: approval needs amount, currency, order and mode to agree; silence and unknown words leave the doubt.
//! Deliberately absent: when to ask again (`next_question.rs`).

use crate::answer::{
    Answer, Decline, Exchange, IntentReport, IntentStatus, Rejection, RejectionKind, Silence,
};
use crate::attempt::{Attempt, Doubt, Phase};
use crate::decision::Decision;
use crate::decline::{CLOSED_BY_GATEWAY, DeclineReason, REJECTED_BY_API};
use crate::desk::{Note, Poll};
use crate::id::{AttemptId, IntentId};
use crate::input::{Asked, LineProof};
use crate::money::Money;
use crate::record::{Contradiction, ExpiryCause, Record, ReversalCause, ReversalProof};
use crate::terminal::Terminal;
use crate::time::Moment;

/// Empty searches in a row, past the payment window, that prove that nothing was ever created (wire contract,
/// section 6: one empty search proves nothing).
const EMPTIES_PROVE: u32 = 3;
/// Empty searches in a row after a refusal that named no intent. Words that may be the gateway's own fault confirm
/// nothing: searches may lag while the payment goes on (wire contract, section 4), so the window decides.
const EMPTIES_CONFIRM_REFUSAL: u32 = 2;

impl Terminal {
    pub(crate) fn answered(&self, now: Moment, id: AttemptId, asked: Asked, answer: &Answer) -> Decision {
        let mut decision = Decision::default();
        decision.note(Note::Answered(id));
        self.note_line(now, answer.exchange(), &mut decision);
        let Some((sale, attempt)) = self.ledger.attempt(id) else { return decision };
        if asked == Asked::Pay && *answer != Answer::NotSent {
            decision.note(Note::CodeWiped(id));
        }
        match answer {
            // A reversal's own answer proves nothing; the inquiry after it does (quick-pay rules, section 4).
            _ if asked == Asked::Reverse => {}
            Answer::NotSent => self.not_sent(now, attempt, asked, &mut decision),
            Answer::Silent(silence) => missed(attempt, *silence, &mut decision),
            Answer::Rejected(rejection) => rejected(attempt, asked, rejection, &mut decision),
            Answer::Declined(decline) => doubt_decline(attempt, decline, &mut decision),
            Answer::Intent(report) => self.judge(attempt, sale.amount, report, &mut decision),
            Answer::Found(reports) => match weightiest(reports, attempt) {
                Some(report) => {
                    self.judge(attempt, sale.amount, report, &mut decision);
                    self.refund_the_rest(attempt, sale.amount, report, reports, &mut decision);
                }
                None => self.found_nothing(now, attempt, &mut decision),
            },
        }
        self.end_window(now, attempt, asked, answer, &mut decision);
        self.plan_next_question(now, attempt, asked, answer, &mut decision);
        decision
    }

    /// The payment window ends with an inquiry, never by the clock alone: a till that comes back late asks first, and
    /// only an answer from after the window's end that is not a success makes the attempt one to be undone.
    fn end_window(
        &self,
        now: Moment,
        attempt: &Attempt,
        asked: Asked,
        answer: &Answer,
        decision: &mut Decision,
    ) {
        let told = match answer {
            Answer::Intent(_) | Answer::Found(_) => asked == Asked::Inquire,
            Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined(_) => false,
        };
        let waiting = match &attempt.phase {
            Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) => doubt.contradiction.is_none(),
            Phase::Held | Phase::Expired { .. } | Phase::Reversing { .. } => false,
            Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => false,
        };
        let over = self.window_end(now, attempt).is_some_and(|end| end <= now.mono);
        let ended = settles(decision, attempt.id) || owes_reversal(decision) || contradicts(decision);
        if told && waiting && over && !ended {
            let cause = ReversalCause::WindowOver;
            decision.record(Record::ReversalOwed { attempt: attempt.id, cause });
        }
    }

    pub(crate) fn line_probed(&self, now: Moment, proof: LineProof) -> Decision {
        let check = self.settings.timers.line_check_interval;
        let line = match proof {
            LineProof::Up => self.desk.line.completed(now.mono, check),
            LineProof::Down => self.desk.line.broken(now.mono, check),
        };
        let mut decision = Decision::default();
        decision.note(Note::Line(crate::desk::Line { probing: false, ..line }));
        decision
    }

    pub(crate) fn note_line(&self, now: Moment, exchange: Exchange, decision: &mut Decision) {
        let check = self.settings.timers.line_check_interval;
        let line = self.desk.line;
        decision.note(Note::Line(match exchange {
            Exchange::Completed => line.completed(now.mono, check),
            Exchange::Unanswered => line.unanswered(now.mono, check),
            Exchange::NeverMade => line.broken(now.mono, check),
        }));
    }

    /// No byte of the payment left: the attempt is held again while its code may still be sent.
    fn not_sent(&self, now: Moment, attempt: &Attempt, asked: Asked, decision: &mut Decision) {
        if asked != Asked::Pay {
            return;
        }
        let cause = match &attempt.phase {
            Phase::Submitted(_) if now.mono < attempt.submit_by => None,
            Phase::Submitted(_) => Some(ExpiryCause::Deadline),
            Phase::Reversing { .. } => Some(ExpiryCause::Cashier),
            Phase::Held | Phase::Expired { .. } | Phase::AwaitingPayer(_) => return,
            Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => return,
        };
        decision.record(Record::AttemptNotSent { attempt: attempt.id });
        if let Some(cause) = cause {
            decision.record(Record::AttemptExpired { attempt: attempt.id, cause });
            decision.note(Note::Settled(attempt.id));
        }
    }

    fn judge(&self, attempt: &Attempt, owed: Money, report: &IntentReport, decision: &mut Decision) {
        let id = attempt.id;
        if let Some(contradiction) = self.contradiction(attempt, owed, report) {
            let known = attempt.phase.doubt().and_then(|doubt| doubt.contradiction);
            if attempt.phase.doubt().is_some() && known != Some(contradiction) {
                decision.record(Record::AnswerContradicted { attempt: id, contradiction });
            }
            return;
        }
        match &attempt.phase {
            Phase::Submitted(doubt) => self.judge_wanted(attempt, doubt, Waiting::No, report, decision),
            Phase::AwaitingPayer(doubt) => self.judge_wanted(attempt, doubt, Waiting::Yes, report, decision),
            Phase::Reversing { doubt, cause } => judge_unwanted(id, owed, doubt, cause, report, decision),
            Phase::Declined { .. } | Phase::Reversed { .. } => {
                let known = self
                    .ledger
                    .sale(id.sale)
                    .is_some_and(|sale| sale.refunds_owed.iter().any(|refund| refund.intent == report.id));
                if report.status == IntentStatus::Succeeded && !known {
                    let intent = report.id.clone();
                    decision.record(Record::RefundOwed { attempt: id, intent, amount: owed });
                }
            }
            Phase::Held | Phase::Expired { .. } | Phase::Approved { .. } => {}
        }
    }

    fn judge_wanted(
        &self,
        attempt: &Attempt,
        doubt: &Doubt,
        waiting: Waiting,
        report: &IntentReport,
        decision: &mut Decision,
    ) {
        let id = attempt.id;
        name_intent(id, doubt, &report.id, decision);
        match &report.status {
            IntentStatus::Succeeded => {
                let wallet_reference = report.wallet_reference.clone();
                let intent = report.id.clone();
                decision.record(Record::AttemptApproved { attempt: id, intent, wallet_reference });
                decision.note(Note::Settled(id));
            }
            IntentStatus::Pending if waiting == Waiting::No => {
                decision.record(Record::PayerAwaited { attempt: id });
            }
            IntentStatus::Pending => {}
            IntentStatus::Refused(decline) if decline.reason() == DeclineReason::Doubtful => {
                doubt_decline(attempt, decline, decision);
            }
            IntentStatus::Refused(decline) => {
                let cause = ReversalCause::Declined(decline.clone());
                decision.record(Record::ReversalOwed { attempt: id, cause });
            }
            IntentStatus::Canceled => {
                let decline = doubt.decline.clone().unwrap_or_else(|| own_decline(CLOSED_BY_GATEWAY, None));
                decision.record(Record::AttemptDeclined { attempt: id, decline });
                decision.note(Note::Settled(id));
            }
            IntentStatus::Unproven(_) => {}
        }
    }

    fn contradiction(&self, attempt: &Attempt, owed: Money, report: &IntentReport) -> Option<Contradiction> {
        let known_intent = attempt.phase.intent();
        if report.order.as_ref().is_some_and(|order| *order != attempt.order)
            || (report.order.is_none() && known_intent.is_some_and(|known| *known != report.id))
        {
            return Some(Contradiction::Order);
        }
        if report.mode.is_some_and(|mode| mode != self.settings.mode) {
            return Some(Contradiction::Mode);
        }
        if !report.currency.eq_ignore_ascii_case(owed.currency().code()) {
            return Some(Contradiction::Currency);
        }
        (report.amount_minor != owed.minor()).then_some(Contradiction::Amount)
    }

    /// A doubled request that was paid twice: the first is kept, every other one goes back.
    fn refund_the_rest(
        &self,
        attempt: &Attempt,
        owed: Money,
        kept: &IntentReport,
        reports: &[IntentReport],
        decision: &mut Decision,
    ) {
        let sale = self.ledger.sale(attempt.id.sale);
        let known = |intent: &IntentId| {
            sale.is_some_and(|sale| sale.refunds_owed.iter().any(|refund| refund.intent == *intent))
        };
        for report in reports {
            let paid_too = report.status == IntentStatus::Succeeded && report.id != kept.id;
            if paid_too && self.contradiction(attempt, owed, report).is_none() && !known(&report.id) {
                let intent = report.id.clone();
                decision.record(Record::RefundOwed { attempt: attempt.id, intent, amount: owed });
            }
        }
    }

    fn found_nothing(&self, now: Moment, attempt: &Attempt, decision: &mut Decision) {
        let Some(doubt) = attempt.phase.doubt() else { return };
        if doubt.intent.is_some() {
            return; // retrieved by id from now on; an empty search says nothing about it
        }
        let Poll { empties, late_empties, .. } = self.one_more_empty(now, attempt, doubt);
        let proven = late_empties >= EMPTIES_PROVE;
        match (&attempt.phase, &doubt.decline) {
            (Phase::Submitted(_), Some(decline))
                if empties >= EMPTIES_CONFIRM_REFUSAL && decline.reason() != DeclineReason::Doubtful =>
            {
                decision.record(Record::AttemptDeclined { attempt: attempt.id, decline: decline.clone() });
                decision.note(Note::Settled(attempt.id));
            }
            (Phase::Reversing { cause: ReversalCause::Declined(decline), .. }, _) if proven => {
                decision.record(Record::AttemptDeclined { attempt: attempt.id, decline: decline.clone() });
                decision.note(Note::Settled(attempt.id));
            }
            (Phase::Reversing { .. }, _) if proven => {
                let proof = ReversalProof::NeverCreated;
                decision.record(Record::AttemptReversed { attempt: attempt.id, proof });
                decision.note(Note::Settled(attempt.id));
            }
            (Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. }, _) => {}
            (Phase::Held | Phase::Expired { .. } | Phase::Approved { .. }, _) => {}
            (Phase::Declined { .. } | Phase::Reversed { .. }, _) => {}
        }
    }

    /// The counts after one more search that found nothing. Searches before the window's end prove nothing about an
    /// intent that may still be created or that the search does not show yet.
    pub(crate) fn one_more_empty(&self, now: Moment, attempt: &Attempt, doubt: &Doubt) -> Poll {
        let poll = self.desk.poll(attempt.id);
        let past_window =
            self.ledger.elapsed(doubt.sent_at, now) >= self.settings.pay_window(&attempt.wallet);
        let late_empties = if past_window { poll.late_empties.saturating_add(1) } else { 0 };
        Poll { empties: poll.empties.saturating_add(1), late_empties, ..poll }
    }
}

/// Whether the gateway is already known to wait for the payer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    Yes,
    No,
}

fn judge_unwanted(
    id: AttemptId,
    owed: Money,
    doubt: &Doubt,
    cause: &ReversalCause,
    report: &IntentReport,
    decision: &mut Decision,
) {
    name_intent(id, doubt, &report.id, decision);
    match &report.status {
        IntentStatus::Succeeded => {
            let intent = report.id.clone();
            decision.record(Record::RefundOwed { attempt: id, intent, amount: owed });
            decision.note(Note::Settled(id));
        }
        IntentStatus::Canceled => {
            decision.record(match cause {
                ReversalCause::Declined(decline) => {
                    Record::AttemptDeclined { attempt: id, decline: decline.clone() }
                }
                ReversalCause::Cashier | ReversalCause::WindowOver => {
                    Record::AttemptReversed { attempt: id, proof: ReversalProof::Canceled }
                }
            });
            decision.note(Note::Settled(id));
        }
        IntentStatus::Pending | IntentStatus::Refused(_) | IntentStatus::Unproven(_) => {}
    }
}

fn name_intent(id: AttemptId, doubt: &Doubt, intent: &IntentId, decision: &mut Decision) {
    if doubt.intent.as_ref() != Some(intent) {
        decision.record(Record::IntentNamed { attempt: id, intent: intent.clone() });
    }
}

fn missed(attempt: &Attempt, silence: Silence, decision: &mut Decision) {
    let silence = silence.kind(); // how long to wait is no part of the story
    if attempt.phase.doubt().is_some_and(|doubt| doubt.missed != Some(silence)) {
        decision.record(Record::AnswerMissed { attempt: attempt.id, silence });
    }
}

fn doubt_decline(attempt: &Attempt, decline: &Decline, decision: &mut Decision) {
    if attempt.phase.doubt().is_some_and(|doubt| doubt.decline.as_ref() != Some(decline)) {
        decision.record(Record::DeclineDoubted { attempt: attempt.id, decline: decline.clone() });
    }
}

fn own_decline(code: &str, message: Option<String>) -> Decline {
    Decline { code: Some(code.to_owned()), decline_code: None, message }
}

fn rejected(attempt: &Attempt, asked: Asked, rejection: &Rejection, decision: &mut Decision) {
    let decline = || own_decline(REJECTED_BY_API, Some(rejection.words.clone()));
    match (asked, rejection.kind) {
        (Asked::Pay, RejectionKind::BadRequest) => doubt_decline(attempt, &decline(), decision),
        (
            Asked::Pay,
            RejectionKind::Unauthorized
            | RejectionKind::Forbidden
            | RejectionKind::NotFound
            | RejectionKind::Other,
        ) => {
            if attempt.phase.doubt().is_some() {
                decision.record(Record::AttemptDeclined { attempt: attempt.id, decline: decline() });
                decision.note(Note::Settled(attempt.id));
            }
        }
        (Asked::Inquire, RejectionKind::NotFound) => {
            let known = attempt.phase.doubt().map(|doubt| doubt.contradiction);
            if known.is_some_and(|known| known != Some(Contradiction::Unknown)) {
                let contradiction = Contradiction::Unknown;
                decision.record(Record::AnswerContradicted { attempt: attempt.id, contradiction });
            }
        }
        (
            Asked::Inquire,
            RejectionKind::BadRequest
            | RejectionKind::Unauthorized
            | RejectionKind::Forbidden
            | RejectionKind::Other,
        ) => {}
        (Asked::Reverse, _) => {} // whatever it says, the inquiry after it decides
    }
}

/// Of several intents of one order, the one that tells most about the money.
fn weightiest<'a>(reports: &'a [IntentReport], attempt: &Attempt) -> Option<&'a IntentReport> {
    let weight = |report: &&IntentReport| match report.status {
        IntentStatus::Succeeded if attempt.phase.intent() == Some(&report.id) => 5,
        IntentStatus::Succeeded => 4,
        IntentStatus::Pending => 3,
        IntentStatus::Unproven(_) => 2,
        IntentStatus::Refused(_) => 1,
        IntentStatus::Canceled => 0,
    };
    reports.iter().max_by_key(weight)
}

/// Whether this decision makes the attempt one to be undone.
pub(crate) fn owes_reversal(decision: &Decision) -> bool {
    decision.records.iter().any(|record| matches!(record, Record::ReversalOwed { .. }))
}

/// Whether this decision ends the attempt.
pub(crate) fn settles(decision: &Decision, attempt: AttemptId) -> bool {
    decision.notes.iter().any(|note| matches!(note, Note::Settled(id) if *id == attempt))
}

/// Whether this decision raises an alarm about the answer.
fn contradicts(decision: &Decision) -> bool {
    decision.records.iter().any(|record| matches!(record, Record::AnswerContradicted { .. }))
}

pub(crate) fn names_intent(decision: &Decision) -> bool {
    decision.records.iter().any(|record| matches!(record, Record::IntentNamed { .. }))
}
