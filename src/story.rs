//! Records told as lines a person can read: the story of a sale and of the day.
//!
//! Invariant: every record has a line; where it names a state, that is the word which the screen shows from then on (of a
//! part that went back: the word of that refund, while its sale stays paid), and a record that does not settle the state
//! names none; nothing secret is in any of them.

use quickpay_core::answer::Silence;
use quickpay_core::attempt::Stray;
use quickpay_core::person::PersonName;
use quickpay_core::print::Hindrance;
use quickpay_core::record::{
    Contradiction, Copy, ExpiryCause, PrintProof, Record, ReversalCause, ReversalProof, SignOutCause, Slip,
};
use quickpay_core::settings::Settings;
use quickpay_core::shift::ShiftReport;
use quickpay_core::view::State;
use quickpay_core::wallet::WalletId;
use quickpay_core::words::Language;

/// One record in one line; a wallet is called what the screen calls it.
#[must_use]
#[expect(clippy::too_many_lines, reason = "one table: every record and its line")]
pub fn tell(record: &Record, settings: &Settings) -> String {
    let wallet_name = |wallet: &WalletId| settings.wallet_name(wallet, Language::En);
    let word = |state: State| state.word(Language::En);
    match record {
        Record::JournalBegan { terminal, epoch, currency } => {
            format!("journal of terminal {terminal} began, epoch {epoch}, in {currency}")
        }
        Record::TerminalStarted => "terminal started".to_owned(),
        Record::PersonSignedIn { person } => format!("{person} signed in"),
        Record::PersonSignedOut { person, cause } => match cause {
            SignOutCause::Asked => format!("{person} signed out"),
            SignOutCause::Restart => format!("{person} signed out: the terminal restarted"),
        },
        Record::SaleOpened { sale, amount, operator, shift } => {
            let shift = shift.map_or_else(String::new, |shift| format!(" in shift {shift}"));
            format!("{sale} opened{shift}: {amount}{}", by(operator.as_ref()))
        }
        Record::ShiftOpened { shift, operator } => format!("shift {shift} opened{}", by(operator.as_ref())),
        Record::ShiftClosed { report } => closed(report),
        Record::AttemptHeld { attempt, wallet, order, operator, .. } => {
            format!(
                "{attempt} {}: no network, nothing charged ({}, order {order}){}",
                word(State::Held),
                wallet_name(wallet),
                by(operator.as_ref())
            )
        }
        Record::AttemptSubmitted { attempt, wallet, order, operator, .. } => {
            let (wallet, who) = (wallet_name(wallet), by(operator.as_ref()));
            format!("{attempt} {}: {wallet}, order {order}{who}", word(State::Submitted))
        }
        Record::AttemptNotSent { attempt } => {
            format!("{attempt} {}: the connection was never made, nothing left the till", word(State::Held))
        }
        Record::AttemptExpired { attempt, cause } => {
            format!("{attempt} {}: {}", word(State::Expired), expiry(*cause))
        }
        Record::IntentNamed { attempt, intent } => format!("{attempt} is {intent} at the gateway"),
        Record::AnswerMissed { attempt, silence } => {
            format!("{attempt} {}", silence_words(*silence))
        }
        Record::DeclineDoubted { attempt, decline } => {
            let code = decline.decline_code.as_deref().or(decline.code.as_deref()).unwrap_or("no code");
            format!("{attempt} a refusal that proves nothing ({code})")
        }
        Record::AnswerContradicted { attempt, contradiction } => {
            format!("{attempt} ALARM: {}", contradiction_words(*contradiction))
        }
        Record::AnswerAgreed { attempt } => {
            format!("{attempt} the gateway's answer agrees again")
        }
        Record::PayerAwaited { attempt } => format!("{attempt} {}", word(State::AwaitingPayer)),
        Record::AttemptApproved { attempt, intent, .. } => {
            format!("{attempt} {}: {intent}", word(State::Approved))
        }
        Record::AttemptDeclined { attempt, decline } => {
            format!("{attempt} {}: {}", word(State::Declined), decline.reason().clause(Language::En))
        }
        Record::ReversalOwed { attempt, cause } => {
            format!("{attempt} {}: {}", word(State::Reversing), reversal_words(cause))
        }
        Record::AttemptReversed { attempt, proof } => {
            let proof = match proof {
                ReversalProof::Canceled => "the gateway says canceled",
                ReversalProof::NeverCreated => "the gateway never had it",
            };
            format!("{attempt} {}: {proof}", word(State::Reversed))
        }
        Record::WatchEnded { attempt } => format!("{attempt} no money came; nothing more is asked"),
        Record::StrayMoneyTold { attempt, stray } => {
            let Stray { intent, contradiction, told } = stray;
            let why = contradiction_words(*contradiction);
            format!(
                "{attempt} {}: ALARM, {told} came by {intent} and nobody asked for it, {why}; nothing is refunded",
                word(State::AskManager)
            )
        }
        Record::StrayMoneyTakenBack { attempt } => {
            format!("{attempt} the gateway says otherwise of that money now")
        }
        Record::StrayMoneyPutRight { attempt, seen_by } => {
            let who = seen(seen_by.as_ref());
            format!("{attempt} put right at the gateway by a person{who}")
        }
        Record::RefundOwed { attempt, intent, amount } => {
            format!("{attempt} {}: {amount} came by {intent} after we gave up", word(State::RefundDue))
        }
        Record::RefundSaved { refund, number, amount, intent, reason, operator, approver, .. } => {
            let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            let asked = by(operator.as_ref());
            let allowed = approver.as_ref().map_or_else(String::new, |name| format!(", approved by {name}"));
            let saved = word(State::RefundSaved);
            format!("{refund} {saved}: {amount} of {intent} as {number}{reason}{asked}{allowed}")
        }
        Record::RefundSent { refund } => format!("{refund} {}", word(State::RefundSent)),
        Record::RefundNotSent { refund } => {
            format!("{refund} {}: the connection was never made", word(State::RefundSaved))
        }
        Record::RefundNamed { refund, id } => format!("{refund} is {} at the gateway", id.0),
        Record::RefundMissed { refund, silence } => {
            format!("{refund} {}: {}", word(State::RefundSent), silence_words(*silence))
        }
        Record::RefundConfirmed { refund, seen_by } => {
            format!("{refund} {}{}", word(State::Refunded), seen(seen_by.as_ref()))
        }
        Record::RefundRefused { refund, words, seen_by } => {
            format!("{refund} {}: {words}{}", word(State::RefundRefused), seen(seen_by.as_ref()))
        }
        Record::RefundWithdrawn { refund } => format!("{refund} taken back before it was sent"),
        Record::SalePutAside { sale } => format!("{sale} put aside"),
        Record::SaleResumed { sale } => format!("{sale} taken up again"),
        Record::PrintQueued { job, attempt, copy, operator } => match copy {
            Copy::Original => format!("{job} receipt of {attempt} queued"),
            Copy::Number(n) => format!("{job} COPY {n} of {attempt} queued{}", by(operator.as_ref())),
        },
        Record::SlipQueued { job, slip, copy, operator } => {
            let copy = match copy {
                Copy::Original => String::new(),
                Copy::Number(n) => format!("COPY {n} of the "),
            };
            format!("{job} {copy}{} queued{}", slip_words(*slip), by(operator.as_ref()))
        }
        Record::PrintWithdrawn { job } => format!("{job} withdrawn: it was no longer true"),
        Record::PrintStarted { job } => format!("{job} printing"),
        Record::PrintInterrupted { job, why } => {
            let why = match why {
                Hindrance::PaperOut => "the printer is out of paper",
                Hindrance::CoverOpen => "the printer's cover is open",
                Hindrance::NeedsAttention => "the printer reports an error",
            };
            format!("{job} interrupted: {why}; it goes on by itself")
        }
        Record::PrintNotSent { job } => format!("{job} queued again: the printer was not reached"),
        Record::PrintFinished { job, proof, seen_by } => match proof {
            PrintProof::Answered => format!("{job} printed: the printer said so"),
            PrintProof::Sent => format!("{job} printed: sent, not proven"),
            PrintProof::Seen => format!("{job} printed: a person saw it{}", seen(seen_by.as_ref())),
        },
        Record::PrintUnknown { job } => format!("{job} unknown: did it print?"),
        Record::PrintMissing { job, seen_by } => {
            format!("{job} missing: a person saw no paper{}", seen(seen_by.as_ref()))
        }
    }
}

