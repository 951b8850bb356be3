//! A machine's devices in a folder, for tests: the links and files of sysfs that we read, and nodes beside them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::{CWD, FileType, Mode as Permissions, mknodat};

use super::sysfs::Sysfs;

/// The folder; it is removed when dropped.
pub(crate) struct FakeMachine(PathBuf);

/// What a device says of itself.
pub(crate) struct Gun {
    pub(crate) vendor: &'static str,
    pub(crate) product: &'static str,
    pub(crate) serial: Option<&'static str>,
}

/// The digits, Enter and the letters of a keyboard's key bitmap, as the kernel writes it.
pub(crate) const KEYBOARD_KEYS: &str = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe";

impl FakeMachine {
    pub(crate) fn new(name: &str) -> FakeMachine {
        let root = std::env::temp_dir().join(format!("quickpay-{name}-{}", std::process::id()));
        let _left_by_a_run_that_was_killed = fs::remove_dir_all(&root);
        for folder in [
            "sys/class/hidraw",
            "sys/class/tty",
            "sys/class/input",
            "sys/bus/usb/devices",
            "dev/input",
            "proc",
        ] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        FakeMachine(root)
    }

    pub(crate) fn sysfs(&self) -> Sysfs {
        Sysfs { sys: self.0.join("sys"), dev: self.0.join("dev"), proc: self.0.join("proc") }
    }

    pub(crate) fn dev(&self, node: &str) -> PathBuf {
        self.0.join("dev").join(node)
    }

    /// A device on a port, without interfaces yet.
    pub(crate) fn plug(&self, port: &str, gun: &Gun) {
        let device = self.device(port);
        fs::create_dir_all(&device).unwrap();
        write(&device.join("idVendor"), gun.vendor);
        write(&device.join("idProduct"), gun.product);
        write(&device.join("manufacturer"), "Maker");
        write(&device.join("product"), "Gun");
        gun.serial.iter().for_each(|serial| write(&device.join("serial"), serial));
        symlink(&device, self.0.join("sys/bus/usb/devices").join(port)).unwrap();
    }

    /// Its HID POS interface, with a pipe as its node.
    pub(crate) fn hidraw(&self, port: &str, number: u8, descriptor: &[u8]) {
        let name = format!("hidraw{number}");
        let hid = self.device(port).join(format!("{port}:1.0/0003:1EAB:0010.000{number}"));
        self.class("hidraw", &name, &hid);
        fs::write(hid.join("report_descriptor"), descriptor).unwrap();
        self.pipe(&name);
    }

    /// Its serial interface, with a link to a pseudo terminal as its node.
    pub(crate) fn acm(&self, port: &str, number: u8, pty: &Path) {
        let name = format!("ttyACM{number}");
        self.class("tty", &name, &self.device(port).join(format!("{port}:1.0")));
        symlink(pty, self.dev(&name)).unwrap();
    }

    /// An interface of it with these keys, with a pipe as its node.
    pub(crate) fn keys(&self, port: &str, interface: u8, number: u8, keys: &str) {
        let name = format!("event{number}");
        let folder = self.device(port).join(format!("{port}:1.{interface}"));
        let input = folder.join(format!("input/input{number}"));
        self.class("input", &name, &input);
        fs::create_dir_all(input.join("capabilities")).unwrap();
        write(&input.join("capabilities/key"), keys);
        write(&input.join("name"), "Maker Gun Keyboard");
        write(&folder.join("bInterfaceNumber"), &format!("{interface:02x}"));
        self.pipe(&format!("input/{name}"));
    }

