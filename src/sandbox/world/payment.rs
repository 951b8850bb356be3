//! Paying and confirming in the simulated world; money moves in `take` and nowhere else. Closing and giving back are
//! absent: see `cancel.rs` and `refund.rs`.

use std::time::Duration;

use super::cancel::unexpected;
use super::{INTENT_LIMIT, World};
use crate::charge::Charge;
use crate::code::{PaymentCode, Redeemed};
use crate::customer::Consent;
use crate::decline::Decline;
use crate::fate::Fate;
use crate::id::{ChargeId, CustomerName, IntentId, OrderId};
use crate::intent::{Details, Intent, Later, LaterEnd, Standing};
use crate::moment::Moment;
use crate::money::{Currency, Minor};
use crate::refusal::{Paid, Refusal};
use crate::wallet::Wallet;

/// Who pays with a well-formed code that nobody was shown.
const WALK_IN: &str = "walk-in";
/// At most 8 digits (`wooshpay-api.md` section 3).
const AMOUNT_LIMIT: i64 = 99_999_999;

/// An intent to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewIntent {
    /// `merchant_order_id`.
    pub order: Option<OrderId>,
    /// `amount`.
    pub amount: Minor,
    /// `currency`.
    pub currency: Currency,
    /// `payment_method_data.type`.
    pub wallet: Wallet,
    /// The code, when it is to be confirmed at once.
    pub code: Option<PaymentCode>,
    /// The rest.
    pub details: Details,
}

impl NewIntent {
    /// Whether its wallet takes such an amount in such a currency.
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let rules = self.wallet.rules();
        if self.amount.get() < 1 || self.amount.get() > AMOUNT_LIMIT {
            return Err(Refusal::invalid("amount", "amount must be 1 to 99999999 minor units"));
        }
        if !rules.presented.contains(&self.currency.as_str()) {
            let all = rules.presented.join(", ");
            return Err(Refusal::invalid("currency", format!("{} takes {all}", rules.name)));
        }
        let over =
            |(currency, most): (&str, i64)| self.currency.as_str() == currency && self.amount.get() > most;
        if rules.maximum.is_some_and(over) {
            return Err(Refusal::invalid("amount", format!("more than {} takes in one payment", rules.name)));
        }
        Ok(())
    }
}

/// What becomes of the second of two intents for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// It is charged like the first.
    Paid,
    /// It is charged one minor unit more than the first.
    PaidMore,
    /// The code is used up, so it is declined, and the answer shows it.
    Declined,
}

impl World {
    /// Creates an intent and, with a code, confirms it. A decline is an intent, not a refusal.
    ///
    /// # Errors
    /// A `Refusal`, when nothing was created.
    pub fn create(&mut self, new: &NewIntent, fate: Option<&Fate>, at: Moment) -> Result<Intent, Refusal> {
        self.advance(at);
        new.check()?;
        self.check_room(new)?;
        let id = IntentId::new(self.mint.snowflake("pi", at));
        let mut intent = Intent {
            client_secret: format!("{id}_secret_{}", self.mint.letters(24)),
            id,
            order: new.order.clone(),
            created: at,
            amount: new.amount,
            currency: new.currency.clone(),
            wallet: new.wallet,
            standing: Standing::RequiresConfirmation,
            details: new.details.clone(),
            payment_method: None,
            customer: None,
            later: None,
        };
        if let Some(code) = &new.code {
            self.attempt(&mut intent, code, fate, at);
        }
        Ok(self.keep(intent))
    }

    /// A second intent like `first`, charged like it: what a request carried out twice leaves behind.
    pub fn duplicate(&mut self, first: &Intent, at: Moment) -> Intent {
        let id = IntentId::new(self.mint.snowflake("pi", at));
        let client_secret = format!("{id}_secret_{}", self.mint.letters(24));
        let mut second = Intent { id, client_secret, ..first.clone() };
        if first.standing.charge().is_some() {
            self.take(&mut second, at);
        }
        self.keep(second)
    }

    /// Presents a code for an open intent.
    ///
    /// # Errors
    /// `Refusal::Missing`, or `Refusal::UnexpectedState` when the intent is not open or the payer is at the phone.
    pub fn confirm(
        &mut self,
        id: &IntentId,
        code: &PaymentCode,
        fate: Option<&Fate>,
        at: Moment,
    ) -> Result<Intent, Refusal> {
        let mut intent = self.retrieve(id, at).ok_or(Refusal::Missing { what: "payment_intent" })?;
        if !intent.standing.is_open() || intent.standing == Standing::RequiresAction {
            return Err(unexpected(intent, "confirmed"));
        }
        self.attempt(&mut intent, code, fate, at);
        Ok(self.keep(intent))
    }

    /// Lets happen what was due by `at`.
    pub fn advance(&mut self, at: Moment) {
        while let Some((when, id)) = self.due.first().filter(|(when, _)| *when <= at).cloned() {
            self.due.pop_first();
            let Some(mut intent) = self.books.intents.get(&id).cloned() else { continue };
            let Some(later) = intent.later.take_if(|later| later.at == when) else { continue };
            self.happen(&mut intent, later.end, when);
            self.keep(intent);
        }
    }

