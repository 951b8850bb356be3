//! What is known of the printer: looked at while a paper waits and it was last found away, without a record.
//!
//! Invariant: a paper is begun, which is recorded, only while nothing says that the printer cannot take it; papers that a
//! printer did not take although it looked ready come ever more rarely. So a printer that is away for hours costs the
//! journal one try.
//! Deliberately absent: how one looks (the driver) and what became of a paper (`printing.rs`).

use std::time::Duration;

use crate::input::Sight;
use crate::print::Hindrance;
use crate::time::Monotonic;
use crate::view::Device;

/// Between two looks, and before the second try of a paper.
const PAUSE: Duration = Duration::from_secs(2);
/// The longest pause between two tries of a paper that a printer does not take although it looks ready.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// This run's knowledge of the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrinterWatch {
    pub(crate) device: Device,
    /// What it wants of a person, while it needs care.
    pub(crate) hindrance: Option<Hindrance>,
    /// Whether a look is under way.
    looking: bool,
    next_look: Monotonic,
    /// No paper is tried before this.
    not_before: Monotonic,
    /// Tries in a row of which no byte left.
    misses: u32,
}

/// What a paper that waits makes the till do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    Print,
    Look,
}

impl PrinterWatch {
    /// At a start: nothing is known, so the first paper is simply tried.
    pub(crate) fn new() -> PrinterWatch {
        PrinterWatch {
            device: Device::Absent,
            hindrance: None,
            looking: false,
            next_look: Monotonic(0),
            not_before: Monotonic(0),
            misses: 0,
        }
    }

    /// What to do for a paper that waits, and when; `None` while a look is under way.
    pub(crate) fn next(self) -> Option<(Monotonic, Next)> {
        match self.device {
            Device::Ready | Device::Absent => Some((self.not_before, Next::Print)),
            Device::Away | Device::NeedsCare | Device::Unknown if self.looking => None,
            Device::Away | Device::NeedsCare | Device::Unknown => Some((self.next_look, Next::Look)),
        }
    }

    /// A paper came out.
    pub(crate) fn printed(self) -> PrinterWatch {
        PrinterWatch { misses: 0, ..self.goes_on() }
    }

    /// It takes a paper, or goes on with one.
    pub(crate) fn goes_on(self) -> PrinterWatch {
        PrinterWatch { device: Device::Ready, hindrance: None, ..self }
    }

    /// It took no byte of a paper.
    pub(crate) fn missed(self, now: Monotonic, by: Option<Hindrance>) -> PrinterWatch {
        let misses = self.misses.saturating_add(1);
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(misses.saturating_sub(1))).min(LONGEST_PAUSE);
        let seen = self.stopped(by);
        PrinterWatch { next_look: now.after(PAUSE), not_before: now.after(pause), misses, ..seen }
    }

    /// It has a paper, whole or in part, and does not go on; without a hindrance to name it is a person's turn.
    pub(crate) fn interrupted(self, by: Option<Hindrance>) -> PrinterWatch {
        PrinterWatch { device: Device::NeedsCare, hindrance: by, ..self }
    }

    /// A look leaves.
    pub(crate) fn looking(self) -> PrinterWatch {
        PrinterWatch { looking: true, ..self }
    }

    /// A look came back.
    pub(crate) fn looked(self, now: Monotonic, sight: Sight) -> PrinterWatch {
        let seen = PrinterWatch { looking: false, next_look: now.after(PAUSE), ..self };
        match sight {
            Sight::Ready => PrinterWatch { device: Device::Ready, hindrance: None, ..seen },
            Sight::Away => seen.stopped(None),
            Sight::NeedsCare(why) => seen.stopped(Some(why)),
        }
    }

    fn stopped(self, by: Option<Hindrance>) -> PrinterWatch {
        let device = if by.is_some() { Device::NeedsCare } else { Device::Away };
        PrinterWatch { device, hindrance: by, ..self }
    }
}
