use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use serialport::{SerialPort, TTYPort};

use super::super::fake_sysfs::{FakeMachine, Gun, plugged_end};
use super::super::hid_descriptor::tests::USUAL;
use super::*;
use crate::identity::UsbId;
use crate::scanner::{RunningScanner, ScannerKind};

const GUN: Gun = Gun { vendor: "1eab", product: "0006", serial: Some("A1") };
const GUN_AS_HID_POS: Gun = Gun { vendor: "1eab", product: "0010", serial: Some("A1") };
const ANOTHER: Gun = Gun { vendor: "1eab", product: "0006", serial: Some("B2") };
const SOON: Duration = Duration::from_secs(2);

fn start(
    machine: &FakeMachine,
    serial: Option<&str>,
    modes: &[Mode],
) -> (RunningScanner, Receiver<ScannerEvent>) {
    let (tell, told) = channel();
    let identity =
        Identity { vendor: Some(UsbId(0x1eab)), serial: serial.map(str::to_owned), ..Identity::default() };
    let settings = IdentifiedSettings {
        identity,
        modes: modes.to_vec(),
        baud: 9600,
        framing: FramingOptions::default(),
        sysfs: machine.sysfs(),
    };
    let running = ScannerKind::Identified(settings).start(move |event| tell.send(event).unwrap());
    (running.unwrap(), told)
}

fn next(told: &Receiver<ScannerEvent>) -> String {
    format!("{:?}", told.recv_timeout(SOON).expect("an event within two seconds"))
}

fn name(port: &TTYPort) -> PathBuf {
    port.name().unwrap().into()
}

fn settle() {
    std::thread::sleep(Duration::from_millis(350));
}

fn hid_report(code: &str) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(code.len()).unwrap();
    report[2..5].copy_from_slice(b"]C0");
    report[5..5 + code.len()].copy_from_slice(code.as_bytes());
    report
}

/// Keeps a node that is pulled open long enough to be read.
struct Plugged(File);

impl Plugged {
    fn read_out(&mut self, code: &str) {
        self.0.write_all(&hid_report(code)).unwrap();
    }
}

#[test]
fn a_scanner_is_followed_to_another_port_under_another_number_within_two_seconds() {
    let machine = FakeMachine::new("life-port");
    let (gun, till) = TTYPort::pair().unwrap();
    machine.plug("1-1", &GUN);
    machine.acm("1-1", 0, &name(&till));
    machine.plug("1-3", &ANOTHER);
    let (_other_gun, other_till) = TTYPort::pair().unwrap();
    machine.acm("1-3", 1, &name(&other_till));
    let (_running, told) = start(&machine, Some("A1"), &[Mode::Serial]);
    assert_eq!(next(&told), "Opened");
    machine.unplug("1-1");
    drop((gun, till));
    assert_eq!(next(&told), "Lost(Unplugged)");
    std::thread::sleep(Duration::from_millis(1500)); // the back-off has grown meanwhile
    let (mut gun, till) = TTYPort::pair().unwrap();
    let plugged = Instant::now();
    machine.plug("1-2.4", &GUN);
    machine.acm("1-2.4", 5, &name(&till));
    assert_eq!(next(&told), "Opened");
    assert!(plugged.elapsed() < SOON);
    settle();
    gun.write_all(b"]C0132993614656096754\r").unwrap();
    assert!(next(&told).starts_with("Scan(Scan(18 bytes, Some"));
}

#[test]
fn a_gun_that_comes_back_in_another_mode_is_read_in_it() {
    let machine = FakeMachine::new("life-mode");
    let (gun, till) = TTYPort::pair().unwrap();
    machine.plug("1-1", &GUN);
    machine.acm("1-1", 0, &name(&till));
    let (_running, told) = start(&machine, Some("A1"), &Mode::ALL);
    assert_eq!(next(&told), "Opened");
    machine.unplug("1-1");
    drop((gun, till));
    assert_eq!(next(&told), "Lost(Unplugged)");
    machine.plug("1-1", &GUN_AS_HID_POS);
    machine.hidraw("1-1", 0, USUAL);
    let mut gun = Plugged(plugged_end(&machine.dev("hidraw0")));
    assert_eq!(next(&told), "Opened");
    settle();
    gun.read_out("132993614656096754");
    assert!(next(&told).starts_with("Scan(Scan(18 bytes, Some"));
}

