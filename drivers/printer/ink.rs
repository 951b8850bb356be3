//! Glyphs as dots, and lines of them.
//!
//! Invariant: a glyph is drawn once and kept; the store is bounded.

use std::collections::BTreeMap;
use std::sync::Arc;

use parley::FontData;
use swash::scale::{Render, ScaleContext, Source};
use swash::zeno::Format;
use swash::{CacheKey, FontRef, GlyphId};

use super::bitmap::Bitmap;

/// Glyphs that are kept; a Chinese receipt has about two hundred different ones.
const KEPT_GLYPHS: usize = 2048;
/// How much of a dot must be covered, of 255, to be burnt: heat spreads, so a little more than half.
const BURNT_FROM: u8 = 120;

/// The dots of a glyph, relative to its place on the base line; rows go down.
#[derive(Debug)]
pub(crate) struct Dots {
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
    black: Vec<(u16, u16)>,
}

impl Dots {
    pub(crate) fn is_blank(&self) -> bool {
        self.black.is_empty()
    }

    /// What stands for a character that no font has.
    pub(crate) fn of_box(width: i32, height: i32) -> Dots {
        let (across, down) = (u16::try_from(width).unwrap_or(8), u16::try_from(height).unwrap_or(8));
        let is_edge = |at: u16, end: u16| at < 2 || at + 2 >= end;
        let spots = (0..down).flat_map(|y| (0..across).map(move |x| (x, y)));
        let black = spots.filter(|(x, y)| is_edge(*x, across) || is_edge(*y, down)).collect();
        Dots { left: 0, top: -i32::from(down), width: i32::from(across), height: i32::from(down), black }
    }
}

/// How a glyph is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cut {
    pub(crate) glyph: GlyphId,
    pub(crate) size: u16,
    /// Thickened, for want of a bold font.
    pub(crate) thick: bool,
}

#[derive(Default)]
pub(crate) struct InkStore {
    context: ScaleContext,
    fonts: BTreeMap<(u64, u32), (u32, CacheKey)>,
    glyphs: BTreeMap<(u64, u32, Cut), Arc<Dots>>,
}

impl InkStore {
    pub(crate) fn dots(&mut self, font: &FontData, cut: Cut) -> Arc<Dots> {
        let key = (font.data.id(), font.index, cut);
        if let Some(dots) = self.glyphs.get(&key) {
            return Arc::clone(dots);
        }
        if self.glyphs.len() >= KEPT_GLYPHS {
            self.glyphs.clear();
        }
        let dots = Arc::new(self.draw(font, cut));
        self.glyphs.insert(key, Arc::clone(&dots));
        dots
    }

    fn draw(&mut self, font: &FontData, cut: Cut) -> Dots {
        let mut dots = Dots { left: 0, top: 0, width: 0, height: 0, black: Vec::new() };
        let Some(font) = self.font(font) else { return dots };
        let mut scaler = self.context.builder(font).size(f32::from(cut.size)).build();
        let mut render = Render::new(&[Source::Outline]);
        render.format(Format::Alpha);
        if cut.thick {
            render.embolden(1.0);
        }
        let Some(image) = render.render(&mut scaler, cut.glyph) else { return dots };
        let width = usize::try_from(image.placement.width).unwrap_or(0).max(1);
        for (row, y) in image.data.chunks(width).zip(0_u16..) {
            let burnt = row.iter().zip(0_u16..).filter(|(ink, _)| **ink >= BURNT_FROM);
            dots.black.extend(burnt.map(|(_, x)| (x, y)));
        }
        dots.left = image.placement.left;
        dots.top = -image.placement.top;
        dots.width = i32::try_from(image.placement.width).unwrap_or(0);
        dots.height = i32::try_from(image.placement.height).unwrap_or(0);
        dots
    }

    /// The font with the key of its first use: swash's own stores go by it.
    fn font<'a>(&mut self, font: &'a FontData) -> Option<FontRef<'a>> {
        let bytes = font.data.as_ref();
        if let Some((offset, key)) = self.fonts.get(&(font.data.id(), font.index)) {
            return Some(FontRef { data: bytes, offset: *offset, key: *key });
        }
        let found = FontRef::from_index(bytes, usize::try_from(font.index).ok()?)?;
        self.fonts.insert((font.data.id(), font.index), (found.offset, found.key));
        Some(found)
    }
}

/// Glyphs on one base line, at their places from the left edge of the paper.
#[derive(Debug, Default)]
pub(crate) struct LineOfInk {
    glyphs: Vec<(i32, i32, Arc<Dots>)>,
}

impl LineOfInk {
    pub(crate) fn put(&mut self, x: i32, y: i32, dots: Arc<Dots>) {
        if !dots.is_blank() {
            self.glyphs.push((x + dots.left, y + dots.top, dots));
        }
    }

    pub(crate) fn join(&mut self, other: LineOfInk) {
        self.glyphs.extend(other.glyphs);
    }

    pub(crate) fn shift(&mut self, right: i32) {
        self.glyphs.iter_mut().for_each(|(x, _, _)| *x += right);
    }

    /// Moves what reaches beyond an edge of the paper back onto it.
    pub(crate) fn keep_on(&mut self, width: i32) {
        let left = self.glyphs.iter().map(|(x, _, _)| *x).min().unwrap_or(0);
        let right = self.glyphs.iter().map(|(x, _, dots)| x + dots.width).max().unwrap_or(0);
        let shift = if left < 0 { -left } else { (width - right).min(0).max(-left) };
        self.shift(shift);
    }

    /// Rows above and below the base line.
    pub(crate) fn reach(&self) -> (i32, i32) {
        let above = self.glyphs.iter().map(|(_, y, _)| -y).max().unwrap_or(0);
        let below = self.glyphs.iter().map(|(_, y, dots)| y + dots.height).max().unwrap_or(0);
        (above, below)
    }

    /// Draws the line into a picture. What lies beside it is lost.
    pub(crate) fn draw(&self, base_line: i32, picture: &mut Bitmap) {
        for (left, top, dots) in &self.glyphs {
            for (x, y) in &dots.black {
                let (x, y) = (left + i32::from(*x), base_line + top + i32::from(*y));
                if let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) {
                    picture.blacken(x, y);
                }
            }
        }
    }
}
