//! What a paper is made of for the encoder: the core's lines, and what they do not say yet.

use quickpay_core::document::{Document, Line};

use super::bitmap::Bitmap;

/// One part of a paper, from top to bottom.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// A line of a document.
    Line(&'a Line),
    /// A QR symbol in the middle; its text where it does not fit the paper.
    Qr(&'a str),
    /// A picture in the middle, such as the shop's logo; one wider than the paper loses its right side.
    Picture(&'a Bitmap),
}

impl<'a> Part<'a> {
    /// The parts of a document, without a logo.
    #[must_use]
    pub fn all_of(document: &'a Document) -> Vec<Part<'a>> {
        Part::with_logo(document, None)
    }

    /// The parts of a document, with the shop's logo where the document has a place for it.
    #[must_use]
    pub fn with_logo(document: &'a Document, logo: Option<&'a Bitmap>) -> Vec<Part<'a>> {
        let part = |line: &'a Line| match line {
            Line::Logo => logo.map(Part::Picture),
            Line::Text { .. } | Line::Pair { .. } | Line::Rule | Line::Space => Some(Part::Line(line)),
            Line::Barcode(_) | Line::Qr(_) => Some(Part::Line(line)),
        };
        document.lines.iter().filter_map(part).collect()
    }
}
