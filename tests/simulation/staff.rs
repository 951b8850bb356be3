//! People who sign in and out at right and at wrong moments; in every fourth life without a mutant, so that all other
//! lives stay what they were.
//!
//! Invariant: draws from a stream of its own; which people there are is known to the till from its first start.
//! Deliberately absent: PINs, which the rim checks.

use quickpay_core::input::Input;
use quickpay_core::person::{People, Person, PersonName, Role};
use quickpay_core::record::{Copy, Record};
use quickpay_core::terminal::Terminal;

use crate::life::{Life, Plan};
use crate::seed::Seed;
use crate::watch::{Checked, Watch};

const NAMES: [(&str, Role); 3] = [("Li", Role::Cashier), ("Chen", Role::Cashier), ("Kim", Role::Manager)];

/// Those who work at this till.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    seed: Seed,
    works: bool,
}

impl Staff {
    pub(crate) fn nobody() -> Staff {
        Staff { seed: Seed::new(0), works: false }
    }

    pub(crate) fn of(plan: Plan) -> Staff {
        let works = plan.mutant.is_none() && plan.seed % 4 == 2;
        Staff { seed: Seed::new(plan.seed ^ 0x7374_6166_6600_0000), works }
    }

    pub(crate) fn people(&self) -> People {
        let person = |(name, role): &(&str, Role)| Person { name: named(name), role: *role };
        People(if self.works { NAMES.iter().map(person).collect() } else { Vec::new() })
    }

    /// Who may approve; nobody need where nobody works.
    pub(crate) fn manager(&self) -> Option<PersonName> {
        self.works.then(|| named("Kim"))
    }

    /// What somebody does before the cashier acts: mostly signs in when the till is locked, now and then leaves it, or
    /// tries what is not allowed. Sometimes the cashier acts at a locked till in vain.
    fn comes_or_goes(&mut self, till: &Terminal) -> Option<Input> {
        if !self.works {
            return None;
        }
        let who = named(self.seed.pick(&["Li", "Li", "Chen", "Kim", "Mallory"], "Li"));
        match till.operator() {
            None => self.seed.chance(600).then_some(Input::PersonProven(who)),
            Some(_) if self.seed.chance(90) => Some(Input::SignOutAsked),
            Some(_) => self.seed.chance(20).then_some(Input::PersonProven(who)),
        }
    }

    /// A refund with a manager's word, mostly.
    pub(crate) fn approved(&mut self, input: Input) -> Input {
        match input {
            Input::RefundAsked { sale, amount, reason, .. } if self.works => {
                let by = self.seed.pick(&[Some("Kim"), Some("Kim"), Some("Kim"), Some("Li"), None], None);
                Input::RefundAsked { sale, amount, reason, approver: by.map(named) }
            }
            other => other,
        }
    }
}

fn named(text: &str) -> PersonName {
    PersonName::parse(text).expect("a good name")
}

impl Life {
    /// Somebody comes or goes.
    pub(crate) fn staff_acts(&mut self) {
        let act = self.till.as_ref().and_then(|till| self.staff.comes_or_goes(till));
        if let Some(input) = act {
            self.cashier_does(input.into());
        }
    }

    /// What the manual asks of a person at the end is done by the manager.
    pub(crate) fn manager_comes(&mut self) {
        let locked = self.till.as_ref().is_some_and(Terminal::is_locked);
        if let Some(manager) = self.staff.manager().filter(|_| locked) {
            self.give(Input::PersonProven(manager)).ok();
        }
    }

    /// 10: whoever leaves takes no code along and leaves none behind.
    pub(crate) fn check_left(&mut self) {
        let Some(till) = &self.till else { return };
        if till.is_locked() && format!("{till:?}").contains("PaymentCode(") {
            self.broken(10, || "a locked till holds a payment code".to_owned());
        }
    }
}

impl Watch {
    /// 11: whose name stands in a record, by the watch's own account of who came and went.
    pub(crate) fn names(&mut self, record: &Record) -> Checked {
        let fits = match record {
            Record::PersonSignedIn { person } => {
                let free = self.signed_in.is_none();
                self.signed_in = Some(person.clone());
                free
            }
            Record::PersonSignedOut { person, .. } => self.signed_in.take().as_ref() == Some(person),
            Record::SaleOpened { operator, .. } => *operator == self.signed_in,
            Record::PrintQueued { copy: Copy::Number(_), operator, .. } => *operator == self.signed_in,
            Record::RefundSaved { operator, approver, .. } => {
                *operator == self.signed_in && *approver == self.manager
            }
            Record::PrintMissing { seen_by, .. } => *seen_by == self.signed_in,
            _ => true,
        };
        let needs_somebody = self.manager.is_some()
            && matches!(
                record,
                Record::SaleOpened { .. } | Record::RefundSaved { .. } | Record::AttemptHeld { .. }
            );
        if fits && !(needs_somebody && self.signed_in.is_none()) {
            return Ok(());
        }
        Err((11, format!("{:?} has the till, but {record:?}", self.signed_in)))
    }
}