/// Who did it, where that is known.
fn by(person: Option<&PersonName>) -> String {
    person.map_or_else(String::new, |person| format!(" by {person}"))
}

/// Who looked, where that is known.
fn seen(by: Option<&PersonName>) -> String {
    by.map_or_else(String::new, |person| format!(", seen by {person}"))
}

fn closed(report: &ShiftReport) -> String {
    let begun = report.figures.begun();
    let (open, doubt) = (report.open.len(), report.in_doubt().count);
    format!(
        "shift {} closed{}: {} sales begun, {open} open handed over, {doubt} of them in doubt",
        report.number,
        by(report.taken_by.as_ref()),
        begun.count
    )
}

fn slip_words(slip: Slip) -> String {
    match slip {
        Slip::Pending(attempt) => format!("pending slip of {attempt}"),
        Slip::Reversal(attempt) => format!("reversal slip of {attempt}"),
        Slip::Refund(refund) => format!("slip of refund {refund}"),
        Slip::Test => "test page".to_owned(),
        Slip::X(shift) => format!("X report of shift {shift}"),
        Slip::Z(shift) => format!("Z report of shift {shift}"),
    }
}

fn expiry(cause: ExpiryCause) -> &'static str {
    match cause {
        ExpiryCause::Deadline => "no network in time",
        ExpiryCause::Restart => "the terminal restarted before it was sent",
        ExpiryCause::Cashier => "given up before it was sent",
        ExpiryCause::SignOut => "the cashier signed out before it was sent",
    }
}

fn silence_words(silence: Silence) -> &'static str {
    match silence {
        Silence::NoAnswer => "no answer",
        Silence::ServerError => "the gateway answered with a fault of its own",
        Silence::Conflict => "the gateway saw a conflict",
        Silence::Nonsense => "an answer that makes no sense",
        Silence::Busy(_) => "the gateway is busy",
    }
}

fn contradiction_words(contradiction: Contradiction) -> &'static str {
    match contradiction {
        Contradiction::Amount => "the gateway names another amount",
        Contradiction::Currency => "the gateway names another currency",
        Contradiction::Order => "the gateway names another order",
        Contradiction::Mode => "test and real money are mixed up",
        Contradiction::Unknown => "the gateway no longer knows it",
    }
}

fn reversal_words(cause: &ReversalCause) -> &'static str {
    match cause {
        ReversalCause::Cashier => "the cashier cancelled",
        ReversalCause::WindowOver => "not confirmed in time",
        ReversalCause::Declined(_) => "refused, and still open at the gateway",
    }
}

#[cfg(test)]
#[path = "story_tests.rs"]
mod tests;
