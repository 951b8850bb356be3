//! People who sign in and out at right and at wrong moments; in every fourth life, and in those of the mutants about
//! people, so that all other lives stay what they were. And what a till must not do while nobody is signed in.
//!
//! Invariant: draws from a stream of its own; which people there are is known to the till from its first start.
//! Deliberately absent: PINs, which the rim checks.

use std::sync::Arc;

use quickpay_core::attempt::Phase;
use quickpay_core::id::{AttemptId, OrderId};
use quickpay_core::input::{Input, Seen};
use quickpay_core::person::{People, Person, PersonName, Role};
use quickpay_core::record::{Copy, Record};
use quickpay_core::refusal::Refusal;
use quickpay_core::settings::Settings;
use quickpay_core::terminal::Terminal;

use crate::conditions::Condition;
use crate::life::{Life, Plan};
use crate::mutant::Mutant;
use crate::seed::Seed;
use crate::till::{settings, settings_with};
use crate::watch::{Checked, Origin, Watch};

const NAMES: [(&str, Role); 3] = [("Li", Role::Cashier), ("Chen", Role::Cashier), ("Kim", Role::Manager)];

/// Those who work at this till.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    seed: Seed,
    works: bool,
    settings: Arc<Settings>,
}

impl Staff {
    pub(crate) fn nobody() -> Staff {
        Staff { seed: Seed::new(0), works: false, settings: settings() }
    }

