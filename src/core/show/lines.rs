//! The lines of the panel below the word: why, and what to do now.
//!
//! Invariant: no line says that nothing was charged once a byte of the request may have left.
//! Deliberately absent: the word itself and the acts (`show.rs`).

use std::time::Duration;

use crate::attempt::{Attempt, Phase};
use crate::decline::DeclineReason;
use crate::desk::LineStanding;
use crate::record::{ExpiryCause, ReversalProof};
use crate::terminal::Terminal;
use crate::time::Moment;
use crate::view::State;
use crate::words::{Language, PanelLine};

impl Terminal {
    pub(super) fn lines_of(
        &self,
        attempt: &Attempt,
        state: State,
        now: Moment,
        language: Language,
    ) -> Vec<String> {
        let say = |lines: &[PanelLine]| lines.iter().map(|line| line.text(language)).collect();
        let left = self.countdown(attempt, state, now).map_or(0, |left| left.left_ms.div_ceil(1000));
        match state {
            State::Ready | State::Armed => Vec::new(),
            State::Held => say(&[PanelLine::NothingCharged, PanelLine::NoNetworkTrying(left)]),
            State::Expired => {
                say(&[PanelLine::NothingCharged, expiry_line(attempt), PanelLine::AskFreshCodeWhenOnline])
            }
            State::Submitted => {
                let waited =
                    attempt.phase.doubt().map_or(Duration::ZERO, |d| self.ledger.elapsed(d.sent_at, now));
                say(&[
                    PanelLine::Saved,
                    PanelLine::WaitingForAnswer(waited.as_secs()),
                    PanelLine::DoNotScanAgain,
                ])
            }
            State::AwaitingPayer => say(&[PanelLine::OnThePhone, PanelLine::WeWait(left)]),
            State::Checking => self.checking_lines(attempt, left, language),
            State::Reversing => {
                let wait = if left > 0 { PanelLine::CancelAllowedIn(left) } else { PanelLine::CheckingNow };
                say(&[PanelLine::NotConfirmedYet, wait, PanelLine::DoNotChargeAgain])
            }
            State::AskManager => say(&[PanelLine::NoAnswerForLong, PanelLine::CallManager]),
            State::Approved => {
                let wallet = self.settings.wallet_name(&attempt.wallet, language);
                vec![
                    format!("{wallet}, {}", attempt.changed_at.wall.clock()),
                    PanelLine::NextSale.text(language),
                ]
            }
            State::Declined => declined_lines(attempt, language),
            State::Reversed => {
                let line = match &attempt.phase {
                    Phase::Reversed { proof: Some(ReversalProof::NeverCreated), .. } => {
                        PanelLine::NothingWasCreated
                    }
                    Phase::Reversed { .. } | Phase::Held | Phase::Expired { .. } => {
                        PanelLine::NothingPaidMoneyReturns
                    }
                    Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => {
                        PanelLine::NothingPaidMoneyReturns
                    }
                    Phase::Approved { .. } | Phase::Declined { .. } => PanelLine::NothingPaidMoneyReturns,
                };
                say(&[line, PanelLine::NextSale])
            }
            State::RefundDue => say(&[PanelLine::PaidAfterCancel, PanelLine::WeOweTheCustomer]),
            State::RefundSaved => say(&[PanelLine::RefundOnlySaved, PanelLine::SayNotDoneYet]),
            State::RefundSent => say(&[PanelLine::WalletIsWorking, PanelLine::DoNotRefundAgain]),
            State::Refunded => say(&[PanelLine::ToTheWalletThatPaid, PanelLine::NextSale]),
            State::RefundRefused => say(&[PanelLine::MoneyNotReturned, PanelLine::CallTheManager]),
        }
    }

    fn checking_lines(&self, attempt: &Attempt, left: u64, language: Language) -> Vec<String> {
        let contradicted = attempt.phase.doubt().is_some_and(|doubt| doubt.contradiction.is_some());
        let refused = attempt.phase.doubt().and_then(|doubt| doubt.decline.as_ref());
        let used = refused.is_some_and(|decline| decline.reason() == DeclineReason::CodeUsed);
        let next = match self.desk.line.standing {
            _ if contradicted => PanelLine::Contradicted.text(language),
            LineStanding::Down => PanelLine::OfflineWillCheck.text(language),
            // Said while we make sure that it was not used for this very sale (ADR 0007).
            LineStanding::Up | LineStanding::Suspect | LineStanding::Unproven if used => {
                DeclineReason::CodeUsed.clause(language).to_owned()
            }
            LineStanding::Up | LineStanding::Suspect | LineStanding::Unproven if left == 0 => {
                PanelLine::CheckingNow.text(language)
            }
            LineStanding::Up | LineStanding::Suspect | LineStanding::Unproven => {
                PanelLine::NextCheck(left).text(language)
            }
        };
        let (unknown, warning) = (PanelLine::WeDoNotKnowYet, PanelLine::DoNotChargeAgain);
        vec![unknown.text(language), next, warning.text(language)]
    }
}

fn expiry_line(attempt: &Attempt) -> PanelLine {
    match &attempt.phase {
        Phase::Expired { cause: ExpiryCause::Cashier } => PanelLine::GivenUpUnsent,
        Phase::Expired { cause: ExpiryCause::Restart } => PanelLine::LostAtRestart,
        Phase::Expired { cause: ExpiryCause::SignOut } => PanelLine::WipedAtSignOut,
        Phase::Expired { cause: ExpiryCause::Deadline } => PanelLine::NoNetworkInTime,
        Phase::Held | Phase::Submitted(_) | Phase::AwaitingPayer(_) | Phase::Reversing { .. } => {
            PanelLine::NoNetworkInTime
        }
        Phase::Approved { .. } | Phase::Declined { .. } | Phase::Reversed { .. } => {
            PanelLine::NoNetworkInTime
        }
    }
}

fn declined_lines(attempt: &Attempt, language: Language) -> Vec<String> {
    let reason = decline_reason(attempt);
    let nothing = PanelLine::NotPaidNothingTaken.text(language);
    let clause = match (reason, code_for_support(attempt)) {
        (DeclineReason::SetUp, Some(code)) => format!("{} ({code})", reason.clause(language)),
        (_, Some(_) | None) => reason.clause(language).to_owned(),
    };
    vec![nothing, clause, reason.advice(language).to_owned()]
}

/// What support asks for when the payment service refuses the till.
fn code_for_support(attempt: &Attempt) -> Option<&str> {
    match &attempt.phase {
        Phase::Declined { decline, .. } => decline.decline_code.as_deref(),
        Phase::Held | Phase::Expired { .. } | Phase::Submitted(_) | Phase::AwaitingPayer(_) => None,
        Phase::Reversing { .. } | Phase::Approved { .. } | Phase::Reversed { .. } => None,
    }
}

fn decline_reason(attempt: &Attempt) -> DeclineReason {
    match &attempt.phase {
        Phase::Declined { decline, .. } => decline.reason(),
        Phase::Held | Phase::Expired { .. } | Phase::Submitted(_) | Phase::AwaitingPayer(_) => {
            DeclineReason::Doubtful
        }
        Phase::Reversing { .. } | Phase::Approved { .. } | Phase::Reversed { .. } => DeclineReason::Doubtful,
    }
}
