//! Scanners: what reaches the rim from them, and the kinds there are.
//!
//! Invariant: half a read never becomes a scan; what was read is wiped, never logged.
//! Deliberately absent: what a scan means (the core parses it), beeps (the rim has the loudspeaker).

pub mod claims;
#[cfg(test)]
mod contents;
pub mod evdev;
#[cfg(test)]
pub(crate) mod fake_sysfs;
pub mod framing;
pub mod hid_descriptor;
pub mod hid_pos;
pub mod hidraw;
pub mod identity;
mod keymap;
pub mod keystrokes;
pub mod life;
pub mod list;
pub mod model;
mod node;
mod repeat;
mod retry;
pub mod serial;
pub mod sysfs;
pub mod wedge;

use std::fmt;
use std::io;

use quickpay_core::payment_code::Scan;

use self::claims::Claims;
use self::evdev::EvdevSettings;
use self::hidraw::HidPosSettings;
use self::life::{IdentifiedSettings, Life};
use self::serial::SerialSettings;
use crate::stop::Stoppable;

/// What a scanner has to say.
#[derive(Debug, Clone)]
pub enum ScannerEvent {
    /// The device is open and listened to.
    Opened,
    /// One whole read.
    Scan(Scan),
    /// Bytes came that are not a whole read; they are gone.
    Discarded(Discard),
    /// The device cannot be read; it is tried again until it can or the scanner is stopped. Said once per reason.
    Lost(Loss),
}

/// Why bytes were thrown away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discard {
    /// A read without its end, or without its beginning.
    Unfinished,
    /// More than 4 KiB without an end.
    TooLong,
    /// It arrived while the device was being opened, so that its beginning may be missing.
    WhileOpening,
    /// The device says that keys or reports were lost on the way, or they do not fit together.
    PartsLost,
    /// Keys that write nothing, such as an arrow; or a report that contradicts itself.
    Unreadable,
    /// The same message again within the repeat window: one pull of the trigger, read twice.
    Repeated,
}

impl Discard {
    /// Whether the cashier should hear a beep and scan again; a repeated read needs neither.
    #[must_use]
    pub fn asks_to_scan_again(self) -> bool {
        match self {
            Discard::Unfinished
            | Discard::TooLong
            | Discard::WhileOpening
            | Discard::PartsLost
            | Discard::Unreadable => true,
            Discard::Repeated => false,
        }
    }
}

impl fmt::Display for Discard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Discard::Unfinished => "only part of a code arrived",
            Discard::TooLong => "the code is too long",
            Discard::WhileOpening => "the scanner was just being connected",
            Discard::PartsLost => "parts of a code were lost",
            Discard::Unreadable => "what the scanner sent cannot be read",
            Discard::Repeated => "the same code was read twice",
        })
    }
}

/// Why a device cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// Its node is not there.
    Unplugged,
    /// Another program holds it.
    InUse,
    /// Several devices are what is asked for; none is taken.
    SeveralMatch,
    /// Another scanner of the configuration is this very device, and reads it.
    ReadAs {
        /// The place of that scanner in the configuration, from 0.
        place: usize,
    },
    /// Its node may not be opened by this user.
    NoPermission,
    /// The node is there and open to us, but does not work; in the system's words.
    Broken(String),
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Loss::Unplugged => f.write_str("unplugged"),
            Loss::InUse => f.write_str("in use by another program"),
            Loss::SeveralMatch => {
                f.write_str("several scanners match; add the serial number or the port that `quickpay devices` shows")
            }
            Loss::ReadAs { place } => {
                write!(f, "the same device as scanner {}; remove one of the two [[scanner]] tables", place + 1)
            }
            Loss::NoPermission => f.write_str(
                "no permission; is 70-quickpay-devices.rules installed and this user in the group quickpay or dialout?",
            ),
            Loss::Broken(words) => f.write_str(words),
        }
    }
}

/// A scanner that has a thread of its own, by kind. Keystrokes have none: the rim feeds [`keystrokes::Keystrokes`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScannerKind {
    /// A serial port, real or over USB.
    Serial(SerialSettings),
    /// A keyboard wedge, taken for this program alone.
    Evdev(EvdevSettings),
    /// A USB HID POS scanner.
    HidPos(HidPosSettings),
    /// A device known by what it is, in any of the modes allowed, on any port.
    Identified(IdentifiedSettings),
}

impl ScannerKind {
    /// Starts the thread that reads this scanner and tells the sink, from that thread, what happens.
    ///
    /// # Errors
    /// When no thread can be started. A device that is not there is no error: it is waited for.
    pub fn start(self, sink: impl FnMut(ScannerEvent) + Send + 'static) -> io::Result<RunningScanner> {
        self.start_beside(&Claims::default(), 0, sink)
    }

    /// The same beside the till's other scanners: where two are the same device, the one that reads it goes on, and the
    /// other says so.
    ///
    /// # Errors
    /// As [`ScannerKind::start`].
    pub fn start_beside(
        self,
        claims: &Claims,
        place: usize,
        sink: impl FnMut(ScannerEvent) + Send + 'static,
    ) -> io::Result<RunningScanner> {
        let (life, claims) = (Life::from(self), claims.clone());
        let thread = Stoppable::start("scanner", move |stop| life::run(&life, &claims, place, &stop, sink))?;
        Ok(RunningScanner { _thread: thread })
    }
}

impl From<ScannerKind> for Life {
    fn from(kind: ScannerKind) -> Life {
        match kind {
            ScannerKind::Serial(settings) => settings.into(),
            ScannerKind::Evdev(settings) => settings.into(),
            ScannerKind::HidPos(settings) => settings.into(),
            ScannerKind::Identified(settings) => settings.into(),
        }
    }
}

/// A scanner being read. Dropping it stops and joins its thread, within a second.
#[derive(Debug)]
pub struct RunningScanner {
    _thread: Stoppable,
}

#[cfg(test)]
#[path = "scanner/corpus_tests.rs"]
mod corpus;

#[cfg(test)]
#[path = "scanner/thousand_tests.rs"]
mod thousand;
