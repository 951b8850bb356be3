//! A picture of a paper.
//!
//! Invariant: `pixels` holds exactly `width` times `height` grey values, row by row.

use std::io;

/// A grey picture: 0 is black, 255 white.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// One byte a pixel, from the top left, row by row.
    pub pixels: Vec<u8>,
}

const WHITE: u8 = 0xff;

impl Picture {
    /// The picture with so many white pixels around it, as the paper around the printed area.
    #[must_use]
    pub fn with_margin(&self, margin: u32) -> Picture {
        let (margin_px, width) = (to_usize(margin), to_usize(self.width));
        let across = vec![WHITE; (width + 2 * margin_px) * margin_px];
        let beside = vec![WHITE; margin_px];
        let mut pixels = across.clone();
        for row in self.pixels.chunks(width.max(1)) {
            pixels.extend_from_slice(&beside);
            pixels.extend_from_slice(row);
            pixels.extend_from_slice(&beside);
        }
        pixels.extend_from_slice(&across);
        Picture { width: self.width + 2 * margin, height: self.height + 2 * margin, pixels }
    }

    /// The bytes of a PNG file, 8 bits of grey, 203 dots to the inch.
    ///
    /// # Errors
    /// When the picture is empty or its pixels do not fit its size.
    pub fn to_png(&self) -> io::Result<Vec<u8>> {
        const DOTS_A_METRE: u32 = 8000; // 8 dots to the millimetre
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_pixel_dims(Some(png::PixelDimensions {
            xppu: DOTS_A_METRE,
            yppu: DOTS_A_METRE,
            unit: png::Unit::Meter,
        }));
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.pixels).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)?;
        Ok(file)
    }
}

pub(crate) fn to_usize(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}
