//! A printer on USB: its interface is claimed for one paper and given back to the kernel afterwards.
//!
//! Invariant: a count is believed only where the bus gives one; what stalled in the middle of a chunk is an error, never a
//! reason to send the chunk again.
//! Deliberately absent: usblp's node (see `usblp.rs`), looking for what is plugged in (`choose`), what the
//! bytes mean.

pub(crate) mod bus;
pub(crate) mod choose;
pub mod standing;

use std::io;
use std::time::Duration;

use self::standing::PortStanding;
use super::port::{PATIENCE, Patience, Port};
use crate::identity::Identity;

/// At most so many bytes in one transfer: what a blocked printer may leave unsaid is bounded by it.
const CHUNK_BYTES: usize = 4096;
/// A transfer without room at the printer waits so long; then it is no progress yet.
const WRITE_WAIT: Duration = Duration::from_millis(500);
/// A printer that answers stalls with stalls is broken.
const STALLS_IN_A_ROW: u8 = 3;

/// Which USB printer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsbSettings {
    /// What it is known by; empty means the only one that is plugged in.
    pub identity: Identity,
}

/// What can go wrong on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UsbFault {
    /// Nothing went either way in time.
    TimedOut,
    /// The endpoint refuses until its halt is cleared.
    Stalled,
    /// Unplugged or switched off.
    Gone,
    /// Another program has claimed it.
    Busy,
    /// This user may not open it.
    NoPermission,
    /// In the system's words.
    Other(String),
}

/// The two ends of a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// To the printer.
    Out,
    /// From the printer.
    In,
}

/// A claimed interface: the edge where libusb begins, and where tests put a printer of software.
pub(crate) trait Pipe: Send {
    /// Bytes of one packet to the printer: a packet is taken whole or not at all.
    fn packet_bytes(&self) -> usize;
    /// How many were taken, also where the time was up midway.
    fn write(&mut self, bytes: &[u8], wait: Duration) -> Result<usize, UsbFault>;
    /// How many came. `None`: the printer has no way to say anything.
    fn read(&mut self, into: &mut [u8], wait: Duration) -> Option<Result<usize, UsbFault>>;
    /// `GET_PORT_STATUS`: over the control pipe, so that it is answered while the printer takes no data.
    fn port_status(&mut self) -> Result<u8, UsbFault>;
    /// Lets a stalled end go on.
    fn clear(&mut self, end: End) -> Result<(), UsbFault>;
}

/// An open USB printer.
#[derive(Debug)]
pub(crate) struct UsbPort<P> {
    pipe: P,
    stalls: u8,
    /// Whether the first packet was taken.
    began: bool,
    tells_standing: bool,
    lost_count: bool,
}

impl<P: Pipe> UsbPort<P> {
    pub(crate) fn new(pipe: P) -> UsbPort<P> {
        UsbPort { pipe, stalls: 0, began: false, tells_standing: true, lost_count: false }
    }

    fn stalled(&mut self, end: End) -> io::Result<()> {
        self.stalls = self.stalls.saturating_add(1);
        self.pipe.clear(end).map_err(|fault| fault.in_words())?;
        if self.stalls >= STALLS_IN_A_ROW {
            return Err(UsbFault::Stalled.in_words());
        }
        Ok(())
    }
}

impl<P: Pipe> Port for UsbPort<P> {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // The first packet goes alone: an endpoint that an earlier program left halted is so found without a doubt.
        let most = if self.began { CHUNK_BYTES } else { self.pipe.packet_bytes() };
        let chunk = bytes.get(..most).unwrap_or(bytes);
        match self.pipe.write(chunk, WRITE_WAIT) {
            Ok(taken) => {
                self.began = true;
                self.stalls = 0;
                Ok(taken)
            }
            Err(UsbFault::TimedOut) => Ok(0),
            // A stalled transfer does not say how much of it was taken before, unless it was one packet.
            Err(UsbFault::Stalled) if chunk.len() <= self.pipe.packet_bytes() => {
                self.stalled(End::Out).map(|()| 0)
            }
            Err(UsbFault::Stalled) => {
                self.lost_count = true;
                self.pipe.clear(End::Out).map_err(|fault| fault.in_words())?;
                Err(UsbFault::Stalled.in_words())
            }
            // Whoever pulls the cable does not wait for the last packet's receipt.
            Err(fault @ (UsbFault::Gone | UsbFault::Busy | UsbFault::NoPermission | UsbFault::Other(_))) => {
                self.lost_count = true;
                Err(fault.in_words())
            }
        }
    }

    fn lost_count(&self) -> bool {
        self.lost_count
    }

    fn read_some(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self.pipe.read(into, PATIENCE) {
            None => {
                std::thread::sleep(PATIENCE);
                Ok(0)
            }
            Some(Ok(read)) => Ok(read),
            Some(Err(UsbFault::TimedOut)) => Ok(0),
            Some(Err(UsbFault::Stalled)) => self.stalled(End::In).map(|()| 0),
            Some(Err(fault)) => Err(fault.in_words()),
        }
    }

    fn standing(&mut self) -> io::Result<Option<PortStanding>> {
        if !self.tells_standing {
            return Ok(None);
        }
        match self.pipe.port_status() {
            Ok(byte) => Ok(PortStanding::of(byte)),
            Err(UsbFault::Gone) => Err(UsbFault::Gone.in_words()),
            // It knows no such question; asking again and again would only cost time.
            Err(UsbFault::TimedOut | UsbFault::Stalled | UsbFault::Busy | UsbFault::NoPermission) => {
                self.tells_standing = false;
                Ok(None)
            }
            Err(UsbFault::Other(words)) => {
                tracing::debug!(words, "the printer's port does not tell how it stands");
                self.tells_standing = false;
                Ok(None)
            }
        }
    }

    /// The bus has taken what was written; giving the interface back is the handle's drop.
    fn close(self: Box<Self>, _patience: &Patience<'_>) -> io::Result<()> {
        Ok(())
    }
}

impl UsbFault {
    /// For the log and for people.
    pub(crate) fn in_words(&self) -> io::Error {
        let (kind, words) = match self {
            UsbFault::TimedOut => (io::ErrorKind::TimedOut, "the USB printer does not answer"),
            UsbFault::Stalled => (io::ErrorKind::BrokenPipe, "the USB printer stalled"),
            UsbFault::Gone => (io::ErrorKind::NotConnected, "the USB printer was unplugged or switched off"),
            UsbFault::Busy => (io::ErrorKind::ResourceBusy, "another program holds the USB printer"),
            UsbFault::NoPermission => (
                io::ErrorKind::PermissionDenied,
                "no permission for the USB printer; is 70-quickpay-devices.rules installed and this user in the group quickpay?",
            ),
            UsbFault::Other(words) => return io::Error::other(words.clone()),
        };
        io::Error::new(kind, words)
    }
}

#[cfg(test)]
#[path = "usb/tests.rs"]
mod tests;
