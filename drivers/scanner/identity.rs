//! Which node of which scanner is meant: by what it is and how it presents itself, never by its node's number.
//!
//! Invariant: where two devices match none is chosen.
//! Deliberately absent: reading sysfs (see [`sysfs`](super::sysfs)), remembering what was seen.

use std::path::PathBuf;

use super::Loss;
use crate::identity::{Identity, UsbId};

/// How a scanner presents itself. The order is the order of choice where one device offers several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// USB HID POS, read through hidraw.
    HidPos,
    /// A serial port: CDC-ACM, a vendor's USB serial, or RS-232.
    Serial,
    /// A keyboard, read through evdev.
    Wedge,
}

impl Mode {
    /// All of them, in the order of choice.
    pub const ALL: [Mode; 3] = [Mode::HidPos, Mode::Serial, Mode::Wedge];

    /// The word of the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Mode::HidPos => "hid-pos",
            Mode::Serial => "serial",
            Mode::Wedge => "evdev",
        }
    }
}

/// A node through which a plugged-in device can be read in one mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// How.
    pub mode: Mode,
    /// Where, such as `/dev/hidraw0`; true until it is unplugged.
    pub path: PathBuf,
    /// What the bus knows of the device; nothing for a port that is not on USB.
    pub identity: Identity,
    /// The number of its USB interface: the first of one mode is read.
    pub interface: u8,
    /// In its maker's words; empty where it has none.
    pub name: String,
}

/// Chooses the node of the device that is meant, in the best of the modes allowed.
///
/// # Errors
/// `Unplugged` when no device matches, `SeveralMatch` when more than one does.
pub fn choose<'a>(nodes: &'a [Node], wanted: &Identity, modes: &[Mode]) -> Result<&'a Node, Loss> {
    let candidates = || nodes.iter().filter(|n| modes.contains(&n.mode) && wanted.matches(&n.identity));
    let best = candidates().min_by_key(|node| (node.mode, node.interface)).ok_or(Loss::Unplugged)?;
    if candidates().any(|other| other.identity.port != best.identity.port) {
        return Err(Loss::SeveralMatch);
    }
    Ok(best)
}

/// Makers of nothing but scanners (hardware notes, section 2.4); the udev rules name the same.
const SCANNER_MAKERS: [u16; 9] = [0x0c2e, 0x23d0, 0x0536, 0x05e0, 0x05f9, 0x080c, 0x1eab, 0x27dd, 0x065a];

/// Whether this maker makes nothing but scanners.
#[must_use]
pub fn makes_only_scanners(vendor: UsbId) -> bool {
    SCANNER_MAKERS.contains(&vendor.0)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
