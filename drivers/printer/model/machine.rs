//! The printer's inside: a buffer, modes, paper, and what it says of itself.
//!
//! Invariant: offline, nothing in the buffer is carried out; nothing is lost but by switching off.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::super::picture::to_usize;
use super::super::typeface::{Typeface, Weight};
use super::barcode;
use super::command::{Command, Reader};
use super::line::{LineOfCells, Look};
use super::qr::{Qr, QrStore};
use super::roll::PaperAtHead;
use super::rom::Rom;
use super::{Cover, Paper, Power, Roll, Voice};

/// Commands that wait before the printer takes no more bytes.
const BUFFER_COMMANDS: usize = 4096;
const LINE_SPACING_DOTS: u32 = 30;

/// Whether a step did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Did {
    Something,
    Nothing,
}

#[derive(Debug)]
pub(super) struct Machine {
    reader: Reader,
    buffer: VecDeque<Command>,
    replies: Vec<u8>,
    look: Look,
    justify: u8,
    spacing: u32,
    barcode_height: u8,
    barcode_module: u8,
    qr: QrStore,
    rom: Rom,
    overruns: u32,
    line: LineOfCells,
    head: PaperAtHead,
    papers: Vec<Paper>,
    drawer_kicks: u32,
    unknown: Vec<Vec<u8>>,
    power: Power,
    cover: Cover,
    roll: Roll,
    voice: Voice,
    auto_report: bool,
    line_time: Duration,
    busy_until: Duration,
}

impl Machine {
    pub(super) fn new(
        typeface: Arc<Typeface>,
        width_dots: u16,
        voice: Voice,
        line_time: Duration,
    ) -> Machine {
        Machine {
            reader: Reader::default(),
            buffer: VecDeque::new(),
            replies: Vec::new(),
            look: Look::PLAIN,
            justify: 0,
            spacing: LINE_SPACING_DOTS,
            barcode_height: 162,
            barcode_module: 3,
            qr: QrStore::default(),
            rom: Rom::Simplified,
            overruns: 0,
            line: LineOfCells::default(),
            head: PaperAtHead::new(typeface, width_dots),
            papers: Vec::new(),
            drawer_kicks: 0,
            unknown: Vec::new(),
            power: Power::On,
            cover: Cover::Closed,
            roll: Roll::Full,
            voice,
            auto_report: false,
            line_time,
            busy_until: Duration::ZERO,
        }
    }

    pub(super) fn papers(&self) -> &[Paper] {
        &self.papers
    }

    pub(super) fn text_at_head(&self) -> &str {
        self.head.text()
    }

    pub(super) fn drawer_kicks(&self) -> u32 {
        self.drawer_kicks
    }

    pub(super) fn unknown_commands(&self) -> &[Vec<u8>] {
        &self.unknown
    }

    /// Lines, images and symbols that were wider than the paper.
    pub(super) fn overruns(&self) -> u32 {
        self.overruns
    }

    pub(super) fn set_rom(&mut self, rom: Rom) {
        self.rom = rom;
    }

    pub(super) fn power(&self) -> Power {
        self.power
    }

    pub(super) fn set_power(&mut self, power: Power) {
        if power == Power::Off {
            self.reader.clear();
            self.buffer.clear();
            self.replies.clear();
            self.line = LineOfCells::default();
            self.auto_report = false;
            self.initialise();
        }
        self.power = power;
    }

    pub(super) fn set_cover(&mut self, cover: Cover) {
        self.cover = cover;
        self.report();
    }

    pub(super) fn set_roll(&mut self, roll: Roll) {
        self.roll = roll;
        self.report();
    }

    pub(super) fn set_line_time(&mut self, line_time: Duration) {
        self.line_time = line_time;
    }

    /// Whether more bytes would be taken.
    pub(super) fn has_room(&self) -> bool {
        self.buffer.len() < BUFFER_COMMANDS
    }

    /// Whether anything waits to be carried out.
    pub(super) fn is_idle(&self) -> bool {
        self.buffer.is_empty()
    }

