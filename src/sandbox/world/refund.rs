//! Giving money back in the simulated world; a charge never gives back more than it took, and each wallet's policy
//! holds. Reversals are absent: a cancel before payment moves nothing.

use std::time::Duration;

use super::World;
use crate::charge::{Charge, Refund, RefundStanding};
use crate::fate::RefundFate;
use crate::id::{ChargeId, IntentId, RefundId};
use crate::moment::Moment;
use crate::money::Minor;
use crate::refusal::Refusal;
use crate::wallet::Refunds;

/// A refund to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// `payment_intent`.
    pub intent: IntentId,
    /// `amount`; `None` is all that is left.
    pub amount: Option<Minor>,
    /// `reason`.
    pub reason: Option<String>,
}

impl World {
    /// Gives money back.
    ///
    /// # Errors
    /// A `Refusal`, when nothing moved.
    pub fn refund(
        &mut self,
        new: &NewRefund,
        fate: Option<&RefundFate>,
        at: Moment,
    ) -> Result<Refund, Refusal> {
        let intent = self.retrieve(&new.intent, at).ok_or(Refusal::Missing { what: "payment_intent" })?;
        let charge = intent.standing.charge().and_then(|id| self.books.charges.get(id)).cloned();
        let Some(charge) = charge else {
            let message =
                format!("a payment_intent that is {} has no money to refund", intent.standing.status());
            return Err(Refusal::UnexpectedState { intent: Box::new(intent), message });
        };
        let amount = self.refundable(&charge, new.amount, at)?;
        let (standing, settles) = match fate {
            None => (RefundStanding::Succeeded, None),
            Some(RefundFate::Failed) => (RefundStanding::Failed, None),
            Some(RefundFate::Pending(ms)) => {
                (RefundStanding::Pending, ms.map(|ms| at.plus(Duration::from_millis(ms))))
            }
        };
        let refund = Refund { settles, standing, ..self.draft(&charge, amount, new.reason.clone(), at) };
        Ok(self.give_back(refund))
    }

    /// One refund.
    #[must_use]
    pub fn find_refund(&mut self, id: &RefundId, at: Moment) -> Option<Refund> {
        let refund = self.books.refunds.get_mut(id)?;
        if refund.settles.take_if(|due| *due <= at).is_some() {
            refund.standing = RefundStanding::Succeeded;
            self.revision += 1;
        }
        Some(refund.clone())
    }

    pub(super) fn give_all_back(&mut self, charge: &ChargeId, at: Moment) {
        let Some(charge) = self.books.charges.get(charge).cloned() else { return };
        let refund = self.draft(&charge, charge.amount, Some("reversed by the wallet".to_owned()), at);
        self.give_back(refund);
    }

    fn draft(&mut self, charge: &Charge, amount: Minor, reason: Option<String>, at: Moment) -> Refund {
        Refund {
            id: RefundId::new(self.mint.snowflake("re", at)),
            charge: charge.id.clone(),
            intent: charge.intent.clone(),
            order: charge.order.clone(),
            amount,
            currency: charge.currency.clone(),
            at,
            reason,
            standing: RefundStanding::Succeeded,
            settles: None,
        }
    }

    fn give_back(&mut self, refund: Refund) -> Refund {
        if refund.standing != RefundStanding::Failed
            && let Some(charge) = self.books.charges.get_mut(&refund.charge)
        {
            charge.refunded = charge.refunded.checked_add(refund.amount).unwrap_or(charge.amount);
            if let Some(customer) = self.books.customers.get_mut(&charge.customer) {
                customer.receive(refund.amount);
            }
        }
        self.books.refunds.insert(refund.id.clone(), refund.clone());
        self.revision += 1;
        refund
    }

    fn refundable(&self, charge: &Charge, asked: Option<Minor>, at: Moment) -> Result<Minor, Refusal> {
        let no = |code, message: String| Err(Refusal::RefundRefused { code, message });
        let earlier: Vec<&Refund> = self
            .books
            .refunds
            .values()
            .filter(|refund| refund.charge == charge.id && refund.standing != RefundStanding::Failed)
            .collect();
        let rules = charge.wallet.rules();
        match rules.refunds {
            Refunds::Never => return no("refund_not_supported", format!("{} has no refunds", rules.name)),
            Refunds::One if !earlier.is_empty() => {
                return no("refund_not_allowed_again", format!("{} allows one refund only", rules.name));
            }
            Refunds::One | Refunds::Several => {}
        }
        let left = charge.amount.checked_sub(charge.refunded).unwrap_or(Minor::ZERO);
        if left == Minor::ZERO {
            return no("charge_already_refunded", "all has been refunded already".to_owned());
        }
        let amount = asked.unwrap_or(left);
        if amount.get() < 1 {
            return Err(Refusal::invalid("amount", "amount must be at least 1 minor unit"));
        }
        if amount > left {
            let message = format!("only {} of {} is left to refund", left.get(), charge.amount.get());
            return no("refund_amount_too_large", message);
        }
        let gap = Duration::from_millis(self.rules.refund_gap_ms);
        if earlier.iter().any(|refund| at.since(refund.at) < gap) {
            return no("FREQUENCY_LIMITED", "too soon after the last refund of this payment".to_owned());
        }
        Ok(amount)
    }
}
