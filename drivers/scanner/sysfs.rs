//! What is plugged in, as the kernel shows it under `/sys`: no udev is needed.
//!
//! Invariant: nothing here is opened but files of sysfs, so that looking disturbs no device.
//! Deliberately absent: choosing among what is found, opening nodes, remembering.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::hid_descriptor::Layout;
use super::identity::{Mode, Node};
use crate::identity::{Identity, UsbId};

/// Attributes of sysfs fit a page.
const MAX_ATTRIBUTE_BYTES: u64 = 4096;

/// Where the kernel's view is; tests give a tree of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sysfs {
    /// `/sys`
    pub sys: PathBuf,
    /// `/dev`
    pub dev: PathBuf,
    /// `/proc`, to say who holds a node.
    pub proc: PathBuf,
}

impl Default for Sysfs {
    fn default() -> Sysfs {
        Sysfs { sys: "/sys".into(), dev: "/dev".into(), proc: "/proc".into() }
    }
}

/// A USB device, whatever it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsbDevice {
    pub(crate) identity: Identity,
    pub(crate) name: String,
    /// What libusb opens, such as `/dev/bus/usb/001/004`.
    pub(crate) node: PathBuf,
    pub(crate) interfaces: Vec<UsbInterface>,
}

/// One of its interfaces, as it is set now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UsbInterface {
    /// Class, subclass, protocol.
    pub(crate) class: (u8, u8, u8),
    /// What a printer told the kernel of itself.
    pub(crate) device_id: Option<String>,
    /// The node of the kernel's printer driver, such as `/dev/usb/lp0`.
    pub(crate) printer_node: Option<PathBuf>,
}

impl Sysfs {
    /// Below another root than `/`, such as a machine's mounted into a container.
    #[must_use]
    pub fn under(root: &Path) -> Sysfs {
        Sysfs { sys: root.join("sys"), dev: root.join("dev"), proc: root.join("proc") }
    }

