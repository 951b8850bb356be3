//! Giving money back: what a person asks for, what the gateway says of it, and when to ask again.
//!
//! Invariant: a refund is never sent under a second number; a lost reply is asked about, and where the gateway cannot
//! tell, the refund stays sent until a person decides.
//! Deliberately absent: who may ask and who allows it (`signing.rs`).

use std::time::Duration;

use crate::answer::{RefundAnswer, RefundReport, RefundStanding, Rejection, Silence};
use crate::decision::Decision;
use crate::desk::{LineStanding, Note, RefundPoll, Sends};
use crate::effect::{Effect, RefundRequest};
use crate::id::{AttemptId, IntentId, OrderId, RefundId, SaleId};
use crate::input::Seen;
use crate::money::Money;
use crate::payment_code::without_codes;
use crate::person::PersonName;
use crate::record::Record;
use crate::refund::{Refund, RefundPhase, Share};
use crate::refusal::Refusal;
use crate::sale::Sale;
use crate::terminal::Terminal;
use crate::time::{Moment, Monotonic};
use crate::wallet::PartialRefunds;

/// The pause between two questions about one refund never grows longer than this many inquiry intervals.
const LONGEST_PAUSE: u32 = 12;

/// What the journal says of a refund that a person could not find at the gateway.
const SEEN_NOWHERE: &str = "a person looked: the gateway has no such refund";

impl Terminal {
    pub(crate) fn refund_asked(
        &self,
        id: SaleId,
        amount: Option<&str>,
        reason: &str,
        approver: Option<PersonName>,
    ) -> Result<Decision, Refusal> {
        let sale = self.ledger.sale(id).ok_or(Refusal::NoSuchSale)?;
        let (attempt, intent) = sale.refundable().ok_or(Refusal::NothingToRefund)?;
        let left = Money::from_minor(sale.left_of(&intent), sale.amount.currency())?;
        let amount = amount.map_or(Ok(left), |text| Money::parse(text, sale.amount.currency()))?;
        if amount > left {
            return Err(Refusal::RefundTooLarge { left });
        }
        self.allow_parts(sale, attempt, &intent, amount)?;
        let index = u8::try_from(sale.refunds.len() + 1).map_err(|_| Refusal::RefundInPartsNotAllowed)?;
        let refund = RefundId { sale: id, index };
        let number = self.refund_number(refund)?;
        self.refuse_without_manager(approver.as_ref())?;
        let operator = self.operator().cloned();
        let reason = without_codes(reason);
        let mut decision = Decision::default();
        decision.record(Record::RefundSaved {
            refund,
            number,
            attempt,
            intent,
            amount,
            reason,
            operator,
            approver,
        });
        if self.desk.shown == Some(id) {
            decision.note(Note::Shown(Some(id))); // looked up or not, its customer stands here
        }
        Ok(decision)
    }

    /// A person's word about a refund whose fate the gateway cannot tell (ADR 0006): taken only when it is parked and no
    /// request of ours can still reach the gateway after the person looked there.
    pub(crate) fn refund_seen(
        &self,
        now: Moment,
        id: RefundId,
        seen: Seen,
        approver: Option<PersonName>,
    ) -> Result<Decision, Refusal> {
        let refund = self.ledger.sale(id.sale).and_then(|sale| sale.refund(id));
        let refund = refund.ok_or(Refusal::NothingToSettle)?;
        if !self.is_parked(now, refund) {
            return Err(Refusal::NothingToSettle);
        }
        if self.may_be_under_way(now, id) {
            return Err(Refusal::RefundUnderWay);
        }
        let seen_by = self.whose_word(approver)?;
        let mut decision = Decision::default();
        decision.record(match seen {
            Seen::Yes => Record::RefundConfirmed { refund: id, seen_by },
            Seen::No => Record::RefundRefused { refund: id, words: SEEN_NOWHERE.to_owned(), seen_by },
        });
        Ok(decision)
    }

    /// Whether the gateway cannot tell what became of a refund: it was sent, and for as long as doubt may last before the
    /// manager is called neither its state changed nor did the gateway say that it is working on it.
    pub(crate) fn is_parked(&self, now: Moment, refund: &Refund) -> bool {
        let longest = self.settings.timers.escalate_after;
        let told_at = self.desk.refund_polls.get(&refund.id).and_then(|poll| poll.told_at);
        matches!(refund.phase, RefundPhase::Sent { .. })
            && self.ledger.elapsed(refund.changed_at, now) >= longest
            && told_at.is_none_or(|at| now.mono.since(at) >= longest)
    }

