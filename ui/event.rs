//! What the screen reports: one event per touch or key, with no meaning added.

use quickpay_core::id::{JobId, SaleId};
use quickpay_core::input::Seen;
use quickpay_core::page::PageAct;
use quickpay_core::words::Language;

use crate::pin_buffer::TypedPin;

/// Something was touched or typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UiEvent {
    /// A digit key, `0` to `9`.
    Digit(char),
    /// The `00` key.
    DoubleZero,
    /// The decimal point.
    Point,
    /// Clear.
    Clear,
    /// Take back the last digit.
    Backspace,
    /// Enter; means nothing while a sale is armed.
    Enter,
    /// Leave this sale and serve the next customer.
    PutAside,
    /// Give up the current attempt.
    Cancel,
    /// Ask the gateway now.
    CheckAgain,
    /// Yes to what the view asks.
    Confirm,
    /// Print a copy.
    Reprint,
    /// Print a copy of the receipt that is scanned next.
    FindReceipt,
    /// A person says whether the paper that was asked about came out.
    PaperSeen(JobId, Seen),
    /// A sale was tapped: one of the last five, or in a list.
    SaleTapped(SaleId),
    /// The count of open sales was tapped.
    OpenTapped,
    /// This person wants the till and typed this PIN.
    SignIn(String, TypedPin),
    /// The person who has the till leaves it.
    SignOut,
    /// The list of past sales is wanted.
    RecentTapped,
    /// A refund is wanted.
    RefundTapped,
    /// A key of a page was tapped.
    Act(PageAct),
    /// The slip of the sale on the page is wanted.
    Slip,
    /// One step back.
    Back,
    /// Back to SALE.
    Home,
    /// The cursor, one up.
    Up,
    /// The cursor, one down.
    Down,
    /// The part of a list or story before this one.
    PageUp,
    /// The part after this one.
    PageDown,
    /// A letter, a dash or a space.
    Letter(char),
    /// Another language was chosen.
    LanguageChosen(Language),
    /// A key was pressed, reported raw because a scanner may be typing ([`Keystrokes::Raw`]).
    /// [`KeyPress::typed`] tells what it means if a person typed it.
    Key(KeyPress),
    /// The window was closed.
    Closed,
}

/// What becomes of key presses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Keystrokes {
    /// A person types: keys become digits and acts.
    #[default]
    Typed,
    /// A scanner may type into the window: every key comes out as [`UiEvent::Key`], and the rim tells bursts
    /// from typing.
    Raw,
}

/// One key press: its text, or a control character for the keys without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyPress(pub String);

impl KeyPress {
    /// What the key means when a person typed it; nothing for keys that have no use here.
    #[must_use]
    pub fn typed(&self) -> Option<UiEvent> {
        use slint::platform::Key;
        let first = self.0.chars().next()?;
        let functions = [
            (Key::Escape, UiEvent::Clear),
            (Key::Backspace, UiEvent::Backspace),
            (Key::Delete, UiEvent::Backspace),
            (Key::Return, UiEvent::Enter),
            (Key::F1, UiEvent::Reprint),
            (Key::F2, UiEvent::RecentTapped),
            (Key::F3, UiEvent::RefundTapped),
            (Key::F4, UiEvent::PutAside),
            (Key::F5, UiEvent::CheckAgain),
            (Key::F6, UiEvent::Cancel),
            (Key::F7, UiEvent::FindReceipt),
            (Key::F8, UiEvent::Confirm),
            (Key::F12, UiEvent::SignOut),
            (Key::F10, UiEvent::OpenTapped),
            (Key::F11, UiEvent::Slip),
            (Key::Home, UiEvent::Home),
            (Key::UpArrow, UiEvent::Up),
            (Key::LeftArrow, UiEvent::Up),
            (Key::DownArrow, UiEvent::Down),
            (Key::RightArrow, UiEvent::Down),
            (Key::PageUp, UiEvent::PageUp),
            (Key::PageDown, UiEvent::PageDown),
        ];
        if first.is_ascii_digit() {
            return Some(UiEvent::Digit(first));
        }
        if matches!(first, '.' | ',') {
            return Some(UiEvent::Point); // some numpads have a comma
        }
        if first.is_ascii_alphabetic() || matches!(first, '-' | ' ') {
            return Some(UiEvent::Letter(first));
        }
        functions.into_iter().find(|(key, _)| char::from(*key) == first).map(|(_, event)| event)
    }

    /// Whether this ends a scan: Enter, or Tab as some scanners send.
    #[must_use]
    pub fn ends_scan(&self) -> bool {
        matches!(self.0.chars().next(), Some('\n' | '\r' | '\t'))
    }

    /// The character a scanner meant, if the key has one.
    #[must_use]
    pub fn character(&self) -> Option<char> {
        let first = self.0.chars().next()?;
        (!first.is_control() && !('\u{E000}'..='\u{F8FF}').contains(&first)).then_some(first)
    }
}
