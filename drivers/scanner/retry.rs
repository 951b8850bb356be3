//! When to try a lost device again.
//!
//! Invariant: waits grow from 250 ms to 5 s (hardware notes, section 5), and start anew when the node appears.

use std::io;
use std::time::Duration;

use rustix::io::Errno;

use super::Loss;

const FIRST: Duration = Duration::from_millis(250);
const LAST: Duration = Duration::from_secs(5);

/// How often the node is looked for while waiting; a device that returns is so picked up well within 2 s.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(250);

/// The next wait.
#[derive(Debug)]
pub(crate) struct Retry {
    next: Duration,
}

impl Retry {
    pub(crate) fn new() -> Retry {
        Retry { next: FIRST }
    }

    pub(crate) fn next_wait(&mut self) -> Duration {
        let wait = self.next;
        self.next = wait.saturating_mul(2).min(LAST);
        wait
    }
}

impl Loss {
    /// Names what a serial port reported. `NoDevice` also means that another program holds the port, so the node
    /// itself is looked at (hardware notes, fact 9).
    pub(crate) fn of_serial(error: &serialport::Error, node_exists: bool) -> Loss {
        use serialport::ErrorKind;
        match error.kind() {
            ErrorKind::Io(kind) => Loss::of_io(&io::Error::from(kind), node_exists),
            ErrorKind::NoDevice if node_exists => Loss::InUse,
            ErrorKind::NoDevice | ErrorKind::Unknown if !node_exists => Loss::Unplugged,
            ErrorKind::NoDevice | ErrorKind::Unknown | ErrorKind::InvalidInput => {
                Loss::Broken(error.description.clone())
            }
        }
    }

    /// Names what a read reported.
    pub(crate) fn of_io(error: &io::Error, node_exists: bool) -> Loss {
        if !node_exists {
            return Loss::Unplugged;
        }
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Loss::NoPermission;
        }
        if error.kind() == io::ErrorKind::ResourceBusy {
            return Loss::InUse;
        }
        // evdev says ENODEV and hidraw EIO when the device is pulled; the node may go a moment later.
        if [Errno::NODEV, Errno::NXIO, Errno::IO]
            .iter()
            .any(|gone| error.raw_os_error() == Some(gone.raw_os_error()))
        {
            return Loss::Unplugged;
        }
        if [io::ErrorKind::BrokenPipe, io::ErrorKind::NotFound, io::ErrorKind::UnexpectedEof]
            .contains(&error.kind())
        {
            return Loss::Unplugged;
        }
        Loss::Broken(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_another_program_holds_is_not_called_unplugged() {
        let held = serialport::Error::new(serialport::ErrorKind::NoDevice, "busy");
        assert_eq!(Loss::of_serial(&held, true), Loss::InUse);
        assert_eq!(Loss::of_serial(&held, false), Loss::Unplugged);
        let denied = serialport::Error::new(serialport::ErrorKind::Io(io::ErrorKind::PermissionDenied), "no");
        assert_eq!(Loss::of_serial(&denied, true), Loss::NoPermission);
        assert_eq!(Loss::of_io(&io::Error::from(io::ErrorKind::BrokenPipe), true), Loss::Unplugged);
        assert_eq!(Loss::of_io(&Errno::NODEV.into(), true), Loss::Unplugged);
        assert_eq!(Loss::of_io(&Errno::BUSY.into(), true), Loss::InUse);
    }

    #[test]
    fn waits_grow_to_five_seconds() {
        let mut retry = Retry::new();
        let waits: Vec<_> = (0..7).map(|_| retry.next_wait().as_millis()).collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 4000, 5000, 5000]);
    }
}
