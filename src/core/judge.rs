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
use crate::desk::Note;
use crate::id::{AttemptId, IntentId};
use crate::input::{Asked, LineProof};
use crate::money::Money;
use crate::record::{Contradiction, ExpiryCause, Record, ReversalCause, ReversalProof};
use crate::search::{doubt_decline, used_code};
use crate::terminal::Terminal;
use crate::time::Moment;

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
            Answer::Declined { decline, intent } => {
                declined(attempt, decline, intent.as_ref(), &mut decision);
            }
            Answer::Intent(report) if asked == Asked::Pay => {
                self.first_word(attempt, sale.amount, report, &mut decision);
            }
            Answer::Intent(report) => {
                self.judge(attempt, sale.amount, report, Bound::ByExchange, &mut decision);
            }
            Answer::Found(reports) => self.found(now, attempt, sale.amount, reports, &mut decision),
        }
        self.look_for_stray_money(attempt, sale.amount, (asked, answer), &mut decision);
        self.end_window(now, attempt, asked, answer, &mut decision);
        self.plan_next_question(now, attempt, asked, answer, &mut decision);
        self.plan_next_look(now, attempt, answer, &mut decision);
        decision
    }

    /// The answer to the payment itself. "This code was used" may be the answer to a second delivery of our own request,
    /// while the first is being paid (wire contract, section 6), and a status we do not know may hide the same: then the
    /// search by order decides, and the intent stays unnamed.
    fn first_word(&self, attempt: &Attempt, owed: Money, report: &IntentReport, decision: &mut Decision) {
        let agrees = self.contradiction(attempt, owed, report, Bound::ByExchange).is_none();
        match (&report.status, used_code(report)) {
            (_, Some(decline)) if agrees => doubt_decline(attempt, decline, decision),
            (IntentStatus::Unproven(_), _) if agrees => {}
            (_, Some(_) | None) => self.judge(attempt, owed, report, Bound::ByExchange, decision),
        }
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
            Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => false,
        };
        let waiting = match &attempt.phase {
            Phase::Submitted(doubt) | Phase::AwaitingPayer(doubt) => {
                doubt.contradiction.is_none() || agrees_again(decision)
            }
            Phase::Held | Phase::Expired { .. } | Phase::Reversing { .. } => false,
            Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => false,
        };
        let over = self.window_end(now, attempt).is_some_and(|end| end <= now.mono);
        let ended = settles(decision, attempt.id) || owes_reversal(decision) || contradicts(decision);
        if told && waiting && over && !ended {
            let refused = attempt.phase.doubt().and_then(|doubt| doubt.decline.clone());
            let used = refused.filter(|decline| decline.reason() == DeclineReason::CodeUsed);
            let cause = used.map_or(ReversalCause::WindowOver, ReversalCause::Declined);
            decision.record(Record::ReversalOwed { attempt: attempt.id, cause });
        }
    }

    pub(crate) fn line_probed(&self, now: Moment, proof: LineProof) -> Decision {
        let check = self.settings.timers.line_check_interval;
        let line = match proof {
            LineProof::Up => self.desk.line.completed(now.mono, check),
            LineProof::Down => self.desk.line.broken(now.mono, check, self.waiting()),
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
            Exchange::Unanswered => line.unanswered(now.mono, check, self.waiting()),
            Exchange::NeverMade => line.broken(now.mono, check, self.waiting()),
        }));
    }

    fn waiting(&self) -> crate::desk::Waiting {
        match self.ledger.open_sales().next() {
            Some(_) => crate::desk::Waiting::SomethingIsOwed,
            None => crate::desk::Waiting::Nothing,
        }
    }

    /// No byte of the payment left: the attempt is held again while its code may still be sent.
    fn not_sent(&self, now: Moment, attempt: &Attempt, asked: Asked, decision: &mut Decision) {
        if asked != Asked::Pay {
            return;
        }
        let cause = match &attempt.phase {
            Phase::Submitted(_) if !self.desk.vault.contains_key(&attempt.id) => Some(ExpiryCause::SignOut),
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

    pub(crate) fn judge(
        &self,
        attempt: &Attempt,
        owed: Money,
        report: &IntentReport,
        bound: Bound,
        decision: &mut Decision,
    ) {
        let id = attempt.id;
        if let Some(contradiction) = self.contradiction(attempt, owed, report, bound) {
            let known = attempt.phase.doubt().and_then(|doubt| doubt.contradiction);
            if attempt.phase.doubt().is_some() && known != Some(contradiction) {
                decision.record(Record::AnswerContradicted { attempt: id, contradiction });
            }
            return;
        }
        if attempt.phase.doubt().is_some_and(|doubt| doubt.contradiction.is_some()) {
            decision.record(Record::AnswerAgreed { attempt: id });
        }
        match &attempt.phase {
            Phase::Submitted(doubt) => self.judge_wanted(attempt, doubt, Waiting::No, report, decision),
            Phase::AwaitingPayer(doubt) => self.judge_wanted(attempt, doubt, Waiting::Yes, report, decision),
            Phase::Reversing { doubt, cause } => judge_unwanted(id, owed, doubt, cause, report, decision),
            Phase::Declined { .. } | Phase::Reversed { .. } => {
                if report.status == IntentStatus::Succeeded {
                    self.owe_back(id, &report.id, owed, decision);
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
        if !matches!(report.status, IntentStatus::Unproven(_)) {
            name_intent(id, doubt, &report.id, decision);
        }
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

    /// Money that is to go back, once an intent.
    pub(crate) fn owe_back(&self, id: AttemptId, intent: &IntentId, amount: Money, decision: &mut Decision) {
        let sale = self.ledger.sale(id.sale);
        let known = sale.is_some_and(|sale| sale.refunds_owed.iter().any(|refund| refund.intent == *intent));
        let told =
            |record: &Record| matches!(record, Record::RefundOwed { intent: told, .. } if told == intent);
        if !known && !decision.records.iter().any(told) {
            decision.record(Record::RefundOwed { attempt: id, intent: intent.clone(), amount });
        }
    }

    /// Whether another attempt is known by this intent, or money of it is owed back: one intent is never the money of two.
    fn is_anothers(&self, attempt: &Attempt, intent: &IntentId) -> bool {
        let sales = || self.ledger.sales().values();
        let known = sales().flat_map(|sale| &sale.attempts).map(|other| (other.id, other.phase.intent()));
        let owed = sales().flat_map(|sale| &sale.refunds_owed).map(|owed| (owed.attempt, Some(&owed.intent)));
        known.chain(owed).any(|(other, known)| other != attempt.id && known == Some(intent))
    }

    /// How a report contradicts the request. An order id that is not echoed is no contradiction where the exchange
    /// itself says which payment is meant (ADR 0008).
    pub(crate) fn contradiction(
        &self,
        attempt: &Attempt,
        owed: Money,
        report: &IntentReport,
        bound: Bound,
    ) -> Option<Contradiction> {
        let ours = match (&report.order, attempt.phase.intent()) {
            (Some(order), _) => *order == attempt.order,
            (None, Some(known)) => *known == report.id,
            (None, None) => bound == Bound::ByExchange,
        };
        if !ours || self.is_anothers(attempt, &report.id) {
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
}

/// What ties a report to our request besides the order id in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    /// It answers the payment itself, or a question by the intent's id.
    ByExchange,
    /// Nothing: it was found under our order id.
    ByOrder,
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

/// A refusal without the intent itself. One that only names it can be asked about by that name.
fn declined(attempt: &Attempt, decline: &Decline, intent: Option<&IntentId>, decision: &mut Decision) {
    doubt_decline(attempt, decline, decision);
    let believed = decline.reason() != DeclineReason::CodeUsed;
    if let (Some(doubt), Some(intent)) = (attempt.phase.doubt(), intent.filter(|_| believed)) {
        name_intent(attempt.id, doubt, intent, decision);
    }
}

fn own_decline(code: &str, message: Option<String>) -> Decline {
    Decline { code: Some(code.to_owned()), decline_code: None, message }
}

fn rejected(attempt: &Attempt, asked: Asked, rejection: &Rejection, decision: &mut Decision) {
    let decline = || Decline {
        decline_code: rejection.code.clone(),
        ..own_decline(REJECTED_BY_API, Some(rejection.words.clone()))
    };
    match (asked, rejection.kind) {
        (Asked::Pay, RejectionKind::BadRequest) => doubt_decline(attempt, &decline(), decision),
        // The second delivery of our own request may be refused for the sake of the first.
        (Asked::Pay, _) if decline().reason() == DeclineReason::Doubtful => {
            doubt_decline(attempt, &decline(), decision);
        }
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
            let named = attempt.phase.doubt().filter(|doubt| doubt.intent.is_some());
            if named.is_some_and(|doubt| doubt.contradiction != Some(Contradiction::Unknown)) {
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

/// Whether this decision takes an earlier alarm back.
fn agrees_again(decision: &Decision) -> bool {
    decision.records.iter().any(|record| matches!(record, Record::AnswerAgreed { .. }))
}

pub(crate) fn names_intent(decision: &Decision) -> bool {
    decision.records.iter().any(|record| matches!(record, Record::IntentNamed { .. }))
}
