use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use super::*;
use crate::scanner::{Discard, RunningScanner, ScannerEvent, ScannerKind};

const SOON: Duration = Duration::from_secs(2);

fn start(path: &Path) -> (RunningScanner, Receiver<ScannerEvent>) {
    let (tell, told) = channel();
    let settings = SerialSettings { path: path.to_owned(), baud: 9600, framing: FramingOptions::default() };
    let running = ScannerKind::Serial(settings).start(move |event| tell.send(event).unwrap()).unwrap();
    (running, told)
}

fn next(told: &Receiver<ScannerEvent>) -> String {
    format!("{:?}", told.recv_timeout(SOON).expect("an event"))
}

/// A folder of one test, with a link `scanner` that points at a PTY as udev's by-id links do.
fn link(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("quickpay-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let link = folder.join("scanner");
    let _gone_or_never_there = std::fs::remove_file(&link);
    link
}

fn settle() {
    std::thread::sleep(Duration::from_millis(350));
}

#[test]
fn scans_come_through_a_pty_in_any_chunks() {
    let (mut gun, till) = TTYPort::pair().unwrap();
    let (running, told) = start(Path::new(&till.name().unwrap()));
    assert_eq!(next(&told), "Opened");
    settle();
    for chunk in ["]C01329936146", "56096754", "\r\n6901234567892\r\n"] {
        gun.write_all(chunk.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(30));
    }
    assert!(next(&told).starts_with("Scan(Scan(18 bytes, Some"));
    assert_eq!(next(&told), "Scan(Scan(13 bytes, None))");
    gun.write_all(b"13299361").unwrap();
    assert_eq!(next(&told), format!("Discarded({:?})", Discard::Unfinished));
    let stopped = Instant::now();
    drop(running);
    assert!(stopped.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_hundred_scans_at_once_all_arrive() {
    let (mut gun, till) = TTYPort::pair().unwrap();
    let (_running, told) = start(Path::new(&till.name().unwrap()));
    assert_eq!(next(&told), "Opened");
    settle();
    for n in 0..100 {
        gun.write_all(format!("{:018}\r\n", 130_000_000_000_000_000_u64 + n).as_bytes()).unwrap();
    }
    for _ in 0..100 {
        assert_eq!(next(&told), "Scan(Scan(18 bytes, None))");
    }
}

#[test]
fn a_scanner_that_is_pulled_out_and_returns_is_found_within_two_seconds() {
    let path = link("replug");
    let (gun, till) = TTYPort::pair().unwrap();
    symlink(till.name().unwrap(), &path).unwrap();
    let (_running, told) = start(&path);
    assert_eq!(next(&told), "Opened");
    drop((gun, till));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(next(&told), "Lost(Unplugged)");
    std::thread::sleep(Duration::from_millis(1500)); // the back-off has grown meanwhile
    let (mut gun, till) = TTYPort::pair().unwrap();
    symlink(till.name().unwrap(), &path).unwrap();
    assert_eq!(next(&told), "Opened");
    gun.write_all(b"6096754\r").unwrap();
    assert_eq!(next(&told), "Discarded(WhileOpening)");
    gun.write_all(b"132993614656096754\r").unwrap();
    assert_eq!(next(&told), "Scan(Scan(18 bytes, None))");
}

#[test]
fn a_node_that_is_not_there_is_said_once_and_waited_for() {
    let path = link("absent");
    let (running, told) = start(&path);
    assert_eq!(next(&told), "Lost(Unplugged)");
    assert!(told.recv_timeout(Duration::from_millis(900)).is_err());
    let stopped = Instant::now();
    drop(running);
    assert!(stopped.elapsed() < Duration::from_secs(1));
}

#[test]
fn a_node_that_is_no_port_is_said_in_words() {
    let path = link("no-port");
    std::fs::write(&path, b"not a port").unwrap();
    let (_running, told) = start(&path);
    let said = told.recv_timeout(SOON).unwrap();
    assert!(matches!(&said, ScannerEvent::Lost(Loss::Broken(words)) if !words.is_empty()), "{said:?}");
}

#[test]
fn a_port_that_another_reader_holds_is_said_to_be_in_use() {
    let (_gun, till) = TTYPort::pair().unwrap();
    let path = till.name().unwrap();
    let holder = serialport::new(&path, 9600).open_native().unwrap();
    let (_running, told) = start(Path::new(&path));
    assert_eq!(next(&told), "Lost(InUse)");
    drop(holder);
    assert_eq!(next(&told), "Opened");
}
