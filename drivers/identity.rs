//! What a USB device is known by: what it is and where it is plugged in, never its node's number.
//!
//! Invariant: an identity that says nothing matches nothing.
//! Deliberately absent: looking for devices, choosing among them.

use std::fmt;
use std::str::FromStr;

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

    /// Whether whatever is this is that other too: it asks for all that the other asks for.
    #[must_use]
    pub fn is_within(&self, other: &Identity) -> bool {
        fn asks<T: PartialEq>(ours: Option<&T>, theirs: Option<&T>) -> bool {
            theirs.is_none() || ours == theirs
        }
        asks(self.vendor.as_ref(), other.vendor.as_ref())
            && asks(self.product.as_ref(), other.product.as_ref())
            && asks(self.serial.as_ref(), other.serial.as_ref())
            && asks(self.port.as_ref(), other.port.as_ref())
    }

    /// The lines of the configuration that name it.
    pub(crate) fn as_configuration(&self) -> String {
        let mut lines = String::new();
        let ids = [("vendor_id", self.vendor), ("product_id", self.product)];
        for (key, id) in ids.into_iter().filter_map(|(key, id)| Some((key, id?))) {
            lines += &format!("{key} = \"{id}\"\n");
        }
        for (key, text) in [("serial_number", &self.serial), ("port", &self.port)] {
            if let Some(text) = text {
                lines += &format!("{key} = {}\n", quoted(text));
            }
        }
        lines
    }
}

/// A basic string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}
