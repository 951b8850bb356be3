//! What must hold for any input: run by the fuzzer, and on the corpus by the normal tests.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use quickpay_core::document::{Align, Document, DocumentKind, Line, Style};
use quickpay_core::payment_code::MAX_SCAN_BYTES;
use quickpay_core::time::Monotonic;

use super::printer::answers::{Ears, Said};
use super::printer::charset::Charset;
use super::printer::escpos::{Drawer, encode_parts};
use super::printer::fonts::Fonts;
use super::printer::logo::{self, Shade};
use super::printer::model::{Rom, develop_for};
use super::printer::part::Part;
use super::printer::profile::{Profile, Raster};
use super::printer::typeface::Typeface;
use super::printer::usb::standing::{DeviceId, PortStanding};
use super::scanner::framing::{Framed, Framing, FramingOptions};
use super::scanner::hid_descriptor::Layout;
use super::scanner::hid_pos::HidPos;
use super::scanner::keystrokes::{KeyVerdict, Keystrokes};
use super::scanner::wedge::{InputEvent, Wedge, happened_at};

/// Counts what was read, and refuses a scan that is larger than a scan may be.
fn read(framed: impl IntoIterator<Item = Framed>) -> usize {
    let scan_bytes = |framed| match framed {
        Framed::Scan(scan) => {
            assert!(scan.len() <= MAX_SCAN_BYTES);
            scan.len() + 1
        }
        Framed::Discarded(_) => 0,
    };
    framed.into_iter().map(scan_bytes).sum()
}

