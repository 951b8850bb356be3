//! A document as a picture without any printer.
//!
//! Invariant: the same layout as on paper. [`printed`] goes through bytes and the printer model, so it is what a paper will
//! be; [`paint`] needs no fonts but one typeface and no profile, and knows neither joined letters nor those from the right.

use std::sync::Arc;

use quickpay_core::document::{Document, Line, Style};

use super::charset::{Charset, without_controls};
use super::code128::{self, QUIET_MODULES};
use super::escpos::{self, Drawer};
use super::fonts::Fonts;
use super::layout::{Printed, lay_out, unicode_columns};
use super::model::{Rom, develop_for};
use super::part::Part;
use super::picture::Picture;
use super::profile::Profile;
use super::qr::Symbol;
use super::sheet::{Sheet, Spot};
use super::typeface::{Cell, Typeface, Weight};

const CELL: Cell = Cell { width: 12, height: 24 };
const LINE_DOTS: u32 = 30;
const BARCODE_DOTS: u32 = 80;
const MARGIN_DOTS: u32 = 32;

/// What the printer model makes of the very bytes that a printer would get: the picture that proves them, in every script
/// that the fonts have, with a white margin around.
#[must_use]
pub fn printed(
    parts: &[Part<'_>],
    profile: &Profile,
    rom: Rom,
    fonts: &Fonts,
    typeface: &Arc<Typeface>,
) -> Option<Picture> {
    let encoded = escpos::encode_parts(parts, profile, fonts, Drawer::Leave);
    let papers = develop_for(rom, &encoded.bytes, typeface, profile.width_dots).papers;
    papers.into_iter().next().map(|paper| paper.picture.with_margin(MARGIN_DOTS))
}

/// What a printer of this kind has in its ROM.
#[must_use]
pub fn rom_of(charset: Charset) -> Rom {
    match charset {
        Charset::Ascii | Charset::Cp858 { .. } | Charset::Gb18030 => Rom::Simplified,
        Charset::Big5 => Rom::Traditional,
        Charset::Korean => Rom::Korean,
        Charset::ShiftJis => Rom::Japanese,
    }
}

/// A QR symbol for a screen, with the white around it: a pixel a module. `None` when there is no symbol for the text.
#[must_use]
pub fn qr_for_a_screen(data: &str) -> Option<Picture> {
    Symbol::for_a_screen(data)
}

/// Paints a document on paper of so many columns of 12 dots, with a white margin around.
#[must_use]
pub fn paint(document: &Document, columns: u16, typeface: &Arc<Typeface>) -> Picture {
    let width_dots = columns.saturating_mul(CELL.width);
    let mut painter = Painter { sheet: Sheet::new(Arc::clone(typeface), width_dots), y: 0 };
    let lines = document.lines.iter().map(cleaned).collect();
    for printed in lay_out(&Document { kind: document.kind, lines }, columns, unicode_columns) {
        painter.paint(&printed);
    }
    let rows = painter.y.max(1);
    painter.sheet.tear(rows).with_margin(MARGIN_DOTS)
}

fn cleaned(line: &Line) -> Line {
    let clean = |text: &str| without_controls(text).collect::<String>();
    match line {
        Line::Text { text, align, style } => Line::Text { text: clean(text), align: *align, style: *style },
        Line::Pair { label, value, style } => {
            Line::Pair { label: clean(label), value: clean(value), style: *style }
        }
        Line::Barcode(data) => Line::Barcode(clean(data)),
        Line::Qr(data) => Line::Qr(clean(data)),
        Line::Logo => Line::Logo,
        Line::Rule => Line::Rule,
        Line::Space => Line::Space,
    }
}

struct Painter {
    sheet: Sheet,
    y: u32,
}

impl Painter {
    fn paint(&mut self, printed: &Printed) {
        match printed {
            Printed::Words { text, style } => self.words(text, *style),
            Printed::Space => self.y += LINE_DOTS,
            Printed::Rule => {
                let at = Spot { x: 0, y: self.y + LINE_DOTS / 2 - 1 };
                self.sheet.blacken(at, self.sheet.width(), 2);
                self.y += LINE_DOTS;
            }
            Printed::Barcode { data, caption } => {
                self.barcode(data);
                caption.iter().for_each(|line| self.words(line, Style::Plain));
            }
        }
    }

    fn words(&mut self, text: &str, style: Style) {
        let (times, weight) = match style {
            Style::Plain => (1, Weight::Regular),
            Style::Bold => (1, Weight::Bold),
            Style::Large => (2, Weight::Bold),
        };
        let mut x = 0;
        for c in text.chars() {
            let columns = u16::try_from(unicode_columns(c)).unwrap_or(1);
            let cell = Cell { width: CELL.width * times * columns.max(1), height: CELL.height * times };
            // A combining mark stands in the cell before it.
            let at = Spot { x: if columns == 0 { x - u32::from(cell.width).min(x) } else { x }, y: self.y };
            self.sheet.character(c, at, cell, weight);
            x += u32::from(CELL.width * times * columns);
        }
        self.y += LINE_DOTS * u32::from(times);
    }

    fn barcode(&mut self, data: &str) {
        let width = u16::try_from(self.sheet.width()).unwrap_or(u16::MAX);
        let (Some(dots), Some(modules)) = (
            code128::module_dots(data, width).map(u32::from),
            code128::values_in_set_b(data).and_then(|values| code128::modules(&values)),
        ) else {
            return;
        };
        let across = u32::try_from(modules.len()).unwrap_or(0) * dots;
        let left = (self.sheet.width().saturating_sub(across) / 2).max(QUIET_MODULES * dots);
        for (black, x) in modules.into_iter().zip((left..).step_by(usize::try_from(dots).unwrap_or(1))) {
            if black {
                self.sheet.blacken(Spot { x, y: self.y }, dots, BARCODE_DOTS);
            }
        }
        self.y += BARCODE_DOTS + 6;
    }
}
