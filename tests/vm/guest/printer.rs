//! A USB receipt printer: FunctionFS endpoints around the firmware, and the ways its pipe can misbehave.
//!
//! Invariant: while nothing is read from the OUT endpoint the kernel answers NAK, as a printer with a full buffer does;
//! what was read is what the host may believe delivered.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::firmware::{Condition, Firmware, Voice};
use super::functionfs::{FunctionFs, unmount};
use super::gadget::{Gadget, Passport, Port};
use super::outcome::Outcome;

const TICK: Duration = Duration::from_millis(1);
/// A packet of high speed: the pipe can be stopped at any of them.
const PACKET: usize = 512;

/// What a stall that worked is called.
const EBADMSG: i32 = 74;
/// `usb_functionfs_event`: eight bytes of set-up packet, the kind, three bytes of nothing.
const EVENT_BYTES: usize = 12;
const SETUP: u8 = 4;
const GET_DEVICE_ID: (u8, u8) = (0xA1, 0);
const GET_PORT_STATUS: (u8, u8) = (0xA1, 1);

/// What the pipe does after so many more bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// Takes no more: NAK for ever.
    Hold,
    /// Stalls once; then, when the host has cleared that, goes on.
    Stall,
}

#[derive(Debug)]
struct State {
    firmware: Firmware,
    /// Bytes to take before `then`.
    left: usize,
    then: Then,
    /// Bytes taken from the pipe, for ever.
    taken: usize,
    stalls: u32,
    device_ids_asked: u32,
    port_status_asked: u32,
}

/// What a thread does again and again.
type Work = Box<dyn FnMut(&Mutex<State>) + Send>;

/// A printer with its cable.
#[derive(Debug)]
pub(crate) struct Printer {
    gadget: Option<Gadget>,
    folder: PathBuf,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

/// The passport of a cheap one, which has no serial number: two of them can only be told apart by their ports.
pub(crate) const PASSPORT: Passport =
    Passport { vendor: "0416", product: "5011", serial: None, maker: "Rig", model: "Receipt P1" };

impl Printer {
    /// A printer that is not plugged in yet.
    pub(crate) fn new(name: &str, passport: Passport, voice: Voice) -> Outcome<Printer> {
        let mut gadget = Gadget::new(name, passport)?;
        let files = FunctionFs::printer(&mut gadget, name)?;
        let state = Arc::new(Mutex::new(State {
            firmware: Firmware::new(voice),
            left: usize::MAX,
            then: Then::Hold,
            taken: 0,
            stalls: 0,
            device_ids_asked: 0,
            port_status_asked: 0,
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let folder = files.folder().to_path_buf();
        let (out, into) = (files.bulk_out()?, files.bulk_in()?);
        let mut threads = Vec::new();
        let mut start = |mut work: Work| {
            let (state, stop) = (Arc::clone(&state), Arc::clone(&stop));
            threads.push(std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    work(&state);
                }
            }));
        };
        let mut control = files.control;
        start(Box::new(move |state| answer_control(&mut control, state)));
        let mut out = out;
        start(Box::new(move |state| take_some(&mut out, state)));
        let mut speaker = Speaker { into, unsaid: Vec::new() };
        start(Box::new(move |state| speaker.say(state)));
        Ok(Printer { gadget: Some(gadget), folder, state, stop, threads })
    }

    pub(crate) fn plug(&mut self, port: Port) -> Outcome<Instant> {
        self.gadget.as_mut().ok_or("the printer is gone")?.plug(port)
    }

    /// Pulls its cable; its buffer survives.
    pub(crate) fn pull(&mut self) -> Outcome<Instant> {
        self.gadget.as_mut().ok_or("the printer is gone")?.pull()
    }

    /// Switches it off: like a pulled cable, but its buffer is lost.
    pub(crate) fn switch_off(&mut self) -> Outcome<Instant> {
        let at = self.pull()?;
        self.see(|state| state.firmware.restart());
        Ok(at)
    }

    pub(crate) fn set_condition(&self, condition: Condition) {
        self.see(|state| state.firmware.set_condition(condition));
    }

    /// Lets the pipe take so many more bytes, to the packet, and then misbehave.
    pub(crate) fn after(&self, bytes: usize, then: Then) {
        self.see(|state| (state.left, state.then) = (bytes, then));
    }

    /// Lets the pipe take everything again.
    pub(crate) fn flow(&self) {
        self.after(usize::MAX, Then::Hold);
    }

    /// Puts an answer into the IN pipe that nobody asked for.
    pub(crate) fn says(&self, bytes: &[u8]) {
        self.see(|state| state.firmware.mutter(bytes));
    }

