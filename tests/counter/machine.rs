//! A machine of files: what the kernel would show of what is plugged in, with pseudo terminals and pipes as its nodes.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::shop::{SetUp, Shop, own_folder};
use crate::till::Till;

/// A machine of files: what the kernel would show of what is plugged in.
pub(crate) struct Machine {
    pub(crate) root: PathBuf,
}

impl Machine {
    pub(crate) fn new() -> Machine {
        let root = own_folder();
        for folder in
            ["sys/class/hidraw", "sys/class/tty", "sys/class/input", "sys/bus/usb/devices", "dev", "proc"]
        {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        Machine { root }
    }

    fn device(&self, port: &str) -> PathBuf {
        self.root.join("sys/devices/usb1").join(port)
    }

    pub(crate) fn plug(&self, port: &str, product: &str) {
        let device = self.device(port);
        fs::create_dir_all(&device).unwrap();
        for (name, text) in
            [("idVendor", "1eab"), ("idProduct", product), ("serial", "A1"), ("product", "Gun")]
        {
            fs::write(device.join(name), format!("{text}\n")).unwrap();
        }
        symlink(&device, self.root.join("sys/bus/usb/devices").join(port)).unwrap();
    }

    /// As a virtual COM port.
    pub(crate) fn acm(&self, port: &str, number: u8, pty: &Path) {
        let name = format!("ttyACM{number}");
        self.class("tty", &name, &self.device(port).join(format!("{port}:1.0")));
        symlink(pty, self.root.join("dev").join(&name)).unwrap();
    }

    /// As HID POS; the node is a pipe, whose other end is given back.
    pub(crate) fn hid_pos(&self, port: &str) -> fs::File {
        let hid = self.device(port).join(format!("{port}:1.0/0003:1EAB:0010.0001"));
        self.class("hidraw", "hidraw0", &hid);
        fs::write(hid.join("report_descriptor"), HID_POS).unwrap();
        let node = self.root.join("dev/hidraw0");
        let made = std::process::Command::new("mkfifo").arg(&node).status().unwrap();
        assert!(made.success());
        fs::OpenOptions::new().read(true).write(true).open(node).unwrap()
    }

    fn class(&self, class: &str, name: &str, device: &Path) {
        let entry = device.join(class).join(name);
        fs::create_dir_all(&entry).unwrap();
        symlink(device, entry.join("device")).unwrap();
        symlink(&entry, self.root.join("sys/class").join(class).join(name)).unwrap();
    }

    /// As a printer on USB.
    pub(crate) fn usb_printer(&self, port: &str) {
        let device = self.device(port);
        fs::write(device.join("busnum"), "1\n").unwrap();
        fs::write(device.join("devnum"), "7\n").unwrap();
        let interface = device.join(format!("{port}:1.0"));
        fs::create_dir_all(&interface).unwrap();
        let class = [("bInterfaceClass", "07"), ("bInterfaceSubClass", "01"), ("bInterfaceProtocol", "02")];
        for (name, byte) in class {
            fs::write(interface.join(name), format!("{byte}\n")).unwrap();
        }
        fs::create_dir_all(self.root.join("dev/bus/usb/001")).unwrap();
        fs::write(self.root.join("dev/bus/usb/001/007"), "").unwrap();
    }

    /// Somebody else has a node open.
    pub(crate) fn hold(&self, pid: u32, name: &str, node: &str) {
        let process = self.root.join(format!("proc/{pid}"));
        fs::create_dir_all(process.join("fd")).unwrap();
        fs::write(process.join("comm"), format!("{name}\n")).unwrap();
        symlink(self.root.join("dev").join(node).canonicalize().unwrap(), process.join("fd/7")).unwrap();
    }

    /// The cable is pulled.
    pub(crate) fn unplug(&self, port: &str) {
        let device = self.device(port);
        for class in ["hidraw", "tty"] {
            for entry in fs::read_dir(self.root.join("sys/class").join(class)).unwrap() {
                let entry = entry.unwrap().path();
                if entry.canonicalize().unwrap().starts_with(device.canonicalize().unwrap()) {
                    fs::remove_file(self.root.join("dev").join(entry.file_name().unwrap())).unwrap();
                    fs::remove_file(&entry).unwrap();
                }
            }
        }
        fs::remove_file(self.root.join("sys/bus/usb/devices").join(port)).unwrap();
        fs::remove_dir_all(device).unwrap();
    }

    pub(crate) fn till_with(&self, tables: &str) -> (Shop, Till) {
        let scanner = format!("{tables}\n\n[devices]\nroot = {:?}", self.root);
        Shop::with_till_of(&SetUp { scanner, ..SetUp::default() })
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.root).ok();
    }
}

/// The report of hardware notes, section 2.1, as its descriptor.
const HID_POS: &[u8] = &[
    0x05, 0x8C, 0x09, 0x02, 0xA1, 0x01, // page, Bar Code Scanner, application
    0x09, 0x12, 0xA1, 0x02, // Scanned Data Report, logical
    0x85, 0x02, 0x15, 0x00, 0x26, 0xFF, 0x00, // report 2, 0 to 255
    0x75, 0x08, 0x95, 0x01, 0x05, 0x01, 0x09, 0x3B, 0x81, 0x02, // Byte Count
    0x95, 0x03, 0x05, 0x8C, 0x09, 0xFB, 0x09, 0xFC, 0x09, 0xFD, 0x81, 0x02, // symbology identifier
    0x95, 0x38, 0x09, 0xFE, 0x82, 0x02, 0x01, // 56 bytes of data
    0x95, 0x02, 0x06, 0x66, 0xFF, 0x09, 0x04, 0x81, 0x02, // the vendor's symbology
    0x75, 0x01, 0x95, 0x01, 0x05, 0x8C, 0x09, 0xFF, 0x81, 0x02, // continued
    0x75, 0x07, 0x81, 0x03, 0xC0, 0xC0, // padding
];
