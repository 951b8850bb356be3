use std::io::Write;

use super::super::fake_sysfs::{FakeMachine, Gun, plugged_end};
use super::super::hid_descriptor::tests::USUAL;
use super::*;

fn machine(name: &str, descriptor: &[u8]) -> FakeMachine {
    let machine = FakeMachine::new(name);
    machine.plug("1-1", &Gun { vendor: "1eab", product: "0010", serial: None });
    machine.hidraw("1-1", 0, descriptor);
    machine
}

fn report(code: &str) -> Vec<u8> {
    let mut report = vec![0; 64];
    report[0] = 2;
    report[1] = u8::try_from(code.len()).unwrap();
    report[5..5 + code.len()].copy_from_slice(code.as_bytes());
    report
}

fn read_for(reports: &mut Reports, clock: Clock, span: Duration) -> Vec<String> {
    let until = clock.now().after(span);
    let mut said = Vec::new();
    while clock.now() < until {
        reports.step(clock, &mut |framed| said.push(format!("{framed:?}"))).unwrap();
    }
    said
}

#[test]
fn a_thousand_reports_that_wait_in_the_kernel_thirty_at_a_time_are_a_thousand_scans() {
    let machine = machine("hidraw-thousand", USUAL);
    let path = machine.dev("hidraw0");
    let mut gun = plugged_end(&path);
    let clock = Clock::start();
    let mut reports = Reports::open(&path, &machine.sysfs(), Duration::ZERO, clock).unwrap();
    assert!(read_for(&mut reports, clock, Duration::from_millis(320)).is_empty());
    let mut said = Vec::new();
    for n in 0..1000_u64 {
        gun.write_all(&report(&(130_000_000_000_000_000 + n).to_string())).unwrap();
        if n % 30 == 29 || n == 999 {
            reports.step(clock, &mut |framed| said.push(format!("{framed:?}"))).unwrap();
        }
    }
    assert_eq!(said.len(), 1000);
    assert!(said.iter().all(|one| one == "Scan(Scan(18 bytes, None))"));
}

#[test]
fn a_queue_that_was_full_is_told() {
    let machine = machine("hidraw-full", USUAL);
    let path = machine.dev("hidraw0");
    let mut gun = plugged_end(&path);
    let clock = Clock::start();
    let mut reports = Reports::open(&path, &machine.sysfs(), Duration::ZERO, clock).unwrap();
    read_for(&mut reports, clock, Duration::from_millis(320));
    (0..QUEUED_AT_MOST).for_each(|_| gun.write_all(&report("132993614656096754")).unwrap());
    let said = read_for(&mut reports, clock, Duration::from_millis(30));
    assert_eq!(said.len(), QUEUED_AT_MOST + 1);
    assert_eq!(said.last().map(String::as_str), Some("Discarded(PartsLost)"));
}

#[test]
fn a_device_that_is_no_hid_pos_scanner_is_refused_with_what_to_do() {
    let machine = machine("hidraw-keyboard", &[0x05, 0x01, 0x09, 0x06, 0xA1, 0x01, 0xC0]);
    let opened = Reports::open(&machine.dev("hidraw0"), &machine.sysfs(), Duration::ZERO, Clock::start());
    let Err(Loss::Broken(words)) = opened else { panic!("opened") };
    assert!(words.contains("set-up barcode"));
}

#[test]
fn a_pulled_device_ends_the_session() {
    let machine = machine("hidraw-pulled", USUAL);
    let path = machine.dev("hidraw0");
    let gun = plugged_end(&path);
    let clock = Clock::start();
    let mut reports = Reports::open(&path, &machine.sysfs(), Duration::ZERO, clock).unwrap();
    drop(gun);
    assert!(reports.step(clock, &mut |_| panic!("nothing was read")).is_err());
}
