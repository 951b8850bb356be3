//! Bytes become commands, with their lengths known, so that data is never obeyed.
//!
//! Invariant: pure; bytes may be cut anywhere and give the same commands.
//! Source: Epson's ESC/POS command reference, for the commands that receipts use.

/// One command as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// A byte of text; two make a Chinese character in Chinese mode.
    Text(u8),
    LineFeed,
    Initialise,
    Justify(u8),
    Emphasise(bool),
    /// `ESC !`: bits 3 bold, 4 high, 5 wide.
    PrintMode(u8),
    /// `GS !`: low three bits height, bits 4 to 6 width, each less one.
    Size(u8),
    /// `FS !`: bits 2 wide, 3 high, for Chinese.
    ChineseSize(u8),
    Chinese(bool),
    /// `ESC t`
    CodePage(u8),
    /// `ESC R`
    International(u8),
    /// `FS C`
    KanjiCode(u8),
    FeedDots(u8),
    FeedLines(u8),
    LineSpacing(Option<u8>),
    BarcodeHeight(u8),
    BarcodeModule(u8),
    BarcodeText(u8),
    Barcode {
        kind: u8,
        data: Vec<u8>,
    },
    Raster {
        mode: u8,
        row_bytes: usize,
        data: Vec<u8>,
    },
    Cut {
        feed_dots: u8,
    },
    Drawer,
    /// `GS ( k`, functions of QR symbols
    Qr {
        function: u8,
        data: Vec<u8>,
    },
    /// `GS r`
    PaperSensor(u8),
    /// `GS I`
    Identity(u8),
    /// `GS ( H` function 48
    Confirm([u8; 4]),
    /// `GS a`
    AutoReport(u8),
    /// `DLE EOT`, on arrival
    RealTimeQuery(u8),
    /// `DLE ENQ` or `DLE DC4`, on arrival
    RealTimeRequest,
    /// Known, and without meaning here.
    Ignored,
    Unknown(Vec<u8>),
}

/// Collects bytes until they are a command.
#[derive(Debug, Default)]
pub(super) struct Reader {
    pending: Vec<u8>,
}

impl Reader {
    pub(super) fn push(&mut self, byte: u8) -> Option<Command> {
        self.pending.push(byte);
        let command = read(&self.pending)?;
        self.pending.clear();
        Some(command)
    }

    pub(super) fn clear(&mut self) {
        self.pending.clear();
    }
}

/// `None` while bytes are missing.
fn read(bytes: &[u8]) -> Option<Command> {
    match bytes {
        [0x10, rest @ ..] => read_real_time(rest),
        [0x1b, rest @ ..] => read_escape(rest),
        [0x1c, rest @ ..] => read_chinese(rest),
        [0x1d, rest @ ..] => read_group(rest),
        [b'\n'] => Some(Command::LineFeed),
        [0 | b'\r' | b'\t' | 0x0c | 0x18] => Some(Command::Ignored),
        [byte] if *byte >= 0x20 => Some(Command::Text(*byte)),
        [] => None,
        other => Some(Command::Unknown(other.to_vec())),
    }
}

fn read_real_time(rest: &[u8]) -> Option<Command> {
    match rest {
        [] | [4 | 5] | [0x14] | [0x14, _] | [0x14, _, _] => None,
        [4, n] => Some(Command::RealTimeQuery(*n)),
        [5, _] | [0x14, _, _, _] => Some(Command::RealTimeRequest),
        other => Some(Command::Unknown([&[0x10], other].concat())),
    }
}

fn read_escape(rest: &[u8]) -> Option<Command> {
    Some(match rest {
        [] => return None,
        b"@" => Command::Initialise,
        b"2" => Command::LineSpacing(None),
        [b'3', n] => Command::LineSpacing(Some(*n)),
        [b'a', n] => Command::Justify(*n),
        [b'E' | b'G', n] => Command::Emphasise(n & 1 == 1),
        [b'!', n] => Command::PrintMode(*n),
        [b'J', n] => Command::FeedDots(*n),
        [b'd', n] => Command::FeedLines(*n),
        [b'p', _, _, _] => Command::Drawer,
        [b't', n] => Command::CodePage(*n),
        [b'R', n] => Command::International(*n),
        [b'-' | b'M' | b' ' | b'{' | b'V' | b'U' | b'=', _] => Command::Ignored,
        [b'c', _, _] | [b'$' | b'\\', _, _] => Command::Ignored,
        [
            b'3' | b'a' | b'E' | b'G' | b'!' | b'J' | b'd' | b'p' | b'-' | b't' | b'R' | b'M' | b' ' | b'{'
            | b'V' | b'U' | b'=' | b'c' | b'$' | b'\\',
        ]
        | [b'p', _]
        | [b'p', _, _]
        | [b'c' | b'$' | b'\\', _] => return None,
        other => Command::Unknown([&[0x1b], other].concat()),
    })
}

