//! A paper as logical lines: what is said and how strongly, without bytes, dots or columns.
//!
//! Invariant: a document is made from the journal alone and never holds a payment code.
//! Deliberately absent: wrapping, fonts, code pages (the printer driver's business).

/// What kind of paper it is; stable names in the headless protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    /// The receipt of a paid sale.
    Receipt,
    /// A marked copy of it.
    Copy,
    /// A slip for a sale that is not proven: never a receipt.
    Pending,
    /// The slip of an attempt that ended without a payment.
    Reversal,
    /// The slip of money that went back.
    Refund,
    /// A page that shows what a printer makes of our papers.
    Test,
    /// The figures of the open shift.
    X,
    /// The figures of a closed shift.
    Z,
}

impl DocumentKind {
    /// The word in events: `receipt`, `copy`, `pending`, `reversal`, `refund`, `test`, `x`, `z`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            DocumentKind::Receipt => "receipt",
            DocumentKind::Copy => "copy",
            DocumentKind::Pending => "pending",
            DocumentKind::Reversal => "reversal",
            DocumentKind::Refund => "refund",
            DocumentKind::Test => "test",
            DocumentKind::X => "x",
            DocumentKind::Z => "z",
        }
    }
}

/// A paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// From top to bottom.
    pub lines: Vec<Line>,
}

/// One logical line; a renderer may need several printed ones for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// Words.
    Text {
        /// What is said; control characters are dropped by the renderer.
        text: String,
        /// Where it stands.
        align: Align,
        /// How large and heavy it is.
        style: Style,
    },
    /// A label on the left and its value on the right, the value on a line of its own where they do not fit.
    Pair {
        /// The label.
        label: String,
        /// The value, never cut.
        value: String,
        /// How large and heavy it is.
        style: Style,
    },
    /// A line across the paper.
    Rule,
    /// An empty line.
    Space,
    /// A Code 128 barcode with its text below.
    Barcode(String),
    /// A QR symbol in the middle; its text where it does not fit the paper.
    Qr(String),
    /// The shop's logo in the middle; nothing where the printer was given none. Its dots are the driver's business.
    Logo,
}

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How words look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As the body.
    Plain,
    /// Heavier.
    Bold,
    /// Twice as wide and high, heavier: the amount, a warning head.
    Large,
}
