//! The line that a printer is collecting: characters in cells of 12 by 24 dots, Chinese ones twice as wide.

use encoding_rs::GBK;

use super::super::typeface::{Cell, Weight};

const CELL_WIDTH: u16 = 12;
const CELL_HEIGHT: u16 = 24;

/// How the next characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) weight: Weight,
    pub(super) wide: u16,
    pub(super) high: u16,
    pub(super) chinese: bool,
    pub(super) chinese_wide: u16,
    pub(super) chinese_high: u16,
}

impl Look {
    pub(super) const PLAIN: Look =
        Look { weight: Weight::Regular, wide: 1, high: 1, chinese: false, chinese_wide: 1, chinese_high: 1 };
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PlacedCharacter {
    pub(super) character: char,
    pub(super) cell: Cell,
    pub(super) weight: Weight,
}

#[derive(Debug, Default)]
pub(super) struct LineOfCells {
    cells: Vec<PlacedCharacter>,
    lead: Option<u8>,
}

impl LineOfCells {
    /// A byte of text. Gives back the character's cell once it is complete.
    pub(super) fn character(&mut self, byte: u8, look: Look) -> Option<PlacedCharacter> {
        if let Some(lead) = self.lead.take() {
            let pair = [lead, byte];
            let (text, _) = GBK.decode_without_bom_handling(&pair);
            let (wide, high) = (look.wide.max(look.chinese_wide), look.high.max(look.chinese_high));
            let character = text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER);
            return Some(placed(character, 2 * wide, high, look.weight));
        }
        if look.chinese && byte >= 0x81 {
            self.lead = Some(byte);
            return None;
        }
        // Without Chinese mode the upper half is some code page; the model has none.
        let character = if byte.is_ascii() { char::from(byte) } else { '\u{25a1}' };
        Some(placed(character, look.wide, look.high, look.weight))
    }

    pub(super) fn push(&mut self, placed: PlacedCharacter) {
        self.cells.push(placed);
    }

    pub(super) fn cells(&self) -> &[PlacedCharacter] {
        &self.cells
    }

    pub(super) fn width(&self) -> u32 {
        self.cells.iter().map(|placed| u32::from(placed.cell.width)).sum()
    }

    /// As high as its highest character; an empty line has no height of its own.
    pub(super) fn height(&self) -> u32 {
        self.cells.iter().map(|placed| u32::from(placed.cell.height)).max().unwrap_or(0)
    }
}

fn placed(character: char, wide: u16, high: u16, weight: Weight) -> PlacedCharacter {
    PlacedCharacter { character, cell: Cell { width: CELL_WIDTH * wide, height: CELL_HEIGHT * high }, weight }
}
