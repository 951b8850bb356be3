//! Who may try a PIN now, and what came of it: a queue of one check at a time, and a wait after wrong ones.
//!
//! Invariant: after five wrong PINs in a row for one person every further try waits for 30 s, until a right one; PINs
//! wait here for their turn only, and are wiped with it. Deliberately absent: the check itself, which is slow on purpose
//! and runs on a thread of its own (`event_loop/people.rs`), and what a proven person may do (the core).

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use quickpay_core::person::{PersonName, Role};
use quickpay_core::refusal::Refusal;
use quickpay_core::time::Monotonic;

use crate::pin::{Pin, PinHash};

/// Wrong PINs in a row that are free.
const FREE_TRIES: u32 = 5;
/// How long each try waits after them.
const WAIT: Duration = Duration::from_secs(30);
/// Checks that may wait for their turn; a person makes one.
const MOST_WAITING: usize = 8;

/// A person with a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinHolder {
    /// Who.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
    /// The hash of their PIN.
    pub hash: PinHash,
}

/// Whose PIN is asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// This person's.
    Person(PersonName),
    /// That of any manager: whoever it fits allows it.
    AnyManager,
}

/// A PIN to be checked, and what waits for it.
#[derive(Debug)]
pub struct PinCheck<T> {
    /// Whose it should be.
    pub whose: Whose,
    /// What was typed.
    pub pin: Pin,
    /// What is to be done then.
    pub then: T,
}

/// What the desk wants done next.
#[derive(Debug)]
pub enum Turn<T> {
    /// This PIN is to be compared with these; [`PinDesk::checked`] hears which it fits.
    Compare(Vec<PinHolder>, Pin),
    /// This may not be tried now.
    Refuse(T, Refusal),
}

/// The desk; `T` is what waits for a PIN.
#[derive(Debug)]
pub struct PinDesk<T> {
    holders: Vec<PinHolder>,
    waiting: VecDeque<PinCheck<T>>,
    at_work: Option<(Whose, T)>,
    wrong: BTreeMap<Whose, Wrong>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Wrong {
    in_a_row: u32,
    not_before: Monotonic,
}

impl<T> PinDesk<T> {
    /// A desk for these people.
    #[must_use]
    pub fn new(holders: Vec<PinHolder>) -> PinDesk<T> {
        PinDesk { holders, waiting: VecDeque::new(), at_work: None, wrong: BTreeMap::new() }
    }

    /// Takes a check; [`PinDesk::turn`] says when it is its turn.
    ///
    /// # Errors
    /// What waits comes back when too many checks wait; the PIN is wiped.
    pub fn ask(&mut self, check: PinCheck<T>) -> Result<(), T> {
        if self.waiting.len() >= MOST_WAITING {
            return Err(check.then);
        }
        self.waiting.push_back(check);
        Ok(())
    }

    /// What is to be done next; `None` while a check is at work or nothing waits.
    pub fn turn(&mut self, now: Monotonic) -> Option<Turn<T>> {
        if self.at_work.is_some() {
            return None;
        }
        let PinCheck { whose, pin, then } = self.waiting.pop_front()?;
        let wait = self.wrong.get(&whose).map_or(Duration::ZERO, |wrong| wrong.not_before.since(now));
        if !wait.is_zero() {
            let seconds = u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX);
            return Some(Turn::Refuse(then, Refusal::PinWait { seconds }));
        }
        let holders = self.holders.iter().filter(|holder| match &whose {
            Whose::Person(name) => holder.name == *name,
            Whose::AnyManager => holder.role == Role::Manager,
        });
        let holders = holders.cloned().collect();
        self.at_work = Some((whose, then));
        Some(Turn::Compare(holders, pin))
    }

    /// The check at work is done and fits these people: what waited for it, and who was proven.
    pub fn checked(
        &mut self,
        fits: &[PersonName],
        now: Monotonic,
    ) -> Option<(T, Result<PersonName, Refusal>)> {
        let (whose, then) = self.at_work.take()?;
        let proven = match fits {
            [one] => {
                self.wrong.remove(&whose);
                Ok(one.clone())
            }
            [] => Err(self.was_wrong(whose, now)),
            [_, _, ..] => Err(Refusal::PinNotUnique),
        };
        Some((then, proven))
    }

