//! Which USB printers are plugged in: for `quickpay devices`.
//!
//! Invariant: looking disturbs nothing, since no device is opened; what is wrong is said with what to do about it.
//! Deliberately absent: printers on serial ports and networks: nothing there says what it is.

use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};

use super::usb::choose::is_printer;
use super::usb::standing::{DeviceId, SPEAKS_STAR};
use crate::identity::Identity;
use crate::scanner::sysfs::{Sysfs, UsbDevice, UsbInterface};

/// Star's printers speak a language of their own until they are switched to ours.
const STAR: u16 = 0x0519;

/// Whether this is a printer of Star's, as far as its identity says.
#[must_use]
pub fn is_of_star(identity: &Identity) -> bool {
    identity.vendor.is_some_and(|vendor| vendor.0 == STAR)
}

/// One USB printer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundPrinter {
    /// In its maker's words; may be empty.
    pub name: String,
    /// What it is and where.
    pub identity: Identity,
    /// What libusb opens.
    pub path: PathBuf,
    /// The node of the kernel's driver, if that has it.
    pub kernel_node: Option<PathBuf>,
    /// What is wrong with it and what to do.
    pub trouble: Option<String>,
    /// Lines for the configuration file that choose this printer and no other that is plugged in.
    pub configuration: String,
}

/// The USB printers that are plugged in, by port.
#[must_use]
pub fn printers(sysfs: &Sysfs) -> Vec<FoundPrinter> {
    let devices = sysfs.usb_devices();
    let printers: Vec<(&UsbDevice, &UsbInterface)> = devices
        .iter()
        .filter_map(|device| {
            let is_one = |i: &&UsbInterface| is_printer(&device.identity, i.class);
            Some((device, device.interfaces.iter().find(is_one)?))
        })
        .collect();
    let all: Vec<&Identity> = printers.iter().map(|(device, _)| &device.identity).collect();
    printers.iter().map(|(device, interface)| found(device, interface, &all, sysfs)).collect()
}

fn found(device: &UsbDevice, interface: &UsbInterface, all: &[&Identity], sysfs: &Sysfs) -> FoundPrinter {
    let id = interface.device_id.as_deref().and_then(DeviceId::of_text).unwrap_or_default();
    let told = format!("{} {}", id.maker, id.model).trim().to_owned();
    FoundPrinter {
        name: if device.name.is_empty() { told } else { device.name.clone() },
        identity: device.identity.clone(),
        path: device.node.clone(),
        kernel_node: interface.printer_node.clone(),
        trouble: trouble(device, interface, &id, sysfs),
        configuration: configuration(&device.identity, all),
    }
}

fn trouble(device: &UsbDevice, interface: &UsbInterface, id: &DeviceId, sysfs: &Sysfs) -> Option<String> {
    if id.speaks_star() {
        return Some(SPEAKS_STAR.to_owned());
    }
    if is_of_star(&device.identity) && id.languages.is_empty() {
        let words = "is made by Star and does not say what it speaks; make sure that it is switched to ESC/POS emulation";
        return Some(words.to_owned());
    }
    if !device.node.exists() {
        return Some(format!("{} is missing; is /dev that of this machine?", device.node.display()));
    }
    let of_kernel = || interface.printer_node.as_deref().and_then(|node| held(&sysfs.holders(node)));
    node_trouble(&device.node, sysfs).or_else(of_kernel)
}

/// What is wrong with the node of a printer that the configuration names by its path.
#[must_use]
pub fn node_trouble(node: &Path, sysfs: &Sysfs) -> Option<String> {
    if !node.exists() {
        return Some("not there; is the printer plugged in and switched on?".to_owned());
    }
    if access(node, Access::READ_OK | Access::WRITE_OK).is_err() {
        let words =
            "no permission; is 70-quickpay-devices.rules installed and this user in the group quickpay?";
        return Some(words.to_owned());
    }
    held(&sysfs.holders(node))
}

fn held(holders: &[String]) -> Option<String> {
    (!holders.is_empty()).then(|| format!("in use by {}", holders.join(", ")))
}