    /// Every node that a scanner could be read through, by path.
    #[must_use]
    pub fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = [
            self.of_class("hidraw", |entry| self.hid_pos(entry)),
            self.of_class("tty", |entry| self.serial(entry)),
            self.of_class("input", |entry| self.keyboard(entry)),
        ]
        .into_iter()
        .flatten()
        .collect();
        nodes.sort_by(|a, b| a.path.cmp(&b.path));
        nodes
    }

    /// Every USB device, by port.
    pub(crate) fn usb_devices(&self) -> Vec<UsbDevice> {
        let entries = entries(&self.sys.join("bus/usb/devices"));
        let mut devices: Vec<UsbDevice> = entries.iter().filter_map(|entry| self.usb_device(entry)).collect();
        devices.sort_by(|a, b| a.identity.port.cmp(&b.identity.port));
        devices
    }

    /// The layout of a hidraw node's reports. `Ok(None)`: not a HID POS scanner. `Err`: no descriptor can be read.
    pub(super) fn layout(&self, node: &Path) -> Result<Option<Layout>, ()> {
        let real = node.canonicalize().map_err(|_| ())?;
        let name = real.file_name().ok_or(())?;
        let descriptor = read(&self.sys.join("class/hidraw").join(name).join("device/report_descriptor"));
        Ok(Layout::of_descriptor(&descriptor.ok_or(())?))
    }

    /// Programs that hold a node open, as far as this user may see them: `name (pid)`.
    pub(crate) fn holders(&self, node: &Path) -> Vec<String> {
        let Ok(node) = node.canonicalize() else { return Vec::new() };
        let ours = std::process::id().to_string();
        let is_process = |path: &PathBuf| {
            let pid = file_name(path);
            pid != ours && !pid.is_empty() && pid.bytes().all(|b| b.is_ascii_digit())
        };
        let holds = |process: &PathBuf| {
            entries(&process.join("fd")).iter().any(|fd| fs::read_link(fd).is_ok_and(|target| target == node))
        };
        let processes = entries(&self.proc).into_iter().filter(is_process).filter(holds);
        let named = |process: PathBuf| {
            let name = text(&process.join("comm")).unwrap_or_default();
            format!("{name} ({})", file_name(&process))
        };
        processes.map(named).collect()
    }

    fn of_class(&self, class: &str, node: impl Fn(&Path) -> Option<Node>) -> Vec<Node> {
        entries(&self.sys.join("class").join(class)).iter().filter_map(|entry| node(entry)).collect()
    }

    fn hid_pos(&self, entry: &Path) -> Option<Node> {
        Layout::of_descriptor(&read(&entry.join("device/report_descriptor"))?)?;
        self.node(Mode::HidPos, entry)
    }

    /// USB ports, and UARTs that are there (the kernel makes nodes for some that are not: type 0).
    fn serial(&self, entry: &Path) -> Option<Node> {
        let name = file_name(entry);
        let usb = name.starts_with("ttyACM") || name.starts_with("ttyUSB");
        let uart = name.starts_with("ttyS") && text(&entry.join("type")).is_some_and(|kind| kind != "0");
        if usb || uart { self.node(Mode::Serial, entry) } else { None }
    }

    /// An input device with the keys that a scan is made of: digits and Enter.
    fn keyboard(&self, entry: &Path) -> Option<Node> {
        if !file_name(entry).starts_with("event") {
            return None;
        }
        let keys = text(&entry.join("device/capabilities/key"))?;
        // Words in hexadecimal, the highest first; the lowest holds keys 0 to 31 at least.
        let lowest = u64::from_str_radix(keys.split_ascii_whitespace().last()?, 16).ok()?;
        let digits_and_enter = 0b11_1111_1111 << 2 | 1 << 28;
        if lowest & digits_and_enter == digits_and_enter { self.node(Mode::Wedge, entry) } else { None }
    }

    fn usb_device(&self, folder: &Path) -> Option<UsbDevice> {
        let (identity, name) = usb_identity(folder)?;
        let number = |name: &str| text(&folder.join(name)).and_then(|text| text.parse::<u16>().ok());
        let at = |name: &str| format!("{:03}", number(name).unwrap_or(0));
        let node = self.dev.join("bus/usb").join(at("busnum")).join(at("devnum"));
        let interfaces = entries(folder).iter().filter_map(|entry| self.usb_interface(entry)).collect();
        Some(UsbDevice { identity, name, node, interfaces })
    }

    fn usb_interface(&self, folder: &Path) -> Option<UsbInterface> {
        let byte = |name: &str| u8::from_str_radix(&text(&folder.join(name))?, 16).ok();
        let class = (byte("bInterfaceClass")?, byte("bInterfaceSubClass")?, byte("bInterfaceProtocol")?);
        let printers = entries(&folder.join("usbmisc"));
        let printer_node = printers.first().map(|entry| self.dev.join("usb").join(file_name(entry)));
        Some(UsbInterface { class, device_id: text(&folder.join("ieee1284_id")), printer_node })
    }

    fn node(&self, mode: Mode, entry: &Path) -> Option<Node> {
        let name = file_name(entry);
        let folder = if mode == Mode::Wedge { self.dev.join("input") } else { self.dev.clone() };
        let path = folder.join(&name);
        let device = entry.join("device").canonicalize().ok()?;
        let usb = device.ancestors().find_map(usb_identity);
        let interface = device.ancestors().find_map(|at| text(&at.join("bInterfaceNumber")));
        let interface = interface.and_then(|number| u8::from_str_radix(&number, 16).ok()).unwrap_or(0);
        let (identity, usb_name) = usb.unwrap_or_default();
        let own_name = || text(&entry.join("device/name")).unwrap_or_default();
        let name = if usb_name.is_empty() { own_name() } else { usb_name };
        Some(Node { mode, path, identity, interface, name })
    }
}

/// What a USB device is, and its name; `None` when a folder of sysfs is not that of one.
fn usb_identity(folder: &Path) -> Option<(Identity, String)> {
    let id = |name: &str| text(&folder.join(name))?.parse::<UsbId>().ok();
    let vendor = id("idVendor")?;
    let product = id("idProduct")?;
    let serial = text(&folder.join("serial")).filter(|serial| !serial.is_empty());
    let identity =
        Identity { vendor: Some(vendor), product: Some(product), serial, port: Some(file_name(folder)) };
    let words = [text(&folder.join("manufacturer")), text(&folder.join("product"))];
    let name = words.into_iter().flatten().collect::<Vec<_>>().join(" ").trim().to_owned();
    Some((identity, name))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(listed) = fs::read_dir(folder) else { return Vec::new() };
    listed.filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A line, without its end and without what a terminal would obey.
fn text(file: &Path) -> Option<String> {
    let bytes = read(file)?;
    let text = String::from_utf8_lossy(&bytes);
    Some(text.trim().chars().filter(|c| !c.is_control()).collect())
}

fn read(file: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(file).ok()?.take(MAX_ATTRIBUTE_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
#[path = "sysfs_tests.rs"]
mod tests;
