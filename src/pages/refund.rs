//! A refund in the making: how much, why, a last look. Nothing of it is recorded before the last key.

use quickpay_core::id::SaleId;
use quickpay_core::input::PadKey;
use quickpay_core::money::Money;
use quickpay_core::page::{RefundDraft, RefundReason, RefundStep};
use quickpay_core::words::Language;
use zeroize::Zeroizing;

use crate::pin::Pin;

/// A reason is for a receipt and a list.
const WORDS: usize = 60;
/// The longest PIN there is.
const PIN: usize = 8;
/// As long as the largest amount.
const AMOUNT: usize = 12;

/// A manager's PIN while it is typed: wiped when dropped, never shown, never copied.
#[derive(Default)]
pub struct PinEntry(Zeroizing<String>);

impl std::fmt::Debug for PinEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PinEntry(..)")
    }
}

impl PinEntry {
    /// A key of the pad.
    pub fn pad(&mut self, key: PadKey) {
        if self.0.capacity() < PIN {
            self.0.reserve_exact(PIN); // it never grows, so that no part of it is left behind
        }
        match key {
            PadKey::Digit(digit) if self.0.len() < PIN => self.0.push(char::from(b'0' + digit.min(9))),
            PadKey::Backspace => drop(self.0.pop()),
            PadKey::Digit(_) | PadKey::DoubleZero | PadKey::Point => {}
        }
    }

    /// As many asterisks as digits.
    #[must_use]
    pub fn shown(&self) -> String {
        "*".repeat(self.0.len())
    }

    /// The whole of it, once; nothing is left here.
    #[must_use]
    pub fn take(&mut self) -> Pin {
        Pin::typed(std::mem::take(&mut self.0))
    }
}

/// One refund in the making.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundLeaf {
    /// What was chosen so far.
    pub draft: RefundDraft,
    /// The chosen key.
    pub cursor: Option<usize>,
    /// How many refunds the sale had when this one was sent off; it is made once there are more.
    pub sent_at: Option<usize>,
}

impl RefundLeaf {
    /// Nothing is chosen yet.
    #[must_use]
    pub fn new(sale: SaleId) -> RefundLeaf {
        RefundLeaf { draft: RefundDraft::of(sale), cursor: None, sent_at: None }
    }

    /// So much is to go back.
    pub fn amount(&mut self, amount: Money) {
        self.draft.amount = Some(amount);
        self.go(RefundStep::Reason);
    }

    /// For one of the fixed reasons.
    pub fn because(&mut self, reason: RefundReason, language: Language) {
        reason.text(language).clone_into(&mut self.draft.reason);
        self.go(RefundStep::Confirm);
    }

    /// For a reason in own words.
    pub fn own_words(&mut self) {
        self.go(RefundStep::Words);
    }

    /// These were the words.
    pub fn words_done(&mut self) {
        self.draft.typed.trim().clone_into(&mut self.draft.reason);
        self.go(RefundStep::Confirm);
    }

    /// A manager's PIN is needed.
    pub fn ask_pin(&mut self) {
        self.go(RefundStep::Pin);
    }

    /// One step back; `false` from the first one.
    pub fn back(&mut self) -> bool {
        match self.draft.step {
            RefundStep::Amount => false,
            RefundStep::Reason => {
                self.draft.amount = None;
                self.go(RefundStep::Amount);
                true
            }
            RefundStep::Pin => {
                self.go(RefundStep::Confirm);
                true
            }
            RefundStep::Words | RefundStep::Confirm => {
                self.draft.reason.clear();
                self.go(RefundStep::Reason);
                true
            }
        }
    }

    /// Takes away what was typed; `false` when there was nothing.
    pub fn clear(&mut self) -> bool {
        let typed = !self.draft.typed.is_empty();
        self.draft.typed.clear();
        typed
    }

    /// Whether keys are typed into it.
    #[must_use]
    pub fn takes_typing(&self) -> bool {
        match self.draft.step {
            RefundStep::Amount | RefundStep::Words => true,
            RefundStep::Reason | RefundStep::Confirm | RefundStep::Pin => false,
        }
    }

    /// A key of the pad.
    pub fn pad(&mut self, key: PadKey) {
        if !self.takes_typing() {
            return;
        }
        match key {
            PadKey::Digit(digit) => self.push(char::from(b'0' + digit.min(9))),
            PadKey::DoubleZero => {
                self.push('0');
                self.push('0');
            }
            PadKey::Point if self.draft.step == RefundStep::Amount && self.draft.typed.contains('.') => {}
            PadKey::Point if self.draft.step == RefundStep::Amount && self.draft.typed.is_empty() => {
                self.push('0');
                self.push('.');
            }
            PadKey::Point => self.push('.'),
            PadKey::Backspace => {
                self.draft.typed.pop();
            }
        }
    }

    /// A letter; only words take one.
    pub fn letter(&mut self, letter: char) {
        if self.draft.step == RefundStep::Words && !letter.is_control() {
            self.push(letter);
        }
    }

    fn push(&mut self, letter: char) {
        let most = if self.draft.step == RefundStep::Words { WORDS } else { AMOUNT };
        if self.draft.typed.chars().count() < most {
            self.draft.typed.push(letter);
        }
        self.cursor = None;
    }

    fn go(&mut self, step: RefundStep) {
        self.sent_at = None;
        self.draft.step = step;
        self.draft.typed.clear();
        self.cursor = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pin_only_its_length_is_shown_and_it_is_given_away_once() {
        let mut pin = PinEntry::default();
        [4, 7, 1, 1, 9].into_iter().for_each(|digit| pin.pad(PadKey::Digit(digit)));
        pin.pad(PadKey::Backspace);
        pin.pad(PadKey::Point);
        assert_eq!((pin.shown().as_str(), format!("{pin:?}").as_str()), ("****", "PinEntry(..)"));
        assert!(pin.take().is_same(&Pin::typed("4711".to_owned().into())));
        assert_eq!(pin.shown(), "");
        (0..20).for_each(|_| pin.pad(PadKey::Digit(1)));
        assert_eq!(pin.shown().len(), PIN);
    }

    #[test]
    fn one_walks_to_the_last_look_and_back() {
        let mut refund = RefundLeaf::new(SaleId(1));
        refund.pad(PadKey::Point);
        refund.pad(PadKey::Digit(5));
        refund.pad(PadKey::Point);
        refund.letter('x');
        assert_eq!(refund.draft.typed, "0.5");
        refund.amount(Money::from_minor(50, quickpay_core::money::Currency::Cny).unwrap());
        refund.own_words();
        "too salty".chars().for_each(|letter| refund.letter(letter));
        refund.words_done();
        assert_eq!((refund.draft.step, refund.draft.reason.as_str()), (RefundStep::Confirm, "too salty"));
        refund.ask_pin();
        assert!(refund.back(), "from the PIN to the last look");
        assert_eq!(refund.draft.reason, "too salty");
        assert!(refund.back() && refund.back());
        assert_eq!((refund.draft.step, refund.draft.amount), (RefundStep::Amount, None));
        assert!(!refund.back(), "the next step back leaves the refund");
    }
}
