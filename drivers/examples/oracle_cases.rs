//! What our encoder sends, case by case, for independent encoders to agree with or not (`tests/referees`).
//!
//! One case a line, in fields between tabs: its name, our bytes in hex, its kind, then what the kind needs to be encoded
//! by somebody else. A job is whole: initialisation, content, a cut without feed, and the query for proof.

use std::error::Error;
use std::io::{BufWriter, Write};

use quickpay_core::document::{Align, Document, DocumentKind, Line, Style};
use quickpay_drivers::printer::bitmap::Bitmap;
use quickpay_drivers::printer::charset::Charset;
use quickpay_drivers::printer::escpos::{Drawer, encode_parts, proof_query};
use quickpay_drivers::printer::fonts::Fonts;
use quickpay_drivers::printer::part::Part;
use quickpay_drivers::printer::profile::{CodeBy, Cutter, DrawerPin, DrawerPulse, Profile, Trailer};
use quickpay_drivers::printer::text::plain_text;

const CHARSETS: [(&str, Charset); 6] = [
    ("ascii", Charset::Ascii),
    ("cp858", Charset::Cp858 { page: 19 }),
    ("gb18030", Charset::Gb18030),
    ("big5", Charset::Big5),
    ("ksc5601", Charset::Korean),
    ("shiftjis", Charset::ShiftJis),
];

/// Characters in one row of a repertoire: with those around them they fit 48 columns.
const ROW: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = BufWriter::new(std::io::stdout().lock());
    let mut tell = |case: Case| writeln!(out, "{}", case.fields().join("\t"));
    for (name, charset) in CHARSETS {
        tell(sentence(name, charset))?;
        tell(styled(name, charset, "bold", Style::Bold))?;
        tell(styled(name, charset, "large", Style::Large))?;
        tell(receipt(name, charset))?;
        for case in [1, 2].into_iter().filter_map(|size| repertoire(name, charset, size)) {
            tell(case)?;
        }
    }
    for case in codes().into_iter().chain(ends()).chain(drawers()) {
        tell(case)?;
    }
    tell(picture())?;
    out.flush()?;
    Ok(())
}

struct Case {
    name: String,
    bytes: Vec<u8>,
    kind: &'static str,
    arguments: Vec<String>,
}

impl Case {
    fn fields(&self) -> Vec<String> {
        let hex = self.bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let head = [self.name.clone(), hex, self.kind.to_owned()];
        head.into_iter().chain(self.arguments.iter().cloned()).collect()
    }
}

/// Cuts without feeding, which every referee can.
fn profile(charset: Charset) -> Profile {
    Profile { charset, cutter: Cutter::Partial { feed_dots: 0 }, qr: CodeBy::Command, ..Profile::generic() }
}

fn job(parts: &[Part<'_>], profile: &Profile, drawer: Drawer) -> Vec<u8> {
    let encoded = encode_parts(parts, profile, &Fonts::none(), drawer);
    [encoded.bytes, proof_query(Trailer::GsR, *b"0000")].concat()
}

fn text(text: &str, style: Style) -> Line {
    Line::Text { text: text.to_owned(), align: Align::Left, style }
}

fn lines(name: String, (set, charset): (&str, Charset), style: &str, lines: Vec<Line>) -> Case {
    let document = Document { kind: DocumentKind::Receipt, lines };
    let said = plain_text(&document, 48);
    let bytes = job(&Part::all_of(&document), &profile(charset), Drawer::Leave);
    let head = [set.to_owned(), style.to_owned()];
    Case {
        name,
        bytes,
        kind: "lines",
        arguments: head.into_iter().chain(said.lines().map(str::to_owned)).collect(),
    }
}

fn words(charset: Charset) -> &'static str {
    match charset {
        Charset::Ascii => "Total 88.00 - thank you",
        Charset::Cp858 { .. } => "Größe, façade, señor, 8,00 €",
        Charset::Gb18030 => "微信支付 收款成功 88.00",
        Charset::Big5 => "收據 訂單編號 TWD 1,234",
        Charset::Korean => "영수증 주문 번호 KRW 1,234,500",
        Charset::ShiftJis => "領収書 合計（税込） JPY 12,345 ﾚｼｰﾄ",
    }
}

fn sentence(set: &str, charset: Charset) -> Case {
    lines(format!("text/{set}"), (set, charset), "plain", vec![text(words(charset), Style::Plain)])
}

fn styled(set: &str, charset: Charset, word: &str, style: Style) -> Case {
    let short: String = words(charset).split(' ').take(1).collect();
    lines(format!("{word}/{set}"), (set, charset), word, vec![text(&short, style)])
}

