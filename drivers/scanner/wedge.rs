//! A keyboard wedge's key events become scans (hardware notes, sections 1, 2.1 and 2.2).
//!
//! Invariant: half a read, two reads glued together, or keys that do not fit together never become a scan. A key goes
//! down once and up once; what breaks that tells that events were lost, and so does the kernel's own SYN_DROPPED.
//! Deliberately absent: reading a device or a clock, auto-repeat (it is ignored), keyboard layouts, typing speed.

use std::time::Duration;

use quickpay_core::time::Monotonic;

use super::Discard;
use super::framing::{Framed, Framing, FramingOptions};
use super::keymap::Key;

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
const SYN_DROPPED: u16 = 3;
const RELEASED: i32 = 0;
const PRESSED: i32 = 1;

/// A key held while the device is opened is let go soon after.
const HELD_AT_OPENING: Duration = Duration::from_millis(300);
/// Windows' longest Alt code: a zero and three digits.
const ALT_DIGITS: u8 = 4;
/// So late an event can reach us; beyond it the wall clock was set.
const LONGEST_LAG: Duration = Duration::from_secs(10);

/// The parts of a time in a record are the size of a register.
const WORD: usize = size_of::<usize>();

/// One record of the kernel, without its time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InputEvent {
    /// `EV_SYN`, `EV_KEY` and so on.
    pub kind: u16,
    /// Which key, or what the kernel says about the stream.
    pub code: u16,
    /// 1 down, 0 up, 2 auto-repeat.
    pub value: i32,
}

/// Which key it was is a secret.
impl std::fmt::Debug for InputEvent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InputEvent(kind {}, redacted)", self.kind)
    }
}

impl InputEvent {
    /// Bytes of a record: seconds, microseconds, kind, code, value.
    pub const BYTES: usize = 2 * WORD + 8;

    /// Reads one record: the event, and when it happened on the wall clock, since 1970. `None` when it is cut.
    #[must_use]
    pub fn parse(record: &[u8]) -> Option<(InputEvent, Duration)> {
        let (seconds, rest) = record.split_at_checked(WORD)?;
        let (micros, rest) = rest.split_at_checked(WORD)?;
        let [k0, k1, c0, c1, v0, v1, v2, v3] = *rest.first_chunk::<8>()?;
        let seconds = u64::try_from(usize::from_ne_bytes(seconds.try_into().ok()?)).ok()?;
        let micros = u64::try_from(usize::from_ne_bytes(micros.try_into().ok()?)).ok()?;
        let event = InputEvent {
            kind: u16::from_ne_bytes([k0, k1]),
            code: u16::from_ne_bytes([c0, c1]),
            value: i32::from_ne_bytes([v0, v1, v2, v3]),
        };
        Some((event, Duration::from_secs(seconds).saturating_add(Duration::from_micros(micros))))
    }
}

/// When an event happened on our clock, from its own time on the wall clock and both clocks now. An event that waited
/// in the kernel is so known to be old. A wall clock that was set makes it an event of now.
#[must_use]
pub fn happened_at(now: Monotonic, wall_now: Duration, wall_then: Duration) -> Monotonic {
    let lag = wall_now.saturating_sub(wall_then);
    if lag > LONGEST_LAG {
        return now;
    }
    Monotonic(now.0.saturating_sub(u64::try_from(lag.as_millis()).unwrap_or(0)))
}

/// The state of one keyboard wedge.
#[derive(Debug)]
pub struct Wedge {
    framing: Framing,
    down: KeySet,
    alt: Option<AltCode>,
    settled_at: Monotonic,
    /// After SYN_DROPPED the rest of the packet is in pieces.
    resyncing: bool,
    last: Monotonic,
}

#[derive(Debug, Clone, Copy, Default)]
struct AltCode {
    value: u16,
    digits: u8,
}

impl Wedge {
    /// A device that was opened and grabbed now.
    #[must_use]
    pub fn opened(repeat_window: Duration, now: Monotonic) -> Wedge {
        Wedge {
            framing: Framing::opened(FramingOptions { idle_flush: None, repeat_window }, now),
            down: KeySet::default(),
            alt: None,
            settled_at: now.after(HELD_AT_OPENING),
            resyncing: false,
            last: now,
        }
    }

    /// One event, and when it happened (not when it was read): a pause before it counts as one.
    pub fn push(&mut self, event: InputEvent, happened_at: Monotonic) -> Option<Framed> {
        let at = happened_at.max(self.last);
        self.last = at;
        match (event.kind, event.code, event.value) {
            (EV_SYN, SYN_DROPPED, _) => {
                self.forget_keys();
                self.resyncing = true;
                self.framing.lose(Discard::PartsLost, at);
                None
            }
            (EV_SYN, SYN_REPORT, _) => {
                self.resyncing = false;
                None
            }
            (EV_KEY, code, value @ (PRESSED | RELEASED)) if !self.resyncing => {
                let paused = self.framing.idle(at);
                let ended = if value == PRESSED { self.press(code, at) } else { self.release(code, at) };
                paused.or(ended)
            }
            _ => None,
        }
    }

