//! The JSON of `/sandbox/wallet`: a customer as a test describes one, and the phone as it answers; fields that are not
//! named keep what they were. The customer is absent: see `customer.rs`.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::customer::{Consent, Customer};
use crate::id::CustomerName;
use crate::moment::Moment;
use crate::money::{Currency, Minor};
use crate::refusal::Refusal;
use crate::wallet::{Wallet, looks_like_a_code};
use crate::world::World;

/// How long a customer takes for the password when nothing is said.
const PASSWORD_MS: u64 = 3_000;
/// Codes shown by one request at most.
const CODE_LIMIT: u32 = 100;
const NAME_LIMIT: usize = 64;

/// A customer to make or change.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CustomerWire {
    customer: Option<String>,
    wallet: Option<String>,
    balance: Option<i64>,
    currency: Option<Currency>,
    password: Option<bool>,
    confirms: Option<ConfirmsWire>,
    code_life_ms: Option<u64>,
    codes: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ConfirmsWire {
    AtOnce,
    Never,
    Cancels,
    AfterMs(u64),
    AfterS(u64),
    CancelsAfterMs(u64),
}

impl CustomerWire {
    pub(crate) fn name(&self) -> Result<CustomerName, String> {
        let name = self.customer.as_deref().unwrap_or("customer");
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.len() > NAME_LIMIT || !name.chars().all(plain) || looks_like_a_code(name) {
            return Err("customer is a name of letters, digits, - _ and ., 64 at most".to_owned());
        }
        Ok(CustomerName::new(name))
    }

    pub(crate) fn count(&self) -> Result<u32, String> {
        let count = self.codes.unwrap_or(1);
        if (1..=CODE_LIMIT).contains(&count) { Ok(count) } else { Err(format!("codes is 1 to {CODE_LIMIT}")) }
    }

    /// The customer this describes, on top of what they were.
    pub(crate) fn into_customer(self, earlier: Option<Customer>) -> Result<Customer, String> {
        let name = self.name()?;
        let mut customer = earlier.unwrap_or_else(|| Customer::new(name.as_str()));
        if let Some(wallet) = self.wallet {
            customer.wallet =
                Wallet::parse(&wallet).ok_or("wallet is one of wechat_pay, alipay, alipayplus, unionpay")?;
        }
        if let Some(balance) = self.balance {
            if balance < 0 {
                return Err("balance is minor units, 0 or more".to_owned());
            }
            customer.balance = Some(Minor::new(balance));
            let cny = || Currency::parse("CNY");
            customer.currency = self.currency.clone().or(customer.currency).or_else(cny);
        }
        customer.currency = self.currency.or(customer.currency);
        customer.code_life = self.code_life_ms.map(Duration::from_millis).or(customer.code_life);
        customer.consent = consent(self.password, self.confirms)?.unwrap_or(customer.consent);
        Ok(customer)
    }
}

fn consent(password: Option<bool>, confirms: Option<ConfirmsWire>) -> Result<Option<Consent>, String> {
    let asked = match confirms {
        None => None,
        Some(ConfirmsWire::AtOnce) => Some(Consent::AfterMs(0)),
        Some(ConfirmsWire::Never) => Some(Consent::Never),
        Some(ConfirmsWire::Cancels) => Some(Consent::CancelsAfterMs(PASSWORD_MS)),
        Some(ConfirmsWire::AfterMs(ms)) => Some(Consent::AfterMs(ms)),
        Some(ConfirmsWire::AfterS(seconds)) => Some(Consent::AfterMs(seconds.saturating_mul(1_000))),
        Some(ConfirmsWire::CancelsAfterMs(ms)) => Some(Consent::CancelsAfterMs(ms)),
    };
    match (password, asked) {
        (None, Some(Consent::AfterMs(0))) => Ok(Some(Consent::Free)),
        (None, asked) => Ok(asked),
        (Some(true), asked) => Ok(Some(asked.unwrap_or(Consent::AfterMs(PASSWORD_MS)))),
        (Some(false), None | Some(Consent::AfterMs(0))) => Ok(Some(Consent::Free)),
        (Some(false), Some(_)) => Err("without a password there is nothing to confirm or cancel".to_owned()),
    }
}

/// A customer's phone with `count` fresh codes on it.
pub(crate) fn phone(
    world: &mut World,
    name: &CustomerName,
    count: u32,
    at: Moment,
) -> Result<Value, Refusal> {
    let shown = (0..count).map(|_| world.show_code(name, at)).collect::<Result<Vec<_>, _>>()?;
    let first = shown.first().ok_or(Refusal::Missing { what: "code" })?;
    let codes: Vec<&str> = shown.iter().map(|shown| shown.code.reveal()).collect();
    let customer = world.customer(name).ok_or(Refusal::Missing { what: "customer" })?;
    Ok(json!({
        "customer": name,
        "code": first.code.reveal(),
        "codes": codes,
        "expires_in_ms": u64::try_from(first.expires_in.as_millis()).unwrap_or(u64::MAX),
        "wallet": customer.wallet,
        "balance": customer.balance,
        "currency": customer.currency,
    }))
}
