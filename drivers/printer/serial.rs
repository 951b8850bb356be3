//! A printer on a serial line.
//!
//! Invariant: a job counts as sent only when the line has drained.
//! Deliberately absent: DTR/DSR flow control, which serialport lacks: set the printer to XON/XOFF, or wire its DTR to CTS.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use serialport::{ClearBuffer, FlowControl, SerialPort as _, TTYPort};

use super::port::{PATIENCE, Patience, Port, progress};

/// A chunk takes half a second at 9600 baud.
const CHUNK_BYTES: usize = 512;

/// Where a serial printer is and how it talks: 8 data bits, no parity, one stop bit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerialPrinterSettings {
    /// Its node, such as `/dev/ttyUSB0`.
    pub path: PathBuf,
    /// Bits per second.
    pub baud: u32,
    /// How it says "wait".
    pub flow: Flow,
}

/// How a printer stops us while its buffer is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It cannot: long papers lose bytes.
    None,
    /// By the bytes `13` and `11`.
    XonXoff,
    /// By the CTS wire.
    RtsCts,
}

#[derive(Debug)]
pub(crate) struct SerialPort {
    tty: TTYPort,
}

impl SerialPort {
    pub(crate) fn open(settings: &SerialPrinterSettings) -> io::Result<SerialPort> {
        let flow = match settings.flow {
            Flow::None => FlowControl::None,
            Flow::XonXoff => FlowControl::Software,
            Flow::RtsCts => FlowControl::Hardware,
        };
        let tty = serialport::new(settings.path.to_string_lossy(), settings.baud)
            .flow_control(flow)
            .timeout(PATIENCE)
            .open_native()?;
        if let Err(error) = tty.clear(ClearBuffer::All) {
            tracing::debug!(%error, "the printer's line could not be flushed");
        }
        Ok(SerialPort { tty })
    }
}

impl Port for SerialPort {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let chunk = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
        // A blocking write would not come back while the printer says "wait": offer only what the line has room for.
        if self.tty.bytes_to_write().is_ok_and(|waiting| waiting as usize >= CHUNK_BYTES) {
            std::thread::sleep(PATIENCE / 4);
            return Ok(0);
        }
        progress(self.tty.write(chunk))
    }

    fn read_some(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.tty.read(into) {
            Ok(0) if !into.is_empty() => Err(io::ErrorKind::UnexpectedEof.into()),
            other => progress(other),
        }
    }

    fn close(self: Box<Self>, patience: &Patience<'_>) -> io::Result<()> {
        // A line that cannot tell how much waits is left to the system.
        while self.tty.bytes_to_write().is_ok_and(|waiting| waiting > 0) {
            if patience.wait(Duration::from_millis(20)) {
                self.tty.clear(ClearBuffer::Output)?; // or closing would wait for half a minute
                return Err(io::Error::new(io::ErrorKind::TimedOut, "the line did not drain"));
            }
        }
        Ok(())
    }
}