    pub(crate) fn of(plan: Plan) -> Staff {
        let works = plan.mutant.map_or(plan.seed % 4 == 2, Mutant::is_about_people);
        let person = |(name, role): &(&str, Role)| Person { name: named(name), role: *role };
        let people = || People(NAMES.iter().map(person).collect());
        let settings = if works { settings_with(people()) } else { settings() };
        Staff { seed: Seed::new(plan.seed ^ 0x7374_6166_6600_0000), works, settings }
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
        let needs_word = matches!(input, Input::RefundAsked { .. });
        if !self.works || !needs_word {
            return input;
        }
        let by = self.seed.pick(&[Some("Kim"), Some("Kim"), Some("Kim"), Some("Li"), None], None);
        input.approved_by(by.map(named))
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

    /// What the core is told of the shop and of those who work there.
    pub(crate) fn settings(&self) -> Arc<Settings> {
        let told = self.staff.works && !self.is(Mutant::LockIsOnlyAPicture);
        if told { Arc::clone(&self.staff.settings) } else { settings() }
    }

    /// The person who had the till went away.
    pub(crate) fn has_left(&mut self) {
        if self.till.is_some()
            && let Some(person) = &self.watch.signed_in
        {
            let person = person.clone();
            self.broken(11, || format!("{person} left and is still signed in"));
        }
    }

    /// What a person did at the counter, as the rim hands it on; a mutant hands on something else.
    pub(crate) fn hand_on(&mut self, input: Input) -> Result<(), Refusal> {
        let Some(mutant) = self.plan.mutant else { return self.give(input) };
        let settles = matches!(input, Input::PutRight { .. } | Input::RefundSeen { .. });
        match (mutant, input) {
            (Mutant::SignOutLocksOnlyTheScreen, Input::SignOutAsked) => Ok(()),
            (Mutant::CodeKeptOverSignOut, Input::SignOutAsked) => {
                let kept = self.held_codes();
                let heard = self.give(Input::SignOutAsked);
                for (attempt, order, minor, code) in kept {
                    self.pay(attempt, order, minor, code);
                }
                heard
            }
            (Mutant::AnybodyPutsRight, input) if settles && self.is_locked() => {
                self.staff.manager().into_iter().for_each(|by| drop(self.give(Input::PersonProven(by))));
                let heard = self.give(input.approved_by(self.staff.manager()));
                self.give(Input::SignOutAsked).ok();
                heard
            }
            (_, input) => self.give(input),
        }
    }

    fn held_codes(&self) -> Vec<(AttemptId, OrderId, u64, String)> {
        let Some(till) = &self.till else { return Vec::new() };
        let attempts =
            till.ledger().open_sales().flat_map(|sale| sale.attempts.iter().map(move |at| (sale, at)));
        let held = attempts.filter(|(_, attempt)| attempt.phase == Phase::Held);
        held.filter_map(|(sale, attempt)| {
            let code = self.gateway.codes.get(self.watch.code_of(attempt.id)?)?;
            Some((attempt.id, attempt.order.clone(), sale.amount.minor(), code.text.clone()))
        })
        .collect()
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.till.as_ref().is_some_and(Terminal::is_locked)
    }

    /// What the manual asks of a person at the end is done by the manager.
    pub(crate) fn manager_comes(&mut self) {
        if let Some(manager) = self.staff.manager().filter(|_| self.is_locked()) {
            self.cashier_does(Input::PersonProven(manager).into());
        }
    }

    /// 8: what became of money at the gateway is nobody's to say while nobody is signed in.
    pub(crate) fn nobody_puts_right(&mut self) {
        if !self.is_locked() {
            return;
        }
        let approver = self.staff.manager();
        let put_right = |sale| Input::PutRight { sale, approver: approver.clone() };
        let astray = self.sales_that(|sale| sale.stray().is_some()).into_iter().map(put_right);
        let seen = |refund| Input::RefundSeen { refund, seen: Seen::No, approver: approver.clone() };
        let looked_for = self.refunds_that(Life::is_parked).into_iter().map(|(refund, _)| seen(refund));
        for input in astray.chain(looked_for).collect::<Vec<_>>() {
            let said = format!("{input:?}");
            self.watch.met.met(Condition::SaidWhileLocked);
            if self.hand_on(input) != Err(Refusal::Locked) {
                self.broken(8, || format!("a locked till takes {said}"));
            }
        }
    }

    /// 10: while nobody is signed in, no code is left in memory. That nothing is sold then, the records say.
    pub(crate) fn check_codes_wiped(&mut self) {
        if self.watch.manager.is_none() || self.watch.signed_in.is_some() {
            return;
        }
        let Some(till) = &self.till else { return };
        self.watch.met.met(Condition::LockedStep);
        let codes = till.codes_in_memory();
        if codes > 0 {
            self.broken(10, || format!("nobody is signed in, and {codes} payment codes are in memory"));
        }
    }
}

impl Watch {
    /// 11: whose name stands in a record, by the watch's own account of who came and went; and that somebody is there for
    /// what only a person may do.
    pub(crate) fn names(&mut self, origin: Origin, record: &Record) -> Checked {
        let fits = match record {
            Record::PersonSignedIn { person } => {
                let free = self.signed_in.is_none();
                self.signed_in = Some(person.clone());
                free && self.proven.as_ref() == Some(person)
            }
            Record::PersonSignedOut { person, .. } => self.signed_in.take().as_ref() == Some(person),
            Record::SaleOpened { operator, .. } => self.is_there(operator.as_ref()),
            Record::ShiftOpened { operator, .. } => self.is_there(operator.as_ref()),
            Record::ShiftClosed { report } => self.is_there(report.taken_by.as_ref()),
            Record::PrintQueued { copy: Copy::Number(_), operator, .. } => self.is_there(operator.as_ref()),
            Record::RefundSaved { operator, approver, .. } => {
                self.is_there(operator.as_ref()) && *approver == self.manager
            }
            Record::PrintMissing { seen_by, .. } => self.is_there(seen_by.as_ref()),
            Record::StrayMoneyPutRight { seen_by, .. } => self.is_word_of_manager(seen_by.as_ref()),
            Record::RefundConfirmed { refund, seen_by } | Record::RefundRefused { refund, seen_by, .. } => {
                let looked = origin == Origin::Looked(*refund);
                if looked { self.is_word_of_manager(seen_by.as_ref()) } else { seen_by.is_none() }
            }
            // A code that was held when somebody left is wiped: what is sent was scanned by who is there.
            Record::AttemptHeld { operator, .. } | Record::AttemptSubmitted { operator, .. } => {
                self.is_there(operator.as_ref())
            }
            Record::SalePutAside { .. } | Record::SaleResumed { .. } | Record::RefundWithdrawn { .. } => {
                self.is_there(self.signed_in.as_ref())
            }
            _ => true,
        };
        if fits { Ok(()) } else { Err((11, format!("{:?} has the till, but {record:?}", self.signed_in))) }
    }

    /// Whether this is the manager, while somebody has the till; nobody where nobody works.
    fn is_word_of_manager(&self, person: Option<&PersonName>) -> bool {
        person == self.manager.as_ref() && self.is_there(self.signed_in.as_ref())
    }

    /// Whether this is who has the till; where people work, nobody is not enough.
    fn is_there(&self, person: Option<&PersonName>) -> bool {
        person == self.signed_in.as_ref() && (person.is_some() || self.manager.is_none())
    }
}
