//! A thousand scans back to back through each interface that can be had without a device, and how long one takes.
//!
//! A real gun is slower: a serial one at 115200 baud sends a code in 2 ms, a HID one a report in 1 ms at best.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use evdev::uinput::VirtualDevice;
use evdev::{AttributeSet, KeyCode};
use serialport::{SerialPort, TTYPort};

use super::contents::text_of;
use super::evdev::{EvdevSettings, Keys};
use super::fake_sysfs::{FakeMachine, Gun, pipe, plugged_end, record};
use super::framing::{Framed, FramingOptions};
use super::hid_descriptor::tests::USUAL;
use super::hidraw::HidPosSettings;
use super::life::{Clock, Session};
use super::serial::SerialSettings;
use super::wedge::Wedge;
use super::{RunningScanner, ScannerEvent, ScannerKind};

const SCANS: u64 = 1000;
const SOON: Duration = Duration::from_secs(20);
/// Bytes this soon after opening may be half a read.
const SETTLE: Duration = Duration::from_millis(350);

fn code(n: u64) -> String {
    (130_000_000_000_000_000 + n * 7_919).to_string()
}

/// Options that drop nothing as a repetition.
fn framing() -> FramingOptions {
    FramingOptions { repeat_window: Duration::ZERO, ..FramingOptions::default() }
}

/// What a scanner said, with the moment it was said.
fn start(kind: ScannerKind) -> (RunningScanner, Receiver<(String, Instant)>) {
    let (tell, told) = channel();
    let running = kind.start(move |event| {
        let at = Instant::now();
        let words = match event {
            ScannerEvent::Scan(scan) => text_of(&scan),
            ScannerEvent::Opened | ScannerEvent::Discarded(_) | ScannerEvent::Lost(_) => format!("{event:?}"),
        };
        let _the_test_has_ended = tell.send((words, at));
    });
    assert_eq!(told.recv_timeout(SOON).unwrap().0, "Opened");
    std::thread::sleep(SETTLE);
    (running.unwrap(), told)
}

fn serial_gun() -> (TTYPort, TTYPort, RunningScanner, Receiver<(String, Instant)>) {
    let (gun, till) = TTYPort::pair().unwrap();
    let path = PathBuf::from(till.name().unwrap());
    let (running, told) =
        start(ScannerKind::Serial(SerialSettings { path, baud: 115_200, framing: framing() }));
    (gun, till, running, told)
}

fn hid_gun(name: &str) -> (FakeMachine, File, RunningScanner, Receiver<(String, Instant)>) {
    let machine = FakeMachine::new(name);
    machine.plug("1-1", &Gun { vendor: "1eab", product: "0010", serial: None });
    machine.hidraw("1-1", 0, USUAL);
    let path = machine.dev("hidraw0");
    let gun = plugged_end(&path);
    let (running, told) = start(ScannerKind::HidPos(HidPosSettings { path, repeat_window: Duration::ZERO }));
    (machine, gun, running, told)
}

fn report(code: &str) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(code.len()).unwrap();
    report[5..5 + code.len()].copy_from_slice(code.as_bytes());
    report
}

fn all_arrive_in_order(told: &Receiver<(String, Instant)>) {
    for n in 0..SCANS {
        assert_eq!(told.recv_timeout(SOON).expect("a scan").0, code(n));
    }
    assert!(told.recv_timeout(Duration::from_millis(300)).is_err(), "one more than was scanned");
}

#[test]
fn none_of_a_thousand_is_lost_or_merged_on_a_serial_port() {
    let (mut gun, _till, _running, told) = serial_gun();
    let writer = std::thread::spawn(move || {
        for n in 0..SCANS {
            gun.write_all(format!("]C0{}\r", code(n)).as_bytes()).unwrap();
        }
        gun // or the line would hang up
    });
    all_arrive_in_order(&told);
    drop(writer.join().unwrap());
}

