use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::*;
use crate::printer::hindrance::Hindrance;

/// A printer at the edge: each call meets the next step of a script; what it took is kept.
#[derive(Debug, Default)]
struct Script {
    writes: VecDeque<Result<usize, UsbFault>>,
    reads: VecDeque<Result<Vec<u8>, UsbFault>>,
    status: VecDeque<Result<u8, UsbFault>>,
    offered: Vec<usize>,
    taken: Vec<u8>,
    cleared: Vec<End>,
}

#[derive(Debug, Clone, Default)]
struct Scripted(Arc<Mutex<Script>>);

impl Pipe for Scripted {
    fn packet_bytes(&self) -> usize {
        64
    }

    fn write(&mut self, bytes: &[u8], _wait: Duration) -> Result<usize, UsbFault> {
        let mut script = self.0.lock().unwrap();
        script.offered.push(bytes.len());
        let taken = script.writes.pop_front().unwrap_or(Ok(bytes.len()))?.min(bytes.len());
        script.taken.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn read(&mut self, into: &mut [u8], _wait: Duration) -> Option<Result<usize, UsbFault>> {
        let next = self.0.lock().unwrap().reads.pop_front().unwrap_or(Err(UsbFault::TimedOut));
        Some(next.map(|bytes| {
            into[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        }))
    }

    fn port_status(&mut self) -> Result<u8, UsbFault> {
        self.0.lock().unwrap().status.pop_front().unwrap_or(Ok(0x18))
    }

    fn clear(&mut self, end: End) -> Result<(), UsbFault> {
        self.0.lock().unwrap().cleared.push(end);
        Ok(())
    }
}

fn port(script: Script) -> (UsbPort<Scripted>, Scripted) {
    let pipe = Scripted(Arc::new(Mutex::new(script)));
    (UsbPort::new(pipe.clone()), pipe)
}

/// Writes all bytes, as a job does.
fn write_all(port: &mut UsbPort<Scripted>, bytes: &[u8]) -> io::Result<()> {
    let mut done = 0;
    for _ in 0..1000 {
        if done == bytes.len() {
            return Ok(());
        }
        done += port.write_some(&bytes[done..])?;
    }
    panic!("no end");
}

fn paper() -> Vec<u8> {
    (0..10_000_u32).map(|n| n.to_le_bytes()[0]).collect()
}

#[test]
fn partial_writes_are_looped_and_every_byte_is_taken_once() {
    let script = Script {
        writes: [Ok(64), Ok(1), Err(UsbFault::TimedOut), Ok(4095), Ok(0)].into(),
        ..Script::default()
    };
    let (mut port, pipe) = port(script);
    write_all(&mut port, &paper()).unwrap();
    let script = pipe.0.lock().unwrap();
    assert_eq!(script.taken, paper());
    assert_eq!(script.offered[0], 64, "the first packet goes alone");
    assert!(script.offered.iter().all(|bytes| *bytes <= CHUNK_BYTES), "{:?}", script.offered);
}

#[test]
fn a_stall_of_one_packet_is_cleared_and_sent_again() {
    let (mut port, pipe) = port(Script { writes: [Err(UsbFault::Stalled)].into(), ..Script::default() });
    write_all(&mut port, &paper()).unwrap();
    assert_eq!(pipe.0.lock().unwrap().cleared, [End::Out]);
    assert_eq!(pipe.0.lock().unwrap().taken, paper());
    assert!(!port.lost_count());
}

#[test]
fn a_stall_in_the_middle_of_a_chunk_is_cleared_and_said_but_nothing_is_sent_again() {
    let (mut port, pipe) =
        port(Script { writes: [Ok(64), Err(UsbFault::Stalled)].into(), ..Script::default() });
    let error = write_all(&mut port, &paper()).unwrap_err();
    assert_eq!(error.to_string(), "the USB printer stalled");
    assert!(port.lost_count());
    assert_eq!(pipe.0.lock().unwrap().cleared, [End::Out]);
    assert_eq!(pipe.0.lock().unwrap().offered, [64, 4096]);
}

#[test]
fn a_printer_that_only_stalls_is_given_up() {
    let stalls = || std::iter::repeat_n(Err(UsbFault::Stalled), 9).collect();
    let (mut port, pipe) = port(Script { writes: stalls(), ..Script::default() });
    assert!(write_all(&mut port, &paper()).is_err());
    assert_eq!(pipe.0.lock().unwrap().cleared.len(), usize::from(STALLS_IN_A_ROW));
}

#[test]
fn a_cable_pulled_in_the_middle_of_a_write_is_said_without_a_count() {
    let (mut port, _pipe) =
        port(Script { writes: [Ok(64), Err(UsbFault::Gone)].into(), ..Script::default() });
    let error = write_all(&mut port, &paper()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotConnected);
    assert!(port.lost_count());
}

#[test]
fn what_the_printer_says_is_read_and_a_stalled_ear_is_cleared() {
    let reads = [Ok(vec![0x12, 0x14]), Err(UsbFault::Stalled), Err(UsbFault::TimedOut), Err(UsbFault::Gone)];
    let (mut port, pipe) = port(Script { reads: reads.into(), ..Script::default() });
    let mut words = [0; 1024];
    assert_eq!(port.read_some(&mut words).unwrap(), 2);
    assert_eq!(&words[..2], [0x12, 0x14]);
    assert_eq!(port.read_some(&mut words).unwrap(), 0);
    assert_eq!(pipe.0.lock().unwrap().cleared, [End::In]);
    assert_eq!(port.read_some(&mut words).unwrap(), 0);
    assert!(port.read_some(&mut words).is_err());
}

#[test]
fn a_port_that_does_not_know_its_standing_is_asked_once() {
    let status = [Ok(0x38), Ok(0x18), Err(UsbFault::Stalled), Ok(0x38)];
    let (mut port, _pipe) = port(Script { status: status.into(), ..Script::default() });
    assert_eq!(port.standing().unwrap(), Some(PortStanding::Hindered(Hindrance::PaperOut)));
    assert_eq!(port.standing().unwrap(), Some(PortStanding::Well));
    assert_eq!(port.standing().unwrap(), None);
    assert_eq!(port.standing().unwrap(), None);
}
