//! QR symbols: their size, their dots, and the printer's own command for them.
//!
//! Invariant: a symbol fits the paper with its quiet zone, or there is none.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

use super::bitmap::Bitmap;
use super::picture::Picture;

/// Modules of white around a symbol (ISO/IEC 18004).
const QUIET_MODULES: u16 = 4;
/// Half a millimetre a module reads well from any distance of a hand; more is a waste of paper.
const WIDEST_MODULE_DOTS: u16 = 6;
/// Below this a print head smears modules together.
const NARROWEST_MODULE_DOTS: u16 = 3;

/// Which a crumpled receipt needs.
const CORRECTION: QrCodeEcc = QrCodeEcc::Medium;

/// Bytes for data at correction level M, of the versions 1 to 40 (ISO/IEC 18004, table 7).
const DATA_BYTES: [u16; 40] = [
    16, 28, 44, 64, 86, 108, 124, 154, 182, 216, 254, 290, 334, 365, 415, 453, 507, 563, 627, 669, 714, 782,
    860, 914, 1000, 1062, 1128, 1193, 1267, 1373, 1455, 1541, 1631, 1725, 1812, 1914, 1992, 2102, 2216, 2334,
];

/// The place of a symbol that fits a paper. The symbol itself takes fifty times as long and is only made when it is drawn.
pub(crate) struct Symbol {
    modules: u16,
    module_dots: u16,
}

impl Symbol {
    /// `None` when the data does not fit the paper.
    pub(crate) fn fitting(data: &str, width_dots: u16) -> Option<Symbol> {
        let modules = modules_across(data)?;
        let fit = width_dots / (modules + 2 * QUIET_MODULES);
        let module_dots = fit.min(WIDEST_MODULE_DOTS);
        (module_dots >= NARROWEST_MODULE_DOTS).then_some(Symbol { modules, module_dots })
    }

    /// White above and below it.
    pub(crate) fn quiet_dots(&self) -> u16 {
        QUIET_MODULES * self.module_dots
    }

    /// The symbol of the data that it was made for, in the middle of a paper. `None` when it cannot be made after all.
    pub(crate) fn picture(&self, data: &str, width_dots: u16) -> Option<Bitmap> {
        let code = QrCode::encode_text(data, CORRECTION)
            .ok()
            .filter(|code| code.size() == i32::from(self.modules))?;
        let (dots, quiet) = (usize::from(self.module_dots), usize::from(self.quiet_dots()));
        let across = usize::from(self.modules) * dots;
        let left = usize::from(width_dots).saturating_sub(across) / 2;
        let mut picture = Bitmap::new(usize::from(width_dots), across + 2 * quiet);
        for (y, row) in (0..i32::from(self.modules)).zip((quiet..).step_by(dots)) {
            for (x, column) in (0..i32::from(self.modules)).zip((left..).step_by(dots)) {
                if code.get_module(x, y) {
                    picture.fill(column, row, dots, dots);
                }
            }
        }
        Some(picture)
    }

    /// The symbol alone with its quiet zone, a pixel a module, for a screen.
    pub(crate) fn for_a_screen(data: &str) -> Option<Picture> {
        let code = QrCode::encode_text(data, QrCodeEcc::Medium).ok().filter(|_| !data.is_empty())?;
        let quiet = i32::from(QUIET_MODULES);
        let across = -quiet..code.size() + quiet;
        let is_black = |x: i32, y: i32| code.get_module(x, y); // beside the symbol none is
        let pixels = across.clone().flat_map(|y| across.clone().map(move |x| (x, y)));
        let pixels = pixels.map(|(x, y)| if is_black(x, y) { 0 } else { 0xff }).collect();
        let side = u32::try_from(code.size() + 2 * quiet).ok()?;
        Some(Picture { width: side, height: side, pixels })
    }

