//! A document as ESC/POS bytes for one kind of printer (hardware notes, sections 3.3 to 3.5).
//!
//! Invariant: every command byte comes from a constant here or in `raster` and `qr`; texts can only add printable bytes, or
//! data whose length was said before.
//! Deliberately absent: ports and answers.

use std::borrow::Cow;

use quickpay_core::document::{Align, Document, Line, Style};

use super::bitmap::Bitmap;
use super::charset::{Charset, is_its_own_bytes};
use super::code128;
use super::fonts::Fonts;
use super::layout::{Printed, lay_out_line, unicode_columns};
use super::part::Part;
use super::profile::{CodeBy, Cutter, DrawerPin, DrawerPulse, Profile, Raster, Trailer};
use super::qr::Symbol;
use super::raster;

const INITIALISE: &[u8] = b"\x1b@";
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
/// The width of a ROM's letters in their usual font A.
const COLUMN_DOTS: u16 = 12;
/// As high as one drawn line of plain words (`typeset`).
const ONE_LINE_DOTS: usize = 30;
/// A drawn rule with the air around it.
const RULE_DOTS: usize = 24;
const LINE_FEED: u8 = b'\n';
/// A receipt of text takes about a thousand.
const USUAL_BYTES: usize = 2048;

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
    /// Characters that stand on the paper as `?`, or as a box in a drawn line, because neither the printer nor our fonts
    /// have them; a barcode or QR symbol that does not fit stands as its text and is not listed.
    pub missing: Vec<char>,
}

/// Encodes a whole paper, from initialisation to cut, for want of fonts without drawn lines.
#[must_use]
pub fn encode(document: &Document, profile: &Profile, drawer: Drawer) -> Encoded {
    encode_with(document, profile, &Fonts::none(), drawer)
}

/// Encodes a whole paper; lines that the printer has no characters for are drawn with these fonts.
#[must_use]
pub fn encode_with(document: &Document, profile: &Profile, fonts: &Fonts, drawer: Drawer) -> Encoded {
    encode_parts(&Part::all_of(document), profile, fonts, drawer)
}

/// Encodes a paper that has more than lines.
#[must_use]
pub fn encode_parts(parts: &[Part<'_>], profile: &Profile, fonts: &Fonts, drawer: Drawer) -> Encoded {
    let encoded = Encoded { bytes: Vec::with_capacity(USUAL_BYTES), missing: Vec::new() };
    let mut pen = Pen { profile, fonts, encoded, style: Style::Plain };
    pen.begin(drawer);
    for part in parts {
        match part {
            Part::Line(line) => pen.line(line),
            Part::Qr(data) => pen.qr(data),
            Part::Picture(picture) => pen.picture(picture),
        }
    }
    pen.end();
    pen.encoded
}

/// The query whose answer proves that all before it was printed; `id` comes back in the answer of [`Trailer::GsParenH`].
#[must_use]
pub fn proof_query(trailer: Trailer, id: [u8; 4]) -> Vec<u8> {
    match trailer {
        Trailer::GsR => b"\x1dr\x01".to_vec(),
        Trailer::GsParenH => [b"\x1d(H\x06\x0000".as_slice(), &id].concat(),
    }
}

struct Pen<'a> {
    profile: &'a Profile,
    fonts: &'a Fonts,
    encoded: Encoded,
    style: Style,
}

