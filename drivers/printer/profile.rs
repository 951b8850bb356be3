//! What a printer can do, as set-up learned it.
//!
//! Invariant: nothing is assumed of a printer that its profile does not say.
//! Deliberately absent: reading profiles from a file (the rim's configuration), and the kinds we know (`profiles`).

use super::charset::Charset;

/// A kind of printer. All fields are the rim's to fill from its configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name in the configuration.
    pub name: String,
    /// Columns of body text: 32 on 58 mm paper, 42 or 48 on 80 mm. A Chinese character takes two.
    pub columns: u16,
    /// Printable dots across: 384, 512 or 576. Drawn lines are as wide; 8 is the least, 2040 the most.
    pub width_dots: u16,
    /// What it prints as text.
    pub charset: Charset,
    /// What is sent as dots instead.
    pub raster: Raster,
    /// Rows of one `GS v 0` image at most. 128 suits all; a printer with a small buffer may want less.
    pub band_rows: u8,
    /// How Code 128 is printed.
    pub barcode: CodeBy,
    /// How QR symbols are printed.
    pub qr: CodeBy,
    /// What it says about itself.
    pub answers: Answers,
    /// Whether it reports changes by itself.
    pub reports: Reports,
    /// Whether the standing of its USB port is believed.
    pub port_status: PortStatus,
    /// How a paper ends.
    pub cutter: Cutter,
    /// How high a barcode is, in dots (8 to a millimetre).
    pub barcode_height_dots: u8,
    /// How its cash drawer is opened.
    pub drawer: DrawerPulse,
}

/// What is sent to a printer as dots (`GS v 0`) instead of text. It takes about a hundred times the bytes, and fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Raster {
    /// Nothing: what the charset lacks is a `?`. For printers without raster.
    Never,
    /// Lines that the charset cannot print.
    WhereNeeded,
    /// Every line: the same face throughout, on any printer.
    Whole,
}

/// Who draws a barcode or a QR symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeBy {
    /// The printer, by its own command.
    Command,
    /// We, as dots.
    Raster,
}

/// What a printer says about itself. Clones answer with constants or not at all, so set-up must see it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Nothing: the best proof is that it took all bytes.
    None,
    /// `DLE EOT`: whether it could print now, but not whether it has.
    RealTime,
    /// `DLE EOT`, and a query answered after all before it: proof of printing.
    InOrder(Trailer),
}

/// Whether a printer reports changes by itself (`GS a`), so that an interruption is known at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reports {
    /// It is asked.
    OnRequest,
    /// It says so by itself.
    ByItself,
}

/// Whether `GET_PORT_STATUS` of the USB printer class is believed. A clone that always says "no paper" needs the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortStatus {
    /// It is true.
    Believed,
    /// It is not asked.
    Ignored,
}

/// The query at the end of a job whose answer proves that the job was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trailer {
    /// `GS r 1`: answered when its turn comes, which it does not while the printer is offline.
    GsR,
    /// `GS ( H` function 48: answered when all before it is on paper.
    GsParenH,
}

/// How a paper ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cutter {
    /// Feed so many dots to the knife, then a partial cut.
    Partial {
        /// From the print head to the knife and a margin.
        feed_dots: u8,
    },
    /// No knife: feed so many lines to the tear bar.
    TearBar {
        /// From the print head to the bar.
        feed_lines: u8,
    },
}

/// The pulse that opens a cash drawer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawerPulse {
    /// The pin of the drawer's plug.
    pub pin: DrawerPin,
    /// Length of the pulse, in steps of 2 ms.
    pub on_2ms: u8,
    /// Rest after it, in steps of 2 ms.
    pub off_2ms: u8,
}

/// The pin that a drawer's plug listens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerPin {
    /// Pin 2, the usual one.
    Two,
    /// Pin 5.
    Five,
}
