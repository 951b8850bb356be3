//! What the `GS ( k` functions of QR symbols do.
//!
//! Invariant: written from the printer's manual, not from our encoder; data is kept until printed, as a printer does.

use qrcodegen::{QrCode, QrCodeEcc};

/// What was set and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QrStore {
    module_dots: u8,
    correction: u8,
    data: Vec<u8>,
}

impl Default for QrStore {
    fn default() -> QrStore {
        QrStore { module_dots: 3, correction: 48, data: Vec::new() }
    }
}

/// What came of a function.
pub(super) enum Qr {
    Known,
    Print(Symbol),
    Refused,
}

/// A symbol to be printed.
pub(super) struct Symbol {
    code: QrCode,
    pub(super) module_dots: u32,
    pub(super) text: String,
}

impl Symbol {
    pub(super) fn width(&self) -> u32 {
        self.modules() * self.module_dots
    }

    pub(super) fn modules(&self) -> u32 {
        u32::try_from(self.code.size()).unwrap_or(0)
    }

    pub(super) fn is_black(&self, x: u32, y: u32) -> bool {
        match (i32::try_from(x), i32::try_from(y)) {
            (Ok(x), Ok(y)) => self.code.get_module(x, y),
            _ => false,
        }
    }
}

impl QrStore {
    pub(super) fn obey(&mut self, function: u8, data: &[u8]) -> Qr {
        match (function, data) {
            (65, [49..=51, 0]) => Qr::Known,
            (67, [dots @ 1..=16]) => {
                self.module_dots = *dots;
                Qr::Known
            }
            (69, [level @ 48..=51]) => {
                self.correction = *level;
                Qr::Known
            }
            (80, [48, data @ ..]) if !data.is_empty() => {
                self.data = data.to_vec();
                Qr::Known
            }
            (81, [48]) => self.symbol().map_or(Qr::Refused, Qr::Print),
            _ => Qr::Refused,
        }
    }

    fn symbol(&self) -> Option<Symbol> {
        let correction = match self.correction {
            49 => QrCodeEcc::Medium,
            50 => QrCodeEcc::Quartile,
            51 => QrCodeEcc::High,
            _ => QrCodeEcc::Low,
        };
        let text = String::from_utf8_lossy(&self.data).into_owned();
        let code = QrCode::encode_binary(&self.data, correction).ok().filter(|_| !self.data.is_empty())?;
        Some(Symbol { code, module_dots: u32::from(self.module_dots), text })
    }
}
