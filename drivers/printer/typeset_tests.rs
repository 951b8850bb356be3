use proptest::prelude::*;

use super::*;
use crate::printer::golden_tests::fonts;

fn drawn(text: &str, align: Align, style: Style, width: u16) -> (Bitmap, Vec<char>) {
    let mut missing = Vec::new();
    let picture =
        fonts().draw(|typesetter| typesetter.text(text, (align, style), width, &mut missing)).unwrap();
    (picture, missing)
}

fn plain(text: &str) -> (Bitmap, Vec<char>) {
    drawn(text, Align::Left, Style::Plain, 576)
}

fn black_columns(picture: &Bitmap) -> (usize, usize) {
    let is_used = |x: &usize| (0..picture.rows()).any(|y| picture.is_black(*x, y));
    ((0..picture.width()).find(is_used).unwrap_or(0), (0..picture.width()).rfind(is_used).unwrap_or(0))
}

#[test]
fn arabic_letters_are_joined_and_read_from_the_right() {
    // Three letters beside each other, not joined, are wider than the word; and the word ends at the left.
    let (joined, _) = plain("بيت");
    let (apart, _) = plain("ب ي ت");
    assert!(black_columns(&joined).1 < black_columns(&apart).1);
    let (pair, _) = plain("אב");
    let (first, _) = plain("ב");
    let same = |x: usize| (0..24).all(|y| pair.is_black(x, y) == first.is_black(x, y));
    assert!((0..12).all(same), "the second letter stands at the left");
}

#[test]
fn a_letter_and_its_mark_are_the_same_as_both_in_one() {
    for (composed, combining) in
        [("é", "e\u{301}"), ("ệ", "e\u{323}\u{302}"), ("한", "\u{1112}\u{1161}\u{11ab}")]
    {
        assert_eq!(plain(composed), plain(combining));
        assert!(plain(composed).1.is_empty());
    }
    assert_eq!(plain("ﾊﾞﾝ"), plain("バン"));
}

#[test]
fn what_no_font_has_is_a_box_and_is_named_once() {
    let (picture, missing) = plain("ሰ😀ሰ");
    assert_eq!(missing, ['ሰ', '😀']);
    assert!(picture.is_black(2, 10), "the left edge of a box");
}

#[test]
fn nothing_invisible_turns_an_amount_around() {
    assert_eq!(plain("CNY \u{202e}88.00"), plain("CNY 88.00"));
    assert_eq!(plain("a\u{2066}b\u{200f}c\u{feff}"), plain("abc"));
}

#[test]
fn a_value_ends_at_the_right_edge_and_is_never_cut() {
    for (label, value) in
        [("合计", "CNY 88.00"), ("الإجمالي", "SAR 1,234.50"), ("", "9"), (&"合计".repeat(30), "88.00")]
    {
        let mut missing = Vec::new();
        let fonts = fonts();
        let (picture, alone) = fonts
            .draw(|typesetter| {
                let picture = typesetter.pair((label, value), Style::Bold, 384, &mut missing);
                (picture, typesetter.text(value, (Align::Right, Style::Bold), 384, &mut missing))
            })
            .unwrap();
        let value_rows = alone.rows();
        let base = picture.rows() - value_rows;
        let (left, right) = black_columns(&alone);
        assert!(right >= 380, "{value} ends at {right}");
        let (above, here) = (|y| base + y, |x, y| alone.is_black(x, y));
        if label.chars().count() < 20 && value_rows == picture.rows() {
            assert!(
                (left..384).all(|x| (0..value_rows).all(|y| picture.is_black(x, above(y)) == here(x, y)))
            );
        }
    }
}

/// Whole blocks, so that every script's rules meet every other's.
fn any_text() -> impl Strategy<Value = String> {
    let planes = prop_oneof![
        any::<char>(),
        prop::char::range('\u{300}', '\u{36f}'),
        prop::char::range('\u{590}', '\u{8ff}'),
        prop::char::range('\u{900}', '\u{109f}'),
        prop::char::range('\u{1100}', '\u{11ff}'),
        prop::char::range('\u{2000}', '\u{206f}'),
        prop::char::range('\u{fb00}', '\u{ffff}'),
        prop::char::range(' ', '~'),
    ];
    prop::collection::vec(planes, 0..60).prop_map(|chars| chars.into_iter().collect())
}

#[test]
fn any_text_is_drawn_on_any_paper_and_every_visible_character_is_drawn_or_named() {
    let fonts = fonts();
    let styles = prop::sample::select(vec![Style::Plain, Style::Bold, Style::Large]);
    proptest!(ProptestConfig::with_cases(96), |(text in any_text(), style in styles, width in 16_u16..600)| {
        let mut missing = Vec::new();
        let picture = fonts.draw(|typesetter| typesetter.text(&text, (Align::Centre, style), width, &mut missing));
        prop_assert!(picture.is_some(), "the shaper gave up on {text:?}");
        prop_assert!(missing.iter().all(|c| !c.is_control()));
    });
}

#[test]
fn every_block_of_unicode_can_be_drawn() {
    let fonts = fonts();
    // Sixteen of each 256 in debug builds' time; planes 3 to 13 are empty.
    for start in (0..0x3_0000_u32).chain(0xe_0000..0xe_0200).step_by(256) {
        let text: String = (start..start + 256).step_by(17).filter_map(char::from_u32).collect();
        let mut missing = Vec::new();
        let picture =
            fonts.draw(|typesetter| typesetter.text(&text, (Align::Left, Style::Plain), 384, &mut missing));
        assert!(picture.is_some(), "the shaper gave up on {start:x}");
    }
}

#[test]
fn marks_piled_on_marks_take_three_lines_at_most_and_those_left_out_are_named() {
    // Parley 0.11.1 counts the characters of a cluster in a byte and would panic.
    for mark in ['\u{301}', '\u{e49}', '\u{5b8}', '\u{64b}'] {
        let (picture, missing) = plain(&format!("Z{}", mark.to_string().repeat(600)));
        assert!(picture.rows() <= 90, "{mark:?} takes {}", picture.rows());
        assert!(missing.contains(&mark));
    }
    assert_eq!(plain("שָּׁ").1, Vec::<char>::new());
}