impl Pen<'_> {
    fn put(&mut self, bytes: &[u8]) {
        self.encoded.bytes.extend_from_slice(bytes);
    }

    fn begin(&mut self, drawer: Drawer) {
        self.put(INITIALISE);
        match drawer {
            Drawer::Leave => {}
            Drawer::Open => self.put(&kick(self.profile.drawer)),
        }
        self.put(&self.profile.charset.mode());
    }

    fn line(&mut self, line: &Line) {
        match line {
            Line::Barcode(data) => return self.barcode(data),
            Line::Qr(data) => return self.qr(data),
            Line::Logo => return, // a part of its own where the printer was given one
            Line::Text { text, align: Align::Centre, style: Style::Large } => {
                if let Some((first, second)) = at_its_joint(text, self.profile.columns) {
                    self.head(first);
                    return self.head(second);
                }
            }
            Line::Text { .. } | Line::Pair { .. } | Line::Rule | Line::Space => {}
        }
        let mut missing = Vec::new();
        let spelled = self.spelled(line, &mut missing);
        let is_drawn = match self.profile.raster {
            Raster::Never => false,
            Raster::WhereNeeded => !missing.is_empty(),
            Raster::Whole => !matches!(line, Line::Space),
        };
        if is_drawn && let Some(picture) = self.drawn(line) {
            if let Some([label, value]) = self.apart(line, &picture) {
                self.line(&label);
                return self.line(&value);
            }
            return self.dots(&picture);
        }
        missing.retain(|c| !self.encoded.missing.contains(c));
        self.encoded.missing.extend(missing);
        for printed in lay_out_line(&spelled, self.profile.columns, self.profile.charset.columns_of()) {
            match printed {
                Printed::Words { text, style } => self.words(&text, style),
                Printed::Rule => self.words(&"-".repeat(usize::from(self.profile.columns)), Style::Plain),
                Printed::Space | Printed::Barcode { .. } => self.words("", Style::Plain),
            }
        }
    }

    fn head(&mut self, text: &str) {
        self.line(&Line::Text { text: text.to_owned(), align: Align::Centre, style: Style::Large });
    }

    /// A value that our letters would break though the printer's are narrow enough, such as a wallet's 28 digits on 58 mm:
    /// it stands whole below its label, in the printer's.
    fn apart(&mut self, line: &Line, picture: &Bitmap) -> Option<[Line; 2]> {
        let Line::Pair { label, value, style } = line else { return None };
        let fits = is_its_own_bytes(value) && value.len() <= usize::from(self.profile.columns);
        let may_be_broken = picture.rows() > 2 * ONE_LINE_DOTS && *style != Style::Large;
        if self.profile.raster != Raster::WhereNeeded || !fits || !may_be_broken {
            return None;
        }
        let of = |text: &str, align| Line::Text { text: text.to_owned(), align, style: *style };
        let [label, value] = [of(label, Align::Left), of(value, Align::Right)];
        let is_broken = self.drawn(&value)?.rows() > ONE_LINE_DOTS;
        is_broken.then_some([label, value])
    }

    /// `None` for want of fonts.
    fn drawn(&mut self, line: &Line) -> Option<Bitmap> {
        let (width, language) = (self.line_dots(), language_of(self.profile.charset));
        let mut missing = Vec::new();
        let picture = self.fonts.draw(|typesetter| {
            typesetter.speak(language);
            match line {
                Line::Text { text, align, style } => {
                    Some(typesetter.text(text, (*align, *style), width, &mut missing))
                }
                Line::Pair { label, value, style } => {
                    Some(typesetter.pair((label, value), *style, width, &mut missing))
                }
                Line::Rule => Some(rule(width)),
                Line::Space | Line::Barcode(_) | Line::Qr(_) | Line::Logo => None,
            }
        })??;
        missing.retain(|c| !self.encoded.missing.contains(c));
        self.encoded.missing.extend(missing);
        Some(picture)
    }

    /// Lines between lines of text end where those do: 42 columns are 504 of 512 dots.
    fn line_dots(&self) -> u16 {
        let (all, text) = (self.width_dots(), self.profile.columns.saturating_mul(COLUMN_DOTS));
        match self.profile.raster {
            Raster::WhereNeeded if all.saturating_sub(text) < 2 * COLUMN_DOTS => text.min(all),
            Raster::WhereNeeded | Raster::Whole | Raster::Never => all,
        }
    }

    /// Whole bytes, as `GS v 0` wants them.
    fn width_dots(&self) -> u16 {
        self.profile.width_dots.clamp(8, 2040) & !7
    }

    /// As the printer's own characters say it.
    fn spelled<'l>(&self, line: &'l Line, missing: &mut Vec<char>) -> Cow<'l, Line> {
        let charset = self.profile.charset;
        let stands = match line {
            Line::Text { text, .. } | Line::Barcode(text) | Line::Qr(text) => is_its_own_bytes(text),
            Line::Pair { label, value, .. } => is_its_own_bytes(label) && is_its_own_bytes(value),
            Line::Rule | Line::Space | Line::Logo => true,
        };
        if stands {
            return Cow::Borrowed(line); // as most do
        }
        Cow::Owned(match line {
            Line::Text { text, align, style } => {
                Line::Text { text: charset.spell(text, missing), align: *align, style: *style }
            }
            Line::Pair { label, value, style } => Line::Pair {
                label: charset.spell(label, missing),
                value: charset.spell(value, missing),
                style: *style,
            },
            Line::Barcode(data) => Line::Barcode(charset.spell(data, missing)),
            Line::Qr(data) => Line::Qr(charset.spell(data, missing)),
            Line::Rule => Line::Rule,
            Line::Space => Line::Space,
            Line::Logo => Line::Logo,
        })
    }

    fn words(&mut self, text: &str, style: Style) {
        self.change_to(style);
        self.profile.charset.put(text.trim_end(), &mut self.encoded.bytes);
        self.encoded.bytes.push(LINE_FEED);
        if style == Style::Large {
            self.put(AIR_BELOW_LARGE);
        }
    }

    fn dots(&mut self, picture: &Bitmap) {
        self.change_to(Style::Plain);
        raster::put(picture, self.profile.band_rows, &mut self.encoded.bytes);
    }

    fn change_to(&mut self, style: Style) {
        if style == self.style {
            return;
        }
        let chinese = self.profile.charset.is_national();
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

    /// A Code 128 symbol and its text below; only the text where there is no way to print it.
    fn barcode(&mut self, data: &str) {
        self.change_to(Style::Plain);
        let command = match self.profile.barcode {
            CodeBy::Command => barcode_command(data, self.profile),
            CodeBy::Raster => None,
        };
        if let Some(command) = command {
            self.put(CENTRE);
            self.put(&command);
            self.put(LEFT);
        } else if self.profile.raster != Raster::Never
            && let Some(picture) = code128::picture(data, self.width_dots(), self.profile.barcode_height_dots)
        {
            self.dots(&picture);
        }
        self.caption(data);
    }

    fn caption(&mut self, text: &str) {
        self.line(&Line::Text { text: text.to_owned(), align: Align::Centre, style: Style::Plain });
    }

    fn qr(&mut self, data: &str) {
        self.change_to(Style::Plain);
        let Some(symbol) = Symbol::fitting(data, self.width_dots()) else { return self.caption(data) };
        let command = match self.profile.qr {
            CodeBy::Command => symbol.command(data),
            CodeBy::Raster => None,
        };
        if let Some(command) = command {
            let quiet = [0x1b, b'J', u8::try_from(symbol.quiet_dots()).unwrap_or(u8::MAX)];
            return self.put(&[&quiet, CENTRE, &command, LEFT, &quiet].concat());
        }
        match symbol.picture(data, self.width_dots()) {
            Some(picture) if self.profile.raster != Raster::Never => self.dots(&picture),
            Some(_) | None => self.caption(data),
        }
    }

    fn picture(&mut self, picture: &Bitmap) {
        if self.profile.raster == Raster::Never {
            return;
        }
        let width = usize::from(self.width_dots());
        let mut sheet = Bitmap::new(width, picture.rows());
        sheet.place(picture, width.saturating_sub(picture.width()) / 2, 0);
        self.dots(&sheet);
    }

    fn end(&mut self) {
        self.change_to(Style::Plain);
        match self.profile.cutter {
            Cutter::Partial { feed_dots } => self.put(&[0x1d, b'V', 0x42, feed_dots]), // `41` would cut through
            Cutter::TearBar { feed_lines } => self.put(&[0x1b, b'd', feed_lines]),
        }
    }
}