    /// Whether a request of ours may still be carried out: one that got no answer counts for as long as the longest pause.
    fn may_be_under_way(&self, now: Moment, id: RefundId) -> bool {
        let lately = self.settings.timers.inquiry_interval * LONGEST_PAUSE;
        let asked_at = self.desk.refund_polls.get(&id).and_then(|poll| poll.asked_at);
        self.desk.refunds_in_flight.contains(&id) || asked_at.is_some_and(|at| now.mono.since(at) < lately)
    }

    fn refund_number(&self, refund: RefundId) -> Result<OrderId, Refusal> {
        let epoch = self.ledger.identity().map_or(crate::id::Epoch(0), |identity| identity.epoch);
        OrderId::of_refund(&self.settings.terminal, epoch, refund).ok_or(Refusal::IdsExhausted)
    }

    /// The wallet's rule about parts.
    fn allow_parts(
        &self,
        sale: &Sale,
        attempt: AttemptId,
        intent: &IntentId,
        amount: Money,
    ) -> Result<(), Refusal> {
        let earlier = sale
            .refunds
            .iter()
            .filter(|refund| refund.intent == *intent && refund.phase.share() == Share::Held)
            .count();
        let whole = amount.minor() == sale.received_by(intent);
        let wallet = sale.attempt(attempt).and_then(|attempt| self.settings.wallets.get(&attempt.wallet));
        let allowed = match wallet.map_or(PartialRefunds::None, |wallet| wallet.partial_refunds) {
            PartialRefunds::None => whole,
            PartialRefunds::Once => whole || earlier == 0,
            PartialRefunds::Many(most) => u32::try_from(earlier).is_ok_and(|earlier| earlier < most),
        };
        if allowed { Ok(()) } else { Err(Refusal::RefundInPartsNotAllowed) }
    }

    /// When the next thing about a refund is due; `None` while it is asked about, or cannot be.
    pub(crate) fn refund_due(&self, now: Moment, sale: &Sale, refund: &Refund) -> Option<Monotonic> {
        if self.desk.refunds_in_flight.contains(&refund.id) || self.desk.line.standing == LineStanding::Down {
            return None;
        }
        let poll = self.desk.refund_polls.get(&refund.id).copied().unwrap_or_default();
        match &refund.phase {
            RefundPhase::Saved if self.desk.line.standing == LineStanding::Up => {
                let wallet = sale.attempt(refund.attempt).and_then(|a| self.settings.wallets.get(&a.wallet));
                let gap = wallet.map_or(Duration::ZERO, |wallet| wallet.refund_gap);
                let before = sale.refunds.iter().filter(|other| {
                    other.intent == refund.intent
                        && other.id < refund.id
                        && other.phase.share() == Share::Held
                });
                let mut free_at = Monotonic(0);
                for other in before {
                    match other.phase {
                        RefundPhase::Saved | RefundPhase::Sent { .. } => return None, // one after the other
                        RefundPhase::Confirmed => {
                            free_at = free_at.max(self.ledger.deadline(other.changed_at, gap, now));
                        }
                        RefundPhase::Refused { .. } | RefundPhase::Withdrawn => {}
                    }
                }
                Some(free_at.max(poll.next_at))
            }
            RefundPhase::Sent { .. } => Some(poll.next_at),
            RefundPhase::Saved | RefundPhase::Confirmed => None,
            RefundPhase::Refused { .. } | RefundPhase::Withdrawn => None,
        }
    }

    /// Sends a saved refund, asks about a named one, or repeats an unanswered request under the same number.
    pub(crate) fn ask_refund(&self, now: Moment, refund: &Refund, decision: &mut Decision) {
        let before = self.desk.refund_polls.get(&refund.id).copied().unwrap_or_default();
        let poll = RefundPoll { next_at: now.mono, ..before };
        let request = RefundRequest {
            number: refund.number.clone(),
            intent: refund.intent.clone(),
            amount: refund.amount,
        };
        match &refund.phase {
            RefundPhase::Saved => {
                decision.record(Record::RefundSent { refund: refund.id });
                let asked_at = Some(now.mono);
                let poll = RefundPoll { sends: Sends::FirstNow, asked_at, ..poll };
                decision.note(Note::RefundAsked(refund.id, poll));
                decision.wish(Effect::Refund { refund: refund.id, request });
            }
            RefundPhase::Sent { id: Some(id), .. } => {
                decision.note(Note::RefundAsked(refund.id, poll));
                decision.wish(Effect::InquireRefund { refund: refund.id, id: id.clone() });
            }
            RefundPhase::Sent { id: None, .. } => {
                let asked_at = Some(now.mono);
                let poll = RefundPoll { sends: Sends::Earlier, asked_at, ..poll };
                decision.note(Note::RefundAsked(refund.id, poll));
                decision.wish(Effect::Refund { refund: refund.id, request });
            }
            RefundPhase::Confirmed | RefundPhase::Refused { .. } | RefundPhase::Withdrawn => {}
        }
    }