#[test]
fn none_of_a_thousand_is_lost_or_merged_over_hid_pos() {
    /// As many as wait at once: the kernel keeps 63, and a full queue is rightly told as a loss.
    const WAITING: u64 = 40;
    let (_machine, mut gun, _running, told) = hid_gun("thousand-hid");
    let arrives = |n| assert_eq!(told.recv_timeout(SOON).expect("a scan").0, code(n));
    for n in 0..SCANS {
        gun.write_all(&report(&code(n))).unwrap();
        std::thread::sleep(Duration::from_millis(1)); // the shortest interval of full-speed USB
        n.checked_sub(WAITING).into_iter().for_each(arrives);
    }
    (SCANS - WAITING..SCANS).for_each(arrives);
    assert!(told.recv_timeout(Duration::from_millis(300)).is_err(), "one more than was scanned");
}

/// What a keyboard types for digits and Enter: keys 2 to 11 are 1 to 9 and 0, 28 is Enter.
fn strokes(code: &str) -> Vec<u8> {
    let digits = code.bytes().map(|b| if b == b'0' { 11 } else { u16::from(b - b'0') + 1 });
    let both = |key| [record(1, key, 1), record(0, 0, 0), record(1, key, 0), record(0, 0, 0)].concat();
    digits.chain([28]).flat_map(both).collect()
}

#[test]
fn none_of_a_thousand_is_lost_or_merged_as_keystrokes() {
    let path = std::env::temp_dir().join(format!("quickpay-thousand-keys-{}", std::process::id()));
    let _left_by_a_run_that_was_killed = std::fs::remove_file(&path);
    pipe(&path);
    let mut gun = plugged_end(&path);
    let clock = Clock::start();
    let mut keys = Keys::of_node(&path, Wedge::opened(Duration::ZERO, clock.now()));
    std::thread::sleep(SETTLE);
    let writer = std::thread::spawn(move || {
        (0..SCANS).for_each(|n| gun.write_all(&strokes(&code(n))).unwrap());
        gun
    });
    let mut read = Vec::new();
    let until = Instant::now() + SOON;
    while read.len() < usize::try_from(SCANS).unwrap() && Instant::now() < until {
        let mut say = |framed| match framed {
            Framed::Scan(scan) => read.push(text_of(&scan)),
            Framed::Discarded(why) => panic!("{why:?} after {} scans", read.len()),
        };
        keys.step(clock, &mut say).unwrap();
    }
    let expected: Vec<_> = (0..SCANS).map(code).collect();
    assert_eq!(read, expected);
    drop(writer.join().unwrap());
    std::fs::remove_file(&path).unwrap();
}

/// A gun that types, with what was read of it: a real input device where the machine lets us make one, else the same
/// records through a pipe to the same reader.
struct KeyGun {
    press: Box<dyn FnMut(u16)>,
    told: Receiver<(String, Instant)>,
    way: &'static str,
    _running: Option<RunningScanner>,
}

fn key_gun() -> KeyGun {
    let Ok(builder) = VirtualDevice::builder() else { return key_gun_of_a_pipe() };
    let keys: AttributeSet<KeyCode> = (1..128).map(KeyCode::new).collect();
    let mut gun = builder.name("quickpay latency gun").with_keys(&keys).unwrap().build().unwrap();
    let path = gun.enumerate_dev_nodes_blocking().unwrap().next().unwrap().unwrap();
    let (running, told) = start(ScannerKind::Evdev(EvdevSettings { path, repeat_window: Duration::ZERO }));
    let press = move |key| {
        let both = [1, 0].map(|value| evdev::InputEvent::new(evdev::EventType::KEY.0, key, value));
        both.iter().for_each(|edge| gun.emit(std::slice::from_ref(edge)).unwrap());
    };
    KeyGun { press: Box::new(press), told, way: "evdev, uinput", _running: Some(running) }
}