    fn was_wrong(&mut self, whose: Whose, now: Monotonic) -> Refusal {
        let wrong = self.wrong.entry(whose).or_default();
        wrong.in_a_row = wrong.in_a_row.saturating_add(1);
        if wrong.in_a_row < FREE_TRIES {
            return Refusal::WrongPin;
        }
        wrong.not_before = now.after(WAIT);
        Refusal::PinWait { seconds: WAIT.as_secs() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use zeroize::Zeroizing;

    fn name(text: &str) -> PersonName {
        PersonName::parse(text).unwrap()
    }

    fn typed(text: &str) -> Pin {
        Pin::typed(Zeroizing::new(text.to_owned()))
    }

    fn desk() -> PinDesk<u32> {
        let hash = PinHash::of(&typed("4711"), &[1; 16]).unwrap();
        let holder = |text, role| PinHolder { name: name(text), role, hash: hash.clone() };
        PinDesk::new(vec![
            holder("Li", Role::Cashier),
            holder("Kim", Role::Manager),
            holder("Wang", Role::Manager),
        ])
    }

    fn ask(desk: &mut PinDesk<u32>, whose: Whose, n: u32) -> Result<(), u32> {
        desk.ask(PinCheck { whose, pin: typed("0000"), then: n })
    }

    /// Tries a wrong PIN for Li and gives what is said.
    fn wrong(desk: &mut PinDesk<u32>, now: u64) -> Refusal {
        ask(desk, Whose::Person(name("Li")), 1).unwrap();
        match desk.turn(Monotonic(now)).unwrap() {
            Turn::Compare(..) => desk.checked(&[], Monotonic(now)).unwrap().1.unwrap_err(),
            Turn::Refuse(_, refusal) => refusal,
        }
    }

    #[test]
    fn the_fifth_wrong_pin_in_a_row_and_each_after_it_wait_for_half_a_minute() {
        let mut desk = desk();
        for _ in 0..4 {
            assert_eq!(wrong(&mut desk, 0), Refusal::WrongPin);
        }
        assert_eq!(wrong(&mut desk, 0), Refusal::PinWait { seconds: 30 });
        assert_eq!(wrong(&mut desk, 100), Refusal::PinWait { seconds: 30 });
        assert_eq!(wrong(&mut desk, 29_001), Refusal::PinWait { seconds: 1 });
        assert_eq!(wrong(&mut desk, 30_000), Refusal::PinWait { seconds: 30 });
        assert_eq!(wrong(&mut desk, 59_999), Refusal::PinWait { seconds: 1 });
    }

    #[test]
    fn a_right_pin_ends_the_row_and_another_person_is_not_held_up() {
        let mut desk = desk();
        for _ in 0..5 {
            wrong(&mut desk, 0);
        }
        ask(&mut desk, Whose::Person(name("Kim")), 2).unwrap();
        assert!(matches!(desk.turn(Monotonic(1)), Some(Turn::Compare(of, _)) if of.len() == 1));
        assert_eq!(desk.checked(&[name("Kim")], Monotonic(1)), Some((2, Ok(name("Kim")))));
        ask(&mut desk, Whose::Person(name("Li")), 3).unwrap();
        assert!(matches!(desk.turn(Monotonic(30_000)), Some(Turn::Compare(..))));
        assert_eq!(desk.checked(&[name("Li")], Monotonic(30_000)), Some((3, Ok(name("Li")))));
        assert_eq!(wrong(&mut desk, 30_001), Refusal::WrongPin);
    }

    #[test]
    fn one_check_is_at_work_and_few_wait() {
        let mut desk = desk();
        for n in 0..8 {
            ask(&mut desk, Whose::AnyManager, n).unwrap();
        }
        assert_eq!(ask(&mut desk, Whose::AnyManager, 8), Err(8));
        assert!(matches!(desk.turn(Monotonic(0)), Some(Turn::Compare(of, _)) if of.len() == 2));
        assert!(desk.turn(Monotonic(0)).is_none());
        assert_eq!(desk.checked(&[], Monotonic(0)), Some((0, Err(Refusal::WrongPin))));
        assert!(desk.checked(&[], Monotonic(0)).is_none());
    }

    #[test]
    fn a_pin_of_two_managers_proves_nobody() {
        let mut desk = desk();
        ask(&mut desk, Whose::AnyManager, 1).unwrap();
        desk.turn(Monotonic(0)).unwrap();
        let said = desk.checked(&[name("Kim"), name("Wang")], Monotonic(0));
        assert_eq!(said, Some((1, Err(Refusal::PinNotUnique))));
    }
}
