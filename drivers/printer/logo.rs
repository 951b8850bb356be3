//! The shop's logo: a PNG picture as dots of a paper.
//!
//! Invariant: no logo is wider than the paper or higher than 50 mm, and no file can make us take more memory than the
//! limits say.
//! Deliberately absent: reading the file (the rim's), other formats, colours.

use std::io::Cursor;

use thiserror::Error;

use super::bitmap::Bitmap;

/// The largest file that is read; a logo of 576 dots has a few kilobytes.
pub const MAX_FILE_BYTES: usize = 1 << 20;
/// The longest side of a picture, in pixels: more than three times what the widest paper shows.
pub const MAX_SIDE: u32 = 2048;
/// The highest logo on paper: 50 mm at 8 dots to the millimetre.
pub const MAX_ROWS: usize = 400;
const WHITE: i32 = 255;
const MIDDLE: i32 = 128;

/// How grey becomes black and white.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shade {
    /// Darker than the middle is black: for letters and drawings.
    Threshold,
    /// Dots as close as the grey is dark (Floyd and Steinberg): for photographs and soft colours.
    Dither,
}

/// Why a file is no logo.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogoError {
    /// Not a PNG file, or a damaged one.
    #[error("it is not a PNG picture ({0})")]
    NotPng(String),
    /// Too large to be looked at.
    #[error("it is too large; a logo has at most {MAX_SIDE} pixels a side and 1 MiB")]
    TooLarge,
    /// Nothing would be printed.
    #[error("it would print as white paper")]
    Blank,
}

/// A PNG file as dots for a paper so many dots wide. Larger pictures are made smaller, small ones stay as they are; what
/// shows through is white.
///
/// # Errors
/// [`LogoError`]
pub fn logo(png: &[u8], width_dots: u16, shade: Shade) -> Result<Bitmap, LogoError> {
    if png.len() > MAX_FILE_BYTES {
        return Err(LogoError::TooLarge);
    }
    let grey = Grey::read(png)?.fitting(usize::from(width_dots.max(8)), MAX_ROWS);
    let (picture, dots) = match shade {
        Shade::Threshold => grey.cut(),
        Shade::Dither => grey.dithered(),
    };
    if dots == 0 { Err(LogoError::Blank) } else { Ok(picture) }
}

/// Grey values row by row, 255 white.
struct Grey {
    width: usize,
    rows: usize,
    values: Vec<i32>,
}

