//! A scanner model: a pseudo terminal whose other end a till opens like any serial scanner.
//!
//! Invariant: what it is given goes out as a real gun sends it, AIM identifier first, CR at the end; nothing is kept.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serialport::{SerialPort, TTYPort};
use zeroize::Zeroizing;

/// A plugged-in scanner. Dropping it pulls the cable.
#[derive(Debug)]
pub struct ScannerModel {
    gun: TTYPort,
    /// Kept open, so that the till finds a live line at any time.
    _line: TTYPort,
    path: PathBuf,
}

impl ScannerModel {
    /// Plugs a scanner in.
    ///
    /// # Errors
    /// When the system has no pseudo terminal to give.
    pub fn plug_in() -> io::Result<ScannerModel> {
        let (gun, line) = TTYPort::pair()?;
        let path = line.name().map(PathBuf::from).ok_or_else(|| io::Error::other("a port without a name"))?;
        Ok(ScannerModel { gun, _line: line, path })
    }

    /// Where the till finds it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Pulls the trigger on a code: Code 128, CR at the end.
    ///
    /// # Errors
    /// When the line is gone.
    pub fn read_out(&mut self, code: &str) -> io::Result<()> {
        let message = Zeroizing::new(format!("]C0{code}\r"));
        self.send(message.as_bytes())
    }

    /// Sends bytes as they are: another symbology, half a read, noise.
    ///
    /// # Errors
    /// When the line is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.gun.write_all(bytes)?;
        self.gun.flush()
    }
}