/// Without its text, which we print ourselves. `None` when it fits neither the paper nor the symbology.
fn barcode_command(data: &str, profile: &Profile) -> Option<Vec<u8>> {
    let module_dots = code128::module_dots(data, profile.width_dots)?;
    let content = [b"{B".as_slice(), data.replace('{', "{{").as_bytes()].concat();
    let length = u8::try_from(content.len()).ok()?;
    let size = [0x1d, b'h', profile.barcode_height_dots, 0x1d, b'w', module_dots];
    Some([&size, BARCODE_WITHOUT_TEXT, &[0x1d, b'k', 0x49, length], &content].concat())
}

/// A head that is too long for one line, in two at its hyphen or comma: no last sign of it stands alone.
fn at_its_joint(text: &str, columns: u16) -> Option<(&str, &str)> {
    let width: usize = text.chars().map(unicode_columns).sum();
    if width <= usize::from(columns) / 2 {
        return None;
    }
    let hyphen = text.find(" - ").map(|at| at + " -".len());
    let comma = text.find('，').map(|at| at + '，'.len_utf8());
    let (first, second) = text.split_at_checked(hyphen.or(comma)?)?;
    let (first, second) = (first.trim(), second.trim());
    (!first.is_empty() && !second.is_empty()).then_some((first, second))
}

fn rule(width: u16) -> Bitmap {
    let mut picture = Bitmap::new(usize::from(width), RULE_DOTS);
    picture.fill(0, RULE_DOTS / 2 - 1, usize::from(width), 2);
    picture
}

/// The language that a printer's market speaks, for the form of ideographs.
fn language_of(charset: Charset) -> &'static str {
    match charset {
        Charset::Ascii | Charset::Cp858 { .. } | Charset::Gb18030 => "zh-CN",
        Charset::Big5 => "zh-TW",
        Charset::Korean => "ko",
        Charset::ShiftJis => "ja",
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
