//! What is plugged in that scans, or could: for `quickpay devices`.
//!
//! Invariant: looking disturbs nothing, since no node is opened; what is wrong is said with what to do about it.
//! Deliberately absent: printing, reading a scan, ports without a device (a UART shows no gun).

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::identity::{Mode, Node, makes_only_scanners};
use super::life::Life;
use super::sysfs::Sysfs;
use super::{Loss, ScannerKind};
use crate::identity::{Identity, UsbId, quoted};
use crate::printer::usb::choose::is_printer;

/// Where a scanner of the configuration is, if it can be read there.
///
/// # Errors
/// Why it cannot be read, and what to do.
pub fn whereabouts(kind: &ScannerKind, sysfs: &Sysfs) -> Result<(Mode, PathBuf), String> {
    let (mode, path) = Life::from(kind.clone()).find().map_err(|loss| loss.to_string())?;
    if !path.exists() {
        return Err(Loss::Unplugged.to_string());
    }
    let node = Node { mode, path, identity: Identity::default(), interface: 0, name: String::new() };
    match trouble(&node, sysfs) {
        Some(words) => Err(format!("{}: {words}", node.path.display())),
        None => Ok((mode, node.path)),
    }
}

/// Whether it is a scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// It says so, or its maker makes nothing else.
    Scanner,
    /// A keyboard or a serial port: it may be one.
    Perhaps,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// How it can be read; `None` when it is in a mode that no driver here reads.
    pub kind: Option<Mode>,
    /// Its node now; where there is none, it cannot be read.
    pub path: Option<PathBuf>,
    /// In its maker's words; may be empty.
    pub name: String,
    /// Whether it is a scanner at all.
    pub certainty: Certainty,
    /// Of a USB device.
    pub vendor: Option<UsbId>,
    /// Of a USB device.
    pub product: Option<UsbId>,
    /// Many have none.
    pub serial: Option<String>,
    /// Bus and ports, such as `1-1.2`.
    pub port: Option<String>,
    /// What is wrong with it and what to do.
    pub trouble: Option<String>,
    /// Lines for the configuration file that choose this device and no other that is plugged in.
    pub configuration: Option<String>,
}

/// Adapters that a gun or a printer may hang on: the same ids everywhere, so that only the port tells them apart
/// (hardware notes, section 2.1).
const ADAPTERS: [(u16, u16); 4] = [(0x0403, 0x6001), (0x067b, 0x2303), (0x1a86, 0x7523), (0x10c4, 0xea60)];

/// What is plugged in: scanners first, then what may be one.
#[must_use]
pub fn scanners(sysfs: &Sysfs) -> Vec<Found> {
    let nodes = one_a_mode(sysfs.nodes());
    let mut found: Vec<Found> = nodes.iter().map(|node| of_node(node, &nodes, sysfs)).collect();
    found.extend(unreadable(sysfs, &nodes));
    found.sort_by_key(|one| one.certainty == Certainty::Perhaps);
    found
}

/// A gun may show several keyboards; the first is the one that is read.
fn one_a_mode(nodes: Vec<Node>) -> Vec<Node> {
    let mut kept: Vec<Node> = Vec::new();
    for node in nodes {
        let same = |other: &&mut Node| {
            other.mode == node.mode && other.identity.port.is_some() && other.identity == node.identity
        };
        match kept.iter_mut().find(same) {
            Some(other) if node.interface < other.interface => *other = node,
            Some(_) => {}
            None => kept.push(node),
        }
    }
    kept
}

fn of_node(node: &Node, all: &[Node], sysfs: &Sysfs) -> Found {
    let known_maker = node.identity.vendor.is_some_and(makes_only_scanners);
    let sure = node.mode == Mode::HidPos || known_maker;
    Found {
        kind: Some(node.mode),
        path: Some(node.path.clone()),
        certainty: if sure { Certainty::Scanner } else { Certainty::Perhaps },
        trouble: trouble(node, sysfs),
        configuration: Some(configuration(node, all)),
        ..of_device(&node.identity, &node.name)
    }
}

fn of_device(identity: &Identity, name: &str) -> Found {
    let Identity { vendor, product, serial, port } = identity.clone();
    Found {
        kind: None,
        path: None,
        name: name.to_owned(),
        certainty: Certainty::Scanner,
        vendor,
        product,
        serial,
        port,
        trouble: None,
        configuration: None,
    }
}

/// Devices of makers of nothing but scanners, without a node that a driver here reads.
fn unreadable(sysfs: &Sysfs, nodes: &[Node]) -> Vec<Found> {
    let devices = sysfs.usb_devices().into_iter();
    let unread = devices.filter(|device| {
        device.identity.vendor.is_some_and(makes_only_scanners)
            && !nodes.iter().any(|node| node.identity.port == device.identity.port)
            && !device.interfaces.iter().any(|interface| is_printer(&device.identity, interface.class))
    });
    let words =
        "in a mode that is not read; scan its set-up barcode for USB HID POS, or for USB virtual COM port";
    unread
        .map(|device| Found { trouble: Some(words.to_owned()), ..of_device(&device.identity, &device.name) })
        .collect()
}

fn trouble(node: &Node, sysfs: &Sysfs) -> Option<String> {
    if !node.path.exists() {
        return Some(format!("{} is missing; is /dev that of this machine?", node.path.display()));
    }
    if !may_open(&node.path, node.mode) {
        return Some(Loss::NoPermission.to_string());
    }
    // A serial port serves one reader; keyboards and hidraw nodes are held open by desktops without harm.
    let holders = if node.mode == Mode::Serial { sysfs.holders(&node.path) } else { Vec::new() };
    (!holders.is_empty()).then(|| format!("in use by {}", holders.join(", ")))
}

fn may_open(path: &Path, mode: Mode) -> bool {
    let wanted = match mode {
        Mode::Serial => Access::READ_OK | Access::WRITE_OK,
        Mode::HidPos | Mode::Wedge => Access::READ_OK,
    };
    access(path, wanted).is_ok()
}

/// Names the device by as little as tells it apart from the others: not by its port if it can be helped, so that it may be
/// plugged in elsewhere; and where its maker makes nothing but scanners not by its mode, so that a set-up barcode may
/// change it.
fn configuration(node: &Node, all: &[Node]) -> String {
    let table = |kind: &str, lines: &str| format!("[[scanner]]\nkind = \"{kind}\"\n{lines}");
    let Identity { vendor: Some(vendor), product: Some(product), serial, port: Some(port) } = &node.identity
    else {
        let path = quoted(&node.path.to_string_lossy());
        return table(node.mode.word(), &format!("path = {path}\n"));
    };
    let mut named = Identity { port: None, ..node.identity.clone() };
    let mut kind = node.mode.word();
    if makes_only_scanners(*vendor) {
        named.product = None;
        kind = "any";
    }
    let twins = all.iter().any(|n| named.matches(&n.identity) && n.identity.port.as_ref() != Some(port));
    let is_adapter = ADAPTERS.contains(&(vendor.0, product.0)) && serial.is_none();
    if twins || is_adapter {
        named.port = Some(port.clone());
    }
    table(kind, &named.as_configuration())
}

#[cfg(test)]
#[path = "list_tests.rs"]
mod tests;
