//! Paper coming off the roll: dots, words and barcodes, until it is cut.

use std::fmt;
use std::sync::Arc;

use super::super::sheet::{Sheet, Spot};
use super::super::typeface::Typeface;
use super::Paper;
use super::barcode::Symbol;
use super::line::LineOfCells;
use super::qr;

/// White above the first line: the way from the knife to the print head.
const HEAD_DOTS: u32 = 24;

pub(super) struct PaperAtHead {
    sheet: Sheet,
    y: u32,
    text: String,
    barcodes: Vec<String>,
}

impl fmt::Debug for PaperAtHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaperAtHead({} rows)", self.y)
    }
}

impl PaperAtHead {
    pub(super) fn new(typeface: Arc<Typeface>, width_dots: u16) -> PaperAtHead {
        let sheet = Sheet::new(typeface, width_dots);
        PaperAtHead { sheet, y: HEAD_DOTS, text: String::new(), barcodes: Vec::new() }
    }

    pub(super) fn width(&self) -> u32 {
        self.sheet.width()
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Rows printed or fed so far.
    pub(super) fn rows(&self) -> u32 {
        self.y
    }

    pub(super) fn is_blank(&self) -> bool {
        self.y == HEAD_DOTS
    }

    pub(super) fn feed(&mut self, dots: u32) {
        self.y += dots;
    }

    /// Prints a line of characters and feeds at least `spacing` dots.
    pub(super) fn line(&mut self, line: &LineOfCells, justify: u8, spacing: u32) {
        let (width, height) = (line.width(), line.height());
        let mut x = self.left_of(width, justify);
        self.text.extend(std::iter::repeat_n(' ', usize::try_from(x / 12).unwrap_or(0)));
        for cell in line.cells() {
            let at = Spot { x, y: self.y + height - u32::from(cell.cell.height) };
            self.sheet.character(cell.character, at, cell.cell, cell.weight);
            self.text.push(cell.character);
            x += u32::from(cell.cell.width);
        }
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
        self.y += height.max(spacing);
    }

    pub(super) fn barcode(&mut self, symbol: &Symbol, module_dots: u8, height_dots: u8, justify: u8) {
        let module = u32::from(module_dots);
        let width = u32::try_from(symbol.modules.len()).unwrap_or(0) * module;
        if width > self.sheet.width() {
            return; // printers print nothing then
        }
        let height = u32::from(height_dots);
        let mut x = self.left_of(width, justify);
        for black in &symbol.modules {
            if *black {
                self.sheet.blacken(Spot { x, y: self.y }, module, height);
            }
            x += module;
        }
        self.y += height + 6;
        self.text.push_str(&format!("[{}]\n", symbol.text));
        self.barcodes.push(symbol.text.clone());
    }

    pub(super) fn qr(&mut self, symbol: &qr::Symbol, justify: u8) {
        let (dots, width) = (symbol.module_dots, symbol.width());
        if width > self.sheet.width() {
            return;
        }
        let left = self.left_of(width, justify);
        for (y, x) in (0..symbol.modules()).flat_map(|y| (0..symbol.modules()).map(move |x| (y, x))) {
            if symbol.is_black(x, y) {
                self.sheet.blacken(Spot { x: left + x * dots, y: self.y + y * dots }, dots, dots);
            }
        }
        self.y += width;
        self.text.push_str(&format!("[{}]\n", symbol.text));
        self.barcodes.push(symbol.text.clone());
    }

    pub(super) fn raster(&mut self, mode: u8, row_bytes: usize, data: &[u8], justify: u8) {
        let (wide, high) = (1 + u32::from(mode & 1), 1 + u32::from(mode >> 1 & 1));
        let left = self.left_of(u32::try_from(row_bytes).unwrap_or(0) * 8 * wide, justify);
        for row in data.chunks(row_bytes.max(1)) {
            self.sheet.reach(self.y + high);
            let bits = row.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1));
            for (black, x) in bits.zip((left..).step_by(usize::try_from(wide).unwrap_or(1))) {
                if black {
                    self.sheet.blacken(Spot { x, y: self.y }, wide, high);
                }
            }
            self.y += high;
        }
    }

    pub(super) fn cut(&mut self) -> Paper {
        let picture = self.sheet.tear(self.y);
        self.y = HEAD_DOTS;
        Paper { picture, text: std::mem::take(&mut self.text), barcodes: std::mem::take(&mut self.barcodes) }
    }

    fn left_of(&self, width: u32, justify: u8) -> u32 {
        let free = self.sheet.width().saturating_sub(width);
        match justify {
            1 | b'1' => free / 2,
            2 | b'2' => free,
            _ => 0,
        }
    }
}