fn key_gun_of_a_pipe() -> KeyGun {
    let path = std::env::temp_dir().join(format!("quickpay-latency-keys-{}", std::process::id()));
    let _left_by_a_run_that_was_killed = std::fs::remove_file(&path);
    pipe(&path);
    let mut gun = plugged_end(&path);
    let (tell, told) = channel();
    let clock = Clock::start();
    let mut keys = Keys::of_node(&path, Wedge::opened(Duration::ZERO, clock.now()));
    std::fs::remove_file(&path).unwrap();
    std::thread::spawn(move || {
        let mut say = |framed| match framed {
            Framed::Scan(scan) => tell.send((text_of(&scan), Instant::now())).unwrap_or_default(),
            Framed::Discarded(why) => panic!("{why:?}"),
        };
        while keys.step(clock, &mut say).is_ok() {}
    });
    std::thread::sleep(SETTLE);
    let press = move |key| {
        let edges = [record(1, key, 1), record(0, 0, 0), record(1, key, 0), record(0, 0, 0)];
        gun.write_all(&edges.concat()).unwrap();
    };
    KeyGun { press: Box::new(press), told, way: "evdev, records through a pipe", _running: None }
}

/// What the machine itself takes to wake a thread that waits for a byte: the load of the moment, for comparison.
fn bare_thread() -> (std::os::unix::net::UnixStream, Receiver<Instant>) {
    let (near, mut far) = std::os::unix::net::UnixStream::pair().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        while std::io::Read::read(&mut far, &mut [0]).is_ok_and(|read| read == 1) {
            if tell.send(Instant::now()).is_err() {
                return;
            }
        }
    });
    (near, told)
}

/// `cargo test -p quickpay-drivers --release -- --ignored --nocapture scan_to_input`
#[test]
#[ignore = "a measurement, not a test"]
#[allow(clippy::print_stdout, reason = "a measurement is to be read")]
fn scan_to_input_takes_less_than_five_milliseconds_over_the_devices_own_time() {
    let (mut serial, _till, _first, serial_told) = serial_gun();
    let (_machine, mut hid, _second, hid_told) = hid_gun("latency-hid");
    let mut wedge = key_gun();
    let (mut bare, bare_told) = bare_thread();
    let mut took: [Vec<Duration>; 4] = std::array::from_fn(|_| Vec::new());
    for n in 0..200 {
        serial.write_all(format!("]C0{}", code(n)).as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(5));
        // The device's own time ends with the last byte of a read.
        let ended = Instant::now();
        serial.write_all(b"\r").unwrap();
        took[0].push(serial_told.recv_timeout(SOON).unwrap().1 - ended);
        let whole = report(&code(n));
        let ended = Instant::now();
        hid.write_all(&whole).unwrap();
        took[1].push(hid_told.recv_timeout(SOON).unwrap().1 - ended);
        for digit in code(n).bytes() {
            (wedge.press)(if digit == b'0' { 11 } else { u16::from(digit - b'0') + 1 });
        }
        std::thread::sleep(Duration::from_millis(5));
        let ended = Instant::now();
        (wedge.press)(28);
        took[2].push(wedge.told.recv_timeout(SOON).unwrap().1 - ended);
        let ended = Instant::now();
        bare.write_all(b"x").unwrap();
        took[3].push(bare_told.recv_timeout(SOON).unwrap() - ended);
        std::thread::sleep(Duration::from_millis(7));
    }
    let at = |took: &[Duration], percent: usize| took[(took.len() - 1) * percent / 100];
    let names = ["serial", "hid-pos", wedge.way, "a bare thread, for comparison"];
    for (name, took) in names.into_iter().zip(&mut took) {
        took.sort();
        println!("{name}: median {:?}, 99 % {:?}, longest {:?}", at(took, 50), at(took, 99), at(took, 100));
    }
    for ours in &took[..3] {
        assert!(at(ours, 50) < at(&took[3], 50) + Duration::from_millis(5));
        assert!(at(ours, 99) < at(&took[3], 99) + Duration::from_millis(5));
    }
}
