//! A picture: of the screen for support and tests, or of a receipt for the demo.

use crate::error::UiError;
use slint::{Rgba8Pixel, SharedPixelBuffer};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Pixels, four bytes each (red, green, blue, alpha), row by row from the top.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Picture {
    width: u32,
    height: u32,
    rgba: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Picture({}x{})", self.width, self.height)
    }
}

impl Picture {
    /// Takes pixels; `None` if their number is not what the size asks for.
    #[must_use]
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Option<Picture> {
        let bytes =
            usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?.checked_mul(4)?;
        (bytes == rgba.len()).then_some(Picture { width, height, rgba })
    }

    /// Takes one byte a pixel, 0 black to 255 white: what a receipt renderer has.
    #[must_use]
    pub fn from_gray(width: u32, height: u32, gray: &[u8]) -> Option<Picture> {
        let rgba = gray.iter().flat_map(|value| [*value, *value, *value, 255]).collect();
        Picture::from_rgba(width, height, rgba)
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The bytes.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// [`UiError::Picture`] if the encoder refuses, as it does for an empty picture.
    pub fn to_png(&self) -> Result<Vec<u8>, UiError> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, self.width, self.height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Balanced);
        encoder.write_header()?.write_image_data(&self.rgba)?;
        Ok(file)
    }

    /// The picture made smaller to at most `width` pixels across, each pixel the mean of those it covers: the
    /// software renderer itself only drops pixels, which makes small print unreadable.
    #[must_use]
    pub fn shrunk(&self, width: u32) -> Picture {
        if width == 0 || width >= self.width || self.height == 0 {
            return self.clone();
        }
        let scaled = u64::from(self.height) * u64::from(width) / u64::from(self.width);
        let height = u32::try_from(scaled).unwrap_or(self.height).max(1);
        let mut rgba = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let (left, right) = span(x, width, self.width);
                let (top, bottom) = span(y, height, self.height);
                rgba.extend(self.mean(left..right, top..bottom));
            }
        }
        Picture { width, height, rgba }
    }

    fn mean(&self, columns: std::ops::Range<u32>, rows: std::ops::Range<u32>) -> [u8; 4] {
        let mut sums = [0_u32; 4];
        let mut count = 0_u32;
        for y in rows {
            for x in columns.clone() {
                let at =
                    usize::try_from(u64::from(y) * u64::from(self.width) + u64::from(x)).unwrap_or(0) * 4;
                let Some(pixel) = self.rgba.get(at..at + 4) else { continue };
                for (sum, value) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*value);
                }
                count += 1;
            }
        }
        sums.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
    }

    /// Another picture has another mark, as far as anyone will ever see.
    pub(crate) fn mark(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        format!("{:x}", hasher.finish())
    }

    /// The width at which the picture is at most so high, never more than it has.
    pub(crate) fn width_at_height(&self, height: u32) -> u32 {
        let width = u64::from(self.width) * u64::from(height) / u64::from(self.height.max(1));
        u32::try_from(width).unwrap_or(self.width).min(self.width)
    }

    pub(crate) fn from_snapshot(buffer: &SharedPixelBuffer<Rgba8Pixel>) -> Picture {
        Picture { width: buffer.width(), height: buffer.height(), rgba: buffer.as_bytes().to_vec() }
    }

    pub(crate) fn to_image(&self) -> slint::Image {
        slint::Image::from_rgba8(SharedPixelBuffer::clone_from_slice(&self.rgba, self.width, self.height))
    }
}

/// The source pixels under pixel `at` of `to`, when `from` are squeezed into them.
fn span(at: u32, to: u32, from: u32) -> (u32, u32) {
    let edge = |at: u32| u32::try_from(u64::from(at) * u64::from(from) / u64::from(to)).unwrap_or(from);
    (edge(at), edge(at + 1).max(edge(at) + 1))
}
