//! Scanners of the running till: found by what they are, in a machine of files, on pseudo terminals and pipes.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use quickpay_drivers::scanner::model::ScannerModel;

use crate::shop::{SetUp, Shop, own_folder};
use crate::till::Till;

/// What was promised: a device is found again within 2 s.
const FOUND_WITHIN: Duration = Duration::from_secs(2);
/// Bytes that come this soon after opening may lack their beginning; a person needs longer.
const SETTLE: Duration = Duration::from_millis(350);

/// A machine of files: what the kernel would show of what is plugged in.
struct Machine {
    root: PathBuf,
}

impl Machine {
    fn new() -> Machine {
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

    fn plug(&self, port: &str, product: &str) {
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
    fn acm(&self, port: &str, number: u8, pty: &Path) {
        let name = format!("ttyACM{number}");
        self.class("tty", &name, &self.device(port).join(format!("{port}:1.0")));
        symlink(pty, self.root.join("dev").join(&name)).unwrap();
    }

    /// As HID POS; the node is a pipe, whose other end is given back.
    fn hid_pos(&self, port: &str) -> fs::File {
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

    /// The cable is pulled.
    fn unplug(&self, port: &str) {
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

    fn till_with(&self, tables: &str) -> (Shop, Till) {
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

fn hid_report(code: &str) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(code.len()).unwrap();
    report[2..5].copy_from_slice(b"]C0");
    report[5..5 + code.len()].copy_from_slice(code.as_bytes());
    report
}

fn ready(till: &Till) {
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    std::thread::sleep(SETTLE);
}

/// Waits until the sale on the screen is approved, and gives its name.
fn approved(till: &Till, amount_minor: u64) -> String {
    let view = till.screen("approved", |v| v["state"] == "approved" && v["amount_minor"] == amount_minor);
    view["sale"].as_str().unwrap().to_owned()
}

#[test]
fn a_gun_pulled_during_a_sale_is_found_on_another_port_and_in_another_mode_and_no_scan_is_lost_or_invented() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, gun.path());
    let (shop, mut till) = machine.till_with("kind = \"any\"\nvendor_id = \"1eab\"\nserial_number = \"A1\"");
    ready(&till);
    till.ring_up("1.00");
    gun.read_out(&shop.code("anna")).unwrap();
    let first = approved(&till, 100);

    // The cable is pulled in the middle of a read, while the next sale waits for its code.
    till.ring_up("2.00");
    let half = shop.code("anna");
    gun.send(&half.as_bytes()[..9]).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    machine.unplug("1-1");
    drop(gun);
    let away = till.screen("scanner away, in words", |v| v["scanner"] == "away" && !v["notice"].is_null());
    assert_eq!(away["notice"], "Scanner unplugged. Plug it in again, in any port.");
    assert_eq!(away["state"], "armed", "half a read is no scan: {away}");
    std::thread::sleep(Duration::from_millis(1200)); // the back-off has grown

    // Another port, another number.
    let mut gun = ScannerModel::plug_in().unwrap();
    let plugged = Instant::now();
    machine.plug("1-2.4", "0006");
    machine.acm("1-2.4", 5, gun.path());
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    assert!(plugged.elapsed() < FOUND_WITHIN, "{:?}", plugged.elapsed());
    std::thread::sleep(SETTLE);
    gun.read_out(&shop.code("anna")).unwrap();
    let second = approved(&till, 200);

    // Back in another mode, as a set-up barcode makes it.
    till.ring_up("3.00");
    machine.unplug("1-2.4");
    drop(gun);
    till.screen("scanner away", |view| view["scanner"] == "away");
    let plugged = Instant::now();
    machine.plug("1-1", "0010");
    let mut gun = machine.hid_pos("1-1");
    till.screen("scanner ready", |view| view["scanner"] == "ready");
    assert!(plugged.elapsed() < FOUND_WITHIN, "{:?}", plugged.elapsed());
    std::thread::sleep(SETTLE);
    gun.write_all(&hid_report(&shop.code("anna"))).unwrap();
    let third = approved(&till, 300);

    let sales = till.sales();
    let names: Vec<_> = sales.iter().rev().map(|sale| sale["sale"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, [first, second, third], "{sales:?}");
    assert!(sales.iter().all(|sale| sale["state"] == "approved"), "{sales:?}");
    till.quit();
}

#[test]
fn two_scanners_are_read_at_once_and_the_till_has_one_as_long_as_one_is_there() {
    let machine = Machine::new();
    let mut stand = ScannerModel::plug_in().unwrap();
    machine.plug("1-1", "0006");
    machine.acm("1-1", 0, stand.path());
    let mut hand = ScannerModel::plug_in().unwrap();
    let tables = format!(
        "kind = \"serial\"\nport = \"1-1\"\n\n[[scanner]]\nkind = \"serial\"\npath = {:?}",
        hand.path()
    );
    let (shop, mut till) = machine.till_with(&tables);
    ready(&till);
    till.ring_up("1.00");
    stand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    till.ring_up("2.00");
    hand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 200);
    machine.unplug("1-1");
    drop(stand);
    let view = till.screen("a loss in words", |view| !view["notice"].is_null());
    assert_eq!(view["scanner"], "ready");
    till.ring_up("3.00");
    hand.read_out(&shop.code("anna")).unwrap();
    approved(&till, 300);
    till.quit();
}

#[test]
fn a_scan_while_no_sale_is_armed_is_refused_in_words_and_forgotten() {
    let machine = Machine::new();
    let mut gun = ScannerModel::plug_in().unwrap();
    let (shop, mut till) = machine.till_with(&format!("kind = \"serial\"\npath = {:?}", gun.path()));
    ready(&till);
    let code = shop.code("anna");
    gun.read_out(&code).unwrap();
    let refused = till.event("refused", |event| event["event"] == "refused");
    assert!(!refused["message"].as_str().unwrap().is_empty());
    till.ring_up("1.00");
    std::thread::sleep(Duration::from_millis(300));
    let view = till.ask(serde_json::json!({ "do": "view" }));
    assert_eq!(view["state"], "armed", "the early code is not used: {view}");
    gun.read_out(&shop.code("anna")).unwrap();
    approved(&till, 100);
    assert_eq!(till.sales().len(), 1);
    till.quit();
}