    /// The device was asked and had nothing up to now.
    pub fn idle(&mut self, now: Monotonic) -> Option<Framed> {
        self.framing.idle(now)
    }

    /// When [`idle`](Wedge::idle) would do something.
    #[must_use]
    pub fn deadline(&self) -> Option<Monotonic> {
        self.framing.deadline()
    }

    fn press(&mut self, code: u16, at: Monotonic) -> Option<Framed> {
        if self.down.insert(code) == Before::Down {
            self.lose(Discard::PartsLost, at); // its release never came
        }
        let held = self.held();
        match Key::of_code(code) {
            Key::Shift | Key::Command | Key::Lock => {}
            Key::Alt => self.alt = Some(self.alt.unwrap_or_default()),
            Key::End => return self.end(code, held, at),
            Key::KeypadDigit(digit) if held.alt => self.alt_digit(digit - b'0', at),
            Key::KeypadDigit(digit) if !held.command => self.framing.push_data(digit, at),
            Key::Writes { plain, shifted } if !held.alt && !held.command => {
                self.framing.push_data(if held.shift { shifted } else { plain }, at);
            }
            Key::KeypadDigit(_) | Key::Writes { .. } | Key::Other => self.lose(Discard::Unreadable, at),
        }
        None
    }

    fn release(&mut self, code: u16, at: Monotonic) -> Option<Framed> {
        if self.down.remove(code) == Before::Up && at >= self.settled_at {
            self.lose(Discard::PartsLost, at); // its press never came
        }
        if Key::of_code(code) == Key::Alt && !self.held().alt {
            self.alt_ends(at);
        }
        None
    }

    /// No gun holds a modifier over its Enter: the release of that modifier was lost, and what it changed is wrong.
    fn end(&mut self, code: u16, held: Held, at: Monotonic) -> Option<Framed> {
        if held.shift || held.alt || held.command {
            self.forget_keys();
            self.down.insert(code);
            self.lose(Discard::PartsLost, at);
        }
        self.framing.push_end(at)
    }

    fn alt_digit(&mut self, digit: u8, at: Monotonic) {
        let code = self.alt.unwrap_or_default();
        let code = AltCode {
            value: code.value.saturating_mul(10).saturating_add(u16::from(digit)),
            digits: code.digits.saturating_add(1),
        };
        self.alt = Some(code);
        if code.digits > ALT_DIGITS {
            self.lose(Discard::Unreadable, at);
        }
    }

    fn alt_ends(&mut self, at: Monotonic) {
        let Some(code) = self.alt.take() else { return };
        match u8::try_from(code.value) {
            Ok(byte) if (1..=ALT_DIGITS).contains(&code.digits) => self.framing.push_data(byte, at),
            Ok(_) | Err(_) => self.lose(Discard::Unreadable, at),
        }
    }

    fn lose(&mut self, why: Discard, at: Monotonic) {
        self.framing.lose(why, at);
    }

    fn forget_keys(&mut self) {
        self.down = KeySet::default();
        self.alt = None;
    }

    fn held(&self) -> Held {
        Held {
            shift: self.down.contains_any(&[42, 54]),
            alt: self.down.contains_any(&[56, 100]),
            command: self.down.contains_any(&[29, 97, 125, 126]),
        }
    }
}

/// The modifiers that are down.
#[derive(Debug, Clone, Copy)]
struct Held {
    shift: bool,
    alt: bool,
    command: bool,
}

/// The keys that are down: codes below 256, which a keyboard has.
#[derive(Debug, Default)]
struct KeySet([u64; 4]);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Up,
    Down,
    /// A code that no keyboard has: not followed.
    Unknown,
}

impl KeySet {
    fn insert(&mut self, code: u16) -> Before {
        self.change(code, |word, bit| word | bit)
    }

    fn remove(&mut self, code: u16) -> Before {
        self.change(code, |word, bit| word & !bit)
    }

    fn change(&mut self, code: u16, to: impl Fn(u64, u64) -> u64) -> Before {
        let bit = 1_u64 << (code % 64);
        let Some(word) = self.0.get_mut(usize::from(code / 64)) else { return Before::Unknown };
        let before = if *word & bit == 0 { Before::Up } else { Before::Down };
        *word = to(*word, bit);
        before
    }

    fn contains_any(&self, codes: &[u16]) -> bool {
        codes.iter().any(|code| {
            self.0.get(usize::from(code / 64)).is_some_and(|word| word & (1_u64 << (code % 64)) != 0)
        })
    }
}

#[cfg(test)]
#[path = "wedge_tests.rs"]
mod tests;