/// Labels and values where they stand after our own layout, which the referees are not asked about.
fn receipt(set: &str, charset: Charset) -> Case {
    let pair = |label: &str, value: &str| Line::Pair {
        label: label.to_owned(),
        value: value.to_owned(),
        style: Style::Plain,
    };
    let first: String = words(charset).split(' ').take(1).collect();
    let receipt = vec![
        text(words(charset), Style::Plain),
        Line::Rule,
        pair("Terminal", "T1"),
        pair(&first, "2026-11-20 14:02:05 +08:00"),
        pair("Order", "T1-3LK2QZ-S0001a"),
        pair(&first, "88.00"),
        Line::Rule,
        text("Keep this paper for refunds.", Style::Plain),
    ];
    lines(format!("receipt/{set}"), (set, charset), "plain", receipt)
}

/// Every character of one or of two bytes that we believe a printer with this charset has, in rows between two others.
fn repertoire(set: &str, charset: Charset, size: usize) -> Option<Case> {
    let is_printed = |c: &char| {
        let one = c.to_string();
        *c != ' ' && charset.spell(&one, &mut Vec::new()) == one && charset.bytes(&one).len() == size
    };
    let all: Vec<char> = ('\u{20}'..=char::MAX).filter(is_printed).collect();
    let row = |chars: &[char]| text(&format!("x{}x", chars.iter().collect::<String>()), Style::Plain);
    let document = Document { kind: DocumentKind::Receipt, lines: all.chunks(ROW).map(row).collect() };
    let bytes = job(&Part::all_of(&document), &profile(charset), Drawer::Leave);
    let arguments = vec![set.to_owned(), size.to_string(), all.iter().collect()];
    let case = Case { name: format!("repertoire/{set}/{size}"), bytes, kind: "repertoire", arguments };
    (!all.is_empty()).then_some(case)
}

fn codes() -> Vec<Case> {
    let profile = profile(Charset::Ascii);
    let barcode = |(name, data, module_dots): (&str, &str, u8)| {
        let line = Line::Barcode(data.to_owned());
        let arguments = [profile.barcode_height_dots.to_string(), module_dots.to_string(), data.to_owned()];
        Case {
            name: format!("barcode/{name}"),
            bytes: job(&[Part::Line(&line)], &profile, Drawer::Leave),
            kind: "barcode",
            arguments: arguments.into(),
        }
    };
    let qr = |(name, data): (&str, &str)| Case {
        name: format!("qr/{name}"),
        bytes: job(&[Part::Qr(data)], &profile, Drawer::Leave),
        kind: "qr",
        arguments: vec!["6".to_owned(), data.to_owned()],
    };
    let barcodes = [("letters", "ABC-abcd", 3), ("order", "T1-3LK2QZ-S0001a", 2), ("brace", "a{b", 3)];
    let symbols =
        [("address", "https://r.example/1"), ("order", "T1-3LK2QZ-S0001a"), ("chinese", "收据 T1-S0001")];
    barcodes.map(barcode).into_iter().chain(symbols.map(qr)).collect()
}

fn ends() -> Vec<Case> {
    let end = |name: &str, cutter, kind, n: u8| Case {
        name: name.to_owned(),
        bytes: job(&[], &Profile { cutter, ..profile(Charset::Ascii) }, Drawer::Leave),
        kind,
        arguments: vec![n.to_string()],
    };
    vec![
        end("cut/at once", Cutter::Partial { feed_dots: 0 }, "cut", 0),
        end("cut/after feed", Cutter::Partial { feed_dots: 64 }, "cut", 64),
        end("tear", Cutter::TearBar { feed_lines: 4 }, "tear", 4),
    ]
}

fn drawers() -> Vec<Case> {
    let usual = Profile::generic().drawer;
    let pulses = [
        ("usual", usual, "2"),
        ("other pin", DrawerPulse { pin: DrawerPin::Five, ..usual }, "5"),
        ("100 ms", DrawerPulse { pin: DrawerPin::Two, on_2ms: 50, off_2ms: 50 }, "2"),
    ];
    let case = |(name, drawer, pin): (&str, DrawerPulse, &str)| Case {
        name: format!("drawer/{name}"),
        bytes: job(&[], &Profile { drawer, ..profile(Charset::Ascii) }, Drawer::Open),
        kind: "drawer",
        arguments: vec![pin.to_owned(), drawer.on_2ms.to_string(), drawer.off_2ms.to_string()],
    };
    pulses.map(case).into()
}

/// A triangle that reaches the right edge in every row: white at the right would not be sent.
fn picture() -> Case {
    let (width, rows) = (64_u16, 40_usize);
    let mut triangle = Bitmap::new(usize::from(width), rows);
    (0..rows).for_each(|y| triangle.fill(y, y, usize::from(width) - y, 1));
    let bits = (0..rows).map(|y| {
        let row = (0..usize::from(width)).map(|x| if triangle.is_black(x, y) { '1' } else { '0' });
        row.collect::<String>()
    });
    let arguments = [width.to_string(), rows.to_string()].into_iter().chain(bits).collect();
    let profile = Profile { width_dots: width, ..profile(Charset::Ascii) };
    let bytes = job(&[Part::Picture(&triangle)], &profile, Drawer::Leave);
    Case { name: "picture".to_owned(), bytes, kind: "picture", arguments }
}
