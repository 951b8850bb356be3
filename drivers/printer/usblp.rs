//! A USB printer through the kernel's own driver, `/dev/usb/lp0`: where libusb cannot be used.
//!
//! Invariant: never blocks: a plain write waits for ever on a printer without paper.
//! Deliberately absent: port status (an ioctl, which needs unsafe code), finding the node: its number moves.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::port::{PATIENCE, Patience, Port, progress};

#[derive(Debug)]
pub(crate) struct UsbLp {
    node: File,
}

impl UsbLp {
    pub(crate) fn open(path: &Path) -> io::Result<UsbLp> {
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
        let node = OpenOptions::new().read(true).write(true).custom_flags(nonblocking).open(path)?;
        Ok(UsbLp { node })
    }

    fn wait(&self, flags: PollFlags, span: Duration) -> io::Result<bool> {
        let timeout = Timespec { tv_sec: 0, tv_nsec: span.subsec_nanos().into() };
        let mut polled = [PollFd::new(&self.node, flags)];
        match poll(&mut polled, Some(&timeout)) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let [polled] = polled;
        let seen = polled.revents();
        if seen.intersects(PollFlags::HUP | PollFlags::ERR) && !seen.intersects(flags) {
            return Err(io::Error::new(
                io::ErrorKind::NotConnected,
                "the USB printer was unplugged or switched off",
            ));
        }
        Ok(seen.intersects(flags))
    }
}

impl Port for UsbLp {
    fn write_some(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.wait(PollFlags::OUT, PATIENCE)? {
            return Ok(0);
        }
        progress(self.node.write(bytes))
    }

    /// A printer that says nothing reads as an end of file here.
    fn read_some(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if !self.wait(PollFlags::IN, PATIENCE)? {
            return Ok(0);
        }
        let read = progress(self.node.read(into))?;
        if read == 0 {
            std::thread::sleep(PATIENCE / 4);
        }
        Ok(read)
    }

    fn close(self: Box<Self>, patience: &Patience<'_>) -> io::Result<()> {
        while !self.wait(PollFlags::OUT, Duration::from_millis(20))? {
            if patience.is_over() {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "the printer did not take its last bytes",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stop::Stop;
    use rustix::fs::{CWD, FileType, Mode, mknodat};

    #[test]
    fn a_node_that_takes_nothing_more_is_no_progress_and_never_waits() {
        let path = std::env::temp_dir().join(format!("quickpay-lp-{}", std::process::id()));
        let _left_over = std::fs::remove_file(&path);
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let mut port = UsbLp::open(&path).unwrap();
        let mut taken = 0;
        while let Ok(some @ 1..) = port.write_some(&[0x55; 4096]) {
            taken += some;
        }
        assert!(taken >= 4096, "{taken}");
        let asked = std::time::Instant::now();
        assert_eq!(port.write_some(b"more").unwrap(), 0);
        let stop = Stop::default();
        let closed = Box::new(port).close(&Patience::new(Duration::from_millis(50), &stop));
        assert_eq!(closed.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(asked.elapsed() < Duration::from_secs(1));
        std::fs::remove_file(&path).unwrap();
    }
}
