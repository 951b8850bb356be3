//! The udev daemon of Debian, with the rules that `tests/vm/run` put into the guest.

use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::outcome::{Outcome, Trying as _, ensure, wait_for};
use super::till::LIMIT;

/// The daemon; ended when dropped.
#[derive(Debug)]
pub(crate) struct Udevd(Child);

impl Udevd {
    pub(crate) fn start() -> Outcome<Udevd> {
        let daemon = Command::new("/lib/systemd/systemd-udevd").spawn().map(Udevd).trying("systemd-udevd")?;
        wait_for("socket of udevd", LIMIT, || Path::new("/run/udev/control").exists().then_some(()))?;
        Ok(daemon)
    }
}

impl Drop for Udevd {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Waits until it has carried out all that the kernel told it.
pub(crate) fn settle() -> Outcome {
    std::thread::sleep(Duration::from_millis(300)); // until the kernel has told udevd
    let settled =
        Command::new("udevadm").args(["settle", "--timeout=30"]).status().trying("udevadm settle")?;
    ensure(settled.success(), || "udevd is not done within 30 s".to_owned())
}
