//! Bytes and time become scans (hardware notes, section 2.2).
//!
//! Invariant: half a read never becomes a scan. A read ends with CR, LF, Tab or NUL, or stands between STX and ETX;
//! what ends otherwise is discarded, and so is what follows it without a pause. Buffers are wiped.
//! Deliberately absent: reading a device or a clock; guessing; trimming inside a message.

use std::time::Duration;

use quickpay_core::payment_code::{MAX_SCAN_BYTES, Scan};
use quickpay_core::time::Monotonic;
use zeroize::{Zeroize, Zeroizing};

use super::Discard;
use super::repeat::RepeatGuard;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;

/// Bytes this soon after opening, or after a discarded half, may be the rest of a read.
const SETTLE: Duration = Duration::from_millis(300);
/// A read that pauses this long without its end has lost it: at 9600 baud a character takes 1 ms.
const UNFINISHED_AFTER: Duration = Duration::from_millis(150);

/// What an installer may choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FramingOptions {
    /// For scanners without suffix: a pause this long ends a message (60 to 100 ms). `None`: a suffix is required.
    pub idle_flush: Option<Duration>,
    /// The same message within this time is dropped; zero turns it off.
    pub repeat_window: Duration,
}

impl Default for FramingOptions {
    fn default() -> FramingOptions {
        FramingOptions { idle_flush: None, repeat_window: Duration::from_millis(500) }
    }
}

/// What became of some bytes.
#[derive(Debug, Clone)]
pub enum Framed {
    /// A whole read.
    Scan(Scan),
    /// Not a whole read.
    Discarded(Discard),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing of a read is here; bytes before the instant may be the tail of one.
    Between { settled_at: Monotonic, why: Discard },
    /// Inside a message that a terminator ends.
    Message,
    /// After STX: only ETX ends it.
    Block,
    /// Throwing bytes away up to the next terminator or pause; why is said there.
    Skipping(Discard),
}

/// The state of one scanner's byte stream. Bytes may be cut anywhere; the scans are the same.
#[derive(Debug)]
pub struct Framing {
    options: FramingOptions,
    phase: Phase,
    message: Zeroizing<Vec<u8>>,
    last_byte: Monotonic,
    repeats: RepeatGuard,
}

impl Framing {
    /// A device that was opened now.
    #[must_use]
    pub fn opened(options: FramingOptions, now: Monotonic) -> Framing {
        Framing {
            options,
            phase: Phase::Between { settled_at: now.after(SETTLE), why: Discard::WhileOpening },
            message: Zeroizing::new(Vec::with_capacity(MAX_SCAN_BYTES)), // never grows, so never leaves a copy
            last_byte: now,
            repeats: RepeatGuard::new(options.repeat_window),
        }
    }

    /// The device was opened again: what was begun is gone, repeats are still known.
    pub fn reopened(&mut self, now: Monotonic) {
        self.message.zeroize();
        self.phase = Phase::Between { settled_at: now.after(SETTLE), why: Discard::WhileOpening };
        self.last_byte = now;
    }

    /// Bytes as the device gave them.
    pub fn push(&mut self, bytes: &[u8], now: Monotonic) -> Vec<Framed> {
        let mut out = Vec::new();
        for byte in bytes {
            out.extend(self.push_byte(*byte, now));
        }
        if !bytes.is_empty() {
            self.last_byte = now;
        }
        out
    }

    /// A byte that is data whatever its value: another decoder has told ends from data already.
    pub(super) fn push_data(&mut self, byte: u8, now: Monotonic) {
        if let Phase::Between { settled_at, why } = self.phase {
            self.phase = if now < settled_at { Phase::Skipping(why) } else { Phase::Message };
        }
        if self.phase == Phase::Message {
            self.keep(byte);
        }
        self.last_byte = now;
    }

    /// The end of a message, told by another decoder.
    pub(super) fn push_end(&mut self, now: Monotonic) -> Option<Framed> {
        self.push(b"\r", now).pop()
    }

    /// Something is missing here: nothing is a read up to the next end or pause, where why is said. The first reason
    /// stands.
    pub(super) fn lose(&mut self, why: Discard, now: Monotonic) {
        self.message.zeroize();
        if !matches!(self.phase, Phase::Skipping(_)) {
            self.phase = Phase::Skipping(why);
        }
        self.last_byte = now;
    }

