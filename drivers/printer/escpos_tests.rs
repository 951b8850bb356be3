use proptest::prelude::*;
use quickpay_core::document::{Align, DocumentKind};

use super::*;
use crate::printer::golden_tests::fonts;
use crate::printer::model::{Rom, develop_for};
use crate::printer::typeface::Typeface;

fn document(lines: Vec<Line>) -> Document {
    Document { kind: DocumentKind::Receipt, lines }
}

fn text(text: &str, style: Style) -> Line {
    Line::Text { text: text.to_owned(), align: Align::Left, style }
}

#[test]
fn a_job_is_the_bytes_of_the_manual() {
    let lines = vec![
        text("PAID", Style::Large),
        text("bold", Style::Bold),
        Line::Pair { label: "Total".to_owned(), value: "8.00".to_owned(), style: Style::Plain },
        Line::Space,
        Line::Barcode("S1{a".to_owned()),
    ];
    let profile = Profile { columns: 20, ..Profile::generic() };
    let encoded = encode(&document(lines), &profile, Drawer::Open);
    let expected = [
        b"\x1b@\x1bp\x00\x19\xfa\x1c.".as_slice(),
        b"\x1bE\x01\x1d!\x11PAID\n\x1bJ\x08",
        b"\x1d!\x00bold\n",
        b"\x1bE\x00Total           8.00\n",
        b"\n",
        b"\x1ba\x01\x1dh\x50\x1dw\x03\x1dH\x00\x1dkI\x07{BS1{{a\x1ba\x00        S1{a\n",
        b"\x1dVB\x40",
    ]
    .concat();
    assert_eq!(encoded.bytes, expected, "\n{}\n{}", encoded.bytes.escape_ascii(), expected.escape_ascii());
    assert!(encoded.missing.is_empty());
}

#[test]
fn a_barcode_is_the_one_that_python_escpos_makes() {
    // python-escpos 3.1: barcode("{BT1-3LK2QZ-S0001a", "CODE128", height=80, width=2, pos="OFF", function_type="B"),
    // less its choice of a font for the text that is not printed.
    let oracle = b"\x1ba\x01\x1dhP\x1dw\x02\x1dH\x00\x1dkI\x12{BT1-3LK2QZ-S0001a";
    let document = document(vec![Line::Barcode("T1-3LK2QZ-S0001a".to_owned())]);
    let encoded = encode(&document, &Profile::generic(), Drawer::Leave);
    assert!(encoded.bytes.windows(oracle.len()).any(|bytes| bytes == oracle));
}

#[test]
fn chinese_is_printed_in_chinese_mode_and_missing_characters_are_named() {
    let encoded = encode(
        &document(vec![text("收据 €", Style::Plain), text("金额", Style::Large)]),
        &Profile { cutter: Cutter::TearBar { feed_lines: 4 }, ..Profile::gb18030() },
        Drawer::Leave,
    );
    let expected = [
        b"\x1b@\x1c&\xca\xd5\xbe\xdd ?\n".as_slice(),
        b"\x1bE\x01\x1c!\x0c\x1d!\x11\xbd\xf0\xb6\xee\n\x1bJ\x08\x1d!\x00\x1c!\x00\x1bE\x00\x1bd\x04",
    ]
    .concat();
    assert_eq!(encoded.bytes, expected, "{}", encoded.bytes.escape_ascii());
    assert_eq!(encoded.missing, ['€']);
}

#[test]
fn a_head_that_is_too_long_is_broken_at_its_hyphen_or_comma() {
    let head = |text: &str| Line::Text { text: text.to_owned(), align: Align::Centre, style: Style::Large };
    let narrow = Profile::gb18030().on_58_mm();
    let bytes = |lines: Vec<Line>| encode(&document(lines), &narrow, Drawer::Leave).bytes;
    let whole = vec![head("PENDING - NOT A RECEIPT"), head("待确认，非付款凭证")];
    let broken = vec![head("PENDING -"), head("NOT A RECEIPT"), head("待确认，"), head("非付款凭证")];
    assert_eq!(bytes(whole), bytes(broken));
    assert_eq!(at_its_joint("PENDING - NOT A RECEIPT", 48), None, "it fits");
    assert_eq!(at_its_joint("A very long name without joints", 32), None);
}

#[test]
fn a_number_that_our_letters_would_break_stands_whole_in_the_printers() {
    let number = "4200001234202611201234567890";
    let pair = Line::Pair { label: "钱包单号".to_owned(), value: number.to_owned(), style: Style::Plain };
    let narrow = Profile::generic().on_58_mm();
    let encoded = encode_with(&document(vec![pair]), &narrow, &fonts(), Drawer::Leave);
    let line = format!("    {number}\n");
    assert!(encoded.bytes.windows(line.len()).any(|bytes| bytes == line.as_bytes()));
    assert!(encoded.missing.is_empty());
}

#[test]
fn a_barcode_that_cannot_be_drawn_is_printed_as_its_text() {
    let narrow = Profile { columns: 32, width_dots: 384, raster: Raster::Never, ..Profile::generic() };
    let encoded =
        encode(&document(vec![Line::Barcode("T1-3LK2QZ-S0001a".to_owned())]), &narrow, Drawer::Leave);
    assert_eq!(encoded.bytes, b"\x1b@\x1c.        T1-3LK2QZ-S0001a\n\x1dVB\x40");
}