#[test]
fn a_gun_in_a_mode_that_is_not_allowed_is_waited_for() {
    let machine = FakeMachine::new("life-not-allowed");
    machine.plug("1-1", &GUN_AS_HID_POS);
    machine.hidraw("1-1", 0, USUAL);
    let (_running, told) = start(&machine, Some("A1"), &[Mode::Serial]);
    assert_eq!(next(&told), "Lost(Unplugged)");
    assert!(told.recv_timeout(Duration::from_millis(600)).is_err());
}

#[test]
fn two_scanners_that_match_are_said_and_none_is_read_until_one_is_gone() {
    let machine = FakeMachine::new("life-two");
    let ports = [TTYPort::pair().unwrap(), TTYPort::pair().unwrap()];
    for (at, (port, gun)) in [("1-1", GUN), ("1-2", ANOTHER)].into_iter().enumerate() {
        machine.plug(port, &gun);
        machine.acm(port, u8::try_from(at).unwrap(), &name(&ports[at].1));
    }
    let (_running, told) = start(&machine, None, &Mode::ALL);
    assert_eq!(next(&told), "Lost(SeveralMatch)");
    machine.unplug("1-2");
    assert_eq!(next(&told), "Opened");
}

#[test]
fn a_node_that_vanishes_while_nothing_is_read_is_noticed_within_a_second() {
    let machine = FakeMachine::new("life-vanish");
    machine.plug("1-1", &GUN_AS_HID_POS);
    machine.hidraw("1-1", 0, USUAL);
    let _gun = plugged_end(&machine.dev("hidraw0"));
    let (running, told) = start(&machine, Some("A1"), &Mode::ALL);
    assert_eq!(next(&told), "Opened");
    let pulled = Instant::now();
    machine.unplug("1-1");
    assert_eq!(next(&told), "Lost(Unplugged)");
    assert!(pulled.elapsed() < Duration::from_secs(1));
    let stopped = Instant::now();
    drop(running);
    assert!(stopped.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_node_that_cannot_be_opened_is_said_in_words() {
    for kind in [
        ScannerKind::HidPos(hidraw::HidPosSettings { path: "/nonexistent/h".into(), repeat_window: SOON }),
        ScannerKind::Evdev(evdev::EvdevSettings { path: "/nonexistent/e".into(), repeat_window: SOON }),
    ] {
        let (tell, told) = channel();
        let _running = kind.start(move |event| tell.send(event).unwrap()).unwrap();
        assert_eq!(next(&told), "Lost(Unplugged)");
    }
    let (tell, told) = channel();
    let settings = evdev::EvdevSettings { path: "/dev/null".into(), repeat_window: SOON };
    let _running = ScannerKind::Evdev(settings).start(move |event| tell.send(event).unwrap()).unwrap();
    assert!(next(&told).starts_with("Lost(Broken("));
    assert!(Path::new("/dev/null").exists());
}

#[test]
fn of_two_scanners_that_are_one_device_one_reads_and_the_other_says_whose_it_is_and_takes_over() {
    let machine = FakeMachine::new("life-claims");
    let (mut gun, till) = TTYPort::pair().unwrap();
    machine.plug("1-1", &GUN);
    machine.acm("1-1", 0, &name(&till));
    let claims = Claims::default();
    let by_path = serial::SerialSettings {
        path: machine.dev("ttyACM0"),
        baud: 9600,
        framing: FramingOptions::default(),
    };
    let by_identity = IdentifiedSettings {
        identity: Identity { vendor: Some(UsbId(0x1eab)), ..Identity::default() },
        modes: Mode::ALL.to_vec(),
        baud: 9600,
        framing: FramingOptions::default(),
        sysfs: machine.sysfs(),
    };
    let start = |kind: ScannerKind, place| {
        let (tell, told) = channel();
        let sink = move |event| tell.send(event).unwrap_or_default(); // the test may have ended
        (kind.start_beside(&claims, place, sink).unwrap(), told)
    };
    let (first, told_first) = start(ScannerKind::Serial(by_path), 0);
    assert_eq!(next(&told_first), "Opened");
    let (_second, told_second) = start(ScannerKind::Identified(by_identity), 1);
    assert_eq!(next(&told_second), "Lost(ReadAs { place: 0 })");
    settle();
    gun.write_all(b"132993614656096754\r").unwrap();
    assert_eq!(next(&told_first), "Scan(Scan(18 bytes, None))");
    assert!(told_second.try_recv().is_err(), "the scan was taken twice");
    drop(first);
    let opened = told_second.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(matches!(opened, ScannerEvent::Opened), "{opened:?}");
}