    /// What was begun is given up now, said at once; what follows without a pause is its tail.
    pub(super) fn abandon(&mut self, why: Discard, now: Monotonic) -> Framed {
        self.rest(now);
        self.last_byte = now;
        Framed::Discarded(why)
    }

    /// Whether a message has begun, or the tail of a lost one is awaited.
    pub(super) fn is_between(&self) -> bool {
        matches!(self.phase, Phase::Between { .. })
    }

    /// The device was asked and had nothing up to now. Call it only when that is so: a reader that was itself held up
    /// may have bytes waiting.
    pub fn idle(&mut self, now: Monotonic) -> Option<Framed> {
        let deadline = self.deadline().filter(|deadline| now >= *deadline)?;
        match (self.phase, self.options.idle_flush) {
            (Phase::Between { .. }, _) => None,
            (Phase::Message, Some(_)) => self.finish(now),
            (Phase::Message, None) | (Phase::Block, _) => {
                self.rest(deadline);
                Some(Framed::Discarded(Discard::Unfinished))
            }
            (Phase::Skipping(why), _) => {
                self.rest(deadline);
                Some(Framed::Discarded(why))
            }
        }
    }

    /// When [`idle`](Framing::idle) would do something.
    #[must_use]
    pub fn deadline(&self) -> Option<Monotonic> {
        match (self.phase, self.options.idle_flush) {
            (Phase::Between { .. }, _) => None,
            (Phase::Message, Some(pause)) => Some(self.last_byte.after(pause)),
            (Phase::Message, None) | (Phase::Block | Phase::Skipping(_), _) => {
                Some(self.last_byte.after(UNFINISHED_AFTER))
            }
        }
    }

    fn push_byte(&mut self, byte: u8, now: Monotonic) -> Option<Framed> {
        if let Phase::Between { settled_at, why } = self.phase {
            if is_terminator(byte) {
                self.between(now); // a lone end, such as LF after CR: nothing is lost, and we are in step
                return None;
            }
            self.phase = if now < settled_at { Phase::Skipping(why) } else { Phase::Message };
        }
        match self.phase {
            Phase::Skipping(why) => self.skip(byte, why, now),
            Phase::Block if byte == ETX => self.finish(now),
            Phase::Block if byte != STX => self.keep(byte),
            Phase::Block | Phase::Message | Phase::Between { .. } => self.take(byte, now),
        }
    }

    fn skip(&mut self, byte: u8, why: Discard, now: Monotonic) -> Option<Framed> {
        if !is_terminator(byte) && byte != ETX {
            return None;
        }
        self.between(now);
        Some(Framed::Discarded(why))
    }

    fn take(&mut self, byte: u8, now: Monotonic) -> Option<Framed> {
        match byte {
            STX => {
                let cut_short = !self.message.is_empty();
                self.message.zeroize();
                self.phase = Phase::Block;
                cut_short.then_some(Framed::Discarded(Discard::Unfinished))
            }
            ETX => {
                // The start is missing, and maybe more with it.
                let lost = !self.message.is_empty();
                self.between(now);
                lost.then_some(Framed::Discarded(Discard::Unfinished))
            }
            end if is_terminator(end) => self.finish(now),
            _ => self.keep(byte),
        }
    }

    fn keep(&mut self, byte: u8) -> Option<Framed> {
        if self.message.len() < MAX_SCAN_BYTES {
            self.message.push(byte);
        } else {
            self.message.zeroize();
            self.phase = Phase::Skipping(Discard::TooLong);
        }
        None
    }

    fn finish(&mut self, now: Monotonic) -> Option<Framed> {
        let framed = if self.message.is_empty() {
            None
        } else if self.repeats.is_repeat(&self.message, now) {
            Some(Framed::Discarded(Discard::Repeated))
        } else {
            Some(Framed::Scan(Scan::from_message(self.message.to_vec())))
        };
        self.between(now);
        framed
    }

    /// In step with the scanner: the next byte begins a message.
    fn between(&mut self, now: Monotonic) {
        self.message.zeroize();
        self.phase = Phase::Between { settled_at: now, why: Discard::Unfinished };
    }

    /// Out of step after a lost end: what comes soon may be the tail of it.
    fn rest(&mut self, now: Monotonic) {
        self.message.zeroize();
        self.phase = Phase::Between { settled_at: now.after(SETTLE), why: Discard::Unfinished };
    }
}

fn is_terminator(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n' | b'\t' | 0)
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;
