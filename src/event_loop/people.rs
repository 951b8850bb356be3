//! People at the till: PINs are checked off the loop, and what waited for them is done when they are proven.
//!
//! Invariant: the core hears of a person only after the PIN fitted; one check is at work at a time, on a thread of its
//! own, so that the loop never waits for it. Deliberately absent: what people may do (the core) and how often they may
//! try (`pin_desk.rs`).

use quickpay_core::input::Input;
use quickpay_core::person::{PersonName, Role};
use quickpay_core::refusal::Refusal;

use super::EventLoop;
use crate::arrival::{Arrival, MoneyWish};
use crate::happening::Tag;
use crate::pin::Pin;
use crate::pin_desk::{PinCheck, Turn, Whose};

/// What waits for a PIN, with the mark of its request.
#[derive(Debug)]
pub(super) struct Waiting {
    act: ByPin,
    tag: Option<Tag>,
}

#[derive(Debug)]
enum ByPin {
    SignIn,
    Money(Input),
}

impl EventLoop {
    /// A person wants the till.
    pub(super) fn sign_in_asked(&mut self, person: &str, pin: Pin, tag: Option<Tag>) {
        let people = &self.terminal.settings().people;
        let known = PersonName::parse(person).ok().filter(|name| people.role_of(name).is_some());
        let refusal = match (&known, self.terminal.operator()) {
            _ if people.is_empty() => Some(Refusal::NoPeople),
            (_, Some(operator)) => Some(Refusal::SomebodySignedIn { person: operator.clone() }),
            (None, None) => Some(Refusal::NoSuchPerson),
            (Some(_), None) => None,
        };
        match (known, refusal) {
            (Some(name), None) => {
                self.check_pin(Whose::Person(name), pin, Waiting { act: ByPin::SignIn, tag });
            }
            (_, refusal) => self.refuse(&refusal.unwrap_or(Refusal::NoSuchPerson), tag),
        }
    }

    /// Money is to go back, or a person says where it is. Where people are configured a manager's PIN allows it; whatever
    /// else forbids it is said before the PIN is looked at.
    pub(super) fn money_asked(&mut self, wish: MoneyWish, tag: Option<Tag>) {
        let MoneyWish { act, approver, pin } = wish;
        let Some(pin) = pin.filter(|_| self.needs_manager(&act)) else {
            return self.do_as_asked(Ok(act), tag);
        };
        let people = &self.terminal.settings().people;
        let whose = match approver.as_deref().map(PersonName::parse) {
            None => Whose::AnyManager,
            Some(Ok(name)) if people.role_of(&name) == Some(Role::Manager) => Whose::Person(name),
            Some(Ok(_) | Err(_)) => return self.refuse(&Refusal::ManagerNeeded, tag),
        };
        self.check_pin(whose, pin, Waiting { act: ByPin::Money(act), tag });
    }

    /// Whether nothing but a manager's PIN is missing for this act.
    pub(super) fn needs_manager(&mut self, act: &Input) -> bool {
        let recalled = act.names_sale().map_or(Ok(()), |sale| self.recall(sale));
        let decided = recalled.and_then(|()| self.terminal.decide(self.clock.now(), act.clone()).map(drop));
        decided == Err(Refusal::ManagerNeeded)
    }

    /// A check is done and fits these people.
    pub(super) fn pin_checked(&mut self, fits: &[PersonName]) {
        let now = self.clock.now().mono;
        if let Some((Waiting { act, tag }, proven)) = self.pins.checked(fits, now) {
            match (act, proven) {
                (_, Err(refusal)) => {
                    tracing::warn!(reason = refusal.name(), "a PIN was refused");
                    self.refuse(&refusal, tag);
                }
                (ByPin::SignIn, Ok(person)) => self.do_as_asked(Ok(Input::PersonProven(person)), tag),
                (ByPin::Money(act), Ok(manager)) => self.do_as_asked(Ok(act.approved_by(Some(manager))), tag),
            }
        }
        self.next_pin();
    }

    fn check_pin(&mut self, whose: Whose, pin: Pin, then: Waiting) {
        if let Err(Waiting { tag, .. }) = self.pins.ask(PinCheck { whose, pin, then }) {
            self.refuse(&Refusal::PinsBusy, tag);
        }
        self.next_pin();
    }

    /// Begins the next check; its result will arrive.
    fn next_pin(&mut self) {
        while let Some(turn) = self.pins.turn(self.clock.now().mono) {
            match turn {
                Turn::Refuse(Waiting { tag, .. }, refusal) => self.refuse(&refusal, tag),
                Turn::Compare(holders, pin) => {
                    let queue = self.workers.queue();
                    let check = tokio::task::spawn_blocking(move || {
                        let fitting = holders.into_iter().filter(|holder| holder.hash.fits(&pin));
                        fitting.map(|holder| holder.name).collect::<Vec<_>>()
                    });
                    tokio::spawn(async move {
                        let fits = check.await.unwrap_or_else(|error| {
                            tracing::error!(%error, "a check of a PIN ended badly");
                            Vec::new()
                        });
                        queue.send(Arrival::PinChecked(fits)).await.ok();
                    });
                }
            }
        }
    }

    fn refuse(&mut self, refusal: &Refusal, tag: Option<Tag>) {
        self.refused(refusal, tag);
        self.publish(None);
    }
}
