//! Money at the gateway of an amount, a currency or a mode that we never asked for, for an attempt that we gave up or
//! beside the payment of one that is paid: an alarm for people.
//!
//! Invariant: nothing of it is refunded by the till, because what went wrong is not known; the alarm stands, the sale
//! open, across restarts, until the gateway takes its word back or a person has put it right there (ADR 0015).
//! Deliberately absent: money that fits what was asked (`judge.rs` owes it back), and another order's money, which is
//! none of ours.

use crate::answer::{Answer, IntentReport, IntentStatus};
use crate::attempt::{Attempt, Phase, Stray, Watch};
use crate::decision::Decision;
use crate::desk::Note;
use crate::id::SaleId;
use crate::input::Asked;
use crate::judge::{Bound, settles};
use crate::money::{Currency, Money, decimal};
use crate::person::PersonName;
use crate::record::{Contradiction, Record};
use crate::refusal::Refusal;
use crate::terminal::Terminal;

impl Terminal {
    /// Raises the alarm, or takes it back when the gateway tells otherwise of the same money.
    pub(crate) fn look_for_stray_money(
        &self,
        attempt: &Attempt,
        owed: Money,
        (asked, answer): (Asked, &Answer),
        decision: &mut Decision,
    ) {
        let over = attempt.phase.is_sent_and_over() || settles(decision, attempt.id);
        if !over || asked == Asked::Reverse {
            return;
        }
        let (reports, bound) = match answer {
            Answer::Intent(report) => (std::slice::from_ref(report), Bound::ByExchange),
            Answer::Found(reports) => (reports.as_slice(), Bound::ByOrder),
            Answer::NotSent | Answer::Silent(_) | Answer::Rejected(_) | Answer::Declined { .. } => return,
        };
        let strays: Vec<Stray> =
            reports.iter().filter_map(|report| self.stray_in(attempt, owed, report, bound)).collect();
        let known = attempt.watch.stray();
        // What a person is looking at stays, in whatever order several are told.
        let stays = strays.iter().find(|stray| known.is_some_and(|known| known.intent == stray.intent));
        let stray = stays.or(strays.first()).cloned();
        match (stray, known) {
            (Some(stray), known) if known != Some(&stray) => {
                decision.record(Record::StrayMoneyTold { attempt: attempt.id, stray });
            }
            (None, Some(known)) if reports.iter().any(|report| report.id == known.intent) => {
                decision.record(Record::StrayMoneyTakenBack { attempt: attempt.id });
            }
            (Some(_) | None, _) => {}
        }
    }

    fn stray_in(&self, attempt: &Attempt, owed: Money, report: &IntentReport, bound: Bound) -> Option<Stray> {
        if matches!(&attempt.phase, Phase::Approved { intent, .. } if *intent == report.id) {
            return None; // proven when it was approved; what the gateway tells of it later is the back office's
        }
        let contradiction = self.contradiction(attempt, owed, report, bound)?;
        let ours = match contradiction {
            Contradiction::Amount | Contradiction::Currency | Contradiction::Mode => true,
            Contradiction::Order | Contradiction::Unknown => false,
        };
        (ours && report.status == IntentStatus::Succeeded).then(|| Stray {
            intent: report.id.clone(),
            contradiction,
            told: in_words(report.amount_minor, &report.currency),
        })
    }

    /// A person has put right at the gateway what came astray for a sale: the one that was shown. A second one, of
    /// another attempt, is shown next; nobody has looked at it yet.
    pub(crate) fn put_right(&self, id: SaleId, approver: Option<PersonName>) -> Result<Decision, Refusal> {
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        let (attempt, _) = sale.stray().ok_or(Refusal::NothingToSettle)?;
        let seen_by = self.whose_word(approver)?;
        let mut decision = Decision::default();
        decision.record(Record::StrayMoneyPutRight { attempt: attempt.id, seen_by });
        decision.note(Note::Settled(attempt.id));
        Ok(decision)
    }
}

impl Watch {
    /// The money that an alarm is about.
    #[must_use]
    pub fn stray(&self) -> Option<&Stray> {
        match self {
            Watch::Astray(stray) => Some(stray),
            Watch::On | Watch::Over => None,
        }
    }
}

/// `CNY 880.00`; in minor units where the currency is none of ours.
fn in_words(minor: u64, currency: &str) -> String {
    match Currency::parse(&currency.to_ascii_uppercase()) {
        Some(known) => format!("{known} {}", decimal(minor, known)),
        None => {
            let letters = currency.chars().filter(char::is_ascii_alphanumeric).take(8);
            format!("{minor} minor units of {}", letters.collect::<String>())
        }
    }
}
