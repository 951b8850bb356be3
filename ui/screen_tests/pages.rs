//! The screens beside SALE by their labels: what they report, how large it is, and that nothing lies over another.
#![allow(clippy::float_arithmetic, reason = "places and sizes")]

use super::bench::{Bench, FORMATS, MM};
use crate::event::{Keystrokes, UiEvent};
use crate::scenes::{pages, view};
use crate::studio::Format;
use i_slint_backend_testing::{AccessibleRole, ElementQuery};
use quickpay_core::id::{RefundId, SaleId};
use quickpay_core::page::{PageAct, RefundReason, RefundStep};
use quickpay_core::view::State;
use quickpay_core::words::Language;

fn open(page: &quickpay_core::page::Page) -> Bench {
    let bench = Bench::of(State::AwaitingPayer);
    bench.open(page);
    bench
}

#[test]
fn a_row_of_the_list_names_its_sale_and_the_keys_beside_it_report_themselves() {
    let bench = open(&pages::recent(Language::En));
    let row = "11-20 13:12 12.50 REFUND IN PROGRESS T1-3LK2QZ-S0012a";
    assert_eq!(bench.press(row), [UiEvent::SaleTapped(SaleId(12))]);
    assert_eq!(bench.press("Back"), [UiEvent::Back]);
    assert_eq!(bench.press("Page up"), [UiEvent::PageUp]);
    assert_eq!(bench.press("Page down"), [UiEvent::PageDown]);
    assert_eq!(bench.press("Scan receipt"), [UiEvent::FindReceipt]);
    assert_eq!(bench.press("7"), [UiEvent::Digit('7')]);
    assert_eq!(bench.press("Backspace"), [UiEvent::Backspace]);
    assert!(bench.labelled("Typed: S00").is_some());
    assert!(bench.labelled("9–16 / 23").is_some());
}

#[test]
fn letters_are_on_the_pad_after_one_tap_and_digits_after_another() {
    let bench = open(&pages::recent(Language::En));
    assert!(bench.labelled("Q").is_none());
    assert_eq!(bench.press("Letters"), []);
    assert_eq!(bench.press("Q"), [UiEvent::Letter('Q')]);
    assert_eq!(bench.press("-"), [UiEvent::Letter('-')]);
    assert_eq!(bench.press("."), [UiEvent::Point]);
    assert_eq!(bench.press("Digits"), []);
    assert_eq!(bench.press("8"), [UiEvent::Digit('8')]);
}

#[test]
fn the_sale_at_hand_is_above_every_page_and_one_tap_away() {
    for (name, page) in pages::all(Language::En) {
        let bench = open(&page);
        let waiting = "Back to the sale: CUSTOMER CONFIRMS CNY 88.00";
        assert_eq!(bench.press(waiting), [UiEvent::Home], "{name}");
        bench.show(&view(State::Approved, Language::En));
        assert!(bench.labelled("Back to the sale: PAID CNY 88.00").is_some(), "{name} hides a result");
    }
}

#[test]
fn what_is_open_is_listed_without_a_field() {
    let bench = open(&pages::open(Language::En));
    assert!(bench.labelled("Open sales").is_some());
    assert!(bench.labelled("5 · CNY 152.00 at stake").is_some());
    assert!(bench.labelled("7").is_none() && bench.labelled("Scan receipt").is_none());
}

#[test]
fn the_detail_offers_exactly_the_keys_it_was_given() {
    let bench = open(&pages::detail(Language::En));
    assert_eq!(bench.press("Resume"), [UiEvent::Act(PageAct::Resume)]);
    assert_eq!(bench.press("Print copy"), [UiEvent::Act(PageAct::Reprint)]);
    assert_eq!(bench.press("Print slip"), [UiEvent::Act(PageAct::Slip)]);
    assert_eq!(bench.press("Refund"), [UiEvent::Act(PageAct::Refund)]);
    assert!(bench.labelled("Check again").is_none());
    assert!(bench.labelled("Order: T1-3LK2QZ-S0042a").is_some());
    assert!(bench.labelled("14:02:02 PAID").is_some());
}

#[test]
fn a_key_of_the_detail_stays_where_it_is_whatever_else_is_offered() {
    let bench = open(&pages::detail(Language::En));
    let place = |label: &str| bench.labelled(label).unwrap().absolute_position();
    let before = (place("Print copy"), place("Refund"));
    bench.open(&pages::parked(Language::En));
    assert_eq!((place("Print copy"), place("Refund")), before);
}