fn read_chinese(rest: &[u8]) -> Option<Command> {
    Some(match rest {
        [] | [b'!' | b'-' | b'C' | b'W' | b'S'] | [b'S', _] => return None,
        b"&" => Command::Chinese(true),
        b"." => Command::Chinese(false),
        [b'!', n] => Command::ChineseSize(*n),
        [b'C', n] => Command::KanjiCode(*n),
        [b'-' | b'W', _] | [b'S', _, _] => Command::Ignored,
        other => Command::Unknown([&[0x1c], other].concat()),
    })
}

fn read_group(rest: &[u8]) -> Option<Command> {
    Some(match rest {
        [] => return None,
        [b'k', rest @ ..] => return read_barcode(rest),
        [b'v', rest @ ..] => return read_raster(rest),
        [b'(', rest @ ..] => return read_extended(rest),
        [b'V', rest @ ..] => return read_cut(rest),
        [b'!', n] => Command::Size(*n),
        [b'h', n] => Command::BarcodeHeight(*n),
        [b'w', n] => Command::BarcodeModule(*n),
        [b'H', n] => Command::BarcodeText(*n),
        [b'r', n] => Command::PaperSensor(*n),
        [b'I', n] => Command::Identity(*n),
        [b'a', n] => Command::AutoReport(*n),
        [b'B' | b'f' | b'b', _] | [b'L' | b'W' | b'P' | b'$', _, _] => Command::Ignored,
        [b'!' | b'h' | b'w' | b'H' | b'r' | b'I' | b'a' | b'B' | b'f' | b'b' | b'L' | b'W' | b'P' | b'$']
        | [b'L' | b'W' | b'P' | b'$', _] => return None,
        other => Command::Unknown([&[0x1d], other].concat()),
    })
}

/// `GS V m`, and `GS V m n` from m = 65 on.
fn read_cut(rest: &[u8]) -> Option<Command> {
    match rest {
        [0 | 1 | 48 | 49] => Some(Command::Cut { feed_dots: 0 }),
        [65 | 66 | 97 | 98 | 103 | 104, feed_dots] => Some(Command::Cut { feed_dots: *feed_dots }),
        [] | [65 | 66 | 97 | 98 | 103 | 104] => None,
        other => Some(Command::Unknown([b"\x1dV", other].concat())),
    }
}

/// `GS k m d.. 00` up to m = 6, `GS k m n d1..dn` from m = 65 on.
fn read_barcode(rest: &[u8]) -> Option<Command> {
    match rest {
        [] | [65..=79] => None,
        [kind @ 0..=6, data @ .., 0] => Some(Command::Barcode { kind: *kind, data: data.to_vec() }),
        [0..=6, ..] => None,
        [kind @ 65..=79, length, data @ ..] => (data.len() == usize::from(*length))
            .then(|| Command::Barcode { kind: *kind, data: data.to_vec() }),
        other => Some(Command::Unknown([b"\x1dk", other].concat())),
    }
}

/// `GS v 0 m xL xH yL yH d..`
fn read_raster(rest: &[u8]) -> Option<Command> {
    match rest {
        [b'0', mode, xl, xh, yl, yh, data @ ..] => {
            let row_bytes = usize::from(u16::from_le_bytes([*xl, *xh]));
            let rows = usize::from(u16::from_le_bytes([*yl, *yh]));
            (data.len() == row_bytes * rows).then(|| Command::Raster {
                mode: *mode,
                row_bytes,
                data: data.to_vec(),
            })
        }
        [] | [b'0', ..] => None,
        other => Some(Command::Unknown([b"\x1dv", other].concat())),
    }
}

/// `GS ( x pL pH d..`
fn read_extended(rest: &[u8]) -> Option<Command> {
    let [letter, low, high, data @ ..] = rest else { return None };
    if data.len() < usize::from(u16::from_le_bytes([*low, *high])) {
        return None;
    }
    Some(match (letter, data) {
        (b'H', [48, 48, a, b, c, d]) => Command::Confirm([*a, *b, *c, *d]),
        (b'k', [49, function, data @ ..]) => Command::Qr { function: *function, data: data.to_vec() },
        _ => Command::Ignored,
    })
}
