//! Letters and colours: what is shown can be read.
#![allow(clippy::float_arithmetic, reason = "places, sizes and colours")]

use super::bench::Bench;
use crate::fonts;
use quickpay_core::id::{RefundId, SaleId};
use quickpay_core::page::{PageAct, RefundReason, RefundStep};
use quickpay_core::view::State;
use quickpay_core::words::{Language, PageWord};
use slint::ComponentHandle;

#[test]
fn every_character_that_is_shown_is_in_both_font_files() {
    let texts = [
        include_str!("../lang/zh-CN/LC_MESSAGES/quickpay-ui.po"),
        include_str!("../lang/zh-TW/LC_MESSAGES/quickpay-ui.po"),
        include_str!("../lang/ko/LC_MESSAGES/quickpay-ui.po"),
        "English简体中文繁體中文한국어 ·0123456789.,:-+/()¥￥€₩£",
    ];
    let _bench = Bench::of(State::Ready);
    let mut collection = slint::fontique_011::shared_collection();
    let family = collection.family_by_name(fonts::FAMILY).unwrap();
    assert_eq!(family.fonts().len(), 2, "Regular and Bold");
    for font in family.fonts() {
        let file = font.load(None).unwrap();
        let charmap = font.charmap_index().charmap(file.as_ref()).unwrap();
        let words = texts_of_the_core().collect::<String>();
        for char in texts.concat().chars().chain(words.chars()).filter(|char| !char.is_control()) {
            assert!(charmap.map(char).is_some_and(|glyph| glyph != 0), "{char} is missing");
        }
    }
}

fn texts_of_the_core() -> impl Iterator<Item = &'static str> {
    let states = State::ALL.into_iter().flat_map(|state| Language::ALL.map(|language| state.word(language)));
    let words = [PageWord::HowToFind, PageWord::Searched, PageWord::DidItComeBack, PageWord::WholeOnly];
    let words = words.into_iter().flat_map(|word| Language::ALL.map(|language| word.text(language)));
    let refund = RefundId { sale: SaleId(1), index: 1 };
    let acts =
        [PageAct::Reprint, PageAct::Slip, PageAct::Resume, PageAct::Refund, PageAct::All, PageAct::Typed]
            .into_iter()
            .chain([PageAct::CameBack(refund), PageAct::DidNotComeBack(refund), PageAct::OwnWords])
            .chain([PageAct::WordsDone, PageAct::RefundNow])
            .chain(RefundReason::ALL.map(PageAct::Because));
    let acts = acts.flat_map(|act| Language::ALL.map(|language| act.label(language)));
    let steps = [RefundStep::Amount, RefundStep::Reason, RefundStep::Words, RefundStep::Confirm];
    let steps = steps.into_iter().flat_map(|step| Language::ALL.map(|language| step.question(language)));
    states.chain(words).chain(acts).chain(steps)
}

#[test]
fn missing_fonts_are_said_in_words() {
    let error = fonts::check(std::path::Path::new("nowhere")).unwrap_err().to_string();
    assert!(error.contains("NotoSansCJKsc-Regular-subset.otf"), "{error}");
}

/// Colours of the states as the theme has them, by relative luminance.
#[test]
fn state_colours_differ_in_lightness_and_carry_their_text() {
    use crate::generated::{Theme, Tone};
    let bench = Bench::of(State::Ready);
    let theme = bench.window().global::<Theme<'_>>();
    let tones = [Tone::Violet, Tone::Blue, Tone::Red, Tone::Green, Tone::Amber, Tone::Grey];
    let mut last = 0.0;
    for tone in tones {
        let (fill, text) = (luminance(theme.invoke_fill(tone)), luminance(theme.invoke_text(tone)));
        let contrast = (fill.max(text) + 0.05) / (fill.min(text) + 0.05);
        assert!(contrast >= 7.0, "{tone:?} has {contrast}");
        assert!(lightness(fill) >= last + 6.0, "{tone:?} is too near to the one before");
        last = lightness(fill);
    }
}

fn luminance(color: slint::Color) -> f64 {
    let linear = |value: u8| {
        let value = f64::from(value) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.red()) + 0.7152 * linear(color.green()) + 0.0722 * linear(color.blue())
}

fn lightness(luminance: f64) -> f64 {
    116.0 * luminance.cbrt() - 16.0
}
