//! Closing an intent that was not paid, and the ways in which wallets are known to get that wrong; what is paid stays
//! paid. Revoking by the wallet itself is absent: see `advance` in `payment.rs`.

use std::time::Duration;

use super::World;
use crate::fate::CancelFate;
use crate::id::IntentId;
use crate::intent::{Intent, Later, LaterEnd, Standing};
use crate::moment::Moment;
use crate::refusal::Refusal;

impl World {
    /// Closes an open intent.
    ///
    /// # Errors
    /// `Refusal::Missing`, or `Refusal::UnexpectedState` once it is paid or closed.
    pub fn cancel(
        &mut self,
        id: &IntentId,
        reason: &str,
        fate: Option<&CancelFate>,
        at: Moment,
    ) -> Result<Intent, Refusal> {
        let mut intent = self.retrieve(id, at).ok_or(Refusal::Missing { what: "payment_intent" })?;
        if !intent.standing.is_open() || fate == Some(&CancelFate::Refused) {
            return Err(unexpected(intent, "cancelled"));
        }
        let canceled =
            Standing::Canceled { reason: reason.to_owned(), error: intent.standing.error().cloned() };
        let pays_first =
            matches!(fate, Some(CancelFate::PaidFirst | CancelFate::SaysCanceled | CancelFate::Returned));
        if pays_first && intent.customer.is_some() {
            self.take(&mut intent, at);
        }
        let was_paid = intent.standing.charge().is_some();
        if was_paid && fate != Some(&CancelFate::Returned) {
            let paid = self.keep(intent);
            if fate == Some(&CancelFate::SaysCanceled) {
                return Ok(Intent { standing: canceled, ..paid });
            }
            return Err(unexpected(paid, "cancelled"));
        }
        if let Some(charge) = intent.standing.charge().cloned() {
            self.give_all_back(&charge, at);
        }
        intent.standing = canceled;
        intent.later = None;
        if let Some(CancelFate::PaidAfter(ms)) = fate {
            intent.later = Some(Later { at: at.plus(Duration::from_millis(*ms)), end: LaterEnd::Paid });
        }
        Ok(self.keep(intent))
    }
}

/// A refusal because of where the intent stands.
pub(super) fn unexpected(intent: Intent, verb: &str) -> Refusal {
    let message = format!("a payment_intent that is {} cannot be {verb}", intent.standing.status());
    Refusal::UnexpectedState { intent: Box::new(intent), message }
}
