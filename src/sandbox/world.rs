//! The simulated world behind the gateway: customers, intents, and the money that really moved; it is pure, so time is
//! an argument of every verb and one seed replays everything. HTTP, faults of answers and files are absent.

mod cancel;
mod payment;
mod refund;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::payment::{NewIntent, Second};
pub use self::refund::NewRefund;
use crate::charge::{Charge, Refund};
use crate::code::{CodeBook, PaymentCode};
use crate::customer::Customer;
use crate::id::{ChargeId, CustomerName, IntentId, OrderId, RefundId};
use crate::intent::Intent;
use crate::key_book::KeyBook;
use crate::mint::Mint;
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::rules::Rules;

/// Intents remembered at most.
const INTENT_LIMIT: usize = 100_000;
/// Customers remembered at most.
const CUSTOMER_LIMIT: usize = 1_000;

/// Everything that outlives a restart. No payment code is in here.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Books {
    pub(crate) intents: BTreeMap<IntentId, Intent>,
    pub(crate) charges: BTreeMap<ChargeId, Charge>,
    pub(crate) refunds: BTreeMap<RefundId, Refund>,
    pub(crate) customers: BTreeMap<CustomerName, Customer>,
    pub(crate) keys: KeyBook,
}

/// All money that moved, oldest first: the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// Money that left a wallet.
    pub charges: Vec<Charge>,
    /// Money that went back.
    pub refunds: Vec<Refund>,
}

/// A code on a customer's phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCode {
    /// The digits.
    pub code: PaymentCode,
    /// How long it lives.
    pub expires_in: Duration,
}

/// The simulated world. Every verb first lets happen what was due by `at`; `at` should not go backwards.
#[derive(Debug)]
pub struct World {
    rules: Rules,
    mint: Mint,
    books: Books,
    codes: CodeBook,
    due: BTreeSet<(Moment, IntentId)>,
    revision: u64,
}

impl World {
    /// An empty world; the same seed and the same calls give the same ids and codes.
    #[must_use]
    pub fn new(seed: u64, rules: Rules) -> Self {
        Self::with_books(seed, rules, Books::default())
    }

    pub(crate) fn with_books(seed: u64, rules: Rules, books: Books) -> Self {
        let due = books
            .intents
            .values()
            .filter_map(|intent| intent.later.as_ref().map(|later| (later.at, intent.id.clone())))
            .collect();
        Self { rules, mint: Mint::new(seed), books, codes: CodeBook::default(), due, revision: 0 }
    }

    /// The switches in force.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Turns switches from now on.
    pub fn set_rules(&mut self, rules: Rules) {
        self.rules = rules;
    }

    /// Forgets everything but the switches.
    pub fn reset(&mut self) {
        self.books = Books::default();
        self.codes = CodeBook::default();
        self.due.clear();
        self.revision += 1;
    }

    /// Makes a customer, or replaces the one of that name.
    ///
    /// # Errors
    /// `Refusal::Full` when there are too many; nothing has changed.
    pub fn set_customer(&mut self, customer: Customer) -> Result<(), Refusal> {
        let is_new = !self.books.customers.contains_key(&customer.name);
        if is_new && self.books.customers.len() >= CUSTOMER_LIMIT {
            return Err(Refusal::Full { what: "customers" });
        }
        self.books.customers.insert(customer.name.clone(), customer);
        self.revision += 1;
        Ok(())
    }

    /// A customer as they are.
    #[must_use]
    pub fn customer(&self, name: &CustomerName) -> Option<&Customer> {
        self.books.customers.get(name)
    }

    /// A fresh code on a customer's phone.
    ///
    /// # Errors
    /// `Refusal::Missing` when there is no such customer.
    pub fn show_code(&mut self, name: &CustomerName, at: Moment) -> Result<ShownCode, Refusal> {
        let customer = self.books.customers.get(name).ok_or(Refusal::Missing { what: "customer" })?;
        let life = customer.code_life.unwrap_or(Duration::from_millis(self.rules.code_life_ms));
        let code = self.codes.show(&mut self.mint, name, customer.wallet, life, at);
        Ok(ShownCode { code, expires_in: life })
    }

    /// One intent.
    #[must_use]
    pub fn retrieve(&mut self, id: &IntentId, at: Moment) -> Option<Intent> {
        self.advance(at);
        self.books.intents.get(id).cloned()
    }

    /// All intents of a merchant's number, newest first.
    #[must_use]
    pub fn search(&mut self, order: &OrderId, at: Moment) -> Vec<Intent> {
        self.list(at).into_iter().filter(|intent| intent.order.as_ref() == Some(order)).collect()
    }

    /// All intents, newest first.
    #[must_use]
    pub fn list(&mut self, at: Moment) -> Vec<Intent> {
        self.advance(at);
        let mut all: Vec<Intent> = self.books.intents.values().cloned().collect();
        all.sort_by(|a, b| (b.created, &b.id).cmp(&(a.created, &a.id)));
        all
    }

    /// One charge.
    #[must_use]
    pub fn charge(&mut self, id: &ChargeId, at: Moment) -> Option<Charge> {
        self.advance(at);
        self.books.charges.get(id).cloned()
    }

    /// All money that moved until now.
    #[must_use]
    pub fn truth(&mut self, at: Moment) -> Truth {
        self.advance(at);
        let mut charges: Vec<Charge> = self.books.charges.values().cloned().collect();
        charges.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        let mut refunds: Vec<Refund> = self.books.refunds.values().cloned().collect();
        refunds.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        Truth { charges, refunds }
    }

    /// When something will next happen by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        self.due.first().map(|(at, _)| *at)
    }

    /// The merchant's number of an intent, without letting time pass.
    pub(crate) fn order_of(&self, id: &IntentId) -> Option<&OrderId> {
        self.books.intents.get(id).and_then(|intent| intent.order.as_ref())
    }

    pub(crate) const fn books(&self) -> &Books {
        &self.books
    }

    pub(crate) const fn keys_mut(&mut self) -> &mut KeyBook {
        &mut self.books.keys
    }

    /// Grows with every change.
    pub(crate) const fn revision(&self) -> u64 {
        self.revision
    }
}
