//! A receipt printer on a serial line (a CDC-ACM function): the same firmware, which says "wait" by XOFF and stops taking.
//!
//! Invariant: while it holds, nothing is taken from the line, so that the kernel's own back-pressure works besides XOFF.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::acm::{self, Acm, Line};
use super::firmware::{Firmware, Voice};
use super::gadget::{Gadget, Port};
use super::outcome::Outcome;
use super::printer::PASSPORT;

const TICK: Duration = Duration::from_millis(1);
const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

#[derive(Debug)]
struct State {
    firmware: Firmware,
    /// Bytes to take before it says "wait".
    left: usize,
    taken: usize,
}

/// A printer with its cable.
#[derive(Debug)]
pub(crate) struct SerialPrinter {
    acm: Acm,
    gadget: Gadget,
    state: Arc<Mutex<State>>,
    at_work: Option<AtWork>,
}

/// The thread that takes and answers while the cable is in.
#[derive(Debug)]
struct AtWork {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl SerialPrinter {
    pub(crate) fn new() -> Outcome<SerialPrinter> {
        let mut gadget = Gadget::new("serial-printer", PASSPORT)?;
        let acm = acm::add_to(&mut gadget)?;
        let state = State { firmware: Firmware::new(Voice::Honest), left: usize::MAX, taken: 0 };
        Ok(SerialPrinter { acm, gadget, state: Arc::new(Mutex::new(state)), at_work: None })
    }

    pub(crate) fn plug(&mut self, port: Port) -> Outcome {
        self.gadget.plug(port)?;
        let mut line = self.acm.open()?;
        let stop = Arc::new(AtomicBool::new(false));
        let (asked, state) = (Arc::clone(&stop), Arc::clone(&self.state));
        let thread = std::thread::spawn(move || work(&mut line, &state, &asked));
        self.at_work = Some(AtWork { stop, thread });
        Ok(())
    }

    /// Pulls its cable and switches it off: what was in its buffer is gone.
    pub(crate) fn switch_off(&mut self) -> Outcome<Instant> {
        self.rest();
        let at = self.gadget.pull()?;
        self.see(|state| state.firmware.restart());
        Ok(at)
    }

    /// Takes so many more bytes and then says "wait".
    pub(crate) fn hold_after(&self, bytes: usize) {
        self.see(|state| state.left = bytes);
    }

    /// Takes everything again.
    pub(crate) fn flow(&self) {
        self.see(|state| {
            state.left = usize::MAX;
            state.firmware.mutter(&[XON]);
        });
    }

    pub(crate) fn taken(&self) -> usize {
        self.see(|state| state.taken)
    }

    /// The bytes of each paper cut off.
    pub(crate) fn papers(&self) -> Vec<Vec<u8>> {
        self.see(|state| state.firmware.papers().to_vec())
    }

    /// Commands it did not know.
    pub(crate) fn unknown(&self) -> Vec<Vec<u8>> {
        self.see(|state| state.firmware.unknown().to_vec())
    }

    fn rest(&mut self) {
        if let Some(AtWork { stop, thread }) = self.at_work.take() {
            stop.store(true, Ordering::Relaxed);
            thread.join().ok();
        }
    }

    fn see<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut lock(&self.state))
    }
}

impl Drop for SerialPrinter {
    fn drop(&mut self) {
        self.rest();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(line: &mut Line, state: &Mutex<State>, stop: &AtomicBool) {
    let mut waits = false;
    while !stop.load(Ordering::Relaxed) {
        let holds = lock(state).left == 0;
        let heard = if holds { Vec::new() } else { line.heard().unwrap_or_default() };
        let replies = {
            let mut state = lock(state);
            state.taken += heard.len();
            if state.left != usize::MAX {
                state.left = state.left.saturating_sub(heard.len());
            }
            state.firmware.receive(&heard);
            state.firmware.replies()
        };
        if holds && !waits {
            line.send(&[XOFF]).ok();
        }
        waits = holds;
        if !replies.is_empty() {
            line.send(&replies).ok();
        }
        if heard.is_empty() {
            std::thread::sleep(TICK);
        }
    }
}
