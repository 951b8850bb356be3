//! The inside of the rig's receipt printer: ESC/POS read command by command (hardware notes, sections 3.2 to 3.5), as far
//! as it must be understood to answer honestly and to know where a paper ends.
//!
//! Invariant: real-time queries are answered when they arrive; the rest is carried out in order and not while it is
//! offline, so an answer given in its turn means that all before it is on paper.
//! Deliberately absent: dots.

use std::collections::VecDeque;

/// Bytes that wait before it takes no more; small printers have 4 KiB.
const BUFFER_BYTES: usize = 4096;

const DLE: u8 = 0x10;
const ESC: u8 = 0x1B;
const FS: u8 = 0x1C;
const GS: u8 = 0x1D;

/// What a person can do to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Well,
    PaperOut,
    CoverOpen,
}

/// How much it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Voice {
    /// The truth, over both pipes.
    Honest,
    /// Nothing over the bulk pipe, and always well over the control pipe: a cheap clone.
    Clone,
}

/// The printer's state.
#[derive(Debug)]
pub(crate) struct Firmware {
    unread: Vec<u8>,
    waiting: VecDeque<Vec<u8>>,
    waiting_bytes: usize,
    condition: Condition,
    voice: Voice,
    reports_by_itself: bool,
    replies: Vec<u8>,
    at_head: Vec<u8>,
    papers: Vec<Vec<u8>>,
    unknown: Vec<Vec<u8>>,
}

impl Firmware {
    pub(crate) fn new(voice: Voice) -> Firmware {
        Firmware {
            unread: Vec::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            condition: Condition::Well,
            voice,
            reports_by_itself: false,
            replies: Vec::new(),
            at_head: Vec::new(),
            papers: Vec::new(),
            unknown: Vec::new(),
        }
    }

    /// Switched off and on: what was not on paper is gone.
    pub(crate) fn restart(&mut self) {
        *self = Firmware {
            papers: std::mem::take(&mut self.papers),
            unknown: std::mem::take(&mut self.unknown),
            at_head: std::mem::take(&mut self.at_head),
            condition: self.condition,
            ..Firmware::new(self.voice)
        };
    }

    pub(crate) fn set_condition(&mut self, condition: Condition) {
        self.condition = condition;
        if self.reports_by_itself {
            self.report();
        }
        self.work();
    }

    pub(crate) fn has_room(&self) -> bool {
        self.waiting_bytes < BUFFER_BYTES
    }

    /// Bytes from the line.
    pub(crate) fn receive(&mut self, bytes: &[u8]) {
        self.unread.extend(bytes);
        while let Some(length) = length(&self.unread) {
            let rest = self.unread.split_off(length.min(self.unread.len()));
            let command = std::mem::replace(&mut self.unread, rest);
            self.take(command);
        }
        self.work();
    }

    /// Says something that nobody asked for.
    pub(crate) fn mutter(&mut self, bytes: &[u8]) {
        self.replies.extend(bytes);
    }

    /// What it has to say.
    pub(crate) fn replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// The bytes of each paper that was cut off.
    pub(crate) fn papers(&self) -> &[Vec<u8>] {
        &self.papers
    }

    /// Bytes on the paper that is not cut yet.
    pub(crate) fn at_head(&self) -> usize {
        self.at_head.len()
    }

    /// Commands that it does not know.
    pub(crate) fn unknown(&self) -> &[Vec<u8>] {
        &self.unknown
    }

    /// The condition bits of the port status: bit 5 paper empty, 4 selected, 3 no error.
    pub(crate) fn port_status(&self) -> u8 {
        match (self.voice, self.condition) {
            (Voice::Clone, _) | (Voice::Honest, Condition::Well) => 0x18,
            (Voice::Honest, Condition::PaperOut) => 0x30,
            (Voice::Honest, Condition::CoverOpen) => 0x10,
        }
    }

    fn take(&mut self, command: Vec<u8>) {
        match command.as_slice() {
            [DLE, 0x04, n] => {
                let status = 0x12 | self.real_time(*n);
                self.say(&[status]);
            }
            [DLE, 0x05, _] => {}
            _ => {
                self.waiting_bytes += command.len();
                self.waiting.push_back(command);
            }
        }
    }

