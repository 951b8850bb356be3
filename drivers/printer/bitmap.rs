//! A picture of black and white dots, as a print head needs it.
//!
//! Invariant: rows are whole bytes, the leftmost dot is the highest bit; nothing is drawn beside it.

/// Black and white dots.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    row_bytes: usize,
    rows: usize,
    bits: Vec<u8>,
}

impl Bitmap {
    /// White paper. The width is rounded up to whole bytes.
    #[must_use]
    pub fn new(width_dots: usize, rows: usize) -> Bitmap {
        let row_bytes = width_dots.div_ceil(8).max(1);
        Bitmap { row_bytes, rows, bits: vec![0; row_bytes * rows] }
    }

    /// Dots across, a multiple of 8.
    #[must_use]
    pub fn width(&self) -> usize {
        self.row_bytes * 8
    }

    /// Dots down.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Blackens a dot; one beside the picture is lost.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x < self.width()
            && let Some(byte) = self.bits.get_mut(y * self.row_bytes + x / 8)
        {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Blackens a rectangle.
    pub fn fill(&mut self, left: usize, top: usize, width: usize, height: usize) {
        for y in top..top.saturating_add(height).min(self.rows) {
            for x in left..left.saturating_add(width).min(self.width()) {
                self.blacken(x, y);
            }
        }
    }

    /// Whether a dot is black; one beside the picture is not.
    #[must_use]
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        x < self.width()
            && self.bits.get(y * self.row_bytes + x / 8).is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Draws another picture into this one.
    pub(crate) fn place(&mut self, other: &Bitmap, left: usize, top: usize) {
        for y in 0..other.rows {
            for x in (0..other.width()).filter(|x| other.is_black(*x, y)) {
                self.blacken(left + x, top + y);
            }
        }
    }

    /// The bytes of a row.
    pub(crate) fn row(&self, y: usize) -> &[u8] {
        self.bits.get(y * self.row_bytes..(y + 1) * self.row_bytes).unwrap_or_default()
    }
}