/// The first byte chooses the options; then a pause, a length and so many bytes, again and again.
pub(crate) fn framing(input: &[u8]) {
    let Some((options, mut rest)) = input.split_first() else { return };
    let options = FramingOptions {
        idle_flush: (options & 1 != 0).then_some(Duration::from_millis(80)),
        repeat_window: Duration::from_millis(if options & 2 == 0 { 0 } else { 500 }),
    };
    let mut framing = Framing::opened(options, Monotonic(0));
    let (mut now, mut given, mut taken) = (0, 0, 0);
    while let [pause, length, after @ ..] = rest {
        let (bytes, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        now += u64::from(*pause) * 4;
        taken += read(framing.idle(Monotonic(now)));
        taken += read(framing.push(bytes, Monotonic(now)));
        given += bytes.len() + 1;
    }
    assert!(taken <= given, "more was read than came");
}

/// Five bytes an event: kind, code, value, pause, lag.
pub(crate) fn wedge(input: &[u8]) {
    let mut wedge = Wedge::opened(Duration::from_millis(500), Monotonic(0));
    let (mut now, mut presses, mut taken) = (0_u64, 0, 0);
    for event in input.chunks_exact(5) {
        let [kind, code, value, pause, lag] = *event else { return };
        now += u64::from(pause) * 2;
        let event =
            InputEvent { kind: u16::from(kind % 6), code: u16::from(code), value: i32::from(value % 4) };
        presses += usize::from(event.kind == 1 && event.value < 2);
        taken += read(wedge.push(event, Monotonic(now.saturating_sub(u64::from(lag)))));
        if lag == 0 {
            taken += read(wedge.idle(Monotonic(now)));
        }
    }
    assert!(taken <= presses + 1, "more was read than was pressed");
}

/// The first byte is the descriptor's length; then a pause, a length and a report, again and again.
pub(crate) fn hid_pos(input: &[u8]) {
    let Some((length, rest)) = input.split_first() else { return };
    let (descriptor, mut rest) = rest.split_at(rest.len().min(usize::from(*length)));
    let layout = Layout::of_descriptor(descriptor).unwrap_or_else(Layout::usual);
    assert!(layout.report_bytes() <= 4096);
    let mut scanner = HidPos::opened(layout, Duration::ZERO, Monotonic(0));
    let (mut now, mut given, mut taken) = (0, 0, 0);
    while let [pause, length, after @ ..] = rest {
        let (report, after) = after.split_at(after.len().min(usize::from(*length)));
        rest = after;
        now += u64::from(*pause) * 4;
        taken += read(scanner.idle(Monotonic(now)));
        taken += read(scanner.push(report, Monotonic(now)));
        given += report.len() + 1;
    }
    assert!(taken <= given, "more was read than came");
}

/// All bytes are a report descriptor, however long; then they are a report of that layout.
pub(crate) fn hid_descriptor(input: &[u8]) {
    let Some(layout) = Layout::of_descriptor(input) else { return };
    let length = layout.report_bytes();
    assert!(length <= 4096 && layout.data.end <= length, "a report reaches beyond its end");
    assert!(!layout.data.is_empty() && layout.count.as_ref().is_none_or(|count| count.end <= length));
    assert!(layout.aim.is_none_or(|aim| aim < length));
    let mut scanner = HidPos::opened(layout, Duration::ZERO, Monotonic(0));
    let report = input.get(..length).unwrap_or(input);
    assert!(read(scanner.push(report, Monotonic(1000))) <= report.len() + 1);
    read(scanner.push(&vec![0xff; length], Monotonic(2000)));
}

/// Two bytes a key: which, and the pause before it. Keys of the window are typed or scanned, never both.
pub(crate) fn keystrokes(input: &[u8]) {
    const OTHERS: [&str; 8] = ["", "\n", "\t", "\u{8}", "\u{f700}", "é", "汉", "]"];
    let mut keys = Keystrokes::new(Duration::from_millis(500));
    let (mut now, mut given, mut taken) = (0, 0, 0);
    let count = |verdicts: Vec<KeyVerdict>| -> usize {
        let of = |verdict| match verdict {
            KeyVerdict::Typed(text) => text.len(),
            KeyVerdict::Scan(scan) => read([Framed::Scan(scan)]),
            KeyVerdict::Discarded(_) => 0,
        };
        verdicts.into_iter().map(of).sum()
    };
    for pair in input.chunks_exact(2) {
        let [key, pause] = *pair else { return };
        now += u64::from(pause);
        let digit = (key % 128).is_ascii_graphic().then(|| char::from(key % 128).to_string());
        let other = || OTHERS[usize::from(key) % OTHERS.len()].to_owned();
        let text = digit.filter(|_| key < 128).unwrap_or_else(other);
        given += text.len().max(1);
        taken += count(keys.on_key(&text, Monotonic(now)));
        assert!(taken <= given, "more was read than was pressed");
    }
    taken += count(keys.on_idle(Monotonic(now + 10_000)));
    assert!(taken <= given && keys.deadline().is_none(), "keys are still held");
}

/// All bytes are records of the kernel's, as they are read from an event node.
pub(crate) fn records(input: &[u8]) {
    let mut wedge = Wedge::opened(Duration::ZERO, Monotonic(0));
    let (mut presses, mut taken) = (0, 0);
    for (event, then) in input.chunks(InputEvent::BYTES).filter_map(InputEvent::parse) {
        presses += usize::from(event.kind == 1);
        let at = happened_at(Monotonic(1_000_000), Duration::from_secs(1000), then);
        assert!(at <= Monotonic(1_000_000), "a record of the future");
        taken += read(wedge.push(event, at));
    }
    assert!(taken <= presses + 1, "more was read than was pressed");
}

/// All bytes are the answer to `GET_DEVICE_ID`; the first is the port's status as well.
pub(crate) fn device_id(input: &[u8]) {
    if let Some(status) = input.first() {
        assert!(status & 0xc7 == 0 || PortStanding::of(*status).is_none(), "reserved bits are believed");
    }
    let Some(id) = DeviceId::parse(input) else { return };
    for words in [&id.maker, &id.model, &id.languages] {
        assert!(words.chars().count() <= 80 && !words.chars().any(char::is_control), "{words:?}");
    }
    // What was understood is understood again when it is written down.
    let text = format!("MFG:{};MDL:{};CMD:{};", id.maker, id.model, id.languages);
    if [&id.maker, &id.model, &id.languages].iter().all(|word| word.trim() == **word) {
        assert_eq!(DeviceId::of_text(&text).as_ref(), Some(&id));
    }
}

/// Two bytes choose the paper; the others are a file that is said to be a logo.
pub(crate) fn logo(input: &[u8]) {
    let [width, shade, file @ ..] = input else { return };
    let width_dots = u16::from(*width) * 8;
    let shade = if shade % 2 == 0 { Shade::Threshold } else { Shade::Dither };
    if let Ok(dots) = logo::logo(file, width_dots, shade) {
        assert!(dots.width() <= usize::from(width_dots.max(8)) && dots.rows() <= logo::MAX_ROWS);
    }
}

/// All bytes are what a printer says. What is made of them may not be more than what came.
pub(crate) fn answers(input: &[u8]) {
    let (mut ears, mut accounted) = (Ears::default(), 0);
    for (before, byte) in input.iter().enumerate() {
        for said in ears.hear(*byte) {
            accounted += match said {
                Said::RealTime(_) | Said::Paper(_) | Said::Flow | Said::Noise => 1,
                Said::Report(_) => 4,
                Said::Text(text) => {
                    assert!(text.len() <= 80);
                    text.len() + 2
                }
                Said::Confirmed([a, b, c, d]) => {
                    let answer = [0x37, 0x22, a, b, c, d, 0];
                    assert!(input[..=before].ends_with(&answer), "confirmed, and the printer did not say so");
                    7
                }
            };
        }
        assert!(accounted <= before + 1, "more was heard than was said");
    }
}

/// The first byte chooses the printer; then lines as `line_of` has them, ended by 01. No text may make a printer do what was not asked.
pub(crate) fn receipt(input: &[u8]) {
    let Some((choice, rest)) = input.split_first() else { return };
    let profiles = Profile::built_in();
    let profile = profiles[usize::from(*choice) % profiles.len()].clone();
    let profile = Profile { raster: Raster::Never, ..profile };
    let words = String::from_utf8_lossy(rest);
    let lines = words.split('\u{1}').take(20).map(line_of).collect();
    let document = Document { kind: DocumentKind::Receipt, lines };
    let mut parts = Part::all_of(&document);
    parts.push(Part::Qr(words.split('\u{1}').next().unwrap_or_default()));
    let encoded = encode_parts(&parts, &profile, &Fonts::none(), Drawer::Leave);
    let rom = match profile.charset {
        Charset::Ascii | Charset::Cp858 { .. } | Charset::Gb18030 => Rom::Simplified,
        Charset::Big5 => Rom::Traditional,
        Charset::Korean => Rom::Korean,
        Charset::ShiftJis => Rom::Japanese,
    };
    let developed = develop_for(rom, &encoded.bytes, typeface(), profile.width_dots);
    assert!(developed.unknown_commands.is_empty(), "{:?}", developed.unknown_commands);
    assert_eq!((developed.papers.len(), developed.overruns, developed.drawer_kicks), (1, 0, 0));
}

/// The first character is the kind, 02 stands between label and value.
fn line_of(words: &str) -> Line {
    let mut rest = words.chars();
    let (kind, align) = (rest.next(), Align::Centre);
    let text = rest.as_str().to_owned();
    match kind {
        Some('b') => Line::Barcode(text),
        Some('-') => Line::Rule,
        Some('l') => Line::Text { text, align, style: Style::Large },
        Some(kind @ ('p' | 'P')) => {
            let (label, value) = text.split_once('\u{2}').unwrap_or((&text, ""));
            let style = if kind == 'P' { Style::Large } else { Style::Bold };
            Line::Pair { label: label.to_owned(), value: value.to_owned(), style }
        }
        None => Line::Space,
        Some(_) => Line::Text { text, align: Align::Right, style: Style::Plain },
    }
}

/// The bundled one: the fuzzer and the tests are built in folders of their own.
fn typeface() -> &'static Arc<Typeface> {
    static TYPEFACE: OnceLock<Arc<Typeface>> = OnceLock::new();
    TYPEFACE.get_or_init(|| {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let found = above
            .map(|folder| folder.join("ui/fonts/NotoSansCJKsc-Regular-subset.otf"))
            .find(|file| file.exists());
        Arc::new(Typeface::open(&found.unwrap(), None).unwrap())
    })
}