    /// The bytes of each paper cut off.
    pub(crate) fn papers(&self) -> Vec<Vec<u8>> {
        self.see(|state| state.firmware.papers().to_vec())
    }

    /// Bytes on the paper that is not cut yet.
    pub(crate) fn at_head(&self) -> usize {
        self.see(|state| state.firmware.at_head())
    }

    /// Commands it did not know.
    pub(crate) fn unknown(&self) -> Vec<Vec<u8>> {
        self.see(|state| state.firmware.unknown().to_vec())
    }

    /// Bytes taken from the pipe since it was made.
    pub(crate) fn taken(&self) -> usize {
        self.see(|state| state.taken)
    }

    /// How often it stalled.
    pub(crate) fn stalls(&self) -> u32 {
        self.see(|state| state.stalls)
    }

    /// How often it was asked who it is, and how it is, over the control pipe.
    pub(crate) fn asked(&self) -> (u32, u32) {
        self.see(|state| (state.device_ids_asked, state.port_status_asked))
    }

    fn see<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut lock(&self.state))
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(gadget) = &mut self.gadget {
            gadget.pull().ok(); // wakes the thread that reads
        }
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
        self.gadget = None;
        unmount(&self.folder);
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One event of the control endpoint.
fn answer_control(control: &mut File, state: &Mutex<State>) {
    let mut event = [0_u8; EVENT_BYTES];
    if read(control, &mut event) != Some(EVENT_BYTES) {
        std::thread::sleep(TICK);
        return;
    }
    let [kind, request, _, _, _, _, low, high, what, ..] = event;
    if what != SETUP {
        return;
    }
    let room = usize::from(u16::from_le_bytes([low, high]));
    let answer = match (kind, request) {
        GET_DEVICE_ID => {
            lock(state).device_ids_asked += 1;
            device_id()
        }
        GET_PORT_STATUS => {
            let mut state = lock(state);
            state.port_status_asked += 1;
            vec![state.firmware.port_status()]
        }
        _ if kind & 0x80 == 0 => {
            read(control, &mut []); // taken
            return;
        }
        _ => {
            read(control, &mut []); // the wrong direction: refused by a stall
            return;
        }
    };
    write(control, answer.get(..room).unwrap_or(&answer));
}

/// One transfer; the kernel's "no" is not an error here.
fn read(file: &mut File, into: &mut [u8]) -> Option<usize> {
    file.read(into).ok()
}

/// One transfer.
fn write(file: &mut File, bytes: &[u8]) -> Option<usize> {
    file.write(bytes).ok()
}

fn device_id() -> Vec<u8> {
    let words = b"MFG:Rig;MDL:Receipt P1;CMD:ESC/POS;CLS:PRINTER;";
    let length = u16::try_from(words.len() + 2).unwrap_or(0);
    [&length.to_be_bytes()[..], words].concat()
}

/// One packet of the OUT endpoint, if the printer takes any now.
fn take_some(out: &mut File, state: &Mutex<State>) {
    let (takes, stalls) = {
        let state = lock(state);
        (state.left > 0 && state.firmware.has_room(), state.left == 0 && state.then == Then::Stall)
    };
    if stalls {
        // A write to an endpoint that is read stalls it; the kernel says EBADMSG when that worked.
        if out.write_all(&[0]).is_err_and(|error| error.raw_os_error() != Some(EBADMSG)) {
            std::thread::sleep(TICK); // not plugged in yet
            return;
        }
        let mut state = lock(state);
        (state.left, state.then) = (usize::MAX, Then::Hold);
        state.stalls += 1;
        return;
    }
    if !takes {
        std::thread::sleep(TICK);
        return;
    }
    let mut packet = [0_u8; PACKET];
    match read(out, &mut packet) {
        Some(read) => {
            let mut state = lock(state);
            state.taken += read;
            if state.left != usize::MAX {
                state.left = state.left.saturating_sub(read);
            }
            state.firmware.receive(packet.get(..read).unwrap_or_default());
        }
        None => std::thread::sleep(TICK), // not plugged in
    }
}

/// The IN endpoint; what the host does not read stays in the pipe.
struct Speaker {
    into: File,
    unsaid: Vec<u8>,
}

impl Speaker {
    fn say(&mut self, state: &Mutex<State>) {
        self.unsaid.extend(lock(state).firmware.replies());
        if self.unsaid.is_empty() {
            std::thread::sleep(TICK);
            return;
        }
        match write(&mut self.into, &self.unsaid) {
            Some(written) => {
                self.unsaid.drain(..written.min(self.unsaid.len()));
            }
            None => {
                self.unsaid.clear(); // pulled: what was in the pipe is gone
                std::thread::sleep(TICK);
            }
        }
    }
}
