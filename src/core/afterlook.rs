//! Looking once more after an attempt was given up: a cancel need not reach the wallet, and a payer may be late.
//!
//! Invariant: an attempt that ended unpaid is asked about until the longest time is over in which a wallet could still
//! take money for it, across restarts; money that came is one refund owed.
//! Deliberately absent: comparing whole days with the gateway's list (reconciliation comes later).

use std::time::Duration;

use crate::answer::{Answer, IntentReport, IntentStatus, Silence};
use crate::attempt::{Attempt, Watch};
use crate::decision::Decision;
use crate::desk::{LineStanding, Note, Poll};
use crate::id::AttemptId;
use crate::record::Record;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};

/// An Alipay trade lives three minutes (quick-pay rules, section 3).
const TRADE_LIVES: Duration = Duration::from_secs(180);
/// The longest life of a trade that any wallet documents: ten minutes (Antom, quick-pay rules, section 3).
const LONGEST_LIFE: Duration = Duration::from_secs(600);
/// What the gateway still leaves open is asked about for seven days, the longest time in which a wallet takes an attempt
/// back (quick-pay rules, section 3).
const AT_MOST: Duration = Duration::from_secs(7 * 24 * 3600);
/// Between two looks without a clear answer, in inquiry intervals: five minutes.
const LONGEST_PAUSE: u32 = 60;

impl Terminal {
    /// When an attempt that ended unpaid is looked after next.
    pub(crate) fn look_due(&self, now: Moment, attempt: &Attempt) -> Option<Monotonic> {
        if self.desk.in_flight.contains_key(&attempt.id) || self.desk.line.standing == LineStanding::Down {
            return None;
        }
        let first =
            || self.ledger.deadline(attempt.changed_at, self.settings.pay_window(&attempt.wallet), now);
        Some(self.desk.polls.get(&attempt.id).map_or_else(first, |poll| poll.next_at))
    }

    /// After an answer about an attempt that ended unpaid: the next look, or the end of the watch.
    pub(crate) fn plan_next_look(
        &self,
        now: Moment,
        attempt: &Attempt,
        answer: &Answer,
        decision: &mut Decision,
    ) {
        let astray = astray_after(attempt, decision);
        let watched = match &attempt.watch {
            _ if astray => true,
            Watch::On | Watch::Astray(_) => attempt.may_be_paid_late(),
            Watch::Over => false,
        };
        if !watched {
            if attempt.is_watched() {
                decision.note(Note::Settled(attempt.id)); // the alarm was all that was asked about
            }
            return;
        }
        let since = self.ledger.elapsed(attempt.changed_at, now);
        let came = decision.records.iter().any(|record| is_refund_owed(record, attempt.id));
        let clear = says_nothing_came(answer);
        let before = self.desk.poll(attempt.id);
        let by_order = before.questions % 2 == 1 || attempt.phase.intent().is_none();
        if !astray && (came || since >= AT_MOST || (clear && by_order && since >= LONGEST_LIFE)) {
            decision.record(Record::WatchEnded { attempt: attempt.id });
            decision.note(Note::Settled(attempt.id));
            return;
        }
        let questions = before.questions.saturating_add(1);
        let next_at = if astray && since >= AT_MOST {
            now.mono.after(AT_MOST) // the alarm stands; a person asks sooner
        } else if clear && !astray {
            let window = self.settings.pay_window(&attempt.wallet);
            let looks = [window, TRADE_LIVES, LONGEST_LIFE];
            match looks.into_iter().find(|look| *look > since) {
                Some(next) => self.ledger.deadline(attempt.changed_at, next, now),
                None => now.mono.after(self.settings.timers.inquiry_interval), // the last look, the other way
            }
        } else {
            let asked_to_wait = match answer {
                Answer::Silent(Silence::Busy(wait)) => wait.unwrap_or(Duration::ZERO),
                Answer::Silent(_) | Answer::NotSent | Answer::Rejected(_) => Duration::ZERO,
                Answer::Declined { .. } | Answer::Intent(_) | Answer::Found(_) => Duration::ZERO,
            };
            let pause = self.settings.timers.inquiry_interval * questions.min(LONGEST_PAUSE);
            now.mono.after(pause.max(asked_to_wait))
        };
        decision.note(Note::Poll(attempt.id, Poll { next_at, questions, ..before }));
    }
}

fn is_refund_owed(record: &Record, id: AttemptId) -> bool {
    matches!(record, Record::RefundOwed { attempt, .. } if *attempt == id)
}

/// Whether an alarm stands when this decision is recorded.
fn astray_after(attempt: &Attempt, decision: &Decision) -> bool {
    let told = |record: &Record| matches!(record, Record::StrayMoneyTold { .. });
    let taken_back = |record: &Record| matches!(record, Record::StrayMoneyTakenBack { .. });
    let stood = attempt.watch.stray().is_some() && !decision.records.iter().any(taken_back);
    stood || decision.records.iter().any(told)
}

/// Whether the gateway says clearly that nothing was paid.
fn says_nothing_came(answer: &Answer) -> bool {
    let closed = |report: &IntentReport| match report.status {
        IntentStatus::Canceled | IntentStatus::Refused(_) => true,
        IntentStatus::Succeeded | IntentStatus::Pending | IntentStatus::Unproven(_) => false,
    };
    match answer {
        Answer::Intent(report) => closed(report),
        Answer::Found(reports) => reports.iter().all(closed),
        Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => false,
    }
}
