//! When to ask again about an attempt in doubt, and what: the timers of the quick-pay rules, section 3.
//!
//! Invariant: a reversal leaves straight after an inquiry, never before the wallet's floor, and is followed by an inquiry.
//! Deliberately absent: what answers mean (`judge.rs`).

use std::time::Duration;

use crate::answer::{Answer, Silence};
use crate::attempt::{Attempt, Phase};
use crate::decision::Decision;
use crate::desk::{Note, Poll, Step};
use crate::id::AttemptId;
use crate::input::Asked;
use crate::judge::{names_intent, owes_reversal, settles};
use crate::record::{Record, ReversalCause};
use crate::search::shows_nothing;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};

/// Between two reversals after the legal end: the wallet refuses them, unless our clock is wrong (ADR 0009).
const LATE_REVERSAL_PAUSE: Duration = Duration::from_secs(900);

impl Terminal {
    /// Plans the next question about an attempt that stays in doubt. The timers: quick-pay rules, section 3.
    pub(crate) fn plan_next_question(
        &self,
        now: Moment,
        attempt: &Attempt,
        asked: Asked,
        answer: &Answer,
        decision: &mut Decision,
    ) {
        let Some(doubt) = attempt.phase.doubt() else { return };
        if settles(decision, attempt.id) {
            return; // nothing left to ask
        }
        let before = self.desk.poll(attempt.id);
        let interval = self.settings.timers.inquiry_interval;
        let questions = before.questions.saturating_add(1);
        let mut poll = Poll { questions, ..before };
        match answer {
            Answer::Found(reports) if shows_nothing(reports, attempt) => {
                poll = Poll { questions, ..self.one_more_empty(now, attempt, doubt) };
            }
            Answer::Found(_) | Answer::Intent(_) => (poll.empties, poll.late_empties) = (0, 0),
            Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => {}
        }
        let later = now.mono.after(jittered(interval, attempt.id, questions));
        (poll.step, poll.next_at) = match asked {
            _ if owes_reversal(decision) => self.first_reversal(now, attempt, later, decision),
            Asked::Pay if is_error_reply(answer) => (Step::Inquire, now.mono),
            Asked::Pay => {
                let first = self.ledger.deadline(doubt.sent_at, interval, now);
                (Step::Inquire, first.max(now.mono))
            }
            Asked::Inquire => match self.reversal_due(now, attempt, before, decision) {
                Some(due) if due <= now.mono => (Step::Reverse, now.mono), // straight after the last inquiry
                Some(due) => (Step::Inquire, later.min(due)),
                None => {
                    let window_end = self.window_end(now, attempt).filter(|end| *end > now.mono);
                    (Step::Inquire, window_end.map_or(later, |end| later.min(end)))
                }
            },
            Asked::Reverse => {
                poll.reversals = before.reversals.saturating_add(1);
                let pause = reversal_pause(interval, poll.reversals);
                let too_late = self.reversal_is_too_late(now, attempt);
                let pause = if too_late { pause.max(LATE_REVERSAL_PAUSE) } else { pause };
                poll.reverse_again_at = now.mono.after(pause);
                (Step::Inquire, now.mono)
            }
        };
        if let Answer::Silent(Silence::Busy(wait)) = answer {
            poll.next_at = poll.next_at.max(later).max(now.mono.after(wait.unwrap_or(Duration::ZERO)));
        }
        decision.note(Note::Poll(attempt.id, poll));
    }

    /// What follows on the decision to undo an attempt: a known decline is closed at once; an unknown outcome waits for
    /// the wallet's floor; an attempt without a name can only be searched for.
    fn first_reversal(
        &self,
        now: Moment,
        attempt: &Attempt,
        later: Monotonic,
        decision: &Decision,
    ) -> (Step, Monotonic) {
        let named = attempt.phase.intent().is_some() || names_intent(decision);
        let declined = decision
            .records
            .iter()
            .any(|record| matches!(record, Record::ReversalOwed { cause: ReversalCause::Declined(_), .. }));
        match self.reversal_floor(now, attempt) {
            Some(_) if self.reversal_is_too_late(now, attempt) => (Step::Inquire, later),
            Some(_) if named && declined => (Step::Reverse, now.mono),
            Some(floor) if named && floor <= now.mono => (Step::Reverse, now.mono),
            Some(floor) if named => (Step::Inquire, later.min(floor)),
            Some(_) | None => (Step::Inquire, later),
        }
    }

    /// When the next reversal may leave, if one is owed and can be made: not before the wallet's floor, and after a
    /// pause that grows with each reversal that did not end the attempt.
    fn reversal_due(
        &self,
        now: Moment,
        attempt: &Attempt,
        poll: Poll,
        decision: &Decision,
    ) -> Option<Monotonic> {
        let Phase::Reversing { doubt, .. } = &attempt.phase else { return None };
        if doubt.intent.is_none() && !names_intent(decision) {
            return None;
        }
        let floor = self.reversal_floor(now, attempt)?;
        let due = floor.max(poll.reverse_again_at);
        if !self.reversal_is_too_late(now, attempt) {
            return Some(due);
        }
        Some(due.max(self.ledger.deadline(attempt.changed_at, LATE_REVERSAL_PAUSE, now)))
    }

    /// Whether the wallet takes no reversal of this attempt any more, as far as our clock tells. Within one boot only
    /// the clock of deadlines counts, so that setting the wall clock makes nothing older than it is.
    pub(crate) fn reversal_is_too_late(&self, now: Moment, attempt: &Attempt) -> bool {
        let Some(doubt) = attempt.phase.doubt() else { return false };
        let elapsed = now.mono.since(doubt.sent_at.mono);
        let sent = if doubt.sent_at.boot == now.boot { now.wall.before(elapsed) } else { doubt.sent_at.wall };
        self.settings.reversal_end(&attempt.wallet).is_over(sent, now.wall)
    }
}

/// An exchange that was completed and brought an error: the first inquiry follows at once.
fn is_error_reply(answer: &Answer) -> bool {
    match answer {
        Answer::Silent(silence) => silence.proves_the_line(),
        Answer::Rejected(_) | Answer::Declined { .. } => true,
        Answer::NotSent | Answer::Intent(_) | Answer::Found(_) => false,
    }
}

/// The interval plus or minus a tenth, from the attempt and the count, so that tills do not ask in step.
fn jittered(interval: Duration, attempt: AttemptId, questions: u32) -> Duration {
    let mixed = attempt.sale.0.wrapping_mul(31).wrapping_add(u32::from(attempt.index).wrapping_mul(7));
    let permille = 900 + mixed.wrapping_add(questions.wrapping_mul(73)) % 201;
    interval * permille / 1000
}

/// 0, then 5, 5, 10, 20, 40 … seconds up to 5 minutes, in units of the inquiry interval.
fn reversal_pause(interval: Duration, reversals: u32) -> Duration {
    let units = match reversals {
        0 => 0,
        1 | 2 => 1,
        n => 2_u32.saturating_pow((n - 2).min(6)),
    };
    interval * units.min(60)
}
