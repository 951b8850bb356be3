//! A HID POS scanner: its hidraw node is read, a report at a time.
//!
//! Invariant: what is read is wiped; a queue that was full is told to the decoder, since the kernel drops in silence.
//! Deliberately absent: what reports mean (see [`hid_pos`](super::hid_pos)), writing to the device.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::{Zeroize, Zeroizing};

use super::Loss;
use super::framing::{Framed, FramingOptions};
use super::hid_descriptor::Layout;
use super::hid_pos::HidPos;
use super::identity::Mode;
use super::life::{Clock, Life, Seek, Session};
use super::node::PolledNode;
use super::sysfs::Sysfs;

/// The kernel keeps one report less than HIDRAW_BUFFER_SIZE for a reader, and drops what comes then.
const QUEUED_AT_MOST: usize = 63;

/// A HID POS scanner at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HidPosSettings {
    /// Its node, such as `/dev/hidraw0`, which moves.
    pub path: PathBuf,
    /// The same code within this time is dropped; zero turns it off.
    pub repeat_window: Duration,
}

impl From<HidPosSettings> for Life {
    fn from(settings: HidPosSettings) -> Life {
        let framing = FramingOptions { idle_flush: None, repeat_window: settings.repeat_window };
        let seek = Seek::Path(Mode::HidPos, settings.path);
        Life { seek, baud: 0, framing, sysfs: Sysfs::default() }
    }
}

/// An open scanner.
pub(super) struct Reports {
    node: PolledNode,
    scanner: HidPos,
    report: Zeroizing<Vec<u8>>,
}

impl Reports {
    pub(super) fn open(
        path: &Path,
        sysfs: &Sysfs,
        repeat_window: Duration,
        clock: Clock,
    ) -> Result<Reports, Loss> {
        let node = PolledNode::open(path).map_err(|error| Loss::of_io(&error, path.exists()))?;
        let layout = match sysfs.layout(path) {
            Ok(Some(layout)) => layout,
            Ok(None) => {
                let words = "not in HID POS mode; scan its set-up barcode for USB HID POS";
                return Err(Loss::Broken(words.to_owned()));
            }
            Err(()) => Layout::usual(),
        };
        let report = Zeroizing::new(vec![0; layout.report_bytes()]);
        Ok(Reports { node, scanner: HidPos::opened(layout, repeat_window, clock.now()), report })
    }
}

impl Session for Reports {
    fn step(&mut self, clock: Clock, say: &mut dyn FnMut(Framed)) -> io::Result<()> {
        let asked_at = clock.now();
        if !self.node.wait()? {
            self.scanner.idle(asked_at).into_iter().for_each(say);
            return Ok(());
        }
        let mut waiting = 0;
        while let Some(read) = self.node.read(&mut self.report)? {
            let report = self.report.get(..read).unwrap_or_default();
            self.scanner.push(report, clock.now()).into_iter().for_each(&mut *say);
            waiting += 1;
            if waiting == QUEUED_AT_MOST {
                waiting = 0;
                say(self.scanner.may_have_lost(clock.now()));
            }
        }
        self.report.as_mut_slice().zeroize();
        Ok(())
    }
}

#[cfg(test)]
#[path = "hidraw_tests.rs"]
mod tests;