#[test]
fn a_parked_refund_is_settled_with_one_of_two_keys() {
    let bench = open(&pages::parked(Language::En));
    let refund = RefundId { sale: SaleId(42), index: 1 };
    assert_eq!(bench.press("It went back"), [UiEvent::Act(PageAct::CameBack(refund))]);
    assert_eq!(bench.press("It did not go back"), [UiEvent::Act(PageAct::DidNotComeBack(refund))]);
}

#[test]
fn each_step_of_a_refund_has_its_keys() {
    let bench = open(&pages::refund(RefundStep::Amount, Language::En));
    assert_eq!(bench.press("All that is left: CNY 78.00"), [UiEvent::Act(PageAct::All)]);
    assert_eq!(bench.press("This amount: CNY 10.00"), [UiEvent::Act(PageAct::Typed)]);
    assert_eq!(bench.press("5"), [UiEvent::Digit('5')]);
    bench.open(&pages::refund(RefundStep::Reason, Language::En));
    assert!(bench.controls().iter().all(|(label, _)| label != "7"), "nothing is typed here");
    let because = UiEvent::Act(PageAct::Because(RefundReason::PaidTwice));
    assert_eq!(bench.press("Paid twice"), [because]);
    assert_eq!(bench.press("Another reason"), [UiEvent::Act(PageAct::OwnWords)]);
    bench.open(&pages::refund(RefundStep::Words, Language::En));
    assert_eq!(bench.press("T"), [UiEvent::Letter('T')]);
    assert_eq!(bench.press("Space"), [UiEvent::Letter(' ')]);
    assert_eq!(bench.press("Next"), [UiEvent::Act(PageAct::WordsDone)]);
    bench.open(&pages::refund(RefundStep::Confirm, Language::En));
    assert_eq!(bench.press("Refund now: CNY 10.00"), [UiEvent::Act(PageAct::RefundNow)]);
    bench.open(&pages::refund(RefundStep::Pin, Language::En));
    assert_eq!(bench.press("7"), [UiEvent::Digit('7')]);
    assert!(bench.labelled("Typed: ****").is_some());
}

#[test]
fn every_target_of_a_page_is_large_enough_and_lies_apart_from_the_others() {
    for format in FORMATS {
        // The mirrored layout on the smallest screen, where it is tightest.
        for left_handed in [false, true].into_iter().filter(|left| !left || format == Format::INCH_10_1) {
            let bench = Bench::new(format, Keystrokes::Typed);
            bench.pane.vm().set_left_handed(left_handed);
            for language in [Language::En, Language::Ko] {
                bench.show(&view(State::Checking, language));
                for (name, page) in pages::all(language) {
                    bench.open(&page);
                    let controls = bench.controls();
                    for (at, (label, [x, y, width, height])) in controls.iter().enumerate() {
                        let here = format!("{label} of {name} on {format:?} in {language:?}");
                        assert!(!label.is_empty(), "{here}");
                        let (across, down) = (width / MM, height / MM);
                        assert!(across >= 9.0 && down >= 8.99, "{here}: {across} x {down} mm");
                        #[allow(clippy::cast_precision_loss)]
                        let (right, bottom) =
                            (format.width as f32 / format.scale, format.height as f32 / format.scale);
                        assert!(*x >= 0.0 && *y >= 0.0, "{here}");
                        assert!(x + width <= right + 1.0 && y + height <= bottom + 1.0, "{here}");
                        for (other, [ox, oy, owidth, oheight]) in controls.iter().skip(at + 1) {
                            let apart = x + width <= ox + 0.5
                                || ox + owidth <= x + 0.5
                                || y + height <= oy + 0.5
                                || oy + oheight <= y + 0.5;
                            assert!(apart, "{here} and {other} overlap");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn every_text_of_a_page_can_be_read_to_its_end_above_the_last_sales() {
    for format in FORMATS {
        let bench = Bench::new(format, Keystrokes::Typed);
        bench.show(&view(State::Checking, Language::En));
        let strip = bench.labelled("14:02 88.00 PAID").unwrap().absolute_position().y;
        for (name, page) in pages::all(Language::En) {
            bench.open(&page);
            let texts = ElementQuery::from_root(bench.window())
                .match_descendants()
                .match_accessible_role(AccessibleRole::Text)
                .find_all();
            assert!(texts.len() > 4, "{name} says nothing");
            for text in texts {
                let (place, size) = (text.absolute_position(), text.size());
                let label = text.accessible_label().unwrap_or_default();
                let crosses = place.y < strip && place.y + size.height > strip + 1.0;
                assert!(!crosses, "{label} of {name} on {format:?}");
            }
        }
    }
}