#[test]
fn the_proof_is_asked_for_with_a_fresh_id() {
    assert_eq!(proof_query(Trailer::GsR, *b"0001"), [0x1d, 0x72, 0x01]);
    let asked = proof_query(Trailer::GsParenH, *b"00A7");
    assert_eq!(asked, [0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30, b'0', b'0', b'A', b'7']);
}

/// Any text, with more of the scripts that are drawn and of bytes that would be commands.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\u{0}-\u{1f}\u{7f}-\u{9f}@!a-z]{0,24}",
        "[\u{590}-\u{6ff}\u{900}-\u{97f}\u{e00}-\u{e7f} 0-9]{0,40}",
        "[\u{3000}-\u{9fff}\u{ac00}-\u{d7a3}\u{ff00}-\u{ffef} A-Z]{0,40}",
        "[\\u{1b}\\u{1d}\\u{1c}\\u{10}kv0(V]{0,20}",
    ]
}

fn any_line() -> impl Strategy<Value = Line> {
    let style = prop_oneof![Just(Style::Plain), Just(Style::Bold), Just(Style::Large)];
    let align = prop_oneof![Just(Align::Left), Just(Align::Centre), Just(Align::Right)];
    prop_oneof![
        4 => (any_text(), align, style.clone()).prop_map(|(text, align, style)| Line::Text { text, align, style }),
        4 => (any_text(), any_text(), style).prop_map(|(label, value, style)| Line::Pair { label, value, style }),
        1 => any_text().prop_map(Line::Barcode),
        1 => Just(Line::Rule),
        1 => Just(Line::Space),
    ]
}

fn any_profile() -> impl Strategy<Value = Profile> {
    let raster =
        prop_oneof![1 => Just(Raster::Never), 3 => Just(Raster::WhereNeeded), 1 => Just(Raster::Whole)];
    let code = prop_oneof![Just(CodeBy::Command), Just(CodeBy::Raster)];
    (prop::sample::select(Profile::built_in()), raster, any::<u8>(), code.clone(), code).prop_map(
        |(profile, raster, band_rows, barcode, qr)| Profile { raster, band_rows, barcode, qr, ..profile },
    )
}

fn rom_of(charset: Charset) -> Rom {
    match charset {
        Charset::Ascii | Charset::Cp858 { .. } | Charset::Gb18030 => Rom::Simplified,
        Charset::Big5 => Rom::Traditional,
        Charset::Korean => Rom::Korean,
        Charset::ShiftJis => Rom::Japanese,
    }
}

/// Any font: nothing is looked at.
fn typeface() -> std::sync::Arc<Typeface> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/NotoSansCJKsc-Regular-subset.otf");
    std::sync::Arc::new(Typeface::open(path.as_ref(), None).unwrap())
}

#[test]
fn no_document_can_make_a_printer_do_what_we_did_not_ask() {
    let (typeface, fonts) = (typeface(), fonts());
    let lines = prop::collection::vec(any_line(), 0..5);
    proptest!(ProptestConfig::with_cases(64), |(lines in lines, qr in any_text(), profile in any_profile())| {
        let document = document(lines);
        let mut parts = Part::all_of(&document);
        parts.push(Part::Qr(&qr));
        let encoded = encode_parts(&parts, &profile, &fonts, Drawer::Leave);
        let developed = develop_for(rom_of(profile.charset), &encoded.bytes, &typeface, profile.width_dots);
        prop_assert_eq!(developed.unknown_commands, Vec::<Vec<u8>>::new());
        prop_assert_eq!(developed.overruns, 0);
        prop_assert_eq!(developed.drawer_kicks, 0);
        prop_assert_eq!(developed.papers.len(), 1);
        prop_assert!(developed.papers.iter().all(|paper| !paper.text.contains('\u{25a1}') ||
            document_has(&document, '\u{25a1}')), "a byte that the printer has no sign for");
        prop_assert!(profile.raster != Raster::Never || !encoded.bytes.windows(3).any(|bytes| bytes == b"\x1dv0"));
    });
}

fn document_has(document: &Document, sign: char) -> bool {
    format!("{document:?}").contains(sign)
}

#[test]
fn without_fonts_what_is_missing_is_a_mark_and_with_them_it_is_drawn() {
    let document = document(vec![text("plain", Style::Plain), text("שלום", Style::Plain)]);
    let marked = encode(&document, &Profile::generic(), Drawer::Leave);
    assert_eq!(marked.bytes, b"\x1b@\x1c.plain\n????\n\x1dVB\x40");
    assert_eq!(marked.missing, ['ש', 'ל', 'ו', 'ם']);
    let drawn = encode_with(&document, &Profile::generic(), &fonts(), Drawer::Leave);
    assert!(drawn.bytes.starts_with(b"\x1b@\x1c.plain\n\x1dv0\x00"));
    assert!(drawn.missing.is_empty());
    let never = Profile { raster: Raster::Never, ..Profile::generic() };
    assert_eq!(encode_with(&document, &never, &fonts(), Drawer::Leave), marked);
}
