//! Where a printer's bytes go: a dumb port, and the kinds there are.
//!
//! Invariant: no call waits longer than a fraction of a second, so that a job can keep its deadline and its stop.
//! Deliberately absent: what the bytes mean.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use quickpay_core::id::JobId;

use super::file::{FilePort, FileSettings};
use super::serial::{SerialPort, SerialPrinterSettings};
use super::tcp::{TcpPort, TcpSettings};
use super::usb::standing::PortStanding;
use super::usb::{self, UsbSettings};
use super::usblp::UsbLp;
use crate::stop::Stop;

/// The longest a read or write waits.
pub(crate) const PATIENCE: Duration = Duration::from_millis(100);

/// An open way to a printer.
pub(crate) trait Port: Send {
    /// Hands over some of the bytes and says how many were taken. `Ok(0)` is no progress yet, not a fault.
    ///
    /// # Errors
    /// The way is broken; bytes taken before may or may not have arrived.
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Whether the write that failed may have taken some of its bytes.
    fn lost_count(&self) -> bool {
        false
    }

    /// Takes what the printer said. `Ok(0)` is silence.
    ///
    /// # Errors
    /// The way is broken; `UnexpectedEof` when the printer closed it.
    fn read_some(&mut self, into: &mut [u8]) -> io::Result<usize>;

    /// How the printer stands, as the port knows it without the printer's data: `None` where it cannot tell.
    ///
    /// # Errors
    /// The way is broken.
    fn standing(&mut self) -> io::Result<Option<PortStanding>> {
        Ok(None)
    }

    /// Lets the last bytes out and closes, giving up when told to.
    ///
    /// # Errors
    /// It is not known whether the last bytes arrived.
    fn close(self: Box<Self>, patience: &Patience<'_>) -> io::Result<()>;
}

/// How long a close or a connect may take, and whether the program is being stopped meanwhile.
#[derive(Debug)]
pub(crate) struct Patience<'a> {
    until: Instant,
    stop: &'a Stop,
}

impl<'a> Patience<'a> {
    pub(crate) fn new(limit: Duration, stop: &'a Stop) -> Patience<'a> {
        Patience { until: Instant::now() + limit, stop }
    }

    /// Whether to give up now.
    #[must_use]
    pub(crate) fn is_over(&self) -> bool {
        self.stop.is_asked() || Instant::now() >= self.until
    }

    /// Waits a little. Returns whether to give up.
    #[must_use]
    pub(crate) fn wait(&self, span: Duration) -> bool {
        self.stop.wait(span) || self.is_over()
    }
}

/// A printer, by how it is connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrinterKind {
    /// Over the network, port 9100.
    Tcp(TcpSettings),
    /// On USB.
    Usb(UsbSettings),
    /// On USB, through the node of the kernel's own driver.
    UsbLp(PathBuf),
    /// Over a serial line.
    Serial(SerialPrinterSettings),
    /// Into a file: the bytes a printer would get.
    File(FileSettings),
}

impl PrinterKind {
    pub(crate) fn open(&self, job: JobId, stop: &Stop) -> io::Result<Box<dyn Port>> {
        Ok(match self {
            PrinterKind::Tcp(settings) => Box::new(TcpPort::open(settings, stop)?),
            PrinterKind::Usb(settings) => Box::new(usb::bus::open(settings)?),
            PrinterKind::UsbLp(path) => Box::new(UsbLp::open(path)?),
            PrinterKind::Serial(settings) => Box::new(SerialPort::open(settings)?),
            PrinterKind::File(settings) => Box::new(FilePort::open(settings, job)?),
        })
    }

    /// Opens the way to the printer before there is a paper for it. `None`: it could be opened, and opening it now would
    /// leave something behind.
    pub(crate) fn open_to_look(&self, stop: &Stop) -> io::Result<Option<Box<dyn Port>>> {
        match self {
            PrinterKind::File(settings) => settings.could_be_opened().map(|()| None),
            PrinterKind::Tcp(_) | PrinterKind::Usb(_) | PrinterKind::UsbLp(_) | PrinterKind::Serial(_) => {
                self.open(JobId(0), stop).map(Some)
            }
        }
    }
}

/// A read or write that had to wait too long is no progress, not a fault.
pub(crate) fn progress(result: io::Result<usize>) -> io::Result<usize> {
    match result {
        Err(error)
            if [io::ErrorKind::WouldBlock, io::ErrorKind::TimedOut, io::ErrorKind::Interrupted]
                .contains(&error.kind()) =>
        {
            Ok(0)
        }
        other => other,
    }
}