    pub(super) fn is_online(&self) -> bool {
        self.cover == Cover::Closed && !self.is_out_of_paper()
    }

    /// Bytes arrive. Real-time commands act now, whatever the state.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match self.reader.push(*byte) {
                Some(Command::RealTimeQuery(n)) => {
                    let answer = self.real_time_answer(n);
                    self.say(&[answer]);
                }
                Some(Command::RealTimeRequest) | None => {}
                Some(command) => self.buffer.push_back(command),
            }
        }
    }

    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// Carries out the next command, if the printer is online and not busy at this time of its life.
    pub(super) fn step(&mut self, now: Duration) -> Did {
        if !self.is_online() || now < self.busy_until {
            return Did::Nothing;
        }
        let Some(command) = self.buffer.pop_front() else { return Did::Nothing };
        let rows_before = self.head.rows();
        self.obey(command);
        if self.head.rows() != rows_before {
            self.busy_until = now.saturating_add(self.line_time);
            self.use_up_a_line();
        }
        Did::Something
    }

    /// Cuts what is printed off by hand.
    pub(super) fn tear_off(&mut self) {
        self.end_line_if_begun();
        if !self.head.is_blank() {
            let paper = self.head.cut();
            self.papers.push(paper);
        }
    }

    fn is_out_of_paper(&self) -> bool {
        matches!(self.roll, Roll::Out | Roll::Lines(0))
    }

    fn use_up_a_line(&mut self) {
        if let Roll::Lines(left) = self.roll {
            self.set_roll(Roll::Lines(left.saturating_sub(1)));
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Text(byte) => self.text(byte),
            Command::LineFeed => self.end_line(),
            Command::Initialise => self.initialise(),
            Command::Justify(n) => self.justify = n,
            Command::LineSpacing(dots) => self.spacing = dots.map_or(LINE_SPACING_DOTS, u32::from),
            Command::Emphasise(_)
            | Command::PrintMode(_)
            | Command::Size(_)
            | Command::ChineseSize(_)
            | Command::Chinese(_)
            | Command::CodePage(_)
            | Command::International(_)
            | Command::KanjiCode(_) => self.change_look(&command),
            Command::FeedDots(dots) => {
                self.end_line_if_begun();
                self.head.feed(u32::from(dots));
            }
            Command::FeedLines(lines) => {
                self.end_line_if_begun();
                self.head.feed(u32::from(lines) * self.spacing);
            }
            Command::BarcodeHeight(dots) => self.barcode_height = dots,
            Command::BarcodeModule(dots) => self.barcode_module = dots.clamp(1, 6),
            Command::Barcode { kind, data } => self.barcode(kind, &data),
            Command::Raster { mode, row_bytes, data } => {
                self.end_line_if_begun();
                let width = row_bytes * 8 * (1 + usize::from(mode & 1));
                self.overruns += u32::from(width > to_usize(self.head.width()));
                self.head.raster(mode, row_bytes, &data, self.justify);
            }
            Command::Qr { function, data } => self.qr_function(function, &data),
            Command::Cut { feed_dots } => {
                self.end_line_if_begun();
                self.head.feed(u32::from(feed_dots));
                let paper = self.head.cut();
                self.papers.push(paper);
            }
            Command::Drawer => self.drawer_kicks += 1,
            Command::PaperSensor(_) => self.say(&[0]),
            Command::Identity(n) => self.identify(n),
            Command::Confirm([a, b, c, d]) => self.say(&[0x37, 0x22, a, b, c, d, 0]),
            Command::AutoReport(n) => {
                self.auto_report = n != 0;
                self.report();
            }
            Command::Unknown(bytes) => self.unknown.push(bytes),
            Command::BarcodeText(_)
            | Command::Ignored
            | Command::RealTimeQuery(_)
            | Command::RealTimeRequest => {}
        }
    }

    /// Modes only: what was printed stays.
    fn initialise(&mut self) {
        self.look = Look::PLAIN;
        self.justify = 0;
        self.spacing = LINE_SPACING_DOTS;
        self.barcode_height = 162;
        self.barcode_module = 3;
        self.qr = QrStore::default();
    }

    fn change_look(&mut self, command: &Command) {
        let twice = |bit: bool| if bit { 2 } else { 1 };
        let weight = |bold: bool| if bold { Weight::Bold } else { Weight::Regular };
        let look = &mut self.look;
        if let Command::Emphasise(bold) = command {
            look.weight = weight(*bold);
        } else if let Command::PrintMode(n) = command {
            look.weight = weight(n & 0x08 != 0);
            (look.high, look.wide) = (twice(n & 0x10 != 0), twice(n & 0x20 != 0));
        } else if let Command::Size(n) = command {
            (look.high, look.wide) = (1 + u16::from(n & 7), 1 + u16::from(n >> 4 & 7));
        } else if let Command::ChineseSize(n) = command {
            (look.chinese_wide, look.chinese_high) = (twice(n & 0x04 != 0), twice(n & 0x08 != 0));
        } else if let Command::Chinese(on) = command {
            look.modes.national = *on;
        } else if let Command::CodePage(n) = command {
            look.modes.page = *n;
        } else if let Command::International(n) = command {
            look.modes.country = *n;
        } else if let Command::KanjiCode(n) = command {
            look.modes.kanji_code = *n;
        }
    }

    fn text(&mut self, byte: u8) {
        let Some(placed) = self.line.character(byte, self.look, self.rom) else { return };
        if self.line.width() + u32::from(placed.cell.width) > self.head.width() {
            self.overruns += 1;
            self.end_line();
        }
        self.line.push(placed);
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.head.line(&line, self.justify, self.spacing);
    }

    fn end_line_if_begun(&mut self) {
        if !self.line.cells().is_empty() {
            self.end_line();
        }
    }

    fn barcode(&mut self, kind: u8, data: &[u8]) {
        self.end_line_if_begun();
        match (kind, barcode::code_128(data)) {
            (0x49, Some(symbol)) => {
                let width = symbol.modules.len() * usize::from(self.barcode_module);
                self.overruns += u32::from(width > to_usize(self.head.width()));
                self.head.barcode(&symbol, self.barcode_module, self.barcode_height, self.justify);
            }
            _ => self.unknown.push([&[0x1d, b'k', kind], data].concat()),
        }
    }

    fn qr_function(&mut self, function: u8, data: &[u8]) {
        self.end_line_if_begun();
        let known = match self.qr.obey(function, data) {
            Qr::Known => true,
            Qr::Print(symbol) => {
                self.overruns += u32::from(symbol.width() > self.head.width());
                self.head.qr(&symbol, self.justify);
                true
            }
            Qr::Refused => false,
        };
        if !known {
            self.unknown.push([b"\x1d(k1", [function].as_slice(), data].concat());
        }
    }

    fn identify(&mut self, n: u8) {
        match n {
            66 => self.say(b"_quickpay\0"),
            67 => self.say(b"_printer model\0"),
            _ => self.say(&[0x20]),
        }
    }

    fn say(&mut self, bytes: &[u8]) {
        if self.voice == Voice::Answers {
            self.replies.extend_from_slice(bytes);
        }
    }

    /// `DLE EOT n`: bits 1 and 4 are always set.
    fn real_time_answer(&self, n: u8) -> u8 {
        let bit = |yes: bool, mask: u8| if yes { mask } else { 0 };
        let (open, out) = (self.cover == Cover::Open, self.is_out_of_paper());
        0x12 | match n {
            1 => bit(!self.is_online(), 0x08),
            2 => bit(open, 0x04) | bit(out, 0x20),
            4 => bit(out, 0x60),
            _ => 0,
        }
    }

    /// Automatic report: four bytes at every change.
    fn report(&mut self) {
        if self.auto_report {
            let bit = |yes: bool, mask: u8| if yes { mask } else { 0 };
            let first = 0x10 | bit(!self.is_online(), 0x08) | bit(self.cover == Cover::Open, 0x20);
            let paper = bit(self.is_out_of_paper(), 0x0c);
            self.say(&[first, 0, paper, 0]);
        }
    }
}
