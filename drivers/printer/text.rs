//! A document as plain text: for a terminal, an event or a log of papers.
//!
//! Invariant: the same lines in the same order as on paper; a barcode or QR symbol is shown as its text in brackets,
//! a logo not at all.

use quickpay_core::document::{Document, Line, Style};

use super::charset::without_controls;
use super::layout::{Printed, lay_out, unicode_columns};

/// The lines of a document, each ended by LF, at most `columns` wide. Large words take no more room than others.
#[must_use]
pub fn plain_text(document: &Document, columns: u16) -> String {
    let lines = document.lines.iter().map(plain).collect();
    let plain = Document { kind: document.kind, lines };
    let mut text = String::new();
    for printed in lay_out(&plain, columns, unicode_columns) {
        match printed {
            Printed::Words { text: words, style: _ } => text.push_str(words.trim_end()),
            Printed::Rule => text.push_str(&"-".repeat(usize::from(columns))),
            Printed::Space => {}
            Printed::Barcode { data: _, caption } => text.push_str(&caption.join("\n")),
        }
        text.push('\n');
    }
    text
}

fn plain(line: &Line) -> Line {
    let clean = |text: &str| without_controls(text).collect::<String>();
    match line {
        Line::Text { text, align, style: _ } => {
            Line::Text { text: clean(text), align: *align, style: Style::Plain }
        }
        Line::Pair { label, value, style: _ } => {
            Line::Pair { label: clean(label), value: clean(value), style: Style::Plain }
        }
        Line::Barcode(data) => Line::Barcode(format!("[{}]", clean(data))),
        Line::Qr(data) => Line::Qr(format!("[{}]", clean(data))),
        Line::Logo => Line::Logo,
        Line::Rule => Line::Rule,
        Line::Space => Line::Space,
    }
}
