//! Paper that grows downwards while dots are put on it.
//!
//! Invariant: nothing is drawn beside the paper.

use std::sync::Arc;

use swash::scale::ScaleContext;

use super::picture::{Picture, to_usize};
use super::typeface::{Cell, Typeface, Weight};

const WHITE: u8 = 0xff;

/// A place on the paper, in dots from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) x: u32,
    pub(crate) y: u32,
}

pub(crate) struct Sheet {
    typeface: Arc<Typeface>,
    context: ScaleContext,
    width: u32,
    pixels: Vec<u8>,
}

impl Sheet {
    pub(crate) fn new(typeface: Arc<Typeface>, width_dots: u16) -> Sheet {
        Sheet {
            typeface,
            context: ScaleContext::new(),
            width: u32::from(width_dots.max(1)),
            pixels: Vec::new(),
        }
    }

    pub(crate) fn width(&self) -> u32 {
        self.width
    }

    /// Makes sure that the paper reaches down to this row.
    pub(crate) fn reach(&mut self, rows: u32) {
        let needed = to_usize(self.width) * to_usize(rows);
        if self.pixels.len() < needed {
            self.pixels.resize(needed, WHITE);
        }
    }

    /// Tears the paper off at this row.
    pub(crate) fn tear(&mut self, rows: u32) -> Picture {
        self.reach(rows);
        let mut pixels = std::mem::take(&mut self.pixels);
        pixels.truncate(to_usize(self.width) * to_usize(rows));
        Picture { width: self.width, height: rows, pixels }
    }

    /// Draws a character into a cell.
    pub(crate) fn character(&mut self, c: char, at: Spot, cell: Cell, weight: Weight) {
        self.reach(at.y + u32::from(cell.height) * 5 / 4); // descenders
        let typeface = Arc::clone(&self.typeface);
        let Some(image) = typeface.draw(&mut self.context, c, cell, weight) else { return };
        let left = i64::from(at.x) + i64::from(image.placement.left);
        let top = i64::from(at.y) + i64::from(image.placement.top);
        for (row, line) in (top..).zip(image.data.chunks(to_usize(image.placement.width.max(1)))) {
            for (column, ink) in (left..).zip(line) {
                self.darken(column, row, *ink);
            }
        }
    }

    /// Blackens a rectangle.
    pub(crate) fn blacken(&mut self, at: Spot, width: u32, height: u32) {
        self.reach(at.y + height);
        for row in at.y..at.y + height {
            for column in at.x..at.x + width {
                self.darken(i64::from(column), i64::from(row), 0xff);
            }
        }
    }

    /// Puts ink on one dot. What lies beside the paper is lost, as with a real head.
    fn darken(&mut self, column: i64, row: i64, ink: u8) {
        let (Ok(column), Ok(row)) = (u32::try_from(column), u32::try_from(row)) else { return };
        if column >= self.width {
            return;
        }
        let index = to_usize(row) * to_usize(self.width) + to_usize(column);
        if let Some(dot) = self.pixels.get_mut(index) {
            *dot = (*dot).min(WHITE - ink);
        }
    }
}
