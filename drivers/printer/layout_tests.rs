use quickpay_core::document::DocumentKind;

use super::*;
use crate::printer::text::plain_text;

fn text(text: &str, align: Align, style: Style) -> Line {
    Line::Text { text: text.to_owned(), align, style }
}

fn pair(label: &str, value: &str) -> Line {
    Line::Pair { label: label.to_owned(), value: value.to_owned(), style: Style::Plain }
}

fn document(lines: Vec<Line>) -> Document {
    Document { kind: DocumentKind::Receipt, lines }
}

fn shown(lines: Vec<Line>, columns: u16) -> String {
    plain_text(&document(lines), columns)
}

#[test]
fn a_receipt_is_laid_out_by_display_width() {
    let lines = vec![
        text("示范商店 Demo Store", Align::Centre, Style::Bold),
        Line::Rule,
        text("Thank you for your visit, please come again soon", Align::Left, Style::Plain),
        text("感谢惠顾,欢迎再次光临。请保留小票以便退款。", Align::Left, Style::Plain),
        pair("合计 Total", "CNY 88.00"),
        pair("商户订单号 Merchant order number", "T1-3LK2QZ-S0001a"),
        pair("Wallet trade id", "4200001234567890123456789012345678901234567890"),
        Line::Space,
        text("right", Align::Right, Style::Plain),
        Line::Barcode("T1-3LK2QZ-S0001a".to_owned()),
    ];
    let expected = "\
       \u{20}     示范商店 Demo Store\n\
        --------------------------------\n\
        Thank you for your visit, please\n\
        come again soon\n\
        感谢惠顾,欢迎再次光临。请保留小\n\
        票以便退款。\n\
        合计 Total             CNY 88.00\n\
        商户订单号 Merchant order number\n                T1-3LK2QZ-S0001a\n\
        Wallet trade id\n\
        42000012345678901234567890123456\n                  78901234567890\n\
        \n                           right\n       [T1-3LK2QZ-S0001a]\n";
    let shown = shown(lines, 32);
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn large_words_have_half_the_columns() {
    let lines = vec![
        text("TOTAL CNY 1,234.00", Align::Centre, Style::Large),
        text("收款成功", Align::Centre, Style::Large),
    ];
    let printed = lay_out(&document(lines), 32, unicode_columns);
    let texts: Vec<_> = printed
        .iter()
        .map(|line| {
            let Printed::Words { text, style: Style::Large } = line else { panic!("{line:?}") };
            text.as_str()
        })
        .collect();
    assert_eq!(texts, ["   TOTAL CNY", "    1,234.00", "    收款成功"]);
}

#[test]
fn a_large_amount_is_rather_small_than_in_pieces() {
    let total = |value: &str| Line::Pair { label: "T".into(), value: value.into(), style: Style::Large };
    let lines = vec![total("CNY 8.00"), total("IDR 9,223,372,036,854.00")];
    let printed = lay_out(&document(lines), 32, unicode_columns);
    let large = Printed::Words { text: "T       CNY 8.00".into(), style: Style::Large };
    let small = Printed::Words { text: "T       IDR 9,223,372,036,854.00".into(), style: Style::Bold };
    assert_eq!(printed, [large, small]);
}

#[test]
fn korean_is_broken_between_words() {
    assert_eq!(
        shown(vec![text("구매일로부터 가능합니다", Align::Left, Style::Plain)], 16),
        "구매일로부터\n가능합니다\n"
    );
}

#[test]
fn chinese_punctuation_does_not_begin_a_line() {
    assert_eq!(shown(vec![text("一二三四。五", Align::Left, Style::Plain)], 8), "一二三\n四。五\n");
    assert_eq!(shown(vec![text("一二三(四五)六", Align::Left, Style::Plain)], 8), "一二三\n(四五)六\n");
}

#[test]
fn controls_in_texts_are_gone_from_plain_text() {
    assert_eq!(
        shown(vec![text("a\u{1b}[31mb\u{7}\nc\u{202e}d", Align::Left, Style::Plain)], 32),
        "a[31mb cd\n"
    );
}

#[test]
fn no_line_is_wider_than_the_paper_and_no_value_is_cut() {
    use proptest::prelude::*;
    proptest!(|(label in "[a-z收据 ,。]{0,40}", value in "[0-9A-Z金 ]{0,60}", columns in 8_u16..49)| {
        let lines = vec![pair(&label, &value), text(&label, Align::Right, Style::Large)];
        let printed = lay_out(&document(lines), columns, unicode_columns);
        let mut all = String::new();
        for line in &printed {
            let Printed::Words { text, style } = line else { panic!("{line:?}") };
            let width: usize = text.chars().map(unicode_columns).sum();
            let room = usize::from(if *style == Style::Large { columns / 2 } else { columns });
            prop_assert!(width <= room, "{text:?}");
            all.extend(text.chars().filter(|c| *c != ' '));
        }
        let value: String = value.chars().filter(|c| *c != ' ').collect();
        prop_assert!(all.contains(&value));
    });
}
