//! A serial scanner: its port is opened and read.
//!
//! Invariant: every byte goes through [`Framing`]; nothing read here is logged or kept.
//! Deliberately absent: modem lines and available-port lists (a PTY has neither), finding the port (see
//! [`life`](super::life)).

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serialport::{ClearBuffer, SerialPort, TTYPort};
use zeroize::Zeroizing;

use super::Loss;
use super::framing::{Framed, Framing, FramingOptions};
use super::identity::Mode;
use super::life::{Clock, Life, READ_TIMEOUT, Seek, Session};
use super::sysfs::Sysfs;

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

impl From<SerialSettings> for Life {
    fn from(settings: SerialSettings) -> Life {
        let SerialSettings { path, baud, framing } = settings;
        Life { seek: Seek::Path(Mode::Serial, path), baud, framing, sysfs: Sysfs::default() }
    }
}

/// An open serial port.
pub(super) struct Line {
    port: TTYPort,
    framing: Framing,
}

impl Line {
    pub(super) fn open(path: &Path, baud: u32, framing: FramingOptions, clock: Clock) -> Result<Line, Loss> {
        let port = serialport::new(path.to_string_lossy(), baud)
            .timeout(READ_TIMEOUT)
            .open_native()
            .map_err(|error| Loss::of_serial(&error, path.exists()))?;
        // What came before we listened has no beginning. A PTY may refuse; the settling time covers it.
        if let Err(error) = port.clear(ClearBuffer::Input) {
            tracing::debug!(%error, "input of the scanner could not be flushed");
        }
        Ok(Line { port, framing: Framing::opened(framing, clock.now()) })
    }
}

impl Session for Line {
    fn step(&mut self, clock: Clock, say: &mut dyn FnMut(Framed)) -> io::Result<()> {
        let mut chunk = Zeroizing::new([0_u8; 512]);
        let asked_at = clock.now();
        match self.port.read(chunk.as_mut_slice()) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => {
                let bytes = chunk.get(..read).unwrap_or_default();
                self.framing.push(bytes, clock.now()).into_iter().for_each(say);
            }
            Err(error) if is_pause(&error) => self.framing.idle(asked_at).into_iter().for_each(say),
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn is_pause(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

#[cfg(test)]
#[path = "serial_tests.rs"]
mod tests;
