//! A simulated customer: a wallet with a balance and a will; money leaves only while the balance covers it. Payment
//! codes are absent: see `code.rs`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::id::CustomerName;
use crate::money::{Currency, Minor};
use crate::wallet::Wallet;

/// What the customer's phone does when a payment arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Password-free: paid at once.
    #[default]
    Free,
    /// Asks for the password; it is given after this many milliseconds.
    AfterMs(u64),
    /// Asks for the password; the customer never looks.
    Never,
    /// Asks for the password; the customer cancels after this many milliseconds.
    CancelsAfterMs(u64),
}

/// One customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// Who.
    pub name: CustomerName,
    /// The wallet the codes belong to.
    pub wallet: Wallet,
    /// The currency of the balance; payments in another are refused by the wallet. `None` pays in any.
    pub currency: Option<Currency>,
    /// What is in the wallet; `None` is bottomless.
    pub balance: Option<Minor>,
    /// What the phone does.
    pub consent: Consent,
    /// How long a code lives from display; `None` is the sandbox's rule.
    pub code_life: Option<Duration>,
}

impl Customer {
    /// A customer with a password-free WeChat wallet that never runs dry.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: CustomerName::new(name),
            wallet: Wallet::WechatPay,
            currency: None,
            balance: None,
            consent: Consent::Free,
            code_life: None,
        }
    }

    /// Takes the money out, or says the wallet's code for why not.
    pub(crate) fn pay(&mut self, amount: Minor, currency: &Currency) -> Result<(), &'static str> {
        if self.currency.as_ref().is_some_and(|held| held != currency) {
            return Err("TRADE_ERROR");
        }
        let Some(balance) = self.balance else { return Ok(()) };
        self.balance = Some(balance.checked_sub(amount).ok_or("NOTENOUGH")?);
        Ok(())
    }

    /// Puts refunded money back.
    pub(crate) fn receive(&mut self, amount: Minor) {
        self.balance = self.balance.and_then(|balance| balance.checked_add(amount));
    }
}
