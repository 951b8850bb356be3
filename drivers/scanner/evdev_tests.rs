use std::fs;
use std::io::Write;
use std::sync::mpsc::channel;

use evdev::uinput::VirtualDevice;
use evdev::{AttributeSet, EventType};

use super::super::fake_sysfs::{pipe, plugged_end, record};
use super::super::{RunningScanner, ScannerEvent, ScannerKind};
use super::*;

const SOON: Duration = Duration::from_secs(2);

/// Keys 2 to 11 are the digits 1 to 9 and 0.
fn strokes(code: &str) -> Vec<u16> {
    let digits = code.bytes().map(|b| if b == b'0' { 11 } else { u16::from(b - b'0') + 1 });
    digits.chain([28]).collect()
}

#[test]
fn records_of_the_kernel_become_a_scan_and_an_old_half_is_discarded() {
    let path = std::env::temp_dir().join(format!("quickpay-evdev-{}", std::process::id()));
    let _left_by_a_run_that_was_killed = fs::remove_file(&path);
    pipe(&path);
    let mut gun = plugged_end(&path);
    let clock = Clock::start();
    let mut keys = Keys::of_node(&path, Wedge::opened(Duration::ZERO, clock.now()));
    std::thread::sleep(Duration::from_millis(320));
    for code in strokes("132993614656096754") {
        for value in [1, 0] {
            gun.write_all(&[record(1, code, value), record(0, 0, 0)].concat()).unwrap();
        }
    }
    let mut said = Vec::new();
    keys.step(clock, &mut |framed| said.push(format!("{framed:?}"))).unwrap();
    gun.write_all(&record(1, 2, 1)).unwrap();
    let until = clock.now().after(Duration::from_millis(250));
    while clock.now() < until {
        keys.step(clock, &mut |framed| said.push(format!("{framed:?}"))).unwrap();
    }
    assert_eq!(said, ["Scan(Scan(18 bytes, None))", "Discarded(Unfinished)"]);
    drop(gun);
    assert!(keys.step(clock, &mut |_| {}).is_err());
    fs::remove_file(&path).unwrap();
}

/// Only where the machine lets us make input devices; the rig does it with a USB gadget as well.
#[test]
fn a_real_input_device_is_grabbed_read_and_missed_when_it_is_gone() {
    let Ok(builder) = VirtualDevice::builder() else {
        #[allow(clippy::print_stdout)] // a test that does not run must say so
        {
            println!("skipped: /dev/uinput cannot be opened here");
        }
        return;
    };
    let keys: AttributeSet<KeyCode> = (1..128).map(KeyCode::new).collect();
    let mut gun = builder.name("quickpay test gun").with_keys(&keys).unwrap().build().unwrap();
    let path = gun.enumerate_dev_nodes_blocking().unwrap().next().unwrap().unwrap();
    let start = |path: &Path| -> (RunningScanner, _) {
        let (tell, told) = channel();
        let settings = EvdevSettings { path: path.to_owned(), repeat_window: Duration::ZERO };
        (ScannerKind::Evdev(settings).start(move |event| tell.send(event).unwrap()).unwrap(), told)
    };
    let (_running, told) = start(&path);
    assert!(matches!(told.recv_timeout(SOON).unwrap(), ScannerEvent::Opened));
    let (_second, told_second) = start(&path);
    assert!(matches!(told_second.recv_timeout(SOON).unwrap(), ScannerEvent::Lost(Loss::InUse)));
    std::thread::sleep(Duration::from_millis(350));
    for code in strokes("132993614656096754") {
        gun.emit(&[evdev::InputEvent::new(EventType::KEY.0, code, 1)]).unwrap();
        gun.emit(&[evdev::InputEvent::new(EventType::KEY.0, code, 0)]).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    let scanned = told.recv_timeout(SOON).unwrap();
    assert!(matches!(&scanned, ScannerEvent::Scan(scan) if scan.len() == 18), "{scanned:?}");
    drop(gun);
    assert!(matches!(told.recv_timeout(SOON).unwrap(), ScannerEvent::Lost(Loss::Unplugged)));
}
