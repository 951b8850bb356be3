//! Keys of the window become typing or scans, by their speed.
//!
//! Invariant: a key of a burst is never typed, and a burst that is not whole is never a scan: it must begin after a
//! pause, follow without gaps and end with Enter or Tab. To know a burst from typing each key is held back for 40 ms.
//! Deliberately absent: the window, a clock, keyboard layouts (the core says when digits came as signs).

use std::fmt;
use std::time::Duration;

use quickpay_core::payment_code::{MAX_SCAN_BYTES, Scan};
use quickpay_core::time::Monotonic;
use zeroize::{Zeroize, Zeroizing};

use super::Discard;
use super::repeat::RepeatGuard;

/// Keys closer than this may belong to a burst; fast typists leave 60 ms, guns 1 to 20.
const BURST_GAP: Duration = Duration::from_millis(40);
/// So many keys at that speed are a burst.
const BURST_KEYS: usize = 6;
/// A burst that pauses this long has lost its Enter; a burst so soon after a typed key has lost its beginning.
const BURST_END: Duration = Duration::from_millis(150);

/// What a key turned out to be.
#[derive(Clone)]
pub enum KeyVerdict {
    /// Typed by a person: the key's text, one verdict a key, in order.
    Typed(String),
    /// The end of a whole burst.
    Scan(Scan),
    /// A burst that is not whole is gone.
    Discarded(Discard),
}

/// Typed keys may be a PIN: not shown.
impl fmt::Debug for KeyVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyVerdict::Typed(_) => f.write_str("Typed(redacted)"),
            KeyVerdict::Scan(scan) => write!(f, "{scan:?}"),
            KeyVerdict::Discarded(why) => write!(f, "Discarded({why:?})"),
        }
    }
}

/// The keys whose meaning is not known yet.
#[derive(Debug)]
pub struct Keystrokes {
    held: Zeroizing<Vec<u8>>,
    held_keys: usize,
    last_key: Option<Monotonic>,
    last_typed: Option<Monotonic>,
    last_burst_end: Option<Monotonic>,
    whole: Whole,
    repeats: RepeatGuard,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Yes,
    TooLong,
    BeginningLost,
}

impl Keystrokes {
    /// No key yet. A repeat window of zero lets the same code through at any time.
    #[must_use]
    pub fn new(repeat_window: Duration) -> Keystrokes {
        Keystrokes {
            held: Zeroizing::new(Vec::with_capacity(MAX_SCAN_BYTES)),
            held_keys: 0,
            last_key: None,
            last_typed: None,
            last_burst_end: None,
            whole: Whole::Yes,
            repeats: RepeatGuard::new(repeat_window),
        }
    }

    /// A key went down, with the text it gives. Keys without text (Shift) may be passed or left out. Also tells what
    /// earlier keys were, as [`on_idle`](Keystrokes::on_idle) would have.
    pub fn on_key(&mut self, text: &str, now: Monotonic) -> Vec<KeyVerdict> {
        let mut verdicts = self.on_idle(now);
        match text {
            "" => {}
            "\n" | "\r" | "\t" => self.end(text, now, &mut verdicts),
            _ if text.chars().any(is_command_key) => {
                self.give_up(&mut verdicts);
                verdicts.push(KeyVerdict::Typed(text.to_owned()));
                self.last_typed = Some(now);
            }
            _ => self.hold(text, now),
        }
        verdicts
    }

    /// Time has passed; call it at the [`deadline`](Keystrokes::deadline) and not much later.
    pub fn on_idle(&mut self, now: Monotonic) -> Vec<KeyVerdict> {
        let mut verdicts = Vec::new();
        if self.deadline().is_some_and(|deadline| now >= deadline) {
            self.give_up(&mut verdicts);
        }
        verdicts
    }

    /// When held keys will be known to be typed, or a burst to be unfinished. `None` while nothing is held.
    #[must_use]
    pub fn deadline(&self) -> Option<Monotonic> {
        let wait = if self.is_burst() { BURST_END } else { BURST_GAP };
        self.last_key.filter(|_| self.held_keys > 0).map(|last| last.after(wait))
    }

    fn is_burst(&self) -> bool {
        self.held_keys >= BURST_KEYS
    }

    fn hold(&mut self, text: &str, now: Monotonic) {
        if self.held_keys == 0 {
            let late = self.last_typed.is_some_and(|typed| now.since(typed) < BURST_END);
            self.whole = if late { Whole::BeginningLost } else { Whole::Yes };
        }
        if self.held.len() + text.len() <= MAX_SCAN_BYTES {
            self.held.extend_from_slice(text.as_bytes());
        } else {
            self.whole = Whole::TooLong;
        }
        self.held_keys += 1;
        self.last_key = Some(now);
    }

    /// Enter or Tab: the end of a burst, the second of two ends, or typed like any key.
    fn end(&mut self, text: &str, now: Monotonic, verdicts: &mut Vec<KeyVerdict>) {
        if self.is_burst() {
            verdicts.push(match self.whole {
                Whole::TooLong => KeyVerdict::Discarded(Discard::TooLong),
                Whole::BeginningLost => KeyVerdict::Discarded(Discard::Unfinished),
                Whole::Yes if self.repeats.is_repeat(&self.held, now) => {
                    KeyVerdict::Discarded(Discard::Repeated)
                }
                Whole::Yes => KeyVerdict::Scan(Scan::from_message(self.held.to_vec())),
            });
            self.forget();
            self.last_burst_end = Some(now);
            return;
        }
        let second_end =
            self.held_keys == 0 && self.last_burst_end.is_some_and(|burst| now.since(burst) < BURST_GAP);
        if !second_end {
            self.give_up(verdicts);
            verdicts.push(KeyVerdict::Typed(text.to_owned()));
            self.last_typed = Some(now);
        }
    }

    /// Nothing follows: few keys were typed, many were a burst without its end.
    fn give_up(&mut self, verdicts: &mut Vec<KeyVerdict>) {
        if self.is_burst() {
            verdicts.push(KeyVerdict::Discarded(Discard::Unfinished));
        } else if let Ok(typed) = std::str::from_utf8(&self.held) {
            verdicts.extend(typed.chars().map(|key| KeyVerdict::Typed(key.to_string())));
        }
        if self.held_keys > 0 {
            self.last_typed = self.last_key; // also after a lost burst: what follows at once is its tail
        }
        self.forget();
    }

    fn forget(&mut self) {
        self.held.zeroize();
        self.held_keys = 0;
    }
}

/// Backspace, Escape, arrows and function keys (which toolkits put into the private use area).
fn is_command_key(c: char) -> bool {
    c.is_control() || ('\u{e000}'..='\u{f8ff}').contains(&c)
}

#[cfg(test)]
#[path = "keystrokes_tests.rs"]
mod tests;