fn configuration(identity: &Identity, all: &[&Identity]) -> String {
    let mut named = Identity { port: None, ..identity.clone() };
    if all.iter().any(|other| named.matches(other) && other.port != identity.port) {
        named.port.clone_from(&identity.port);
    }
    format!("[printer]\nkind = \"usb\"\n{}profile = \"generic\"\n", named.as_configuration())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scanner::fake_sysfs::{FakeMachine, Gun};

    const EPSON: Gun = Gun { vendor: "04b8", product: "0e15", serial: Some("J1") };
    const CLONE: Gun = Gun { vendor: "0416", product: "5011", serial: None };

    fn only(machine: &FakeMachine) -> FoundPrinter {
        let [found] = printers(&machine.sysfs()).try_into().unwrap();
        found
    }

    #[test]
    fn a_printer_is_listed_with_the_lines_to_paste() {
        let machine = FakeMachine::new("printers-one");
        machine.plug("1-1", &EPSON);
        machine.usb_printer("1-1", 4, "07/01/02", None);
        machine.plug("1-2", &Gun { vendor: "046d", product: "c31c", serial: None });
        let found = only(&machine);
        assert_eq!((found.name.as_str(), found.trouble.as_deref()), ("Maker Gun", None));
        assert_eq!(found.path, machine.dev("bus/usb/001/004"));
        assert_eq!(
            found.configuration,
            "[printer]\nkind = \"usb\"\nvendor_id = \"04b8\"\nproduct_id = \"0e15\"\nserial_number = \"J1\"\nprofile = \"generic\"\n"
        );
    }

    #[test]
    fn two_alike_are_named_by_their_ports() {
        let machine = FakeMachine::new("printers-two");
        for (port, number) in [("1-1", 4), ("1-2", 5)] {
            machine.plug(port, &CLONE);
            machine.usb_printer(port, number, "07/01/02", None);
        }
        let lines: Vec<_> = printers(&machine.sysfs()).into_iter().map(|one| one.configuration).collect();
        assert!(lines[0].contains("port = \"1-1\"\n") && lines[1].contains("port = \"1-2\"\n"), "{lines:?}");
    }

    #[test]
    fn a_printer_of_a_class_of_its_own_is_known_and_one_of_another_language_is_said() {
        let machine = FakeMachine::new("printers-language");
        machine.plug("1-1", &Gun { vendor: "04b8", product: "0202", serial: None });
        machine.usb_printer("1-1", 4, "ff/00/00", None);
        assert_eq!(only(&machine).trouble, None);
        machine.unplug("1-1");
        machine.plug("1-1", &CLONE);
        machine.usb_printer("1-1", 4, "07/01/02", Some("MFG:Star;MDL:TSP100;CMD:STAR;"));
        assert!(only(&machine).trouble.unwrap().contains("ESC/POS emulation"));
        // One that was switched says so, and one that says nothing is doubted.
        let star = Gun { vendor: "0519", product: "0003", serial: None };
        for (device_id, words) in [
            (Some("MFG:Star;MDL:mC-Print3;CMD:ESC/POS;"), None),
            (Some("MFG:Star;MDL:TSP143;"), Some("does not say what it speaks")),
            (None, Some("does not say what it speaks")),
        ] {
            machine.unplug("1-1");
            machine.plug("1-1", &star);
            machine.usb_printer("1-1", 4, "07/01/02", device_id);
            let trouble = only(&machine).trouble;
            assert_eq!(trouble.is_some(), words.is_some(), "{device_id:?}: {trouble:?}");
            assert!(trouble.unwrap_or_default().contains(words.unwrap_or_default()), "{device_id:?}");
        }
    }

    #[test]
    fn who_holds_a_printer_is_named_and_so_is_a_missing_node() {
        let machine = FakeMachine::new("printers-held");
        machine.plug("1-1", &CLONE);
        machine.usb_printer("1-1", 4, "07/01/02", None);
        machine.hold(700, "cupsd", "bus/usb/001/004");
        assert_eq!(only(&machine).trouble, Some("in use by cupsd (700)".to_owned()));
        std::fs::remove_file(machine.dev("bus/usb/001/004")).unwrap();
        assert!(only(&machine).trouble.unwrap().contains("is missing"));
    }
}
