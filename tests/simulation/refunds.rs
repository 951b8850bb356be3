//! The model gateway's refunds: the truth about money that goes back.
//!
//! Invariant: one number is one refund, however often it is asked for; no payment gives back more than it took.
//! Deliberately absent: a gateway that ignores a refund's number. Nobody could be safe against it: there is no list and
//! no search of refunds (wire contract, section 7; ADR 0006).

use quickpay_core::answer::{RefundAnswer, RefundNumber, RefundReport, RefundStanding, RejectionKind};
use quickpay_core::id::{IntentId, OrderId};

use crate::gateway::{Gateway, Stand, refund_rejected};
use crate::seed::Seed;
use crate::tally::{Fault, Tally};

/// A refund as the gateway has it.
#[derive(Debug, Clone)]
pub(crate) struct Refunded {
    pub(crate) id: RefundNumber,
    pub(crate) number: OrderId,
    pub(crate) intent: IntentId,
    pub(crate) minor: u64,
    pub(crate) fate: Fate,
    pub(crate) at: u64,
}

/// Where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Pending,
    Returned,
    Failed,
}

/// How this life's gateway treats refunds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Returns the money, sooner or later.
    Willing,
    /// Accepts, and half of it fails later.
    Failing,
    /// Takes none: too old, not enabled.
    Refusing,
}

impl Mood {
    pub(crate) fn draw(seed: &mut Seed) -> Mood {
        match seed.below(100) {
            0..78 => Mood::Willing,
            78..90 => Mood::Failing,
            _ => Mood::Refusing,
        }
    }
}

impl Gateway {
    pub(crate) fn refund_of(&self, number: &OrderId) -> Option<&Refunded> {
        self.refunds.iter().find(|refund| refund.number == *number)
    }

    /// What of a payment is on its way back, or may be.
    pub(crate) fn given_back(&self, intent: &IntentId) -> u64 {
        let of_intent = self.refunds.iter().filter(|refund| refund.intent == *intent);
        of_intent.filter(|refund| refund.fate != Fate::Failed).map(|refund| refund.minor).sum()
    }

    /// A refund is asked for; what the wallet will make of it later, and when.
    pub(crate) fn refund(
        &mut self,
        now: u64,
        (number, intent, minor): (&OrderId, &IntentId, u64),
        (seed, tally): (&mut Seed, &mut Tally),
    ) -> (RefundAnswer, Option<(u64, usize, Fate)>) {
        if let Some(known) = self.refund_of(number) {
            tally.fault(Fault::RefundRepeated);
            return (told(known), None);
        }
        let paid = self.intents.iter().find(|known| known.id == *intent && known.stand == Stand::Succeeded);
        let left = paid.map_or(0, |paid| paid.minor.saturating_sub(self.given_back(intent)));
        if minor > left || self.habits.refunds == Mood::Refusing {
            tally.fault(Fault::RefundRefused);
            self.refused.push(number.clone());
            return (refund_rejected(RejectionKind::BadRequest), None);
        }
        self.changes += 1;
        tally.refunds += 1;
        let at = self.refunds.len();
        let later = match self.habits.refunds {
            Mood::Failing if seed.chance(500) => Some((seed.between(1000, 60_000), at, Fate::Failed)),
            Mood::Willing | Mood::Failing | Mood::Refusing if seed.chance(400) => {
                Some((seed.between(1000, 60_000), at, Fate::Returned))
            }
            Mood::Willing | Mood::Failing | Mood::Refusing => None,
        };
        let fate = if later.is_some() { Fate::Pending } else { Fate::Returned };
        let id = RefundNumber(format!("re_{at}"));
        let (number, intent) = (number.clone(), intent.clone());
        let refund = Refunded { id, number, intent, minor, fate, at: now };
        let answer = told(&refund);
        self.refunds.push(refund);
        (answer, later)
    }

    /// The wallet ends a refund.
    pub(crate) fn end_refund(&mut self, at: usize, fate: Fate) {
        self.changes += 1;
        if let Some(refund) = self.refunds.get_mut(at) {
            refund.fate = fate;
        }
    }

    /// A question about a refund arrives.
    pub(crate) fn inquire_refund(&self, id: &RefundNumber) -> RefundAnswer {
        let known = self.refunds.iter().find(|refund| refund.id == *id);
        known.map_or_else(|| refund_rejected(RejectionKind::NotFound), told)
    }
}

fn told(refund: &Refunded) -> RefundAnswer {
    RefundAnswer::Refund(RefundReport {
        id: refund.id.clone(),
        amount_minor: Some(refund.minor),
        standing: match refund.fate {
            Fate::Pending => RefundStanding::Pending,
            Fate::Returned => RefundStanding::Succeeded,
            Fate::Failed => RefundStanding::Failed("the wallet is closed".to_owned()),
        },
    })
}
