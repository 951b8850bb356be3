//! Keys of the window: tells a person's typing from a scanner that types, and what a typed key means.
//!
//! Invariant: a burst of a scanner never reaches the amount.

use std::time::Duration;

use quickpay_core::input::{Input, PadKey};
use quickpay_core::time::Monotonic;
use quickpay_core::words::Language;
use quickpay_drivers::scanner::Discard;
use quickpay_drivers::scanner::keystrokes::{KeyVerdict, Keystrokes};
use quickpay_ui::{KeyPress, UiEvent};

use crate::pages::Turn;

/// The same code from the same scanner within this is one trigger read twice (hardware notes, section 2.2).
const REPEAT_WINDOW: Duration = Duration::from_millis(500);

/// What keys meant.
#[derive(Debug)]
pub enum Meant {
    /// Something for the core.
    Input(Input),
    /// F1: a copy of the last receipt, or of the sale whose detail is shown.
    Copy,
    /// A step on the screens beside SALE.
    Turn(Turn),
    /// A scan that is not whole.
    Discarded(Discard),
}

/// Whether a scanner may type into the window.
#[derive(Debug)]
pub enum Typing {
    /// Only a person types; keys come as acts already.
    Person,
    /// A scanner may: keys are held for a moment until it is clear who typed.
    MaybeScanner(Box<Keystrokes>),
}

impl Typing {
    /// For a till whose scanner types into the window.
    #[must_use]
    pub fn with_scanner() -> Typing {
        Typing::MaybeScanner(Box::new(Keystrokes::new(REPEAT_WINDOW)))
    }

    /// A key went down.
    pub fn on_key(&mut self, text: &str, now: Monotonic) -> Vec<Meant> {
        match self {
            Typing::Person => meant_of(&KeyPress(text.to_owned())).into_iter().collect(),
            Typing::MaybeScanner(keys) => keys.on_key(text, now).into_iter().filter_map(verdict).collect(),
        }
    }

    /// Time has passed.
    pub fn on_idle(&mut self, now: Monotonic) -> Vec<Meant> {
        match self {
            Typing::Person => Vec::new(),
            Typing::MaybeScanner(keys) => keys.on_idle(now).into_iter().filter_map(verdict).collect(),
        }
    }

    /// When [`Typing::on_idle`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Monotonic> {
        match self {
            Typing::Person => None,
            Typing::MaybeScanner(keys) => keys.deadline(),
        }
    }
}

fn verdict(verdict: KeyVerdict) -> Option<Meant> {
    match verdict {
        KeyVerdict::Typed(text) => meant_of(&KeyPress(text)),
        KeyVerdict::Scan(scan) => Some(Meant::Input(Input::Scanned(scan))),
        KeyVerdict::Discarded(why) => Some(Meant::Discarded(why)),
    }
}

fn meant_of(key: &KeyPress) -> Option<Meant> {
    key.typed().as_ref().and_then(meaning)
}

/// What an event of the screen means; `None` for those that mean nothing to the terminal.
#[must_use]
pub fn meaning(event: &UiEvent) -> Option<Meant> {
    let input = match event {
        UiEvent::Digit(digit) => {
            let value = digit.to_digit(10).and_then(|value| u8::try_from(value).ok())?;
            Input::KeyPressed(PadKey::Digit(value))
        }
        UiEvent::DoubleZero => Input::KeyPressed(PadKey::DoubleZero),
        UiEvent::Point => Input::KeyPressed(PadKey::Point),
        UiEvent::Backspace => Input::KeyPressed(PadKey::Backspace),
        UiEvent::Clear => Input::Cleared,
        UiEvent::PutAside => Input::PutAside,
        UiEvent::Cancel => Input::CancelAsked,
        UiEvent::CheckAgain => Input::CheckAsked(None),
        UiEvent::Confirm => Input::Confirmed,
        UiEvent::FindReceipt => Input::CopyByScanAsked,
        UiEvent::PaperSeen(job, seen) => Input::PaperSeen { job: *job, seen: *seen },
        UiEvent::Reprint => return Some(Meant::Copy),
        UiEvent::SaleTapped(sale) => return Some(Meant::Turn(Turn::Sale(*sale))),
        UiEvent::OpenTapped => return Some(Meant::Turn(Turn::Open)),
        UiEvent::RecentTapped => return Some(Meant::Turn(Turn::Recent)),
        UiEvent::RefundTapped => return Some(Meant::Turn(Turn::Refund)),
        UiEvent::Act(act) => return Some(Meant::Turn(Turn::Act(*act))),
        UiEvent::Back => return Some(Meant::Turn(Turn::Back)),
        UiEvent::Slip => return Some(Meant::Turn(Turn::Slip)),
        UiEvent::Home => return Some(Meant::Turn(Turn::Home)),
        UiEvent::Up => return Some(Meant::Turn(Turn::Up)),
        UiEvent::Down => return Some(Meant::Turn(Turn::Down)),
        UiEvent::PageUp => return Some(Meant::Turn(Turn::PageUp)),
        UiEvent::PageDown => return Some(Meant::Turn(Turn::PageDown)),
        UiEvent::Enter => return Some(Meant::Turn(Turn::Enter)),
        UiEvent::Letter(letter) => return Some(Meant::Turn(Turn::Letter(*letter))),
        UiEvent::LanguageChosen(_) | UiEvent::Key(_) | UiEvent::Closed => return None,
        UiEvent::SignOut => Input::SignOutAsked,
        UiEvent::SignIn(..) => return None,
    };
    Some(Meant::Input(input))
}

/// What to say when a scan was not whole.
#[must_use]
pub fn scan_again(language: Language) -> &'static str {
    match language {
        Language::En => "Only part of a code was read. Scan again.",
        Language::ZhCn => "只读到部分付款码，请再扫一次。",
        Language::ZhTw => "只讀到部分付款碼，請再掃一次。",
        Language::Ko => "코드의 일부만 읽혔습니다. 다시 스캔하세요.",
    }
}
