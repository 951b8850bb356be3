use proptest::prelude::*;
use quickpay_core::document::{Align, DocumentKind};

use super::*;
use crate::printer::model::develop;
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
fn a_barcode_that_does_not_fit_is_printed_as_its_text() {
    let narrow = Profile { columns: 32, width_dots: 384, ..Profile::generic() };
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

fn any_line() -> impl Strategy<Value = Line> {
    let style = prop_oneof![Just(Style::Plain), Just(Style::Bold), Just(Style::Large)];
    prop_oneof![
        (any::<String>(), style.clone()).prop_map(|(text, style)| Line::Text {
            text,
            align: Align::Centre,
            style
        }),
        (any::<String>(), any::<String>(), style).prop_map(|(label, value, style)| Line::Pair {
            label,
            value,
            style
        }),
        any::<String>().prop_map(Line::Barcode),
        Just(Line::Rule),
        Just(Line::Space),
    ]
}

/// Any font: nothing is looked at.
fn typeface() -> std::sync::Arc<Typeface> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../ui/fonts/NotoSansCJKsc-Regular-subset.otf");
    std::sync::Arc::new(Typeface::open(path.as_ref(), None).unwrap())
}

#[test]
fn no_document_can_make_a_printer_do_what_we_did_not_ask() {
    let typeface = typeface();
    proptest!(ProptestConfig::with_cases(48), |(lines in prop::collection::vec(any_line(), 0..4), chinese: bool)| {
        let profile = if chinese { Profile::gb18030() } else { Profile::generic() };
        let encoded = encode(&document(lines.clone()), &profile, Drawer::Leave);
        // Only our commands hold bytes below 20 hex; apart from line ends they number what we wrote.
        let printed_lines = encoded.bytes.iter().filter(|b| **b == b'\n').count() + lines.len();
        let commands = encoded.bytes.iter().filter(|b| [0x10, 0x1b, 0x1c, 0x1d].contains(*b)).count();
        prop_assert!(commands <= 4 + printed_lines * 8, "{}", encoded.bytes.escape_ascii());
        let papers = develop(&encoded.bytes, &typeface, 576);
        prop_assert_eq!(papers.len(), 1);
    });
}
