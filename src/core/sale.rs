//! What a customer owes, and the attempts to pay it.
//!
//! Invariant: a sale has at least one attempt, at most one of them in doubt, and only the last one may be.
//! Deliberately absent: goods, prices, taxes; a sale is an amount.

use crate::attempt::{Attempt, Phase, Standing};
use crate::id::{AttemptId, IntentId, SaleId};
use crate::money::Money;
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
    /// Its attempts in order.
    pub attempts: Vec<Attempt>,
    /// Whether the cashier left it to serve the next customer.
    pub place: Place,
    /// Money that came for attempts we had cancelled, one entry an intent.
    pub refunds_owed: Vec<RefundOwed>,
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
        held || self.standing() == Standing::InDoubt || !self.refunds_owed.is_empty()
    }
}