impl Grey {
    fn read(file: &[u8]) -> Result<Grey, LogoError> {
        let not_png = |error: png::DecodingError| LogoError::NotPng(error.to_string());
        let mut decoder = png::Decoder::new(Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let head = decoder.read_header_info().map_err(not_png)?;
        if head.width > MAX_SIDE || head.height > MAX_SIDE {
            return Err(LogoError::TooLarge);
        }
        let mut reader = decoder.read_info().map_err(not_png)?;
        let mut bytes = vec![0; reader.output_buffer_size().ok_or(LogoError::TooLarge)?];
        let frame = reader.next_frame(&mut bytes).map_err(not_png)?;
        let samples = frame.color_type.samples().max(1);
        let values = bytes.chunks_exact(samples).map(luminance).collect();
        let side = |pixels: u32| usize::try_from(pixels).unwrap_or(0);
        Ok(Grey { width: side(frame.width), rows: side(frame.height), values })
    }

    fn at(&self, x: usize, y: usize) -> i32 {
        self.values.get(y * self.width + x).copied().unwrap_or(WHITE)
    }

    /// As large as it may be; each pixel is the mean of those that it stands for.
    fn fitting(self, width: usize, rows: usize) -> Grey {
        if self.width <= width && self.rows <= rows {
            return self;
        }
        // The side that is more above its limit decides.
        let (numerator, denominator) =
            if self.width * rows >= self.rows * width { (width, self.width) } else { (rows, self.rows) };
        let across = (self.width * numerator / denominator.max(1)).clamp(1, width);
        let down = (self.rows * numerator / denominator.max(1)).clamp(1, rows);
        let span = |at: usize, of: usize, from: usize| {
            let start = at * from / of;
            start..((at + 1) * from / of).max(start + 1)
        };
        let mut values = Vec::with_capacity(across * down);
        for y in 0..down {
            for x in 0..across {
                let (columns, lines) = (span(x, across, self.width), span(y, down, self.rows));
                let count = i32::try_from(columns.len() * lines.len()).unwrap_or(1);
                let sum: i32 = lines
                    .flat_map(|y| columns.clone().map(move |x| (x, y)))
                    .map(|(x, y)| self.at(x, y))
                    .sum();
                values.push(sum / count.max(1));
            }
        }
        Grey { width: across, rows: down, values }
    }

    fn cut(&self) -> (Bitmap, usize) {
        self.dots(|x, y| self.at(x, y) < MIDDLE)
    }

    /// The error of each dot is shared among its neighbours that are still to come: 7, 3, 5 and 1 sixteenths.
    fn dithered(mut self) -> (Bitmap, usize) {
        for y in 0..self.rows {
            for x in 0..self.width {
                let value = self.at(x, y);
                let shown = if value < MIDDLE { 0 } else { WHITE };
                let error = value - shown;
                self.add(x, y, -error);
                self.add(x + 1, y, error * 7 / 16);
                if let Some(left) = x.checked_sub(1) {
                    self.add(left, y + 1, error * 3 / 16);
                }
                self.add(x, y + 1, error * 5 / 16);
                self.add(x + 1, y + 1, error / 16);
            }
        }
        self.dots(|x, y| self.at(x, y) < MIDDLE)
    }

    fn add(&mut self, x: usize, y: usize, amount: i32) {
        if x < self.width
            && let Some(value) = self.values.get_mut(y * self.width + x)
        {
            *value += amount;
        }
    }

    fn dots(&self, is_black: impl Fn(usize, usize) -> bool) -> (Bitmap, usize) {
        let (mut picture, mut dots) = (Bitmap::new(self.width, self.rows), 0);
        for y in 0..self.rows {
            for x in (0..self.width).filter(|x| is_black(*x, y)) {
                picture.blacken(x, y);
                dots += 1;
            }
        }
        (picture, dots)
    }
}

/// How light a pixel is on white paper (weights of ITU-R BT.601).
fn luminance(pixel: &[u8]) -> i32 {
    let (grey, alpha) = match *pixel {
        [grey] => (i32::from(grey), WHITE),
        [grey, alpha] => (i32::from(grey), i32::from(alpha)),
        [red, green, blue] => (weighed(red, green, blue), WHITE),
        [red, green, blue, alpha, ..] => (weighed(red, green, blue), i32::from(alpha)),
        [] => (WHITE, WHITE),
    };
    (grey * alpha + WHITE * (WHITE - alpha)) / WHITE
}

fn weighed(red: u8, green: u8, blue: u8) -> i32 {
    (299 * i32::from(red) + 587 * i32::from(green) + 114 * i32::from(blue)) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(width: u32, height: u32, color: png::ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(color);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(pixels).unwrap();
        writer.finish().unwrap();
        file
    }

    fn blacks(picture: &Bitmap) -> usize {
        (0..picture.rows()).map(|y| (0..picture.width()).filter(|x| picture.is_black(*x, y)).count()).sum()
    }

    #[test]
    fn a_small_logo_keeps_its_dots_and_what_shows_through_is_white() {
        let pixels = [0, 0, 0, 255, 0, 0, 0, 0, 255, 255, 255, 255, 200, 0, 0, 255];
        let picture = logo(&file(2, 2, png::ColorType::Rgba, &pixels), 384, Shade::Threshold).unwrap();
        let dots = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| picture.is_black(x, y));
        assert_eq!(dots, [true, false, false, true]);
    }

    #[test]
    fn grey_is_as_many_dots_as_it_is_dark() {
        for grey in [64_u8, 128, 192] {
            let picture =
                logo(&file(100, 100, png::ColorType::Grayscale, &[grey; 10_000]), 384, Shade::Dither)
                    .unwrap();
            let expected = 10_000 * (255 - usize::from(grey)) / 255;
            assert!(blacks(&picture).abs_diff(expected) < 200, "{grey}: {} of {expected}", blacks(&picture));
        }
        let dark = file(100, 100, png::ColorType::Grayscale, &[100; 10_000]);
        assert_eq!(blacks(&logo(&dark, 384, Shade::Threshold).unwrap()), 10_000);
    }

    #[test]
    fn a_large_logo_is_made_to_fit_the_paper_and_stays_in_proportion() {
        let wide = file(1200, 300, png::ColorType::Grayscale, &vec![0; 360_000]);
        let picture = logo(&wide, 384, Shade::Threshold).unwrap();
        assert_eq!((picture.width(), picture.rows(), blacks(&picture)), (384, 96, 384 * 96));
        let high = file(500, 2000, png::ColorType::Grayscale, &vec![0; 1_000_000]);
        let picture = logo(&high, 576, Shade::Dither).unwrap();
        assert_eq!((picture.rows(), blacks(&picture)), (MAX_ROWS, 100 * MAX_ROWS));
    }

    #[test]
    fn what_is_no_logo_is_refused_with_its_reason() {
        let white = file(20, 20, png::ColorType::Grayscale, &[255; 400]);
        assert_eq!(logo(&white, 384, Shade::Dither), Err(LogoError::Blank));
        assert_eq!(logo(&vec![0; MAX_FILE_BYTES + 1], 384, Shade::Dither), Err(LogoError::TooLarge));
        let long = file(5000, 1, png::ColorType::Grayscale, &[0; 5000]);
        assert_eq!(logo(&long, 384, Shade::Dither), Err(LogoError::TooLarge));
        assert!(matches!(logo(b"GIF89a", 384, Shade::Dither), Err(LogoError::NotPng(_))));
        let mut cut = file(100, 100, png::ColorType::Rgb, &[7; 30_000]);
        cut.truncate(cut.len() / 2);
        assert!(matches!(logo(&cut, 384, Shade::Dither), Err(LogoError::NotPng(_))));
    }
}