    /// Grows with the questions. A parked refund without a name is repeated seldom, because each repeat may give the money
    /// back behind a person who is looking for it at the gateway; between two repeats there is time to hear that person.
    fn refund_pause(&self, now: Moment, id: RefundId, questions: u32) -> Duration {
        let timers = &self.settings.timers;
        let usual = timers.inquiry_interval * questions.min(LONGEST_PAUSE);
        let seldom = timers.escalate_after.max(timers.inquiry_interval * LONGEST_PAUSE * 2);
        let refund = self.ledger.sale(id.sale).and_then(|sale| sale.refund(id));
        let repeats = |refund: &&Refund| {
            matches!(refund.phase, RefundPhase::Sent { id: None, .. }) && self.is_parked(now, refund)
        };
        refund.filter(repeats).map_or(usual, |_| seldom)
    }

    pub(crate) fn refund_answered(&self, now: Moment, id: RefundId, answer: &RefundAnswer) -> Decision {
        let mut decision = Decision::default();
        self.note_line(now, answer.exchange(), &mut decision);
        let before = self.desk.refund_polls.get(&id).copied().unwrap_or_default();
        let questions = before.questions.saturating_add(1);
        let pause = self.refund_pause(now, id, questions);
        let asked_to_wait = match answer {
            RefundAnswer::Silent(Silence::Busy(wait)) => wait.unwrap_or(Duration::ZERO),
            RefundAnswer::Silent(_) | RefundAnswer::NotSent => Duration::ZERO,
            RefundAnswer::Rejected(_) | RefundAnswer::Refund(_) => Duration::ZERO,
        };
        let next_at = now.mono.after(pause.max(asked_to_wait));
        let told_at = says_in_progress(answer).then_some(now.mono).or(before.told_at);
        let poll = RefundPoll { next_at, questions, told_at, ..before };
        decision.note(Note::RefundAnswered(id, poll));
        let Some(refund) = self.ledger.sale(id.sale).and_then(|sale| sale.refund(id)) else {
            return decision;
        };
        let RefundPhase::Sent { id: named, missed } = &refund.phase else { return decision };
        match answer {
            RefundAnswer::NotSent if before.sends == Sends::FirstNow && named.is_none() => {
                decision.record(Record::RefundNotSent { refund: id });
            }
            RefundAnswer::NotSent => {}
            RefundAnswer::Silent(silence) => note_missed(id, *missed, *silence, &mut decision),
            RefundAnswer::Rejected(rejection) => {
                // Only the first word about a request that never left before is a no; a repeated one may have been
                // carried out the first time.
                if before.sends == Sends::FirstNow && named.is_none() {
                    let Rejection { words, .. } = rejection;
                    decision.record(Record::RefundRefused {
                        refund: id,
                        words: words.clone(),
                        seen_by: None,
                    });
                }
            }
            RefundAnswer::Refund(report) => judge(refund, report, *missed, &mut decision),
        }
        decision
    }
}

/// Whether the gateway says in words we know that the money is on its way.
fn says_in_progress(answer: &RefundAnswer) -> bool {
    match answer {
        RefundAnswer::Refund(report) => match report.standing {
            RefundStanding::Pending => true,
            RefundStanding::Succeeded | RefundStanding::Failed(_) | RefundStanding::Unproven(_) => false,
        },
        RefundAnswer::NotSent | RefundAnswer::Silent(_) | RefundAnswer::Rejected(_) => false,
    }
}

fn note_missed(id: RefundId, known: Option<Silence>, silence: Silence, decision: &mut Decision) {
    let silence = silence.kind();
    if known != Some(silence) {
        decision.record(Record::RefundMissed { refund: id, silence });
    }
}

fn judge(refund: &Refund, report: &RefundReport, missed: Option<Silence>, decision: &mut Decision) {
    let id = refund.id;
    if report.amount_minor.is_some_and(|minor| minor != refund.amount.minor()) {
        return note_missed(id, missed, Silence::Nonsense, decision);
    }
    let named = matches!(&refund.phase, RefundPhase::Sent { id: Some(known), .. } if *known == report.id);
    if !named {
        decision.record(Record::RefundNamed { refund: id, id: report.id.clone() });
    }
    match &report.standing {
        RefundStanding::Succeeded => decision.record(Record::RefundConfirmed { refund: id, seen_by: None }),
        RefundStanding::Failed(words) => {
            decision.record(Record::RefundRefused { refund: id, words: words.clone(), seen_by: None });
        }
        RefundStanding::Pending | RefundStanding::Unproven(_) => {}
    }
}
