//! The life of a scanner's thread: find the device, open it, read it until it is lost, find it again.
//!
//! Invariant: one device is open at most; a loss is said once per reason; a stop is noticed within a read's wait.
//! Deliberately absent: bytes and their meaning (each mode's own file), udev (the kernel's view is polled).

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use quickpay_core::time::Monotonic;

use super::claims::Claims;
use super::framing::{Framed, FramingOptions};
use super::identity::{Mode, choose};
use super::retry::{LOOK_EVERY, Retry};
use super::sysfs::Sysfs;
use super::{Loss, ScannerEvent, evdev, hidraw, serial};
use crate::identity::Identity;
use crate::stop::Stop;

/// How long one read waits: bounds the stop, and how late a pause is noticed.
pub(super) const READ_TIMEOUT: Duration = Duration::from_millis(20);
/// The node is looked at this often while nothing comes: some drivers never report a hang-up.
const LOOK_WHILE_OPEN: Duration = Duration::from_millis(500);

/// A scanner that is known by what it is, wherever it is plugged in and however it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifiedSettings {
    /// Which device.
    pub identity: Identity,
    /// In which modes it may be read; where it offers several, the first of [`Mode::ALL`].
    pub modes: Vec<Mode>,
    /// Bits per second, where it is a serial port; USB scanners ignore it.
    pub baud: u32,
    /// How a serial port's messages are told apart, and the repeat window of every mode.
    pub framing: FramingOptions,
    /// Where to look.
    pub sysfs: Sysfs,
}

/// Everything a thread needs to know.
#[derive(Debug, Clone)]
pub(super) struct Life {
    pub(super) seek: Seek,
    pub(super) baud: u32,
    pub(super) framing: FramingOptions,
    pub(super) sysfs: Sysfs,
}

/// Where the device is.
#[derive(Debug, Clone)]
pub(super) enum Seek {
    /// At this node, whatever is there.
    Path(Mode, PathBuf),
    /// Wherever it is plugged in.
    Identity(Identity, Vec<Mode>),
}

impl From<IdentifiedSettings> for Life {
    fn from(settings: IdentifiedSettings) -> Life {
        let IdentifiedSettings { identity, modes, baud, framing, sysfs } = settings;
        Life { seek: Seek::Identity(identity, modes), baud, framing, sysfs }
    }
}

/// The thread's clock: milliseconds since it began.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Clock {
        Clock(Instant::now())
    }

    pub(super) fn now(self) -> Monotonic {
        Monotonic(u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX))
    }
}

/// An open device.
pub(super) trait Session {
    /// Waits for the device, not longer than [`READ_TIMEOUT`], and hands on what came of it.
    fn step(&mut self, clock: Clock, say: &mut dyn FnMut(Framed)) -> io::Result<()>;
}

/// Runs until asked to stop.
pub(super) fn run(
    life: &Life,
    claims: &Claims,
    place: usize,
    stop: &Stop,
    mut sink: impl FnMut(ScannerEvent),
) {
    let clock = Clock::start();
    let mut retry = Retry::new();
    let mut told: Option<Loss> = None;
    while !stop.is_asked() {
        let opened = life.find().and_then(|(mode, path)| {
            let claim = claims.take(&path, place)?;
            Ok((life.open(mode, &path, clock)?, path, claim))
        });
        let loss = match opened {
            Ok((mut session, path, _claim)) => {
                retry = Retry::new();
                told = None;
                sink(ScannerEvent::Opened);
                match read_until_lost(session.as_mut(), &path, clock, stop, &mut sink) {
                    Some(loss) => loss,
                    None => return,
                }
            }
            Err(loss) => loss,
        };
        if told.as_ref() != Some(&loss) {
            told = Some(loss.clone());
            life.name_the_holder(&loss);
            sink(ScannerEvent::Lost(loss));
        }
        life.wait(&mut retry, stop);
    }
}

/// `None` when asked to stop.
fn read_until_lost(
    session: &mut dyn Session,
    path: &std::path::Path,
    clock: Clock,
    stop: &Stop,
    sink: &mut impl FnMut(ScannerEvent),
) -> Option<Loss> {
    let mut looked = Instant::now();
    while !stop.is_asked() {
        if let Err(error) = session.step(clock, &mut |framed| sink(framed.into())) {
            return Some(Loss::of_io(&error, path.exists()));
        }
        if looked.elapsed() >= LOOK_WHILE_OPEN {
            looked = Instant::now();
            if !path.exists() {
                return Some(Loss::Unplugged);
            }
        }
    }
    None
}

impl Life {
    pub(super) fn find(&self) -> Result<(Mode, PathBuf), Loss> {
        match &self.seek {
            Seek::Path(mode, path) => Ok((*mode, path.clone())),
            Seek::Identity(identity, modes) => {
                let nodes = self.sysfs.nodes();
                choose(&nodes, identity, modes).map(|node| (node.mode, node.path.clone()))
            }
        }
    }

    fn open(&self, mode: Mode, path: &std::path::Path, clock: Clock) -> Result<Box<dyn Session>, Loss> {
        Ok(match mode {
            Mode::Serial => Box::new(serial::Line::open(path, self.baud, self.framing, clock)?),
            Mode::Wedge => Box::new(evdev::Keys::open(path, self.framing.repeat_window, clock)?),
            Mode::HidPos => {
                Box::new(hidraw::Reports::open(path, &self.sysfs, self.framing.repeat_window, clock)?)
            }
        })
    }

    /// For whoever reads the log: the screen has no room for it.
    fn name_the_holder(&self, loss: &Loss) {
        if let (Loss::InUse, Ok((_, path))) = (loss, self.find()) {
            let by = self.sysfs.holders(&path).join(", ");
            tracing::warn!(node = %path.display(), by, "another program holds the scanner");
        }
    }

    fn is_there(&self) -> bool {
        self.find().is_ok_and(|(_, path)| path.exists())
    }

    /// Waits as long as the back-off says, but no longer than until the device appears.
    fn wait(&self, retry: &mut Retry, stop: &Stop) {
        let until = Instant::now() + retry.next_wait();
        let was_there = self.is_there();
        while Instant::now() < until {
            if stop.wait(LOOK_EVERY.min(until.saturating_duration_since(Instant::now()))) {
                return;
            }
            if !was_there && self.is_there() {
                *retry = Retry::new();
                return;
            }
        }
    }
}

impl From<Framed> for ScannerEvent {
    fn from(framed: Framed) -> ScannerEvent {
        match framed {
            Framed::Scan(scan) => ScannerEvent::Scan(scan),
            Framed::Discarded(why) => ScannerEvent::Discarded(why),
        }
    }
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
