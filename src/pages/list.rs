//! A list as a person leafs through it: what was typed, where it stands, which row is chosen.

use quickpay_core::input::PadKey;
use quickpay_core::page::{ListKind, ListPage};

use super::Turn;

/// More is never needed to find a sale, and never fits the field.
const TYPED: usize = 32;

/// One open list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListLeaf {
    /// What it is for.
    pub kind: ListKind,
    /// What was typed to find a sale, in upper case.
    pub typed: String,
    /// Whether a person was asked to scan a receipt: then nothing else is taken for a scan.
    pub seeking: bool,
    /// Rows before the shown ones.
    pub skipped: usize,
    /// The row that Enter opens, on the page.
    pub cursor: usize,
}

impl ListLeaf {
    /// Its first page.
    #[must_use]
    pub fn new(kind: ListKind) -> ListLeaf {
        ListLeaf { kind, typed: String::new(), seeking: false, skipped: 0, cursor: 0 }
    }

    /// Whether keys are typed into it. OPEN has no field: it is short, and digits there begin the next sale.
    #[must_use]
    pub fn takes_typing(&self) -> bool {
        match self.kind {
            ListKind::Recent | ListKind::Refund => true,
            ListKind::Open => false,
        }
    }

    /// A key of the pad.
    pub fn pad(&mut self, key: PadKey) {
        match key {
            PadKey::Digit(digit) => self.push(char::from(b'0' + digit.min(9))),
            PadKey::DoubleZero => {
                self.push('0');
                self.push('0');
            }
            PadKey::Point => self.push('.'),
            PadKey::Backspace => {
                self.typed.pop();
                self.begin();
            }
        }
    }

    /// A letter, or the dash of an order id.
    pub fn letter(&mut self, letter: char) {
        if letter.is_ascii_alphabetic() || letter == '-' {
            self.push(letter.to_ascii_uppercase());
        }
    }

    /// Takes away what was typed; `false` when there was nothing.
    pub fn clear(&mut self) -> bool {
        let typed = !self.typed.is_empty() || self.seeking;
        self.typed.clear();
        self.begin();
        typed
    }

    /// Asks for a scan.
    pub fn seek(&mut self) {
        self.clear();
        self.seeking = true;
    }

    /// Moves through so many rows.
    pub fn turn(&mut self, turn: Turn, of: usize) {
        let shown = of.saturating_sub(self.skipped).min(ListPage::ROWS);
        match turn {
            Turn::PageDown if self.skipped + ListPage::ROWS < of => {
                self.skipped += ListPage::ROWS;
                self.cursor = 0;
            }
            Turn::PageUp => {
                self.skipped = self.skipped.saturating_sub(ListPage::ROWS);
                self.cursor = 0;
            }
            Turn::Down if self.cursor + 1 < shown => self.cursor += 1,
            Turn::Down if self.skipped + ListPage::ROWS < of => self.turn(Turn::PageDown, of),
            Turn::Up if self.cursor > 0 => self.cursor -= 1,
            Turn::Up if self.skipped > 0 => {
                self.turn(Turn::PageUp, of);
                self.cursor = ListPage::ROWS - 1;
            }
            Turn::PageDown | Turn::Down | Turn::Up | Turn::Enter | Turn::Letter(_) => {}
            Turn::Recent | Turn::Open | Turn::Refund | Turn::Sale(_) | Turn::Act(_) => {}
            Turn::Back | Turn::Home | Turn::Slip => {}
        }
    }

    fn push(&mut self, letter: char) {
        if self.typed.len() < TYPED {
            self.typed.push(letter);
        }
        self.begin();
    }

    fn begin(&mut self) {
        (self.seeking, self.skipped, self.cursor) = (false, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_walks_over_the_ends_of_pages_and_stops_at_those_of_the_list() {
        let mut list = ListLeaf::new(ListKind::Recent);
        let walked = |list: &mut ListLeaf, turn: Turn, steps: usize| {
            (0..steps).for_each(|_| list.turn(turn, 20));
            (list.skipped, list.cursor)
        };
        assert_eq!(walked(&mut list, Turn::Up, 1), (0, 0));
        assert_eq!(walked(&mut list, Turn::Down, 8), (8, 0));
        assert_eq!(walked(&mut list, Turn::Up, 1), (0, 7));
        assert_eq!(walked(&mut list, Turn::PageDown, 5), (16, 0));
        assert_eq!(walked(&mut list, Turn::Down, 9), (16, 3));
        assert_eq!(walked(&mut list, Turn::PageUp, 5), (0, 0));
        list.turn(Turn::Down, 0);
        assert_eq!((list.skipped, list.cursor), (0, 0), "an empty list");
    }

    #[test]
    fn typing_begins_at_the_first_row_again_and_is_bounded() {
        let mut list = ListLeaf::new(ListKind::Recent);
        list.turn(Turn::PageDown, 20);
        list.letter('s');
        list.pad(PadKey::Digit(4));
        list.pad(PadKey::Point);
        list.letter('!');
        assert_eq!((list.typed.as_str(), list.skipped), ("S4.", 0));
        (0..100).for_each(|_| list.pad(PadKey::DoubleZero));
        assert_eq!(list.typed.len(), TYPED);
        assert!(list.clear());
        assert!(!list.clear());
    }
}
