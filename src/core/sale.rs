//! What a customer owes, and the attempts to pay it.
//!
//! Invariant: a sale has at least one attempt, at most one of them in doubt, and only the last one may be.
//! Deliberately absent: goods, prices, taxes; a sale is an amount.

use crate::attempt::{Attempt, Phase, Standing, Stray};
use crate::id::{AttemptId, IntentId, RefundId, SaleId, ShiftNumber};
use crate::money::Money;
use crate::person::PersonName;
use crate::refund::{Refund, RefundPhase, Share};
use crate::time::Moment;

/// One sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sale {
    /// Which.
    pub id: SaleId,
    /// What is owed.
    pub amount: Money,
    /// When it was rung up.
    pub opened_at: Moment,
    /// Who rang it up; nobody where no people are configured.
    pub operator: Option<PersonName>,
    /// The shift it was begun in, if one was open; for good.
    pub shift: Option<ShiftNumber>,
    /// Its attempts in order.
    pub attempts: Vec<Attempt>,
    /// Whether the cashier left it to serve the next customer.
    pub place: Place,
    /// Money that came for attempts we had cancelled, one entry an intent.
    pub refunds_owed: Vec<RefundOwed>,
    /// What went back or is to go back, in order.
    pub refunds: Vec<Refund>,
    /// How many marked copies of its receipt were ordered.
    pub copies: u16,
}

/// Where the cashier has the sale: a tag, not a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On the counter.
    AtHand,
    /// Put aside.
    Aside,
}

/// Money that belongs to the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundOwed {
    /// Whose attempt it came for.
    pub attempt: AttemptId,
    /// The intent that holds it.
    pub intent: IntentId,
    /// How much.
    pub amount: Money,
}

impl Sale {
    /// The latest attempt.
    #[must_use]
    pub fn latest(&self) -> Option<&Attempt> {
        self.attempts.last()
    }

    /// Who stood there for an attempt: whoever scanned its code, not always who rang the sale up. Journals of before attempts
    /// named anybody mean the same person.
    #[must_use]
    pub fn cashier_of<'a>(&'a self, attempt: &'a Attempt) -> Option<&'a PersonName> {
        attempt.operator.as_ref().or(self.operator.as_ref())
    }

    /// An attempt of this sale.
    #[must_use]
    pub fn attempt(&self, id: AttemptId) -> Option<&Attempt> {
        self.attempts.get(usize::from(id.index)).filter(|attempt| attempt.id == id)
    }

    /// The attempt that paid it.
    #[must_use]
    pub fn paid_by(&self) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.phase.standing() == Standing::Paid)
    }

    /// Where its money stands: the worst of its attempts, doubt before paid before clear.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let any = |standing| self.attempts.iter().any(|attempt| attempt.phase.standing() == standing);
        if any(Standing::InDoubt) {
            Standing::InDoubt
        } else if any(Standing::Paid) {
            Standing::Paid
        } else {
            Standing::Clear
        }
    }

    /// Whether somebody still has to do something about it.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let held = self.latest().is_some_and(|attempt| attempt.phase == Phase::Held);
        let owed = self.refunds_owed.iter().any(|owed| self.left_of(&owed.intent) > 0);
        let refunding = self.refunds.iter().any(|refund| refund.phase.is_open());
        held || self.standing() == Standing::InDoubt || owed || refunding || self.stray().is_some()
    }

    /// Money at the gateway that nobody asked for, with the attempt it came for.
    #[must_use]
    pub fn stray(&self) -> Option<(&Attempt, &Stray)> {
        self.attempts.iter().find_map(|attempt| Some((attempt, attempt.watch.stray()?)))
    }

    /// What an intent of this sale brought, in minor units: the payment, or money that came after we gave up.
    #[must_use]
    pub fn received_by(&self, intent: &IntentId) -> u64 {
        let paid = self.paid_by().filter(|attempt| attempt.phase.intent() == Some(intent));
        let owed = self.refunds_owed.iter().find(|owed| owed.intent == *intent);
        paid.map(|_| self.amount.minor()).or(owed.map(|owed| owed.amount.minor())).unwrap_or(0)
    }

    /// What is left to refund of an intent, in minor units.
    #[must_use]
    pub fn left_of(&self, intent: &IntentId) -> u64 {
        let of_intent = self.refunds.iter().filter(|refund| refund.intent == *intent);
        let held = of_intent.filter(|refund| refund.phase.share() == Share::Held);
        self.received_by(intent).saturating_sub(held.map(|refund| refund.amount.minor()).sum())
    }

    /// What went back of an intent, confirmed, in minor units.
    #[must_use]
    pub fn returned_of(&self, intent: &IntentId) -> u64 {
        let returned = self
            .refunds
            .iter()
            .filter(|refund| refund.intent == *intent && refund.phase == RefundPhase::Confirmed);
        returned.map(|refund| refund.amount.minor()).sum()
    }

    /// The intent whose money would go back next: what is owed to the customer first, then the payment.
    #[must_use]
    pub fn refundable(&self) -> Option<(AttemptId, IntentId)> {
        let owed = self.refunds_owed.iter().map(|owed| (owed.attempt, owed.intent.clone()));
        let paid = self.paid_by().and_then(|attempt| Some((attempt.id, attempt.phase.intent()?.clone())));
        owed.chain(paid).find(|(_, intent)| self.left_of(intent) > 0)
    }

    /// A refund of this sale.
    #[must_use]
    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }
}
