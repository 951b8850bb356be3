//! Characters as dots: a font file, and how its glyphs are fitted into the cells of a printer.
//!
//! Invariant: a glyph never leaves its cell sideways; a character that the font lacks is drawn as the font's own box.
//! Deliberately absent: shaping and bidirectional text: a till's printer sets one cell after the other.

use std::fmt;
use std::io;
use std::path::Path;

use icu_normalizer::ComposingNormalizerBorrowed;
use swash::scale::image::Image;
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::{Format, Transform, Vector};
use swash::{FontRef, GlyphId};

/// One or two weights of a font with Latin and Chinese glyphs (TrueType or CFF outlines).
#[derive(Clone)]
pub struct Typeface {
    regular: Vec<u8>,
    bold: Option<Vec<u8>>,
}

impl fmt::Debug for Typeface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typeface({} bytes, bold: {})", self.regular.len(), self.bold.is_some())
    }
}

/// How heavy a glyph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// A box that a glyph is fitted into, in dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    pub(crate) width: u16,
    pub(crate) height: u16,
}

impl Typeface {
    /// Takes the bytes of font files. Without a bold one, bold is drawn by thickening.
    ///
    /// # Errors
    /// When they are no fonts.
    pub fn from_bytes(regular: Vec<u8>, bold: Option<Vec<u8>>) -> io::Result<Typeface> {
        let is_font = |bytes: &Vec<u8>| FontRef::from_index(bytes, 0).is_some();
        if !is_font(&regular) || !bold.as_ref().is_none_or(is_font) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a font file"));
        }
        Ok(Typeface { regular, bold })
    }

    /// Reads font files.
    ///
    /// # Errors
    /// When one cannot be read or is no font.
    pub fn open(regular: &Path, bold: Option<&Path>) -> io::Result<Typeface> {
        Typeface::from_bytes(std::fs::read(regular)?, bold.map(std::fs::read).transpose()?)
    }

    /// The dots of a character, placed relative to the top left of its cell.
    pub(crate) fn draw(
        &self,
        context: &mut ScaleContext,
        c: char,
        cell: Cell,
        weight: Weight,
    ) -> Option<Image> {
        let (bytes, thicken) = match (weight, &self.bold) {
            (Weight::Regular, _) => (&self.regular, false),
            (Weight::Bold, Some(bold)) => (bold, false),
            (Weight::Bold, None) => (&self.regular, true),
        };
        let font = FontRef::from_index(bytes, 0)?;
        let glyph = match font.charmap().map(c) {
            0 => font.charmap().map(usual_width(c)),
            glyph => glyph,
        };
        let fit = Fit::of(&font, glyph, cell);
        let mut scaler = context.builder(font).size(fit.size).build();
        let mut render = Render::new(&[Source::Outline]);
        render.format(Format::Alpha).offset(Vector::new(fit.left, 0.0));
        render.transform(Some(Transform::scale(fit.squeeze, 1.0)));
        if thicken {
            render.embolden(1.0);
        }
        let mut image = render.render(&mut scaler, glyph)?;
        image.placement.top = i32::from(fit.baseline) - image.placement.top;
        Some(image)
    }
}

/// Half-width katakana as the usual ones, which are squeezed into half a cell.
fn usual_width(c: char) -> char {
    let mut text = [0_u8; 4];
    match c {
        '\u{ff61}'..='\u{ff9f}' => {
            let usual = ComposingNormalizerBorrowed::new_nfkc().normalize(c.encode_utf8(&mut text));
            usual.chars().next().unwrap_or(c)
        }
        _ => c,
    }
}

/// How a glyph is made to fit a cell.
struct Fit {
    size: f32,
    squeeze: f32,
    left: f32,
    baseline: u16,
}

impl Fit {
    #[expect(clippy::float_arithmetic, reason = "font units are floats; nothing here is money")]
    fn of(font: &FontRef<'_>, glyph: GlyphId, cell: Cell) -> Fit {
        // A little smaller than the cell, as in a printer's own font: room for descenders and between characters.
        let size = f32::from(cell.height) * 11.0 / 12.0;
        let advance = font.glyph_metrics(&[]).scale(size).advance_width(glyph);
        let width = f32::from(cell.width);
        let squeeze = if advance > width { width / advance } else { 1.0 };
        // Noto Sans CJK stands 0.88 of its size above the baseline, and Latin reaches 0.21 below.
        let baseline = cell.height * 5 / 6;
        Fit { size, squeeze, left: (width - advance * squeeze) / 2.0, baseline }
    }
}
