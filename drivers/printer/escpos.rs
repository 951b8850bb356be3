//! A document as ESC/POS bytes for one kind of printer (hardware notes, sections 3.3 to 3.5).
//!
//! Invariant: every command byte comes from a constant here; texts can only add printable bytes.
//! Deliberately absent: ports, answers, raster (part 4).

use quickpay_core::document::{Document, Line, Style};

use super::charset::Charset;
use super::code128;
use super::layout::{Printed, lay_out};
use super::profile::{Cutter, DrawerPin, DrawerPulse, Profile, Trailer};

const INITIALISE: &[u8] = b"\x1b@";
const CHINESE_ON: &[u8] = b"\x1c&";
const CHINESE_OFF: &[u8] = b"\x1c.";
const CENTRE: &[u8] = b"\x1ba\x01";
const LEFT: &[u8] = b"\x1ba\x00";
const BOLD_ON: &[u8] = b"\x1bE\x01";
const BOLD_OFF: &[u8] = b"\x1bE\x00";
/// Twice as wide and high, for ASCII; then for Chinese, which some clones size apart.
const SIZE_DOUBLE: &[u8] = b"\x1d!\x11";
const SIZE_PLAIN: &[u8] = b"\x1d!\x00";
const CHINESE_SIZE_DOUBLE: &[u8] = b"\x1c!\x0c";
const CHINESE_SIZE_PLAIN: &[u8] = b"\x1c!\x00";
/// Air below large words, in dots: double height fills its line.
const AIR_BELOW_LARGE: &[u8] = b"\x1bJ\x08";
const BARCODE_WITHOUT_TEXT: &[u8] = b"\x1dH\x00";
const LINE_FEED: u8 = b'\n';

/// Whether a job opens the cash drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawer {
    /// It stays as it is.
    Leave,
    /// It is opened, first thing in the job.
    Open,
}

/// A document in a printer's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// What to send, without the query that asks for proof.
    pub bytes: Vec<u8>,
    /// Characters that this printer cannot print and that stand as `?` on the paper; a barcode that does not fit stands
    /// as its text and is not listed.
    pub missing: Vec<char>,
}

/// Encodes a whole paper, from initialisation to cut.
#[must_use]
pub fn encode(document: &Document, profile: &Profile, drawer: Drawer) -> Encoded {
    let mut missing = Vec::new();
    let lines = document.lines.iter().map(|line| spelled(line, profile.charset, &mut missing)).collect();
    let spelled = Document { kind: document.kind, lines };
    let mut pen = Pen { profile, bytes: Vec::new(), style: Style::Plain };
    pen.begin(drawer);
    for printed in lay_out(&spelled, profile.columns, Charset::columns_of) {
        pen.print(&printed);
    }
    pen.end();
    Encoded { bytes: pen.bytes, missing }
}

/// The query whose answer proves that all before it was printed; `id` comes back in the answer of [`Trailer::GsParenH`].
#[must_use]
pub fn proof_query(trailer: Trailer, id: [u8; 4]) -> Vec<u8> {
    match trailer {
        Trailer::GsR => b"\x1dr\x01".to_vec(),
        Trailer::GsParenH => [b"\x1d(H\x06\x0000".as_slice(), &id].concat(),
    }
}

fn spelled(line: &Line, charset: Charset, missing: &mut Vec<char>) -> Line {
    match line {
        Line::Text { text, align, style } => {
            Line::Text { text: charset.spell(text, missing), align: *align, style: *style }
        }
        Line::Pair { label, value, style } => Line::Pair {
            label: charset.spell(label, missing),
            value: charset.spell(value, missing),
            style: *style,
        },
        Line::Barcode(data) => Line::Barcode(charset.spell(data, missing)),
        Line::Rule => Line::Rule,
        Line::Space => Line::Space,
    }
}

struct Pen<'a> {
    profile: &'a Profile,
    bytes: Vec<u8>,
    style: Style,
}

impl Pen<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// The mode is set in every job: clones keep it over `ESC @`, and printers sold in China start in Chinese mode.
    fn begin(&mut self, drawer: Drawer) {
        self.put(INITIALISE);
        match drawer {
            Drawer::Leave => {}
            Drawer::Open => self.put(&kick(self.profile.drawer)),
        }
        match self.profile.charset {
            Charset::Ascii => self.put(CHINESE_OFF),
            Charset::Gb18030 => self.put(CHINESE_ON),
        }
    }

    fn print(&mut self, printed: &Printed) {
        match printed {
            Printed::Words { text, style } => self.words(text, *style),
            Printed::Rule => self.words(&"-".repeat(usize::from(self.profile.columns)), Style::Plain),
            Printed::Space => self.words("", Style::Plain),
            Printed::Barcode { data, caption } => {
                self.barcode(data);
                caption.iter().for_each(|line| self.words(line, Style::Plain));
            }
        }
    }

    fn words(&mut self, text: &str, style: Style) {
        self.change_to(style);
        let bytes = self.profile.charset.bytes(text.trim_end());
        self.put(&bytes);
        self.bytes.push(LINE_FEED);
        if style == Style::Large {
            self.put(AIR_BELOW_LARGE);
        }
    }

    fn change_to(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        let chinese = self.profile.charset == Charset::Gb18030;
        if self.style == Style::Large {
            self.put(SIZE_PLAIN);
            self.put(if chinese { CHINESE_SIZE_PLAIN } else { b"" });
        }
        match (self.style, style) {
            (Style::Plain, Style::Bold | Style::Large) => self.put(BOLD_ON),
            (Style::Bold | Style::Large, Style::Plain) => self.put(BOLD_OFF),
            (Style::Bold | Style::Large, Style::Bold | Style::Large) | (Style::Plain, Style::Plain) => {}
        }
        if style == Style::Large {
            self.put(if chinese { CHINESE_SIZE_DOUBLE } else { b"" });
            self.put(SIZE_DOUBLE);
        }
        self.style = style;
    }

    /// Nothing when it does not fit the paper or the symbology: its text follows in any case.
    fn barcode(&mut self, data: &str) {
        self.change_to(Style::Plain);
        let module_dots = code128::module_dots(data, self.profile.width_dots);
        let content = [b"{B".as_slice(), data.replace('{', "{{").as_bytes()].concat();
        let (Some(module_dots), Ok(length)) = (module_dots, u8::try_from(content.len())) else {
            return;
        };
        self.put(CENTRE);
        self.put(&[0x1d, b'h', self.profile.barcode_height_dots]);
        self.put(&[0x1d, b'w', module_dots]);
        self.put(BARCODE_WITHOUT_TEXT);
        self.put(&[0x1d, b'k', 0x49, length]);
        self.put(&content);
        self.put(LEFT);
    }

    fn end(&mut self) {
        self.change_to(Style::Plain);
        match self.profile.cutter {
            Cutter::Partial { feed_dots } => self.put(&[0x1d, b'V', 0x42, feed_dots]), // `41` would cut through
            Cutter::TearBar { feed_lines } => self.put(&[0x1b, b'd', feed_lines]),
        }
    }
}

fn kick(pulse: DrawerPulse) -> [u8; 5] {
    let pin = match pulse.pin {
        DrawerPin::Two => 0,
        DrawerPin::Five => 1,
    };
    [0x1b, b'p', pin, pulse.on_2ms, pulse.off_2ms]
}

#[cfg(test)]
#[path = "escpos_tests.rs"]
mod tests;
