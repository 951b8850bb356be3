//! The device side of a HID function: reports out of it, one at a time, as its host asks for them.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::gadget::Gadget;
use super::outcome::{Outcome, Trying as _, wait_for};

/// `O_NONBLOCK` of Linux on this machine.
const NONBLOCK: i32 = 0o4000;
/// A host that listens takes a report every few milliseconds.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a HID function is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HidFunction {
    /// 1 for a boot keyboard, else 0.
    pub(crate) protocol: u8,
    pub(crate) report_bytes: usize,
    pub(crate) descriptor: &'static [u8],
}

/// A function of a gadget.
#[derive(Debug)]
pub(crate) struct Hid {
    folder: PathBuf,
}

/// The end of it that the device writes to, while it is plugged in.
#[derive(Debug)]
pub(crate) struct Reports(File);

impl HidFunction {
    /// Adds it to a gadget that is not plugged in yet.
    pub(crate) fn add_to(self, gadget: &mut Gadget) -> Outcome<Hid> {
        let folder = gadget.make_function("hid.rig")?;
        let set = |name: &str, value: &[u8]| std::fs::write(folder.join(name), value).trying(name);
        set("protocol", self.protocol.to_string().as_bytes())?;
        set("subclass", self.protocol.to_string().as_bytes())?;
        set("report_length", self.report_bytes.to_string().as_bytes())?;
        set("report_desc", self.descriptor)?;
        gadget.link("hid.rig")?;
        Ok(Hid { folder })
    }
}

impl Hid {
    /// The node is there as long as the gadget is plugged in.
    pub(crate) fn open(&self) -> Outcome<Reports> {
        let numbers = std::fs::read_to_string(self.folder.join("dev")).trying("dev")?;
        let minor = numbers.trim().rsplit(':').next().unwrap_or_default();
        let node = PathBuf::from(format!("/dev/hidg{minor}"));
        wait_for("node of the HID function", PATIENCE, || node.exists().then_some(()))?;
        let file = OpenOptions::new().read(true).write(true).custom_flags(NONBLOCK).open(&node);
        file.map(Reports).trying(node.display())
    }
}

impl Reports {
    /// Queues one report; returns when the one before was taken by the host.
    pub(crate) fn send(&mut self, report: &[u8]) -> Outcome {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.0.write(report) {
                Ok(written) if written == report.len() => return Ok(()),
                Ok(written) => {
                    return Err(format!("{written} bytes of a report of {} went out", report.len()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    if Instant::now() > until {
                        return Err("nobody takes the reports".to_owned());
                    }
                    std::thread::sleep(Duration::from_millis(1));
                }
                Err(error) => return Err(format!("a report cannot be sent: {error}")),
            }
        }
    }
}
