//! The PIN that is being typed: the one thing the screen keeps to itself, because it must go nowhere but to its check.
//!
//! Invariant: at most eight digits are held and they are wiped when dropped, cleared or handed over; what is longer, such
//! as a code that a scanner types, is dropped whole.
//! Deliberately absent: whether it is right.

use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// The longest PIN.
const LONGEST: usize = 8;

/// A PIN as a person typed it.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedPin(Zeroizing<String>);

impl TypedPin {
    /// The digits; wiped when dropped.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        self.0.clone()
    }
}

impl fmt::Debug for TypedPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypedPin(..)")
    }
}

/// The digits so far.
#[derive(Default)]
pub(crate) struct PinBuffer {
    digits: Zeroizing<String>,
    too_long: bool,
}

impl PinBuffer {
    /// Takes a digit, or passes over what is none; gives how many there are.
    pub(crate) fn digit(&mut self, text: &str) -> usize {
        let Some(digit) = text.chars().next().filter(char::is_ascii_digit) else { return self.digits.len() };
        if self.digits.len() == LONGEST {
            self.wipe();
            self.too_long = true;
        }
        if !self.too_long {
            if self.digits.capacity() == 0 {
                self.digits = Zeroizing::new(String::with_capacity(LONGEST)); // never moved, so nothing stays behind
            }
            self.digits.push(digit);
        }
        self.digits.len()
    }

    /// Takes the last digit back.
    pub(crate) fn backspace(&mut self) -> usize {
        self.digits.pop();
        self.digits.len()
    }

    /// Forgets everything.
    pub(crate) fn wipe(&mut self) {
        self.digits.zeroize();
        self.too_long = false;
    }

    /// Hands the PIN over and forgets it.
    pub(crate) fn take(&mut self) -> TypedPin {
        let pin = TypedPin(self.digits.clone());
        self.wipe();
        pin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scan_that_is_typed_leaves_no_pin() {
        let mut buffer = PinBuffer::default();
        let counts: Vec<usize> = "132993614656096754".chars().map(|c| buffer.digit(&c.to_string())).collect();
        assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        buffer.wipe();
        assert_eq!(buffer.digit("7"), 1);
        assert_eq!(buffer.digit("x"), 1);
        assert_eq!(*buffer.take().reveal(), "7");
        assert_eq!(buffer.digit("1"), 1);
        assert_eq!(format!("{:?}", buffer.take()), "TypedPin(..)");
    }
}
