//! A keyboard wedge: its event node is grabbed, so that no window sees a key of it, and read.
//!
//! Invariant: what is read is wiped; no key reaches anybody before the grab succeeded. The `evdev` crate opens and
//! grabs; records are read by us, because its buffer would keep the keys of the last scan in memory.
//! Deliberately absent: what keys mean (see [`wedge`](super::wedge)), finding the node, lights and sounds of a keyboard.

use std::io;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use evdev::KeyCode;
use evdev::raw_stream::RawDevice;
use zeroize::Zeroizing;

use super::Loss;
use super::framing::{Framed, FramingOptions};
use super::identity::Mode;
use super::life::{Clock, Life, Seek, Session};
use super::node::PolledNode;
use super::sysfs::Sysfs;
use super::wedge::{InputEvent, Wedge, happened_at};

/// As many records as the kernel keeps for a reader.
const RECORDS: usize = 64;

/// A keyboard wedge at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvdevSettings {
    /// Its node: better a link in `/dev/input/by-id` than `/dev/input/event3`, which moves.
    pub path: PathBuf,
    /// The same code within this time is dropped; zero turns it off.
    pub repeat_window: Duration,
}

impl From<EvdevSettings> for Life {
    fn from(settings: EvdevSettings) -> Life {
        let framing = FramingOptions { idle_flush: None, repeat_window: settings.repeat_window };
        let seek = Seek::Path(Mode::Wedge, settings.path);
        Life { seek, baud: 0, framing, sysfs: Sysfs::default() }
    }
}

/// An open and grabbed keyboard.
pub(super) struct Keys {
    node: PolledNode,
    wedge: Wedge,
    /// Holds the grab.
    _device: Option<RawDevice>,
}

impl Keys {
    pub(super) fn open(path: &Path, repeat_window: Duration, clock: Clock) -> Result<Keys, Loss> {
        let broken = |error: io::Error| Loss::of_io(&error, path.exists());
        let mut device = RawDevice::open(path).map_err(broken)?;
        if !device.supported_keys().is_some_and(|keys| keys.contains(KeyCode::KEY_ENTER)) {
            return Err(Loss::Broken("this input device has no keys that a scan is made of".to_owned()));
        }
        device.grab().map_err(broken)?;
        let fd = device.as_fd().try_clone_to_owned().map_err(broken)?;
        let node = PolledNode::of(fd).map_err(broken)?;
        Ok(Keys { node, wedge: Wedge::opened(repeat_window, clock.now()), _device: Some(device) })
    }
}

#[cfg(test)]
impl Keys {
    /// Records from a node that is no keyboard, such as a pipe.
    pub(super) fn of_node(path: &Path, wedge: Wedge) -> Keys {
        Keys { node: PolledNode::open(path).unwrap(), wedge, _device: None }
    }
}

impl Session for Keys {
    fn step(&mut self, clock: Clock, say: &mut dyn FnMut(Framed)) -> io::Result<()> {
        let asked_at = clock.now();
        if !self.node.wait()? {
            self.wedge.idle(asked_at).into_iter().for_each(say);
            return Ok(());
        }
        let mut records = Zeroizing::new([0_u8; RECORDS * InputEvent::BYTES]);
        while let Some(read) = self.node.read(records.as_mut_slice())? {
            let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
            let now = clock.now();
            let read = records.get(..read).unwrap_or_default();
            for (event, then) in read.chunks_exact(InputEvent::BYTES).filter_map(InputEvent::parse) {
                self.wedge.push(event, happened_at(now, wall, then)).into_iter().for_each(&mut *say);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "evdev_tests.rs"]
mod tests;
