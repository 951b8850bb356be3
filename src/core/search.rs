//! What a search by our order id proves: found, nothing yet, or never created.
//!
//! Invariant: an empty search is believed only after several in a row past the payment window, and so is the refusal of
//! a used code: it may be the second intent of a request that arrived twice, while the first is being paid.
//! Deliberately absent: what one intent means for the money (`judge.rs`).

use crate::answer::{Decline, IntentReport, IntentStatus};
use crate::attempt::{Attempt, Doubt, Phase};
use crate::decision::Decision;
use crate::decline::DeclineReason;
use crate::desk::{Note, Poll};
use crate::judge::Bound;
use crate::money::Money;
use crate::record::{Record, ReversalCause, ReversalProof};
use crate::terminal::Terminal;
use crate::time::Moment;

/// Searches in a row, past the payment window, that show nothing of ours and so prove that nothing else was created
/// (wire contract, section 6: one empty search proves nothing).
const EMPTIES_PROVE: u32 = 3;
/// Empty searches in a row after a refusal that named no intent. Words that may be the gateway's own fault confirm
/// nothing: searches may lag while the payment goes on (wire contract, section 4), so the window decides.
const EMPTIES_CONFIRM_REFUSAL: u32 = 2;

impl Terminal {
    pub(crate) fn found(
        &self,
        now: Moment,
        attempt: &Attempt,
        owed: Money,
        reports: &[IntentReport],
        decision: &mut Decision,
    ) {
        let telling = reports.iter().filter(|report| tells(report, attempt));
        let agrees =
            |report: &IntentReport| self.contradiction(attempt, owed, report, Bound::ByOrder).is_none();
        match weightiest(telling, attempt, agrees) {
            Some(report) => {
                self.judge(attempt, owed, report, Bound::ByOrder, decision);
                self.refund_the_rest(attempt, owed, report, reports, decision);
            }
            None => self.found_nothing(now, attempt, owed, reports.first(), decision),
        }
    }

    /// A doubled request that was paid twice: the first is kept, every other one goes back.
    fn refund_the_rest(
        &self,
        attempt: &Attempt,
        owed: Money,
        judged: &IntentReport,
        reports: &[IntentReport],
        decision: &mut Decision,
    ) {
        let kept = match &attempt.phase {
            Phase::Approved { intent, .. } => intent,
            Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => &judged.id,
            Phase::Declined { .. } | Phase::Reversed { .. } => &judged.id,
            Phase::Held | Phase::Expired { .. } => return, // never sent: nobody searches
        };
        for report in reports {
            let paid_too = report.status == IntentStatus::Succeeded && report.id != *kept;
            if paid_too && self.contradiction(attempt, owed, report, Bound::ByOrder).is_none() {
                self.owe_back(attempt.id, &report.id, owed, decision);
            }
        }
    }

    /// `refused` is an intent that was refused because its code was used: all there is, if no other shows up.
    fn found_nothing(
        &self,
        now: Moment,
        attempt: &Attempt,
        owed: Money,
        refused: Option<&IntentReport>,
        decision: &mut Decision,
    ) {
        let Some(doubt) = attempt.phase.doubt() else { return };
        if doubt.intent.is_some() {
            return; // retrieved by id; an empty search says nothing about it
        }
        let Poll { empties, late_empties, .. } = self.one_more_empty(now, attempt, doubt);
        let proven = late_empties >= EMPTIES_PROVE;
        if let Some(report) = refused {
            if proven {
                self.judge(attempt, owed, report, Bound::ByOrder, decision);
            } else if let IntentStatus::Refused(decline) = &report.status {
                doubt_decline(attempt, decline, decision);
            }
            return;
        }
        match (&attempt.phase, &doubt.decline) {
            (Phase::Submitted(_), Some(decline)) if empties >= EMPTIES_CONFIRM_REFUSAL => {
                let believed = match decline.reason() {
                    DeclineReason::Doubtful => false,
                    DeclineReason::CodeUsed => proven,
                    DeclineReason::CodeExpired | DeclineReason::CodeInvalid | DeclineReason::StartAgain => {
                        true
                    }
                    DeclineReason::Insufficient | DeclineReason::CardNotAccepted => true,
                    DeclineReason::LimitReached | DeclineReason::PayerCancelled => true,
                    DeclineReason::Refused | DeclineReason::SetUp => true,
                };
                if believed {
                    decision
                        .record(Record::AttemptDeclined { attempt: attempt.id, decline: decline.clone() });
                    decision.note(Note::Settled(attempt.id));
                }
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

    /// The counts after one more search that showed nothing of ours. Searches before the window's end prove nothing
    /// about an intent that may still be created or that the search does not show yet.
    pub(crate) fn one_more_empty(&self, now: Moment, attempt: &Attempt, doubt: &Doubt) -> Poll {
        let poll = self.desk.poll(attempt.id);
        let past_window =
            self.ledger.elapsed(doubt.sent_at, now) >= self.settings.pay_window(&attempt.wallet);
        let late_empties = if past_window { poll.late_empties.saturating_add(1) } else { 0 };
        Poll { empties: poll.empties.saturating_add(1), late_empties, ..poll }
    }
}

/// The refusal of a used code, as long as it may belong to the second intent of a doubled request.
pub(crate) fn used_code(report: &IntentReport) -> Option<&Decline> {
    match &report.status {
        IntentStatus::Refused(decline) => {
            Some(decline).filter(|decline| decline.reason() == DeclineReason::CodeUsed)
        }
        IntentStatus::Succeeded | IntentStatus::Pending | IntentStatus::Canceled => None,
        IntentStatus::Unproven(_) => None,
    }
}

/// Whether a found intent tells what became of the attempt. An intent that was refused for its used code does not,
/// unless it is the one that the attempt is known by.
fn tells(report: &IntentReport, attempt: &Attempt) -> bool {
    used_code(report).is_none() || attempt.phase.intent() == Some(&report.id)
}

/// Whether a search showed nothing that tells what became of the attempt.
pub(crate) fn shows_nothing(reports: &[IntentReport], attempt: &Attempt) -> bool {
    !reports.iter().any(|report| tells(report, attempt))
}

/// Of several intents of one order, the one that tells most about the money: a payment as it was asked for before one of
/// another amount, whatever their order.
fn weightiest<'a>(
    reports: impl Iterator<Item = &'a IntentReport>,
    attempt: &Attempt,
    agrees: impl Fn(&IntentReport) -> bool,
) -> Option<&'a IntentReport> {
    let weight = |report: &&IntentReport| match report.status {
        IntentStatus::Succeeded if agrees(report) && attempt.phase.intent() == Some(&report.id) => 7,
        IntentStatus::Succeeded if agrees(report) => 6,
        IntentStatus::Succeeded if attempt.phase.intent() == Some(&report.id) => 5,
        IntentStatus::Succeeded => 4,
        IntentStatus::Pending => 3,
        IntentStatus::Unproven(_) => 2,
        IntentStatus::Refused(_) => 1,
        IntentStatus::Canceled => 0,
    };
    reports.max_by_key(weight)
}

pub(crate) fn doubt_decline(attempt: &Attempt, decline: &Decline, decision: &mut Decision) {
    if attempt.phase.doubt().is_some_and(|doubt| doubt.decline.as_ref() != Some(decline)) {
        decision.record(Record::DeclineDoubted { attempt: attempt.id, decline: decline.clone() });
    }
}
