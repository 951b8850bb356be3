//! Who works at this till, and what each may do.
//!
//! Invariant: the core knows names and roles, never a PIN; whoever an input names was proven before it came here.
//! As long as nobody is configured the till is open to all, and records name nobody.
//! Deliberately absent: PINs and how they are proven (the rim's `pin/`).

use std::fmt;

use thiserror::Error;

/// The longest name; it stands on receipts.
const LONGEST_NAME: usize = 40;

/// What a person is called in records, on paper and on the lock screen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

/// Why a text is not a name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("a person's name is 1 to 40 characters without control characters or blanks at its ends")]
pub struct NotAName;

impl PersonName {
    /// Takes a configured or recorded name.
    ///
    /// # Errors
    /// [`NotAName`] when it is empty, longer than 40 characters, has a blank at an end or a control character.
    pub fn parse(text: &str) -> Result<PersonName, NotAName> {
        let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
        let plain = text.trim() == text && !text.chars().any(char::is_control);
        if fits && plain { Ok(PersonName(text.to_owned())) } else { Err(NotAName) }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sells, copies, asks for refunds.
    Cashier,
    /// The same, and approves refunds.
    Manager,
}

impl Role {
    /// The word in the configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Role::Cashier => "cashier",
            Role::Manager => "manager",
        }
    }

    /// Reads that word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Role> {
        [Role::Cashier, Role::Manager].into_iter().find(|role| role.name() == word)
    }
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name, unlike all others.
    pub name: PersonName,
    /// What they may do.
    pub role: Role,
}

/// All who work here, in the order of the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People(pub Vec<Person>);

impl People {
    /// Whether nobody need sign in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What somebody may do; `None` for a stranger.
    #[must_use]
    pub fn role_of(&self, name: &PersonName) -> Option<Role> {
        self.0.iter().find(|person| person.name == *name).map(|person| person.role)
    }

    /// Somebody who may approve, if anybody.
    pub(crate) fn first_manager(&self) -> Option<PersonName> {
        self.0.iter().find(|person| person.role == Role::Manager).map(|person| person.name.clone())
    }

    /// The names in order.
    #[must_use]
    pub fn names(&self) -> Vec<PersonName> {
        self.0.iter().map(|person| person.name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_on_a_receipt() {
        for good in ["Li", "王小明", "Anna-Maria O'Neil", &"x".repeat(40)] {
            assert_eq!(PersonName::parse(good).map(|name| name.to_string()), Ok(good.to_owned()));
        }
        for wrong in ["", " Li", "Li ", "L\ni", "\u{7}", &"x".repeat(41)] {
            assert_eq!(PersonName::parse(wrong), Err(NotAName), "{wrong:?}");
        }
    }
}
