//! QR symbols: their size, their dots, and the printer's own command for them.
//!
//! Invariant: a symbol fits the paper with its quiet zone, or there is none.

use qrcodegen::{QrCode, QrCodeEcc};

use super::bitmap::Bitmap;

/// Modules of white around a symbol (ISO/IEC 18004).
const QUIET_MODULES: u16 = 4;
/// Half a millimetre a module reads well from any distance of a hand; more is a waste of paper.
const WIDEST_MODULE_DOTS: u16 = 6;
/// Below this a print head smears modules together.
const NARROWEST_MODULE_DOTS: u16 = 3;

/// A symbol that fits a paper.
pub(crate) struct Symbol {
    code: QrCode,
    modules: u16,
    module_dots: u16,
}

impl Symbol {
    /// Correction level M, which a crumpled receipt needs. `None` when the data does not fit the paper.
    pub(crate) fn fitting(data: &str, width_dots: u16) -> Option<Symbol> {
        let code = QrCode::encode_text(data, QrCodeEcc::Medium).ok().filter(|_| !data.is_empty())?;
        let modules = u16::try_from(code.size()).ok()?;
        let fit = width_dots / (modules + 2 * QUIET_MODULES);
        let module_dots = fit.min(WIDEST_MODULE_DOTS);
        (module_dots >= NARROWEST_MODULE_DOTS).then_some(Symbol { code, modules, module_dots })
    }

    /// White above and below it.
    pub(crate) fn quiet_dots(&self) -> u16 {
        QUIET_MODULES * self.module_dots
    }

    /// The symbol in the middle of a paper.
    pub(crate) fn picture(&self, width_dots: u16) -> Bitmap {
        let (dots, quiet) = (usize::from(self.module_dots), usize::from(self.quiet_dots()));
        let across = usize::from(self.modules) * dots;
        let left = usize::from(width_dots).saturating_sub(across) / 2;
        let mut picture = Bitmap::new(usize::from(width_dots), across + 2 * quiet);
        for (y, row) in (0..i32::from(self.modules)).zip((quiet..).step_by(dots)) {
            for (x, column) in (0..i32::from(self.modules)).zip((left..).step_by(dots)) {
                if self.code.get_module(x, y) {
                    picture.fill(column, row, dots, dots);
                }
            }
        }
        picture
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_command_is_the_one_of_the_manual() {
        // python-escpos 3.1: qr("https://r.example/1", ec=QR_ECLEVEL_M, size=6, native=True, center=False)
        let symbol = Symbol::fitting("https://r.example/1", 576).unwrap();
        let expected = b"\x1d(k\x04\x001A2\x00\x1d(k\x03\x001C\x06\x1d(k\x03\x001E1\x1d(k\x16\x001P0https://r.example/1\x1d(k\x03\x001Q0";
        assert_eq!(symbol.command("https://r.example/1").unwrap(), expected);
    }
}
