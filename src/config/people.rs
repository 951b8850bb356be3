//! The tables of people: name, role, and the hash of a PIN.
//!
//! Invariant: names differ, every PIN is there as a hash only, and no complaint repeats what stands in its place.

use quickpay_core::person::{PersonName, Role};

use super::check::Checker;
use super::file::PersonTable;
use super::problem::Problem;
use crate::pin::{NotAHash, PinHash};
use crate::pin_desk::PinHolder;

/// People of one till; they fit a lock screen of a few pages.
const MOST_PEOPLE: usize = 60;
/// A manager's PIN that comes without a name is compared with each of theirs, some tens of milliseconds apiece.
const MOST_MANAGERS: usize = 12;

impl Checker {
    /// Those who work here, in the order of the file.
    pub(super) fn people(&mut self, tables: &[PersonTable]) -> Vec<PinHolder> {
        let mut people: Vec<PinHolder> = Vec::new();
        for (n, table) in tables.iter().enumerate() {
            let name = self.take(&table.name, |text| PersonName::parse(text).map_err(|e| e.to_string()));
            let role = self.take(&table.role, |word| {
                Role::parse(word)
                    .ok_or_else(|| format!("no role \"{word}\"; it is \"cashier\" or \"manager\""))
            });
            let hash = match table.pin.get_ref().as_str().map(PinHash::parse) {
                Some(Ok(hash)) => Some(hash),
                Some(Err(error)) => self.refuse_pin(table, error),
                None => self.refuse_pin(table, NotAHash::Plain),
            };
            let (Some(name), Some(role), Some(hash)) = (name, role, hash) else { continue };
            if people.iter().any(|other| other.name == name) {
                let words = format!(
                    "there are two people of the name \"{name}\"; receipts could not tell them apart"
                );
                self.problems.push(Problem::at(table.name.span(), words));
            }
            if n == MOST_PEOPLE {
                let words = format!("a till has at most {MOST_PEOPLE} people");
                self.problems.push(Problem::at(table.name.span(), words));
            }
            people.push(PinHolder { name, role, hash });
            let managers = people.iter().filter(|person| person.role == Role::Manager).count();
            if role == Role::Manager && managers == MOST_MANAGERS + 1 {
                let words = format!("a till has at most {MOST_MANAGERS} managers");
                self.problems.push(Problem::at(table.role.span(), words));
            }
        }
        people
    }

    fn refuse_pin(&mut self, table: &PersonTable, why: NotAHash) -> Option<PinHash> {
        self.problems.push(Problem::at_secret(table.pin.span(), why.to_string()));
        None
    }
}
