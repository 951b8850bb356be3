//! A printer of software: it listens where a network printer would, understands ESC/POS and makes pictures of papers.
//!
//! Invariant: it shares no code with the encoder, so that it can referee; real-time commands act when they arrive, the
//! rest in order and not while the printer is offline.
//! Deliberately absent: other languages than ESC/POS, and more than one client at a time: real ones hang up there too.

mod barcode;
mod command;
mod line;
mod machine;
mod qr;
mod roll;
mod rom;
mod server;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use self::machine::Machine;
pub use self::rom::Rom;
use super::picture::Picture;
use super::typeface::Typeface;
use crate::stop::Stoppable;

/// A paper that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// How it looks, as wide as the print head.
    pub picture: Picture,
    /// What it says, line by line, spaces at the left kept; a barcode or QR symbol stands as its data in brackets. Lines
    /// that came as dots have no text.
    pub text: String,
    /// What its barcodes and QR symbols hold, where the printer drew them.
    pub barcodes: Vec<String>,
}

/// The power switch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// On.
    On,
    /// Off: the client is dropped, the buffer is lost, new clients are refused.
    Off,
}

/// The lid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cover {
    /// Closed.
    Closed,
    /// Open: offline.
    Open,
}

/// What is on the roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Roll {
    /// Paper without end.
    Full,
    /// So many more lines.
    Lines(u32),
    /// Nothing: offline.
    Out,
}

/// Whether the model answers queries, or is as silent as many clones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    /// It answers.
    Answers,
    /// It does not.
    Silent,
}

type OnPaper = Box<dyn FnMut(&Paper) + Send>;

/// A printer before it is switched on.
pub struct PrinterModel {
    typeface: Arc<Typeface>,
    width_dots: u16,
    voice: Voice,
    rom: Rom,
    line_time: Duration,
    on_paper: Option<OnPaper>,
}

impl fmt::Debug for PrinterModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrinterModel").field("width_dots", &self.width_dots).finish_non_exhaustive()
    }
}

impl PrinterModel {
    /// An 80 mm printer (576 dots) that draws with this typeface and is as fast as its client.
    #[must_use]
    pub fn new(typeface: Arc<Typeface>) -> PrinterModel {
        PrinterModel {
            typeface,
            width_dots: 576,
            voice: Voice::Answers,
            rom: Rom::Simplified,
            line_time: Duration::ZERO,
            on_paper: None,
        }
    }

    /// With another print head.
    #[must_use]
    pub fn width_dots(self, width_dots: u16) -> PrinterModel {
        PrinterModel { width_dots, ..self }
    }

    /// With or without answers.
    #[must_use]
    pub fn voice(self, voice: Voice) -> PrinterModel {
        PrinterModel { voice, ..self }
    }

    /// With the characters of another market.
    #[must_use]
    pub fn rom(self, rom: Rom) -> PrinterModel {
        PrinterModel { rom, ..self }
    }

    /// Slow: so long for each line. A real one takes about 15 ms.
    #[must_use]
    pub fn line_time(self, line_time: Duration) -> PrinterModel {
        PrinterModel { line_time, ..self }
    }

    /// Tells of each paper that is cut off, from the model's thread.
    #[must_use]
    pub fn on_paper(self, told: impl FnMut(&Paper) + Send + 'static) -> PrinterModel {
        PrinterModel { on_paper: Some(Box::new(told)), ..self }
    }

    /// Switches it on at an address; port 0 picks one.
    ///
    /// # Errors
    /// When the address cannot be listened at.
    pub fn start(self, address: SocketAddr) -> io::Result<RunningModel> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let mut machine = Machine::new(self.typeface, self.width_dots, self.voice, self.line_time);
        machine.set_rom(self.rom);
        let machine = Arc::new(Mutex::new(machine));
        let shared = Arc::clone(&machine);
        let mut on_paper = self.on_paper;
        let thread = Stoppable::start("printer-model", move |stop| {
            server::run(listener, address, &shared, &stop, &mut |paper| {
                on_paper.iter_mut().for_each(|told| told(paper));
            });
        })?;
        Ok(RunningModel { address, machine, _thread: thread })
    }
}

/// A printer that is switched on. Dropping it stops and joins its thread within a second.
#[derive(Debug)]
pub struct RunningModel {
    address: SocketAddr,
    machine: Arc<Mutex<Machine>>,
    _thread: Stoppable,
}

impl RunningModel {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The papers cut off so far, oldest first.
    #[must_use]
    pub fn papers(&self) -> Vec<Paper> {
        self.with(|machine| machine.papers().to_vec())
    }

    /// What stands on the paper that is not cut yet.
    #[must_use]
    pub fn text_at_head(&self) -> String {
        self.with(|machine| machine.text_at_head().to_owned())
    }

    /// How often the drawer was opened.
    #[must_use]
    pub fn drawer_kicks(&self) -> u32 {
        self.with(|machine| machine.drawer_kicks())
    }

    /// Commands that it did not know: an honest client leaves this empty.
    #[must_use]
    pub fn unknown_commands(&self) -> Vec<Vec<u8>> {
        self.with(|machine| machine.unknown_commands().to_vec())
    }

    /// Turns the power switch.
    pub fn power(&self, power: Power) {
        self.with(|machine| machine.set_power(power));
    }

    /// Opens or closes the cover.
    pub fn cover(&self, cover: Cover) {
        self.with(|machine| machine.set_cover(cover));
    }

    /// Puts in a roll, or takes it out. New paper lets an interrupted job go on.
    pub fn roll(&self, roll: Roll) {
        self.with(|machine| machine.set_roll(roll));
    }

    /// Makes it slower or faster.
    pub fn line_time(&self, line_time: Duration) {
        self.with(|machine| machine.set_line_time(line_time));
    }

    fn with<T>(&self, see: impl FnOnce(&mut Machine) -> T) -> T {
        see(&mut self.machine.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a printer made of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Developed {
    /// The papers, the last one cut off by hand if the bytes do not.
    pub papers: Vec<Paper>,
    /// Commands that it did not know.
    pub unknown_commands: Vec<Vec<u8>>,
    /// Lines that had to be broken, images that were cut off and symbols that were not printed, all for want of width.
    pub overruns: u32,
    /// How often the drawer was opened.
    pub drawer_kicks: u32,
}

/// What a printer with this typeface makes of some bytes, without any network: the papers, the last one cut off by hand
/// if the bytes do not.
#[must_use]
pub fn develop(bytes: &[u8], typeface: &Arc<Typeface>, width_dots: u16) -> Vec<Paper> {
    develop_for(Rom::Simplified, bytes, typeface, width_dots).papers
}

/// The same for a printer of another market, with what there is to complain of.
#[must_use]
pub fn develop_for(rom: Rom, bytes: &[u8], typeface: &Arc<Typeface>, width_dots: u16) -> Developed {
    let mut machine = Machine::new(Arc::clone(typeface), width_dots, Voice::Silent, Duration::ZERO);
    machine.set_rom(rom);
    machine.receive(bytes);
    while machine.step(Duration::MAX) == machine::Did::Something {}
    machine.tear_off();
    Developed {
        papers: machine.papers().to_vec(),
        unknown_commands: machine.unknown_commands().to_vec(),
        overruns: machine.overruns(),
        drawer_kicks: machine.drawer_kicks(),
    }
}

#[cfg(test)]
#[path = "model/tests.rs"]
mod tests;