    /// Its printer interface, of a class such as `07/01/02`, as device `number` of bus 1.
    pub(crate) fn usb_printer(&self, port: &str, number: u8, class: &str, device_id: Option<&str>) {
        let device = self.device(port);
        write(&device.join("busnum"), "1");
        write(&device.join("devnum"), &number.to_string());
        let interface = device.join(format!("{port}:1.0"));
        fs::create_dir_all(&interface).unwrap();
        let names = ["bInterfaceClass", "bInterfaceSubClass", "bInterfaceProtocol"];
        for (name, byte) in names.into_iter().zip(class.split('/')) {
            write(&interface.join(name), byte);
        }
        device_id.iter().for_each(|id| write(&interface.join("ieee1284_id"), id));
        fs::create_dir_all(self.dev("bus/usb/001")).unwrap();
        let node = self.dev(&format!("bus/usb/001/{number:03}"));
        let _of_an_earlier_one = fs::remove_file(&node);
        fs::write(node, "").unwrap();
    }

    /// A UART of the board; type 0 is one that is not there.
    pub(crate) fn uart(&self, number: u8, kind: &str) {
        let name = format!("ttyS{number}");
        let device = self.0.join(format!("sys/devices/platform/serial{number}"));
        self.class("tty", &name, &device);
        write(&self.0.join("sys/class/tty").join(&name).join("type"), kind);
        self.pipe(&name);
    }

    /// A program that holds a node open.
    pub(crate) fn hold(&self, pid: u32, name: &str, node: &str) {
        let fds = self.0.join(format!("proc/{pid}/fd"));
        fs::create_dir_all(&fds).unwrap();
        write(&self.0.join(format!("proc/{pid}/comm")), name);
        symlink(self.dev(node).canonicalize().unwrap(), fds.join("7")).unwrap();
    }

    /// The cable is pulled: the device goes with all its nodes.
    pub(crate) fn unplug(&self, port: &str) {
        let device = self.device(port);
        for class in ["hidraw", "tty", "input"] {
            for entry in fs::read_dir(self.0.join("sys/class").join(class)).unwrap() {
                let entry = entry.unwrap().path();
                if entry.canonicalize().unwrap().starts_with(&device) {
                    let folder = if class == "input" { "input" } else { "" };
                    fs::remove_file(self.0.join("dev").join(folder).join(entry.file_name().unwrap()))
                        .unwrap();
                    fs::remove_file(&entry).unwrap();
                }
            }
        }
        fs::remove_file(self.0.join("sys/bus/usb/devices").join(port)).unwrap();
        fs::remove_dir_all(device).unwrap();
    }

    fn device(&self, port: &str) -> PathBuf {
        self.0.join("sys/devices/pci0000:00/0000:00:14.0/usb1").join(port)
    }

    /// The entry of a class: a link to a folder of the device, which links back to it.
    fn class(&self, class: &str, name: &str, device: &Path) {
        let entry = device.join(class).join(name);
        fs::create_dir_all(&entry).unwrap();
        symlink(device, entry.join("device")).unwrap();
        symlink(&entry, self.0.join("sys/class").join(class).join(name)).unwrap();
    }

    fn pipe(&self, node: &str) {
        pipe(&self.dev(node));
    }
}

impl Drop for FakeMachine {
    fn drop(&mut self) {
        let _nothing_is_lost_with_it = fs::remove_dir_all(&self.0);
    }
}

/// A named pipe, which can be read like a device node.
pub(crate) fn pipe(path: &Path) {
    mknodat(CWD, path, FileType::Fifo, Permissions::RUSR | Permissions::WUSR, 0).unwrap();
}

/// The other end of a pipe: kept open, it never hangs up.
pub(crate) fn plugged_end(path: &Path) -> fs::File {
    fs::OpenOptions::new().read(true).write(true).open(path).unwrap()
}

fn write(file: &Path, text: &str) {
    fs::write(file, format!("{text}\n")).unwrap();
}

/// An input record as the kernel writes it: when, and what.
pub(crate) fn record(kind: u16, code: u16, value: i32) -> Vec<u8> {
    let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let mut record = Vec::new();
    record.extend(usize::try_from(wall.as_secs()).unwrap().to_ne_bytes());
    record.extend(usize::try_from(wall.subsec_micros()).unwrap().to_ne_bytes());
    record.extend(kind.to_ne_bytes());
    record.extend(code.to_ne_bytes());
    record.extend(value.to_ne_bytes());
    record
}