    fn happen(&mut self, intent: &mut Intent, end: LaterEnd, at: Moment) {
        let open = intent.standing.is_open();
        let error = intent.standing.error().cloned();
        match end {
            LaterEnd::Paid if intent.standing.charge().is_none() => self.take(intent, at),
            LaterEnd::Refused(decline) if open => {
                intent.standing = Standing::RequiresMethod { error: Some(decline) };
            }
            LaterEnd::Revoked if open => {
                intent.standing = Standing::Canceled { reason: "expired at the wallet".to_owned(), error };
            }
            LaterEnd::Paid | LaterEnd::Refused(_) | LaterEnd::Revoked => {}
        }
    }

    fn check_room(&self, new: &NewIntent) -> Result<(), Refusal> {
        if self.books.intents.len() >= INTENT_LIMIT {
            return Err(Refusal::Full { what: "payment intents" });
        }
        if !self.rules.unique_orders || new.order.is_none() {
            return Ok(());
        }
        let earlier: Vec<&Intent> = self.books.intents.values().filter(|i| i.order == new.order).collect();
        if earlier.is_empty() {
            return Ok(());
        }
        let paid = if earlier.iter().any(|i| i.standing.charge().is_some()) { Paid::Yes } else { Paid::No };
        Err(Refusal::OrderUsed { paid })
    }
    fn attempt(&mut self, intent: &mut Intent, code: &PaymentCode, fate: Option<&Fate>, at: Moment) {
        intent.payment_method = Some(self.mint.snowflake("pm", at));
        intent.later = None;
        match self.payer(code, intent.wallet, at) {
            Err(decline_code) => {
                intent.standing = Standing::RequiresMethod { error: Some(Decline::new(decline_code)) };
            }
            Ok(payer) => {
                let will = self.books.customers.get(&payer).map_or(Fate::Paid, |c| will_of(c.consent));
                intent.customer = Some(payer);
                self.meet(intent, fate.cloned().unwrap_or(will), at);
            }
        }
    }

    /// Uses the code up and says whose it is, or the wallet's code for no.
    fn payer(
        &mut self,
        code: &PaymentCode,
        wallet: Wallet,
        at: Moment,
    ) -> Result<CustomerName, &'static str> {
        match self.codes.redeem(code, at) {
            Redeemed::Of(customer, of) if of == wallet => Ok(customer),
            Redeemed::Of(..) => Err("AUTH_CODE_INVALID"),
            Redeemed::Used => Err("AUTH_CODE_ERROR"),
            Redeemed::Expired => Err("AUTHCODEEXPIRE"),
            Redeemed::Unknown if self.rules.strict_codes || !wallet.claims(code.reveal()) => {
                Err("AUTH_CODE_INVALID")
            }
            Redeemed::Unknown => {
                let walk_in = CustomerName::new(WALK_IN);
                self.codes.burn(code, &walk_in, wallet, at);
                Ok(walk_in)
            }
        }
    }

    fn meet(&mut self, intent: &mut Intent, fate: Fate, at: Moment) {
        let after = |ms: u64| at.plus(Duration::from_millis(ms));
        match fate {
            Fate::Paid => self.take(intent, at),
            Fate::Declined(decline) => intent.standing = Standing::RequiresMethod { error: Some(decline) },
            Fate::DeclinedThenPaid(decline, ms) => {
                intent.standing = Standing::RequiresMethod { error: Some(decline) };
                intent.later = Some(Later { at: after(ms), end: LaterEnd::Paid });
            }
            Fate::Waits(planned) => {
                intent.standing = Standing::RequiresAction;
                let planned = planned.map(|(ms, end)| Later { at: after(ms), end });
                let revoked =
                    self.rules.confirm_window_ms.map(|ms| Later { at: after(ms), end: LaterEnd::Revoked });
                intent.later = [planned, revoked].into_iter().flatten().min_by_key(|later| later.at);
            }
        }
    }

    /// Moves the money, if the wallet has it.
    pub(super) fn take(&mut self, intent: &mut Intent, at: Moment) {
        let customer = intent.customer.clone().unwrap_or_else(|| CustomerName::new(WALK_IN));
        let wallet = self.books.customers.get_mut(&customer);
        if let Some(Err(code)) = wallet.map(|payer| payer.pay(intent.amount, &intent.currency)) {
            intent.standing = Standing::RequiresMethod { error: Some(Decline::new(code)) };
            return;
        }
        let charge = Charge {
            id: ChargeId::new(self.mint.snowflake("ch", at)),
            intent: intent.id.clone(),
            order: intent.order.clone(),
            amount: intent.amount,
            currency: intent.currency.clone(),
            at,
            customer,
            wallet: intent.wallet,
            refunded: Minor::ZERO,
        };
        intent.later = None;
        intent.standing = Standing::Succeeded { charge: charge.id.clone() };
        self.books.charges.insert(charge.id.clone(), charge);
    }

    pub(super) fn keep(&mut self, intent: Intent) -> Intent {
        if let Some(later) = &intent.later {
            self.due.insert((later.at, intent.id.clone()));
        }
        self.books.intents.insert(intent.id.clone(), intent.clone());
        self.revision += 1;
        intent
    }
}

fn will_of(consent: Consent) -> Fate {
    match consent {
        Consent::Free => Fate::Paid,
        Consent::AfterMs(ms) => Fate::Waits(Some((ms, LaterEnd::Paid))),
        Consent::Never => Fate::Waits(None),
        Consent::CancelsAfterMs(ms) => {
            Fate::Waits(Some((ms, LaterEnd::Refused(Decline::new("USER_CANCELED")))))
        }
    }
}
