//! A serial scanner: a thread that reads its port, and finds it again when it went away.
//!
//! Invariant: every byte goes through [`Framing`]; nothing read here is logged or kept.
//! Deliberately absent: modem lines and available-port lists (a PTY has neither), looking a port up by vendor id.

use std::io::{self, Read};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use quickpay_core::time::Monotonic;
use serialport::{ClearBuffer, SerialPort, TTYPort};
use zeroize::{Zeroize, Zeroizing};

use super::framing::{Framed, Framing, FramingOptions};
use super::retry::{LOOK_EVERY, Retry};
use super::{Loss, ScannerEvent};
use crate::stop::Stop;

/// How long one read waits: bounds the stop, and how late a pause is noticed.
const READ_TIMEOUT: Duration = Duration::from_millis(20);
/// The node is looked at this often while nothing comes: some drivers never report a hang-up.
const LOOK_WHILE_OPEN: Duration = Duration::from_millis(500);

/// Where a serial scanner is and how it talks: 8 data bits, no parity, one stop bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialSettings {
    /// Its node, such as `/dev/ttyACM0`, a link in `/dev/serial/by-id`, or a PTY.
    pub path: PathBuf,
    /// Bits per second; USB scanners ignore it.
    pub baud: u32,
    /// How its messages are told apart.
    pub framing: FramingOptions,
}

/// The life of the thread: open, read until lost, wait, and again until asked to stop.
pub(super) fn run(settings: &SerialSettings, stop: &Stop, mut sink: impl FnMut(ScannerEvent)) {
    let clock = Instant::now();
    let mut framing = Framing::opened(settings.framing, time(clock));
    let mut retry = Retry::new();
    let mut told: Option<Loss> = None;
    while !stop.is_asked() {
        let loss = match open(settings) {
            Ok(mut port) => {
                retry = Retry::new();
                told = None;
                framing.reopened(time(clock));
                sink(ScannerEvent::Opened);
                match read_until_lost(settings, &mut port, &mut framing, clock, stop, &mut sink) {
                    Some(loss) => loss,
                    None => return,
                }
            }
            Err(loss) => loss,
        };
        if told.as_ref() != Some(&loss) {
            told = Some(loss.clone());
            sink(ScannerEvent::Lost(loss));
        }
        wait_for_node(settings, &mut retry, stop);
    }
}

fn open(settings: &SerialSettings) -> Result<TTYPort, Loss> {
    let port = serialport::new(settings.path.to_string_lossy(), settings.baud)
        .timeout(READ_TIMEOUT)
        .open_native()
        .map_err(|error| Loss::of_serial(&error, settings.path.exists()))?;
    // What came before we listened has no beginning. A PTY may refuse; the settling time covers it.
    if let Err(error) = port.clear(ClearBuffer::Input) {
        tracing::debug!(%error, "input of the scanner could not be flushed");
    }
    Ok(port)
}

/// `None` when asked to stop.
fn read_until_lost(
    settings: &SerialSettings,
    port: &mut TTYPort,
    framing: &mut Framing,
    clock: Instant,
    stop: &Stop,
    sink: &mut impl FnMut(ScannerEvent),
) -> Option<Loss> {
    let mut chunk = Zeroizing::new([0_u8; 512]);
    let mut looked = Instant::now();
    while !stop.is_asked() {
        let asked_at = time(clock);
        match port.read(chunk.as_mut_slice()) {
            Ok(0) => return Some(Loss::of_io(&io::ErrorKind::UnexpectedEof.into(), settings.path.exists())),
            Ok(read) => {
                let bytes = chunk.get(..read).unwrap_or_default();
                framing.push(bytes, time(clock)).into_iter().for_each(|framed| sink(framed.into()));
                chunk.as_mut_slice().zeroize();
            }
            Err(error) if is_pause(&error) => {
                framing.idle(asked_at).into_iter().for_each(|framed| sink(framed.into()));
                if looked.elapsed() >= LOOK_WHILE_OPEN {
                    looked = Instant::now();
                    if !settings.path.exists() {
                        return Some(Loss::Unplugged);
                    }
                }
            }
            Err(error) => return Some(Loss::of_io(&error, settings.path.exists())),
        }
    }
    None
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Waits as long as the back-off says, but no longer than until the node appears.
fn wait_for_node(settings: &SerialSettings, retry: &mut Retry, stop: &Stop) {
    let until = Instant::now() + retry.next_wait();
    let was_there = settings.path.exists();
    while Instant::now() < until {
        if stop.wait(LOOK_EVERY.min(until.saturating_duration_since(Instant::now()))) {
            return;
        }
        if !was_there && settings.path.exists() {
            *retry = Retry::new();
            return;
        }
    }
}

fn time(clock: Instant) -> Monotonic {
    Monotonic(u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX))
}

impl From<Framed> for ScannerEvent {
    fn from(framed: Framed) -> ScannerEvent {
        match framed {
            Framed::Scan(scan) => ScannerEvent::Scan(scan),
            Framed::Discarded(why) => ScannerEvent::Discarded(why),
        }
    }
}

#[cfg(test)]
#[path = "serial_tests.rs"]
mod tests;
