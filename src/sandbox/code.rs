//! Payment codes and the book of those that were shown; a code works once and only while it lives, and the book keeps
//! keyed fingerprints, never digits. Who pays with a code is absent: see `customer.rs`.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::id::CustomerName;
use crate::mint::Mint;
use crate::moment::Moment;
use crate::wallet::Wallet;

/// Codes remembered at most; the ones that expired first are forgotten first.
const BOOK_LIMIT: usize = 20_000;
/// The digits printed in documents and tests: never handed out by chance.
const VECTORS: [&str; 3] = ["132993614656096754", "289431869362714645", "106141411234567897"];

/// The digits a customer shows: a bearer secret, so it has no `Display` and prints as `PaymentCode(…)`.
#[derive(Clone, PartialEq, Eq)]
pub struct PaymentCode(String);

impl PaymentCode {
    /// Takes digits as they were presented.
    #[must_use]
    pub fn new(digits: impl Into<String>) -> Self {
        Self(digits.into())
    }

    /// The digits themselves, for the phone's screen and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PaymentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PaymentCode(…)")
    }
}

/// What became of a code that was presented.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Redeemed {
    /// First use, in time: this customer's.
    Of(CustomerName, Wallet),
    /// It was used before.
    Used,
    /// It was shown too long ago.
    Expired,
    /// Nobody was ever shown it.
    Unknown,
}

#[derive(Debug, Clone)]
struct Shown {
    customer: CustomerName,
    wallet: Wallet,
    expires: Moment,
    used: bool,
}

/// Every code that was shown or used, by keyed fingerprint.
#[derive(Debug, Default, Clone)]
pub(crate) struct CodeBook {
    key: RandomState,
    shown: BTreeMap<u64, Shown>,
}

impl CodeBook {
    /// Shows `customer` a new code that lives for `life`.
    pub(crate) fn show(
        &mut self,
        mint: &mut Mint,
        customer: &CustomerName,
        wallet: Wallet,
        life: Duration,
        at: Moment,
    ) -> PaymentCode {
        let mut digits = wallet.mint_code(mint);
        while VECTORS.contains(&digits.as_str()) || self.shown.contains_key(&self.key.hash_one(&digits)) {
            digits = wallet.mint_code(mint);
        }
        let code = PaymentCode(digits);
        self.write(&code, customer, wallet, at.plus(life), false);
        code
    }

    /// Uses a code up, whatever comes of it.
    pub(crate) fn redeem(&mut self, code: &PaymentCode, at: Moment) -> Redeemed {
        let Some(shown) = self.shown.get_mut(&self.key.hash_one(&code.0)) else {
            return Redeemed::Unknown;
        };
        if std::mem::replace(&mut shown.used, true) {
            return Redeemed::Used;
        }
        if at > shown.expires {
            return Redeemed::Expired;
        }
        Redeemed::Of(shown.customer.clone(), shown.wallet)
    }

    /// Remembers that a code nobody was shown has been used.
    pub(crate) fn burn(&mut self, code: &PaymentCode, customer: &CustomerName, wallet: Wallet, at: Moment) {
        self.write(code, customer, wallet, at, true);
    }

    fn write(
        &mut self,
        code: &PaymentCode,
        customer: &CustomerName,
        wallet: Wallet,
        expires: Moment,
        used: bool,
    ) {
        if self.shown.len() >= BOOK_LIMIT {
            let oldest = self.shown.iter().min_by_key(|(_, shown)| shown.expires).map(|(print, _)| *print);
            if let Some(print) = oldest {
                self.shown.remove(&print);
            }
        }
        let print = self.key.hash_one(&code.0);
        self.shown.insert(print, Shown { customer: customer.clone(), wallet, expires, used });
    }
}