    fn real_time(&self, n: u8) -> u8 {
        match (n, self.condition) {
            (1, Condition::PaperOut | Condition::CoverOpen) => 0x08,
            (2, Condition::PaperOut) => 0x20,
            (2, Condition::CoverOpen) => 0x04,
            (4, Condition::PaperOut) => 0x6C,
            _ => 0,
        }
    }

    fn work(&mut self) {
        while self.condition == Condition::Well {
            let Some(command) = self.waiting.pop_front() else { return };
            self.waiting_bytes = self.waiting_bytes.saturating_sub(command.len());
            self.carry_out(&command);
        }
    }

    fn carry_out(&mut self, command: &[u8]) {
        match command {
            [GS, b'r', _] => self.say(&[0x00]),
            [GS, b'I', n] => self.say(if *n == 66 { b"_RIG\0" } else { b"_RIG P1\0" }),
            [GS, b'(', b'H', 6, 0, 0x30, 0x30, id @ ..] => {
                let answer = [&[0x37, 0x22], id, &[0]].concat();
                self.say(&answer);
            }
            [GS, b'a', n] => {
                self.reports_by_itself = *n != 0;
                if self.reports_by_itself {
                    self.report();
                }
            }
            [GS, b'V', ..] => {
                self.at_head.extend(command);
                self.papers.push(std::mem::take(&mut self.at_head));
            }
            [0] => {} // ends images, prints nothing
            [ESC | FS | GS, ..] if !is_known(command) => self.unknown.push(command.to_vec()),
            _ => self.at_head.extend(command),
        }
    }

    fn report(&mut self) {
        let (first, third) = match self.condition {
            Condition::Well => (0x10, 0),
            Condition::PaperOut => (0x18, 0x0F),
            Condition::CoverOpen => (0x38, 0),
        };
        self.say(&[first, 0, third, 0]);
    }

    fn say(&mut self, bytes: &[u8]) {
        if self.voice == Voice::Honest {
            self.replies.extend(bytes);
        }
    }
}

fn is_known(command: &[u8]) -> bool {
    fixed(command).is_some() || matches!(command, [GS, b'(' | b'k' | b'v' | b'V', ..])
}

/// Bytes of the commands that always have as many.
fn fixed(command: &[u8]) -> Option<usize> {
    Some(match command {
        [ESC, b'@' | b'2', ..] | [FS, b'&' | b'.', ..] => 2,
        [
            ESC,
            b'a' | b'E' | b'G' | b'!' | b't' | b'R' | b'M' | b'd' | b'J' | b'3' | b'-' | b'{' | b'V' | b' ',
            ..,
        ] => 3,
        [ESC, b'\\' | b'$', ..] => 4,
        [ESC, b'p', ..] => 5,
        [GS, b'!' | b'a' | b'r' | b'I' | b'h' | b'w' | b'H' | b'f' | b'B' | b'b', ..] => 3,
        [GS, b'L' | b'W' | b'P', ..] => 4,
        [FS, b'C' | b'!' | b'-', ..] | [DLE, 0x04 | 0x05, ..] => 3,
        [FS, b'S', ..] => 4,
        [DLE, 0x14, ..] => 5,
        _ => return None,
    })
}

/// Bytes of the first command, once it is known and all of them are here. What is not known counts as two.
fn length(bytes: &[u8]) -> Option<usize> {
    let length = match bytes {
        [] | [ESC | FS | GS | DLE] => return None,
        [ESC | FS | GS | DLE, ..] => match fixed(bytes) {
            Some(length) => length,
            None => variable(bytes)?,
        },
        [_, ..] => 1,
    };
    (bytes.len() >= length).then_some(length)
}

fn variable(bytes: &[u8]) -> Option<usize> {
    let word = |low: u8, high: u8| usize::from(u16::from_le_bytes([low, high]));
    match bytes {
        [GS, b'V', m, ..] => Some(if *m >= 65 { 4 } else { 3 }),
        [GS, b'(', _, low, high, ..] => Some(5 + word(*low, *high)),
        [GS, b'v', _, _, x_low, x_high, y_low, y_high, ..] => {
            Some(8 + word(*x_low, *x_high) * word(*y_low, *y_high))
        }
        [GS, b'k', m, n, ..] if *m >= 65 => Some(4 + usize::from(*n)),
        [GS, b'k', m, ..] if *m < 65 => bytes.iter().skip(3).position(|byte| *byte == 0).map(|end| end + 4),
        [GS, b'V' | b'(' | b'v' | b'k', ..] => None, // more is to come
        _ => Some(2),
    }
}
