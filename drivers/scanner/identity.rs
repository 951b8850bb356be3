//! Which device is meant: by what it is and where it is plugged in, never by its node's number.
//!
//! Invariant: an identity that says nothing matches nothing, and where two devices match none is chosen.
//! Deliberately absent: reading sysfs (see [`sysfs`](super::sysfs)), remembering what was seen.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::Loss;

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

/// A USB vendor or product id; written as four hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsbId(pub u16);

impl fmt::Display for UsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04x}", self.0)
    }
}

impl FromStr for UsbId {
    type Err = NotAUsbId;

    /// Four hexadecimal digits, also after `0x`.
    fn from_str(text: &str) -> Result<UsbId, NotAUsbId> {
        let digits = text.strip_prefix("0x").unwrap_or(text);
        let well_formed = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        let id = u16::from_str_radix(digits, 16).ok().filter(|_| well_formed);
        id.map(UsbId).ok_or(NotAUsbId)
    }
}

/// A text that is not four hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAUsbId;

impl fmt::Display for NotAUsbId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a USB id is four hexadecimal digits, such as \"0c2e\"")
    }
}

impl std::error::Error for NotAUsbId {}

/// What a device is known by. What is left out is not asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Who made it.
    pub vendor: Option<UsbId>,
    /// Which model, and in which mode: guns that change their mode mostly change this too.
    pub product: Option<UsbId>,
    /// Its serial number; many have none.
    pub serial: Option<String>,
    /// Where it is plugged in: bus and ports as the kernel writes them, such as `1-1.2`.
    pub port: Option<String>,
}

impl Identity {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Identity::default()
    }

    /// Whether a device is what is asked.
    #[must_use]
    pub fn matches(&self, device: &Identity) -> bool {
        !self.is_empty()
            && self.vendor.is_none_or(|vendor| device.vendor == Some(vendor))
            && self.product.is_none_or(|product| device.product == Some(product))
            && self.serial.as_ref().is_none_or(|serial| device.serial.as_ref() == Some(serial))
            && self.port.as_ref().is_none_or(|port| device.port.as_ref() == Some(port))
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