    /// `GS ( k`: model 2, module size, correction, data, print. `None` when the data is too long for it.
    pub(crate) fn command(&self, data: &str) -> Option<Vec<u8>> {
        let [low, high] = u16::try_from(data.len() + 3).ok()?.to_le_bytes();
        let size = u8::try_from(self.module_dots).ok()?;
        let head = [
            b"\x1d(k\x04\x001A2\x00".as_slice(),
            &[0x1d, b'(', b'k', 3, 0, b'1', b'C', size],
            b"\x1d(k\x03\x001E1",
            &[0x1d, b'(', b'k', low, high, b'1', b'P', b'0'],
        ];
        Some([head.concat().as_slice(), data.as_bytes(), b"\x1d(k\x03\x001Q0"].concat())
    }
}

/// Modules of a symbol: 17 and 4 for each version, the lowest whose room the data does not exceed.
fn modules_across(data: &str) -> Option<u16> {
    let bits = |version: u16| {
        let step = match version {
            ..=9 => 0,
            10..=26 => 1,
            27.. => 2,
        };
        let length_bits = if QrSegment::is_numeric(data) {
            10 + 2 * step
        } else if QrSegment::is_alphanumeric(data) {
            9 + 2 * step
        } else {
            8 + 8 * step.min(1)
        };
        4 + length_bits
    };
    let characters = data.len();
    let data_bits = if QrSegment::is_numeric(data) {
        (10 * characters).div_ceil(3)
    } else if QrSegment::is_alphanumeric(data) {
        (11 * characters).div_ceil(2)
    } else {
        8 * characters
    };
    let fits = |(version, bytes): &(u16, u16)| bits(*version) + data_bits <= 8 * usize::from(*bytes);
    let (version, _) = (1..).zip(DATA_BYTES).find(fits).filter(|_| !data.is_empty())?;
    Some(17 + 4 * version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_is_known_before_the_symbol_is_made() {
        for sign in ["7", "A", "a", "收"] {
            for length in (1..60).chain((60..2400).step_by(41)) {
                let data = sign.repeat(length);
                let made = QrCode::encode_text(&data, CORRECTION).ok().map(|code| code.size());
                assert_eq!(modules_across(&data).map(i32::from), made, "{sign} {length} times");
            }
        }
        assert_eq!(modules_across(""), None);
    }

    #[test]
    fn a_symbol_is_as_large_as_is_useful_and_fits_with_its_quiet_zone() {
        let short = Symbol::fitting("T1-3LK2QZ-S0001a", 384).unwrap();
        assert_eq!((short.modules, short.module_dots), (25, 6));
        let long = Symbol::fitting(&"x".repeat(400), 384).unwrap();
        assert!((long.modules + 8) * long.module_dots <= 384);
        assert!(Symbol::fitting(&"x".repeat(2000), 384).is_none());
        assert!(Symbol::fitting("", 384).is_none());
    }

    #[test]
    fn on_a_screen_a_symbol_stands_in_white() {
        let picture = Symbol::for_a_screen("T1-3LK2QZ-S0001a").unwrap();
        assert_eq!((picture.width, picture.height), (25 + 8, 25 + 8));
        let pixel = |x: usize, y: usize| picture.pixels[y * 33 + x];
        assert_eq!(
            [pixel(3, 3), pixel(4, 4), pixel(5, 5), pixel(28, 4), pixel(29, 29)],
            [255, 0, 255, 0, 255]
        );
        assert!(Symbol::for_a_screen("").is_none());
    }

    #[test]
    fn the_command_is_the_one_of_the_manual() {
        // python-escpos 3.1: qr("https://r.example/1", ec=QR_ECLEVEL_M, size=6, native=True, center=False)
        let symbol = Symbol::fitting("https://r.example/1", 576).unwrap();
        let expected = b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x16\x001P0https://r.example/1\x1d(k\x03\x001Q0";
        assert_eq!(symbol.command("https://r.example/1").unwrap(), expected);
    }
}
