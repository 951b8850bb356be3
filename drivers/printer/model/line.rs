//! The line that a printer is collecting: characters in cells of 12 by 24 dots, Chinese ones twice as wide.

use super::super::typeface::{Cell, Weight};
use super::rom::{Modes, Rom, Sign};

const CELL_WIDTH: u16 = 12;
const CELL_HEIGHT: u16 = 24;

/// How the next characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) weight: Weight,
    pub(super) wide: u16,
    pub(super) high: u16,
    pub(super) modes: Modes,
    pub(super) chinese_wide: u16,
    pub(super) chinese_high: u16,
}

impl Look {
    pub(super) const PLAIN: Look = Look {
        weight: Weight::Regular,
        wide: 1,
        high: 1,
        modes: Modes::FACTORY,
        chinese_wide: 1,
        chinese_high: 1,
    };
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
    pub(super) fn character(&mut self, byte: u8, look: Look, rom: Rom) -> Option<PlacedCharacter> {
        if let Some(lead) = self.lead.take() {
            let (wide, high) = (look.wide.max(look.chinese_wide), look.high.max(look.chinese_high));
            return Some(placed(rom.pair(lead, byte), 2 * wide, high, look.weight));
        }
        match rom.sign(byte, look.modes) {
            Sign::Lead => {
                self.lead = Some(byte);
                None
            }
            Sign::Single(character) => Some(placed(character, look.wide, look.high, look.weight)),
        }
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
