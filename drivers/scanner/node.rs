//! A device node that is read without ever blocking for long.
//!
//! Invariant: reads wait in `poll` only, and never longer than [`READ_TIMEOUT`].
//! Deliberately absent: writing, and what the bytes mean.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};

use super::life::READ_TIMEOUT;

/// An open node.
#[derive(Debug)]
pub(super) struct PolledNode(File);

impl PolledNode {
    pub(super) fn open(path: &Path) -> io::Result<PolledNode> {
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0); // a pipe would wait for its writer
        Ok(PolledNode(OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?))
    }

    /// Takes a descriptor that is open already.
    pub(super) fn of(fd: OwnedFd) -> io::Result<PolledNode> {
        let flags = fcntl_getfl(&fd)?;
        fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?;
        Ok(PolledNode(fd.into()))
    }

    /// Whether there is something to read, an error included.
    pub(super) fn wait(&self) -> io::Result<bool> {
        let timeout = Timespec { tv_sec: 0, tv_nsec: READ_TIMEOUT.subsec_nanos().into() };
        match poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&timeout)) {
            Ok(ready) => Ok(ready > 0),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// What is there: `None` when nothing is.
    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<Option<usize>> {
        match self.0.read(into) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(read) => Ok(Some(read)),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}
